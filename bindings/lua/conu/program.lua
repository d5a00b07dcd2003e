-- The program that runs a container in the foreground: its input, its output, its end.
local object = require "conu.object"
local options = require "conu.options"

local Container, Stream = object.Container, object.Stream

local read_plain = options.reader ""

-- Writes all of it and gives its length. The error of a write that did not get through has `written`.
function Container:write_to_stdin(data, given)
  return self.native:write_to_stdin(data, options.limits(given))
end

-- Ends the input of the container.
function Container:close_stdin(given) return self.native:close_stdin(read_plain(given).cancel) end

-- What the program writes, once: keep the stream.
function Container:get_process_stream(given)
  return object.wrap(Stream, self.native:get_process_stream(read_plain(given).cancel))
end

-- Waits until the program ends, at most `timeout` seconds, and gives its exit code. Read its output first.
function Container:wait_process(given)
  return self.native:wait_process(options.limits(given))
end
