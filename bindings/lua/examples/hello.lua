-- Hello: run a command in a container of the image that is named, and show what came of it.
local conu = require "conu"
local assert = conu.assert

local image = assert(conu.image(arg[1]))
local container = assert(image:run{ "echo", "hello", env = { KEY = "value" } })
local code = assert(container:wait{ timeout = 30 })
io.write(assert(container:logs_unicode()), "exit code ", code, "\n")
assert(container:delete())
