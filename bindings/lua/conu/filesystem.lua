-- Filesystem: the files of an image or of a container in a folder of this host, read-only, without anything running.
-- Paths are those of a process in the container: links never lead out, and a relative path begins at "/", too. close
-- and the garbage collector unmount as far as that works; unmount tells what stands in the way.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Container, Filesystem, Image = object.Container, object.Filesystem, object.Image
local filesystem = {}

object.add_methods(Filesystem, { "get_mount_point", "get_method" })

local read_plain = options.reader ""
local read_mount = options.reader "at method entries bytes"
local read_get_file = options.reader "flags"

-- image:mount{ at = …, method = …, entries = …, bytes = … }: all of it may be left out. `at` is an empty folder or one to
-- be made; `method` is one that get_method may give; the other two say how much "extract" may put on the disk.
local function mount(self, given)
  local read = read_mount(given)
  local made, err = native.mount_options_new()
  if not made then return nil, err end
  made, err = options.set_all(made, {
    { "set_method", read.method, n = 2 }, { "set_limits", read.entries or -1, read.bytes or -1 },
  })
  if not made then return nil, err end
  return object.wrap(Filesystem, self.native:mount(read.at, made, read.cancel))
end

Image.mount = mount

-- Of a container that runs here these are the files that its processes see, as they change.
Container.mount = mount

-- Unmounts and removes what processes of this user that have died left mounted. Mounts do so, too, once a
-- second.
function filesystem.sweep(given) return native.filesystem_sweep(read_plain(given).cancel) end

-- Methods that take a path and no more: p gives the path on this host, for programs; read_file a string; list an array of
-- names; the others what they say. What is no file is an error of file_is_present, as a file of directory_is_present.
for _, name in ipairs {
  "p", "read_file", "file_is_present", "directory_is_present", "list", "get_selinux_context",
} do
  Filesystem[name] = function(self, path, given) return self.native[name](self.native, path, read_plain(given).cancel) end
end

-- What a file is in the image, as a table: path, type, mode, mode_octal, permissions, uid, gid, size, nlink, inode,
-- mtime, mtime_ns; target and resolved of a link, major and minor of a device; xattrs. The last link is not followed.
function Filesystem:stat(path, given) return object.decode(self.native:stat(path, read_plain(given).cancel)) end

-- An open file, as the number of its descriptor, which is the caller's to close; `flags` are those of open(2), none for
-- reading. The files cannot be unmounted before.
function Filesystem:get_file(path, given)
  local read = read_get_file(given)
  return self.native:get_file(path, read.flags or 0, read.cancel)
end

-- Copies a file, or a folder with all that is in it, to this host. A file replaces what is there, a folder does not.
function Filesystem:copy_from(source, dest, given) return self.native:copy_from(source, dest, read_plain(given).cancel) end

-- Takes the files away. Once that is done, again does nothing. While somebody uses them it fails with
-- conu.ERROR_CONFLICT, and they stay.
function Filesystem:unmount(given) return self.native:unmount(read_plain(given).cancel) end

return filesystem
