#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-owd: what two captures of one connection tell, and what they cannot.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-owd
client=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz
shared=../shared/captures
prelude "$PRELUDE
def rows(d):
    return {(s['tcp_stream'], s['towards']): s for s in d['streams']}"

# Both captures have one clock; the paths have 10 and 40 ms.
good 'raw' --json --clock raw "$client" "$server"
cp "$WORK/out" "$WORK/raw"
python 'raw: the delays of the paths' "
d = json.loads(text)
assert d['schema'] == 'mptcp-owd/1' and len(d['captures']) == 2
assert d['clock']['applied'] is False
r = rows(d)
assert len(r) == 4 and sum(s['matched'] for s in r.values()) == 1242
for (stream, towards), s in r.items():
    path = (10, 40)[stream]
    assert path <= s['owd_ms']['min'] < path + 0.3, s
    assert s['lost'] == s['ambiguous'] == s['not_captured'] == 0
    assert s['owd_ms'] == s['raw_owd_ms']
    assert s['sent'] == s['matched']
"
good 'joint' --json "$client" "$server"
python 'joint: the truth is inside the bounds' "
d = json.loads(text)
c = d['clock']
assert c['verdict'] == 'none needed' and c['applied'] is False
assert c['hard_offset_s'][0] <= 0 <= c['hard_offset_s'][1]
assert 20 <= c['rtt_min_ms'] < 20.6
"
clock_is_sound 'joint' "$WORK/out"
good 'swapped' --json --clock raw "$server" "$client"
python 'swapped: the same' "
a, b = rows(json.load(open('$WORK/raw'))), rows(json.loads(text))
for key in a:
    for name in ('sent', 'matched', 'lost', 'owd_ms', 'raw_owd_ms'):
        assert a[key][name] == b[key][name], (key, name)
"
good 'a known offset' --json --offset 0.005 "$client" "$server"
python 'a known offset: delays change by it' "
a, b = rows(json.load(open('$WORK/raw'))), rows(json.loads(text))
for key in a:
    sign = -1 if key[1] == 'server' else 1
    assert abs(b[key]['owd_ms']['min'] - a[key]['owd_ms']['min'] - sign * 5) < 1e-6
    assert b[key]['raw_owd_ms'] == a[key]['raw_owd_ms']
"
good 'relative' --json --clock relative "$client" "$server"
python 'relative: the least is 0' "
r = rows(json.loads(text))
for towards in ('server', 'client'):
    assert min(s['owd_ms']['min'] for k, s in r.items() if k[1] == towards) == 0
"
good 'packets' --packets --csv "$client" "$server"
python 'packets: all of them' "
r = list(csv.DictReader(io.StringIO(text), strict=True))
assert len(r) == 1242
for p in r:
    sent, got = (int(p[n].replace('.', '')) for n in ('sent_time', 'received_time'))
    assert got - sent == round(float(p['raw_ms']) * 1e6)
"
good 'packets, json' --packets --json -t 1 --towards client "$client" "$server"
python 'packets, json: beside the streams' "
d = json.loads(text)
assert len(d['streams']) == 1 and len(d['packets']) == d['streams'][0]['matched']
"
good 'text' "$client" "$server"
ok 'text: the clock' grep -q '^clock: clocks agree' "$WORK/out"
is 'text: a line for each stream and direction' \
	"$(grep -c ' server \| client ' "$WORK/out")" 4

bad 'other traffic' 3 'no TCP stream of' "$SYN/plain-tcp.pcap" "$server"
bad 'one capture' 2 'two captures' "$client"
bad 'no such connection' 3 'no connection 4' -c 4 "$client" "$server"
bad 'no way to take clocks' 2 'joint, raw or relative' --clock x "$client" \
	"$server"
bad 'no offset' 2 'give seconds' --offset x "$client" "$server"
bad 'the same file twice' 3 'same capture' "$client" "$client"

if [ -d "$shared" ]; then
	good 'lossy' --json "$shared/lab/lossy/client.pcapng" \
		"$shared/lab/lossy/server.pcapng"
	python 'lossy: what the wire dropped' "
import collections
dropped = collections.Counter()
for f in json.load(open('$shared/lab/lossy/truth.json'))['wire']['frames']:
    if f['event'] in ('loss', 'cut', 'overflow'):
        dropped[f['path'], f['dir']] += 1
