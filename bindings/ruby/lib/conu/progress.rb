# frozen_string_literal: true

module Conu
  # One step of a pull, push, build, load or extension.
  #
  # [layer] the layer that the step is about; nil if it is about the whole
  # [status] what happens, in the engine's words, such as "Downloading"; nil for a step that is log text
  # [text] a line of the log of a build or extension; nil for other steps
  # [current] how much of the layer is done, in bytes; 0 where unknown
  # [total] the size of the layer in bytes; 0 where unknown
  Step = Struct.new(:layer, :status, :text, :current, :total, keyword_init: true)

  # A pull, push, build, load or extension that is under way. Most often a block is simpler: <tt>image.pull { |step| … }</tt>.
  #
  # Closing it abandons the work. Threads that share one take turns.
  class Progress < Handle
    private_class_method :new

    # Waits for the next step; nil once the work is done and has succeeded. Its failure is raised, and is its end.
    # TimeoutError, if there is no step in time, is not: call again.
    def next_step(timeout: nil)
      turns.synchronize do
        next unless native.next(Convert.milliseconds(timeout))

        Step.new(layer: native.get_layer, status: native.get_status, text: native.get_text,
                 current: native.get_current, total: native.get_total).freeze
      end
    end

    # Gives each step to the block until the work is done; an Enumerator without one.
    def each_step
      return enum_for(:each_step) unless block_given?

      while (step = next_step)
        yield step
      end
      self
    end

    # After the end: the image that a pull, push, build or extension has made.
    def image = image_as(Image)

    def image_as(kind) = turns.synchronize { kind.wrap(native.take_image) } # :nodoc:

    # After the end: the images that a load has brought.
    def images = turns.synchronize { Convert.images(native.take_images) }

    # Ends the work and waits, at most 5 seconds, until what it had begun is cleaned up.
    def cancel
      native.cancel
      self
    end

    # Gives each step to +report+, and at the end itself to the block for the result. Work that is left before its end,
    # by an exception or a break, is cancelled.
    def follow(report) # :nodoc:
      lend do
        each_step(&report)
        ended = true
        yield self
      ensure
        cancel unless ended
      end
    end

    private

    # A step is read with the getters, so nobody may come between them and its arrival.
    def turns = @turns ||= Mutex.new

    def description = "under way or done"
  end
end
