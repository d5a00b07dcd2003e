# frozen_string_literal: true

# What tests need beside containers: folders, programs of this host, random names.
require_relative "support"

describe Conu::Directory do
  def below = @below ||= Dir.mktmpdir

  def teardown
    FileUtils.rm_rf(@below) if @below
    super
  end

  it "is made for a block and removed with what is in it" do
    path = Conu::Directory.new do |directory|
      File.write(File.join(directory, "file"), "x")
      assert directory.path.start_with?("/")
      assert_equal 0o700, File.stat(directory).mode & 0o7777
      directory.path
    end
    refute_path_exists path
  end

  it "has the path, mode and owner that are asked for" do
    path = Pathname(below) / "one/two"
    directory = Conu::Directory.new(path, mode: 0o1770, user: 1234, group: "5678")
    assert_equal path.to_s, directory.path
    stat = File.stat(path)
    assert_equal [0o1770, 1234, 5678], [stat.mode & 0o7777, stat.uid, stat.gid]
    assert_nil directory.remove
    refute_path_exists "#{below}/one"
    assert_nil directory.remove
    assert_equal path.to_s, directory.path
  end

  it "leaves a folder that was there" do
    Conu::Directory.new(below) { |directory| File.write("#{directory.path}/file", "x") }
    assert_path_exists "#{below}/file"
  end

  it "serves as a volume" do
    Conu::Directory.new(mode: 0o777) do |directory|
      container = start("echo hello > /data/file", volumes: { directory => "/data" })
      assert_equal 0, container.wait(timeout: 30)
      assert_equal "hello\n", File.read(File.join(directory, "file"))
    end
  end

  it "is refused for a reason" do
    File.write("#{below}/file", "x")
    assert_raises(Conu::ConflictError) { Conu::Directory.new("#{below}/file") }
    assert_raises(Conu::NotFoundError) { Conu::Directory.new("#{below}/new", user: "no-such-user") }
    assert_raises(Conu::InvalidArgumentError) { Conu::Directory.new("#{below}/new", mode: 0o100000) }
    assert_raises(Conu::Error) { Conu::Directory.new("#{below}/new", acl_rules: ["nonsense"]) }
    refute_path_exists "#{below}/new"
  end
end

describe Conu do
  it "runs a program of this host" do
    result = Conu.run_cmd("sh", "-c", "printf 'a\\0b\\377'; echo oh >&2; exit 3")
    assert_equal [3, "a\0b\xFF".b, "oh\n"], result.to_a
    assert_equal [Encoding::BINARY] * 2, [result.stdout.encoding, result.stderr.encoding]
    refute_predicate result, :success?
    result = Conu.run_cmd("true")
    assert_equal [0, "", ""], result.to_a
    assert_predicate result, :success?
    assert_predicate result, :frozen?
  end

  it "ends a program that takes too long, or is interrupted" do
    error, seconds = timed { Conu.run_cmd("sleep", "600", timeout: 0.2) }
    assert_kind_of Conu::TimeoutError, error
    assert_operator seconds, :<, 2
    error, seconds = timed { Timeout.timeout(0.2) { Conu.run_cmd("sleep", "600") } }
    assert_kind_of Timeout::Error, error
    assert_operator seconds, :<, 2
    assert_raises(Conu::CommandMissingError) { Conu.run_cmd("no-such-program") }
    assert_raises(Conu::InvalidArgumentError) { Conu.run_cmd }
  end

  it "makes random strings" do
    assert_match(/\A[a-z]{10}\z/, Conu.random_string)
    assert_equal 40, Conu.random_string(40).length
    refute_equal Conu.random_string, Conu.random_string
    assert_raises(Conu::InvalidArgumentError) { Conu.random_string(1 << 40) }
  end

  it "knows whether SELinux is at work" do
    assert_includes %w[enforcing permissive disabled], Conu.selinux_status
  end
end
