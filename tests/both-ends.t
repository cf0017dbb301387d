#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-map, and --with: what the captures of both ends say together.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
client=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz
shared=../shared/captures
prelude "$PRELUDE
d = json.loads(text)"

# The map.
good 'map' mptcp-map --json "$client" "$server"
python 'map: the connection and its subflows' "
assert d['schema'] == 'mptcp-map/1' and len(d['captures']) == 2
[c] = d['connections']
[x] = c['candidates']
assert (c['id'], x['id'], x['score'], x['certain']) == (0, 0, 1, True)
assert {'keys', 'tokens'} <= set(x['evidence'])
assert [(s['tcp_stream'], s['mapped_tcp_stream']) for s in x['subflows']] == \
    [(0, 0), (1, 1)]
assert 'keys' in x['subflows'][0]['evidence']
assert 'nonces' in x['subflows'][1]['evidence']"
good 'map: streams' mptcp-map --json -t 1 "$client" "$server"
python 'map: one stream' "
[s] = d['tcp_streams']
assert s['tcp_stream'] == 1
assert s['candidates'][0]['mapped_tcp_stream'] == 1
assert s['candidates'][0]['certain']"
good 'map: numbers' mptcp-map -n --tsv -o tcp_stream,mapped_tcp_stream \
	"$client" "$server"
is 'map: numbers' "$(tr '\t' = <"$WORK/out" | tr '\n' ' ')" '0=0 1=1 '
cp "$client" "$WORK/copy.pcapng"
good 'map: a copy' mptcp-map "$client" "$WORK/copy.pcapng"
ln -s "$PWD/$client" "$WORK/link.pcapng"
bad 'map: the same file' 3 'same capture' mptcp-map "$client" \
	"$WORK/link.pcapng"
bad 'owd: a copy' 3 'use --client 1 or --client 2' mptcp-owd "$client" \
	"$WORK/copy.pcapng"
bad 'map: other traffic' 3 'in common' mptcp-map "$client" \
	testdata/captures/fallback-client.pcapng.gz
bad 'map: one capture' 2 'two captures' mptcp-map "$client"
bad 'map: unknown connection' 3 'no connection 7' mptcp-map -c 7 "$client" \
	"$server"
bad 'map: no number' 2 'give a number' mptcp-map --limit x "$client" "$server"
bad 'map: no file' 3 'cannot read' mptcp-map "$client" "$WORK/nothing"
bad 'map: neither' 3 'cannot read' mptcp-map "$WORK/none" "$WORK/nothing"

# Packets that were rewritten on the way: addresses, ports, sequence numbers.
if command -v editcap >/dev/null; then
	editcap -c 400 "$client" "$WORK/part.pcapng"
	second=$(find "$WORK" -name 'part_00002*' | head -n 1)
	run mptcp-map --json -t "$second" "$server"
	is 'map: without handshakes: exit status' "$STATUS" 0
	python 'map: without handshakes: by the data' "
assert len(d['tcp_streams']) == 2
for s in d['tcp_streams']:
    c = s['candidates'][0]
    assert c['mapped_tcp_stream'] == 1 - s['tcp_stream'] or \
        c['mapped_tcp_stream'] == s['tcp_stream']
    assert c['certain'] and 'data' in c['evidence'], c
    assert 'isn' not in c['evidence']"
fi

# The summary.
good 'summary' mptcp-summary --json "$server"
cp "$WORK/out" "$WORK/alone"
good 'summary: with' mptcp-summary --json --with "$server" "$client"
python 'summary: what arrived first is what the receiver says' "
alone = json.load(open('$WORK/alone', encoding='utf-8'))
assert len(d['captures']) == 2 and d['clock']['verdict'] == 'none needed'
[c], [s] = d['connections'], alone['connections']
mine, theirs = (x['directions'][0] for x in (c, s))
assert mine['towards'] == theirs['towards'] == 'server'
assert sum(f['goodput_contribution'] for f in mine['subflows']) == 1
for f, g in zip(mine['subflows'], theirs['subflows']):
    assert f['mapped_tcp_stream'] == g['tcp_stream']
    assert f['goodput_contribution'] == g['goodput_contribution'] is not None
    assert f['lost_packets'] == 0 and f['loss_ratio'] == 0
    path = (10, 40)[f['tcp_stream']]
    assert path <= f['owd_ms']['min'] <= f['owd_ms']['p50'] <= f['owd_ms']['max']
    assert f['owd_ms']['min'] < path + 0.3"
