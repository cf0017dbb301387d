#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-plot: every kind in every format, the numbers behind them, errors.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
tests_of mptcp-plot
client=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz
failure=testdata/captures/path-failure-client.pcapng.gz

plot() {
	"$BUILD/mptcp-plot" --cache-dir "$CACHE" "$@" 2>"$WORK/err"
}

# bad NAME STATUS PATTERN ARGUMENT...: fails, says why, makes nothing
bad() {
	bad_name=$1 bad_status=$2 bad_pattern=$3
	shift 3
	run "$@"
	is "$bad_name: exit status" "$STATUS" "$bad_status"
	ok "$bad_name: says why" grep -q "$bad_pattern" "$WORK/err"
	is "$bad_name: prints nothing" "$(cat "$WORK/out")" ''
}

# d is the JSON document of the last picture.
prelude "d = json.load(open('$WORK/out.json', encoding='utf-8'))
def points(name):
    [s] = [s for s in d['series'] if name in s['name']]
    return [p for p in s['points'] if None not in p]"

# As a path manager writes them.
for i in 0 1; do
	printf '{"delay":%d,"subflows":[{"srcIp":"10.0.0.1","srcPort":1,
		"dstIp":"10.0.0.2","dstPort":2,"snd_cwnd":%d,"rtt_us":%d,
		"delivery_rate":%d}]}' \
		$((i * 100)) $((10 + i)) $((i * 4000)) $((i * 1000)) \
		>"$WORK/$i.json"
done

# pdf_text FILE: it, and what it has in compressed streams: there cairo 1.18 has
# all but pictures
pdf_text() {
	python3 -c "
import re, sys, zlib
data = open(sys.argv[1], 'rb').read()
sys.stdout.buffer.write(data)
for at in re.finditer(rb'stream\n', data):
    try:
        sys.stdout.buffer.write(zlib.decompressobj().decompress(data[at.end():]))
    except zlib.error:  # not a compressed one
        pass" "$1"
}

kinds=$(plot --list | awk '{ print $1 }')
is 'the kinds' "$(echo "$kinds" | tr '\n' ' ')" \
	'dsn seq ack rate goodput limits share flight rtt owd reinject reorder occupancy interarrival dss attr cwnd '
for kind in $kinds; do
	case $kind in
	owd) other=$server capture=$client ;;
	reorder | occupancy) other='' capture=$server ;;
	cwnd) other='' capture="$WORK/1.json $WORK/0.json" ;;
	attr) other='' capture="$failure --field=window" ;;
	*) other='' capture=$failure ;;
	esac
	for format in png svg pdf xpl csv json; do
		# shellcheck disable=SC2086
		plot "$kind" -w "$WORK/one.$format" $capture ${other:+"$other"}
		is "$kind.$format: exit status" "$?" 0
		# shellcheck disable=SC2086
		plot "$kind" --format "$format" -w - $capture \
			${other:+"$other"} >"$WORK/two.$format"
		ok "$kind.$format: the same bytes again" \
			cmp "$WORK/one.$format" "$WORK/two.$format"
	done
	ok "$kind.png: no time in it" sh -c \
		"! LC_ALL=C grep -qa -e tIME -e tEXt '$WORK/one.png'"
	pdf_text "$WORK/one.pdf" >"$WORK/one.text"
	ok "$kind.pdf: text is text" grep -qa '/Type /Font' "$WORK/one.text"
	ok "$kind.svg: axis titles are text" python3 -c "
import json, xml.etree.ElementTree as tree
d = json.load(open('$WORK/one.json', encoding='utf-8'))
text = [''.join(e.itertext()) for e in tree.parse('$WORK/one.svg').iter()
        if e.tag.endswith('}text')]
titles = [c[axis]['title'] for c in (d, d.get('below')) if c for axis in 'xy']
for what in titles + [d['title']]:
    assert what and any(t.startswith(what) for t in text), (what, text)"
done

