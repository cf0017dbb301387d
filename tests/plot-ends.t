#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-plot with the captures of both ends: what it adds, against the other
# commands and against what the emulated wire wrote down.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-plot
client=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz
lossy=../shared/captures/lab/lossy

plot() {
	"$BUILD/mptcp-plot" --cache-dir "$CACHE" "$@" 2>"$WORK/err"
}

# The JSON documents of pictures.
prelude "def load(name):
    return json.load(open('$WORK/' + name, encoding='utf-8'))
def points(name, d=None):
    [s] = [s for s in (d or load('out.json'))['series'] if name in s['name']]
    return [p for p in s['points'] if None not in p]
def area(p):
    return sum(a[1] * (b[0] - a[0]) for a, b in zip(p, p[1:]))"

# The order of the captures does not matter: which end is which is found out.
for kind in dsn seq rate goodput share flight owd reorder occupancy interarrival; do
	good "$kind" "$kind" -w "$WORK/ab.json" "$client" "$server"
	good "$kind, the other way round" "$kind" -w "$WORK/ba.json" \
		"$server" "$client"
	python "$kind: the same picture" "
a, b = load('ab.json'), load('ba.json')
assert a['subtitle'] != b['subtitle']
del a['subtitle'], b['subtitle']
assert a == b"
done

# Nor which kind it is: all have the time axis of the client's capture.
"$BUILD/mptcp-export" --cache-dir "$CACHE" "$client" >"$WORK/packets.csv"
for kind in dsn rate goodput share flight owd occupancy; do
	good "$kind, time of day" "$kind" --time absolute -w "$WORK/out.json" \
		"$server" "$client"
	python "$kind: 0 is when the client's capture began" "
info = json.loads(list(csv.reader(open('$WORK/packets.csv', encoding='utf-8')))[1][0])
assert load('out.json')['x']['epoch'] == info['first_time'], (load('out.json')['x'], info)"
done
for kind in ack rtt dss attr; do
	plot "$kind" -w "$WORK/no.png" "$client" "$server"
	is "$kind: exit status" "$?" 2
	ok "$kind: one capture only" grep -q 'uses one capture only' "$WORK/err"
done

# --at: as if that capture were the only one.
for kind in dsn seq rate goodput share interarrival; do
	for at in sender receiver; do
		alone=$([ $at = sender ] && echo "$client" || echo "$server")
		good "$kind at the $at" "$kind" --at $at -w "$WORK/ab.json" \
			"$client" "$server"
		good "$kind there" "$kind" -w "$WORK/one.json" "$alone"
		python "$kind: the same at the $at" "
assert load('ab.json')['series'] == load('one.json')['series']"
	done
done
plot rate --at sender -w "$WORK/no.png" "$client"
is '--at with one capture: exit status' "$?" 2
ok '--at with one capture: says why' grep -q 'both ends' "$WORK/err"

# Sums, from the commands that count.
json() {
	json_name=$1 json_command=$2
	shift 2
	"$BUILD/$json_command" "$@" >"$WORK/$json_name"
}
json owd mptcp-owd --cache-dir "$CACHE" --json --packets "$client" "$server"
json there mptcp-summary --cache-dir "$CACHE" --json "$server"
good 'rate' rate -w "$WORK/out.json" "$client" "$server"
python 'rate: what arrived is what the other capture has' "
[d] = [d for d in load('there')['connections'][0]['directions'] if d['towards'] == 'server']
assert abs(area(points('connection, arrived')) / 8 - d['sent_bytes']) < 1
for s in d['subflows']:
    mine = area(points('tcp %d, arrived' % s['tcp_stream'])) / 8
    assert abs(mine - s['sent_bytes']) < 1, mine"
good 'flight' flight -w "$WORK/out.json" "$client" "$server"
python 'flight: what has not arrived, times its delay' "
wanted = sum(p['bytes'] * p['owd_ms'] for p in load('owd')['packets']
             if p['towards'] == 'server')
way = points('not yet arrived')
assert way[-1][1] == 0 and max(p[1] for p in way) > 1000
assert abs(area(way) * 1e3 - wanted) < 1e-6 * wanted, (area(way) * 1e3, wanted)"
python 'flight: never more than TCP has not acknowledged' "
def at(p, t):
    return max((q for q in p if q[0] <= t), key=lambda q: q[0], default=(0, 0))[1]
way, total = points('not yet arrived'), points('sum of the subflows')
assert all(w[1] <= at(total, w[0]) + 1e-6 for w in way[::7])"
good 'share' share --window 1e6 -w "$WORK/out.json" "$client" "$server"
python 'share: who brought new data first' "
[d] = [d for d in load('there')['connections'][0]['directions'] if d['towards'] == 'server']
for s in d['subflows']:
    p = points('tcp %d' % s['tcp_stream'])[0]
    assert abs((p[2] - p[1]) / 100 - s['unique_bytes'] / d['unique_bytes']) < 1e-9"
good 'interarrival' interarrival -w "$WORK/out.json" "$client" "$server"
python 'interarrival: both ends' "
assert len(points('across subflows, sent')) == len(points('across subflows, arrived'))"

if [ ! -f "$lossy/client.pcapng" ]; then
	skip "$lossy" 'not there'
	finish
	exit
fi

# What the wire dropped, frame by frame.
good 'dsn with loss' dsn -w "$WORK/out.json" "$lossy/client.pcapng" \
	"$lossy/server.pcapng"
python 'dsn: each frame that the wire dropped is marked' "
truth = json.load(open('$lossy/truth.json', encoding='utf-8'))
dropped = [f for f in truth['wire']['frames']
           if f['event'] in ('loss', 'overflow', 'cut') and f['dir'] == 'up' and f['len'] > 0]
marked = {p[0] for p in points('lost on the way')}
assert len(dropped) > 40 and len(marked) == len(dropped), (len(marked), len(dropped))"
good 'owd with loss' owd -w "$WORK/out.json" "$lossy/server.pcapng" \
	"$lossy/client.pcapng"
json owd mptcp-owd --cache-dir "$CACHE" --json "$lossy/client.pcapng" \
	"$lossy/server.pcapng"
python 'owd: all lost packets of both directions are marked' "
found = {}
for s in load('out.json')['series']:
    if 'lost to' in s['name']:
        found[s['name']] = len(s['points'])
wanted = {'tcp %d, lost to %s' % (s['tcp_stream'], s['towards']): s['lost']
          for s in load('owd')['streams'] if s['lost']}
assert found == wanted and len(found) > 2, (found, wanted)"
good 'reinject' reinject -w "$WORK/out.json" "$lossy/server.pcapng" \
	"$lossy/client.pcapng"
json reinject mptcp-reinject --cache-dir "$CACHE" --json \
	--with "$lossy/server.pcapng" "$lossy/client.pcapng"
python 'reinject: the verdicts of mptcp-reinject' "
list = [r for r in load('reinject')['reinjections'] if r['towards'] == 'server']
known = [r for r in list if r['verdict'] != 'unknown']
deltas = sorted(r['delta_ms'] for r in known if r['delta_ms'] is not None)
never = sum(r['delta_ms'] is None and r['verdict'] == 'redundant' for r in known)
p = points('reinjections')
assert len(p) == len(deltas) + 1 and never > 0
assert all(abs(a[0] - b) < 1e-5 for a, b in zip(p[1:], deltas))
assert abs(p[0][1] - never / len(known)) < 1e-9
assert abs(p[-1][1] - (never + len(deltas)) / len(known)) < 1e-9"
finish
