#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Where the time of a transfer went, computed a second time from the packets.
#
#     reference_limits.py CAPTURE...     print it as one JSON document
#
# reference.py reads the capture and finds what was sent and acknowledged,
# reference_events.py when a subflow stalled.  Here each of the facts that a state is
# made of becomes a list of times [from, to) by itself; then every time between two
# packets is asked which of the states holds.
#
# Times are integer nanoseconds.  "k" is a subflow in one direction: its Flow.

import argparse
import bisect
import collections
import json
import sys

sys.dont_write_bytecode = True
import reference
import reference_events
import reference_numbers as numbers
from reference import MP_JOIN
from reference_events import PRIO
from reference_numbers import ACK, FIN, RST, SYN

STATES = ("starting", "outage", "receive_window", "application", "send_buffer", "idle_path",
          "recovery", "stalled_path", "path")
SOON = 10_000_000  # new data follows what made room for it
PATIENCE = 200_000_000  # before an acknowledgment is missed
LONG = 10  # RTTs, of a rate; ...
SHORT, LEAST = 10_000_000, 100_000_000  # ... if that is less than SHORT: LEAST, with pauses that are shorter (ns)


class Times:
    """Times [from, to) that do not overlap, in order."""

    def __init__(self, spans):
        self.spans = sorted(span for span in spans if span[0] < span[1])
        self.starts = [span[0] for span in self.spans]

    def at(self, time):
        """The span that a time is in, or None."""
        k = bisect.bisect_right(self.starts, time) - 1
        return self.spans[k] if k >= 0 and time < self.spans[k][1] else None


class Steps:
    """A value that changes at packets, as it is after all packets of a time."""

    def __init__(self, first):
        self.times, self.values, self.first = [], [], first

    def set(self, time, value):
        if self.times and self.times[-1] == time:
            self.values[-1] = value
        else:
            self.times.append(time)
            self.values.append(value)

    def at(self, time):
        k = bisect.bisect_right(self.times, time) - 1
        return self.values[k] if k >= 0 else self.first


class Flow:
    """What one subflow did in one direction."""

    def __init__(self, s, role, events):
        self.s, self.role = s, role
        self.side = next(side for side in (0, 1) if s.role(side) == role)
        trips = numbers.rtt_distribution(s, self.side)
        rtt = trips["p50"] if trips else numbers.milliseconds(
            numbers.handshake_rtt(s, self.side))
        self.rtt = None if rtt is None else round(rtt * 10**6)
        self.stalled = Times((e["packets"][0].time, e["packets"][0].time + round(e["gap_ms"] * 10**6))
                             for e in events if e["event"] == "stalled" and e["stream"] is s
                             and e["role"] == role)
        self.find_established()
        self.find_backup()
        self.find_flight()
        self.first_sent = next((p.time for p in s.packets if p.side == self.side and p.length), None)

    def find_established(self):
        """From the ACK that ends the handshake to a RST or the FINs of both."""
        self.established, open_, fins = Steps(False), False, set()
        whole = any(numbers.is_syn(p) for p in self.s.packets)
        over = False
        for n, p in enumerate(self.s.packets):
            if p.flags & SYN:
                over = False
            if p.flags & FIN:
                fins.add(p.side)
            if p.flags & RST or len(fins) == 2:
                open_, over = False, True
            elif not over and (p.side == 0 and p.flags & (SYN | ACK) == ACK if whole else n == 0):
                open_ = True
            self.established.set(p.time, open_)

    def find_backup(self):
        """What the two ends said last, either of them."""
        self.backup, said = Steps(False), [False, False]
        for p in self.s.packets:
            for subtype, raw, known in reference_events.options(p):
                if subtype == MP_JOIN and "backup" in known:
                    said[p.side] = known["backup"]
                elif subtype == PRIO and len(raw) == 3:
                    said[p.side] = bool(raw[2] & 1)
            self.backup.set(p.time, any(said))

    def find_flight(self):
        """In flight, or not, and the ACKs of the flow."""
        self.flight, self.acks, self.busy = Steps(False), [], {}
        high = ack = last = down = None
        self.pause = LEAST if self.rtt is not None and LONG * self.rtt < SHORT else 0
        busy = 0
        for p in self.s.packets:
            if high is not None and (ack is None or high > ack):
                busy += p.time - last
            last = p.time
            self.busy[p.frame] = busy
            was_up = high is not None and (ack is None or high > ack)
            if p.side == self.side and p.length:
                if not was_up and down is not None and p.time - down < self.pause:
                    busy += p.time - down
                ack = p.pos if ack is None and high is None else ack
                high = p.pos + p.length if high is None else max(high, p.pos + p.length)
            elif p.side != self.side and p.acked is not None:
                before, ack = ack, p.acked if ack is None else max(ack, p.acked)
                if not p.flags & SYN:
                    self.acks.append((p, before, ack, ack if high is None else high))
                if was_up and high <= ack:
                    down = p.time
            self.flight.set(p.time, high is not None and (ack is None or high > ack))

    def idle(self, t1):
        """Established with nothing in flight for longer than the RTT, up to t1."""
        nothing, found = Steps(False), []
        for p in self.s.packets:
            nothing.set(p.time, self.established.at(p.time) and not self.flight.at(p.time))
        begin = None
        for time, value in zip(nothing.times, nothing.values):
            if value and begin is None:
                begin = time
            elif not value and begin is not None:
                found.append((begin, min(time, t1)))
                begin = None
        if begin is not None:
            found.append((begin, t1))
        return Times((span[0] + self.rtt, span[1]) for span in found if self.is_long(span))

    def is_long(self, span):
        """Longer than a round trip, as far as that is known."""
        return self.rtt is not None and span[1] - span[0] > self.rtt

    def delivery_rate(self):
        """bit/s, as (bits, ns) the best one, or None."""
        points, hole = [], 0
        if self.rtt is None:
            return None
        for p, before, ack, high in self.acks:
            if before is None or ack > before:
                points.append((self.busy_until(p), ack, ack < hole))
            elif p.acked == before and not p.length and high > ack and p is not self.acks[0][0]:
                hole = max(hole, high)
        best = better(None, points, self.pause or LONG * self.rtt)
        return None if best is None else best[0] * 10**9 / best[1]

    def busy_until(self, p):
        """How long something had been in flight before a packet."""
        return self.busy[p.frame]


