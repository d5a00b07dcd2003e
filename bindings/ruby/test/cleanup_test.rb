# frozen_string_literal: true

# Cleaning up: what this process has made goes, and nothing else.
require_relative "support"

describe "cleaning up" do
  def present?(container)
    container.status
    true
  rescue Conu::NotFoundError
    false
  end

  it "removes the containers of this process" do
    mine = [start("exec sleep 600"), start("true")]
    other = in_child("puts Conu::Image.new('#{Support::REPOSITORY}').run('sleep', '600').id") { nil }
    theirs = Conu::Container.from_id(other.chomp, engine: engine)
    containers << theirs
    assert_same engine, engine.cleanup_containers
    assert_equal [false, false, true], (mine + [theirs]).map { |container| present?(container) }
    engine.cleanup_containers
  end

  it "removes the images of this process" do
    container = start("exec sleep 600")
    image = container.commit(repository: "localhost/#{own('cleanup')}")
    assert_same engine, engine.cleanup_images
    refute_predicate image, :present?
    assert_predicate busybox, :present?
  end

  it "removes the volumes of this process" do
    container = start("echo x > /data/file", volumes: { own("volume") => "/data" })
    container.wait(timeout: 30)
    error = assert_raises(Conu::ConflictError) { engine.cleanup_volumes }
    assert_includes error.message, own("volume")
    container.delete
    assert_same engine, engine.cleanup_volumes
    again = start("cat /data/file || true", volumes: { own("volume") => "/data" })
    again.wait(timeout: 30)
    refute_equal "x\n", again.logs_in_bytes
    again.delete
    engine.cleanup_volumes
  end
end
