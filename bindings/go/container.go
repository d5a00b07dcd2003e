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

// takeContainers takes each container out of a list that libconu has made, and frees the list.
func takeContainers(out uintptr, err error) ([]*Container, error) {
	if err != nil {
		return nil, err
	}
	list := native.SwigcptrContainerList(out)
	defer native.DeleteContainerList(list)
	containers := make([]*Container, list.Size())
	for n := range containers {
		var container uintptr
		err := attempt(func(failure *uintptr) { list.Get(int64(n), &container, failure) })
		if containers[n], err = newContainer(container, err); err != nil {
			return nil, err
		}
	}
	return containers, nil
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

// Start starts a container that was created or has ended; one that runs already is a success.
func (c *Container) Start(ctx context.Context) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Start(cancel, failure)
	})
}

// Stop asks the container to end, and kills it when the grace is over: its own unless WithGrace.
func (c *Container) Stop(ctx context.Context, options ...StopOption) error {
	s := collect(options)
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Stop(milliseconds(s.grace), cancel, failure)
	})
}

// Restart stops the container as Stop does, if it runs, and starts it again.
func (c *Container) Restart(ctx context.Context, options ...StopOption) error {
	s := collect(options)
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Restart(milliseconds(s.grace), cancel, failure)
	})
}

// Kill sends a signal, such as "TERM" or "15"; empty for KILL.
func (c *Container) Kill(ctx context.Context, signal string) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Kill(signal, cancel, failure)
	})
}

// Pause holds all processes of the container where they are.
func (c *Container) Pause(ctx context.Context) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Pause(cancel, failure)
	})
}

// Unpause lets them go on.
func (c *Container) Unpause(ctx context.Context) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Unpause(cancel, failure)
	})
}

// Rename gives the container another name, which Name tells from then on.
func (c *Container) Rename(ctx context.Context, name string) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Rename(name, cancel, failure)
	})
}

// Commit makes an image of the container's files and configuration, named as WithRepository and WithTag say. A container
// that runs is paused meanwhile.
func (c *Container) Commit(ctx context.Context, options ...TagOption) (*Image, error) {
	s := collect(options)
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Commit(s.repository, s.tag, cancel, &out, failure)
	})
	return newImage(out, err)
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
