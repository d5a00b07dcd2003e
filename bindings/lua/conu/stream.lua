-- Stream: bytes that come piece by piece, of a log, of a command or of an attached container, and bytes written to it.
local object = require "conu.object"
local options = require "conu.options"

local Stream = object.Stream

local read_plain = options.reader ""

-- The next piece and its channel, conu.CHANNEL_STDOUT or conu.CHANNEL_STDERR; nil at the end; nil and an error where it
-- broke. The errors TIMEOUT and CANCELLED do not end it.
function Stream:next(given)
  return self.native:next(options.limits(given))
end

-- The same line by line, without the line's end.
function Stream:next_line(given)
  return self.native:next_line(options.limits(given))
end

-- for line, channel in stream:lines() do … end. A loop has no place for a failure, so it is raised.
function Stream:lines(given)
  return function()
    local line, channel = self:next_line(given)
    if line == nil and channel ~= nil then error(channel, 0) end
    return line, channel
  end
end

-- for line, channel in assert(container:logs{ follow = true }) do … end
function Stream:__call() return self:lines()() end

-- Writes all of it and gives its length. The error of a write that did not get through has `written`.
function Stream:write(data, given)
  return self.native:write(data, options.limits(given))
end

-- Ends the input of the other side, which may go on writing.
function Stream:close_write(given) return self.native:close_write(read_plain(given).cancel) end

-- The size of its terminal.
function Stream:resize(rows, columns, given) return self.native:resize(rows, columns, read_plain(given).cancel) end

-- The exit code of a command, after the end of its stream.
function Stream:get_exit_code(given) return self.native:get_exit_code(read_plain(given).cancel) end
