#!/usr/bin/env python3
"""A lab: private engines, registries and images for the tests, in namespaces of their own. See README.md beside this.

  lab.py run [--engine docker|podman] [--lab NAME] [--big] [--debian] -- COMMAND ...
                            runs COMMAND in a lab of its own, or in the one called NAME
  lab.py up [NAME] [--big] [--debian]
                            makes a lab that stays, and prints its environment
  lab.py down [NAME]        ends it
  lab.py spare KIND         starts an extra engine, prints its name, URL and pid       (these three inside a lab)
  lab.py stop-engine NAME [--kill]
  lab.py start-engine NAME  starts it again on the data it had, prints its name, URL and pid
  lab.py sweep              removes what crashed runs left
"""
import argparse
import glob
import os
import signal
import subprocess
import sys

import catalogue
import debian
import process
import room
from engines import KINDS, SPARE_KINDS, TCP_PORT, TLS_PORT, Engine
from registry import PASSWORD, USER, Registry

# The network of a lab is its own, so these are free in every lab.
REGISTRY, AUTH_REGISTRY, SLOW_REGISTRY, LIMITED_REGISTRY = 5000, 5001, 5002, 5003


def main():
    arguments = parse(sys.argv[1:])
    if os.geteuid() != 0:
        raise SystemExit("a lab needs root: run this with sudo")
    arguments.act(arguments)


