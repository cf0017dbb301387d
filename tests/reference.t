#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands say of every capture in testdata against the second computation (every_capture.py), and of
the synthetic ones against what they were made to show.  With arguments, only these captures.
"""

import os
import sys

from every_capture import attempt_all, differs
from tap import SYN, Tap, captures, load, need_tshark, seen_once


def synthetic(tap):
    expected = load(SYN + "/expected.json")
    readable = [name for name, file in expected["files"].items() if file.get("readable", True)]
    tap.judge("there are synthetic captures", [] if readable else ["none"])
    for name in readable:
        tap.attempt(name, differs, os.path.join(SYN, name), expected)


def main():
    tap = Tap()
    for path in sys.argv[1:]:
        tap.attempt(path, differs, path)
    if not sys.argv[1:]:
        synthetic(tap)
        attempt_all(tap, "testdata", [path for path in seen_once(captures("testdata"))
                                      if not path.startswith(SYN)])
    tap.finish()


need_tshark()
main()
