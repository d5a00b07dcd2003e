-- RunBuilder: how to run a container, in the words of `docker run`, and the table that stands for them.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local RunBuilder = object.RunBuilder
local run_builder = {}

local names = options.names "name env volumes ports labels workdir user entrypoint network rm options binary"

-- The command stands at 1, 2, …
setmetatable(names, { __index = function(_, name) return type(name) == "number" end })

-- { "A=1", B = 2 } as words: what has a name follows, sorted.
local function words_of(values)
  local words, sorted = {}, {}
  for _, word in ipairs(values) do words[#words + 1] = word end
  for name in pairs(values) do
    if type(name) == "string" then sorted[#sorted + 1] = name end
  end
  table.sort(sorted)
  for _, name in ipairs(sorted) do words[#words + 1] = name .. "=" .. tostring(values[name]) end
  return words
end

-- The setters of a native builder that say what the table says.
local function setters_of(spec)
  local setters = {}
  local function add(...) setters[#setters + 1] = { n = select("#", ...), ... } end
  local function add_option(option, word)
    add("add_option", option)
    add("add_option", word)
  end

  for _, name in ipairs { "name", "workdir", "user", "entrypoint", "network" } do
    if spec[name] ~= nil then add_option("--" .. name, spec[name]) end
  end
  for _, word in ipairs(words_of(spec.env or {})) do add_option("-e", word) end
  for _, word in ipairs(words_of(spec.labels or {})) do add_option("-l", word) end
  for _, word in ipairs(spec.ports or {}) do add_option("-p", word) end
  for _, volume in ipairs(spec.volumes or {}) do
    if type(volume) == "table" then
      add("add_volume", volume.source, volume.target, volume.mode)
    else
      add_option("-v", volume)
    end
  end
  if spec.rm then add("add_option", "--rm") end
  for _, word in ipairs(spec.options or {}) do add("add_option", word) end
  for _, word in ipairs(spec) do add("add_argument", word) end
  if spec.binary then add("set_binary", spec.binary) end
  return setters
end

-- The native builder of a table; the level is for errors, as error() has it.
function run_builder.from(spec, level)
  options.check(spec, names, level + 1)
  local builder, err = native.run_builder_new(nil, nil)
  if not builder then return nil, err end
  return options.set_all(builder, setters_of(spec or {}))
end

-- conu.run_builder{ "echo", "hi", name = …, env = { … }, … }
function run_builder.new(spec) return object.wrap(RunBuilder, run_builder.from(spec, 2)) end

function RunBuilder:add_option(word) return self.native:add_option(word) end

function RunBuilder:add_argument(word) return self.native:add_argument(word) end

-- The mode, such as "ro" or "Z", may be nil.
function RunBuilder:add_volume(source, target, mode) return self.native:add_volume(source, target, mode) end

-- The program of run_via_binary, which build() names first: "docker" there unless set.
function RunBuilder:set_binary(binary) return self.native:set_binary(binary) end

-- The command line for an image of this name, as an array of words.
function RunBuilder:build(image) return self.native:build(image) end

-- The body of POST /containers/create for an image of this name, as a table.
function RunBuilder:get_parameters(image) return object.decode(self.native:get_parameters(image)) end

return run_builder
