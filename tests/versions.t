#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tshark: of other versions than the one that is installed, as far as they can
# be imitated, and in other places; and one that fails in the middle of things.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
good=$SYN/v1-byte-classes.pcap
checked=testdata/check/checksum-ok.pcap

real_version=$("$REAL" --version | head -n 1)

# fake NAME [VERSION]: a tshark that says it is of that version, or of the real
# one; the rest of the script comes from the standard input
fake() {
	mkdir -p "$(dirname "$WORK/$1")"
	{
		echo '#!/bin/sh'
		echo "[ \"\$1\" = --version ] && { echo '${2-$real_version}'; exit; }"
		cat
	} >"$WORK/$1"
	chmod +x "$WORK/$1"
}

# run [NAME=VALUE]... COMMAND ARGUMENT...: with these variables set; $STATUS,
# $WORK/out, $WORK/err
run() {
	run_any env PATH="$BUILD:$PATH" "$@"
}

# same NAME TSHARK COMMAND ARGUMENT...: with that tshark it prints what it
# prints with the real one, when it is run for the first time
same() {
	name=$1 other=$2 command=$3
	shift 3
	wanted=$WORK/wanted-$command
	if [ ! -e "$wanted" ]; then
		run "$command" --no-cache --tshark "$plain" "$@"
		cp "$WORK/out" "$wanted"
	fi
	run "$command" --no-cache --tshark "$WORK/$other" "$@"
	is "$name: exit status" "$STATUS" 0
	ok "$name: same output" cmp "$WORK/out" "$wanted"
}

# same_rows A B: two documents say the same, but for what they are of
same_rows() {
	python3 -c 'import json, sys
a, b = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
a.pop("captures"), b.pop("captures")
sys.exit(a != b)' "$1" "$2"
}

# version TEXT: what mptcp-doctor finds where "tshark --version" prints that
version() {
	fake any "$1" <<EOF
exec '$REAL' "\$@"
EOF
	"$BUILD/mptcp-doctor" --no-cache --tshark "$WORK/any" |
		sed -n "s/^ok tshark: version \(.*\), '.*/\1/p"
}

# It stands for the real one, and does not take long to tell its version.
fake bin/tshark <<EOF
exec '$REAL' "\$@"
EOF
plain=$WORK/bin/tshark

# 3.4 and before: "data" cannot be chosen for what TCP carries.
fake 3.4 'TShark (Wireshark) 3.4.10.' <<EOF
for arg; do
	[ "\$arg" = 'tcp.port==1-65535,data' ] || continue
	echo 'tshark: "data" isn'"'"'t valid for layer type "tcp.port"' >&2
	exit 1
done
exec '$REAL' "\$@"
EOF
is '3.4: the version' "$(version 'TShark (Wireshark) 3.4.10.')" 3.4.10
same '3.4: a listing' 3.4 mptcp-ls --json "$good"
same '3.4: payload' 3.4 mptcp-check --json --reader tshark "$checked"

# From 4.4 on no column needs the MPTCP dissector.
fake 4.4 'TShark (Wireshark) 4.4.18.' <<EOF
echo "\$*" >>'$WORK/arguments'
exec '$REAL' "\$@"
EOF
same '4.4: a listing' 4.4 mptcp-ls --json "$good"
ok '4.4: without the dissector of MPTCP' \
	grep -q -e '--disable-protocol mptcp' "$WORK/arguments"
is 'a version that is no number' "$(version 'TShark 4.x-rc0 (unknown)')" \
	4.x-rc0

# where it is
env -u PATH "$BUILD/mptcp-ls" --no-cache "$good" >"$WORK/out" 2>"$WORK/err"
case $? in
0) found=/usr ;;
4) found=$(grep -o 'tshark not found' "$WORK/err") ;;
esac
ok 'without PATH: where programs usually are' test -n "$found"
found=$(cd "$WORK/bin" &&
	PATH=/nonexistent::/none "$BUILD/mptcp-doctor" --no-cache |
	grep '^ok tshark')
is 'an empty name in PATH is this directory' "${found##*, }" \
	"'$(cd "$WORK/bin" && pwd)/./tshark'"
run PATH=/nonexistent:/none "$BUILD/mptcp-ls" --no-cache "$good"
is 'not in PATH: exit status' "$STATUS" 4
ok 'not in PATH: said' grep -q 'tshark not found' "$WORK/err"
printf '#!/nonexistent/shell\n' >"$WORK/no-shell"
chmod +x "$WORK/no-shell"
run mptcp-ls --no-cache --tshark "$WORK/no-shell" "$good"
is 'a script whose shell is missing: exit status' "$STATUS" 4
ok 'a script whose shell is missing: said' \
	grep -q "cannot run '.*no-shell'" "$WORK/err"

# what it is told of the language
fake language <<EOF
[ -z "\$LANGUAGE\$LC_MESSAGES" ] || exit 9
[ "\$LC_ALL" = C ] || exit 9
exec '$REAL' "\$@"
EOF
run LANGUAGE=de LC_ALL=de_DE.UTF-8 mptcp-ls --no-cache \
	--tshark "$WORK/language" "$good"
is 'it speaks no other language' "$STATUS" 0

