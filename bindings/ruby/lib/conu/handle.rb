# frozen_string_literal: true

module Conu
  # An object of the C library. It is freed by #close, at the end of the block that it was given to, or by the garbage
  # collector. That removes nothing that it stands for: a container goes on running.
  #
  # Any number of threads may use a handle and close it. A call that is under way when it is closed ends as it would
  # have; each later one raises StateError.
  class Handle
    # With a block: gives it the new handle, closes that afterwards, and returns what the block returns.
    def self.new(...)
      handle = super
      return handle unless block_given?

      handle.lend { |lent| yield lent }
    end

    # A handle for an object that a call has given. A block is treated as by new.
    def self.wrap(native, &block) # :nodoc:
      handle = allocate
      handle.instance_variable_set(:@native, native)
      block ? handle.lend(&block) : handle
    end

    # The object behind an argument that is a handle of this class, or nil.
    def self.unwrap(handle) # :nodoc:
      return if handle.nil?
      raise TypeError, "a #{name} is wanted, not #{handle.inspect}" unless handle.is_a?(self)

      handle.native
    end

    attr_reader :native # :nodoc:

    def initialize(native)
      @native = native
    end

    # Frees the handle. Once more does nothing.
    def close
      Native.close(native)
      nil
    end

    def closed? = Native.closed?(native)

    def inspect
      "#<#{self.class} #{closed? ? '(closed)' : description}>"
    end

    def lend # :nodoc:
      yield self
    ensure
      close
    end
  end
end
