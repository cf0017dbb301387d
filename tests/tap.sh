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
exec </dev/null # what is no terminal is a capture, where none is named
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
MPTCP_CONFIG= # no one's
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME MPTCP_CONFIG
tests_run=0

# share_cache: of what other scripts of the same run read, the rows are there
share_cache() {
	CACHE=${SHARED_CACHE:-$CACHE}
}

# read_natively: from here on, what can be.  Who reads packets is a matter of
# readers.t, and this is much quicker than to start a tshark for each capture.
# What run() runs has tshark read where only that can.
read_natively() {
	MPTCP_READER=native
	export MPTCP_READER
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

# essentials: what is on $WORK/err, but for what a part of a capture cannot show
essentials() {
	grep -v -e ' not captured$' -e 'that no captured subflow carried$' \
		-e ': only one direction of ' "$WORK/err"
}

# plurals FILE...: lines that print "1 packets" or "2 packet"; finish() fails when
# run_any() met one
MANY='((more|other|TCP|Multipath|MPTCP|plain) )*'
NOUN='(byte|octet|packet|frame|stream|connection|subflow|event|snapshot|capture|file|run|line|row|rule|check|option|delay|reinjection|switch|hole|join|time|jump)'
plurals() {
	grep -ahE "(^|[ (\"'])(1 $MANY$NOUN(e?s)|([02-9]|[1-9][0-9]+) $MANY$NOUN)([]\"' ,;:.)]|$)" \
		"$@"
}

# run_any COMMAND ARGUMENT...: $STATUS, $WORK/out, $WORK/err
run_any() {
	"$@" >"$WORK/out" 2>"$WORK/err"
	STATUS=$?
	: "$STATUS"
	plurals "$WORK/err" >>"$WORK/.plurals"
}

# tests_of COMMAND: what run, good, bad and fails run
tests_of() {
	COMMAND=$1
}

# run ARGUMENT...: that command, with the cache; or another, where the first
# argument is the name of one
run() {
	case ${1-} in
	mptcp-*)
		run_command=$1
		shift
		;;
	*) run_command=$COMMAND ;;
	esac
	run_any "$BUILD/$run_command" --cache-dir "$CACHE" "$@"
	if [ "${MPTCP_READER-}" = native ] && grep -q 'only tshark' "$WORK/err"; then
		MPTCP_READER=auto
		run_any "$BUILD/$run_command" --cache-dir "$CACHE" "$@"
		MPTCP_READER=native
	fi
}

# run_ls ARGUMENT...: mptcp-ls, whatever $COMMAND is
run_ls() {
	run mptcp-ls "$@"
}

# run_fails STATUS TEXT ARGUMENT...: that run() ends so, and says the text
run_fails() {
	run_status=$1 run_text=$2
	shift 2
	run "$@"
	is "$*: exit status" "$STATUS" "$run_status"
	ok "$*: says '$run_text'" grep -qF -e "$run_text" "$WORK/err"
}

# fails NAME STATUS TEXT ARGUMENT...: the same, with one line on stderr
fails() {
	fails_name=$1 fails_status=$2 fails_text=$3
	shift 3
	run "$@"
	is "$fails_name: exit status" "$STATUS" "$fails_status"
	is "$fails_name: one line on stderr" "$(wc -l <"$WORK/err")" 1
	ok "$fails_name: says $fails_text" grep -qF -e "$fails_text" "$WORK/err"
}

# good NAME ARGUMENT...: run() succeeds, and silently
good() {
	good_name=$1
	shift
	run "$@"
	is "$good_name: exit status" "$STATUS" 0
	is "$good_name: stderr" "$(cat "$WORK/err")" ''
}

# bad NAME STATUS PATTERN ARGUMENT...: run() fails with one line that says why
bad() {
	bad_name=$1 bad_status=$2 bad_pattern=$3
	shift 3
	run "$@"
	is "$bad_name: exit status" "$STATUS" "$bad_status"
	is "$bad_name: one line" "$(wc -l <"$WORK/err")" 1
	ok "$bad_name: says why" grep -q "$bad_pattern" "$WORK/err"
	is "$bad_name: prints nothing" "$(cat "$WORK/out")" ''
}

# prelude TEXT: what stands before each program of python, instead of this
PRELUDE="text = open('$WORK/out', encoding='utf-8', newline='').read()
saved = '$WORK/json'"
prelude() {
	PRELUDE=$1
}

# python NAME PROGRAM: it finds no fault
python() {
	ok "$1" python3 -c "
import csv, io, json, statistics
$PRELUDE
$2"
}

# need_tshark: without it there is nothing to test
need_tshark() {
	if [ -z "$REAL" ]; then
		echo '1..0 # SKIP no tshark'
		exit 0
	fi
}

# has_terminals: pseudo-terminals can be made here; a container may have none
NO_TERMINAL='no pseudo-terminals'
has_terminals() {
	: "$NO_TERMINAL"
	python3 -c 'import os; os.openpty()' 2>"$WORK/.said"
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

# tests_by PROGRAM ARGUMENT...: tests of this script that one in Python says (tap.py)
tests_by() {
	TESTS_RUN=$tests_run python3 "$@" >"$WORK/.tests"
	tests_status=$?
	cat "$WORK/.tests"
	tests_run=$((tests_run + $(grep -cE '^(not )?ok ' "$WORK/.tests")))
	[ "$tests_status" -eq 0 ] || is "$1: exit status" "$tests_status" 0
}

finish() {
	if [ -e "$WORK/.plurals" ]; then
		is 'no message says "1 packets" or "2 packet"' \
			"$(sort -u "$WORK/.plurals")" ''
	fi
	echo "1..$tests_run"
}
