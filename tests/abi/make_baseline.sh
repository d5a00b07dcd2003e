#!/bin/sh
# Writes the ABI that the header promises to the file that the test compares with: make_baseline.sh BUILD
# Do this at a release, and whenever a function is added. A baseline never loses anything.
#
# It is the ABI of a library with the header's functions and nothing in them (generate.py stubs): the real one has the
# same signatures, as its functions are defined under the same declarations, and a hundred times as many types inside.
set -eu
abidw --no-corpus-path --no-comp-dir-path --no-show-locs --out-file "$(dirname "$0")/libconu.abi" \
  "$1/tests/abi/libabi-stubs.so"
