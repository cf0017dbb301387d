#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The forms of the output of mptcp-summary; its numbers are in reference.t.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-summary
one=testdata/captures/path-failure-client.pcapng.gz
several=$SYN/v1-token-reuse.pcap
flipped=$SYN/v1-join-by-server.pcap

good 'json' --json "$one" "$several"
cp "$WORK/out" "$WORK/json"
python 'json: what the contract names' "
d = json.loads(text)
assert d['schema'] == 'mptcp-summary/1' and len(d['captures']) == 2
for c in d['connections']:
    assert {'id', 'capture', 'directions', 'vantage', 'notes'} <= c.keys()
    assert [x['towards'] for x in c['directions']] == ['server', 'client']
    for x in c['directions']:
        assert len(x['subflows']) == c['subflow_count']
        for name in ('sent_bytes unique_bytes acked_bytes unmapped_bytes '
                     'tcp_retransmitted_bytes mptcp_repeated_bytes reinjected_bytes '
                     'reinjected_packets overhead duration_s throughput_bps goodput_bps '
                     'switches dsn_first dsn_last holes out_of_order_packets '
                     'out_of_order_delay_ms hol_blocked_s interruption_max_s').split():
            assert name in x, name
        for s in x['subflows']:
            for name in ('tcp_stream sent_bytes unique_bytes share first_sent_share '
                         'goodput_contribution tcp_retransmitted_bytes '
                         'mptcp_repeated_bytes reinjected_bytes rtt_ms '
                         'handshake_rtt_ms').split():
                assert name in s, name
"
python 'json: at the client the receiver of uploads is not seen' "
up, down = json.loads(text)['connections'][0]['directions']
assert up['out_of_order_packets'] is None and up['hol_blocked_s'] is None
assert up['subflows'][0]['goodput_contribution'] is None
assert abs(sum(s['first_sent_share'] for s in up['subflows']) - 1) < 1e-9
assert abs(sum(s['share'] for s in up['subflows']) - 1) < 1e-9
assert up['unique_bytes'] == up['acked_bytes'] == 1200024, up['unique_bytes']
assert down['sent_bytes'] == 0 and down['overhead'] is None
assert down['duration_s'] is None and down['dsn_first'] is None
"
good 'csv' --csv "$one" "$several"
python 'csv: a line for each connection, direction and subflow' "
rows = list(csv.DictReader(io.StringIO(text), strict=True))
want = [(c, x, s) for c in json.load(open(saved))['connections']
        for x in c['directions'] for s in x['subflows']]
assert len(rows) == len(want) > 4
for r, (c, x, s) in zip(rows, want):
    assert r['capture'] == str(c['capture']) and r['connection'] == str(c['id'])
    assert r['towards'] == x['towards'] and r['tcp_stream'] == str(s['tcp_stream'])
    assert r['sent_bytes'] == str(s['sent_bytes'])
    assert r['direction_sent_bytes'] == str(x['sent_bytes'])
    assert r['direction_overhead'] == '' if x['overhead'] is None else \
        abs(float(r['direction_overhead']) - x['overhead']) < 1e-9
    assert (r['rtt_p50_ms'] == '') == (s['rtt_ms']['p50'] is None)
"
python 'csv: headings differ' "
names = next(csv.reader(io.StringIO(text)))
assert len(names) == len(set(names)), names
"
good '--list-columns' --list-columns
awk '/^[^ ]*:$/ { next } { print $1 }' "$WORK/out" >"$WORK/columns"
good '-o with all columns' --csv -o "$(paste -sd, "$WORK/columns")" "$one"
is '-o with all columns: in that order' "$(head -n 1 "$WORK/out" |
	tr -d '\r')" "$(paste -sd, "$WORK/columns")"
good '-o of directions' --csv -o connection,towards,goodput_bps "$several"
python '-o of directions: a line for each' "
rows = list(csv.DictReader(io.StringIO(text)))
assert len(rows) == 2 * len({r['connection'] for r in rows}) > 2
"
good '-o of connections' --tsv -n -o connection,vantage "$several"
is '-o of connections: a line for each' "$(wc -l <"$WORK/out")" \
	"$(cut -f 1 "$WORK/out" | sort -u | wc -l)"
