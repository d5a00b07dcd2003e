# frozen_string_literal: true

# What handles promise: closing, threads, the garbage collector; and what needs no engine at all.
require_relative "support"

describe Conu::Handle do
  it "is closed twice and refuses calls" do
    2.times { [busybox, engine].each(&:close) }
    assert_predicate busybox, :closed?
    assert_equal "#<Conu::Image (closed)>", busybox.inspect
    error = assert_raises(Conu::StateError) { busybox.full_name }
    assert_equal :state, error.code
    assert_raises(Conu::StateError) { busybox.pull { flunk } }
    assert_raises(Conu::StateError) { engine.ping }
    assert_raises(Conu::StateError) { Conu::Image.new("x", engine: engine, pull_policy: :never) }
  end

  it "is closed by the block that it is given to" do
    lent = nil
    assert_equal 7, Conu::Image.new("x", pull_policy: :never, engine: engine) { |image| lent = image; 7 }
    assert_predicate lent, :closed?
    assert_raises(KeyError) do
      Conu::Engine.open(ENV.fetch("CONU_HOST")) { |engine| (lent = engine) && raise(KeyError) }
    end
    assert_predicate lent, :closed?
  end

  it "may be closed while calls use it" do
    container = busybox.run("sleep", "1")
    id = container.id
    waiting = Array.new(4) { Thread.new { container.wait } }
    sleep 0.2
    container.close
    GC.start
    assert_predicate container, :closed?
    assert_equal [0] * 4, waiting.map(&:value)
  ensure
    remove(id) if id
  end

  it "may be closed while a call uses it as an argument" do
    100.times do
      builder = Conu::RunBuilder.new("x" * 100)
      image = Conu::Image.new("conu-ruby/no-such-image", pull_policy: :never, engine: engine)
      running = Thread.new { image.run_via_api(builder) }
      running.report_on_exception = false
      Thread.pass
      builder.close
      image.close
      error = assert_raises(Conu::Error) { running.value }
      assert_includes %i[not_found state], error.code
    end
  end

  it "goes on after what it was made from is closed" do
    image = busybox
    engine.close
    assert_predicate image, :present?
  end

  it "serves many threads" do
    id = busybox.id
    results = Array.new(16) do |n|
      Thread.new do
        Array.new(10) do
          case n % 4
          when 0 then engine.ping
          when 1 then busybox.inspect_data(refresh: true).fetch("Id")
          when 2 then Conu::Image.from_id(id, engine: engine, &:id)
          when 3
            begin
              Conu::Image.from_id("no-such-id", engine: engine)
            rescue Conu::NotFoundError => e
              e.code
            end
          end
        end
      end
    end.map { |thread| thread.value.uniq }
    assert_equal [[engine], [busybox.metadata.identifier], [id], [:not_found]] * 4, results
  end

  it "stands the garbage collector" do
    busybox
    GC.stress = true
    begin
      assert_raises(Conu::NotFoundError) { Conu::Image.from_id("no-such-id", engine: engine) }
      refute_nil busybox.pull_progress.next_step.status
      assert_equal 16, Conu::RunBuilder.new("echo", env: { A: 1 }) { |builder| builder.build("x") }.length
    ensure
      GC.stress = false
    end
    GC.compact
    assert_predicate busybox, :present?
  end

  it "leaves no descriptor and no object behind" do
    work = lambda do
      Conu::Image.new("x", pull_policy: :never, engine: engine)
      busybox.pull_progress.next_step
      engine.ping
      Conu::Image.from_id("no-such-id", engine: engine)
    rescue Conu::NotFoundError
      GC.start
    end
    descriptors = -> { Dir.children("/proc/self/fd").length }
    5.times { work.call }
    before = descriptors.call
    30.times { work.call }
    assert_operator descriptors.call, :<, before + 10 # one kept by each round would be many more
  end

  it "works in a forked child" do
    busybox
    read, write = IO.pipe
    child = fork do
      write.puts busybox.present? && engine.ping.url
    ensure
      write.close
      exit!(0)
    end
    write.close
    assert_equal engine.url, read.read.chomp
    Process.wait(child)
    assert_predicate busybox, :present?
  end
end

describe Conu do
  it "takes references apart" do
    reference = Conu.parse_reference("fedora")
    assert_equal ["docker.io", "library/fedora", nil, nil, "fedora", "docker.io/library/fedora:latest"], reference.to_a
    ["", "Fedora", "fedora:", "fed\0ora", nil].each do |wrong|
      assert_raises(Conu::InvalidArgumentError) { Conu.parse_reference(wrong) }
    end
    assert_raises(TypeError) { Conu.parse_reference(7) }
  end

  it "has the version of its library" do
    assert_equal Conu::VERSION, Conu.version
    major, minor, patch = Conu.version.split(".").map(&:to_i)
    assert_equal (major * 10_000) + (minor * 100) + patch, Conu.version_number
  end

  it "has an exception for each status" do
    statuses = Conu::Native.constants.grep(/\ACONU_ERROR_/)
    codes = Conu::Error.subclasses.map { |kind| kind.new("x").code }
    assert_equal statuses.map { |name| name.to_s.delete_prefix("CONU_ERROR_").downcase.to_sym }.sort, codes.sort
  end

  it "refuses arguments of the wrong kind" do
    assert_raises(TypeError) { Conu::Image.new(:fedora, pull_policy: :never) }
    assert_includes assert_raises(TypeError) { Conu::Image.new("fedora", engine: "unix:///x") }.message, "unix:///x"
    assert_raises(TypeError) { Conu::Image.new("fedora", engine: busybox) }
    assert_raises(ArgumentError) { Conu::Image.new("fedora", colour: "red") }
    assert_raises(Conu::InvalidArgumentError) { Conu::Image.new("fedora", pull_policy: :maybe) }
    assert_raises(Conu::InvalidArgumentError) { Conu::Image.new("fedora", tag: "a\0b") }
    assert_raises(Conu::InvalidArgumentError) { Conu::Image.new("fedora:33", tag: "34", pull_policy: :never) }
    assert_raises(TypeError) { Conu::Image.allocate.close }
  end
end
