"""Checks that each snippet of the documentation is part of a program that is built and run: snippets.py SOURCE_DIR PAGE...

A snippet is a fenced block of C, Go, Ruby or Lua; its lines must stand together, indented as they like, in an example
program or in a test of that language.
"""
import glob
import re
import sys

PROGRAMS = {
    "c": ["examples/*.c", "tests/integration/*.c"],
    "go": ["bindings/go/examples/**/*.go", "bindings/go/*_test.go"],
    "ruby": ["bindings/ruby/examples/*.rb", "bindings/ruby/test/*.rb"],
    "lua": ["bindings/lua/examples/*.lua", "bindings/lua/test/*.lua"],
}


def lines_of(text):
    return "\n".join(line.strip() for line in text.strip().splitlines())


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def programs_in(source_dir, patterns):
    return [lines_of(read(path)) for pattern in patterns
            for path in glob.glob(f"{source_dir}/{pattern}", recursive=True)]


def main(source_dir, *pages):
    programs = {language: programs_in(source_dir, patterns) for language, patterns in PROGRAMS.items()}
    faults, count = [], 0
    for page in pages:
        for language, snippet in re.findall(r"^ *```(\w+)\n(.*?)^ *```", read(page), flags=re.M | re.S):
            if language not in PROGRAMS:
                continue
            count += 1
            if not any(lines_of(snippet) in program for program in programs[language]):
                faults.append(f"{page}: not part of any program in {', '.join(PROGRAMS[language])}:\n{snippet}")
    if count == 0:
        faults.append("there is no snippet in these pages")
    print("\n".join(faults) or f"{count} snippets are parts of programs")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