def better(best, period, least):
    """The best rate among the pairs of ACKs of a busy period, all of them that are far enough apart."""
    times = [time for time, _, _ in period]
    for time, ack, hole in period:
        for j in range(bisect.bisect_left(times, time + max(least, 1)), 0 if hole else len(times)):
            rate = (period[j][1] - ack) * 8, times[j] - time
            if best is None or rate[0] * best[1] > best[0] * rate[1]:
                best = rate
    return best


class Direction:
    """One direction of a connection, by the role that sends."""

    def __init__(self, c, role, events, receiver=None):
        self.c, self.role = c, role
        self.arrived = arrivals(receiver, role) if receiver else Steps(None)
        data = numbers.with_payload(numbers.packets_of(c, role))
        self.t0, self.t1 = data[0].time, data[-1].time
        abort = reference.given_up(c, role)  # nothing that is sent later counts
        if abort:
            self.t1 = max(self.t0, min(self.t1, abort.time))
        self.flows = [Flow(s, role, events) for s in c.streams]
        self.firsts = numbers.first_transmissions(c, role)
        self.read()
        self.idle = {k: k.idle(self.t1) for k in self.flows}
        self.find_takeovers()

    def read(self):
        """S, A, W; standstills and gaps."""
        sent, acks = numbers.highest_sent(self.c, self.role), numbers.data_acks(self.c, self.role)
        edges = numbers.window_edges(self.c, self.role) or {}
        first = 1 if self.c.origin_known[self.role] else None
        self.S, self.A, self.W, self.started = Steps(None), Steps(first), Steps(None), Steps(False)
        S, A, W, started, gap = None, first, None, False, None
        raised_S, raised_A, gaps = [], [], []
        for p in self.c.packets:
            if p.frame in edges:
                W = edges[p.frame] if W is None else max(W, edges[p.frame])
            if p.frame in acks and A is None:
                A = acks[p.frame]
            elif p.frame in acks and acks[p.frame] > A:
                A, started = acks[p.frame], True
                raised_A.append(p.time)
                if gap is not None:
                    gaps.append((gap, p.time))
                gap = None
            if p.frame in sent and (S is None or sent[p.frame] > S):
                S = sent[p.frame]
                raised_S.append(p.time)
            if gap is None and None not in (S, A) and S > A:
                gap = p.time
            self.S.set(p.time, S)
            self.A.set(p.time, A)
            self.W.set(p.time, W)
            self.started.set(p.time, started)
        if gap is not None:
            gaps.append((gap, self.t1))
        self.gaps = Times((begin, min(end, self.t1)) for begin, end in gaps)
        self.find_standstills(raised_S, raised_A)
        self.mss = max((p.mss for p in numbers.packets_of(self.c, 1 - self.role)
                        if p.flags & SYN and p.mss is not None), default=None)

    def find_standstills(self, raised_S, raised_A):
        """Those that a DATA_ACK ended; no other matters."""
        found = []
        for begin, end in zip(raised_S, raised_S[1:]):
            k = bisect.bisect_right(raised_A, end) - 1
            if k >= 0 and end - raised_A[k] <= SOON:
                found.append((begin, end))
        new = max((p.time for _, _, p in self.firsts), default=None)
        if raised_S and new is not None:  # what had not left yet, below S
            found.append((raised_S[-1], new))
        self.standstills = Times(found)

    def find_takeovers(self):
        """Packets that sent data first, below what their subflow had sent first before."""
        self.takeovers, ends = set(), {}
        for begin, end, p in sorted(self.firsts, key=lambda first: (reference.place_in_time(first[2]), first[0])):
            if end <= ends.get(p.stream, float("-inf")):
                self.takeovers.add(p.frame)
            ends[p.stream] = max(end, ends.get(p.stream, end))

    def culprit(self, time, established):
        """The subflow of the first transmission of byte A; or, of one that is to come and takes over, the other."""
        A, S, N = self.A.at(time), self.S.at(time), self.arrived.at(time)
        if N is not None and A < N < S:  # what it waits for is known, and not all there
            A = N
        k = bisect.bisect_right(self.firsts, (A, float("inf"))) - 1
        if k < 0 or not self.firsts[k][0] <= A < self.firsts[k][1]:
            return "unknown"
        first = self.firsts[k][2]
        others = [k for k in established if k.s is not first.stream]
        if first.time > time and first.frame in self.takeovers:
            return others[0].s.number if len(others) == 1 else "unknown"
        return first.stream.number

    def is_usable(self, k, established, time):
        backup = k.backup.at(time) and not all(other.backup.at(time) for other in established)
        return k in established and not backup and not k.stalled.at(time)

    def window_full(self, time):
        S, W = self.S.at(time), self.W.at(time)
        return None not in (S, W, self.mss) and S >= W - self.mss

    def patience(self, established, time):
        return max([PATIENCE] + [3 * (k.rtt or 0) for k in established
                                 if k.first_sent is not None and k.first_sent <= time])

    def state(self, time):
        """(state, culprit or None) from a packet on."""
        established = [k for k in self.flows if k.established.at(time)]
        stalled = [k for k in established if k.stalled.at(time)]
        if not self.started.at(time):
            return "starting", None
        if established and stalled == established:
            return "outage", None
        waits = self.S.at(time) is not None and self.S.at(time) > self.A.at(time)
        if self.window_full(time):
            return "receive_window", self.culprit(time, established) if waits else "reader"
        if not waits and not any(k.flight.at(time) for k in established if k not in stalled):
            return "application", None
        idle = [k for k in established if self.is_usable(k, established, time)
                and self.idle[k].at(time)]
        still = self.standstills.at(time)
        if still and any(k.is_long(still) for k in idle):
            return "send_buffer", self.culprit(time, established)
        if idle:
            return "idle_path", idle[0].s.number
        gap = self.gaps.at(time)
        if gap and time - gap[0] >= self.patience(established, time) and stalled != established:
            return "recovery", self.culprit(time, established)
        stalled = [k for k in stalled if not k.backup.at(time)]
        if stalled:
            first = min(stalled, key=lambda k: k.stalled.at(time)[0])
            return "stalled_path", first.s.number
        return "path", None

    def account(self):
        limits = dict.fromkeys(STATES, 0)
        culprits = collections.defaultdict(lambda: collections.defaultdict(int))
        times = {p.time for p in self.c.packets}
        times.update(self.arrived.times)
        times.update(begin for idle in self.idle.values() for begin, _ in idle.spans)
        waits = {PATIENCE} | {3 * (k.rtt or 0) for k in self.flows}
        times.update(begin + wait for begin, _ in self.gaps.spans for wait in waits)
        times = sorted(time for time in times if self.t0 <= time <= self.t1)
        for time, following in zip(times, times[1:]):
            state, culprit = self.state(time)
            limits[state] += following - time
            if culprit is not None:
                culprits[state][str(culprit)] += following - time
        assert sum(limits.values()) == self.t1 - self.t0
        return {"limits_ns": limits, "culprit_ns": culprits,
                "delivery_rate_bps": {str(k.s.number): k.delivery_rate() for k in self.flows},
                "duration_ns": self.t1 - self.t0}