# The numbers: two-paths sent 1000024 bytes, each of them once.
good 'dsn' dsn -w "$WORK/out.json" "$client"
python 'dsn: ends with the last byte' "
ends = [p[-1] for n in ('tcp 0', 'tcp 1') for p in points(n)]
starts = [p[1] for n in ('tcp 0', 'tcp 1') for p in points(n)]
assert min(starts) == 1 and max(ends) == 1000025, (min(starts), max(ends))
assert sum(p[-1] - p[1] for n in ('tcp 0', 'tcp 1') for p in points(n)) == 1000024
acks = [p[1] for p in points('DATA_ACK')]
assert acks == sorted(acks) and acks[-1] >= 1000025"
for kind in rate goodput; do
	good "$kind" "$kind" --window 10 -w "$WORK/out.json" "$client"
	name=$([ "$kind" = rate ] && echo connection || echo 'in the window')
	python "$kind: its area is what was sent" "
p = points('$name')
area = sum(a[1] * (b[0] - a[0]) for a, b in zip(p, p[1:])) / 8
assert abs(area - 1000024) < 1, area"
done
good 'stacked' rate --stacked --window 10 -w "$WORK/out.json" "$client"
python 'stacked: areas on top of each other, the connection above' "
low, high, all = points('tcp 0'), points('tcp 1'), points('connection')
assert len(low) == len(high) == len(all) - 1 > 50
for a, b, c in zip(low, high, all):
    assert a[0] == b[0] == c[0] and a[1] == 0 and a[2] == b[1]
    assert abs(b[2] - c[1]) < 1e-6"
good 'limits' limits -w "$WORK/out.json" "$client"
"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$client" >"$WORK/limits.json"
python 'limits: the areas below are the times of mptcp-summary' "
def time_in(s):
    p = s['points']
    return sum((a[2] - a[1]) / 100 * (b[0] - a[0]) for a, b in zip(p, p[1:]) if a[1] is not None)
found = {s['name'].replace(' ', '_'): time_in(s) for s in d['below']['series']}
right = json.load(open('$WORK/limits.json'))['connections'][0]['directions'][0]['limits']
assert set(found) == {state for state in right if right[state]}, found
assert all(abs(found[state] - right[state]) < 1e-5 for state in found), (found, right)"
python 'limits: the steps of both plots are those of the title' "
import re
ms = float(re.search('steps of ([0-9.]+) ms', d['title']).group(1))
for s in d['series'][0], d['below']['series'][0]:
    t = [p[0] for p in s['points']]
    assert len(t) > 50 and all(abs((b - a) * 1e3 - ms) < 1e-5 for a, b in zip(t[:-2], t[1:-1])), (ms, t)"
good 'limits, as a picture' limits -w "$WORK/limits.svg" "$client"
python 'limits: lines end at the frame, and are not cut' "
import re
svg = open('$WORK/limits.svg', encoding='utf-8').read()
width = float(re.search('h([0-9]+)m', svg).group(1))
left = float(re.search('<path d=\"m([0-9.]+)[^>]*stroke-linejoin', svg).group(1))
lines = re.findall('<path d=\"m%g [0-9.]+h([^\"]*)\" fill=\"none\"[^>]*stroke-linejoin' % left, svg)
for line in lines:
    along = sum(float(x) for part in re.findall('h([-0-9. ]+)', 'h' + line) for x in part.replace('-', ' -').split())
    assert width - 8 < along < width + 0.3, (width, along)
clips = [sum(map(float, c)) for c in re.findall('clipPath id=[^>]*><rect x=\"([0-9.]+)\"[^>]*width=\"([0-9.]+)\"', svg)]
assert lines and len(clips) > 1 and all(right <= left + width + 0.5 for right in clips), (lines, clips, left + width)"
good 'dsn' dsn -w "$WORK/dsn.json" "$client"
good 'window' goodput --window 25 -w "$WORK/out.json" "$client"
python 'goodput: the window moves' "
sent = [p for s in json.load(open('$WORK/dsn.json'))['series'] if s['style'] == 'segments'
        for p in s['points']]
line = points('in the window')
begin = min(p[0] for p in sent)
for t, rate in line[1::17]:
    within = sum(p[2] - p[1] for p in sent if t - 0.025 + 1e-10 < p[0] < t + 1e-10)
    assert abs(within * 8 / 0.025 - rate) < 1, (t, rate, within)
for t, rate in points('since the start'):
    before = sum(p[2] - p[1] for p in sent if p[0] < t + 1e-10)
    assert abs(before * 8 / (t - begin) - rate) < 1e-6 * rate, (t, rate)"
