// Attaching to the main process of a container.

package conu

import (
	"context"

	"conu/internal/native"
)

// Stdio says which standard streams of a process are meant.
type Stdio uint32

// The standard streams, to be joined by "|".
const (
	StdinPipe  = Stdio(native.StdinPipe)
	StdoutPipe = Stdio(native.StdoutPipe)
	StderrPipe = Stdio(native.StderrPipe)
)

// Attach connects to the process of a container that runs: the stream gives what it writes from now on, and takes its
// input, for which the container must have been run with "-i".
func (c *Container) Attach(ctx context.Context, stdio Stdio) (*Stream, error) {
	var out uintptr
	err := call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
		self.Attach(uint(stdio), cancel, &out, failure)
	})
	return newStream(ctx, out, err)
}
