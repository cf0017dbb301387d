#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The forms of the output of mptcp-check, and that it finds a flipped bit; what
# it finds in captures is in check-captures.t.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-check
MADE=testdata/check

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
run --json "$WORK/flipped.pcapng"
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

# A mapping that does not cover the payload of its packet is named.
run --json "$MADE/data_mapped-elsewhere.pcap"
ok 'a mapping of other bytes: named' python3 -c "
import json
d = json.load(open('$WORK/out'))
rows = [r for r in d['checks'] if r['rule'] == 'data_mapped']
wanted = 'the DSS there maps 41 bytes from subflow sequence number 0 on'
assert rows[0]['result'] == 'violated' and wanted in rows[0]['text'], rows
"

# Two captures: what is done to packets on the way, between the client's capture
# and the server's, packet by packet.
python3 - "$WORK/near.pcap" "$WORK/far.pcap" <<'EOF'
import struct, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests")
import craft

capture = craft.Capture()
connection = craft.talk(capture)
for number in (1, 2, 3):
    capture.wait(0.1)
    join = connection.join(craft.PATH_B._replace(client_port=40000 + 10 * number), address_id=number)
    for _ in range(4):
        craft.exchange(join)
    if number < 3:
        join.reset("client", craft.mp_tcprst(0))


def write(path, delay, **changes):
    """All packets, on their way for "delay" us; "of_7": what becomes of the octets of the seventh, a list."""
    with open(path, "wb") as f:
        f.write(craft.pcap(capture)[:24])
        for number, frame in enumerate(capture.frames, 1):
            to_server = frame.data[36:38] == struct.pack("!H", 5001)
            us = frame.time // 1000 + (delay if to_server else -delay)
            for octets in changes.get("of_%d" % number, lambda all: [all])(frame.data):
                f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(octets), len(frame.data)) + octets)


def alter(at, value):
    return lambda octets: [octets[:at] + bytes([value]) + octets[at + 1:]]


def drop(octets):
    return []


OPTIONS = 54
write(sys.argv[1], 0, of_27=lambda octets: [octets, octets], of_28=drop)
write(sys.argv[2], 4000,
      of_1=alter(OPTIONS + 15, 0x81),         # SYN: the flags of MP_CAPABLE
      of_8=lambda octets: [octets[:OPTIONS + 10]],  # MP_JOIN was not captured whole
      of_18=alter(OPTIONS + 3, 3),            # RST: the reason in MP_TCPRST
      of_20=alter(OPTIONS + 3, 0x78),         # SYN/ACK: its MSS, which is another matter
      of_24=alter(45, 0),                     # what it acknowledges, too
      of_26=drop, **{"of_%d" % number: drop for number in range(32, 44)})
EOF
run --json "$WORK/near.pcap" "$WORK/far.pcap"
ok 'options on the way: read' judge
ok 'options on the way: what differs' python3 -c "
import json
row, = [r for r in json.load(open('$WORK/out'))['checks'] if r['rule'] == 'options_intact']
assert (row['result'], row['count'], row['frames']) == ('violated', 2, [1, 18]), row
# Of 30 packets of three subflows one was lost, one not captured whole, and of one
# it is not known which of two it is; the fourth subflow is not there.
assert (row['checked'], row['unchecked']) == (27, 2), row
assert row['text'].startswith('the SYN of tcp 0 got other Multipath TCP options'), row
"
run "$WORK/far.pcap" "$WORK/near.pcap"
ok 'options on the way: the other way round' grep -q \
	'error options_intact: the SYN of tcp 0 got other' "$WORK/out"

# Of two ACKs that differ in what they acknowledge, one was lost on the way, and
# one was not captured before: they are not one whose options changed.
python3 - "$WORK/near.pcap" "$WORK/far.pcap" <<'EOF'
import struct, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests")
import craft

capture = craft.Capture()
connection = craft.talk(capture)
for _ in range(4):
    connection.subflows[0].data("server", 30)
