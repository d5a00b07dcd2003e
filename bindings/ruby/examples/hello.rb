# frozen_string_literal: true

# Hello: run a command in a container of the image that is named, and show what came of it.
require "conu"

image = Conu::Image.new(ARGV.fetch(0))
container = image.run("echo", "hello", env: { KEY: "value" })
begin
  code = container.wait(timeout: 30)
  puts "#{container.logs_unicode}exit code #{code}"
ensure
  container.delete(force: true)
end
