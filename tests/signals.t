#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A killed run leaves no child process, no temporary file and no half cache.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark

# A tshark that notes its process id and then hangs.
cat >"$WORK/tshark" <<EOF
#!/bin/sh
case \$1 in --version | -v) echo 'TShark (Wireshark) 4.0.17.'; exit ;; esac
echo \$\$ >"$WORK/pid"
exec sleep 1000
EOF
chmod +x "$WORK/tshark"
capture=testdata/captures/two-paths-client.pcapng

for signal in TERM HUP PIPE; do
	# Under nohup nothing ends by it, and that is right.
	if [ "$(sh -c "kill -s $signal \$\$; echo ignored" 2>/dev/null)" ]; then
		skip "$signal" 'it is ignored here'
		continue
	fi
	rm -f "$WORK/pid"
	"$BUILD/mptcp-ls" --tshark "$WORK/tshark" --cache-dir "$CACHE" \
		"$capture" >"$WORK/out" 2>"$WORK/err" &
	run=$!
	tries=0
	while [ ! -s "$WORK/pid" ] && [ "$tries" -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	ok "$signal: tshark was started" test -s "$WORK/pid"
	ok "$signal: something to clean up" sh -c "ls '$CACHE' | grep -q tmp"
	kill -s "$signal" "$run"
	wait "$run" 2>"$WORK/said"
	is "$signal: ended by it" "$(kill -l "$?")" "$signal"
	tries=0
	while kill -0 "$(cat "$WORK/pid")" 2>"$WORK/said" &&
		[ "$tries" -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	ok "$signal: no child is left" sh -c \
		"! kill -0 $(cat "$WORK/pid") 2>/dev/null"
	is "$signal: no temporary file, no half cache" \
		"$(find "$CACHE" -name '*tmp*' -o -name '*.csv')" ''
done
finish
