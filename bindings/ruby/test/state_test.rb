# frozen_string_literal: true

# What is told about a container, and changing its state.
require_relative "support"

describe Conu::Container do
  def sleeping(**options) = start("exec sleep 600", **options)

  it "is found by ID, by the beginning of one and by name" do
    container = sleeping(name: own("found"))
    [container.id, container.id[0, 12], container.name].each do |key|
      found = Conu::Container.from_id(key, engine: engine)
      assert_equal [container.id, container.name], [found.id, found.name]
    end
    assert_equal container.id, Conu::Container.from_id(container.name, engine: engine, &:id)
    error = assert_raises(Conu::NotFoundError) { Conu::Container.from_id("no-such-container", engine: engine) }
    assert_includes error.message, "no-such-container"
    assert_raises(Conu::InvalidArgumentError) { Conu::Container.from_id("a/b", engine: engine) }
  end

  it "tells the same as document and as metadata" do
    container = sleeping(name: own("facts"), env: { A: "ž" }, labels: { "a.b" => "c" })
    document = container.inspect_data
    metadata = container.metadata
    assert_equal container.id, document.fetch("Id")
    assert_equal [container.id, container.name, container.id[0, 12]], [metadata.identifier, metadata.name, metadata.hostname]
    assert_equal ["ž", "c"], [metadata.env.fetch("A"), metadata.labels.fetch("a.b")]
    assert_equal ["sh", "-c", "exec sleep 600"], metadata.command
    assert_equal container.ipv4_addresses, container.metadata(refresh: true).ipv4_addresses
  end

  it "remembers its document until it is refreshed" do
    container = sleeping
    assert container.inspect_data.dig("State", "Running")
    container.kill
    container.wait(timeout: 30)
    assert container.inspect_data.dig("State", "Running")
    refute container.inspect_data(refresh: true).dig("State", "Running")
  end

  it "knows its image" do
    container = sleeping
    assert_equal busybox.id, container.image.id
    assert_equal busybox.id, container.image(&:id)
    assert_includes container.image_name, "conu/busybox"
  end

  it "has a state, a process and addresses while it runs" do
    container = sleeping
    assert_equal "running", container.status
    assert_predicate container.pid, :positive?
    assert_match(/\A\d+\.\d+\.\d+\.\d+\z/, container.ipv4_addresses.first)
    assert_equal [], container.ipv6_addresses
    container.kill
    container.wait(timeout: 30)
    assert_equal ["exited", 0, [], 137], [container.status, container.pid, container.ipv4_addresses, container.exit_code]
  end

  it "tells where its ports are published" do
    container = sleeping(ports: { "127.0.0.1::80" => nil })
    port = container.host_port(80)
    assert_equal [{ "HostIp" => "127.0.0.1", "HostPort" => port.to_s }], container.port_mappings(80)
    assert_equal container.port_mappings(80), container.port_mappings.fetch("80/tcp")
    assert_includes container.ports, "80"
    assert_equal [], container.port_mappings(81)
    assert_includes assert_raises(Conu::StateError) { container.host_port(81) }.message, "81"
    assert_raises(Conu::InvalidArgumentError) { container.host_port(70_000) }
  end

  it "is not found once it is gone" do
    container = sleeping
    remove(container.id)
    calls = %i[status pid ipv4_addresses ipv6_addresses ports port_mappings image image_name inspect_data exit_code]
    calls.each { |call| assert_raises(Conu::NotFoundError, call.to_s) { container.public_send(call) } }
  end
end
