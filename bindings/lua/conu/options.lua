-- Options of calls: tables whose names are checked, so that a name which is spelled wrong is not silently ignored.
local native = require "conu_native"
local object = require "conu.object"

local options = {}
local unpack = table.unpack or unpack  -- Lua 5.1 has the latter

-- A set of the names in a text.
function options.names(text)
  local names = {}
  for name in text:gmatch "[%w_]+" do names[name] = true end
  return names
end

-- Raises an error, at a level as error() has it, unless `given` is nil or a table that has no other names.
function options.check(given, names, level)
  if given == nil then return end
  if type(given) ~= "table" then
    error(("a table of options expected, got %s"):format(type(given)), level + 1)
  end
  for name in pairs(given) do
    if not names[name] then error(("unknown option '%s'"):format(tostring(name)), level + 1) end
  end
end

-- Seconds as milliseconds; nil is no limit. Rounded up, so that a short time does not become none.
function options.milliseconds(seconds)
  if seconds == nil or seconds < 0 or seconds == math.huge then return -1 end
  return math.ceil(seconds * 1000)
end

-- For the function that the caller's own one has called.
local function read_options(given, names, waits)
  options.check(given, names, 4)
  local read = {}
  for name, value in pairs(given or {}) do read[name] = value end
  read.engine = object.handle(object.Engine, read.engine)
  read.cancel = object.handle(object.Cancel, read.cancel)
  if read.timeout and not waits then
    if read.cancel then error("give a cancel object or a timeout, not both", 4) end
    read.cancel = options.milliseconds(read.timeout)
  end
  return read
end

-- A reader of the options of a call, which may all have `timeout` and `cancel`. It gives a copy, in which `engine` is
-- its native handle, and `cancel` what the native call takes: a handle, milliseconds or nil. The timeout is a deadline
-- of the whole call, unless this is one that `waits` with a timeout of its own.
function options.reader(text, waits)
  local names = options.names(text .. " timeout cancel")
  return function(given)
    local read = read_options(given, names, waits)
    return read
  end
end

local limits = options.names "timeout cancel"

-- The options of a call that waits and has no others: milliseconds and what cancels it, as the native call takes them.
function options.limits(given)
  local read = read_options(given, limits, true)
  return options.milliseconds(read.timeout), read.cancel
end

-- CONU_STDIN_PIPE and the others, of the options `stdin`, `stdout` and `stderr` that are not false.
function options.pipes(read)
  return (read.stdin ~= false and native.CONU_STDIN_PIPE or 0) + (read.stdout ~= false and native.CONU_STDOUT_PIPE or 0) +
    (read.stderr ~= false and native.CONU_STDERR_PIPE or 0)
end

-- Calls setters of a native object, each an array of its name and arguments, until one fails. `n` tells how many there
-- are where the last may be nil.
function options.set_all(target, setters)
  for _, setter in ipairs(setters) do
    local _, err = target[setter[1]](target, unpack(setter, 2, setter.n))
    if err then return nil, err end
  end
  return target
end

-- The options of a pull as C takes them; a failure is nil and an error.
function options.of_pull(read)
  local pull, err = native.pull_options_new()
  if not pull then return nil, err end
  return options.set_all(pull, read.platform and { { "set_platform", read.platform } } or {})
end

-- The options of a build as C takes them; a failure is nil and an error.
function options.of_build(path, read)
  local build, err = native.build_options_new()
  if not build then return nil, err end
  local setters = {
    { "set_path", path }, { "set_no_cache", read.no_cache == true }, { "set_pull", read.pull == true },
  }
  for _, name in ipairs { "dockerfile", "target", "platform" } do
    if read[name] ~= nil then setters[#setters + 1] = { "set_" .. name, read[name] } end
  end
  for _, tag in ipairs(read.tags or {}) do setters[#setters + 1] = { "add_tag", tag } end
  for name, value in pairs(read.args or {}) do setters[#setters + 1] = { "add_arg", name, value } end
  for name, value in pairs(read.labels or {}) do setters[#setters + 1] = { "add_label", name, value } end
  return options.set_all(build, setters)
end

return options
