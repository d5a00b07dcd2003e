# frozen_string_literal: true

# Conu pulls images, looks into them, runs them, waits, asserts and cleans up, on Docker and Podman.
#
# A call that waits lets the other threads run, and Ctrl-C, Timeout and Thread#raise end it. A failure raises a
# Conu::Error, which tells the whole story. Times are seconds. Documents of the engine are Hashes, with String keys.
module Conu
end

require "json"
require "conu/native"
require "conu/version"
require "conu/error"
require "conu/convert"
require "conu/handle"
require "conu/engine"
require "conu/progress"
require "conu/metadata"
require "conu/image"
require "conu/run_builder"
require "conu/s2i_image"
require "conu/container"
require "conu/stream"
require "conu/exec"
require "conu/logs"
require "conu/process"
require "conu/service"
require "conu/wait"
require "conu/directory"
require "conu/filesystem"

module Conu
  # The name of an image, taken apart. +tag+ and +digest+ are nil where absent; +familiar+ is the shortest form and
  # +normalized+ the complete one: "fedora" and "docker.io/library/fedora:latest".
  Reference = Struct.new(:domain, :path, :tag, :digest, :familiar, :normalized, keyword_init: true)

  # Reads the name of an image by the reference grammar of the distribution project.
  def self.parse_reference(reference)
    parts = Convert.document(Native.parse_reference(reference))
    Reference.new(**parts.transform_keys(&:to_sym).slice(*Reference.members)).freeze
  end

  # A report of what Image#check gave, or its JSON, in the XML of JUnit, which CI systems read.
  def self.check_results_to_junit(results) = Native.check_results_to_junit(Convert.json(results))

  # The version of the C library, such as "0.1.0".
  def self.version = Native.version

  # The version of the C library as a number: major * 10000 + minor * 100 + patch.
  def self.version_number = Native.version_number
end
