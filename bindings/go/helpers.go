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
