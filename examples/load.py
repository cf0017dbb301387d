#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all runs into Python: load.py results/summary.csv"""
import csv
import sys
from collections import Counter

sent, reinjected = Counter(), Counter()
with open(sys.argv[1], encoding="utf-8", newline="") as table:
    for row in csv.DictReader(table):
        key = row["run"], row["towards"]
        sent[key] += int(row["sent_bytes"] or 0)  # what is unknown is empty
        reinjected[key] += int(row["reinjected_bytes"] or 0)

out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["run", "towards", "sent_bytes", "reinjected_bytes"])
for run, towards in sorted(sent, key=lambda k: (k[0], k[1] == "client")):
    out.writerow([run, towards, sent[run, towards], reinjected[run, towards]])
