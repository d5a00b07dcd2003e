// Directory: a folder of this host for a container to mount.

package conu

import (
	"context"
	"io/fs"
	"runtime"

	"conu/internal/native"
)

// Directory is a folder that is made for a test. It is not left to the garbage collector, as the path may be in use
// where the Directory is forgotten: call Remove or Close.
type Directory struct {
	handle *handle[native.SwigcptrDirectory]
}

// NewDirectory makes a folder: a new one among the temporary files unless WithPath. One that exists is used, gets what
// the options say, and is not removed in the end.
func NewDirectory(ctx context.Context, options ...DirectoryOption) (*Directory, error) {
	how := native.Directory_options_new()
	defer native.DeleteDirectoryOptions(how)
	if err := fillDirectory(how, collect(options)); err != nil {
		return nil, err
	}
	var out uintptr
	err := withCancel(ctx, func(cancel native.Cancel) error {
		return attempt(func(failure *uintptr) { native.Directory_new(how, cancel, &out, failure) })
	})
	if err != nil {
		return nil, err
	}
	h := newHandle("directory", native.SwigcptrDirectory(out), func(object native.SwigcptrDirectory) { native.DeleteDirectory(object) })
	runtime.SetFinalizer(h, nil)
	return &Directory{h}, nil
}

// fillDirectory copies settings into the options of C; the first that is refused ends it.
func fillDirectory(how native.DirectoryOptions, s settings) (err error) {
	set := func(given bool, setter func(failure *uintptr)) {
		if given && err == nil {
			err = attempt(setter)
		}
	}
	if s.mode != nil {
		how.Set_mode(bitsOf(*s.mode))
	}
	set(s.path != "", func(failure *uintptr) { how.Set_path(s.path, failure) })
	set(s.owner != pair{}, func(failure *uintptr) { how.Set_owner(s.owner.name, s.owner.value, failure) })
	set(s.selinux != "", func(failure *uintptr) { how.Set_selinux_context(s.selinux, failure) })
	for _, rule := range s.acl {
		set(true, func(failure *uintptr) { how.Add_acl_rule(rule, failure) })
	}
	return err
}

// bitsOf gives a mode as chmod counts. What is no mode of a folder becomes a bit that libconu refuses.
func bitsOf(mode fs.FileMode) uint {
	bits := uint(mode.Perm())
	for special, bit := range specialBits {
		if mode&special != 0 {
			bits |= bit
			mode &^= special
		}
	}
	if mode&^fs.ModePerm != 0 {
		bits |= 0o10000
	}
	return bits
}

// Path is the absolute path.
func (d *Directory) Path() string {
	return getter(d.handle, func(self native.SwigcptrDirectory) string { return self.Get_path() })
}

// Remove removes what NewDirectory has made, with all that is in it by now.
func (d *Directory) Remove(ctx context.Context) error {
	return call(ctx, d.handle, func(self native.SwigcptrDirectory, cancel native.Cancel, failure *uintptr) {
		self.Remove(cancel, failure)
	})
}

// Close removes what NewDirectory has made, as far as that works.
func (d *Directory) Close() error {
	d.handle.close()
	return nil
}

// DirectoryOption is an option of NewDirectory.
type DirectoryOption interface {
	option
	forDirectory()
}

// FolderOption says how the folder shall be.
type FolderOption struct{ setting }

func (FolderOption) forDirectory() {}

// WithPath says where the folder is to be, with the folders above it.
func WithPath(path string) FolderOption { return FolderOption{func(s *settings) { s.path = path }} }

// WithMode sets the mode, from which the umask takes nothing away: permissions, and fs.ModeSetuid, fs.ModeSetgid and
// fs.ModeSticky.
func WithMode(mode fs.FileMode) FolderOption {
	return FolderOption{func(s *settings) { s.mode = &mode }}
}

// WithOwner sets user and group, by name or number; either may be empty.
func WithOwner(user, group string) FolderOption {
	return FolderOption{func(s *settings) { s.owner = pair{user, group} }}
}

// WithACLRule adds a rule in the words of setfacl, such as "u:1000:rwx".
func WithACLRule(rule string) FolderOption {
	return FolderOption{func(s *settings) { s.acl = append(s.acl, rule) }}
}

// WithSELinuxContext sets the SELinux context.
func WithSELinuxContext(context string) FolderOption {
	return FolderOption{func(s *settings) { s.selinux = context }}
}
