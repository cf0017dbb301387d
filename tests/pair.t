#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two captures of conversations that are made here, with a wire that is known:
# what mptcp-owd, mptcp-map and mptcp-plot say of them.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
python3 tests/craft_pair.py "$WORK" || exit 1

# both FIRST SECOND COMMAND NAME ARGUMENT...: with these captures of NAME
both() {
	both_first=$WORK/$4-$1.pcapng both_second=$WORK/$4-$2.pcapng
	both_command=$BUILD/$3
	shift 4
	"$both_command" --cache-dir "$CACHE" "$@" "$both_first" \
		"$both_second" >"$WORK/out" 2>"$WORK/err"
}

# ends COMMAND NAME ARGUMENT...: the client's first; turned: the server's
ends() {
	both client server "$@"
}

turned() {
	both server client "$@"
}

# d is the document of the last run.
prelude "d = json.load(open('$WORK/out', encoding='utf-8'))
truth = json.load(open('$WORK/truth.json', encoding='utf-8'))
def ways(name, towards):
    [way] = [w for k, w in truth[name].items() if k.endswith(towards)]
    return way
def check(name, delayed=None, **wanted):
    '''What the wire did to each packet; wanted: what is not as usual.'''
    for s in d['streams']:
        way = ways(name, s['towards'])
        unsure = (None, delayed) if s['towards'] == 'server' else (None,)
        sure = [w for w in way if w not in unsure]
        steps = [abs(a - b) for a, b in zip(way, way[1:])
                 if not {*unsure} & {a, b}]
        expect = dict(sent=len(way), matched=len(sure), lost=way.count(None),
                      ambiguous=0, coalesced=0, duplicates=0, not_captured=0)
        if s['towards'] == 'server':
            expect.update(wanted)
        for key, value in expect.items():
            assert s[key] == value, (key, s[key], value)
        assert abs(s['owd_ms']['min'] - min(sure) / 1e6) < 1e-9, s
        assert abs(s['owd_ms']['max'] - max(sure) / 1e6) < 1e-9, s
        v = s['delay_variation_ms']
        assert abs(v['max'] - max(steps) / 1e6) < 1e-9, (v, steps)
        assert len(steps) % 2 == 0 or \
            abs(v['p50'] - statistics.median(steps) / 1e6) < 1e-9, (v, steps)"

for how in ends turned; do
	$how mptcp-owd late --json --clock raw
	python "late, $how: what was sent, in that order" "
check('late')
way = ways('late', 'server')
assert sorted(way[2:9], key=lambda w: w or 0) != way[2:9]"
done
client=1
for how in ends turned; do
	$how mptcp-owd copies --json --clock raw --client $client
	python "copies, $how: each packet once" "
for s in d['streams']:
    way = ways('copies', s['towards'])
    assert s['duplicates'] == 2 * len(way) - way.count(None)
    s['duplicates'] = 0
check('copies')
every = sum((ways('copies', s['towards']) for s in d['streams']), [])
m = d['matching']
assert m['matched'] == len(every) - 1
assert sorted((m['only_first'], m['only_second'])) == [0, 1]"
	$how mptcp-owd copies-v6 --json --clock raw --client $client
	python "copies without IP ids, $how: each packet once" "
for s in d['streams']:
    assert s['duplicates'] == 2 * s['sent'] - s['lost']
    s['duplicates'] = 0
check('copies-v6')"
	$how mptcp-owd twice --json --clock raw --client $client
	python "twice, $how: the sender has it once, the first one counts" "
for s in d['streams']:
    way = ways('twice', s['towards'])
    assert (s['sent'], s['matched'], s['ambiguous'], s['not_captured'],
            s['duplicated']) == (len(way), len(way), 0, 0, 1), s
    assert s['duplicates'] == 2 * len(way) + 1, s
    assert s['owd_ms']['min'] == s['owd_ms']['max'] == 5, s"
	client=2
done
for how in ends turned; do
	$how mptcp-owd copies --json --clock raw
	python "copies, $how: the handshake tells the ends" "
assert all(s['owd_ms']['min'] == 5 for s in d['streams']), d['streams']"
done

# The ACKs with windows of their own are sure, the last two are not.
ends mptcp-owd windows --json --clock raw --packets
python 'windows: tell equal ACKs apart' "
assert ways('windows', 'server')[-2:] == [None, 5500000]
check('windows', delayed=5500000, ambiguous=1)
assert [p['match'] for p in d['packets']].count('ambiguous') == 1
assert [p['owd_ms'] for p in d['packets'] if p['owd_ms'] > 5.6] == [8, 6]"
ends mptcp-owd cut --json --clock raw --packets
python 'cut: it arrived, both times' "
way = ways('cut', 'server')
check('cut', delayed=6000000, matched=len(way) - 2, coalesced=2)
p, q = [p for p in d['packets'] if p['match'] == 'coalesced']
assert p['bytes'] == q['bytes'] == 2000
assert (p['owd_ms'], q['owd_ms']) == (5, 6), (p, q)"

