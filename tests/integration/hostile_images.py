"""Images made to attack, from the layer to the mount: each is loaded into a real engine, and if that takes it mounted by
each method. Then it shows what the engine exports, or fails; nothing outside changes, and nothing is left.

Usage: hostile_images.py LIBCONU: runs in a lab, and writes TAP.
"""
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.environ["CONU_TEST_LAB"]))
from extract_trees import EngineConnection, Library, ask, compare, containers, expect_harmless  # noqa: E402
from images import Image, Layer, file, folder, hardlink, special, symlink  # noqa: E402

NAME = "localhost/conu/hostile-one:1"
MARK = "conu-was-here"
BASE = (folder("a"), file("a/file", b"the image's own\n"), folder("etc"), file("etc/passwd", b"of the image\n"))
METHODS = (b"overlay", b"fuse", b"extract")
OUT = "../" * 20
# What fuse-overlayfs would hide, and the kernel does not, nor do containers: it must not be asked.
NOT_BY_FUSE = ("an_opaque_root",)

# Some of these no engine takes; none of them may matter here.
CASES = {
    "names_with_dots": [file(f"{OUT}tmp/{MARK}", b"x"), file(f"a/../../../{MARK}", b"x")],
    "an_absolute_name": [file(f"/tmp/{MARK}", b"x"), file(f"//etc/{MARK}", b"x")],
    "a_name_of_dots_alone": [folder("a/.."), file("a/../..", b"x")],
    "a_hard_link_out_of_the_tree": [hardlink("a/link", f"{OUT}etc/passwd")],
    "an_absolute_hard_link": [hardlink("a/link", "/etc/passwd")],
    "a_hard_link_to_a_link_out_of_the_tree": [symlink("a/link", "/etc/passwd"), hardlink("a/hard", "a/link")],
    "a_hard_link_to_itself": [hardlink("a/link", "a/link")],
    "a_folder_that_was_a_link": [symlink("a/out", "/tmp"), file(f"a/out/{MARK}", b"x")],
    "a_link_that_was_a_folder": [folder("a/out"), symlink("a/out", "/tmp"), file(f"a/out/{MARK}", b"x")],
    "a_link_through_a_link": [symlink("a/up", OUT), symlink("a/out", "up/tmp"), file(f"a/out/{MARK}", b"x")],
    "the_root_as_a_link": [symlink(".", "/tmp"), file(f"./{MARK}", b"x")],
    "the_root_as_a_file": [file(".", b"x"), file("./", b"x")],
    "the_root_closed": [folder("./", 0), file("a/new", b"x")],
    "one_name_many_times": [file("a/x", b"1"), folder("a/x"), file("a/x/y", b"2"), symlink("a/x", "/etc"),
                            file("a/x", b"3", 0o4755), special("a/x", "p"), file("a/x", b"4")],
    "whiteouts_of_what_is_above": [file("a/.wh..."), file("a/.wh.."), file("a/.wh.")],
    "whiteouts_that_hide_nothing": [folder("b"), file("b/.wh.c"), file("b/d", b"x"), folder("o"), file("o/.wh..wh..opq"),
                                    file("o/.wh.p"), file(".wh.q")],
    "whiteouts_of_names_that_are_paths": [file("a/.wh.../../etc"), file(".wh..wh.plnk")],
    "an_opaque_root": [file(".wh..wh..opq")],
    "whiteouts_through_a_link": [symlink("out", "/tmp"), file(f"out/.wh.{MARK}"), file("out/.wh..wh..opq")],
    "devices_and_pipes_in_the_place_of_folders": [special("a/tty", "c", 5, 0, 0o666), file("a/tty/x", b"x"),
                                                  special("a/disk", "b", 8, 0, 0o666), special("a/pipe", "p")],
    "a_name_that_is_too_long": [file("a/" + "n" * 300, b"x")],
    "a_path_that_is_too_long": [file("/".join(["d" * 200] * 25), b"x")],
    "names_that_are_no_text": [file("a/\udcff\udcfe", b"x"), symlink("a/link", "\udcff"), folder("a/\x01\x7f\n")],
    "folders_that_nobody_may_enter": [folder("a/b", 0), folder("a/b/c", 0), file("a/b/c/d", b"x", 0),
                                      folder("a/r", 0o500), folder("a/r/s", 0o400), file("a/r/s/t", b"x", 0o7777)],
    "owners_that_do_not_exist": [file("a/far", b"x", uid=2**31 - 1, gid=2**31 - 2)],
}


