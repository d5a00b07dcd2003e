#!/usr/bin/env python3
"""Checks that a built binding calls every function of the header: check_bound.py HEADER UNBOUND.txt MODULE

MODULE is what a language loads (an extension, or a program that has the binding linked in). Every function of libconu
that it can call is an undefined symbol of it; each function of the header must be there, or be listed in UNBOUND.txt.
Reads the header on its own, plainly, so that a function which generate.py failed to see is found here.
"""
import re
import subprocess
import sys


def main(header, unbound_file, module):
    with open(header, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", file.read(), flags=re.S)
    declared = set(re.findall(r"\b(conu_\w+)\s*\(", text))
    with open(unbound_file, encoding="utf-8") as file:
        listed = {line.partition(":")[0].strip() for line in file if not line.startswith("#")}
    symbols = subprocess.run(["nm", "-D", "--undefined-only", module], check=True, capture_output=True, text=True).stdout
    called = set(re.findall(r"\bU (conu_\w+)", symbols))

    missing = sorted(declared - called - listed)
    if missing or not declared:
        sys.exit("\n".join(f"{module}: {name} is not bound, and not listed in {unbound_file}" for name in missing or ["(nothing)"]))
    print(f"{module}: {len(declared & called)} functions bound")


if __name__ == "__main__":
    main(*sys.argv[1:])