ends mptcp-owd ahead --csv -o path,towards
is 'path: from the sender' "$(tr '\n' ' ' <"$WORK/out")" \
	'path,towards 192.0.2.1 > 203.0.113.10,server 203.0.113.10 > 192.0.2.1,client '
ends mptcp-owd ahead
ok 'ahead: by so much' \
	grep -q "server's clock is ahead by 2.50 s$" "$WORK/out"
turned mptcp-owd ahead --skew 0 --offset 2.5
ok 'ahead, given' \
	grep -q "server's clock is ahead by 2.50 s$" "$WORK/out"
ends mptcp-owd ahead --offset 2.5 --skew 20
ok 'ahead, with a skew' \
	grep -q 'ahead by 2.50 s at [0-9.]* [mu]*s, and gains 20 ppm' "$WORK/out"
ends mptcp-owd ahead --offset 7
ok 'ahead, given wrongly: the bounds, and what is wrong' grep -Eq \
	'given correction is wrong: it makes [1-9][0-9]* delays* negative' "$WORK/out"

ends mptcp-owd set --json
python 'set: the offset at the begin, and no variation' "
check('set')
c = d['clock']
assert c['verdict'] == 'step' and len(c['segments']) == 2
assert c['offset_s'] == 0 and c['segments'][1]['offset_s'] == 1"
ends mptcp-owd set
ok 'set: both offsets, each with its bounds, as text' python3 -c "
import re, sys
text = ' '.join(open('$WORK/out', encoding='utf-8').read().split())
parts = re.findall('ahead by ([0-9.]+) (m?s) .*?hard bounds on the clock offset: (-?[0-9.]+) (m?s) to (-?[0-9.]+) (m?s) at', text)
unit = {'s': 1, 'ms': 0.001}
numbers = [[float(p[i]) * unit[p[i + 1]] for i in (2, 0, 4)] for p in parts]
assert [n[1] for n in numbers] == [0, 1], text
assert all(n == sorted(n) and n[2] - n[0] < 0.03 for n in numbers), numbers"
for how in ends turned; do
	$how mptcp-owd set-often --json --client "$([ $how = ends ] && echo 1 ||
		echo 2)"
	python "set often, $how: each part has its own offset and bounds" "
check('set-often')
parts = d['clock']['segments']
assert [p['offset_s'] for p in parts] == [0.25, 1.25, -1.75, -1.69], parts
assert all(0 < p['hard_offset_s'][1] - p['hard_offset_s'][0] < 0.03 for p in parts)"
	$how mptcp-owd set-often --json --clock raw
	python "set often, $how: bounds though nothing is corrected" "
assert not d['clock']['applied'] and len(d['clock']['segments']) == 4
for s in d['streams']:
    assert s['owd_ms'] == s['raw_owd_ms']"
done
# No offset is printed beside bounds that exclude it, in any pair.
for name in "$WORK"/*-client.pcapng; do
	name=${name##*/}
	ends mptcp-owd "${name%-client.pcapng}" --json --client 1
	clock_is_sound "$name" "$WORK/out"
done
ends mptcp-owd few
is 'few: what is unknown' "$(grep -c 'ahead by\|server .* - *-' "$WORK/out")" 1
ends mptcp-owd one-way --client 1
is 'one way: nothing bounds the offset' \
	"$(grep -c 'only one direction has packets\|hard bounds' "$WORK/out")" 1
ends mptcp-owd one-way --client 1 --offset 0.001
is 'one way, given: no bounds' "$(grep -c 'ahead by 1.00 ms$\|hard bounds' \
	"$WORK/out")" 1
ends mptcp-owd one-way --client 1 --offset 0.001 --json
python 'one way, given: the offset, and no bounds' "
c = d['clock']
[part] = c['segments']
for known in c, part:
    assert known['offset_s'] == 0.001 and known['rtt_min_ms'] is None, known
    assert known['hard_offset_s'] is None and known['hard_skew_ppm'] is None, known
