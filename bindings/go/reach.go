// Reaching the service in a container.

package conu

import (
	"context"
	"net"
	"net/textproto"
	"os"

	"conu/internal/native"
)

// IsPortOpen tells whether a service of the container accepts connections on a TCP port; WithTimeout says how long to wait
// for the connection, after which the answer is no.
func (c *Container) IsPortOpen(ctx context.Context, port int, options ...WaitOption) (bool, error) {
	s := collect(options)
	var open bool
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Is_port_open(port, milliseconds(s.timeout), cancel, &open, failure)
	})
	return open, err
}

// OpenConnection connects to a TCP port of the container. Where nobody listens it fails with ErrUnreachable.
func (c *Container) OpenConnection(ctx context.Context, port int) (net.Conn, error) {
	var fd int32
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Open_connection(port, cancel, &fd, failure)
	})
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "connection")
	defer file.Close()
	return net.FileConn(file)
}

// HTTPResponse is an answer to Container.HTTPRequest.
type HTTPResponse struct {
	Status int
	Header textproto.MIMEHeader // several of one name are one, joined by commas
	Body   []byte
}

// HTTPRequest sends a request to a port of the container and reads the whole answer. An answer is a result, whatever its
// status; redirects are not followed. The path may have a query, and is encoded, such as "/find?name=a%20b".
func (c *Container) HTTPRequest(ctx context.Context, method, path string, port int, body []byte) (*HTTPResponse, error) {
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Http_request(method, path, port, body, cancel, &out, failure)
	})
	if err != nil {
		return nil, err
	}
	from := native.SwigcptrHttpResponse(out)
	defer native.DeleteHttpResponse(from)
	response := &HTTPResponse{Status: from.Get_status(), Header: textproto.MIMEHeader{}, Body: copyBytes(from.Get_body)}
	var headers map[string]string
	if err := decode(from.Get_headers_json(), &headers); err != nil {
		return nil, err
	}
	for name, value := range headers {
		response.Header.Set(name, value)
	}
	return response, nil
}

// CheckPort tells whether a host, by name or address, accepts connections on a TCP port; WithTimeout as for IsPortOpen.
func CheckPort(ctx context.Context, host string, port int, options ...WaitOption) (bool, error) {
	s := collect(options)
	var open bool
	err := withCancel(ctx, func(cancel native.Cancel) error {
		return attempt(func(failure *uintptr) {
			native.Check_port(host, port, milliseconds(s.timeout), cancel, &open, failure)
		})
	})
	return open, err
}
