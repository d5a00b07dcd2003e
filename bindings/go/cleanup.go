// Cleaning up what this process has made with libconu.

package conu

import (
	"context"

	"conu/internal/native"
)

// CleanupContainers removes the containers that this process has made, also those that run, with their anonymous
// volumes. What is gone already counts as removed.
func (e *Engine) CleanupContainers(ctx context.Context) error {
	return call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.Cleanup_containers(cancel, failure)
	})
}

// CleanupImages removes the images that this process has built or committed, and its containers that use them. Images
// that were pulled, loaded or only tagged are not its own.
func (e *Engine) CleanupImages(ctx context.Context) error {
	return call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.Cleanup_images(cancel, failure)
	})
}

// CleanupVolumes removes the named volumes that this process has made by running containers.
func (e *Engine) CleanupVolumes(ctx context.Context) error {
	return call(ctx, e.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		self.Cleanup_volumes(cancel, failure)
	})
}
