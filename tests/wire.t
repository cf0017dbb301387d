#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-owd, mptcp-summary --with and mptcp-check of two captures against the log of
the wire between them.

A recording has a truth.json with every frame that the wire lost, changed or
delivered twice.  Each such frame is looked for in the capture of its sender; of
every TCP stream and direction, then, as many packets must be lost, altered and
duplicated, and every other packet was carried: none is ambiguous or not captured.
Sequence numbers that the wire adds to are translated, not altered, and what it
does to the payload no header shows.
"""

import collections
import concurrent.futures
import glob
import os
import re
import sys

import reference
from tap import ENDS, SHARED, Failed, Tap, document, execute, load, need_tshark, numbered_since_4_4, read_natively

OWN = "testdata/captures/pair"

LOST = {"loss", "cut", "overflow", "dropsub", "dropsyn"}
ALTERED = {"strip": "mptcp", "clamp": "other_options", "window": "window"}
COPIED = {"dup"}
UNSEEN = {"reorder", "corrupt", "summary"}  # no header is another one
KINDS = ("mptcp", "sack", "timestamps", "other_options", "window", "flags")

# Captures that begin in the middle: the whole ones lie beside them.
FILES = {"midstream": [("client-whole", "server-whole")],
         "skewed": [("client", "server"), ("client", "server-true-clock")],
         "t49-step": [("client", "server"), ("client", "server-step")],
         "t58-tap50": [("client", "server"), ("client", "tap"), ("tap", "server")]}
LISTED = 16     # frames that mptcp-check names, at most
AT_ONCE = 50_000_000    # ns: the wire writes down what it does when it gets a frame


def read(path):
    packets, fragments = [], {}
    for frame, (time, link, data, origlen) in enumerate(reference.read_capture(path), 1):
        p = reference.dissect(frame, time, link, data, origlen, fragments)
        if p:
            packets.append(p)
    reference.make_streams(packets, numbered_since_4_4(path))
    return packets


class Wire:
    """What it did to which frame of the sender's capture, and of the receiver's."""

    def __init__(self, truth, packets):
        self.lost, self.copied = (set(), set()), (collections.Counter(), collections.Counter())
        self.altered = collections.defaultdict(set)     # (sender, frame): kinds
        self.missing, self.strange = [], set()
        # By what it looks like: the last one sent before the wire had it, each once.
        seen = [collections.defaultdict(list), collections.defaultdict(list)]
        for e in (0, 1):
            for p in packets[e]:
                seen[e][p.src, p.sport, p.dst, p.dport, p.seq, p.ack, p.flags, p.wire_length].append(p)
        used = set()
        for f in truth["wire"]["frames"]:
            if f["event"] not in LOST | set(ALTERED) | COPIED:
                self.strange |= {f["event"]} - UNSEEN
                continue
            if "seq" not in f:
                continue
            e = 0 if f["dir"] == "up" else 1
            looks = f["src"], f["sport"], f["dst"], f["dport"], f["seq"], f["ack"], f["flags"], f["len"]
            mine = [p for p in seen[e][looks] if -1000 <= f["t"] * 1e9 - p.time <= AT_ONCE
                    and (f["event"], e, p.frame) not in used]
            if not mine:
                self.missing.append(f)
                continue
            frame = max(mine, key=lambda p: p.time).frame
            used.add((f["event"], e, frame))
            if f["event"] in LOST:
                self.lost[e].add(frame)
            elif f["event"] in COPIED:
                self.copied[e][frame] += 1
            else:
                self.altered[e, frame].add(ALTERED[f["event"]])

    def is_whole(self, packets):
        """Whatever is missing happened when the sender's capture had ended."""
        last = [max(p.time for p in mine) for mine in packets]
        return [f for f in self.missing if f["t"] * 1e9 <= last[0 if f["dir"] == "up" else 1]]


def run(command, *arguments):
    try:
        return document(command, *arguments), []
    except Failed as failure:
        return None, str(failure).splitlines()


def analyse(pair):
    """What the commands say, by order of the files: (owd, summary, check)."""
    found = []
    for first, second in (pair, pair[::-1]):
        found.append([run("mptcp-owd", first, second), run("mptcp-summary", "--with", second, first),
                      run("mptcp-check", "--no-payload", first, second)])
    return found


