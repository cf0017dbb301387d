#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-split: each file has exactly its packets, by a second reading.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
tests_of mptcp-split
editcap=$(command -v editcap)
one=testdata/captures/two-paths-client.pcapng
many=testdata/captures/fallback-client.pcapng.gz
out=$WORK/out.pcapng

# these_packets NAME CAPTURE WHAT [as-pcapng]: $out has them, and will be kept for
# compare_split.py, which reads each capture once for all files that are split from it
splits=0
these_packets() {
	splits=$((splits + 1))
	cp "$out" "$WORK/split-$splits"
	name=$1 capture=$2
	shift 2
	(
		IFS='	'
		printf '%s\n' "$name	$capture	$WORK/split-$splits	$*"
	) >>"$WORK/splits"
}

# good NAME WHAT CAPTURE OPTION...: succeeds, silently, with these packets
good() {
	name=$1 what=$2 capture=$3
	shift 3
	run -f -w "$out" "$@" "$capture"
	is "$name: exit status" "$STATUS" 0
	# That a header makes no sense is said of two captures, of others that
	# not all is there.
	is "$name: stderr" "$(grep -v -e 'impossible header or time is left out$' \
		-e ' not captured$' "$WORK/err")" ''
	these_packets "$name: these packets" "$capture" "$what"
}
read_natively # but where the script is about who reads

for id in 0 1 5; do
	good "connection $id, gzip" "connection $id" "$many" -c "$id"
done
good 'connection, two interfaces' 'connection 0' "$one" -c 0
good 'stream' 'stream 1' "$one" -t 1
good 'rest' rest "$one" --rest
good 'clean' clean "$one" --clean
good 'a connection, of which TCP' 'connection 1' "$many" -c 1 --clean
for file in icmp-quotes-tcp fault-data-offset-4 fault-data-offset-15 link-vlan \
	ip-v6 ipip-tunnel link-sll2 time-nanoseconds v1-four-tuple-reuse; do
	good "$file: clean" clean "$SYN/$file.pcap" --clean
	good "$file: connection" 'connection 0' "$SYN/$file.pcap" -c 0
done
good 'icmp-quotes-tcp: rest' rest "$SYN/icmp-quotes-tcp.pcap" --rest
good 'no TCP: rest is all' rest "$SYN/no-tcp.pcap" --rest
good 'plain TCP: rest, clean' rest,clean "$SYN/plain-tcp.pcap" --rest --clean

# Connections whose packets alternate, with something else between any two.
python3 - "$many" "$WORK/mixed.pcap" <<'EOF'
import struct, sys
sys.path.insert(0, "tests")
sys.dont_write_bytecode = True
import reference
packets = list(reference.read_capture(sys.argv[1]))
_, tcp, connections = reference.analyse(sys.argv[1])
lists = [[p.frame for p in c.packets] for c in connections]
frames = []
while any(lists):
    frames += [l.pop(0) for l in lists if l]
