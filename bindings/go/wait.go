// Waiting until a container has ended, or is ready.

package conu

import (
	"context"

	"conu/internal/native"
)

// Condition is what Container.WaitFor waits for: ForPort, ForLog, ForHTTP, ForHealthy, ForStatus, ForCommand, or All or
// Any of some. It is a value, which may be used often and by many goroutines.
type Condition struct {
	add func(to native.Wait) error
}

func condition(add func(to native.Wait, failure *uintptr)) Condition {
	return Condition{func(to native.Wait) error {
		return attempt(func(failure *uintptr) { add(to, failure) })
	}}
}

// ForPort holds when the service listens at a TCP port, which need not be published, and needs no program in the image.
func ForPort(port int) Condition {
	return condition(func(to native.Wait, failure *uintptr) { to.Add_port(port, failure) })
}

// ForLog holds when a line of the log matches a regular expression in the syntax of package regexp, or as many lines as
// WithOccurrences says. What was written before the wait counts, too.
func ForLog(pattern string, options ...LogConditionOption) Condition {
	occurrences := collect(options).occurrences
	return condition(func(to native.Wait, failure *uintptr) { to.Add_log(pattern, occurrences, failure) })
}

// ForHTTP holds when a GET of a path is answered with a status.
func ForHTTP(port int, path string, status int) Condition {
	return condition(func(to native.Wait, failure *uintptr) { to.Add_http(port, path, status, failure) })
}

// ForHealthy holds when the container's health check has passed.
func ForHealthy() Condition {
	return condition(func(to native.Wait, failure *uintptr) { to.Add_healthy(failure) })
}

// ForStatus holds when the container is in a state, as Container.Status tells it.
func ForStatus(status string) Condition {
	return condition(func(to native.Wait, failure *uintptr) { to.Add_status(status, failure) })
}

// ForCommand holds when a command, which is run in the container again and again, ends with an exit code.
func ForCommand(command []string, exitCode int) Condition {
	return Condition{func(to native.Wait) error {
		return withStrings(command, func(list native.StringList) error {
			return attempt(func(failure *uintptr) { to.Add_command(list, exitCode, failure) })
		})
	}}
}

// All holds when all of them have held; without any at once.
func All(conditions ...Condition) Condition { return group(native.Wait_all_of, conditions) }

// Any holds when one of them holds.
func Any(conditions ...Condition) Condition { return group(native.Wait_any_of, conditions) }

func group(make func() native.Wait, conditions []Condition) Condition {
	return Condition{func(to native.Wait) error {
		return withGroup(make, conditions, func(inner native.Wait) error {
			return attempt(func(failure *uintptr) { to.Add(inner, failure) })
		})
	}}
}

// withGroup gives body a wait of C with these conditions.
func withGroup(make func() native.Wait, conditions []Condition, body func(native.Wait) error) error {
	wait := make()
	defer native.DeleteWait(wait)
	for _, c := range conditions {
		if c.add == nil {
			return &Error{Code: ErrInvalidArgument, Message: "an empty conu.Condition is nothing to wait for"}
		}
		if err := c.add(wait); err != nil {
			return err
		}
	}
	return body(wait)
}

// WaitFor waits until a condition holds. A container that ends meanwhile is ErrState at once, one that is removed
// ErrNotFound; the Details of these and of ErrTimeout tell the whole story. The timeout is that of all conditions
// together.
func (c *Container) WaitFor(ctx context.Context, condition Condition, options ...WaitOption) error {
	s := collect(options)
	return withGroup(native.Wait_all_of, []Condition{condition}, func(wait native.Wait) error {
		return call(ctx, c.handle, func(self native.SwigcptrContainer, cancel native.Cancel, failure *uintptr) {
			self.Wait_for(wait, milliseconds(s.timeout), cancel, failure)
		})
	})
}

// WaitForPort is WaitFor(ctx, ForPort(port)).
func (c *Container) WaitForPort(ctx context.Context, port int, options ...WaitOption) error {
	return c.WaitFor(ctx, ForPort(port), options...)
}

// WaitForLog is WaitFor(ctx, ForLog(pattern)).
func (c *Container) WaitForLog(ctx context.Context, pattern string, options ...WaitOption) error {
	return c.WaitFor(ctx, ForLog(pattern), options...)
}

// WaitForHTTP is WaitFor(ctx, ForHTTP(port, path, status)).
func (c *Container) WaitForHTTP(ctx context.Context, port int, path string, status int, options ...WaitOption) error {
	return c.WaitFor(ctx, ForHTTP(port, path, status), options...)
}

// WaitForHealthy is WaitFor(ctx, ForHealthy()).
func (c *Container) WaitForHealthy(ctx context.Context, options ...WaitOption) error {
	return c.WaitFor(ctx, ForHealthy(), options...)
}

// WaitForStatus is WaitFor(ctx, ForStatus(status)).
func (c *Container) WaitForStatus(ctx context.Context, status string, options ...WaitOption) error {
	return c.WaitFor(ctx, ForStatus(status), options...)
}

// LogConditionOption is an option of ForLog.
type LogConditionOption interface {
	option
	forLogCondition()
}

// OccurrencesOption says how often something is wanted.
type OccurrencesOption struct{ setting }

func (OccurrencesOption) forLogCondition() {}

// WithOccurrences wants so many lines; one unless given.
func WithOccurrences(lines int) OccurrencesOption {
	return OccurrencesOption{func(s *settings) { s.occurrences = lines }}
}
