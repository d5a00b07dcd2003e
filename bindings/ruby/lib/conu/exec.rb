# frozen_string_literal: true

# Running commands: in a container, and on this host.
module Conu
  # How a command ended, and what it wrote. An exit code other than 0 is a result, not a failure.
  #
  # [exit_code] of the command; 128 and the signal's number where a signal ended it
  # [stdout] what it wrote to its output, as a binary String
  # [stderr] what it wrote to its error output, as a binary String
  ExecResult = Struct.new(:exit_code, :stdout, :stderr, keyword_init: true)

  class ExecResult
    # Reads all of an object of libconu, and frees that.
    def self.take(native) # :nodoc:
      new(exit_code: native.get_exit_code, stdout: native.get_stdout,
          stderr: native.get_stderr).freeze
    ensure
      Native.close(native)
    end

    # Whether the exit code is 0.
    def success? = exit_code.zero?
  end

  # Runs a program of this host, without a shell and with nothing on its input, to its end. After +timeout+ seconds it
  # is killed: TimeoutError. CommandMissingError if there is no such program.
  def self.run_cmd(*command, timeout: nil)
    ExecResult.take(Native.run_cmd(Convert.string_list(command), Convert.milliseconds(timeout)))
  end

  class Container
    # Runs a command in the container, without a shell, to its end, and gives an ExecResult:
    # <tt>container.execute("ls", "/").stdout</tt>. CommandMissingError if the container has no such program,
    # CommandFailedError if it cannot be started. A command whose call is interrupted is ended.
    #
    # [user] a name or number, with ":GROUP" behind it if need be
    # [workdir] the folder of the container that it starts in
    # [env] more variables, as a Hash
    # [stdin] its whole input; none unless given
    # [tty] give it a terminal; all its output is in +stdout+ then
    # [privileged] give it all privileges
    # [timeout] seconds after which it is ended: TimeoutError
    def execute(*command, **options)
      ExecResult.take(native.execute(Convert.string_list(command), exec_options(**options)))
    end

    # Starts a command as #execute does it, and gives its Stream: its output, of any length, and its input where there
    # is no +stdin+. That it could not be started is raised at the end of the output. A block is given the stream, which
    # is closed afterwards; that leaves the command alone.
    def execute_stream(*command, **options, &block)
      Stream.wrap(native.execute_stream(Convert.string_list(command), exec_options(**options)), &block)
    end

    private

    def exec_options(user: nil, workdir: nil, env: {}, stdin: nil, tty: false, privileged: false, timeout: nil)
      options = Native.exec_options_new
      options.set_user(user.to_s) if user
      options.set_workdir(File.path(workdir)) if workdir
      env.each { |name, value| options.add_env(name.to_s, value.to_s) }
      options.set_stdin(stdin) if stdin
      options.set_tty(tty)
      options.set_privileged(privileged)
      options.set_timeout(Convert.milliseconds(timeout))
      options
    end
  end
end