good 'ack' ack -w "$WORK/out.json" "$client"
"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$client" >"$WORK/summary"
python 'ack: the sum is what was sent' "
s = json.load(open('$WORK/summary', encoding='utf-8'))
for f in s['connections'][0]['directions'][0]['subflows']:
    mine = sum(p[1] for p in points('tcp %d' % f['tcp_stream']))
    assert f['sent_bytes'] <= mine <= f['sent_bytes'] + 2, mine
data = sum(p[1] for p in points('DATA_ACK'))
assert 999000 < data <= 1000025, data"
for field in frame tcp_stream seq ack len window scaled_window flags ip_id \
	interface options tsval tsecr sack mapping; do
	good "attr $field" attr --field $field -w "$WORK/attr-$field.json" \
		"$client"
done
cp "$WORK/attr-len.json" "$WORK/out.json"
python 'attr len: the sum is what was sent' "
assert sum(p[1] for n in ('tcp 0', 'tcp 1') for p in points(n)) == 1000024
def field(name):
    d = json.load(open('$WORK/attr-%s.json' % name))
    return [p[1] for p in d['series'][0]['points']]
assert field('frame') == sorted(field('frame'))
raw, scaled = field('window'), field('scaled_window')
assert raw[0] == scaled[0] and len(raw) == len(scaled) > 100 # the SYN
assert all(s == r * 1024 for r, s in zip(raw[1:], scaled[1:]))
assert set(field('tcp_stream')) == {0}"
good 'share' share -w "$WORK/out.json" "$client"
python 'share: 100 percent, in the end' "
top = [p[-1] for p in points('tcp 1')]
assert top and all(abs(t - 100) < 1e-6 for t in top)"
good 'owd' owd --towards server -w "$WORK/out.json" "$client" "$server"
python 'owd: not below the delay of the path' "
assert min(p[1] for p in points('tcp 0')) >= 10
assert min(p[1] for p in points('tcp 1')) >= 40
assert len(points('tcp 0')) == 565 and len(points('tcp 1')) == 154"
good 'raw' dsn --raw -w "$WORK/raw.svg" "$client"
good 'each' rate --each -w "$WORK/each-%d.svg" "$client"
ok 'each: a file' test -s "$WORK/each-0.svg"
mkdir "$WORK/sub" "$WORK/some"
plot rate --each --towards client -w "$WORK/some/%d.svg" \
	testdata/captures/fastclose-client.pcapng.gz
is 'each that can be drawn: exit status' "$?" 0
is 'each that can be drawn: so many files' \
	"$(find "$WORK/some" -name '*.svg' | wc -l)" 3
is 'each that can be drawn: one line counts the others' \
	"$(sed 's/.*nothing to draw/nothing to draw/' "$WORK/err")" \
	'nothing to draw: no data to the client (2 connections, the first is 0)'
good 'seq of a stream' seq -t 1 -w "$WORK/seq.svg" "$client"
good 'seq' seq -t 0 -w "$WORK/out.json" \
	testdata/captures/lossy-client-first-600.pcapng.gz
python 'seq: what was sent again, or arrived out of order, was sent' "
low = min(p[1] for p in points('10.0'))
high = max(p[2] for p in points('10.0'))
again, sack = points('sent again'), points('SACK')
assert low == 1 and len(again) > 5 and len(sack) > 100
assert all(low <= p[1] <= high for p in again)
assert all(low < p[1] < p[2] <= high for p in sack)"
good 'seq' seq -t 0 -w "$WORK/out.json" "$failure"
"$BUILD/mptcp-reinject" --cache-dir "$CACHE" --json "$failure" >"$WORK/summary"
python 'seq: what was reinjected on this subflow' "
r = json.load(open('$WORK/summary', encoding='utf-8'))['reinjections']
here = {round(x['time_s'], 6) for x in r if x['tcp_stream'] == 0}
assert len(here) == 12
assert {round(p[0], 6) for p in points('reinjected')} == here
assert [m['label'] for m in d['marks']] == ['DATA_FIN', 'handover', 'DATA_FIN']"
# --raw: the numbers of the packets, also behind 2^32 and without handshake.
for name in v1-seq-wrap mid-connection; do
	run seq --raw -t 0 -w "$WORK/raw.csv" "$SYN/$name.pcap"
	is "seq --raw, $name: exit status" "$STATUS" 0
	"$REAL" -r "$SYN/$name.pcap" -Y 'tcp.stream == 0' -T fields \
		-o tcp.relative_sequence_numbers:FALSE -e tcp.dstport \
		-e tcp.len -e tcp.seq -e tcp.ack >"$WORK/fields" 2>"$WORK/err"
	ok "seq --raw, $name: as in the packets" python3 -c "
