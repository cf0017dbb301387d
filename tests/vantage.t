#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a capture was taken: as the names of captures tell it, the same however a capture is read, and as the user
says."""

import gzip
import json
import os
import re
import subprocess

import craft
import craft_verdicts
from tap import BUILD, ENDS, SHARED, WORK, Tap, captures, document, execute, need_tshark, read_natively

KEYS = ("vantage", "vantage_certainty", "vantage_evidence")
COPIES = "testdata/copies/"
# Proven, for they are Linux cooked, or of routers.
KNOWN = {COPIES + "bridge.pcapng": "middle", COPIES + "nat-sll2.pcap": "middle", COPIES + "router-ipv6.pcapng": "middle",
         COPIES + "router-queue.pcapng": "middle", COPIES + "vxlan.pcapng": "client",
         SHARED + "/reports/dup-router-any.pcapng": "middle",
         SHARED + "/wild/client_2.pcap": "client", SHARED + "/wild/server_2.pcap": "server"}
# Hosts, a router that shows one side, and captures that are cooked, with their exports.
READ = ["testdata/captures/two-paths-client.pcapng", "testdata/captures/fallback-client.pcapng.gz",
        "testdata/captures/ends/app-limited-middle.pcap.gz", "testdata/verdicts/version-midstream.pcap",
        COPIES + "bridge.pcapng", COPIES + "router-queue.pcapng", COPIES + "vxlan.pcapng",
        SHARED + "/wild/client_2.pcap", SHARED + "/reports/v0-midstream-add-addr.pcap"]


def judgements(path, *arguments):
    return [tuple(c[key] for key in KEYS) for c in document("mptcp-summary", *arguments, path)["connections"]]


def end_of_name(path):
    """Where it was captured, by its name; None: that says nothing."""
    name = os.path.basename(path)
    words = [word for word in re.split("[-_.]", name) if word in (*ENDS, "middle", "tap")]
    return {"tap": "middle"}.get(words[-1], words[-1]) if words else None


def as_named(path):
    for i, (where, certainty, evidence) in enumerate(judgements(path)):
        if where != end_of_name(path):
            yield "connection %d: %s, %s: %s" % (i, where, certainty, "; ".join(evidence))
        if certainty not in ("likely", "proven") or not evidence:
            yield "connection %d: %s without a reason" % (i, certainty)


def as_known(path, where):
    for i, found in enumerate(judgements(path)):
        if found[:2] != (where, "proven"):
            yield "connection %d: %s" % (i, found)


def beside(end):
    """The capture of a router next to that end: packets of both have passed one, and its answers come at once."""
    ends = craft_verdicts.Ends(link="ethernet")
    subflow = craft_verdicts.talk(ends, timestamps=True).subflows[0]
    for _ in range(5):
        craft.exchange(subflow)
    capture = ends if end == "client" else ends.server
    capture.frames.sort(key=lambda frame: frame.time)
    capture.frames = [frame._replace(data=frame.data[:14] + craft_verdicts.aged(frame.data[14:], min(frame.data[22], 63)))
                      for frame in capture.frames]
    path = os.path.join(WORK, "beside.pcapng")
    craft.write(path, craft.pcapng(capture))
    (where, certainty, _), = judgements(path)
    if (where, certainty) != ("middle", "likely"):
        yield "%s, %s" % (where, certainty)
    said = " ".join(execute("mptcp-summary", path).stdout.decode().split())
    if "probably captured between the ends, near the %s (" % end not in said:
        yield said


def read_with(environment, *command):
    done = subprocess.run([os.path.join(BUILD, "mptcp-summary"), "--json", *command], capture_output=True, check=False,
                          env={**os.environ, **environment})
    return json.loads(done.stdout)["connections"]


def however_read(path):
    """All at once, some of it at a time, by each reader, from the cache, of one connection, and from an export."""
    wanted = judgements(path)
    export = os.path.join(WORK, "export.csv")
    execute("mptcp-export", "-w", export, path)
    ways = {
        "again": lambda: judgements(path),
        "without a cache": lambda: judgements(path, "--no-cache"),
        "from an export": lambda: judgements(export),
        **{"by " + reader: lambda reader=reader: judgements(path, "--no-cache", "--reader", reader)
           for reader in ("native", "tshark", "auto")},
    }
    for reader in ("native", "tshark"):
        cache = os.path.join(WORK, "parts-" + reader)
        ways["in parts, by " + reader] = ways["the parts again, by " + reader] = lambda cache=cache, reader=reader: [
            tuple(c[key] for key in KEYS) for c in
            read_with({"MPTCP_KEEP_PACKETS": "20", "MPTCP_READER": reader}, "--cache-dir", cache, path)]
    for way, read in ways.items():
        found = read()
        if found != wanted:
            yield "%s: %s and %s" % (way, found, wanted)
    for i, judged in enumerate(wanted):
        if judgements(path, "-c", str(i)) != [judged]:
            yield "connection %d by itself" % i


def plain(path, *arguments):
    """All but what is said of the place itself, the numbers that depend on it too."""
    return [{key: value for key, value in c.items() if key not in KEYS}
            for c in document("mptcp-summary", *arguments, path)["connections"]]


def as_said(path):
    judged = judgements(path)
    if judgements(path, "--captured-at", "auto") != judged:
        yield "auto is another"
    for where in (*ENDS, "middle"):
        for found, was in zip(judgements(path, "--captured-at", where), judged):
            if found != (where, "given", ["given by --captured-at"] + [
                    x for x in found[2][1:]]) or found[2][0] != "given by --captured-at":
                yield "%s: %s" % (where, found)
        same = plain(path, "--captured-at", where) == plain(path)
        if same != all(where == j[0] for j in judged):
            yield "%s: numbers are %s" % (where, "the same" if same else "others")
        for c in document("mptcp-summary", "--captured-at", where, path)["connections"]:
            for d in c["directions"]:
                at = {"client": "server", "server": "client"}[d["towards"]] == where
                if at != any(s["rtt_ms"]["n"] is not None for s in d["subflows"]) and d["sent_bytes"]:
                    yield "%s, to the %s: round trips are %s" % (where, d["towards"], "missing" if at else "there")


def plain_as_said(path):
    """Of TCP without Multipath TCP, too: at the other end the way here and back is no round trip of the sender."""
    for where, here in ("client", True), ("server", False):
        for stream in document("mptcp-summary", "-t", "0", "--captured-at", where, path)["tcp_streams"]:
            known = {d["towards"]: d["rtt_ms"]["n"] is not None for d in stream["directions"]}
            if known != {"server": here, "client": not here}:
                yield "%s: round trips are known: %s" % (where, known)


def wrong_word():
    done = execute("mptcp-summary", "--captured-at", "here", "testdata/captures/two-paths-client.pcapng")
    if done.returncode != 2 or b"invalid value 'here' for --captured-at" not in done.stderr:
        yield done.stderr.decode()


def both_ends(path, other):
    """The second of two captures is of the opposite end."""
    for command in ("mptcp-check", "mptcp-reinject"):
        arguments = (path, other) if command == "mptcp-check" else ("--with", other, path)
        if document(command, "--captured-at", "client", *arguments) != document(command, *arguments):
            yield command


def one_host(path):
    """Moved to loopback addresses, it is of no end, and nothing says it was captured elsewhere."""
    with gzip.open(path) as file:
        data = file.read()
    for number, address in enumerate((b"\x0a\0\1\1", b"\x0a\0\1\2", b"\x0a\0\2\1"), 1):
        data = data.replace(address, bytes((127, 0, 0, number)))
    home, picture = os.path.join(WORK, "home.pcapng"), os.path.join(WORK, "home.csv")
    with open(home, "wb") as file:
        file.write(data)
    evidence = "both ends are on one host (127.0.0.1 is a loopback address)"
    (where, certainty, said), = judgements(home)
    if (where, certainty, said[0]) != (None, "unknown", evidence):
        yield "%s, %s, %s" % (where, certainty, said)
    for wanted, *command in (
            ("note: %s: what only the sender or the receiver can tell is left out" % evidence, "mptcp-summary"),
            ("limit: the capture does not tell: both ends are on one host; give --captured-at with the end that sends",
             "mptcp-summary"),
            ("what limited it: To the server, the capture does not tell what limited it: both ends are on one host; give "
             "--captured-at with the end that sends", "mptcp-check"),
            ("the capture does not tell why: both ends are on one host; give --captured-at client, the sender", "mptcp-check"),
            ("give --captured-at client to take it for the capture of the sender", "mptcp-plot", "-w", picture, "flight"),
            ("give --captured-at server to take it for the capture of the receiver", "mptcp-plot", "-w", picture,
             "occupancy")):
        done = execute(*command, home)
        text = " ".join((done.stdout + done.stderr).decode().split())
        if wanted not in text or "was not captured" in text or "only a capture" in text or "it was captured is" in text:
            yield "%s: %s" % (wanted, text)
    done = execute("mptcp-plot", "-w", picture, "--captured-at", "client", "flight", home)
    if done.returncode:
        yield done.stderr.decode()


def place_unknown(path):
    """Where it is not known, a plot does not say that it was captured elsewhere."""
    picture = os.path.join(WORK, "unknown.csv")
    if judgements(path)[0][0]:
        yield "it is known"
    for kind, end in ("flight", "sender"), ("occupancy", "receiver"):
        said = execute("mptcp-plot", "-w", picture, kind, path).stderr.decode()
        if "does not show that it was captured at the %s of the data" % end not in said:
            yield said


def main():
    tap = Tap()
    for place in ("testdata/captures", SHARED):
        if not os.path.isdir(place):
            tap.skip(place, "not there")
        for path in captures(place):
            if end_of_name(path) and "packetdrill" not in path:
                tap.attempt(path, as_named, path)
    for end in ENDS:
        tap.attempt("a router beside the %s" % end, beside, end)
    for path, where in KNOWN.items():
        if os.path.exists(path):
            tap.attempt("%s: %s" % (path, where), as_known, path, where)
    for path in READ:
        if os.path.exists(path):
            tap.attempt(path + ": however it is read", however_read, path)
    tap.attempt("--captured-at", as_said, "testdata/captures/two-paths-client.pcapng")
    tap.attempt("--captured-at of plain TCP", plain_as_said, "testdata/synthetic/plain-tcp.pcap")
    tap.attempt("--captured-at of a place that is none", wrong_word)
    tap.attempt("--captured-at with two captures", both_ends, "testdata/captures/two-paths-client.pcapng",
                "testdata/captures/two-paths-server.pcapng.gz")
    tap.attempt("both ends on one host", one_host, "testdata/captures/ends/app-limited-client.pcapng.gz")
    tap.attempt("a place that is not known", place_unknown, "testdata/synthetic/v1-resent-syns.pcap")
    tap.finish()


need_tshark()
read_natively()  # however_read() asks the others, too
main()
