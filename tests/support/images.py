"""Container images built from bytes alone, without an engine: layers, images, indexes of platforms, archives to load.

The same input gives the same digests, whenever and wherever it is made.
"""
import gzip
import hashlib
import io
import json
import tarfile

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
CREATED = "2024-01-02T03:04:05Z"
CREATED_SECONDS = 1704164645


class Blob:
    def __init__(self, data):
        self.data = data
        self.digest = "sha256:" + hashlib.sha256(data).hexdigest()

    def describe(self, media_type):
        return {"mediaType": media_type, "size": len(self.data), "digest": self.digest}


class Layer:
    """One layer: its tar archive, and that archive compressed as a registry keeps it."""

    def __init__(self, tar, packed):
        self.tar = Blob(tar)
        self.blob = Blob(packed)

    @classmethod
    def of(cls, *entries, compression=6):
        out = io.BytesIO()
        # Names that are no UTF-8 are the bytes that surrogates stand for.
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, errors="surrogateescape") as tar:
            for info, data in entries:
                tar.addfile(info, io.BytesIO(data))
        return cls(out.getvalue(), gzip.compress(out.getvalue(), compression, mtime=0))


class Image:
    def __init__(self, layers, architecture="amd64", **config):
        self.layers = layers
        self.platform = {"architecture": architecture, "os": "linux"}
        self.config = Blob(_json({
            **self.platform,
            "created": CREATED,
            "author": "The libconu authors",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [layer.tar.digest for layer in layers]},
            "history": [{"created": CREATED, "created_by": f"layer {n}"} for n, _ in enumerate(layers, 1)],
        }))
        self.media_type = MANIFEST
        self.manifest = _json({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.config.describe(CONFIG),
            "layers": [layer.blob.describe(LAYER) for layer in layers],
        })
        self.digest = Blob(self.manifest).digest

    def blobs(self):
        return [layer.blob for layer in self.layers] + [self.config]

    def parts(self):
        return [self]

    def archive(self, name):
        """The bytes that `docker save` would write: a tar archive with manifest.json, to be loaded as `name`."""
        config = self.config.digest.removeprefix("sha256:") + ".json"
        layers = [layer.tar.digest.removeprefix("sha256:") + ".tar" for layer in self.layers]
        manifest = [{"Config": config, "RepoTags": [name], "Layers": layers}]
        return Layer.of(file(config, self.config.data), file("manifest.json", _json(manifest)),
                        *(file(path, layer.tar.data) for path, layer in zip(layers, self.layers))).tar.data


class Index:
    """One name for the images of several platforms. Like those that are built today it also lists an attestation,
    which is no image of any platform."""

    def __init__(self, *images):
        self.images = images
        self.attestation = Image([Layer.of(file("attestation", b"{}\n"))], architecture="unknown")
        self.media_type = INDEX
        entries = [{**Blob(image.manifest).describe(MANIFEST), "platform": image.platform} for image in images]
        entries.append({**Blob(self.attestation.manifest).describe(MANIFEST),
                        "platform": {"architecture": "unknown", "os": "unknown"}})
        self.manifest = _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})

    def parts(self):
        return [*self.images, self.attestation]


def file(name, data=b"", mode=0o644, xattrs={}, **owner):
    info = _entry(name, tarfile.REGTYPE, mode, **owner)
    info.size = len(data)
    info.pax_headers = {f"SCHILY.xattr.{key}": value for key, value in xattrs.items()}
    return info, data


def folder(name, mode=0o755, **owner):
    return _entry(name, tarfile.DIRTYPE, mode, **owner), b""


def symlink(name, target, **owner):
    return _entry(name, tarfile.SYMTYPE, 0o777, target, **owner), b""


def hardlink(name, target, mode=0o755):
    return _entry(name, tarfile.LNKTYPE, mode, target), b""


def special(name, kind, major=0, minor=0, mode=0o600):
    """A device node or a FIFO, as mknod(1) has it: "c", "b" or "p"."""
    info = _entry(name, {"c": tarfile.CHRTYPE, "b": tarfile.BLKTYPE, "p": tarfile.FIFOTYPE}[kind], mode)
    info.devmajor, info.devminor = major, minor
    return info, b""


def _entry(name, kind, mode, target="", uid=0, gid=0):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname, info.mtime = kind, mode, target, CREATED_SECONDS
    info.uid, info.gid = uid, gid
    info.uname = info.gname = "root" if uid == gid == 0 else ""
    return info


def _json(value):
    return json.dumps(value, separators=(",", ":")).encode()
