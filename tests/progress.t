#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a terminal shows that a file does not: progress, and colours.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
capture=$WORK/many.pcap

cat >"$WORK/on_terminal.py" <<'EOF'
import os, pty, subprocess, sys
mine, theirs = pty.openpty()
run = subprocess.Popen(sys.argv[2:], stdout=theirs, stderr=theirs)
os.close(theirs)
with open(sys.argv[1], 'wb') as out:
    while True:
        try:
            data = os.read(mine, 65536)
        except OSError:   # nobody has the other end any more
            break
        if not data:
            break
        out.write(data)
sys.exit(run.wait())
EOF

# on_terminal FILE COMMAND...: run it with a terminal for its standard output
# and error, and keep in FILE what that got, with <> for CR and ESC
on_terminal() {
	file=$1
	shift
	python3 "$WORK/on_terminal.py" "$WORK/raw" "$@"
	STATUS=$?
	tr '\r\033' '<>' <"$WORK/raw" >"$file"
}

# The same packets many times: progress is told every few thousand.
python3 - "$SYN/v1-byte-classes.pcap" "$capture" <<'EOF'
import sys
data = open(sys.argv[1], 'rb').read()
with open(sys.argv[2], 'wb') as out:
    out.write(data[:24] + data[24:] * 250)
EOF

# It begins after longer than anybody wants to wait without a word.
cat >"$WORK/late" <<EOF
#!/bin/sh
[ "\$1" = --version ] || sleep 0.5
exec '$REAL' "\$@"
EOF
chmod +x "$WORK/late"

"$BUILD/mptcp-ls" -j 1 --no-cache --tshark "$WORK/late" "$capture" \
	>"$WORK/out" 2>"$WORK/err"
ok 'no terminal: no progress' sh -c "! grep -qE '[0-9] packets, ' '$WORK/err'"
CACHE=$WORK/colours
paths=testdata/captures/two-paths-client.pcapng
"$BUILD/mptcp-ls" --cache-dir "$CACHE" "$paths" >"$WORK/out"
ok 'a file gets no colours' sh -c \
	"grep -q established '$WORK/out' && ! grep -q '$(printf '\033')' '$WORK/out'"

if ! has_terminals; then
	skip 'what a terminal shows' "$NO_TERMINAL"
	finish
	exit
fi

# shows NAME FILE: progress was shown there, and erased before what follows it
shows() {
	ok "$1: packets so far" grep -qE '<>\[K[0-9]+ packets, [0-9]+/s' "$2"
	ok "$1: erased in the end" grep -qE '/s<>\[K([^0-9]|$)' "$2"
}

on_terminal "$WORK/read" "$BUILD/mptcp-ls" -j 1 --no-cache \
	--tshark "$WORK/late" "$capture"
is 'a capture: exit status' "$STATUS" 0
shows 'a capture' "$WORK/read"

cp "$capture" "$WORK/more.pcap"
on_terminal "$WORK/read" "$BUILD/mptcp-ls" -j 2 -m --no-cache \
	--tshark "$WORK/late" "$capture" "$WORK/more.pcap"
is 'two files of one capture: exit status' "$STATUS" 0
shows 'two files of one capture' "$WORK/read"

on_terminal "$WORK/read" "$BUILD/mptcp-ls" -q -j 1 --no-cache \
	--tshark "$WORK/late" "$capture"
ok 'quiet: no progress' sh -c "! grep -qE '[0-9] packets, ' '$WORK/read'"

"$BUILD/mptcp-export" --columns raw --cache-dir "$CACHE" "$capture" \
	>"$WORK/rows" 2>"$WORK/err"
ok 'an export: there are many rows' \
	test "$(wc -l <"$WORK/rows")" -gt 5000
# Only when mptcp-ls has opened its end does the writer begin to wait.
mkfifo "$WORK/fifo"
{
	sleep 0.5
	cat "$WORK/rows"
} >"$WORK/fifo" &
on_terminal "$WORK/read" "$BUILD/mptcp-ls" "$WORK/fifo"
wait
shows 'an export' "$WORK/read"

# coloured COLOUR WORD FILE
coloured() {
	grep -qE ">\[(1;)?$1m$2" "$3"
}

on_terminal "$WORK/read" "$BUILD/mptcp-ls" --cache-dir "$CACHE" "$paths"
ok 'a connection that is established is green' \
	coloured 32 established "$WORK/read"
on_terminal "$WORK/read" "$BUILD/mptcp-ls" -s --cache-dir "$CACHE" \
	"$SYN/fallback-mp-fail.pcap"
ok 'one that fell back is yellow' coloured 33 fallback "$WORK/read"
ok 'its subflow is in the table, too' grep -q fin "$WORK/read"
ok 'what is usual has no colour' sh -c \
	"! grep -qE '>\[[0-9;]+mfin' '$WORK/read'"
on_terminal "$WORK/read" env NO_COLOR=1 "$BUILD/mptcp-ls" \
	--cache-dir "$CACHE" "$paths"
ok 'NO_COLOR: the table is there' grep -q established "$WORK/read"
ok 'NO_COLOR: no colour' sh -c "! grep -q '>' '$WORK/read'"
on_terminal "$WORK/read" env NO_COLOR= "$BUILD/mptcp-ls" \
	--cache-dir "$CACHE" "$paths"
ok 'NO_COLOR that is empty: colours' coloured 32 established "$WORK/read"
on_terminal "$WORK/read" "$BUILD/mptcp-doctor" --tshark "$WORK/none" \
	--cache-dir "$CACHE"
ok 'a check that fails is red' coloured 31 fail "$WORK/read"
finish
