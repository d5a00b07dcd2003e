-- Files of images and containers, mounted on this host, with a real engine, which CONU_HOST names.
local conu = require "conu"
local tap = require "tap"

local assert, test, check, equal, fails, defer = conu.assert, tap.test, tap.check, tap.equal, tap.fails, tap.defer

local registry = assert(os.getenv "CONU_TEST_REGISTRY", "CONU_TEST_REGISTRY is not set")

local function busybox() return assert(conu.image(registry .. "/conu/busybox")) end

-- The image that has every kind of file.
local function hostile() return assert(conu.image(registry .. "/conu/hostile-tree")) end

-- os.execute gives a number in Lua 5.1, and true or nil since.
local function exists(path)
  local result = os.execute(("test -e '%s'"):format(path))
  return result == 0 or result == true
end

-- The files of an image or a container, which are unmounted at the end of the test.
local function mounted(what, options)
  local files = assert(what:mount(options))
  defer(function()
    assert(files:unmount())
    check(not exists(files:get_mount_point()), files:get_mount_point() .. " is still there")
    files:close()
  end)
  return files
end

local function temporary_folder()
  local folder = assert(conu.directory())
  defer(function() assert(folder:remove()) end)
  return folder:get_path()
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

test("the_files_of_an_image_are_read", function()
  local files = mounted(busybox())
  local text = assert(files:read_file "/etc/link-to-passwd")
  check(text:find "^root:x:0:0:", text)
  equal(assert(files:p "/etc/link-to-passwd"), files:get_mount_point() .. "/etc/passwd")
  equal(read(assert(files:p "etc/passwd")), text)
  local program = assert(files:read_file "/bin/busybox")
  check(program:find "^\127ELF" and program:find("\0", 1, true))
end)

test("a_descriptor_is_given", function()
  local files = mounted(busybox(), { method = "extract" })  -- Lua cannot close it, which others wait for to be unmounted
  local fd = assert(files:get_file "/etc/link-to-passwd")
  equal(read("/proc/self/fd/" .. fd), assert(files:read_file "/etc/passwd"))
  fails(conu.ERROR_NOT_FOUND, files:get_file("/missing", { flags = 2 }))
  fails(conu.ERROR_CONFLICT, files:get_file "/etc")
  check(not pcall(files.get_file, files, "/etc/passwd", { mode = "r" }))
end)

