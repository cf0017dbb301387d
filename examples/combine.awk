# SPDX-License-Identifier: GPL-3.0-or-later
#
# Summaries of runs, RUN/summary.csv, into one table; the run comes first.

FNR == 1 {
	run = FILENAME
	sub(/\/[^\/]*$/, "", run)
	sub(/.*\//, "", run)
	if (run ~ /[",]/) {
		gsub(/"/, "\"\"", run)
		run = "\"" run "\""
	}
	if (NR == 1) {
		head = $0
		print "run," head
	} else if ($0 != head) {
		print FILENAME ": other columns than before" >"/dev/stderr"
		exit 1
	}
	next
}
{ print run "," $0 }
