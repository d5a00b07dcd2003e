# frozen_string_literal: true

# The exceptions: Conu::Error, and one class below it for each kind of failure.
module Conu
  # Why a call failed. The message names the object, what was tried and what the engine said, and ends with the hint.
  class Error < StandardError
    # Which operation failed; nil where none was begun.
    attr_reader :operation
    # What can be done about it; nil where there is no advice.
    attr_reader :hint
    # The HTTP status of the engine's answer; nil where no such answer is behind the failure.
    attr_reader :http_status
    # More about the failure, as a Hash, where a method says that there is more; otherwise nil.
    attr_reader :details
    # How many bytes a write had written before it failed; nil for other calls.
    attr_reader :written

    def initialize(message = nil, operation: nil, hint: nil, http_status: nil, details: nil, written: nil)
      super(hint ? "#{message} (#{hint})" : message)
      @operation = operation
      @hint = hint
      @http_status = http_status
      @details = details
      @written = written
    end

    # The kind of failure as a Symbol, such as :not_found. :unknown is one of a libconu that is newer than this gem.
    def code = :unknown

    # The exception for an error object of libconu.
    def self.from(native, written) # :nodoc:
      status = native.get_http_status
      KINDS.fetch(native.get_code, Error).new(
        native.get_message,
        operation: native.get_operation,
        hint: native.get_hint,
        http_status: status.zero? ? nil : status,
        details: Convert.document(native.get_details_json),
        written: written
      )
    end
  end

  # An argument is missing, malformed or out of range; no request was made.
  class InvalidArgumentError < Error
    def code = :invalid_argument
  end

  # There is no such image, tag, container or file.
  class NotFoundError < Error
    def code = :not_found
  end

  # Something is in the way, such as a name that is taken.
  class ConflictError < Error
    def code = :conflict
  end

  # A registry or an engine refuses this user.
  class UnauthorizedError < Error
    def code = :unauthorized
  end

  # The engine, or a registry behind it, failed or refused.
  class EngineError < Error
    def code = :engine
  end

  # No engine answers, or the connection to it broke.
  class UnreachableError < Error
    def code = :unreachable
  end

  # A deadline passed.
  class TimeoutError < Error
    def code = :timeout
  end

  # The call was cancelled.
  class CancelledError < Error
    def code = :cancelled
  end

  # An answer is not what the Docker Engine API promises.
  class ProtocolError < Error
    def code = :protocol
  end

  # A program to be run does not exist.
  class CommandMissingError < Error
    def code = :command_missing
  end

  # A program ran and failed, such as a step of a build.
  class CommandFailedError < Error
    def code = :command_failed
  end

  # Reading or writing on this host failed.
  class IOError < Error
    def code = :io
  end

  # This user may not do it.
  class PermissionError < Error
    def code = :permission
  end

  # This engine, or this version of libconu, cannot do it.
  class UnsupportedError < Error
    def code = :unsupported
  end

  # Memory ran out.
  class NoMemoryError < Error
    def code = :no_memory
  end

  # The object is not in a state for this, such as closed.
  class StateError < Error
    def code = :state
  end

  # A registry wants you to come back later.
  class RateLimitedError < Error
    def code = :rate_limited
  end

  # A fault of libconu; please report it.
  class InternalError < Error
    def code = :internal
  end

  # By the numbers of conu.h, which never change.
  Error::KINDS = {
    Native::CONU_ERROR_INVALID_ARGUMENT => InvalidArgumentError,
    Native::CONU_ERROR_NOT_FOUND => NotFoundError,
    Native::CONU_ERROR_CONFLICT => ConflictError,
    Native::CONU_ERROR_UNAUTHORIZED => UnauthorizedError,
    Native::CONU_ERROR_ENGINE => EngineError,
    Native::CONU_ERROR_UNREACHABLE => UnreachableError,
    Native::CONU_ERROR_TIMEOUT => TimeoutError,
    Native::CONU_ERROR_CANCELLED => CancelledError,
    Native::CONU_ERROR_PROTOCOL => ProtocolError,
    Native::CONU_ERROR_COMMAND_MISSING => CommandMissingError,
    Native::CONU_ERROR_COMMAND_FAILED => CommandFailedError,
    Native::CONU_ERROR_IO => IOError,
    Native::CONU_ERROR_PERMISSION => PermissionError,
    Native::CONU_ERROR_UNSUPPORTED => UnsupportedError,
    Native::CONU_ERROR_NO_MEMORY => NoMemoryError,
    Native::CONU_ERROR_STATE => StateError,
    Native::CONU_ERROR_RATE_LIMITED => RateLimitedError,
    Native::CONU_ERROR_INTERNAL => InternalError
  }.freeze
  Error.private_constant :KINDS
end