good 'summary: text' mptcp-summary --with "$server" "$client"
ok 'summary: says how the clocks are' grep -q '^clock: clocks agree' "$WORK/out"
ok 'summary: has the columns' grep -q 'ONE-WAY LOST BROUGHT' "$WORK/out"
good 'summary: without' mptcp-summary "$client"
ok 'summary: else it has not' sh -c "! grep -q 'BROUGHT\|clock' '$WORK/out'"
bad 'summary: two captures' 2 'one capture' mptcp-summary --with "$server" \
	"$client" "$client"
bad 'summary: other traffic' 3 'in common' mptcp-summary --with "$server" \
	testdata/captures/fallback-client.pcapng.gz
bad 'reinject: no file' 3 'cannot read' mptcp-reinject --with "$WORK/no" \
	"$client"

# What only one end knows is from its capture, whichever comes first: as it says
# alone, but for limit_culprit, which both know better.
cp "$WORK/alone" "$WORK/server.json"
run mptcp-summary --json "$client"
cp "$WORK/out" "$WORK/client.json"
good 'summary: the client first' mptcp-summary --json --with "$server" "$client"
cp "$WORK/out" "$WORK/client-first.json"
good 'summary: the server first' mptcp-summary --json --with "$client" "$server"
cp "$WORK/out" "$WORK/server-first.json"
python 'summary: each end tells what it knows, in both orders' "
ends = [json.load(open('$WORK/%s.json' % name, encoding='utf-8'))['connections'][0]
        for name in ('client', 'server', 'client-first', 'server-first')]
alone, both = ends[:2], ends[2:]
SENDER = ('spurious_bytes interruption_max_s limits limit receive_window_limited_s '
          'limit_unknown required_window_bytes best_single_path_bps aggregation_benefit').split()
RECEIVER = ('out_of_order_packets reordering_ratio reordering_extent n_reordering_max '
            'out_of_order_delay_ms hol_blocked_s held_max_bytes window_exhausted_s').split()
FLOW = ('rtt_ms', 'handshake_rtt_ms', 'delivery_rate_bps', 'first_sent_share'), ('hol_caused_s',)
known = 0
for d in 0, 1:
    for c in both:
        mine = c['directions'][d]
        for role, keys in (0, SENDER), (1, RECEIVER):
            end = alone[role ^ d]['directions'][d]
            for key in keys:
                assert mine[key] == end[key], (c['vantage'], d, key, mine[key], end[key])
                known += end[key] is not None
            for f, g in zip(mine['subflows'], end['subflows']):
                for key in FLOW[role]:
                    assert f[key] == g[key], (d, key, f[key], g[key])
    assert both[0]['directions'][d]['counted_at'] == ('sender', 'receiver')[d]
    assert both[1]['directions'][d]['counted_at'] == ('receiver', 'sender')[d]
    for mine, end in zip(both, alone):
        for key in 'sent_bytes', 'unique_bytes', 'duration_s', 'reinjected_bytes':
            assert mine['directions'][d][key] == end['directions'][d][key]
assert known >= 40, known
assert ['second' in n for c in both for n in c['notes']] == [True, True], both"
ok 'summary: a time of the other end is on the clock of the first' python3 -c "
import json
one, two = (json.load(open('$WORK/%s-first.json' % end, encoding='utf-8')) for end in ('client', 'server'))
start = [float(x['captures'][0]['first_time']) for x in (one, two)]
at = [x['connections'][0]['directions'][0]['interruption_at_s'] for x in (one, two)]
assert at[0] is not None and abs(start[0] + at[0] - start[1] - at[1]) < 0.001, (start, at)"
# Subflows of the one capture have the numbers that they have there.
if [ -f "$shared/wild/client_2.pcap" ]; then
	good 'wild: the server first' mptcp-summary --json --with \
		"$shared/wild/client_2.pcap" "$shared/wild/server_2.pcap"
	cp "$WORK/out" "$WORK/wild.json"
	good 'wild: the client' mptcp-summary --json "$shared/wild/client_2.pcap"
	python 'wild: round trip times of subflows with other numbers' "
