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
	mptcp-plot | mptcp-report | mptcp-split)
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
	is "${command##*/}: the table has six fields, none of them empty" \
		"$(awk -F '\t' 'NF != 6 || /\t\t|\t$/' "$WORK/table")" ''
done
mptcp-check --help-completion=table >"$WORK/out"
for list in verdicts counters; do
	ok "mptcp-check: columns of $list" grep -q "^$list	" "$WORK/out"
done

# A letter means one thing in all commands, but for these two, which scripts use;
# mptcptools(7) has a table of them.
for command in "$BUILD"/mptcp-*; do
	[ -x "$command" ] || continue
	"$command" --help-completion=options |
		awk -F '\t' '$1 == "option" && $2 != "-" { print $2, $3, $4 }'
	"$command" --help | awk -v name="${command##*/}" \
		'length > 80 { print name ": " $0 }' >>"$WORK/wide"
done | sort -u >"$WORK/letters"
is 'a letter means one thing' "$(cut -d' ' -f1 "$WORK/letters" | uniq -d)" "-e
-t"
is 'but for -e and -t' "$(grep -e '^-[et]' "$WORK/letters")" \
	"-e --fail-empty -
-e --fail-error -
-t --tcp-stream STREAM
-t --tcp-streams -"
is 'the letters in mptcptools(7)' \
	"$(sed -n '/^.Ss Option letters/,/^.El/s/^.It Fl \([^ ]*\).*/-\1/p' \
		man/mptcptools.7 | sort)" "$(cut -d' ' -f1 "$WORK/letters" | uniq)"
is 'no line of --help is wider than 80 columns' "$(cat "$WORK/wide")" ''

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
run_fails 3 'there are none' mptcp-ls -c 0 "$SYN/plain-tcp.pcap"
run_fails 3 'there is only 0' mptcp-ls -c 1 "$paths"

# plots
run_fails 2 'needs a capture' mptcp-plot cwnd --each -w "$WORK/%d.svg" "$WORK/out"
run_fails 2 'cannot be used with' mptcp-plot seq --each -t 0 -w "$WORK/%d.svg" \
	"$paths"
run mptcp-plot seq --each -c 1 -w "$WORK/one-%d.svg" "$many"
is 'only the connections that are meant are drawn' \
	"$(cd "$WORK" && echo one-*.svg)" one-1.svg
run_fails 5 "cannot create '$WORK/none/0.svg" mptcp-plot seq --each \
	-w "$WORK/none/%d.svg" "$many"

# The file to write is -w; what it was before still does, and says so.
cp "$many" "$WORK/in.pcapng.gz"
for writer in 'mptcp-plot dsn -c 1 --format svg' mptcp-export 'mptcp-split -f -c 1'; do
	name=${writer%% *}
	# shellcheck disable=SC2086 # words are arguments
	run $writer -w "$WORK/wanted" "$many"
	is "$name -w: stderr" "$(cat "$WORK/err")" ''
	for old in -o --output --out; do
		rm -f "$WORK/got"
		# shellcheck disable=SC2086
		run $writer $old "$WORK/got" "$many"
		is "$name $old: exit status" "$STATUS" 0
		ok "$name $old: the file" cmp "$WORK/wanted" "$WORK/got"
		is "$name $old: one line" "$(cat "$WORK/err")" \
			"$name: -o and --output FILE are deprecated: use -w or --write"
		# shellcheck disable=SC2086
		run $writer -q $old "$WORK/got" "$many"
		is "$name $old -q: no line" "$(cat "$WORK/err")" ''
	done
	"$name" --help >"$WORK/help"
	ok "$name: --help tells -w" grep -q -e '-w, --write=FILE' "$WORK/help"
	ok "$name: ... and no more -o" sh -c \
		"! grep -q -e '-o[, ]' -e --output '$WORK/help'"
done
# ... but where it may be meant to be columns, no file gets their name.
(
	cd "$WORK" || exit 1
	for columns in tcp_stream frame,len raw; do
		run_fails 2 "-o '$columns': use --columns" mptcp-export -o "$columns" \
			in.pcapng.gz
		ok "$columns: no file" test ! -e "$columns"
	done
	run mptcp-export -o tcp_stream -w frame in.pcapng.gz
	is '-w says that it is a file: exit status' "$STATUS" 0
	echo "$tests_run" >"$WORK/tests_run"
)
tests_run=$(cat "$WORK/tests_run")
ok '-w says that it is a file' test -s "$WORK/frame"

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

# Words that were riddles to strangers: no program has them (its file holds all that
# it can print), nor an example of a result.
for words in 'it seems' 'came late' 'rules? kept' 'none needed:' 'had gone' \
	'whatever the delays' 'for want of' 'again and again' 'took it back' \
	'captured at neither' 'prove the keys' 'waited up to' 'lies? in no' \
	'(answer|way) behind' '[^0-9.]1 (bytes|packets|rules|subflows|frames)'; do
	is "nowhere: $words" "$(grep -alE -e "$words" tests/golden/*.txt \
		README.md "$BUILD"/mptcp-*)" ''
done
finish
