#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-export: what it writes, against a second computation; that every command
# says the same of an export as of the capture; and exports that are broken.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-export
one=testdata/captures/two-paths-client.pcapng
classes=$SYN/v1-byte-classes.pcap

tests_by tests/compare_export.py

# Commands that take two captures, and pictures.
client=$one server=testdata/captures/two-paths-server.pcapng.gz
run -w "$WORK/client.csv" "$client"
run -w "$WORK/server.csv" "$server"
is 'both ends: exit status' "$STATUS" 0
for command in mptcp-owd mptcp-map 'mptcp-summary --with'; do
	# shellcheck disable=SC2086
	"$BUILD/"$command "$server" --cache-dir "$CACHE" --csv "$client" \
		>"$WORK/wanted" 2>&1
	# shellcheck disable=SC2086
	"$BUILD/"$command "$WORK/server.csv" --csv --tshark /nonexistent \
		"$WORK/client.csv" >"$WORK/got" 2>&1
	sed "s#$WORK/\([a-z]*\).csv#\1#g" "$WORK/got" >"$WORK/got2"
	sed -e "s#$client#client#g" -e "s#$server#server#g" "$WORK/wanted" \
		>"$WORK/wanted2"
	ok "$command: the same, and without tshark" diff "$WORK/wanted2" \
		"$WORK/got2"
	ok "$command: prints something" test -s "$WORK/got"
done
"$BUILD/mptcp-plot" dsn --format csv -w - "$client" --cache-dir "$CACHE" \
	>"$WORK/wanted"
"$BUILD/mptcp-plot" dsn --format csv -w - "$WORK/client.csv" >"$WORK/got"
ok 'mptcp-plot: the same' cmp "$WORK/wanted" "$WORK/got"
"$BUILD/mptcp-doctor" --cache-dir "$CACHE" "$WORK/client.csv" >"$WORK/out" 2>&1
is 'mptcp-doctor: exit status' "$?" 0

# Forms of the same file.
summary() {
	"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$@" >"$WORK/got" \
		2>"$WORK/err"
	STATUS=$?
	echo "$STATUS" >"$WORK/status"
}
nameless() {
	sed -e 's#"path": ".*"#"path": "CAPTURE"#' -e '/^ *"reader": /d' \
		"$WORK/got"
}
same() {
	is "$1: exit status" "$(cat "$WORK/status")" 0
	nameless >"$WORK/got2"
	ok "$1: the same numbers" diff "$WORK/numbers" "$WORK/got2"
}
summary "$WORK/client.csv"
nameless >"$WORK/numbers"
summary - <"$WORK/client.csv"
same 'standard input'
# shellcheck disable=SC2002 # a pipe is wanted
cat "$WORK/client.csv" | summary -
same 'pipe'
{
	head -c 3 "$WORK/client.csv"
	sleep 0.2
	tail -c +4 "$WORK/client.csv"
} | summary -
same 'pipe whose first bytes are few'
gzip -k "$WORK/client.csv"
summary "$WORK/client.csv.gz"
same 'gzip'
gzip -dc "$WORK/client.csv.gz" | gzip | summary -
same 'gzip from a pipe'
mkfifo "$WORK/fifo"
cat "$WORK/client.csv" >"$WORK/fifo" &
summary "$WORK/fifo"
wait
same 'FIFO'
sed 's/$/\r/' "$WORK/client.csv" >"$WORK/form.csv"
summary "$WORK/form.csv"
same 'CR LF'
python3 - "$WORK/client.csv" "$WORK/form.csv" <<'EOF'
import csv, sys
rows = [row[::-1] + ["more"] for row in csv.reader(open(sys.argv[1], newline=""))]
out = open(sys.argv[2], "w", newline="", encoding="utf-8-sig")
csv.writer(out, quoting=csv.QUOTE_ALL).writerows([rows[0]] + rows[:0:-1])
EOF
summary "$WORK/form.csv"
# frames stay what they are; packets of equal times would be in another order
same 'quotes, a byte order mark, other orders, a column more'
{
	head -c 3 "$one"
	sleep 0.2
	tail -c +4 "$one"
} | summary -
same 'a capture from a pipe is none'

