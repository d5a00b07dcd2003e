-- The classes: tables with a native handle each, which is freed by close, by the end of a <close> variable, or when the
-- garbage collector finds it, in any order.
local native = require "conu_native"

local object = {}

local function close(self)
  native.close(self.native)
end

for _, name in ipairs {
  "Cancel", "Engine", "Image", "Container", "Progress", "RunBuilder", "Stream", "Wait", "Directory", "Filesystem",
} do
  local class = { __name = "conu." .. name, __close = close, close = close }
  class.__index = class
  object[name] = class
end

-- An object for a native handle; a failure, nil and an error, passes through.
function object.wrap(class, handle, err)
  if not handle then return nil, err end
  return setmetatable({ native = handle }, class)
end

function object.wrap_all(class, handles, err)
  if not handles then return nil, err end
  local objects = {}
  for i, handle in ipairs(handles) do objects[i] = object.wrap(class, handle) end
  return objects
end

-- The native handle of an object that must be of this class; nil for nil.
function object.handle(class, value)
  if value == nil then return nil end
  if getmetatable(value) ~= class then
    error(("%s expected, got %s"):format(class.__name, type(value)), 4)
  end
  return value.native
end

-- Methods that are the native ones, and take no options.
function object.add_methods(class, names)
  for _, name in ipairs(names) do
    class[name] = function(self)
      return self.native[name](self.native)
    end
  end
end

-- What a JSON document says; a failure passes through, and so does a document that is absent.
function object.decode(text, err)
  if text == nil then return nil, err end
  return native.decode(text)
end

return object
