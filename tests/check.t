#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The forms of the output of mptcp-check, and that it finds a flipped bit; what
# it finds in captures is in check-captures.t.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
MADE=testdata/check

run_check() {
	"$BUILD/mptcp-check" --cache-dir "$CACHE" "$@" >"$WORK/out" \
		2>"$WORK/err"
	STATUS=$?
}

# judge JUDGEMENT...: of the last run, which must have succeeded (compare_check.py)
judge() {
	if [ "$STATUS" -ne 0 ]; then
		echo "exit status $STATUS"
		cat "$WORK/err"
		return 1
	fi
	python3 tests/compare_check.py "$WORK/out" shape "$@"
}

# The crafted files are what craft_check.py makes.
ok 'testdata/check can be made' python3 tests/craft_check.py "$WORK/made"
ok 'testdata/check is what craft_check.py makes' diff -r "$MADE" "$WORK/made"
ok 'every rule of the specification is broken by a file' python3 -c "
import sys
sys.path.insert(0, 'tests')
import compare_check as c
broken = {rule for name in ('$MADE/expected.json', 'tests/check_expected.json')
          for file in c.read(name)['files'].values()
          for entry in file['connections']
          for rule, wanted in entry['rules'].items() if 'violated' in wanted}
missing = set(c.RULES) - broken - {'options_intact'}  # needs two captures
assert not missing, missing
"
# A bit that this test flips: in the HMAC of a SYN/ACK of real traffic.
python3 - testdata/captures/two-paths-client.pcapng "$WORK/flipped.pcapng" <<'EOF'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(b"\x1e\x10\x10")  # MP_JOIN of 16 octets
data[at + 7] ^= 0x01
open(sys.argv[2], "wb").write(data)
EOF
run_check --json "$WORK/flipped.pcapng"
ok 'a flipped bit: read' judge
ok 'a flipped bit: found' python3 -c "
import json
d = json.load(open('$WORK/out'))
rows = [r for r in d['checks'] if r['rule'] == 'join_hmac_synack']
assert [r['result'] for r in rows] == ['violated'], rows
assert rows[0]['severity'] == 'error' and len(rows[0]['frames']) == 1, rows
others = [r['rule'] for r in d['checks'] if r['result'] == 'violated'
          and r['severity'] == 'error' and r['rule'] != 'join_hmac_synack']
assert not others, others
"

# -e
run_check -e "$WORK/flipped.pcapng"
is '-e, an error: exit status' "$STATUS" 1
run_check "$WORK/flipped.pcapng"
is 'an error without -e: exit status' "$STATUS" 0
run_check -e testdata/captures/two-paths-client.pcapng
is '-e, no error: exit status' "$STATUS" 0
run_check -e "$MADE/checksum_valid.pcap"
is '-e, a wrong checksum: exit status' "$STATUS" 1
run_check -e "$MADE/fastclose_key.pcap"
is '-e, a wrong key: exit status' "$STATUS" 1

# -c; the formats say the same
run_check --json -c 1 testdata/captures/fallback-client.pcapng.gz
ok '-c: read' judge
ok '-c: only that connection' python3 -c "
import json
d = json.load(open('$WORK/out'))
assert d['checks'] or d['verdicts']
assert {r['connection'] for r in d['checks'] + d['verdicts']} == {1}
"
run_check --json "$MADE/join_hmac_ack.pcap"
cp "$WORK/out" "$WORK/json"
run_check --csv "$MADE/join_hmac_ack.pcap"
is 'csv: exit status' "$STATUS" 0
ok 'csv: the checks' python3 -c "
import csv, json
rows = list(csv.DictReader(open('$WORK/out', newline=''), strict=True))
want = json.load(open('$WORK/json'))['checks']
assert [(r['rule'], r['result']) for r in rows] == [(w['rule'], w['result']) for w in want]
"
run_check "$MADE/join_hmac_ack.pcap"
is 'text: exit status' "$STATUS" 0
ok 'text: has the section' grep -q '3\.2' "$WORK/out"

# Bad input
fails() {
	fails_name=$1 fails_status=$2
	shift 2
	run_check "$@"
	is "$fails_name: exit status" "$STATUS" "$fails_status"
	is "$fails_name: one line on stderr" "$(wc -l <"$WORK/err")" 1
}
fails 'no argument' 2
fails 'three captures' 2 "$MADE/key_echo.pcap" "$MADE/key_echo.pcap" \
	"$MADE/key_echo.pcap"
fails 'unknown option' 2 --colour "$MADE/key_echo.pcap"
fails 'missing file' 3 "$WORK/none.pcap"
fails 'empty file' 3 "$SYN/fault-empty-file.pcap"
fails 'text file' 3 "$SYN/fault-text-file.pcap"
fails 'unknown id' 3 -c 99 "$MADE/key_echo.pcap"
fails 'one of two is missing' 3 "$MADE/key_echo.pcap" "$WORK/none.pcap"
for name in "$SYN"/fault-*.pcap "$SYN"/fault-*.pcapng; do
	run_check --json "$name"
	case $name in
	*-empty-file.pcap | *-text-file.pcap) wanted=3 ;;
	*) wanted=0 ;;
	esac
	is "$name: exit status" "$STATUS" "$wanted"
	[ "$wanted" = 0 ] || continue
	ok "$name: shape" judge
done
"$BUILD/mptcp-check" --cache-dir "$CACHE" "$MADE/key_echo.pcap" \
	>/dev/full 2>"$WORK/err"
is 'full disk: exit status' "$?" 5
finish