def arrivals(c, role):
    """Up to where the receiver has all data, over time, in its own capture `c`."""
    steps, acks, pieces = Steps(None), numbers.data_acks(c, role), collections.defaultdict(list)
    for begin, end, p in numbers.first_transmissions(c, role):
        pieces[p.frame].append((begin, end))
    if not c.origin_known[role]:
        return steps
    reach, beyond = 1, []
    for p in c.packets:
        beyond += pieces.get(p.frame, ())
        reach = max(reach, acks.get(p.frame, reach))
        for begin, end in sorted(beyond):
            if begin <= reach:
                reach = max(reach, end)
        beyond = [piece for piece in beyond if piece[1] > reach]
        steps.set(p.time, reach)
    return steps


def at_receiver(c, role):
    """ns from the first to the last data during which what arrived filled the window that it offered: all, and those
    with all of it acknowledged; None where that is not known."""
    data = numbers.with_payload(numbers.packets_of(c, role))
    edges, acks = numbers.window_edges(c, role), numbers.data_acks(c, role)
    mss = max((p.mss for p in numbers.packets_of(c, 1 - role) if p.flags & SYN and p.mss is not None), default=None)
    if not numbers.captured_at(c, 1 - role) or not data or not edges or mss is None:
        return None
    sent = numbers.highest_sent(c, role)
    S = W = None
    A = 1 if c.origin_known[role] else None
    exhausted, reader, packets = 0, 0, c.packets
    for p, following in zip(packets, packets[1:]):
        S = sent[p.frame] if S is None and p.frame in sent else max(S, sent.get(p.frame, S)) if S is not None else None
        if p.frame in acks:
            A = acks[p.frame] if A is None else max(A, acks[p.frame])
        if p.frame in edges:
            W = edges[p.frame] if W is None else max(W, edges[p.frame])
        passed = min(following.time, data[-1].time) - p.time
        if passed > 0 and None not in (S, W) and W - S <= mss:
            exhausted += passed
            reader += passed if A is not None and A >= S else 0
    return exhausted, reader


