"""Compares what the library shows of images with what the engine exports of them, path by path and byte by byte: by
each method as root, by extraction as an ordinary user.

Usage: extract_trees.py LIBCONU: runs in a lab, and writes TAP.
"""
import base64
import ctypes
import http.client
import io
import json
import os
import socket
import stat
import sys
import tarfile
import tempfile
import traceback

REGISTRY = os.environ["CONU_TEST_REGISTRY"]
ON_DOCKER = os.environ["CONU_TEST_ENGINE"] == "docker"
SOCKET = os.environ["CONU_HOST"].removeprefix("unix://")
USER = 1000

# What Docker has in every container, in the place of what the image may have there. It touches the folders above.
INIT_FILES = (".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/mtab", "etc/resolv.conf")
INIT_FOLDERS = ("dev/pts", "dev/shm", "proc", "sys")
TOUCHED = ("dev", "etc")

TYPES = {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "directory", tarfile.SYMTYPE: "symlink", tarfile.FIFOTYPE: "fifo",
         tarfile.CHRTYPE: "character_device", tarfile.BLKTYPE: "block_device"}


# --- the engine and the library --------------------------------------------------------------------------------------

class EngineConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(SOCKET)


def ask(method, path, body=None):
    connection = EngineConnection("engine", timeout=60)
    connection.request(method, "/v1.41" + path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path}: {answer.status} {content.decode(errors='replace')}")
    return content


def containers():
    return {container["Id"] for container in json.loads(ask("GET", "/containers/json?all=1"))}


class Library:
    """What this test needs of the C API."""

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name in ("error_get_message", "filesystem_get_method", "filesystem_get_mount_point", "string_list_get",
                     "mount_options_new"):
            getattr(self.c, "conu_" + name).restype = ctypes.c_char_p
        self.c.conu_mount_options_new.restype = ctypes.c_void_p
        self.c.conu_string_list_size.restype = ctypes.c_size_t

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        if getattr(self.c, "conu_" + name)(*arguments, ctypes.byref(error)) != 0:
            message = self.c.conu_error_get_message(error).decode(errors="replace")
            self.c.conu_error_free(error)
            raise RuntimeError(f"conu_{name}: {message}")

    def mount(self, name, method, place=None, limits=(-1, -1)):
        image, filesystem = ctypes.c_void_p(), ctypes.c_void_p()
        options = ctypes.c_void_p(self.c.conu_mount_options_new())
        self.call("mount_options_set_method", options, method)
        self.c.conu_mount_options_set_limits(options, *(ctypes.c_int64(limit) for limit in limits))
        self.call("image_new", None, name.encode(), None, 0, None, ctypes.byref(image))
        try:
            self.call("image_mount", image, place and place.encode(), options, None, ctypes.byref(filesystem))
        finally:
            self.c.conu_image_free(image)
            self.c.conu_mount_options_free(options)
        return Tree(self, filesystem)


class Tree:
    """A mounted image."""

    def __init__(self, library, handle):
        self.library, self.handle = library, handle
        self.method = library.c.conu_filesystem_get_method(handle).decode()
        self.mount_point = library.c.conu_filesystem_get_mount_point(handle)

    def stat(self, path):
        text = ctypes.c_void_p()
        self.library.call("filesystem_stat", self.handle, b"/" + path, None, ctypes.byref(text))
        document = json.loads(ctypes.string_at(text))
        self.library.c.conu_string_free(text)
        return document

    def read(self, path):
        data, size = ctypes.c_void_p(), ctypes.c_size_t()
        self.library.call("filesystem_read_file", self.handle, b"/" + path, None, ctypes.byref(data),
                          ctypes.byref(size))
        content = ctypes.string_at(data, size.value)
        self.library.c.conu_bytes_free(data)
        return content

    def list(self, path):
        names = ctypes.c_void_p()
        self.library.call("filesystem_list", self.handle, b"/" + path, None, ctypes.byref(names))
        count = self.library.c.conu_string_list_size(names)
        listed = [self.library.c.conu_string_list_get(names, ctypes.c_size_t(i)) for i in range(count)]
        self.library.c.conu_string_list_free(names)
        return sorted(listed)

    def unmount(self):
        self.library.call("filesystem_unmount", self.handle, None)
        self.library.c.conu_filesystem_free(self.handle)


