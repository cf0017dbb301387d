#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The forms of the output of mptcp-ls, and what selects and shapes it.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
tests_of mptcp-ls
one=$SYN/v1-join-by-server.pcap
several=$SYN/v1-token-reuse.pcap

good 'json' --json "$several"
python 'json: is a document' "
d = json.loads(text)
assert d['schema'] == 'mptcp-ls/1', d['schema']
assert len(d['captures']) == 1
assert len(d['connections']) > 1
assert [c['id'] for c in d['connections']] == list(range(len(d['connections'])))
assert all(len(c['subflows']) == c['subflow_count'] for c in d['connections'])
"
cp "$WORK/out" "$WORK/json"
connections=$(python3 -c "import json, sys
print(len(json.load(sys.stdin)['connections']))" <"$WORK/json")

good 'jsonl' --jsonl "$several"
python 'jsonl: is an object a line' "
assert text.endswith('\n')
lines = [json.loads(line) for line in text.splitlines()]
assert len(lines) >= $connections, len(lines)
assert all(isinstance(line, dict) for line in lines)
"
good 'csv' --csv "$several"
python 'csv: is a table' "
rows = list(csv.reader(io.StringIO(text), strict=True))
assert len(rows) == 1 + $connections, len(rows)
assert len({len(row) for row in rows}) == 1
assert len(set(rows[0])) == len(rows[0])
"
good 'csv, no headings' --csv -n "$several"
is 'csv, no headings: a line less' "$(wc -l <"$WORK/out")" "$connections"
good 'tsv' --tsv "$several"
python 'tsv: is a table' "
rows = [line.split('\t') for line in text.splitlines()]
assert len(rows) == 1 + $connections, len(rows)
assert len({len(row) for row in rows}) == 1
"
good 'table' "$several"
is 'table: a line of headings' "$(wc -l <"$WORK/out")" $((connections + 1))
good 'table, no headings' -n "$several"
is 'table, no headings: a line less' "$(wc -l <"$WORK/out")" "$connections"
good 'table, subflows' -s "$one"
is 'table, subflows: two more' "$(wc -l <"$WORK/out")" 4

# columns
for mode in '' -s -t; do
	# shellcheck disable=SC2086
	good "list-columns $mode" --list-columns $mode
	ok "list-columns $mode: some" test -s "$WORK/out"
done
good 'list-columns' --list-columns
awk '/^[^ ]*:$/ { part = $1; next }
	NF && part == "connections:" { print $1 }' "$WORK/out" >"$WORK/columns"
all=$(paste -sd, "$WORK/columns")
good '-o with all columns' --csv -o "$all" "$one"
is '-o with all columns: in that order' "$(head -n 1 "$WORK/out" |
	tr -d '\r')" "$all"
good '-o with two' --csv -o state,id "$one"
is '-o with two' "$(tr -d '\r' <"$WORK/out" | paste -sd' ')" \
	'state,id established,0'

# streams
good '-t' -t --csv "$SYN/plain-tcp.pcap"
ok '-t: streams without MPTCP' test "$(wc -l <"$WORK/out")" -gt 1
good '-t json' -t --json "$one"
python '-t json: is a document' "
d = json.loads(text)
assert [s['tcp_stream'] for s in d['tcp_streams']] == [0, 1], d['tcp_streams']
"

