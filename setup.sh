#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# setup.sh - from a fresh clone to a result, with one command.
#
# On Debian and Ubuntu it installs the packages that are missing (as root or
# through sudo) and nothing else; elsewhere it names them.  It asks nothing.
set -eu

demo_debian="gcc make pkgconf libc6-dev tshark libcsv-dev libjansson-dev \
libcairo2-dev uthash-dev libsmartcols-dev libmd-dev libxxhash-dev \
zlib1g-dev libncurses-dev"
check_debian="libcmocka-dev perl python3 jq mandoc valgrind bash zsh \
python3-jsonschema python3-yaml sqlite3 parallel util-linux bubblewrap iproute2 \
tcpdump tmux"
lint_debian='clang-format clang-tidy cppcheck shellcheck blhc'
fuzz_debian='clang libclang-rt-dev'
bench_debian='hyperfine tcptrace'

usage()
{
	cat <<-'END'
	usage: ./setup.sh demo | check | packages
	  demo      install what is missing, build, show one example
	  check     install what is missing, build, run all tests
	  packages  list the package names for several systems, do nothing
	END
}

say()
{
	printf 'setup: %s\n' "$*" >&2
}

packages()
{
	printf '%s\n' \
	    'Debian, Ubuntu' \
	    "  build and run: $demo_debian" \
	    "  tests:         $check_debian" \
	    "  make lint:     $lint_debian" \
	    "  make bench:    $bench_debian (and it does without)" \
	    "  make fuzz:     $fuzz_debian" \
	    'Fedora' \
	    '  build and run: gcc make pkgconf-pkg-config glibc-devel wireshark-cli libcsv-devel jansson-devel cairo-devel uthash-devel libsmartcols-devel libmd-devel xxhash-devel zlib-devel ncurses-devel' \
	    '  tests:         libcmocka-devel perl-Test-Harness python3 jq mandoc valgrind zsh python3-jsonschema python3-pyyaml sqlite parallel bubblewrap iproute tcpdump tmux libasan libubsan' \
	    '  make lint:     clang-tools-extra cppcheck ShellCheck' \
	    'Arch' \
	    '  build and run: gcc make pkgconf wireshark-cli libcsv jansson cairo uthash util-linux-libs libmd xxhash zlib ncurses' \
	    '  tests:         cmocka perl python jq mandoc valgrind zsh python-jsonschema python-yaml sqlite parallel bubblewrap iproute2 tcpdump tmux' \
	    '  make lint:     clang cppcheck shellcheck' \
	    'Alpine' \
	    '  build and run: gcc make pkgconf musl-dev tshark libcsv-dev jansson-dev cairo-dev uthash-dev util-linux-dev libmd-dev xxhash-dev zlib-dev ncurses-dev' \
	    '  tests:         cmocka-dev perl-utils python3 jq mandoc valgrind bash zsh py3-jsonschema py3-yaml sqlite parallel flock bubblewrap iproute2 tcpdump tmux' \
	    '  make lint:     clang-extra-tools cppcheck shellcheck' \
	    'setup.sh is tried on Debian; a system may not have every package named for it.'
}

installed()
{
	status=$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) || return 1
	[ "$status" = installed ]
}

# The packages among "$@" that are not installed, each with a blank before it.
missing()
{
	for p; do
		installed "$p" && continue
		[ "$p" = pkgconf ] && installed pkg-config && continue
		printf ' %s' "$p"
	done
}

# Does sudo let this user install?  It may ask for a password, at a terminal.
may_sudo()
{
	command -v sudo >/dev/null && { sudo -n true 2>/dev/null ||
	    { (: </dev/tty) 2>/dev/null && sudo -v; }; }
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

# DEBIAN_FRONTEND keeps tshark's question about dumpcap from being asked: the
# answer is its default, that only root captures.
apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
	    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
	    </dev/null >/dev/null
}

# give_up WHY: which command installs what is lacking, and what then
give_up()
{
	say "$1; as root, run:"
	say "  apt-get install$lacking"
	say "and then ./setup.sh $goal again"
	exit 1
}

install_debian()
{
	lacking=$(missing "$@")
	if [ -z "$lacking" ]; then
		say 'all packages are there, nothing to install'
		return
	fi
	[ "$(id -u)" -eq 0 ] || may_sudo ||
	    give_up 'packages are missing, and this user may not install them'
	say "installing with apt-get:$lacking"
	apt update || say 'apt-get update failed, going on with the old lists'
	# shellcheck disable=SC2086
	apt install -y --no-install-recommends $lacking ||
	    give_up 'apt-get says above why it could not install what is missing'
	lacking=$(missing "$@")
	[ -z "$lacking" ] || give_up 'packages are still missing'
}

# Elsewhere: the tools are looked for here, the libraries by the Makefile.
look_for_tools()
{
	absent=
	for tool; do
		command -v "$tool" >/dev/null || absent="$absent $tool"
	done
	if [ -n "$absent" ]; then
		say "not a Debian system, and not found:$absent"
		say 'install these packages first:'
		packages >&2
		exit 1
	fi
	say "not a Debian system; './setup.sh packages' names what it needs"
}

prepare()
{
	goal=$1
	if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
		# shellcheck disable=SC2086
		case $1 in
		demo)  install_debian $demo_debian ;;
		check) install_debian $demo_debian $check_debian ;;
		esac
		return
	fi
	case $1 in
	demo)  look_for_tools "${CC:-cc}" make pkg-config tshark ;;
	check) look_for_tools "${CC:-cc}" make pkg-config tshark prove python3 \
		    jq mandoc valgrind ;;
	esac
}

cd "$(dirname "$0")"
case ${1-}:$# in
demo:1)
	prepare demo
	make -j2
	make demo
	;;
check:1)
	prepare check
	make -j2 DEVELOPER=1 check
	;;
packages:1)
	packages
	;;
help:1 | -h:1 | --help:1)
	usage
	;;
*)
	usage >&2
	exit 2
	;;
esac
