#!/usr/bin/env python3
"""layered.py COUNT NAME FILE: writes the archive of an image of so many layers to FILE, to be loaded as NAME.

Each layer brings a file of its own, replaces `newest` and, from the second on, removes what the one below brought as
`passing`."""
import sys

from images import Image, Layer, file, folder


def layer(number):
    entries = [folder("layers"), file(f"layers/{number}", f"{number}\n".encode()),
               file("newest", f"{number}\n".encode()), file(f"passing-{number}")]
    if number > 1:
        entries.append(file(f".wh.passing-{number - 1}"))
    if number == 1:
        entries.append(file("set-uid", b"#!/bin/sh\n", 0o4755))
    return Layer.of(*entries, compression=1)


def main(count, name, path):
    with open(path, "wb") as out:
        out.write(Image([layer(number) for number in range(1, int(count) + 1)], Cmd=["none"]).archive(name))


main(*sys.argv[1:])
