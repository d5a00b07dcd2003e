# frozen_string_literal: true

module Conu
  # What a container has written.
  class Container
    # Gives each line that the container has written to the block, as text in UTF-8 without its end; an Enumerator
    # without a block. Leaving the block ends a reading that follows.
    #   container.logs(follow: true) { |line| break if line.include?("ready") }
    #
    # [follow] go on until the container ends
    # [timestamps] begin each line with its time, by RFC 3339
    # [stdout, stderr] which of the two; both unless said otherwise
    # [since, until] what was written from then on, or until then: a Time, or seconds since 1970
    # [tail] of what is there already, so many lines from the end
    def logs(**options, &block)
      return enum_for(:logs, **options) unless block

      logs_stream(**options) { |stream| stream.each(&block) }
      self
    end

    # The same as a Stream. A block is given it, and it is closed afterwards.
    def logs_stream(**options, &block) = Stream.wrap(native.logs(logs_options(**options)), &block)

    # What it has written to its output and error streams so far, as a binary String.
    def logs_in_bytes = native.logs_in_bytes

    # The same as UTF-8: invalid bytes and NUL become U+FFFD.
    def logs_unicode = native.logs_unicode

    private

    def logs_options(follow: false, timestamps: false, stdout: true, stderr: true, since: nil, until: nil, tail: nil)
      last = binding.local_variable_get(:until) # a keyword of Ruby
      options = Native.logs_options_new
      options.set_follow(follow)
      options.set_timestamps(timestamps)
      options.set_channels(stdout, stderr)
      options.set_since(Convert.epoch_milliseconds(since)) if since
      options.set_until(Convert.epoch_milliseconds(last)) if last
      options.set_tail(tail) if tail
      options
    end
  end
end
