# frozen_string_literal: true

# What the tests share: the engine that CONU_HOST names, the image of the registry that CONU_TEST_REGISTRY names, and
# containers that are removed at the end of each test. What a test makes is named for its process.
require "minitest/autorun"
require "pathname"
require "socket"
require "timeout"
require "tmpdir"
require "conu"

module Support
  REGISTRY = ENV.fetch("CONU_TEST_REGISTRY")
  REPOSITORY = "#{REGISTRY}/conu/busybox"

  def engine = @engine ||= Conu::Engine.open(ENV.fetch("CONU_HOST"))

  def busybox = @busybox ||= Conu::Image.new(REPOSITORY, engine: engine)

  def own(name) = "conu-ruby-#{name}-#{Process.pid}"

  # A container that runs a shell script, by default on the host's network: it takes half of the time of a start away.
  def start(script, network: "host", **options)
    busybox.run("sh", "-c", script, network: network, **options).tap { |container| containers << container }
  end

  def containers = @containers ||= []

  # Removes a container that has no handle left, by the engine's own interface.
  def remove(id)
    UNIXSocket.open(ENV.fetch("CONU_HOST").delete_prefix("unix://")) do |socket|
      socket.write("DELETE /v1.41/containers/#{id}?force=true HTTP/1.1\r\nHost: engine\r\n\r\n")
      assert_includes socket.gets, "204"
    end
  end

  def teardown
    containers.each do |container|
      container.delete(force: true, volumes: true)
      container.close
    end
    super
  end

  # The result of a block, or what it raises, and how many seconds that took.
  def timed
    begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    result = begin
      yield
    rescue Exception => e
      e
    end
    [result, Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun]
  end

  # Runs a Ruby script of its own, waits until it has printed a line, gives its pid to the block, and then gives all
  # that it printed.
  def in_child(script)
    load_path = $LOAD_PATH.flat_map { |folder| ["-I", folder] }
    IO.popen([RbConfig.ruby, *load_path, "-r", "conu", "-e", script], err: %i[child out]) do |output|
      first = output.gets
      yield output.pid
      first + output.read
    end
  end
end

class Minitest::Spec
  include Support
end
