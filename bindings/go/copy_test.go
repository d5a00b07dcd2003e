// Files, copied in and out.

package conu_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"conu"
)

func TestAFolderIsCopiedInAndOut(t *testing.T) {
	container := asleep(t)
	folder := t.TempDir()
	source := filepath.Join(folder, "source")
	if err := os.Mkdir(source, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(source, "file"), []byte("te\x00xt"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", filepath.Join(source, "link")); err != nil {
		t.Fatal(err)
	}
	if err := container.CopyTo(ctx, source, "/tmp/inside"); err != nil {
		t.Fatal(err)
	}
	result, err := container.Execute(ctx, shell("cat /tmp/inside/link; stat -c %a /tmp/inside/file"))
	if err != nil || string(result.Stdout) != "te\x00xt640\n" {
		t.Errorf("%+v, %v", result, err)
	}
	if err := container.CopyFrom(ctx, "/tmp/inside", filepath.Join(folder, "back")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "back", "link")); err != nil || string(text) != "te\x00xt" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestWhatCannotBeCopiedIsTold(t *testing.T) {
	container := asleep(t)
	folder := t.TempDir()
	if err := container.CopyTo(ctx, filepath.Join(folder, "missing"), "/tmp"); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing source gives %v", err)
	}
	if err := container.CopyFrom(ctx, "/missing", folder); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("a missing source gives %v", err)
	}
	if err := container.CopyTo(ctx, folder, "/etc/passwd"); !errors.Is(err, conu.ErrConflict) {
		t.Errorf("a file in the place of a folder gives %v", err)
	}
	if err := container.CopyTo(ctx, "a\x00b", "/tmp"); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("a NUL byte gives %v", err)
	}
}
