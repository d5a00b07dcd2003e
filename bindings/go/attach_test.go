// Attaching to the main process.

package conu_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"conu"
)

func attach(t *testing.T, container *conu.Container, stdio conu.Stdio) *conu.Stream {
	t.Helper()
	stream, err := container.Attach(ctx, stdio)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stream.Close() })
	return stream
}

func TestAnAttachedProcessIsTalkedTo(t *testing.T) {
	container := start(t, "exec cat", "-i")
	stream := attach(t, container, conu.StdinPipe|conu.StdoutPipe|conu.StderrPipe)
	for _, word := range []string{"one\n", "two\x00\n"} {
		if n, err := stream.Write([]byte(word)); err != nil || n != len(word) {
			t.Errorf("%d bytes, %v", n, err)
		}
		channel, line, err := stream.NextLine(ctx, conu.WithTimeout(10*time.Second))
		if err != nil || channel != conu.Stdout || string(line)+"\n" != word {
			t.Errorf("%v %q, %v", channel, line, err)
		}
	}
	endsSoon(t, "next", func(c context.Context) error { _, _, err := stream.Next(c); return err })
	if err := stream.CloseWrite(ctx); err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(stream); err != nil || len(rest) != 0 {
		t.Errorf("%q, %v", rest, err)
	}
	if code, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil || code != 0 {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestAnAttachedTerminalIsResized(t *testing.T) {
	stream := attach(t, start(t, "read line; stty size", "-i", "-t"), conu.StdinPipe|conu.StdoutPipe)
	if err := stream.Resize(ctx, 33, 99); err != nil {
		t.Error(err)
	}
	if _, err := stream.Write([]byte("go\n")); err != nil {
		t.Error(err)
	}
	if output, err := io.ReadAll(stream); err != nil || !strings.Contains(string(output), "33 99\r\n") {
		t.Errorf("%q, %v", output, err)
	}
}

func TestWhatCannotBeAttachedToIsTold(t *testing.T) {
	container := start(t, "exec sleep 600")
	if _, err := container.Attach(ctx, conu.StdinPipe); !errors.Is(err, conu.ErrState) {
		t.Errorf("an input that is not open gives %v", err)
	}
	if _, err := container.Attach(ctx, 0); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("nothing to attach to gives %v", err)
	}
	if _, err := container.Attach(ctx, 1<<31); !errors.Is(err, conu.ErrInvalidArgument) {
		t.Errorf("an unknown file gives %v", err)
	}
}