def parse(argv):
    parser = argparse.ArgumentParser(prog="lab.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name, act):
        added = verbs.add_parser(name)
        added.set_defaults(act=act)
        return added

    run_verb = verb("run", run)
    run_verb.add_argument("--engine", choices=KINDS)
    run_verb.add_argument("--lab")
    run_verb.add_argument("command", nargs="+")
    up_verb = verb("up", up)
    up_verb.add_argument("name", nargs="?", default="default")
    verb("down", down).add_argument("name", nargs="?", default="default")
    verb("spare", spare).add_argument("kind", choices=SPARE_KINDS)
    verb("start-engine", start_engine).add_argument("name")
    stop_verb = verb("stop-engine", stop_engine)
    stop_verb.add_argument("name")
    stop_verb.add_argument("--kill", action="store_true")
    verb("sweep", lambda _: room.sweep())
    for makes in (run_verb, up_verb, verb("furnish", furnish)):
        for system in debian.SYSTEMS:
            makes.add_argument(f"--{system}", dest="systems", action="append_const", const=system, default=[])
    return parser.parse_args(argv)


def run(arguments):
    if room.current():
        raise SystemExit(exit_code(subprocess.Popen(arguments.command, env=environment(room.current(), arguments))))
    if arguments.lab and room.is_open(arguments.lab):
        raise SystemExit(run_in(room.folder_of(arguments.lab), arguments))
    name = arguments.lab or room.new_name()
    process.exit_on_signals()
    try:
        folder = make(name, stay=False, systems=arguments.systems)
        code = run_in(folder, arguments)
    finally:
        process.on_signals(signal.SIG_IGN)
        room.close_room(name)
    raise SystemExit(code)


def run_in(folder, arguments):
    return exit_code(room.enter(folder, arguments.command, environment(folder, arguments)))


def exit_code(child):
    """Waits, and answers the code as a shell gives it: 128 and the signal's number for a process that was killed."""
    code = child.wait()
    return code if code >= 0 else 128 - code


def up(arguments):
    folder = make(arguments.name, stay=True, systems=arguments.systems)
    with open(f"{folder}/env") as file:
        print(file.read(), end="")


def down(arguments):
    room.close_room(arguments.name)


def make(name, stay, systems):
    for system in systems:
        debian.prepare(system)
    folder = room.open_room(name, stay)
    command = [sys.executable, os.path.abspath(__file__), "furnish", *(f"--{system}" for system in systems)]
    if room.enter(folder, command, {**os.environ, "CONU_TEST_FOLDER": folder}).wait():
        room.close_room(name)
        raise SystemExit("the lab could not be made")
    return folder


def furnish(arguments):
    """Starts what a lab holds. Runs inside the room."""
    folder = inside()
    storage = f"{folder}/storage"
    registry = Registry(f"{folder}/registry", REGISTRY).start(storage)
    Registry(f"{folder}/auth-registry", AUTH_REGISTRY).start(storage, password=True)
    for port, mode in ((SLOW_REGISTRY, "slow"), (LIMITED_REGISTRY, "limited")):
        front = f"{os.path.dirname(os.path.abspath(__file__))}/front.py"
        log = f"{folder}/{mode}-registry.log"
        pid = process.start([sys.executable, front, str(port), str(REGISTRY), mode], log)
        process.wait_until(lambda: process.answers(("127.0.0.1", port), "/v2/"), pid, log)
    image = catalogue.publish(registry)
    with open(f"{folder}/image.tar", "wb") as file:
        file.write(image.archive("conu/loaded:1.0"))
    for system in arguments.systems:
        registry.push(f"conu/{system}", "latest", debian.image(system))
    engines = {kind: Engine(folder, kind).start() for kind in KINDS}
    write_environment(folder, {
        "CONU_TEST_FOLDER": folder,
        "CONU_TEST_LAB": os.path.abspath(__file__),
        "CONU_TEST_DOCKER": engines["docker"].url,
        "CONU_TEST_PODMAN": engines["podman"].url,
        "CONU_TEST_TLS_HOST": f"tcp://127.0.0.1:{TLS_PORT}",
        "CONU_TEST_TLS_CERTIFICATES": f"{engines['docker'].folder}/certificates",
        "CONU_TEST_TCP_HOST": f"tcp://127.0.0.1:{TCP_PORT}",
        "CONU_TEST_REGISTRY": f"127.0.0.1:{REGISTRY}",
        "CONU_TEST_AUTH_REGISTRY": f"127.0.0.1:{AUTH_REGISTRY}",
        "CONU_TEST_AUTH_USER": USER,
        "CONU_TEST_AUTH_PASSWORD": PASSWORD,
        "CONU_TEST_SLOW_REGISTRY": f"127.0.0.1:{SLOW_REGISTRY}",
        "CONU_TEST_LIMITED_REGISTRY": f"127.0.0.1:{LIMITED_REGISTRY}",
        "CONU_TEST_IMAGE": f"127.0.0.1:{REGISTRY}/conu/busybox:latest",
        "CONU_TEST_IMAGE_TAR": f"{folder}/image.tar",
        **{f"CONU_TEST_{system.upper()}_IMAGE": f"127.0.0.1:{REGISTRY}/conu/{system}:latest"
           for system in arguments.systems},
        # Whatever this user has set up for engines and registries is not for the tests.
        "DOCKER_CONFIG": f"{folder}/docker-config",
    })


def write_environment(folder, values):
    os.makedirs(values["DOCKER_CONFIG"])
    with open(f"{folder}/env", "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


def environment(folder, arguments):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "CONTAINER"))}
    with open(f"{folder}/env") as file:
        env |= dict(line.rstrip("\n").split("=", 1) for line in file)
    if arguments.engine:
        env |= {"CONU_TEST_ENGINE": arguments.engine, "CONU_HOST": Engine(folder, arguments.engine).url}
    env["PATH"] = "/usr/sbin:/usr/bin:" + env["PATH"]  # the docker program of Debian's package before any other
    return env


def spare(arguments):
    folder, number = inside(), 1
    while glob.glob(f"{folder}/spare-{arguments.kind.partition('-')[0]}*-{number}"):
        number += 1
    describe(Engine(folder, f"spare-{arguments.kind}-{number}").start())


def start_engine(arguments):
    describe(Engine(inside(), arguments.name).start())


def stop_engine(arguments):
    Engine(inside(), arguments.name).stop(grace=0 if arguments.kill else 10)


def describe(engine):
    print(engine.name, engine.url, engine.pids[0])


def inside():
    folder = room.current()
    if not folder:
        raise SystemExit("this is for programs in a lab: lab.py run --lab NAME -- ...")
    return folder


main()