wild = json.load(open('$WORK/wild.json', encoding='utf-8'))['connections']
theirs = {f['tcp_stream']: f for c in d['connections'] for f in c['directions'][0]['subflows']}
renamed = 0
for c in wild:
    mine = c['directions'][0]['subflows']
    for f in mine:
        if f['mapped_tcp_stream'] in theirs:
            assert f['rtt_ms'] == theirs[f['mapped_tcp_stream']]['rtt_ms'], f
            renamed += f['tcp_stream'] != f['mapped_tcp_stream'] and bool(f['rtt_ms']['n'])
    assert c['directions'][0]['limit_culprit'] in {None} | {f['tcp_stream'] for f in mine}
assert renamed, wild"
fi

# Without --with it is said how to compare them, once, and not elsewhere.
run mptcp-summary "$server" "$client"
is 'two ends, taken alone: exit status' "$STATUS" 0
is 'two ends, taken alone: one line on stderr' "$(cat "$WORK/err")" \
	"mptcp-summary: '$client' and '$server' have the same connection, captured at its two ends: use --with to compare them"
# same_connection NAME WHAT ARGUMENT...: that, on stderr
same_connection()
{
	name=$1
	what=$2
	shift 2
	run mptcp-summary "$@"
	is "$name" "$(sed -n 's/^mptcp-summary: .* have the same //p' "$WORK/err")" \
		"$what"
}
cp "$client" "$WORK/again.pcapng"
run mptcp-summary "$client" "$WORK/copy.pcapng" "$WORK/again.pcapng"
is 'copies' "$(cat "$WORK/err")" \
	"mptcp-summary: '$client' and '$WORK/copy.pcapng' (and 1 more) have the same packets of a connection: they seem to be copies"
same_connection 'copies and the other end: copies' \
	'packets of a connection: they seem to be copies' \
	"$client" "$server" "$WORK/copy.pcapng"
if command -v editcap >/dev/null; then
	editcap "$client" "$WORK/lacks-one.pcapng" 700
	same_connection 'captured twice at the client' \
		'connection, likely captured at the same end' \
		"$client" "$WORK/lacks-one.pcapng"
fi
same_connection 'between the ends' \
	'connection: if they were captured at its two ends, use --with to compare them' \
	--captured-at middle "$client" "$server"
good 'two ends: mptcp-ls lists them' mptcp-ls "$client" "$server"
good 'two captures of different connections' mptcp-summary "$client" \
	testdata/captures/fallback-client.pcapng.gz
# A part of a connection is no end of it.
if command -v editcap >/dev/null; then
	editcap -c 400 "$client" "$WORK/some.pcapng"
	run mptcp-summary "$WORK"/some_*
	ok 'two parts: -m' grep -q ': use -m to read them' "$WORK/err"
	is 'two parts: nothing else' "$(grep -c 'same connection' "$WORK/err")" 1
fi

# The join alone, in another capture than the begin of its connection.
PYTHONPATH=tests python3 - "$WORK/begun.pcap" "$WORK/joined.pcap" <<'EOF'
import sys
import craft
begun, joined = craft.Capture(), craft.Capture()
connection = craft.talk(begun)
joined.now = begun.now
connection.capture = joined
craft.exchange(connection.join(craft.PATH_B))
for path, capture in zip(sys.argv[1:], (begun, joined)):
    craft.write(path, craft.pcap(capture))
EOF
run mptcp-summary "$WORK/begun.pcap" "$WORK/joined.pcap"
ok 'a join alone: -m' grep -q 'seem to have parts of the same connection: use -m' \
	"$WORK/err"
