#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The numbers of mptcp-ls, mptcp-summary and mptcp-reinject against the second
# computation (reference.py), for every capture there is, and against what the
# synthetic captures were made to show.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
share_cache
case $(tshark --version 2>/dev/null | head -n 1) in
*' 3.'* | *' 4.0.'* | *' 4.2.'*) ;;
*)
	OTHER_NUMBERS=1
	export OTHER_NUMBERS
	;;
esac

# Streams that are counted otherwise would be other rows.
summary_agrees() {
	"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$1" \
		>"$WORK/summary" 2>"$WORK/err" || return 1
	"$BUILD/mptcp-reinject" --cache-dir "$CACHE" --json "$1" \
		>"$WORK/reinject" 2>"$WORK/err" || return 1
	# shellcheck disable=SC2046 # a word is an argument
	set -- "$1" $(python3 -c "import json, sys
for s in json.load(sys.stdin)['captures'][0]['tcp_streams']:
    print('-t', s['tcp_stream'])" <"$WORK/reference")
	if [ $# -eq 1 ]; then
		python3 tests/compare_summary.py "$WORK/reference" \
			"$WORK/summary" "$WORK/reinject"
		return
	fi
	"$BUILD/mptcp-summary" --cache-dir "$CACHE" --json "$@" \
		>"$WORK/streams" 2>"$WORK/err" || return 1
	python3 tests/compare_summary.py "$WORK/reference" "$WORK/summary" \
		"$WORK/reinject" "$WORK/streams"
}

agrees() {
	run_ls --json "$1"
	if [ "$STATUS" -ne 0 ]; then
		echo "exit status $STATUS"
		cat "$WORK/err"
		return 1
	fi
	python3 tests/reference.py "$1" >"$WORK/reference" || return 1
	agree_status=0
	python3 tests/compare.py "$WORK/out" reference "$WORK/reference" ||
		agree_status=1
	if [ -z "${OTHER_NUMBERS-}" ]; then
		summary_agrees "$1" || agree_status=1
	fi
	if [ -n "$2" ]; then
		echo '-- expected.json:'
		python3 tests/compare.py "$WORK/out" expected \
			"$SYN/expected.json" "$2" || agree_status=1
	fi
	return "$agree_status"
}

python3 - "$SYN/expected.json" >"$WORK/names" <<'EOF'
import json, sys
for name, file in json.load(open(sys.argv[1]))["files"].items():
    if file.get("readable", True):
        print(name)
EOF
ok 'there are synthetic captures' test -s "$WORK/names"
while read -r name; do
	ok "$name" agrees "$SYN/$name" "$name"
done <"$WORK/names"

for dir in testdata/captures ../shared/captures; do
	if [ ! -d "$dir" ]; then
		skip "$dir" 'not there'
		continue
	fi
	find "$dir" -type f \( -name '*.pcap' -o -name '*.pcapng' \
		-o -name '*.pcap.gz' -o -name '*.pcapng.gz' \) |
		sort >"$WORK/names"
	while read -r name; do
		ok "$name" agrees "$name" ''
	done <"$WORK/names"
done
finish
