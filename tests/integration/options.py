"""Gives the same options to the docker program and to the library, and compares the containers that come of them.

Usage: options.py LIBCONU: runs in a lab, and writes TAP. On Podman it compares what is accepted, and what is refused.
"""
import collections
import concurrent.futures
import ctypes
import http.client
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import urllib.parse
import uuid

from options_cases import ACCEPTED, REFUSED, STARTED

IMAGE = os.environ["CONU_TEST_IMAGE"]
ON_PODMAN = os.environ["CONU_TEST_ENGINE"] == "podman"
SOCKET = os.environ["CONU_HOST"].removeprefix("unix://")
PREFIX = "options-" + uuid.uuid4().hex[:8]


class Refused(Exception):
    """By the library, the program or the engine."""


# --- the engine, the program and the library --------------------------------------------------------------------------

class EngineConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(SOCKET)


def ask(method, path, body=None):
    connection = EngineConnection("engine", timeout=60)
    try:
        connection.request(method, "/v1.41" + path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    finally:
        connection.close()
    if answer.status >= 400:
        raise Refused(f"{answer.status} {text.strip()}")
    return json.loads(text) if text.strip() else None


def docker(*words):
    environment = {**os.environ, "DOCKER_HOST": os.environ["CONU_HOST"]}
    done = subprocess.run(["docker", *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr.strip())
    return done.stdout.strip()


class Library:
    """What this test needs of the C API."""

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name in ("string_list_new", "error_get_message", "container_get_id"):
            getattr(self.c, "conu_" + name).restype = ctypes.c_void_p

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        if getattr(self.c, "conu_" + name)(*arguments, ctypes.byref(error)) != 0:
            message = ctypes.string_at(self.c.conu_error_get_message(error)).decode(errors="replace")
            self.free("error", error)
            raise Refused(message)

    def free(self, kind, handle):
        getattr(self.c, f"conu_{kind}_free")(handle)

    def builder(self, options, command):
        builder = ctypes.c_void_p()
        self.call("run_builder_new", None, None, ctypes.byref(builder))
        for option in options:
            self.call("run_builder_add_option", builder, option.encode())
        for argument in command:
            self.call("run_builder_add_argument", builder, argument.encode())
        return builder

    def parameters(self, options, command):
        builder = self.builder(options, command)
        text = ctypes.c_void_p()
        try:
            self.call("run_builder_get_parameters", builder, IMAGE.encode(), ctypes.byref(text))
            return ctypes.string_at(text)
        finally:
            self.free("string", text)
            self.free("run_builder", builder)

    def run(self, options, command):
        builder = self.builder(options, command)
        image = ctypes.c_void_p()
        container = ctypes.c_void_p()
        try:
            self.call("image_new", None, IMAGE.encode(), None, 0, None, ctypes.byref(image))
            self.call("image_run_via_api", image, builder, None, ctypes.byref(container))
            return ctypes.string_at(self.c.conu_container_get_id(container)).decode()
        finally:
            for kind, handle in (("container", container), ("image", image), ("run_builder", builder)):
                self.free(kind, handle)


# --- two containers, and what is the same in both ---------------------------------------------------------------------

def pruned(value):
    """Without what is empty: engines tell a list of nothing and no list apart, and mean the same."""
    if isinstance(value, dict):
        inner = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in (None, [], {})}
    if isinstance(value, list):
        return [pruned(item) for item in value]
    return value


def essence(container):
    document = ask("GET", f"/containers/{container}/json")
    text = json.dumps(document)
    for own, everyone in ((document["Id"][:12], "SHORT"), (document["Name"], "/NAME")):
        text = text.replace(own, everyone)
    document = json.loads(text)
    labels = document["Config"].get("Labels") or {}
    document["Config"]["Labels"] = {key: value for key, value in labels.items() if not key.startswith("conu.")}
    host = document["HostConfig"]
    for where, unordered in ((host, "Binds"), (host, "Ulimits"), (document["Config"], "Env")):
        where[unordered] = sorted(where.get(unordered) or [], key=json.dumps)
    networks = document["NetworkSettings"]["Networks"] or {}
    for endpoint in networks.values():
        for changing in ("EndpointID", "IPAddress", "GlobalIPv6Address", "MacAddress"):
            endpoint.pop(changing, None)
    mounts = [{key: mount.get(key) for key in ("Type", "Destination", "RW", "Propagation", "Driver")}
              for mount in document.get("Mounts") or []]
    return pruned({"Config": document["Config"], "HostConfig": host, "Networks": networks,
                   "Mounts": sorted(mounts, key=json.dumps)})


# On Podman the two are told apart by being refused alone: it adds to a container what no one has asked for.
LOOK = None if ON_PODMAN else essence


def removed_after(container, look=None):
    try:
        return look(container) if look else None
    finally:
        ask("DELETE", f"/containers/{container}?force=1&v=1")


def differences(left, right, path=""):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from differences(left.get(key), right.get(key), f"{path}.{key}")
    elif left != right:
        yield f"{path}: docker has {json.dumps(left)}, the library {json.dumps(right)}"


# --- the lab's own objects --------------------------------------------------------------------------------------------

FILES = {
    "variables": "# a comment\n\n  FROM_FILE=yes\nPATH\nEMPTY=\nSPACES= two  words \nCONU_OPTIONS_UNSET\n",
    "more-variables": "\ufeffFROM_FILE=again\r\nMORE=1\n",
    "bad-variables": "GOOD=1\nwith space=1\n",
    "nameless-variables": "=1\n",
    "labels": "from=file\nother\n",
    "profile.json": '{\n  "defaultAction": "SCMP_ACT_ALLOW",\n  "syscalls": []\n}\n',
}


class Scene:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix=PREFIX)
        for name, content in FILES.items():
            with open(os.path.join(self.folder.name, name), "w", encoding="utf-8", newline="") as file:
                file.write(content)
        docker("pull", "-q", IMAGE)
        self.network, self.peer, self.shared = (f"{PREFIX}-{name}" for name in ("network", "peer", "shared"))
        docker("network", "create", "--ipv6", "--subnet", "172.31.77.0/24", "--subnet", "fd77::/64", self.network)
        docker("run", "-d", "--name", self.peer, "-v", "/from-peer", IMAGE, "sleep", "600")
        docker("run", "-d", "--name", self.shared, "--ipc", "shareable", IMAGE, "sleep", "600")
        docker("network", "connect", self.network, self.peer)
        return self

    def __exit__(self, *_):
        for container in (self.peer, self.shared):
            docker("rm", "-fv", container)
        docker("network", "rm", self.network)
        for volume in docker("volume", "ls", "-q").split():
            if volume.startswith(PREFIX):
                docker("volume", "rm", volume)
        self.folder.cleanup()

    def words(self, line, number):
        """The words of an option set; names in it are its own."""
        own = f"{PREFIX}-{number}"
        places = {"folder": self.folder.name, "network": self.network, "peer": self.peer, "shared": self.shared,
                  "volume": own + "-volume", "unique": own, "unique-file": os.path.join(self.folder.name, own)}
        return shlex.split(re.sub(r"\{([a-z-]+)\}", lambda match: places[match[1]], line))


