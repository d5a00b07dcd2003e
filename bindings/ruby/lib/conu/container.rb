# frozen_string_literal: true

module Conu
  # A container of an engine, made by Image#run, or found by Container.from_id. Where it is gone, methods raise
  # NotFoundError.
  class Container < Handle
    private_class_method :new

    # A container that the engine has, by its ID, the beginning of it, or its name.
    def self.from_id(id_or_name, engine: nil, &block)
      wrap(Native.container_from_id(Engine.unwrap(engine), id_or_name), &block)
    end

    # The ID.
    def id = native.get_id

    # The name.
    def name = native.get_name

    # All that the engine tells about the container, as a Hash, kept until +refresh+. (#inspect is Ruby's.)
    def inspect_data(refresh: false) = Convert.document(native.inspect(refresh))

    # The same facts, read into a Metadata.
    def metadata(refresh: false) = Metadata.take(native.get_metadata(refresh))

    # The image that it was made from, whatever has its name by now.
    def image(&block) = Image.wrap(native.get_image, &block)

    # What it was made from, in the words of whoever made it: the name of an image, or its ID.
    def image_name = native.get_image_name

    # Its state now: "created", "running", "paused", "restarting", "removing", "exited" or "dead".
    def status = native.get_status

    # Whether it runs now. One that is paused runs.
    def running? = native.is_running

    # The process ID of its first process, as the engine's host counts them; 0 where it does not run.
    def pid = native.get_pid

    # The exit code of a container that has ended; 0 while it runs.
    def exit_code = native.exit_code

    # Its IPv4 addresses, one for each network.
    def ipv4_addresses = Convert.strings(native.get_IPv4s)

    # Its global IPv6 addresses, one for each network.
    def ipv6_addresses = Convert.strings(native.get_IPv6s)

    # The ports that it exposes or publishes, such as "8080".
    def ports = Convert.strings(native.get_ports)

    # Where a TCP port is published: an Array of Hashes with "HostIp" and "HostPort". Without a port, a Hash of such
    # Arrays for all ports, with names such as "80/tcp".
    def port_mappings(port = nil) = Convert.document(native.get_port_mappings(port || 0))

    # The port of 127.0.0.1, on the engine's host, that leads to a TCP port of the container. StateError if there is
    # none.
    def host_port(port) = native.get_host_port(port)

    # Starts a container that was created or has ended. One that runs already is a success.
    def start
      native.start
      self
    end

    # Asks the container to end, and kills it after the grace: seconds, rounded up to whole ones; nil for its own.
    def stop(grace: nil)
      native.stop(Convert.milliseconds(grace))
      self
    end

    # Stops it, if it runs, and starts it again.
    def restart(grace: nil)
      native.restart(Convert.milliseconds(grace))
      self
    end

    # Sends a signal, such as "TERM" or 15.
    def kill(signal = "KILL")
      native.kill(signal.to_s)
      self
    end

    # Holds all its processes where they are, until #unpause.
    def pause
      native.pause
      self
    end

    # Lets the processes of a paused container go on.
    def unpause
      native.unpause
      self
    end

    # Gives it another name. Other handles to it keep the old one.
    def rename(name)
      native.rename(name)
      self
    end

    # Removes the container.
    #
    # [force] also if it runs; and then one that is gone already is a success
    # [volumes] also its anonymous volumes
    def delete(force: false, volumes: false)
      native.delete(force, volumes)
      nil
    end

    # Makes an image of its files and configuration, and gives it; without a repository it has no name. A container that
    # runs is paused meanwhile. A block is given the image, whose handle is closed afterwards.
    def commit(repository: nil, tag: nil, &block) = Image.wrap(native.commit(repository, tag), &block)

    # The files that differ from the image's: an Array of Hashes with "Path" and "Kind", 0 changed, 1 added, 2 removed.
    def changes = Convert.document(native.changes)

    # What it uses of processor, memory, network and devices at this moment, as a Hash.
    def stats = Convert.document(native.stats)

    # Its processes, as a Hash: "Titles" of the columns, and "Processes", a row for each. They depend on the engine.
    def top = Convert.document(native.top)

    # Copies a file or a folder of this host into the container, running or not, as "docker cp" does it: into a
    # +destination+ that is a folder, otherwise to that name; <tt>"folder/."</tt> is what is in a folder.
    def copy_to(source, destination)
      native.copy_to(File.path(source), File.path(destination))
      self
    end

    # Copies a file or a folder of the container to this host, in the same way. It belongs to this user then.
    def copy_from(source, destination)
      native.copy_from(File.path(source), File.path(destination))
      self
    end

    private

    def description = "#{name} #{id[0, 12]}"
  end
end
