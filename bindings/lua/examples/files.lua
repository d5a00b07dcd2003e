-- Files: mount an image, list a folder, read a file, look at it, copy it out, unmount. Nothing is run. files.lua IMAGE
local conu = require "conu"
local assert = conu.assert

local function copy_out(files)
  local folder = assert(conu.directory())
  local target = folder:get_path() .. "/passwd"
  assert(files:copy_from("/etc/passwd", target))
  local copy = assert(io.open(target, "rb"))
  print(("its copy has %d bytes"):format(copy:seek "end"))
  copy:close()
  assert(folder:remove())
end

local image = assert(conu.image(arg[1]))
local files = assert(image:mount())
print(image:get_full_name() .. " is mounted by " .. files:get_method())

print("in /etc: " .. table.concat(assert(files:list "/etc"), " "))
print("the first user: " .. assert(files:read_file "/etc/passwd"):match "^[^\n]*")
local status = assert(files:stat "/etc/passwd")
print(("%s %d:%d %d %s"):format(status.permissions, status.uid, status.gid, status.size, status.path))
copy_out(files)

assert(files:unmount())
