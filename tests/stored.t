#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is read in part from the cache gives what the whole capture gives: each
# command without a cache, while the cache is made, from it, and from it after
# the outline is lost.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH
MPTCP_TSHARK=tests/tshark_once
ONCE=$WORK/once
mkdir "$ONCE"
export REAL MPTCP_TSHARK ONCE

# keep NAME: the output of the last command, with what it said and its status
keep() {
	cat "$WORK/out" "$WORK/err" >"$WORK/$1"
	echo "$STATUS" >>"$WORK/$1"
}

# check FILE COMMAND...: the command, in all four ways
check() {
	file=$1
	shift
	run_any "$@" --no-cache "$file"
	keep direct
	for way in 'while it is cached' 'from the cache' 'without outline'; do
		[ "$way" = 'without outline' ] && rm -f "$CACHE"/*.outline.csv
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
	mptcp-plot dsn --format csv -w - -c 0
check testdata/captures/two-paths-client.pcapng \
	mptcp-plot seq --format csv -w - -t 1
check testdata/captures/fallback-client.pcapng.gz \
	mptcp-plot rtt --format csv -w - -c 5

# The outline is there, and the rows that it leads to are damaged: whatever is
# needed of them is read from the capture again.
many=testdata/captures/fallback-client.pcapng.gz
for command in 'mptcp-plot seq --format csv -w - -c 5' \
	'mptcp-export --columns raw -c 5' 'mptcp-export -t 5'; do
	rm -rf "$CACHE"
	# shellcheck disable=SC2086
	run_any $command --no-cache "$many"
	keep direct
	run_any mptcp-ls --cache-dir "$CACHE" "$many"
	rows=$(find "$CACHE" -name '*-????????????????.csv')
	sed -i '2,$s/[0-9]/x/' "$rows"
	# shellcheck disable=SC2086
	run_any $command --cache-dir "$CACHE" "$many"
	keep cached
	ok "rows that are damaged: $command" cmp "$WORK/direct" "$WORK/cached"
done

# A capture with more packets than may be kept, of which a part is needed.
rm -rf "$CACHE"
run_any mptcp-plot seq --format csv -w - -c 5 --no-cache "$many"
keep direct
run_any env MPTCP_KEEP_PACKETS=10 mptcp-plot seq --format csv -w - -c 5 \
	--cache-dir "$CACHE" "$many"
keep cached
ok 'a part of a capture that is read anew' cmp "$WORK/direct" "$WORK/cached"

# Packets of one time keep their order where others have to be moved: each is
# told by its number.
python3 - "$SYN/v1-byte-classes.pcap" "$WORK/order.pcap" <<'EOF'
import struct, sys
data = open(sys.argv[1], 'rb').read()
with open(sys.argv[2], 'wb') as out:
    out.write(data[:24])
    at = 24
    while at < len(data):
        sec, frac, kept, size = struct.unpack_from('<IIII', data, at)
        # the first is the last by time, all others are of one time
        out.write(struct.pack('<IIII', sec + (at == 24), 0, kept, size))
        out.write(data[at + 16:at + 16 + kept])
        at += 16 + kept
EOF
run_any mptcp-export --columns raw --no-cache "$WORK/order.pcap"
is 'packets of one time are in the order of the file' \
	"$(awk -F, 'NR > 2 && n && $2 + 0 != n + 1 { bad = 1 } { n = $2 + 0 }
		END { print bad + 0, NR }' "$WORK/out")" '0 22'

# What is said of a capture is said once, in whichever order.
head -c 850 "$SYN/fault-data-offset-4.pcap" >"$WORK/both.pcap"
run_any mptcp-export --columns raw --no-cache "$WORK/both.pcap"
cp "$WORK/out" "$WORK/both.csv"
sort "$WORK/err" >"$WORK/said-of-capture"
run_any mptcp-ls "$WORK/both.csv"
is 'an export: both warnings' "$(wc -l <"$WORK/err")" 2
is 'an export: no warning twice' "$(sort -u "$WORK/err" | wc -l)" 2
finish
