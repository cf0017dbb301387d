#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What two captures of the same connections tell, computed a second time.
#
#     reference_pair.py CLIENT SERVER OWD.json REINJECT.json
#                       [SUMMARY.json REINJECT.json SUMMARY.json]
#
# compares the output of "mptcp-owd --json --clock raw CLIENT SERVER", of
# "mptcp-reinject --json --with SERVER CLIENT" and "mptcp-summary --json --with
# SERVER CLIENT", and of both with the captures exchanged; "-" stands for one that is
# not to be compared. Data that is cut or joined on the way is not for it, nor are
# copies of several interfaces.
#
# Order of the file: packets, pairs, what was altered, delays and counts, what the
# receiver threw away, verdicts, on which subflow the data came.

import bisect
import collections
import json
import statistics
import struct
import sys

sys.dont_write_bytecode = True
import reference
import reference_numbers as numbers

PATIENCE = 50_000_000  # ns within which a receiver's DATA_ACK covers what it can


class End:
    """A capture, read and understood."""

    def __init__(self, path):
        self.packets, fragments = [], {}
        for frame, (time, link, data, origlen) in enumerate(reference.read_capture(path), 1):
            p = reference.dissect(frame, time, link, data, origlen, fragments)
            if p:
                self.packets.append(p)
        self.streams = reference.make_streams(self.packets)
        self.connections = reference.make_connections(self.streams)
        for c in self.connections:
            reference.classify(c)
        self.by_frame = {p.frame: p for p in self.packets}


# --------------------------------------------------------------------- pairs
# Sequence numbers count from the ISN of their capture, whoever shifts them.

def from_isn(number, isn):
    return number if isn is None else (number - isn) % reference.M32


