# frozen_string_literal: true

# What a container has written.
require_relative "support"

describe "a log" do
  # A container that has ended, with this script behind it.
  def ended(script, **options) = start(script, **options).tap { |container| container.wait(timeout: 30) }

  it "is given by line" do
    container = ended("echo one; echo; echo ž; printf end")
    lines = []
    assert_same container, container.logs { |line| lines << line }
    assert_equal ["one", "", "ž", "end"], lines
    assert_equal [Encoding::UTF_8], lines.map(&:encoding).uniq
  end

  it "is an Enumerator without a block" do
    container = ended("echo one; echo two; echo three")
    lines = container.logs
    assert_kind_of Enumerator, lines
    assert_equal %w[one two three], lines.to_a
    assert_equal "one", lines.next
    assert_equal "two", lines.next
    assert_equal "two", container.logs.lazy.grep(/w/).first
  end

  it "is followed until the container ends" do
    container = start("for n in 1 2 3; do echo $n; sleep 0.2; done; echo last")
    assert_equal %w[1 2 3 last], container.logs(follow: true).to_a
    refute_predicate container, :running?
  end

  it "is left while it is followed" do
    container = start("while true; do echo tick; sleep 0.1; done")
    result, seconds = timed { container.logs(follow: true) { |line| break line } }
    assert_equal "tick", result
    assert_operator seconds, :<, 3
    assert_raises(KeyError) { container.logs(follow: true) { raise KeyError } }
  end

  it "is chosen from" do
    container = ended("echo one; echo two; echo three; echo oh >&2")
    assert_equal %w[oh], container.logs(stdout: false).to_a
    assert_equal %w[one two three], container.logs(stderr: false).to_a
    assert_equal 2, container.logs(tail: 2).count
    assert_match(/\A\d{4}-\d\d-\d\dT\S+ one\z/, container.logs(timestamps: true, stderr: false).first)
    assert_equal [], container.logs(since: Time.now + 3600).to_a
    assert_raises(TypeError) { container.logs(since: "yesterday").to_a }
    assert_equal %w[one two three], container.logs(stderr: false, since: Time.now - 3600).to_a
    assert_equal [], container.logs(until: Time.now.to_i - 3600).to_a
    assert_raises(ArgumentError) { container.logs(colour: "red").to_a }
  end

  it "is a stream, whose channels are apart" do
    container = ended("echo out; sleep 0.2; echo err >&2")
    container.logs_stream do |stream|
      assert_equal [%i[stdout stderr], "out\nerr\n"], stream.each_piece.to_a.transpose.then { |c, d| [c, d.join] }
      assert_nil stream.next_line
      assert_raises(Conu::StateError) { stream.write("x") }
      assert_raises(Conu::StateError) { stream.exit_code }
      assert_equal "#<Conu::Stream open>", stream.inspect
    end
  end

  it "is given whole, as bytes and as text" do
    container = ended("printf 'a\\000b\\n'")
    assert_equal "a\0b\n", container.logs_in_bytes
    assert_equal Encoding::BINARY, container.logs_in_bytes.encoding
    assert_equal "a\uFFFDb\n", container.logs_unicode
    assert_equal "", ended("true").logs_in_bytes
    assert_equal ["a\0b"], container.logs.to_a
  end

  it "is not found with its container" do
    container = ended("true")
    container.delete
    assert_raises(Conu::NotFoundError) { container.logs { flunk } }
    assert_raises(Conu::NotFoundError) { container.logs_in_bytes }
  end

  it "is followed until Ctrl-C" do
    output = in_child(<<~RUBY) { |pid| sleep 0.3; Process.kill("INT", pid) }
      $stdout.sync = true
      container = Conu::Image.new("#{Support::REPOSITORY}").run("sh", "-c", "echo ready; exec sleep 600")
      begin
        container.logs(follow: true) { |line| puts line; $begun = Process.clock_gettime(Process::CLOCK_MONOTONIC) }
      rescue Interrupt
        puts "interrupted after", Process.clock_gettime(Process::CLOCK_MONOTONIC) - $begun
      ensure
        container.delete(force: true)
      end
    RUBY
    first, text, seconds = output.lines.map(&:chomp)
    assert_equal ["ready", "interrupted after"], [first, text], output
    assert_operator seconds.to_f, :<, 1
  end

  it "stands the garbage collector" do
    container = ended("echo one; echo two >&2")
    GC.stress = true
    begin
      assert_equal %w[one two], container.logs.to_a.sort
      assert_equal 3, container.logs(stderr: false).first.length
    ensure
      GC.stress = false
    end
  end
end