for path, delay, left_out in ((sys.argv[1], 0, 9), (sys.argv[2], 4000, 7)):
    with open(path, "wb") as f:
        f.write(craft.pcap(capture)[:24])
        for number, frame in enumerate(capture.frames, 1):
            to_server = frame.data[36:38] == struct.pack("!H", 5001)
            us = frame.time // 1000 + (delay if to_server else -delay)
            if number != left_out:
                f.write(struct.pack("<IIII", us // 1000000, us % 1000000, len(frame.data), len(frame.data)))
                f.write(frame.data)
EOF
run --json "$WORK/near.pcap" "$WORK/far.pcap"
ok 'two ACKs: read' judge
ok 'two ACKs: nothing changed' python3 -c "
import json
row, = [r for r in json.load(open('$WORK/out'))['checks'] if r['rule'] == 'options_intact']
assert (row['result'], row['checked']) == ('ok', 11), row
"

# A table of columns
run -o rule,result,frames "$MADE/join_hmac_ack.pcap"
is '-o: the frames, in a table' "$(grep '^join_hmac' "$WORK/out" | tr -s ' ')" \
	'join_hmac_synack ok -
join_hmac_ack violated 8'

# --all
run --all "$MADE/join_hmac_ack.pcap"
is '--all: exit status' "$STATUS" 0
ok '--all: what is right' grep -q '^  ok join_hmac_synack: ' "$WORK/out"
ok '--all: what is wrong' grep -q '^  error join_hmac_ack: ' "$WORK/out"
ok '--all: what is not there' grep -q '^  not checked fastclose_key: ' \
	"$WORK/out"
run --all "$MADE/not_checked-checksum-isn.pcap"
ok '--all: why it is not checked' grep -q \
	'^  not checked checksum_valid: the initial sequence number of tcp 0 is unknown' \
	"$WORK/out"
run "$MADE/join_hmac_ack.pcap"
ok 'without --all: not what is right' test "$(grep -c ' join_hmac_' \
	"$WORK/out")" = 1

# A tshark that cannot read the payload costs the rules that need it.
cat >"$WORK/tshark" <<'EOF'
#!/bin/sh
case "$*" in
*tcp.payload*)
	echo 'tshark: there is no payload today' >&2
	exit 1
	;;
esac
exec tshark "$@"
EOF
chmod +x "$WORK/tshark"
run --no-cache --reader=tshark --tshark="$WORK/tshark" --json \
	"$MADE/checksum_valid.pcap"
ok 'no payload from tshark: read' judge
ok 'no payload from tshark: is said' python3 -c "
import json
row, = [r for r in json.load(open('$WORK/out'))['checks'] if r['rule'] == 'checksum_valid']
assert row['result'] == 'not_checked' and 'exit status 1' in row['text'], row
"

# Without the first handshake nobody knows the keys.
without_keys() {
	tshark -r "testdata/captures/$2" -w "$WORK/middle.pcapng" \
		-Y '!(tcp.options.mptcp.subtype == 0)' 2>/dev/null
	run --json "$WORK/middle.pcapng"
	ok "$1: the keys are unknown" python3 -c "
import json
rows = [r for r in json.load(open('$WORK/out'))['checks'] if r['rule'] == '$1']
assert not [r for r in rows if r['result'] != 'not_checked'], rows
assert [r for r in rows if 'keys are unknown' in r['text']], rows
"
}
without_keys fastclose_key fastclose-client.pcapng.gz
without_keys add_addr_hmac addr-events-client.pcapng.gz

# Many resets: eight are told, the others counted.
run --json "$MADE/reset_reason-many.pcap"
ok 'resets: eight and a number' python3 -c "
import json
rows = [v for v in json.load(open('$WORK/out'))['verdicts'] if v['question'] == 'reset']
assert [r['cause'] for r in rows] == 8 * ['prohibited'] + ['more'], rows
assert rows[8]['answer'] == '2 more subflows were reset', rows[8]
"

# -e
run -e "$WORK/flipped.pcapng"
is '-e, an error: exit status' "$STATUS" 1
run "$WORK/flipped.pcapng"
is 'an error without -e: exit status' "$STATUS" 0
run -e testdata/captures/two-paths-client.pcapng
is '-e, no error: exit status' "$STATUS" 0
run -e "$MADE/checksum_valid.pcap"
is '-e, a wrong checksum: exit status' "$STATUS" 1
run -e "$MADE/fastclose_key.pcap"
is '-e, a wrong key: exit status' "$STATUS" 1

# -c; the formats say the same
run --json -c 1 testdata/captures/fallback-client.pcapng.gz
ok '-c: read' judge
ok '-c: only that connection' python3 -c "
import json
d = json.load(open('$WORK/out'))
assert d['checks'] or d['verdicts']
assert {r['connection'] for r in d['checks'] + d['verdicts']} == {1}
"
run --json "$MADE/join_hmac_ack.pcap"
cp "$WORK/out" "$WORK/json"
run --csv "$MADE/join_hmac_ack.pcap"
is 'csv: exit status' "$STATUS" 0
ok 'csv: the checks' python3 -c "
import csv, json
rows = list(csv.DictReader(open('$WORK/out', newline=''), strict=True))
want = json.load(open('$WORK/json'))['checks']
assert [(r['rule'], r['result']) for r in rows] == [(w['rule'], w['result']) for w in want]
"
run "$MADE/join_hmac_ack.pcap"
is 'text: exit status' "$STATUS" 0
ok 'text: has the section' grep -q '3\.2' "$WORK/out"

# Bad input
fails() {
	fails_name=$1 fails_status=$2
	shift 2
	run "$@"
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
	run --json "$name"
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
