-- Directory: a folder of this host that a test makes for its containers, with owner, mode and labels.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Directory = object.Directory
local directory = {}

local read_new = options.reader "path mode user group acl_rules selinux_context"
local read_plain = options.reader ""

object.add_methods(Directory, { "get_path" })

-- conu.directory{ path = …, mode = 493, user = …, group = …, acl_rules = { "u:1001:rwx" }, selinux_context = … }: all of
-- it may be left out, the path too. The folder is removed with the object.
function directory.new(given)
  local read = read_new(given)
  local made, err = native.directory_options_new()
  if not made then return nil, err end
  if read.mode then made:set_mode(read.mode) end
  local setters = {}
  for _, name in ipairs { "path", "selinux_context" } do
    if read[name] ~= nil then setters[#setters + 1] = { "set_" .. name, read[name] } end
  end
  if read.user or read.group then setters[#setters + 1] = { "set_owner", read.user, read.group, n = 3 } end
  for _, rule in ipairs(read.acl_rules or {}) do setters[#setters + 1] = { "add_acl_rule", rule } end
  made, err = options.set_all(made, setters)
  if not made then return nil, err end
  return object.wrap(Directory, native.directory_new(made, read.cancel))
end

function Directory:remove(given) return self.native:remove(read_plain(given).cancel) end

return directory
