#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-doctor: its lines, its JSON and its exit status, for a sound
# installation and capture and for what can be wrong with them.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark

doctor() {
	"$BUILD/mptcp-doctor" --cache-dir "$CACHE" "$@" >"$WORK/out" \
		2>"$WORK/err"
	STATUS=$?
}

# verdict CHECK: what the JSON of the last run says of a check
verdict() {
	python3 - "$WORK/out" "$1" <<'EOF'
import json, sys
doc = json.load(open(sys.argv[1]))
assert doc["schema"] == "mptcp-doctor/1", doc["schema"]
print(*(c["result"] for c in doc["checks"] if c["check"] == sys.argv[2]))
EOF
}

doctor
is 'no capture: exit status' "$STATUS" 0
ok 'no capture: tshark found' grep -q '^ok tshark: version ' "$WORK/out"
ok 'no capture: every line has a verdict' sh -c \
	"! grep -vE '^(ok|warn|fail) ' '$WORK/out'"
is 'no capture: nothing on stderr' "$(cat "$WORK/err")" ''

doctor --json testdata/captures/two-paths-client.pcapng
is 'a sound capture: exit status' "$STATUS" 0
for check in tshark fields cache libraries capture complete snaplen \
	handshakes directions; do
	is "a sound capture: $check" "$(verdict "$check")" ok
done

doctor --json "$SYN/fault-cut-short.pcap"
is 'cut short: complete' "$(verdict complete)" warn
doctor --json "$SYN/fault-options-cut-at-60.pcap"
is 'options cut: snaplen' "$(verdict snaplen)" warn
doctor --json "$SYN/mid-connection.pcap"
is 'no handshake: handshakes' "$(verdict handshakes)" warn
doctor --json "$SYN/one-way-to-server.pcap"
is 'one way: directions' "$(verdict directions)" warn

doctor --json --tshark "$WORK/none"
is 'no tshark: exit status' "$STATUS" 4
is 'no tshark: verdict' "$(verdict tshark)" fail
doctor "$WORK/none.pcap"
is 'no capture file: exit status' "$STATUS" 3
ok 'no capture file: said' grep -q '^fail capture: .*none.pcap' "$WORK/out"
doctor --nonsense
is 'unknown option: exit status' "$STATUS" 2
finish
