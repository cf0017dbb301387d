#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# matrix.sh [DIR]: the results of all commands with the tshark of Debian 11, 12
# and 13, each in a chroot made by debootstrap below DIR (about 700 MB each;
# root only; they stay, for the next time).  The commands are those of build/,
# and run here: only tshark runs in the chroot, with the captures bound there.
# What has to agree is everything but Wireshark's numbers of TCP streams where
# 4.4 splits one.
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || { echo 'matrix.sh: root only' >&2; exit 1; }
top=${1:-/var/tmp/mptcptools-matrix}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$top"

for suite in bullseye bookworm trixie; do
	[ -x "$top/$suite/usr/bin/tshark" ] || debootstrap --variant=minbase \
		--include=tshark "$suite" "$top/$suite" >"$work/log" 2>&1 || {
		tail -n 3 "$work/log" >&2
		exit 1
	}
	rm -rf "$top/$suite/captures"
	mkdir "$top/$suite/captures"
	cp -r testdata/synthetic testdata/captures "$top/$suite/captures"
	cat >"$work/tshark-$suite" <<END
#!/bin/sh
exec chroot '$top/$suite' /usr/bin/tshark "\$@"
END
	chmod +x "$work/tshark-$suite"
done

# The same name for the capture inside and outside of the chroot.
[ -e /captures ] && { echo 'matrix.sh: /captures is in the way' >&2; exit 1; }
cp -r "$top/bookworm/captures" /captures
trap 'rm -rf "$work" /captures' EXIT

# results SUITE CAPTURE: what all commands print
results() {
	while read -r program options; do
		# shellcheck disable=SC2086
		"build/$program" --cache-dir "$work/cache-$1" --tshark \
			"$work/tshark-$1" $options "$2" 2>&1 ||
			echo "exit status $?"
	done <<-'END'
		mptcp-ls --json -t
		mptcp-summary --json
		mptcp-reinject --json --all
		mptcp-events --json
		mptcp-check --json --all
	END
}

differ=0 agree=0
find /captures -name '*.pcap*' | sort >"$work/captures"
while read -r capture <&3; do
	for suite in bookworm bullseye trixie; do
		results "$suite" "$capture" >"$work/$suite"
	done
	for suite in bullseye trixie; do
		if cmp -s "$work/$suite" "$work/bookworm"; then
			agree=$((agree + 1))
		else
			differ=$((differ + 1))
			echo "$suite differs from bookworm: $capture"
			diff "$work/bookworm" "$work/$suite" | head -n 6
		fi
	done
done 3<"$work/captures"
for suite in bullseye bookworm trixie; do
	"$work/tshark-$suite" --version 2>&1 | grep -m 1 '^TShark'
done
echo "$agree agree, $differ differ"
