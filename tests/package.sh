#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# package.sh [SUITE]: build the Debian package of what is committed, twice, and
# try it where nothing else is installed.  Takes minutes, root, and Debian:
#
#	apt-get install debhelper lintian debootstrap
#
# The packages of both builds, in other directories and at another time, have
# the same bytes; lintian says nothing; the package installs in a bare SUITE
# (bookworm), and debian/tests/smoke succeeds there.  MIRROR= is where packages
# come from.  The package is left in $OUT, when that is set.
set -eu
suite=${1-bookworm}
cd "$(dirname "$0")/.."
work=$(mktemp -d)
root=$work/root
clean()
{
	if mountpoint -q "$root/proc"; then
		umount "$root/proc"
	fi
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

say()
{
	printf 'package: %s\n' "$*"
}

# quietly COMMAND...: its output is shown when it fails
quietly()
{
	"$@" >"$work/log" 2>&1 || {
		tail -n 40 "$work/log" >&2
		exit 1
	}
}

# build DIR: from a copy of the commit, below DIR
build()
{
	mkdir -p "$1/mptcptools"
	git archive HEAD | tar -x -C "$1/mptcptools"
	quietly env -C "$1/mptcptools" dpkg-buildpackage -us -uc -b
}

say "building"
build "$work/one"
say "building again, elsewhere"
build "$work/two/further/down"
for deb in "$work"/one/*.deb; do
	cmp "$deb" "$work/two/further/down/${deb##*/}"
done
say "the same bytes: $(cd "$work/one" && echo *.deb)"

lintian --allow-root --info --display-info --fail-on error,warning,info \
	"$work"/one/*.changes
say 'lintian: nothing to say'

say "a bare $suite"
quietly debootstrap --variant=minbase "$suite" "$root" ${MIRROR:+"$MIRROR"}
mount -t proc proc "$root/proc"
cp "$work"/one/mptcptools_*.deb "$root/tmp/"
in_root()
{
	chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    DEBIAN_FRONTEND=noninteractive ${http_proxy:+"http_proxy=$http_proxy"} \
	    ${https_proxy:+"https_proxy=$https_proxy"} "$@"
}
say 'installing'
quietly in_root apt-get -qq update
quietly in_root sh -c 'apt-get -qq install -y --no-install-recommends \
	/tmp/mptcptools_*.deb'
in_root mptcp-doctor
say 'what debian/tests needs besides'
needs=$(sed -n 's/^Depends: @, //p' debian/tests/control | tr -d ,)
# shellcheck disable=SC2086
quietly in_root apt-get -qq install -y --no-install-recommends $needs
mkdir "$root/tmp/sources"
git archive HEAD debian/tests testdata | tar -x -C "$root/tmp/sources"
in_root sh -c 'cd /tmp/sources && debian/tests/smoke'
say 'removing'
quietly in_root apt-get -qq purge -y mptcptools
left=$(find "$root/usr" "$root/etc" "$root/var/lib" -path "$root/var/lib/apt" \
	-prune -o -name '*mptcp*' ! -name '*mptcpify*' -print)
if [ -n "$left" ]; then
	printf '%s\n' "$left" >&2
	exit 1
fi
if [ -n "${OUT-}" ]; then
	mkdir -p "$OUT"
	cp "$work"/one/*.deb "$OUT"
fi
say 'ok'
