-- Source-to-image on a real engine, which CONU_HOST names: what comes of a source and a builder.
local conu = require "conu"
local tap = require "tap"

local assert, test, check, equal, fails, defer = conu.assert, tap.test, tap.check, tap.equal, tap.fails, tap.defer

local image_name = assert(os.getenv "CONU_TEST_REGISTRY", "CONU_TEST_REGISTRY is not set") .. "/conu/busybox"

-- A folder with these files, which are programs.
local function folder_with(files)
  local folder = assert(conu.directory())
  defer(function() assert(folder:remove()) end)
  for name, content in pairs(files) do
    local path = folder:get_path() .. "/" .. name
    os.execute(("mkdir -p \"$(dirname '%s')\""):format(path))
    local file = assert(io.open(path, "w"))
    file:write(content)
    file:close()
    os.execute(("chmod 755 '%s'"):format(path))
  end
  return folder:get_path()
end

-- A builder whose assemble runs the script `do` of the source.
local function new_builder()
  local image = assert(conu.build_image(folder_with {
    Dockerfile = "FROM " .. image_name .. "\nCOPY bin /s2i\nLABEL io.openshift.s2i.scripts-url=image:///s2i\n",
    ["bin/assemble"] = "#!/bin/sh\nexec sh /tmp/src/do\n",
    ["bin/run"] = "#!/bin/sh\ncat /tmp/src/do\n",
    ["bin/usage"] = "#!/bin/sh\necho how to use it\n",
  }, { tags = { "localhost/conu-lua-builder:1" } }))
  defer(function() assert(image:rmi { force = true }) end)
  return image
end

test("a_builder_is_extended_with_a_source", function()
  local source, lines = folder_with { ["do"] = "echo WHO is $WHO" }, {}
  local image = assert(new_builder():s2i_extend(source, "localhost/conu-lua-extended:1", {
    args = { "-e", "WHO=me" }, progress = function(step) lines[#lines + 1] = step.text end,
  }))
  defer(function() assert(image:rmi { force = true }) end)
  equal(image:get_full_name(), "localhost/conu-lua-extended:1")
  check(table.concat(lines, "\n"):find("WHO is me", 1, true))
  local metadata = assert(image:get_metadata())
  equal(metadata.env.WHO, "me")
  equal(metadata.labels["io.openshift.s2i.build.source-location"], source)
end)

test("a_builder_tells_its_usage", function() equal(assert(new_builder():s2i_usage()), "how to use it") end)

test("a_script_that_fails_is_an_error", function()
  local builder, source = new_builder(), folder_with { ["do"] = "echo it went wrong; exit 42" }
  local err = fails(conu.ERROR_COMMAND_FAILED, builder:s2i_extend(source, "localhost/conu-lua-failed:1"))
  check(err.message:find "42" and err.message:find "it went wrong")
  fails(conu.ERROR_UNSUPPORTED, builder:s2i_extend(source, "localhost/conu-lua-failed:1", { args = { "--run" } }))
  fails(conu.ERROR_INVALID_ARGUMENT, builder:s2i_extend(source, "Bad Name"))
  local progress = assert(builder:s2i_extend_progress(source, "localhost/conu-lua-failed:1"))
  check(not pcall(function() for _ in progress:steps() do end end))
end)

test("a_timeout_ends_it", function()
  local source = folder_with { ["do"] = "sleep 60" }
  fails(conu.ERROR_TIMEOUT, new_builder():s2i_extend(source, "localhost/conu-lua-ended:1", { timeout = 1.5 }))
end)

tap.finish()
