#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# examples/: a folder of captures with make, on hosts, as an array of jobs; a
# cron job; the table of all runs in SQLite and Python.

# shellcheck source=/dev/null
. "$(dirname "$0")/tap.sh"
need_tshark
read_natively
top=$PWD
here=$top/examples
PATH=$BUILD:$PATH
export PATH
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES KEEP
cd "$WORK" || exit 1

# 20 captures: four pairs, with names of both kinds, and twelve of one end.
mkdir -p captures/folder-1 captures/folder-2
for run in captures/pair-1- captures/pair-2- captures/folder-1/ captures/folder-2/; do
	cp "$top/testdata/captures/two-paths-client.pcapng" "${run}client.pcapng"
	cp "$top/testdata/captures/two-paths-server.pcapng.gz" \
		"${run}server.pcapng.gz"
done
n=0
for capture in "$top/$SYN"/v1-[a-j]*.pcap "$top/$SYN"/v0-*.pcap; do
	n=$((n + 1))
	[ $n -le 11 ] || break
	cp "$capture" "captures/$(basename "$capture" .pcap)-client.pcap"
done
cp "$top/$SYN/plain-tcp.pcap" captures/plain-server.pcap
is 'the captures' "$(find captures -type f | wc -l)" 20

# folder OUT ARGUMENT...: make, silently; what it ran is in log
folder() {
	out=$1
	shift
	make -f "$here/Makefile" CAPTURES=captures OUT="$out" "$@" >log 2>err
	STATUS=$?
}

# made OUT: what was made since the file "before"
made() {
	(cd "$1" && find . -type f -newer ../before | sort | paste -sd' ')
}

# later: files that are made from now on are newer than "before"
later() {
	touch before
	while touch probe && [ -z "$(find probe -newer before)" ]; do
		:
	done
}

folder four -j4
is '-j4: exit status' "$STATUS" 0
is '-j4: stderr' "$(grep -v ' were acknowledged ' err)" "mptcp-summary: 'captures/plain-server.pcap': no Multipath TCP in this capture"
folder one -j1
is '-j1: exit status' "$STATUS" 0
ok '-j1 and -j4: the same bytes' diff -r one four
is 'runs: all of them' "$(wc -w <one/runs.txt)" 16
is 'a run with both captures: plots' "$(cat one/pair-1/plots.txt)" \
	'dsn dsn.svg
rate rate.svg
owd owd.svg'
ok '... and they are there' test -s one/pair-1/owd.svg
# what only the receiver of the upload knows, and what only its sender
ok '... and its summary knows both ends' python3 -c "
import csv
rows = [row for row in csv.DictReader(open('one/pair-1/summary.csv', encoding='utf-8')) if row['towards'] == 'server']
assert len(rows) == 2, rows
for row in rows:
    assert row['direction_out_of_order_delay_p95_ms'] and row['direction_limit'] and row['rtt_p50_ms'], row"
is 'a run without Multipath TCP: no plots' \
	"$(cut -d' ' -f1,2 one/plain/plots.txt | paste -sd' ')" 'dsn - rate -'
"$BUILD/mptcp-summary" --csv captures/pair-2-client.pcapng \
	--with captures/pair-2-server.pcapng.gz | sed '1d; s/^/pair-2,/' >want
grep '^pair-2,' one/summary.csv >got
ok 'the table: the rows of a run' cmp want got
is 'the table: one heading' "$(grep -c '^run,connection,' one/summary.csv)" 1
cat >count.py <<'END'
import csv, glob, os
want = {os.path.basename(os.path.dirname(p)): list(csv.reader(open(p, newline="")))
        for p in glob.glob("one/*/summary.csv")}
table = list(csv.reader(open("one/summary.csv", newline="")))
assert all(rows[0] == table[0][1:] for rows in want.values())
assert table[1:] == [[run] + row for run in sorted(want) for row in want[run][1:]]
assert len(want) == 16 and len(table) > 40, len(table)
END
ok 'the table: all rows of all runs, in order' python3 count.py

