#!/bin/sh
# Checks the shape of the library: its SONAME, its size without symbols, what it links with. library.sh LIBRARY [MOST_BYTES]
set -eu
library=$1
limit=${2:-}

soname=$(readelf --dynamic "$library" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
[ "$soname" = libconu.so.0 ] || { echo "the SONAME is '$soname', not libconu.so.0"; exit 1; }

stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$library"
size=$(stat -c %s "$stripped")
[ -z "$limit" ] || [ "$size" -lt "$limit" ] || { echo "stripped it has $size bytes, more than $limit"; exit 1; }

readelf --dynamic "$library" | grep -q NODELETE || { echo "it can be unloaded: -z nodelete is missing"; exit 1; }
for late in ssl crypto archive; do
  if readelf --dynamic "$library" | grep -q "NEEDED.*\[lib$late\."; then echo "it links with lib$late"; exit 1; fi
done
echo "$soname, $size bytes stripped"
