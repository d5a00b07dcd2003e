# frozen_string_literal: true

# Running a container by the program of its engine.
require_relative "support"

describe "running by a program" do
  def builder(*command, **options) = Conu::RunBuilder.new(*command, **options)

  # A container that a shell script runs in, in the foreground.
  def front(script, **pipes)
    busybox.run_via_binary_in_foreground(builder("sh", "-c", script), **pipes).tap { |made| containers << made }
  end

  it "is in the background" do
    container = busybox.run_via_binary(builder("sh", "-c", "echo $A; exit 3", name: own("binary"), env: { A: "b" }))
    containers << container
    assert_equal own("binary"), container.name
    assert_equal 3, container.wait(timeout: 30)
    assert_equal "b\n", container.logs_unicode
  end

  it "takes the image as it is, and lends to a block" do
    id = busybox.run_via_binary do |container|
      containers << Conu::Container.from_id(container.id, engine: engine)
      container.id
    end
    assert_equal id, containers.last.id
  end

  it "tells what the program says where it fails" do
    error = assert_raises(Conu::CommandFailedError) { busybox.run_via_binary(builder(options: ["--no-such-option"])) }
    assert_includes error.message, "no-such-option"
    assert_includes error.details.fetch("stderr"), "no-such-option"
    refute_equal 0, error.details.fetch("exit_code")
    missing = builder("true").tap { |made| made.binary = "/no/such/program" }
    assert_includes assert_raises(Conu::CommandMissingError) { busybox.run_via_binary(missing) }.message, "/no/such"
    assert_raises(Conu::InvalidArgumentError) { busybox.run_via_binary_in_foreground(builder, name: "not a name") }
    assert_raises(Conu::InvalidArgumentError) do
      busybox.run_via_binary_in_foreground(builder(name: own("one")), name: own("two"))
    end
  end

  it "is in the foreground, with pipes" do
    container = front("cat; echo oh >&2; exit 4", stdin: true, stdout: true, stderr: true, name: own("front"))
    assert_equal own("front"), container.name
    container.process_stream do |stream|
      assert_equal 8, container.write_to_stdin("h\0llo\xFF\xFE\n", timeout: 30)
      assert_equal "h\0llo\xFF\xFE\n".b, stream.next(timeout: 30).last
      assert_raises(Conu::TimeoutError) { stream.next(timeout: 0.1) }
      assert_same container, container.close_stdin
      assert_equal [:stderr, "oh"], stream.next_line(timeout: 30)
      assert_nil stream.next(timeout: 30)
    end
    2.times { assert_equal 4, container.wait_process(timeout: 30) }
    assert_raises(Conu::StateError) { container.process_stream }
    assert_raises(Conu::StateError) { container.write_to_stdin("more") }
  end

  it "pipes what was asked for, and nothing else" do
    container = front("echo out; sleep 600", stdout: true)
    container.process_stream { |stream| assert_equal [:stdout, "out"], stream.next_line(timeout: 30) }
    assert_raises(Conu::StateError) { container.write_to_stdin("x") }
    assert_raises(Conu::StateError) { front("sleep 600").process_stream }
    plain = start("exec sleep 600")
    [-> { plain.wait_process }, -> { plain.process_stream }, -> { plain.write_to_stdin("x") },
     -> { plain.close_stdin }].each { |call| assert_raises(Conu::StateError, &call) }
  end

  it "is waited for with a deadline, and until an interrupt" do
    container = front("exec sleep 600")
    error, seconds = timed { container.wait_process(timeout: 0.2) }
    assert_kind_of Conu::TimeoutError, error
    assert_operator seconds, :<, 2
    error, seconds = timed { Timeout.timeout(0.2) { container.wait_process } }
    assert_kind_of Timeout::Error, error
    assert_operator seconds, :<, 2
    container.kill
    assert_equal 137, container.wait_process(timeout: 30)
  end

  it "counts what was written where nobody reads" do
    container = front("exec sleep 600", stdin: true)
    error = assert_raises(Conu::TimeoutError) { container.write_to_stdin("x" * (64 << 20), timeout: 0.5) }
    assert_operator error.written, :>, 0
    assert_operator error.written, :<, 64 << 20
    reading = Thread.new { container.wait_process }
    _, seconds = timed { reading.kill.join }
    assert_operator seconds, :<, 1
  end

  it "leaves the container when its handle is closed" do
    container = front("exec sleep 600", stdin: true, stdout: true)
    other = Conu::Container.from_id(container.id, engine: engine)
    containers.delete(container)
    containers << other
    container.close
    assert_predicate other, :running?
    assert_raises(Conu::StateError) { other.wait_process }
    assert_raises(Conu::StateError) { container.wait_process }
    assert_raises(Errno::ECHILD) { Process.wait(-1, Process::WNOHANG) }
  end

  it "works beside the children of the program itself" do
    container = front("sleep 0.5; exit 5")
    assert_equal "of ruby\n", IO.popen(%w[echo of\ ruby], &:read)
    assert system("exit 0")
    waiting = Thread.new { container.wait_process(timeout: 30) }
    assert_equal 7, Process.wait2(spawn("exit 7")).last.exitstatus
    assert_equal 5, waiting.value
  end
end
