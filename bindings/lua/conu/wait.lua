-- Waiting for a container to be ready. A container that dies ends each wait at once, and the error's details tell why.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Container, Wait = object.Container, object.Wait
local wait = {}

local read_log = options.reader("occurrences", true)
local read_http = options.reader("path status", true)

-- The kinds of conditions: the name that makes one, all names that it may have, and how it is added. The first that fits
-- is taken, so that an HTTP status is not a container's.
local kinds = {
  { "port", "port", function(all, c) return all:add_port(c.port) end },
  { "log", "log occurrences", function(all, c) return all:add_log(c.log, c.occurrences or 1) end },
  { "http", "http path status", function(all, c) return all:add_http(c.http, c.path or "/", c.status or 200) end },
  { "healthy", "healthy", function(all) return all:add_healthy() end },
  { "command", "command exit_code", function(all, c) return all:add_command(c.command, c.exit_code or 0) end },
  { "status", "status", function(all, c) return all:add_status(c.status) end },
}

local function add(all, condition)
  if getmetatable(condition) == Wait then return all:add(condition.native) end
  if type(condition) ~= "table" then error(("a condition expected, got %s"):format(type(condition)), 4) end
  for _, kind in ipairs(kinds) do
    if condition[kind[1]] ~= nil then
      options.check(condition, options.names(kind[2]), 4)
      return kind[3](all, condition)
    end
  end
  error("a condition needs port, log, http, healthy, command or status", 4)
end

local function of(made, conditions)
  local self, err = object.wrap(Wait, made)
  if not self then return nil, err end
  for _, condition in ipairs(conditions) do
    local _
    _, err = add(self.native, condition)
    if err then return nil, err end
  end
  return self
end

-- conu.all_of{ { port = 80 }, { log = "ready", occurrences = 2 }, { http = 80, path = "/", status = 200 },
-- { healthy = true }, { status = "running" }, { command = { "test", "-f", "/ready" }, exit_code = 0 }, … }
function wait.all_of(conditions) return of(native.wait_all_of(), conditions) end

-- The first of them.
function wait.any_of(conditions) return of(native.wait_any_of(), conditions) end

-- Waits, at most `timeout` seconds, for what all_of or any_of has made.
function Container:wait_for(condition, given)
  return self.native:wait_for(object.handle(Wait, condition), options.limits(given))
end

-- Until something in the container listens at the port.
function Container:wait_for_port(port, given)
  return self.native:wait_for_port(port, options.limits(given))
end

-- Until lines of the log have matched the pattern, a regular expression of RE2, `occurrences` times: once unless given.
function Container:wait_for_log(pattern, given)
  local read = read_log(given)
  return self.native:wait_for_log(pattern, read.occurrences or 1, options.milliseconds(read.timeout), read.cancel)
end

-- Until GET `path` ("/") answers `status` (200).
function Container:wait_for_http(port, given)
  local read = read_http(given)
  local timeout = options.milliseconds(read.timeout)
  return self.native:wait_for_http(port, read.path or "/", read.status or 200, timeout, read.cancel)
end

function Container:wait_for_healthy(given)
  return self.native:wait_for_healthy(options.limits(given))
end

-- Such as "running" or "exited".
function Container:wait_for_status(status, given)
  return self.native:wait_for_status(status, options.limits(given))
end

return wait
