"""Checks that header, symbol map and library name the same functions: agree.py HEADER MAP LIBRARY VERSION

Prints each difference. VERSION is the project's, which the header's macros must repeat.
"""
import re
import subprocess
import sys

import header


def names_of_map(path):
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", " ", file.read(), flags=re.S)
    nodes = re.findall(r"([\w.]+)\s*\{\s*global:(.*?)(?:local:.*?)?\}", text, flags=re.S)
    return {name: node for node, names in nodes for name in re.findall(r"([^\s;]+)\s*;", names)}


def names_of_library(path):
    """Each exported function or object with its version; the version's own name is an absolute symbol, "A"."""
    lines = subprocess.run(["nm", "-D", "--defined-only", path], check=True, capture_output=True, text=True).stdout
    symbols = [line.split()[1:] for line in lines.splitlines()]
    return {name.partition("@")[0]: name.lstrip("@").rpartition("@")[2] for kind, name in symbols if kind != "A"}


def difference(here, there, have, have_not):
    return [f"{name}: {have}, but not {have_not}" for name in sorted(set(here) - set(there))]


def main(header_file, map_file, library, version):
    declared = {function.name for function in header.functions_of(header_file)}
    mapped = names_of_map(map_file)
    exported = names_of_library(library)
    faults = []
    for here, there, have, have_not in (
        (declared, mapped, "in the header", "in the map"),
        (mapped, declared, "in the map", "in the header"),
        (declared, exported, "in the header", "exported"),
        (exported, declared, "exported", "in the header"),
    ):
        faults += difference(here, there, have, have_not)
    for name in sorted(set(mapped) & set(exported)):
        if mapped[name] != exported[name]:
            faults.append(f"{name}: in node {mapped[name]} of the map, exported as {exported[name]}")
    if header.version_of(header_file) != version:
        faults.append(f"version: {header.version_of(header_file)} in the header, {version} in the build")
    if not declared:
        faults.append("the header declares no function")
    print("\n".join(faults) or f"{len(declared)} functions agree")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
