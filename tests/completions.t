#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completions, as a real bash and a real zsh offer them for lines that are typed.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
top=$PWD
PATH=$BUILD:$PATH
export PATH
mkdir "$WORK/in"
cp testdata/captures/two-paths-client.pcapng "$WORK/in/two.pcapng"
cp testdata/captures/two-paths-client.pcapng "$WORK/in/a blank.pcapng"
cp testdata/captures/fallback-client.pcapng.gz "$WORK/in/six.pcapng.gz"

for path in "$BUILD"/mptcp-*; do
	name=${path##*/}
	[ -f "$path" ] || continue
	ok "$name: bash" test -s "$BUILD/completions/bash/$name"
	ok "$name: zsh" test -s "$BUILD/completions/zsh/_$name"
	"$path" --help | sed -n 's/^  .*\(--[a-z-]*\).*/\1/p' |
		sed 's/=.*//' | sort >"$WORK/help"
	"$path" --help-completion=options |
		awk -F '\t' '$1 == "option" && $3 ~ /^--/ { print $3 }' |
		sort >"$WORK/options"
	ok "$name: every option of --help" cmp "$WORK/help" "$WORK/options"
	printf '%s -' "$name" >>"$WORK/all"
	echo >>"$WORK/all"
	paste -sd' ' "$WORK/options" >>"$WORK/all.options"
done

# typed SHELL <LINES: what becomes of them, in the directory of the captures
typed() {
	(cd "$WORK/in" && "$top/tests/complete.py" "$1" "$BUILD/completions")
}

# expect SHELL: the lines in $WORK/lines become what is behind " = " there
expect() {
	if ! has_terminals; then
		skip "$1: lines that are typed" "$NO_TERMINAL"
		return
	fi
	sed 's/ = .*//' "$WORK/lines" | typed "$1" >"$WORK/got"
	while IFS= read -r line; do
		IFS= read -r got <&3
		is "$1: ${line%% = *}" "$got" "${line#* = }"
	done <"$WORK/lines" 3<"$WORK/got"
}

# Nothing is in the cache: nothing is offered, and tshark is not asked.
cat >"$WORK/tshark" <<'END'
#!/bin/sh
touch "${0%/*}/was-run"
exit 1
END
chmod +x "$WORK/tshark"
MPTCP_TSHARK=$WORK/tshark
export MPTCP_TSHARK
cat >"$WORK/lines" <<'END'
mptcp-ls two.pcapng -c  = mptcp-ls|two.pcapng|-c < 
mptcp-ls -o stat = mptcp-ls|-o|state < state
END
expect bash
if has_terminals; then
	ok 'cold: tshark is not run' test ! -e "$WORK/was-run"
fi
unset MPTCP_TSHARK
for capture in "$WORK"/in/*; do
	ok "${capture##*/} is read" mptcp-ls "$capture"
done
MPTCP_TSHARK=$WORK/tshark
export MPTCP_TSHARK

# Bash: the line behind Tab, and what was offered.
cat >"$WORK/lines" <<'END'
mptcp-plot fli = mptcp-plot|flight < flight
mptcp-plot ds = mptcp-plot|ds < dsn dss
mptcp-plot dsn six = mptcp-plot|dsn|six.pcapng.gz < six.pcapng.gz
mptcp-plot dsn --theme  = mptcp-plot|dsn|--theme < light dark print
mptcp-plot --theme=d = mptcp-plot|--theme=dark < dark
mptcp-plot --format  = mptcp-plot|--format < png svg pdf xpl csv json text
mptcp-plot attr --field ip = mptcp-plot|attr|--field|ip_id < ip_id
mptcp-plot dsn -w tw = mptcp-plot|dsn|-w|two.pcapng < two.pcapng
mptcp-split --write=tw = mptcp-split|--write=two.pcapng < two.pcapng
mptcp-export -w six = mptcp-export|-w|six.pcapng.gz < six.pcapng.gz
mptcp-export --out = mptcp-export|--out < 
mptcp-summary --towards  = mptcp-summary|--towards < server client both
mptcp-owd --clock  = mptcp-owd|--clock < joint raw relative
mptcp-ls two.pcapng -c  = mptcp-ls|two.pcapng|-c|0 < 0
mptcp-ls -c @ six.pcapng.gz = mptcp-ls|-c|six.pcapng.gz < 0 1 2 3 4 5
mptcp-ls --connection=@ two.pcapng = mptcp-ls|--connection=0|two.pcapng < 0
mptcp-ls a\ blank.pcapng -c  = mptcp-ls|a blank.pcapng|-c|0 < 0
mptcp-ls 'a blank.pcapng' -c 0x0 = mptcp-ls|a blank.pcapng|-c|0x0d3219a4 < 0x0d3219a4
mptcp-plot fl@oo = mptcp-plot|flightoo < flight
mptcp-ls a = mptcp-ls|a blank.pcapng < a blank.pcapng
mptcp-summary two.pcapng -t  = mptcp-summary|two.pcapng|-t < 0 1
mptcp-plot seq two.pcapng -t 1 = mptcp-plot|seq|two.pcapng|-t|1 < 1
mptcp-ls --no-cache two.pcapng -c  = mptcp-ls|--no-cache|two.pcapng|-c < 
mptcp-ls -o id,fall = mptcp-ls|-o|id,fallback_cause < id,fallback_cause
mptcp-ls -s -o id,opened = mptcp-ls|-s|-o|id,opened_by < id,opened_by
mptcp-ls -o id,opened = mptcp-ls|-o|id,opened < 
mptcp-map -o mapped = mptcp-map|-o|mapped_tcp_stream < mapped_tcp_stream
mptcp-ls -o +fall = mptcp-ls|-o|+fallback_cause < +fallback_cause
mptcp-ls -o +id,fall = mptcp-ls|-o|+id,fallback_cause < +id,fallback_cause
mptcp-ls --sort dura = mptcp-ls|--sort|duration_s < duration_s
mptcp-ls --sort -dura = mptcp-ls|--sort|-duration_s < -duration_s
mptcp-check --fail-on verdict=joi = mptcp-check|--fail-on|verdict=join < joins_forbidden join_unanswered join_icmp join_refused join_no_option join_stripped join_hmac_wrong join_ack_missing joined_late join_not_captured join_not_established
mptcp-check --fail-on warn = mptcp-check|--fail-on|warning < warning
mptcp-check --fail-on error,verdict=plain = mptcp-check|--fail-on|error,verdict=plain_syn_retry < plain_syn_retry
mptcp-check --fail-on=verdict=plain = mptcp-check|--fail-on=verdict=plain_syn_retry < plain_syn_retry
mptcp-check --fail-on verdict=plain_syn_retry,err = mptcp-check|--fail-on|verdict=plain_syn_retry,error < plain_syn_retry,error
mptcp-ls -- -- = mptcp-ls|--|-- < 
mptcp-ls --cache-dir=/nonexistent two.pcapng -c  = mptcp-ls|--cache-dir=/nonexistent|two.pcapng|-c < 
END
expect bash

