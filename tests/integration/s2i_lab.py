"""What the replay of the recorded runs stands on: the engine, the builders, the library's calls, and how a result looks
to the engine."""
import ctypes
import io
import json
import os
import re
import stat
import tarfile
import urllib.parse

from extract_trees import EngineConnection, ask

ON_DOCKER = os.environ["CONU_TEST_ENGINE"] == "docker"
BUILDERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "s2i", "builders")
# Podman knows no names without a registry but by searching registries.
PREFIX = "" if ON_DOCKER else "localhost/"
BASE = "registry.fedoraproject.org/fedora"


class Failed(Exception):
    """A call of the library: which status it answered, and its message with hint and details."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


# --- the builders ----------------------------------------------------------------------------------------------------

def build_all(names):
    """Makes the images of these builders, and of those that they are made from. Answers what was made."""
    image = os.environ["CONU_TEST_DEBIAN_IMAGE"]
    ask("POST", f"/images/create?fromImage={image.removesuffix(':latest')}&tag=latest")
    ask("POST", f"/images/{image}/tag?repo={BASE}&tag=latest")
    made = [image, BASE]
    for name in sorted(names):
        build(name, made)
    return made


def build(name, made):
    if PREFIX + name in made or not os.path.isdir(f"{BUILDERS}/{name}"):
        return
    with open(f"{BUILDERS}/{name}/Dockerfile") as file:
        text = file.read()
    parent = re.match("FROM (.*)\n", text)[1]
    if parent != BASE:
        build(parent, made)
        text = text.replace(f"FROM {parent}", f"FROM {PREFIX}{parent}")
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        tar.add(f"{BUILDERS}/{name}", ".", filter=lambda entry: None if entry.name == "./Dockerfile" else entry)
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(text.encode())
        tar.addfile(entry, io.BytesIO(text.encode()))
    connection = EngineConnection("engine", timeout=120)
    # Podman is to keep no image of each step: it takes half a second to list so many.
    connection.request("POST", f"/v1.41/build?t={PREFIX}{name}&forcerm=1&layers=false", context.getvalue(),
                       {"Content-Type": "application/x-tar"})
    said = connection.getresponse().read().decode()
    connection.close()
    if '"error"' in said or "errorDetail" in said:
        raise RuntimeError(f"the builder {name} cannot be made: {said}")
    made.append(PREFIX + name)


# --- the library -----------------------------------------------------------------------------------------------------

class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name in ("status_name", "error_get_message", "error_get_hint", "error_get_details_json",
                     "progress_get_text"):
            getattr(self.c, "conu_" + name).restype = ctypes.c_char_p
        self.c.conu_string_list_new.restype = ctypes.c_void_p

    def call(self, name, *arguments):
        error = ctypes.c_void_p()
        status = getattr(self.c, "conu_" + name)(*arguments, ctypes.byref(error))
        if status == 0:
            return
        parts = ("message", "hint", "details_json")
        words = [getattr(self.c, "conu_error_get_" + part)(error) or b"" for part in parts]
        self.c.conu_error_free(error)
        raise Failed(self.c.conu_status_name(status).decode(), "\n".join(w.decode(errors="replace") for w in words))

    def image(self, name):
        handle = ctypes.c_void_p()
        self.call("image_new", None, name.encode(), None, 0, None, ctypes.byref(handle))
        return handle

    def extend(self, builder, source, name, arguments):
        """The lines that it printed."""
        words = ctypes.c_void_p(self.c.conu_string_list_new())
        for word in arguments:
            self.call("string_list_append", words, word.encode())
        image, progress, made = self.image(builder), ctypes.c_void_p(), ctypes.c_void_p()
        lines, more = [], ctypes.c_bool(True)
        try:
            self.call("image_s2i_extend_progress", image, source.encode(), name.encode(), words, None,
                      ctypes.byref(progress))
            while True:
                self.call("progress_next", progress, ctypes.c_int64(-1), None, ctypes.byref(more))
                if not more:
                    break
                lines.append((self.c.conu_progress_get_text(progress) or b"").decode(errors="replace"))
            self.call("progress_take_image", progress, ctypes.byref(made))
        finally:
            for kind, handle in (("image", made), ("progress", progress), ("image", image), ("string_list", words)):
                getattr(self.c, f"conu_{kind}_free")(handle)
        return lines

    def usage(self, builder):
        image, text = self.image(builder), ctypes.c_void_p()
        try:
            self.call("image_s2i_usage", image, None, ctypes.byref(text))
            return ctypes.string_at(text).decode().splitlines()
        finally:
            self.c.conu_string_free(text)
            self.c.conu_image_free(image)


# --- what the engine says --------------------------------------------------------------------------------------------

def inspect(image):
    return json.loads(ask("GET", f"/images/{urllib.parse.quote(image)}/json"))


def images():
    return {image["Id"] for image in json.loads(ask("GET", "/images/json?all=1"))}


def remove(image):
    try:
        ask("DELETE", f"/images/{urllib.parse.quote(image)}?force=1")
    except RuntimeError:
        pass


def top_layer(document):
    """Lines as the recorded ones: the mode, the owner, the size, the path and where a link leads."""
    root, lines = document["GraphDriver"]["Data"]["UpperDir"], []
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            size = status.st_size if stat.S_ISREG(status.st_mode) else 0
            target = f" -> {os.readlink(path)}" if stat.S_ISLNK(status.st_mode) else ""
            owner = f"{status.st_uid}:{status.st_gid}"
            lines.append(f"{status.st_mode:o} {owner} {size} {os.path.relpath(path, root)}{target}")
    return sorted(lines, key=lambda line: line.split(" ", 3)[3])
