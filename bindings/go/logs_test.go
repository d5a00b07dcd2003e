// Logs: by piece and by line, all of them and parts.

package conu_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"conu"
)

func logsOf(t *testing.T, container *conu.Container, options ...conu.LogsOption) *conu.Stream {
	t.Helper()
	logs, err := container.Logs(ctx, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { logs.Close() })
	return logs
}

func linesOf(t *testing.T, container *conu.Container, options ...conu.LogsOption) []string {
	t.Helper()
	var lines []string
	err := logsOf(t, container, options...).Lines(ctx, func(channel conu.Channel, line []byte) error {
		lines = append(lines, fmt.Sprintf("%d:%s", channel, line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// ended runs a script to its end.
func ended(t *testing.T, script string) *conu.Container {
	t.Helper()
	container := start(t, script)
	if _, err := container.Wait(ctx, conu.WithTimeout(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	return container
}

func TestALogComesByLines(t *testing.T) {
	container := ended(t, "echo one; sleep 0.2; echo two >&2; sleep 0.2; echo; printf three")
	for _, want := range []struct {
		options []conu.LogsOption
		lines   string
	}{
		{nil, "1:one 2:two 1: 1:three"},
		{[]conu.LogsOption{conu.WithChannels(conu.Stderr)}, "2:two"},
		{[]conu.LogsOption{conu.WithChannels(conu.Stdout), conu.WithTail(1)}, "1:three"},
		{[]conu.LogsOption{conu.WithSince(time.Now().Add(time.Hour))}, ""},
		{[]conu.LogsOption{conu.WithUntil(time.Now().Add(-time.Hour))}, ""},
	} {
		if got := strings.Join(linesOf(t, container, want.options...), " "); got != want.lines {
			t.Errorf("%q is not %q", got, want.lines)
		}
	}
	for _, line := range linesOf(t, container, conu.WithTimestamps(), conu.WithTail(1)) {
		stamp, text, _ := strings.Cut(strings.TrimPrefix(line, "1:"), " ")
		if _, err := time.Parse(time.RFC3339Nano, stamp); err != nil || text != "three" {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestALogComesWhole(t *testing.T) {
	container := ended(t, `printf 'a\0b\n'`)
	if log, err := container.LogsInBytes(ctx); err != nil || string(log) != "a\x00b\n" {
		t.Errorf("%q, %v", log, err)
	}
	if log, err := container.LogsUnicode(ctx); err != nil || log != "a\ufffdb\n" {
		t.Errorf("%q, %v", log, err)
	}
	if log, err := io.ReadAll(logsOf(t, container)); err != nil || string(log) != "a\x00b\n" {
		t.Errorf("%q, %v", log, err)
	}
}

func TestALogIsFollowedToItsEnd(t *testing.T) {
	container := start(t, "echo begin; sleep 0.5; echo end")
	if got := strings.Join(linesOf(t, container, conu.WithFollow()), " "); got != "1:begin 1:end" {
		t.Errorf("%q", got)
	}
}

func TestFollowingStopsWhenAsked(t *testing.T) {
	container := start(t, "echo begin; exec sleep 600")
	logs := logsOf(t, container, conu.WithFollow())
	enough := errors.New("enough")
	if err := logs.Lines(ctx, func(conu.Channel, []byte) error { return enough }); err != enough {
		t.Errorf("%v", err)
	}
	endsSoon(t, "following", func(c context.Context) error { _, _, err := logs.NextLine(c); return err })
	if _, err := logs.Write([]byte("x")); !errors.Is(err, conu.ErrState) {
		t.Errorf("writing to a log gives %v", err)
	}
	if _, err := logs.ExitCode(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("the exit code of a log gives %v", err)
	}
}

func TestReadingInPartsGivesEverything(t *testing.T) {
	logs := logsOf(t, ended(t, "echo 0123456789"))
	one := make([]byte, 1)
	if n, err := logs.Read(one); n != 1 || err != nil || one[0] != '0' {
		t.Errorf("%d %q, %v", n, one, err)
	}
	if _, line, err := logs.NextLine(ctx); !errors.Is(err, conu.ErrState) {
		t.Errorf("a line from the middle of a piece is %q, %v", line, err)
	}
	if _, piece, err := logs.Next(ctx); err != nil || string(piece) != "123456789\n" {
		t.Errorf("the rest is %q, %v", piece, err)
	}
}

func TestTheLogOfADeletedContainerIsNotFound(t *testing.T) {
	container := ended(t, "true")
	if err := container.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := container.Logs(ctx); !errors.Is(err, conu.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
