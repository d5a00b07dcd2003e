-- Container: a container of an engine. close lets go of the handle; delete removes the container.
local object = require "conu.object"
local options = require "conu.options"

local Container = object.Container
local container = {}

object.add_methods(Container, { "get_id", "get_name" })

local read_plain = options.reader ""
local read_stop = options.reader "grace"
local read_delete = options.reader "force volumes"
local read_wait = options.reader("", true)

function Container:is_running(given) return self.native:is_running(read_plain(given).cancel) end

-- The exit code of a container that has ended; 0 while it runs.
function Container:exit_code(given) return self.native:exit_code(read_plain(given).cancel) end

-- Asks it to end, and kills it after `grace` seconds: the container's own unless given.
function Container:stop(given)
  local read = read_stop(given)
  return self.native:stop(options.milliseconds(read.grace), read.cancel)
end

-- Sends a signal such as "TERM"; nil is KILL.
function Container:kill(signal, given) return self.native:kill(signal, read_plain(given).cancel) end

-- `force`: also if it runs. `volumes`: also its anonymous volumes.
function Container:delete(given)
  local read = read_delete(given)
  return self.native:delete(read.force == true, read.volumes == true, read.cancel)
end

-- Waits until it ends, at most `timeout` seconds, and gives its exit code.
function Container:wait(given)
  local read = read_wait(given)
  return self.native:wait(options.milliseconds(read.timeout), read.cancel)
end

-- What it has written so far, as UTF-8.
function Container:logs_unicode(given) return self.native:logs_unicode(read_plain(given).cancel) end

return container
