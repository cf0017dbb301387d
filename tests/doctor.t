#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-doctor: its lines, its JSON and its exit status, for a sound
# installation and capture and for what can be wrong with them.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
tests_of mptcp-doctor

# verdict CHECK: what the JSON of the last run says of a check
verdict() {
	python3 - "$WORK/out" "$1" <<'EOF'
import json, sys
doc = json.load(open(sys.argv[1]))
assert doc["schema"] == "mptcp-doctor/1", doc["schema"]
print(*(c["result"] for c in doc["checks"] if c["check"] == sys.argv[2]))
EOF
}

run
is 'no capture: exit status' "$STATUS" 0
ok 'no capture: tshark found' grep -q '^ok tshark: version ' "$WORK/out"
ok 'no capture: every line has a verdict' sh -c \
	"! grep -vE '^(ok|warn|fail) ' '$WORK/out'"
is 'no capture: nothing on stderr' "$(cat "$WORK/err")" ''

run --json testdata/captures/two-paths-client.pcapng
is 'a sound capture: exit status' "$STATUS" 0
for check in tshark fields cache libraries capture complete snaplen \
	handshakes directions; do
	is "a sound capture: $check" "$(verdict "$check")" ok
done

run --json "$SYN/fault-cut-short.pcap"
is 'cut short: complete' "$(verdict complete)" warn
run --json "$SYN/fault-options-cut-at-60.pcap"
is 'options cut: snaplen' "$(verdict snaplen)" warn
"$BUILD/mptcp-export" -q --columns raw -w "$WORK/export.csv" --cache-dir "$CACHE" \
	"$SYN/fault-options-cut-at-60.pcap" 2>"$WORK/said"
sed -i 's/,""snapped"":{[^}]*}//' "$WORK/export.csv"
run "$WORK/export.csv"
ok 'options cut, in an export that does not say why' \
	grep -qx 'warn snaplen: the TCP options of 11 packets are incomplete' "$WORK/out"
run --json "$SYN/mid-connection.pcap"
is 'no handshake: handshakes' "$(verdict handshakes)" warn
run --json "$SYN/one-way-to-server.pcap"
is 'one way: directions' "$(verdict directions)" warn

run --json --tshark "$WORK/none"
is 'no tshark: exit status' "$STATUS" 4
is 'no tshark: verdict' "$(verdict tshark)" fail
run "$WORK/none.pcap"
is 'no capture file: exit status' "$STATUS" 3
ok 'no capture file: said' grep -q '^fail capture: .*none.pcap' "$WORK/out"

run --json --no-cache
is 'no cache: exit status' "$STATUS" 0
is 'no cache: verdict' "$(verdict cache)" ok
ok 'no cache: said' grep -q 'not used (--no-cache)' "$WORK/out"
env -u HOME -u XDG_CACHE_HOME "$BUILD/mptcp-doctor" --json >"$WORK/out"
is 'nowhere to keep anything: exit status' "$?" 0
is 'nowhere to keep anything: verdict' "$(verdict cache)" warn
ok 'nowhere to keep anything: said' grep -q 'HOME is not set' "$WORK/out"
if [ "$(id -u)" -eq 0 ]; then
	skip 'a cache that is read-only' 'root may do everything'
else
	mkdir -m 500 "$WORK/read-only"
	"$BUILD/mptcp-doctor" --json --cache-dir "$WORK/read-only" \
		>"$WORK/out"
	is 'a cache that is read-only' "$(verdict cache)" warn
fi

# A tshark without a field, and one that does not tell which it has.
for fields in "sed 's/tcp.window_size_value/tcp.window/'" false; do
	cat >"$WORK/tshark" <<EOF
#!/bin/sh
[ "\$1" = -G ] || exec '$REAL' "\$@"
'$REAL' "\$@" | $fields
EOF
	chmod +x "$WORK/tshark"
	run --json --tshark "$WORK/tshark"
	is "fields, $fields: exit status" "$STATUS" 4
	is "fields, $fields: verdict" "$(verdict fields)" fail
	cp "$WORK/out" "$WORK/${fields%% *}"
done
ok 'a field is missing: said' grep -q 'does not know tcp.window_size_value"' \
	"$WORK/sed"
ok 'no list of fields: said' grep -q -e '-G fields. failed' "$WORK/false"
run --nonsense
is 'unknown option: exit status' "$STATUS" 2
finish
