#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is read in part from the cache gives what the whole capture gives: each
# command without a cache, while the cache is made, from it, and from it after
# the listing is lost.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH

# keep NAME: the output of the last command, with what it said and its status
keep() {
	cat "$WORK/out" "$WORK/err" >"$WORK/$1"
	echo "$STATUS" >>"$WORK/$1"
}

run_any() {
	"$@" >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
}

# check FILE COMMAND...: the command, in all four ways
check() {
	file=$1
	shift
	run_any "$@" --no-cache "$file"
	keep direct
	for way in 'while it is cached' 'from the cache' 'without listing'; do
		[ "$way" = 'without listing' ] && rm -f "$CACHE"/*.listing.csv
		run_any "$@" --cache-dir "$CACHE" "$file"
		keep cached
		ok "$file: $*, $way" cmp "$WORK/direct" "$WORK/cached"
	done
}

for file in testdata/captures/addr-events-client.pcapng.gz \
	testdata/captures/fallback-client.pcapng.gz \
	"$SYN/mid-connection.pcap" "$SYN/two-interfaces.pcapng" \
	"$SYN/v1-token-reuse.pcap" "$SYN/v1-join-before-capable.pcap" \
	"$SYN/v1-four-tuple-reuse.pcap" "$SYN/fault-cut-short.pcapng" \
	"$SYN/no-tcp.pcap"; do
	n=$(mptcp-ls --csv -n --cache-dir "$WORK/counted" "$file" \
		2>"$WORK/err" | wc -l)
	last=$((n > 0 ? n - 1 : 0))
	CACHE=$WORK/cache
	rm -rf "$CACHE"
	check "$file" mptcp-ls --json
	check "$file" mptcp-summary --json -c "$last"
	rm -rf "$CACHE"
	check "$file" mptcp-summary --json
	check "$file" mptcp-summary --json -t 1
	check "$file" mptcp-events --json -c 0
	check "$file" mptcp-reinject --all --json -c "$last"
	check "$file" mptcp-check --json -c "$last"
	check "$file" mptcp-export -c "$last"
	check "$file" mptcp-export --columns raw -t 1
done
check testdata/captures/two-paths-client.pcapng \
	mptcp-plot dsn --format csv -o - -c 0
check testdata/captures/two-paths-client.pcapng \
	mptcp-plot seq --format csv -o - -t 1
check testdata/captures/fallback-client.pcapng.gz \
	mptcp-plot rtt --format csv -o - -c 5
finish
