# frozen_string_literal: true

# Waiting for a container to be ready.
require_relative "support"

describe "waiting" do
  def serving(before: "true", **options)
    script = "mkdir /www; echo hi > /www/index.html; #{before}; echo ready; exec httpd -f -p 80 -h /www"
    start(script, network: nil, **options)
  end

  def idle = @idle ||= start("exec sleep 600", network: nil)

  def out_of_time(**conditions)
    error, seconds = timed { yield.wait_for(**conditions, timeout: 0.3) }
    assert_kind_of Conu::TimeoutError, error
    assert_operator seconds, :<, 3
    error
  end

  it "is for a port, or several" do
    container = serving(before: "sleep 0.3")
    assert_same container, container.wait_for(port: 80, timeout: 30)
    assert container.port_open?(80)
    out_of_time(port: [80, 81]) { container }
  end

  it "is for lines of the log" do
    container = start("for n in 1 2 3; do echo tick $n; sleep 0.1; done; echo 'done (ž)'; exec sleep 600")
    assert_same container, container.wait_for(log: /^tick \d$/, occurrences: 3, timeout: 30)
    container.wait_for(log: ["tick 2", /\Adone \(#{/ž/}\)\z/, /(?mi-x:DONE) .\p{Latin}/], timeout: 30)
    out_of_time(log: /^tick/, occurrences: 4) { container }
    out_of_time(log: "^ick") { container }
  end

  it "is for an HTTP answer" do
    container = serving(before: "sleep 0.2")
    assert_same container, container.wait_for(http: 80, timeout: 30)
    container.wait_for(http: { port: 80, path: "/missing", status: 404 }, timeout: 30)
    error = out_of_time(http: { port: 80, path: "/missing" }) { container }
    assert_includes error.details.fetch("last_probe_error"), "404"
  end

  it "is for health" do
    container = start("sleep 0.5; touch /healthy; exec sleep 600",
                      options: ["--health-cmd", "test -e /healthy", "--health-interval", "1s"])
    assert_same container, container.wait_for(healthy: true, timeout: 30)
    assert_raises(Conu::InvalidArgumentError) { idle.wait_for(healthy: true, timeout: 30) }
  end

  it "is for a state" do
    idle.wait_for(status: "running", timeout: 30)
    Thread.new { sleep 0.2; idle.pause }
    assert_same idle, idle.wait_for(status: :paused, timeout: 30)
    idle.unpause.kill
    idle.wait_for(status: "exited", timeout: 30)
  end

  it "is for a command" do
    container = start("sleep 0.5; touch /there; exec sleep 600")
    assert_same container, container.wait_for(command: ["test", "-e", "/there"], timeout: 30)
    container.wait_for(command: ["sh", "-c", "exit 7"], exit_code: 7, timeout: 30)
    out_of_time(command: ["false"]) { container }
    assert_raises(Conu::CommandMissingError) { container.wait_for(command: ["no-such-program"], timeout: 30) }
  end

  it "is for all of several conditions" do
    container = serving(before: "sleep 0.2")
    assert_same container, container.wait_for(port: 80, log: [/^ready$/, "ready"], http: 80, status: "running",
                                              command: ["test", "-e", "/www"], timeout: 30)
    out_of_time(port: 80, log: "never") { container }
  end

  it "is for any of several conditions, in any depth" do
    container = serving
    container.wait_for(any: [{ log: "never" }, { port: 80, log: "ready" }], status: "running", timeout: 30)
    container.wait_for(all: [{ log: /^READY/i }, { log: /y$/ }], timeout: 30)
    container.wait_for(any: [{ all: [{ port: 81 }] }, { any: [{ log: "never" }, { port: 80 }] }], timeout: 30)
    out_of_time(any: [{ port: 80, log: "never" }, { all: [{ port: 80 }, { port: 81 }] }]) { container }
  end

  it "is refused for what cannot be waited for" do
    [{}, { port: nil }, { healthy: false }, { any: [] }, { any: [{}] }, { all: [{ any: [{ port: -1 }] }] },
     { port: 65_536 }, { log: "(" }, { log: "a\0b" }, { log: /a b/x }, { log: /\h/ },
     { log: /(?<name>x)/ }, { log: "x", occurrences: 0 }, { port: 80, occurrences: 2 }, { exit_code: 0 },
     { command: [] }, { command: ["x"], exit_code: 256 }, { status: "asleep" }, { http: { port: 0 } },
     { http: { port: 80, path: "no path" } }].each do |conditions|
      error, seconds = timed { idle.wait_for(**conditions, timeout: 30) }
      assert_kind_of Conu::InvalidArgumentError, error, conditions.inspect
      assert_operator seconds, :<, 2, conditions.inspect
    end
    assert_raises(Conu::InvalidArgumentError) { idle.wait_for(port: 80, timeout: -1) }
    assert_raises(ArgumentError) { idle.wait_for(weather: "fine") }
    assert_raises(ArgumentError) { idle.wait_for(http: { path: "/" }) }
    assert_raises(TypeError) { idle.wait_for(port: "http") }
    assert_raises(TypeError) { idle.wait_for(any: { port: 80, log: "ready" }) }
  end

  it "ends at once when the container does, and tells the story" do
    container = start("echo oh no >&2; sleep 0.3; exit 7")
    error, seconds = timed { container.wait_for(port: 80, timeout: 60) }
    assert_kind_of Conu::StateError, error
    assert_operator seconds, :<, 5
    assert_includes error.message, "oh no"
    assert_equal ["exited", 7], error.details.values_at("status", "exit_code")
    assert_includes error.details.fetch("log").to_s, "oh no"
    refute_empty error.details.fetch("waited_for")
    assert_kind_of Integer, error.details.fetch("time_line").first.fetch("ms")
  end

  it "ends when the container is removed" do
    id = idle.id
    Thread.new { sleep 0.3; remove(id) }
    error, seconds = timed { idle.wait_for(port: 80, timeout: 60) }
    assert_includes %i[not_found state], error.code
    assert_operator seconds, :<, 5
  end

  it "is ended by an interrupt, and by the end of its thread" do
    error, seconds = timed { Timeout.timeout(0.2) { idle.wait_for(log: "never") } }
    assert_kind_of Timeout::Error, error
    assert_operator seconds, :<, 1.2
    waiting = Thread.new { idle.wait_for(any: [{ port: 80 }, { command: ["false"] }]) }
    sleep 0.2
    _, seconds = timed { waiting.kill.join }
    assert_operator seconds, :<, 1
    assert_predicate idle, :running?
  end

  it "lets other threads run, and goes on where its handle is closed" do
    container = start("sleep 1; echo ready; exec sleep 600")
    id = container.id
    waiting = Thread.new { container.wait_for(log: "ready", timeout: 30) }
    turns = 0
    Timeout.timeout(30) { turns += 1 while waiting.status == "run" || turns < 10_000 }
    assert_predicate waiting, :alive?
    container.close
    GC.start
    assert_same container, waiting.value
    containers.delete(container)
    remove(id)
  end

  it "is ended by Ctrl-C" do
    output = in_child(<<~RUBY) { |pid| sleep 0.3; Process.kill("INT", pid) }
      $stdout.sync = true
      container = Conu::Image.new("#{Support::REPOSITORY}").run("sleep", "600")
      begin
        puts container.id
        begun = Process.clock_gettime(Process::CLOCK_MONOTONIC)
        container.wait_for(port: 80, log: "never")
      rescue Interrupt
        puts "interrupted after", Process.clock_gettime(Process::CLOCK_MONOTONIC) - begun
      ensure
        container.delete(force: true)
      end
    RUBY
    _id, text, seconds = output.lines.map(&:chomp)
    assert_equal "interrupted after", text, output
    assert_operator seconds.to_f, :<, 1
  end
end