import csv
rows = list(csv.DictReader(open('$WORK/raw.csv', encoding='utf-8')))
sent, acks, high = set(), set(), None
for line in open('$WORK/fields', encoding='utf-8'):
    port, len, seq, ack = map(int, line.split())
    if port == 5001 and len:
        sent.add((seq, (seq + len) % 2**32))
    elif port != 5001:
        acks.add(ack)
drawn = {(int(r['y']), int(r['y1'])) for r in rows if 'tcp 0' in r['series']}
assert drawn and drawn <= sent, (drawn, sent)
drawn = {int(r['y']) for r in rows if r['series'] == 'ACK'}
assert drawn and drawn <= acks, (drawn, acks)"
done
good 'seq --raw as xpl' seq --raw -t 0 -w "$WORK/raw.xpl" \
	"$SYN/v1-seq-wrap.pcap"
is 'seq --raw as xpl: less the ISN' "$(sed -n '/^ylabel/{n;p;}' \
	"$WORK/raw.xpl")" 'Sequence number - 4294967266'
bad 'dsn --raw without keys' 3 'initial data sequence number' dsn --raw \
	-w "$WORK/no.svg" "$SYN/mid-connection.pcap"
for theme in light dark print; do
	good "$theme" dsn --theme "$theme" --size 1600x1000 --dpi 48 \
		--from 0.2 --to 0.5 --time absolute --title T \
		-w "$WORK/$theme.png" "$client"
done
ok 'themes differ' sh -c "! cmp -s '$WORK/dark.png' '$WORK/light.png'"

# A subflow has one colour in every kind, and none of the connection's has it.
cat >"$WORK/colours.py" <<'END'
import functools, re
from xml.etree import ElementTree
@functools.lru_cache(None)
def groups(path):
    """[(title, colours)] of those that have one, the outer ones first."""
    found = []
    for e in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}g"):
        title = e.find("{http://www.w3.org/2000/svg}title")
        if title is not None:
            found.append((title.text, {c for x in e.iter() for c in (x.get("stroke"), x.get("fill"))
                                       if re.match("#", c or "") and c != "#ffffff"}))
    return found
def colour(path, name):
    return next((colours for title, colours in groups(path) if name in title), None)
END
for theme in light dark; do
	set --
	for kind in dsn ack rate share flight rtt interarrival \
		"attr --field=len" "rate --stacked"; do
		# shellcheck disable=SC2086
		plot $kind --theme $theme -w "$WORK/c$#.svg" "$failure"
		set -- "$@" "$WORK/c$#.svg"
	done
	plot seq -t 0 --theme $theme -w "$WORK/seq0.svg" "$failure"
	plot seq -t 1 --theme $theme -w "$WORK/seq1.svg" "$failure"
	plot owd --theme $theme -w "$WORK/owd.svg" "$client" "$server"
	ok "$theme: a subflow has one colour" env \
		PYTHONPATH="$WORK" python3 -B -c "
import sys
from colours import colour
two = [set().union(*(colour(f, 'tcp %d' % k) or () for f in sys.argv[1:])) for k in (0, 1)]
assert len(two[0]) == len(two[1]) == 1 and two[0] != two[1], two
assert colour('$WORK/seq0.svg', 'tcp 0') == two[0] and colour('$WORK/seq1.svg', 'tcp 1') == two[1]
for name in ('connection', 'repeated by MPTCP', 'data, by DATA_ACK', 'receive window', 'across'):
    found = [c for f in sys.argv[1:] if (c := colour(f, name))]
    assert found and not any(c & (two[0] | two[1]) for c in found), name" \
		"$@" "$WORK/owd.svg"