# Again: only what changed.
later
folder one -j2
is 'nothing changed: exit status' "$STATUS" 0
is 'nothing changed: nothing is made' "$(made one)" ''
is 'nothing changed: nothing is run' "$(cat log)" ''
touch captures/pair-2-server.pcapng.gz
folder one -j2
is 'a capture changed: its run and the table' "$(made one)" \
	'./pair-2/dsn.svg ./pair-2/owd.svg ./pair-2/plots.txt ./pair-2/rate.svg ./pair-2/summary.csv ./summary.csv'
later
cp "$top/$SYN/v0-fastclose.pcap" captures/added-client.pcap
rm captures/pair-1-*
folder one -j2
is 'one added, one removed: what is made' "$(made one)" \
	'./added/dsn.svg ./added/plots.txt ./added/rate.svg ./added/summary.csv ./runs.txt ./summary.csv'
is 'one added, one removed: the table' \
	"$(grep -c '^pair-1,' one/summary.csv) $(grep -c '^added,' one/summary.csv)" '0 2'
later
folder one -j2 KINDS=dsn
is 'other plots: stale ones go' "$(ls one/added)" 'dsn.svg
plots.txt
summary.csv'
later
folder one -j2 KINDS=dsn PLOT_OPTIONS='--size 400x300 --theme print'
is 'PLOT_OPTIONS: plots are made' "$(made one | tr ' ' '\n' |
	grep -vc -e '/dsn.svg$' -e '/owd.svg$' -e plots.txt)" 1
is 'PLOT_OPTIONS: what is not a plot' "$(made one | tr ' ' '\n' |
	grep -v -e '/dsn.svg$' -e '/owd.svg$' -e plots.txt)" ./plots.set
is 'PLOT_OPTIONS: they are heard' \
	"$(grep -l 'width="400' one/*/dsn.svg | grep -vc /pair-1/)" \
	"$(grep -l '^dsn dsn' one/*/plots.txt | grep -vc /pair-1/)"
"$BUILD/mptcp-plot" dsn -q --size 400x300 --theme print -w want.svg \
	captures/added-client.pcap
ok 'PLOT_OPTIONS: all of them' cmp want.svg one/added/dsn.svg
later
folder one -j2 KINDS=dsn PLOT_OPTIONS='--size 400x300 --theme print' \
	SUMMARY_OPTIONS='--towards server'
is 'SUMMARY_OPTIONS: summaries are made' "$(made one | tr ' ' '\n' |
	grep -v -e '/summary.csv$')" ./summary.set
"$BUILD/mptcp-summary" --csv --towards server captures/added-client.pcap |
	sed '1d; s/^/added,/' >want
grep '^added,' one/summary.csv >got
ok 'SUMMARY_OPTIONS: they are heard' cmp want got
make -f "$here/Makefile" help >log 2>err
is 'help: exit status' "$? $(cat err)" '0 '
for word in CAPTURES OUT KINDS PAIR_KINDS FORMAT CACHE PLOT_OPTIONS \
	SUMMARY_OPTIONS failed.txt; do
	ok "help: $word" grep -q "$word" log
done

# Bad input.
mkdir bad none
cp "$top/$SYN/fault-text-file.pcap" bad/text-client.pcap
cp "$top/$SYN/v0-fastclose.pcap" bad/good-client.pcap
make -k -f "$here/Makefile" CAPTURES=bad OUT=bad.out >log 2>err
is 'a capture that is none: make fails' "$?" 2
ok '... and says which' grep -q text-client.pcap err
ok '... the others are dealt with' test -s bad.out/good/summary.csv
is '... and are in the table' "$(cut -d, -f1 bad.out/summary.csv | sort -u |
	paste -sd' ')" 'good run'
is '... the bad one is listed' "$(cut -d: -f1,2 bad.out/failed.txt)" \
	"text: mptcp-summary"
