"""The room of a lab: a folder, and network, mount and process namespaces that live as long as their process 1.

A lab is alive while someone holds the lock in its folder; process 1 inherits that lock. So a crashed run needs no
record of pids: the kernel has ended its processes and mounts, and its lock is free, by which the next run finds it.
"""
import contextlib
import fcntl
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid

# Short, as the path of a unix socket has room for 107 bytes; below /var/tmp, as /run is hidden inside and /tmp may be
# kept in memory.
PREFIX = "/var/tmp/conu-lab-"
HERE = os.path.dirname(os.path.abspath(__file__))


def new_name():
    return uuid.uuid4().hex[:8]


def folder_of(name):
    return PREFIX + name


def current():
    """The folder of the lab that this process runs in, or None."""
    folder = os.environ.get("CONU_TEST_FOLDER")
    return folder if folder and _namespace("self") == _read(folder).get("namespace") else None


def open_room(name, stay):
    """Makes the room called `name`. With `stay` it lives until close_room, else it ends with this very process."""
    folder = folder_of(name)
    with _only_one_at_a_time():
        _sweep()
        if os.path.exists(folder):
            raise SystemExit(f"the lab {name} is up already")
        os.mkdir(folder, 0o755)
        lock = _try_lock(folder)
    with open(f"{folder}/log", "w") as log:
        outer = subprocess.Popen(
            ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child",
             sys.executable, f"{HERE}/keeper.py", "stay" if stay else "leave"],
            stdin=subprocess.DEVNULL if stay else subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            pass_fds=[lock], cwd="/", start_new_session=True)
    os.close(lock)
    if outer.stdout.readline() != b"ready\n":
        with open(f"{folder}/log") as log:
            raise SystemExit(f"cannot make a room, which needs root and CAP_SYS_ADMIN:\n{log.read()}")
    with open(f"/proc/{outer.pid}/task/{outer.pid}/children") as children:
        keeper = int(children.read().split()[0])
    _write(folder, {"keeper": keeper, "namespace": _namespace(keeper)})
    # The pipe's end must stay open exactly as long as this process lives.
    open_room.pipes = outer
    return folder


def close_room(name):
    """Ends everything in the room and removes what it left on disk."""
    folder = folder_of(name)
    room = _read(folder)
    if room and _namespace(room["keeper"]) == room["namespace"]:
        os.kill(room["keeper"], signal.SIGKILL)
    for _ in range(600):
        with _only_one_at_a_time():
            if _remove_if_dead(folder):
                return
        time.sleep(0.05)
    raise SystemExit(f"processes of the lab {name} do not end")


def enter(folder, argv, env):
    """Runs a program inside the room, in the same working folder; answers the process."""
    keeper = str(_read(folder)["keeper"])
    nsenter = ["nsenter", "--target", keeper, "--net", "--mount", "--pid", f"--wdns={os.getcwd()}"]
    return subprocess.Popen([*nsenter, *argv], env=env)


def is_open(name):
    return os.path.exists(f"{folder_of(name)}/room.json") and not _is_dead(folder_of(name))


def sweep():
    """Removes the rooms that crashed runs left."""
    with _only_one_at_a_time():
        _sweep()


def _sweep():
    for folder in glob.glob(PREFIX + "*"):
        _remove_if_dead(folder)


@contextlib.contextmanager
def _only_one_at_a_time():
    """Keeps a sweep from taking a room that another run is just making for a dead one."""
    with open("/var/tmp/.conu-lab.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _try_lock(folder):
    lock = os.open(f"{folder}/lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    except BlockingIOError:
        os.close(lock)
        return None


def _is_dead(folder):
    lock = _try_lock(folder)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _remove_if_dead(folder):
    if not os.path.isdir(folder):
        return True
    if not _is_dead(folder):
        return False
    _remove_cgroups(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return not os.path.exists(folder)


def _remove_cgroups(folder):
    """Control groups outlive their processes and are the whole machine's: those of our containers go, by their id."""
    for kind in ("containers", "*-containers"):
        for path in glob.glob(f"{folder}/*/data/{kind}/{'[0-9a-f]' * 64}"):
            for group in glob.glob(f"/sys/fs/cgroup/**/*{os.path.basename(path)}", recursive=True):
                for inner, _, _ in os.walk(group, topdown=False):
                    with contextlib.suppress(OSError):
                        os.rmdir(inner)


def _namespace(pid):
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return None


def _read(folder):
    try:
        with open(f"{folder}/room.json") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def _write(folder, room):
    with open(f"{folder}/room.json", "w") as file:
        json.dump(room, file)
