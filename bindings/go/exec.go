// Running commands in a container.

package conu

import (
	"context"

	"conu/internal/native"
)

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

// Execute runs a command in the container to its end, without a shell in between. The end of ctx ends the command too,
// and so does WithTimeout, with ErrTimeout. No such program is ErrCommandMissing, one that cannot be started
// ErrCommandFailed.
func (c *Container) Execute(ctx context.Context, command []string, options ...ExecOption) (*ExecResult, error) {
	var out uintptr
	err := c.execute(ctx, command, options,
		func(self native.SwigcptrContainer, list native.StringList, how native.ExecOptions, cancel native.Cancel, failure *uintptr) {
			self.Execute(list, how, cancel, &out, failure)
		})
	return takeExecResult(out, err)
}

// ExecuteStream starts a command in the container. What it writes is read from the stream, and its input is written
// there unless WithStdin; after the end, Stream.ExitCode tells how it went. A command that could not be started is told
// by the read at the end.
func (c *Container) ExecuteStream(ctx context.Context, command []string, options ...ExecOption) (*Stream, error) {
	var out uintptr
	err := c.execute(ctx, command, options,
		func(self native.SwigcptrContainer, list native.StringList, how native.ExecOptions, cancel native.Cancel, failure *uintptr) {
			self.Execute_stream(list, how, cancel, &out, failure)
		})
	return newStream(ctx, out, err)
}

// execute has body make a call with command and options as libconu takes them.
func (c *Container) execute(ctx context.Context, command []string, options []ExecOption,
	body func(self native.SwigcptrContainer, list native.StringList, how native.ExecOptions, cancel native.Cancel, failure *uintptr)) error {
	how := native.Exec_options_new()
	defer native.DeleteExecOptions(how)
	if err := fillExec(how, collect(options)); err != nil {
		return err
	}
	return withStrings(command, func(list native.StringList) error {
		return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
			body(self, list, how, cancel, failure)
		})
	})
}

// fillExec copies settings into the options of C; the first that is refused ends it.
func fillExec(how native.ExecOptions, s settings) (err error) {
	how.Set_tty(s.tty)
	how.Set_privileged(s.privileged)
	how.Set_timeout(milliseconds(s.timeout))
	set := func(given bool, setter func(failure *uintptr)) {
		if given && err == nil {
			err = attempt(setter)
		}
	}
	set(s.user != "", func(failure *uintptr) { how.Set_user(s.user, failure) })
	set(s.workdir != "", func(failure *uintptr) { how.Set_workdir(s.workdir, failure) })
	set(s.stdin != nil, func(failure *uintptr) { how.Set_stdin(s.stdin, failure) })
	for _, e := range s.env {
		set(true, func(failure *uintptr) { how.Add_env(e.name, e.value, failure) })
	}
	return err
}

// ExecOption is an option of Container.Execute and Container.ExecuteStream.
type ExecOption interface {
	option
	forExec()
}

// CommandOption says how to run a command.
type CommandOption struct{ setting }

func (CommandOption) forExec() {}

// WithUser runs the command as a user, such as "nobody" or "1000:1000"; the container's own unless given.
func WithUser(user string) CommandOption {
	return CommandOption{func(s *settings) { s.user = user }}
}

// WithWorkdir runs the command in a folder; the container's own unless given.
func WithWorkdir(folder string) CommandOption {
	return CommandOption{func(s *settings) { s.workdir = folder }}
}

// WithEnv adds a variable to the environment of the command.
func WithEnv(name, value string) CommandOption {
	return CommandOption{func(s *settings) { s.env = append(s.env, pair{name, value}) }}
}

// WithStdin gives the command all of its input; without bytes it finds the end at once.
func WithStdin(data []byte) CommandOption {
	return CommandOption{func(s *settings) { s.stdin = append([]byte{}, data...) }}
}

// WithTTY gives the command a terminal: then all it writes comes by Stdout, with "\r\n" at the ends of lines.
func WithTTY() CommandOption { return CommandOption{func(s *settings) { s.tty = true }} }

// WithPrivileged gives the command all capabilities.
func WithPrivileged() CommandOption { return CommandOption{func(s *settings) { s.privileged = true }} }
