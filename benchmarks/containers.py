"""The measures of what is done with containers, beside the floor and those peers that can do the same."""
import contextlib
import json
import os
import statistics
import subprocess
import tempfile

import clients
from asking import ask

LIFECYCLE_CPU_TARGET, LIFECYCLE_TO_GO_TARGET, LIFECYCLE_REQUESTS, LIFECYCLES_MEMORY_TARGET = 2, 0.5, 5, 12e6
LOGS_WALL_TARGET, LOGS_CPU_TARGET = 0.85, 0.5
COPY_TO_CPU_TARGET, COPY_TO_TO_GO_TARGET, COPY_FROM_TARGET = 1.3, 0.5, 1.15
STREAMS_MEMORY_TARGET = 10e6
ECHO_TARGET = 1.1
WAIT_TARGET = 5e-3


class ContainerMeasures:
    def container_commands(self):
        ours = {name: [f"{self.build}/benchmarks/bench-{name}_containers"] for name in ("floor", "libconu")}
        return {**ours, **{name: self.commands[name] for name in ("Go SDK",) if name in self.commands}}

    @contextlib.contextmanager
    def container(self, *command, started=True, **settings):
        """A container that the measure needs. It is removed afterwards."""
        body = {"Image": self.env["BENCH_IMAGE"], "Cmd": list(command), **settings}
        container = json.loads(ask("POST", "/containers/create", 201, body=body)[1])["Id"]
        try:
            if started:
                ask("POST", f"/containers/{container}/start", 204)
            yield container
        finally:
            ask("DELETE", f"/containers/{container}?force=1", 204)

    def in_turns(self, measure, action, settings, count=1, before=0, **limits):
        """Each client does it `--pulls` times, one after the other, with the floor in each round."""
        samples, memory = {}, {}
        for number in range(self.options.pulls + 1):
            for name, command in self.container_commands().items():
                client = clients.Client(name, command, {**self.env, **settings})
                if before > 0:
                    client.do(action, before)
                figures = client.do(action, count)
                if number > 0:  # the first round warms the engine's caches
                    samples.setdefault(name, []).append(figures)
                    memory[name] = max(client.peak_memory(), memory.get(name, 0))
                client.end()
        for name in samples:
            self.add(measure, name, list(zip(samples[name], samples["floor"])), memory[name],
                     **(limits if name == "libconu" else {}))
        return samples, memory

    def to_go(self, measure, samples, limit):
        if "Go SDK" in samples:
            cpu = [statistics.median(cpu for _, cpu in samples[name]) for name in ("libconu", "Go SDK")]
            self.verdict(f"{measure}: CPU to the Go SDK's", cpu[0] / cpu[1], limit, "×")

    # --- what is measured ---

    def lifecycle(self):
        """Create, start, wait, logs, remove; on one processor, by a client that has its connection."""
        with clients.on_one_processor():
            samples, _ = self.in_turns("lifecycle", "lifecycle", {}, count=2 if self.options.check else 10, before=1,
                                       cpu=LIFECYCLE_CPU_TARGET)
        self.to_go("lifecycle", samples, LIFECYCLE_TO_GO_TARGET)
        libconu = self.container_commands()["libconu"]
        self.verdict("lifecycle: requests", self.requests_per_call(libconu, "lifecycle", 5), LIFECYCLE_REQUESTS)
        client = clients.Client("libconu", libconu, self.env)
        client.do("lifecycles", 1)
        self.verdict("32 lifecycles at once: peak memory", client.peak_memory() / 1e6, LIFECYCLES_MEMORY_TARGET / 1e6,
                     "MB")
        client.end()

    def logs(self):
        size = self.options.megabytes * 1000 * 1000
        with self.container("sh", "-c", f"yes {'x' * 99} | head -c {size}") as container:
            ask("POST", f"/containers/{container}/wait", 200)
            _, memory = self.in_turns(f"log of {self.options.megabytes} MB", "logs", {"BENCH_LOG_CONTAINER": container},
                                      wall=LOGS_WALL_TARGET, cpu=LOGS_CPU_TARGET)
            self.verdict("log: peak memory", memory["libconu"] / 1e6, STREAMS_MEMORY_TARGET / 1e6, "MB")

    def copy(self):
        megabytes = self.options.megabytes * 5 // 2
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder, self.container("true", started=False) as container:
            with open(f"{folder}/big", "wb") as file:
                for _ in range(megabytes):
                    file.write(os.urandom(1000 * 1000))
            settings = {"BENCH_COPY_CONTAINER": container, "BENCH_COPY_FILE": f"{folder}/big",
                        "BENCH_COPY_TARGET": f"{folder}/copy"}
            samples, memory = self.in_turns(f"{megabytes} MB copied in", "copy_to", settings, cpu=COPY_TO_CPU_TARGET)
            self.to_go("copied in", samples, COPY_TO_TO_GO_TARGET)
            self.verdict("copied in: peak memory", memory["libconu"] / 1e6, STREAMS_MEMORY_TARGET / 1e6, "MB")
            _, memory = self.in_turns(f"{megabytes} MB copied out", "copy_from", settings, wall=COPY_FROM_TARGET,
                                      cpu=COPY_FROM_TARGET)
            self.verdict("copied out: peak memory", memory["libconu"] / 1e6, STREAMS_MEMORY_TARGET / 1e6, "MB")

    def attach(self):
        """Lines there and back, through a container of its own for each client."""
        commands = {name: command for name, command in self.container_commands().items() if name != "Go SDK"}
        with contextlib.ExitStack() as containers:
            running = {}
            for name, command in commands.items():
                container = containers.enter_context(self.container("cat", OpenStdin=True))
                running[name] = clients.Client(name, command, {**self.env, "BENCH_ECHO_CONTAINER": container})
            pairs = []
            for number in range(self.options.rounds + 1):
                order = ("floor", "libconu") if number % 2 else ("libconu", "floor")
                figures = {name: running[name].do("echo", 100) for name in order}
                if number > 0:
                    pairs.append((figures["libconu"], figures["floor"]))
            memory = {name: client.peak_memory() for name, client in running.items()}
            for client in running.values():
                client.end()
        self.add("echo over attach", "floor", [(floor, floor) for _, floor in pairs], memory["floor"])
        self.add("echo over attach", "libconu", pairs, memory["libconu"], wall=ECHO_TARGET)

    def waits(self):
        """From the service's listen() and from its log line to the end of the wait."""
        count = 3 if self.options.check else self.options.rounds
        with self.container("sleep", "1000") as container:
            said = subprocess.run([f"{self.build}/benchmarks/bench-waits", str(count)], check=True, text=True,
                                  env={**self.env, "BENCH_CONTAINER": container}, stdout=subprocess.PIPE).stdout
        for line in said.splitlines():
            what, median_ns = line.rsplit(" ", 1)
            self.verdict(f"{what}, median", int(median_ns) / 1e6, WAIT_TARGET * 1e3, "ms")
