#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The native reader and the tshark beside it: one that lies, dies, hangs or is not
# there; odd packets, few and many; pipes and the cache.  That all readers say the
# same of whatever is in a capture is readers.t's.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH
LIE=
export REAL WORK LIE
two_paths=testdata/captures/two-paths-client.pcapng
large=$WORK/large.pcap
python3 tests/bench/large.py "$large" 12000 3

# It says what the real one says, but where it is shown packets beside the native
# reader (columns, from the standard input): then that goes through $LIE, a command.
# Each such run is a line in $WORK/runs, of all others in $WORK/others.
ONCE=$WORK/once
mkdir "$ONCE"
export ONCE
cat >"$WORK/tshark" <<'EOF'
#!/bin/sh
for last; do :; done
case $last,$* in
--version,*) exec "$REAL" --version ;;
-,*'-T tabs'*) ;;
*)	echo "$$" >>"$WORK/others"
	exec tests/tshark_once "$@" ;;
esac
echo "$$" >>"$WORK/runs"
[ -n "$LIE" ] || exec "$REAL" "$@"
cat >"$WORK/shown"
honest=$ONCE/$(cksum <"$WORK/shown" | tr ' ' -)
[ -f "$honest" ] || "$REAL" "$@" <"$WORK/shown" >"$honest"
eval "$LIE" <"$honest"
EOF
chmod +x "$WORK/tshark"

# how_many: runs of tshark beside the native reader, and others
how_many() {
	echo "$(wc -l <"$WORK/runs") $(wc -l <"$WORK/others")"
}

# rows_of FILE: without what its first line says of the capture
rows_of() {
	sed '2s/^"{.*}",/,/' "$1"
}

# read_rows ARGUMENT...: what mptcp-export prints, in $WORK/out, and its rows in
# $WORK/rows; $WORK/err, $STATUS
read_rows() {
	: >"$WORK/runs"
	: >"$WORK/others"
	mptcp-export --columns raw --tshark "$WORK/tshark" "$@" \
		>"$WORK/out" 2>"$WORK/err"
	STATUS=$?
	# of what large.py repeats, the seams are not there
	sed -i '/were acknowledged and not captured$/d' "$WORK/err"
	rows_of "$WORK/out" >"$WORK/rows"
}

# small ARGUMENT...: the same, natively from the first packet on
small() {
	MPTCP_NATIVE_FROM=1
	export MPTCP_NATIVE_FROM
	read_rows --no-cache "$@"
	unset MPTCP_NATIVE_FROM
}

# list ARGUMENT...: what mptcp-ls says, in $WORK/listed; $READER
list() {
	mptcp-ls --json -q --tshark "$WORK/tshark" "$@" >"$WORK/listed" \
		2>"$WORK/err"
	STATUS=$?
	READER=$(sed -n 's/.*"reader": "\(.*\)".*/\1/p' "$WORK/listed")
}

# capture_has KEY: that number in what list() found
capture_has() {
	sed -n "s/^      \"$1\": \([0-9]*\),.*/\1/p" "$WORK/listed"
}

read_rows --no-cache --reader tshark $two_paths
cp "$WORK/rows" "$WORK/rows-two-paths"
read_rows --no-cache --reader tshark "$large"
cp "$WORK/rows" "$WORK/rows-large"

# An honest one.
small $two_paths
is 'few packets: silently' "$STATUS $(cat "$WORK/err")" '0 '
ok 'few packets: the rows' cmp "$WORK/rows" "$WORK/rows-two-paths"
is 'few packets: one tshark, beside' "$(how_many)" '1 0'
read_rows --no-cache $two_paths
is 'fewer than 10000: by tshark alone' "$(how_many)" '0 1'
read_rows --no-cache "$large"
is 'many packets: silently' "$STATUS $(cat "$WORK/err")" '0 '
ok 'many packets: the rows' cmp "$WORK/rows" "$WORK/rows-large"
is 'many packets: one tshark, beside' "$(how_many)" '1 0'
list --no-cache "$large"
is 'many packets: the reader' "$READER" native
ok 'many packets: 2000 were compared' \
	test "$(capture_has compared_packets)" -ge 2000
ok 'many packets: not all were' \
	test "$(capture_has compared_packets)" -lt "$(capture_has packets)"

# lies NAME TEXT: what $LIE makes of it is found out, a warning has the text, and
# all is as tshark has it, which reads the whole capture
lies() {
	small $two_paths
	is "$1: exit status" "$STATUS" 0
	ok "$1: the rows" cmp "$WORK/rows" "$WORK/rows-two-paths"
	is "$1: one warning" "$(wc -l <"$WORK/err")" 1
	ok "$1: says $2" grep -qF -e "$2" "$WORK/err"
	ok "$1: and what was done" \
		grep -q ': so tshark read the whole capture$' "$WORK/err"
	is "$1: tshark ran twice" "$(how_many)" '1 1'
}