def said_of_changes(pair):
    """The text of mptcp-owd: how many packets were altered, and came as extra copies, and what those of --json say."""
    done = execute("mptcp-owd", *pair)
    text = " ".join(done.stdout.decode().split())
    matching = document("mptcp-owd", *pair)["matching"]
    for key, pattern in (("altered", r"(\d+) of them (?:was|were) altered on the way"),
                         ("duplicated", r"the network delivered (\d+) extra cop(?:y|ies)")):
        found = re.search(pattern, text)
        if (int(found[1]) if found else 0) != matching[key]:
            yield "%s: %s, %s" % (key, found and found[0], matching[key])


def edge(wire, packets, sender):
    """Frames that were lost when nothing more, or nothing yet, came through that could
    tell that the other capture ran."""
    arrived = [p.time for p in packets[sender] if p.frame not in wire.lost[sender]]
    return {p.frame for p in packets[sender] if p.frame in wire.lost[sender]
            and not min(arrived) <= p.time <= max(arrived)}


def is_servers(end):
    """Addresses of the laboratory: the server's end in 2."""
    return end[0].endswith((".2", "::2"))


def expected(wire, packets, sender, ends):
    """The counts of one TCP stream and direction, by the wire."""
    sent = [p.frame for p in packets[sender] if frozenset(p.stream.ends) == ends and not p.copy
            and is_servers((p.src, p.sport)) == bool(sender)]
    outside = edge(wire, packets, sender)
    changed = [wire.altered[sender, f] for f in sent if (sender, f) in wire.altered]
    return {"sent": len(sent), "lost": len(wire.lost[sender] & set(sent) - outside),
            "outside": len(outside & set(sent)), "not_captured": 0, "ambiguous": 0,
            "altered": len(changed),
            **{"altered_in." + kind: sum(kind in c for c in changed) for kind in KINDS},
            "duplicated": sum(wire.copied[sender][f] for f in sent)}


def value(row, key):
    for part in key.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def compare_owd(document, packets, wire, first):
    """first: which end the first capture is of."""
    wrong, absent, rows = [], set(), collections.defaultdict(list)
    streams = {p.stream.number: p.stream for p in packets[first]}
    for s in document["streams"]:
        stream = streams[s["tcp_stream"]]
        rows[frozenset(stream.ends), 0 if s["towards"] == "server" else 1].append(s)
    for (ends, sender), found in rows.items():
        for key, wanted in expected(wire, packets, sender, ends).items():
            if key.startswith("altered_in.") and "altered_in" not in found[0]:
                continue    # "altered" is not there, either
            got = [value(s, key) for s in found]
            got = None if None in got else sum(got)
            if got is None and not wanted:
                absent.add(key)
            elif got != wanted:
                wrong.append("tcp %s to the %s: %s: %s, not %s" % (
                    found[0]["tcp_stream"], found[0]["towards"], key, got, wanted))
        got = sum(s["matched"] + s["coalesced"] + s["lost"] + s["outside"] for s in found)
        if got != sum(s["sent"] for s in found):
            wrong.append("tcp %s to the %s: what was sent, but for what was lost: %s" % (
                found[0]["tcp_stream"], found[0]["towards"], got))
    return wrong + ["not said: " + key for key in sorted(absent)] + ([] if rows else ["no streams"])


def compare_summary(document, owd):
    """The subflows that both captures have, as in mptcp-owd."""
    wrong, absent, compared = [], set(), 0
    rows = {(s["connection"], s["tcp_stream"], s["towards"]): s for s in owd["streams"]}
    for c in document["connections"]:
        for d in c["directions"]:
            for s in d["subflows"]:
                row = rows.get((c["id"], s["tcp_stream"], d["towards"]))
                if row is None:
                    continue
                compared += 1
                for name in "lost", "altered", "duplicated":
                    if row.get(name) is None or name + "_packets" not in s:
                        absent.add(name)
                    elif row[name] != s[name + "_packets"]:
                        wrong.append("tcp %s to the %s: %s_packets: %s, mptcp-owd %s" % (
                            s["tcp_stream"], d["towards"], name, s[name + "_packets"], row[name]))
    return compared, wrong + ["one of them does not say: " + name for name in sorted(absent)]


