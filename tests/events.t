#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What mptcp-events prints: against a second computation for every capture
# there is, against what the labs recorded, and the forms of its output.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-events
failure=testdata/captures/path-failure-client.pcapng.gz

tests_by tests/compare_events.py

# A path is cut: how long was the handover?
good 'path failure' --json "$failure"
cp "$WORK/out" "$WORK/json"
python 'path failure: stall and handover' "
d = json.loads(text)
assert d['schema'] == 'mptcp-events/1'
e = {k: [x for x in d['events'] if x['event'] == k] for k in ('stalled', 'recovered', 'handover')}
stall, = e['stalled']
over, = e['handover']
assert not e['recovered']
assert (over['detail']['old_tcp_stream'], over['tcp_stream'], over['from']) == (1, 0, 'client')
assert stall['tcp_stream'] == 1
assert over['detail']['forced'] is True
# from the last packet that came, which was sent before its acknowledgment came
assert 600 < over['detail']['gap_ms'] < 1000, over
assert 0.02 < stall['time_s'] - over['time_s'] + over['detail']['gap_ms'] / 1e3 < 0.1, over
assert over['detail']['dsn'] > over['detail']['last_acked_dsn'], over
assert over['detail']['reinjected_bytes'] == 15088, over
"

# Forms.
good 'csv' --csv "$failure"
python 'csv: a column for each detail' "
rows = list(csv.DictReader(io.StringIO(text), strict=True))
want = json.load(open(saved))['events']
assert [int(r['frame']) for r in rows] == [w['frame'] for w in want]
for r, w in zip(rows, want):
    assert r['event'] == w['event'] and 'detail' not in r
    for key, value in w['detail'].items():
        if isinstance(value, bool):
            value = 'true' if value else 'false'
        if not isinstance(value, float):
            assert r[key] == ('' if value is None else str(value)), (key, r[key], value)
"
good 'jsonl' --jsonl "$failure"
python 'jsonl: a line each' "
want = json.load(open(saved))['events']
got = [json.loads(line) for line in text.splitlines()]
assert [(g['frame'], g['event'], g['detail']) for g in got] == \
       [(w['frame'], w['event'], w['detail']) for w in want]
"
good '-o' --json -o event,dsn "$failure"
python '-o: that detail where there is such a thing' "
events = json.loads(text)['events']
assert {'event': 'fin'} in events and {'event': 'first_data', 'detail': {'dsn': 1}} in events
assert all(set(e) <= {'event', 'detail'} and set(e.get('detail', {})) <= {'dsn'} for e in events)
"
good '-o detail' --json -o detail "$failure"
python '-o detail: all of it' "
want = json.load(open(saved))['events']
assert json.loads(text)['events'] == [{'detail': w['detail']} for w in want]
"
good 'table' "$failure"
is 'table: the handover in words' \
	"$(sed -n 's/.*handover *//p' "$WORK/out")" \
	'from 1 to 0, gap 830 ms, 15.1 kB sent again'

# In words, what those captures do not have.
word() {
	run "$2"
	ok "words: $1" grep -qE "$1" "$WORK/out"
}
word '0 server +connection_synack +v1, no joins to this address$' \
	testdata/check/capable_flags-c-ok.pcap
word '2 server +fallback +no_option_in_synack$' \
	testdata/captures/fallback-client.pcapng.gz
word '1 server +tcp_reset +unknown reason 32$' testdata/check/reset_reason.pcap
word '0 client +priority +id 1: backup$' "$SYN/v0-mp-prio.pcap"
word '1 client +tcp_reset +bad_performance, transient$' \
	"$SYN/v1-rst-with-reason.pcap"

# Selection.
good '--event' --csv -n -o event --event stalled,fin "$failure"
is '--event: these' "$(tr -d '\r' <"$WORK/out" | sort | uniq -c | tr -s ' ' |
	tr '\n' ';')" ' 2 fin; 1 stalled;'
good '--towards' --csv -n -o from --towards client "$failure"
is '--towards: what the other end sent' \
	"$(tr -d '\r' <"$WORK/out" | sort -u)" server
run --event nothing "$failure"
is '--event, unknown: exit status' "$STATUS" 2
ok '--event, unknown: is named' grep -q "'nothing'" "$WORK/err"
run --event stalled, "$failure"
is '--event, empty: exit status' "$STATUS" 2
good 'no such event' --csv -n --event mp_fail "$failure"
is 'no such event: prints nothing' "$(cat "$WORK/out")" ''
run -e --event mp_fail "$failure"
is 'no such event, -e: exit status' "$STATUS" 1
run -c 7 "$failure"
is 'no such connection: exit status' "$STATUS" 3
run "$SYN/plain-tcp.pcap"
is 'no MPTCP: one line on stderr' "$(wc -l <"$WORK/err")" 1

# The third ACK and the data behind it have the same option.
good 'first and last' -n -o event,frame,last_frame "$SYN/v1-mp-prio.pcap"
is 'first and last' "$(tr -s ' ' <"$WORK/out" | sed 's/ *$//; 4,$d')" \
	'connection_syn 1 1
connection_synack 2 2
connection_established 3 4'

# A SYN/ACK without the option, and one whose options are behind the snaplen.
good 'no MP_JOIN' testdata/verdicts/join-reset.pcap
ok 'no MP_JOIN: said' grep -q 'join_synack  *without MP_JOIN$' "$WORK/out"
run testdata/verdicts/cut-86.pcap
ok 'cut options: not that there are none' grep -q \
	'join_synack  *options not captured$' "$WORK/out"
finish
