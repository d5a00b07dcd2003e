// Filesystem: the files of an image or of a container, on this host.

package conu

import (
	"context"
	"os"

	"conu/internal/native"
)

// Filesystem is the files of an image or a container in a folder of this host, read-only, without anything running. Its
// paths are those of a process in the container: "/" is the root of the image, links never lead out of it, and a
// relative path begins there, too.
//
// Unmount takes the files away and tells what stands in the way. Close does so as far as it works, and so does the
// garbage collector: keep the Filesystem as long as something uses the folder.
type Filesystem struct {
	handle *handle[native.SwigcptrFilesystem]
}

// Mount makes the files of the image appear in a folder of this host: a new one unless MountAt, and by the first method
// that works unless MountMethod.
func (i *Image) Mount(ctx context.Context, options ...MountOption) (*Filesystem, error) {
	return mount(ctx, i.handle, options, native.SwigcptrImage.Mount)
}

// Mount makes the files of the container appear in a folder of this host. Of one that runs here they are what its
// processes see, as they change; of another one what it has changed above the image.
func (c *Container) Mount(ctx context.Context, options ...MountOption) (*Filesystem, error) {
	return mount(ctx, c.handle, options, native.SwigcptrContainer.Mount)
}

func mount[T ~uintptr](ctx context.Context, h *handle[T], options []MountOption,
	start func(self T, at string, how native.MountOptions, cancel native.Cancel, out, failure *uintptr) native.Conu_status) (*Filesystem, error) {
	s := collect(options)
	how := native.Mount_options_new()
	defer native.DeleteMountOptions(how)
	how.Set_limits(s.entries, s.bytes)
	if err := attempt(func(failure *uintptr) { how.Set_method(s.method, failure) }); err != nil {
		return nil, err
	}
	var out uintptr
	err := call(ctx, h, func(self T, cancel native.Cancel, failure *uintptr) { start(self, s.path, how, cancel, &out, failure) })
	if err != nil {
		return nil, err
	}
	free := func(object native.SwigcptrFilesystem) { native.DeleteFilesystem(object) }
	return &Filesystem{newHandle("filesystem", native.SwigcptrFilesystem(out), free)}, nil
}

// SweepFilesystems unmounts and removes what processes of this user that have died left mounted. Mounts do so, too,
// once a second.
func SweepFilesystems(ctx context.Context) error {
	return withCancel(ctx, func(cancel native.Cancel) error {
		return attempt(func(failure *uintptr) { native.Filesystem_sweep(cancel, failure) })
	})
}

// Close unmounts as far as that works, and frees the handle.
func (f *Filesystem) Close() error {
	f.handle.close()
	return nil
}

// Unmount takes the files away. Once that is done, again does nothing. While somebody uses them it is ErrConflict, and
// the files stay.
func (f *Filesystem) Unmount(ctx context.Context) error {
	return call(ctx, f.handle, func(self native.SwigcptrFilesystem, cancel native.Cancel, failure *uintptr) {
		self.Unmount(cancel, failure)
	})
}

// MountPoint is the folder of this host that the files are in.
func (f *Filesystem) MountPoint() string {
	return getter(f.handle, func(self native.SwigcptrFilesystem) string { return self.Get_mount_point() })
}

// Method tells how the files came there: "overlay", "bind", "fuse", "extract" or "merged".
func (f *Filesystem) Method() string {
	return getter(f.handle, func(self native.SwigcptrFilesystem) string { return self.Get_method() })
}

// Path gives the path on this host, links resolved, for programs that are to read a file. It lies in the mount point,
// wherever links point to.
func (f *Filesystem) Path(ctx context.Context, path string) (string, error) {
	return f.text(ctx, path, native.SwigcptrFilesystem.P)
}

// ReadFile reads a whole file, of at most 256 MiB. What is there and is no file is ErrConflict.
func (f *Filesystem) ReadFile(ctx context.Context, path string) ([]byte, error) {
	var data uintptr
	var size int64
	err := call(ctx, f.handle, func(self native.SwigcptrFilesystem, cancel native.Cancel, failure *uintptr) {
		self.Read_file(path, cancel, &data, &size, failure)
	})
	if err != nil {
		return nil, err
	}
	return native.Take(data, size), nil
}

