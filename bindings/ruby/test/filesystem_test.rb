# frozen_string_literal: true

# Files of images and containers, mounted on this host.
require_relative "support"

describe Conu::Filesystem do
  # The image that has every kind of file.
  def hostile = @hostile ||= Conu::Image.new("#{Support::REGISTRY}/conu/hostile-tree", engine: engine)

  def in_folder
    Dir.mktmpdir { |folder| yield Pathname(folder) }
  end

  it "reads the files of an image" do
    busybox.mount do |files|
      text = files.read_file("/etc/link-to-passwd")
      assert_match(/\Aroot:x:0:0:/, text)
      assert_equal Encoding::BINARY, text.encoding
      assert_equal "#{files.mount_point}/etc/passwd", files.p("/etc/link-to-passwd")
      assert_equal text, File.binread(files.p(Pathname("etc/passwd")))
      program = files.read_file("/bin/busybox")
      assert program.start_with?("\x7FELF".b)
      assert_equal File.binread(files.p("/bin/busybox")), program
    end
  end

  it "opens files" do
    busybox.mount do |files|
      file = files.get_file("/etc/link-to-passwd")
      assert_instance_of File, file
      assert_predicate file, :close_on_exec?
      line = file.gets
      assert_equal ["root:x:0:0:root:/root:/bin/sh\n", Encoding::UTF_8], [line, line.encoding]
      file.close
      lent = nil
      assert_equal 7, files.get_file("/bin/busybox", "rb") { |program| (lent = program) && 7 }
      assert_predicate lent, :closed?
      files.get_file("/bin/busybox", "rb") { |program| assert_equal Encoding::BINARY, program.read(4).encoding }
      files.get_file("/etc/passwd", File::RDONLY | File::NOFOLLOW) { |passwd| assert_equal line, passwd.gets }
      assert_raises(Conu::Error) { files.get_file("/etc/link-to-passwd", File::RDONLY | File::NOFOLLOW) }
      assert_raises(Conu::InvalidArgumentError) { files.get_file("/etc/passwd", "read") }
      unless files.method_name == "extract"
        assert_raises(Conu::PermissionError) { files.get_file("/etc/passwd", "r+") }
        assert_raises(Conu::PermissionError) { files.get_file("/etc/new", "w") }
      end
    end
  end

  ["", "extract"].each do |method|
    it "knows what a file is in the image, #{method}" do
      hostile.mount(method: method) do |files|
        [
          %w[/etc/shadow -rw-r----- 0640 0:0 file],
          %w[/tmp drwxrwxrwt 1777 0:0 directory],
          %w[/etc/link-to-passwd lrwxrwxrwx 0777 0:0 symlink passwd /etc/passwd],
          %w[/hostile/modes/set-uid -rwsr-xr-x 4755 0:0 file],
          %w[/hostile/owners/far -rw-r--r-- 0644 123456:654321 file],
          %w[/hostile/links/dangling lrwxrwxrwx 0777 0:0 symlink /not/there],
          %w[/hostile/devices/null crw-rw-rw- 0666 0:0 character_device 1,3],
          %w[/hostile/devices/pipe prw--w--w- 0622 0:0 fifo]
        ].each do |wanted|
          status = files.stat(wanted.first)
          got = [*status.values_at("path", "permissions", "mode_octal"), "#{status['uid']}:#{status['gid']}",
                 *status.values_at("type", "target", "resolved"),
                 status.values_at("major", "minor").compact.join(",")]
          assert_equal wanted, got.reject { |word| ["", nil].include?(word) }
        end
        status = files.stat("/hostile/zeros")
        assert_equal [1_048_579, 1, 0o644], status.values_at("size", "nlink", "mode")
        capability = files.stat("/hostile/attributes/capable").dig("xattrs", "security.capability", "base64")
        assert capability.start_with?("AQAAAgAg")
      end
    end
  end

  it "lists folders and says what is present" do
    hostile.mount do |files|
      assert_equal %w[loop null null-too pipe], files.list("/hostile/devices")
      odd = files.list("/hostile/names").find { |name| name.b == "caf\xE9".b }
      assert_equal "caf\xE9".b, files.read_file("/hostile/names/#{odd}")
      assert_equal true, files.file_is_present?("/hostile/links/relative")
      assert_equal true, files.directory_is_present?("/hostile/links/folder")
      %w[/missing /etc/passwd/below /hostile/links/dangling].each do |path|
        assert_equal [false, false], [files.file_is_present?(path), files.directory_is_present?(path)]
      end
      assert_raises(Conu::ConflictError) { files.file_is_present?("/etc") }
      assert_raises(Conu::ConflictError) { files.file_is_present?("/hostile/devices/pipe") }
      assert_raises(Conu::ConflictError) { files.directory_is_present?("/etc/passwd") }
    end
  end

  it "copies files out" do
    in_folder do |folder|
      hostile.mount do |files|
        assert_same files, files.copy_from("/etc/link-to-passwd", folder / "users")
        assert_equal files.read_file("/etc/passwd"), (folder / "users").binread
        files.copy_from("/hostile/modes", folder / "modes")
        assert_equal 0o444, (folder / "modes/read-only/inner/file").stat.mode & 0o7777
        assert_raises(Conu::ConflictError) { files.copy_from("/hostile/modes", folder / "modes") }
        assert_raises(Conu::NotFoundError) { files.copy_from("/missing", folder) }
      end
    end
  end

  it "tells what is no file of the image" do
    hostile.mount do |files|
      {
        "/missing" => Conu::NotFoundError, "/etc/passwd/below" => Conu::NotFoundError,
        "/hostile/links/dangling" => Conu::NotFoundError, "/etc" => Conu::ConflictError,
        "/hostile/devices/pipe" => Conu::ConflictError, "/hostile/links/self" => Conu::IOError
      }.each do |path, kind|
        error = assert_raises(kind) { files.read_file(path) }
        assert_includes error.message, path
        assert_raises(kind) { files.get_file(path) }
      end
      assert_raises(Conu::NotFoundError) { files.stat("/missing") }
      assert_raises(Conu::NotFoundError) { files.p("/missing/too") }
      assert_raises(Conu::ConflictError) { files.list("/etc/passwd") }
      assert_raises(ArgumentError) { files.read_file("a\0b") }
      assert_raises(TypeError) { files.read_file(7) }
      if Conu.selinux_status == "disabled"
        error = assert_raises(Conu::Error) { files.selinux_context("/etc/passwd") }
        assert_includes %i[not_found unsupported], error.code
      end
    end
  end

  it "mounts a container while it runs" do
    container = start("exec sleep 600")
    container.mount do |files|
      assert_equal "merged", files.method_name
      container.execute("sh", "-c", "echo inside > /made")
      assert_equal "inside\n", files.read_file("/made")
    end
  end

  it "mounts as it is asked to" do
    in_folder do |folder|
      files = busybox.mount(at: folder / "above/point", method: :extract)
      assert_equal ["#{folder}/above/point", "extract"], [files.mount_point, files.method_name]
      assert_includes files.inspect, files.mount_point
      files.unmount
      (folder / "file").write("x")
      assert_raises(Conu::InvalidArgumentError) { busybox.mount(method: "teleport") }
      assert_raises(Conu::UnsupportedError) { busybox.mount(method: "merged") }
      assert_raises(Conu::ConflictError) { busybox.mount(at: folder) }
      assert_raises(Conu::IOError) { busybox.mount(method: "extract", entries: 3) }
      assert_raises(Conu::IOError) { busybox.mount(method: "extract", bytes: 3) }
      assert_raises(Conu::NotFoundError) { Conu::Image.new(own("missing"), pull_policy: :never, engine: engine).mount }
      assert_raises(ArgumentError) { busybox.mount(mount_point: folder) }
    end
  end

  it "ends once and for all" do
    files = busybox.mount
    [busybox, engine].each(&:close)
    file = files.get_file("/etc/passwd")
    assert_raises(Conu::ConflictError) { files.unmount } unless files.method_name == "extract"
    file.close
    assert_equal true, files.file_is_present?("/etc/passwd")
    2.times { assert_nil files.unmount }
    refute_path_exists files.mount_point
    assert_raises(Conu::StateError) { files.read_file("/etc/passwd") }
    files.close
    assert_raises(Conu::StateError) { files.unmount }
  end

  it "ends with its block, whatever happens there" do
    lent = nil
    assert_equal 7, busybox.mount { |files| (lent = files.mount_point) && 7 }
    refute_path_exists lent
    assert_equal 8, busybox.mount { |files| files.close || 8 }
    assert_raises(KeyError) { busybox.mount { |files| (lent = files.mount_point) && raise(KeyError) } }
    refute_path_exists lent
  end

  it "is unmounted by closing it, and not by sweeping" do
    files = busybox.mount
    assert_nil Conu.sweep_filesystems
    point = files.mount_point
    assert_equal true, files.file_is_present?("/etc/passwd")
    2.times { files.close }
    refute_path_exists point
    assert_raises(Conu::StateError) { files.mount_point }
  end

  it "is ended by an interrupt" do
    slow = Conu::Image.new("#{Support::REGISTRY}/conu/random", engine: engine)
    in_folder do |folder|
      error, seconds = timed { Timeout.timeout(0.01) { slow.mount(at: folder / "point", method: "extract") } }
      assert_kind_of Timeout::Error, error
      assert_operator seconds, :<, 3
      refute_path_exists folder / "point"
    end
  end

  it "is swept when its process has died" do
    script = <<~RUBY
      files = Conu::Image.new("#{Support::REPOSITORY}").mount
      puts files.mount_point
      $stdout.flush
      Process.kill(:KILL, Process.pid)
    RUBY
    point = in_child(script) { nil }.chomp
    assert_path_exists point
    Conu.sweep_filesystems
    refute_path_exists point
  end

  it "serves many threads" do
    busybox.mount do |files|
      threads = Array.new(8) { Thread.new { Array.new(50) { files.file_is_present?("/etc/passwd") }.uniq } }
      assert_equal [[true]] * 8, threads.map(&:value)
    end
  end

  it "leaves no descriptor behind" do
    busybox.mount do |files|
      descriptors = -> { Dir.children("/proc/self/fd").length }
      before = descriptors.call
      30.times do
        files.get_file("/etc/passwd") { |file| file.gets }
        assert_raises(Conu::NotFoundError) { files.get_file("/missing") }
      end
      assert_operator descriptors.call, :<, before + 5
    end
  end
end