# A word is never run.
cat >"$WORK/ask.bash" <<'END'
. "$BUILD/completions/bash/mptcp-ls"
COMP_WORDS=(mptcp-ls "\$(touch $WORK/ran)" two.pcapng -c "")
COMP_CWORD=4
COMP_LINE="${COMP_WORDS[*]}"
COMP_POINT=${#COMP_LINE}
_mptcp_ls
echo "${COMPREPLY[*]}"
END
export BUILD WORK
is 'bash: with a command in the line nothing is offered' \
	"$(cd "$WORK/in" && bash "$WORK/ask.bash")" ''
ok 'bash: ... and nothing run' test ! -e "$WORK/ran"

# Every option, and each command has its completion.
if has_terminals; then
	typed bash <"$WORK/all" | sed 's/.* < //' | while read -r line; do
		echo "$line" | tr ' ' '\n' | sort | paste -sd' '
	done >"$WORK/offered"
	ok 'bash: all options of all commands' diff "$WORK/all.options" \
		"$WORK/offered"
else
	skip 'bash: all options of all commands' "$NO_TERMINAL"
fi

if command -v zsh >/dev/null; then
	cat >"$WORK/lines" <<'END'
mptcp-plot fli = mptcp-plot|flight
mptcp-plot dsn six = mptcp-plot|dsn|six.pcapng.gz
mptcp-plot --theme=d = mptcp-plot|--theme=dark
mptcp-summary --towards s = mptcp-summary|--towards|server
mptcp-ls --fail = mptcp-ls|--fail-empty
mptcp-ls two.pcapng -c  = mptcp-ls|two.pcapng|-c|0
mptcp-ls -c @ two.pcapng = mptcp-ls|-c|0|two.pcapng
mptcp-ls --connection=@ two.pcapng = mptcp-ls|--connection=0|two.pcapng
mptcp-ls a\ blank.pcapng -c 0x0 = mptcp-ls|a blank.pcapng|-c|0x0d3219a4
mptcp-plot seq two.pcapng -t 1 = mptcp-plot|seq|two.pcapng|-t|1
mptcp-ls -o id,fall = mptcp-ls|-o|id,fallback_cause
mptcp-ls -o +fall = mptcp-ls|-o|+fallback_cause
mptcp-ls --sort=-dura = mptcp-ls|--sort=-duration_s
mptcp-split -c 0 -w tw = mptcp-split|-c|0|-w|two.pcapng
mptcp-ls -s -o id,opened = mptcp-ls|-s|-o|id,opened_by
mptcp-check --fail-on warn = mptcp-check|--fail-on|warning
mptcp-check --fail-on error,verdict=plain = mptcp-check|--fail-on|error,verdict=plain_syn_retry
mptcp-check --fail-on=verdict=plain = mptcp-check|--fail-on=verdict=plain_syn_retry
END
	expect zsh
else
	skip 'zsh' 'zsh is not installed'
fi
ok 'warm: tshark is not run' test ! -e "$WORK/was-run"
finish
