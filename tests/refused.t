#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the system refuses, and what somebody else does meanwhile.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH
good=$SYN/v1-byte-classes.pcap
many=testdata/captures/fallback-client.pcapng.gz

# run COMMAND ARGUMENT...: $STATUS, $WORK/out, $WORK/err
run() {
	run_any "$@"
}

# A socket has a name, and cannot be opened.
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$WORK/socket"
run_fails 3 "cannot read '$WORK/socket'" mptcp-ls --no-cache "$WORK/socket"
run_fails 3 "cannot read '$WORK/socket'" mptcp-split --no-cache -c 0 \
	-w "$WORK/new" "$WORK/socket"
run_fails 5 "cannot write '$WORK/socket'" mptcp-export --no-cache \
	-w "$WORK/socket" "$good"

# Without a place for temporary files.
run_fails 5 "cannot make a file in '$WORK/none'" \
	env TMPDIR="$WORK/none" sh -c \
	"cat '$good' | mptcp-split --no-cache -c 0 -w '$WORK/new' -"
# What tshark has to make a pcapng of: its header says that packets are of no length.
cp "$good" "$WORK/snaplen.pcap"
printf '\0\0\0\0' |
	dd of="$WORK/snaplen.pcap" bs=1 seek=16 conv=notrunc 2>"$WORK/said"
run_fails 5 "cannot make a file in '$WORK/none'" \
	env TMPDIR="$WORK/none" mptcp-split --no-cache -c 0 -w "$WORK/new" \
	"$WORK/snaplen.pcap"
ok 'nothing is written by any of them' test ! -e "$WORK/new"

# The output appears while it is made.
mkdir "$WORK/bin"
cat >"$WORK/bin/tshark" <<EOF
#!/bin/sh
case \$* in
--version) ;;
*' -w '*) eval "\$MEANWHILE_writing" ;;
*) eval "\$MEANWHILE_reading" ;;
esac
exec '$REAL' "\$@"
EOF
chmod +x "$WORK/bin/tshark"
run_fails 5 'exists: use -f to replace it' \
	env MEANWHILE_writing="echo mine >$WORK/appears" mptcp-split \
	--no-cache --tshark "$WORK/bin/tshark" -c 0 -w "$WORK/appears" \
	"$WORK/snaplen.pcap"
is 'what appears is left alone' "$(cat "$WORK/appears")" mine

# The capture is written to while it is read.
cp "$good" "$WORK/grows.pcap"
run env MEANWHILE_reading="touch -d 2001-01-01 $WORK/grows.pcap" mptcp-ls \
	--cache-dir "$CACHE" --tshark "$WORK/bin/tshark" "$WORK/grows.pcap"
is 'a capture that changes: exit status' "$STATUS" 0
ok 'a capture that changes: said' grep -q 'changed while it was read' \
	"$WORK/err"
is 'a capture that changes: not in the cache' \
	"$(find "$CACHE" -name 'grows*')" ''

# A file that a process with this number left behind when it was killed.
run sh -c 'echo old >"$1.tmp.$$"
	exec mptcp-export --no-cache -w "$1" "$2"' sh "$WORK/left" "$good"
is 'the temporary file of a namesake: exit status' "$STATUS" 0
run mptcp-export --no-cache "$good"
ok 'the temporary file of a namesake: replaced' cmp "$WORK/left" "$WORK/out"
is 'the temporary file of a namesake: gone' \
	"$(find "$WORK" -name 'left.tmp.*')" ''

# the cache
run mptcp-ls --csv --cache-dir "$CACHE" "$good"
cp "$WORK/out" "$WORK/wanted"
rows=$(find "$CACHE" -name '*-????????????????.csv')
for kind in csv json index.csv outline.csv; do
	echo half >"${rows%.csv}.$kind.tmp.4194999"
done
run mptcp-ls --csv --cache-dir "$CACHE" --refresh "$good"
ok 'after others were killed: same output' cmp "$WORK/out" "$WORK/wanted"
is 'what they left in the cache is gone' \
	"$(find "$CACHE" -name '*.tmp.*')" ''
mkdir "${rows%.csv}.lock"
run mptcp-ls --csv --cache-dir "$CACHE" --refresh "$good"
is 'a lock that is a directory: exit status' "$STATUS" 0
ok 'a lock that is a directory: same output' cmp "$WORK/out" "$WORK/wanted"
ok 'a lock that is a directory: said' grep -q 'cannot use the cache' \
	"$WORK/err"
rmdir "${rows%.csv}.lock"


printf X | dd of="$rows" bs=1 seek=300 conv=notrunc 2>"$WORK/said"
state() {
	mptcp-cache "$@" --cache-dir "$CACHE" -n -o state
}
is 'what another process has locked is not checked' \
	"$(flock "${rows%.csv}.lock" mptcp-cache verify --cache-dir "$CACHE" \
		-n -o state)" busy
is 'what nobody has locked is' "$(state verify)" damaged

# A disk that is full: for all rows but those that nobody has written yet, and
# for the outline, which is longer.
run mptcp-ls --csv --no-cache "$many"
cp "$WORK/out" "$WORK/wanted"
export GCOV_PREFIX="$WORK/counts" # half of them, with COVERAGE=1
for blocks in 4 8 16 32; do
	CACHE=$WORK/full-$blocks
	run sh -c 'trap "" XFSZ; ulimit -f "$1"; exec mptcp-ls --csv \
		--cache-dir "$2" "$3" 2>&1 >"$4"' sh $blocks "$CACHE" "$many" \
		"$WORK/listed"
	is "full disk, $blocks blocks: exit status" "$STATUS" 0
	ok "full disk, $blocks blocks: same output" cmp "$WORK/listed" \
		"$WORK/wanted"
	is "full disk, $blocks blocks: nothing half" \
		"$(find "$CACHE" -name '*.tmp.*')" ''
done
unset GCOV_PREFIX
finish