# lie_in LINE COLUMN VALUE
lie_in() {
	LIE="awk -F '\\t' -v OFS='\\t' 'NR == $1 { \$$2 = \"$3\" } 1'"
}

# Each in another packet; in all columns.
line=1
while read -r column field value; do
	line=$(((line + 79) % 1265 + 1))
	# of a TCP packet from IPv4
	while ! sed -n "s/^[^,]*,$line,/&/p" "$WORK/rows-two-paths" |
		grep -q 0x; do
		line=$((line + 1))
	done
	lie_in $line "$column" "$value"
	lies "$field is '$value'" "tshark has $field"
	ok "$field is '$value': it says where" \
		grep -q "in packet $line, " "$WORK/err"
done <<-'END'
	2 frame.time_epoch 1795384670.000000001
	3 frame.interface_name eth9
	3 frame.interface_name
	4 ip.src 192.0.2.77
	5 ip.dst 2001:db8::1
	6 ip.id 0x0001
	6 ip.id
	7 tcp.srcport 1
	8 tcp.dstport 65535
	10 tcp.flags 0x0fff
	11 tcp.seq 1
	12 tcp.ack 1
	13 tcp.len 7000
	14 tcp.hdr_len
	15 tcp.window_size_value 1
	16 tcp.options 0101
	17 ip.ttl 3
	21 frame.cap_len 1
END
for column in 2 4 7 9 10 11 13; do
	lie_in 500 $column ''
	lies "column $column is empty" 'packet 500 is '
done
for column in 1 2 4 7 9 10 11 13; do
	lie_in 500 $column x
	lies "column $column is none" 'an unexpected one, for packet 500'
done
lie_in 500 19 3
lies 'an ICMP message' 'packet 500 is an ICMP error to tshark'
lie_in 500 4 "192.0.2.1,$(sed -n 's/^[^,]*,500,[^,]*,[^,]*,\([^,]*\),.*/\1/p' \
	"$WORK/rows-two-paths")"
lies 'a tunnel' 'a tunnel in packet 500'
lie_in 500 9 7
small $two_paths
is 'another tcp.stream is no matter' \
	"$STATUS $(cat "$WORK/err") $(how_many)" '0  1 0'
ok 'another tcp.stream is no matter: the rows' \
	cmp "$WORK/rows" "$WORK/rows-two-paths"

# Of what is no TCP packet the time counts, and of an ICMP error who sent it.
tabs="awk -F '\\t' -v OFS='\\t'"
while read -r capture text; do
	read -r lie
	LIE="$tabs '$lie; 1'"
	read_rows --no-cache --reader tshark "$SYN/$capture.pcap"
	cp "$WORK/rows" "$WORK/wanted"
	small "$SYN/$capture.pcap"
	is "$capture: exit status" "$STATUS" 0
	ok "$capture: the rows" cmp "$WORK/rows" "$WORK/wanted"
	ok "$capture: says $text" grep -qF -e "$text" "$WORK/err"
	is "$capture: tshark ran twice" "$(how_many)" '1 1'
done <<-'END'
	no-tcp tshark has another time or interface of packet 2 than
	NR == 2 { $2 = "1.000000001" }
	icmp-quotes-tcp tshark has another sender or stream of the ICMP error in packet
	$19 == 3 { sub(/^[^,]*/, "192.0.2.99", $4) }
END

# Lines: too few, too many, in another order, others; and how it ends.
while read -r LIE; do
	read -r text
	lies "$LIE" "$text"
done <<-'END'
	sed 500d
	an unexpected one, for packet 500
	sed '$d'
	an unexpected one, for packet 1265
	sed 1d
	an unexpected one, for packet 1
	sed '500{h;d};501G'
	an unexpected one, for packet 500
	sed 500p
	an unexpected one, for packet 501
	sed '$p'
	more lines than it was given packets
	sed '$a more'
	more lines than it was given packets
	sed '500i garbage'
	an unexpected one, for packet 500
	sed '500s/.*/\t\t\t/'
	an unexpected one, for packet 500
	head -c 100000
	an unexpected one, for packet
	head -c -1
	an unexpected one, for packet 1265
	head -c 300000 /bin/sh
	an unexpected one, for packet 1
	tr '\t' ' '
	an unexpected one, for packet 1
	:
	an unexpected one, for packet 1
	exit 2
	ended with exit status 2
	head -n 500; exit 2
	ended with exit status 2
	cat; exit 1
	ended with exit status 1
	kill -9 $$
	ended with signal 9
	head -n 500; kill -SEGV $$
	ended with signal 11
	cat; kill -9 $$
	ended with signal 9
	cat; echo 'tshark: it is all wrong.' >&2; exit 77
	status 77: it is all wrong
