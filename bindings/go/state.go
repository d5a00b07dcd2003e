// What an engine tells about a container.

package conu

import (
	"context"
	"encoding/json"

	"conu/internal/native"
)

// Inspect gives all that the engine tells about the container: the document of GET /containers/{id}/json. The answer is
// kept until WithRefresh.
func (c *Container) Inspect(ctx context.Context, options ...InspectOption) (map[string]any, error) {
	s := collect(options)
	return document(ctx, c.handle,
		func(self native.SwigcptrContainer, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status {
			return self.Inspect(s.refresh, cancel, out, failure)
		})
}

// Metadata gives the same facts, read into a struct.
func (c *Container) Metadata(ctx context.Context, options ...InspectOption) (*Metadata, error) {
	s := collect(options)
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Get_metadata(s.refresh, cancel, &out, failure)
	})
	if err != nil {
		return nil, err
	}
	return takeMetadata(out)
}

// Image gives the very image that the container was made from, whatever its name belongs to by now.
func (c *Container) Image(ctx context.Context) (*Image, error) {
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Get_image(cancel, &out, failure)
	})
	return newImage(out, err)
}

// ImageName is the name of that image, or its ID, in the words of whoever made the container.
func (c *Container) ImageName(ctx context.Context) (string, error) {
	return text(ctx, c.handle, native.SwigcptrContainer.Get_image_name)
}

// Status is the state now: "created", "running", "paused", "restarting", "removing", "exited" or "dead".
func (c *Container) Status(ctx context.Context) (string, error) {
	return text(ctx, c.handle, native.SwigcptrContainer.Get_status)
}

// IsRunning tells whether it runs now. One that is paused runs.
func (c *Container) IsRunning(ctx context.Context) (bool, error) {
	var running bool
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Is_running(cancel, &running, failure)
	})
	return running, err
}

// PID is the ID of the first process, as the engine's host counts them; 0 where it does not run.
func (c *Container) PID(ctx context.Context) (int, error) {
	return number(ctx, c.handle, native.SwigcptrContainer.Get_pid)
}

// ExitCode is the exit code of a container that has ended; 0 while it runs.
func (c *Container) ExitCode(ctx context.Context) (int, error) {
	return number(ctx, c.handle, native.SwigcptrContainer.Exit_code)
}

// IPv4s gives the IPv4 addresses, one for each network that gave it one; none where it does not run.
func (c *Container) IPv4s(ctx context.Context) ([]string, error) {
	return list(ctx, c.handle, native.SwigcptrContainer.Get_IPv4s)
}

// IPv6s gives the global IPv6 addresses.
func (c *Container) IPv6s(ctx context.Context) ([]string, error) {
	return list(ctx, c.handle, native.SwigcptrContainer.Get_IPv6s)
}

// Ports gives the ports that it exposes or publishes, without their protocols.
func (c *Container) Ports(ctx context.Context) ([]string, error) {
	return list(ctx, c.handle, native.SwigcptrContainer.Get_ports)
}

// PortMapping is where a port is published.
type PortMapping struct {
	HostIP   string `json:"HostIp"`
	HostPort string
}

// PortMappings tells where a TCP port is published; an empty list where it is not.
func (c *Container) PortMappings(ctx context.Context, port int) ([]PortMapping, error) {
	if port == 0 {
		return nil, &Error{Code: ErrInvalidArgument, Message: "0 is no port"}
	}
	var mappings []PortMapping
	err := c.portMappings(ctx, port, &mappings)
	return mappings, err
}

// AllPortMappings tells where the ports are published, by names such as "80/tcp".
func (c *Container) AllPortMappings(ctx context.Context) (map[string][]PortMapping, error) {
	var mappings map[string][]PortMapping
	err := c.portMappings(ctx, 0, &mappings)
	return mappings, err
}

func (c *Container) portMappings(ctx context.Context, port int, into any) error {
	out, err := text(ctx, c.handle,
		func(self native.SwigcptrContainer, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status {
			return self.Get_port_mappings(port, cancel, out, failure)
		})
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(out), into)
}

// HostPort is the port of 127.0.0.1, on the engine's host, that leads to a TCP port of the container. A container that
// has just started is asked again until its ports are published.
func (c *Container) HostPort(ctx context.Context, port int) (int, error) {
	return number(ctx, c.handle,
		func(self native.SwigcptrContainer, cancel native.Cancel, out *int32, failure *uintptr) native.Conu_status {
			return self.Get_host_port(port, cancel, out, failure)
		})
}
