-- Containers on a real engine, which CONU_HOST names: state, commands, logs, streams, files, waits, cleaning up.
local conu = require "conu"
local tap = require "tap"

local assert, test, check, equal, fails, defer = conu.assert, tap.test, tap.check, tap.equal, tap.fails, tap.defer

local image_name = assert(os.getenv "CONU_TEST_REGISTRY", "CONU_TEST_REGISTRY is not set") .. "/conu/busybox"

-- Runs a container as `spec` says, which is removed at the end of the test.
local function run(spec)
  local container = assert(assert(conu.image(image_name)):run(spec))
  defer(function() assert(container:delete { force = true, volumes = true }) end)
  return container
end

-- The host's network takes half of the time of a start away.
local function sleeping(options)
  return run { "sleep", "1000", options = options, network = not options and "host" or nil }
end

local function temporary_folder()
  local folder = assert(conu.directory())
  defer(function() assert(folder:remove()) end)
  return folder:get_path()
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

-- --- state -----------------------------------------------------------------------------------------------------------

test("a_container_tells_its_state", function()
  local container = sleeping { "--hostname", "myhost", "-p", "127.0.0.1::80" }
  equal(container:get_status(), "running")
  check(assert(container:get_pid()) > 1)
  equal(assert(container:inspect { refresh = true }).Config.Hostname, "myhost")
  local metadata = assert(container:get_metadata())
  equal(metadata.hostname, "myhost")
  equal(metadata.command[1], "sleep")
  equal(metadata.identifier, container:get_id())
  check(assert(container:get_IPv4s())[1]:find "^%d+%.%d+%.%d+%.%d+$")
  equal(#assert(container:get_IPv6s()), 0)
  check(#assert(container:get_ports()) > 0)
  local port = assert(container:get_host_port(80))
  equal(tonumber(assert(container:get_port_mappings(80))[1].HostPort), port)
  equal(tonumber(assert(container:get_port_mappings())["80/tcp"][1].HostPort), port)
  check(assert(container:get_image_name()):find("conu/busybox", 1, true))
  equal(assert(assert(container:get_image()):get_id()), assert(assert(conu.image(image_name)):get_id()))
  check(type(assert(container:stats())) == "table" and type(assert(container:top())) == "table")
end)

test("a_container_is_found_by_name_and_in_the_list", function()
  local container = sleeping()
  equal(assert(conu.container_from_id(container:get_name())):get_id(), container:get_id())
  fails(conu.ERROR_NOT_FOUND, conu.container_from_id "conu-there-is-no-such-container")
  local found = false
  for _, other in ipairs(assert(assert(conu.default_engine()):list_containers())) do
    found = found or other:get_id() == container:get_id()
  end
  check(found)
end)

test("a_container_is_paused_renamed_restarted_and_committed", function()
  local container = sleeping()
  assert(container:pause())
  equal(container:get_status(), "paused")
  assert(container:unpause())
  local name = container:get_name() .. "-renamed"
  assert(container:rename(name))
  equal(assert(conu.container_from_id(name)):get_id(), container:get_id())
  assert(container:restart { grace = 0 })
  equal(container:is_running(), true)
  assert(container:execute { "touch", "/made" })
  check(#assert(container:changes()) > 0)
  local image = assert(container:commit { repository = "localhost/conu-lua-committed", tag = "one" })
  defer(function() assert(image:rmi { force = true, via_name = true }) end)
  equal(image:get_full_name(), "localhost/conu-lua-committed:one")
end)

-- --- commands --------------------------------------------------------------------------------------------------------

test("a_command_gives_its_code_and_both_outputs_as_bytes", function()
  local result = assert(sleeping():execute({ "sh", "-c", "cat; printf 'a\\000b' >&2; echo $WHO; pwd; exit 3" }, {
    stdin = "in\0put\n", env = { WHO = "me" }, workdir = "/tmp", user = "0", timeout = 20,
  }))
  equal(result.exit_code, 3)
  equal(result.stdout, "in\0put\nme\n/tmp\n")
  equal(result.stderr, "a\0b")
end)

test("a_command_that_takes_too_long_is_ended", function()
  local container = sleeping()
  fails(conu.ERROR_TIMEOUT, container:execute({ "sleep", "777" }, { timeout = 0.3 }))
  check(not assert(container:execute { "ps" }).stdout:find("sleep 777", 1, true))
end)

test("a_missing_command_is_told_apart", function()
  fails(conu.ERROR_COMMAND_MISSING, sleeping():execute { "no-such-program" })
end)

test("an_option_among_the_words_of_a_command_is_refused", function()
  local done, problem = pcall(function() return sleeping():execute { "true", timeout = 0.3 } end)
  check(not done and problem:find("'timeout' is no word", 1, true))
end)

test("a_command_is_talked_to", function()
  local stream = assert(sleeping():execute_stream({ "sh", "-c", "read a; echo got $a; read b; exit 4" }, { timeout = 20 }))
  equal(stream:write "one\n", 4)
  local line, channel = assert(stream:next_line { timeout = 10 })
  equal(line, "got one")
  equal(channel, conu.CHANNEL_STDOUT)
  fails(conu.ERROR_TIMEOUT, stream:next { timeout = 0.1 })
  assert(stream:close_write())
  equal(stream:next { timeout = 10 }, nil)
  equal(stream:get_exit_code(), 4)
  stream:close()
  fails(conu.ERROR_STATE, stream:next())
end)

-- --- logs and streams ------------------------------------------------------------------------------------------------

test("a_log_is_followed_line_by_line", function()
  local lines = {}
  for line in assert(run { "sh", "-c", "echo one; sleep 0.3; echo two; echo three" }:logs { follow = true }) do
    lines[#lines + 1] = line
  end
  equal(table.concat(lines, " "), "one two three")
end)

test("a_log_is_chosen_from", function()
  local container = run { "sh", "-c", "echo bad >&2; sleep 0.3; echo one; echo two" }
  assert(container:wait { timeout = 20 })
  local stream = assert(container:logs { stderr = false, tail = 1 })
  equal(stream:next_line(), "two")
  equal(stream:next_line(), nil)
  local channels = {}
  for line, channel in assert(container:logs { tail = 3 }):lines { timeout = 10 } do channels[line] = channel end
  equal(channels.bad, conu.CHANNEL_STDERR)
  check(assert(container:logs { timestamps = true, stderr = false }):next_line():find "^%d+%-%d+%-%d+T")
  equal(#assert(container:logs_in_bytes()), #"one\ntwo\nbad\n")
end)

test("a_container_is_attached_to", function()
  local container = run { "cat", options = { "-i" } }
  local stream = assert(container:attach { stderr = false })
  assert(stream:write "hello\n")
  equal(stream:next_line { timeout = 10 }, "hello")
  assert(stream:close_write())
  equal(stream:next { timeout = 10 }, nil)
  equal(container:wait { timeout = 20 }, 0)
end)

-- --- files -----------------------------------------------------------------------------------------------------------

test("files_are_copied_in_and_out", function()
  local container, folder = sleeping(), temporary_folder()
  write(folder .. "/file", "some\0bytes")
  assert(container:copy_to(folder .. "/file", "/tmp/there"))
  equal(assert(container:execute { "cat", "/tmp/there" }).stdout, "some\0bytes")
  assert(container:copy_from("/tmp/there", folder .. "/back"))
  equal(read(folder .. "/back"), "some\0bytes")
  fails(conu.ERROR_NOT_FOUND, container:copy_from("/no/such/file", folder .. "/none"))
end)

-- --- waits and reaching ----------------------------------------------------------------------------------------------

local function service()
  return run {
    "sh", "-c", "mkdir /www; echo hello > /www/index.html; sleep 0.3; echo ready; exec httpd -f -p 8080 -h /www",
  }
end

test("a_service_is_waited_for_and_reached", function()
  local container = service()
  assert(container:wait_for_log("^re.dy", { timeout = 20 }))
  assert(container:wait_for_port(8080, { timeout = 20 }))
  assert(container:wait_for_http(8080, { path = "/index.html", timeout = 20 }))
  assert(container:wait_for_status("running", { timeout = 20 }))
  assert(container:wait_for(assert(conu.all_of {
    { port = 8080 }, { log = "ready", occurrences = 1 }, { http = 8080, path = "/none", status = 404 },
    assert(conu.any_of { { status = "exited" }, { command = { "test", "-d", "/www" } } }),
  }), { timeout = 20 }))
  equal(container:is_port_open(8080, { timeout = 5 }), true)
  equal(container:is_port_open(8081, { timeout = 0.5 }), false)
  local response = assert(container:http_request("GET", "/index.html", 8080))
  equal(response.status, 200)
  equal(response.body, "hello\n")
  check(response.headers)
  check(assert(container:open_connection(8080)) > 2)
end)

test("a_wait_ends_with_the_container_and_tells_why", function()
  local container = run { "sh", "-c", "echo this is why; exit 9" }
  local err = fails(conu.ERROR_STATE, container:wait_for_port(80, { timeout = 20 }))
  check(tostring(err):find("9", 1, true) and err.details, tostring(err))
  fails(conu.ERROR_TIMEOUT, sleeping():wait_for_log("never", { timeout = 0.2 }))
  fails(conu.ERROR_INVALID_ARGUMENT, sleeping():wait_for_log("(", { timeout = 5 }))
  check(not pcall(conu.all_of, { { nothing = 1 } }))
end)

-- --- by the program --------------------------------------------------------------------------------------------------

test("a_container_is_run_by_the_program", function()
  local image = assert(conu.image(image_name))
  local container = assert(image:run_via_binary { "sh", "-c", "echo by the program" })
  defer(function() assert(container:delete { force = true }) end)
  equal(container:wait { timeout = 20 }, 0)
  equal(container:logs_unicode(), "by the program\n")
  fails(conu.ERROR_COMMAND_MISSING, image:run_via_binary { "true", binary = "/no/such/program" })
  local err = fails(conu.ERROR_COMMAND_FAILED, image:run_via_binary { "true", options = { "--no-such-option" } })
  equal(err.details.exit_code, 125)
  check(err.details.stderr:find("--no-such-option", 1, true), err.details.stderr)
end)

test("a_program_in_the_foreground_is_talked_to", function()
  local image = assert(conu.image(image_name))
  local container = assert(image:run_via_binary_in_foreground { "sh", "-c", "cat; echo end >&2; exit 4" })
  defer(function() assert(container:delete { force = true }) end)
  fails(conu.ERROR_TIMEOUT, container:wait_process { timeout = 0.1 })
  equal(container:write_to_stdin "he\0llo\n", 7)
  local stream = assert(container:get_process_stream())
  defer(function() stream:close() end)
  equal(stream:next_line { timeout = 20 }, "he\0llo")
  assert(container:close_stdin())
  fails(conu.ERROR_STATE, container:write_to_stdin "more")
  local line, channel = stream:next_line { timeout = 20 }
  equal(line, "end")
  equal(channel, conu.CHANNEL_STDERR)
  equal(stream:next_line { timeout = 20 }, nil)
  equal(container:wait_process { timeout = 20 }, 4)
end)

test("only_the_streams_that_are_asked_for_are_piped", function()
  local image = assert(conu.image(image_name))
  local container = assert(image:run_via_binary_in_foreground(
    { "sh", "-c", "echo out" }, { stdin = false, stderr = false, container_name = "conu-" .. assert(conu.random_string(12)) }))
  defer(function() assert(container:delete { force = true }) end)
  check(container:get_name():find "^conu%-%l+$", container:get_name())
  fails(conu.ERROR_STATE, container:write_to_stdin "x")
  equal(assert(container:get_process_stream()):next_line { timeout = 20 }, "out")
  fails(conu.ERROR_STATE, sleeping():wait_process())
end)

-- --- helpers and cleaning up -----------------------------------------------------------------------------------------

test("a_program_of_the_host_is_run", function()
  local result = assert(conu.run_cmd({ "sh", "-c", "echo out; echo err >&2; exit 5" }, { timeout = 20 }))
  equal(result.exit_code, 5)
  equal(result.stdout .. result.stderr, "out\nerr\n")
  equal(#assert(conu.random_string(12)), 12)
  check(assert(conu.get_selinux_status()))
  equal(conu.check_port("127.0.0.1", 1, { timeout = 1 }), false)
end)

test("what_this_process_has_made_is_cleaned_up", function()
  local container = assert(assert(conu.image(image_name)):run { "sleep", "1000" })
  local engine = assert(conu.default_engine())
  assert(engine:cleanup_containers())
  fails(conu.ERROR_NOT_FOUND, container:inspect { refresh = true })
  assert(engine:cleanup_images())
  assert(engine:cleanup_volumes())
end)

tap.finish()
