#!/bin/sh
# Compares the ABI of the header with the committed baseline: abidiff.sh ABIDIFF BASELINE STUBS
# Functions may be added; whatever else changes, and a missing baseline, is a failure.
set -eu
[ -f "$2" ] || { echo "$2 is missing: make_baseline.sh writes it"; exit 1; }
exec "$1" --no-added-syms "$2" "$3"
