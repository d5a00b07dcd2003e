"""Programs that a lab runs: one-off commands, and background processes that are started, awaited and stopped by pid."""
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time


def program(name):
    """The Debian package's own program: a machine may have another one of that name earlier on its PATH."""
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") or shutil.which(name)
    if not found:
        raise SystemExit(f"{name} is not installed: see tools/install-packages")
    return found


def run(*argv):
    """Runs a command to its end; one that fails ends this program with what it said."""
    done = subprocess.run([program(argv[0]), *argv[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def as_root(*argv):
    """The command line that runs this one as root."""
    return list(argv) if os.geteuid() == 0 else ["sudo", "--preserve-env", *argv]


def on_signals(handler):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, handler)


def exit_on_signals():
    """Has a signal end this program by an exception, so that it tidies up after itself."""
    on_signals(lambda number, _: sys.exit(128 + number))


def start(argv, log, env=None):
    """Starts a program that outlives this one; what it prints goes to the file `log`. Answers its pid."""
    with open(log, "ab") as out:
        process = subprocess.Popen([program(argv[0]), *argv[1:]], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   env={**os.environ, **(env or {})}, start_new_session=True)
    process.returncode = 0  # it is not waited for here; this keeps Python from warning about it
    return process.pid


def wait_until(ready, pid, log, seconds=30):
    """Polls `ready` until it is true; a process that died or a time-out ends the wait with the log's last lines."""
    deadline = time.monotonic() + seconds
    while not ready():
        died = not is_alive(pid)
        if died or time.monotonic() > deadline:
            with open(log, errors="replace") as lines:
                tail = "".join(lines.readlines()[-15:])
            raise SystemExit(f"{log}: the program {'died' if died else f'did not answer within {seconds} s'}\n{tail}")
        time.sleep(0.02)


def is_alive(pid):
    """True for a running process; a zombie, which only waits to be reaped, does not count."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def stop(pid, grace):
    """Asks the process to end, and kills it when it has not ended within `grace` seconds."""
    for wanted, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 10)):
        try:
            os.kill(pid, wanted)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while is_alive(pid) and time.monotonic() < deadline:
            time.sleep(0.02)


def answers(address, path):
    """True when an HTTP server at `address` answers `path` at all."""
    try:
        return request(address, "GET", path)[0] < 500
    except OSError:
        return False


def request(address, method, path):
    """Asks an HTTP server at `address`, a socket's path or a (host, port); answers status and body."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(family, socket.SOCK_STREAM)
    connection.sock.settimeout(60)
    try:
        connection.sock.connect(address)
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
