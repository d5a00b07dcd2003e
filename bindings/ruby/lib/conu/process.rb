# frozen_string_literal: true

module Conu
  # The container's own process.
  class Container
    # Attaches to the process, and gives a Stream of what it writes from now on. A block is given the stream, which is
    # closed afterwards; that leaves the process alone.
    #
    # [stdin] also write to its input, for a container that was run with "--interactive": <tt>options: ["-i"]</tt>
    # [stdout, stderr] what to read; both unless said otherwise
    def attach(stdin: false, stdout: true, stderr: true, &block)
      Stream.wrap(native.attach(Convert.pipes(stdin: stdin, stdout: stdout, stderr: stderr)), &block)
    end
  end
end
