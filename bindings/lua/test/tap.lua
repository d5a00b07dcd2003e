-- A small test runner, which reports by the Test Anything Protocol. What a test defers runs at its end, last first.
-- CONU_TEST_FILTER names the tests to run, as a pattern of the shell.
local tap = {}

local count, failed = 0, 0
local deferred = {}

local filter = os.getenv "CONU_TEST_FILTER"
if filter then
  filter = "^" .. filter:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

function tap.defer(action) deferred[#deferred + 1] = action end

function tap.check(condition, what)
  if not condition then error(what or "this is not so", 2) end
end

function tap.equal(got, wanted)
  if got ~= wanted then error(("got %s, wanted %s"):format(tostring(got), tostring(wanted)), 2) end
end

-- Checks that a call gave nil and an error with this code; gives the error.
function tap.fails(code, value, err)
  if value ~= nil or type(err) ~= "table" or err.code ~= code then
    error(("got %s, %s, wanted a failure %s"):format(tostring(value), tostring(err), tostring(code)), 2)
  end
  return err
end

local function explain(problem) return debug.traceback(tostring(problem), 2) end

function tap.test(name, body)
  if filter and not name:find(filter) then return end
  count = count + 1
  local passed, problem = xpcall(body, explain)
  while #deferred > 0 do
    local cleaned, trouble = xpcall(table.remove(deferred), explain)
    if passed and not cleaned then passed, problem = false, trouble end
  end
  if not passed then
    failed = failed + 1
    print("# " .. problem:gsub("\n", "\n# "))
  end
  print(("%s %d - %s"):format(passed and "ok" or "not ok", count, name))
end

function tap.finish()
  print("1.." .. count)
  if failed > 0 then os.exit(1, true) end
end

return tap
