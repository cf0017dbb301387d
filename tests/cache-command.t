#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mptcp-cache: what it lists, what it removes, and what it leaves alone.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
tests_of mptcp-cache
mkdir "$WORK/captures" "$WORK/once"
MPTCP_TSHARK=$PWD/tests/tshark_once ONCE=$WORK/once
export REAL MPTCP_TSHARK ONCE

# fill: three captures in the cache, a not used for 30 days, b for 2
fill() {
	rm -rf "$CACHE"
	for fill_name in a b c; do
		cp "$SYN/v1-byte-classes.pcap" "$WORK/captures/$fill_name.pcap"
		run_ls "$WORK/captures/$fill_name.pcap"
	done
	touch -d '30 days ago' "$CACHE"/a.pcap-*
	touch -d '2 days ago' "$CACHE"/b.pcap-*
}

# entries [COLUMNS]: one line each
entries() {
	"$BUILD/mptcp-cache" --cache-dir "$CACHE" list --csv -n -o "${1:-state,capture}" |
		sed "s#$WORK/captures/##"
}

# removed NAME WANTED ARGUMENT...: "prune" or so, and what it removes
removed() {
	removed_name=$1 removed_wanted=$2
	shift 2
	good "$removed_name" "$@" --csv -n -o reason,capture
	is "$removed_name: goes" \
		"$(sed "s#$WORK/captures/##" "$WORK/out" | tr '\n' ' ')" \
		"$removed_wanted"
}

CACHE=$WORK/none
good 'no directory' list
is 'no directory: nothing' "$(cat "$WORK/out")" ''
good 'no directory: path' path
is 'no directory: its name' "$(cat "$WORK/out")" "$CACHE"
good 'no directory: clear' clear
ok 'no directory: none is made' test ! -e "$CACHE"
run list -e
is 'no directory, -e: exit status' "$STATUS" 1

CACHE=$WORK/cache
fill
good 'json' list --json
ok 'json: what there is' python3 - "$WORK/out" "$WORK/captures" "$CACHE" <<'EOF'
import json, os, sys
sys.path.insert(0, "tests")
import reference
document, *_ = reference.analyse(sys.argv[2] + "/a.pcap")
counts = document["packets"], document["tcp_packets"]
d = json.load(open(sys.argv[1]))
assert d["schema"] == "mptcp-cache/1", d["schema"]
captures = [sys.argv[2] + "/" + name + ".pcap" for name in "abc"]
assert [e["capture"] for e in d["entries"]] == captures
for e in d["entries"]:
    sizes = [os.stat(f"{sys.argv[3]}/{e['key']}{suffix}").st_size for suffix in
             (".csv", ".places", ".json", ".index.csv", ".outline.csv")]
    assert e["bytes"] == sum(sizes), e
    assert e["file"] == f"{sys.argv[3]}/{e['key']}.csv"
    assert e["state"] == "current" and e["reason"] is None
    assert (e["packets"], e["tcp_packets"]) == counts, (e, counts)
    assert isinstance(e["used"], str) and e["age_s"] >= 0
days = [e["age_s"] / 86400 for e in d["entries"]]
assert 29.9 < days[0] < 30.1 and 1.9 < days[1] < 2.1 and days[2] < 1, days
assert d["cache"]["entries"] == 3 and d["cache"]["directory"] == sys.argv[3]
assert d["cache"]["bytes"] == sum(e["bytes"] for e in d["entries"])
EOF
good 'table' list
is 'table: a line each, and headings' "$(wc -l <"$WORK/out")" 4
good 'path of a capture' path "$WORK/captures/../captures/a.pcap"
ok 'path of a capture: is the file' test -f "$(cat "$WORK/out")"
run path "$SYN/no-tcp.pcap"
is 'path of another: exit status' "$STATUS" 1
is 'path of another: nothing' "$(cat "$WORK/out")" ''
run_ls "$WORK/captures/a.pcap"
is 'to read is to use' "$(entries age_s | head -n 1 | cut -d. -f1 |
	awk '{ print $1 < 3600 }')" 1

