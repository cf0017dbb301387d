#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# slurm.sh - examples/submit-array with a real Slurm, on this machine only.
# Takes root, and Debian:
#
#	apt-get install slurmctld slurmd slurm-client munge
#
# The daemons are started with a configuration, keys and ports of their own, and
# stopped at the end; those of the system are not used.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
work=$(mktemp -d)
daemons=
clean()
{
	for pid in $daemons; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"
PATH=${BUILD:-$top/build}:$PATH
SLURM_CONF=$work/slurm.conf
XDG_CACHE_HOME=$work/cache
export PATH SLURM_CONF XDG_CACHE_HOME
cd "$work"
host=$(hostname -s)
mkdir state spool cache run captures
dd if=/dev/urandom of=key bs=128 count=1 2>/dev/null
chmod 600 key
cat >slurm.conf <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/run/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
END

# start COMMAND...: in the background
start()
{
	"$@" >"$1.log" 2>&1 &
	daemons="$! $daemons"
}

start munged --foreground --force --key-file="$work/key" \
	--socket="$work/run/munge" --pid-file="$work/munged.pid" \
	--seed-file="$work/seed"
sleep 1
start slurmctld -D
start slurmd -D
tries=0
until sinfo -h -o %t 2>/dev/null | grep -q idle; do
	tries=$((tries + 1))
	if [ $tries -gt 30 ]; then
		echo 'slurm: the node does not come up' >&2
		tail -n 20 ./*.log >&2
		exit 1
	fi
	sleep 1
done

for capture in fastclose mp-prio two-joins one-subflow; do
	cp "$top/testdata/synthetic/v0-$capture.pcap" \
		"captures/$capture-client.pcap"
done
make -s -f "$top/examples/Makefile" CAPTURES=captures OUT=here
jobs=$("$top/examples/submit-array" CAPTURES=captures OUT=there)
echo "slurm: jobs $jobs"
tries=0
while [ -n "$(squeue -h)" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 120 ]; then
		squeue >&2
		exit 1
	fi
	sleep 1
done
rm there/array.txt
diff -r here there
echo 'slurm: the same bytes'
