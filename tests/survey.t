#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A capture of which not all packets are kept in memory: what is found in it,
# and what the cache keeps of that, is the same to the byte.  ALL=1: all
# captures.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
PATH=$BUILD:$PATH

# listing CACHE CAPTURE: what is printed, and what was stored
listing() {
	mptcp-ls -q --json -t --cache-dir "$1" "$2" 2>&1
	for file in "$1"/*.outline.csv; do
		[ -e "$file" ] && sed '$d' "$file" # the end is a hash
	done
}

# same CAPTURE: with all, some and none of the packets kept
same() {
	rm -rf "$WORK/all"
	listing "$WORK/all" "$1" >"$WORK/expected"
	mkdir -p "$WORK/all" # also where nothing was read
	for keep in 1 100 5000; do
		rm -rf "$WORK/some"
		cp -r "$WORK/all" "$WORK/some"
		rm -f "$WORK/some"/*.outline.csv
		MPTCP_KEEP_PACKETS=$keep listing "$WORK/some" "$1" \
			>"$WORK/got"
		diff "$WORK/expected" "$WORK/got" || return 1
	done
}

if [ "${ALL-}" ]; then
	find testdata/captures testdata/synthetic ../shared/captures \
		-name '*.pcap*' | sort >"$WORK/captures"
else
	find testdata/captures/*.pcapng* "$SYN"/ports-* "$SYN"/mid-* \
		"$SYN"/*reuse* "$SYN"/*token* "$SYN"/*orphan* \
		"$SYN"/two-* >"$WORK/captures" 2>/dev/null
fi
python3 tests/bench/large.py "$WORK/large.pcap" 30000 40
echo "$WORK/large.pcap" >>"$WORK/captures"
while read -r capture <&3; do
	ok "${capture##*/}" same "$capture"
done 3<"$WORK/captures"
ok 'there are captures' test "$(wc -l <"$WORK/captures")" -gt 15

# From the first look at it to the numbers, with hardly any memory.
for command in 'mptcp-summary' 'mptcp-summary -c 3' 'mptcp-events -c 30' \
	'mptcp-export -c 7' 'mptcp-check --no-payload -c 2'; do
	format=--json
	[ "${command%% *}" = mptcp-export ] && format=
	# shellcheck disable=SC2086
	MPTCP_KEEP_PACKETS=500 $command -q $format --refresh \
		--cache-dir "$CACHE" "$WORK/large.pcap" >"$WORK/got" 2>&1
	# shellcheck disable=SC2086
	$command -q $format --cache-dir "$WORK/all" "$WORK/large.pcap" \
		>"$WORK/expected" 2>&1
	ok "$command" cmp "$WORK/expected" "$WORK/got"
done

# Where nothing can be kept it is in memory after all.
MPTCP_KEEP_PACKETS=500 mptcp-ls -q --json -t --no-cache "$WORK/large.pcap" \
	>"$WORK/got" 2>&1
mptcp-ls -q --json -t --cache-dir "$WORK/all" "$WORK/large.pcap" \
	>"$WORK/expected" 2>&1
ok 'without a cache' cmp "$WORK/expected" "$WORK/got"
finish