def load(layers):
    """Whether the engine takes the image."""
    connection = EngineConnection("engine", timeout=60)
    connection.request("POST", "/v1.41/images/load?quiet=1", Image(layers).archive(NAME),
                       {"Content-Type": "application/x-tar"})
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status == 200 and b"errorDetail" not in said


def remove():
    try:
        ask("DELETE", f"/images/{NAME}?force=1")
    except RuntimeError:
        pass


def untouched(place):
    """What is around a mount, but not in it."""
    found = []
    for path in (f"/etc/{MARK}", f"/tmp/{MARK}", f"/{MARK}", f"{place}/{MARK}", f"{place}/beside/{MARK}"):
        found.append((path, os.path.lexists(path)))
    passwd = os.stat("/etc/passwd")
    beside = os.stat(f"{place}/beside")
    return found, passwd.st_nlink, passwd.st_mode, os.listdir(place + "/beside"), beside.st_mode, beside.st_mtime_ns


def mounted(library, method, place, limits=(-1, -1)):
    """Whether it could be mounted; and looks at it closely if so."""
    before = containers()
    try:
        tree = library.mount(NAME, method, f"{place}/in", limits)
    except RuntimeError as error:
        assert NAME in str(error) and f"{place}/in" in str(error), error
        assert containers() == before, "a container is left"
        assert not os.listdir(f"{place}/in"), "files are left"
        return str(error)
    try:
        compare(tree, NAME)
        if method == b"extract":
            expect_harmless(tree)
    except Exception as error:
        raise AssertionError(f"by {tree.method}: {error}") from error
    finally:
        tree.unmount()
    assert containers() == before, "a container is left"
    assert not os.listdir(f"{place}/in"), "files are left"
    return None


def attack(library, name, place):
    taken = load([Layer.of(*BASE), Layer.of(*CASES[name])])
    before = untouched(place)
    refusals = [mounted(library, method, place) for method in METHODS] if taken else []
    assert untouched(place) == before, f"before: {before}\nafter: {untouched(place)}"
    # What an engine exports of what it has taken is an honest archive.
    if name in NOT_BY_FUSE:
        assert "hides the root" in refusals.pop(METHODS.index(b"fuse")), refusals
    remove()
    if load([Layer.of(*BASE, *CASES[name])]):
        refusals.append(mounted(library, b"bind", place))
    assert not any(refusals), refusals
    return "taken" if taken else "refused by the engine"


def bombs(library, place):
    assert load([Layer.of(*BASE), Layer.of(folder("many"), *(file(f"many/{n}") for n in range(1500)))])
    assert "more than 1000 entries" in mounted(library, b"extract", place, (1000, -1))
    assert mounted(library, b"extract", place, (2000, -1)) is None
    remove()
    assert load([Layer.of(*BASE), Layer.of(file("zeros", bytes(3 << 20)))])
    assert "more than 1048576 bytes" in mounted(library, b"extract", place, (-1, 1 << 20))
    return "taken"


def main():
    library = Library(sys.argv[1])
    tests = [(name, lambda place, name=name: attack(library, name, place)) for name in CASES]
    tests.append(("bombs", lambda place: bombs(library, place)))
    print(f"1..{len(tests)}")
    failures = taken = 0
    for number, (name, test) in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as place:
            os.mkdir(f"{place}/in")
            os.mkdir(f"{place}/beside")
            try:
                result = test(place)
                taken += result == "taken"
                print(f"ok {number} - {name} # {result}", flush=True)
            except Exception:
                failures += 1
                print(f"not ok {number} - {name}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print("# " + line, flush=True)
            remove()
    if taken < 8:
        print(f"Bail out! The engine took {taken} images only")
    sys.exit(1 if failures or taken < 8 else 0)


if __name__ == "__main__":
    main()
