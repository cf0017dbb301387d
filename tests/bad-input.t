#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What cannot be read or done: exit statuses, one line that says why, and
# nothing left in the cache.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
good=$SYN/v1-join-by-server.pcap

# leftovers: what a run may not leave in the cache directory
leftovers() {
	find "$CACHE" -mindepth 1 2>/dev/null |
		grep -vE '/(tshark-version\.json|[^/]*\.pcap(ng)?-[0-9a-f]{16}((\.index|\.outline)?\.(csv|json)|\.places))$'
	return 0
}

# rows: cached captures
rows() {
	find "$CACHE" -name '*-????????????????.csv' 2>/dev/null | wc -l
}

# fails NAME STATUS TEXT ARGUMENT...: one line on stderr, with TEXT in it
fails() {
	name=$1 status=$2 text=$3
	shift 3
	run_ls "$@"
	judge "$name" "$status" "$text"
}

judge() {
	is "$1: exit status" "$STATUS" "$2"
	is "$1: one line on stderr" "$(wc -l <"$WORK/err")" 1
	ok "$1: names $3" grep -qF -e "$3" "$WORK/err"
	is "$1: no temporary file" "$(leftovers)" ''
}

fails 'missing file' 3 "$WORK/none.pcap" "$WORK/none.pcap"
mkdir "$WORK/dir.pcap"
fails 'directory' 3 "$WORK/dir.pcap" "$WORK/dir.pcap"
fails 'empty file' 3 fault-empty-file.pcap "$SYN/fault-empty-file.pcap"
fails 'text file' 3 fault-text-file.pcap "$SYN/fault-text-file.pcap"
fails 'empty name' 3 "''" ''
mkfifo "$WORK/nothing"
: >"$WORK/nothing" &
fails 'empty pipe' 3 "$WORK/nothing" "$WORK/nothing"
wait
is 'none of them is in the cache' "$(rows)" 0

fails 'cut pcap' 0 fault-cut-short.pcap --json "$SYN/fault-cut-short.pcap"
ok 'cut pcap: "complete" is false' grep -q '"complete": false' "$WORK/out"
fails 'cut pcapng' 0 fault-cut-short.pcapng "$SYN/fault-cut-short.pcapng"
fails 'without TCP' 0 no-tcp.pcap "$SYN/no-tcp.pcap"
fails 'without TCP, -e' 1 no-tcp.pcap -e "$SYN/no-tcp.pcap"
fails 'without packets' 0 fault-no-packets.pcap "$SYN/fault-no-packets.pcap"
fails 'good one and missing one' 3 "$WORK/none.pcap" --csv "$good" \
	"$WORK/none.pcap"
is 'good one and missing one: the good one is listed' \
	"$(wc -l <"$WORK/out")" 2

fails 'unknown column' 2 colour -o colour "$good"
fails 'unknown id' 3 99 -c 99 "$good"
fails 'unknown token' 3 0x12345678 -c 0x12345678 "$good"
fails 'no id' 2 seven -c seven "$good"
fails 'unknown option' 2 --colour --colour "$good"
fails 'unknown letter' 2 -Z -Z "$good"
fails 'option without its argument' 2 -o -o
fails 'argument too many' 2 --json --json=x "$good"
fails 'no argument' 2 capture
is 'usage errors print nothing' "$(wc -c <"$WORK/out")" 0

# tshark
CACHE=$WORK/cache-tshark
fails 'no tshark' 4 /nonexistent --tshark /nonexistent "$good"

fake() {
	cat >"$WORK/$1"
	chmod +x "$WORK/$1"
}
fake old <<'EOF'
#!/bin/sh
echo 'TShark (Wireshark) 2.6.20 (Git v2.6.20 packaged as 2.6.20-0)'
EOF
fails 'tshark too old' 4 2.6.20 --tshark "$WORK/old" "$good"
fake other <<'EOF'
#!/bin/sh
echo 'something else'
EOF
fails 'another program' 4 "$WORK/other" --tshark "$WORK/other" "$good"
fake broken <<'EOF'
#!/bin/sh
exit 3
EOF
fails 'tshark that fails at once' 4 "$WORK/broken" --tshark "$WORK/broken" \
	"$good"
fake dies <<EOF
#!/bin/sh
[ "\$1" = --version ] && exec '$REAL' --version
'$REAL' "\$@" | head -n 5
kill -9 \$\$
EOF
fails 'tshark that is killed' 4 "$good" --tshark "$WORK/dies" "$good"
fake gives-up <<EOF
#!/bin/sh
[ "\$1" = --version ] && exec '$REAL' --version
'$REAL' "\$@" | head -n 5
exit 77
EOF
fails 'tshark that gives up' 4 "$good" --tshark "$WORK/gives-up" "$good"
fake babbles <<EOF
#!/bin/sh
[ "\$1" = --version ] && exec '$REAL' --version
echo 'no such columns'
EOF
fails 'tshark that prints something else' 4 "$good" \
	--tshark "$WORK/babbles" "$good"
is 'nothing of a failed run is cached' "$(rows)" 0
run_ls --csv "$good"
cp "$WORK/out" "$WORK/after"
run_ls --csv --no-cache "$good"
ok 'a good run after failed ones' cmp "$WORK/out" "$WORK/after"
fails 'failed refresh' 4 "$good" --refresh --tshark "$WORK/dies" "$good"
run_ls --csv "$good"
ok 'a good run after a failed refresh' cmp "$WORK/out" "$WORK/after"

# the system
for format in --json --jsonl --csv --tsv --list-columns --help; do
	"$BUILD/mptcp-ls" --cache-dir "$CACHE" "$format" "$good" \
		>/dev/full 2>"$WORK/err"
	STATUS=$?
	is "full disk, $format: exit status" "$STATUS" 5
	is "full disk, $format: one line" "$(wc -l <"$WORK/err")" 1
done
"$BUILD/mptcp-ls" --cache-dir "$CACHE" "$good" >/dev/full 2>"$WORK/err"
is 'full disk, table: exit status' "$?" 5

# a cache that cannot be used is no reason to fail
: >"$WORK/file"
CACHE=$WORK/file/cache
run_ls --csv "$good"
is 'cache below a file: exit status' "$STATUS" 0
is 'cache below a file: one line' "$(wc -l <"$WORK/err")" 1
ok 'cache below a file: all is listed' cmp "$WORK/out" "$WORK/after"
if [ "$(id -u)" -eq 0 ]; then
	skip 'cache without permissions' 'root may do everything'
else
	CACHE=$WORK/locked
	mkdir -m 000 "$CACHE"
	run_ls --csv "$good"
	is 'cache without permissions: exit status' "$STATUS" 0
	ok 'cache without permissions: all is listed' cmp "$WORK/out" \
		"$WORK/after"
	chmod 700 "$CACHE"
fi
finish