# States.
fill
echo more >>"$WORK/captures/a.pcap"
rm "$WORK/captures/b.pcap"
is 'changed, gone' "$(entries | tr '\n' ' ')" \
	'changed,a.pcap gone,b.pcap current,c.pcap '
good 'verify: both are sound all the same' verify
printf X | dd of="$(echo "$CACHE"/c.pcap-????????????????.csv)" bs=1 seek=300 conv=notrunc \
	2>/dev/null
run verify --csv -n -o state,capture
is 'verify: exit status' "$STATUS" 3
is 'verify: finds one byte' "$(grep -c '^damaged,.*/c.pcap$' "$WORK/out")" 1
is 'verify: and no other' "$(grep -c '^damaged' "$WORK/out")" 1
MPTCP_NATIVE_FROM=1
export MPTCP_NATIVE_FROM
fill
printf X | dd of="$(echo "$CACHE"/b.pcap-????????????????.places)" bs=1 seek=30 \
	conv=notrunc 2>/dev/null
run verify --csv -n -o state,capture
is 'verify, places: exit status' "$STATUS" 3
is 'verify, places: finds one byte' "$(grep -c '^damaged,.*/b.pcap$' "$WORK/out")" 1
is 'verify, places: and no other' "$(grep -c '^damaged' "$WORK/out")" 1
truncate -s 30 "$CACHE"/a.pcap-*.places
rm "$CACHE"/b.pcap-*.places
is 'places cut, removed' "$(entries | tr '\n' ' ')" \
	'damaged,a.pcap damaged,b.pcap current,c.pcap '
unset MPTCP_NATIVE_FROM
fill
truncate -s 300 "$CACHE"/a.pcap-*.csv
rm "$CACHE"/b.pcap-*.csv
sed -i 's/"toolkit": "[^"]*"/"toolkit": "0.0.1"/' "$CACHE"/c.pcap-*.json
is 'damaged, outdated' "$(entries | tr '\n' ' ')" \
	'damaged,a.pcap damaged,b.pcap outdated,c.pcap '
removed 'prune: of no use' \
	'damaged,a.pcap damaged,b.pcap outdated,c.pcap ' prune
is 'prune: all files of theirs' "$(find "$CACHE" -name '*.pcap-*')" ''
fill
sed -i 's#mptcptools-cache/[0-9]*#mptcptools-cache/9#' "$CACHE"/a.pcap-*.json
is 'a format to come' "$(entries | sort | tr '\n' ' ')" \
	'current,b.pcap current,c.pcap outdated, '

# What prune takes.
fill
removed 'prune: nothing' '' prune
removed 'prune --older-than 1000' '' prune --older-than 1000
removed 'prune --older-than' 'old,a.pcap ' prune --older-than 3
removed 'prune --older-than: and more' 'old,b.pcap ' prune --older-than 47h
is 'prune --older-than: the rest stays' "$(entries)" current,c.pcap
removed 'prune --older-than 0s' 'old,c.pcap ' prune --older-than 0s
fill
one=$(entries bytes | head -n 1)
removed 'prune --max-size, all fit' '' prune --max-size "$((one * 4))"
removed 'prune --dry-run' 'size,a.pcap ' prune --max-size "$((one * 5 / 2))" \
	--dry-run
removed 'prune --max-size: the one used longest ago' 'size,a.pcap ' prune \
	--max-size "$((one * 5 / 2))"
removed 'prune --max-size 0' 'size,b.pcap size,c.pcap ' prune --max-size 0
fill
removed 'prune, both' 'old,a.pcap size,b.pcap ' prune --older-than 1w \
	--max-size "$((one * 3 / 2))"
run_ls --csv "$WORK/captures/a.pcap"
is 'what was pruned is read again' "$STATUS" 0

# What is not of the cache stays, whatever it is called.
fill
k=0123456789abcdef
outside=$WORK/outside
echo 'frame,time,of,my,own' >"$outside"
for name in "x-$k.csv" notes.txt mine.csv "x-$k.txt" ".x-$k.csv" "x-$k.csv.bak" \
	"x-$k.csv.tmp." "x-$k.csv.tmp.1a" "x-${k}0.csv" 'x-0123.csv'; do
	cp "$outside" "$CACHE/$name"
