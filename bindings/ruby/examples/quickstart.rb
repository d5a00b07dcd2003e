# frozen_string_literal: true

# Quickstart: pull an image, look at it, run a command in it, show what came of it, clean up. quickstart.rb IMAGE
require "conu"

def pull(image)
  image.pull do |step|
    done = " #{step.current}/#{step.total}" if step.total.positive?
    puts "  #{step.layer} #{step.status}#{done}"
  end
end

def show(image)
  metadata = image.metadata
  puts image.full_name
  puts "  id #{metadata.identifier}"
  puts "  created #{metadata.creation_timestamp}"
  puts "  labels #{metadata.labels}"
end

def greet(image)
  container = image.run("echo", "hello", "from", "ruby")
  code = container.wait(timeout: 30)
  puts container.logs_unicode
  puts "exit code #{code}"
ensure
  container&.delete(force: true, volumes: true)
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  Conu::Image.new(ARGV.first, pull_policy: :never) do |image|
    pull(image)
    show(image)
    greet(image)
  end
rescue Conu::Error => e
  abort "#{e.class}: #{e.message}"
end
