# frozen_string_literal: true

# The gem that CONU_GEM names installs, which compiles it against CONU_INCLUDE and CONU_LIB, and then loads.
require "minitest/autorun"
require "open3"
require "tmpdir"

describe "the gem" do
  def run_in(env, *command)
    output, status = Open3.capture2e(env, *command)
    assert_predicate status, :success?, output
    output
  end

  it "installs from its file and loads" do
    Dir.mktmpdir do |home|
      File.write("#{home}/conu.pc", <<~PC)
        Name: libconu
        Description: the library of this build
        Version: #{ENV.fetch('CONU_VERSION')}
        Cflags: -I#{ENV.fetch('CONU_INCLUDE')}
        Libs: -L#{ENV.fetch('CONU_LIB')} -lconu -Wl,-rpath,#{ENV.fetch('CONU_LIB')}
      PC
      env = { "GEM_HOME" => home, "GEM_PATH" => home, "PKG_CONFIG_PATH" => home, "RUBYLIB" => nil }
      run_in(env, "gem", "install", "--local", "--no-document", ENV.fetch("CONU_GEM"))
      version = run_in(env, RbConfig.ruby, "-w", "-e", 'gem "conu"; require "conu"; puts Conu.version')
      assert_equal ENV.fetch("CONU_VERSION"), version.chomp
    end
  end
end
