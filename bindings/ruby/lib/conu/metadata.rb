# frozen_string_literal: true

module Conu
  # What an engine tells about an image or a container, at one moment. Where the object has no such thing a text is
  # nil, an Array or a Hash empty: an image has no hostname.
  #
  # [name] first name of an image, name of a container
  # [identifier] the ID
  # [creation_timestamp] by RFC 3339, as the engine wrote it
  # [digest] first of the repository digests of an image
  # [hostname] host name inside a container
  # [status] state of a container, such as "running"
  # [labels] all labels, as a Hash
  # [env] the whole environment, as a Hash
  # [port_mappings] published ports, as a Hash: for "8080/tcp" the host's addresses and ports
  # [command] the command that is run, as an Array
  # [image_names] all names of an image, with their tags
  # [repo_digests] digests under which registries know an image
  # [exposed_ports] ports that are declared open, as "8080/tcp"
  # [ipv4_addresses] of a container, one for each network
  # [ipv6_addresses] of a container, one for each network
  Metadata = Struct.new(:name, :identifier, :creation_timestamp, :digest, :hostname, :status, :labels, :env,
                        :port_mappings, :command, :image_names, :repo_digests, :exposed_ports, :ipv4_addresses,
                        :ipv6_addresses, keyword_init: true)

  class Metadata
    # Reads all of an object of libconu, and frees that.
    def self.take(native) # :nodoc:
      texts = %i[name identifier creation_timestamp digest hostname status]
      lists = %i[command image_names repo_digests exposed_ports ipv4_addresses ipv6_addresses]
      documents = %i[labels env port_mappings]
      values = texts.to_h { |name| [name, native.public_send("get_#{name}")] }
      lists.each { |name| values[name] = Convert.strings(native.public_send("get_#{name}")) }
      documents.each { |name| values[name] = Convert.document(native.public_send("get_#{name}_json")) || {} }
      new(**values).freeze
    ensure
      Native.close(native)
    end
  end
end