found = {(('p1', 'p2')[k[0]], {'server': 'up', 'client': 'down'}[k[1]]): s['lost']
         for k, s in rows(json.loads(text)).items()}
assert found == dict(dropped), (found, dropped)
"
	# The client's capture begins late: all that it has was sent while the
	# server's ran, which also has what the client sent before.
	editcap -r "$shared/lab/lossy/client.pcapng" "$WORK/late.pcapng" \
		3500-100000
	for order in "$WORK/late.pcapng $shared/lab/lossy/server.pcapng" \
		"$shared/lab/lossy/server.pcapng $WORK/late.pcapng"; do
		# shellcheck disable=SC2086
		run --json $order
		python "late, ${order%% *} first: of what was sent while both ran" "
up = [s for s in json.loads(text)['streams'] if s['towards'] == 'server']
assert len(up) == 2 and all(s['lost'] for s in up) and any(s['outside'] > s['sent'] for s in up), up
for s in up:
    assert abs(s['loss_ratio'] - s['lost'] / s['sent']) < 1e-12, s
"
	done
	run mptcp-summary --json --with "$shared/lab/lossy/server.pcapng" \
		"$WORK/late.pcapng"
	python 'late: mptcp-summary says the same' "
up, = [d for c in json.loads(text)['connections'] for d in c['directions'] if d['towards'] == 'server']
for f in up['subflows']:
    assert 0 < f['loss_ratio'] <= f['lost_packets'] / f['data_packets'], f
"
	good 'skewed' --json "$shared/lab/skewed/client.pcapng" \
		"$shared/lab/skewed/server.pcapng"
	python 'skewed: 80 ppm and 3.217 s, within bounds' "
c = json.loads(text)['clock']
assert abs(c['skew_ppm'] - 80) < 10 and abs(c['offset_s'] - 3.217) < 0.0025, c
assert c['hard_offset_s'][0] < 3.217 < c['hard_offset_s'][1]
assert c['hard_skew_ppm'][0] < 80 < c['hard_skew_ppm'][1] and c['applied']
"
	cp "$WORK/out" "$WORK/skewed"
	good 'skewed, true clock' --json --clock raw \
		"$shared/lab/skewed/client.pcapng" \
		"$shared/lab/skewed/server-true-clock.pcapng"
	python 'skewed: medians as with the true clock, but for a constant' "
a, b = rows(json.load(open('$WORK/skewed'))), rows(json.loads(text))
off = [(a[k]['owd_ms']['p50'] - b[k]['owd_ms']['p50']) * (1 if k[1] == 'server' else -1)
       for k in a]
assert max(off) - min(off) < 0.3, off
"
	good 'wild' --json --clock raw "$shared/wild/client_2.pcap" \
		"$shared/wild/server_2.pcap"
	python 'wild: the known values' "
r = rows(json.loads(text))
for key, n, *ms in ((3, 'server'), 410, 50.008898, 51.162212, 73.128719), \
        ((3, 'client'), 392, 50.008906, 50.663100, 64.779645), \
        ((4, 'server'), 500, None, 50.874926, 171.734227), \
        ((4, 'client'), 527, None, 50.625126, 124.899677):
    s = r[key]
    assert s['matched'] == n, s
    for name, value in zip(('min', 'p50', 'max'), ms):
        assert value is None or abs(s['owd_ms'][name] - value) < 1.1e-6, (key, name)
"
	run --json "$shared/truth/t49-step/client.pcapng" \
		"$shared/truth/t49-step/server-step.pcapng"
	is 'set: exit status' "$STATUS" 0
	python 'set: each part has its offset and its bounds' "
c = json.loads(text)['clock']
assert c['verdict'] == 'step' and len(c['segments']) == 2, c
for part, offset in zip(c['segments'], (1.5, -0.5)):
    low, high = part['hard_offset_s']
    assert low < offset < high and high - low < 0.03, part
    assert abs(part['offset_s'] - offset) < 0.0016, part
    assert part['from_s'] <= part['reference_s'] <= part['to_s']
"
	for client in "$shared"/lab/*/client.pcapng "$shared"/truth/*/client.pcapng; do
		for server in "${client%/*}"/server*.pcapng; do
			[ -f "$server" ] || continue
			run --json "$client" "$server"
			clock_is_sound "${server#"$shared"/}" "$WORK/out"
		done
	done
else
	skip 'captures with known truth' 'not there'
fi
finish
