#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the commands print for the captures of testdata/, to the letter.  "make
# regen" writes tests/golden/ anew; look at "git diff" afterwards.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
share_cache

# golden NAME COMMAND ARGUMENT...
golden() {
	golden_file=tests/golden/$1
	golden_command=$2
	shift 2
	"$BUILD/$golden_command" --cache-dir "$CACHE" "$@" >"$WORK/out" \
		2>&1
	if [ -n "${REGEN-}" ]; then
		cp "$WORK/out" "$golden_file"
	fi
	ok "$golden_file" diff -u "$golden_file" "$WORK/out"
	is "$golden_file: plurals" "$(plurals "$WORK/out")" ''
}

mkdir -p tests/golden
for capture in two-paths-client.pcapng path-failure-client.pcapng.gz \
	lossy-client-first-600.pcapng.gz addr-events-client.pcapng.gz; do
	name=${capture%%.*}
	path=testdata/captures/$capture
	golden "$name.ls.txt" mptcp-ls -s "$path"
	golden "$name.summary.txt" mptcp-summary "$path"
	golden "$name.summary.csv" mptcp-summary --csv "$path"
	golden "$name.paths.txt" mptcp-summary --paths "$path"
	golden "$name.streams.txt" mptcp-summary -t 0 -t 1 "$path"
	golden "$name.reinject.csv" mptcp-reinject --all --csv "$path"
	golden "$name.reinject-summary.txt" mptcp-reinject --summary "$path"
	golden "$name.events.txt" mptcp-events "$path"
done
finish
