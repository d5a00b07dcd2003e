# frozen_string_literal: true

# Puts what `require "conu"` needs together in the build folder: stage.rb LIB NATIVE.so OUT
require "fileutils"

lib, native, out = ARGV
FileUtils.rm_rf("#{out}/conu")
FileUtils.cp_r("#{lib}/.", out)
FileUtils.cp(native, "#{out}/conu")
