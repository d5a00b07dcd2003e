// Progress: following a pull, push, build, load or extension step by step.

package conu

import (
	"context"

	"conu/internal/native"
)

// Step is one step of a pull, push, build, load or extension.
type Step struct {
	Layer   string // the layer that the step is about; empty if it is about the whole
	Status  string // what happens, in the engine's words; empty for a step that is log text
	Text    string // a line of the log of a build or extension; empty for other steps
	Current int64  // how much of the layer is done, in bytes; 0 where unknown
	Total   int64  // the size of the layer in bytes; 0 where unknown
}

// follow starts some work, reports its steps until it is done, and lets finish take the result. The end of ctx ends the
// work too.
func follow(ctx context.Context, report func(Step),
	start func(cancel native.Cancel, out, failure *uintptr), finish func(progress native.Progress) error) error {
	return withCancel(ctx, func(cancel native.Cancel) error {
		var out uintptr
		if err := attempt(func(failure *uintptr) { start(cancel, &out, failure) }); err != nil {
			return err
		}
		progress := native.SwigcptrProgress(out)
		defer native.DeleteProgress(progress)
		for {
			var more bool
			err := attempt(func(failure *uintptr) { progress.Next(-1, cancel, &more, failure) })
			if err != nil {
				_ = attempt(func(failure *uintptr) { progress.Cancel(failure) })
				return err
			}
			if !more {
				return finish(progress)
			}
			report(Step{progress.Get_layer(), progress.Get_status(), progress.Get_text(),
				progress.Get_current(), progress.Get_total()})
		}
	})
}