def options(p):
    """{kind: [content]}; SACK blocks like sequence numbers. NOPs are nothing."""
    found, isn = collections.defaultdict(list), p.stream.isn[1 - p.side]
    for kind, raw, _ in reference.tcp_options(p.options, p.cut):
        content = bytes(raw[2:])
        if kind == 5:
            edges = struct.unpack(f"!{len(content) // 4}I", content[:len(content) // 4 * 4])
            content = tuple(from_isn(edge, isn) for edge in edges)
        found[kind].append(content)
    return found


def place(p):
    """What no middlebox changes, but for sequence numbers."""
    ack = from_isn(p.ack, p.stream.isn[1 - p.side]) if p.flags & numbers.ACK else None
    return p.src, p.dst, p.sport, p.dport, from_isn(p.seq, p.stream.isn[p.side]), ack, \
        p.wire_length


def whole(p):
    return place(p) + (p.flags, p.window, p.ip_id or None,
                       tuple((kind, tuple(content)) for kind, content in sorted(options(p).items())))


def with_ip_id(p):
    return place(p) + (p.ip_id,) if p.ip_id else None


def by_place(p):
    return place(p) + (p.flags & (numbers.SYN | numbers.FIN | numbers.RST),) if not p.ip_id else None


class Pairs:
    """Who is who: {frame of the sender's capture: the receiver's packet}, by direction
    of the capture; and the copies, which are nobody else's."""

    def __init__(self, client, server):
        self.ends, self.partner, self.copies = (client, server), ({}, {}), (set(), set())
        self.shown = {}
        for e in (0, 1):
            self.copies[e].update(p.frame for p in self.ends[e].packets if p.copy)
        left = [[p for p in end.packets if p.frame not in self.copies[e]]
                for e, end in enumerate(self.ends)]
        for key in (whole, with_ip_id, by_place):
            left = self.tie(left, key)
        times = [[p.time for p in end.packets if p.frame in self.partner[e]]
                 for e, end in enumerate(self.ends)]
        self.span = [(min(t, default=0), max(t, default=0)) for t in times]

    def came(self, e, frame):
        """True, False, or None: the other capture did not run, for all one knows, or missed
        what its end acknowledged."""
        p, (first, last) = self.ends[e].by_frame[frame], self.span[e]
        if frame in self.partner[e]:
            return True
        return None if not first <= p.time <= last or self.missed(e, p) else False

    def missed(self, e, p):
        s = p.stream
        acked = max((q.acked for q in s.sent(1 - p.side) if q.acked is not None), default=0)
        there = [q.stream for q in self.partner[e].values()
                 if frozenset(q.stream.ends) == frozenset(s.ends)]
        if not p.length or acked < p.pos + p.length or not there:
            return False
        shown = self.shown.setdefault((e, there[0].number, p.side), reference.ByteSet())
        if not shown.pages:
            for q in there[0].sent(p.side):
                shown.add(q.pos, q.pos + q.wire_length)
        at, end = p.pos, p.pos + p.length
        while at < end:
            inside, at = shown.run(at, end)
            if not inside:
                return True
        return False

    def tie(self, left, key):
        """In order of time. Where the receiver has more of the same the network made them."""
        waiting = [collections.defaultdict(list), collections.defaultdict(list)]
        for e in (0, 1):
            for p in sorted(left[e], key=lambda p: (p.time, p.frame)):
                waiting[e][key(p)].append(p)
        for mark, mine in waiting[0].items():
            if mark is None:
                continue
            for a, b in zip(mine, waiting[1].get(mark, ())):
                self.partner[0][a.frame], self.partner[1][b.frame] = b, a
        for e in (0, 1):
            for mark, mine in waiting[e].items():
                others = len(waiting[1 - e].get(mark, ()))
                if mark is not None and 0 < others < len(mine) and self.receiver(mine[0]) == e:
                    self.copies[e].update(p.frame for p in mine[others:])
        return [[p for p in left[e] if p.frame not in self.partner[e]
                 and p.frame not in self.copies[e]] for e in (0, 1)]

    @staticmethod
    def receiver(p):
        return p.stream.role(p.side) ^ 1


def altered(p, q):
    """In what two captures of one packet differ."""
    mine, its, found = options(p), options(q), set()
    names = {30: "mptcp", 5: "sack", 8: "timestamps"}
    for kind in set(mine) | set(its):
        if mine[kind] != its[kind]:
            found.add(names.get(kind, "other_options"))
    if p.window != q.window:
        found.add("window")
    if p.flags != q.flags:
        found.add("flags")
    return found


# --------------------------------------------------------- delays and counts

def check(faults, what, got, wanted, slack=0):
    same = got == wanted if got is None or wanted is None or not slack else \
        abs(got - wanted) <= slack
    if not same:
        faults.append(f"{what}: {got}, not {wanted}")


def check_delays(faults, owd, pairs):
    client = pairs.ends[0]
    for s in owd["streams"]:
        sender = 0 if s["towards"] == "server" else 1
        stream = next(t for t in client.streams if t.number == s["tcp_stream"])
        name = f"tcp {s['tcp_stream']} to the {s['towards']}"
        ends = frozenset(stream.ends)
        mine = [p for p in pairs.ends[sender].packets
                if frozenset(p.stream.ends) == ends and p.stream.role(p.side) == sender]
        there = [p for p in pairs.ends[1 - sender].packets
                 if frozenset(p.stream.ends) == ends and p.stream.role(p.side) == sender]
        mine = [p for p in mine if p.frame not in pairs.copies[sender]]
        found = [(p, pairs.partner[sender][p.frame]) for p in mine
                 if p.frame in pairs.partner[sender]]
        delays = [q.time - p.time for p, q in found]
        changes = [altered(p, q) for p, q in found]
        check(faults, f"{name}: sent", s["sent"], len(mine))
        check(faults, f"{name}: matched", s["matched"], len(delays))
        check(faults, f"{name}: neither lost nor there", s["lost"] + s["outside"],
              len(mine) - len(delays))
        check(faults, f"{name}: ambiguous", s["ambiguous"], 0)
        check(faults, f"{name}: altered", s.get("altered"), sum(map(bool, changes)))
        for what in "mptcp", "sack", "timestamps", "other_options", "window", "flags":
            check(faults, f"{name}: altered in {what}", s.get("altered_in", {}).get(what),
                  sum(what in change for change in changes))
        check(faults, f"{name}: duplicated", s.get("duplicated"),
              sum(p.frame in pairs.copies[1 - sender] for p in there))
        for part, function in ("min", min), ("p50", statistics.median), ("max", max):
            check(faults, f"{name}: {part}", s["raw_owd_ms"][part],
                  function(delays) / 1e6 if delays else None, 2e-6)
    check(faults, "packets in both captures", owd["matching"]["matched"], len(pairs.partner[0]))
    for e, name in enumerate(("only_first", "only_second")):
        check(faults, name, owd["matching"][name],
              len(pairs.ends[e].packets) - len(pairs.partner[0]) - len(pairs.copies[e]))


# ----------------------------------------------- what the receiver threw away
# A reinjection is needed, although its original had come, where the receiver's own
# packets show that this was thrown away, and no DATA_ACK covered the data before the
# reinjection came. DATA_ACKs are cumulative: one that stands at v proves that v lacks,
# and nothing of what is behind v; that v came, more than PATIENCE ago, proves that it
# was thrown away, if nothing held it back: a hole below it on its subflow, a mapping
# that is not whole (its checksum is over all of it), a closed window. A subflow
# delivers in order: what came on it behind v shares the fate of v.

class Receiver:
    """The data of one direction in the capture where it arrives."""

    def __init__(self, c, role):
        self.c, self.role = c, role
        self.acks = numbers.data_acks(c, role)
        self.firsts = sorted((piece.x, piece.x + piece.length, piece) for piece in c.pieces[role]
                             if piece.kind == "unique" and piece.x is not None)
        self.starts = [start for start, _, _ in self.firsts]
        self.instead = []  # (from, to, packet that brought it when it was needed)
        self.steps = {s.number: self.in_order(s) for s in c.streams}
        self.mapped = {}  # (stream, side): the places that each option maps

    def in_order(self, s):
        """[(place, time)]: from when on every byte of a stream below the place was there."""
        seen, point, steps = reference.ByteSet(), 1, []
        for p in s.sent(self.role ^ s.flip):
            before = point
            seen.add(max(s.place(p), 0), s.place(p) + p.length)
            inside, stop = seen.run(point, point + (1 << 16))
            while inside:
                point = stop
                inside, stop = seen.run(point, point + (1 << 16))
            if point > before:
                steps.append((point, p.time))
        return steps

    def first(self, x):
        """The piece with which byte x came first, or None."""
        at = bisect.bisect_right(self.starts, x) - 1
        return self.firsts[at][2] if at >= 0 and x < self.firsts[at][1] else None

    def deliverable(self, piece, x):
        """When nothing on its subflow held byte x back any more."""
        place = piece.q + x - piece.x
        ends = [end for start, end in self.mapped_places(piece.packet.stream, piece.packet.side)
                if start <= place < end]
        steps = self.steps[piece.packet.stream.number]
        at = bisect.bisect_right([point for point, _ in steps], min(ends, default=place + 1) - 1)
        return steps[at][1] if at < len(steps) else None

    def mapped_places(self, s, side):
        if (s.number, side) not in self.mapped:
            places = (reference.mapped_places(o) for _, o in s.options(side))
            self.mapped[s.number, side] = [place for place in places if place]
        return self.mapped[s.number, side]

    def answers(self, s, reinjection):
        """What the receiver sent on a stream before the reinjection came."""
        return [p for p in s.sent(1 - (self.role ^ s.flip)) if numbers.before(p, reinjection)]

    def acked_before(self, reinjection):
        return max([1] + [self.acks[p.frame] for p in self.c.packets
                          if p.frame in self.acks and numbers.before(p, reinjection)])

    def acked_after(self, reinjection, end):
        return any(self.acks[p.frame] >= end for p in self.c.packets
                   if p.frame in self.acks and numbers.before(reinjection, p))

    def refused(self, piece, x, reinjection):
        """By an MP_FAIL, or as the subflow was closed already."""
        for p in self.answers(piece.packet.stream, reinjection):
            if p.flags & numbers.RST and numbers.before(p, piece.packet):
                return True
            for kind, raw, length in reference.tcp_options(p.options, p.cut):
                if kind == 30 and length == len(raw) == 12 and raw[2] >> 4 == reference.MP_FAIL \
                        and 0 <= self.c.idsn[self.role] + x - int.from_bytes(raw[4:], "big") < 1 << 31:
                    return True
        return False

    def left_out(self, piece, x, end, reinjection):
        """By a DATA_ACK that stands at byte x, or at one before it on the subflow."""
        s, highest = piece.packet.stream, 1
        closed = min((p.time for p in self.answers(s, reinjection) if p.flags & numbers.RST),
                     default=None)
        for p in self.c.packets:
            if p.frame not in self.acks or not numbers.before(p, reinjection):
                continue
            v, highest = self.acks[p.frame], max(highest, self.acks[p.frame])
            stands = self.first(v)
            if v < highest or v >= end or not p.window or p.flags & numbers.SYN \
                    or stands is None or stands.packet.stream is not s \
                    or stands.q + v - stands.x > piece.q + x - piece.x:
                continue
            ready = self.deliverable(stands, v)
            if ready is not None and (p.time > ready + PATIENCE or closed is not None
                                      and p.time > max(ready, closed)):
                return True
        return False

    def in_order_by(self, s, place, time):
        """Was every byte of a stream below that place there by then?"""
        return any(point >= place and when <= time for point, when in self.steps[s.number])

    def waited(self, x, reinjection):
        """Did byte x, which had come, wait for others of its subflow when a DATA_ACK covered it at last, and neither was
        its packet acknowledged by TCP, while the reinjection was in order?"""
        piece = self.first(x)
        if piece is None or not numbers.before(piece.packet, reinjection):
            return False
        covering = [p for p in self.c.packets
                    if p.frame in self.acks and numbers.before(reinjection, p) and self.acks[p.frame] > x]
        if not covering:
            return False
        until, s = covering[0], piece.packet.stream
        acked = [p.ack for p in s.sent(1 - (self.role ^ s.flip))
                 if p.flags & numbers.ACK and not numbers.before(until, p)]
        if acked and 0 < (acked[-1] - piece.packet.seq) % reference.M32 < 1 << 31:
            return False
        mine = reinjection.stream
        return not self.in_order_by(s, piece.q + x - piece.x + 1, until.time) \
            and self.in_order_by(mine, mine.place(reinjection) + reinjection.length, until.time)

    def thrown_away(self, x, end, original, reinjection):
        """Were bytes thrown away of [x, end), that `original` brought?"""
        x = max(x, self.acked_before(reinjection))
        s = original.stream
        side = original.side
        at, mapped = s.place(original), False
        while at < s.place(original) + original.length:
            data, stop = self.c.mappings[s.number, side].run(at, s.place(original) + original.length)
            mapped = mapped or data is not None
            at = stop
        if not mapped:
            return True
        piece = self.first(x)
        return piece is not None and (self.refused(piece, x, reinjection)
                                      or self.left_out(piece, x, end, reinjection))


# ------------------------------------------------------------------ verdicts

def judge(row, pairs, sender, receivers):
    """(verdict, delta in ms or None)"""
    partner = pairs.partner[sender]
    here, there = partner.get(row["frame"]), [partner.get(f) for f in row["original_frames"]]
    came = [pairs.came(sender, f) for f in row["original_frames"]]
    if not here:
        return "unknown" if pairs.came(sender, row["frame"]) is None else "redundant", None
    delta = None if False in came or None in came else max(p.time for p in there) - here.time
    shown = None if delta is None else delta / 1e6
    verdict = "unknown" if None in came else "useful"
    if False in came:
        verdict = "useful"
    elif delta is not None and delta <= 0:
        verdict = "redundant"
    c, role = here.stream.connection, here.stream.role(here.side)
    mine = pairs.ends[sender].by_frame[row["frame"]].stream.connection
    x, end = row["dsn"], row["dsn"] + row["bytes"]
    if c.idsn[role] is None or mine.idsn[role] is None or numbers.is_plain(c) or numbers.is_plain(mine):
        return verdict, shown
    if (c.id, role) not in receivers:
        receivers[c.id, role] = Receiver(c, role)
    receiver = receivers[c.id, role]
    acked = receiver.acked_before(here)
    if acked >= end:
        return "redundant", shown
    if verdict != "redundant":
        return verdict, shown
    first = max(x, acked)
    originals = [piece.packet for piece in mine.pieces[role] if piece.kind == "unique"
                 and piece.x is not None and piece.x <= first < piece.x + piece.length]
    if not originals or not partner.get(originals[0].frame):
        return "redundant", shown
    if not receiver.thrown_away(x, end, partner[originals[0].frame], here):
        if not receiver.waited(first, here):
            return "redundant", shown
        receiver.instead.append((first, end, here))
        return "useful", shown
    if not receiver.acked_after(here, end):
        return "unknown", None
    receiver.instead.append((first, end, here))
    return "useful", None


def check_verdicts(faults, reinject, pairs, sender, receivers):
    """Of what the end sends where the first capture was taken."""
    totals = collections.Counter()
    towards = ("server", "client")[sender]
    for r in reinject["reinjections"]:
        if r["towards"] != towards:
            continue
        verdict, delta = judge(r, pairs, sender, receivers)
        check(faults, f"frame {r['frame']}: verdict", r["verdict"], verdict)
        check(faults, f"frame {r['frame']}: delta", r["delta_ms"], delta, 2e-6)
        totals[verdict] += r["bytes"]
    got = collections.Counter()
    for t in reinject["totals"]:
        if t["towards"] == towards:
            for verdict in "useful", "redundant", "unknown":
                got[verdict] += t["verdicts"][verdict]["bytes"]
    for verdict in "useful", "redundant", "unknown":
        check(faults, f"{verdict} bytes", got[verdict], totals[verdict])
    return totals


# ----------------------------------------------- on which subflow data came

def contributions(receiver):
    """{ends of a subflow: its part of the data that came, and was not thrown away}"""
    came, moved = collections.Counter(), reference.ByteSet()
    for start, end, piece in receiver.firsts:
        came[frozenset(piece.packet.stream.ends)] += end - start
    for start, end, packet in receiver.instead:  # the first one that was needed counts
        at = start
        while at < end:
            done, stop = moved.run(at, end)
            piece = receiver.first(at)
            stop = min(stop, piece.x + piece.length)
            if not done:
                came[frozenset(piece.packet.stream.ends)] -= stop - at
                came[frozenset(packet.stream.ends)] += stop - at
            at = stop
        moved.add(start, end)
    total = sum(came.values())
    return {ends: count / total for ends, count in came.items()} if total else {}


def check_contributions(faults, summary, pairs, sender, receivers):
    """Where a reinjection was needed although its original had come."""
    for receiver in receivers.values():
        if not receiver.instead:
            continue
        shares = contributions(receiver)
        for c in summary["connections"]:
            for s in c["directions"][sender]["subflows"]:
                ends = frozenset([(s["client_address"], s["client_port"]),
                                  (s["server_address"], s["server_port"])])
                if any(ends == frozenset(t.ends) for t in receiver.c.streams):
                    check(faults, f"tcp {s['tcp_stream']}: goodput contribution",
                          s["goodput_contribution"], shares.get(ends, 0), 1e-9)


def main():
    pairs, faults = Pairs(End(sys.argv[1]), End(sys.argv[2])), []
    owd, *rest = (path != "-" and json.load(open(path, encoding="utf-8"))
                  for path in sys.argv[3:])
    if owd:
        check_delays(faults, owd, pairs)
    print(len(pairs.partner[0]), "packets in both")
    for sender in range((len(rest) + 1) // 2):
        reinject, *summary = rest[2 * sender:2 * sender + 2]
        receivers = {}
        print("sent by the", ("client:", "server:")[sender],
              dict(check_verdicts(faults, reinject, pairs, sender, receivers)))
        for document in filter(None, summary):
            check_contributions(faults, document, pairs, sender, receivers)
    print("\n".join(faults[:30]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
