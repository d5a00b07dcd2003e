// Source-to-image: extending a builder image with source code.

package conu

import (
	"context"

	"conu/internal/native"
)

// S2IExtend extends the image, a builder of source-to-image, with source code: a folder, a git repository or its URL. It
// gives the image that came of it. The args are options as `s2i build` has them, such as "--ref=v1". A script that fails
// is ErrCommandFailed, and the message has the end of what it printed.
func (i *Image) S2IExtend(ctx context.Context, source, newImageName string, args ...string) (*Image, error) {
	return i.S2IExtendWithProgress(ctx, nil, source, newImageName, args...)
}

// S2IExtendWithProgress does the same, and reports what the scripts print, each line as the Text of a Step.
func (i *Image) S2IExtendWithProgress(ctx context.Context, report func(Step), source, newImageName string,
	args ...string) (*Image, error) {
	var out uintptr
	err := withStrings(args, func(list native.StringList) error {
		return i.handle.use(func(self native.SwigcptrImage) error {
			if report == nil {
				return withCancel(ctx, func(cancel native.Cancel) error {
					return attempt(func(failure *uintptr) {
						self.S2i_extend(source, newImageName, list, cancel, &out, failure)
					})
				})
			}
			start := func(cancel native.Cancel, progress, failure *uintptr) {
				self.S2i_extend_progress(source, newImageName, list, cancel, progress, failure)
			}
			return follow(ctx, report, start, takeImage(&out))
		})
	})
	return newImage(out, err)
}

// S2IUsage is what the usage script of the image, a builder of source-to-image, prints.
func (i *Image) S2IUsage(ctx context.Context) (string, error) {
	return text(ctx, i.handle, native.SwigcptrImage.S2i_usage)
}
