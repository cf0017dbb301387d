#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unique bytes of mptcp-summary against what the applications wrote and read.

A recording has a truth.json with a record per application: its address and
port, what it wrote ("sent": what the kernel took) and what it read ("received").
In the capture of an end, the unique bytes of a connection are those of the
record of that end: nothing missing, nothing twice, whatever was lost, sent
again, sent on another subflow or sent without Multipath TCP on the way.  Where
the definition says otherwise, EXCUSED gives the reason and what is true then.
"""

import concurrent.futures
import glob
import os

from tap import ENDS, SHARED, Failed, Tap, document, load, need_tshark, read_natively

OWN = ("testdata/captures/verdicts", "testdata/captures/pair")
WAYS = ("server", "client")     # the directions, in the order of the JSON

# Captures that begin in the middle: the whole ones lie beside them.
FILES = {"midstream": "%s-whole.pcapng"}

# (recording, end, number of the connection in the capture, direction) -> (least, most, reason).  A bound is a
# number, "written" or "read" (what the application that sends or receives in that direction counted), or None.
ABORTED = "the connection was aborted: what was not yet sent was thrown away"
UNREAD = "the connection was aborted: what arrived was thrown away unread"
EXCUSED = {
    ("fastclose", "client", 0, "server"): ("read", "written", ABORTED),
    ("fastclose", "client", 1, "client"): ("read", "written", UNREAD),
    ("fastclose", "client", 2, "server"): ("read", "written", ABORTED),
    ("fastclose", "server", 1, "client"): ("read", "written", ABORTED),
    ("fastclose", "server", 2, "server"): ("read", "written", UNREAD),
    ("t10-killed-download", "client", 0, "client"): (1, "written", "the client was killed: it left no record"),
    ("t10-killed-download", "server", 0, "client"): (1, "written", "the client was killed: the rest was thrown away"),
    ("mid-down", "server", 0, "client"): (
        1, "written", "the server did not fall back, saw no DATA_ACK, and sent old bytes instead of the last ones"),
    ("rst-router-only", "client", 0, "server"): (
        "read", "written", "the last question was written behind the RST: it was never sent"),
}

USED = set()

# What was not recorded: no application, or no capture, to compare with.
UNKNOWN = {"t17b-csum-only": "the applications were stopped and left no record"}


def place(address):
    host, port = address[:2]
    return host[7:] if host.startswith("::ffff:") else host, port


def records(truth, end):
    """By address and port of the client: [written, read] to the server, the same to the client."""
    found = {}
    for record in truth["application"].get(end, []):
        if "local" not in record:       # the connect failed
            continue
        read = record["received"] + record.get("received_behind_the_end", 0)
        way = {"written": record["sent"]}, {"read": read}
        found[place(record["local" if end == "client" else "peer"])] = way if end == "client" else way[::-1]
    return found


def plain(truth, end):
    """The connections that need not be Multipath TCP in the capture: the kernel says so."""
    return {place(record["local" if end == "client" else "peer"]) for record in truth["application"].get(end, [])
            if "local" in record and record.get("info", {}).get("mptcp") is False}


def summary(pair):
    try:
        return document("mptcp-summary", *pair)["connections"], []
    except Failed as failure:
        return None, str(failure).splitlines()


def bound(value, counted):
    return counted.get(value) if isinstance(value, str) else value


def compare(tap, name, truth, end, connections):
    mine, other = records(truth, end), records(truth, ENDS[end == "client"])
    wrong, left, count = [], dict(mine), 0
    for connection in connections:
        at = connection["client"]["address"], connection["client"]["port"]
        left.pop(at, None)
        for way, direction in enumerate(connection["directions"]):
            assert direction["towards"] == WAYS[way]
            got = direction["unique_bytes"]
            key = name, end, connection["id"], WAYS[way]
            counted = {**(other.get(at) or ({}, {}))[way], **(mine.get(at) or ({}, {}))[way]}
            what = "connection %d, to the %s: unique %s, application %s" % (
                connection["id"], WAYS[way], got, counted or "none")
            if key in EXCUSED:
                USED.add(key)
                least, most, reason = EXCUSED[key]
                least, most = bound(least, counted), bound(most, counted)
                good = got is not None and (least is None or least <= got) and (most is None or got <= most)
                tap.say(good and not (least is None and most is None),
                        "%s, %s, connection %d, to the %s: within bounds: %s" % (name, end, *key[2:], reason),
                        [] if good else [what])
            elif at in mine:
                count += 1
                if got != next(iter(mine[at][way].values())):
                    wrong.append(what)
            elif "read" in counted:     # this end left no record: what the other one read, it must have sent
                count += 1
                if got != counted["read"]:
                    wrong.append(what)
            elif counted:
                wrong.append("the application at this end left no record: " + what)
            elif direction["sent_bytes"]:
                wrong.append("no application: " + what)
    wrong += ["not found: %s port %d" % at for at in left if at not in plain(truth, end)]
    wrong += ["excused, but not found: connection %d, to the %s" % key[2:] for key in EXCUSED
              if key[:2] == (name, end) and key not in USED]
    if not count and left and not wrong:
        tap.skip("%s, %s" % (name, end), "plain TCP in this capture: no connection is listed")
        return
    tap.say(not wrong and count, "%s, %s: as the application counted, %d direction%s" % (
        name, end, count, "" if count == 1 else "s"), wrong)


def recording(name, truth, pair):
    """Judged later, in order: a function and what it takes."""
    if name in UNKNOWN:
        return name, truth, pair, None
    missing = [path for path in pair if not os.path.exists(path)]
    return name, truth, pair, missing or POOL.submit(summary, pair)


def own():
    for where in OWN:
        path = os.path.join(where, "truth.json")
        if not os.path.exists(path):
            continue
        for name, truth in load(path).items():
            yield recording(name, truth, [os.path.join(where, "%s-%s.pcapng.gz" % (name, end)) for end in ENDS])


def shared():
    for path in sorted(glob.glob(SHARED + "/lab/*/truth.json") + glob.glob(SHARED + "/truth/*/truth.json")):
        where = os.path.dirname(path)
        name = os.path.basename(where)
        truth = load(path)
        pattern = FILES.get(name, "%s.pcapng")
        yield recording(name, truth, [os.path.join(where, pattern % end) for end in ENDS])


def main():
    tap = Tap()
    jobs = [*own(), *shared()]
    for where in OWN:
        if not os.path.exists(os.path.join(where, "truth.json")):
            tap.skip("own recordings", "no %s/truth.json" % where)
    if not glob.glob(SHARED + "/*/*/truth.json"):
        tap.skip("recordings of the laboratory", "no truth.json in %s" % SHARED)
    for name, truth, pair, result in jobs:
        if result is None:
            tap.skip(name, UNKNOWN[name])
            continue
        if isinstance(result, list):
            tap.skip(name, "no " + ", ".join(result))
            continue
        connections, errors = result.result()
        if connections is None:
            tap.say(False, name, errors)
            continue
        for number, end in enumerate(ENDS):
            compare(tap, name, truth, end, [c for c in connections if c["capture"] == number])
    tap.finish()


need_tshark()
read_natively()
with concurrent.futures.ThreadPoolExecutor(2) as POOL:
    main()
