# frozen_string_literal: true

# What is told about a container, and changing its state.
require_relative "support"

describe Conu::Container do
  def sleeping(**options) = start("exec sleep 600", network: nil, **options)

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
    assert_equal [container.id, container.name], [metadata.identifier, metadata.name]
    assert_equal container.id[0, 12], metadata.hostname
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
    assert_equal ["exited", 137, 0], [container.status, container.exit_code, container.pid]
    assert_equal [], container.ipv4_addresses
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

  it "is listed with the others, running or not" do
    containers = [sleeping, start("true").tap { |ended| ended.wait(timeout: 30) }]
    listed = engine.list_containers
    assert_empty containers.map(&:id) - listed.map(&:id)
    assert_includes listed.map(&:name), containers.first.name
  end

  it "is stopped, started and started again" do
    container = start("trap 'exit 0' TERM; echo begun; while true; do sleep 0.1; done")
    container.stop(grace: 5)
    assert_equal "exited", container.status
    assert_same container, container.start
    first = container.pid
    assert_same container, container.restart(grace: 5)
    refute_equal first, container.pid
    assert_equal %w[begun begun], container.logs.first(2)
  end

  it "is paused" do
    container = sleeping
    assert_same container, container.pause
    assert_equal ["paused", true], [container.status, container.running?]
    assert_raises(Conu::ConflictError) { container.pause }
    assert_same container, container.unpause
    assert_equal "running", container.status
  end

  it "is renamed" do
    container = sleeping(name: own("before"))
    assert_same container, container.rename(own("after"))
    assert_equal own("after"), container.name
    other = sleeping
    assert_includes assert_raises(Conu::ConflictError) { other.rename(own("after")) }.message, own("after")
    assert_raises(Conu::InvalidArgumentError) { container.rename("a/b") }
  end

  it "becomes an image" do
    container = start("echo hello > /made; exec sleep 600")
    sleep 0.05 until container.changes.any? { |change| change.values_at("Path", "Kind") == ["/made", 1] }
    image = container.commit(repository: "localhost/#{own('commit')}", tag: "one")
    assert_equal "localhost/#{own('commit')}:one", image.full_name
    containers << (made = image.run("cat", "/made"))
    assert_equal 0, made.wait(timeout: 30)
    assert_equal "hello\n", made.logs_unicode
    assert_raises(Conu::InvalidArgumentError) { container.commit(tag: "one") }
  ensure
    containers.each { |each| each.delete(force: true) }
    image&.rmi(force: true)
  end

  it "tells what it uses, and its processes" do
    container = sleeping
    assert_kind_of Hash, container.stats.fetch("memory_stats")
    titles, rows = container.top.values_at("Titles", "Processes")
    assert_includes titles, "PID"
    assert_includes rows.flatten.join(" "), "sleep 600"
  end

  it "is not found once it is gone" do
    container = sleeping
    remove(container.id)
    calls = %i[start restart pause unpause changes stats top commit logs_in_bytes
               status pid ipv4_addresses ipv6_addresses ports port_mappings image image_name inspect_data exit_code]
    calls.each { |call| assert_raises(Conu::NotFoundError, call.to_s) { container.public_send(call) } }
  end
end