# --- what the engine exports -----------------------------------------------------------------------------------------

def exported(image):
    """The entries of the archive of a container of the image by their paths, and the archive."""
    body = {"Image": image, "Cmd": ["none"], "WorkingDir": "/"}
    container = json.loads(ask("POST", "/containers/create", body))["Id"]
    try:
        archive = tarfile.open(fileobj=io.BytesIO(ask("GET", f"/containers/{container}/export")),
                               errors="surrogateescape")
    finally:
        ask("DELETE", f"/containers/{container}?v=1")
    entries = {entry.name: entry for entry in archive}
    if ON_DOCKER:
        made = entries[".dockerenv"].mtime
        for path in INIT_FILES:
            entries.pop(path, None)
        for path in INIT_FOLDERS:
            if entries[path].mtime >= made - 1:
                del entries[path]
        if "proc" not in entries and "sys" not in entries:
            for path in TOUCHED:
                if not any(other.startswith(path + "/") for other in entries):
                    del entries[path]
    return entries, archive


def in_bytes(text):
    return text.encode("utf-8", "surrogateescape")


def attributes_of(entry):
    prefix = "SCHILY.xattr."
    return {key.removeprefix(prefix): in_bytes(value) for key, value in entry.pax_headers.items()
            if key.startswith(prefix)}


def expected(entry, entries):
    """What is true of a path; an entry that is a link to another one is the same file."""
    while entry.islnk():
        entry = entries[entry.linkname]
    truth = {"type": TYPES[entry.type], "mode": 0o777 if entry.issym() else entry.mode & 0o7777, "uid": entry.uid,
             "gid": entry.gid, "xattrs": attributes_of(entry), "mtime": int(entry.mtime)}
    if entry.isfile():
        truth["size"] = entry.size
    if entry.issym():
        truth["target"] = in_bytes(entry.linkname)
    if entry.ischr() or entry.isblk():
        truth["major"], truth["minor"] = entry.devmajor, entry.devminor
    if ON_DOCKER and entry.name in TOUCHED:
        del truth["mtime"]
    return truth


def told(document, members):
    """The same of what the library says."""
    document["xattrs"] = {name: base64.b64decode(value["base64"])
                          for name, value in document.get("xattrs", {}).items()}
    if "target_base64" in document:
        document["target"] = base64.b64decode(document["target_base64"])
    elif "target" in document:
        document["target"] = in_bytes(document["target"])
    return {member: document.get(member) for member in members}


# --- tests -----------------------------------------------------------------------------------------------------------

def compare(tree, image):
    entries, archive = exported(image)
    # A mount shows what the image has, or has not, where Docker puts its own into the archive.
    is_dockers = ON_DOCKER and tree.method != "extract"
    dockers = {in_bytes(path) for path in INIT_FILES + INIT_FOLDERS + TOUCHED} if is_dockers else ()
    children = {b"": []}
    for name, entry in entries.items():
        path = in_bytes(name)
        if path in dockers and path not in tree.list(b""):
            continue
        folder, _, last = path.rpartition(b"/")
        children.setdefault(folder, []).append(last)
        if entry.isdir():
            children.setdefault(path, [])
        truth = expected(entry, entries)
        says = told(tree.stat(path), truth)
        if is_dockers:  # whose archives have no attributes but capabilities
            says["xattrs"] = {key: value for key, value in says["xattrs"].items() if not key.startswith("user.")}
        assert says == truth, f"{path}: the library says\n{says}\nand the engine\n{truth}"
        if truth["type"] == "file":
            assert tree.read(path) == archive.extractfile(entry).read(), f"{path} has another content"
        if truth["type"] == "symlink":
            assert os.readlink(tree.mount_point + b"/" + path) == truth["target"], path
        if entry.islnk():
            assert tree.stat(path)["inode"] == tree.stat(in_bytes(entry.linkname))["inode"], f"{path} is no hard link"
    for folder, names in children.items():
        listed = [name for name in tree.list(folder) if (folder + b"/" + name).lstrip(b"/") not in dockers]
        names = [name for name in names if (folder + b"/" + name).lstrip(b"/") not in dockers]
        assert listed == sorted(names), f"{folder}: {listed} instead of {sorted(names)}"
    return len(entries)


