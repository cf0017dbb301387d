#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Round trip times, and at which end they are known: recordings in which a SYN or
# a SYN/ACK was lost, or packets were cut on the way and acknowledged in parts.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
captures=testdata/captures/rtt

# What was printed of both ends.
prelude "truth = json.load(open('$captures/truth.json', encoding='utf-8'))
def document(name, end, what='connections'):
    d = json.load(open('$WORK/%s-%s.json' % (name, end), encoding='utf-8'))
    return d[what]
def rows(name, end):
    '''A direction of a subflow, and the least round trip of its path.'''
    [c] = document(name, end)
    assert c['vantage'] == end
    for x in c['directions']:
        for s in x['subflows']:
            [path] = [p for p in truth[name]['paths']
                      if p['client'] == s['client_address']]
            yield x['towards'], s, path['round_trip_ms']
def handshakes(name, end, towards):
    return {trip: s['handshake_rtt_ms'] for t, s, trip in rows(name, end) if t == towards}
def close(value, trip):
    return value is not None and trip <= value < trip + 8"

for name in gso-cut syn-lost synack-lost; do
	for end in client server; do
		file=$captures/$name-$end.pcapng.gz
		run mptcp-summary --json "$file"
		cp "$WORK/out" "$WORK/$name-$end.json"
		run mptcp-summary --json -t 0 "$file"
		cp "$WORK/out" "$WORK/$name-$end-0.json"
	done
done

python 'handshake: the SYN was lost, the second one is answered' "
for end, towards in ('client', 'server'), ('server', 'client'):
    assert close(handshakes('syn-lost', end, towards)[40], 40)"
python 'handshake: the SYN/ACK was lost; the next has the first timestamp' "
assert handshakes('syn-lost', 'client', 'server')[60] is None
assert handshakes('synack-lost', 'client', 'server') == {40: None}"
python 'handshake: at the server the ACK tells which SYN/ACK it answers' "
assert close(handshakes('syn-lost', 'server', 'client')[60], 60)
assert close(handshakes('synack-lost', 'server', 'client')[40], 40)"
python 'data: only at the end that sends it, never below the path' "
for name in truth:
    for end in 'client', 'server':
        for towards, s, trip in rows(name, end):
            if towards == end:
                assert set(s['rtt_ms'].values()) == {None}, (name, end, s)
            elif s['data_packets']:
                assert s['rtt_ms']['n'] > 0 and s['rtt_ms']['min'] >= trip, (name, end, s)
            else:
                assert s['rtt_ms']['n'] == 0"
python 'data: a TCP stream by itself, too' "
for name in truth:
    for end in 'client', 'server':
        [s] = document(name, end + '-0', 'tcp_streams')
        for x in s['directions']:
            assert (x['rtt_ms']['n'] is None) == (x['towards'] == end), (name, end, x)"
python 'data: each acknowledgment of a part gives a sample' "
for end, packets in ('client', 56), ('server', 22):
    [s] = [s for towards, s, _ in rows('gso-cut', end) if towards != end]
    assert s['data_packets'] == packets and s['rtt_ms']['n'] > 2 * packets, s"
ok 'data: as many as there are acknowledgments of new data' python3 - \
	"$WORK/gso-cut-client.json" <<EOF
import json, subprocess, sys
fields = subprocess.run(
    ["tshark", "-r", "$captures/gso-cut-client.pcapng.gz", "-Y",
     "ip.src == 10.0.1.2 && tcp.flags.ack == 1 && tcp.flags.syn == 0", "-T", "fields", "-e", "tcp.ack"],
    check=True, capture_output=True, text=True).stdout.split()
high, new = 1, 0
for ack in map(int, fields):
    new += ack > high
    high = max(high, ack)
d = json.load(open(sys.argv[1], encoding="utf-8"))
n = d["connections"][0]["directions"][0]["subflows"][0]["rtt_ms"]["n"]
# The last one is for the FIN.
assert n == new - 1, (n, new)
EOF

for name in gso-cut synack-lost; do
	run mptcp-summary --towards server \
		"$captures/$name-client.pcapng.gz"
	ok "$name: the sender's text has round trips" grep -q 'RTT' "$WORK/out"
	run mptcp-summary --towards server \
		"$captures/$name-server.pcapng.gz"
	ok "$name: the receiver's has none" sh -c "! grep -q RTT '$WORK/out'"
	run mptcp-plot rtt --towards server --format csv -w - \
		"$captures/$name-client.pcapng.gz"
	is "$name: a plot at the sender" "$STATUS" 0
	run_fails 3 'capture shows when acknowledgments' mptcp-plot rtt \
		--towards server --format csv -w - "$captures/$name-server.pcapng.gz"
done
finish
