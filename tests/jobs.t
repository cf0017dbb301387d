#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# However many threads work: all that is printed, and kept, is what one alone
# makes.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
PATH=$BUILD:$PATH
two_paths=testdata/captures/two-paths-client.pcapng

for jobs in 0 65 x '' -1; do
	mptcp-ls -j "$jobs" $two_paths >"$WORK/out" 2>"$WORK/err"
	is "-j '$jobs' is refused" "$?" 2
done

# read_with N FILE: natively, the rows and all else that is stored, in
# $WORK/cache-N
read_with() {
	mkdir -p "$WORK/cache-$1"
	find "$WORK/cache-$1" -type f ! -name tshark-version.json -delete
	mptcp-ls -j "$1" --json --tshark "$REAL" \
		--cache-dir "$WORK/cache-$1" "$2" \
		>"$WORK/out-$1" 2>"$WORK/err-$1"
	echo "$?" >>"$WORK/err-$1"
}

# same N FILE: what N threads give is what one gave
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

# compare FILE N...
compare() {
	file=$1
	shift
	read_with 1 "$file"
	for n; do
		ok "$file: -j $n" same "$n" "$file"
	done
}

# With one N each, or it takes too long; THOROUGH=1: with every N.
turn=0
for file in "$SYN"/*.pcap* ../shared/captures/*/*/client.pcapng \
	../shared/captures/wild/*.pcap; do
	jobs=$((2 + turn % 3))
	[ -n "${THOROUGH-}" ] && jobs='2 3 4'
	turn=$((turn + 1))
	# shellcheck disable=SC2086
	[ -f "$file" ] && compare "$file" $jobs
done

# As many packets as make threads worth while, in memory and by way of the cache.
python3 tests/bench/large.py "$WORK/large.pcap" 40000 5
compare "$WORK/large.pcap" 2 3
# all JOBS OPTION...: what commands say
all() {
	all_jobs=$1
	shift
	for command in ls summary events 'reinject --all' check; do
		# shellcheck disable=SC2086
		mptcp-$command -q --json -j "$all_jobs" "$@" \
			"$WORK/large.pcap" 2>&1
	done
}
all 1 --no-cache >"$WORK/alone"
ok 'a large capture: something is said' test "$(wc -l <"$WORK/alone")" -gt 500
for jobs in 1 2; do
	MPTCP_READER=auto mptcp-summary -q --json -j $jobs --no-cache \
		"$WORK/large.pcap" | grep -v '"compared_packets"' >"$WORK/said-$jobs"
done
ok 'a large capture, some of it read by tshark, too: something is said' \
	test "$(wc -l <"$WORK/said-1")" -gt 100
ok 'a large capture, some of it read by tshark, too: -j 2' \
	cmp "$WORK/said-1" "$WORK/said-2"
for jobs in 2 4; do
	all $jobs --no-cache >"$WORK/said"
	ok "a large capture, in memory: -j $jobs" cmp "$WORK/said" "$WORK/alone"
	all $jobs --cache-dir "$WORK/cache-1" >"$WORK/said"
	ok "a large capture, from the cache: -j $jobs" \
		cmp "$WORK/said" "$WORK/alone"
	MPTCP_KEEP_PACKETS=1000 mptcp-ls -q --json -j $jobs --refresh \
		--cache-dir "$WORK/cache-1" "$WORK/large.pcap" >"$WORK/said"
	mptcp-ls -q --json --no-cache "$WORK/large.pcap" >"$WORK/listed"
	ok "a large capture, few packets in memory: -j $jobs" \
		cmp "$WORK/said" "$WORK/listed"
done
finish
