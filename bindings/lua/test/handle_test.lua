-- Tests of handles, errors, options and text, which need no engine: handle_test.lua
local conu = require "conu"
local native = require "conu_native"
local tap = require "tap"

local test, check, equal, fails = tap.test, tap.check, tap.equal, tap.fails

local function metatable_of(object) return getmetatable(object.native) end

test("closing_twice_is_closing_once", function()
  local builder = conu.run_builder { "echo" }
  builder:close()
  builder:close()
  fails(conu.ERROR_STATE, builder:add_option("--rm"))
end)

test("gc_and_close_come_in_any_order", function()
  local ways = {
    close = function(object) object:close() end,
    __close = function(object) getmetatable(object).__close(object) end,
    native_close = function(object) metatable_of(object).__close(object.native) end,
    native_gc = function(object) metatable_of(object).__gc(object.native) end,
  }
  for first, one in pairs(ways) do
    for second, other in pairs(ways) do
      local builder = conu.run_builder { "echo" }
      one(builder)
      other(builder)
      one(builder)
      local err = fails(conu.ERROR_STATE, builder:build("fedora"))
      check(err.message:find("RunBuilder", 1, true), first .. ", then " .. second)
    end
  end
  collectgarbage()
end)

-- Runs a script in a process of its own, after some words for the shell, and gives what it wrote and its exit status.
local function run(words, script)
  local path = os.tmpname()
  tap.defer(function() os.remove(path) end)
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local pipe = assert(io.popen(("%s %s %s 2>&1; echo $?"):format(words, arg[-1], path)))
  tap.defer(function() pipe:close() end)
  return pipe:read "*a"
end

test("what_is_forgotten_is_collected", function()
  equal(run("ulimit -n 64;", [[
    local conu = require "conu"
    for i = 1, 1000 do
      conu.assert(conu.cancel(60))
      if i % 10 == 0 then collectgarbage() end
    end
  ]]), "0\n")
end)

test("a_closed_object_refuses_every_call", function()
  local builder, cancel = conu.run_builder {}, conu.cancel()
  builder:close()
  cancel:close()
  for _, call in ipairs { "add_option", "add_argument", "set_binary", "build", "get_parameters" } do
    fails(conu.ERROR_STATE, builder[call](builder, "word"))
  end
  fails(conu.ERROR_STATE, cancel:trigger())
  fails(conu.ERROR_STATE, cancel:is_triggered())
  fails(conu.ERROR_STATE, conu.engine("unix:///no/such.sock", { cancel = cancel }))
end)

test("a_foreign_object_is_an_error_not_a_crash", function()
  local builder, cancel = conu.run_builder {}, conu.cancel()
  for _, wrong in ipairs { io.stdout, cancel.native, 1, "text", {}, print, true } do
    check(not pcall(builder.native.build, wrong, "fedora"))
    check(not pcall(metatable_of(builder).__gc, wrong) or wrong == cancel.native)
    check(not pcall(native.image_new, wrong, "fedora", nil, conu.PULL_NEVER, nil))
    check(not pcall(conu.image, "fedora", { engine = wrong }))
  end
end)

test("a_to_be_closed_variable_is_closed", function()
  local load_chunk = loadstring or load
  local chunk = load_chunk [[
    local conu = ...
    local kept
    do
      local builder <close> = conu.run_builder { "echo" }
      kept = builder
      assert(builder:build("fedora"))
    end
    return kept:build("fedora")
  ]]
  if not chunk then
    check(_VERSION ~= "Lua 5.4", "Lua 5.4 has such variables")
    return
  end
  fails(conu.ERROR_STATE, chunk(conu))
end)

test("the_end_of_the_interpreter_frees_all", function()
  equal(run("", [[
    local conu = require "conu"
    Kept = { conu.run_builder { "echo" }, conu.cancel(1), conu.run_builder {} }
    Kept[3]:close()
    getmetatable(Kept[1].native).__gc(Kept[1].native)
    print "done"
  ]]), "done\n0\n")
end)

test("an_error_tells_the_whole_story", function()
  local err = fails(conu.ERROR_INVALID_ARGUMENT, conu.parse_reference("Fedora"))
  equal(err.name, "CONU_ERROR_INVALID_ARGUMENT")
  check(err.message:find("Fedora", 1, true), err.message)
  check(type(err.operation) == "string" and err.http_status == nil)
  check(tostring(err):find(err.message, 1, true), tostring(err))
end)

test("conu_assert_raises_the_error_or_gives_the_values", function()
  local one, two, three = conu.assert(1, 2, 3)
  check(one == 1 and two == 2 and three == 3)
  equal(select("#", conu.assert(1)), 1)
  local passed, err = pcall(conu.assert, conu.parse_reference("Fedora"))
  check(not passed and tostring(err):find("Fedora", 1, true), tostring(err))
  check(not pcall(conu.assert, false))
end)

