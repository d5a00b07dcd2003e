#!/bin/sh
# Writes the ABI of a built library to a file, for the test to compare with: make_baseline.sh ABIDW LIBRARY HEADERS OUT
# Do this at a release, and whenever a function is added: tests/abi/make_baseline.sh abidw BUILD/src/libconu.so include
# tests/abi/libconu.abi. A baseline never loses anything.
set -eu
"$1" --headers-dir "$3" --drop-private-types --no-corpus-path --no-comp-dir-path --no-show-locs --out-file "$4" "$2"
