# frozen_string_literal: true

# Containers: run a service, wait until it is ready, run a command in it, copy a file in and out, clean up.
# containers.rb IMAGE
require "conu"
require "timeout"

SERVICE = ["sh", "-c", "mkdir -p /srv/www; echo serving /srv/www; exec httpd -f -p 80 -h /srv/www"].freeze

def ready(container)
  container.logs(follow: true) { |line| break if line.start_with?("serving") }
  sleep 0.05 until container.execute("nc", "127.0.0.1", "80").success?
  puts "#{container.status}, port 80 is open"
end

def exchange(container)
  Conu::Directory.new do |folder|
    File.write("#{folder.path}/page", "hello from ruby\n")
    container.copy_to("#{folder.path}/page", "/srv/www")
    result = container.execute("wget", "-q", "-O", "-", "http://127.0.0.1/page")
    puts "exit code #{result.exit_code}: #{result.stdout}"
    container.copy_from("/srv/www/page", "#{folder.path}/copy")
    puts "copied back: #{File.read("#{folder.path}/copy")}"
  end
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  container = Conu::Image.new(ARGV.first).run(*SERVICE)
  Timeout.timeout(30) { ready(container) }
  exchange(container)
rescue Conu::Error, Timeout::Error => e
  abort "#{e.class}: #{e.message}"
ensure
  container&.delete(force: true, volumes: true)
end
