"""The measures of looking into images, beside a bare mount(2) and what one does without libconu."""
import contextlib
import json
import os
import subprocess
import tempfile
import time

import clients
from asking import ask

MOUNT_TARGET, FETCH_TARGET, PRESENCE_TARGET = 1.5, 1.2, 1
EXTRACT_TARGET, EXTRACT_MEMORY_TARGET = 1 / 0.9, 15e6
FILE = "/etc/passwd"
MOUNTS, FETCHES = 10, 20  # in one turn
HUGE = 2_700_000_000  # bytes that are added to the big image


def wall_of(command, env):
    began = time.perf_counter()
    subprocess.run(["sh", "-c", command], check=True, env=env, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


class FileMeasures:
    def files(self):
        """An image mounted and a file read, or fetched alone; its files put into a folder; a file asked for 100,000
        times."""
        big = self.env["BENCH_BIG_IMAGE"]
        self.pull_once(big)
        if not self.options.check:  # whose image has one layer, which mount(2) does not take alone
            self.mount("image of 300 MB", big)
            self.programs(big)
        with self.huge(big) as huge:
            self.mount("image of 3 GB", huge)
        self.fetch(big)
        self.extract(big)

    @contextlib.contextmanager
    def huge(self, image):
        """The image with one file more, in a layer of its own. It is removed afterwards."""
        size = 1000 if self.options.check else HUGE
        body = {"Image": image, "Cmd": ["sh", "-c", f"head -c {size} /dev/zero > /huge"]}
        container = json.loads(ask("POST", "/containers/create", 201, body=body)[1])["Id"]
        ask("POST", f"/containers/{container}/start", 204)
        ask("POST", f"/containers/{container}/wait", 200)
        ask("POST", f"/commit?container={container}&repo=conu/huge&tag=1", 201, body={})
        ask("DELETE", f"/containers/{container}", 204)
        try:
            yield "conu/huge:1"
        finally:
            ask("DELETE", "/images/conu/huge:1", 200)

    def file_clients(self, image, settings=()):
        data = json.loads(ask("GET", f"/images/{image}/json", 200)[1])["GraphDriver"]["Data"]
        layers = ":".join(filter(None, [data["UpperDir"], data.get("LowerDir")]))
        env = {**self.env, "BENCH_IMAGE": image, "BENCH_FILE": FILE, "BENCH_LAYERS": layers, **dict(settings)}
        return [clients.Client(name, [f"{self.build}/benchmarks/bench-{name}_files"], env) for name in ("floor", "libconu")]

    def mount(self, what, image):
        with clients.on_one_processor():
            floor, libconu = self.file_clients(image)
        pairs = {"mount": [], "mount-anew": []}
        for number in range(self.options.rounds + 1):
            for action in pairs:
                figures = {}
                for client in (floor, libconu) if number % 2 else (libconu, floor):
                    figures[client] = client.do(action if client is libconu else "mount", MOUNTS)
                    client.do("unmount", 1)
                if number > 0:
                    pairs[action].append((figures[libconu], figures[floor]))
        libconu.do("mount", 1)
        presence, _ = libconu.do("presence", 1)
        libconu.do("unmount", 1)
        memory = {client: client.peak_memory() for client in (floor, libconu)}
        measure = f"{what}: mount, read a file"
        self.add(measure, "floor", [(one, one) for _, one in pairs["mount"]], memory[floor])
        self.add(measure, "libconu", pairs["mount"], memory[libconu], wall=MOUNT_TARGET)
        self.add(measure, "libconu, a new handle", pairs["mount-anew"], memory[libconu])
        self.verdict(f"{what}: 100,000 × file_is_present", presence, PRESENCE_TARGET, "s")
        for client in (floor, libconu):
            client.end()

    def programs(self, image):
        """What the programs of the engines take to show a file: Podman by a mount, on Podman, and Docker by a copy."""
        floor, _ = ends = self.file_clients(image)
        commands = {"docker create, export, tar -x":
                    (f'id=$(docker create {image} true) && mkdir "$FOLDER/tree" && docker export $id | '
                     f'tar -x -C "$FOLDER/tree" && docker rm $id && cat "$FOLDER/tree{FILE}"', "true")}
        if os.environ.get("CONU_TEST_ENGINE") == "podman":
            folder = os.path.dirname(os.environ["CONU_HOST"].removeprefix("unix://"))  # as the lab lays it out
            podman = f"CONTAINERS_CONF={folder}/containers.conf podman --root {folder}/data --runroot {folder}/r"
            commands["podman image mount"] = (f'tree=$({podman} image mount {image}) && cat "$tree{FILE}"',
                                              f"{podman} image unmount {image}")
        for name, (show, end) in commands.items():
            pairs = []
            for number in range(self.options.pulls + 1):
                with tempfile.TemporaryDirectory() as folder:
                    env = {**self.env, "FOLDER": folder}
                    ours = wall_of(show, env)
                    wall_of(end, env)
                bare = floor.do("mount", 1)
                floor.do("unmount", 1)
                if number > 0:
                    pairs.append(((ours, 0), bare))
            self.add("image of 300 MB: mount, read a file", name, pairs, 0)
        for client in ends:
            client.end()

    def fetch(self, image):
        """One file of a container, without a mount."""
        container = json.loads(ask("POST", "/containers/create", 201, body={"Image": image, "Cmd": ["true"]})[1])["Id"]
        with tempfile.TemporaryDirectory() as folder:
            settings = {"BENCH_CONTAINER": container, "BENCH_FETCHED": f"{folder}/file"}
            floor, libconu = ends = self.file_clients(image, settings)
            pairs = []
            for number in range(self.options.rounds + 1):
                figures = {}
                for client in ends if number % 2 else reversed(ends):
                    figures[client] = client.do("fetch", FETCHES)
                if number > 0:
                    pairs.append((figures[libconu], figures[floor]))
            memory = {client: client.peak_memory() for client in ends}
            for client in ends:
                client.end()
        ask("DELETE", f"/containers/{container}", 204)
        self.add("one file by its archive", "floor", [(one, one) for _, one in pairs], memory[floor])
        self.add("one file by its archive", "libconu", pairs, memory[libconu], wall=FETCH_TARGET)

    def extract(self, image):
        """All files, to the disk: the floor is what people write into scripts."""
        container = json.loads(ask("POST", "/containers/create", 201, body={"Image": image, "Cmd": ["true"]})[1])["Id"]
        _, libconu = ends = self.file_clients(image)
        pairs = []
        for number in range(self.options.pulls + 1):
            with tempfile.TemporaryDirectory() as folder:
                floor = wall_of(f"docker export {container} | tar -x -C {folder}", self.env)
            ours, cpu = libconu.do("extract", 1)
            libconu.do("unmount", 1)
            if number > 0:
                pairs.append(((ours, cpu), (floor, cpu)))
        ask("DELETE", f"/containers/{container}", 204)
        self.add("all files of 300 MB", "docker export, tar -x", [(one, one) for _, one in pairs], 0)
        self.add("all files of 300 MB", "libconu", pairs, libconu.peak_memory(), wall=EXTRACT_TARGET)
        self.verdict("all files of 300 MB: peak memory", libconu.peak_memory() / 1e6, EXTRACT_MEMORY_TARGET / 1e6, "MB")
        for client in ends:
            client.end()
