// Logs: what the main process of a container writes.

package conu

import (
	"context"
	"time"

	"conu/internal/native"
)

// Logs gives what the container has written, and with WithFollow also what it will write until it
// ends.
func (c *Container) Logs(ctx context.Context, options ...LogsOption) (*Stream, error) {
	s := collect(options)
	how := native.Logs_options_new()
	defer native.DeleteLogsOptions(how)
	how.Set_follow(s.follow)
	how.Set_timestamps(s.timestamps)
	if s.channels != nil {
		how.Set_channels(s.channels[Stdout], s.channels[Stderr])
	}
	if s.since != nil {
		how.Set_since(s.since.UnixMilli())
	}
	if s.until != nil {
		how.Set_until(s.until.UnixMilli())
	}
	how.Set_tail(s.tail)
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Logs(how, cancel, &out, failure)
	})
	return newStream(ctx, out, err)
}

// LogsInBytes gives what the container has written so far, as it wrote it.
func (c *Container) LogsInBytes(ctx context.Context) ([]byte, error) {
	var data uintptr
	var size int64
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Logs_in_bytes(cancel, &data, &size, failure)
	})
	if err != nil {
		return nil, err
	}
	return native.Take(data, size), nil
}

// LogsUnicode gives what the container has written so far, as UTF-8: invalid bytes and NUL become U+FFFD.
func (c *Container) LogsUnicode(ctx context.Context) (string, error) {
	return text(ctx, c.handle, native.SwigcptrContainer.Logs_unicode)
}

// LogsOption is an option of Container.Logs.
type LogsOption interface {
	option
	forLogs()
}

// LogOption says which part of a log is meant.
type LogOption struct{ setting }

func (LogOption) forLogs() {}

// WithFollow goes on until the container ends.
func WithFollow() LogOption { return LogOption{func(s *settings) { s.follow = true }} }

// WithTimestamps puts before each line when it was written, by RFC 3339.
func WithTimestamps() LogOption { return LogOption{func(s *settings) { s.timestamps = true }} }

// WithChannels gives these channels only; both unless given.
func WithChannels(channels ...Channel) LogOption {
	return LogOption{func(s *settings) {
		s.channels = map[Channel]bool{}
		for _, channel := range channels {
			s.channels[channel] = true
		}
	}}
}

// WithSince leaves out what was written before.
func WithSince(begin time.Time) LogOption { return LogOption{func(s *settings) { s.since = &begin }} }

// WithUntil leaves out what was written after.
func WithUntil(end time.Time) LogOption { return LogOption{func(s *settings) { s.until = &end }} }

// WithTail gives this many lines at the end of what is there.
func WithTail(lines int) LogOption { return LogOption{func(s *settings) { s.tail = int64(lines) }} }
