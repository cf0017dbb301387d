# SPDX-License-Identifier: GPL-3.0-or-later
#
# The events of a capture, found a second time, frame by frame: find(). What is
# compared with them is in compare_events.py.
#
# The capture file, its TCP streams and connections are read by reference.py;
# the options that it does not need are decoded here. lib/events/timeline.h says
# what a handover is.

import array
import collections
import decimal
import hashlib
import hmac
import itertools
import socket

import reference
import reference_numbers as numbers
from reference import ADD_ADDR, DSS, MP_CAPABLE, MP_JOIN
from reference_numbers import ACK, FIN, RST, SYN

REMOVE_ADDR, PRIO, FAIL, FASTCLOSE, TCPRST = 4, 5, 6, 7, 8
REASONS = ["unspecified", "mptcp_error", "lack_of_resources", "prohibited", "too_much_data",
           "bad_performance", "middlebox"]
ROLES = ("client", "server")
SECOND = 10**9
SHARE = 10  # of what two subflows carry, to have a part in it


# ------------------------------------------------------------------ decoding

def big(octets):
    return int.from_bytes(octets, "big")


def options(p):
    """(subtype, octets, what reference.py made of it) of each whole option."""
    if p.whole is None:
        p.whole = list(whole_options(p))
    return iter(p.whole)


def whole_options(p):
    raws = [(raw, size) for kind, raw, size in reference.tcp_options(p.options, p.cut)
            if kind == 30]
    for (raw, size), known in zip(raws, p.mptcp):
        if len(raw) == size and size >= 3 and known["subtype"] is not None and sound(raw):
            yield raw[2] >> 4, raw, known


def sound(raw):
    """Has the option a length that its subtype can have?"""
    lengths = {MP_CAPABLE: (4, 12, 20, 22, 24), MP_JOIN: (12, 16, 24), PRIO: (3, 4),
               FAIL: (12,), FASTCLOSE: (12,), TCPRST: (4,), REMOVE_ADDR: range(4, 41),
               DSS: range(4, 41)}
    subtype = raw[2] >> 4
    if subtype == ADD_ADDR:
        return announced(raw) is not None
    return len(raw) in lengths.get(subtype, ())


def announced(raw):
    """ADD_ADDR: (is an echo, id, address, port or None, HMAC or None)."""
    low = raw[2] & 15
    version0, echo = low in (4, 6), False
    rest, code = raw[4:], None
    if not version0:
        echo = bool(low & 1)
        if not echo:
            rest, code = rest[:-8], rest[-8:].hex()
    if len(rest) not in (4, 6, 16, 18) or (version0 and (low == 4) != (len(rest) <= 6)):
        return None
    size = 4 if len(rest) <= 6 else 16
    port = big(rest[size:]) if len(rest) > size else None
    address = socket.inet_ntop(socket.AF_INET if size == 4 else socket.AF_INET6, rest[:size])
    return echo, raw[3], address, port, code


def authentic(c, role, raw):
    """Has an ADD_ADDR of version 1 the HMAC of its sender? Unknown keys: yes."""
    code, keys = announced(raw)[4], (c.keys[role], c.keys[1 - role])
    if c.version != 1 or (code and None in keys):
        return True
    said = raw[3:-8] if len(raw) in (18, 30) else raw[3:-8] + b"\0\0"  # port 0: none
    return code is not None and code == hmac.new(keys[0] + keys[1], said,
                                                 hashlib.sha256).digest()[-8:].hex()


def fastclose_key(p):
    return next((big(raw[4:12]) for o, raw, _ in options(p) if o == FASTCLOSE), None)


def said_reason(p):
    """What the MP_TCPRST of a RST says, as (name, value)s."""
    number, transient = next(((raw[3], bool(raw[2] & 1)) for o, raw, _ in options(p)
                              if o == TCPRST), (None, None))
    known = number is not None and number < len(REASONS)
    return (("reason", number), ("mptcp_reason", number),
            ("reason_name", REASONS[number] if known else None), ("transient", transient))


def alike_packets(packets, said):
    """{what is said: the packets that say it}; None is nothing said."""
    found = {}
    for p in packets:
        if said(p) is not None:
            found.setdefault(said(p), []).append(p)
    return found


# -------------------------------------------------------------------- events

