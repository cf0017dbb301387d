#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is said of a command line that is wrong: what is accepted instead, and what
# may have been meant. A capture that is not named but comes by the standard input.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
share_cache
paths=testdata/captures/two-paths-client.pcapng
server=testdata/captures/two-paths-server.pcapng.gz

# says TEXT ARGUMENT...: run() ends with 2, and that is all it says
says() {
	says_text=$1 says_command=$2
	shift 2
	run_any "$BUILD/$says_command" "$@"
	is "$says_command $*: exit status" "$STATUS" 2
	is "$says_command $*: says" "$(cat "$WORK/err")" \
		"$says_command: $says_text; try '$says_command --help'"
}

# starts TEXT ARGUMENT...: the same of the beginning of the first line
starts() {
	starts_text=$1 starts_command=$2
	shift 2
	run_any "$BUILD/$starts_command" "$@"
	is "$starts_command $*: exit status" "$STATUS" 2
	is "$starts_command $*: says" "$(head -n 1 "$WORK/err" | cut -c "1-${#starts_text}")" \
		"$starts_text"
}

# Words and numbers: what the option takes.
says "invalid value 'paper' for --theme: give light, dark or print" \
	mptcp-plot dsn --theme paper "$paths"
says "invalid value 'now' for --time: give relative or absolute" mptcp-plot --time now
says "invalid value 'client' for --at: give both, sender or receiver" mptcp-plot --at client
says "invalid value 'z' for --log: give none, x or y" mptcp-plot --log z
says "invalid value 'gif' for --format: give png, svg, pdf, xpl, csv, json or text" \
	mptcp-plot --format gif
says "invalid value '800' for --size: give WIDTHxHEIGHT in pixels or characters, as 800x600, each at \
most 20000, or in mm, cm, in or pt, as 84x60mm" mptcp-plot --size 800
says "invalid value 84x60 for --size: give 200x150 to 20000x20000 pixels, 96 to the inch, or a \
unit, as 84x60mm" mptcp-plot dsn --size 84x60 -w "$WORK/small.svg" "$paths"
says "invalid value '0' for --dpi: give dots per inch from 24 to 1200" mptcp-plot --dpi 0
says "invalid value 'noon' for --from: give a time in seconds, as 1.5" mptcp-plot --from noon
says "invalid value '' for --to: give a time in seconds, as 1.5" mptcp-plot --to ''
says "invalid value '-1' for --window: give a time in milliseconds, as 100" \
	mptcp-plot --window -1
says "invalid value 'none' for --clock: give joint, raw or relative" mptcp-owd --clock none
says "invalid value '1h' for --offset: give seconds, as -0.25" mptcp-owd --offset 1h
says "invalid value '1e9' for --skew: give ppm from -100000 to 100000" mptcp-owd --skew 1e9
says "invalid value '0=LTE,1=WiFi' for --label: give one TCP stream and its name, as 0=LTE; repeat \
--label for more" mptcp-plot --label 0=LTE,1=WiFi
says "invalid value 'path' for --level: give connection, direction or subflow" \
	mptcp-summary --level direction --level path
says "invalid value 'port' for --by: give pair, interface, client or server" \
	mptcp-summary --by port
says "invalid value '0' for --limit: give a number of candidates, at least 1" mptcp-map --limit 0
says "invalid value '1001' for --limit: give a number of connections, at most 1000" \
	mptcp-report --limit 1001
says "invalid value '1y' for --older-than: give a time, as 30d, 12h or 2w" \
	mptcp-cache prune --older-than 1y
says "invalid value '1X' for --max-size: give a size, as 500M or 2G" \
	mptcp-cache prune --max-size 1X
says "invalid value 'x' for --reader: give auto, tshark or native" mptcp-ls --reader x
says "invalid value '3' for --client: give 1 or 2, the capture that was taken at the client" \
	mptcp-owd --client 3 "$paths" "$server"
says "invalid value 'tcpX=1M' for --capacity: give tcpN=RATE in bit/s with k, M or G, as \
tcp0=30M,tcp1=10M" mptcp-summary --capacity tcpX=1M "$paths"
says "'tcp0=30' for --capacity is 30 bit/s: give a unit, as tcp0=30M" \
	mptcp-summary --capacity tcp0=30 "$paths"
many=$(printf '%040d' 1)
says "invalid value 'tcp0=${many}M' for --capacity: give tcpN=RATE in bit/s with k, M or G, as \
tcp0=30M,tcp1=10M" mptcp-check --capacity "tcp0=${many}M" "$paths"
says "-m reads all files as one capture: -- cannot be used between them" \
	mptcp-summary -m "$paths" -- "$server"
says "invalid value 'x' for --towards: give server, client or both" mptcp-owd --towards x
says "option '--theme' needs an argument: light, dark or print" mptcp-plot --theme
says "option '-c' needs an argument" mptcp-ls -c
printf '[mptcp-plot]\ntheme = paper\n' >"$WORK/config"
export MPTCP_CONFIG="$WORK/config"
says "$WORK/config:2: theme: invalid value 'paper' for --theme: give light, dark or print" \
	mptcp-plot dsn "$paths"
export MPTCP_CONFIG=

# Names that there are: all of them, and the one that is near.
events=$("$BUILD/mptcp-events" --help-completion=options |
	awk -F '\t' '$3 == "--event" { print $6 }')
list=$(echo "$events" | sed 's/ /, /g; s/, \([^ ]*\)$/ and \1/')
ok 'there are events' test "$(echo "$events" | wc -w)" -ge 30
says "no event 'crash'; there are $list" mptcp-events --event crash
says "no event 'jion_syn'; perhaps join_syn is meant; there are $list" \
	mptcp-events --event fin,jion_syn
says "no event 'stall'; perhaps stalled is meant; there are $list" \
	mptcp-events --event stall
starts "mptcp-events: option '--event' needs an argument: ${list%% *}" \
	mptcp-events --event
says "no command 'lst'; perhaps list is meant; there are list, path, verify, \
prune and clear" mptcp-cache lst
says "no command 'x'; there are list, path, verify, prune and clear" mptcp-cache x
starts "mptcp-plot: no kind of plot 'dns'; perhaps dsn is meant; \
they are listed below; try 'mptcp-plot --help'" mptcp-plot dns "$paths"
starts "mptcp-plot: no KIND of plot given before the capture \
'$paths'; they are listed below; try 'mptcp-plot --help'" mptcp-plot "$paths"
starts "mptcp-plot: no KIND of plot given before the capture; they are listed \
below; try 'mptcp-plot --help'" mptcp-plot
"$BUILD/mptcp-plot" --list >"$WORK/kinds"
is 'kinds are listed below' "$(sed 1d "$WORK/err")" "$(cat "$WORK/kinds")"
starts "mptcp-ls: no column 'staet'; perhaps state is meant; there are: id " \
	mptcp-ls -o staet "$paths"
starts "mptcp-ls: no column 'colour'; there are: id " mptcp-ls -o colour "$paths"
starts "mptcp-summary: no column 'goodput'; perhaps goodput_contribution, \
direction_goodput_bps or subflow_goodput_bps is meant; there are: " \
	mptcp-summary -o goodput "$paths"
starts "mptcp-export: no column 'fram'; perhaps frame is meant; there are: raw " \
	mptcp-export --columns fram "$paths"
starts "mptcp-check: no cause 'falback'; perhaps fallback is \
meant; there are, by question: " mptcp-check --fail-on verdict=falback "$paths"
says "invalid value 'outage' for --fail-on: give error, warning or verdict=CAUSE; \
perhaps verdict=outage is meant" mptcp-check --fail-on outage "$paths"

# Options that there are not.
for format in csv tsv json jsonl; do
	says "option '--format' is unknown: use --$format" \
		mptcp-ls --format $format "$paths"
	says "option '-f' is unknown: use --$format" mptcp-ls -f $format "$paths"
	says "option '--format=$format' is unknown: use --$format" \
		mptcp-summary --format=$format "$paths"
done
says "option '--format' is unknown: use --csv, --tsv, --json or --jsonl" \
	mptcp-ls --format table "$paths"
says "option '--format' is unknown: use --json" mptcp-doctor --format csv
says "option '--csv' is unknown: use --format csv" mptcp-plot --csv dsn "$paths"
for option in -f -T --output-format; do
	says "option '$option' is unknown: use --format FORMAT" mptcp-plot $option png
done
says "option '--both' is unknown" mptcp-plot --both
says "option '--dark' is unknown: use --theme dark" mptcp-plot --dark
for option in -r -i --input --pcap; do
	says "option '$option' is unknown: give captures without an option" \
		mptcp-ls $option "$paths"
done
for option in -w --write; do
	says "option '$option' is unknown: results go to standard output; \
use > FILE" mptcp-ls $option out.csv "$paths"
done
says "option '--columns' is unknown: use -o COLUMNS" mptcp-ls --columns id
says "option '--columns' is unknown; perhaps --list-columns is meant" mptcp-live --columns id
says "option '--read' is unknown" mptcp-cache --read "$paths"
says "option '-?' is unknown: use --help" mptcp-ls '-?'
says "option '--jsno' is unknown; perhaps --json is meant" mptcp-ls --jsno
says "option '--conections=1' is unknown; perhaps --connection is meant" \
	mptcp-ls --conections=1
says "option '--streams' is unknown; perhaps --tcp-streams is meant" \
	mptcp-ls --streams
says "option '--n' is ambiguous: --no-headings or --no-cache" mptcp-ls --n
says "option '--re' is ambiguous: --reader or --refresh" mptcp-ls --re
says "option '-csv' needs two dashes: --csv" mptcp-ls -csv "$paths"
says "option '-tsv' needs two dashes: --tsv" mptcp-ls -tsv "$paths"
says "option '-json' needs two dashes: --json" mptcp-ls -json "$paths"
says "option '-theme=dark' needs two dashes: --theme=dark" \
	mptcp-plot -theme=dark
run_any "$BUILD/mptcp-ls" --csv --no-cache=no "$paths"
cp "$WORK/out" "$WORK/wanted"
run_any "$BUILD/mptcp-ls" --csv=yes "$paths"
ok "--csv=yes is --csv" cmp "$WORK/out" "$WORK/wanted"
says "--with needs exactly one capture: use -m if several files are one; mptcp-batch(7) \
describes how to process many runs" mptcp-summary --with "$server" "$paths" "$paths"
says "option '--nonsense' is unknown" mptcp-ls --nonsense
says "option '-Z' is unknown" mptcp-ls -Z

# No capture is named: a file or a pipe is one, a terminal or /dev/null is none.
# piped NAME COMMAND ARGUMENT...: prints with the capture as standard input what
# it does with "-" as the last argument
piped() {
	piped_name=$1 piped_command=$BUILD/$2
	shift 2
	run_any "$piped_command" "$@" - <"$paths"
	mv "$WORK/out" "$WORK/named"
	run_any "$piped_command" "$@" <"$paths"
	is "$piped_name: exit status" "$STATUS" 0
	ok "$piped_name: a file" cmp "$WORK/out" "$WORK/named"
	ok "$piped_name: something" test -s "$WORK/out"
	# shellcheck disable=SC2002 # a pipe is what is tried
	cat "$paths" | "$piped_command" "$@" >"$WORK/out" 2>"$WORK/err"
	ok "$piped_name: a pipe" cmp "$WORK/out" "$WORK/named"
}
read_natively
piped ls mptcp-ls -s
piped 'ls --csv' mptcp-ls --csv
piped 'ls -m' mptcp-ls -m
piped summary mptcp-summary
piped 'summary --with' mptcp-summary --with "$server"
piped events mptcp-events
piped reinject mptcp-reinject --summary
piped check mptcp-check
piped export mptcp-export
piped plot mptcp-plot dsn --format csv -w -
piped split mptcp-split -c 0 -w -
piped report mptcp-report -w -
for command in ls summary events check export; do
	says 'no capture given' "mptcp-$command"
done
: | "$BUILD/mptcp-ls" >"$WORK/out" 2>"$WORK/err"
is 'an empty pipe: exit status' "$?" 3
is 'an empty pipe: says' "$(cat "$WORK/err")" \
	'mptcp-ls: standard input (-) is empty'
run mptcp-owd "$paths" <"$server"
is 'two are expected: exit status' "$STATUS" 2
run_any "$BUILD/mptcp-live" testdata
is 'mptcp-live of a directory' "$STATUS $(cat "$WORK/err")" \
	"2 mptcp-live: 'testdata' is a directory: use --follow for a ring that is being written in \
it, or give one of its files"
run_any "$BUILD/mptcp-doctor" <"$paths"
is 'none is expected' "$(grep -c "'-'" "$WORK/out")" 0
run_any "$BUILD/mptcp-ls" "$paths" </bin/sh
is 'one is named: exit status' "$STATUS" 0
if script -qec true /dev/null >/dev/null 2>&1; then
	script -qec "$BUILD/mptcp-ls" /dev/null >"$WORK/out" 2>&1
	ok 'a terminal' grep -q 'no capture given' "$WORK/out"
else
	skip 'a terminal' 'no script(1), or no pseudo-terminals'
fi
finish
