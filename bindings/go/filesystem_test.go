// Files of images and containers, mounted on this host.

package conu_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sort"
	"strings"
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

func TestTheFilesOfAnImageAreRead(t *testing.T) {
	files := mounted(t, busybox(t, openEngine(t)))
	text, err := files.ReadFile(ctx, "/etc/link-to-passwd")
	if err != nil || !bytes.HasPrefix(text, []byte("root:x:0:0:")) {
		t.Errorf("%q, %v", text, err)
	}
	file, err := files.OpenFile(ctx, "etc/passwd", os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := io.ReadAll(file); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%q, %v", again, err)
	}
	file.Close()
	path, err := files.Path(ctx, "/etc/link-to-passwd")
	if err != nil || path != filepath.Join(files.MountPoint(), "etc/passwd") {
		t.Errorf("%q, %v", path, err)
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, text) {
		t.Errorf("%q, %v", again, err)
	}
	if program, err := files.ReadFile(ctx, "/bin/busybox"); err != nil || !bytes.HasPrefix(program, []byte("\x7fELF")) || bytes.IndexByte(program, 0) < 0 {
		t.Errorf("%d bytes, %v", len(program), err)
	}
}

// hostile gives the image of the registry that has every kind of file.
func hostile(t *testing.T) *conu.Image {
	t.Helper()
	image, err := conu.NewImage(ctx, openEngine(t), environment(t, "CONU_TEST_REGISTRY")+"/conu/hostile-tree")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { image.Close() })
	return image
}

func TestAFileIsWhatItIsInTheImage(t *testing.T) {
	for _, method := range []string{"", "extract"} {
		files := mounted(t, hostile(t), conu.MountMethod(method))
		for _, want := range []string{
			"/etc/shadow -rw-r----- -rw-r----- 0:0 file",
			"/tmp drwxrwxrwt dtrwxrwxrwx 0:0 directory",
			"/etc/link-to-passwd lrwxrwxrwx Lrwxrwxrwx 0:0 symlink passwd /etc/passwd",
			"/hostile/modes/set-uid -rwsr-xr-x urwxr-xr-x 0:0 file",
			"/hostile/modes/all -rwsrwsrwt ugtrwxrwxrwx 0:0 file",
			"/hostile/owners/far -rw-r--r-- -rw-r--r-- 123456:654321 file",
			"/hostile/links/binary lrwxrwxrwx Lrwxrwxrwx 0:0 symlink caf\xe9",
			"/hostile/links/dangling lrwxrwxrwx Lrwxrwxrwx 0:0 symlink /not/there",
			"/hostile/devices/null crw-rw-rw- Dcrw-rw-rw- 0:0 character_device 1,3",
			"/hostile/devices/loop brw-rw---- Drw-rw---- 0:0 block_device 7,0",
			"/hostile/devices/pipe prw--w--w- prw--w--w- 0:0 fifo",
		} {
			path, _, _ := strings.Cut(want, " ")
			status, err := files.Stat(ctx, path)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			got := fmt.Sprintf("%s %s %v %d:%d %s", status.Path, status.Permissions, status.Mode, status.UID, status.GID, status.Type)
			for _, more := range []string{status.Target, status.Resolved} {
				if more != "" {
					got += " " + more
				}
			}
			if status.Major != 0 {
				got += fmt.Sprintf(" %d,%d", status.Major, status.Minor)
			}
			if got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
		status, err := files.Stat(ctx, "/hostile/zeros")
		if err != nil || status.Size != 1<<20+3 || status.Links != 1 || status.ModTime.Unix() < 0 {
			t.Errorf("%+v, %v", status, err)
		}
		status, err = files.Stat(ctx, "/hostile/attributes/capable")
		if err != nil || !bytes.HasPrefix(status.Xattrs["security.capability"], []byte("\x01\x00\x00\x02\x00\x20")) {
			t.Errorf("%+v, %v", status, err)
		}
	}
}

func TestFoldersAreListedAndPresenceIsAsked(t *testing.T) {
	files := mounted(t, hostile(t))
	names, err := files.List(ctx, "/hostile/devices")
	if want := []string{"loop", "null", "null-too", "pipe"}; err != nil || !reflect.DeepEqual(names, want) {
		t.Errorf("%q, %v", names, err)
	}
	names, err = files.List(ctx, "/hostile/names")
	if err != nil || !sort.StringsAreSorted(names) || !strings.Contains(strings.Join(names, "|"), "|caf\xe9|") {
		t.Errorf("%q, %v", names, err)
	}
	if text, err := files.ReadFile(ctx, "/hostile/names/caf\xe9"); err != nil || string(text) != "caf\xe9" {
		t.Errorf("%q, %v", text, err)
	}
	for path, want := range map[string]error{
		"/etc/passwd": nil, "/hostile/links/relative": nil, "/etc": conu.ErrConflict, "/hostile/devices/pipe": conu.ErrConflict,
	} {
		if present, err := files.FileIsPresent(ctx, path); !errors.Is(err, want) || present != (want == nil) {
			t.Errorf("%s: %v, %v", path, present, err)
		}
	}
	for path, want := range map[string]error{
		"/etc": nil, "/": nil, "/hostile/links/folder": nil, "/etc/passwd": conu.ErrConflict,
	} {
		if present, err := files.DirectoryIsPresent(ctx, path); !errors.Is(err, want) || present != (want == nil) {
			t.Errorf("%s: %v, %v", path, present, err)
		}
	}
	for _, path := range []string{"/missing", "/etc/passwd/below", "/hostile/links/dangling"} {
		if present, err := files.FileIsPresent(ctx, path); present || err != nil {
			t.Errorf("the file %s: %v, %v", path, present, err)
		}
		if present, err := files.DirectoryIsPresent(ctx, path); present || err != nil {
			t.Errorf("the folder %s: %v, %v", path, present, err)
		}
	}
}

func TestFilesAreCopiedOut(t *testing.T) {
	files := mounted(t, hostile(t))
	folder := t.TempDir()
	if err := files.CopyFrom(ctx, "/etc/link-to-passwd", filepath.Join(folder, "users")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "users")); err != nil || !bytes.HasPrefix(text, []byte("root:")) {
		t.Errorf("%q, %v", text, err)
	}
	if err := files.CopyFrom(ctx, "/hostile/modes", filepath.Join(folder, "modes")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(folder, "modes/read-only/inner/file")); err != nil || info.Mode() != 0o444 {
		t.Errorf("%v, %v", info, err)
	}
	if err := files.CopyFrom(ctx, "/hostile/modes", filepath.Join(folder, "modes")); !errors.Is(err, conu.ErrConflict) {
		t.Errorf("a folder that is there gives %v", err)
	}
	if err := files.CopyFrom(ctx, "/missing", folder); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing source gives %v", err)
	}
}