class Events:
    def __init__(self, connection):
        self.c = connection
        self.found = []

    def add(self, kind, p, role, **detail):
        event = {"event": kind, "stream": p.stream, "role": role, "packets": [p], **detail}
        self.found.append(event)
        return event

    def group(self, kind, packets, role, **detail):
        """One event of all the packets, if there are any."""
        if packets:
            event = self.add(kind, packets[0], role, **detail)
            event["packets"] = packets

    def everything(self):
        for s in self.c.streams:  # a copy that the network made is no event
            s.drop_copies()
        self.c.packets = [p for p in self.c.packets if not p.copy]
        for s in self.c.streams:
            self.handshake(s)
            self.closing(s)
            self.first_data(s)
            self.stalls(s)
        self.fallback()
        self.data_fins()
        self.addresses()
        self.per_subflow()
        self.window_probes()
        if len(self.c.streams) > 1 and not numbers.is_plain(self.c):
            for role in (0, 1):
                Transfer(self, role).handovers()
        return self.found

    def handshake(self, s):
        is_initial = any(o == MP_CAPABLE and (p.flags & SYN or len(raw) >= 20)
                         for p in s.packets for o, raw, _ in options(p))
        is_join = any(o == MP_JOIN and (p.flags & SYN or (len(raw) == 24 and p.side == 0))
                      for p in s.packets for o, raw, _ in options(p))
        s.shape = "connection" if is_initial else "join" if is_join else None
        s.third = []
        if not s.shape:
            return
        for answer, name in ((0, "syn"), (ACK, "synack")):
            syns = [p for p in s.packets if p.flags & (SYN | ACK) == SYN | answer]
            if is_initial and not answer:  # one without the option is a retry as plain TCP: the fallback tells
                syns = [p for p in syns if p is syns[0] or p.cut or any(o == MP_CAPABLE for o, _, _ in options(p))]
            if syns:
                self.group(f"{s.shape}_{name}", syns, s.role(syns[0].side),
                           **self.said(s, syns[0]), **self.ends(s, syns[0]))
        s.third = [p for p in s.packets if not p.flags & SYN and any(
            o == (MP_CAPABLE if is_initial else MP_JOIN)
            and (len(raw) >= 20 if is_initial else len(raw) == 24)
            for o, raw, _ in options(p))]
        if s.third:
            self.group(f"{s.shape}_established", s.third, s.role(s.third[0].side),
                       **self.said(s, s.third[0]), **self.ends(s, s.third[0]))

    @staticmethod
    def ends(s, p):
        return {"source_address": p.src, "source_port": p.sport,
                "destination_address": p.dst, "destination_port": p.dport}

    @staticmethod
    def said(s, p):
        """What the packet's option of the handshake says."""
        syn = bool(p.flags & SYN)
        if s.shape == "connection":
            detail = {"version": None, "flags": None, "key": None}
        elif not syn:
            detail = {"hmac": None}
        else:
            detail = {"address_id": None, "backup": None, "nonce": None,
                      **({"hmac": None} if p.flags & ACK else {"token": None})}
        for subtype, raw, _ in options(p):
            if subtype == MP_CAPABLE and s.shape == "connection":
                detail["version"] = raw[2] & 15
                detail["flags"] = "".join(l for i, l in enumerate("ABCDEFGH") if raw[3] << i & 128)
                if len(raw) >= 12:
                    detail["key"] = str(big(raw[4:12]))
                break
            if subtype == MP_JOIN and s.shape == "join":
                if len(raw) == 24:
                    if not syn:
                        detail["hmac"] = raw[4:24].hex()
                    break
                detail.update(address_id=raw[3], backup=bool(raw[2] & 1), nonce=big(raw[-4:]))
                if len(raw) == 12:
                    detail["token"] = big(raw[4:8])
                else:
                    detail["hmac"] = raw[4:12].hex()
                break
        return detail

    def closing(self, s):
        for side in (0, 1):
            role = s.role(side)
            sent = [p for p in s.packets if p.side == side]
            self.group("fin", [p for p in sent if p.flags & FIN], role)
            for key, packets in alike_packets(sent, fastclose_key).items():
                self.group("fastclose", packets, role, key=str(key),
                           effective=reference.right_key(self.c, 1 - role, key))
            resets = [p for p in sent if p.flags & RST]
            refusals = [p for p in resets if self.refuses(s, p, sent)]
            others = [p for p in resets if p not in refusals]
            for kind, packets in ((f"{s.shape}_refused", refusals), ("tcp_reset", others)):
                for reason, same in alike_packets(packets, said_reason).items():
                    self.group(kind, same, role, **dict(reason))

    def refuses(self, s, rst, sent):
        talk = [p for p in s.packets if not p.flags & (SYN | RST)]
        if s.shape == "connection":
            first = next(p for p in s.packets if p.flags & RST)
            return rst.side == 1 and first.side == 1 and not talk and any(
                p.flags & SYN and p.side == 0 for p in s.packets) and not any(
                p.flags & SYN and p.side == 1 for p in s.packets)
        if s.shape != "join":
            return False
        closing = [p for p in sent if fastclose_key(p) is not None
                   and reference.right_key(self.c, 1 - s.role(rst.side), fastclose_key(p))]
        where = s.packets.index
        if any(where(p) <= where(rst) for p in closing if p.flags & RST):
            return False
        if s.third:
            return where(rst) < where(s.third[0])
        return not any(o == DSS for p in talk for o, _, _ in options(p))

    def first_data(self, s):
        for side in (0, 1):
            p = next((p for p in s.sent(side) if p.length), None)
            if p:
                self.add("first_data", p, s.role(side))

    def window_probes(self):
        """Those of one side below the same number are one event."""
        for role in (0, 1):
            probes = numbers.window_probes(self.c, role)
            for dsn, same in itertools.groupby(probes, key=lambda piece: piece.x):
                self.group("window_probe", [piece.packet for piece in same], role, dsn=dsn)

    def fallback(self):
        c, s = self.c, self.c.initial
        if c.state != "fallback":
            return
        shown = self.without_option() if c.unanswered else self.end_of_options()
        if shown:
            p = shown[0]
            self.add("fallback", p, p.stream.role(p.side), cause=c.cause)

    def without_option(self):
        """The packets that should have had an option, in the handshake or behind."""
        c, s = self.c, self.c.initial
        plain = [p for p in s.packets
                 if not p.flags & (SYN | RST) and not p.cut and not list(options(p))]
        capable = lambda p: any(o == MP_CAPABLE for o, _, _ in options(p))
        if c.cause == "plain_syn_retry":
            return [p for p in s.sent(0)[1:] if p.flags & SYN and not capable(p)]
        if c.unanswered == "synack":
            return [p for p in s.sent(1) if p.flags & SYN and not capable(p)]
        if c.unanswered == "ack":
            return [p for p in plain if p.side == 0]
        after = [[p for p in s.sent(side) if not p.flags & SYN] for side in (0, 1)]
        mute = not any(list(options(p)) for p in after[1])
        mapped = any("data_length" in o or o["subtype"] == DSS for p in after[0]
                     for o in p.mptcp)
        return [p for p in plain if (mute if p.side else p.length and not mapped)]

    def end_of_options(self):
        """The packets that begin an infinite mapping, or that lost their options."""
        c = self.c
        shown = [p for t in c.streams for p, o in t.options(subtype=DSS) if o["infinite"]] \
            or [tail.start for tail in c.tails if tail and tail.start]
        return sorted(shown, key=reference.place_in_time)

    def data_fins(self):
        for role in (0, 1):
            said = [(p, o) for p in self.c.packets if p.stream.role(p.side) == role
                    for o in p.mptcp if o.get("data_fin")]
            where = [o["rel_dsn"] + o["data_length"] - 1 + self.c.shift[role] for _, o in said]
            packets = list(dict.fromkeys(p for p, _ in said))
            placed = self.c.idsn[role] is not None or self.c.data[role].intervals()
            known = where and placed and not numbers.is_plain(self.c)
            self.group("data_fin", packets, role, dsn=where[0] if known else None)

    def addresses(self):
        """ADD_ADDR, echoes and REMOVE_ADDR, as they follow each other."""
        latest, removals, joined = {}, {}, set()
        for p in self.c.packets:
            role = p.stream.role(p.side)
            for subtype, raw, _ in options(p):
                if subtype == MP_JOIN and p.flags & SYN and len(raw) != 24 \
                        and p.stream.shape == "join":
                    if (p.stream, p.side) not in joined:
                        removals.pop((role, raw[3]), None)
                    joined.add((p.stream, p.side))
                elif subtype == ADD_ADDR:
                    echo, number, address, port, code = announced(raw)
                    last = latest.get((role, echo, number))
                    if last and last["said"] == (address, port, code):
                        last["packets"].append(p)
                        continue
                    detail = {"address": address, "port": port, "address_id": number}
                    if not echo:
                        detail.update(hmac=code, effective=authentic(self.c, role, raw))
                        removals.pop((role, number), None)
                    latest[role, echo, number] = self.add(
                        "add_addr_echo" if echo else "add_addr", p, role,
                        said=(address, port, code), **detail)
                elif subtype == REMOVE_ADDR:
                    numbers_ = list(raw[3:])
                    last = removals.get((role, numbers_[0]))
                    if last and last["address_ids"] == numbers_:
                        last["packets"].append(p)
                        continue
                    event = self.add("remove_addr", p, role, address_ids=numbers_)
                    for number in numbers_:
                        removals[role, number] = event
                        latest.pop((role, False, number), None)
                        latest.pop((1 - role, True, number), None)

    def per_subflow(self):
        """MP_PRIO and MP_FAIL: runs that say the same."""
        last = {}
        for p in self.c.packets:
            role = p.stream.role(p.side)
            for subtype, raw, _ in options(p):
                if subtype == PRIO:
                    number = raw[3] if len(raw) == 4 else None  # not in version 1
                    kind, said = "priority", {
                        "backup": bool(raw[2] & 1), "address_id": number,
                        "effective": number is None or self.c.version != 1}
                elif subtype == FAIL:
                    kind, said = "mp_fail", {"dsn": self.position(1 - role, big(raw[4:12]))}
                else:
                    continue
                before = last.get((kind, p.stream, p.side))
                if before and all(before[k] == v for k, v in said.items()):
                    before["packets"].append(p)
                else:
                    last[kind, p.stream, p.side] = self.add(kind, p, role, **said)

    def position(self, role, dsn):
        """None: nothing to count from; "?": it is not computed here."""
        if numbers.is_plain(self.c):
            return None
        if self.c.idsn[role] is None:
            return "?"
        return reference.nearest(dsn - self.c.idsn[role], 0, reference.M64)

    def stalls(self, s):
        """Times when nothing moved that should have."""
        for side in (0, 1):
            if self.one_sided(s, side):
                continue
            silence, high, ack, answered, dead = None, None, None, False, False
            patience = self.patience(s, side)
            for p in s.packets:
                if p.flags & RST:
                    self.report(silence, None, p.time, patience, high, ack, s, side, answered)
                    silence, dead = None, True
                    continue
                dead = dead and not p.flags & SYN
                if p.side != side:
                    answered = answered or bool(p.flags & ACK)
                    if p.acked is None or (ack is not None and p.acked <= ack) or \
                            not any(q.side == side for q in s.packets[:1]) and high is None:
                        continue
                    before, ack = ack, p.acked
                    self.report(silence, p, p.time, patience, high, before, s, side, answered)
                    silence = p if high is not None and high > ack and not dead else None
                elif p.length:
                    if ack is None and high is None:
                        ack = p.pos
                    high = max(high or p.pos, p.pos + p.length)
                    if silence is None and high > ack and not dead:
                        silence = p
            self.report(silence, None, self.c.packets[-1].time, patience, high, ack, s, side,
                        answered)

    @staticmethod
    def one_sided(s, side):
        """Was nothing captured of what a side acknowledges? Then its own
        acknowledgments may be missing, too."""
        return any((p.acked or 0) > 1 for p in s.sent(side)) and all(
            p.flags & (SYN | RST) for p in s.sent(1 - side))

    def rtt(self, s, side):
        trips = numbers.rtt_distribution(s, side)
        rtt = trips["p50"] if trips else numbers.milliseconds(numbers.handshake_rtt(s, side))
        return round((rtt or 0) * 10**6)

    def patience(self, s, side):
        return max(SECOND, 3 * self.rtt(s, side))

    def report(self, silence, healed, end, patience, high, ack, s, side, answered):
        if silence is None or not answered or end - silence.time <= patience:
            return
        detail = {"gap_ms": (end - silence.time) / 1e6, "outstanding_bytes": high - ack}
        self.add("stalled", silence, s.role(side), **detail)
        if healed:
            self.add("recovered", healed, s.role(side), **detail)


