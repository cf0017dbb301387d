#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Two captures of recordings in which packets were lost, altered, delivered twice or
# thrown away by their receiver, against tests/reference_pair.py: delays, what was
# altered, whether reinjections were needed, and on which subflow the data came.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
share_cache
shared=../shared/captures

# says FILE COMMAND ARGUMENT...: what it prints
says() {
	says_file=$WORK/$1 says_command=$BUILD/$2
	shift 2
	"$says_command" --cache-dir "$CACHE" --json "$@" >"$says_file"
}

# agree CLIENT SERVER
agree() {
	says owd mptcp-owd --clock raw "$1" "$2" || return 1
	says to-server mptcp-reinject --with "$2" "$1" || return 1
	says at-client mptcp-summary --with "$2" "$1" || return 1
	says to-client mptcp-reinject --with "$1" "$2" 2>/dev/null || return 1
	says at-server mptcp-summary --with "$1" "$2" || return 1
	python3 tests/reference_pair.py "$1" "$2" "$WORK/owd" \
		"$WORK/to-server" "$WORK/at-client" \
		"$WORK/to-client" "$WORK/at-server"
}

# The wire cuts what is sent in window-gso: not for the reference.
for name in strip clamp copies-v4 copies-v6 wrong-sum renumbered firewall; do
	ok "$name" agree testdata/captures/pair/$name-client.pcapng.gz \
		testdata/captures/pair/$name-server.pcapng.gz
done
for name in k05-strip-dss-one k07-backup-failover k08-cut-3s k08b-cut-all-3s \
	k17-csum-one-of-two t16-duplicates t17b-csum-only t44-syn-lost \
	t45-strip-down; do
	if [ -d "$shared/truth/$name" ]; then
		ok "$name" agree "$shared/truth/$name/client.pcapng" \
			"$shared/truth/$name/server.pcapng"
	else
		skip "$name" "no $shared/truth/$name"
	fi
done

# A receiver's capture that ends sooner: what is not there proves nothing.
# ended SECONDS CLIENT SERVER
ended() {
	"$REAL" -n -r "$3" -Y "frame.time_relative < $1" -w "$WORK/ended.pcapng" \
		2>/dev/null || return 1
	says to-server mptcp-reinject --with "$WORK/ended.pcapng" "$2" || return 1
	python3 tests/reference_pair.py "$2" "$WORK/ended.pcapng" - \
		"$WORK/to-server" -
}
for seconds in 0.7 0.85 0.95 1.05; do
	ok "wrong-sum, of the server $seconds s only" ended $seconds \
		testdata/captures/pair/wrong-sum-client.pcapng.gz \
		testdata/captures/pair/wrong-sum-server.pcapng.gz
done
if [ -d "$shared/lab/lossy" ]; then
	ok 'lossy, of the server 2.5 s only' ended 2.5 \
		"$shared/lab/lossy/client.pcapng" "$shared/lab/lossy/server.pcapng"
else
	skip 'lossy, of the server 2.5 s only' 'not there'
fi

# Whether the original came, and whether it was kept, decides: these are known by
# what the recordings were made for, whatever computes them.
useful() {
	says one mptcp-reinject --summary --with "$3" "$2" || return 1
	python3 -c "
import json, sys
verdicts = [t['verdicts'] for t in json.load(open('$WORK/one', encoding='utf-8'))['totals']]
sums = {v: sum(t[v]['packets'] for t in verdicts) for v in ('useful', 'redundant', 'unknown')}
assert sums == {'useful': $1, 'redundant': 0, 'unknown': 0}, sums"
}
pair=testdata/captures/pair
ok 'behind a checksum that failed: all were needed' useful 38 \
	$pair/wrong-sum-client.pcapng.gz $pair/wrong-sum-server.pcapng.gz
ok 'behind a firewall that drops: all were needed' useful 11 \
	$pair/firewall-client.pcapng.gz $pair/firewall-server.pcapng.gz
if [ -d "$shared/truth/k17-csum-one-of-two" ]; then
	ok 'one of two with a checksum that failed: all were needed' useful 29 \
		"$shared/truth/k17-csum-one-of-two/server.pcapng" \
		"$shared/truth/k17-csum-one-of-two/client.pcapng"
else
	skip 'one of two with a checksum that failed' 'not there'
fi

# The receiver's capture first: nothing can be judged, and that is no 0.
sender=$pair/wrong-sum-client.pcapng.gz receiver=$pair/wrong-sum-server.pcapng.gz
# sums FIRST SECOND: towards the server, of the table
sums() {
	run mptcp-reinject --summary -o towards,useful_bytes,redundant_bytes,unknown_bytes \
		--with "$2" "$1"
	sed -n 's/^server *//p' "$WORK/out" | tr -s ' '
}
is 'both ends, sums' "$(sums $sender $receiver)" '47.4 kB 0 B 0 B'
is 'both ends: says nothing' "$(cat "$WORK/err")" ''
is 'the receiver first, sums' "$(sums $receiver $sender)" '- - 47.4 kB'
is 'the receiver first: says what to do' "$(cat "$WORK/err")" \
	"mptcp-reinject: reinjections to the server are judged from the capture of the \
sender: give '$sender' first, and this capture behind --with"
run mptcp-reinject --towards client --with $sender $receiver
is 'the other direction, from its sender: says nothing' "$(cat "$WORK/err")" ''
run mptcp-reinject --towards server --with $sender $receiver
ok 'a direction that was asked for: says it' grep -q \
	'to the server are judged from the capture of the sender' "$WORK/err"
run mptcp-reinject --summary "$receiver"
is 'one end: no such columns' "$(grep -c 'USEFUL' "$WORK/out")" 0
finish