# Parts.
for option in '-c 0' '-t 0' '--towards client' '-t 1 --towards server'; do
	# shellcheck disable=SC2086
	good "$option" $option "$one"
	cp "$WORK/out" "$WORK/part.csv"
	summary "$WORK/part.csv"
	is "$option: is a capture" "$STATUS" 0
	is "$option: without other warnings" "$(essentials)" ''
	cp "$WORK/part.csv" "$WORK/kept.csv"
	run "$WORK/kept.csv"
	is "$option: again: exit status" "$STATUS" 0
	is "$option: again: stderr" "$(essentials)" ''
	ok "$option: raw fields survive" python3 - "$WORK/kept.csv" \
		"$WORK/out" "$WORK/client.csv" "$option" <<'EOF'
import csv, json, sys
first, second, whole = (list(csv.DictReader(open(f, newline=""))) for f in sys.argv[1:4])
keep = {"-c 0": lambda r: r["connection"] == "0", "-t 0": lambda r: r["tcp_stream"] == "0",
        "--towards client": lambda r: r["towards"] == "client",
        "-t 1 --towards server": lambda r: r["tcp_stream"] == "1" and r["towards"] == "server"}
raw = list(first[0])[1:17]
want = [[r[n] for n in raw] for r in whole if keep[sys.argv[4]](r)]
assert 10 < len(want) < len(whole) or sys.argv[4] == "-c 0", len(want)
for rows in first, second:
    assert [[r[n] for n in raw] for r in rows] == want
    info = json.loads(rows[0]["mptcp_csv_1"])
    assert info["packets"] == info["rows"] == len(want) and info["complete"]
    assert info["first_time"] == min(r["time"] for r in rows)
EOF
done
# A part is what splitting the capture in another way gives, too.
good '-c 1 of two' -c 1 testdata/captures/fallback-client.pcapng.gz
cp "$WORK/out" "$WORK/part.csv"
fallback=testdata/captures/fallback-client.pcapng.gz
"$BUILD/mptcp-summary" --cache-dir "$CACHE" --csv -c 1 "$fallback" |
	cut -d, -f 4-9 >"$WORK/wanted"
"$BUILD/mptcp-summary" --csv "$WORK/part.csv" | cut -d, -f 4-9 >"$WORK/got"
ok 'a part has the numbers that it had in the whole' cmp "$WORK/wanted" \
	"$WORK/got"

# Columns.
good '--columns' --columns frame,dsn,frame "$one"
is '--columns: these, each once' "$(head -n 1 "$WORK/out")" frame,dsn
is '--columns: all packets' "$(wc -l <"$WORK/out")" 1243
good '--columns raw' --columns raw "$one"
cp "$WORK/out" "$WORK/raw.csv"
summary "$WORK/raw.csv"
same '--columns raw'
good '--columns raw,model' --columns raw,model "$one"
ok '--columns raw,model: is all' cmp "$WORK/out" "$WORK/client.csv"
good '--list-columns' --list-columns
sed -n 's/^  \([a-z0-9_]*\) .*/\1/p' "$WORK/out" >"$WORK/listed"
head -n 1 "$WORK/client.csv" | tr , '\n' >"$WORK/names"
ok '--list-columns: all of them' cmp "$WORK/listed" "$WORK/names"
sed -n 's/^\.It Cm \(.*\)/\1/p' man/mptcp-csv.5 | tr -d ' ' | tr , '\n' |
	sort -u >"$WORK/described"
sort "$WORK/names" >"$WORK/sorted"
ok 'mptcp-csv(5) describes these and no others' diff "$WORK/sorted" \
	"$WORK/described"

