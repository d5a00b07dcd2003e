# frozen_string_literal: true

module Conu
  # How to run a container, in the words of "docker run". Any number of threads may read one, or one may change it.
  class RunBuilder < Handle
    # [command] the command and its arguments; none for the image's own
    # [name] of the container
    # [env] variables, as a Hash; the value nil takes the one of this process
    # [volumes] folders of the engine's host, or names of volumes: <tt>{ "/data" => "/srv" }</tt>, or with a mode
    #   <tt>{ "/data" => ["/srv", "ro"] }</tt>
    # [ports] published ports: <tt>{ 8080 => 80 }</tt> is the host's 8080, <tt>[80]</tt> or +80+ any port of the host
    # [labels] as a Hash
    # [workdir, user, entrypoint, network] as the options of these names
    # [options] more words, such as "--rm"
    def initialize(*command, name: nil, env: {}, volumes: {}, ports: {}, labels: {}, workdir: nil, user: nil,
                   entrypoint: nil, network: nil, options: [])
      words = { "--name" => name, "--workdir" => workdir, "--user" => user, "--entrypoint" => entrypoint,
                "--network" => network }.compact.flatten
      env.each { |variable, value| words.push("--env", [variable, value].compact.join("=")) }
      labels.each { |label, value| words.push("--label", [label, value].compact.join("=")) }
      Array(ports).each { |host, container| words.push("--publish", [host, container].compact.join(":")) }
      super(Native.run_builder_new(command.empty? ? nil : Convert.string_list(command),
                                   Convert.string_list(words + options)))
      volumes.each { |source, (target, mode)| add_volume(source, target, mode) }
    end

    # Appends one word to the options. An option with a value is two words, or one with "=".
    def add_option(word)
      native.add_option(word)
      self
    end

    # Appends one word to the command.
    def add_argument(word)
      native.add_argument(word)
      self
    end

    # Mounts a folder of the engine's host, or a volume. The mode is such as "ro" or "Z".
    def add_volume(source, target, mode = nil)
      native.add_volume(File.path(source), File.path(target), mode)
      self
    end

    # Sets the program of Image#run_via_binary, which #build names first: a name or a path.
    def binary=(binary)
      native.set_binary(binary)
    end

    # The complete command line, for an image of this name: program, "run", options, image, command.
    def build(image) = Convert.strings(native.build(image))

    # The same as the Hash that Image#run_via_api sends as JSON, without the labels of the library.
    def parameters(image) = Convert.document(native.get_parameters(image))

    private

    def description = "docker run"
  end
end
