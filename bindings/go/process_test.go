// Containers that the docker or podman program runs.

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

func builderFor(t *testing.T, script string, options ...string) *conu.RunBuilder {
	t.Helper()
	builder, err := conu.NewRunBuilder([]string{"sh", "-c", script}, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { builder.Close() })
	return builder
}

func deleteAtEnd(t *testing.T, container *conu.Container) {
	t.Cleanup(func() {
		if err := container.Delete(ctx, conu.WithForce(), conu.WithVolumes()); err != nil {
			t.Error(err)
		}
		container.Close()
	})
}

func TestAContainerIsRunViaTheBinary(t *testing.T) {
	container, err := busybox(t, openEngine(t)).RunViaBinary(ctx, builderFor(t, "echo hello; exit 3"))
	if err != nil {
		t.Fatal(err)
	}
	deleteAtEnd(t, container)
	if code, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil || code != 3 {
		t.Errorf("exit code %d, %v", code, err)
	}
	if log, err := container.LogsUnicode(ctx); err != nil || log != "hello\n" {
		t.Errorf("log %q, %v", log, err)
	}
}

func TestAContainerInTheForegroundIsTalkedTo(t *testing.T) {
	name := own("foreground")
	container, err := busybox(t, openEngine(t)).RunViaBinaryInForeground(ctx,
		builderFor(t, "cat; echo end >&2; exit 4", "-i"), conu.StdinPipe|conu.StdoutPipe|conu.StderrPipe, conu.WithContainerName(name))
	if err != nil {
		t.Fatal(err)
	}
	deleteAtEnd(t, container)
	if container.Name() != name {
		t.Errorf("name %q", container.Name())
	}
	endsSoon(t, "waiting", func(c context.Context) error { _, err := container.WaitProcess(c); return err })
	if n, err := container.WriteToStdin(ctx, []byte("in\x00put\n")); err != nil || n != 7 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := container.CloseStdin(ctx); err != nil {
		t.Error(err)
	}
	stream, err := container.ProcessStream(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var stdout, stderr strings.Builder
	if err := stream.CopyTo(ctx, &stdout, &stderr); err != nil || stdout.String() != "in\x00put\n" || stderr.String() != "end\n" {
		t.Errorf("%q and %q, %v", stdout.String(), stderr.String(), err)
	}
	if _, err := stream.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	if code, err := container.WaitProcess(ctx, conu.WithTimeout(30*time.Second)); err != nil || code != 4 {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestWhatTheBinaryRefusesIsTold(t *testing.T) {
	image := busybox(t, openEngine(t))
	if _, err := image.RunViaBinary(ctx, builderFor(t, "true", "--no-such-option")); !errors.Is(err, conu.ErrCommandFailed) ||
		!strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("an unknown option gives %v", err)
	}
	builder := builderFor(t, "true")
	if err := builder.SetBinary("/no/such/docker"); err != nil {
		t.Fatal(err)
	}
	if _, err := image.RunViaBinary(ctx, builder); !errors.Is(err, conu.ErrCommandMissing) {
		t.Errorf("a missing program gives %v", err)
	}
	container := asleep(t)
	if _, err := container.WriteToStdin(ctx, []byte("x")); !errors.Is(err, conu.ErrState) {
		t.Errorf("the input of a container of the engine gives %v", err)
	}
	if _, err := container.WaitProcess(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("the program of a container of the engine gives %v", err)
	}
}
