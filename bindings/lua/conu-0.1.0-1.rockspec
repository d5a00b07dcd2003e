-- The rock: needs libconu, SWIG 4.1, Python 3 and a C++20 compiler. From the top folder of the sources:
-- luarocks make bindings/lua/conu-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "conu"
version = "0.1.0-1"
source = {
  url = "file://libconu-0.1.0.tar.gz",  -- what `meson dist --formats gztar` makes
  dir = "libconu-0.1.0",
}
description = {
  summary = "Containers and images for tests: pull, look into, run, wait, assert and clean up",
  license = "MIT",
}
dependencies = { "lua >= 5.1, < 5.5" }
external_dependencies = {
  CONU = { header = "conu/conu.h", library = "conu" },
  JANSSON = { header = "jansson.h", library = "jansson" },
}
build = {
  type = "command",
  build_command = [[
    mkdir -p build-rock &&
    python3 bindings/generate.py include/conu/conu.h bindings/unbound.txt build-rock/conu_api.i &&
    swig -lua -nomoduleglobal -c++ -Ibindings -Ibuild-rock -Iinclude -o build-rock/conu_native.cc \
      bindings/lua/native/conu_native.i &&
    c++ -std=c++20 $(CFLAGS) -fvisibility=hidden $(LIBFLAG) -Ibindings/lua/native -I$(LUA_INCDIR) -I$(CONU_INCDIR) \
      -I$(JANSSON_INCDIR) build-rock/conu_native.cc -o build-rock/conu_native.so \
      -L$(CONU_LIBDIR) -lconu -L$(JANSSON_LIBDIR) -ljansson
  ]],
  install = {
    lua = {
      conu = "bindings/lua/conu.lua",
      ["conu.container"] = "bindings/lua/conu/container.lua",
      ["conu.directory"] = "bindings/lua/conu/directory.lua",
      ["conu.encode"] = "bindings/lua/conu/encode.lua",
      ["conu.engine"] = "bindings/lua/conu/engine.lua",
      ["conu.exec"] = "bindings/lua/conu/exec.lua",
      ["conu.filesystem"] = "bindings/lua/conu/filesystem.lua",
      ["conu.image"] = "bindings/lua/conu/image.lua",
      ["conu.metadata"] = "bindings/lua/conu/metadata.lua",
      ["conu.object"] = "bindings/lua/conu/object.lua",
      ["conu.options"] = "bindings/lua/conu/options.lua",
      ["conu.program"] = "bindings/lua/conu/program.lua",
      ["conu.progress"] = "bindings/lua/conu/progress.lua",
      ["conu.run_builder"] = "bindings/lua/conu/run_builder.lua",
      ["conu.stream"] = "bindings/lua/conu/stream.lua",
      ["conu.wait"] = "bindings/lua/conu/wait.lua",
    },
    lib = { conu_native = "build-rock/conu_native.so" },
  },
}
