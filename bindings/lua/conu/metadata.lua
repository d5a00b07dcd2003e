-- Metadata as a table: what an engine tells about an image or a container. A field is nil where there is no such thing.
local native = require "conu_native"
local object = require "conu.object"

local values = { "name", "identifier", "creation_timestamp", "digest", "hostname", "status", "command", "image_names",
                 "repo_digests", "exposed_ports", "ipv4_addresses", "ipv6_addresses" }
local documents = { "labels", "env", "port_mappings" }

-- Takes a native handle; a failure passes through.
return function(handle, err)
  if not handle then return nil, err end
  local metadata = {}
  for _, name in ipairs(values) do metadata[name] = handle["get_" .. name](handle) end
  for _, name in ipairs(documents) do
    metadata[name], err = object.decode(handle["get_" .. name .. "_json"](handle))
    if err then break end
  end
  native.close(handle)
  if err then return nil, err end
  return metadata
end