done
# Twelve subflows: none is left out of any legend, of a picture of any size.
python3 -B - "$WORK/many.pcap" <<'END'
import sys
sys.path.insert(0, "tests")
import craft
capture = craft.Capture()
connection = craft.Connection(capture)
for k in range(12):
    path = craft.PATH_A._replace(client_port=2000 + k)
    subflow = connection.join(path) if connection.subflows else connection.open(path)
    for _ in range(4):
        craft.exchange(subflow, 1000, 10)
open(sys.argv[1], "wb").write(craft.pcap(capture))
END
for size in 800x600 760x340 400x300 120x80mm; do
	for kind in dsn rate share rtt interarrival flight; do
		plot $kind --towards server --size $size -w "$WORK/many.svg" "$WORK/many.pcap"
		ok "12 subflows, $kind, $size: all in the legend" python3 -c "
import re
text = open('$WORK/many.svg', encoding='utf-8').read().split('</g>')[-1]
missing = [k for k in range(12) if not re.search(r'tcp %d\)?<' % k, text)]
assert not missing and ' more<' not in text, missing"
	done
done

# Options of looks.
good 'mm' rate --size 84x60mm -w "$WORK/mm.pdf" "$client"
pdf_text "$WORK/mm.pdf" >"$WORK/mm.text"
ok 'mm: the page is so large' python3 -c "
import re
box = re.search(rb'/MediaBox \[ ?([-\d. ]+)\]', open('$WORK/mm.text', 'rb').read())
width, height = map(float, box.group(1).split()[2:])
assert abs(width / 72 * 25.4 - 84) < 0.01 and abs(height / 72 * 25.4 - 60) < 0.01, box.group(1)"
good 'font-size' rate --no-heading --font-size 8 --font Serif --colors f80,0072b2 \
	--ymax 20M --label 0=WiFi --label 1=LTE -w "$WORK/look.svg" "$client"
ok 'no heading, labels, font, size and colours' python3 -c "
import re
svg = open('$WORK/look.svg', encoding='utf-8').read()
sizes = {float(x) for x in re.findall(r'font-size=\"([\d.]+)\"', svg)}
assert min(sizes) >= 8 / 0.75 - 0.01 and max(sizes) < 12, sizes # of a px of 0.75 points
assert 'font-family=\"Serif\"' in svg and '#ff8800' in svg and '#0072b2' in svg
texts = re.findall(r'>([^<]+)</text>', svg)
assert 'WiFi' in texts and 'LTE' in texts and not any('tcp' in t or 'steps' in t for t in texts), texts
assert max(float(t) for t in texts if t.isdigit()) == 20, texts"
bad 'label of none' 2 'no TCP stream 9' rate --label 9=x -w "$WORK/no.png" "$client"
bad 'label without a text' 2 ': give' rate --label 0 -w "$WORK/no.png" "$client"
bad 'colours' 2 ': give' rate --colors red -w "$WORK/no.png" "$client"
bad 'too small' 2 'for --size: give 200x150' rate --size 10x10mm -w "$WORK/no.png" "$client"
bad 'text in mm' 2 'in characters' rate --format text --size 84x60mm "$client"

# A terminal that is wider than any picture as text.
COLUMNS=5000
export COLUMNS
good 'wide text' rate --format text "$client"
unset COLUMNS
ok 'wide text: as wide as --size allows' python3 -c "
lines = open('$WORK/out', encoding='utf-8').read().splitlines()
assert 900 < max(map(len, lines)) <= 1000, max(map(len, lines))"

# Runs in one picture: each distribution as alone.
cp "$client" "$WORK/run-1.pcapng"
gzip -dc "$failure" >"$WORK/run-2.pcapng"
good 'overlay' rtt --overlay -w "$WORK/out.json" "$WORK/run-1.pcapng" "$WORK/run-2.pcapng"
plot rtt -w "$WORK/one.json" "$WORK/run-1.pcapng"
plot rtt -w "$WORK/two.json" "$WORK/run-2.pcapng"
python 'overlay: the values of all subflows' "
assert [s['name'].split(' (')[0] for s in d['series']] == ['run-1', 'run-2']
assert d['x']['unit'] == 'ms' and d['x']['title'] == 'Round-trip time'
for k, run in enumerate(('one', 'two')):
    alone = json.load(open('$WORK/%s.json' % run, encoding='utf-8'))
    values = sorted(p[1] for s in alone['series'] if 'tcp' in s['name'] for p in s['points'])
    line = d['series'][k]
    assert line['name'].endswith('(n = %d)' % len(values))
    assert [p[0] for p in line['points'][1:]] == values
    assert all(abs(p[1] - (i + 1) / len(values)) < 1e-12 for i, p in enumerate(line['points'][1:]))"