test("an_unknown_option_is_an_error_where_the_call_stands", function()
  for _, call in ipairs {
    function() conu.image("fedora", { tagg = "33" }) end,
    function() conu.run_builder { "echo", nmae = "x" } end,
    function() conu.run_builder "echo" end,
    function() conu.image("fedora", { timeout = 1, cancel = conu.cancel() }) end,
  } do
    local passed, err = pcall(call)
    check(not passed and err:find("handle_test.lua", 1, true), err)
  end
end)

test("a_string_with_a_nul_byte_is_refused", function()
  fails(conu.ERROR_INVALID_ARGUMENT, conu.parse_reference("fed\0ora"))
  fails(conu.ERROR_INVALID_ARGUMENT, conu.run_builder { "echo", "a\0b" })
  fails(conu.ERROR_INVALID_ARGUMENT, native.run_builder_new({ "echo", "a\0b" }, nil))
end)

test("a_reference_is_taken_apart", function()
  local parts = conu.assert(conu.parse_reference("fedora"))
  equal(parts.domain, "docker.io")
  equal(parts.path, "library/fedora")
  equal(parts.familiar, "fedora")
  equal(parts.normalized, "docker.io/library/fedora:latest")
  check(parts.digest == nil)
  for _, wrong in ipairs { "", "Fedora", "fedora:" } do
    fails(conu.ERROR_INVALID_ARGUMENT, conu.parse_reference(wrong))
  end
end)

test("documents_become_tables", function()
  local document = native.decode [[
    {"text": "žluť", "nul": "a\u0000b", "list": [1, [], {}, null], "yes": true, "no": false, "half": 0.5,
     "whole": 9007199254740993, "nothing": null}
  ]]
  equal(document.text, "žluť")
  equal(document.nul, "a\0b")
  check(#document.list == 4 and document.list[1] == 1 and next(document.list[2]) == nil)
  check(document.list[4] == conu.null and document.nothing == conu.null)
  check(document.yes == true and document.no == false and document.half == 0.5)
  equal(native.decode "7", 7)
  equal(native.decode "null", conu.null)
  if math.type then
    equal(math.type(document.whole), "integer")
    equal(tostring(document.whole), "9007199254740993")
  end
end)

test("an_integer_of_more_than_64_bits_leaves_the_others_whole", function()
  local document = native.decode [[{"huge": 18446744073709551615, "one": 1, "half": 0.5}]]
  equal(document.huge, 18446744073709551615.0)
  equal(tostring(document.one), "1")
  equal(document.half, 0.5)
end)

test("what_is_no_json_is_a_failure", function()
  for _, wrong in ipairs { "", "{", "[1,]", '{"a":', "\255" } do
    fails(conu.ERROR_PROTOCOL, native.decode(wrong))
  end
end)

test("a_deep_document_does_not_overflow_the_stack", function()
  local depth = 1000
  local document = native.decode(("["):rep(depth) .. ("]"):rep(depth))
  for _ = 1, depth - 1 do document = document[1] end
  equal(next(document), nil)
end)

test("a_run_builder_gives_command_line_and_parameters", function()
  local builder = conu.assert(conu.run_builder {
    "echo", "hi", 5, name = "web", env = { "A=1", B = 2 }, labels = { tier = "front" }, ports = { "8080:80" },
    volumes = { "data:/data", { source = "/a", target = "/b", mode = "ro" } }, workdir = "/srv", user = "app",
    entrypoint = "sh", network = "none", rm = true, options = { "--env=C=3" }, binary = "podman",
  })
  conu.assert(builder:add_option("-e"))
  conu.assert(builder:add_option("D=4"))
  conu.assert(builder:add_argument(""))
  local line = table.concat(conu.assert(builder:build("fedora:33")), " ")
  check(line:find("^podman run ") and line:find(" fedora:33 echo hi 5 $"), line)
  local parameters = conu.assert(builder:get_parameters("fedora:33"))
  equal(parameters.Image, "fedora:33")
  equal(table.concat(parameters.Env, " "), "A=1 B=2 C=3 D=4")
  equal(table.concat(parameters.Cmd, "|"), "echo|hi|5|")
  equal(parameters.Entrypoint[1], "sh")
  equal(parameters.Labels.tier, "front")
  equal(parameters.WorkingDir, "/srv")
  fails(conu.ERROR_INVALID_ARGUMENT, conu.assert(conu.run_builder { options = { "-p" } }):get_parameters("fedora"))
end)

test("a_cancel_object_stays_triggered", function()
  local cancel = conu.cancel()
  equal(cancel:is_triggered(), false)
  cancel:trigger()
  equal(cancel:is_triggered(), true)
  equal(cancel:is_triggered(), true)
end)

test("the_version_is_a_number_too", function()
  local major, minor, patch = conu.version():match "^(%d+)%.(%d+)%.(%d+)$"
  equal(conu.version_number(), major * 10000 + minor * 100 + patch)
  equal(tostring(conu.version_number()), ("%d"):format(major * 10000 + minor * 100 + patch))
end)

tap.finish()
