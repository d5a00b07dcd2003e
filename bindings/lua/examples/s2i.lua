-- Source-to-image: extend an image with a website whose scripts come along, serve it, ask it, clean up. s2i.lua IMAGE
local conu = require "conu"
local assert = conu.assert

local website = {
  ["index.html"] = "hello from the source\n",
  [".s2i/bin/assemble"] = "#!/bin/sh\necho assembling\nmkdir -p /srv && cp /tmp/src/index.html /srv\n",
  [".s2i/bin/run"] = "#!/bin/sh\nexec httpd -f -p 8080 -h /srv\n",
}

local function write_website(folder)
  os.execute("mkdir -p '" .. folder .. "/.s2i/bin'")
  for name, content in pairs(website) do
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write(content)
    file:close()
  end
end

local function serve(image)
  local container = assert(image:run())
  local served, problem = pcall(function()
    assert(container:wait_for_port(8080, { timeout = 10 }))
    io.write("answered ", assert(container:http_request("GET", "/index.html", 8080)).body)
  end)
  assert(container:delete { force = true })
  if not served then error(problem, 0) end
end

local builder = assert(conu.image(arg[1]))
local source = assert(conu.directory())
write_website(source:get_path())
local image = assert(builder:s2i_extend(source:get_path(), "localhost/conu-example:lua", {
  args = { "-e", "GREETING=hello", "--description=a website" },
  progress = function(step) print(step.text) end,
}))
assert(source:remove())
print("made " .. image:get_full_name())
local done, problem = pcall(serve, image)
assert(image:rmi { force = true })
if not done then error(problem, 0) end
