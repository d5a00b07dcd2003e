"""Replays on the library what was recorded of the s2i program: the same arguments on the same builders and sources, and
the same images, trees and lines must come out. See s2i/README.md.

Usage: s2i_replay.py LIBCONU: runs in a lab that holds conu/debian, and writes TAP.
"""
import fnmatch
import functools
import glob
import http.server
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "s2i"))
import sources  # noqa: E402
from extract_trees import containers  # noqa: E402
from s2i_lab import ON_DOCKER, PREFIX, Failed, Library, build_all, images, inspect, remove, top_layer  # noqa: E402

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "s2i", "recorded")

# What cannot be said to the library at all, so there is nothing to replay.
UNSAYABLE = {
    "63-args1": "no builder is given",
    "78b-usage-nodaemon": "usage takes no options",
}
if not ON_DOCKER:
    UNSAYABLE["28b-onbuild-run"] = "what Podman tells of an image has no ONBUILD instructions, so it is any builder"

# What fails, as the program did or as it should have done: the status, and what the message must name.
FAILURES = {
    "12-emptygit": ("INVALID_ARGUMENT", "{work}/src-emptygit", "commit"),
    "13b-env-badformat": ("INVALID_ARGUMENT", "FOO", "NAME=VALUE"),
    "16-nolabel": ("NOT_FOUND", "assemble", "run", "pbx-nolabel", "io.openshift.s2i.scripts-url"),
    "17b-fail42": ("COMMAND_FAILED", "assemble", "42", "x"),
    "22c-assembleuser-bad": ("", "nosuch"),
    "23c-uids-name": ("PERMISSION", "pbx-nameduser", "app"),
    "23f-uids-bad": ("INVALID_ARGUMENT", "abc", "--allowed-uids"),
    "76d-root": ("INVALID_ARGUMENT", "/tmp", "temporary files"),
    "28b-onbuild-run": ("COMMAND_FAILED", "assemble"),
    "31c-meta-nolabels": ("PROTOCOL", "image_metadata.json", "labels"),
    "31f-meta-dir": ("CONFLICT", "image_metadata.json"),
    "32e-exclude-bad": ("INVALID_ARGUMENT", "--exclude", "("),
    "40c-runtime-noartifacts": ("INVALID_ARGUMENT", "rt-plain"),
    "40i-runtime-badmap3": ("INVALID_ARGUMENT", "/x", "../y"),
    "40l-runtime-missingimage": ("", "nosuchrt"),
    "41-asdockerfile": ("UNSUPPORTED", "--as-dockerfile"),
    "41e-asdockerfile-rt": ("UNSUPPORTED", "--as-dockerfile"),
    "50c-usage-fail": ("COMMAND_FAILED", "usage", "5", "usage-out", "usage-err"),
    "50f-usage-noimage": ("", "nosuchimage:x"),
    "63d-badtag": ("INVALID_ARGUMENT", "Bad Tag"),
    "64b-srcfile": ("INVALID_ARGUMENT", "{work}/envfile"),
    "64e-fileurl-host": ("INVALID_ARGUMENT", "file://host/x", "host"),
    "65b-pullnever": ("NOT_FOUND", "nosuchimage"),
    "74-run": ("UNSUPPORTED", "--run"),
}

# The program's own lines, and git's; all others are those of scripts.
OWN = re.compile("WARNING: |warning: |ERROR: |error: |Checking if |Build (completed|failed)|Submodule |Cloning |done")
DATE = re.compile("[A-Z][a-z][a-z] [ 123][0-9] [0-9][0-9]:[0-9][0-9]")


# --- what the library does in another way, and why -------------------------------------------------------------------

def without_tar(run):
    """The program adds a layer with the source to a builder without tar and calls the result its builder; the library
    has the engine unpack the source, as ever, so it is in the top layer like that of any other builder."""
    run["config"]["Labels"]["io.openshift.s2i.build.image"] = "docker.io/library/pbx-notar:latest"
    run["output"].append("FILE|/tmp/'scripts'|drwxr-xr-x|0:0|4096")
    run["tree"] += [line for line in recorded("01-local-dir")["tree"] if " tmp" in line]


