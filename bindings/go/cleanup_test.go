// Cleaning up what this process has made.

package conu_test

import (
	"errors"
	"testing"

	"conu"
)

func TestCleaningUpRemovesWhatThisProcessMade(t *testing.T) {
	engine := openEngine(t)
	container := start(t, "exec sleep 600", "-v", own("volume")+":/data")
	image, err := container.Commit(ctx, conu.WithRepository("localhost/"+own("cleanup")))
	if err != nil {
		t.Fatal(err)
	}
	defer image.Close()
	if err := engine.CleanupContainers(ctx); err != nil {
		t.Error(err)
	}
	if _, err := container.Status(ctx); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("the container is not gone: %v", err)
	}
	if err := engine.CleanupVolumes(ctx); err != nil {
		t.Error(err)
	}
	if err := engine.CleanupImages(ctx); err != nil {
		t.Error(err)
	}
	if present, err := image.IsPresent(ctx); err != nil || present {
		t.Errorf("the image is present: %v, %v", present, err)
	}
	if present, err := busybox(t, engine).IsPresent(ctx); err != nil || !present {
		t.Errorf("the pulled image is gone: %v, %v", present, err)
	}
}