END

# In one packet of those that are shown of many: by its place among them.
last="awk -F '\\t' -v OFS='\\t' 'NR > 1 { print last } { last = \$0 }
	END { \$0 = last; \$11 = 1; print }'"
for line in 1 1900 last; do
	lie_in $line 11 1
	[ $line != last ] || LIE=$last
	read_rows --no-cache "$large"
	is "a lie about one of many, the $line: exit status" "$STATUS" 0
	ok "a lie about one of many, the $line: the rows" \
		cmp "$WORK/rows" "$WORK/rows-large"
	ok "a lie about one of many, the $line: said" \
		grep -q 'tshark has tcp.seq .* in packet' "$WORK/err"
done
LIE=

# It ends before it has taken a byte of many, or of few.
cat >"$WORK/deaf" <<'EOF'
#!/bin/sh
for last; do :; done
case $last,$* in
-,*'-T tabs'*) exit 3 ;;
esac
exec "$REAL" "$@"
EOF
chmod +x "$WORK/deaf"
small --tshark "$WORK/deaf" $two_paths
is 'few packets, and it does not listen: exit status' "$STATUS" 0
ok 'few packets, and it does not listen: the rows' \
	cmp "$WORK/rows" "$WORK/rows-two-paths"
ok 'few packets, and it does not listen: said' \
	grep -q 'ended with exit status 3' "$WORK/err"
read_rows --no-cache --tshark "$WORK/deaf" "$large"
is 'many packets, and it does not listen: exit status' "$STATUS" 0
ok 'many packets, and it does not listen: the rows' \
	cmp "$WORK/rows" "$WORK/rows-large"
ok 'many packets, and it does not listen: said' \
	grep -q 'ended with exit status 3' "$WORK/err"

# A failure of the run that reads all is the end.
cat >"$WORK/fails" <<'EOF'
#!/bin/sh
[ "$1" = --version ] && exec "$REAL" --version
cat >/dev/null
exit 9
EOF
chmod +x "$WORK/fails"
list --no-cache --tshark "$WORK/fails" "$large"
is 'it always fails: exit status' "$STATUS" 4
is 'it always fails: nothing is listed' "$(capture_has packets)" ''

# It takes too long: at the begin, in the middle, with all said.
cat >"$WORK/hangs" <<'EOF'
#!/bin/sh
[ "$1" = --version ] && exec "$REAL" --version
case $HANGS in
deaf) ;;
listens) cat >/dev/null ;;
half) "$REAL" "$@" | head -n 100 ;;
done) "$REAL" "$@" ;;
esac
echo "$$" >"$WORK/pid"
exec sleep 1000
EOF
chmod +x "$WORK/hangs"
for HANGS in deaf listens half 'done'; do
	export HANGS
	rm -f "$WORK/pid"
	list --no-cache --timeout 2 --tshark "$WORK/hangs" "$large"
	# a busy machine may not come so far in 2 s
	[ -s "$WORK/pid" ] ||
		list --no-cache --timeout 20 --tshark "$WORK/hangs" "$large"
	is "it hangs, $HANGS: exit status" "$STATUS" 4
	ok "it hangs, $HANGS: said" \
		grep -q 'ran longer than --timeout' "$WORK/err"
	ok "it hangs, $HANGS: it did" test -s "$WORK/pid"
	ok "it hangs, $HANGS: it is stopped" \
		test ! -e "/proc/$(cat "$WORK/pid")"
done

# It is not there.
list --no-cache --tshark "$WORK/none" "$large"
is 'no tshark: exit status' "$STATUS" 4
read_rows --no-cache --reader native --tshark "$WORK/none" "$large"
is 'no tshark, --reader native: silently' "$STATUS $(cat "$WORK/err")" '0 '
ok 'no tshark, --reader native: the rows' cmp "$WORK/rows" "$WORK/rows-large"
mptcp-doctor --no-cache --reader native --tshark "$WORK/none" "$large" \
	>"$WORK/out" 2>"$WORK/err"
ok 'no tshark, --reader native: mptcp-doctor' grep -q \
	'^ok *reader: native; not compared with tshark' "$WORK/out"
