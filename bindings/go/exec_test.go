// Commands in a container.

package conu_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"conu"
)

// asleep runs a container that does nothing, for commands to be run in.
func asleep(t *testing.T) *conu.Container { return start(t, "exec sleep 600") }

func shell(script string) []string { return []string{"sh", "-c", script} }

func TestACommandGivesExitCodeAndOutput(t *testing.T) {
	container := asleep(t)
	result, err := container.Execute(ctx, shell(`printf 'a\0b'; echo no >&2; exit 7`))
	if err != nil || result.ExitCode != 7 || string(result.Stdout) != "a\x00b" || string(result.Stderr) != "no\n" {
		t.Errorf("%+v, %v", result, err)
	}
	result, err = container.Execute(ctx, []string{"true"})
	if err != nil || result.ExitCode != 0 || len(result.Stdout)+len(result.Stderr) != 0 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestTheOptionsOfACommandReachIt(t *testing.T) {
	container := asleep(t)
	result, err := container.Execute(ctx, shell(`id -u; pwd; echo "$WORD"; cat; test ! -t 1`), conu.WithUser("1000:1000"),
		conu.WithWorkdir("/tmp"), conu.WithEnv("WORD", "a b"), conu.WithEnv("EMPTY", ""), conu.WithStdin([]byte("in\x00put")))
	if err != nil || result.ExitCode != 0 || string(result.Stdout) != "1000\n/tmp\na b\nin\x00put" {
		t.Errorf("%+v, %v", result, err)
	}
	result, err = container.Execute(ctx, shell("test -t 1; echo $?"), conu.WithTTY())
	if err != nil || string(result.Stdout) != "0\r\n" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestWhatCannotBeExecutedIsTold(t *testing.T) {
	container := asleep(t)
	for _, wrong := range []struct {
		command []string
		want    error
	}{
		{[]string{"no-such-program"}, conu.ErrCommandMissing},
		{[]string{"/etc/passwd"}, conu.ErrCommandFailed},
		{nil, conu.ErrInvalidArgument},
		{[]string{"a\x00b"}, conu.ErrInvalidArgument},
	} {
		if _, err := container.Execute(ctx, wrong.command); !errors.Is(err, wrong.want) {
			t.Errorf("%q gives %v", wrong.command, err)
		}
	}
	if err := container.Kill(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := container.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := container.Execute(ctx, []string{"true"}); !errors.Is(err, conu.ErrState) {
		t.Errorf("a container that has ended gives %v", err)
	}
}

func TestACommandIsEndedAtItsDeadline(t *testing.T) {
	container := asleep(t)
	_, err := container.Execute(ctx, []string{"sleep", "601"}, conu.WithTimeout(100*time.Millisecond))
	if !errors.Is(err, conu.ErrTimeout) {
		t.Errorf("the deadline gives %v", err)
	}
	_, err = container.Execute(soon(t), []string{"sleep", "602"})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the end of the context gives %v", err)
	}
	result, err := container.Execute(ctx, []string{"ps"})
	if err != nil || strings.Contains(string(result.Stdout), "sleep 601") {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestAStreamGivesItsChannelsApart(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, shell(`echo out; sleep 0.1; echo err >&2; exit 5`))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if _, err := stream.ExitCode(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("before the end the exit code is %v", err)
	}
	for _, want := range []struct {
		channel conu.Channel
		line    string
	}{{conu.Stdout, "out"}, {conu.Stderr, "err"}} {
		channel, line, err := stream.NextLine(ctx, conu.WithTimeout(10*time.Second))
		if err != nil || channel != want.channel || string(line) != want.line {
			t.Errorf("%v %q, %v", channel, line, err)
		}
	}
	for n := 0; n < 2; n++ {
		if _, line, err := stream.NextLine(ctx); err != io.EOF {
			t.Errorf("at the end %q, %v", line, err)
		}
	}
	if code, err := stream.ExitCode(ctx); err != nil || code != 5 {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestAStreamIsAReaderAndAWriter(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	const size = 3_000_000
	written := make(chan error)
	go func() {
		_, err := io.Copy(stream, strings.NewReader(strings.Repeat("x\x00\n", size/3)))
		if err == nil {
			err = stream.CloseWrite(ctx)
		}
		written <- err
	}()
	begin := make([]byte, 4)
	if _, err := io.ReadFull(stream, begin); err != nil || string(begin) != "x\x00\nx" {
		t.Errorf("%q, %v", begin, err)
	}
	if rest, err := io.ReadAll(stream); err != nil || len(rest) != size-4 {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
	if _, err := stream.Write([]byte("more")); !errors.Is(err, conu.ErrState) {
		t.Errorf("writing after the end gives %v", err)
	}
}

func TestAStreamIsCopiedToItsTwoWriters(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, shell(`seq 1000; seq 2000 >&2`))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var stdout, stderr bytes.Buffer
	if err := stream.CopyTo(ctx, &stdout, &stderr); err != nil {
		t.Error(err)
	}
	if lines := strings.Count(stdout.String(), "\n"); lines != 1000 {
		t.Errorf("%d lines of stdout", lines)
	}
	if lines := strings.Count(stderr.String(), "\n"); lines != 2000 {
		t.Errorf("%d lines of stderr", lines)
	}
}

func TestTheEndOfAContextLeavesAStreamUsable(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	endsSoon(t, "next", func(c context.Context) error { _, _, err := stream.Next(c); return err })
	endsSoon(t, "lines", func(c context.Context) error {
		return stream.Lines(c, func(conu.Channel, []byte) error { return nil })
	})
	if _, _, err := stream.Next(ctx, conu.WithTimeout(20*time.Millisecond)); !errors.Is(err, conu.ErrTimeout) {
		t.Errorf("a timeout gives %v", err)
	}
	if n, err := stream.Write([]byte("hello")); err != nil || n != 5 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if channel, piece, err := stream.Next(ctx); err != nil || channel != conu.Stdout || string(piece) != "hello" {
		t.Errorf("%v %q, %v", channel, piece, err)
	}
	full := bytes.Repeat([]byte("x"), 8<<20)
	n, err := stream.WriteContext(soon(t), full)
	if !errors.Is(err, context.DeadlineExceeded) || n <= 0 || n >= len(full) {
		t.Errorf("a write that finds no room: %d bytes, %v", n, err)
	}
}

func TestReadHasTheContextOfTheOpening(t *testing.T) {
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := asleep(t).ExecuteStream(c, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	if n, err := stream.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestClosingAStreamEndsTheReader(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() { stream.Close() })
	begun := time.Now()
	if _, err := stream.Read(make([]byte, 1)); !errors.Is(err, conu.ErrState) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("the reader gets %v", err)
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("the reader took %v", took)
	}
	if _, err := stream.Write([]byte("x")); !errors.Is(err, conu.ErrState) || stream.Close() != nil {
		t.Errorf("a closed stream gives %v", err)
	}
}

func TestASecondReaderIsRefused(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	c, cancel := context.WithCancel(ctx)
	read := make(chan error)
	go func() { _, _, err := stream.Next(c); read <- err }()
	time.Sleep(50 * time.Millisecond)
	if _, err := stream.Read(make([]byte, 1)); !errors.Is(err, conu.ErrState) {
		t.Errorf("the second reader gets %v", err)
	}
	cancel()
	if err := <-read; !errors.Is(err, context.Canceled) {
		t.Errorf("the first reader gets %v", err)
	}
}

func TestATerminalIsResized(t *testing.T) {
	stream, err := asleep(t).ExecuteStream(ctx, shell("echo ready; read line; stty size"), conu.WithTTY())
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	// Podman forgets the size of a terminal that is not there yet.
	if _, line, err := stream.NextLine(ctx); err != nil || string(line) != "ready" {
		t.Errorf("%q, %v", line, err)
	}
	if err := stream.Resize(ctx, 33, 99); err != nil {
		t.Error(err)
	}
	if _, err := stream.Write([]byte("go\n")); err != nil {
		t.Error(err)
	}
	if output, err := io.ReadAll(stream); err != nil || !strings.Contains(string(output), "33 99\r\n") {
		t.Errorf("%q, %v", output, err)
	}
	pipe, err := asleep(t).ExecuteStream(ctx, []string{"cat"})
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if err := pipe.Resize(ctx, 33, 99); !errors.Is(err, conu.ErrState) {
		t.Errorf("what is no terminal gives %v", err)
	}
}
