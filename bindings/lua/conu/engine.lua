-- Engine: a connection to Docker or to Podman's service.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Container, Engine, Image = object.Container, object.Engine, object.Image
local engine = {}

object.add_methods(Engine, { "get_url", "get_api_version" })

local read_plain = options.reader ""
local read_login = options.reader "username password registry"

-- Opens unix://PATH, tcp://HOST:PORT, https://HOST:PORT or context:NAME; nil is discovery.
function engine.open(url, given) return object.wrap(Engine, native.engine_open(url, read_plain(given).cancel)) end

-- The engine that calls without one take.
function engine.default(given) return object.wrap(Engine, native.engine_default(read_plain(given).cancel)) end

-- How the engine was found: an array of candidates.
function Engine:get_discovery() return object.decode(self.native:get_discovery_json()) end

-- Seconds to wait for a connection and for the head of an answer; nil for no limit.
function Engine:set_timeout(seconds) return self.native:set_timeout(options.milliseconds(seconds)) end

function Engine:ping(given) return self.native:ping(read_plain(given).cancel) end

function Engine:info(given) return object.decode(self.native:info(read_plain(given).cancel)) end

function Engine:version(given) return object.decode(self.native:version(read_plain(given).cancel)) end

-- Checks credentials and keeps them in this engine; a nil registry is Docker Hub.
function Engine:login(given)
  local read = read_login(given)
  return self.native:login(read.username, read.password, read.registry, read.cancel)
end

function Engine:list_images(given)
  return object.wrap_all(Image, self.native:list_images(read_plain(given).cancel))
end

-- Those that have ended, too.
function Engine:list_containers(given)
  return object.wrap_all(Container, self.native:list_containers(read_plain(given).cancel))
end

-- What this process has made: containers, running ones too, images that were built or committed, volumes.
function Engine:cleanup_containers(given) return self.native:cleanup_containers(read_plain(given).cancel) end
function Engine:cleanup_images(given) return self.native:cleanup_images(read_plain(given).cancel) end
function Engine:cleanup_volumes(given) return self.native:cleanup_volumes(read_plain(given).cancel) end

return engine
