#!/bin/sh
# Compiles a file that includes nothing but the public header: header_alone.sh INCLUDE_DIR COMPILER FLAGS...
set -eu
include=$1
shift
echo '#include <conu/conu.h>' | "$@" -I"$include" -Wall -Wextra -pedantic -Werror -fsyntax-only -
