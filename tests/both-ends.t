#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-map, and --with: what the captures of both ends say together.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
# Who reads packets is a matter of readers.t; this is quicker.
MPTCP_READER=native
export MPTCP_READER
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
bad 'owd: a copy' 3 'say --client 1 or 2' mptcp-owd "$client" \
	"$WORK/copy.pcapng"
bad 'map: other traffic' 3 'in common' mptcp-map "$client" \
	testdata/captures/fallback-client.pcapng.gz
bad 'map: one capture' 2 'two captures' mptcp-map "$client"
bad 'map: unknown connection' 3 'no connection 7' mptcp-map -c 7 "$client" \
	"$server"
bad 'map: no number' 2 'not a number' mptcp-map --limit x "$client" "$server"
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
ok 'summary: says how the clocks are' grep -q '^clock: none needed' "$WORK/out"
ok 'summary: has the columns' grep -q 'ONE-WAY LOST ARRIVED' "$WORK/out"
good 'summary: without' mptcp-summary "$client"
ok 'summary: else it has not' sh -c "! grep -q 'ARRIVED\|clock' '$WORK/out'"
bad 'summary: two captures' 2 'one capture' mptcp-summary --with "$server" \
	"$client" "$client"
bad 'summary: other traffic' 3 'in common' mptcp-summary --with "$server" \
	testdata/captures/fallback-client.pcapng.gz
bad 'reinject: no file' 3 'cannot read' mptcp-reinject --with "$WORK/no" \
	"$client"

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
