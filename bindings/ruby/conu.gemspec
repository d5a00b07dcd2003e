# frozen_string_literal: true

require_relative "lib/conu/version"

Gem::Specification.new do |spec|
  spec.name = "conu"
  spec.version = Conu::VERSION
  spec.authors = ["The libconu authors"]
  spec.summary = "Containers and images for tests, on Docker and Podman"
  spec.description = "Pull an image, look into it, run it, wait, assert and clean up. Built on the C library libconu."
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.1"
  spec.files = Dir["README.md", "examples/*.rb", "ext/conu/*.{rb,h,cxx}", "lib/**/*.rb"]
  spec.extensions = ["ext/conu/extconf.rb"]
  spec.metadata["rubygems_mfa_required"] = "true"
end
