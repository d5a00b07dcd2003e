# frozen_string_literal: true

module Conu
  # An image of an engine, by name or by ID. Whether the engine has it is another question, see #present?. Where a
  # method needs an image that the engine does not have, it raises NotFoundError.
  class Image < Handle
    PULL_POLICIES = {
      never: Native::CONU_PULL_NEVER,
      if_not_present: Native::CONU_PULL_IF_NOT_PRESENT,
      always: Native::CONU_PULL_ALWAYS
    }.freeze
    private_constant :PULL_POLICIES

    class << self
      # An image that the engine has, by its ID or the beginning of it.
      def from_id(id, engine: nil, &block) = wrap(Native.image_from_id(Engine.unwrap(engine), id), &block)

      # Builds an image from a folder with a Dockerfile, and gives it by its first name, or by ID where it got none. A
      # block is given each step, whose text is a line of the log. CommandFailedError names the step that failed.
      #
      # [tags] names for the image, with or without a tag
      # [dockerfile] relative to the folder; "Dockerfile" unless given
      # [args] values for the ARGs of the Dockerfile
      # [labels] labels for the image
      # [target] the stage to stop at
      # [platform] such as "linux/arm64/v8"
      # [no_cache] run every step even if the engine has its result
      # [pull] pull the base image even if the engine has it
      def build(path, engine: nil, **options, &report)
        return build_progress(path, engine: engine, **options).follow(report, &:image) if report

        wrap(Native.image_build(Engine.unwrap(engine), build_options(path, **options)))
      end

      # Starts a build, as #build does it, and returns its Progress.
      def build_progress(path, engine: nil, **options, &block)
        Progress.wrap(Native.image_build_progress(Engine.unwrap(engine), build_options(path, **options)), &block)
      end

      # Loads the images of a tar archive, such as #save writes, and gives them in an Array. A block is given each step.
      def load(path, engine: nil, &report)
        return load_progress(path, engine: engine).follow(report, &:images) if report

        Convert.images(Native.image_load(Engine.unwrap(engine), File.path(path)))
      end

      # Starts a load, as #load does it, and returns its Progress.
      def load_progress(path, engine: nil, &block)
        Progress.wrap(Native.image_load_progress(Engine.unwrap(engine), File.path(path)), &block)
      end

      private

      def build_options(path, tags: [], dockerfile: nil, args: {}, labels: {}, target: nil, platform: nil,
                        no_cache: false, pull: false)
        options = Native.build_options_new
        options.set_path(File.path(path))
        options.set_dockerfile(File.path(dockerfile)) if dockerfile
        Array(tags).each { |tag| options.add_tag(tag) }
        args.each { |name, value| options.add_arg(name.to_s, value.to_s) }
        labels.each { |name, value| options.add_label(name.to_s, value.to_s) }
        options.set_target(target) if target
        options.set_platform(platform) if platform
        options.set_no_cache(no_cache)
        options.set_pull(pull)
        options
      end
    end

    # An image by name: a repository, which may carry its tag or digest. +pull_policy+ acts here, once: :never makes no
    # request, :if_not_present asks the engine and pulls if it does not have the image, :always pulls.
    def initialize(repository, tag: nil, pull_policy: :if_not_present, engine: nil)
      policy = PULL_POLICIES.fetch(pull_policy) do
        raise InvalidArgumentError, "pull_policy: #{pull_policy.inspect} is none of #{PULL_POLICIES.keys.inspect}"
      end
      super(Native.image_new(Engine.unwrap(engine), repository, tag, policy))
    end

    # The name as it was given, with its tag or digest; the ID where the image has no name.
    def full_name = native.get_full_name

    # The name without tag and digest; nil where the image has no name.
    def repository = native.get_repository

    # The tag; nil where the image has none.
    def tag = native.get_tag

    # The ID, such as "sha256:...", asked once and then remembered.
    def id = native.get_id

    # Whether the engine has the image, asked anew each time.
    def present? = native.is_present

    # All that the engine tells about the image, as a Hash. The answer is kept until +refresh+. (#inspect is Ruby's.)
    def inspect_data(refresh: false) = Convert.document(native.inspect(refresh))

    # The same facts, read into a Metadata.
    def metadata(refresh: false) = Metadata.take(native.get_metadata(refresh))

    # Pulls the image from its registry. A block is given each Step.
    def pull(platform: nil, &report)
      if report
        pull_progress(platform: platform).follow(report) { self }
      else
        native.pull(pull_options(platform))
        self
      end
    end

    # Starts a pull and returns its Progress.
    def pull_progress(platform: nil, &block)
      Progress.wrap(native.pull_progress(pull_options(platform)), &block)
    end

    # Pushes the image to its registry, tagged first if there is a repository or a tag, and gives it under the name that
    # was pushed. A block is given each Step.
    def push(repository: nil, tag: nil, &report)
      return push_progress(repository: repository, tag: tag).follow(report, &:image) if report

      Image.wrap(native.push(repository, tag))
    end

    # Starts a push and returns its Progress.
    def push_progress(repository: nil, tag: nil, &block)
      Progress.wrap(native.push_progress(repository, tag), &block)
    end

    # Gives the image one more name, and gives the image under it. Without a repository that is the image's own, without
    # a tag "latest"; one of the two must be given.
    def tag_image(repository: nil, tag: nil) = Image.wrap(native.tag_image(repository, tag))

    # Removes the image from the engine. ConflictError has the containers that are in the way in its details.
    #
    # [force] also if it has other names or a stopped container uses it
    # [via_name] removes this name, and the image once no name is left
    def rmi(force: false, via_name: false)
      native.rmi(force, via_name)
      nil
    end

    # Writes the image to a tar archive. After a failure there is no half-written file.
    def save(path)
      native.save(File.path(path))
      self
    end

    # The IDs in the history of the image; "<missing>" for a step whose own image the engine does not have.
    def layer_ids(newest_first: true) = Convert.strings(native.get_layer_ids(newest_first))

    # The images in the history of the image, as far as the engine has them.
    def layers(newest_first: true) = Convert.images(native.layers(newest_first))

    # Whether every rpm package of the image is signed, and with these keys alone: IDs or fingerprints, or at least 8
    # digits of their end. Packages that do not pass are named in the log. UnsupportedError if the image has no rpm.
    def pkgs_signed_with?(*keys) = native.has_pkgs_signed_with(Convert.string_list(keys))

    # Checks the image against a document, a Hash or its JSON, in the schema of container-structure-test and with some
    # checks more: see docs/checks.md. The results are a Hash with "Pass", "Fail", "Total" and "Results"; a check that does
    # not hold raises nothing, a mistake in the document InvalidArgumentError.
    def check(checks) = Convert.document(native.check(Convert.json(checks)))

    # Creates a container from the image and starts it: <tt>image.run("echo", "hi", env: { LANG: "C" })</tt>. The
    # keywords are those of RunBuilder.new. With a block, gives it the container, and closes the handle afterwards; the
    # container stays.
    def run(*command, **options, &block)
      RunBuilder.new(*command, **options) { |builder| run_via_api(builder, &block) }
    end

    # The same with a RunBuilder; nil is the image's own command, and no options.
    def run_via_api(builder = nil, &block) = Container.wrap(native.run_via_api(RunBuilder.unwrap(builder)), &block)

    # The same by the program "docker" or "podman", or that of RunBuilder#binary=, which is pointed at the engine of the
    # image. Where it fails CommandFailedError has what it said, and its "exit_code" and "stderr" in the details.
    # CommandMissingError if there is no program.
    def run_via_binary(builder = nil, &block)
      Container.wrap(native.run_via_binary(RunBuilder.unwrap(builder)), &block)
    end

    # The same in the foreground: the program stays, with the container's streams as its own, until the container ends.
    # It belongs to the handle: closing that ends the program, and leaves the container.
    #
    # [stdin] pipe its input, for Container#write_to_stdin
    # [stdout, stderr] pipe its output, for Container#process_stream; what is not piped goes where that of this process
    #   goes
    # [name] of the container, where the builder gives none
    def run_via_binary_in_foreground(builder = nil, stdin: false, stdout: false, stderr: false, name: nil, &block)
      pipes = Convert.pipes(stdin: stdin, stdout: stdout, stderr: stderr)
      Container.wrap(native.run_via_binary_in_foreground(RunBuilder.unwrap(builder), pipes, name), &block)
    end

    private

    def pull_options(platform)
      return if platform.nil?

      Native.pull_options_new.tap { |options| options.set_platform(platform) }
    end

    def description = full_name
  end
end
