"""Process 1 of a lab: sets up the lab's own view of the machine, then lives until the lab ends and takes all with it.

Started by room.py as `unshare --net --mount --pid --fork ... keeper.py stay|leave`. When this process ends, however
that happens, the kernel kills every process of the lab, undoes its mounts and drops its network.
"""
import os
import signal
import subprocess
import sys


def prepare():
    """Gives the lab a /run and /dev/shm of its own, so that nothing in it meets the machine's own engines,
    and users for an engine that has its own."""
    commands = ["mount --make-rshared /", "mount -t tmpfs -o mode=755 tmpfs /run", "mount -t tmpfs tmpfs /dev/shm",
                "mkdir -p /run/lock", "ip link set lo up"]
    for command in commands:
        subprocess.run(command.split(), check=True)
    with open("/run/subids", "w") as file:
        file.write("daemon:231072:65536\ncontainers:331072:1048576\n")
    for path in ("/etc/subuid", "/etc/subgid"):
        subprocess.run(["mount", "--bind", "/run/subids", path], check=os.path.exists(path))


def main():
    prepare()
    # Orphans (container shims and monitors) become children of process 1: let the kernel reap them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    if sys.argv[1] == "leave":
        sys.stdin.buffer.read()  # ends when the process that started the lab ends, even by SIGKILL
    else:
        while True:
            signal.pause()


main()
