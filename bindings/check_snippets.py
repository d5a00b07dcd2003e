#!/usr/bin/env python3
"""Checks that the code which pages show is code that is built and run: check_snippets.py PAGE.md...

A code block below `<!-- from PATH -->` must stand in that file, line by line, indented as it likes. Paths are relative
to the folder where this runs.
"""
import re
import sys
import textwrap


def lines_of(text):
    return [line.strip() for line in text.strip().splitlines()]


def main(pages):
    shown = 0
    for page in pages:
        with open(page, encoding="utf-8") as file:
            blocks = re.findall(r"<!-- from (\S+) -->\n```\w*\n(.*?)```", file.read(), flags=re.S)
        for path, code in blocks:
            with open(path, encoding="utf-8") as file:
                if "\n".join(lines_of(code)) not in "\n".join(lines_of(file.read())):
                    sys.exit(f"{page}: this is not in {path}:\n{textwrap.indent(code, '  ')}")
        shown += len(blocks)
    if shown == 0:
        sys.exit("no page shows an example")


if __name__ == "__main__":
    main(sys.argv[1:])