done
echo 'time,frame' >"$CACHE/y-$k.csv"
echo '{"schema": "another/1"}' >"$CACHE/y-$k.json"
echo 'words' >"$CACHE/y-$k.lock"
echo 'words' >"$CACHE/y-$k.csv.tmp.12"
: >"$CACHE/z-$k.csv"
ln -s "$outside" "$CACHE/link-$k.csv"
ln -s "$outside" "$CACHE/link-$k.lock"
mkdir "$CACHE/dir-$k.csv" "$CACHE/dir-$k.lock" "$CACHE/sub"
cp "$CACHE"/a.pcap-*.csv "$CACHE/sub"
: >"$CACHE/n-$k.csv
"
strangers() {
	find "$CACHE" ! -name '[abc].pcap-*' ! -name 'tshark-version.json' \
		! -path "$CACHE" | sort
	find "$CACHE/sub" -type f
}
strangers >"$WORK/strangers"
is 'strangers are not listed' "$(entries | wc -l)" 3
good 'clear --dry-run' clear --dry-run
is 'clear --dry-run: all stays' "$(entries | wc -l)" 3
removed 'clear' 'clear,a.pcap clear,b.pcap clear,c.pcap ' clear
ok 'clear: strangers stay' diff "$WORK/strangers" - <<EOF
$(strangers)
EOF
is 'clear: nothing of ours does' \
	"$(find "$CACHE" -mindepth 1 -maxdepth 1 -name '[abct]*')" ''
ok 'clear: nothing behind a link is touched' grep -q 'my,own' "$outside"

# A lock that is none of ours keeps its entry.
fill
key=$(entries key | head -n 1)
echo mine >"$CACHE/$key.lock"
run clear
is 'a strange lock: exit status' "$STATUS" 5
ok 'a strange lock: stays' grep -q mine "$CACHE/$key.lock"
rm "$CACHE/$key.lock"
mkdir "$CACHE/$key.lock"
fill_files=$(find "$CACHE" -type f | wc -l)
run clear
is 'a directory for a lock: exit status' "$STATUS" 5
is 'a directory for a lock: nothing more goes' \
	"$(find "$CACHE" -type f | wc -l)" "$fill_files"

# What killed runs leave.
fill
key=$(entries key | head -n 1)
cp "$CACHE/$key.csv" "$CACHE/$key.csv.tmp.4711"
cp "$CACHE/$key.places" "$CACHE/$key.places.tmp.4714"
: >"$CACHE/$key.places.tmp.4715"
head -c 5 "$CACHE/$key.csv" >"$CACHE/$key.csv.tmp.4712"
head -c 20 "$CACHE/$key.json" >"$CACHE/$key.json.tmp.4713"
head -n 1 "$CACHE/$key.csv" >"$CACHE/gone-$k.csv"
: >"$CACHE/gone-$k.lock"
is 'leftovers: are listed' "$(entries | grep -c '^leftover')" 1
removed 'leftovers: go' 'leftover, ' prune
removed 'leftovers: those of an entry with it' \
	'clear,a.pcap clear,b.pcap clear,c.pcap ' clear
is 'leftovers: all of them' "$(find "$CACHE" -type f)" ''

# Beside commands that run.
fill
cat >"$WORK/slow" <<EOF
#!/bin/sh
[ "\$1" = --version ] || { : >'$WORK/running'; sleep 2; }
exec '$REAL' "\$@"
EOF
chmod +x "$WORK/slow"
cp "$WORK/captures/a.pcap" "$WORK/captures/d.pcap"
"$BUILD/mptcp-ls" --cache-dir "$CACHE" --csv --tshark "$WORK/slow" \
	"$WORK/captures/d.pcap" >"$WORK/slow.out" 2>"$WORK/slow.err" &
