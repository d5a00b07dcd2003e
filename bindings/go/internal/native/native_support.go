// Package native is what SWIG makes of conu.h, with the few pieces here that its typemaps use.
package native

/*
#include <conu/conu.h>

static void *conu_go_at(uintptr_t address) { return (void *)address; }
*/
import "C"

import (
	"math"
	"strings"
	"unsafe"
)

// Text is where a call puts a string that belongs to the caller.
type Text struct{ chars *C.char }

// Take gives the string and frees what libconu allocated for it.
func (t *Text) Take() string {
	defer func() { C.conu_string_free(t.chars); t.chars = nil }()
	return C.GoString(t.chars)
}

// Borrow gives the bytes at an address of libconu, which are valid as long as libconu says.
func Borrow(address uintptr, size int64) []byte {
	return unsafe.Slice((*byte)(C.conu_go_at(C.uintptr_t(address))), size)
}

// Take copies the bytes at an address and frees what libconu allocated for them.
func Take(address uintptr, size int64) []byte {
	defer C.conu_bytes_free(C.conu_go_at(C.uintptr_t(address)))
	return append([]byte{}, Borrow(address, size)...)
}

// NulByte is what a function of this package panics with when a string has a NUL byte, which no C string can have.
type NulByte struct{ Text string }

func withoutNul(text string) string {
	if strings.IndexByte(text, 0) >= 0 {
		panic(NulByte{text})
	}
	return text
}

func saturated(n int) int {
	switch {
	case n > math.MaxInt32:
		return math.MaxInt32
	case n < math.MinInt32:
		return math.MinInt32
	}
	return n
}

// The enums of conu.h as constants; SWIG makes variables of them.
const (
	ErrorInvalidArgument = C.CONU_ERROR_INVALID_ARGUMENT
	ErrorNotFound        = C.CONU_ERROR_NOT_FOUND
	ErrorConflict        = C.CONU_ERROR_CONFLICT
	ErrorUnauthorized    = C.CONU_ERROR_UNAUTHORIZED
	ErrorEngine          = C.CONU_ERROR_ENGINE
	ErrorUnreachable     = C.CONU_ERROR_UNREACHABLE
	ErrorTimeout         = C.CONU_ERROR_TIMEOUT
	ErrorCancelled       = C.CONU_ERROR_CANCELLED
	ErrorProtocol        = C.CONU_ERROR_PROTOCOL
	ErrorCommandMissing  = C.CONU_ERROR_COMMAND_MISSING
	ErrorCommandFailed   = C.CONU_ERROR_COMMAND_FAILED
	ErrorIO              = C.CONU_ERROR_IO
	ErrorPermission      = C.CONU_ERROR_PERMISSION
	ErrorUnsupported     = C.CONU_ERROR_UNSUPPORTED
	ErrorNoMemory        = C.CONU_ERROR_NO_MEMORY
	ErrorState           = C.CONU_ERROR_STATE
	ErrorRateLimited     = C.CONU_ERROR_RATE_LIMITED
	ErrorInternal        = C.CONU_ERROR_INTERNAL

	PullNever        = C.CONU_PULL_NEVER
	PullIfNotPresent = C.CONU_PULL_IF_NOT_PRESENT
	PullAlways       = C.CONU_PULL_ALWAYS

	StdinPipe  = C.CONU_STDIN_PIPE
	StdoutPipe = C.CONU_STDOUT_PIPE
	StderrPipe = C.CONU_STDERR_PIPE

	ChannelStdin  = C.CONU_CHANNEL_STDIN
	ChannelStdout = C.CONU_CHANNEL_STDOUT
	ChannelStderr = C.CONU_CHANNEL_STDERR
)
