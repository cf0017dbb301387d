#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py - lines of lib/ that ran, from gcov's counts.

    coverage.py BUILD

Prints the share of each file that has lines which did not run, with those
lines, the worst first, and the share of all.
"""
import glob
import json
import os
import subprocess
import sys


def main(build):
    ran, lines = {}, {}
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
                    lines.setdefault(f['file'], set()).add(line['line_number'])
                    if line['count']:
                        ran.setdefault(f['file'], set()).add(
                            line['line_number'])
    total = sum(map(len, lines.values()))
    done = sum(map(len, ran.values()))
    for name in sorted(lines, key=lambda n: len(ran.get(n, ())) /
                       len(lines[n])):
        missing = sorted(lines[name] - ran.get(name, set()))
        if missing:
            print(f'{100 - 100 * len(missing) / len(lines[name]):5.1f}% {name}:',
                  ' '.join(map(str, missing)))
    print(f'{100 * done / total:.1f}% of {total} lines of lib/')


if __name__ == '__main__':
    main(sys.argv[1])