class Line:
    """A number for each byte of a line, 0 at first."""
    PAGE = 1 << 14

    def __init__(self):
        self.pages = {}

    def cut(self, start, end):
        """(page, from, to) for each page that has a part of the range."""
        while start < end:
            number, at = divmod(start, self.PAGE)
            size = min(end - start, self.PAGE - at)
            if number not in self.pages:
                self.pages[number] = array.array("I", bytes(4 * self.PAGE))
            yield self.pages[number], at, at + size
            start += size

    def put(self, start, end, value):
        for page, at, stop in self.cut(start, end):
            page[at:stop] = array.array("I", [value]) * (stop - at)

    def get(self, start, end):
        found = array.array("I")
        for page, at, stop in self.cut(start, end):
            found += page[at:stop]
        return found


def values(numbers_):
    """set(), much sooner, since most of an array are long runs of the same."""
    count, octets = len(numbers_), numbers_.tobytes()
    if count and octets == octets[:numbers_.itemsize] * count:
        return {numbers_[0]}
    if count < 64:
        return set(numbers_)
    return values(numbers_[:count // 2]) | values(numbers_[count // 2:])


def pairs(ones, others):
    """set(zip()) of two arrays of the same length, much sooner in the same way."""
    one, other = values(ones), values(others)
    if len(one) == 1 or len(other) == 1:
        return {(a, b) for a in one for b in other}
    half = len(ones) // 2
    if half < 32:
        return set(zip(ones, others))
    return pairs(ones[:half], others[:half]) | pairs(ones[half:], others[half:])


class Flow:
    """What one side of a subflow sent. Pieces have the numbers 1, 2, ... in time."""

    def __init__(self):
        self.sender = Line()  # who sent each byte of the subflow last
        self.data = {}        # piece: (place, data, length), new bytes only
        self.fresh = Line()   # which of these has the byte
        self.sacked = reference.ByteSet()
        self.high = self.low = self.ack = None
        self.data_high = None
        self.acks = []        # (index of the packet, ack)
        self.agains = []      # (piece of another, bytes outstanding, without DATA_ACK)
        self.carries = []     # (piece, bytes)
        self.failures = []    # (last, since, until, for long): indices of packets

    def uncovered(self, start, end):
        """What of the range no acknowledgment covered."""
        start = start if self.ack is None else max(start, self.ack)
        while start < end:
            inside, stop = self.sacked.run(start, end)
            if not inside:
                yield start, stop
            start = stop


class Transfer:
    """One direction of a connection, by role that sends, for its handovers."""

    def __init__(self, events, role):
        self.events, self.c, self.role = events, events.c, role
        self.packets = self.c.packets
        self.index = {p.frame: i for i, p in enumerate(self.packets)}
        self.pieces = [None] + self.c.pieces[role]
        probes = {(p.packet.stream.number, p.q) for p in numbers.window_probes(self.c, role)}
        self.probes = {k for k, x in enumerate(self.pieces)
                       if x and x.packet.length == 1 and (x.packet.stream.number, x.q) in probes}
        self.effective = set()
        self.flows = {s.number: Flow() for s in self.c.streams}
        self.streams = {s.number: s for s in self.c.streams}
        self.rtt, self.patience = {}, {}
        for s in self.c.streams:
            self.patience[s.number] = events.patience(s, role ^ s.flip)
            self.rtt[s.number] = events.rtt(s, role ^ s.flip)
        self.first = next((x for x in self.pieces[1:] if x.kind == "unique" and x.x is not None),
                          None)
        self.at_receiver = self.c.vantage == ROLES[1 - role]
        self.at_sender = not self.at_receiver and self.c.vantage != "middle"
        self.backward, self.wakes, self.data_ack = [], [], None

    def where(self, k):
        return self.index[self.pieces[k].packet.frame]

    def time(self, i):
        return self.packets[i].time

    # Which transmissions were effective?

    def read(self):
        mapper, alone, holder = Line(), Line(), Line()
        acks = numbers.data_acks(self.c, self.role)
        numbers_ = {s.number: n + 1 for n, s in enumerate(self.c.streams)}
        by_packet = collections.defaultdict(list)
        for k, piece in enumerate(self.pieces):
            if k:
                by_packet[piece.packet.frame].append(k)
        for i, p in enumerate(self.packets):
            flow = self.flows[p.stream.number]
            if p.stream.role(p.side) != self.role:
                if p.flags & (ACK | RST | SYN) == ACK and flow.high is not None:
                    self.acknowledge(i, p, flow, mapper)
                if p.frame in acks:
                    self.data_acknowledge(acks[p.frame], holder, alone)
            for k in by_packet[p.frame]:
                self.send(k, flow, numbers_[p.stream.number], mapper, alone, holder)

    def acknowledge(self, i, p, flow, mapper):
        place = p.stream.acked_place(p)
        ranges = []
        if flow.ack is None or place > flow.ack:
            ranges.append((flow.low if flow.ack is None else flow.ack, place))
        base = p.ack - p.acked
        for kind, raw, size in reference.tcp_options(p.options, p.cut):
            if kind == 5 and len(raw) == size:
                for at in range(2, size - 7, 8):
                    edges = [big(raw[at + e:at + e + 4]) for e in (0, 4)]
                    near = p.acked if flow.ack is None else max(p.acked, 0)
                    ranges.append(tuple(
                        reference.nearest(edge - base, near, reference.M32) - (p.acked - place)
                        for edge in edges))
        for n, (start, end) in enumerate(ranges):
            for at, stop in self.open_ranges(flow, start, min(end, flow.high)):
                for k in values(flow.fresh.get(at, stop)) - {0}:
                    self.prove(flow, k, at, stop, mapper)
            if start < min(end, flow.high):
                flow.sacked.add(start, min(end, flow.high))
            if n == 0 and (flow.ack is None or place > flow.ack):
                flow.ack = place
                flow.acks.append((i, place))

    @staticmethod
    def open_ranges(flow, start, end):
        while start < end:
            inside, stop = flow.sacked.run(start, end)
            if not inside:
                yield start, stop
            start = stop

    def prove(self, flow, k, start, end, mapper):
        """Of a new piece these bytes were covered: whoever sent them last, unless
        their data was mapped anew since."""
        place, data, length = flow.data[k]
        start, end = max(start, place), min(end, place + length)
        senders = flow.sender.get(start, end)
        if data is None:
            self.effective |= values(senders)
            return
        mappers = mapper.get(start - place + data, end - place + data)
        self.effective |= {s for s, m in pairs(senders, mappers) if m <= s}

    def data_acknowledge(self, ack, holder, alone):
        before = self.data_ack
        if before is not None and ack <= before:
            return
        self.data_ack = ack
        start = before if before is not None else self.lowest
        for at in range(start, min(ack, self.highest), Line.PAGE):
            stop = min(at + Line.PAGE, ack, self.highest)
            found = pairs(holder.get(at, stop), alone.get(at, stop))
            for k in {k for k, one in found if k and one != 0xFFFFFFFF}:
                flow = self.flows[self.pieces[k].packet.stream.number]
                place, data, length = flow.data[k]
                shift = place - data
                for q, end in flow.uncovered(max(at, data) + shift, min(stop, data + length) + shift):
                    lonely = alone.get(q - shift, end - shift)
                    if (k, True) in {(s, one != 0xFFFFFFFF) for s, one in pairs(flow.sender.get(q, end), lonely)}:
                        self.effective.add(k)

    def send(self, k, flow, number, mapper, alone, holder):
        piece = self.pieces[k]
        end = piece.q + piece.length
        flow.sender.put(piece.q, end, k)
        if piece.kind != "tcp_retransmitted":
            flow.fresh.put(piece.q, end, k)
            flow.data[k] = (piece.q, piece.x, piece.length)
        if k in self.probes:
            self.widen(flow, piece)
            return
        stop = None if piece.x is None else piece.x + piece.length
        if stop is not None and piece.kind != "unique":
            self.again(k, piece, holder.get(piece.x, stop), mapper.get(piece.x, stop))
        if piece.kind == "tcp_retransmitted" or piece.x is None:
            self.widen(flow, piece)
            return
        if piece.kind == "unique":
            holder.put(piece.x, stop, k)
            alone.put(piece.x, stop, number)
            if flow.high is not None and piece.q >= flow.high and flow.data_high is not None \
                    and piece.x < flow.data_high:
                self.backward.append(k)
        else:
            # One number for "by several pieces".
            alone.put(piece.x, stop, 0xFFFFFFFF)
            mapper.put(piece.x, stop, k)
        if piece.kind in ("unique", "reinjected"):
            flow.carries.append((k, piece.length))
            flow.data_high = max(flow.data_high or stop, stop)
        self.widen(flow, piece)

    @staticmethod
    def widen(flow, piece):
        if piece.kind != "tcp_retransmitted":
            flow.high = max(flow.high if flow.high is not None else piece.q,
                            piece.q + piece.length)
        flow.low = piece.q if flow.low is None else min(flow.low, piece.q)

    def again(self, k, piece, first, latest):
        """Piece k sends again what others had: who sent each byte first, and last."""
        found = collections.defaultdict(set)  # stream: data bytes that it had
        open_ = collections.defaultdict(set)
        own = self.flows[piece.packet.stream.number].fresh.get(piece.q, piece.q + piece.length)
        n = 0
        for (*pair, mine), group in itertools.groupby(zip(first, latest, own)):
            x, n = piece.x + n, n + sum(1 for _ in group)
            for one in set(pair) - {0}:
                if piece.kind == "tcp_retransmitted" and \
                        self.where(one) >= self.where(mine):
                    continue  # its own, before the other had it
                number = self.pieces[one].packet.stream.number
                place, data, _ = self.flows[number].data[one]
                if number != piece.packet.stream.number:
                    found[number].add(x)
                    for start, end in self.flows[number].uncovered(
                            x - data + place, piece.x + n - data + place):
                        open_[number].update(range(start + data - place, end + data - place))
        for number in found:
            left = open_[number]
            self.flows[number].agains.append((k, len(left), sum(
                1 for x in left if piece.kind == "reinjected"
                and (self.data_ack is None or x >= self.data_ack))))

    # When was nothing effective?

    def fail(self):
        frames = collections.defaultdict(list)
        for k in range(1, len(self.pieces)):
            frames[self.where(k)].append(k)
        everything = [x.x + x.length for x in self.pieces[1:] if x.kind == "unique"
                      and x.x is not None]
        over = bool(everything) and self.data_ack is not None and self.data_ack >= max(everything)
        for number, flow in self.flows.items():
            acks, last, since, high, ack, sent = dict(flow.acks), None, None, None, None, None
            answered = any(p.flags & ACK and not p.flags & RST for p in self.packets
                           if p.stream.number == number and p.stream.role(p.side) != self.role)

            def judge(until):
                long_ = self.time(until if until is not None else -1) - self.time(since) \
                    > self.patience[number]
                if last is not None and answered and not self.at_receiver and (
                        long_ or (until is None and over)):
                    flow.failures.append((last, since, until, long_))

            for i, p in enumerate(self.packets):
                if p.stream.number != number:
                    continue
                if i in acks:
                    ack = acks[i]
                    if since is not None and ack >= high:
                        judge(i)
                        since = None
                for_ = frames.get(i, [])
                if not for_:
                    continue
                high = max([high or -10**18] + [self.pieces[k].q + self.pieces[k].length
                                                for k in for_])
                proven = [k for k in for_ if k in self.effective]
                new = [k for k in proven if self.pieces[k].kind == "unique"]
                if new and (sent is None or p.time - sent > self.rtt[number]):
                    self.wakes.append(new[0])
                sent = p.time
                if proven:
                    if since is not None:
                        judge(i)
                    since, last = None, i
                if since is None and (ack is None or high > ack):
                    since = i
            if since is not None:
                judge(None)
        self.wakes.sort()

    # Handovers.

    def handovers(self):
        known = [x for x in self.pieces[1:] if x.kind == "unique" and x.x is not None]
        if not known:
            return
        self.lowest = min(x.x for x in known)
        self.highest = max(x.x + x.length for x in known)
        self.read()
        self.fail()
        for s in self.c.streams:
            for failure in self.flows[s.number].failures:
                self.forced(s.number, *failure)
            self.pauses(s.number)

    def add(self, k, old, forced, last, again):
        piece, flow = self.pieces[k], self.flows[old]
        i, known = self.where(k), self.at_sender
        dsn = next((x.x for x in self.pieces[1:] if x.packet is piece.packet
                    and x.x is not None), None)
        acked = None
        before = [ack for at, ack in flow.acks if at <= i]
        if before and known:
            ends = [(place, data, min(place + length, before[-1]))
                    for place, data, length in flow.data.values()
                    if data is not None and place < before[-1]]
            if ends:
                place, data, end = max(ends)
                acked = data + end - place - 1
        self.events.add("handover", piece.packet, self.role, dsn=dsn, old_tcp_stream=old,
                        forced=forced if known else None, last_acked_dsn=acked,
                        gap_ms=(self.time(i) - self.time(last)) / 1e6 if known else None,
                        reinjected_bytes=again if known else None)

    def forced(self, old, last, since, until, long_):
        end = len(self.packets) if until is None else until
        agains = [a for a in self.flows[old].agains if since < self.where(a[0]) < end]
        to = [k for k, outstanding, _ in agains if outstanding and k in self.effective]
        to += [k for k in self.wakes if long_ and since < self.where(k) < end]
        if to:
            self.add(min(to), old, True, last, sum(a[2] for a in agains))

    def carried(self, number, start, end):
        """Bytes that a flow carried in packets [start, end)."""
        return sum(size for k, size in self.flows[number].carries if start <= self.where(k) < end)

    def last_second(self, number, at):
        """The flow's bytes in the second up to the carry with this position."""
        carries = self.flows[number].carries[:at + 1]
        until = self.time(self.where(carries[-1][0]))
        return sum(size for k, size in carries if self.time(self.where(k)) >= until - SECOND)

    def returns(self, number):
        """Positions of carries behind a pause."""
        before = self.first.packet.time
        for at, (k, _) in enumerate(self.flows[number].carries):
            now = self.time(self.where(k))
            if now - before > self.patience[number]:
                yield at
            before = now

    def pauses(self, old):
        carries = self.flows[old].carries
        if not carries:
            return
        for at in list(self.returns(old)) + [len(carries)]:
            if not at:
                continue
            start = self.where(carries[at - 1][0])
            end = self.where(carries[at][0]) if at < len(carries) else len(self.packets)
            lasts = self.time(min(end, len(self.packets) - 1)) - self.time(start) \
                > self.patience[old]
            if (at < len(carries) and not lasts) or self.failed(old, start, end):
                continue
            to = None
            if lasts and not self.at_sender:
                to = self.evidence(old, start, end)
            if to is None:
                to = self.successor(old, at - 1, start, end)
            if to is not None:
                self.add(to, old, False, start, 0)

    def failed(self, number, start, end):
        return any((until is None or until > start) and since < end
                   for _, since, until, _ in self.flows[number].failures)

    def evidence(self, old, start, end):
        """Captured elsewhere: data of the old flow comes on another, or data that is new
        although its flow had gone beyond it."""
        shown = [k for k, _, _ in self.flows[old].agains]
        shown += [k for k in self.backward if self.pieces[k].packet.stream.number != old]
        until = self.time(min(end, len(self.packets) - 1))
        for k in sorted(shown):
            if not start < self.where(k) < end or k not in self.effective:
                continue
            now = self.pieces[k].packet.time
            if until - now > self.patience[old] or (
                    k > 1 and now - self.pieces[k - 1].packet.time <= self.patience[old]):
                return k
        return None

    def successor(self, old, at, start, end):
        refused = set()
        late = self.time(start) + self.patience[old]
        first = self.flows[old].carries[at][0]
        for k in range(first + 1, len(self.pieces)):
            piece = self.pieces[k]
            number = piece.packet.stream.number
            if self.where(k) >= end or piece.packet.time > late:
                return None
            if number == old or number in refused or piece.x is None or k in self.probes or k not in self.effective \
                    or piece.kind not in ("unique", "reinjected"):
                continue
            if self.takes_over(old, at, start, end, number):
                return k
            refused.add(number)
        return None

    def takes_over(self, old, at, start, end, new):
        wanted = self.last_second(old, at)
        back = self.comes_back(old, start, end, new)
        if back is None:
            back = self.on_purpose(old, at, start, end, new)
        return back is not None and self.carried(new, back, end) >= wanted

    def comes_back(self, old, start, end, new):
        """The packet with which traffic that had left the new flow came back to it."""
        carries = self.flows[new].carries
        behind = next(at for at, (k, _) in enumerate(carries) if self.where(k) > start)
        at = max((at for at in self.returns(new) if at <= behind), default=None)
        if at is None:
            return None
        back = self.where(carries[at][0])
        if self.time(back) <= self.time(start) - self.patience[old]:
            return None
        if at and self.failed(new, self.where(carries[at - 1][0]), back):
            return back
        before = self.flows[old].carries
        run = max((n for n in self.returns(old) if self.where(before[n][0]) <= start), default=0)
        alone = self.time(back) - self.time(self.where(before[run][0]))
        return back if alone > self.patience[new] else None

    def on_purpose(self, old, at, start, end, new):
        """The packet from which on the new flow's bytes count, if the old was closed or
        made a backup, and had its share."""
        until = self.time(start)
        share = sum(size for k, size in self.flows[new].carries
                    if self.where(k) <= start and self.time(self.where(k)) >= until - SECOND)
        if self.last_second(old, at) * SHARE < share:  # it is above 0
            return None
        for e in sorted(self.events.found, key=lambda e: self.index[e["packets"][0].frame]):
            i = self.index[e["packets"][0].frame]
            closed = e["event"] in ("fin", "tcp_reset", "fastclose")
            if e["stream"].number != old or i >= end \
                    or not (closed or (e["event"] == "priority" and e["backup"])) \
                    or abs(self.time(i) - until) > self.patience[old]:
                continue
            if not closed or i > start:
                return max(start, i) + 1
        return None


def plain(event, connection, start):
    """As mptcp-events prints it."""
    packets = event.pop("packets")
    stream, role = event.pop("stream"), event.pop("role")
    event.pop("said", None)
    return {"connection": connection.id, "time_s": (packets[0].time - start) / 1e9,
            "frame": packets[0].frame, "tcp_stream": stream.number, "from": ROLES[role],
            "event": event.pop("event"),
            "detail": {"count": len(packets), "last_frame": packets[-1].frame, **event}}


def find(document, connections):
    """Of what reference.analyse() returned; copies are gone from it afterwards."""
    start = round(decimal.Decimal(document["first_time"] or 0) * 10**9)
    return [plain(event, c, start) for c in connections for event in Events(c).everything()]
