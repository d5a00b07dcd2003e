-- Quickstart: pull an image, look at it, run a command in it, show what came of it, clean up. quickstart.lua IMAGE
local conu = require "conu"
local assert = conu.assert

local function show(step)
  local amount = step.total > 0 and ("%d/%d"):format(step.current, step.total) or ""
  print(" ", step.layer or "", step.status or "", amount)
end

local function show_end(container)
  local code = assert(container:wait{ timeout = 30 })
  io.write(assert(container:logs_unicode()))
  print("exit code " .. code)
end

local function main(name)
  local image = assert(conu.image(name, { pull_policy = conu.PULL_NEVER }))
  assert(image:pull{ progress = show })

  local metadata = assert(image:get_metadata())
  print(image:get_full_name())
  print("  id", metadata.identifier)
  print("  created", metadata.creation_timestamp)
  for label, value in pairs(metadata.labels) do print("  label", label .. "=" .. value) end

  local container = assert(image:run{ "echo", "hello", "from", "lua" })
  local done, problem = pcall(show_end, container)
  assert(container:delete{ force = true, volumes = true })
  if not done then error(problem, 0) end
end

if not arg[1] then
  io.stderr:write("usage: ", arg[0], " IMAGE\n")
  os.exit(2)
end
main(arg[1])
