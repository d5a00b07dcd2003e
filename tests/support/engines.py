"""The private engines of a lab: dockerd and podman, each with its own folder, socket and configuration.

An engine is known by its name: "docker" and "podman" are the lab's own two, "spare-docker-1" and so on are extra ones
that a test may kill and start again; "spare-docker-users-1" has users of its own, and "spare-podman-fuse-1" leaves its
layers to fuse-overlayfs. Everything here runs inside the room.
"""
import json
import os

import certificates
import process

KINDS = ("docker", "podman")
SPARE_KINDS = (*KINDS, "docker-users", "podman-fuse")
TLS_PORT = 2376  # dockerd listens here too, with certificates on both sides
TCP_PORT = 2375  # and podman here, in the clear


class Engine:
    def __init__(self, lab, name):
        self.name = name
        self.kind = "podman" if "podman" in name else "docker"
        self.spare = int(name.rpartition("-")[2]) if name.startswith("spare-") else 0
        self.folder = f"{lab}/{name}"
        self.socket = f"{self.folder}/{self.kind}.sock"
        self.url = f"unix://{self.socket}"

    @property
    def pids(self):
        with open(f"{self.folder}/pids") as file:
            return [int(pid) for pid in file.read().split()]

    def start(self):
        """Starts the engine, on the data it had if it ran before, and waits until it answers."""
        os.makedirs(f"{self.folder}/scratch", exist_ok=True)
        for stale in (self.socket, f"{self.folder}/dockerd.pid"):
            if os.path.exists(stale):
                os.unlink(stale)
        if self.kind == "docker":
            pids = [self._start_dockerd()]
        else:
            pids = [self._start_podman(self.url)]
            if not self.spare:
                pids.append(self._start_podman(f"tcp:127.0.0.1:{TCP_PORT}"))
        with open(f"{self.folder}/pids", "w") as file:
            file.write(" ".join(map(str, pids)))
        process.wait_until(lambda: process.answers(self.socket, "/_ping"), pids[0], f"{self.folder}/log")
        return self

    def stop(self, grace):
        for pid in self.pids:
            process.stop(pid, grace)

    def _start_dockerd(self):
        config = {
            "hosts": [self.url],
            "data-root": f"{self.folder}/data",
            "exec-root": f"{self.folder}/run",
            "pidfile": f"{self.folder}/dockerd.pid",
            "exec-opts": ["native.cgroupdriver=cgroupfs"],  # the room has no systemd to ask
        }
        if self.spare:
            # A bridge of its own and no packet filter rules: those of two daemons in one network collide.
            config |= {"bridge": self._own_bridge(), "iptables": False, "ip-forward": False, "ip-masq": False}
        else:
            certs = certificates.make(f"{self.folder}/certificates")
            config["hosts"].append(f"tcp://127.0.0.1:{TLS_PORT}")
            config |= {"bip": "172.30.0.1/24", "tlsverify": True, "tlscacert": f"{certs}/ca.pem",
                       "tlscert": f"{certs}/server-cert.pem", "tlskey": f"{certs}/server-key.pem"}
        if "users" in self.name:
            config["userns-remap"] = "daemon"  # keeper.py has put it into /etc/subuid
        path = self._write("daemon.json", json.dumps(config, indent=2))
        return self._run({}, "dockerd", "--config-file", path)

    def _own_bridge(self):
        bridge = f"conu-spare{self.spare}"
        if not os.path.exists(f"{self.folder}/daemon.json"):  # else it was made when the engine started before
            process.run("ip", "link", "add", bridge, "type", "bridge")
            process.run("ip", "address", "add", f"172.31.{self.spare}.1/24", "dev", bridge)
            process.run("ip", "link", "set", bridge, "up")
        return bridge

    def _start_podman(self, url):
        # Podman's usual limits are more than a machine without CAP_SYS_RESOURCE may give.
        containers = self._write("containers.conf", f"""\
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=32768:32768"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "{self.folder}/tmp"
[network]
network_config_dir = "{self.folder}/networks"
default_subnet = "10.{88 + self.spare}.0.0/16"
""")
        registries = self._write("registries.conf", """\
[[registry]]
location = "127.0.0.1"
insecure = true
""")
        env = {"CONTAINERS_CONF": containers, "CONTAINERS_REGISTRIES_CONF": registries}
        program = ["--storage-opt", "overlay.mount_program=/usr/bin/fuse-overlayfs"] if "fuse" in self.name else []
        return self._run(env, "podman", "--root", f"{self.folder}/data", "--runroot", f"{self.folder}/r", *program,
                         "system", "service", "--time=0", url)

    def _run(self, env, *argv):
        # Podman forgets files in the folder for temporary ones.
        return process.start(argv, f"{self.folder}/log", {**env, "TMPDIR": f"{self.folder}/scratch"})

    def _write(self, name, text):
        path = f"{self.folder}/{name}"
        with open(path, "w") as file:
            file.write(text)
        return path
