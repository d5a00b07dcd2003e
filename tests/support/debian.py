"""conu/big: a Debian system of some 250 MB and many small files in three layers, made by debootstrap. That takes about
a minute, so it is made once and kept in the user's cache folder."""
import gzip
import os
import shutil
import sys
import tarfile
import tempfile

import process
from images import Image, Layer

SUITE = "bookworm"
PACKAGES = "python3,perl,git"
LAYERS = ("base", "usr", "share")


def prepare():
    """Makes the image's layers unless they are in the cache. This needs apt's mirror, so it runs outside of a lab."""
    if os.path.isdir(_cache()):
        return
    print("making the big image by debootstrap, once: this takes about a minute", file=sys.stderr)
    os.makedirs(os.path.dirname(_cache()), exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=os.path.dirname(_cache())) as folder:
        root, layers = f"{folder}/root", f"{folder}/layers"
        process.run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, root, _mirror())
        for leftover in ("var/cache/apt", "var/lib/apt/lists"):
            shutil.rmtree(f"{root}/{leftover}")
        os.mkdir(layers)
        _pack(root, layers)
        os.rename(layers, _cache())


def big():
    """The image, from the cache."""
    layers = []
    for name in LAYERS:
        with open(f"{_cache()}/{name}.tar.gz", "rb") as file:
            packed = file.read()
        layers.append(Layer(gzip.decompress(packed), packed))
    return Image(layers, Cmd=["bash"], Env=["PATH=/usr/sbin:/usr/bin:/sbin:/bin"])


def _cache():
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return f"{cache}/libconu/big-{SUITE}-{PACKAGES}"


def _pack(root, layers):
    """Shares the tree out over the layers, each a compressed tar archive."""
    archives = {name: tarfile.open(f"{layers}/{name}.tar.gz", "w:gz", compresslevel=6) for name in LAYERS}
    for path, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*folders, *files]):
            inside = os.path.relpath(os.path.join(path, name), root)
            layer = "share" if inside.startswith("usr/share/") else "usr" if inside.startswith("usr/") else "base"
            archives[layer].add(f"{root}/{inside}", inside, recursive=False)
    for archive in archives.values():
        archive.close()


def _mirror():
    """The mirror that this machine's apt is set up to use."""
    for line in process.run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)",
                            "Created-By: Packages").splitlines():
        site, release = line.split()
        if release == SUITE:
            return site
    raise SystemExit(f"apt has no source for {SUITE}: the big image cannot be made here")
