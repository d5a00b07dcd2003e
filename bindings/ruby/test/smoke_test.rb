# frozen_string_literal: true

# The smoke test: the main job on a real engine.
require_relative "support"

describe Conu::Engine do
  it "tells about itself" do
    assert_same engine, engine.ping
    assert_equal ENV.fetch("CONU_HOST"), engine.url
    assert_match(/\A\d+\.\d+\z/, engine.api_version)
    assert_equal engine.url, engine.discovery.last.fetch("url")
    assert_match(/\d/, engine.version.fetch("ApiVersion"))
    assert_kind_of Hash, engine.info
    assert_includes engine.inspect, engine.url
  end

  it "takes a timeout in seconds" do
    engine.timeout = 1.5
    engine.timeout = nil
    assert_raises(Conu::InvalidArgumentError) { engine.timeout = 0 }
    engine.ping
  end

  it "is the default engine where none is named" do
    Conu::Engine.default { |default| assert_equal ENV.fetch("CONU_HOST"), default.url }
    Conu::Image.new(Support::REPOSITORY) { |image| assert_predicate image, :present? }
  end

  it "is unreachable where there is no socket" do
    error = assert_raises(Conu::UnreachableError) { Conu::Engine.open("unix:///nowhere/#{own('socket')}") }
    assert_includes error.message, "/nowhere/"
    assert_equal :unreachable, error.code
    assert_nil error.http_status
  end

  it "lists its images" do
    assert_includes engine.list_images.map(&:id), busybox.id
  end
end