clock = packets[0][0]
with open(sys.argv[2], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, packets[0][1]))
    for n, frame in enumerate(frames):
        time, _, data, origlen = packets[frame - 1]
        clock += 1001
        out.write(struct.pack("<IIII", clock // 10**9, clock % 10**9, len(data), origlen) + data)
        out.write(struct.pack("<IIII", clock // 10**9, clock % 10**9 + 1, 14, 14) + bytes(14))
EOF
good 'packets that alternate: rest' rest "$WORK/mixed.pcap" --rest
good 'packets that alternate: clean' clean "$WORK/mixed.pcap" --clean

# Comments of packets, and another format.
if [ -n "$editcap" ]; then
	"$editcap" -a 10:first -a '100:a "second"' "$one" "$WORK/comments.pcapng"
	good 'comments' 'connection 0' "$WORK/comments.pcapng" -c 0
	ok 'comments: are there' grep -q 'a "second"' "$out"
	"$editcap" -F snoop "$SYN/v1-byte-classes.pcap" "$WORK/other.snoop"
	run --reader auto -f -w "$out" -c 0 "$WORK/other.snoop"
	is 'another format: exit status' "$STATUS" 0
	these_packets 'another format: these packets' \
		"$SYN/v1-byte-classes.pcap" 'connection 0' as-pcapng
else
	skip 'comments, and another format' 'no editcap'
fi

# fields FILE FILTER: what tshark has of the packets
fields() {
	"$REAL" -n -r "$1" -Y "$2" -T fields -e frame.time_epoch \
		-e frame.interface_name -e frame.cap_len -e frame.len -e ip.id \
		-e tcp.srcport -e tcp.seq_raw -e tcp.checksum 2>"$WORK/said"
}
run -f -w "$out" -t 1 "$one"
ok 'to tshark: as they were' test \
	"$(fields "$one" tcp.stream==1)" = "$(fields "$out" frame)"
ok 'to tshark: some' test -n "$(fields "$out" frame)"

# A header that says less than there is, and blocks of other kinds: tshark makes
# something of them.
python3 - "$SYN/v1-byte-classes.pcap" "$one" "$WORK" <<'EOF'
import struct, sys
plain, ng, work = sys.argv[1:]
data = open(plain, 'rb').read()
open(work + '/snaplen.pcap', 'wb').write(data[:16] + struct.pack('<I', 0) + data[20:])
data = open(ng, 'rb').read()
at = blocks = 0
with open(work + '/blocks.pcapng', 'wb') as out, \
        open(work + '/custom.pcapng', 'wb') as custom:
    while at < len(data):
        size = struct.unpack_from('<I', data, at + 4)[0]
        out.write(data[at:at + size])
        custom.write(data[at:at + size])
        at += size
        blocks += 1
        if blocks in (1, 40, 41):
            out.write(struct.pack('<IIIII', 0x777, 20, 1, 2, 20))
            custom.write(struct.pack('<IIIII', 0xbad, 20, 32473, 0, 20))
EOF
run -f -w "$out" -c 0 "$WORK/snaplen.pcap"
is 'snaplen 0: exit status' "$STATUS" 0
these_packets 'snaplen 0: these packets' "$SYN/v1-byte-classes.pcap" \
	'connection 0' as-pcapng
run -f -w "$out" -t 1 "$WORK/blocks.pcapng"
is 'unknown blocks: exit status' "$STATUS" 0
ok 'unknown blocks: these packets' test \
	"$(fields "$one" tcp.stream==1)" = "$(fields "$out" frame)"
fails 'custom blocks' 3 'only Wireshark reads' -w "$WORK/new" -t 1 \
	"$WORK/custom.pcapng"

client_2=../shared/captures/wild/client_2.pcap
if [ -f "$client_2" ]; then
	for id in 0 1 2 3; do
		good "client_2, connection $id" "connection $id" "$client_2" \
			-c "$id"
	done
	good 'client_2, rest' rest "$client_2" --rest
	good 'client_2, clean' clean "$client_2" --clean
else
	skip "$client_2" 'not there'
fi
lossy=../shared/captures/lab/lossy/client.pcapng
if [ -f "$lossy" ]; then
	good 'many ranges: stream' 'stream 0' "$lossy" -t 0
	good 'many ranges: the other stream' 'stream 1' "$lossy" -t 1
else
	skip "$lossy" 'not there'
fi

# However it is known which packets there are, they are the same: from a reader,
# while the cache is made, and from what the cache has, which is places of plain
# packets, and rows of odd ones, or of all where tshark alone has read them.
# ways CAPTURE PLACES OPTIONS...: PLACES: so many packets at least have places
ways() {
	file=$1 places=$2 number=0
	shift 2
	for options; do
		number=$((number + 1))
		# shellcheck disable=SC2086 # words are arguments
		run --no-cache -f -w "$WORK/direct-$number" $options "$file"
		is "$file: $options: exit status" "$STATUS" 0
	done
	for reader in auto tshark; do
		CACHE=$WORK/ways
		rm -rf "$CACHE"
		for way in cold warm 'without outline'; do
			[ "$way" = warm ] || rm -f "$CACHE"/*.outline.csv
			number=0
			for options; do
				number=$((number + 1))
				# shellcheck disable=SC2086
				run --reader $reader -f -w "$out" $options "$file"
				ok "$file: $options: $reader, $way" cmp "$out" \
					"$WORK/direct-$number"
				[ "$way" = cold ] && break
			done
		done
		bytes=$(cat "$CACHE"/*.places | wc -c)
		[ $reader = auto ] || places=0
		# 20 of them are the header.
		ok "$file: $reader: places of $places packets" \
			test $(((bytes - 20) / 2)) -ge "$places"
		[ "$places" -gt 0 ] || is "$file: $reader: no places" "$bytes" 20
	done
	CACHE=$WORK/cache
}
MPTCP_NATIVE_FROM=1 MPTCP_READER=auto
export MPTCP_NATIVE_FROM
python3 tests/bench/large.py "$WORK/large.pcap" 8000 3
ways "$WORK/large.pcap" 8000 '-c 0 -c 2' --clean
ways "$one" 100 '-t 1' '--rest -c 0'
ways "$SYN/icmp-quotes-tcp.pcap" 1 --clean --rest
ways "$SYN/two-interfaces.pcapng" 1 '-c 0'
ways "$many" 0 '-c 0' --rest
"$BUILD/mptcp-ls" -q --cache-dir "$CACHE" "$WORK/large.pcap" >"$WORK/ls"
run -f -w "$WORK/large-%d" --each "$WORK/large.pcap"
is '--each, by places: a file per connection' \
	"$(find "$WORK" -name 'large-?' | wc -l)" 3
for id in 0 2; do
	good "connection $id by places" "connection $id" "$WORK/large.pcap" \
		-c "$id"
	ok "--each, by places: connection $id" cmp "$WORK/large-$id" "$out"
done

# The places in the cache are damaged, or lost: what they are of is read again.
for damage in 'truncate -s -1' rm; do
	$damage "$CACHE"/large.pcap-*.places
	run -f -w "$out" -c 2 "$WORK/large.pcap"
	is "$damage: exit status" "$STATUS" 0
	ok "$damage: the same" cmp "$WORK/large-2" "$out"
done
unset MPTCP_NATIVE_FROM
read_natively

# The capture changes when its packets are known and the first ones were written,
# to a pipe that has no room for all: each way of it is said, but for more packets.
mkfifo "$WORK/to"
changes=$WORK/changes.pcap
for change in 'touch -d 2001-01-01' 'truncate -s -1000' 'truncate -s +1000'; do
	cp "$WORK/large.pcap" "$changes"
	"$BUILD/mptcp-ls" -q --cache-dir "$CACHE" "$changes" >"$WORK/ls"
	exec 3<>"$WORK/to"
	"$BUILD/mptcp-split" --cache-dir "$CACHE" --tshark "$REAL" -c 2 \
		-w "$WORK/to" "$changes" 2>"$WORK/err" 3>&- &
	timeout 60 dd bs=24 count=1 <&3 >"$out" 2>"$WORK/dd"
	exec 4<"$WORK/to" 3>&-
	$change "$changes"
	cat <&4 >>"$out"
	exec 4<&-
	wait $!
	STATUS=$?
	case $change in
	*+1000)
		is "$change: exit status" "$STATUS" 0
		ok "$change: the same" cmp "$WORK/large-2" "$out"
		;;
	*)
		is "$change: exit status" "$STATUS" 3
		ok "$change: said" grep -q 'changed while it was read' "$WORK/err"
		;;
	esac
done

# The split of a connection is that connection.
run -f -w "$out" -c 5 "$many"
for capture in "-c 5 $many" "$out"; do
	# shellcheck disable=SC2086 # words are arguments
	"$BUILD/mptcp-summary" --cache-dir "$CACHE" --csv \
		-o towards,sent_bytes,unique_bytes,duration_s,dsn_last $capture \
		>>"$WORK/sums"
done
is 'the numbers of the connection survive' \
	"$(sort -u "$WORK/sums" | wc -l)" "$(($(wc -l <"$WORK/sums") / 2))"

# Names and files.
run -w "$WORK/each-%d.pcapng" --each "$many"
is '--each: exit status' "$STATUS" 0
is '--each: a file per connection' "$(find "$WORK" -name 'each-*' | wc -l)" 6
for id in 0 1 2 3 4 5; do
	out=$WORK/each-$id.pcapng
	these_packets "--each: connection $id" "$many" "connection $id"
done
out=$WORK/out.pcapng
cp "$WORK/each-1.pcapng" "$WORK/kept"
run -w "$WORK/each-%d.pcapng" --each -c 1 -c 2 "$many"
is 'files are there: exit status' "$STATUS" 5
is 'files are there: a line each' "$(wc -l <"$WORK/err")" 2
run -w "$WORK/kept" -c 2 "$many"
is 'the file is there: exit status' "$STATUS" 5
ok 'the file is there: stays' cmp "$WORK/kept" "$WORK/each-1.pcapng"
run -f -w "$WORK/kept" -c 2 "$many"
ok '-f: is replaced' cmp "$WORK/kept" "$WORK/each-2.pcapng"
is 'for all to read' "$(umask 022 && "$BUILD/mptcp-split" -c 0 --no-cache -w \
	"$WORK/mode" "$one" && find "$WORK/mode" -perm 644 | wc -l)" 1
ln -s "$WORK/nowhere" "$WORK/link"
run -w "$WORK/link" -c 2 "$many"
is 'a dangling link: exit status' "$STATUS" 5
ok 'a dangling link: stays' test -L "$WORK/link"

# From elsewhere, to elsewhere; tshark reads it, too.
MPTCP_READER=auto
export MPTCP_READER
gzip -dc "$many" | run -f -w "$out" -c 1 -
ok 'pipe: the same' cmp "$out" "$WORK/each-1.pcapng"
run -f -w "$out" -c 1 - <"$many"
ok 'standard input: the same' cmp "$out" "$WORK/each-1.pcapng"
mkfifo "$WORK/fifo"
cat "$many" >"$WORK/fifo" &
run -f -w "$out" -c 1 "$WORK/fifo"
wait
ok 'FIFO: the same' cmp "$out" "$WORK/each-1.pcapng"
run -w - -c 1 "$many"
ok 'standard output: the same' cmp "$WORK/out" "$WORK/each-1.pcapng"

read_natively

# A capture that is cut short.
run -f -w "$out" --clean "$SYN/fault-cut-short.pcapng"
is 'cut short: exit status' "$STATUS" 0
these_packets 'cut short: what there is' "$SYN/fault-cut-short.pcapng" clean

new=$WORK/new.pcapng
fails 'no capture' 2 'no capture given' -w "$new" -c 0
fails 'two captures' 2 'more than one capture given' -w "$new" -c 0 "$one" "$one"
fails 'no OUT' 2 '-w FILE is missing' -c 0 "$one"
fails 'nothing to take' 2 'no packets chosen' -w "$new" "$one"
fails '--each without %d' 2 'needs one %d' -w "$new" --each "$one"
fails '--each with two' 2 'needs one %d' -w "$WORK/%d/%d" --each "$one"
fails '--each -t' 2 'cannot be used with' -w "$WORK/%d" --each -t 1 "$one"
fails 'missing capture' 3 "$WORK/none" -w "$new" -c 0 "$WORK/none"
fails 'unknown connection' 3 'no connection 7' -w "$new" -c 7 "$one"
fails 'unknown stream' 3 'no TCP stream 7' -w "$new" -t 7 "$one"
fails 'nothing there' 1 'nothing is written' -w "$new" --rest --clean "$one"
"$BUILD/mptcp-export" --columns raw --cache-dir "$CACHE" "$one" >"$WORK/x.csv"
fails 'an export' 3 'is a CSV export' -w "$new" -c 0 "$WORK/x.csv"
cp "$one" "$WORK/self.pcapng"
fails 'onto itself' 2 'it is the capture that is read' -f -w "$WORK/self.pcapng" -c 0 \
	"$WORK/self.pcapng"
ok 'onto itself: nothing is lost' cmp "$one" "$WORK/self.pcapng"
fails 'no such directory' 5 "$WORK/none/x" -w "$WORK/none/x" -c 0 "$one"
fails 'full disk' 5 'No space left' -w /dev/full -c 0 "$one"
ok 'full disk: the device stays' test -c /dev/full
long=$(printf '%4096s' '' | tr ' ' x)
fails 'a name of 4 KB' 5 xxxx -w "$long" -c 0 "$one"
ok 'nothing is written by any of them' test ! -e "$new"
newline=$WORK/'a
b %s %n'
run -w "$newline" -c 1 "$many"
ok 'a name with a newline' cmp "$newline" "$WORK/each-1.pcapng"
(cd "$WORK" && cp each-1.pcapng ./-in.pcapng &&
	"$BUILD/mptcp-split" --tshark "$REAL" --no-cache -w -out.pcapng -c 0 -- \
		-in.pcapng) >"$WORK/out" 2>&1
ok 'names with a dash' cmp "$WORK/-out.pcapng" "$WORK/each-1.pcapng"
is 'no temporary file stays' "$(find "$WORK" -name '*.tmp.*')" ''
tests_by tests/compare_split.py "$WORK/splits"
finish
