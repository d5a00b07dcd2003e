// Handles and calls: how an object of C lives in Go, and how a context ends a call.

package conu

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"conu/internal/native"
)

// handle owns an object of C. It counts the calls in flight: the object is freed when the handle is closed and the last
// of them has returned.
type handle[T ~uintptr] struct {
	kind    string
	object  T
	free    func(T)
	closing chan struct{} // where it is not nil, close ends the calls in flight

	mutex  sync.Mutex
	calls  int
	closed bool
}

func newHandle[T ~uintptr](kind string, object T, free func(T)) *handle[T] {
	h := &handle[T]{kind: kind, object: object, free: free}
	runtime.SetFinalizer(h, (*handle[T]).close)
	return h
}

// enter begins a call: the object lives at least until leave.
func (h *handle[T]) enter() (T, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		return 0, h.closedError()
	}
	h.calls++
	return h.object, nil
}

func (h *handle[T]) closedError() error {
	return &Error{Code: ErrState, Message: fmt.Sprintf("the %s is closed", h.kind)}
}

func (h *handle[T]) leave() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.calls--
	h.freeIfUnused()
}

func (h *handle[T]) close() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closing != nil && !h.closed {
		close(h.closing)
	}
	h.closed = true
	h.freeIfUnused()
}

func (h *handle[T]) freeIfUnused() {
	if h.closed && h.calls == 0 && h.free != nil {
		h.free(h.object)
		h.free = nil
		runtime.SetFinalizer(h, nil)
	}
}

// call runs one call of libconu on a handle, and the end of ctx ends it.
func call[T ~uintptr](ctx context.Context, h *handle[T], body func(self T, cancel native.Cancel, failure *uintptr)) error {
	return h.use(func(self T) error {
		err := cancellable(ctx, h.closing, func(cancel native.Cancel) error {
			return attempt(func(failure *uintptr) { body(self, cancel, failure) })
		})
		if h.closing != nil && errors.Is(err, ErrCancelled) && ctx.Err() == nil {
			return h.closedError()
		}
		return err
	})
}

// use runs body with the object, which is not freed meanwhile.
func (h *handle[T]) use(body func(self T) error) error {
	self, err := h.enter()
	if err != nil {
		return err
	}
	defer h.leave()
	return body(self)
}

// getter reads what needs no request; it gives the zero value once the handle is closed.
func getter[T ~uintptr, V any](h *handle[T], read func(self T) V) (value V) {
	_ = h.use(func(self T) error {
		value = read(self)
		return nil
	})
	return value
}

// withCancel gives body a cancel object that the end of ctx triggers; none where ctx never ends.
func withCancel(ctx context.Context, body func(cancel native.Cancel) error) error {
	return cancellable(ctx, nil, body)
}

// cancellable gives body a cancel object that the end of ctx and the closing trigger; none where neither can come. The
// goroutine that watches them has ended before the cancel object is freed.
func cancellable(ctx context.Context, closing <-chan struct{}, body func(cancel native.Cancel) error) error {
	if err := ctx.Err(); err != nil {
		return &Error{Code: ErrCancelled, Message: "not begun: " + err.Error(), cause: err}
	}
	if ctx.Done() == nil && closing == nil {
		return body(nil)
	}
	cancel := native.Cancel_new()
	if cancel.Swigcptr() == 0 {
		return &Error{Code: ErrIO, Message: "no file descriptor is left for a call that can be cancelled"}
	}
	returned, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-ctx.Done():
			cancel.Trigger()
		case <-closing:
			cancel.Trigger()
		case <-returned:
		}
	}()
	defer func() {
		close(returned)
		<-watched
		native.DeleteCancel(cancel)
	}()
	return causedBy(ctx, body(cancel))
}

// causedBy notes on an error that it was the end of ctx that cancelled the call.
func causedBy(ctx context.Context, err error) error {
	var failure *Error
	if errors.As(err, &failure) && failure.Code == ErrCancelled {
		failure.cause = ctx.Err()
	}
	return err
}