good 'overlay, logarithmic' rtt --overlay --log x -w "$WORK/out.json" \
	"$WORK/run-1.pcapng" "$WORK/run-2.pcapng"
python 'overlay, logarithmic: the values' "
assert d['x']['scale'] == 'log' and d['y']['scale'] == 'linear'"
good 'overlay of one run' rtt --overlay -w "$WORK/out.json" \
	testdata/captures/handover/both-dead-client.pcapng.gz
python 'overlay: a long tail makes the axis logarithmic, as without' "
values = [p[0] for p in d['series'][0]['points']]
tail = min(values) > 0 and max(values) > 10 * statistics.median(values)
assert d['x']['scale'] == ('log' if tail else 'linear') and tail, d['x']
assert d['subtitle'].startswith('1 run, '), d['subtitle']"
bad 'overlay: logarithmic y' 2 'cannot be used with --overlay' rtt --overlay --log y \
	-w "$WORK/no.png" "$client"
good 'overlay of a distribution' interarrival --overlay -w "$WORK/out.json" \
	"$WORK/run-1.pcapng" "$WORK/run-2.pcapng"
plot interarrival -w "$WORK/one.json" "$WORK/run-1.pcapng"
python 'overlay of a distribution: that of the connection' "
alone = json.load(open('$WORK/one.json', encoding='utf-8'))
[across] = [s for s in alone['series'] if s['name'] == 'across subflows']
assert d['series'][0]['points'] == across['points'] and d['x']['scale'] == 'log'"
good 'overlay of both ends' owd --overlay --towards server -w "$WORK/out.json" \
	"$client" "$server" testdata/captures/handover/backup-client.pcapng.gz \
	testdata/captures/handover/backup-server.pcapng.gz
bad 'overlay: half a pair' 2 'both ends of each run' owd --overlay \
	-w "$WORK/no.png" "$client"
bad 'overlay: captures that have nothing in common' 3 'data or address in common' owd --overlay \
	-w "$WORK/out.json" "$client" "$SYN/v1-byte-classes.pcap"
bad 'overlay: no such capture' 3 "cannot read '/nonexistent'" rtt --overlay \
	-w "$WORK/out.json" "$client" /nonexistent
bad 'overlay: no such connection' 3 'no connection 99' rtt --overlay -c 99 \
	-w "$WORK/out.json" "$client"
bad 'overlay: no such directory' 5 "cannot create '/nonexistent/out" rtt --overlay \
	-w /nonexistent/out.json "$client"
bad 'overlay: one line per run' 2 'cannot be used with --overlay' rtt --overlay --each \
	"$client"
bad 'overlay: over time' 2 "cannot be used with 'rate'" rate --overlay \
	-w "$WORK/no.png" "$client"
bad 'overlay: nothing in any' 3 'in any capture' reinject --overlay \
	-w "$WORK/no.png" "$client"

# A pattern of -c: the largest is taken, and named.
plot rate -w "$WORK/some.svg" testdata/captures/fallback-client.pcapng.gz
is 'largest: exit status' "$?" 0
ok 'largest: is named' grep -q 'the largest of 6; use -c' "$WORK/err"

good 'rtt' rtt -w "$WORK/out.json" "$client"
"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$client" >"$WORK/summary"
python 'rtt: the median is that of mptcp-summary' "
import statistics
s = json.load(open('$WORK/summary', encoding='utf-8'))
for f in s['connections'][0]['directions'][0]['subflows']:
    mine = [p[1] for p in points('tcp %d' % f['tcp_stream'])]
    assert len(mine) == f['rtt_ms']['n']
    assert abs(statistics.median(mine) - f['rtt_ms']['p50']) < 1e-5
