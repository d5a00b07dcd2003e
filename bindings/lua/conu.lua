-- conu: pull an image, look into it, run it, wait, assert and clean up, on Docker and Podman.
--
-- A call that fails gives nil and an error: a table with code, name, message, operation, hint, http_status and details,
-- which tostring() makes readable. Options are tables; each call that waits has `timeout`, in seconds, and `cancel`.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"
local encode = require "conu.encode"
local engine = require "conu.engine"
local image = require "conu.image"
local run_builder = require "conu.run_builder"
local container = require "conu.container"
local directory = require "conu.directory"
local exec = require "conu.exec"
local filesystem = require "conu.filesystem"
local wait = require "conu.wait"
require "conu.program"
require "conu.stream"

local conu = {
  null = native.null,  -- null in the engine's documents
  version = native.version,
  version_number = native.version_number,
  engine = engine.open,
  default_engine = engine.default,
  image = image.new,
  image_from_id = image.from_id,
  build_image = image.build,
  build_image_progress = image.build_progress,
  load_images = image.load,
  load_images_progress = image.load_progress,
  run_builder = run_builder.new,
  container_from_id = container.from_id,
  all_of = wait.all_of,
  any_of = wait.any_of,
  directory = directory.new,
  sweep_filesystems = filesystem.sweep,
  get_selinux_status = native.get_selinux_status,
  random_string = native.random_string,
}

-- conu.ERROR_NOT_FOUND, conu.PULL_NEVER, conu.CHANNEL_STDOUT and the others
for name, value in pairs(native) do
  local short = type(name) == "string" and name:match "^CONU_(%u+_[%w_]+)$"
  if short and options.names "ERROR PULL CHANNEL"[short:match "^%u+"] then conu[short] = value end
end

-- The parts of an image's name: domain, path, tag, digest, familiar, normalized.
function conu.parse_reference(reference)
  local parts, err = object.decode(native.parse_reference(reference))
  if not parts then return nil, err end
  for name, part in pairs(parts) do
    if part == conu.null then parts[name] = nil end
  end
  return parts
end

-- A report of what image:check gave, or its JSON, in the XML of JUnit, which CI systems read.
function conu.check_results_to_junit(results)
  return native.check_results_to_junit(encode(results))
end

-- Whether something accepts connections at a port of a host within `timeout` seconds.
function conu.check_port(host, port, given)
  return native.check_port(host, port, options.limits(given))
end

-- Runs a program of this host, an array of words, to its end: a table of `exit_code`, `stdout` and `stderr`.
function conu.run_cmd(command, given)
  return exec.take_result(native.run_cmd(command, options.limits(given)))
end

-- A cancel object, for any number of calls: `seconds` is a deadline for all of them together, nil for none.
function conu.cancel(seconds)
  return object.wrap(object.Cancel, native.cancel_new_with_timeout(options.milliseconds(seconds)))
end

object.add_methods(object.Cancel, { "trigger", "is_triggered" })

-- The values of a call, or its error raised, like assert. Lua 5.1's own assert takes no table, and its interpreter
-- shows none: there the error is raised as text.
function conu.assert(...)
  local value, err = ...
  if value then return ... end
  if err == nil then err = "assertion failed!" end
  error(_VERSION == "Lua 5.1" and not jit and tostring(err) or err, 0)
end

return conu
