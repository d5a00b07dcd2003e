# frozen_string_literal: true

module Conu
  # A builder of source-to-image, and what comes of extending it with source code.
  class S2IImage < Image
    # Extends the builder with source code, a folder, a git repository or its URL, and gives the image that comes of it:
    # <tt>builder.extend("https://…/app.git", "app", "--ref=v1") { |step| puts step.text }</tt>. Options are those of
    # <tt>s2i build</tt>. A block is given each line that the scripts print, as the text of a Step. Where a script fails
    # CommandFailedError has the end of what it printed. (Given a Module this is Ruby's own method.)
    def extend(source, *rest, &report)
      return super if source.is_a?(Module)
      return extend_progress(source, *rest).follow(report) { |progress| progress.image_as(S2IImage) } if report

      new_image_name, *s2i_args = rest
      S2IImage.wrap(native.s2i_extend(File.path(source), new_image_name, Convert.string_list(s2i_args)))
    end

    # Starts what #extend does, and returns its Progress.
    def extend_progress(source, new_image_name, *s2i_args, &block)
      arguments = Convert.string_list(s2i_args)
      Progress.wrap(native.s2i_extend_progress(File.path(source), new_image_name, arguments), &block)
    end

    # What the usage script of the builder prints.
    def usage = native.s2i_usage
  end
end
