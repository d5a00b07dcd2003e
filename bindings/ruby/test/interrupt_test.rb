# frozen_string_literal: true

# How a call that waits lives with the rest of Ruby: other threads run, interrupts end it, trap handlers run in it.
require_relative "support"

describe "a call that waits" do
  # A call that goes on until it is interrupted.
  def container = @container ||= start("exec sleep 600")

  # Interrupts the main thread during the block. The time is more than it may take, and less than any other end.
  def interrupted(after: 0.3)
    container
    main = Thread.current
    interrupter = Thread.new { sleep after; yield main }
    result, seconds = timed { container.wait }
    interrupter.join
    assert_operator seconds, :<, after + 1
    result
  end

  it "lets other threads run" do
    container
    ticks = 0
    ticking = Thread.new { loop { sleep 0.01; ticks += 1 } }
    assert_raises(Conu::TimeoutError) { container.wait(timeout: 0.5) }
    ticking.kill
    assert_operator ticks, :>, 15
  end

  it "does not wait for threads that are busy" do
    container
    busy = Array.new(2) { Thread.new { loop { 1 + 1 } } }
    result, seconds = timed { container.wait(timeout: 0.3) }
    busy.each(&:kill)
    assert_kind_of Conu::TimeoutError, result
    assert_operator seconds, :<, 1.5
  end

  it "is ended by Thread#raise" do
    assert_kind_of KeyError, interrupted { |main| main.raise(KeyError) }
    assert_predicate container, :running?
  end

  it "is ended by Thread#kill" do
    container
    waiting = Thread.new { container.wait }
    sleep 0.2
    waiting.kill
    assert_same waiting, waiting.join(1)
  end

  it "is ended by Timeout" do
    container
    result, seconds = timed { Timeout.timeout(0.3) { container.wait } }
    assert_kind_of Timeout::Error, result
    assert_operator seconds, :<, 1.3
  end

  it "is ended by a throw out of a trap handler" do
    previous = trap("USR1") { throw :done, 7 }
    container
    Thread.new { sleep 0.3; Process.kill("USR1", Process.pid) }
    result, seconds = timed { catch(:done) { container.wait } }
    assert_equal 7, result
    assert_operator seconds, :<, 1.3
  ensure
    trap("USR1", previous)
  end

  it "is not ended by a trap handler that returns" do
    seen = 0
    previous = trap("USR1") { seen += 1 }
    running = start("sleep 1; exit 5")
    signals = Thread.new { 5.times { sleep 0.1; Process.kill("USR1", Process.pid) } }
    assert_equal 5, running.wait(timeout: 30)
    signals.join
    assert_equal 5, seen
  ensure
    trap("USR1", previous)
  end

  it "may be made in a trap handler, during another" do
    ids = []
    previous = trap("USR1") { ids << busybox.id }
    running = start("sleep 1; exit 5")
    Thread.new { sleep 0.2; Process.kill("USR1", Process.pid) }
    assert_equal 5, running.wait(timeout: 30)
    assert_equal [busybox.id], ids
  ensure
    trap("USR1", previous)
  end

  it "is begun again where an interrupt that raises nothing came first" do
    previous = trap("USR1") { nil }
    50.times do
      Process.kill("USR1", Process.pid)
      engine.ping
    end
  ensure
    trap("USR1", previous)
  end

  it "keeps interrupts that are deferred for later" do
    container
    main = Thread.current
    finished = false
    assert_raises(KeyError) do
      Thread.handle_interrupt(KeyError => :never) do
        Thread.new { sleep 0.1; main.raise(KeyError) }
        assert_raises(Conu::TimeoutError) { container.wait(timeout: 0.5) }
        engine.ping
        finished = true
      end
    end
    assert finished
  end

  it "is ended in a pull with progress, too" do
    image = Conu::Image.new("#{Support::REGISTRY}/conu/random", pull_policy: :never, engine: engine)
    image.rmi(force: true) if image.present?
    main = Thread.current
    result, seconds = timed do
      image.pull { |step| step.layer && Thread.new { main.raise(KeyError) }.join }
    end
    assert_kind_of KeyError, result
    assert_operator seconds, :<, 5
  end

  # The main thread alone, as in most scripts, and with another thread: Ruby tells the two of signals in different ways.
  { "alone" => "", "with other threads" => "Thread.new { sleep };" }.each do |how, threads|
    it "is ended by Ctrl-C #{how}" do
      output = in_child(<<~RUBY) { |pid| sleep 0.3; Process.kill("INT", pid) }
        #{threads}
        $stdout.sync = true
        image = Conu::Image.new("#{Support::REPOSITORY}")
        container = image.run("sleep", "600")
        begin
          puts container.id
          begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
          container.wait
        rescue Interrupt
          puts "interrupted after", Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun
        ensure
          container.delete(force: true)
        end
      RUBY
      container_id, text, seconds = output.lines.map(&:chomp)
      assert_match(/\A\h{64}\z/, container_id)
      assert_equal "interrupted after", text, output
      assert_operator seconds.to_f, :<, 1
    end
  end

  it "does not keep a program from ending" do
    output, seconds = timed do
      in_child(<<~RUBY) { nil }
        $stdout.sync = true
        image = Conu::Image.new("#{Support::REPOSITORY}")
        container = image.run("sleep", "600")
        Thread.report_on_exception = false # it may see that the container is gone, before it is ended itself
        Thread.new { container.wait }
        sleep 0.1
        at_exit { container.delete(force: true) }
        puts "ends"
      RUBY
    end
    assert_equal "ends\n", output
    assert_operator seconds, :<, 15
  end
end
