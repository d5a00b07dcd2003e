-- Files: mount an image, look at what is in it without running it, copy some of it out. files.lua IMAGE
local conu = require "conu"
local assert = conu.assert

-- The value of a call that may be false.
local function value(result, err)
  if err then error(err, 0) end
  return result
end

local function there(is_present) return is_present and "there" or "missing" end

local image = assert(conu.image(arg[1]))
local files = assert(image:mount())
print("mounted by " .. files:get_method() .. " at " .. files:get_mount_point())

local has_passwd = value(files:file_is_present "/etc/passwd")
local has_root = value(files:directory_is_present "/root")
print("/etc/passwd is " .. there(has_passwd) .. ", /root is " .. there(has_root))
print("/etc/os-release has " .. #assert(files:read_file "/etc/os-release") .. " bytes")

local status = assert(files:stat "/bin/sh")
print(("%s %d:%d %d %s"):format(status.permissions, status.uid, status.gid, status.size, status.path))
for _, name in ipairs(assert(files:list "/etc")) do print("/etc/" .. name) end

local folder = assert(conu.directory())
assert(files:copy_from("/etc", folder:get_path() .. "/etc"))
assert(folder:remove())
assert(files:unmount())
