#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of all runs into pandas: load_pandas.py results/summary.csv"""
import sys

import pandas

table = pandas.read_csv(sys.argv[1], dtype={"run": str})  # what is unknown is NaN
sums = table.groupby(["run", "towards"])[["sent_bytes", "reinjected_bytes"]].sum()
sums = sums.sort_index(level=[0, 1], ascending=[True, False]).astype(int)
sums.to_csv(sys.stdout)
