#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Some mutants of small captures, under all commands (tests/mutate.py).

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark

ok 'captures that are damaged all over' python3 tests/mutate.py --seed 7 \
	--count 90 --bundle 30 "$BUILD" "$SYN"/*.pcap "$SYN"/*.pcapng
ok 'one of each, under every command' python3 tests/mutate.py --seed 8 \
	--count 32 --bundle 32 --all "$BUILD" "$SYN"/v1-*.pcap

# The tool sees what is broken: a command that prints no JSON, one that hangs
# in its arithmetic, one that dies of a signal.
fake() {
	mkdir -p "$WORK/$1"
	for command in ls summary check events reinject owd map doctor plot; do
		cat >"$WORK/$1/mptcp-$command" <<END
#!/bin/sh
$2
END
		chmod +x "$WORK/$1/mptcp-$command"
	done
	ok "it sees $1" sh -c "python3 tests/mutate.py --count 1 '$WORK/$1' \
		'$SYN/v1-mp-prio.pcap' | grep -q '$3'"
}
# shellcheck disable=SC2016
{
	fake junk 'mkdir -p $2; echo "{"' 'JSON'
	fake signals 'mkdir -p $2; kill -SEGV $$' 'exit status'
	fake messages 'mkdir -p $2; echo hello >&2; exit 3' 'says'
}
finish
