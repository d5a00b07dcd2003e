-- Container: a container of an engine. close lets go of the handle; delete removes the container.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"
local take_metadata = require "conu.metadata"

local Container, Image = object.Container, object.Image
local container = {}

object.add_methods(Container, { "get_id", "get_name" })

local read_plain = options.reader ""
local read_from_id = options.reader "engine"
local read_inspect = options.reader "refresh"
local read_grace = options.reader "grace"
local read_delete = options.reader "force volumes"
local read_commit = options.reader "repository tag"
local read_body = options.reader "body"

-- Methods that take no more than the options of every call: plain ones, and those that give a document.
for _, name in ipairs {
  "is_running", "get_status", "get_pid", "get_image_name", "get_IPv4s", "get_IPv6s", "get_ports", "start", "pause",
  "unpause", "logs_in_bytes", "logs_unicode",
} do
  Container[name] = function(self, given) return self.native[name](self.native, read_plain(given).cancel) end
end
for _, name in ipairs { "changes", "stats", "top" } do
  Container[name] = function(self, given) return object.decode(self.native[name](self.native, read_plain(given).cancel)) end
end

-- A container that the engine has, by its ID, the beginning of it, or its name.
function container.from_id(id_or_name, given)
  local read = read_from_id(given)
  return object.wrap(Container, native.container_from_id(read.engine, id_or_name, read.cancel))
end

-- --- state -----------------------------------------------------------------------------------------------------------

-- The engine's document, as a table. The answer is kept until `refresh`.
function Container:inspect(given)
  local read = read_inspect(given)
  return object.decode(self.native:inspect(read.refresh == true, read.cancel))
end

-- The same facts, read for you.
function Container:get_metadata(given)
  local read = read_inspect(given)
  return take_metadata(self.native:get_metadata(read.refresh == true, read.cancel))
end

function Container:get_image(given) return object.wrap(Image, self.native:get_image(read_plain(given).cancel)) end

-- The exit code of a container that has ended; 0 while it runs.
function Container:exit_code(given) return self.native:exit_code(read_plain(given).cancel) end

-- Where a port is published: an array of HostIp and HostPort; for nil a table of such arrays, by names like "80/tcp".
function Container:get_port_mappings(port, given)
  return object.decode(self.native:get_port_mappings(port or 0, read_plain(given).cancel))
end

-- The port of 127.0.0.1 that leads to this port of the container.
function Container:get_host_port(port, given) return self.native:get_host_port(port, read_plain(given).cancel) end

-- --- its life --------------------------------------------------------------------------------------------------------

-- Asks it to end, and kills it after `grace` seconds: the container's own unless given.
function Container:stop(given)
  local read = read_grace(given)
  return self.native:stop(options.milliseconds(read.grace), read.cancel)
end

-- The same, and starts it again.
function Container:restart(given)
  local read = read_grace(given)
  return self.native:restart(options.milliseconds(read.grace), read.cancel)
end

-- Sends a signal such as "TERM"; nil is KILL.
function Container:kill(signal, given) return self.native:kill(signal, read_plain(given).cancel) end

function Container:rename(name, given) return self.native:rename(name, read_plain(given).cancel) end

-- `force`: also if it runs. `volumes`: also its anonymous volumes.
function Container:delete(given)
  local read = read_delete(given)
  return self.native:delete(read.force == true, read.volumes == true, read.cancel)
end

-- Makes an image of its files, named `repository` and `tag`, and gives it.
function Container:commit(given)
  local read = read_commit(given)
  return object.wrap(Image, self.native:commit(read.repository, read.tag, read.cancel))
end

-- Waits until it ends, at most `timeout` seconds, and gives its exit code.
function Container:wait(given)
  return self.native:wait(options.limits(given))
end

-- --- reaching it -----------------------------------------------------------------------------------------------------

-- Whether something accepts connections at the port within `timeout` seconds.
function Container:is_port_open(port, given)
  return self.native:is_port_open(port, options.limits(given))
end

-- A connected socket, as the number of its descriptor, which is the caller's to close.
function Container:open_connection(port, given) return self.native:open_connection(port, read_plain(given).cancel) end

-- Asks an HTTP service of the container. Gives a table of `status`, `headers` (an array for each lower-case name) and
-- `body`.
function Container:http_request(method, path, port, given)
  local read = read_body(given)
  local answer, err = self.native:http_request(method, path, port, read.body, read.cancel)
  if not answer then return nil, err end
  local headers
  headers, err = object.decode(answer:get_headers_json())
  local response = headers and { status = answer:get_status(), headers = headers, body = answer:get_body() }
  native.close(answer)
  return response, err
end

-- --- files -----------------------------------------------------------------------------------------------------------

-- Copies a file or a folder of this host into the container, as `docker cp` does.
function Container:copy_to(source, target, given) return self.native:copy_to(source, target, read_plain(given).cancel) end

-- The other way round.
function Container:copy_from(source, target, given)
  return self.native:copy_from(source, target, read_plain(given).cancel)
end

return container