# --- the comparisons --------------------------------------------------------------------------------------------------

def outcome(create, look):
    """What comes of a container, or why there is none."""
    try:
        container = create()
    except Refused as refusal:
        return None, str(refusal)
    return removed_after(container, look), None


def forget_file(words):
    if "--cidfile" in words:
        os.unlink(words[words.index("--cidfile") + 1])


def by_program(words, look):
    try:
        return outcome(lambda: docker("create", *words, IMAGE, "true").split()[-1], look)
    finally:
        if "--cidfile" in words:
            forget_file(words)


def by_library(library, words, look):
    def create():
        body = library.parameters(words, ["true"])
        query = {key: words[words.index(option) + 1] for key, option in (("name", "--name"), ("platform", "--platform"))
                 if option in words}
        return ask("POST", "/containers/create?" + urllib.parse.urlencode(query), body)["Id"]
    return outcome(create, look)


def compared(theirs, their_refusal, ours, our_refusal):
    """What is wrong about two outcomes; nothing if one engine has refused both."""
    if (their_refusal is None) != (our_refusal is None):
        return f"docker: {their_refusal or 'accepts it'}\nthe library: {our_refusal or 'accepts it'}"
    return "\n".join(differences(theirs, ours))


def compare_created(library, words, accepted):
    their_outcome = by_program(words, LOOK)
    our_outcome = by_library(library, words, LOOK)
    if not ON_PODMAN and accepted != (their_outcome[1] is None):
        return f"docker: {their_outcome[1] or 'accepts it'}"
    if ON_PODMAN and not accepted and our_outcome[1]:
        return ""  # Podman lets some pass; the library is as strict as on Docker
    if ON_PODMAN and "unknown server OS" in (their_outcome[1] or ""):
        return our_outcome[1]  # the program cannot do it on Podman
    return compared(*their_outcome, *our_outcome)


