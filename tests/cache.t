#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The cache: when tshark runs, when it need not, and that nobody can tell.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
capture=$WORK/capture.pcap
cp "$SYN/v1-byte-classes.pcap" "$capture"

# Counts its starts: one line each in $WORK/starts.
cat >"$WORK/tshark" <<EOF
#!/bin/sh
printf '%s\n' "\$1" >>'$WORK/starts'
[ "\$1" = --version ] || sleep "\${SLEEP:-0}"
exec '$REAL' "\$@"
EOF
chmod +x "$WORK/tshark"

starts() {
	wc -l <"$WORK/starts"
}

reads() {
	grep -cv -e '^--version$' "$WORK/starts"
}

# again NAME STARTS ARGUMENT...: run; how often was tshark started, and is the
# output as before
again() {
	name=$1 wanted=$2
	shift 2
	: >"$WORK/starts"
	run_ls --tshark "$WORK/tshark" --json "$@" "$capture"
	is "$name: starts of tshark" "$(starts)" "$wanted"
	is "$name: exit status" "$STATUS" 0
	ok "$name: same output" cmp "$WORK/out" "$WORK/first"
	ok "$name: same messages" cmp "$WORK/err" "$WORK/first-err"
}

csv() {
	find "$CACHE" -name '*.csv'
}

: >"$WORK/starts"
run_ls --tshark "$WORK/tshark" --json "$capture"
cp "$WORK/out" "$WORK/first"
cp "$WORK/err" "$WORK/first-err"
is 'cold: exit status' "$STATUS" 0
is 'cold: asks the version and reads' "$(starts)" 2
is 'cold: reads once' "$(reads)" 1
is 'cold: one file of rows' "$(csv | wc -l)" 1
is 'cold: nothing but rows, manifest and version' \
	"$(find "$CACHE" -type f | wc -l)" 3
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
	SLEEP=1 "$BUILD/mptcp-ls" --cache-dir "$CACHE" --json \
		--tshark "$WORK/tshark" "$capture" >"$WORK/out$i" \
		2>"$WORK/err$i" &
done
wait
is 'two at a time: one read' "$(reads)" 1
ok 'two at a time: the first is right' cmp "$WORK/out1" "$WORK/first"
ok 'two at a time: the second is right' cmp "$WORK/out2" "$WORK/first"
is 'two at a time: no lock and no temporary file stays' \
	"$(find "$CACHE" -type f | wc -l)" 3

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
finish
