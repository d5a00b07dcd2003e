// Reaching a service.

package conu_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"conu"
)

const service = "mkdir /www; echo hello > /www/page; echo ready; exec httpd -f -p 8080 -h /www"

// serving runs a web server on port 8080, and waits until it answers.
func serving(t *testing.T) *conu.Container {
	t.Helper()
	container := start(t, service, "-p", "127.0.0.1::8080")
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		open, err := container.IsPortOpen(ctx, 8080, conu.WithTimeout(time.Second))
		if open && err == nil {
			return container
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("the service is not open: %v", err)
		}
	}
}

func TestAServiceAnswersRequests(t *testing.T) {
	container := serving(t)
	response, err := container.HTTPRequest(ctx, "GET", "/page", 8080, nil)
	if err != nil || response.Status != 200 || string(response.Body) != "hello\n" || response.Header.Get("content-length") != "6" {
		t.Errorf("%+v, %v", response, err)
	}
	response, err = container.HTTPRequest(ctx, "GET", "/missing", 8080, nil)
	if err != nil || response.Status != 404 {
		t.Errorf("%+v, %v", response, err)
	}
	response, err = container.HTTPRequest(ctx, "POST", "/page", 8080, []byte("a\x00b"))
	if err != nil || response.Status < 400 {
		t.Errorf("%+v, %v", response, err)
	}
	if open, err := container.IsPortOpen(ctx, 8081, conu.WithTimeout(time.Second)); open || err != nil {
		t.Errorf("port 8081 open %v, %v", open, err)
	}
}

func TestAConnectionIsANetConn(t *testing.T) {
	connection, err := serving(t).OpenConnection(ctx, 8080)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Error(err)
	}
	var timeout net.Error
	if _, err := connection.Read(make([]byte, 1)); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("reading where nothing comes gives %v", err)
	}
	if err := connection.SetReadDeadline(time.Time{}); err != nil {
		t.Error(err)
	}
	if _, err := io.WriteString(connection, "GET /page HTTP/1.0\r\n\r\n"); err != nil {
		t.Error(err)
	}
	if answer, err := io.ReadAll(connection); err != nil || !strings.HasSuffix(string(answer), "\r\n\r\nhello\n") {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestWhatCannotBeReachedIsTold(t *testing.T) {
	container := serving(t)
	if _, err := container.OpenConnection(ctx, 8081); !errors.Is(err, conu.ErrUnreachable) && !errors.Is(err, conu.ErrState) {
		t.Errorf("a port where nobody listens gives %v", err)
	}
	for _, wrong := range []int{-1, 0, 65536, 1<<32 + 8080} {
		if _, err := container.OpenConnection(ctx, wrong); !errors.Is(err, conu.ErrInvalidArgument) {
			t.Errorf("port %d gives %v", wrong, err)
		}
	}
	if _, err := container.HTTPRequest(ctx, "GE\r\nT", "/", 8080, nil); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("a malformed method gives %v", err)
	}
}

func TestAPortOfThisHostIsChecked(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if open, err := conu.CheckPort(ctx, "127.0.0.1", port, conu.WithTimeout(time.Second)); err != nil || !open {
		t.Errorf("open %v, %v", open, err)
	}
	listener.Close()
	if open, err := conu.CheckPort(ctx, "127.0.0.1", port, conu.WithTimeout(time.Second)); err != nil || open {
		t.Errorf("open %v, %v", open, err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := conu.CheckPort(ended, "127.0.0.1", port); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended gives %v", err)
	}
}
