# frozen_string_literal: true

module Conu
  # The files of an image or a container in a folder of this host, read-only, without anything running. Paths are those
  # of a process in the container: "/" is the root of the image, links never lead out of it, and a relative path begins
  # there, too. Where there is nothing methods raise NotFoundError, where there is something else ConflictError.
  #
  # #unmount takes the files away, and so does the end of the block; #close and the garbage collector do so as far as
  # that works. Keep the object as long as something uses the folder.
  class Filesystem < Handle
    private_class_method :new

    # What the letters of File.open mean to #get_file.
    MODES = {
      "r" => File::RDONLY, "r+" => File::RDWR,
      "w" => File::WRONLY | File::CREAT | File::TRUNC, "w+" => File::RDWR | File::CREAT | File::TRUNC,
      "a" => File::WRONLY | File::CREAT | File::APPEND, "a+" => File::RDWR | File::CREAT | File::APPEND
    }.freeze
    private_constant :MODES

    # The folder of this host that the files are in.
    def mount_point = native.get_mount_point

    # How they came there: "overlay", "bind", "fuse", "extract" or "merged". (#method is Ruby's own.)
    def method_name = native.get_method

    # The path of a file on this host, links resolved, for programs that are to read it. It lies in the mount point,
    # wherever links point to.
    def p(path) = native.p(File.path(path))

    # All of a file, of at most 256 MiB, as a binary String.
    def read_file(path) = native.read_file(File.path(path))

    # Opens a file, and gives a File. A block is given it, and it is closed afterwards. The files cannot be unmounted
    # while it is open.
    #
    # [mode] as of File.open, such as "rb", or its flags, such as File::RDONLY | File::NOFOLLOW
    def get_file(path, mode = "r")
      file = open_file(path, mode)
      return file unless block_given?

      begin
        yield file
      ensure
        file.close
      end
    end

    # Whether there is a file of that path, links followed. A folder in its place is a ConflictError.
    def file_is_present?(path) = native.file_is_present(File.path(path))

    # Whether there is a folder of that path, links followed. A file in its place is a ConflictError.
    def directory_is_present?(path) = native.directory_is_present(File.path(path))

    # What a file is in the image, also where its copy on this host differs, as a Hash: "path", "type", "mode",
    # "mode_octal", "permissions", "uid", "gid", "size", "nlink", "inode", "mtime", "mtime_ns"; "target" and "resolved" of
    # a link, "major" and "minor" of a device; "xattrs". A link at the end of the path is not followed.
    def stat(path) = Convert.document(native.stat(File.path(path)))

    # The names of what is in a folder, in the order of their bytes.
    def list(path) = Convert.strings(native.list(File.path(path)))

    # Copies a file, or a folder with all that is in it, to this host, with modes, times and links. A file replaces what
    # is there already, a folder does not.
    def copy_from(source, destination)
      native.copy_from(File.path(source), File.path(destination))
      self
    end

    # The SELinux context of a file; NotFoundError where it has none.
    def selinux_context(path) = native.get_selinux_context(File.path(path))

    # Takes the files away. Once that is done, again does nothing. While somebody uses them it is a ConflictError, and
    # they stay.
    def unmount
      native.unmount
      nil
    end

    def lend # :nodoc:
      super do
        result = yield self
        unmount unless closed?
        result
      end
    end

    private

    def open_file(path, mode)
      return native.get_file(File.path(path), mode) if mode.is_a?(Integer)

      flags = MODES.fetch(mode.delete("b")) { raise InvalidArgumentError, "#{mode.inspect} is no mode of a file" }
      file = native.get_file(File.path(path), flags)
      file.binmode if mode.include?("b")
      file
    end

    def description = "#{mount_point} #{method_name}"
  end

  # What has files to mount: an image, and a container.
  module Mountable
    # Makes the files appear in a folder of this host, and gives their Filesystem. A block is given it; afterwards they
    # are unmounted. Of a container that runs here they are what its processes see, as they change; of another one what
    # it has changed above the image.
    #
    # [at] an empty folder, or one to be made; without it, a new one among the temporary files
    # [method] one of Filesystem#method_name; without it, the first that works
    # [entries, bytes] how much "extract" may put on the disk before it raises IOError
    def mount(at: nil, method: nil, entries: nil, bytes: nil, &block)
      options = Native.mount_options_new
      options.set_method(method&.to_s)
      options.set_limits(entries || -1, bytes || -1)
      Filesystem.wrap(native.mount(at && File.path(at), options), &block)
    end
  end

  class Image
    include Mountable
  end

  class Container
    include Mountable
  end

  # Unmounts and removes what processes of this user that have died left mounted. Mounts do so, too, once a
  # second.
  def self.sweep_filesystems
    Native.filesystem_sweep
    nil
  end
end