# -c
good '-c' --json -c 1 "$several"
python '-c: that one' "
d = json.loads(text)
assert [c['id'] for c in d['connections']] == [1]
"
token=$(python3 -c "import json, sys
c, = json.load(sys.stdin)['connections']
print('0x%08x' % c['server']['token'])" <"$WORK/out")
good '-c with a token' --json -c "$token" "$several"
python '-c with a token: those with it' "
wanted = [c['id'] for c in json.load(open('$WORK/json'))['connections']
          if int('$token', 16) in (c['client']['token'], c['server']['token'])]
assert wanted and [c['id'] for c in json.loads(text)['connections']] == wanted
"
good '-c twice' --json -c 0 -c 1 "$several"
python '-c twice: both' "
assert [c['id'] for c in json.loads(text)['connections']] == [0, 1]
"

# several captures
good 'several captures' --json "$one" "$several"
python 'several captures: in their order' "
d = json.loads(text)
assert [c['path'] for c in d['captures']] == ['$one', '$several']
assert [c['capture'] for c in d['connections']] == [0] + [1] * $connections
"
good 'several captures, csv' --csv "$one" "$several"
is 'several captures, csv: all' "$(wc -l <"$WORK/out")" $((connections + 2))
ok 'several captures, csv: the first by name' grep -qF "$one" "$WORK/out"
ok 'several captures, csv: the second by name' grep -qF "$several" "$WORK/out"

# nothing to list
run_ls --csv "$SYN/plain-tcp.pcap"
is 'no MPTCP: exit status' "$STATUS" 0
is 'no MPTCP: one line on stderr' "$(wc -l <"$WORK/err")" 1
ok 'no MPTCP: names the capture' grep -qF plain-tcp.pcap "$WORK/err"
run_ls -e --csv "$SYN/plain-tcp.pcap"
is 'no MPTCP, -e: exit status' "$STATUS" 1
run_ls -e -t --csv "$SYN/plain-tcp.pcap"
is 'no MPTCP, -e -t: exit status' "$STATUS" 0
run_ls -e --csv "$SYN/plain-tcp.pcap" "$one"
is 'one of two with MPTCP, -e: exit status' "$STATUS" 0
for format in --json --jsonl; do
	run_ls "$format" "$SYN/plain-tcp.pcap"
	python "no MPTCP, $format: parses" "
for one in [text] if '$format' == '--json' else text.splitlines():
    json.loads(one)
"
done

# other ways in
good 'file' --csv -s "$one"
sed "s|$one|-|g" "$WORK/out" >"$WORK/file"
run_ls --csv -s - <"$one"
is 'stdin: exit status' "$STATUS" 0
ok 'stdin: as from the file' cmp "$WORK/out" "$WORK/file"
# shellcheck disable=SC2002
cat "$one" | "$BUILD/mptcp-ls" --cache-dir "$CACHE" --csv -s - >"$WORK/out"
ok 'pipe: as from the file' cmp "$WORK/out" "$WORK/file"
good 'plain' --csv -s "$SYN/link-ethernet.pcap"
cp "$WORK/out" "$WORK/plain"
good 'gz' --csv -s "$SYN/link-ethernet.pcap.gz"
sed 's|\.pcap\.gz|.pcap|g' "$WORK/out" >"$WORK/unzipped"
ok 'gz: as from the plain file' cmp "$WORK/unzipped" "$WORK/plain"

# For people: tokens as ip(8) writes them, the file once, real numbers, and
# lines as wide as the terminal.
good 'token' -n -o id,client_token "$one"
is 'token: as ip mptcp monitor has it' "$(awk '{ print $1, $2 }' "$WORK/out")" "$(python3 -c "
import json
d = json.load(open('$SYN/expected.json', encoding='utf-8'))
[c] = d['files']['${one##*/}']['connections']
print('%d 0x%08x' % (c['id'], c['client_token']))")"
good 'file' -n -s -o file,tcp_stream "$one"
is 'file: only above its subflows' "$(grep -c "$one" "$WORK/out")" 1
is 'file: subflows follow' "$(grep -c '─ *[0-9]$' "$WORK/out")" 2
good 'composite' --json -o client "$one"
python 'composite: all its parts' "
[c] = json.loads(text)['connections']
assert set(c) == {'client'}, c
assert set(c['client']) == {'key', 'token', 'idsn', 'address', 'port'}, c"
"$BUILD/mptcp-map" --cache-dir "$CACHE" -n -o score "$one" \
	"$SYN/link-ethernet.pcap" >"$WORK/out"
is 'real number: as short as it is' "$(head -n 1 "$WORK/out" | tr -d ' ')" 1
"$BUILD/mptcp-owd" --packets --list-columns >"$WORK/out"
is 'list of columns: times' "$(grep -c 'seconds since 1970' "$WORK/out")" 2
if has_terminals; then
	python3 - "$BUILD/mptcp-owd" --cache-dir "$CACHE" \
		testdata/captures/two-paths-client.pcapng \
		testdata/captures/two-paths-server.pcapng.gz >"$WORK/out" <<'EOF'
# The width that a terminal has: 70 columns.
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.environ.pop('COLUMNS', None)
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 70, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
try:
    while True:
        sys.stdout.write(os.read(fd, 4096).decode().replace('\r', ''))
except OSError:
    os.waitpid(pid, 0)
EOF
	sed '/^CONN/,$d' "$WORK/out" >"$WORK/sentences"
	is 'terminal: no line is longer' \
		"$(grep -E '.{71}' "$WORK/sentences")" ''
	ok 'terminal: some are as long' grep -qE '^.{61,70}$' "$WORK/sentences"
else
	skip 'terminal: length of lines' "$NO_TERMINAL"
fi

good 'help' --help
ok 'help: says how' grep -q '^usage: mptcp-ls' "$WORK/out"
good 'version' --version
ok 'version: says which' grep -qE '^mptcp-ls [0-9]' "$WORK/out"
finish
