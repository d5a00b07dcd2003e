"""No two classes of src/ have one name: the linker would keep one of their functions for both, without a word."""
import pathlib
import re
import sys

DEFINITION = re.compile(r"^(?:template <[^\n]*>\n)?(?:class|struct) (\w+)(?: final)?(?: :[^\n;]*)? \{", re.M)
# What stands in a namespace without a name belongs to its file.
OWN = re.compile(r"^namespace \{\n.*?^\}  // namespace$", re.M | re.S)


def classes_in(text):
    return DEFINITION.findall(OWN.sub("", text))


def complaints(texts):
    homes = {}
    for path, text in texts:
        for name in classes_in(text):
            homes.setdefault(name, []).append(path)
    for name, paths in sorted(homes.items()):
        if len(paths) > 1:
            yield f"{name} is the name of several classes: {', '.join(paths)}"


def self_check():
    """The rule catches what it is there to catch."""
    one, other = "class Place {\n};\n", "struct Place : Other {\n};\n"
    own = "namespace {\n\nclass Place {\n};\n\n}  // namespace\n"
    if not list(complaints([("a", one), ("b", other)])):
        yield "the test does not see two classes of one name"
    if list(complaints([("a", one), ("b", own), ("c", own), ("d", "class Place;\n")])):
        yield "the test takes classes for others that they are not"


def main():
    source = pathlib.Path(sys.argv[1])
    paths = sorted(source.rglob("*.h")) + sorted(source.rglob("*.cc"))
    found = list(self_check()) + list(complaints((str(path.relative_to(source)), path.read_text()) for path in paths))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


sys.exit(main())
