// Image: an image of an engine, by name or by ID.

package conu

import (
	"context"

	"conu/internal/native"
)

// PullPolicy says what NewImage does about an image that the engine may not have.
type PullPolicy int

// The policies.
const (
	PullNever        = PullPolicy(native.PullNever)        // makes no request
	PullIfNotPresent = PullPolicy(native.PullIfNotPresent) // asks the engine, and pulls if the image is not there
	PullAlways       = PullPolicy(native.PullAlways)       // pulls
)

// Image stands for an image of an engine; whether the engine has it is another question, see IsPresent.
type Image struct {
	handle *handle[native.SwigcptrImage]
}

func newImage(out uintptr, err error) (*Image, error) {
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrImage) { native.DeleteImage(object) }
	return &Image{newHandle("image", native.SwigcptrImage(out), free)}, nil
}

// takeImages takes each image out of a list that libconu has made, and frees the list.
func takeImages(out uintptr, err error) ([]*Image, error) {
	if err != nil {
		return nil, err
	}
	list := native.SwigcptrImageList(out)
	defer native.DeleteImageList(list)
	images := make([]*Image, list.Size())
	for n := range images {
		var image uintptr
		err := attempt(func(failure *uintptr) { list.Get(int64(n), &image, failure) })
		if images[n], err = newImage(image, err); err != nil {
			return nil, err
		}
	}
	return images, nil
}

// NewImage gives an image by name: a repository, which may carry its tag or digest. It pulls as the policy says,
// PullIfNotPresent unless given.
func NewImage(ctx context.Context, engine *Engine, repository string, options ...ImageOption) (*Image, error) {
	s := collect(options)
	var out uintptr
	err := call(ctx, engine.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		native.Image_new(self, repository, s.tag, native.Conu_pull_policy(s.pullPolicy), cancel, &out, failure)
	})
	return newImage(out, err)
}

// ImageFromID gives an image that the engine has, by its ID.
func ImageFromID(ctx context.Context, engine *Engine, id string) (*Image, error) {
	var out uintptr
	err := call(ctx, engine.orDefault(), func(self native.SwigcptrEngine, cancel native.Cancel, failure *uintptr) {
		native.Image_from_id(self, id, cancel, &out, failure)
	})
	return newImage(out, err)
}

// LoadImages loads images from a tar archive, as Image.Save writes it.
func LoadImages(ctx context.Context, engine *Engine, path string, options ...LoadOption) ([]*Image, error) {
	s := collect(options)
	var out uintptr
	err := engine.orDefault().use(func(self native.SwigcptrEngine) error {
		if s.progress == nil {
			return withCancel(ctx, func(cancel native.Cancel) error {
				return attempt(func(failure *uintptr) { native.Image_load(self, path, cancel, &out, failure) })
			})
		}
		start := func(cancel native.Cancel, progress, failure *uintptr) {
			native.Image_load_progress(self, path, cancel, progress, failure)
		}
		return follow(ctx, s.progress, start, func(progress native.Progress) error {
			return attempt(func(failure *uintptr) { progress.Take_images(&out, failure) })
		})
	})
	return takeImages(out, err)
}

// Close frees the handle; the image stays.
func (i *Image) Close() error {
	i.handle.close()
	return nil
}

// FullName is the name as it was given, with its tag or digest; the ID where the image has no name.
func (i *Image) FullName() string {
	return getter(i.handle, func(self native.SwigcptrImage) string { return self.Get_full_name() })
}

// Repository is the name without tag and digest; empty where the image has no name.
func (i *Image) Repository() string {
	return getter(i.handle, func(self native.SwigcptrImage) string { return self.Get_repository() })
}

// Tag is the tag, or the digest of a name that has one and no tag; empty where the image has no name.
func (i *Image) Tag() string {
	return getter(i.handle, func(self native.SwigcptrImage) string { return self.Get_tag() })
}

// ID is the ID of the image, such as "sha256:...", asked once and then remembered.
func (i *Image) ID(ctx context.Context) (string, error) {
	return text(ctx, i.handle, native.SwigcptrImage.Get_id)
}

// IsPresent tells whether the engine has the image, asked anew each time.
func (i *Image) IsPresent(ctx context.Context) (bool, error) {
	var present bool
	err := call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Is_present(cancel, &present, failure)
	})
	return present, err
}

// Inspect gives all that the engine tells about the image: the document of GET /images/{name}/json. The answer is kept
// until WithRefresh.
func (i *Image) Inspect(ctx context.Context, options ...InspectOption) (map[string]any, error) {
	s := collect(options)
	return document(ctx, i.handle,
		func(self native.SwigcptrImage, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status {
			return self.Inspect(s.refresh, cancel, out, failure)
		})
}

// Metadata gives the same facts, read into a struct.
func (i *Image) Metadata(ctx context.Context, options ...InspectOption) (*Metadata, error) {
	s := collect(options)
	var out uintptr
	err := call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Get_metadata(s.refresh, cancel, &out, failure)
	})
	if err != nil {
		return nil, err
	}
	return takeMetadata(out)
}