# Interfaces may be called anything.
good 'interface' --columns raw "$one"
python3 - "$WORK/out" "$WORK/odd.csv" <<'EOF'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
for row in rows:
    row["interface"] = ' "a",\n b '
out = csv.DictWriter(open(sys.argv[2], "w", newline=""), rows[0], lineterminator="\n")
out.writeheader()
out.writerows(rows)
EOF
good 'odd interface' --columns raw "$WORK/odd.csv"
ok 'odd interface: survives' cmp "$WORK/out" "$WORK/odd.csv"
sed 's/,5001,/,no,/' "$WORK/odd.csv" >"$WORK/bad.csv"
run_ls "$WORK/bad.csv"
ok 'lines in a field are counted' grep -q 'bad.csv.*, line 2: ' "$WORK/err"
sed '7s/,5001,/,no,/' "$WORK/odd.csv" >"$WORK/bad.csv"
run_ls "$WORK/bad.csv"
ok 'and those before it' grep -q 'bad.csv.*, line 6: ' "$WORK/err"

# broken NAME STATUS TEXT: mptcp-ls of $WORK/bad.csv
broken() {
	run_ls --json "$WORK/bad.csv"
	is "$1: exit status" "$STATUS" "$2"
	is "$1: one line on stderr" "$(essentials | wc -l)" 1
	ok "$1: says $3" grep -qF -e "$3" "$WORK/err"
	if [ "$2" -eq 0 ]; then
		ok "$1: is not complete" grep -q '"complete": false' "$WORK/out"
	fi
}
x=$WORK/client.csv
bad=$WORK/bad.csv
sed '7s/^,[0-9]*,/,7x,/' "$x" >"$bad"
broken 'not a number' 3 "line 7: '7x' does not fit into the column frame"
sed '9s/$/,1/' "$x" >"$bad"
broken 'a field too many' 3 'line 9: it has more fields'
sed '9s/,$//' "$x" >"$bad"
broken 'a field too few' 3 'line 9: it has fewer fields'
sed '9s/10\.0\.1\.1//' "$x" >"$bad"
broken 'no address' 3 'line 9: a field that every TCP packet has is empty'
sed '9s/10\.0\.1\.1/10.0.1.256/' "$x" >"$bad"
broken 'none of an IP address' 3 "line 9: '10.0.1.256' does not fit into the column"
sed '9s/c1/"c"1/' "$x" >"$bad"
broken 'quotes' 3 'its quotes are not valid CSV'
sed '2s/packets/pockets/' "$x" >"$bad"
broken 'no such capture' 3 'line 2: '
cat "$x" "$x" >"$bad"
broken 'one behind the other' 3 "line 1244: 'frame' does not fit"
sed '1s/mptcp_csv_1/mptcp_csv_2/' "$x" >"$bad"
broken 'another version' 3 "this is 'mptcp_csv_2', and mptcp_csv_1 is what"
cut -d, -f 17- "$x" >"$bad"
broken 'no raw columns' 3 'it looks like CSV, but not like that of mptcp-export --columns raw: it has no column mptcp_csv_1'
sed '1s/ip_id/ip/' "$x" >"$bad"
broken 'one column less' 3 'lacks the columns ip_id ('
head -c 60 "$x" >"$bad"
broken 'cut in the first line' 3 'cut short in its first line'
head -c 100000 "$x" >"$bad"
broken 'cut in a line' 0 'cut short in the middle of a line: '
head -n 500 "$x" >"$bad"
broken 'lines missing' 0 '499 of 1242 packets were read'
sed 2d "$x" >"$bad"
broken 'first packet missing' 0 'line that describes the capture is missing'
head -c 20000 "$x.gz" >"$bad"
broken 'gzip, cut' 0 'cut short in the middle of a line: '
python3 - "$x.gz" "$bad" <<'EOF'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[-6] ^= 1  # of the checksum
open(sys.argv[2], "wb").write(data)
EOF
broken 'gzip, damaged' 0 'damaged or corrupt: '
head -n 1 "$x" >"$bad"
run_ls "$bad"
is 'no packets: exit status' "$STATUS" 0
ok 'no packets: warns' grep -q 'describes the capture is missing' "$WORK/err"
printf 'a,b\n1,2\n' >"$bad"
broken 'another CSV' 3 'it looks like CSV, but not like that of mptcp-export'

