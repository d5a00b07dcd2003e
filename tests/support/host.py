#!/usr/bin/env python3
"""Runs a command beside an engine and a registry with an image: host.py COMMAND...

The engine is the one that already runs on this machine; it is left as it was. Where there is none, or it cannot reach
a registry on this machine's 127.0.0.1, the command runs in a lab. It finds CONU_HOST and CONU_TEST_IMAGE.
"""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

import catalogue
import certificates
import process
from registry import Registry

LAB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab.py")


def main():
    process.exit_on_signals()
    command = sys.argv[1:]
    engine = running_engine()
    if engine:
        print(f"An engine is running at {engine}: it is used, and left as it was.", flush=True)
        with tempfile.TemporaryDirectory(prefix="conu-") as folder, contextlib.ExitStack() as cleanup:
            registry = start_registry(folder, cleanup)
            image = f"{registry.address}/conu/busybox:latest"
            trust(registry, cleanup)
            if can_pull(engine, image):
                cleanup.callback(remove_image, engine, image)
                env = {**os.environ, "CONU_HOST": f"unix://{engine}", "CONU_TEST_IMAGE": image}
                raise SystemExit(subprocess.run(command, env=env).returncode)
        print("That engine cannot pull from 127.0.0.1.", flush=True)
    print("A private engine is started, and stopped again at the end.", flush=True)
    raise SystemExit(subprocess.run(process.as_root(LAB, "run", "--engine", "docker", "--", *command)).returncode)


def running_engine():
    """The socket of the first engine that answers, or None. The user's own choice comes first."""
    run = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    chosen = [os.environ.get(name, "").removeprefix("unix://") for name in ("CONU_HOST", "DOCKER_HOST")]
    defaults = ["/var/run/docker.sock", f"{run}/docker.sock", f"{run}/podman/podman.sock", "/run/podman/podman.sock"]
    return next((path for path in chosen + defaults if path and process.answers(path, "/_ping")), None)


def start_registry(folder, cleanup):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    certs = certificates.make(f"{folder}/certificates")
    registry = Registry(f"{folder}/registry", port).start(f"{folder}/storage", certificates=certs)
    cleanup.callback(registry.stop)
    registry.push("conu/busybox", "latest", catalogue.busybox(catalogue.busybox_layer()))
    return registry


def trust(registry, cleanup):
    """Has Podman accept the registry's certificate for as long as this runs; Docker accepts any from 127.0.0.1."""
    config = "/etc" if os.geteuid() == 0 else os.path.expanduser("~/.config")
    folder = f"{config}/containers/certs.d/{registry.address}"
    with contextlib.suppress(PermissionError):
        os.makedirs(folder)
        cleanup.callback(os.removedirs, folder)
        shutil.copy(f"{registry.certificates}/ca.pem", f"{folder}/ca.crt")
        cleanup.callback(os.unlink, f"{folder}/ca.crt")


def can_pull(engine, image):
    """Tries it, and takes the image away again, so that whoever pulls it next sees it come."""
    name, tag = image.rsplit(":", 1)
    status, body = process.request(engine, "POST", f"/images/create?fromImage={name}&tag={tag}")
    steps = [json.loads(line) for line in body.splitlines()] if status == 200 else [{"error": body}]
    remove_image(engine, image)
    return not any("error" in step for step in steps)


def remove_image(engine, image):
    process.request(engine, "DELETE", f"/images/{image}?force=true")


main()
