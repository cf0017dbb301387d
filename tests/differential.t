#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Our model against tshark's own analysis, where that is right
# (tests/differential.py, VIOLATIONS.md).  ALL=1: over every capture there is.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
share_cache

if [ -n "${ALL-}" ]; then
	set -- "$SYN"/[!f]*.pcap ../shared/captures/wild/*.pcap \
		../shared/captures/lab/*/*.pcapng
else
	set -- "$SYN"/v1-[brs]*.pcap "$SYN"/v0-two-joins.pcap
fi
for capture in "$@" testdata/captures/*.pcapng*; do
	[ -e "$capture" ] || continue
	case $capture in
	*/v1-dsn-wrap-64.pcap)
		skip "$capture" 'tshark aborts'
		continue
		;;
	*/v1-token-reuse.pcap | */v1-token-of-two-servers.pcap)
		skip "$capture" 'tshark takes two connections for one'
		continue
		;;
	esac
	ok "$capture" python3 tests/differential.py "$BUILD" "$CACHE" \
		"$capture"
done
finish