def compare_started(library, words):
    their_outcome = outcome(lambda: docker("run", *words, IMAGE, "sleep", "60"), LOOK)
    if "--cidfile" in words and not their_outcome[1]:
        forget_file(words)
    our_outcome = outcome(lambda: library.run(words, ["sleep", "60"]), LOOK)
    if ON_PODMAN and "opening seccomp profile failed" in (their_outcome[1] or ""):
        return our_outcome[1]  # the program sends what Podman does not take
    if not ON_PODMAN and their_outcome[1]:
        return f"docker: {their_outcome[1]}"
    return compared(*their_outcome, *our_outcome)


def unknown_options(library):
    """What the program's help names and the library does not know."""
    rows = re.findall(r"^ {2,6}(?:(-\w), )? *(--[a-z0-9-]+)", docker("run", "--help"), re.MULTILINE)
    names = [name for row in rows for name in row if name]
    for name in names:
        try:
            library.parameters([name, "x"], [])
        except Refused as refusal:
            if "unknown option" in str(refusal):
                yield str(refusal)
    if len(names) < 100:
        yield f"the help names {len(names)} options only"


def all_comparisons(library, scene):
    Comparison = collections.namedtuple("Comparison", "name function")
    yield Comparison("every option that the program's help names is known", lambda: "\n".join(unknown_options(library)))
    number = 0
    for kind, lines in (("accepted", ACCEPTED), ("refused", REFUSED), ("started", STARTED)):
        for line in lines.strip().splitlines():
            number += 1
            words = scene.words(line, number)
            if kind == "started":
                yield Comparison(f"run {line}", lambda words=words: compare_started(library, words))
            else:
                yield Comparison(f"{kind}: {line}", lambda words=words, accepted=kind == "accepted":
                                 compare_created(library, words, accepted))


def told(comparison):
    try:
        return comparison.function()
    except Exception as exception:  # a test that breaks is one that fails
        return f"{type(exception).__name__}: {exception}"


def main():
    library = Library(sys.argv[1])
    failed = 0
    with Scene() as scene:
        pattern = os.environ.get("CONU_TEST_FILTER", "*").strip("*").replace("_", " ")
        comparisons = [one for one in all_comparisons(library, scene) if pattern in one.name]
        print(f"1..{len(comparisons)}")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for number, (one, message) in enumerate(zip(comparisons, pool.map(told, comparisons)), 1):
                failed += bool(message)
                print(f"{'not ok' if message else 'ok'} {number} - {one.name.replace('#', '')}", flush=True)
                for line in (message or "").splitlines():
                    print("#   " + line, flush=True)
    sys.exit(failed > 0)


main()
