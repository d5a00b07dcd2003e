-- The smoke test: the main job on a real engine, which CONU_HOST names. Images come from the registry that
-- CONU_TEST_REGISTRY names; what a test makes is named for this run, and removed again.
local conu = require "conu"
local tap = require "tap"

local assert, test, check, equal, fails, defer = conu.assert, tap.test, tap.check, tap.equal, tap.fails, tap.defer

local host = assert(os.getenv "CONU_HOST", "CONU_HOST is not set")
local registry = assert(os.getenv "CONU_TEST_REGISTRY", "CONU_TEST_REGISTRY is not set")
local repository = registry .. "/conu/busybox"
local unique = os.tmpname()
os.remove(unique)
local run_id = unique:gsub("[^%w]", ""):lower()

local function own(name) return "conu-lua-" .. name .. "-" .. run_id end

local function busybox() return assert(conu.image(repository)) end

-- Runs a shell script in a container, which is removed at the end of the test.
local function start(script)
  local container = assert(busybox():run { "sh", "-c", script, network = "host" })
  defer(function() assert(container:delete { force = true, volumes = true }) end)
  return container
end

local function temporary_folder()
  local pipe = assert(io.popen "mktemp -d")
  local path = pipe:read "*l"
  pipe:close()
  defer(function() os.execute("rm -r " .. path) end)
  return path
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function contains(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then return true end
  end
  return false
end

test("an_engine_tells_about_itself", function()
  local engine = assert(conu.engine(host))
  assert(engine:ping())
  equal(engine:get_url(), host)
  check(engine:get_api_version():find "^%d+%.%d+$")
  check(#assert(engine:get_discovery()) > 0)
  check(assert(engine:info()).OperatingSystem)
  check(assert(engine:version()).ApiVersion)
  assert(engine:set_timeout(30))
  fails(conu.ERROR_INVALID_ARGUMENT, engine:set_timeout(0))
end)

test("the_default_engine_is_the_one_of_the_environment", function()
  equal(assert(conu.default_engine()):get_url(), host)
end)

test("a_pull_reports_its_steps", function()
  local image = assert(conu.image(repository, { tag = "latest", pull_policy = conu.PULL_NEVER }))
  equal(image:get_full_name(), repository .. ":latest")
  equal(image:get_repository(), repository)
  equal(image:get_tag(), "latest")
  local steps = {}
  assert(image:pull { progress = function(step) steps[#steps + 1] = step end })
  check(#steps > 0 and type(steps[1].status) == "string" and type(steps[1].total) == "number")
  assert(image:pull { timeout = 60 })
  equal(image:is_present(), true)
end)

test("a_pull_is_followed_in_a_loop", function()
  local image = assert(conu.image(repository, { pull_policy = conu.PULL_NEVER }))
  local progress = assert(image:pull_progress())
  fails(conu.ERROR_STATE, progress:take_image())
  local steps = 0
  for step in progress:steps { timeout = 60 } do steps = steps + (step.status and 1 or 0) end
  check(steps > 0)
  equal(assert(progress:take_image()):get_full_name(), repository .. ":latest")
  assert(progress:cancel())
end)

test("a_loop_raises_the_failure_of_a_pull", function()
  local image = assert(conu.image(repository, { tag = "missing", pull_policy = conu.PULL_NEVER }))
  local passed, err = pcall(function()
    for _ in assert(image:pull_progress()):steps() do end
  end)
  check(not passed and tostring(err):find("missing", 1, true), tostring(err))
end)

test("a_missing_tag_is_not_found", function()
  local err = fails(conu.ERROR_NOT_FOUND, conu.image(repository, { tag = "missing", pull_policy = conu.PULL_ALWAYS }))
  equal(err.name, "CONU_ERROR_NOT_FOUND")
  check(err.message:find("missing", 1, true) and err.operation, err.message)
  local image = assert(conu.image(repository, { tag = "missing", pull_policy = conu.PULL_NEVER }))
  fails(conu.ERROR_NOT_FOUND, image:pull { progress = function() end })
  equal(fails(conu.ERROR_NOT_FOUND, image:inspect()).http_status, 404)
end)

test("inspect_and_metadata_tell_the_same", function()
  local image = busybox()
  local document = assert(image:inspect { refresh = true })
  local metadata = assert(image:get_metadata())
  equal(metadata.identifier, document.Id)
  equal(assert(image:get_id()):gsub("^sha256:", ""), (document.Id:gsub("^sha256:", "")))
  check(contains(metadata.image_names, repository .. ":latest"))
  equal(metadata.labels["org.example.purpose"], "tests")
  equal(metadata.env.GREETING, "hello from busybox")
  equal(metadata.command[1], "sh")
  check(contains(metadata.exposed_ports, "80/tcp") and #metadata.repo_digests > 0 and metadata.creation_timestamp)
  equal(metadata.hostname, nil)
  equal(assert(assert(conu.image_from_id(document.Id)):get_id()), assert(image:get_id()))
end)

test("the_engine_lists_the_image_and_its_layers", function()
  local id, found = assert(busybox():get_id()), false
  for _, image in ipairs(assert(assert(conu.engine(host)):list_images())) do
    found = found or assert(image:get_id()) == id
  end
  check(found)
  check(#assert(busybox():get_layer_ids()) > 0)
  check(#assert(busybox():layers { newest_first = false }) > 0)
end)

test("a_tagged_image_is_removed_by_its_name", function()
  local tagged = assert(busybox():tag_image { repository = "localhost/" .. own "tag", tag = "one" })
  equal(tagged:is_present(), true)
  assert(tagged:rmi { via_name = true })
  equal(tagged:is_present(), false)
  fails(conu.ERROR_INVALID_ARGUMENT, busybox():tag_image())
end)

test("an_image_is_pushed", function()
  local name, steps = registry .. "/conu/" .. own "push", 0
  local pushed = assert(busybox():push {
    repository = name, tag = "one", progress = function() steps = steps + 1 end,
  })
  defer(function() assert(pushed:rmi { via_name = true }) end)
  equal(pushed:get_full_name(), name .. ":one")
  check(steps > 0)
  assert(pushed:push())
  for _ in assert(pushed:push_progress()):steps() do end
end)

test("an_image_is_saved_and_loaded", function()
  local path = temporary_folder() .. "/image.tar"
  assert(busybox():save(path))
  local loaded = assert(conu.load_images(path))
  equal(#loaded, 1)
  equal(loaded[1]:get_full_name(), repository .. ":latest")
  equal(#assert(conu.load_images(path, { progress = function() end })), 1)
  local progress = assert(conu.load_images_progress(path))
  for _ in progress:steps() do end
  equal(#assert(progress:take_images()), 1)
end)

test("an_image_is_built", function()
  local folder = temporary_folder()
  busybox()
  write(folder .. "/Recipe", "FROM " .. repository .. "\nARG WORD\nENV WORD=$WORD\n")
  local recipe = {
    dockerfile = "Recipe", tags = { "localhost/" .. own "build" .. ":one" }, args = { WORD = "hello" },
    labels = { ["made.by"] = "lua" },
  }
  local progress = assert(conu.build_image_progress(folder, recipe))
  for _ in progress:steps() do end
  local lines = {}
  recipe.progress = function(step) lines[#lines + 1] = step.text end
  local built = assert(conu.build_image(folder, recipe))
  defer(function() assert(built:rmi { via_name = true }) end)
  equal(assert(progress:take_image()):get_full_name(), built:get_full_name())
  local metadata = assert(built:get_metadata())
  equal(metadata.env.WORD, "hello")
  equal(metadata.labels["made.by"], "lua")
  check(table.concat(lines):find("FROM " .. repository, 1, true), table.concat(lines))
end)

test("a_build_tells_which_step_failed", function()
  local folder = temporary_folder()
  busybox()
  write(folder .. "/Dockerfile", "FROM " .. repository .. "\nRUN exit 7\n")
  local err = fails(conu.ERROR_COMMAND_FAILED, conu.build_image(folder))
  check(err.message:find("exit 7", 1, true), err.message)
end)

test("a_container_runs_to_its_end", function()
  local container = start "echo hello from lua; exit 3"
  check(#container:get_id() > 0 and #container:get_name() > 0)
  equal(container:wait { timeout = 30 }, 3)
  equal(container:exit_code(), 3)
  equal(container:logs_unicode(), "hello from lua\n")
  equal(container:is_running(), false)
end)

test("a_container_is_killed_stopped_and_deleted", function()
  local container = start "exec sleep 600"
  equal(container:is_running(), true)
  fails(conu.ERROR_CONFLICT, container:delete())
  fails(conu.ERROR_TIMEOUT, container:wait { timeout = 0.05 })
  assert(container:kill())
  equal(container:wait { timeout = 30 }, 137)
  assert(container:stop { grace = 1 })
  assert(container:delete())
  fails(conu.ERROR_NOT_FOUND, container:is_running())
end)

test("the_options_of_run_arrive", function()
  local container = assert(busybox():run {
    "-c", "echo $A $B; pwd; id -u", name = own "run", env = { "A=1", B = 2 }, labels = { ["made.by"] = "lua" },
    workdir = "/tmp", user = "1000", entrypoint = "sh", options = { "--network=none" },
  })
  defer(function() assert(container:delete { force = true }) end)
  equal(container:get_name(), own "run")
  equal(container:wait { timeout = 30 }, 0)
  equal(container:logs_unicode(), "1 2\n/tmp\n1000\n")
  fails(conu.ERROR_CONFLICT, busybox():run { "true", name = own "run" })
end)

test("a_run_builder_serves_many_containers", function()
  local builder = assert(conu.run_builder { "echo", "again" })
  for _ = 1, 2 do
    local container = assert(busybox():run(builder, { timeout = 60 }))
    defer(function() assert(container:delete { force = true }) end)
    equal(container:wait { timeout = 30 }, 0)
    equal(container:logs_unicode(), "again\n")
  end
end)

test("a_program_that_is_not_in_the_image_is_missing", function()
  fails(conu.ERROR_COMMAND_MISSING, busybox():run { "no-such-program" })
end)

test("an_engine_that_is_not_there_is_unreachable", function()
  fails(conu.ERROR_UNREACHABLE, conu.engine("unix://" .. temporary_folder() .. "/no.sock"))
end)

test("coroutines_make_calls_and_yield_between_steps", function()
  local image = assert(conu.image(repository, { pull_policy = conu.PULL_NEVER }))
  local thread = coroutine.create(function()
    assert(image:pull { progress = coroutine.yield })
    local container = start "echo from a coroutine"
    coroutine.yield(assert(container:wait { timeout = 30 }))
    return assert(container:logs_unicode())
  end)
  local steps, last = 0, nil
  repeat
    local resumed, value = coroutine.resume(thread)
    check(resumed, tostring(value))
    if type(value) == "table" then steps = steps + 1 end
    last = value
  until coroutine.status(thread) == "dead"
  check(steps > 0)
  equal(last, "from a coroutine\n")
end)

test("a_timeout_and_a_cancel_object_end_a_call", function()
  local container = start "exec sleep 600"
  local deadline = assert(conu.cancel(0.1))
  fails(conu.ERROR_TIMEOUT, container:wait { cancel = deadline })
  fails(conu.ERROR_TIMEOUT, container:is_running { cancel = deadline })
  equal(deadline:is_triggered(), true)
  local cancel = assert(conu.cancel())
  equal(container:is_running { cancel = cancel }, true)
  cancel:trigger()
  fails(conu.ERROR_CANCELLED, container:wait { cancel = cancel })
  fails(conu.ERROR_CANCELLED, busybox():pull { progress = function() end, cancel = cancel })
end)

test("objects_live_without_each_other", function()
  local engine = assert(conu.engine(host))
  local image = assert(conu.image(repository, { engine = engine }))
  engine:close()
  fails(conu.ERROR_STATE, engine:ping())
  fails(conu.ERROR_STATE, conu.image(repository, { engine = engine }))
  local container = assert(image:run { "true" })
  image:close()
  image = nil
  collectgarbage()
  equal(container:wait { timeout = 30 }, 0)
  assert(container:delete())
  container:close()
  fails(conu.ERROR_STATE, container:wait())
end)

test("a_pull_that_is_closed_half_way_is_abandoned", function()
  local image = assert(conu.image(repository, { pull_policy = conu.PULL_NEVER }))
  local progress = assert(image:pull_progress())
  check(progress:next { timeout = 60 })
  progress:close()
  fails(conu.ERROR_STATE, progress:next())
  assert(image:pull())
end)

-- Runs a script in a process of its own, sends it SIGINT once it has said "ready", and gives what it wrote.
local function interrupted(script)
  local folder = temporary_folder()
  write(folder .. "/script.lua", script)
  local shell = ([[
    cd %s; : >out; %s script.lua >out 2>&1 & pid=$!
    until grep -q ready out; do kill -0 $pid || break; sleep 0.05; done
    sleep 0.2; kill -INT $pid; wait $pid; echo "status $?" >>out]]):format(folder, arg[-1])
  local begun = os.time()
  os.execute(shell)
  check(os.time() - begun < 10, "Ctrl-C came through too late")
  local file = assert(io.open(folder .. "/out"))
  local text = file:read "*a"
  file:close()
  return text
end

local waiting = [[
  local conu = require "conu"
  local image = conu.assert(conu.image("]] .. repository .. [["))
  local container = conu.assert(image:run { "sleep", "600" })
  local function wait()
    io.write("ready\n")
    io.flush()
    local code, err = container:wait { timeout = 20 }
    print("went on with " .. tostring(err and err.name or code))
  end
  local function finish()
    conu.assert(container:delete { force = true })
    print "deleted"
  end
]]

test("ctrl_c_ends_a_call_that_waits", function()
  local text = interrupted(waiting .. "print(pcall(wait)) finish()")
  check(text:find "interrupted!" and text:find "deleted" and text:find "status 0", text)
  check(not text:find "went on", text)
end)

test("ctrl_c_ends_a_call_under_a_debug_hook_of_ones_own", function()
  local text = interrupted(waiting .. "debug.sethook(function() end, 'l') print(pcall(wait)) finish()")
  check(text:find "interrupted!" and text:find "deleted" and text:find "status 0", text)
end)

test("ctrl_c_ends_a_call_in_a_coroutine", function()
  local text = interrupted(waiting .. [[
    print(pcall(function() print(coroutine.resume(coroutine.create(wait))) end))
    finish()
  ]])
  check(text:find "interrupted!" and text:find "deleted" and text:find "status 0", text)
end)

test("ctrl_c_that_nobody_catches_ends_the_program", function()
  local text = interrupted((waiting:gsub("timeout = 20", "timeout = 20, cancel = conu.cancel()")) .. [[
    local passed, problem = pcall(wait)
    finish()
    if not passed then error(problem, 0) end
  ]])
  check(text:find "interrupted!" and text:find "deleted" and text:find "status 1", text)
end)

tap.finish()
