// Container: a container of an engine.

package conu

import (
	"context"

	"conu/internal/native"
)

// Container stands for a container. Where it is gone, calls fail with ErrNotFound.
type Container struct {
	handle *handle[native.SwigcptrContainer]
}

func newContainer(out uintptr, err error) (*Container, error) {
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrContainer) { native.DeleteContainer(object) }
	return &Container{newHandle("container", native.SwigcptrContainer(out), free)}, nil
}

// ContainerFromID gives a container that the engine has, by its ID or name.
func ContainerFromID(ctx context.Context, engine *Engine, idOrName string) (*Container, error) {
	var out uintptr
	err := call(ctx, engine.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		native.Container_from_id(self, idOrName, cancel, &out, failure)
	})
	return newContainer(out, err)
}

// Close frees the handle; the container stays as it is. Delete removes it.
func (c *Container) Close() error {
	c.handle.close()
	return nil
}

// ID is the ID.
func (c *Container) ID() string {
	return getter(c.handle, func(self native.SwigcptrContainer) string { return self.Get_id() })
}

// Name is the name, without a slash.
func (c *Container) Name() string {
	return getter(c.handle, func(self native.SwigcptrContainer) string { return self.Get_name() })
}

// Stop asks the container to end, and kills it when the grace is over: its own unless WithGrace.
func (c *Container) Stop(ctx context.Context, options ...StopOption) error {
	s := collect(options)
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Stop(milliseconds(s.grace), cancel, failure)
	})
}

// Kill sends a signal, such as "TERM" or "15"; empty for KILL.
func (c *Container) Kill(ctx context.Context, signal string) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Kill(signal, cancel, failure)
	})
}

// Delete removes the container. WithForce also if it runs, and then one that is gone already is a success.
func (c *Container) Delete(ctx context.Context, options ...DeleteOption) error {
	s := collect(options)
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Delete(s.force, s.volumes, cancel, failure)
	})
}

// Wait waits until the container ends and gives its exit code. A code that is not 0 is a result, not a failure.
func (c *Container) Wait(ctx context.Context, options ...WaitOption) (int, error) {
	s := collect(options)
	return number(ctx, c.handle,
		func(self native.SwigcptrContainer, cancel native.Cancel, code *int32, failure *uintptr) native.Conu_status {
			return self.Wait(milliseconds(s.timeout), cancel, code, failure)
		})
}
