"""conu/hostile-tree: an image made to attack who puts its files on a host, and to try what honest images may hold.

All of it is below /hostile. Each part of the tree is told where it is made; what must be seen of it in the end is what
a shell in a container sees.
"""
from images import Image, Layer, file, folder, hardlink, special, symlink

NAMES = (b"\xff\xfe", b"caf\xe9", "žluťoučký kůň".encode(), b"new\nline", b"-rf", b"back\\slash", b'"quotes\'', b" ",
         b"w" * 255, b"colon:comma,equals=", b"...", b"$(touch x)", b"%2e%2e", b"caf\xc3\xa9\xff")
DEEP = "/".join(f"{n}" + "d" * 239 for n in range(10))  # 2,400 bytes, which leaves an engine room for its own folders
# cap_net_raw=ep, as the kernel keeps it
CAPABILITY = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"


def hostile_tree(base):
    # What Docker makes in every container: a folder to work in, a volume.
    return Image([base, _first(), _second(), _third()], Cmd=["sh"], WorkingDir="/hostile/not-there",
                 Volumes={"/hostile/volume": {}}, User="1000:1000")


def bare():
    """conu/bare: one layer with one file, no folders, no command."""
    return Image([Layer.of(file("hello", b"hello\n"))])


def _first():
    return Layer.of(
        folder("hostile"), file("hostile/file", b"the image's own\n"), *_links(), *_modes(), *_names(),
        folder("hostile/devices"), special("hostile/devices/null", "c", 1, 3, mode=0o666),
        special("hostile/devices/loop", "b", 7, 0, mode=0o660), special("hostile/devices/pipe", "p", mode=0o622),
        hardlink("hostile/devices/null-too", "hostile/devices/null", 0o666),
        folder("hostile/hard"), file("hostile/hard/one", b"one file\n", 0o4755),
        hardlink("hostile/hard/two", "hostile/hard/one", 0o4755), folder("hostile/hard/below"),
        hardlink("hostile/hard/below/three", "hostile/hard/one", 0o4755),
        folder("hostile/attributes"),
        file("hostile/attributes/capable", b"#!\n", 0o755, xattrs={"security.capability": CAPABILITY}),
        file("hostile/attributes/said", b"x", xattrs={"user.comment": "žluťoučký", "user.empty": ""}),
        folder("hostile/volume"), file("hostile/volume/file", b"in a volume\n"),
        file("hostile/zeros", bytes(1 << 20) + b"end"), file("hostile/empty"),
        # Docker puts its own in the place of these.
        file("etc/hosts", b"1.2.3.4 of-the-image\n"), file("etc/hostname", b"of-the-image\n"),
        symlink("etc/mtab", "../proc/self/mounts"), folder("dev", 0o700), folder("dev/shm", 0o1777),
        # Of these the next layers change, hide and remove some.
        *(folder(f"hostile/layers{name}") for name in ("", "/opaque", "/opaque/below", "/gone", "/merged", "/to-file",
                                                       "/to-link", "/again", "/secret")),
        *(file(f"hostile/layers/{name}", b"first\n") for name in (
            "opaque/old", "opaque/below/old", "gone/old", "merged/old", "merged/changed", "to-file/old", "to-link/old",
            "again/old", "to-folder", "removed", "stays", "secret/key", "mode")),
        symlink("hostile/layers/removed-link", "stays"))


def _second():
    return Layer.of(
        folder("hostile/layers"), folder("hostile/layers/opaque"), file("hostile/layers/opaque/.wh..wh..opq"),
        file("hostile/layers/opaque/new", b"second\n"), file("hostile/layers/.wh.gone"),
        folder("hostile/layers/merged", 0o2750), file("hostile/layers/merged/changed", b"second\n"),
        file("hostile/layers/.wh.removed"), file("hostile/layers/.wh.removed-link"), file("hostile/layers/.wh.to-file"),
        file("hostile/layers/.wh.to-link"), file("hostile/layers/.wh.to-folder"), file("hostile/layers/.wh.again"),
        folder("hostile/layers/secret"), file("hostile/layers/secret/.wh.key"),
        file("hostile/layers/mode", b"first\n", 0o4711))


def _third():
    return Layer.of(
        folder("hostile/layers"), file("hostile/layers/to-file", b"third\n"),
        symlink("hostile/layers/to-link", "/etc"), folder("hostile/layers/to-folder"),
        file("hostile/layers/to-folder/new", b"third\n"), folder("hostile/layers/again"),
        file("hostile/layers/again/new", b"third\n"), folder("hostile/layers/opaque"),
        file("hostile/layers/opaque/newest", b"third\n"))


def _links():
    """Links to what the host has as well, above the root, in circles, to nothing."""
    up = "../" * 40
    targets = {
        "absolute": "/etc/passwd", "relative": up + "etc/passwd", "root": "/", "up": up, "folder": "/etc",
        "dangling": "/not/there", "loop": "loop-too", "loop-too": "loop", "self": "self", "here": ".",
        "process": "/proc/1/root/etc/passwd", "descriptor": "/proc/self/fd/0", "long": "x" * 1000,
        "to-relative": "relative", "through": "folder/passwd", "binary": "caf\udce9",
        **{f"chain-{n}": f"chain-{n + 1}" for n in range(45)}, "chain-45": "../file",
    }
    return [folder("hostile/links"), *(symlink(f"hostile/links/{name}", target) for name, target in targets.items())]


def _modes():
    """Special bits, what its own owner may not read or enter, and other owners."""
    return [
        folder("hostile/modes"),
        file("hostile/modes/set-uid", b"#!/bin/sh\nid\n", 0o4755), file("hostile/modes/set-gid", b"x", 0o2711),
        file("hostile/modes/all", b"x", 0o7777), folder("hostile/modes/sticky", 0o1777),
        folder("hostile/modes/set-gid-folder", 0o2775),
        file("hostile/modes/none", b"nobody reads this\n", 0), folder("hostile/modes/closed", 0),
        file("hostile/modes/closed/file", b"behind a closed folder\n"), folder("hostile/modes/write-only", 0o300),
        file("hostile/modes/write-only/file", b"x"), folder("hostile/modes/read-only", 0o555),
        folder("hostile/modes/read-only/inner", 0o555), file("hostile/modes/read-only/inner/file", b"x", 0o444),
        folder("hostile/owners", uid=1000, gid=1000), file("hostile/owners/user", b"x", 0o640, uid=1000, gid=1000),
        file("hostile/owners/nobody", b"x", 0o4755, uid=65534, gid=65534),
        file("hostile/owners/far", b"x", uid=123456, gid=654321), symlink("hostile/owners/link", "user", uid=1000),
    ]


def _names():
    names = [name.decode("utf-8", "surrogateescape") for name in NAMES]
    deep = [folder(f"hostile/names/{DEEP[:end]}") for end in range(1, len(DEEP) + 1) if DEEP[end:end + 1] in ("/", "")]
    return [folder("hostile/names"), *(file(f"hostile/names/{name}", name.encode("utf-8", "surrogateescape"))
                                       for name in names),
            folder("hostile/names/folder-\udcff"), file("hostile/names/folder-\udcff/file", b"x"), *deep,
            file(f"hostile/names/{DEEP}/file", b"deep\n")]
