# frozen_string_literal: true

# Has the gem compile its native module against the libconu that pkg-config finds.
require "mkmf"

pkg_config("conu") or abort "pkg-config does not find conu.pc: install libconu, or set PKG_CONFIG_PATH"
append_cppflags("-std=c++20")
create_makefile("conu/native")
