// Copying files in and out, by the rules of docker cp.

package conu

import (
	"context"

	"conu/internal/native"
)

// CopyTo copies a file or a folder of this host into the container, running or not. A destination that is a folder is
// copied into, otherwise it is the new name; "folder/." as source stands for what is in the folder.
func (c *Container) CopyTo(ctx context.Context, source, destination string) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Copy_to(source, destination, cancel, failure)
	})
}

// CopyFrom copies a file or a folder out of the container to this host, by the same rules. What is copied belongs to
// this user, and nothing is written outside of the destination.
func (c *Container) CopyFrom(ctx context.Context, source, destination string) error {
	return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Copy_from(source, destination, cancel, failure)
	})
}