describe Conu::Image do
  def built_folder(dockerfile)
    Dir.mktmpdir do |folder|
      File.write("#{folder}/Recipe", dockerfile)
      yield folder
    end
  end

  it "is pulled with progress for a block" do
    image = Conu::Image.new(Support::REPOSITORY, tag: "latest", pull_policy: :never, engine: engine)
    steps = []
    assert_same image, image.pull { |step| steps << step }
    refute_empty steps
    assert steps.all?(Conu::Step)
    assert(steps.any?(&:status))
    assert_equal Encoding::UTF_8, steps.filter_map(&:status).first.encoding
    assert_predicate image, :present?
    assert_same image, image.pull
  end

  it "is pulled with progress as an Enumerator" do
    lent = busybox.pull_progress do |progress|
      each_step = progress.each_step
      assert_kind_of Conu::Step, each_step.next
      refute_empty each_step.to_a
      assert_nil progress.next_step(timeout: 1)
      assert_equal busybox.full_name, progress.image.full_name
      assert_raises(Conu::StateError) { progress.images }
      progress
    end
    assert_predicate lent, :closed?
  end

  it "is pulled for a platform" do
    image = Conu::Image.new("#{Support::REGISTRY}/conu/platforms", pull_policy: :never, engine: engine)
    image.pull(platform: "linux/amd64")
    assert_equal "amd64", image.inspect_data.fetch("Architecture")
    assert_raises(Conu::NotFoundError) { image.pull(platform: "linux/s390x") }
    image.rmi(force: true)
  end

  it "leaves a pull whose block is left" do
    first = busybox.pull { |step| break step }
    assert_kind_of Conu::Step, first
    assert_raises(KeyError) { busybox.pull { raise KeyError } }
    assert_predicate busybox, :present?
  end

  it "has a name in three parts" do
    assert_equal "#{Support::REPOSITORY}:latest", busybox.full_name
    assert_equal Support::REPOSITORY, busybox.repository
    assert_equal "latest", busybox.tag
    assert_equal "#<Conu::Image #{busybox.full_name}>", busybox.inspect
  end

  it "tells the same as document and as metadata" do
    document = busybox.inspect_data(refresh: true)
    metadata = busybox.metadata
    assert_equal document.fetch("Id"), metadata.identifier
    assert_equal busybox.id, Conu::Image.from_id(busybox.id, engine: engine).id
    assert_equal "tests", metadata.labels.fetch("org.example.purpose")
    assert_equal "žluťoučký kůň", metadata.labels.fetch("org.example.unicode")
    assert_equal "hello from busybox", metadata.env.fetch("GREETING")
    assert_equal ["sh"], metadata.command
    assert_includes metadata.exposed_ports, "80/tcp"
    assert_includes metadata.image_names.join(" "), "conu/busybox:latest"
    assert_nil metadata.hostname
    assert_equal [], metadata.ipv4_addresses
    assert_predicate metadata, :frozen?
  end

  it "has layers" do
    refute_empty busybox.layer_ids
    assert_equal busybox.layer_ids, busybox.layer_ids(newest_first: false).reverse
    assert_includes busybox.layers.map(&:id), busybox.id
  end

  it "is tagged and removed by name" do
    tagged = busybox.tag_image(repository: "localhost/#{own('tag')}", tag: "one")
    assert_predicate tagged, :present?
    assert_nil tagged.rmi(via_name: true)
    refute_predicate tagged, :present?
    assert_predicate busybox, :present?
    assert_raises(Conu::InvalidArgumentError) { busybox.tag_image }
  end

  it "is pushed under another name" do
    name = "#{Support::REGISTRY}/conu/#{own('push')}"
    steps = []
    pushed = busybox.push(repository: name, tag: "one") { |step| steps << step }
    assert_equal "#{name}:one", pushed.full_name
    refute_empty steps
    assert_equal pushed.full_name, pushed.push.full_name
    pushed.rmi(via_name: true)
  end

  it "is saved and loaded" do
    Dir.mktmpdir do |folder|
      path = Pathname(folder) / "image.tar"
      assert_same busybox, busybox.save(path)
      assert_equal [busybox.full_name], Conu::Image.load(path, engine: engine).map(&:full_name)
      loaded = Conu::Image.load(path, engine: engine) { |step| assert_kind_of Conu::Step, step }
      assert_equal [busybox.full_name], loaded.map(&:full_name)
    end
  end

  it "is built from a folder" do
    busybox
    built_folder("FROM #{Support::REPOSITORY}\nARG WORD\nENV WORD=$WORD\n") do |folder|
      log = +""
      options = { dockerfile: "Recipe", tags: ["localhost/#{own('build')}:one"], args: { WORD: "hello" },
                  labels: { "made.by": "ruby" }, engine: engine }
      built = Conu::Image.build(folder, **options) { |step| log << step.text.to_s }
      assert_equal "localhost/#{own('build')}:one", built.full_name
      assert_equal "hello", built.metadata.env.fetch("WORD")
      assert_equal "ruby", built.metadata.labels.fetch("made.by")
      assert_includes log, "FROM #{Support::REPOSITORY}"
      built.rmi(via_name: true)
    end
  end

  it "names the step of a build that failed" do
    busybox
    built_folder("FROM #{Support::REPOSITORY}\nRUN exit 7\n") do |folder|
      error = assert_raises(Conu::CommandFailedError) do
        Conu::Image.build(folder, dockerfile: "Recipe", engine: engine)
      end
      assert_includes error.message, "exit 7"
    end
  end

  it "tells whether its packages are signed" do
    built_folder("FROM #{Support::REPOSITORY}\nCOPY rpm /bin/rpm\n") do |folder|
      answer = "one (none)|(none)|RSA/SHA512, now, Key ID eeaf551ae05a0dd1|(none)"
      File.write("#{folder}/rpm", "#!/bin/sh\necho '#{answer}'\n")
      File.chmod(0o755, "#{folder}/rpm")
      built = Conu::Image.build(folder, dockerfile: "Recipe", tags: ["localhost/#{own('rpm')}"], engine: engine)
      assert_equal true, built.pkgs_signed_with?("eeaf551ae05a0dd1")
      assert_equal true, built.pkgs_signed_with?("0x00000000", "0xE05A0DD1")
      assert_equal false, built.pkgs_signed_with?("199e2f91fd431d51")
      built.rmi
    end
    assert_raises(Conu::UnsupportedError) { busybox.pkgs_signed_with?("eeaf551ae05a0dd1") }
    assert_raises(Conu::InvalidArgumentError) { busybox.pkgs_signed_with? }
    assert_raises(Conu::InvalidArgumentError) { busybox.pkgs_signed_with?("key") }
  end

  it "is not found under a tag that does not exist" do
    error = assert_raises(Conu::NotFoundError) do
      Conu::Image.new(Support::REPOSITORY, tag: "missing", pull_policy: :always, engine: engine)
    end
    assert_kind_of Conu::Error, error
    assert_equal :not_found, error.code
    assert_includes error.message, "missing"
    refute_nil error.operation
    absent = Conu::Image.new(Support::REPOSITORY, tag: "missing", pull_policy: :never, engine: engine)
    refute_predicate absent, :present?
    assert_equal 404, assert_raises(Conu::NotFoundError) { absent.id }.http_status
  end

  it "tells which container is in the way of its removal" do
    built_folder("FROM #{Support::REPOSITORY}\nLABEL made.by=#{own('busy')}\n") do |folder|
      built = Conu::Image.build(folder, dockerfile: "Recipe", tags: ["localhost/#{own('busy')}"], engine: engine)
      container = built.run("sleep", "600")
      error = assert_raises(Conu::ConflictError) { built.rmi }
      assert_includes error.details.to_s, container.id
      container.delete(force: true)
      built.rmi
      refute_predicate built, :present?
    end
  end
