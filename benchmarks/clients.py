"""The clients that are measured: programs that are told what to do line by line, and say what it took."""
import contextlib
import os
import shutil
import subprocess

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
GO_ENVIRONMENT = {"GO111MODULE": "off", "GOFLAGS": "", "CGO_ENABLED": "0",
                  "GOPATH": ":".join(filter(None, [os.environ.get("GOPATH"), "/usr/share/gocode"]))}


@contextlib.contextmanager
def on_one_processor():
    """For the clients that are started meanwhile. Left free between two, two processes of the same program were seen to
    differ by a third for as long as they lived."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(processors)})
    yield
    os.sched_setaffinity(0, processors)


class Client:
    """A program that stays up, so that its connection is warm."""

    def __init__(self, name, command, env):
        self.name, self.command = name, command
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def do(self, action, count):
        """Wall and CPU time of one such action, in seconds."""
        self.process.stdin.write(f"{action} {count}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if not answer:
            raise SystemExit(f"{self.name} failed to {action}")
        return tuple(int(ns) / 1e9 / count for ns in answer)

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def maps(self, library):
        with open(f"/proc/{self.process.pid}/maps") as file:
            return library in file.read()

    def peak_memory(self):
        """In bytes."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def launch(build, command, env, words=""):
    """Wall and CPU time in seconds and peak memory in bytes of a program from its start to its end."""
    done = subprocess.run([f"{build}/benchmarks/bench-launch", *command], env=env, input=words, text=True,
                          stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    wall, cpu, memory = map(int, done.stdout.split())
    return wall / 1e9, cpu / 1e9, memory * 1024


def ours(build):
    """Name and command of the floor and of libconu."""
    return {"floor": [f"{build}/benchmarks/bench-floor"], "libconu": [f"{build}/benchmarks/bench-libconu"]}


def peers(build):
    """Name and command of the peers that this machine has, and what to install for the others."""
    def succeeds(command, **env):
        return shutil.which(command[0]) and not subprocess.run(
            command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode

    curl, go = f"{build}/benchmarks/peer-libcurl", f"{build}/benchmarks/peer-go"
    candidates = {
        "libcurl": ([curl], ["cc", "-O2", "-D_GNU_SOURCE", "-o", curl, f"{PEERS}/libcurl.c", "-lcurl"],
                    "libcurl4-openssl-dev"),
        "Go SDK": ([go], ["go", "build", "-o", go, f"{PEERS}/go_sdk.go"], "golang-github-docker-docker-dev"),
        "ruby docker-api": (["/usr/bin/ruby", f"{PEERS}/docker_api.rb"], ["/usr/bin/ruby", "-e", "require 'docker'"],
                            "ruby-docker-api"),
        "docker-py": (["/usr/bin/python3", f"{PEERS}/docker_py.py"], ["/usr/bin/python3", "-c", "import docker"],
                      "python3-docker"),
    }
    there, missing = {}, {}
    for name, (command, probe, package) in candidates.items():
        if succeeds(probe, **GO_ENVIRONMENT):
            there[name] = command
        else:
            missing[name] = package
    return there, missing