data = [p[1] for p in points('DATA_ACK')]
assert len(data) > 10 and min(data) >= 20"
good 'reorder' reorder -w "$WORK/out.json" "$server"
"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$server" >"$WORK/summary"
python 'reorder: the median and the longest are those of mptcp-summary' "
s = json.load(open('$WORK/summary', encoding='utf-8'))
wanted = s['connections'][0]['directions'][0]['out_of_order_delay_ms']
mine = sorted(p[0] for p in points('packets')[1:])
assert abs(mine[-1] - wanted['max']) < 1e-5
assert abs((mine[(len(mine) - 1) // 2] + mine[len(mine) // 2]) / 2 - wanted['p50']) < 1e-5
[held] = d['below']['series']
assert d['below']['y']['unit'] == 'bytes' and d['below']['x']['unit'] == 's'
assert max(p[1] for p in held['points']) > 10000"
good 'occupancy' occupancy -w "$WORK/occupancy.json" "$server"
python 'reorder: the lower part is occupancy' "
o = json.load(open('$WORK/occupancy.json', encoding='utf-8'))
assert o['series'][0]['points'] == d['below']['series'][0]['points']"
for kind in rtt flight; do
	bad "$kind: at the receiver" 3 'at the sender of the data' $kind \
		-w "$WORK/no.png" "$server"
done
bad 'reorder: at the sender' 3 'at the receiver of the data' reorder \
	-w "$WORK/no.png" "$client"
good 'cwnd' cwnd -w "$WORK/out.json" "$WORK/1.json" "$WORK/0.json"
python 'cwnd: in order of time' "
assert points('10.0.0.1:1 > 10.0.0.2:2') == [[0, 10], [0.1, 11]]
assert d['x'] == d['below']['x']
# Below it the delivery rate, in bit/s; the kernel's 0 says that it has none.
assert d['below']['y']['unit'] == 'bit/s'
assert d['below']['series'][0]['points'] == [[0, None], [0.1, 8000]]"
good 'cwnd --field' cwnd --field rtt_us -w "$WORK/out.json" "$WORK/1.json" \
	"$WORK/0.json"
python 'cwnd --field: in ms' "
assert points('10.0.0.1:1') == [[0.1, 4]] and 'below' not in d"
good 'cwnd.csv' cwnd -w "$WORK/out.csv" "$WORK/1.json" "$WORK/0.json"
is 'cwnd.csv: columns of both' "$(head -n 1 "$WORK/out.csv")" \
	'series,x_s,y,lower_x_s,lower_y_bit_per_s'
is 'cwnd.csv: lines of both' "$(sed -n '3p;5p' "$WORK/out.csv" | tr '\n' ' ')" \
	'10.0.0.1:1 > 10.0.0.2:2,0.1,11,, 10.0.0.1:1 > 10.0.0.2:2,,,0.1,8000 '
sed 's/snd_cwnd/unacked/g' "$WORK/1.json" >"$WORK/unacked.json"
good 'cwnd --field, unknown to us' cwnd --field unacked -w "$WORK/out.json" \
	"$WORK/unacked.json"
python 'cwnd --field, unknown to us: as it is' "
assert points('10.0.0.1:1') == [[0.1, 11]] and d['title'] == 'unacked'"
bad 'cwnd: no such field' 3 "no subflow has a value 'x'" cwnd --field x \
	-w "$WORK/no.png" "$WORK/1.json"
sed 's/srcIp/from/' "$WORK/1.json" >"$WORK/whose.json"
bad 'cwnd: whose' 3 'has no addresses' cwnd -w "$WORK/no.png" \
	"$WORK/whose.json"
echo '{}' >"$WORK/empty.json"
bad 'cwnd: another file' 3 "no 'subflows'" cwnd -w "$WORK/no.png" \
	"$WORK/empty.json"
bad 'cwnd: a capture alone' 3 'use --ss FILE with what ss -tinM printed' cwnd \
	-w "$WORK/no.png" "$client"
bad 'cwnd: no file' 3 "cannot read '$WORK/nothing'" cwnd -w "$WORK/no.png" \
	"$WORK/nothing"
bad 'no field' 2 'give frame' attr -w "$WORK/no.png" "$client"
bad 'unknown field' 2 'tsval' attr --field x -w "$WORK/no.png" "$client"
bad 'unknown kind' 2 'interarrival' sdn -w "$WORK/no.png" "$client"
bad 'no kind' 2 'no KIND' -w "$WORK/no.png"
bad 'no capture' 2 'no capture' dsn -w "$WORK/no.png"
bad 'no output' 2 'FILE is missing' dsn "$client"
bad 'unknown format' 2 'unknown format' dsn -w "$WORK/no.gif" "$client"
bad 'bad format' 2 "'gif'" dsn --format gif -w "$WORK/no" "$client"
bad 'bad size' 2 'size: give WIDTHxHEIGHT' dsn --size 3x -w "$WORK/no.png" "$client"
bad 'one capture' 2 'both ends' owd -w "$WORK/no.png" "$client"
bad 'two captures' 2 'uses one capture only' rtt -w "$WORK/no.png" "$client" "$server"
bad 'three captures' 2 'at most two' dsn -w "$WORK/no.png" "$client" \
	"$server" "$failure"
bad 'the same twice' 3 'same capture' dsn -w "$WORK/no.png" "$client" "$client"
bad 'not stacked' 2 "cannot be used with 'dsn'" dsn --stacked -w "$WORK/no.png" \
	"$client"
bad 'limits: too many steps' 2 'is too short for' limits --window 0.001 \
	-w "$WORK/no.png" testdata/captures/path-failure-client.pcapng.gz
bad 'no window' 2 "cannot be used with 'rtt'" rtt --window 5 -w "$WORK/no.png" \
	"$client"
bad 'not raw' 2 "cannot be used with 'rate'" rate --raw -w "$WORK/no.png" "$client"
bad 'no place for a field' 2 "cannot be used with 'dsn'" dsn --field len \
	-w "$WORK/no.png" "$client"
bad 'window too short' 2 'too short' rate --window 0.001 -w "$WORK/no.png" \
	"$failure"
for kind in goodput share; do
	bad "window too short, $kind" 2 'too short' $kind --window 0.001 \
		-w "$WORK/no.png" "$failure"
done
bad 'two streams' 2 'one TCP stream' seq -t 0 -t 1 -w "$WORK/no.png" "$client"
bad 'stream of a connection' 2 'cannot be used with' dsn -t 0 -w "$WORK/no.png" "$client"
bad 'each without number' 2 '%d' dsn --each -w "$WORK/no.png" "$client"
bad 'no data' 3 'nothing to draw' dsn --towards client -w "$WORK/no.png" \
	"$client"
bad 'no reinjection' 3 'nothing to draw' reinject -w "$WORK/no.png" "$client"
bad 'no such connection' 3 'no connection 9' dsn -c 9 -w "$WORK/no.png" \
	"$client"
bad 'unwritable' 5 'cannot create' dsn -w "$WORK/nowhere/no.png" "$client"
python3 -c "import socket
socket.socket(socket.AF_UNIX).bind('$WORK/socket.png')"
bad 'a socket' 5 'cannot write' dsn -w "$WORK/socket.png" "$client"
bad 'a directory' 5 'cannot write' dsn -w "$WORK/sub" --format png "$client"
is 'a directory: empty' "$(ls -A "$WORK/sub")" ''
(
	trap '' XFSZ
	ulimit -f 1
	export GCOV_PREFIX="$WORK/counts" # half of them, with COVERAGE=1
	plot dsn --format csv -w "$WORK/no.csv" "$client"
	[ $? -eq 5 ]
)
is 'no room: exit status' "$?" 0
if [ -w /dev/full ]; then
	for format in png svg pdf xpl csv json; do
		bad "full disk, $format" 5 'No space' dsn --format $format \
			-w /dev/full "$client"
		plot dsn --format $format -w - "$client" >/dev/full
		is "full stdout, $format: exit status" "$?" 5
	done
	"$BUILD/mptcp-plot" --list >/dev/full 2>"$WORK/err"
	is 'full stdout, --list: exit status' "$?" 5
fi
echo old >"$WORK/kept.png"
bad 'what was there' 3 'nothing to draw' dsn --towards client \
	-w "$WORK/kept.png" "$client"
is 'what was there: stays' "$(cat "$WORK/kept.png")" old
is 'failures leave nothing behind' "$(find "$WORK" -name 'no*')" ''
finish
