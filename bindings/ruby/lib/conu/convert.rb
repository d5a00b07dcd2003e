# frozen_string_literal: true

module Conu
  # How values cross between Ruby and the C library.
  module Convert # :nodoc:
    module_function

    # Seconds as milliseconds, rounded up so that a short time does not become none; nil and infinity are no limit.
    def milliseconds(seconds)
      return -1 if [nil, Float::INFINITY].include?(seconds)
      raise TypeError, "a time is a number of seconds, not #{seconds.inspect}" unless seconds.is_a?(Numeric)
      raise InvalidArgumentError, "a time must not be negative: #{seconds}" if seconds.negative?

      (seconds * 1000).ceil
    end

    # A Time, or seconds since 1970, as milliseconds since then.
    def epoch_milliseconds(moment)
      raise TypeError, "#{moment.inspect} is neither a Time nor a number" unless [Time, Numeric].any? { _1 === moment }

      (moment.to_r * 1000).floor
    end

    # A regular expression as libconu reads it, from a Regexp or as it is. What would mean something else there is
    # refused; what Ruby's m is about, the ends of lines, no line has.
    def pattern(pattern)
      return pattern unless pattern.is_a?(Regexp)

      foreign = "the option x" if pattern.options.anybits?(Regexp::EXTENDED)
      in_any_case = pattern.options.anybits?(Regexp::IGNORECASE) ? "(?i)" : ""
      text = pattern.source.gsub(/\\.|\(\?[mix-]+[:)]/m) do |token|
        foreign ||= token if token.match?(/\A\\[CEGHKMQRXeghky]|\A\(\?[mi]*x/)
        token.start_with?("(") ? token.delete("mx").sub(/-(?=[:)])/, "") : token.sub("\\Z", "$")
      end
      raise InvalidArgumentError, "#{pattern.inspect}: the log cannot be searched with #{foreign}" if foreign

      in_any_case + text
    end

    # Which of the three standard streams are wanted, as the bits of conu.h.
    def pipes(stdin:, stdout:, stderr:)
      bits = [Native::CONU_STDIN_PIPE, Native::CONU_STDOUT_PIPE, Native::CONU_STDERR_PIPE]
      bits.zip([stdin, stdout, stderr]).filter_map { |bit, wanted| bit if wanted }.sum
    end

    # A document of the engine; nil for none.
    def document(json)
      json && JSON.parse(json, max_nesting: false)
    rescue JSON::ParserError => e
      raise ProtocolError, "the document is not JSON: #{e.message}"
    end

    # A document for libconu, from a Hash or as it is.
    def json(document) = document.is_a?(String) ? document : JSON.generate(document)

    # A list of libconu as an Array; empty for none.
    def strings(list)
      list ? Array.new(list.size) { |n| list.get(n) } : []
    end

    def string_list(strings)
      strings.each_with_object(Native.string_list_new) { |string, list| list.append(string) }
    end

    def images(list)
      Array.new(list.size) { |n| Image.wrap(list.get(n)) }
    end

    def containers(list)
      Array.new(list.size) { |n| Container.wrap(list.get(n)) }
    end
  end
  private_constant :Convert
end