while [ ! -e "$WORK/running" ]; do sleep 0.05; done
run clear --csv -n -o capture
is 'in use: exit status' "$STATUS" 0
is 'in use: says so' "$(grep -c 'is in use: not removed' "$WORK/err")" 1
is 'in use: the others go' "$(wc -l <"$WORK/out")" 3
wait
is 'in use: is kept' "$(entries)" current,d.pcap
run_ls --csv "$WORK/captures/d.pcap"
ok 'in use: is right' cmp "$WORK/out" "$WORK/slow.out"
: >"$WORK/wrong"
for n in 1 2; do
	(
		for _ in 1 2 3 4 5 6 7 8; do
			"$BUILD/mptcp-ls" --cache-dir "$CACHE" --csv \
				"$WORK/captures/d.pcap" >"$WORK/here$n" \
				2>"$WORK/said$n"
			{
				cmp "$WORK/here$n" "$WORK/slow.out"
				cmp "$WORK/said$n" "$WORK/slow.err"
			} >>"$WORK/wrong" 2>&1
		done
	) &
	eval "pid$n=\$!"
done
# shellcheck disable=SC2154 # set by eval
while kill -0 "$pid1" 2>/dev/null || kill -0 "$pid2" 2>/dev/null; do
	"$BUILD/mptcp-cache" --cache-dir "$CACHE" clear >/dev/null 2>&1
done
wait
is 'cleared all the time: nobody notices' "$(cat "$WORK/wrong")" ''
is 'cleared all the time: no lock stays' "$(find "$CACHE" -name '*.lock')" ''

# On a terminal a total ends the list.
if script -qec true /dev/null >/dev/null 2>&1; then
	fill
	script -qec "$BUILD/mptcp-cache --cache-dir '$CACHE' list" /dev/null |
		tr -d '\r' >"$WORK/out"
	ok 'list on a terminal: the total' \
		sh -c "tail -n 1 '$WORK/out' | grep -qx '3 captures, [0-9.]* kB'"
	run list
	is 'list elsewhere: none' "$(grep -c ' captures, ' "$WORK/out")" 0
else
	skip 'list on a terminal' 'no script(1), or no pseudo-terminals'
fi

# Bad usage, and a system that refuses.
fails 'no command' 2 'no command given'
fails 'unknown word' 2 "no command 'purge'" purge
fails 'two words' 2 'unexpected operand' list clear
fails 'a size for clear' 2 'used with prune' clear --max-size 1G
for size in '' 1X -1 1.5G K 99999999999999999999 99999999T; do
	fails "size '$size'" 2 'for --max-size: give' prune --max-size "$size"
done
for age in '' 1y -1d d 99999999999w; do
	fails "age '$age'" 2 'for --older-than: give' prune --older-than "$age"
done
fails 'unknown column' 2 "no column 'colour'" list -o colour
"$BUILD/mptcp-cache" --cache-dir "$CACHE" list --json >/dev/full 2>"$WORK/err"
is 'full disk: exit status' "$?" 5
"$BUILD/mptcp-cache" --cache-dir "$CACHE" path >/dev/full 2>"$WORK/err"
is 'full disk, path: exit status' "$?" 5
CACHE=$WORK/outside
fails 'a file for a directory' 5 "cannot read '$WORK/outside'" list
CACHE=$(printf '%4096s' '' | tr ' ' x)
fails 'a name of 4 KB' 5 'cannot read' list
CACHE=$WORK/'a
b %s'
good 'an odd name' path
is 'an odd name: is printed' "$(cat "$WORK/out")" "$CACHE"
odd=$WORK/captures/'-x
%41"y.pcap'
cp "$WORK/captures/a.pcap" "$odd"
run_ls "$odd"
run list --json
ok 'an odd capture: is told' python3 -c '
import json, sys
entry, = json.load(open(sys.argv[1]))["entries"]
assert entry["capture"] == sys.argv[2], entry' "$WORK/out" "$odd"
if [ "$(id -u)" -eq 0 ]; then
	skip 'a directory without permissions' 'root may do everything'
else
	CACHE=$WORK/cache
	fill
	chmod 500 "$CACHE"
	run clear
	is 'a directory without permissions: exit status' "$STATUS" 5
	chmod 700 "$CACHE"
	is 'a directory without permissions: all stays' "$(entries | wc -l)" 3
fi
finish