later
make -f "$here/Makefile" CAPTURES=bad OUT=bad.out >log 2>err
is '... again: make fails' "$?" 2
ok '... and says which' grep -q text-client.pcap err
is '... and makes nothing else' "$(made bad.out)" ''
cp "$top/$SYN/v1-fastclose.pcap" bad/text-client.pcap
make -s -f "$here/Makefile" CAPTURES=bad OUT=bad.out >log 2>err
is '... mended: make is content' "$? $(cat err)" '0 '
is '... and the run is in the table' "$(cut -d, -f1 bad.out/summary.csv |
	sort -u | paste -sd' ')" 'good run text'
ok '... and no longer listed' test ! -s bad.out/failed.txt
make -f "$here/Makefile" CAPTURES=none OUT=none.out >log 2>err
is 'no captures: make fails' "$?" 2
ok '... and says so' grep -q "no captures .* in 'none'" err
cp bad/good-client.pcap bad/good-client.pcapng
make -f "$here/Makefile" CAPTURES=bad OUT=bad.out >log 2>err
ok 'two captures of one end: it says so' grep -q "'good' has two captures" err

# Hosts, where ":" is this one; and the tasks of an array.  A small folder.
mkdir few
for name in fastclose mp-prio two-joins; do
	cp "$top/$SYN/v0-$name.pcap" "few/$name-client.pcap"
done
make -s -f "$here/Makefile" CAPTURES=few OUT=few.make >log 2>err
gnu_parallel=$(parallel --version 2>/dev/null | grep '^GNU parallel')
if [ -n "$gnu_parallel" ]; then
	HOME=$WORK "$here/analyse-hosts" 2/: CAPTURES=few OUT=few.hosts >log 2>err
	is 'hosts: exit status' "$?" 0
	is 'hosts: a job for each run' "$(sed 1d few.hosts/hosts.log | wc -l)" 3
	rm few.hosts/hosts.log
	ok 'hosts: the same bytes' diff -r few.make few.hosts
else
	skip hosts 'GNU parallel is not installed'
