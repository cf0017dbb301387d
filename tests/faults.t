#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Faults: of tshark, of the cache, of the moment.  RUNS=100 for more signals.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
export REAL STARTS=$WORK/starts FAKE=good
tshark=$PWD/tests/fake-tshark
good=$SYN/v1-byte-classes.pcap
run_ls --csv --no-cache "$good"
cp "$WORK/out" "$WORK/wanted"
: >"$STARTS"

# what is left in the cache directory besides whole files
leftovers() {
	find "$CACHE" -mindepth 1 2>"$WORK/said" |
		grep -E '\.tmp\.|\.lock$|\.csv' | grep -vE '\.csv$'
	return 0
}

# are all processes that were started gone?
gone() {
	for _ in $(seq 50); do
		left=
		while read -r pid _; do
			kill -0 -- "-$pid" 2>"$WORK/said" && left=$pid
		done <"$STARTS"
		[ -z "$left" ] && return 0
		sleep 0.1
	done
	echo "process group $left is left"
	return 1
}

# fault FAKE STATUS TEXT [ARGUMENT...]: how a run with such a tshark ends
fault() {
	FAKE=$1 status=$2 text=$3
	shift 3
	: >"$STARTS"
	CACHE=$WORK/cache-$FAKE
	run_ls --csv --tshark "$tshark" "$@" "$good"
	is "$FAKE: exit status" "$STATUS" "$status"
	is "$FAKE: one line on stderr" "$(wc -l <"$WORK/err")" 1
	ok "$FAKE: says '$text'" grep -qF -e "$text" "$WORK/err"
	is "$FAKE: nothing in the cache" \
		"$(find "$CACHE" -name '*.csv' -o -name '*.tmp.*')" ''
	ok "$FAKE: no process left" gone
}

for fake in short long no-columns garbled binary endless-line; do
	fault "$fake" 4 'unexpected line'
done
fault half-row 4 'exit status 2'
fault dies 4 'signal 9'
fault fails 4 'exit status 9'
fault shouts-and-fails 4 'it is all wrong'
for fake in hangs hangs-at-once hangs-in-between closes-and-hangs \
	ignores-term; do
	fault "$fake" 4 'ran longer than --timeout' --timeout 1
done
run_ls --timeout 1s "$good"
is 'a time that is none' "$STATUS" 2

FAKE=shouts CACHE=$WORK/shouts
run_ls --csv --tshark "$tshark" "$good"
is 'shouts: exit status' "$STATUS" 0
ok 'shouts: all rows' cmp "$WORK/out" "$WORK/wanted"
FAKE=no-newline CACHE=$WORK/no-newline
run_ls --csv --tshark "$tshark" "$good"
is 'no end of the last line: exit status' "$STATUS" 0
ok 'no end of the last line: all rows' cmp "$WORK/out" "$WORK/wanted"
FAKE=slow CACHE=$WORK/slow
run_ls --csv --tshark "$tshark" --timeout 500 "$good"
is 'slow, with patience: exit status' "$STATUS" 0
ok 'slow, with patience: all rows' cmp "$WORK/out" "$WORK/wanted"

# Another process that has the cache of the capture, and does not end.
FAKE=good CACHE=$WORK/waits
run_ls --csv --tshark "$tshark" "$good"
lock=$(find "$CACHE" -name "${good##*/}-*.json")
flock -F "${lock%.json}.lock" sleep 1000 >"$WORK/said" 2>&1 &
holder=$!
until ! flock -n "${lock%.json}.lock" true; do sleep 0.05; done
run_ls --csv --refresh --tshark "$tshark" --timeout 5 "$good"
is 'a lock that is held: exit status' "$STATUS" 0
ok 'a lock that is held: all rows' cmp "$WORK/out" "$WORK/wanted"
ok 'a lock that is held: says so' grep -q 'another process.*--timeout' \
	"$WORK/err"
kill "$holder"
wait "$holder" 2>/dev/null

# the cache
FAKE=good
warned() {
	is "$1: exit status" "$STATUS" 0
	ok "$1: all rows" cmp "$WORK/out" "$WORK/wanted"
	is "$1: nothing half" "$(leftovers)" ''
}

CACHE=$WORK/read-only
mkdir "$CACHE"
chmod 500 "$CACHE"
if [ "$(id -u)" -ne 0 ]; then
	run_ls --csv "$good"
	warned 'read-only cache'
elif command -v setpriv >"$WORK/said" &&
	setpriv --reuid=65534 --clear-groups cat "$good" >"$WORK/said" 2>&1 &&
	setpriv --reuid=65534 --clear-groups "$BUILD/mptcp-ls" -V \
		>"$WORK/said" 2>&1; then
	chmod 711 "$WORK"
	chmod 555 "$CACHE"
	setpriv --reuid=65534 --clear-groups "$BUILD/mptcp-ls" --csv \
		--cache-dir "$CACHE" "$good" >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
	warned 'read-only cache'
