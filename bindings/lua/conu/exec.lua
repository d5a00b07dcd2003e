-- Commands in a container, its log, and its streams.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Container, Stream = object.Container, object.Stream
local exec = {}

local exec_names = "user workdir env stdin tty privileged"
local read_execute = options.reader(exec_names, true)
local read_logs = options.reader "follow timestamps stdout stderr since until tail"
local read_attach = options.reader "stdin stdout stderr"

-- The result of a command as a table; a failure passes through.
function exec.take_result(handle, err)
  if not handle then return nil, err end
  local result = {
    exit_code = handle:get_exit_code(), stdout = handle:get_stdout(), stderr = handle:get_stderr(),
  }
  native.close(handle)
  return result
end

local function options_of_exec(read)
  local made, err = native.exec_options_new()
  if not made then return nil, err end
  local setters = {
    { "set_tty", read.tty == true }, { "set_privileged", read.privileged == true },
    { "set_timeout", options.milliseconds(read.timeout) },
  }
  for _, name in ipairs { "user", "workdir", "stdin" } do
    if read[name] ~= nil then setters[#setters + 1] = { "set_" .. name, read[name] } end
  end
  for name, value in pairs(read.env or {}) do setters[#setters + 1] = { "add_env", name, tostring(value) } end
  return options.set_all(made, setters)
end

-- Runs a command, an array of words, to its end: a table of `exit_code`, `stdout` and `stderr`. A code that is not 0 is
-- a result. `timeout` ends the command, too.
function Container:execute(command, given)
  local read = read_execute(given)
  local made, err = options_of_exec(read)
  if not made then return nil, err end
  return exec.take_result(self.native:execute(command, made, read.cancel))
end

-- The same as a stream.
function Container:execute_stream(command, given)
  local read = read_execute(given)
  local made, err = options_of_exec(read)
  if not made then return nil, err end
  return object.wrap(Stream, self.native:execute_stream(command, made, read.cancel))
end

-- The log as a stream: `follow`, `timestamps`, `stdout` and `stderr` (false leaves one out), `since` and `until` in
-- seconds of Unix time, `tail` in lines.
function Container:logs(given)
  local read = read_logs(given)
  local made, err = native.logs_options_new()
  if not made then return nil, err end
  made:set_follow(read.follow == true)
  made:set_timestamps(read.timestamps == true)
  made:set_channels(read.stdout ~= false, read.stderr ~= false)
  if read.since then made:set_since(math.floor(read.since * 1000)) end
  if read["until"] then made:set_until(math.floor(read["until"] * 1000)) end
  if read.tail then made:set_tail(read.tail) end
  return object.wrap(Stream, self.native:logs(made, read.cancel))
end

-- Its standard streams as they go on from now; `stdin`, `stdout` or `stderr` false leaves one out.
function Container:attach(given)
  local read = read_attach(given)
  return object.wrap(Stream, self.native:attach(options.pipes(read), read.cancel))
end

return exec
