# frozen_string_literal: true

module Conu
  # A connection to Docker, or to Podman's service. Where a method takes an +engine:+, nil is the default engine.
  class Engine < Handle
    # Opens an engine and pings it. The url is "unix://PATH", "tcp://HOST:PORT", "https://HOST:PORT" or "context:NAME".
    # Without one the engine is discovered: CONU_HOST, DOCKER_HOST, DOCKER_CONTEXT, the current context of Docker's
    # configuration, then the default sockets.
    def self.open(url = nil, &block) = new(url, &block)

    # The engine that nil stands for: discovered at its first use, then kept for the process. Closing this handle leaves
    # it as it is.
    def self.default(&block) = wrap(Native.engine_default, &block)

    def initialize(url = nil)
      super(Native.engine_open(url))
    end

    # The endpoint, such as "unix:///var/run/docker.sock".
    def url = native.get_url

    # The version of the Docker Engine API that was agreed on, such as "1.41".
    def api_version = native.get_api_version

    # How the engine was found: an Array with a Hash for each candidate, where it comes from and what it answered.
    def discovery = Convert.document(native.get_discovery_json)

    # Sets how many seconds to wait for a connection and for the head of an answer, 60 unless set; nil for no limit.
    def timeout=(seconds)
      native.set_timeout(Convert.milliseconds(seconds))
    end

    # Asks the engine for a sign of life.
    def ping
      native.ping
      self
    end

    # Facts about the engine's host.
    def info = Convert.document(native.info)

    # The versions of the engine and its parts.
    def version = Convert.document(native.version)

    # Checks credentials with the engine and keeps them in this handle for later pulls, pushes and builds. Without a
    # registry they are for Docker Hub.
    def login(username, password, registry: nil)
      native.login(username, password, registry)
      self
    end

    # The images that the engine has, each once, named by the first of its names.
    def list_images = Convert.images(native.list_images)

    # The containers that the engine has, whoever made them, those that do not run among them.
    def list_containers = Convert.containers(native.list_containers)

    # Removes the containers that this process has made, also those that run, with their anonymous volumes. A forked
    # child counts as another process.
    def cleanup_containers
      native.cleanup_containers
      self
    end

    # Removes the images that this process has built or committed, and its containers that use them. ConflictError if
    # the containers or images of others need one, which stays.
    def cleanup_images
      native.cleanup_images
      self
    end

    # Removes the named volumes that this process has made by running containers. ConflictError if a container uses one,
    # which stays.
    def cleanup_volumes
      native.cleanup_volumes
      self
    end

    private

    def description = url
  end
end
