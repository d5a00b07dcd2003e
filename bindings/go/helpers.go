// Helpers for tests that have nothing to do with an engine.

package conu

import (
	"context"

	"conu/internal/native"
)

// RunCommand runs a program of this host, with nothing on its input, and waits for its end. WithTimeout and the end of
// ctx kill it. No such program is ErrCommandMissing.
func RunCommand(ctx context.Context, command []string, options ...WaitOption) (*ExecResult, error) {
	s := collect(options)
	var out uintptr
	err := withStrings(command, func(list native.StringList) error {
		return withCancel(ctx, func(cancel native.Cancel) error {
			return attempt(func(failure *uintptr) {
				native.Run_cmd(list, milliseconds(s.timeout), cancel, &out, failure)
			})
		})
	})
	return takeExecResult(out, err)
}

// SELinuxStatus is "enforcing", "permissive" or "disabled".
func SELinuxStatus() (string, error) {
	var out native.Text
	err := attempt(func(failure *uintptr) { native.Get_selinux_status(&out, failure) })
	return out.Take(), err
}

// RandomString gives so many letters from a to z, for names that nobody else has.
func RandomString(size int) (string, error) {
	var out native.Text
	err := attempt(func(failure *uintptr) { native.Random_string(int64(size), &out, failure) })
	return out.Take(), err
}

// ExecResult is what came of a command. An exit code that is not 0 is a result, not a failure.
type ExecResult struct {
	ExitCode       int // 128 and the signal's number where a signal ended it
	Stdout, Stderr []byte
}

func takeExecResult(out uintptr, err error) (*ExecResult, error) {
	if err != nil {
		return nil, err
	}
	from := native.SwigcptrExecResult(out)
	defer native.DeleteExecResult(from)
	return &ExecResult{
		ExitCode: from.Get_exit_code(),
		Stdout:   copyBytes(from.Get_stdout),
		Stderr:   copyBytes(from.Get_stderr),
	}, nil
}

// copyBytes copies what a getter lends.
func copyBytes(get func(size *int64) uintptr) []byte {
	var size int64
	data := get(&size)
	return append([]byte{}, native.Borrow(data, size)...)
}