end

describe Conu::Container do
  it "runs to its end" do
    container = start("echo hello from ruby; echo to stderr >&2; exit 3")
    assert_equal 3, container.wait(timeout: 30)
    assert_equal 3, container.exit_code
    refute_predicate container, :running?
    assert_includes container.logs_unicode, "hello from ruby\n"
    assert_includes container.logs_unicode, "to stderr\n"
    assert_equal Encoding::UTF_8, container.logs_unicode.encoding
  end

  it "runs as its options say" do
    name = own("options")
    Dir.mktmpdir do |folder|
      File.chmod(0o755, folder)
      File.write("#{folder}/file", "mounted\n")
      container = start("echo $A $B; cat /mnt/file; pwd; id -u; touch /mnt/new 2>&- || echo read-only", name: name,
                        env: { "A" => "one two", B: 3 }, volumes: { folder => ["/mnt", "ro"] }, workdir: "/etc",
                        user: "1000", labels: { "a.b" => "c" }, network: nil, options: ["--network", "none"])
      assert_equal 0, container.wait(timeout: 30)
      assert_equal name, container.name
      assert_includes container.logs_unicode, "one two 3\nmounted\n/etc\n1000\n"
      assert_includes container.logs_unicode, "read-only"
    end
  end

  it "times out in seconds" do
    error, seconds = timed { start("exec sleep 600").wait(timeout: 0.3) }
    assert_kind_of Conu::TimeoutError, error
    assert_in_delta 0.3, seconds, 2
    assert_raises(Conu::InvalidArgumentError) { containers.last.wait(timeout: -1) }
    assert_includes assert_raises(TypeError) { containers.last.wait(timeout: "1") }.message, '"1"'
    assert_raises(Conu::TimeoutError) { containers.last.wait(timeout: 1/10r) }
    assert_raises(Timeout::Error) { Timeout.timeout(0.1) { containers.last.wait(timeout: Float::INFINITY) } }
  end

  it "is killed, stopped and deleted" do
    container = start("exec sleep 600")
    assert_predicate container, :running?
    assert_raises(Conu::ConflictError) { container.delete }
    container.kill
    assert_equal 137, container.wait(timeout: 30)
    container.stop(grace: 1)
    assert_raises(Conu::ConflictError) { container.kill(15) }
    container.delete
    assert_raises(Conu::NotFoundError) { container.running? }
    container.delete(force: true)
  end

  it "is closed by a block and stays" do
    lent = nil
    id = busybox.run("sleep", "600", name: own("block")) do |container|
      lent = container
      container.id
    end
    assert_predicate lent, :closed?
    error = assert_raises(Conu::ConflictError) { busybox.run("true", name: own("block")) }
    assert_includes error.message, own("block")
  ensure
    remove(id) if id
  end
end

describe Conu::RunBuilder do
  it "gives command line and parameters" do
    Conu::RunBuilder.new("echo", env: { A: "b" }, ports: { 8080 => 80 }) do |builder|
      builder.add_option("--rm").add_argument("").add_volume("/a", "/b", "ro").binary = "podman"
      assert_equal %w[podman run --env A=b --publish 8080:80 --rm], builder.build("fedora:33").first(7)
      assert_equal ["fedora:33", "echo", ""], builder.build("fedora:33").last(3)
      parameters = builder.parameters("fedora:33")
      assert_equal ["echo", ""], parameters.fetch("Cmd")
      assert_equal ["A=b"], parameters.fetch("Env")
    end
    assert_equal %w[--publish 80], Conu::RunBuilder.new(ports: 80).build("x")[2, 2]
  end

  it "is what run takes" do
    builder = Conu::RunBuilder.new("sh", "-c", "exit 4")
    container = busybox.run_via_api(builder)
    containers << container
    assert_equal 4, container.wait(timeout: 30)
    assert_includes assert_raises(TypeError) { busybox.run_via_api(["true"]) }.message, "Conu::RunBuilder"
    assert_raises(Conu::CommandMissingError) { busybox.run("/no/such/program") }
    assert_raises(Conu::InvalidArgumentError) { busybox.run("true", options: ["--no-such-option"]) }
  end
end
