#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The cache: when tshark runs, when it need not, and that nobody can tell.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
capture=$WORK/capture.pcap
cp "$SYN/v1-byte-classes.pcap" "$capture"

ONCE=$WORK/once
mkdir "$ONCE"
export REAL ONCE

# Counts its starts: one line each in $WORK/starts.
cat >"$WORK/tshark" <<EOF
#!/bin/sh
printf '%s\n' "\$1" >>'$WORK/starts'
[ "\$1" = --version ] || sleep "\${SLEEP:-0}"
exec '$PWD/tests/tshark_once' "\$@"
EOF
chmod +x "$WORK/tshark"

starts() {
	wc -l <"$WORK/starts"
}

reads() {
	grep -cv -e '^--version$' "$WORK/starts"
}

# All of a capture is read for this, so that all damage matters.
run_summary() {
	run mptcp-summary "$@"
}

# again NAME STARTS ARGUMENT...: run; how often was tshark started, and is the
# output as before
again() {
	name=$1 wanted=$2
	shift 2
	: >"$WORK/starts"
	run_summary --tshark "$WORK/tshark" --json "$@" "$capture"
	is "$name: starts of tshark" "$(starts)" "$wanted"
	is "$name: exit status" "$STATUS" 0
	ok "$name: same output" cmp "$WORK/out" "$WORK/first"
	ok "$name: same messages" cmp "$WORK/err" "$WORK/first-err"
}

csv() {
	find "$CACHE" -name '*-????????????????.csv'
}

: >"$WORK/starts"
run_summary --tshark "$WORK/tshark" --json "$capture"
cp "$WORK/out" "$WORK/first"
cp "$WORK/err" "$WORK/first-err"
is 'cold: exit status' "$STATUS" 0
is 'cold: asks the version and reads' "$(starts)" 2
is 'cold: reads once' "$(reads)" 1
is 'cold: one file of rows' "$(csv | wc -l)" 1
is 'cold: nothing but rows, places, index, outline, manifest and version' \
	"$(find "$CACHE" -type f | wc -l)" 6
is 'cold: for nobody else to read' \
	"$(find "$CACHE" \( -perm /077 \) | wc -l)" 0
again 'warm' 0
cp "$(csv)" "$WORK/rows"

touch -d '2001-01-01 00:00:00.000000001' "$capture"
again 'touched' 1
again 'touched, warm' 0
cp "$capture" "$WORK/copy" && cp -p "$WORK/copy" "$WORK/copy2"
mv "$WORK/copy2" "$capture"
again 'another file of that name' 1

printf 'X' | dd of="$(csv)" bs=1 seek=300 conv=notrunc 2>/dev/null
again 'one byte damaged' 1
again 'one byte damaged, warm' 0
ok 'one byte damaged: rows are restored' cmp "$(csv)" "$WORK/rows"
dd if="$WORK/rows" of="$(csv)" bs=100 count=3 2>/dev/null
again 'rows cut' 1
: >"$(csv)"
again 'no rows' 1
rm "$(csv)"
again 'rows removed' 1
manifest=$(find "$CACHE" -name 'capture*.json')
echo '{' >"$manifest"
again 'manifest damaged' 1
rm "$manifest"
again 'manifest removed' 1
again 'manifest removed, warm' 0
sed 's/"rows": [0-9]*/"rows": 1/' "$manifest" >"$WORK/manifest"
cp "$WORK/manifest" "$manifest"
again 'manifest that counts wrong' 1
again 'manifest that counts wrong, warm' 0

for aside in index outline; do
	file=$(csv) file=${file%.csv}.$aside.csv
	starts=$([ $aside = index ] && echo 1 || echo 0)
	cp "$file" "$WORK/aside"
	printf 'X' | dd of="$file" bs=1 seek=30 conv=notrunc 2>/dev/null
	again "$aside damaged" "$starts"
	ok "$aside damaged: it is restored" cmp "$file" "$WORK/aside"
	head -c 100 "$WORK/aside" >"$file"
	again "$aside cut" "$starts"
	rm "$file"
	again "$aside removed" "$starts"
	ok "$aside removed: it is made again" cmp "$file" "$WORK/aside"
done

# What needs no rows does not read them, what needs some reads those.
run_ls -j 1 --json --no-cache "$capture"
cp "$WORK/out" "$WORK/ls"
printf 'X' | dd of="$(csv)" bs=1 seek=300 conv=notrunc 2>/dev/null
: >"$WORK/starts"
run_ls --json --tshark "$WORK/tshark" "$capture"
is 'the outline is enough for mptcp-ls' "$(starts)" 0
ok 'the outline is enough for mptcp-ls: same output' cmp "$WORK/out" "$WORK/ls"
again 'one byte damaged, and listed' 1
many=testdata/captures/fallback-client.pcapng.gz
run_summary --json -c 5 --no-cache "$many"
cp "$WORK/out" "$WORK/one"
run_ls "$many"
rows=$(find "$CACHE" -name 'fallback*-????????????????.csv')
sed -i '/^[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,0,/s/[0-9]/0/' "$rows"
: >"$WORK/starts"
run_summary --json -c 5 --tshark "$WORK/tshark" "$many"
is 'the rows of a connection are enough' "$(reads)" 0
ok 'the rows of a connection are enough: same output' cmp "$WORK/out" "$WORK/one"
run_summary --json -c 0 --tshark "$WORK/tshark" "$many"
is 'the rows of another are damaged' "$(reads)" 1

again 'refresh' 1 --refresh
again 'refresh, warm' 0
again 'no cache' 2 --no-cache
again 'no cache left the cache alone' 0

