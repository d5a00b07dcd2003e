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

  # Runs a program of this host, without a shell and with nothing on its input, to its end. After +timeout+ seconds it is
  # killed: TimeoutError. CommandMissingError if there is no such program.
  def self.run_cmd(*command, timeout: nil)
    ExecResult.take(Native.run_cmd(Convert.string_list(command), Convert.milliseconds(timeout)))
  end
end
