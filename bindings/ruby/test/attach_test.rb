# frozen_string_literal: true

# Talking with the container's own process.
require_relative "support"

describe "an attached container" do
  it "is read and written" do
    container = start("cat; echo done >&2; exit 3", options: ["-i"])
    container.attach(stdin: true) do |stream|
      stream << "hello\n"
      assert_equal [:stdout, "hello"], stream.next_line(timeout: 30)
      assert_raises(Conu::TimeoutError) { stream.next(timeout: 0.1) }
      assert_same stream, stream.close_write
      assert_equal [:stderr, "done"], stream.next_line(timeout: 30)
      assert_nil stream.next_line(timeout: 30)
      assert_raises(Conu::StateError) { stream.exit_code }
    end
    assert_equal 3, container.wait(timeout: 30)
  end

  it "is read alone" do
    container = start("while true; do echo out; echo err >&2; sleep 0.1; done")
    container.attach do |stream|
      assert_raises(Conu::StateError) { stream.write("x") }
      assert_equal %w[err out], stream.first(6).uniq.sort
    end
    assert_equal %w[err], container.attach(stdout: false) { |stream| stream.first(3) }.uniq
    assert_predicate container, :running?
  end

  it "has a terminal that is resized" do
    container = start("while read line; do stty size; done", options: ["-it"])
    container.attach(stdin: true) do |stream|
      stream.resize(33, 77)
      stream << "\n"
      lines = []
      lines << stream.next_line(timeout: 30).last until lines.include?("33 77")
    end
  end

  it "echoes a thousand times, from one thread" do
    container = start("exec cat", options: ["-i"])
    container.attach(stdin: true) do |stream|
      1000.times do |n|
        stream << "line #{n}\n"
        assert_equal "line #{n}", stream.next_line(timeout: 30).last
      end
    end
  end

  it "is read until Timeout" do
    container = start("exec cat", options: ["-i"])
    container.attach(stdin: true) do |stream|
      error, seconds = timed { Timeout.timeout(0.2) { stream.each { flunk } } }
      assert_kind_of Timeout::Error, error
      assert_operator seconds, :<, 1.2
      stream << "on\n"
      assert_equal "on", stream.first
    end
  end

  it "must run, and have an input that is open to be written" do
    container = start("exec sleep 600")
    assert_raises(Conu::StateError) { container.attach(stdin: true) }
    container.kill.wait(timeout: 30)
    assert_raises(Conu::StateError) { container.attach }
  end
end
