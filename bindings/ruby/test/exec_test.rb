# frozen_string_literal: true

# Running commands in a container.
require_relative "support"

describe "a command" do
  def container = @container ||= start("exec sleep 600")

  it "gives exit code, output and errors apart, as bytes" do
    result = container.execute("sh", "-c", "printf 'a\\0\\377'; echo oh >&2; exit 3")
    assert_equal [3, "a\0\xFF".b, "oh\n"], result.to_a
    assert_equal [Encoding::BINARY] * 2, [result.stdout.encoding, result.stderr.encoding]
    refute_predicate result, :success?
    assert_equal [0, "", ""], container.execute("true").to_a
  end

  it "runs as its options say" do
    result = container.execute("sh", "-c", "pwd; id -u; echo $A; cat", user: "1000:1000", workdir: "/etc",
                                                                     env: { A: 7 }, stdin: "in\0put\xFF")
    assert_equal "/etc\n1000\n7\nin\0put\xFF".b, result.stdout
    assert_equal "0\n", container.execute("sh", "-c", "cat; echo $?", stdin: "").stdout
    assert_includes container.execute("tty", tty: true).stdout, "/dev/"
    assert_raises(ArgumentError) { container.execute("true", colour: "red") }
  end

  it "tells missing programs from those that fail" do
    assert_equal 127, container.execute("sh", "-c", "no-such-program").exit_code
    assert_includes assert_raises(Conu::CommandMissingError) { container.execute("no-such") }.message, "no-such"
    assert_raises(Conu::CommandFailedError) { container.execute("/etc/passwd") }
    assert_raises(Conu::InvalidArgumentError) { container.execute }
    assert_raises(TypeError) { container.execute(["ls"]) }
  end

  it "is ended at its deadline, and where its call is interrupted" do
    error, seconds = timed { container.execute("sleep", "500", timeout: 0.3) }
    assert_kind_of Conu::TimeoutError, error
    assert_operator seconds, :<, 5
    error, seconds = timed { Timeout.timeout(0.3) { container.execute("sleep", "500") } }
    assert_kind_of Timeout::Error, error
    assert_operator seconds, :<, 6
    refute_includes container.execute("ps").stdout, "sleep 500"
  end

  it "needs a container that runs" do
    container.kill.wait(timeout: 30)
    assert_raises(Conu::StateError) { container.execute("true") }
  end

  it "is streamed, both ways" do
    container.execute_stream("sh", "-c", "cat; echo done >&2; exit 4") do |stream|
      assert_equal 5, stream.write("one\n\xFF")
      assert_same stream, stream << "\ntwo\n"
      pieces = +""
      pieces << stream.next(timeout: 30).last until pieces.end_with?("two\n")
      assert_equal "one\n\xFF\ntwo\n".b, pieces
      assert_same stream, stream.close_write
      assert_equal [:stderr, "done"], stream.next_line(timeout: 30)
      assert_nil stream.next
      assert_equal 4, stream.exit_code
      assert_equal 0, assert_raises(Conu::Error) { stream.write("x") }.written
    end
  end

  it "is read whole, by piece and by line" do
    command = ["sh", "-c", "echo ž; printf 'two\\n\\nend'"]
    assert_equal "ž\ntwo\n\nend".b, container.execute_stream(*command, &:read)
    assert_equal ["ž", "two", "", "end"], container.execute_stream(*command, &:to_a)
    assert_equal ["two"], container.execute_stream(*command) { |stream| stream.grep(/tw/) }
    pieces = container.execute_stream(*command) { |stream| stream.each_piece.to_a }
    assert_equal [:stdout], pieces.map(&:first).uniq
    assert_equal "ž\ntwo\n\nend".b, pieces.map(&:last).join
    channel, data = container.execute_stream(*command, &:next)
    assert_equal [:stdout, Encoding::BINARY], [channel, data.encoding]
  end

  it "has a terminal that is resized" do
    container.execute_stream("sh", "-c", "echo ready; read line; stty size", tty: true) do |stream|
      assert_equal "ready", stream.next_line.last  # Podman forgets the size of a terminal that is not there yet
      stream.resize(33, 77) << "\n"
      assert_includes stream.read, "33 77"
    end
    container.execute_stream("cat") { |stream| assert_raises(Conu::StateError) { stream.resize(1, 1) } }
  end

  it "tells of a start that failed at the end of its stream" do
    container.execute_stream("no-such-program") do |stream|
      assert_raises(Conu::CommandMissingError) { stream.read }
      assert_raises(Conu::CommandMissingError) { stream.next }
    end
  end

  it "outlives a time-out and an interrupt of its stream" do
    container.execute_stream("cat") do |stream|
      error, seconds = timed { stream.next(timeout: 0.2) }
      assert_kind_of Conu::TimeoutError, error
      assert_operator seconds, :<, 1.2
      assert_raises(Conu::TimeoutError) { stream.next(timeout: 0) }
      error, seconds = timed { Timeout.timeout(0.2) { stream.next_line } }
      assert_kind_of Timeout::Error, error
      assert_operator seconds, :<, 1.2
      stream << "still there\n"
      assert_equal [:stdout, "still there"], stream.next_line(timeout: 30)
    end
  end

  it "tells how much a write had written that found no room" do
    container.execute_stream("sleep", "600") do |stream|
      error = assert_raises(Conu::TimeoutError) { stream.write("x" * (64 << 20), timeout: 0.5) }
      assert_operator error.written, :>, 0
      assert_operator error.written, :<, 64 << 20
    end
    assert_nil assert_raises(Conu::CommandMissingError) { container.execute("no-such") }.written
  end

  it "has one reader at a time" do
    container.execute_stream("cat") do |stream|
      reading = Thread.new { stream.next_line }
      Thread.pass until reading.status == "sleep"
      sleep 0.1
      assert_raises(Conu::StateError) { stream.next }
      stream << "for the first\n"
      assert_equal [:stdout, "for the first"], reading.value
      assert_raises(Conu::TimeoutError) { stream.next(timeout: 0) }
    end
  end

  it "may lose its handle while it is read and written" do
    stream = container.execute_stream("sh", "-c", "sleep 0.5; echo late; cat > /dev/null")
    reading = Thread.new { stream.next_line }
    writing = Thread.new { stream.write("x" * (16 << 20)) }
    sleep 0.2
    stream.close
    GC.start
    assert_equal [:stdout, "late"], reading.value
    assert_equal 16 << 20, writing.value
    assert_raises(Conu::StateError) { stream.next }
  end

  # Of what a block has seen Ruby keeps as much as it likes until it collects it, so this has it collected now and then.
  it "brings much in little memory" do
    resident = -> { File.read("/proc/self/status")[/VmRSS:\s*(\d+)/, 1].to_i << 10 }
    highest_of = lambda do |bytes|
      total = highest = 0
      GC.start
      container.execute_stream("head", "-c", bytes.to_s, "/dev/zero") do |stream|
        stream.each_piece do |_channel, data|
          next if (total += data.bytesize) % (16 << 20) >= data.bytesize

          highest = [highest, resident.call].max
          GC.start
        end
        assert_equal 0, stream.exit_code
      end
      assert_equal bytes, total
      highest
    end
    before = highest_of.call(32 << 20)
    assert_operator highest_of.call(256 << 20) - before, :<, 64 << 20
  end
end
