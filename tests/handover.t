#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Handovers of recordings whose paths were cut and mended, or whose subflows were
# made a backup or closed: what mptcp-events says of the captures of both ends,
# against the times at which that was done (testdata/captures/handover).

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
dir=testdata/captures/handover

# events NAME: of both ends
events() {
	for end in client server; do
		ok "$1, $end: events" "$BUILD/mptcp-events" \
			--cache-dir "$CACHE" --json \
			"$dir/$1-$end.pcapng.gz"
		"$BUILD/mptcp-events" --cache-dir "$CACHE" --json \
			"$dir/$1-$end.pcapng.gz" >"$WORK/$end"
	done
}

# check NAME WHAT PROGRAM: "a", "b" are the handovers that client and server
# show, with the paths of "old" and "new"; done(TEXT) is when that was done
check() {
	ok "$1: $2" python3 -c "
import json
truth = json.load(open('$dir/truth.json'))['$1']
def done(text):
    return next(e['t'] for e in truth['events'] if e['what'] == text)
def handovers(end):
    d = json.load(open('$WORK/' + end))
    start = float(d['captures'][0]['first_time'])
    paths, found = {}, []
    for e in d['events']:
        if e['event'] in ('connection_syn', 'join_syn'):
            paths[e['tcp_stream']] = int(e['detail']['source_address'].split('.')[2])
        if e['event'] == 'handover':
            found.append({**e['detail'], 'at': start + e['time_s'], 'from': e['from'],
                          'old': paths[e['detail']['old_tcp_stream']],
                          'new': paths[e['tcp_stream']]})
        if e['event'] == 'stalled':
            stalled.append((end, paths[e['tcp_stream']]))
    return found
stalled = []
a, b = handovers('client'), handovers('server')
$3"
}

same="
# the receiver knows who took over, and no more
assert [(h['old'], h['new'], h['from']) for h in a] == \
       [(h['old'], h['new'], h['from']) for h in b], (a, b)
for h in b:
    for key in ('gap_ms', 'forced', 'reinjected_bytes', 'last_acked_dsn'):
        assert h[key] is None, h
    assert h['dsn'] > 0
"

events backup
check backup 'to the backup, and back' "
cut, mended = done('wire p1 cut=1'), done('wire p1 cut=0')
there, back = a
assert (there['old'], there['new'], there['forced']) == (1, 2, True)
assert cut < there['at'] < mended
# the last that came was sent before that; the queue holds less than a second
assert cut - 1 < there['at'] - there['gap_ms'] / 1e3 < cut
assert 0 < there['reinjected_bytes'] < 64000
assert (back['old'], back['new'], back['forced']) == (2, 1, False)
assert mended < back['at'] < mended + 3 and back['gap_ms'] < 1000
assert back['reinjected_bytes'] == 0
"
check backup 'both ends' "$same"

events probes
check probes 'what a dead path gets counts for nothing' "
cut, (h,) = done('wire p2 cut=1'), a
assert (h['old'], h['new'], h['forced']) == (2, 1, True)
assert cut < h['at'] < cut + 3
assert cut - 0.5 < h['at'] - h['gap_ms'] / 1e3 < cut, (h, cut)
"
check probes 'both ends' "$same"

events both-dead
check both-dead 'no handover while nothing is acknowledged' "
mended = done('wire p2 cut=0')
assert set(stalled) == {('client', 1), ('client', 2)}, stalled
for h in a + b:
    assert h['at'] > mended, h
for h in a:
    assert h['gap_ms'] > 3000, h
"
check both-dead 'both ends' "$same"

events prio
check prio 'the subflow becomes a backup' "
asked, (h,) = done('client: ip mptcp endpoint change id 2 10.0.2.1 backup'), a
assert (h['old'], h['new'], h['forced']) == (2, 1, False)
assert abs(h['at'] - asked) < 0.2 and h['gap_ms'] < 100, h
assert h['reinjected_bytes'] == 0
"
check prio 'both ends' "$same"

events removed
check removed 'what was under way is sent again' "
asked, (h,) = done('client: ip mptcp endpoint delete id 2'), a
assert (h['old'], h['new'], h['forced']) == (2, 1, True)
assert asked < h['at'] < asked + 2 and h['reinjected_bytes'] > 0
"
check removed 'both ends' "$same"
finish
