# frozen_string_literal: true

# Reaching what a container serves.
require_relative "support"

describe "a service" do
  # A web server on port 80 that is ready.
  def web
    script = "mkdir /www; printf 'hel\\377lo' > /www/file; exec httpd -f -p 80 -h /www"
    @web ||= start(script, network: nil).tap do |container|
      Timeout.timeout(30) { sleep 0.02 until container.port_open?(80, timeout: 1) }
    end
  end

  it "has ports that are open, and others" do
    assert_equal true, web.port_open?(80)
    assert_equal false, web.port_open?(81, timeout: 1)
    assert_raises(Conu::InvalidArgumentError) { web.port_open?(70_000) }
    assert Conu.check_port(web.ipv4_addresses.first, 80, timeout: 5)
    refute Conu.check_port(web.ipv4_addresses.first, 81, timeout: 5)
    assert_raises(Conu::UnreachableError) { Conu.check_port("no-such-host.invalid", 80) }
  end

  it "answers HTTP requests" do
    response = web.http_request("/file")
    assert_equal [200, "hel\xFFlo".b], [response.status, response.body]
    assert_equal Encoding::BINARY, response.body.encoding
    assert_equal "6", response.header("content-length")
    assert_equal "6", response.headers.find { |name, _value| name.casecmp?("Content-Length") }.last
    assert_nil response.header("x-missing")
    assert_equal 404, web.http_request("/missing", port: 80).status
    assert_predicate response, :frozen?
  end

  it "is sent a body, by any method" do
    web.execute("sh", "-c", "mkdir /www/cgi-bin; cat > /www/cgi-bin/echo; chmod +x /www/cgi-bin/echo", stdin: <<~'SH')
      #!/bin/sh
      printf 'Content-Type: text/plain\r\n\r\n%s %s ' $REQUEST_METHOD "$QUERY_STRING"
      head -c $CONTENT_LENGTH
    SH
    response = web.http_request("/cgi-bin/echo?x=1", method: :post, body: "a\0b\xFF")
    assert_equal [200, "POST x=1 a\0b\xFF".b], [response.status, response.body]
  end

  it "is connected to" do
    socket = web.open_connection(80)
    assert_kind_of TCPSocket, socket
    socket.write("GET /file HTTP/1.0\r\n\r\n")
    assert_includes socket.read.b, "hel\xFFlo".b
    socket.close
    lent = nil
    assert_equal 7, web.open_connection(80) { |connection| lent = connection; 7 }
    assert_predicate lent, :closed?
    assert_predicate web.open_connection(80), :close_on_exec?
    error = assert_raises(Conu::UnreachableError) { web.open_connection(81) }
    assert_includes error.message, "81"
  end

  it "leaves no descriptor behind" do
    web
    descriptors = -> { GC.start; Dir.children("/proc/self/fd").length }
    5.times { web.open_connection(80) }
    before = descriptors.call
    30.times { web.open_connection(80) }
    assert_operator descriptors.call, :<, before + 10
  end

  it "is not reached where it does not run" do
    web.kill.wait(timeout: 30)
    assert_raises(Conu::StateError) { web.port_open?(80) }
    assert_raises(Conu::StateError) { web.open_connection(80) }
    assert_raises(Conu::StateError) { web.http_request }
  end
end
