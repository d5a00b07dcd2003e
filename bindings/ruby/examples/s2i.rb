# frozen_string_literal: true

# Source-to-image: extend an image with a website whose scripts come along, serve it, ask it, clean up. s2i.rb IMAGE
require "conu"
require "fileutils"

WEBSITE = {
  "index.html" => "hello from the source\n",
  ".s2i/bin/assemble" => "#!/bin/sh\necho assembling\nmkdir -p /srv && cp /tmp/src/index.html /srv\n",
  ".s2i/bin/run" => "#!/bin/sh\nexec httpd -f -p 8080 -h /srv\n"
}.freeze

def write_website(folder)
  WEBSITE.each do |name, content|
    path = File.join(folder, name)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, content)
  end
end

def serve(image)
  container = image.run
  container.wait_for(port: 8080, timeout: 10)
  puts "answered #{container.http_request('/index.html', port: 8080).body}"
ensure
  container&.delete(force: true)
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  builder = Conu::S2IImage.new(ARGV.first)
  image = Conu::Directory.new do |folder|
    write_website(folder)
    options = ["-e", "GREETING=hello", "--description=a website"]
    builder.extend(File.path(folder), "localhost/conu-example:ruby", *options) { |step| puts step.text }
  end
  puts "made #{image.full_name}"
  serve(image)
rescue Conu::Error => e
  abort "#{e.class}: #{e.message}"
ensure
  image&.rmi(force: true)
end
