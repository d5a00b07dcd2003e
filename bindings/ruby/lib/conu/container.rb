# frozen_string_literal: true

module Conu
  # A container of an engine, made by Image#run. Where it is gone, methods raise NotFoundError.
  class Container < Handle
    private_class_method :new

    # The ID.
    def id = native.get_id

    # The name.
    def name = native.get_name

    # Whether it runs now.
    def running? = native.is_running

    # The exit code of a container that has ended; 0 while it runs.
    def exit_code = native.exit_code

    # Asks the container to end, and kills it after the grace: seconds, rounded up to whole ones; nil for its own.
    def stop(grace: nil)
      native.stop(Convert.milliseconds(grace))
      self
    end

    # Sends a signal, such as "TERM" or 15.
    def kill(signal = "KILL")
      native.kill(signal.to_s)
      self
    end

    # Removes the container.
    #
    # [force] also if it runs; and then one that is gone already is a success
    # [volumes] also its anonymous volumes
    def delete(force: false, volumes: false)
      native.delete(force, volumes)
      nil
    end

    # Waits until the container ends, and gives its exit code. One that is not 0 is a result, not a failure.
    # TimeoutError if it still runs after +timeout+ seconds.
    def wait(timeout: nil) = native.wait(Convert.milliseconds(timeout))

    # What the container has written to its output and error streams so far, as UTF-8: invalid bytes and NUL become
    # U+FFFD.
    def logs_unicode = native.logs_unicode

    private

    def description = "#{name} #{id[0, 12]}"
  end
end
