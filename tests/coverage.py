#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py - lines of lib/ that ran, from gcov's counts.

    coverage.py BUILD

Prints the lines that did not run and for which tests/uncovered.txt has no
reason, by file and function; then how many have one, and the share that ran.
Names in that file whose lines all ran are told, too: they can go.
"""
import collections
import glob
import json
import os
import pathlib
import subprocess
import sys

REASONS = pathlib.Path(__file__).with_name('uncovered.txt')


def read_reasons():
    """(file, function) -> why it has lines that no test can run."""
    reasons = {}
    for line in REASONS.read_text().splitlines():
        if line and not line.startswith('#'):
            where, reason = line.split(': ', 1)
            file, function = where.split()
            reasons[file, function] = reason
    return reasons


def read_counts(build):
    """(file, line) -> how often it ran; (file, line) -> its function."""
    counts, functions = collections.Counter(), {}
    for data in glob.glob(os.path.join(build, 'obj/lib/*/*.gcda')):
        text = subprocess.run(['gcov', '--json-format', '--stdout', data],
                              check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
        for part in text.splitlines():
            for f in json.loads(part)['files']:
                if not f['file'].startswith('lib/') or \
                        not f['file'].endswith('.c'):
                    continue
                for line in f['lines']:
                    place = f['file'], line['line_number']
                    counts[place] += line['count']
                    functions[place] = line.get('function_name', '-')
    return counts, functions


def main(build):
    counts, functions = read_counts(build)
    reasons = read_reasons()
    missing = collections.defaultdict(list)
    for place in sorted(counts):
        if not counts[place]:
            missing[place[0], functions[place]].append(place[1])
    for where in missing:
        if where not in reasons:
            print(*where, 'lines', *missing[where])
    for where in reasons:
        if where not in missing:
            print(*where, 'all lines ran, against tests/uncovered.txt')
    lines = sum(map(len, missing.values()))
    named = sum(len(missing[w]) for w in missing if w in reasons)
    print(f'{lines - named} lines did not run without a reason, '
          f'{named} with one (tests/uncovered.txt)')
    print(f'{100 - 100 * lines / len(counts):.1f}% '
          f'of {len(counts)} lines of lib/ ran')


if __name__ == '__main__':
    main(sys.argv[1])