func TestWhatIsNoFileOfTheImageIsTold(t *testing.T) {
	files := mounted(t, hostile(t))
	for path, want := range map[string]error{
		"/missing": conu.ErrNotFound, "/etc/passwd/below": conu.ErrNotFound, "/hostile/links/dangling": conu.ErrNotFound,
		"/etc": conu.ErrConflict, "/hostile/devices/pipe": conu.ErrConflict, "/hostile/links/self": conu.ErrIO,
		"a\x00b": conu.ErrInvalidArgument,
	} {
		if text, err := files.ReadFile(ctx, path); !errors.Is(err, want) || text != nil {
			t.Errorf("reading %s gives %q, %v", path, text, err)
		}
		if file, err := files.OpenFile(ctx, path, os.O_RDONLY); !errors.Is(err, want) || file != nil {
			t.Errorf("opening %s gives %v, %v", path, file, err)
		}
	}
	if _, err := files.OpenFile(ctx, "/etc/passwd", os.O_RDWR); !errors.Is(err, conu.ErrPermission) && files.Method() != "extract" {
		t.Errorf("writing gives %v", err)
	}
	if _, err := files.List(ctx, "/etc/passwd"); !errors.Is(err, conu.ErrConflict) {
		t.Errorf("listing a file gives %v", err)
	}
	if _, err := files.Stat(ctx, "/missing"); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing file is looked at: %v", err)
	}
	if _, err := files.Path(ctx, "/missing/too"); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("the path of a missing folder: %v", err)
	}
	_, err := files.SELinuxContext(ctx, "/etc/passwd")
	if status, _ := conu.SELinuxStatus(); status == "disabled" && !errors.Is(err, conu.ErrNotFound) && !errors.Is(err, conu.ErrUnsupported) {
		t.Errorf("the context without SELinux: %v", err)
	}
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
