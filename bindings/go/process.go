// Containers that the docker or podman program runs.

package conu

import (
	"context"

	"conu/internal/native"
)

// RunViaBinary has the program of the engine start a container in the background; a nil builder is the image's own
// command. A start that fails is ErrCommandFailed with what the program said, no such program ErrCommandMissing.
func (i *Image) RunViaBinary(ctx context.Context, builder *RunBuilder) (*Container, error) {
	return i.run(ctx, builder,
		func(self native.SwigcptrImage, how native.RunBuilder, cancel native.Cancel, out, failure *uintptr) {
			self.Run_via_binary(how, cancel, out, failure)
		})
}

// RunViaBinaryInForeground has the program run a container and stay with it. The files of stdio are piped: its input is
// Container.WriteToStdin, its output Container.ProcessStream; the others are those of this process.
func (i *Image) RunViaBinaryInForeground(ctx context.Context, builder *RunBuilder, stdio Stdio,
	options ...ForegroundOption) (*Container, error) {
	s := collect(options)
	return i.run(ctx, builder,
		func(self native.SwigcptrImage, how native.RunBuilder, cancel native.Cancel, out, failure *uintptr) {
			self.Run_via_binary_in_foreground(how, uint(stdio), s.containerName, cancel, out, failure)
		})
}

// WriteToStdin writes all of data to the program's input. The number of bytes is right also where it fails.
func (c *Container) WriteToStdin(ctx context.Context, data []byte, options ...WaitOption) (int, error) {
	s := collect(options)
	var written int64
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Write_to_stdin(data, milliseconds(s.timeout), cancel, &written, failure)
	})
	return int(written), err
}

// CloseStdin ends the program's input.
func (c *Container) CloseStdin(ctx context.Context) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Close_stdin(cancel, failure)
	})
}

// ProcessStream gives the program's output, as far as it is piped.
func (c *Container) ProcessStream(ctx context.Context) (*Stream, error) {
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Get_process_stream(cancel, &out, failure)
	})
	return newStream(ctx, out, err)
}

// WaitProcess waits until the program ends, and gives its exit code.
func (c *Container) WaitProcess(ctx context.Context, options ...WaitOption) (int, error) {
	s := collect(options)
	return number(ctx, c.handle,
		func(self native.SwigcptrContainer, cancel native.Cancel, code *int32, failure *uintptr) native.Conu_status {
			return self.Wait_process(milliseconds(s.timeout), cancel, code, failure)
		})
}

// ForegroundOption is an option of Image.RunViaBinaryInForeground.
type ForegroundOption interface {
	option
	forForeground()
}

// ContainerNameOption says how a container is named.
type ContainerNameOption struct{ setting }

func (ContainerNameOption) forForeground() {}

// WithContainerName names the container.
func WithContainerName(name string) ContainerNameOption {
	return ContainerNameOption{func(s *settings) { s.containerName = name }}
}
