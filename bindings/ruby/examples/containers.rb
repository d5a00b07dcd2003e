# frozen_string_literal: true

# Containers: run a service, wait until it is ready, ask it, run a command in it, copy a file in and out, clean up.
# containers.rb IMAGE
require "conu"

SCRIPT = "mkdir /www; echo hello > /www/index.html; echo ready; exec httpd -f -p 8080 -h /www"

def try_out(container)
  container.wait_for(log: "ready", port: 8080, timeout: 30)

  answer = container.http_request("/index.html", port: 8080)
  puts "the service says #{answer.status}, #{answer.body}"

  result = container.execute("sh", "-c", "wc -c < /www/index.html")
  puts "its page has #{result.stdout.to_i} bytes, exit code #{result.exit_code}"

  Conu::Directory.new do |folder|
    container.copy_from("/www/index.html", File.join(folder, "page"))
    container.copy_to(File.join(folder, "page"), "/www/copy.html")
  end
  answer = container.http_request("/copy.html", port: 8080)
  puts "and its copy #{answer.status}, #{answer.body}"

  container.logs { |line| puts "its log: #{line}" }
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  container = Conu::Image.new(ARGV.first).run("sh", "-c", SCRIPT)
  try_out(container)
rescue Conu::Error => e
  abort "#{e.class}: #{e.message}"
ensure
  container&.delete(force: true, volumes: true)
end
