-- Progress: a pull, push, build, load or extension, step by step. A step is a table: layer, status, text, current, total.
local native = require "conu_native"
local object = require "conu.object"
local options = require "conu.options"

local Image, Progress = object.Image, object.Progress
local progress = {}

local function step_of(handle)
  return {
    layer = handle:get_layer(), status = handle:get_status(), text = handle:get_text(),
    current = handle:get_current(), total = handle:get_total(),
  }
end

local read_next = options.reader("", true)

-- The next step; nil at the end of the work; nil and an error if it failed. Errors TIMEOUT and CANCELLED do not end it.
function Progress:next(given)
  local read = read_next(given)
  local more, err = self.native:next(options.milliseconds(read.timeout), read.cancel)
  if not more then return nil, err end
  return step_of(self.native)
end

-- for step in progress:steps() do … end. A loop has no place for a failure, so it is raised.
function Progress:steps(given)
  return function()
    local step, err = self:next(given)
    if err then error(err, 0) end
    return step
  end
end

-- The image that a pull, push, build or extension has made, after its end.
function Progress:take_image() return object.wrap(Image, self.native:take_image()) end

-- The images that a load has brought, after its end.
function Progress:take_images() return object.wrap_all(Image, self.native:take_images()) end

-- Ends the work and cleans up after it.
function Progress:cancel() return self.native:cancel() end

-- Starts some work, reports each step, and gives what `take` gets of the handle at the end. A failure ends the work. A
-- report that raises an error leaves it to the garbage collector, which abandons it.
function progress.follow(read, start, take)
  local cancel, err = read.cancel, nil
  if type(cancel) == "number" then
    cancel, err = native.cancel_new_with_timeout(cancel)
    if not cancel then return nil, err end
  end
  local handle
  handle, err = start(cancel)
  if not handle then return nil, err end
  local more
  repeat
    more, err = handle:next(-1, cancel)
    if more then read.progress(step_of(handle)) end
  until not more
  if err then
    handle:cancel()
    native.close(handle)
    return nil, err
  end
  local result
  result, err = take(handle)
  native.close(handle)
  return result, err
end

return progress
