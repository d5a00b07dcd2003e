# frozen_string_literal: true

# Source-to-image: what comes of a source and a builder.
require_relative "support"

describe "a builder of source-to-image" do
  include Support

  BUILDER_FILES = {
    "Dockerfile" => "FROM #{Support::REPOSITORY}\nCOPY bin /s2i\nLABEL io.openshift.s2i.scripts-url=image:///s2i\n",
    "bin/assemble" => "#!/bin/sh\nexec sh /tmp/src/do\n",
    "bin/run" => "#!/bin/sh\ncat /tmp/src/do\n",
    "bin/usage" => "#!/bin/sh\necho how to use it\n"
  }.freeze

  # Gives the block a folder with these files, which are programs.
  def folder_with(files)
    Dir.mktmpdir do |folder|
      files.each do |name, content|
        path = Pathname(folder) / name
        path.dirname.mkpath
        path.write(content)
        path.chmod(0o755)
      end
      yield folder
    end
  end

  before do
    name = "localhost/#{own('builder')}"
    folder_with(BUILDER_FILES) { |folder| Conu::Image.build(folder, engine: engine, tags: [name]).close }
    @builder = Conu::S2IImage.new(name, engine: engine)
  end

  after { @builder.rmi(force: true) }

  it "is extended with a source" do
    name = "localhost/#{own('extended')}:1"
    lines = []
    folder_with("do" => "echo WHO is $WHO") do |source|
      image = @builder.extend(source, name, "-e", "WHO=me") { |step| lines << step.text }
      assert_instance_of Conu::S2IImage, image
      assert_equal name, image.full_name
      assert_includes lines, "WHO is me"
      assert_equal "me", image.metadata.env["WHO"]
      assert_equal source, image.metadata.labels["io.openshift.s2i.build.source-location"]
      again = @builder.extend(Pathname(source), "#{name}-again")
      assert_equal "#{name}-again", again.full_name
      again.rmi(force: true)
      image.rmi(force: true)
    end
  end

  it "tells its usage" do
    assert_equal "how to use it", @builder.usage
  end

  it "raises what a script fails with" do
    folder_with("do" => "echo it went wrong; exit 42") do |source|
      error = assert_raises(Conu::CommandFailedError) { @builder.extend(source, own("failed")) }
      assert_includes error.message, "42"
      assert_includes error.message, "it went wrong"
      assert_raises(Conu::UnsupportedError) { @builder.extend(source, own("failed"), "--run") }
      assert_raises(Conu::InvalidArgumentError) { @builder.extend(source, "Bad Name") }
    end
  end

  it "is still extended with modules" do
    greeting = Module.new { def greeting = "hello" }
    assert_equal "hello", @builder.extend(greeting).greeting
  end

  it "is interrupted by a timeout" do
    folder_with("do" => "sleep 60") do |source|
      result, seconds = timed { Timeout.timeout(1.5) { @builder.extend(source, own("ended")) } }
      assert_instance_of Timeout::Error, result
      assert_operator seconds, :<, 10
    end
  end
end