// OpenFile opens a file, with the flags of os.OpenFile. The files cannot be unmounted before it is closed.
func (f *Filesystem) OpenFile(ctx context.Context, path string, flags int) (*os.File, error) {
	var fd int32
	err := call(ctx, f.handle, func(self native.SwigcptrFilesystem, cancel native.Cancel, failure *uintptr) {
		self.Get_file(path, flags, cancel, &fd, failure)
	})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// FileIsPresent tells whether there is a file of that path, links followed. A folder in its place is ErrConflict.
func (f *Filesystem) FileIsPresent(ctx context.Context, path string) (bool, error) {
	return f.truth(ctx, path, native.SwigcptrFilesystem.File_is_present)
}

// DirectoryIsPresent tells whether there is a folder of that path, links followed. A file in its place is ErrConflict.
func (f *Filesystem) DirectoryIsPresent(ctx context.Context, path string) (bool, error) {
	return f.truth(ctx, path, native.SwigcptrFilesystem.Directory_is_present)
}

// Stat tells what a file is in the image, also where its copy on this host differs. A link at the end of the path is not
// followed.
func (f *Filesystem) Stat(ctx context.Context, path string) (*FileStatus, error) {
	text, err := f.text(ctx, path, native.SwigcptrFilesystem.Stat)
	if err != nil {
		return nil, err
	}
	return readFileStatus(text)
}

// List gives the names of what is in a folder, in the order of their bytes.
func (f *Filesystem) List(ctx context.Context, path string) ([]string, error) {
	return list(ctx, f.handle,
		func(self native.SwigcptrFilesystem, cancel native.Cancel, out, failure *uintptr) native.Conu_status {
			return self.List(path, cancel, out, failure)
		})
}

// CopyFrom copies a file, or a folder with all that is in it, to this host, with modes, times and links. A file replaces
// what is there already, a folder does not.
func (f *Filesystem) CopyFrom(ctx context.Context, source, dest string) error {
	return call(ctx, f.handle, func(self native.SwigcptrFilesystem, cancel native.Cancel, failure *uintptr) {
		self.Copy_from(source, dest, cancel, failure)
	})
}

// SELinuxContext is the SELinux context of a file; ErrNotFound where it has none.
func (f *Filesystem) SELinuxContext(ctx context.Context, path string) (string, error) {
	return f.text(ctx, path, native.SwigcptrFilesystem.Get_selinux_context)
}

func (f *Filesystem) text(ctx context.Context, path string,
	get func(self native.SwigcptrFilesystem, path string, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status) (string, error) {
	return text(ctx, f.handle,
		func(self native.SwigcptrFilesystem, cancel native.Cancel, out *native.Text, failure *uintptr) native.Conu_status {
			return get(self, path, cancel, out, failure)
		})
}

func (f *Filesystem) truth(ctx context.Context, path string,
	ask func(self native.SwigcptrFilesystem, path string, cancel native.Cancel, out *bool, failure *uintptr) native.Conu_status) (bool, error) {
	var out bool
	err := call(ctx, f.handle, func(self native.SwigcptrFilesystem, cancel native.Cancel, failure *uintptr) {
		ask(self, path, cancel, &out, failure)
	})
	return out, err
}

// MountOption is an option of Image.Mount and Container.Mount.
type MountOption interface {
	option
	forMount()
}

// PlaceOption says where and how files are mounted.
type PlaceOption struct{ setting }

func (PlaceOption) forMount() {}

// MountAt says in which folder the files are to be: an empty one, or one to be made.
func MountAt(path string) PlaceOption { return PlaceOption{func(s *settings) { s.path = path }} }

// MountMethod asks for one method, see Filesystem.Method; where it does not work the mount fails.
func MountMethod(method string) PlaceOption {
	return PlaceOption{func(s *settings) { s.method = method }}
}

// MountLimits says how many entries and bytes the method "extract" may put on the disk before it fails; a negative number
// is the usual limit.
func MountLimits(entries, bytes int64) PlaceOption {
	return PlaceOption{func(s *settings) { s.entries, s.bytes = entries, bytes }}
}
