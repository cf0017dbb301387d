# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands say of a capture against the second computation (reference.py), which is made once for all of them:
the numbers of mptcp-ls, mptcp-summary and mptcp-reinject, each packet of mptcp-export, all of mptcp-events.
"""

import json
import os

import compare
import compare_events
import compare_export
import compare_summary
import reference
from tap import document, numbered_since_4_4


def summary_differs(path, known):
    streams = [word for s in known["captures"][0]["tcp_streams"] for word in ("-t", str(s["tcp_stream"]))]
    return compare_summary.differences(
        known, document("mptcp-summary", path), document("mptcp-reinject", path),
        document("mptcp-summary", path, *streams) if streams else None)


def numbers_differ(path, described, expected):
    """expected: the document of the synthetic captures; or None."""
    listing = document("mptcp-ls", path)
    known = json.loads(json.dumps({"captures": [described]}))
    yield from compare.against_reference(listing, known)
    yield from summary_differs(path, known)
    if expected:
        for line in compare.against_expected(listing, expected, os.path.basename(path)):
            yield "expected.json: " + line


def differs(path, expected=None):
    described, packets, connections = reference.analyse(path, numbered_since_4_4(path))
    yield from numbers_differ(path, described, expected)
    if os.path.basename(path).startswith(("fault-empty-", "fault-text-")):
        return  # has neither packets nor events
    yield from ("packets: " + line for line in compare_export.differs(path, described, packets, connections))
    # The last: copies are gone afterwards.
    yield from ("events: " + line for line in compare_events.differs(path, described, connections))


def attempt_all(tap, place, paths, function=differs):
    """Every one of the captures, which were found in that place."""
    if not os.path.isdir(place):
        tap.skip(place, "not there")
        return
    tap.judge("there are captures in " + place, [] if paths else ["none"])
    for path in paths:
        tap.attempt(path, function, path)
