"""The peer docker-py."""
import os
import resource
import sys
import time

import docker

engine = docker.from_env()


def pull():
    for step in engine.api.pull(os.environ["BENCH_BIG_IMAGE"], stream=True, decode=True):
        if "error" in step:
            raise SystemExit(step["error"])


def cpu_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


actions = {"ping": engine.ping, "inspect": lambda: engine.api.inspect_image(os.environ["BENCH_IMAGE"]), "pull": pull}
for line in sys.stdin:
    name, count = line.split()
    start, cpu = time.monotonic_ns(), cpu_time()
    for _ in range(int(count)):
        actions[name]()
    cpu = cpu_time() - cpu
    print(time.monotonic_ns() - start, round(cpu * 1e9), flush=True)
