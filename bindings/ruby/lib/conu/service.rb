# frozen_string_literal: true

require "socket"

# Reaching what a container serves.
module Conu
  # An HTTP answer.
  #
  # [status] such as 200
  # [headers] as a Hash; several of one name are joined by commas
  # [body] as a binary String
  HTTPResponse = Struct.new(:status, :headers, :body, keyword_init: true)

  class HTTPResponse
    # Reads all of an object of libconu, and frees that.
    def self.take(native) # :nodoc:
      new(status: native.get_status, headers: Convert.document(native.get_headers_json),
          body: native.get_body).freeze
    ensure
      Native.close(native)
    end

    # A header by its name, in whichever case; nil where there is none.
    def header(name)
      headers.find { |key, _value| key.casecmp?(name) }&.last
    end
  end

  # Whether a host accepts connections on a TCP port. After +timeout+ seconds the answer is no; nil is as long as the
  # system waits.
  def self.check_port(host, port, timeout: nil) = Native.check_port(host, port, Convert.milliseconds(timeout))

  # On an engine of this host the container's own addresses are taken, if they can be reached; otherwise the port must
  # be published, or it is StateError, as where the container does not run.
  class Container
    # Whether a service accepts connections on a TCP port of the container. After +timeout+ seconds the answer is no;
    # nil is as long as the system waits.
    def port_open?(port, timeout: nil) = native.is_port_open(port, Convert.milliseconds(timeout))

    # Connects to a TCP port of the container, and gives a TCPSocket. A block is given it, and it is closed afterwards.
    # UnreachableError if nobody listens.
    def open_connection(port)
      socket = native.open_connection(port)
      return socket unless block_given?

      begin
        yield socket
      ensure
        socket.close
      end
    end

    # Sends an HTTP request to a port of the container, and gives the whole HTTPResponse, whatever its status. Redirects
    # are not followed. UnreachableError if nobody listens, ProtocolError if what answers does not speak HTTP.
    #
    # [path] path and query, encoded, such as "/find?name=a%20b"
    # [method] such as :post
    # [body] of any bytes
    def http_request(path = "/", port: 80, method: "GET", body: nil)
      HTTPResponse.take(native.http_request(method.to_s.upcase, path, port, body))
    end
  end
end
