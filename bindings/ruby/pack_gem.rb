# frozen_string_literal: true

# Packs the gem from this folder and the C++ that SWIG has generated: pack_gem.rb NATIVE_WRAP.cxx OUT.gem
require "fileutils"
require "rubygems/package"
require "tmpdir"

wrap, out = ARGV.map { |path| File.expand_path(path) }
Dir.mktmpdir do |folder|
  FileUtils.cp_r(%w[README.md conu.gemspec examples ext lib].map { |name| "#{__dir__}/#{name}" }, folder)
  FileUtils.cp(wrap, "#{folder}/ext/conu")
  Dir.chdir(folder) do
    Gem::DefaultUserInteraction.use_ui(Gem::SilentUI.new) do
      Gem::Package.build(Gem::Specification.load("conu.gemspec"), false, false, out)
    end
  end
end
