# frozen_string_literal: true

module Conu
  # The container's own process, and the program of Image#run_via_binary_in_foreground that runs it.
  class Container
    # Attaches to the process, and gives a Stream of what it writes from now on. A block is given the stream, which is
    # closed afterwards; that leaves the process alone.
    #
    # [stdin] also write to its input, for a container that was run with "--interactive": <tt>options: ["-i"]</tt>
    # [stdout, stderr] what to read; both unless said otherwise
    def attach(stdin: false, stdout: true, stderr: true, &block)
      Stream.wrap(native.attach(Convert.pipes(stdin: stdin, stdout: stdout, stderr: stderr)), &block)
    end

    # What the program in the foreground writes to its pipes, as a Stream, which is given out once. A program whose
    # output is piped stops when the pipe is full, until somebody reads it. A block is given the stream, which is closed
    # afterwards.
    def process_stream(&block) = Stream.wrap(native.get_process_stream, &block)

    # Writes all of the bytes to the input of the program in the foreground, and gives their number. Where that fails,
    # the error's +written+ counts those that went.
    def write_to_stdin(data, timeout: nil) = native.write_to_stdin(data, Convert.milliseconds(timeout))

    # Ends the input of the program in the foreground.
    def close_stdin
      native.close_stdin
      self
    end

    # Waits until the program in the foreground ends, and gives its exit code, which is that of the container.
    # TimeoutError if it still runs after +timeout+ seconds.
    def wait_process(timeout: nil) = native.wait_process(Convert.milliseconds(timeout))
  end
end