def without_marker(run):
    """The program tells the container by a file in /tmp that all was uploaded, and leaves that behind."""
    run["tree"] = [line for line in run["tree"] if " tmp" not in line]


def without_script(run):
    """The program has the container wait for such a file, and empty what was injected by a script that it sources."""
    scripts = re.compile(".*(injection-result|rm-injections|truncate)|set [+-]e")
    run["output"] = [line for line in run["output"] if not scripts.match(line)]
    run["tree"] = [line for line in run["tree"] if not scripts.match(line)]


CORRECTIONS = {"27-notar": without_tar, "40f-runtime-user": without_marker, "72-inject": without_script,
               "72d-inject-missingdst": without_script}


def on_podman(run):
    """What Podman's images and commits have in another way."""
    config, labels, builder = run["config"], run["config"]["Labels"], "io.openshift.s2i.build.image"
    # buildah signs what it builds.
    labels["io.buildah.version"] = ANY
    # Names without a registry are those of this machine.
    labels[builder] = labels[builder].replace("docker.io/library/", PREFIX)
    # Containers have this variable, and a commit keeps it.
    config["Env"].append("TERM=xterm")
    # What it tells of an image has no health check, also where the image has one.
    config["Healthcheck"] = None


# What Podman adds to a container's files, which are in what is committed: some that tell the container of its host and
# its user, and the folder to work in. And to its lines: that variable, a home for a user who has none, its own
# capabilities, and that it could not write all of the input to a shell that had ended.
MORE_FILES = () if ON_DOCKER else ("etc", "etc/group", "etc/hosts", "etc/mtab", "etc/passwd", "run",
                                   "run/.containerenv", "opt", "opt/app-root", "opt/app-root/src")
MORE_LINES = () if ON_DOCKER else ("R?ENV.TERM=xterm", "RENV.HOME=", "Cap(Inh|Prm|Eff):",
                                   "Error: write unixpacket")


class Any:
    def __eq__(self, other):
        return True

    def __repr__(self):
        return "anything"


ANY = Any()


# --- expectation and result, made alike ------------------------------------------------------------------------------

def recorded(name):
    with open(f"{RECORDED}/{name}.json") as file:
        return json.load(file)


def expectation(name, places):
    run = recorded(name)
    if "config" in run:
        CORRECTIONS.get(name, lambda run: None)(run)
        if not ON_DOCKER:
            on_podman(run)
    return filled(run, places)


def filled(value, places):
    if isinstance(value, str):
        return functools.reduce(lambda text, place: text.replace("{" + place + "}", places[place]), places, value)
    if isinstance(value, list):
        return [filled(item, places) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, places) for key, item in value.items()}
    return value


def alike_config(config, names):
    """None, empty and absent mean the same to an engine."""
    known = {name: config.get(name) or None for name in names}
    known["Labels"] = {key: value for key, value in known["Labels"].items() if not key.startswith("conu.")}
    return known if ON_DOCKER else {**known, "Env": sorted(known["Env"])}  # it keeps no order


def alike_tree(lines):
    """Without the examples of hooks, which are as git's version has them."""
    return sorted(line for line in lines if "/hooks/" not in line and line.split(" ")[3] not in MORE_FILES)


def alike_lines(lines):
    """In any order: there is none between the two streams."""
    kept = []
    for line in lines:
        if OWN.match(line):
            continue
        line = DATE.sub("DATE", re.sub("HOSTNAME=.*", "HOSTNAME=", line))
        if line.endswith(" .."):  # the root of the container, which is the engine's
            continue
        kept.append(re.sub(r"^(total|d\S+ \d+ \S+ \S+) +\d+|(\|d\S+\|)\d+$", r"\1\2", line))
    return sorted(line for line in kept if not any(re.match(pattern, line) for pattern in MORE_LINES))


