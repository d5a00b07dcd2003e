# frozen_string_literal: true

# Files: mount an image, look at what is in it without running it, copy some of it out. files.rb IMAGE
require "conu"

def there(is_present) = is_present ? "there" : "missing"

def look(files)
  puts "mounted by #{files.method_name} at #{files.mount_point}"
  has_passwd = files.file_is_present?("/etc/passwd")
  has_root = files.directory_is_present?("/root")
  puts "/etc/passwd is #{there(has_passwd)}, /root is #{there(has_root)}"
  puts "/etc/os-release has #{files.read_file('/etc/os-release').bytesize} bytes"

  status = files.stat("/bin/sh")
  puts "#{status['permissions']} #{status['uid']}:#{status['gid']} #{status['size']} #{status['path']}"
  files.list("/etc").each { |name| puts "/etc/#{name}" }
end

abort "usage: #{$PROGRAM_NAME} IMAGE" unless ARGV.length == 1
begin
  Conu::Image.new(ARGV.first).mount do |files|
    look(files)
    Conu::Directory.new { |folder| files.copy_from("/etc", File.join(folder, "etc")) }
  end
rescue Conu::Error => e
  abort "#{e.class}: #{e.message}"
end