run mptcp-summary "$client" "$WORK/joined.pcap"
ok 'a join alone, and another connection: not' sh -c "! grep -q 'use -m' '$WORK/err'"

# What the sender waited for is a subflow that the first capture does not have.
run mptcp-summary --with testdata/verdicts/both-one-interface-client.pcapng \
	testdata/verdicts/both-one-interface-server.pcapng
ok 'summary: waited for a subflow that is not here' sh -c \
	"tr -s ' \n' ' ' <'$WORK/out' |
	grep -q 'while it waited for a subflow that only the other capture has'"

# Delays, and the verdicts on reinjections, against tests/reference_pair.py.
for lab in lossy path-failure interactive two-paths backup; do
	one=$shared/lab/$lab/client.pcapng
	two=$shared/lab/$lab/server.pcapng
	if [ ! -f "$one" ]; then
		ok "$lab: as the reference says # SKIP no $one" true
		continue
	fi
	good "$lab: delays" mptcp-owd --json --clock raw "$one" "$two"
	cp "$WORK/out" "$WORK/owd"
	good "$lab: reinjections" mptcp-reinject --json --with "$two" "$one"
	cp "$WORK/out" "$WORK/reinject"
	ok "$lab: as the reference says" python3 tests/reference_pair.py \
		"$one" "$two" "$WORK/owd" "$WORK/reinject"
done

# The hand-checked numbers of two captures from the wild.
if [ -f "$shared/wild/client_2.pcap" ]; then
	good 'wild' mptcp-owd --json "$shared/wild/client_2.pcap" \
		"$shared/wild/server_2.pcap"
	python 'wild: 2823 in both, 35 and 69 left, none ambiguous' "
assert d['matching'] == {'matched': 2823, 'only_first': 35, 'only_second': 69,
    'altered': 0, 'duplicated': 0}
assert sum(s['ambiguous'] for s in d['streams']) == 0"
	good 'wild: map' mptcp-map --json "$shared/wild/client_2.pcap" \
		"$shared/wild/server_2.pcap"
	python 'wild: one stream of the client is two of the server' "
s = d['connections'][0]['candidates'][0]['subflows']
assert {(f['tcp_stream'], f['mapped_tcp_stream']) for f in s} >= {(1, 5), (1, 2)}"
fi

# A clock that is wrong: the first and the last quarter, too, agree with those
# of the true clock, when one constant is taken from all.
if [ -f "$shared/lab/skewed/server-true-clock.pcapng" ]; then
	for clock in server server-true-clock; do
		how=raw
		[ "$clock" = server ] && how=joint
		"$BUILD/mptcp-owd" --cache-dir "$CACHE" --packets --json \
			--clock "$how" \
			"$shared/lab/skewed/client.pcapng" \
			"$shared/lab/skewed/$clock.pcapng" >"$WORK/$clock"
	done
	cp "$WORK/server" "$WORK/out"
	python 'skewed: quarters' "
import statistics
true = json.load(open('$WORK/server-true-clock', encoding='utf-8'))
def delays(d, part):
    rows = [r for r in d['packets'] if r['match'] == 'matched']
    last = max(r['sent_s'] for r in rows)
    out = {}
    for r in rows:
        if part[0] * last <= r['sent_s'] <= part[1] * last:
            out.setdefault((r['tcp_stream'], r['towards']), []).append(r['owd_ms'])
    return {k: statistics.median(v) for k, v in out.items()}
whole = [delays(x, (0, 1)) for x in (d, true)]
assert len(whole[0]) == 4
constant = {'server': [], 'client': []}
for k in whole[0]:
    constant[k[1]].append(whole[0][k] - whole[1][k])
shift = (statistics.mean(constant['server']) - statistics.mean(constant['client'])) / 2
for part in (0, 1), (0, .25), (.75, 1):
    mine, wanted = delays(d, part), delays(true, part)
    assert mine.keys() == wanted.keys() and len(mine) >= 2
    for k in mine:
        s = shift if k[1] == 'server' else -shift
        assert abs(mine[k] - s - wanted[k]) < 0.3, (part, k, mine[k] - s, wanted[k])"
fi
finish
