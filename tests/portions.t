#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A capture so large that commands take it from the cache in portions: what they
# say is what they say of the whole, also when the cache goes bad underway.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH

FILE=$WORK/large.pcap
python3 tests/bench/large.py "$FILE" 50000 12
CACHE=$WORK/cache
mptcp-ls -q --cache-dir "$CACHE" "$FILE" >"$WORK/out" 2>"$WORK/err"

# check COMMAND...: without a cache, and from it with and without reading ahead
check() {
	"$@" -q --json --no-cache "$FILE" >"$WORK/direct" 2>"$WORK/err"
	for jobs in 1 2; do
		"$@" -q --json -j $jobs --cache-dir "$CACHE" "$FILE" \
			>"$WORK/cached" 2>"$WORK/err"
		ok "$*, -j $jobs" cmp "$WORK/direct" "$WORK/cached"
	done
}

check mptcp-summary
check mptcp-summary -c 1 -c 2 -c 9
check mptcp-events
check mptcp-events -c 11
check mptcp-reinject --all
check mptcp-check
check mptcp-check --no-payload

# A byte of the last connection's places flips: those before it are listed by
# then, and still it ends as if nothing had been.
mptcp-summary -q --json --no-cache "$FILE" >"$WORK/direct" 2>"$WORK/err"
places=$(echo "$CACHE"/large.pcap-*.places)
ok 'a sound cache' mptcp-cache verify --cache-dir "$CACHE"
at=$(($(wc -c <"$places") - 100))
printf '~' | dd of="$places" bs=1 seek=$at conv=notrunc 2>"$WORK/err"
cp -r "$CACHE" "$WORK/copy"
mptcp-cache verify --cache-dir "$WORK/copy" >"$WORK/out" 2>&1
is 'a cache that is not' "$?" 3
mptcp-summary -q --json --cache-dir "$CACHE" "$FILE" \
	>"$WORK/cached" 2>"$WORK/err"
ok 'a cache that is damaged at its end' cmp "$WORK/direct" "$WORK/cached"
# What large.py repeats has seams.
is '... without a word' \
	"$(grep -v 'were acknowledged and not captured$' "$WORK/err")" ''
ok '... and made good' mptcp-cache verify --cache-dir "$CACHE"

finish