test("a_file_is_what_it_is_in_the_image", function()
  for _, method in ipairs { "", "extract" } do
    local files = mounted(hostile(), { method = method })
    for _, wanted in ipairs {
      "/etc/shadow -rw-r----- 0640 0:0 file",
      "/tmp drwxrwxrwt 1777 0:0 directory",
      "/etc/link-to-passwd lrwxrwxrwx 0777 0:0 symlink passwd /etc/passwd",
      "/hostile/modes/set-uid -rwsr-xr-x 4755 0:0 file",
      "/hostile/owners/far -rw-r--r-- 0644 123456:654321 file",
      "/hostile/links/dangling lrwxrwxrwx 0777 0:0 symlink /not/there",
      "/hostile/devices/null crw-rw-rw- 0666 0:0 character_device 1,3",
      "/hostile/devices/pipe prw--w--w- 0622 0:0 fifo",
    } do
      local status = assert(files:stat(wanted:match "^%S+"))
      local words = {
        status.path, status.permissions, status.mode_octal, ("%d:%d"):format(status.uid, status.gid), status.type,
      }
      words[#words + 1] = status.target
      words[#words + 1] = status.resolved
      if status.major then words[#words + 1] = ("%d,%d"):format(status.major, status.minor) end
      equal(table.concat(words, " "), wanted)
    end
    local status = assert(files:stat "/hostile/zeros")
    check(status.size == 1048579 and status.nlink == 1 and status.mode == 420 and status.mtime >= 0)
    check(assert(files:stat "/hostile/attributes/capable").xattrs["security.capability"].base64:find "^AQAAAgAg")
  end
end)

test("folders_are_listed_and_presence_is_asked", function()
  local files = mounted(hostile())
  equal(table.concat(assert(files:list "/hostile/devices"), " "), "loop null null-too pipe")
  check(("|" .. table.concat(assert(files:list "/hostile/names"), "|") .. "|"):find("|caf\233|", 1, true))
  equal(files:read_file "/hostile/names/caf\233", "caf\233")
  equal(files:file_is_present "/hostile/links/relative", true)
  equal(files:directory_is_present "/hostile/links/folder", true)
  for _, path in ipairs { "/missing", "/etc/passwd/below", "/hostile/links/dangling" } do
    equal(files:file_is_present(path), false)
    equal(files:directory_is_present(path), false)
  end
  fails(conu.ERROR_CONFLICT, files:file_is_present "/etc")
  fails(conu.ERROR_CONFLICT, files:file_is_present "/hostile/devices/pipe")
  fails(conu.ERROR_CONFLICT, files:directory_is_present "/etc/passwd")
end)

test("files_are_copied_out", function()
  local files, folder = mounted(hostile()), temporary_folder()
  assert(files:copy_from("/etc/link-to-passwd", folder .. "/users"))
  equal(read(folder .. "/users"), assert(files:read_file "/etc/passwd"))
  assert(files:copy_from("/hostile/modes", folder .. "/modes"))
  equal(read(folder .. "/modes/closed/file"), "behind a closed folder\n")
  fails(conu.ERROR_CONFLICT, files:copy_from("/hostile/modes", folder .. "/modes"))
  fails(conu.ERROR_NOT_FOUND, files:copy_from("/missing", folder))
end)

test("what_is_no_file_of_the_image_is_told", function()
  local files = mounted(hostile())
  for _, wrong in ipairs {
    { "/missing", conu.ERROR_NOT_FOUND }, { "/etc/passwd/below", conu.ERROR_NOT_FOUND },
    { "/hostile/links/dangling", conu.ERROR_NOT_FOUND }, { "/etc", conu.ERROR_CONFLICT },
    { "/hostile/devices/pipe", conu.ERROR_CONFLICT }, { "/hostile/links/self", conu.ERROR_IO },
    { "a\0b", conu.ERROR_INVALID_ARGUMENT },
  } do
    fails(wrong[2], files:read_file(wrong[1]))
    fails(wrong[2], files:get_file(wrong[1]))
  end
  fails(conu.ERROR_NOT_FOUND, files:stat "/missing")
  fails(conu.ERROR_NOT_FOUND, files:p "/missing/too")
  fails(conu.ERROR_CONFLICT, files:list "/etc/passwd")
  if files:get_method() ~= "extract" then fails(conu.ERROR_PERMISSION, files:get_file("/etc/passwd", { flags = 2 })) end
  if conu.get_selinux_status() == "disabled" then
    local context, err = files:get_selinux_context "/etc/passwd"
    check(context == nil and (err.code == conu.ERROR_NOT_FOUND or err.code == conu.ERROR_UNSUPPORTED), tostring(err))
  end
  check(not pcall(files.read_file, files, "/etc/passwd", { size = 1 }))
end)

test("a_container_is_mounted_while_it_runs", function()
  local container = assert(busybox():run { "sleep", "1000" })
  defer(function() assert(container:delete { force = true, volumes = true }) end)
  local files = mounted(container)
  equal(files:get_method(), "merged")
  assert(container:execute { "sh", "-c", "echo inside > /made" })
  equal(files:read_file "/made", "inside\n")
end)

test("a_mount_is_made_as_is_asked", function()
  local image, folder = busybox(), temporary_folder()
  local files = mounted(image, { at = folder .. "/above/point", method = "extract" })
  equal(files:get_mount_point(), folder .. "/above/point")
  equal(files:get_method(), "extract")
  fails(conu.ERROR_INVALID_ARGUMENT, image:mount { method = "teleport" })
  fails(conu.ERROR_UNSUPPORTED, image:mount { method = "merged" })
  fails(conu.ERROR_CONFLICT, image:mount { at = folder })
  fails(conu.ERROR_IO, image:mount { method = "extract", entries = 3 })
  fails(conu.ERROR_IO, image:mount { method = "extract", bytes = 3 })
  fails(conu.ERROR_NOT_FOUND, assert(conu.image("conu-lua-missing", { pull_policy = conu.PULL_NEVER })):mount())
  local cancel = conu.cancel()
  cancel:trigger()
  fails(conu.ERROR_CANCELLED, image:mount { cancel = cancel })
  check(not pcall(image.mount, image, { mount_point = folder }))
end)

test("a_mount_that_takes_too_long_is_given_up", function()
  local point = temporary_folder() .. "/point"
  local slow = assert(conu.image(registry .. "/conu/random"))
  fails(conu.ERROR_TIMEOUT, slow:mount { at = point, method = "extract", timeout = 0.01 })
  check(not exists(point))
end)

test("a_mount_ends_once_and_for_all", function()
  local image = busybox()
  local files = assert(image:mount())
  image:close()
  local file = assert(io.open(assert(files:p "/etc/passwd"), "rb"))
  if files:get_method() ~= "extract" then fails(conu.ERROR_CONFLICT, files:unmount()) end
  file:close()
  equal(files:file_is_present "/etc/passwd", true)
  for _ = 1, 2 do equal(files:unmount(), true) end
  fails(conu.ERROR_STATE, files:read_file "/etc/passwd")
  check(not exists(files:get_mount_point()))
  files:close()
  fails(conu.ERROR_STATE, files:unmount())
end)

test("closing_and_forgetting_unmount_and_sweeping_does_not", function()
  local image = busybox()
  local files = assert(image:mount())
  assert(conu.sweep_filesystems())
  equal(files:file_is_present "/etc/passwd", true)
  local point = files:get_mount_point()
  files:close()
  check(not exists(point))
  getmetatable(files).__close(files)
  getmetatable(files.native).__gc(files.native)
  point = assert(image:mount()):get_mount_point()
  collectgarbage()
  collectgarbage()
  check(not exists(point))
end)

tap.finish()
