// The files of images, mounted on this host.

package conu_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"conu"
)

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
