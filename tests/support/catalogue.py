"""The images that the tests find in the registry: what is in each, and under which names."""
import random

import process
from hostile import bare, hostile_tree
from images import Image, Index, Layer, file, folder, hardlink, symlink


def publish(registry):
    """Pushes them all: some 15 MB, most of it bytes that do not compress."""
    base = busybox_layer()
    box = busybox(base)
    registry.push("conu/busybox", "latest", box)
    registry.push("conu/busybox", "1.35", box)
    registry.push("conu/layers", "latest", layers(base))
    registry.push("conu/platforms", "latest", platforms(base))
    registry.push("conu/random", "latest", noise(base))
    registry.push("conu/hostile-tree", "latest", hostile_tree(base))
    registry.push("conu/bare", "latest", bare())
    return box


def busybox(base):
    """conu/busybox: one layer, and something in every field of its configuration."""
    return Image(
        [base],
        Env=["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "GREETING=hello from busybox"],
        Cmd=["sh"],
        WorkingDir="/root",
        ExposedPorts={"80/tcp": {}, "53/udp": {}},
        Labels={"org.example.purpose": "tests", "org.example.unicode": "žluťoučký kůň", "org.example.empty": ""},
        StopSignal="SIGTERM",
    )


def layers(base):
    """conu/layers: the third layer changes, removes and hides what the first two brought."""
    second = Layer.of(folder("story"), file("story/changed", b"second\n"), file("story/removed", b"second\n"),
                      folder("story/hidden"), file("story/hidden/old", b"second\n"), symlink("story/link", "changed"),
                      file("story/program", b"#!/bin/sh\necho second\n", 0o4755))
    third = Layer.of(folder("story"), file("story/changed", b"third\n"), file("story/.wh.removed"),
                     folder("story/hidden"), file("story/hidden/.wh..wh..opq"), file("story/hidden/new", b"third\n"),
                     # leads outside of the image unless the image is taken for the root
                     symlink("story/outside", "/etc/hostname"), file("etc/hostname", b"inside\n"))
    return Image([base, second, third], Entrypoint=["/bin/sh", "-c"], Cmd=["cat /story/changed"], User="1000:1000")


def platforms(base):
    """conu/platforms: one name for linux/amd64 and linux/arm64, which tell themselves apart by /etc/platform."""
    return Index(*(Image([base, Layer.of(file("etc/platform", f"linux/{name}\n".encode()))], name, Cmd=["sh"])
                   for name in ("amd64", "arm64")))


def noise(base):
    """conu/random: three layers of 4 MB that do not compress, so that a pull takes a while."""
    source = random.Random(1)
    return Image([base, *(Layer.of(file(f"noise{n}", source.randbytes(4 << 20)), compression=1) for n in range(3))],
                 Cmd=["sh"])


def busybox_layer():
    """A root file system from Debian's busybox-static: every applet is a hard link to the one program."""
    path = process.program("busybox")
    with open(path, "rb") as source:
        binary = source.read()
    applets = [name for name in process.run(path, "--list-full").split() if name not in ("bin/busybox", "linuxrc")]
    return Layer.of(
        *(folder(name) for name in ("bin", "etc", "home", "proc", "sbin", "sys", "usr", "usr/bin", "usr/sbin", "var",
                                    "var/www")),
        folder("root", 0o700), folder("tmp", 0o1777),
        file("bin/busybox", binary, 0o755), *(hardlink(name, "bin/busybox") for name in applets),
        file("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n"),
        file("etc/group", b"root:x:0:\nuser:x:1000:\n"), file("etc/shadow", b"root:*:::::::\n", 0o640),
        file("etc/os-release", b'NAME="conu busybox"\nID=conu\n'), symlink("etc/link-to-passwd", "passwd"),
        file("var/www/index.html", b"hello from busybox\n"))
