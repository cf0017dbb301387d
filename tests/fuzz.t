#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The fuzz targets over their corpora: what libFuzzer started from, and what
# once broke something.  "make fuzz" looks for more.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"

for target in tests/fuzz/fuzz_*.c; do
	name=$(basename "$target" .c)
	ok "$name: has a corpus" test -n "$(ls "tests/fuzz/corpus/$name")"
	ok "$name: keeps its promises" "$BUILD/tests/$name" \
		"tests/fuzz/corpus/$name"/*
done
finish
