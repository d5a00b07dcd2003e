// Building an image from a folder with a Dockerfile.

package conu

import (
	"context"

	"conu/internal/native"
)

// BuildImage builds an image from a folder and gives it by its first name, or by ID where it got no name. A step that
// fails is ErrCommandFailed, and the message says which.
func BuildImage(ctx context.Context, engine *Engine, path string, options ...BuildOption) (*Image, error) {
	s := collect(options)
	buildOptions := native.Build_options_new()
	defer native.DeleteBuildOptions(buildOptions)
	if err := fill(buildOptions, path, s); err != nil {
		return nil, err
	}
	var out uintptr
	err := engine.orDefault().use(func(self native.SwigcptrEngine) error {
		if s.progress == nil {
			return withCancel(ctx, func(cancel native.Cancel) error {
				return attempt(func(failure *uintptr) { native.Image_build(self, buildOptions, cancel, &out, failure) })
			})
		}
		start := func(cancel native.Cancel, progress, failure *uintptr) {
			native.Image_build_progress(self, buildOptions, cancel, progress, failure)
		}
		return follow(ctx, s.progress, start, takeImage(&out))
	})
	return newImage(out, err)
}

// fill copies settings into the options of C; the first that is refused ends it.
func fill(options native.BuildOptions, path string, s settings) error {
	options.Set_no_cache(s.noCache)
	options.Set_pull(s.pull)
	err := attempt(func(failure *uintptr) { options.Set_path(path, failure) })
	set := func(given bool, setter func(failure *uintptr)) {
		if given && err == nil {
			err = attempt(setter)
		}
	}
	set(s.dockerfile != "", func(failure *uintptr) { options.Set_dockerfile(s.dockerfile, failure) })
	set(s.target != "", func(failure *uintptr) { options.Set_target(s.target, failure) })
	set(s.platform != "", func(failure *uintptr) { options.Set_platform(s.platform, failure) })
	for _, name := range s.names {
		set(true, func(failure *uintptr) { options.Add_tag(name, failure) })
	}
	for _, a := range s.arguments {
		set(true, func(failure *uintptr) { options.Add_arg(a.name, a.value, failure) })
	}
	for _, l := range s.labels {
		set(true, func(failure *uintptr) { options.Add_label(l.name, l.value, failure) })
	}
	return err
}
