-- Checks of images against documents, on a real engine, which CONU_HOST names.
local conu = require "conu"
local tap = require "tap"

local assert, test, check, equal, fails = conu.assert, tap.test, tap.check, tap.equal, tap.fails

local image_name = assert(os.getenv "CONU_TEST_REGISTRY", "CONU_TEST_REGISTRY is not set") .. "/conu/busybox"

test("an_image_is_checked", function()
  local results = assert(assert(conu.image(image_name)):check {
    schemaVersion = "2.0.0",
    fileExistenceTests = { { name = "shell", path = "/bin/sh" }, { name = "none", path = "/none" } },
    commandTests = { { name = "echo", command = "echo", args = { 'a<b "\\\t' }, exitCode = 0 } },
  })
  equal(results.Pass, 2)
  equal(results.Fail, 1)
  equal(results.Results[1].Stdout, 'a<b "\\\t\n')
  check(results.Results[3].Errors[1]:find("/none", 1, true))
  local report = assert(conu.check_results_to_junit(results))
  check(report:find("<system-out>a&lt;b", 1, true))
end)

test("a_mistake_in_checks_is_an_error", function()
  local image = assert(conu.image(image_name))
  fails(conu.ERROR_INVALID_ARGUMENT, image:check '{"schemaVersion": "2.0.0", "commandTest": []}')
  fails(conu.ERROR_INVALID_ARGUMENT, image:check { schemaVersion = 2 })
  check(not pcall(image.check, image, { schemaVersion = print }))
end)

tap.finish()
