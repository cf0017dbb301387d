# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the scripts in tests/ share: . "$(dirname "$0")/tap.sh"
#
#   WORK  a directory that vanishes at exit     REAL  the tshark there is
#   SYN   the synthetic captures                CACHE a private cache,
#         unless share_cache was called
#
# The scripts count on $BUILD, and run in the top directory; they write below
# $WORK only, where commands also have their cache when nothing else is said.

cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=$PWD/build}"
WORK=$(mktemp -d) || exit 1
trap 'rm -rf "$WORK"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
SYN=testdata/synthetic
CACHE=$WORK/cache
REAL=$(command -v "${MPTCP_TSHARK:-tshark}")
: "$SYN" "$CACHE"
unset MPTCP_CACHE_DIR MPTCP_TSHARK
XDG_CACHE_HOME=$WORK
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME
tests_run=0

# share_cache: of what other scripts of the same run read, the rows are there
share_cache() {
	CACHE=${SHARED_CACHE:-$CACHE}
}

# clock_is_sound NAME DOCUMENT: what mptcp-owd --json says of the clocks does not
# contradict itself: each offset and skew is within the bounds beside it
clock_is_sound() {
	ok "$1: offsets are within their bounds" python3 -c "
import json, sys
c = json.load(open(sys.argv[1], encoding='utf-8'))['clock']
for part in [c] + c['segments']:
    for value, bounds in ('offset_s', 'hard_offset_s'), ('skew_ppm', 'hard_skew_ppm'):
        low, high = part[bounds] or (None, None)
        if part[value] is not None:
            assert low is None or low <= part[value], part
            assert high is None or part[value] <= high, part
for name in c['segments'][0] if c['segments'] else ():
    assert name not in c or c[name] == c['segments'][0][name], (name, c)
" "$2"
}

# run_fails STATUS TEXT COMMAND ARGUMENT...: that run() ends so, and says the text
run_fails() {
	run_status=$1 run_text=$2
	shift 2
	run "$@"
	is "$*: exit status" "$STATUS" "$run_status"
	ok "$*: says '$run_text'" grep -qF -e "$run_text" "$WORK/err"
}

# need_tshark: without it there is nothing to test
need_tshark() {
	if [ -z "$REAL" ]; then
		echo '1..0 # SKIP no tshark'
		exit 0
	fi
}

# ok NAME COMMAND...: the command succeeds
ok() {
	ok_name=$1
	shift
	tests_run=$((tests_run + 1))
	if "$@" >"$WORK/.said" 2>&1; then
		echo "ok $tests_run - $ok_name"
	else
		echo "not ok $tests_run - $ok_name"
		{
			echo "failed: $*"
			cat "$WORK/.said"
		} | head -n 40 | sed 's/^/# /'
	fi
}

# is NAME GOT WANTED
is() {
	tests_run=$((tests_run + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests_run - $1"
	else
		echo "not ok $tests_run - $1"
		printf 'got:    %s\nwanted: %s\n' "$2" "$3" | sed 's/^/# /'
	fi
}

# skip NAME REASON
skip() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

# run_ls ARGUMENT...: mptcp-ls with the private cache; $STATUS, $WORK/out, $WORK/err
run_ls() {
	"$BUILD/mptcp-ls" --cache-dir "$CACHE" "$@" >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
	: "$STATUS"
}

finish() {
	echo "1..$tests_run"
}