def compare_check(document, packets, wire, first, partners):
    """options_intact: as many as lost options, and none else is named."""
    said = [c for c in document["checks"] if c["rule"] == "options_intact" and c["result"] == "violated"]
    count, frames = sum(c["count"] for c in said), {f for c in said for f in c["frames"]}
    # A stream without any option in the first capture is plain TCP there: nothing is
    # checked of it.
    multipath = {frozenset(p.stream.ends) for p in packets[first] if p.mptcp}
    listed = {(e, p.frame) for e in (0, 1) for p in packets[e] if frozenset(p.stream.ends) in multipath}
    wanted = {(e, f) for (e, f), kinds in wire.altered.items() if "mptcp" in kinds} & listed
    # Of what the other end sent, the frame where it came, or where it left.
    own = {f for e, f in wanted if e == first}
    there = {partners.get(f, f) for e, f in wanted if e != first}
    wrong = []
    if count != len(wanted):
        wrong.append("options_intact: %d packets, not %d" % (count, len(wanted)))
    if frames - own - there:
        wrong.append("options_intact: frames that are as they were: %s" % sorted(frames - own - there))
    if len(frames) < min(LISTED, len(wanted)):
        wrong.append("options_intact: %d frames are named, of %d" % (len(frames), len(wanted)))
    return wrong


def arrivals(packets, sender):
    """{frame of the sender's capture: frame of the receiver's}, by what a wire that
    strips and translates leaves."""
    def looks(p):
        isn = p.stream.isn[p.side]
        return p.src, p.sport, p.dst, p.dport, (p.seq - isn if isn is not None else p.seq) % (1 << 32), \
            p.flags, p.wire_length, p.ip_id, p.tsval
    found = {}
    for p in packets[1 - sender]:
        found.setdefault(looks(p), p.frame)
    return {p.frame: found[looks(p)] for p in packets[sender] if looks(p) in found}


def judge(tap, name, truth, pair, results):
    packets = [read(path) for path in pair]
    wire = Wire(truth, packets)
    tap.say(not wire.strange, "%s: every event of the wire is known" % name, sorted(wire.strange))
    absent = wire.is_whole(packets)
    tap.say(not absent, "%s: the captures have what the wire names" % name, map(str, absent))
    for first, ((owd, e1), (summary, e2), (check, e3)) in enumerate(results):
        label = "%s, the %s's first" % (name, ENDS[first])
        if None in (owd, summary, check):
            tap.say(False, label, e1 + e2 + e3)
            continue
        wrong = compare_owd(owd, packets, wire, first)
        tap.say(not wrong, label + ": mptcp-owd", wrong)
        compared, wrong = compare_summary(summary, owd)
        if compared or summary["connections"]:
            tap.say(compared and not wrong, label + ": mptcp-summary --with agrees", wrong)
        else:
            tap.skip(label + ": mptcp-summary --with agrees", "plain TCP in the first capture")
        wrong = compare_check(check, packets, wire, first, arrivals(packets, 1 - first))
        tap.say(not wrong, label + ": mptcp-check", wrong)


def recordings():
    """(name, truth, the captures of client and server)"""
    path = os.path.join(OWN, "truth.json")
    if os.path.exists(path):
        for name, truth in load(path).items():
            yield name, truth, [os.path.join(OWN, "%s-%s.pcapng.gz" % (name, end)) for end in ENDS]
    for path in sorted(glob.glob(SHARED + "/lab/*/truth.json") + glob.glob(SHARED + "/truth/*/truth.json")):
        where = os.path.dirname(path)
        name = os.path.basename(where)
        truth = load(path)
        for files in FILES.get(name, [ENDS]):
            yield name if len(FILES.get(name, "1")) == 1 else "%s (%s, %s)" % (name, *files), truth, \
                [os.path.join(where, file + ".pcapng") for file in files]


def main():
    tap = Tap()
    only = sys.argv[1:]
    jobs = [(name, truth, pair, POOL.submit(analyse, pair)) for name, truth, pair in recordings()
            if not only or name in only]
    if not os.path.exists(os.path.join(OWN, "truth.json")):
        tap.skip("own recordings", "no %s/truth.json" % OWN)
    if not glob.glob(SHARED + "/*/*/truth.json"):
        tap.skip("recordings of the laboratory", "no truth.json in %s" % SHARED)
    for name, truth, pair, results in jobs:
        dropped = sum(int(c["dropped"]) for c in truth.get("captured", ()))
        if dropped:     # then a packet can be missing in one that the wire carried
            tap.skip(name, "the captures dropped %d packets" % dropped)
            continue
        judge(tap, name, truth, pair, results.result())
        if pair[0].startswith(OWN):
            tap.attempt(name + ": as text", said_of_changes, pair)
    tap.finish()


need_tshark()
read_natively()
with concurrent.futures.ThreadPoolExecutor(2) as POOL:
    main()
