# frozen_string_literal: true

module Conu
  # What a container or a command writes, as it comes: logs, an attached container, a command that runs. Where its input
  # was asked for, it is written to as well.
  #
  # Read it by piece or by line. A line is text in UTF-8, as the program wrote it, without its end; a piece is binary.
  # One thread may read and one write at a time; a second one gets StateError. TimeoutError, and an interrupt, leave the
  # stream as it is: read on. Closing it leaves the container as it is.
  class Stream < Handle
    include Enumerable

    private_class_method :new

    CHANNELS = %i[stdin stdout stderr].freeze
    private_constant :CHANNELS

    def self.wrap(native, &block) = new(native, &block) # :nodoc:

    def initialize(native)
      super
      @reader = Mutex.new
    end

    # Waits for the next piece and gives its channel, :stdout or :stderr, and its bytes; nil at the end.
    #   while (channel, data = stream.next)
    def next(timeout: nil) = take(:next, timeout)

    # The same with the next line. Each channel is cut into lines on its own.
    def next_line(timeout: nil)
      channel, line = take(:next_line, timeout)
      channel && [channel, line.force_encoding(Encoding::UTF_8)]
    end

    # Gives each line to the block until the end; an Enumerator without one.
    def each
      return enum_for(:each) unless block_given?

      while (_channel, line = next_line)
        yield line
      end
      self
    end

    # Gives each piece to the block until the end, as channel and bytes; an Enumerator without one.
    def each_piece
      return enum_for(:each_piece) unless block_given?

      while (piece = self.next)
        yield piece
      end
      self
    end

    # All that comes until the end, of all channels in the order of its coming.
    def read
      each_piece.with_object(String.new) { |(_channel, data), all| all << data }
    end

    # Writes all of the bytes, and gives their number. Where that fails, the error's +written+ counts those that went.
    def write(data, timeout: nil) = native.write(data, Convert.milliseconds(timeout))

    # Writes, and gives the stream.
    def <<(data)
      write(data)
      self
    end

    # Ends the input: the program reads the end of its standard input. Reading goes on.
    def close_write
      native.close_write
      self
    end

    # Sets the size of the terminal.
    def resize(rows, columns)
      native.resize(rows, columns)
      self
    end

    # The exit code of a command, once the stream has ended.
    def exit_code = native.get_exit_code

    private

    # What has come is borrowed until the next reading, so nobody may read before it is copied.
    def take(method, timeout)
      mine = @reader.try_lock
      raise StateError, "another thread reads this stream" unless mine

      channel, data = native.public_send(method, Convert.milliseconds(timeout))
      channel && [CHANNELS.fetch(channel), data]
    ensure
      @reader.unlock if mine
    end

    def description = "open"
  end
end