assert part['pairs'] == len(ways('one-way', 'server')), part
assert d['streams'][0]['owd_ms']['min'] == 4"
ends mptcp-owd jump --json
python 'jump: no offset' "
c = d['clock']
assert c['offset_s'] is None and not c['applied'], c
assert all(p['offset_s'] is None and p['skew_ppm'] is None for p in c['segments']), c
assert c['segments'], c"
for first in client server; do
	second=$([ $first = client ] && echo server || echo client)
	run_json() {
		"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$@" 2>"$WORK/err"
	}
	run_json "$WORK/jump-$second.pcapng" >"$WORK/alone"
	run_json --with="$WORK/jump-$second.pcapng" "$WORK/jump-$first.pcapng" >"$WORK/out"
	python "jump, $first: when an interruption was by the other clock is not known" "
alone = json.load(open('$WORK/alone', encoding='utf-8'))['connections'][0]['directions']
[c] = d['connections']
towards = dict(client=1, server=0)['$first'] # what the other end sends
both, one = c['directions'][towards], alone[towards]
assert one['interruption_at_s'] is not None and one['interruption_max_s'] > 0, one
assert both['interruption_max_s'] == one['interruption_max_s'], both
assert both['interruption_at_s'] is None, both"
done
for how in ends turned; do
	$how mptcp-owd before-syn --json --clock raw
	python "before the SYN, $how: it belongs to the stream" "
check('before-syn')
assert d['matching']['only_first'] == d['matching']['only_second'] == 0"
	$how mptcp-owd older --json --clock raw
	python "older, $how: it does not" "
check('older')
assert d['matching']['only_first'] + d['matching']['only_second'] == 1"
done
turned mptcp-map before-syn
is 'before the SYN: a piece' "$(sed -n '2,$s/:.*//p' "$WORK/out")" \
	'    tcp 0 is tcp 1; certain
    tcp 0 is tcp 0; likely (score 0.90)'

ends mptcp-map reused --all
is 'reused: all that is possible' "$(sed '/^      /d; s/\(certain\|0\.[0-9]*)\):.*/\1/' \
	"$WORK/out")" \
	'connection 0 is connection 0 of the second capture; likely (score 0.61)
    tcp 0 is tcp 0; likely (score 0.61)
connection 0 is connection 1 of the second capture; likely (score 0.30)
    tcp 0 is tcp 1; likely (score 0.30)
connection 1 is connection 1 of the second capture; certain
    tcp 1 is tcp 1; certain'

# What reinjections were good for; the times of arrival are 5 and 15 ms after.
"$BUILD/mptcp-reinject" --cache-dir "$CACHE" --json \
	--with="$WORK/reinjected-server.pcapng" \
	"$WORK/reinjected-client.pcapng" >"$WORK/out"
python 'reinjected: verdicts' "
r = d['reinjections']
assert [x['verdict'] for x in r] == ['useful', 'redundant'] + 2 * ['unknown'], r
assert [x['delta_ms'] for x in r] == [None, -10.100037, None, None], r"

# The originals are 40 and 50 ms late, the second path is 10 ms longer.
"$BUILD/mptcp-reinject" --cache-dir "$CACHE" --json \
	--with="$WORK/useful-server.pcapng" "$WORK/useful-client.pcapng" >"$WORK/out"
python 'useful: reinjections were sooner' "
r = d['reinjections']
assert [x['verdict'] for x in r] == ['useful', 'useful'], r
assert all(abs(x['delta_ms'] - late) < 0.2 for x, late in zip(r, (30, 40))), r"
ends mptcp-plot useful reinject -w "$WORK/useful.svg"
ok 'useful: each word stands on its side of 0' python3 -c "
import re
svg = open('$WORK/useful.svg', encoding='utf-8').read()
def text(word):
    return re.search('<text x=\"([0-9.]+)\"[^>]*>' + word + '<', svg)
