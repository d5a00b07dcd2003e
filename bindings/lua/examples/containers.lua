-- Containers: run a service, wait until it is ready, ask it, run a command in it, copy a file in and out, clean up.
-- containers.lua IMAGE
local conu = require "conu"
local assert = conu.assert

local script = "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www"

local function try_out(container)
  local ready = assert(conu.all_of{ { log = "ready" }, { port = 8080 } })
  assert(container:wait_for(ready, { timeout = 30 }))

  local answer = assert(container:http_request("GET", "/index.html", 8080))
  io.write("the service says ", answer.status, ", ", answer.body)

  local result = assert(container:execute{ "sh", "-c", "wc -c < /www/index.html" })
  io.write("its page has ", tonumber(result.stdout), " bytes, exit code ", result.exit_code, "\n")

  local folder = assert(conu.directory())
  assert(container:copy_from("/www/index.html", folder:get_path() .. "/page"))
  assert(container:copy_to(folder:get_path() .. "/page", "/www/copy.html"))
  assert(folder:remove())
  answer = assert(container:http_request("GET", "/copy.html", 8080))
  io.write("and its copy ", answer.status, ", ", answer.body)

  for line in assert(container:logs()) do print("its log: " .. line) end
end

local image = assert(conu.image(arg[1]))
local container = assert(image:run{ "sh", "-c", script })
local done, problem = pcall(try_out, container)
assert(container:delete{ force = true, volumes = true })
if not done then error(problem, 0) end