def expect_harmless(tree):
    """On disk there is nothing but files, folders and links, without special bits and attributes."""
    for folder, folders, files in os.walk(tree.mount_point):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            assert stat.S_IFMT(status.st_mode) in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK), path
            assert status.st_mode & 0o7000 == 0, f"{path} has the mode {status.st_mode:o}"
            assert not os.listxattr(path, follow_symlinks=False), f"{path} has attributes"


def check(library, repository, least, method=b"extract"):
    name = f"{REGISTRY}/conu/{repository}:latest"
    before = containers()
    tree = library.mount(name, method)
    assert tree.method == (method or b"extract").decode(), tree.method
    assert containers() == before, "a container is left"
    count = compare(tree, name)
    assert count >= least, f"there are {count} entries"
    if tree.method == "extract":
        expect_harmless(tree)
    tree.unmount()
    assert not os.path.exists(tree.mount_point), "the mount point is left"


def as_user(action):
    """In a child process, which has nothing but the socket of what root has."""
    mode = stat.S_IMODE(os.stat(SOCKET).st_mode)
    os.chmod(SOCKET, 0o666)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(USER)
            os.setuid(USER)
            with tempfile.TemporaryDirectory() as folder:
                os.environ["TMPDIR"] = os.environ["HOME"] = folder
                action()
            code = 0
        except BaseException:
            traceback.print_exc()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    os.chmod(SOCKET, mode)
    assert status == 0, "the child failed"


def an_extracted_image_is_what_the_engine_exports(library):
    check(library, "hostile-tree", 400)
    check(library, "layers", 250)


def layers_that_are_mounted_are_what_the_engine_exports(library):
    for method in (b"overlay", b"fuse"):
        check(library, "hostile-tree", 400, method)
        check(library, "layers", 250, method)
    check(library, "bare", 1, b"bind")


def an_image_of_one_file_has_that_file_alone(library):
    check(library, "bare", 1)


def an_ordinary_user_sees_the_same(library):
    as_user(lambda: check(library, "hostile-tree", 400))


def an_ordinary_user_gets_an_extraction_without_asking(library):
    as_user(lambda: check(library, "hostile-tree", 400, b""))


def an_image_of_another_platform_is_itself(library):
    name = f"{REGISTRY}/conu/platforms:latest"
    ask("POST", f"/images/create?fromImage={REGISTRY}/conu/platforms&tag=latest&platform=linux/arm64")
    tree = library.mount(name, b"extract")
    assert tree.read(b"etc/platform") == b"linux/arm64\n"
    tree.unmount()


TESTS = (an_extracted_image_is_what_the_engine_exports, layers_that_are_mounted_are_what_the_engine_exports,
         an_image_of_one_file_has_that_file_alone,
         an_ordinary_user_sees_the_same, an_ordinary_user_gets_an_extraction_without_asking,
         an_image_of_another_platform_is_itself)


def main():
    path = sys.argv[1]
    images = [f"{REGISTRY}/conu/{name}:latest" for name in ("hostile-tree", "layers", "bare", "platforms")]
    for name in images[:3]:
        ask("POST", f"/images/create?fromImage={name.removesuffix(':latest')}&tag=latest")
    print(f"1..{len(TESTS)}")
    failures = 0
    for number, test in enumerate(TESTS, 1):
        try:
            test(Library(path))
            print(f"ok {number} - {test.__name__}", flush=True)
        except Exception:
            failures += 1
            print(f"not ok {number} - {test.__name__}", flush=True)
            for line in traceback.format_exc().splitlines():
                print("# " + line, flush=True)
    for name in images:
        ask("DELETE", f"/images/{name}?force=1")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