left, right, zero = text('redundant'), text('useful'), text('0')
assert 'text-anchor=\"end\"' in left.group() and 'text-anchor' not in right.group(), (left, right)
zero = float(zero.group(1))
assert zero - 8 < float(left.group(1)) < zero < float(right.group(1)) < zero + 8, (left, right, zero)"
ends mptcp-plot useful owd -w "$WORK/useful.svg"
ok 'what is lost to the client is a cross in a ring' python3 -c "
import re
svg = open('$WORK/useful.svg', encoding='utf-8').read()
[path] = re.findall('<title>tcp 0, lost to client</title>\s*<path d=\"([^\"]*)\"', svg)
strokes = [len(re.findall(r'-?[0-9]*\.?[0-9]+', part)) // 2 for part in re.split('[mM]', path) if part]
assert strokes[0] == 2 and strokes[1] + (strokes[2] if len(strokes) > 2 else 0) >= 14, strokes"

# Subflows and connections that one capture does not have.
ends mptcp-map partly
is 'map: what is not there' "$(sed '/^      /d; s/;.*//' "$WORK/out")" \
	'connection 0 is connection 0 of the second capture
    tcp 0 is tcp 0
    tcp 1 is not in the second capture
    tcp 1 of the second capture is not in the first
connection 1 is not in the second capture'
turned mptcp-map partly
is 'map: what is not there, turned' "$(sed '/^      /d; s/;.*//' "$WORK/out")" \
	'connection 0 is connection 0 of the second capture
    tcp 0 is tcp 0
    tcp 1 is not in the second capture
    tcp 1 of the second capture is not in the first'
ends mptcp-owd partly --json
python 'owd: initial subflows and joins do not go together' "
assert {s['tcp_stream'] for s in d['streams']} == {0}"
ends mptcp-map middle
is 'map: likely only' "$(sed 's/: .*//' "$WORK/out")" \
	'connection 0 is connection 0 of the second capture; likely (score 0.72)
    tcp 0 is tcp 0; likely (score 0.72)
connection 1 is not in the second capture'

# Plots: what of the other end is not there, and what was lost.
ends mptcp-plot partly seq -t 1 -w "$WORK/no.svg"
is 'seq: not in the other capture' "$?" 3
ok 'seq: says so' grep -q 'no TCP stream 1 of the first capture' "$WORK/err"
ends mptcp-plot partly dsn -c 1 -w "$WORK/no.svg"
is 'dsn: not in the other capture' "$?" 3
ok 'dsn: says so' grep -q "no connection 1 of " "$WORK/err"
is 'nothing is drawn' "$(find "$WORK" -name 'no*')" ''
for how in ends turned; do
	$how mptcp-plot partly rate -c 0 --towards server \
		-w "$WORK/rate.json"
	cp "$WORK/rate.json" "$WORK/out"
	python "rate, $how: what arrived on a subflow that was not seen leaving" "
area = {}
for s in d['series']:
    p = s['points']
    area[s['name']] = sum(a[1] * (b[0] - a[0]) for a, b in zip(p, p[1:])) / 8
# 20 bytes in each exchange: three on both, one on each that is seen once.
for name, bytes in (('connection, sent', 80), ('connection, arrived', 80),
                    ('tcp 0, arrived', 60)):
    assert abs(area[name] - bytes) < 1e-3, (name, area)
arrived = [v for k, v in area.items() if k.startswith('tcp') and 'arrived' in k]
assert len(arrived) == 2 and min(arrived) < 1e-3"
done
for kind in seq dsn; do
	ends mptcp-plot late $kind --towards server -w "$WORK/out.json"
	cp "$WORK/out.json" "$WORK/out"
	python "$kind: what the wire lost" "
[s] = [s for s in d['series'] if s['name'] == 'lost on the way']
[[x, y]] = s['points']
# After 20 bytes and four packets of 100; both count from 1.
assert y == 1 + 20 + 400 + 50, y"
done
ends mptcp-plot late flight --towards server -w "$WORK/out.json"
cp "$WORK/out.json" "$WORK/out"
python 'flight: the lost one is not on the way' "
[s] = [s for s in d['series'] if 'not yet arrived' in s['name']]
p = s['points']
area = sum(a[1] * (b[0] - a[0]) for a, b in zip(p, p[1:]))
ways = ways('late', 'server')
assert len(ways) == 12 and ways[7] is None
bytes = [0, 0, 20] + 9 * [100]
wanted = sum(n * w for n, w in zip(bytes, ways) if w) / 1e9
assert abs(area - wanted) < 1e-9, (area, wanted)"
ends mptcp-plot late owd --label 0=WiFi -w "$WORK/out.json"
cp "$WORK/out.json" "$WORK/out"
python 'owd: a label does not tell the direction, so it is named' "
points = {s['name']: [y for _, y in s['points']] for s in d['series']}
for end in 'server', 'client':
    way = [w / 1e6 for w in ways('late', end) if w]
    assert points['WiFi, to ' + end] == way, (points, way)
assert len(points['WiFi, lost to server']) == 1"
ends mptcp-plot few dsn --towards server -w "$WORK/few.json"
ok 'no clock: says so' grep -q ', clocks not corrected' "$WORK/few.json"
ends mptcp-plot few owd -w "$WORK/no.svg"
is 'owd, no clock: exit status' "$?" 3
ok 'owd, no clock: why no delay is known' grep -q \
	'nothing to draw: cannot compare the clocks: too few' "$WORK/err"

finish