fi
# A real sshd on the loopback, where there is one: with keys of its own.
sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null)
if [ -n "$sshd" ] && [ -n "$gnu_parallel" ] &&
	{ [ "$(id -u)" -ne 0 ] || [ -d /run/sshd ]; }; then
	ssh-keygen -q -t ed25519 -N '' -f user && ssh-keygen -q -t ed25519 -N '' -f host
	port=$(python3 -c "import socket
s = socket.socket()
s.bind(('127.0.0.1', 0))
print(s.getsockname()[1])")
	cat >sshd.conf <<END
ListenAddress 127.0.0.1
Port $port
HostKey $WORK/host
AuthorizedKeysFile $WORK/user.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
SetEnv PATH=$PATH XDG_CACHE_HOME=$XDG_CACHE_HOME
END
	"$sshd" -D -f "$WORK/sshd.conf" 2>sshd.log &
	daemon=$!
	trap 'kill $daemon 2>/dev/null; rm -rf "$WORK"' EXIT
	login="ssh -p $port -i $WORK/user -o StrictHostKeyChecking=no"
	login="$login -o UserKnownHostsFile=$WORK/known -o LogLevel=ERROR 127.0.0.1"
	tries=0
	until $login true </dev/null 2>/dev/null || [ $tries -ge 50 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done
	if $login true </dev/null 2>/dev/null; then
		HOME=$WORK "$here/analyse-hosts" "2/$login" CAPTURES=few OUT=few.ssh \
			>log 2>err </dev/null
		is 'ssh: exit status' "$?" 0
		is 'ssh: jobs that ran there' "$(grep -c '127\.0\.0\.1' few.ssh/hosts.log)" 3
		rm -f few.ssh/hosts.log
		ok 'ssh: the same bytes' diff -r few.make few.ssh
	else
		skip ssh "sshd does not let this user in: $(tail -n 1 sshd.log)"
	fi
	kill $daemon
	wait $daemon 2>/dev/null
else
	skip ssh 'there is no sshd'
fi
make -s -f "$here/Makefile" CAPTURES=few list >array
for SLURM_ARRAY_TASK_ID in 2 0 1; do
	export SLURM_ARRAY_TASK_ID
	ok "array: task $SLURM_ARRAY_TASK_ID" "$here/array.sbatch" array \
		"$here/Makefile" CAPTURES=few OUT=few.array
done
ok 'array: the table' "$here/table.sbatch" "$here/Makefile" CAPTURES=few \
	OUT=few.array
ok 'array: the same bytes' diff -r few.make few.array
SLURM_ARRAY_TASK_ID=3
ok 'array: no such task' sh -c '! "$@"' - "$here/array.sbatch" array \
	"$here/Makefile" CAPTURES=few OUT=few.array
mkdir bin
cat >bin/sbatch <<'END'
#!/bin/sh
echo "$*" >>sbatch.log
wc -l <sbatch.log
END
chmod +x bin/sbatch
is 'submit: both jobs' "$(PATH=$WORK/bin:$PATH "$here/submit-array" \
	CAPTURES=few OUT=few.out)" '1 2'
is 'submit: what sbatch gets' "$(sed "s|$here|examples|g" sbatch.log)" \
'--parsable --array=0-2 examples/array.sbatch few.out/array.txt examples/Makefile CAPTURES=few OUT=few.out
--parsable --dependency=afterok:1 --job-name=mptcp-table --ntasks=1 examples/table.sbatch examples/Makefile CAPTURES=few OUT=few.out'
ok 'submit: the list of runs' cmp array few.out/array.txt

# The table elsewhere.
cd one || exit 1
"$here/load.py" summary.csv >../python.csv
cd .. || exit 1
cat >sums.py <<'END'
import csv, io, subprocess
sums = {(r["run"], r["towards"]): r for r in csv.DictReader(open("python.csv"))}
assert sums["pair-2", "server"]["sent_bytes"] == "1000024", sums["pair-2", "server"]
END
ok 'Python: two-paths sent 1000024 bytes' python3 sums.py
if command -v sqlite3 >/dev/null; then
	(cd one && sqlite3 ../runs.db <"$here/load.sql" | tr -d '\r') >sqlite.csv
	ok 'SQLite: the same sums' cmp python.csv sqlite.csv
	(cd one && sqlite3 ../runs.db <"$here/load.sql" | tr -d '\r') >sqlite.csv
	ok 'SQLite: once more' cmp python.csv sqlite.csv
	is 'SQLite: what is unknown is NULL' "$(sqlite3 runs.db \
		"SELECT COUNT(*) > 0 FROM subflow WHERE owd_p50_ms IS NULL")" 1
else
	skip 'SQLite' 'sqlite3 is not installed'
fi
if python3 -c 'import pandas' 2>/dev/null; then
	"$here/load_pandas.py" one/summary.csv >pandas.csv
	ok 'pandas: the same sums' cmp python.csv pandas.csv
else
	skip 'pandas' 'python3-pandas is not installed'
fi

# Groups of runs.  Student's t for 95 %, from tables: 4.3027 and 2.7764 of 2 and
# 4 degrees of freedom.
python3 -c "
import json
for group, rates in ('one', [9, 10, 14]), ('two', [1, 2, 3, 4, 10, None]), ('three', [7]):
    with open(group + '.jsonl', 'w') as out:
        for k, rate in enumerate(rates):
            print(json.dumps({'schema': 'mptcp-summary/1', 'capture_path': '%s-%d.pcap' % (group, k), 'directions': [
                {'towards': 'server', 'goodput_bps': rate, 'subflows': [
                    {'tcp_stream': 0, 'rtt_ms': {'p50': k}}, {'tcp_stream': 1, 'rtt_ms': {'p50': 2 * k}}]},
                {'towards': 'client', 'goodput_bps': 99, 'subflows': []}]}), file=out)"
compare() {
	"$here/compare.py" "$@" >out 2>err
	STATUS=$?
}
compare --svg runs.svg one.jsonl two.jsonl three.jsonl
is 'compare: exit status' "$STATUS" 0
is 'compare: n, mean, interval' "$(awk -F, '{ for (k = 1; k <= 10; k++)
	printf "%s%s", $k ~ /^[0-9.-]+$/ ? sprintf("%.3f", $k) : $k, k < 10 ? " " : "\n" }' out)" \
'group value n mean confidence_low confidence_high deviation min median max
one goodput_bps 3.000 11.000 4.428 17.572 2.646 9.000 10.000 14.000
two goodput_bps 5.000 4.000 -0.390 8.390 3.536 1.000 3.000 10.000
three goodput_bps 1.000 7.000    7.000 7.000 7.000'
ok 'compare: the picture has a dot for each run' python3 -c "
from xml.etree import ElementTree
all = list(ElementTree.parse('runs.svg').iter())
dots = [e for e in all if e.tag.endswith('}circle') and e.get('fill') == '#0072b2']
means = [e for e in all if e.tag.endswith('}circle') and e.get('fill') == '#d55e00']
assert len(dots) == 9 and len(means) == 3, (len(dots), len(means))"
ok 'compare: the title has the unit' grep -q '>goodput_bps (bit/s)<' runs.svg
python3 -c "
import json
for run, rate in enumerate([8] * 9 + [9]):
    print(json.dumps({'capture_path': str(run), 'directions': [
        {'towards': 'server', 'goodput_bps': rate, 'switches_per_s': 1, 'subflows': []}]}))" >same.jsonl
compare --svg same.svg -v switches_per_s same.jsonl
ok 'compare: a rate is no time' grep -q '>switches_per_s (per s)<' same.svg
compare --svg same.svg -v goodput_bps same.jsonl one.jsonl two.jsonl
ok 'compare: no dot hides another, and none leaves its group' python3 -c "
from xml.etree import ElementTree
dots = [(float(e.get('cx')), float(e.get('cy'))) for e in ElementTree.parse('same.svg').iter()
        if e.tag.endswith('}circle') and e.get('fill') == '#0072b2']
assert len(dots) == 18, dots
assert all((x - a) ** 2 + (y - b) ** 2 > 24 for i, (x, y) in enumerate(dots) for a, b in dots[:i]), dots
width = (480 - 90 - 20) / 3
assert all(90 + k * width < x < 90 + (k + 0.5) * width for k, part in enumerate((dots[:10], dots[10:13], dots[13:]))
           for x, _ in part), dots"
compare --by '^([a-z]*)-[01]' --value rtt_ms.p50 --subflow 1 one.jsonl two.jsonl
is 'compare: of a subflow, groups by name' "$(cut -d, -f1-4 out | paste -sd' ')" \
	'group,value,n,mean one,rtt_ms.p50,2,1 two,rtt_ms.p50,2,1'
"$BUILD/mptcp-summary" -q --cache-dir "$CACHE" --jsonl captures/pair-2-client.pcapng >pair.jsonl
"$BUILD/mptcp-summary" -q --cache-dir "$CACHE" --csv captures/pair-2-client.pcapng >pair.csv
compare pair.jsonl && mv out json.out
compare pair.csv
ok 'compare: JSON and CSV say the same' cmp out json.out
is 'compare: the goodput' "$(sed -n '2s/,.*,1,/ /p' out | cut -d, -f1 | cut -d' ' -f2 | cut -d. -f1)" 12206803
compare -v reinjected_share -v sent_bytes pair.jsonl && mv out json.out
compare -v reinjected_share -v sent_bytes pair.csv
ok 'compare: JSON and CSV say the same of what subflows have, too' cmp out json.out
for columns in towards,direction_sent_bytes file,towards,direction_sent_bytes connection,towards,goodput_bps; do
	"$BUILD/mptcp-summary" -q --cache-dir "$CACHE" --csv -o "$columns" captures/pair-2-client.pcapng >few.csv
	compare -v direction_sent_bytes few.csv
	cat err
done >lacking
is 'compare: columns that are missing' "$(cat lacking)" \
	"compare.py: 'few.csv' lacks the columns 'connection' and 'file' of mptcp-summary: add connection,file to -o
compare.py: 'few.csv' lacks the column 'connection' of mptcp-summary: add connection to -o
compare.py: 'few.csv' lacks the column 'file' of mptcp-summary: add file to -o"
compare -v rtt_p50_ms pair.csv
is 'compare: of subflows, without one: exit status' "$STATUS" 1
ok 'compare: of subflows, without one: says so' grep -q 'is of subflows' err
compare -v nonsense pair.csv
ok 'compare: no such value: says which there are' grep -q "has no 'nonsense'; it has: .*goodput_bps" err
compare "$here/README.md"
ok 'compare: another file: says so' grep -q 'is not what mptcp-summary' err
compare nothing.csv
is 'compare: no file' "$(cat err)" "compare.py: cannot read 'nothing.csv': No such file or directory"
python3 -c "
for k in range(20000):
    print('{\"capture_path\": \"%d-x\", \"directions\": [{\"towards\": \"server\", \"goodput_bps\": 1, \"subflows\": []}]}' % k)" >long.jsonl
"$here/compare.py" --by '^([0-9]*)' long.jsonl 2>err | head -n 1 >out
is 'compare: quiet when nobody reads on' "$(cat err)" ''

# Cron.
if ! command -v flock >/dev/null; then
	skip cron 'flock is not installed'
	finish
	exit 0
fi
unset MPTCP_READER # as cron has it
mkdir ring
cron() {
	"$here/report-captures" "$@" >out 2>err
	STATUS=$?
}
cp "$top/$SYN/v0-two-joins.pcap" "ring/ring 1.pcap"
cp "$top/$SYN/plain-tcp.pcap" ring/ring_2.pcap
touch -d '-1 hour' "ring/ring 1.pcap" ring/ring_2.pcap
cp "$top/$SYN/fault-cut-short.pcap" ring/ring_3.pcap
cron ring state
is 'cron: no trouble' "$STATUS $(cat out err)" '0 '
is 'cron: reports of all but the newest' "$(ls state/reports)" \
	'ring 1.pcap.csv
ring 1.pcap.html
ring_2.pcap.csv
ring_2.pcap.html'
"$BUILD/mptcp-report" -w want.html "ring/ring 1.pcap"
ok 'cron: what mptcp-report says' cmp want.html \
	"state/reports/ring 1.pcap.html"
"$BUILD/mptcp-summary" --csv "ring/ring 1.pcap" >want
ok 'cron: what mptcp-summary says' cmp want "state/reports/ring 1.pcap.csv"
find state -type f -printf '%p %T@\n' | grep -v /lock | sort >first
cron ring state
is 'cron: again, no trouble' "$STATUS $(cat out err)" '0 '
find state -type f -printf '%p %T@\n' | grep -v /lock | sort >second
ok 'cron: again, nothing is done' cmp first second
touch -d '-30 minutes' ring/ring_3.pcap
cp "$top/$SYN/fallback-mp-fail.pcap" ring/ring_4.pcap
cron ring state
ok 'cron: a capture that was cut short' grep -q "ring_3.pcap.*cut short" out
is 'cron: one line' "$(wc -l <out)" 1
cron ring state
is 'cron: trouble is told once' "$STATUS $(cat out err)" '0 '
cron -a ring state
is 'cron -a: the newest, too' "$(cut -d: -f1,2 out)" \
	'ring_4.pcap: fell back
ring_4.pcap: connection 0 breaks the rule checksum_valid, 1 time'
rm ring/ring_2.pcap
cp "$top/$SYN/v1-checksum.pcap" "ring/ring 1.pcap"
touch -d '-20 minutes' "ring/ring 1.pcap"
cp "$top/$SYN/fault-text-file.pcap" ring/ring_0.pcap
touch -d '-20 minutes' ring/ring_0.pcap
# The lock is taken: nothing is done.
(flock -n 8 && cron ring state && cp out held) 8>state/lock
is 'cron: while another one runs' "$(cat held) $(ls state/seen)" \
	' ring 1.pcap
ring_2.pcap
ring_3.pcap
ring_4.pcap'
# The system's trouble is told each time.
for i in 1 2; do
	MPTCP_TSHARK=/nonexistent cron ring state
	ok "cron: no tshark, $i" grep -q nonexistent out
done
cron ring state
is 'cron: no capture' "$(grep -c "ring_0.pcap" out) $(wc -l <out)" '1 1'
"$BUILD/mptcp-summary" --csv "ring/ring 1.pcap" >want
ok 'cron: a name that was used again' cmp want "state/reports/ring 1.pcap.csv"
is 'cron: what is gone is forgotten' "$(ls state/seen)" \
	'ring 1.pcap
ring_0.pcap
ring_3.pcap
ring_4.pcap'
ok 'cron: and its report kept' test -s state/reports/ring_2.pcap.csv
touch -d '-40 days' state/reports/ring_2.pcap.csv
cron ring state
ok 'cron: but not for ever' test ! -e state/reports/ring_2.pcap.csv
touch -d '-1 minute' "ring/ring 1.pcap"
PAGES=1 cron ring state
is 'cron: the last page only' "$(cd state/reports && echo *.html)" \
	'ring 1.pcap.html'
cron none/such state
is 'cron: no such folder' "$STATUS $(cat out err)" \
	'2 report-captures: none/such is no directory'
cron ring ring/ring_0.pcap/state
is 'cron: a state that cannot be made' "$STATUS $(wc -l <err) $(cat out)" '1 1 '
ok 'cron: ... is named' grep -q '^report-captures: .*ring_0.pcap' err
mkdir short
for command in mkdir flock; do
	ln -s "$(command -v $command)" short
done
PATH=$WORK/short /bin/sh "$here/report-captures" ring state >out 2>err
is 'cron: a PATH without the commands' "$? $(cat out err)" \
	"127 report-captures: mptcp-check is not in PATH, which is $WORK/short"
is 'cron: nothing is left but what is known of tshark' \
	"$(ls -d state/tmp 2>/dev/null; ls state/cache)" tshark-version.json

# What tshark is, is asked once, not for each capture.
cat >counted <<END
#!/bin/sh
[ "\$1" != --version ] || echo asked >>"$WORK/asked"
exec "$REAL" "\$@"
END
chmod +x counted
rm -rf state
mkdir two
cp "$top/$SYN/v0-two-joins.pcap" two/a.pcap
cp "$top/$SYN/v1-checksum.pcap" two/b.pcap
MPTCP_TSHARK=$WORK/counted cron -a two state
cp "$top/$SYN/v0-two-joins.pcap" two/c.pcap
MPTCP_TSHARK=$WORK/counted cron -a two state
is 'cron: tshark is asked once what it is' "$(cat asked)" asked
is 'cron: of three captures' "$(find state/reports -name "*.csv" | wc -l)" 3

# What is mailed: of each capture the trouble that it has, and no more.
mkdir trouble
while read -r name capture; do
	cp "$top/testdata/$capture" "trouble/$name"
done <<'END'
stripped captures/verdicts/strip-join-ack-client.pcapng.gz
forged captures/verdicts/rst-one-client-client.pcapng.gz
outage limits/cut-all.pcapng.gz
checksum captures/pair/wrong-sum-client.pcapng.gz
checksum2 check/checksum_valid.pcap
fallback captures/rules/strip-both-later-client.pcapng.gz
fastclose captures/ends/killed-fastclose-client.pcapng.gz
failed captures/path-failure-client.pcapng.gz
refused synthetic/v1-join-refused.pcap
well1 captures/two-paths-client.pcapng
well2 captures/two-paths-server.pcapng.gz
well3 captures/ends/app-limited-client.pcapng.gz
well4 captures/handover/backup-server.pcapng.gz
well5 synthetic/plain-tcp.pcap
well6 synthetic/v1-add-addr.pcap
END
echo 'a note' >trouble/README
echo 'a note' | gzip >trouble/README.gz
rm -rf state
cron -a trouble state
is 'cron: trouble: exit status' "$STATUS $(cat err)" '0 '
is 'cron: trouble: what it is' "$(sed -E 's/(: [^:]*):.*/\1/' out | sort)" \
'checksum2: connection 0 breaks the rule checksum_valid, 1 time
checksum2: connection 0 breaks the rule data_same, 1 time
checksum2: reset
checksum: reset
failed: aggregation
fallback: fell back
fastclose: reset
forged: reset
outage: outage
refused: one subflow only
refused: reset
stripped: one subflow only
stripped: reset'
ok 'cron: trouble: the frames of a rule' grep -q \
	'^checksum2: .* data_same, .* (frames [0-9]*, [0-9]*)$' out
ok 'cron: trouble: a sentence, and where to look' \
	grep -q '^fastclose: reset: .* (connection 0, frame [0-9]*)$' out
is 'cron: reports of what is a capture' "$(find state/reports -name "*.html" | wc -l)" 15

# A folder without any: that is said.
mkdir notes
cron notes state
is 'cron: an empty folder' "$STATUS $(cat out err)" '0 '
echo 'a note' >notes/README
cron notes state
is 'cron: no capture at all' "$STATUS $(cat out err)" \
	'0 notes: none of 1 file is a capture'
cron notes state
is 'cron: no capture at all: once' "$STATUS $(cat out err)" '0 '
if [ "$(id -u)" -ne 0 ]; then
	echo 'a note' >notes/secret
	chmod 0 notes/secret
	cron notes state
	is 'cron: what cannot be read' "$STATUS $(cat out err)" \
		'0 secret: cannot be read: permission denied'
	cron notes state
	is 'cron: what cannot be read: once' "$STATUS $(cat out err)" '0 '
else
	skip 'cron: what cannot be read' 'root reads everything'
fi

# tcpdump -C makes cap, cap1, cap2; -m makes one of them.
mkdir rotated
python3 - "$top/$SYN/v1-fastclose.pcap" <<'END'
import os, struct, sys
data = open(sys.argv[1], "rb").read()
order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
records, at = [], 24
while at < len(data):
    n = struct.unpack_from(order + "I", data, at + 8)[0]
    records.append(data[at:at + 16 + n])
    at += 16 + n
third = (len(records) + 2) // 3
for i, name in enumerate(("cap", "cap1", "cap2", "cap3")):
    with open("rotated/" + name, "wb") as file:
        file.write(data[:24] + b"".join(records[i * third:(i + 1) * third]))
    os.utime("rotated/" + name, (1000 + i, 1000 + i))
END
rm -rf state
cron -m rotated state
is 'cron -m: exit status' "$STATUS $(cat err)" '0 '
is 'cron -m: the trouble of all' "$(cut -d: -f1,2 out)" 'cap: reset
cap: more about connection N'
ok 'cron -m: which file it is in' grep -q ' (connection 0, frame cap[12]:[0-9]*)$' out
is 'cron -m: where to look' "$(sed -n '$s/.*: //p' out)" \
	'mptcp-check -m -c N rotated/cap rotated/cap1 rotated/cap2'
is 'cron -m: one report' "$(cd state/reports && echo *)" 'cap.csv cap.html'
"$BUILD/mptcp-summary" -m --csv rotated/cap rotated/cap1 rotated/cap2 >want
ok 'cron -m: what mptcp-summary says' cmp want state/reports/cap.csv
is 'cron -m: all are known' "$(cd state/seen && echo *)" 'cap cap1 cap2'
cron -m rotated state
is 'cron -m: once' "$STATUS $(cat out err)" '0 '
cron -x rotated state
is 'cron: no such option' "$STATUS" 2
finish
