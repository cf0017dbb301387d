#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Options that do not go together, what is not there, and lists that are empty.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH
paths=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz
many=testdata/captures/fallback-client.pcapng.gz

run() {
	command=$1
	shift
	"$command" --cache-dir "$CACHE" "$@" >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
}

# What shells ask for, and "make regen": the columns of each command, if it has
# some.
for command in "$BUILD"/mptcp-*; do
	[ -x "$command" ] || continue
	for what in columns table; do
		"$command" --help-completion=$what >"$WORK/$what" \
			2>"$WORK/err" || echo "it failed" >>"$WORK/err"
		is "${command##*/}: the shell asks for $what" \
			"$(cat "$WORK/err")" ''
	done
	case ${command##*/} in
	mptcp-plot | mptcp-split)
		ok "${command##*/}: there are none" sh -c \
			"! [ -s '$WORK/columns' ] && ! [ -s '$WORK/table' ]"
		continue
		;;
	mptcp-doctor) # it has no -o
		ok "${command##*/}: no columns" sh -c "! [ -s '$WORK/columns' ]"
		;;
	*) ok "${command##*/}: there are columns" test -s "$WORK/columns" ;;
	esac
	ok "${command##*/}: there is a table of them" test -s "$WORK/table"
	is "${command##*/}: the table has five fields, none of them empty" \
		"$(awk -F '\t' 'NF != 5 || /\t\t|\t$/' "$WORK/table")" ''
done
mptcp-check --help-completion=table >"$WORK/out"
for list in verdicts counters; do
	ok "mptcp-check: columns of $list" grep -q "^$list	" "$WORK/out"
done

# connections and streams that are not there
run_fails 3 'there are 0 to ' mptcp-ls -c 99 "$many"
# the same connection from nine ports
python3 - "$SYN/v1-byte-classes.pcap" "$WORK/nine.pcap" <<'EOF'
import sys
data = open(sys.argv[1], 'rb').read()
with open(sys.argv[2], 'wb') as out:
    out.write(data[:24])
    for n in range(9):
        port = (40001 + 16 * n).to_bytes(2, 'big')
        out.write(data[24:].replace((40001).to_bytes(2, 'big'), port))
EOF
run_fails 3 ' ...' mptcp-ls -c 0x00000001 "$WORK/nine.pcap"
run_fails 3 'there are: none' mptcp-ls -c 0x00000001 "$SYN/plain-tcp.pcap"
run_fails 3 'there is none' mptcp-ls -c 0 "$SYN/plain-tcp.pcap"
run_fails 3 'there is only 0' mptcp-ls -c 1 "$paths"

# plots
run_fails 2 'needs a capture' mptcp-plot cwnd --each -o "$WORK/%d.svg" "$WORK/out"
run_fails 2 'exclude each other' mptcp-plot seq --each -t 0 -o "$WORK/%d.svg" \
	"$paths"
run mptcp-plot seq --each -c 1 -o "$WORK/one-%d.svg" "$many"
is 'only the connections that are meant are drawn' \
	"$(cd "$WORK" && echo one-*.svg)" one-1.svg
run_fails 5 "cannot create '$WORK/none/0.svg" mptcp-plot seq --each \
	-o "$WORK/none/%d.svg" "$many"

# two captures
run_fails 2 nonsense mptcp-summary --with "$server" -o nonsense "$paths"
run_fails 3 'in common' mptcp-summary --with "$SYN/plain-tcp.pcap" "$paths"
run_fails 3 'no connection 7' mptcp-summary --with "$server" -c 7 "$paths"
run mptcp-reinject -e --with "$server" "$paths"
is 'two captures, nothing to list, -e: exit status' "$STATUS" 1
run mptcp-reinject --with "$server" "$paths"
is 'two captures, nothing to list: exit status' "$STATUS" 0
mptcp-summary --cache-dir "$CACHE" --json --with "$server" "$paths" \
	>/dev/full 2>"$WORK/err"
is 'two captures, full disk: exit status' "$?" 5

# exports that are none: a first line that does not end, a line without end
printf 'mptcp_csv_1,frame' >"$WORK/begun.csv"
run_fails 3 'is cut short in its first line' mptcp-ls "$WORK/begun.csv"
mptcp-export --columns raw --cache-dir "$CACHE" "$paths" >"$WORK/whole.csv"
{
	head -n 2 "$WORK/whole.csv"
	head -c 18000000 /dev/zero | tr '\0' 1
} >"$WORK/long.csv"
run_fails 3 'line 3: it is too long' mptcp-ls "$WORK/long.csv"
{
	head -n 2 "$WORK/whole.csv"
	printf ',x\n"a"b\n'
} >"$WORK/twice.csv"
run_fails 3 "line 3: 'x' does not fit" mptcp-ls "$WORK/twice.csv"
finish
