# frozen_string_literal: true

# Files: mount an image, list a folder, read a file, look at it, copy it out, unmount. Nothing is run. files.rb IMAGE
require "conu"

def look(files)
  puts "in /etc: #{files.list('/etc').join(' ')}"
  puts "the first user: #{files.read_file('/etc/passwd').lines.first}"
  status = files.stat("/etc/passwd")
  puts "#{status['permissions']} #{status['uid']}:#{status['gid']} #{status['size']} #{status['path']}"

  Conu::Directory.new do |folder|
    target = File.join(folder, "passwd")
    files.copy_from("/etc/passwd", target)
    puts "its copy has #{File.size(target)} bytes"
  end
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  image = Conu::Image.new(ARGV.first)
  image.mount do |files|
    puts "#{image.full_name} is mounted by #{files.method_name}"
    look(files)
  end
rescue Conu::Error => e
  abort "#{e.class}: #{e.message}"
end
