#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every example in README.md and in the man pages is run as it stands there.
#
# README.md: the ```sh blocks; a ```text block right behind one is what it must
# print.  man/: lines ".Dl $ command", and "$ command" in a literal display.
# An example must exit with 0 and say nothing on stderr.  It runs in a copy of
# testdata/, where "capture.pcapng" of the man pages is a real capture.
set -u
cd "$(dirname "$0")/.." || exit 1
top=$PWD
PATH=${BUILD:-$top/build}:$PATH
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
XDG_CACHE_HOME=$dir/cache
PARALLEL_HOME=$dir/parallel
LC_ALL=C.UTF-8
MPTCP_CONFIG=
export PATH XDG_CACHE_HOME PARALLEL_HOME LC_ALL MPTCP_CONFIG
# An example that calls make is no part of the make that may run this.
unset MPTCP_TSHARK MAKEFLAGS MFLAGS MAKELEVEL

mkdir "$dir/cache" "$dir/parallel" "$dir/list" "$dir/run" || exit 1
cp -R testdata examples "$dir/run" || exit 1
fallback=testdata/captures/fallback-client.pcapng.gz
cp "$fallback" "$dir/run/capture.pcapng.gz" || exit 1
gzip -dc "$fallback" >"$dir/run/capture.pcapng" || exit 1
gzip -dc testdata/captures/two-paths-server.pcapng.gz \
	>"$dir/run/server.pcapng" || exit 1
cp testdata/captures/two-paths-client.pcapng "$dir/run/client.pcapng" || exit 1
gzip -dc testdata/ss/upload-client.pcapng.gz >"$dir/run/upload.pcapng" || exit 1
cp testdata/ss/upload-client.log "$dir/run/ss.log" || exit 1
gzip -dc testdata/captures/handover/prio-client.pcapng.gz \
	>"$dir/run/handover.pcapng" || exit 1
# As a path manager writes them.
for i in 0 300; do
	printf '{"delay":%d,"subflows":[{"srcIp":"10.0.0.1","srcPort":31765,
		"dstIp":"3.3.3.2","dstPort":20756,"snd_cwnd":10,
		"delivery_rate":%d}]}' "$i" "$((i * 500))" >"$dir/run/pm_$i.json"
done
# What mptcp-reinject and mptcp-events show is not in that one.
mkdir "$dir/run-reinject" || exit 1
gzip -dc testdata/captures/path-failure-client.pcapng.gz \
	>"$dir/run-reinject/capture.pcapng" || exit 1
cp "$dir/run/client.pcapng" "$dir/run/server.pcapng" "$dir/run-reinject" ||
	exit 1

# Each example becomes a file NNN.sh of shell text, the expected output
# NNN.out.  Blocks that set things up are not run.
# shellcheck disable=SC2016
awk -v dir="$dir/list" '
	/^```sh$/ {
		file = sprintf("%s/%03d-README.md", dir, ++n)
		out = file ".out"
		file = file ".sh"
		text = ""
		state = "sh"
		next
	}
	/^```text$/ && state == "done" {
		state = "text"
		printf "" >out
		next
	}
	/^```/ {
		if (state == "sh" && text !~ /(^|\n)(\.\/setup\.sh|make|git|sudo) /) {
			printf "%s", text >file
			state = "done"
		} else
			state = state == "" ? "other" : ""
		next
	}
	state == "sh" { text = text $0 "\n" }
	state == "text" { print >out }
	state == "done" && NF { state = "" }
' README.md

for page in man/*.[157]; do
	awk -v prefix="$dir/list/${page#man/}" '
		/^\.Bd .*-literal/ { literal = 1; next }
		/^\.Ed/ { literal = 0; next }
		/^\.Dl / || literal {
			sub(/^\.Dl /, "")
			if (!more && !sub(/^\$ /, "") && !/^mptcp-/)
				next
			gsub(/\\&/, "")
			gsub(/\\-/, "-")
			gsub(/\\e/, "\\")
			if (!more)
				file = sprintf("%s-%03d.sh", prefix, ++n)
			print >file
			quotes += gsub(/'\''/, "&")
			more = /([\\|]|&&)$/ || quotes % 2
			if (!more)
				quotes = 0
		}
	' "$page"
done

number=0
report() # ok|not ok, text
{
	number=$((number + 1))
	printf '%s %d - %s\n' "$1" "$number" "$2"
}

comment()
{
	sed 's/^/# /' "$1"
}

# Does the example make a file that "-w" names?
makes_file()
{
	made=$(sed -n 's/.* -w \([^ -][^ ]*\).*/\1/p' "$1" | head -n 1)
	[ -n "$made" ] && [ -s "$dir/$run/$(echo "$made" | sed 's/%d/0/')" ]
}

# As in sandbox.t: in many containers it may not.
may_sandbox()
{
	bwrap --unshare-all --ro-bind / / true 2>/dev/null
}

for script in "$dir"/list/*.sh; do
	[ -f "$script" ] || break
	name=$(basename "$script" .sh)
	name="${name%-[0-9][0-9][0-9]}: $(head -n 1 "$script" | tr -d '\\#')"
	needs=$(sed -n 's/.*analyse-hosts.*/parallel/p
		s/.*report-captures.*/flock/p
		s/.*\(^\|[| ]\)\(jq\|sqlite3\) .*/\2/p' "$script" | head -n 1)
	if [ -n "$needs" ] && ! command -v "$needs" >/dev/null; then
		report ok "$name # SKIP $needs is not installed"
		continue
	fi
	if grep -q tshark-sandbox "$script" && ! may_sandbox; then
		report ok "$name # SKIP no bwrap, or it may not make namespaces"
		continue
	fi
	case $name in
	mptcp-reinject.1:* | mptcp-events.1:* | mptcp-csv.5:*)
		run='run-reinject' ;;
	*) run=run ;;
	esac
	(cd "$dir/$run" && sh "$script") >"$dir/out" 2>"$dir/said" </dev/null
	status=$?
	# parallel(1) asks lscpu, which wants /sys; a container may have none
	grep -v '^lscpu: ' "$dir/said" >"$dir/err"
	if [ "$status" -ne 0 ] || [ -s "$dir/err" ]; then
		report 'not ok' "$name"
		echo "# exit status $status"
		comment "$dir/err"
	elif [ ! -s "$dir/out" ] && ! makes_file "$script"; then
		report 'not ok' "$name"
		echo '# it prints nothing'
	elif [ -f "${script%.sh}.out" ] &&
	    ! diff -u "${script%.sh}.out" "$dir/out" >"$dir/diff"; then
		report 'not ok' "$name"
		comment "$dir/diff"
	else
		report ok "$name"
	fi
done

# An extraction that finds nothing would pass in silence.
for file in README.md man/*.[157]; do
	[ "${file%.5}" = "$file" ] || grep -q '^\.Sh EXAMPLES' "$file" ||
		continue
	if [ -n "$(find "$dir/list" -name "*${file##*/}*.sh")" ]; then
		report ok "$file has examples"
	else
		report 'not ok' "$file has examples"
	fi
done
echo "1..$number"