mptcp-doctor --no-cache "$large" >"$WORK/out" 2>"$WORK/err"
ok 'mptcp-doctor tells how many were compared' grep -q \
	'^ok *reader: native; tshark agrees on a sample of 2[0-9]* packets' "$WORK/out"

# Odd packets: some have a label of MPLS in front of IP.
cat >"$WORK/label.py" <<'EOF'
import struct, sys
sys.path.insert(0, "tests")
import reference
source, target, which = sys.argv[1:]
which = eval("lambda n: " + which)
with open(target, "wb") as out:
    for n, (time, link, data, length) in enumerate(reference.read_capture(source), 1):
        if n == 1:
            out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, link))
        if which(n):
            data = data[:12] + b"\x88\x47" + b"\x00\x01\x01\x40" + data[14:]
            length += 4
        out.write(struct.pack("<IIII", time // 10**9, time % 10**9, len(data), length) + data)
EOF

# odd NAME WHICH READER: of the large capture
odd() {
	python3 "$WORK/label.py" "$large" "$WORK/odd.pcap" "$2"
	read_rows --no-cache --reader tshark "$WORK/odd.pcap"
	cp "$WORK/rows" "$WORK/rows-odd"
	read_rows --no-cache "$WORK/odd.pcap"
	is "$1: silently" "$STATUS $(cat "$WORK/err")" '0 '
	ok "$1: the rows" cmp "$WORK/rows" "$WORK/rows-odd"
	list --no-cache "$WORK/odd.pcap"
	is "$1: the reader" "$READER" "$3"
	tcp=$(capture_has tcp_packets)
	list --no-cache --reader native --tshark "$WORK/none" "$WORK/odd.pcap"
	NUMBER=$(capture_has odd_packets)
	is "$1, --reader native: exit status" "$STATUS" 0
	ok "$1, --reader native: said" grep -q \
		": $NUMBER packets* that only tshark can read" "$WORK/err"
	is "$1, --reader native: the others are there" \
		"$((NUMBER + $(capture_has tcp_packets)))" "$tcp"
}
odd 'odd ones everywhere' 'n % 10 == 3' native
is 'odd ones everywhere: their number' "$NUMBER" 1200
odd 'the first is odd' 'n == 1' native
is 'the first is odd: their number' "$NUMBER" 1
odd 'the last is odd' 'n == 12000' native
odd 'odd ones in the middle' '6000 <= n < 6100' native
odd 'a thousand odd ones at the begin' 'n <= 1000' native
odd 'more of them at the begin than may be' 'n <= 1001' tshark
odd 'more than a fifth is odd' 'n % 4 == 0' tshark
odd 'all are odd' True tshark
is 'all are odd: their number' "$NUMBER" 12000

# A lie about what it was asked for cannot be known, but all has to be there.
python3 "$WORK/label.py" "$large" "$WORK/odd.pcap" '6000 <= n < 6100'
read_rows --no-cache --reader tshark "$WORK/odd.pcap"
cp "$WORK/rows" "$WORK/rows-odd"
LIE='sed 2000d'
read_rows --no-cache "$WORK/odd.pcap"
is 'a row that was asked for is missing: exit status' "$STATUS" 0
ok 'a row that was asked for is missing: said' \
	grep -q 'an unexpected one, for packet 60' "$WORK/err"
ok 'a row that was asked for is missing: the rows' \
	cmp "$WORK/rows" "$WORK/rows-odd"
LIE=

# The payload of odd packets, and of a file that is.
checked=testdata/check/checksum-ok.pcap
# check FILE OPTION...: what mptcp-check finds, but for what it is of
check() {
	mptcp-check --json --no-cache --tshark "$WORK/tshark" "$@" 2>&1 |
		sed '/^  "captures": \[/,/^  \]/d'
}
check --reader tshark $checked >"$WORK/checked"
ok 'payload: there are checksums' grep -q checksum "$WORK/checked"
for which in False 'n % 3 == 0' True; do
	python3 "$WORK/label.py" $checked "$WORK/odd.pcap" "$which"
	check "$WORK/odd.pcap" >"$WORK/out"
	ok "payload: odd where $which" cmp "$WORK/out" "$WORK/checked"
done
check --reader native --tshark "$WORK/none" $checked >"$WORK/out"
ok 'payload: without tshark' cmp "$WORK/out" "$WORK/checked"
{
	head -c 16 $checked
	printf '\0\0\0\0'
	tail -c +21 $checked
} >"$WORK/snaplen.pcap"
check "$WORK/snaplen.pcap" >"$WORK/out"
ok 'payload: where the header of the file says that there is none' \
	cmp "$WORK/out" "$WORK/checked"

# From wherever it comes.
gzip -c "$large" >"$WORK/large.gz"
mkfifo "$WORK/fifo"
# natively NAME: that the large capture was just read
natively() {
	ok "$1: the rows" cmp "$WORK/rows" "$WORK/rows-large"
	is "$1: silently" "$(cat "$WORK/err")" ''
	is "$1: natively" "$(how_many)" '1 0'
}
read_rows --no-cache - <"$large"
natively 'standard input'
cat "$large" >"$WORK/fifo" &
read_rows --no-cache "$WORK/fifo"
wait
natively 'a FIFO'
cat "$large" >"$WORK/fifo" &
read_rows --no-cache - <"$WORK/fifo"
wait
natively 'a pipe'
read_rows --no-cache "$WORK/large.gz"
natively 'gzip'
cat "$WORK/large.gz" >"$WORK/fifo" &
read_rows --no-cache - <"$WORK/fifo"
wait
natively 'gzip in a pipe'

# Of another format, which tshark makes a pcapng of.
"$REAL" -r "$large" -F snoop -w "$WORK/large.snoop" 2>"$WORK/said"
read_rows --no-cache --reader tshark "$WORK/large.snoop"
cp "$WORK/rows" "$WORK/rows-snoop"
ok 'another format: there are rows' test "$(wc -l <"$WORK/rows")" -gt 11000
read_rows --no-cache "$WORK/large.snoop"
is 'another format: silently' "$STATUS $(cat "$WORK/err")" '0 '
ok 'another format: the rows' cmp "$WORK/rows" "$WORK/rows-snoop"
is 'another format: two runs' "$(how_many)" '1 1'
list --no-cache "$WORK/large.snoop"
is 'another format: the reader' "$READER" native
list --no-cache --reader native "$WORK/large.snoop"
is 'another format, --reader native: exit status' "$STATUS" 3
ok 'another format, --reader native: said' \
	grep -q 'neither pcap nor pcapng' "$WORK/err"

# The cache.
# cached NAME READER RUNS OPTION...: who read it, and how many tsharks ran
cached() {
	cached_name=$1 cached_wanted="0 $2 $3"
	shift 3
	: >"$WORK/runs"
	: >"$WORK/others"
	list --cache-dir "$CACHE" "$@" "$large"
	is "$cached_name" "$STATUS $READER $(how_many)" "$cached_wanted"
}
cached 'the cache is cold' native '1 0'
cached '... and warm' native '0 0'
cached '... for --reader native' native '0 0' --reader native
cached '... but not for --reader tshark' tshark '0 1' --reader tshark
cached '... which keeps its own' tshark '0 0' --reader tshark
cached '... for all others' tshark '0 0'
cached '... and --reader native' tshark '0 0' --reader native
rm -r "$CACHE"
cached 'what nobody compared' native '0 0' --reader native
is '... says so' "$(capture_has compared_packets)" 0
cached '... and is not for others' native '1 0'
ok '... which have it compared' test "$(capture_has compared_packets)" -ge 2000
cached '... and keep it' native '0 0'
rm -r "$CACHE"
LIE='sed 1700d'
cached 'what was found wrong' tshark '1 1'
LIE=
cached '... is not kept, but what tshark read then' tshark '0 0'
read_rows --cache-dir "$CACHE" "$large"
ok '... which is right' cmp "$WORK/rows" "$WORK/rows-large"
ok '... and sound' mptcp-cache verify --cache-dir "$CACHE"

# How it is chosen.
MPTCP_READER=native
export MPTCP_READER
list --no-cache $two_paths
is 'MPTCP_READER' "$READER" native
list --no-cache --reader tshark $two_paths
is '--reader counts for more' "$READER" tshark
MPTCP_READER=
list --no-cache $two_paths
is 'MPTCP_READER of nothing is none' "$STATUS $READER" '0 tshark'
MPTCP_READER=Native
list --no-cache $two_paths
is 'MPTCP_READER that is none: exit status' "$STATUS" 2
ok 'MPTCP_READER that is none: said' \
	grep -q "invalid value 'Native' for MPTCP_READER: give" "$WORK/err"
list --no-cache --reader native $two_paths
is '--reader, where MPTCP_READER is none: exit status' "$STATUS" 0
unset MPTCP_READER
for reader in '' csv tshark,native; do
	list --no-cache --reader "$reader" $two_paths
	is "--reader '$reader': exit status" "$STATUS" 2
	is "--reader '$reader': nothing is read" "$(cat "$WORK/listed")" ''
done
finish
