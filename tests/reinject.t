#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The forms of the output of mptcp-reinject; its numbers are in reference.t.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-reinject
one=testdata/captures/path-failure-client.pcapng.gz
classes=$SYN/v1-byte-classes.pcap

good 'json' --json "$one"
cp "$WORK/out" "$WORK/json"
python 'json: list and totals' "
d = json.loads(text)
assert d['schema'] == 'mptcp-reinject/1'
up, down = d['totals']
assert (up['packets'], up['bytes']) == (12, 15088), up
assert len(d['reinjections']) == 12
assert sum(r['bytes'] for r in d['reinjections']) == up['bytes']
assert up['matrix'] == [{'from': 1, 'to': 0, 'bytes': 15088}], up['matrix']
assert up['verdicts']['unknown'] == {'packets': 12, 'bytes': 15088}
assert up['verdicts']['useful'] == up['verdicts']['redundant'] == {'packets': 0, 'bytes': 0}
assert up['spurious'] == {'packets': 0, 'bytes': 0}
assert down['bytes'] == 0 and down['matrix'] == []
for r in d['reinjections']:
    assert r['verdict'] == 'unknown' and r['delta_ms'] is None
    assert r['original_frames'] == sorted(set(r['original_frames']))
    assert all(f < r['frame'] for f in r['original_frames'])
    assert r['original_tcp_stream'] != r['tcp_stream']
    assert r['spurious'] is False
"
good 'csv' --csv "$one"
python 'csv: the list' "
rows = list(csv.DictReader(io.StringIO(text), strict=True))
want = json.load(open(saved))['reinjections']
assert [int(r['frame']) for r in rows] == [w['frame'] for w in want]
assert [json.loads(r['original_frames']) for r in rows] == \
       [w['original_frames'] for w in want]
"
good 'jsonl' --jsonl "$one"
is 'jsonl: a line each' "$(wc -l <"$WORK/out")" 12
good 'table' "$one"
is 'table: and headings' "$(wc -l <"$WORK/out")" 13
good 'summary' --summary --csv "$one"
python 'summary: the totals' "
up, down = csv.DictReader(io.StringIO(text), strict=True)
assert (up['packets'], up['bytes'], up['spurious_bytes']) == ('12', '15088', '0')
assert down['spurious_packets'] == '', down
"
good '--towards' --json --towards client "$one"
python '--towards: only that' "
d = json.loads(text)
assert d['reinjections'] == [] and [t['towards'] for t in d['totals']] == ['client']
"

# The three kinds, in a capture that was made of them.
# Of these a packet is not there.
part='at least 19 bytes of 1 of 2 TCP streams were acknowledged and not captured'
run --all --json "$classes"
is '--all: exit status' "$STATUS" 0
is '--all: stderr' "$(cat "$WORK/err")" "mptcp-reinject: '$classes': $part"
python '--all: the three kinds' "
d = json.loads(text)
total, _ = d['totals']
size = {}
for r in d['reinjections']:
    size[r['kind']] = size.get(r['kind'], 0) + r['bytes']
    assert (r['kind'] == 'reinjection') == (r['original_tcp_stream'] != r['tcp_stream'])
assert size == {'reinjection': total['bytes'],
                'mptcp_repeat': total['mptcp_repeated']['bytes'],
                'tcp_retransmission': total['tcp_retransmitted']['bytes']}, size
assert size == {'reinjection': 40, 'mptcp_repeat': 20, 'tcp_retransmission': 40}, size
"
run --csv -o kind "$classes"
is 'without --all: exit status' "$STATUS" 0
is 'without --all: one kind' "$(tail -n +2 "$WORK/out" | tr -d '\r' | sort -u)" \
	reinjection

good 'originals' --all -o frame,original_frames "$SYN/v1-originals.pcap"
is 'originals: one, or the first, the last and how many' \
	"$(tail -n +2 "$WORK/out" | tr -s ' ')" ' 9 6 .. 8 (3)
 13 11
 18 15 .. 17 (3)'

# Nothing reinjected is nothing odd, no MPTCP is.
good 'nothing' --csv -n testdata/captures/two-paths-client.pcapng
is 'nothing: prints nothing' "$(cat "$WORK/out")" ''
run -e testdata/captures/two-paths-client.pcapng
is 'nothing, -e: exit status' "$STATUS" 1
run "$SYN/plain-tcp.pcap"
is 'no MPTCP: one line on stderr' "$(wc -l <"$WORK/err")" 1
run -c 5 "$one"
is 'no such connection: exit status' "$STATUS" 3
finish
