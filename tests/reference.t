#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of mptcp-ls, mptcp-summary and mptcp-reinject against the second
computation (reference.py), for every capture there is, and against what the synthetic
captures were made to show.  With arguments, only these captures.
"""

import json
import os
import sys

import compare
import compare_summary
import reference
from tap import SHARED, SYN, Tap, captures, document, load, need_tshark, other_numbers, seen_once


def summary_differs(path, known):
    """Streams that are counted otherwise would be other rows."""
    streams = [word for s in known["captures"][0]["tcp_streams"] for word in ("-t", str(s["tcp_stream"]))]
    return compare_summary.differences(
        known, document("mptcp-summary", path), document("mptcp-reinject", path),
        document("mptcp-summary", path, *streams) if streams else None)


def differs(path, expected=None):
    """expected: the document of the synthetic captures."""
    listing = document("mptcp-ls", path)
    known = json.loads(json.dumps({"captures": [reference.analyse(path)[0]]}))
    yield from compare.against_reference(listing, known)
    if not other_numbers():
        yield from summary_differs(path, known)
    if expected:
        for line in compare.against_expected(listing, expected, os.path.basename(path)):
            yield "expected.json: " + line


def main():
    tap = Tap()
    expected = load(SYN + "/expected.json")
    readable = [name for name, file in expected["files"].items() if file.get("readable", True)]
    for path in sys.argv[1:]:
        tap.attempt(path, differs, path)
    if not sys.argv[1:]:
        tap.judge("there are synthetic captures", [] if readable else ["none"])
        for name in readable:
            tap.attempt(name, differs, os.path.join(SYN, name), expected)
        for place in "testdata/captures", SHARED:
            if not os.path.isdir(place):
                tap.skip(place, "not there")
            for path in seen_once(captures(place)):
                tap.attempt(path, differs, path)
    tap.finish()


need_tshark()
main()
