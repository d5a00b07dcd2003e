// Mounting the files of images and containers, and how that ends.

package conu_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"conu"
)

type mountable interface {
	Mount(ctx context.Context, options ...conu.MountOption) (*conu.Filesystem, error)
}

// mounted gives the files of an image or a container, which are unmounted at the end of the test.
func mounted(t *testing.T, what mountable, options ...conu.MountOption) *conu.Filesystem {
	t.Helper()
	files, err := what.Mount(ctx, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		point := files.MountPoint()
		if err := files.Unmount(ctx); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(point); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after unmounting: %v", err)
		}
		files.Close()
	})
	return files
}

func TestAContainerIsMountedWhileItRuns(t *testing.T) {
	container := asleep(t)
	files := mounted(t, container)
	if files.Method() != "merged" {
		t.Errorf("mounted by %q", files.Method())
	}
	if _, err := container.Execute(ctx, shell("echo inside > /made")); err != nil {
		t.Fatal(err)
	}
	if text, err := files.ReadFile(ctx, "/made"); err != nil || string(text) != "inside\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestAMountIsMadeAsIsAsked(t *testing.T) {
	image := busybox(t, openEngine(t))
	point := filepath.Join(t.TempDir(), "above", "point")
	files := mounted(t, image, conu.MountAt(point), conu.MountMethod("extract"))
	if files.MountPoint() != point || files.Method() != "extract" {
		t.Errorf("%q, %q", files.MountPoint(), files.Method())
	}
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []struct {
		option conu.MountOption
		want   error
	}{
		{conu.MountMethod("teleport"), conu.ErrInvalidArgument},
		{conu.MountMethod("merged"), conu.ErrUnsupported},
		{conu.MountAt(full), conu.ErrConflict},
		{conu.MountAt("a\x00b"), conu.ErrInvalidArgument},
	} {
		if _, err := image.Mount(ctx, wrong.option); !errors.Is(err, wrong.want) {
			t.Errorf("%v is wanted, not %v", wrong.want, err)
		}
	}
	for _, limits := range []conu.MountOption{conu.MountLimits(3, -1), conu.MountLimits(-1, 3)} {
		if _, err := image.Mount(ctx, conu.MountMethod("extract"), limits); !errors.Is(err, conu.ErrIO) {
			t.Errorf("too much gives %v", err)
		}
	}
	missing, err := conu.NewImage(ctx, openEngine(t), own("missing"), conu.WithPullPolicy(conu.PullNever))
	if err != nil {
		t.Fatal(err)
	}
	defer missing.Close()
	if _, err := missing.Mount(ctx); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing image gives %v", err)
	}
}

func TestTheEndOfTheContextEndsAMount(t *testing.T) {
	engine := openEngine(t)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := busybox(t, engine).Mount(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that has ended gives %v", err)
	}
	slow, err := conu.NewImage(ctx, engine, environment(t, "CONU_TEST_REGISTRY")+"/conu/random")
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	point := filepath.Join(t.TempDir(), "point")
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, err := slow.Mount(short, conu.MountAt(point), conu.MountMethod("extract")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a context that ends meanwhile gives %v", err)
	}
	if _, err := os.Stat(point); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after that: %v", err)
	}
}

func TestAMountEndsOnceAndForAll(t *testing.T) {
	engine := openEngine(t)
	image := busybox(t, engine)
	files, err := image.Mount(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	image.Close()
	engine.Close()
	file, err := files.OpenFile(ctx, "/etc/passwd", os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Unmount(ctx); files.Method() != "extract" && !errors.Is(err, conu.ErrConflict) {
		t.Errorf("unmounting what is in use gives %v", err)
	}
	file.Close()
	for n := 0; n < 2; n++ {
		if err := files.Unmount(ctx); err != nil {
			t.Error(err)
		}
	}
	if _, err := files.ReadFile(ctx, "/etc/passwd"); !errors.Is(err, conu.ErrState) {
		t.Errorf("reading what is unmounted gives %v", err)
	}
	if _, err := os.Stat(files.MountPoint()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after unmounting: %v", err)
	}
	files.Close()
	if err := files.Unmount(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("unmounting what is closed gives %v", err)
	}
}

func TestClosingUnmountsAndSweepingDoesNot(t *testing.T) {
	image := busybox(t, openEngine(t))
	files, err := image.Mount(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := conu.SweepFilesystems(ctx); err != nil {
		t.Error(err)
	}
	if present, err := files.FileIsPresent(ctx, "/etc/passwd"); err != nil || !present {
		t.Errorf("after sweeping: %v, %v", present, err)
	}
	point := files.MountPoint()
	files.Close()
	files.Close()
	if _, err := os.Stat(point); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after closing: %v", err)
	}
	if files.MountPoint() != "" {
		t.Errorf("what is closed is at %q", files.MountPoint())
	}

	forgotten := func() string {
		files, err := image.Mount(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return files.MountPoint()
	}()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		runtime.GC()
		if _, err := os.Stat(forgotten); errors.Is(err, fs.ErrNotExist) {
			break
		} else if time.Now().After(end) {
			t.Fatalf("what is forgotten is still there: %v", err)
		}
	}
}

func TestManyGoroutinesUseOneMount(t *testing.T) {
	files := mounted(t, busybox(t, openEngine(t)))
	results := make(chan error, 8)
	for n := 0; n < cap(results); n++ {
		go func() {
			var failed error
			for i := 0; i < 200 && failed == nil; i++ {
				var present bool
				if present, failed = files.FileIsPresent(ctx, "/etc/passwd"); failed == nil && !present {
					failed = errors.New("the file is gone")
				}
			}
			results <- failed
		}()
	}
	for n := 0; n < cap(results); n++ {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