# Bad usage, and a system that refuses.
fails 'no capture' 2 'no capture given'
fails 'two captures' 2 'more than one capture given' "$one" "$one"
fails 'missing capture' 3 "$WORK/none" "$WORK/none"
fails 'unknown column' 2 "no column 'colour'" --columns colour "$one"
fails 'unknown connection' 3 'no connection 7' -c 7 "$one"
fails 'unknown stream' 3 'no TCP stream 7' -t 7 "$one"
cp "$x" "$WORK/self.csv"
fails 'onto itself' 2 'it is the capture that is read' -w "$WORK/self.csv" \
	"$WORK/self.csv"
ok 'onto itself: nothing is lost' cmp "$x" "$WORK/self.csv"
fails 'no such directory' 5 "$WORK/none/x" -w "$WORK/none/x" "$one"
fails 'a directory' 5 'is a directory' -w "$WORK" "$one"
fails 'full disk, -w' 5 "'/dev/full': No space left" -w /dev/full "$one"
"$BUILD/mptcp-export" --cache-dir "$CACHE" "$one" >/dev/full 2>"$WORK/err"
is 'full disk: exit status' "$?" 5
ok 'full disk: says so' grep -q 'No space left' "$WORK/err"
ok 'full disk: the device stays' test -c /dev/full
long=$(printf '%4096s' '' | tr ' ' x)
fails 'a name of 4 KB' 5 'xxxx' -w "$long" "$one"
newline=$WORK/'a
b'
good 'a name with a newline' -w "$newline" "$one"
ok 'a name with a newline: is written' cmp "$newline" "$x"
cp "$x" "$newline.csv"
good 'a capture with a newline' --columns frame "$newline.csv"
(cd "$WORK" && "$BUILD/mptcp-export" --no-cache --tshark "$REAL" -w -x.csv \
	./client.csv) >"$WORK/out" 2>&1
ok 'a name with a dash' cmp "$WORK/-x.csv" "$x"
is 'for all to read' "$(umask 022 && "$BUILD/mptcp-export" -w "$WORK/z.csv" \
	"$x" && find "$WORK/z.csv" -perm 644 | wc -l)" 1
is 'no temporary file stays' "$(find "$WORK" -name '*.tmp.*')" ''
run --columns class,unique_bytes,reinjected_bytes "$classes"
is 'classes: exit status' "$STATUS" 0
good 'no packet' --columns raw "$SYN/fault-no-packets.pcap"
is 'no packet: a line for what is known' "$(wc -l <"$WORK/out")" 2
good 'no packet, one column' --columns tcp_stream "$SYN/fault-no-packets.pcap"
is 'no packet, one column: no line' "$(cat "$WORK/out")" tcp_stream

# A mapping that ends within the packet: what is behind it is unknown.
python3 - "$WORK/partly.pcap" <<'EOF'
import sys
sys.path.insert(0, 'tests')
import craft
capture = craft.Capture()
subflow = craft.talk(capture).subflows[0]
connection = subflow.connection
dsn, seq = connection.next['client'], subflow.next['client']
subflow.data('client', 20, mapping=(dsn, seq - subflow.isn['client'], 12))
craft.write(sys.argv[1], craft.pcap(capture))
EOF
good 'partly mapped' --columns len,pieces "$WORK/partly.pcap"
is 'partly mapped: where, and where not' "$(grep null "$WORK/out")" \
	'20,"[[21,21,12,""unique"",null],[33,null,8,""unmapped"",null]]"'
finish