def limits(c, role, events, receiver=None):
    """Of a direction; null where the sender's end was not captured."""
    if not numbers.captured_at(c, role) or not any(
            p.length for p in numbers.packets_of(c, role)):
        return {**dict.fromkeys(("limits_ns", "culprit_ns", "delivery_rate_bps", "duration_ns")),
                "at_receiver_ns": at_receiver(c, role)}
    return Direction(c, role, events, receiver).account()


def describe(c, other=None):
    events = reference_events.Events(c)
    for s in c.streams:  # what the network copied says nothing new
        s.packets = [p for p in s.packets if not p.copy]
    c.packets = [p for p in c.packets if not p.copy]
    for s in c.streams:
        events.stalls(s)
    ends = [other if other and numbers.captured_at(other, 1 - role) else None for role in (0, 1)]
    return {"id": c.id, "directions": [{"towards": towards, **limits(c, role, events.found, ends[role])}
                                       for towards, role in (("server", 0), ("client", 1))]}


def find(path, other=None, since_4_4=False):
    """Also with the other end's capture, of the same connections in that order and the same clock."""
    _, _, connections = reference.analyse(path, since_4_4)
    others = reference.analyse(other)[2] if other else [None] * len(connections)
    return [describe(*pair) for pair in zip(connections, others)]


def main():
    parser = argparse.ArgumentParser(description="Where the time of a transfer went.")
    parser.add_argument("--pretty", action="store_true", help="indent the document")
    parser.add_argument("capture", nargs="+")
    arguments = parser.parse_args()
    try:
        found = [{"path": path, "connections": find(path)} for path in arguments.capture]
    except (OSError, EOFError, reference.BadCapture) as error:
        print("reference_limits.py: %s" % error, file=sys.stderr)
        return 2
    json.dump({"captures": found}, sys.stdout, indent=2 if arguments.pretty else None)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