// Pull pulls the image from its registry.
func (i *Image) Pull(ctx context.Context, options ...PullOption) error {
	s := collect(options)
	pullOptions := native.Pull_options_new()
	defer native.DeletePullOptions(pullOptions)
	if s.platform != "" {
		if err := attempt(func(failure *uintptr) { pullOptions.Set_platform(s.platform, failure) }); err != nil {
			return err
		}
	}
	return i.handle.use(func(self native.SwigcptrImage) error {
		if s.progress == nil {
			return withCancel(ctx, func(cancel native.Cancel) error {
				return attempt(func(failure *uintptr) { self.Pull(pullOptions, cancel, failure) })
			})
		}
		start := func(cancel native.Cancel, progress, failure *uintptr) {
			self.Pull_progress(pullOptions, cancel, progress, failure)
		}
		return follow(ctx, s.progress, start, func(native.Progress) error { return nil })
	})
}

// Push pushes the image to its registry, tagged first as WithRepository and WithTag say. It gives the image under the
// name that was pushed.
func (i *Image) Push(ctx context.Context, options ...PushOption) (*Image, error) {
	s := collect(options)
	var out uintptr
	err := i.handle.use(func(self native.SwigcptrImage) error {
		if s.progress == nil {
			return withCancel(ctx, func(cancel native.Cancel) error {
				return attempt(func(failure *uintptr) { self.Push(s.repository, s.tag, cancel, &out, failure) })
			})
		}
		start := func(cancel native.Cancel, progress, failure *uintptr) {
			self.Push_progress(s.repository, s.tag, cancel, progress, failure)
		}
		return follow(ctx, s.progress, start, takeImage(&out))
	})
	return newImage(out, err)
}

// takeImage is how follow ends where the work has made an image.
func takeImage(out *uintptr) func(native.Progress) error {
	return func(progress native.Progress) error {
		return attempt(func(failure *uintptr) { progress.Take_image(out, failure) })
	}
}

// TagImage gives the image one more name, and gives the image under it. Without WithRepository it is the image's own,
// without WithTag "latest"; one of them must be given.
func (i *Image) TagImage(ctx context.Context, options ...TagOption) (*Image, error) {
	s := collect(options)
	var out uintptr
	err := call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Tag_image(s.repository, s.tag, cancel, &out, failure)
	})
	return newImage(out, err)
}

// Rmi removes the image from the engine, by its ID unless WithViaName. Where containers stand in the way, they are in
// the Details of the error.
func (i *Image) Rmi(ctx context.Context, options ...RmiOption) error {
	s := collect(options)
	return call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Rmi(s.force, s.viaName, cancel, failure)
	})
}

// Save writes the image to a tar archive. After a failure there is no half-written file.
func (i *Image) Save(ctx context.Context, path string) error {
	return call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Save(path, cancel, failure)
	})
}

// LayerIDs gives the IDs in the history of the image, "<missing>" for a step whose own image the engine does not have.
func (i *Image) LayerIDs(ctx context.Context, newestFirst bool) ([]string, error) {
	var out uintptr
	err := call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Get_layer_ids(newestFirst, cancel, &out, failure)
	})
	if err != nil {
		return nil, err
	}
	return takeStrings(out), nil
}

// Layers gives the images in the history of the image, as far as the engine has them.
func (i *Image) Layers(ctx context.Context, newestFirst bool) ([]*Image, error) {
	var out uintptr
	err := call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
		self.Layers(newestFirst, cancel, &out, failure)
	})
	return takeImages(out, err)
}

// HasPkgsSignedWith tells whether every rpm package of the image is signed, and with these keys alone, by their IDs or
// fingerprints. The rpm program of the image is asked; an image without one is ErrUnsupported.
func (i *Image) HasPkgsSignedWith(ctx context.Context, allowedKeys []string) (bool, error) {
	var signed bool
	err := withStrings(allowedKeys, func(keys native.StringList) error {
		return call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
			self.Has_pkgs_signed_with(keys, cancel, &signed, failure)
		})
	})
	return signed, err
}

// RunViaAPI creates a container from the image and starts it; a nil builder is the image's own command.
func (i *Image) RunViaAPI(ctx context.Context, builder *RunBuilder) (*Container, error) {
	return i.run(ctx, builder,
		func(self native.SwigcptrImage, how native.RunBuilder, cancel native.Cancel, out, failure *uintptr) {
			self.Run_via_api(how, cancel, out, failure)
		})
}

// run makes a container in one of the ways there are.
func (i *Image) run(ctx context.Context, builder *RunBuilder,
	start func(self native.SwigcptrImage, how native.RunBuilder, cancel native.Cancel, out, failure *uintptr)) (*Container, error) {
	var out uintptr
	err := builder.orNone().use(func(how native.SwigcptrRunBuilder) error {
		return call(ctx, i.handle, func(self native.SwigcptrImage, cancel native.Cancel, failure *uintptr) {
			start(self, how, cancel, &out, failure)
		})
	})
	return newContainer(out, err)
}
