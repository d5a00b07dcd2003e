# frozen_string_literal: true

module Conu
  # The conditions of Container#wait_for, as the C library takes them.
  module Conditions # :nodoc:
    module_function

    # Words that say more about another one.
    DETAILS = { occurrences: :log, exit_code: :command }.freeze

    # All conditions of a Hash. None is a mistake: it would be true at once.
    def read(conditions)
      given = conditions.select { |_word, value| value }
      DETAILS.each do |word, of|
        raise InvalidArgumentError, "#{word}: says nothing without #{of}:" if given.key?(word) && !given.key?(of)
      end
      raise InvalidArgumentError, "there is nothing to wait for" if given.empty?

      add(Native.wait_all_of, **given)
    end

    def group(wait, hashes)
      hashes.each do |conditions|
        raise TypeError, "all: and any: are Arrays of Hashes of conditions" unless conditions.is_a?(Hash)

        wait.add(read(conditions))
      end
      wait
    end

    def add(wait, port: [], log: [], occurrences: 1, http: nil, healthy: false, status: nil, command: nil, exit_code: 0,
            all: nil, any: nil)
      Array(port).each { |number| wait.add_port(number) }
      Array(log).each { |pattern| wait.add_log(Convert.pattern(pattern), occurrences) }
      add_http(wait, **(http.is_a?(Hash) ? http : { port: http })) if http
      wait.add_healthy if healthy
      wait.add_status(status.to_s) if status
      wait.add_command(Convert.string_list(Array(command)), exit_code) if command
      wait.add(group(Native.wait_all_of, all)) if all
      wait.add(group(Native.wait_any_of, any)) if any
      wait
    end

    def add_http(wait, port:, path: "/", status: 200) = wait.add_http(port, path, status)
  end
  private_constant :Conditions

  class Container
    # Waits until the container ends, and gives its exit code. One that is not 0 is a result, not a failure.
    # TimeoutError if it still runs after +timeout+ seconds.
    def wait(timeout: nil) = native.wait(Convert.milliseconds(timeout))

    # Waits until the container is as all these conditions want it:
    #   container.wait_for(port: 80, log: /ready/, timeout: 30)
    #   container.wait_for(any: [{ log: /failed/ }, { port: 80, http: { port: 80, path: "/health" } }])
    #
    # A container that ends meanwhile is StateError at once, one that is removed NotFoundError. The +details+ of these
    # and of TimeoutError have the whole story: "waited_for", "status", "exit_code", "health", "last_probe_error", its
    # last lines as "log", "time_line", and so on.
    #
    # [port] a service listens at this TCP port, which need not be published; or an Array of ports
    # [log] a line of the log, be it written before, matches a Regexp, of what RE2 knows of it, or a String in
    #   the syntax of RE2; or an Array of these
    # [occurrences] how many lines must match; 1 unless given
    # [http] a GET is answered: a Hash of +port+, +path+ ("/" unless given) and +status+ (200), or a port
    # [healthy] true: the health check has passed
    # [status] it is in this state, such as "exited", see #status
    # [command] a command in it, run again and again, ends as it shall: an Array
    # [exit_code] the exit code of the command; 0 unless given
    # [all, any] Arrays of Hashes of such conditions: all of them are true, or one of them is
    # [timeout] seconds for all of it
    def wait_for(timeout: nil, **conditions)
      native.wait_for(Conditions.read(conditions), Convert.milliseconds(timeout))
      self
    end
  end
end
