// Errors: what a failed call tells, and how it fits Go's errors package.

package conu

import (
	"encoding/json"
	"fmt"

	"conu/internal/native"
)

// Code says what kind of failure an Error is. Codes are errors themselves, as targets for errors.Is.
type Code int

// The codes of libconu.
const (
	ErrInvalidArgument = Code(native.ErrorInvalidArgument) // an argument is missing, malformed or out of range
	ErrNotFound        = Code(native.ErrorNotFound)        // no such image, tag, container or file
	ErrConflict        = Code(native.ErrorConflict)        // something is in the way, such as a name that is taken
	ErrUnauthorized    = Code(native.ErrorUnauthorized)    // a registry or an engine refuses this user
	ErrEngine          = Code(native.ErrorEngine)          // the engine, or a registry behind it, failed or refused
	ErrUnreachable     = Code(native.ErrorUnreachable)     // no engine answers, or the connection to it broke
	ErrTimeout         = Code(native.ErrorTimeout)         // a deadline passed
	ErrCancelled       = Code(native.ErrorCancelled)       // the context ended
	ErrProtocol        = Code(native.ErrorProtocol)        // an answer is not what the Docker Engine API promises
	ErrCommandMissing  = Code(native.ErrorCommandMissing)  // a program to be run does not exist
	ErrCommandFailed   = Code(native.ErrorCommandFailed)   // a program ran and failed, such as a step of a build
	ErrIO              = Code(native.ErrorIO)              // reading or writing on this host failed
	ErrPermission      = Code(native.ErrorPermission)      // this user may not do it
	ErrUnsupported     = Code(native.ErrorUnsupported)     // this engine, or this version of libconu, cannot do it
	ErrNoMemory        = Code(native.ErrorNoMemory)        // memory ran out
	ErrState           = Code(native.ErrorState)           // the object is not in a state for this, such as closed
	ErrRateLimited     = Code(native.ErrorRateLimited)     // a registry wants you to come back later
	ErrInternal        = Code(native.ErrorInternal)        // a fault of libconu; please report it
)

// Error is the name of the code as C writes it, such as "CONU_ERROR_NOT_FOUND".
func (c Code) Error() string { return native.Status_name(native.Conu_status(c)) }

// Error is why a call failed.
type Error struct {
	Code       Code            // the kind of failure
	Message    string          // the object, what was tried, and what the engine said
	Operation  string          // which operation failed
	Hint       string          // what can be done about it; may be empty
	HTTPStatus int             // of the engine's answer; 0 where there was none
	Details    json.RawMessage // more as a JSON object, where a call says that there is more; otherwise nil

	cause error // the context's error, where the end of the context ended the call
}

// Error is the message, and the hint where there is one.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// Is tells whether the error has a code: errors.Is(err, conu.ErrNotFound).
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && code == e.Code
}

// Unwrap gives context.Canceled or context.DeadlineExceeded where the end of the context ended the call.
func (e *Error) Unwrap() error { return e.cause }

// attempt runs one call of libconu and takes the error that it leaves.
func attempt(body func(failure *uintptr)) (err error) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case native.NulByte:
			err = &Error{Code: ErrInvalidArgument, Message: fmt.Sprintf("%q has a NUL byte", reason.Text)}
		default:
			panic(reason)
		}
	}()
	var failure uintptr
	body(&failure)
	if failure == 0 {
		return nil
	}
	return takeError(native.SwigcptrError(failure))
}

func takeError(failure native.Error) *Error {
	defer native.DeleteError(failure)
	taken := &Error{
		Code:       Code(failure.Get_code()),
		Message:    failure.Get_message(),
		Operation:  failure.Get_operation(),
		Hint:       failure.Get_hint(),
		HTTPStatus: failure.Get_http_status(),
	}
	if details := failure.Get_details_json(); details != "" {
		taken.Details = json.RawMessage(details)
	}
	return taken
}
