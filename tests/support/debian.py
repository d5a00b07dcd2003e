"""Debian systems as images, made by debootstrap. That takes about a minute, so each is made once and kept in the user's
cache folder: conu/big of some 250 MB and many small files in three layers, and conu/debian, small, with a shell, tar
and the rest of a minimal system, busybox for its web server, and labels and variables as distributions have them."""
import collections
import gzip
import os
import shutil
import sys
import tarfile
import tempfile

import process
from images import Image, Layer

SUITE = "bookworm"
System = collections.namedtuple("System", "packages layers left_out config")
APT = ("var/cache/apt", "var/lib/apt/lists")
SYSTEMS = {
    "big": System("python3,perl,git", ("base", "usr", "share"), APT,
                  {"Cmd": ["bash"], "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}),
    "debian": System("busybox-static", ("base",), (*APT, "usr/share/doc", "usr/share/locale", "usr/share/man"),
                     {"Cmd": ["bash"], "Env": ["DISTTAG=f33container", "FGC=f33", "container=oci"],
                      "Labels": {"license": "MIT", "name": "fedora", "vendor": "Fedora Project", "version": "33"}}),
}


def prepare(name):
    """Makes a system's layers unless they are in the cache. This needs apt's mirror, so it runs outside of a lab."""
    system, cache = SYSTEMS[name], _cache(name)
    if os.path.isdir(cache):
        return
    print(f"making the image conu/{name} by debootstrap, once: this takes about a minute", file=sys.stderr)
    os.makedirs(os.path.dirname(cache), exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=os.path.dirname(cache)) as folder:
        root, layers = f"{folder}/root", f"{folder}/layers"
        process.run("debootstrap", "--variant=minbase", f"--include={system.packages}", SUITE, root, _mirror())
        for leftover in system.left_out:
            shutil.rmtree(f"{root}/{leftover}")
        os.mkdir(layers)
        _pack(root, layers, system.layers)
        os.rename(layers, cache)


def image(name):
    """The image, from the cache."""
    layers = []
    for layer in SYSTEMS[name].layers:
        with open(f"{_cache(name)}/{layer}.tar.gz", "rb") as file:
            packed = file.read()
        layers.append(Layer(gzip.decompress(packed), packed))
    return Image(layers, **SYSTEMS[name].config)


def _cache(name):
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return f"{cache}/libconu/{name}-{SUITE}-{SYSTEMS[name].packages}"


def _pack(root, layers, names):
    """Shares the tree out over the layers, each a compressed tar archive."""
    archives = {name: tarfile.open(f"{layers}/{name}.tar.gz", "w:gz", compresslevel=6) for name in names}
    for path, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*folders, *files]):
            inside = os.path.relpath(os.path.join(path, name), root)
            layer = "share" if inside.startswith("usr/share/") else "usr" if inside.startswith("usr/") else "base"
            archives.get(layer, archives["base"]).add(f"{root}/{inside}", inside, recursive=False)
    for archive in archives.values():
        archive.close()


def _mirror():
    """The mirror that this machine's apt is set up to use."""
    for line in process.run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)",
                            "Created-By: Packages").splitlines():
        site, release = line.split()
        if release == SUITE:
            return site
    raise SystemExit(f"apt has no source for {SUITE}: this image cannot be made here")
