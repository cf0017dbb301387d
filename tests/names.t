#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A capture may be called anything: it is read, and the output stays whole.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
case $BUILD in
/*) ;;
*) BUILD=$PWD/$BUILD ;;
esac
source=$PWD/$SYN/v1-join-by-server.pcap
cd "$WORK" || exit 1
cp "$source" plain.pcap
columns=id,state,client_key,bytes_to_server,bytes_to_client
"$BUILD/mptcp-ls" --cache-dir cache --csv -o "$columns" plain.pcap >wanted

# named NAME FILE: the same numbers, JSON with a path, one line per message
named() {
	cp -- "$source" "$2"
	"$BUILD/mptcp-ls" --cache-dir cache --csv -o "$columns" -- "$2" \
		>out 2>err
	is "$1: exit status" "$?" 0
	ok "$1: same rows" cmp out wanted
	"$BUILD/mptcp-ls" --cache-dir cache --json -- "$2" >out 2>err
	ok "$1: valid JSON of UTF-8" python3 -c '
import json, sys
json.loads(open("out", "rb").read().decode("utf-8"))["captures"][0]["path"]'
	for format in --jsonl --tsv; do
		"$BUILD/mptcp-ls" --cache-dir cache $format -- "$2" \
			plain.pcap >out 2>err
		is "$1: $format: whole lines" "$(wc -l <out)" \
			"$([ $format = --tsv ] && echo 3 || echo 2)"
	done
	head -c 100 "$source" >"./$2"
	"$BUILD/mptcp-check" --cache-dir cache -- "$2" >out 2>err
	"$BUILD/mptcp-doctor" --cache-dir cache -- "$2" >>out 2>>err
	is "$1: messages without control characters" \
		"$(tr -d '\n' <err | LC_ALL=C tr -cd '\000-\037\177' | wc -c)" 0
	is "$1: each names the command" \
		"$(grep -cav '^mptcp-[a-z]*: ' err)" 0
	rm -f -- "$2"
}

named 'newline' 'a
b.pcap'
named 'leading dash' -r.pcap
named 'option' --help
named 'quotes and commas' "it's \"q\", \$(id) \`id\`;x&.pcap"
named 'escape sequence' "$(printf 'a\033[31m\tb.pcap')"
named 'no UTF-8' "$(printf 'bad\377\376\300.pcap')"

long=$(printf '%0250d' 0)
deep=.
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	deep=$deep/$long
done
mkdir -p "$deep"
named '4 KB' "$deep/x.pcap"
"$BUILD/mptcp-ls" --cache-dir cache "$deep/none" >out 2>err
is '4 KB, missing: exit status' "$?" 3
ok '4 KB, missing: why' grep -q 'No such file' err
"$BUILD/mptcp-ls" --cache-dir cache "$deep/$deep/none" >out 2>err
is '8 KB: exit status' "$?" 3
ok '8 KB: why' grep -q 'too long' err

# the cache: for nobody else, and no way out of its directory
is 'the cache is 0700' "$(stat -c %a cache)" 700
is 'what is in it is 0600' \
	"$(find cache -type f ! -perm 600 | wc -l)" 0
is 'there is nothing beside it' "$(find . -name '*.csv' ! -path './cache/*')" ''
finish
