# frozen_string_literal: true

# Copying files into containers and out of them.
require_relative "support"

describe "a copy" do
  def container = @container ||= start("mkdir -p /data/in; echo hello > /data/in/file; exec sleep 600")

  def in_folder
    Dir.mktmpdir { |folder| yield Pathname(folder) }
  end

  it "brings a file in and out" do
    in_folder do |folder|
      bytes = Random.bytes(300_000)
      (folder / "žluť").binwrite(bytes)
      (folder / "žluť").chmod(0o640)
      assert_same container, container.copy_to(folder / "žluť", "/etc/copied")
      assert_equal "640\n", container.execute("stat", "-c", "%a", "/etc/copied").stdout
      assert_same container, container.copy_from("/etc/copied", folder / "back")
      assert_equal bytes, (folder / "back").binread
      container.copy_from("/etc/copied", folder.to_s)
      assert_equal bytes, (folder / "copied").binread
    end
  end

  it "brings folders in and out" do
    in_folder do |folder|
      (folder / "tree/below").mkpath
      (folder / "tree/below/file").write("x")
      (folder / "tree/link").make_symlink("below/file")
      container.copy_to(folder / "tree", "/srv")
      assert_equal "x", container.execute("cat", "/srv/link").stdout
      container.copy_to("#{folder}/tree/.", "/")
      assert_equal "x", container.execute("cat", "/below/file").stdout
      container.copy_from("/srv", folder / "out")
      assert_equal "below/file", (folder / "out/link").readlink.to_s
      assert_equal "x", (folder / "out/below/file").read
    end
  end

  it "works on a container that has ended" do
    container = start("echo result > /result")
    container.wait(timeout: 30)
    in_folder do |folder|
      container.copy_from("/result", folder)
      assert_equal "result\n", (folder / "result").read
    end
  end

  it "names a path that need not be UTF-8" do
    in_folder do |folder|
      name = "#{folder}/\xFF".b
      File.write(name, "x")
      container.copy_to(name, "/odd")
      assert_equal "x", container.execute("cat", "/odd").stdout
    end
  end

  it "is refused for a reason" do
    in_folder do |folder|
      (folder / "file").write("x")
      error = assert_raises(Conu::NotFoundError) { container.copy_to(folder / "missing", "/tmp") }
      assert_includes error.message, "missing"
      assert_raises(Conu::NotFoundError) { container.copy_from("/missing", folder) }
      assert_raises(Conu::NotFoundError) { container.copy_to(folder / "file", "/no/such/folder/file") }
      sleep 0.05 until container.execute("ls", "/data/in/file").success?
      assert_raises(Conu::ConflictError) { container.copy_from("/data/in", folder / "file") }
      assert_raises(ArgumentError) { container.copy_to("a\0b", "/tmp") }
      assert_raises(TypeError) { container.copy_to(7, "/tmp") }
    end
  end

  it "is ended by an interrupt, and lets other threads run" do
    in_folder do |folder|
      File.open(folder / "big", "w") { |file| file.truncate(4 << 30) }
      ticks = 0
      ticking = Thread.new { loop { sleep 0.01; ticks += 1 } }
      error, seconds = timed { Timeout.timeout(0.5) { container.copy_to(folder / "big", "/big") } }
      ticking.kill
      assert_kind_of Timeout::Error, error
      assert_operator seconds, :<, 3
      assert_operator ticks, :>, 10
    end
  end
end