def expect(title, found, wanted):
    if found == wanted:
        return
    if isinstance(wanted, dict):
        different = [key for key in sorted({*found, *wanted}) if found.get(key) != wanted.get(key)]
        found, wanted = ([f"{key}: {value.get(key)}" for key in different] for value in (found, wanted))
    missing = [str(item) for item in wanted if item not in found] or ["the same in another order or number"]
    more = [str(item) for item in found if item not in wanted]
    raise AssertionError("\n".join([f"{title} misses", *missing, "and has", *more]))


# --- the replay ------------------------------------------------------------------------------------------------------

def call(library, run):
    builder = PREFIX + run["builder"]
    if run["command"] == "usage":
        return library.usage(builder)
    flags = list(run["flags"])
    if "--runtime-image" in flags:
        flags[flags.index("--runtime-image") + 1] = PREFIX + flags[flags.index("--runtime-image") + 1]
    # The host's network takes half of the time of a start away.
    return library.extend(builder, run["source"], run["name"], ["--network", "host", *flags])


def replay(library, name, places, built):
    run = expectation(name, places)
    os.chdir(run["cwd"])
    for earlier in run.get("before", []):
        library.extend(PREFIX + earlier["builder"], earlier["source"], earlier["name"], run["flags"][:0])
    before = containers(), images() if "before" in run else built
    try:
        lines = call(library, run)
    except Failed as failed:
        if name not in FAILURES:
            raise
        status, *words = filled(list(FAILURES[name]), places)
        assert status in failed.status, failed
        for word in words:
            assert word in failed.message, f"{word} is not in: {failed}"
        expect("the engine", images(), before[1])
    else:
        assert name not in FAILURES, f"it did not fail, and printed {lines}"
        expect("what was printed", alike_lines(lines), alike_lines(run["output"]))
        if run["command"] == "usage":
            expect("the engine", images(), before[1])
        else:
            document = inspect(run["name"])
            expect("the configuration", alike_config(document["Config"], run["config"]),
                   alike_config(run["config"], run["config"]))
            expect("the top layer", alike_tree(top_layer(document)), alike_tree(run["tree"]))
            expect("the engine", images() - before[1], {document["Id"]})
    expect("the engine", containers(), before[0])
    left = [path for folder in os.scandir(os.environ["TMPDIR"]) for path in os.listdir(folder)]
    assert not left, f"{len(left)} folders are left, such as {left[0]}"  # but the folder that has the library's own


def tidy(before):
    for image in images() - before:
        remove(image)


def serve(folder):
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def main():
    names = sorted(os.path.basename(path).removesuffix(".json") for path in glob.glob(f"{RECORDED}/*.json"))
    names = [name for name in names if name not in UNSAYABLE
             and fnmatch.fnmatch(name, os.environ.get("CONU_TEST_FILTER", "*"))]
    print(f"1..{len(names)}", flush=True)
    work, temporary = tempfile.mkdtemp(prefix="", dir="/tmp"), tempfile.mkdtemp()
    os.environ["TMPDIR"] = temporary
    sources.make(work)
    places = {"work": work, "http": serve(f"{work}/scripts-url/full"),
              "src-sub": sources.git(f"{work}/src-sub", "rev-parse", "HEAD")}
    # Modules of a repository that is a folder: git asks for this since it had to be afraid of them.
    os.environ |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow", "GIT_CONFIG_VALUE_0": "always"}
    wanted = {builder for name in names for builder in builders_of(recorded(name))}
    before = images()
    failures = 0
    library = Library(sys.argv[1])
    build_all(wanted)
    built = images()
    for number, name in enumerate(names, 1):
        try:
            replay(library, name, places, built)
            print(f"ok {number} - {name}", flush=True)
        except Exception as error:
            failures += 1
            print(f"not ok {number} - {name}", flush=True)
            said = str(error) if isinstance(error, (AssertionError, Failed)) else traceback.format_exc()
            for line in said.splitlines():
                print("# " + line, flush=True)
        tidy(built)
    os.chdir("/")
    for folder in (work, temporary):
        shutil.rmtree(folder)
    tidy(before)
    sys.exit(1 if failures else 0)


def builders_of(run):
    flags = run["flags"]
    return [run["builder"], *(flags[at + 1] for at, flag in enumerate(flags) if flag == "--runtime-image")]


if __name__ == "__main__":
    main()