good '-o, table' -o tcp_stream,share "$one"
is '-o, table: headings and lines' "$(wc -l <"$WORK/out")" 5
good '-o, json' --json -o towards,sent_bytes "$one"
python '-o, json: only those' "
c, = json.loads(text)['connections']
assert list(c) == ['directions'], c
assert all(set(x) == {'towards', 'subflows'} for x in c['directions']), c
assert all(set(s) == {'sent_bytes'} for x in c['directions'] for s in x['subflows'])
"
good '--towards client' --json --towards client "$one"
python '--towards client: only that' "
c, = json.loads(text)['connections']
assert [x['towards'] for x in c['directions']] == ['client']
"
good '-c' --jsonl -c 1 "$several"
python '-c with jsonl: one object' "
line, = text.splitlines()
assert json.loads(line)['id'] == 1 and len(json.loads(line)['directions']) == 2
"
good 'a join by the server' --json "$flipped"
python 'a join by the server: by the roles of the connection' "
c, = json.loads(text)['connections']
up, down = c['directions']
assert [s['opened_by'] for s in up['subflows']] == ['client', 'server']
assert [s['sent_bytes'] for s in up['subflows']] != \
       [s['sent_bytes'] for s in down['subflows']]
assert sum(s['sent_bytes'] for s in up['subflows']) == up['sent_bytes']
"
good '-t' --json -t 1 -t 0 "$one"
python '-t: those streams, in that order' "
d = json.loads(text)
assert [s['tcp_stream'] for s in d['tcp_streams']] == [1, 0]
for s in d['tcp_streams']:
    for x in s['directions']:
        assert x['sent_bytes'] == x['unique_bytes'] + x['retransmitted_bytes']
        if x['first'] is not None:
            assert x['range_bytes'] == x['last'] - x['first']
            assert x['range_bytes'] == x['unique_bytes'] + x['hole_bytes']
"
good '-t without MPTCP' -t 0 "$SYN/plain-tcp.pcap"
ok '-t without MPTCP: a headline' grep -q '^TCP stream 0: ' "$WORK/out"

bad 'no such connection' 3 'no connection 7; there is only 0' -c 7 "$one"
bad 'no such stream' 3 'no TCP stream 9; there are 2' -t 9 "$one"
bad '-t and -c' 2 'cannot be used with' -t 0 -c 0 "$one"
bad 'no direction' 2 "for --towards: give" --towards left "$one"
bad 'no column' 2 "no column 'nonsense'" -o nonsense "$one"
bad 'no capture' 2 'no capture given'
run "$SYN/plain-tcp.pcap"
is 'no MPTCP: exit status' "$STATUS" 0
is 'no MPTCP: one line on stderr' "$(wc -l <"$WORK/err")" 1
run -e "$SYN/plain-tcp.pcap"
is 'no MPTCP, -e: exit status' "$STATUS" 1

# People
narrow() {
	wide=0
	for capture in "$SYN"/*.pcap* testdata/captures/*; do
		for columns in 80 100 200; do
			COLUMNS=$columns
			export COLUMNS
			run "$capture"
			awk -v f="$capture" 'length > 100 { print f ": " $0
				bad = 1 } END { exit bad }' "$WORK/out" || wide=1
		done
	done
	unset COLUMNS
	return "$wide"
}
ok 'no line of the text is wider than 100' narrow
good 'text' "$one"
ok 'text: a headline' grep -q '^Connection 0: 10.0.1.1:48112 to' "$WORK/out"
ok 'text: the time of a wait counts from the beginning of the connection' \
	grep -q "651 ms, from 885 ms after the connection's beginning\$" "$WORK/out"
ok 'text: the largest loss' grep -qF \
	'22.1% of the data was sent twice: 20.8% repeated by MPTCP' "$WORK/out"
good 'text, two captures' "$one" "$flipped"
is 'text, two captures: each is named' "$(grep -c \
	-e "^$one: Connection 0: " -e "^$flipped: Connection 0: " "$WORK/out")" 2
good 'text, a stream of two captures' -t 0 "$one" "$flipped"
is 'text, a stream of two captures: each is named' "$(grep -c \
	-e "^$one: TCP stream 0: " -e "^$flipped: TCP stream 0: " "$WORK/out")" 2
good 'text, reset' testdata/check/reset_reason-server.pcap
ok 'text, reset: by whom' grep -q ', reset by the server' "$WORK/out"
run -c 0 testdata/verdicts/resets.pcap
ok 'text, reset by the other end: by whom' grep -q ', reset by the client' \
	"$WORK/out"
good 'text, fallback' testdata/captures/fallback-client.pcapng.gz
ok 'text, fallback: a note' grep -q 'note: after the fallback' "$WORK/out"
run "$SYN/one-way-to-server.pcap"
ok 'text, one way: a note' grep -q 'note: no packet to client' "$WORK/out"
finish
