# The peer: the gem docker-api.
require 'docker'
require 'json'

Docker.url = ENV.fetch('CONU_HOST')
Docker.options = { host: nil } # newer URI libraries answer '' for a socket's, which excon takes for a host

pull = lambda do
  name, _, tag = ENV.fetch('BENCH_BIG_IMAGE').rpartition(':')
  Docker::Image.create('fromImage' => name, 'tag' => tag) do |chunk|
    chunk.each_line { |line| raise line if JSON.parse(line).key?('error') }
  end
end

actions = {
  'ping' => -> { Docker.ping },
  'inspect' => -> { Docker::Image.get(ENV.fetch('BENCH_IMAGE')) },
  'pull' => pull
}

def cpu_time
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :nanosecond)
end

$stdin.each_line do |line|
  name, count = line.split
  start = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)
  cpu = cpu_time
  count.to_i.times { actions.fetch(name).call }
  cpu = cpu_time - cpu
  puts "#{Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - start} #{cpu}"
  $stdout.flush
end
