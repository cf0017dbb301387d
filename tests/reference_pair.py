#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What two captures of one connection tell, computed a second time.
#
#     reference_pair.py CLIENT SERVER OWD.json REINJECT.json
#
# compares the output of "mptcp-owd --json --clock raw CLIENT SERVER" and of
# "mptcp-reinject --json --with SERVER CLIENT". Packets are tied together by all
# of their TCP header, IP id and options; captures whose packets are cut or
# joined on the way are not for it.

import collections
import json
import statistics
import sys

sys.dont_write_bytecode = True
import reference


def read(path):
    packets, fragments = [], {}
    for frame, (time, link, data, origlen) in enumerate(reference.read_capture(path), 1):
        p = reference.dissect(frame, time, link, data, origlen, fragments)
        if p:
            packets.append(p)
    return packets


def tie(client, server):
    """{frame of the client's capture: packet of the server's}, both ways."""
    waiting = collections.defaultdict(collections.deque)
    pairs = {}

    def key(p):
        return (p.src, p.dst, p.sport, p.dport, p.seq, p.ack, p.flags, p.length, p.ip_id,
                p.window, bytes(p.options))

    for p in server:
        waiting[key(p)].append(p)
    for p in client:
        if waiting[key(p)]:
            pairs[p.frame] = waiting[key(p)].popleft()
    return pairs


def check(faults, what, got, wanted, slack=0):
    same = got == wanted if got is None or wanted is None or not slack else \
        abs(got - wanted) <= slack
    if not same:
        faults.append(f"{what}: {got}, not {wanted}")


def check_delays(faults, owd, client, pairs):
    initiator = {}
    delays = collections.defaultdict(list)
    for p in client:
        if p.flags & 0x12 == 0x02:
            initiator.setdefault(frozenset([(p.src, p.sport), (p.dst, p.dport)]),
                                 (p.src, p.sport))
    ports = {}
    for p in client:
        ends = frozenset([(p.src, p.sport), (p.dst, p.dport)])
        number = ports.setdefault(ends, len(ports))
        if p.frame not in pairs:
            continue
        difference = pairs[p.frame].time - p.time
        forward = (p.src, p.sport) == initiator[ends]
        delays[number, "server" if forward else "client"].append(
            difference if forward else -difference)
    seen = 0
    for s in owd["streams"]:
        mine = delays.get((s["tcp_stream"], s["towards"]), [])
        name = f"tcp {s['tcp_stream']} to the {s['towards']}"
        seen += len(mine)
        check(faults, f"{name}: matched", s["matched"], len(mine))
        for part, function in ("min", min), ("p50", statistics.median), ("max", max):
            check(faults, f"{name}: {part}", s["raw_owd_ms"][part],
                  function(mine) / 1e6 if mine else None, 2e-6)
    check(faults, "packets in both captures", owd["matching"]["matched"], seen)
    check(faults, "only in the first", owd["matching"]["only_first"], len(client) - seen)


def check_verdicts(faults, reinject, pairs):
    totals = collections.Counter()
    for r in reinject["reinjections"]:
        if r["towards"] != "server":
            continue
        here, there = pairs.get(r["frame"]), [pairs.get(f) for f in r["original_frames"]]
        delta = None
        if not here:
            verdict = "redundant"
        elif None in there:
            verdict = "useful"
        else:
            delta = (max(p.time for p in there) - here.time) / 1e6
            verdict = "useful" if delta > 0 else "redundant"
        check(faults, f"frame {r['frame']}: verdict", r["verdict"], verdict)
        check(faults, f"frame {r['frame']}: delta", r["delta_ms"], delta, 2e-6)
        totals[verdict] += r["bytes"]
    for t in reinject["totals"]:
        if t["towards"] == "server":
            for verdict in "useful", "redundant", "unknown":
                check(faults, f"{verdict} bytes", t["verdicts"][verdict]["bytes"],
                      totals[verdict])
    return totals


def main():
    client, server = read(sys.argv[1]), read(sys.argv[2])
    owd, reinject = (json.load(open(path, encoding="utf-8")) for path in sys.argv[3:5])
    pairs, faults = tie(client, server), []
    check_delays(faults, owd, client, pairs)
    totals = check_verdicts(faults, reinject, pairs)
    print(len(pairs), "packets in both;", dict(totals))
    print("\n".join(faults[:20]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