# what it says of its trouble
fake mutters <<EOF
'$REAL' "\$@" | head -n 5
printf 'Running as user "root".\n\nit is \001 broken...\n' >&2
exit 77
EOF
run mptcp-ls --no-cache --tshark "$WORK/mutters" "$good"
is 'a message with odd characters: exit status' "$STATUS" 4
ok 'a message with odd characters' \
	grep -q 'after [45] packets: it is ? broken$' "$WORK/err"
for reason in '' '(pcap: \001 bad)'; do
	fake damaged <<EOF
'$REAL' "\$@" | head -n 5
printf 'tshark: The file appears to be damaged or corrupt.\n$reason\n' >&2
exit 2
EOF
	run mptcp-ls -j 1 --no-cache --tshark "$WORK/damaged" "$good"
	is "damage, '$reason': exit status" "$STATUS" 0
	cp "$WORK/err" "$WORK/damage$reason"
done
ok 'damage without a reason' grep -q 'corrupt: results cover' "$WORK/damage"
ok 'damage with a reason' grep -q 'corrupt (pcap: ? bad): results' "$WORK/err"
fake timeless <<EOF
'$REAL' "\$@" | awk -F '\t' -v OFS='\t' '{ \$2 = ""; print }'
EOF
run mptcp-ls -j 1 --no-cache --tshark "$WORK/timeless" "$good"
is 'packets without any time: exit status' "$STATUS" 3
ok 'packets without any time' grep -q 'is not a packet capture' "$WORK/err"

# gone after it was asked for its version, or after it read the packets
cat >"$WORK/vanishes" <<EOF
#!/bin/sh
rm "\$0"
echo '$real_version'
EOF
chmod +x "$WORK/vanishes"
cp -p "$WORK/vanishes" "$WORK/gone"
run mptcp-ls -j 1 --no-cache --tshark "$WORK/gone" "$good"
is 'it vanishes: exit status' "$STATUS" 5
ok 'it vanishes: said' grep -q "cannot run '.*gone'" "$WORK/err"
cp -p "$WORK/vanishes" "$WORK/gone"
run MPTCP_NATIVE_FROM=1 mptcp-ls --no-cache --tshark "$WORK/gone" "$good"
is 'it vanishes, read natively: exit status' "$STATUS" 5
cp -p "$WORK/vanishes" "$WORK/gone"
run mptcp-doctor --no-cache --tshark "$WORK/gone"
is 'it vanishes, mptcp-doctor: exit status' "$STATUS" 4
ok 'it vanishes, mptcp-doctor: said' grep -q '^fail fields: ' "$WORK/out"

# To read natively it needs a place for what tshark prints, or tshark reads all.
run TMPDIR="$WORK/nowhere" MPTCP_NATIVE_FROM=1 mptcp-ls --json --no-cache \
	--tshark "$plain" "$good"
is 'no place for what it prints: exit status' "$STATUS" 0
ok 'no place for what it prints: said' grep -q "nowhere'.*: so tshark read" \
	"$WORK/err"
ok 'no place for what it prints: same output' same_rows "$WORK/out" \
	"$WORK/wanted-mptcp-ls"

# the second time it reads a capture: for the payload, if it read the packets
payload() {
	fake payload <<EOF
case \$* in *tcp.payload*) ;; *) exec '$REAL' "\$@" ;; esac
$(cat)
EOF
}

# unknown NAME TEXT: checksums could not be computed, and why
unknown() {
	run mptcp-check --json --no-cache --reader tshark \
		--tshark "$WORK/payload" "$checked"
	ok "$1" grep -qF -e "$2" "$WORK/out" "$WORK/err"
}

payload <<EOF
'$REAL' "\$@" | sed '1i no\tnumber\t\t'
EOF
same 'payload after a line that is none' payload mptcp-check --json \
	--reader tshark "$checked"
payload <<EOF
'$REAL' "\$@" | sed 's/\$/00/'
EOF
same 'payload with more bytes than there are' payload mptcp-check --json \
	--reader tshark "$checked"
payload <<EOF
'$REAL' "\$@" | tr a-f A-F
EOF
same 'payload in capital letters' payload mptcp-check --json --reader tshark \
	"$checked"
payload <<EOF
kill -9 \$\$
EOF
unknown 'payload: killed' 'ended with signal 9'
payload <<EOF
exit 1
EOF
unknown 'payload: it fails' 'ended with exit status 1'
payload <<EOF
exit 2
EOF
unknown 'payload: nothing, and it fails' 'ended with exit status 2'
payload <<EOF
'$REAL' "\$@" | sed 's/..\$//' >'$WORK/rows'
while cat '$WORK/rows'; do :; done
EOF
unknown 'payload: none is whole, and there is no end of it' \
	'the payload was not captured'
fake payload <<EOF
case \$* in *-T*) rm "\$0" ;; esac
exec '$REAL' "\$@"
EOF
unknown 'payload: it vanishes' 'No such file or directory'

run TMPDIR="$WORK/nowhere" mptcp-check --json --no-cache --tshark "$plain" - \
	<"$checked"
ok 'payload: the standard input is read twice' same_rows "$WORK/out" \
	"$WORK/wanted-mptcp-check"
mkfifo "$WORK/fifo"
cat "$checked" >"$WORK/fifo" &
run TMPDIR="$WORK/nowhere" mptcp-check --json --no-cache --tshark "$plain" \
	"$WORK/fifo"
wait
ok 'payload: of a pipe that cannot be copied there is none left' \
	grep -q 'cannot be read a second time' "$WORK/out"
finish
