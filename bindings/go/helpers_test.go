// Helpers: folders, programs of this host, random names.

package conu_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"conu"
)

func TestADirectoryIsMadeAndRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "above", "folder")
	directory, err := conu.NewDirectory(ctx, conu.WithPath(path), conu.WithMode(0o751|fs.ModeSticky), conu.WithOwner("root", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer directory.Close()
	info, err := os.Stat(directory.Path())
	if err != nil || directory.Path() != path || info.Mode() != 0o751|fs.ModeSticky|fs.ModeDir {
		t.Errorf("%q: %v, %v", directory.Path(), info, err)
	}
	if err := directory.Remove(ctx); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after removing: %v", err)
	}
}

func TestADirectoryIsTemporaryUntilItIsClosed(t *testing.T) {
	directory, err := conu.NewDirectory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	path := directory.Path()
	if err := os.WriteFile(filepath.Join(path, "file"), []byte("text"), 0o600); err != nil {
		t.Error(err)
	}
	directory.Close()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after closing: %v", err)
	}
	if directory.Path() != "" {
		t.Errorf("a closed directory has the path %q", directory.Path())
	}
}

func TestADirectoryThatCannotBeIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []struct {
		option conu.DirectoryOption
		want   error
	}{
		{conu.WithPath(file), conu.ErrConflict},
		{conu.WithPath("a\x00b"), conu.ErrInvalidArgument},
		{conu.WithOwner("no-such-user", ""), conu.ErrNotFound},
		{conu.WithMode(fs.ModeDevice), conu.ErrInvalidArgument},
	} {
		if _, err := conu.NewDirectory(ctx, wrong.option); !errors.Is(err, wrong.want) {
			t.Errorf("%v is wanted, not %v", wrong.want, err)
		}
	}
}

func TestAProgramOfThisHostIsRun(t *testing.T) {
	result, err := conu.RunCommand(ctx, []string{"sh", "-c", `printf 'a\0b'; echo no >&2; exit 7`})
	if err != nil || result.ExitCode != 7 || string(result.Stdout) != "a\x00b" || string(result.Stderr) != "no\n" {
		t.Errorf("%+v, %v", result, err)
	}
	if _, err := conu.RunCommand(ctx, []string{"no-such-program"}); !errors.Is(err, conu.ErrCommandMissing) {
		t.Errorf("a missing program gives %v", err)
	}
	if _, err := conu.RunCommand(ctx, []string{"sleep", "60"}, conu.WithTimeout(20*time.Millisecond)); !errors.Is(err, conu.ErrTimeout) {
		t.Errorf("a timeout gives %v", err)
	}
	c, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	if _, err := conu.RunCommand(c, []string{"sleep", "60"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the end of the context gives %v", err)
	}
}

func TestRandomStringsDiffer(t *testing.T) {
	one, err := conu.RandomString(20)
	another, again := conu.RandomString(20)
	if err != nil || again != nil || len(one) != 20 || one == another {
		t.Errorf("%q and %q, %v, %v", one, another, err, again)
	}
	for _, size := range []int{-1, 1 << 30} {
		if _, err := conu.RandomString(size); !errors.Is(err, conu.ErrInvalidArgument) {
			t.Errorf("%d letters: %v", size, err)
		}
	}
	if status, err := conu.SELinuxStatus(); err != nil || status == "" {
		t.Errorf("SELinux is %q, %v", status, err)
	}
}
