#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What mptcp-events prints: against a second computation for every capture
# there is, against what the labs recorded, and the forms of its output.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
share_cache
case $(tshark --version 2>/dev/null | head -n 1) in
*' 3.'* | *' 4.0.'* | *' 4.2.'*) ;;
*)
	OTHER_NUMBERS=1
	export OTHER_NUMBERS
	;;
esac
addresses=testdata/captures/addr-events-client.pcapng.gz
failure=testdata/captures/path-failure-client.pcapng.gz

run_events() {
	"$BUILD/mptcp-events" --cache-dir "$CACHE" "$@" >"$WORK/out" \
		2>"$WORK/err"
	STATUS=$?
}

# good NAME ARGUMENT...: succeeds, and silently
good() {
	good_name=$1
	shift
	run_events "$@"
	is "$good_name: exit status" "$STATUS" 0
	is "$good_name: stderr" "$(cat "$WORK/err")" ''
}

# python NAME PROGRAM: PROGRAM finds no fault with $WORK/out (it is "text")
python() {
	ok "$1" python3 -c "
import csv, io, json
text = open('$WORK/out', encoding='utf-8', newline='').read()
saved = '$WORK/json'
$2"
}

agrees() {
	run_events --json "$1"
	if [ "$STATUS" -ne 0 ]; then
		cat "$WORK/err"
		return 1
	fi
	python3 tests/reference_events.py "$1" "$WORK/out"
}

# Every capture, frame by frame.
for dir in testdata ../shared/captures; do
	if [ ! -d "$dir" ]; then
		skip "$dir" 'not there'
		continue
	fi
	find "$dir" -type f \( -name '*.pcap' -o -name '*.pcapng' \
		-o -name '*.pcap.gz' -o -name '*.pcapng.gz' \) \
		! -name 'fault-empty-file.*' ! -name 'fault-text-file.*' |
		sort >"$WORK/names"
	ok "there are captures in $dir" test -s "$WORK/names"
	while read -r name; do
		ok "$name: all events" agrees "$name"
	done <"$WORK/names"
done

# The comparison finds what is wrong.
good 'a list' --json "$addresses"
cp "$WORK/out" "$WORK/json"
for change in 's/"address_id": 13/"address_id": 14/' \
	's/"event": "data_fin"/"event": "fin"/' 's/"frame": 594/"frame": 595/' \
	's/"count": 6/"count": 5/'; do
	sed "$change" "$WORK/json" >"$WORK/changed"
	python3 tests/reference_events.py "$addresses" "$WORK/changed" \
		>"$WORK/said"
	is "comparison, $change: exit status" $? 1
done

# What the labs did, and what their kernels said.
lab=../shared/captures/lab
truth() {
	run_events --json "$lab/$1/$2.pcapng"
	[ "$STATUS" -eq 0 ] &&
		python3 tests/reference_events.py --truth "$lab/$1/truth.json" \
			"$2" "$WORK/out"
}

if [ -d "$lab" ]; then
	for name in addr-events backup checksum fallback fastclose gso \
		interactive lossy many path-failure two-paths; do
		for end in client server; do
			ok "$name, $end: truth.json" truth "$name" "$end"
		done
	done
else
	skip 'truth.json' "no $lab"
fi

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
	run_events "$2"
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
run_events --event nothing "$failure"
is '--event, unknown: exit status' "$STATUS" 2
ok '--event, unknown: is named' grep -q "'nothing'" "$WORK/err"
run_events --event stalled, "$failure"
is '--event, empty: exit status' "$STATUS" 2
good 'no such event' --csv -n --event mp_fail "$failure"
is 'no such event: prints nothing' "$(cat "$WORK/out")" ''
run_events -e --event mp_fail "$failure"
is 'no such event, -e: exit status' "$STATUS" 1
run_events -c 7 "$failure"
is 'no such connection: exit status' "$STATUS" 3
run_events "$SYN/plain-tcp.pcap"
is 'no MPTCP: one line on stderr' "$(wc -l <"$WORK/err")" 1
finish
