#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Captures that several tsharks read in parts: the rows are those that one
# tshark gives, and everything else is read by one.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
PATH=$BUILD:$PATH

# Notes for each start what is read: "-" is a part.
cat >"$WORK/tshark" <<EOF
#!/bin/sh
for last; do :; done
printf '%s\n' "\$last" >>'$WORK/starts'
exec '$REAL' "\$@"
EOF
chmod +x "$WORK/tshark"

# read_with N FILE: the rows and all else that is stored, in $WORK/cache-N
read_with() {
	: >"$WORK/starts"
	MPTCP_JOB_PACKETS=2 mptcp-ls -j "$1" --refresh --json \
		--tshark "$WORK/tshark" --cache-dir "$WORK/cache-$1" "$2" \
		>"$WORK/out-$1" 2>"$WORK/err-$1"
	echo "$?" >>"$WORK/err-$1"
	parts=$(grep -cx -e - "$WORK/starts")
	whole=$(grep -cvx -e - -e --version "$WORK/starts")
}

# same N FILE: what N tsharks give is what one gave
same() {
	read_with "$1" "$2"
	for f in out err; do
		cmp "$WORK/$f-1" "$WORK/$f-$1" || return 1
	done
	(cd "$WORK/cache-$1" && ls) >"$WORK/list"
	(cd "$WORK/cache-1" && ls) | cmp - "$WORK/list" || return 1
	for f in "$WORK/cache-1"/*; do
		case $f in */tshark-version.json | */\*) continue ;; esac
		cmp "$f" "$WORK/cache-$1/${f##*/}" || return 1
	done
}

# forget N: all that was read with N, but not the version of tshark
forget() {
	mkdir -p "$WORK/cache-$1"
	find "$WORK/cache-$1" -type f ! -name tshark-version.json -delete
}

# compare FILE N...
compare() {
	file=$1
	shift
	forget 1
	read_with 1 "$file"
	for n; do
		forget "$n"
		ok "$file: -j $n" same "$n" "$file"
	done
}

# split NAME PARTS WHOLE FILE: in how many runs -j 3 reads it
split() {
	read_with 3 "$4"
	is "$1: parts, and whole" "$parts $whole" "$2 $3"
}

captures=testdata/captures
split 'a pcapng file is read in parts' 3 0 $captures/two-paths-client.pcapng
split 'a pcap file is' 3 0 "$SYN/v1-byte-classes.pcap"
split 'of two interfaces, too' 3 0 "$SYN/two-interfaces.pcapng"
split 'big-endian, too' 3 0 "$SYN/byte-order-big-endian.pcap"
split 'a compressed one is not' 0 1 $captures/two-paths-server.pcapng.gz
split 'one that is cut short is not' 0 1 "$SYN/fault-cut-short.pcapng"
split 'fragments are not' 0 1 "$SYN/ip-fragments.pcap"
split 'tunnels are not' 0 1 "$SYN/ipip-tunnel.pcap"
split 'addresses and ports that come again are noticed' 3 1 \
	"$SYN/v1-four-tuple-reuse.pcap"
: >"$WORK/starts"
MPTCP_JOB_PACKETS=2 mptcp-ls -j 3 --tshark "$WORK/tshark" --no-cache \
	- <$captures/two-paths-client.pcapng >"$WORK/out"
is 'standard input is not' "$(grep -cx -e - "$WORK/starts")" 1
: >"$WORK/starts"
mptcp-ls -j 3 --tshark "$WORK/tshark" --no-cache \
	$captures/two-paths-client.pcapng >"$WORK/out"
is 'a small one is not worth it' "$(grep -cx -e - "$WORK/starts")" 0

for jobs in 0 65 x '' -1; do
	mptcp-ls -j "$jobs" $captures/two-paths-client.pcapng \
		>"$WORK/out" 2>"$WORK/err"
	is "-j '$jobs' is refused" "$?" 2
done

# A tshark that fails in its part, or leaves out packets: one reads it all.
mptcp-ls -j 1 --csv --no-cache $captures/two-paths-client.pcapng >"$WORK/out-1"
# shellcheck disable=SC2016
for fault in 'cat; exit 2' 'head -n 20' 'cat; kill -9 $$'; do
	cat >"$WORK/faulty" <<EOF
#!/bin/sh
for last; do :; done
if [ "\$last" = - ] && mkdir '$WORK/once' 2>/dev/null; then
	'$REAL' "\$@" >'$WORK/rows'
	exec <'$WORK/rows'
	$fault
	exit 0
fi
exec '$REAL' "\$@"
EOF
	chmod +x "$WORK/faulty"
	MPTCP_JOB_PACKETS=2 mptcp-ls -j 3 --csv --no-cache --tshark \
		"$WORK/faulty" $captures/two-paths-client.pcapng >"$WORK/out"
	is "'$fault' in a part: exit status" "$?" 0
	ok "'$fault' in a part: it happened" rmdir "$WORK/once"
	ok "'$fault' in a part: same output" cmp "$WORK/out" "$WORK/out-1"
done

# With one N each, or it takes too long; THOROUGH=1: with every N.
turn=0
for file in "$SYN"/*.pcap*; do
	jobs=$((2 + turn % 3))
	[ -n "${THOROUGH-}" ] && jobs='2 3 4'
	turn=$((turn + 1))
	# shellcheck disable=SC2086
	compare "$file" $jobs
done
compare $captures/two-paths-client.pcapng 2 3 4
for file in ../shared/captures/*/*/client.pcapng \
	../shared/captures/wild/*.pcap; do
	jobs=$((2 + turn % 3))
	[ -n "${THOROUGH-}" ] && jobs='2 3 4'
	turn=$((turn + 1))
	# shellcheck disable=SC2086
	[ -f "$file" ] && compare "$file" $jobs
done
finish
