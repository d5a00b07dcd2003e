"""Checks that each snippet of the documentation is part of a program that is built: snippets.py SOURCE_DIR PAGE...

A snippet is a fenced block of C, Go, Ruby or Lua; its lines must stand together, as they are, in an example program.
"""
import glob
import re
import sys

PROGRAMS = {
    "c": "examples/*.c",
    "go": "bindings/go/examples/**/*.go",
    "ruby": "bindings/ruby/examples/*.rb",
    "lua": "bindings/lua/examples/*.lua",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main(source_dir, *pages):
    faults, count = [], 0
    programs = {
        language: [read(path) for path in glob.glob(f"{source_dir}/{pattern}", recursive=True)]
        for language, pattern in PROGRAMS.items()
    }
    for page in pages:
        for language, snippet in re.findall(r"^```(\w+)\n(.*?)^```", read(page), flags=re.M | re.S):
            if language not in PROGRAMS:
                continue
            count += 1
            if not any(snippet in program for program in programs[language]):
                faults.append(f"{page}: not part of any program of {PROGRAMS[language]}:\n{snippet}")
    if count == 0:
        faults.append("there is no snippet in these pages")
    print("\n".join(faults) or f"{count} snippets are parts of programs")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
