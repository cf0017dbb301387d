#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-ls against the second computation (reference.py), for every capture
# there is, and against what the synthetic captures were made to show.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
case $(tshark --version 2>/dev/null | head -n 1) in
*' 3.'* | *' 4.0.'* | *' 4.2.'*) ;;
*)
	OTHER_NUMBERS=1
	export OTHER_NUMBERS
	;;
esac

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