CACHE=$WORK/never
again 'no cache, no directory' 2 --no-cache
ok 'no cache, no directory: none is made' test ! -e "$CACHE"

CACHE=$WORK/together
: >"$WORK/starts"
for i in 1 2; do
	SLEEP=1 "$BUILD/mptcp-summary" --cache-dir "$CACHE" --json \
		--tshark "$WORK/tshark" "$capture" >"$WORK/out$i" \
		2>"$WORK/err$i" &
done
wait
is 'two at a time: one read' "$(reads)" 1
ok 'two at a time: the first is right' cmp "$WORK/out1" "$WORK/first"
ok 'two at a time: the second is right' cmp "$WORK/out2" "$WORK/first"
is 'two at a time: no lock and no temporary file stays' \
	"$(find "$CACHE" -type f | wc -l)" 6

# Warnings and counts come out of the cache, too.
CACHE=$WORK/other
for file in fault-cut-short.pcapng fault-data-offset-4.pcap \
	fault-options-cut-at-80.pcap two-interfaces.pcapng no-tcp.pcap \
	ip-v6.pcap; do
	run_ls --json "$SYN/$file"
	cp "$WORK/out" "$WORK/cold"
	cp "$WORK/err" "$WORK/cold-err"
	run_ls --json --tshark "$REAL" "$SYN/$file"
	ok "$file: cold and warm print the same" cmp "$WORK/out" "$WORK/cold"
	ok "$file: cold and warm warn the same" cmp "$WORK/err" \
		"$WORK/cold-err"
done

# Of packets that are read natively only their places are kept.
CACHE=$WORK/native
export MPTCP_NATIVE_FROM=1
cp "$SYN/v1-byte-classes.pcap" "$capture"
: >"$WORK/starts"
run_summary --tshark "$WORK/tshark" --json "$capture"
cp "$WORK/out" "$WORK/first"
cp "$WORK/err" "$WORK/first-err"
places=$(find "$CACHE" -name '*.places')
is 'places: the file of rows has none' "$(wc -l <"$(csv)")" 1
again 'places, warm' 0
cp "$places" "$WORK/places"
size=$(stat -c %s "$places")
for at in 3 21 22 40 $((size - 1)); do
	byte=$(od -An -tu1 -j "$at" -N 1 "$places")
	# shellcheck disable=SC2059 # an octet, by its number
	printf "\\$(printf %o $((byte ^ 4)))" |
		dd of="$places" bs=1 seek="$at" conv=notrunc 2>/dev/null
	again "places, a bit at $at damaged" 1
	ok "places, a bit at $at damaged: they are restored" \
		cmp "$places" "$WORK/places"
done
head -c $((size - 1)) "$WORK/places" >"$places"
again 'places cut' 1
echo >>"$places"
again 'places with more behind' 1
: >"$places"
again 'no places' 1
rm "$places"
again 'places removed' 1
again 'places removed, warm' 0
run_ls --tshark "$WORK/tshark" "$SYN/v1-reinjection-overlap.pcap"
cp "$CACHE"/v1-reinjection*.places "$places"
again 'places of another capture' 1
again 'places of another capture, warm' 0

# A capture that is another by now, and looks as if it were not: no packet is
# where one was, so it is read again.
cp -p "$capture" "$WORK/kept"
run_ls "$capture"
dd if=/dev/zero of="$capture" bs=1 seek=40 count=20 conv=notrunc 2>/dev/null
touch -r "$WORK/kept" "$capture"
: >"$WORK/starts"
run_summary --tshark "$WORK/tshark" --json "$capture"
is 'another capture in disguise: is read' "$(reads)" 1
cp "$WORK/kept" "$capture"

# Odd packets among plain ones, interfaces with names, cut packets.
for file in "$SYN"/two-interfaces.pcapng "$SYN"/fault-options-cut-at-80.pcap \
	"$SYN"/ip-*.pcap testdata/captures/two-paths-client.pcapng; do
	name=${file##*/}
	run mptcp-export --no-cache "$file"
	cp "$WORK/out" "$WORK/bare"
	run mptcp-export "$file"
	ok "$name: the same cold as without a cache" cmp "$WORK/out" "$WORK/bare"
	: >"$WORK/starts"
	run mptcp-export --tshark "$WORK/tshark" "$file"
	is "$name: is in the cache" "$(reads)" 0
	ok "$name: and the same from there" cmp "$WORK/out" "$WORK/bare"
done
unset MPTCP_NATIVE_FROM

# Two captures at the same time go by the same options.
client=$PWD/testdata/captures/two-paths-client.pcapng
server=$PWD/testdata/captures/two-paths-server.pcapng.gz

# two NAME READS ROWS ARGUMENT...: how often are captures read, and what is kept
two() {
	name=$1 wanted=$2 rows=$3
	shift 3
	: >"$WORK/starts"
	"$BUILD/mptcp-owd" --tshark "$WORK/tshark" "$@" "$client" "$server" \
		>"$WORK/out" 2>"$WORK/err"
	is "two, $name: exit status" "$?" 0
	is "two, $name: reads" "$(reads)" "$wanted"
	is "two, $name: rows that are kept" "$(find "$WORK/two" \
		-name '*-????????????????.csv' 2>/dev/null | wc -l)" "$rows"
	is "two, $name: nothing elsewhere" "$(find "$WORK/mptcptools" 2>&1 |
		grep -c csv)" 0
}

two 'no cache' 2 0 --no-cache
two 'cold' 2 2 --cache-dir "$WORK/two"
two 'warm' 0 2 --cache-dir "$WORK/two"
two 'refresh' 2 2 --cache-dir "$WORK/two" --refresh
finish
