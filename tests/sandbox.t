#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# examples/tshark-sandbox: the same results, and a tshark that can do no harm.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
if ! bwrap --unshare-all --ro-bind / / true 2>"$WORK/err"; then
	echo '1..0 # SKIP no bwrap, or it may not make namespaces'
	exit 0
fi
sandbox=$PWD/examples/tshark-sandbox
capture=testdata/captures/two-paths-client.pcapng

run_ls --json "$capture"
cp "$WORK/out" "$WORK/wanted"
run_ls --json --refresh --tshark "$sandbox" "$capture"
is 'a file: exit status' "$STATUS" 0
ok 'a file: the same' cmp "$WORK/out" "$WORK/wanted"
MPTCP_JOB_PACKETS=300 run_ls --json --refresh -j 2 --tshark "$sandbox" \
	"$capture"
ok 'a file in two parts: the same' cmp "$WORK/out" "$WORK/wanted"
MPTCP_TSHARK=$sandbox "$BUILD/mptcp-ls" --json - <"$capture" |
	sed 's/"-"/"'"$(printf %s "$capture" | sed 's,/,\\/,g')"'"/' \
		>"$WORK/out"
ok 'a pipe: the same' cmp "$WORK/out" "$WORK/wanted"

# One that does what it should not, and says whether it could.
cat >"$WORK/evil" <<END
#!/bin/sh
[ "\$1" = --version ] && exec "$REAL" --version
echo >"$WORK/written" && echo 'wrote a file' >&2
kill -0 $$ && echo 'saw a process' >&2
[ -n "\$(tail -n +3 /proc/net/dev | grep -v ' lo:\|^ *lo:')" ] &&
	echo 'saw a network' >&2
exec "$REAL" "\$@"
END
chmod +x "$WORK/evil"
TSHARK=$WORK/evil run_ls --json --refresh --tshark "$sandbox" "$capture"
is 'an evil one: exit status' "$STATUS" 0
is 'an evil one: no file' "$(find "$WORK" -name written)" ''
"$WORK/evil" -r "$capture" >/dev/null 2>"$WORK/free"
ok 'an evil one, free: could do at least two things' \
	test "$(grep -c -e wrote -e saw "$WORK/free")" -ge 2
TSHARK=$WORK/evil "$sandbox" -r "$capture" >/dev/null 2>"$WORK/err"
is 'an evil one, in the sandbox: none' \
	"$(grep -c -e wrote -e saw "$WORK/err")" 0

# One that never ends.
cat >"$WORK/hangs" <<END
#!/bin/sh
[ "\$1" = --version ] && exec "$REAL" --version
exec sleep 4711.$$
END
chmod +x "$WORK/hangs"
TSHARK=$WORK/hangs run_ls --refresh --timeout 1 --tshark "$sandbox" "$capture"
is 'one that hangs: exit status' "$STATUS" 4
sleep 0.2
if command -v pgrep >"$WORK/said"; then
	is 'one that hangs: is gone' "$(pgrep -f "^sleep 4711.$$")" ''
else
	skip 'one that hangs: is gone' 'no pgrep'
fi
finish
