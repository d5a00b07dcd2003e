-- Tables as JSON, for the documents that libconu takes. An empty table is an array.
local native = require "conu_native"

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\" }

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return escapes[c] or ("\\u%04x"):format(c:byte()) end) .. '"'
end

local encode_value

local function encode_table(value, depth)
  if depth > 100 then error("a table that goes deeper than 100 tables is no document", 0) end
  local parts = {}
  if next(value) == nil or value[1] ~= nil then
    for i = 1, #value do parts[i] = encode_value(value[i], depth + 1) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, member in pairs(value) do
    if type(key) ~= "string" then error("a key of a document is a string, not " .. tostring(key), 0) end
    parts[#parts + 1] = quoted(key) .. ":" .. encode_value(member, depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function encode_value(value, depth)
  local kind = type(value)
  if value == native.null then return "null" end
  if kind == "table" then return encode_table(value, depth) end
  if kind == "string" then return quoted(value) end
  if kind == "boolean" then return tostring(value) end
  -- Not by tostring, which makes 1.0 of a whole number in some versions.
  if kind == "number" and value % 1 == 0 then return ("%.0f"):format(value) end
  if kind == "number" and value - value == 0 then return (("%.17g"):format(value):gsub(",", ".")) end
  error("a document has no " .. kind .. " in it: " .. tostring(value), 0)
end

-- What is text already stays as it is.
return function(document)
  if type(document) == "string" then return document end
  return encode_value(document, 1)
end
