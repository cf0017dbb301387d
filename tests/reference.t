#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands say of every capture in testdata against the second computation (every_capture.py), and of
the synthetic ones against what they were made to show.  With arguments, only these captures.

Those in testdata/captures are read as users read them, all others natively, without a tshark each (readers.t compares the
rows of all of them).
"""

import os
import sys

from every_capture import attempt_all, differs
from tap import SYN, Tap, captures, load, need_tshark, read_by, seen_once


def synthetic(tap):
    expected = load(SYN + "/expected.json")
    readable = [name for name, file in expected["files"].items() if file.get("readable", True)]
    tap.judge("there are synthetic captures", [] if readable else ["none"])
    for name in readable:
        tap.attempt(name, differs_soon, os.path.join(SYN, name), expected)


def differs_soon(path, expected=None):
    with read_by("auto" if os.path.dirname(path) == "testdata/captures" else "native"):
        yield from differs(path, expected)


def main():
    tap = Tap()
    for path in sys.argv[1:]:
        tap.attempt(path, differs, path)
    if not sys.argv[1:]:
        synthetic(tap)
        attempt_all(tap, "testdata", [path for path in seen_once(captures("testdata"))
                                      if not path.startswith(SYN)], differs_soon)
    tap.finish()


need_tshark()
main()
