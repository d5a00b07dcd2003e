"""The measure of source-to-image: what it does beside the script assemble, and what one does by hand."""
import os
import subprocess
import tempfile

import clients
from asking import ask
from files import wall_of

TARGET, MEMORY_TARGET = 1.1, 20e6
FILES, FILE_SIZE = 500, 100_000  # 50 MB
BUILDER = """FROM {image}
COPY scripts /usr/libexec/s2i
RUN mkdir -p /tmp && chmod 1777 /tmp
LABEL io.openshift.s2i.scripts-url=image:///usr/libexec/s2i
"""


class S2iMeasures:
    def s2i(self):
        """A source of 50 MB, and an assemble that does nothing."""
        with tempfile.TemporaryDirectory() as folder:
            self.make_builder(f"{folder}/builder")
            self.make_source(f"{folder}/source")
            try:
                self.extend(f"{folder}/source")
            finally:
                ask("DELETE", "/images/conu/builder:1?force=1", 200)

    def make_builder(self, folder):
        os.makedirs(f"{folder}/scripts")
        for name in ("assemble", "run"):
            with open(f"{folder}/scripts/{name}", "w") as script:
                script.write("#!/bin/sh\ntrue\n")
            os.chmod(script.name, 0o755)
        with open(f"{folder}/Dockerfile", "w") as file:
            file.write(BUILDER.format(image=self.env["BENCH_IMAGE"]))
        subprocess.run(["docker", "build", "-q", "-t", "conu/builder:1", folder], check=True, env=self.env,
                       stdout=subprocess.DEVNULL)

    def make_source(self, folder):
        os.mkdir(folder)
        for number in range(FILES):
            with open(f"{folder}/{number}", "wb") as file:
                file.write(os.urandom(100 if self.options.check else FILE_SIZE))

    def extend(self, source):
        env = {**self.env, "BENCH_IMAGE": "conu/builder:1", "BENCH_SOURCE": source}
        client = clients.Client("libconu", [f"{self.build}/benchmarks/bench-libconu_s2i"], env)
        pairs = []
        for number in range(self.options.rounds // 2 + 2):
            subprocess.run(["docker", "create", "--name", "by-hand", "conu/builder:1", "/usr/libexec/s2i/assemble"],
                           check=True, env=env, stdout=subprocess.DEVNULL)
            floor = wall_of(f"docker cp {source} by-hand:/tmp/src && docker start -a by-hand && "
                            "docker commit by-hand conu/by-hand:1", env)
            ours, cpu = client.do("extend", 1)
            ask("DELETE", "/containers/by-hand?force=1", 204)
            for image in ("by-hand", "extended"):
                ask("DELETE", f"/images/conu/{image}:1", 200)
            if number > 0:
                pairs.append(((ours, cpu), (floor, cpu)))
        self.add("source of 50 MB to an image", "docker cp, start -a, commit", [(one, one) for _, one in pairs], 0)
        self.add("source of 50 MB to an image", "libconu", pairs, client.peak_memory(), wall=TARGET)
        self.verdict("source to an image: peak memory", client.peak_memory() / 1e6, MEMORY_TARGET / 1e6, "MB")
        client.end()
