// Stream: what comes out of a container, and what goes in, while it runs.

package conu

import (
	"context"
	"errors"
	"io"
	"sync"

	"conu/internal/native"
)

// Channel says to which of its files a process wrote a piece.
type Channel int

// The channels. A process with a terminal has one only, Stdout.
const (
	Stdin  = Channel(native.ChannelStdin)
	Stdout = Channel(native.ChannelStdout)
	Stderr = Channel(native.ChannelStderr)
)

// Stream carries the output of a container or of a command in it, and its input where that is open. It is an
// io.ReadWriteCloser; Read gives both channels in the order in which they came, Next and NextLine keep them apart.
//
// One goroutine may read while another writes; a second reader or writer gets ErrState. Next, NextLine and the other
// methods that take a context leave the stream usable when it ends. Read and Write have the context with which the
// stream was opened.
type Stream struct {
	handle *handle[native.SwigcptrStream]
	opened context.Context

	reading sync.Mutex
	channel Channel // of rest
	rest    []byte  // what Read did not find room for
}

func newStream(ctx context.Context, out uintptr, err error) (*Stream, error) {
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrStream) { native.DeleteStream(object) }
	h := newHandle("stream", native.SwigcptrStream(out), free)
	h.closing = make(chan struct{})
	return &Stream{handle: h, opened: ctx}, nil
}

// Close abandons the stream: a Read or Next that waits fails with ErrState. The process goes on, without its input.
func (s *Stream) Close() error {
	s.handle.close()
	return nil
}

// Next gives the next piece, as it came. The end of the stream is io.EOF.
func (s *Stream) Next(ctx context.Context, options ...WaitOption) (channel Channel, piece []byte, err error) {
	err = s.asReader(func() error {
		if len(s.rest) > 0 {
			channel, piece, s.rest = s.channel, s.rest, nil
			return nil
		}
		return s.take(ctx, options, native.SwigcptrStream.Next, func(from Channel, data []byte) {
			channel, piece = from, append([]byte{}, data...)
		})
	})
	return channel, piece, err
}

// NextLine gives the next line of a channel, without its newline. The end of the stream is io.EOF.
func (s *Stream) NextLine(ctx context.Context, options ...WaitOption) (channel Channel, line []byte, err error) {
	err = s.asReader(func() error {
		if len(s.rest) > 0 {
			return &Error{Code: ErrState, Message: "the stream is in the middle of a piece that Read has begun"}
		}
		return s.take(ctx, options, native.SwigcptrStream.Next_line, func(from Channel, data []byte) {
			channel, line = from, append([]byte{}, data...)
		})
	})
	return channel, line, err
}

// Lines calls each with every line until the stream ends. An error of each ends it, and is what it returns.
func (s *Stream) Lines(ctx context.Context, each func(channel Channel, line []byte) error) error {
	return untilEnd(func() error {
		channel, line, err := s.NextLine(ctx)
		if err != nil {
			return err
		}
		return each(channel, line)
	})
}

// CopyTo writes what comes to stdout and stderr until the stream ends. They may be the same, or nil to drop it.
func (s *Stream) CopyTo(ctx context.Context, stdout, stderr io.Writer) error {
	return untilEnd(func() error {
		channel, piece, err := s.Next(ctx)
		if err != nil {
			return err
		}
		to := stdout
		if channel == Stderr {
			to = stderr
		}
		if to != nil {
			_, err = to.Write(piece)
		}
		return err
	})
}

// untilEnd repeats step until it fails; the end of the stream is none.
func untilEnd(step func() error) error {
	for {
		if err := step(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Read gives what comes from both channels.
func (s *Stream) Read(into []byte) (n int, err error) {
	if len(into) == 0 {
		return 0, nil
	}
	err = s.asReader(func() error {
		if len(s.rest) == 0 {
			err := s.take(s.opened, nil, native.SwigcptrStream.Next, func(from Channel, data []byte) {
				n = copy(into, data)
				s.channel, s.rest = from, append(s.rest[:0], data[n:]...)
			})
			return err
		}
		n = copy(into, s.rest)
		s.rest = s.rest[n:]
		return nil
	})
	return n, err
}

// asReader runs body as the one reader of the stream.
func (s *Stream) asReader(body func() error) error {
	if !s.reading.TryLock() {
		return &Error{Code: ErrState, Message: "another goroutine is reading from the stream"}
	}
	defer s.reading.Unlock()
	return body()
}

// take has a call fetch something and shows it to look, which must not keep it.
func (s *Stream) take(ctx context.Context, options []WaitOption,
	fetch func(self native.SwigcptrStream, timeout int64, cancel native.Cancel, channel *int32, data *uintptr, size *int64, failure *uintptr) native.Conu_status,
	look func(from Channel, data []byte)) error {
	timeout := milliseconds(collect(options).timeout)
	return s.handle.use(func(native.SwigcptrStream) error {
		var channel int32
		var data uintptr
		var size int64
		err := call(ctx, s.handle, func(self native.SwigcptrStream, cancel native.Cancel, failure *uintptr) {
			fetch(self, timeout, cancel, &channel, &data, &size, failure)
		})
		if err != nil {
			return err
		}
		if data == 0 {
			return io.EOF
		}
		look(Channel(channel), native.Borrow(data, size))
		return nil
	})
}

// Write writes all of data to the process's input. The number of bytes is right also where it fails.
func (s *Stream) Write(data []byte) (int, error) {
	return s.WriteContext(s.opened, data)
}

// WriteContext is Write with a context of its own, and a timeout if wanted.
func (s *Stream) WriteContext(ctx context.Context, data []byte, options ...WaitOption) (int, error) {
	timeout := milliseconds(collect(options).timeout)
	var written int64
	err := call(ctx, s.handle, func(self native.SwigcptrStream, cancel native.Cancel, failure *uintptr) {
		self.Write(data, timeout, cancel, &written, failure)
	})
	return int(written), err
}

// CloseWrite ends the process's input; what it writes can still be read.
func (s *Stream) CloseWrite(ctx context.Context) error {
	return call(ctx, s.handle, func(self native.SwigcptrStream, cancel native.Cancel, failure *uintptr) {
		self.Close_write(cancel, failure)
	})
}

// Resize gives the process's terminal another size.
func (s *Stream) Resize(ctx context.Context, rows, columns int) error {
	return call(ctx, s.handle, func(self native.SwigcptrStream, cancel native.Cancel, failure *uintptr) {
		self.Resize(rows, columns, cancel, failure)
	})
}

// ExitCode is the exit code of a command that Container.ExecuteStream has started, once the stream has ended.
func (s *Stream) ExitCode(ctx context.Context) (int, error) {
	var code int32
	err := call(ctx, s.handle, func(self native.SwigcptrStream, cancel native.Cancel, failure *uintptr) {
		self.Get_exit_code(cancel, &code, failure)
	})
	return int(code), err
}