else
	skip 'read-only cache' 'root may do everything'
fi

# No file may grow beyond 1 KB: as if the disk were full; also when the packets
# were to come back from there.
for keep in 1000000 10; do
	CACHE=$WORK/full-$keep
	(
		trap '' XFSZ
		ulimit -f 1
		# and half of its counts, with COVERAGE=1
		export GCOV_PREFIX="$WORK/counts"
		MPTCP_KEEP_PACKETS=$keep exec "$BUILD/mptcp-ls" --csv \
			--cache-dir "$CACHE" "$good" 2>&1
	) | cat >"$WORK/pipe"
	STATUS=${PIPESTATUS[0]}
	grep -v -e '^mptcp-ls: ' -e profiling "$WORK/pipe" >"$WORK/out"
	warned "full disk, $keep packets in memory"
	is 'full disk: it says so, once' \
		"$(grep -c 'cannot use the cache' "$WORK/pipe")" 1
	is 'full disk: no rows are kept' "$(find "$CACHE" -name '*.csv')" ''
done

# Somebody put links in the place of the files.
CACHE=$WORK/links
run_ls --csv "$good"
echo precious >"$WORK/precious"
for file in "$CACHE"/*; do
	rm "$file"
	ln -s "$WORK/precious" "$file"
done
for name in "$CACHE"/*.csv; do
	ln -s "$WORK/precious" "${name%.csv}.lock"
done
run_ls --csv "$good"
is 'links: exit status' "$STATUS" 0
ok 'links: all rows' cmp "$WORK/out" "$WORK/wanted"
is 'links: what they lead to is as it was' "$(cat "$WORK/precious")" precious

CACHE=$WORK/vanishes
FAKE=slow
"$BUILD/mptcp-ls" --csv --tshark "$tshark" --cache-dir "$CACHE" "$good" \
	>"$WORK/out" 2>"$WORK/err" &
run=$!
for _ in $(seq 100); do
	ls "$CACHE"/*.tmp.* >"$WORK/said" 2>&1 && break
	sleep 0.05
done
rm -rf "$CACHE"
wait "$run"
STATUS=$?
warned 'deleted in the middle'

# signals at random moments
FAKE=slow CACHE=$WORK/signals
: >"$STARTS"
random=42
killed=0 whole=0
for i in $(seq "${RUNS:-8}"); do
	for signal in INT TERM PIPE; do
		random=$(((random * 1103515245 + 12345) % 2147483648))
		if [ "$signal" = PIPE ]; then
			# bash has INT ignored in the background, so env resets it
			"$BUILD/mptcp-ls" --tshark "$tshark" --cache-dir \
				"$CACHE" --refresh "$good" 2>"$WORK/err" |
				head -c 0
			continue
		fi
		env --default-signal=INT "$BUILD/mptcp-ls" --tshark "$tshark" \
			--cache-dir "$CACHE" --refresh "$good" \
			>"$WORK/out" 2>"$WORK/err" &
		run=$!
		sleep "0.$(printf '%03d' $((random / 65536 % 900)))"
		kill -s "$signal" "$run" 2>"$WORK/said"
		wait "$run" 2>"$WORK/said"
		case $? in
		0) whole=$((whole + 1)) ;;
		130 | 143) killed=$((killed + 1)) ;;
		*) ok "signal $signal, run $i: a status that is known" false ;;
		esac
	done
done
ok "signals: $killed killed, $whole whole" test "$killed" -gt 0
ok 'signals: no process left' gone
is 'signals: nothing half' "$(leftovers | grep -v '\.lock$')" ''
FAKE=good
run_ls --csv "$good"
warned 'after the signals'

# 16 at once
CACHE=$WORK/at-once
FAKE=slow
: >"$STARTS"
for i in $(seq 16); do
	"$BUILD/mptcp-ls" --csv --tshark "$tshark" --cache-dir "$CACHE" \
		"$good" >"$WORK/out-$i" 2>"$WORK/err-$i" &
done
wait
is '16 at once: tshark read once' "$(grep -cv -e '--version$' "$STARTS")" 1
same=0
for i in $(seq 16); do
	# of what the fake tshark tells not all is there, which is said
	cmp -s "$WORK/out-$i" "$WORK/wanted" &&
		! grep -qv ' not captured$' "$WORK/err-$i" &&
		same=$((same + 1))
done
is '16 at once: they agree' "$same" 16
is '16 at once: nothing half' "$(leftovers)" ''
finish
