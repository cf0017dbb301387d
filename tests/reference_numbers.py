# SPDX-License-Identifier: GPL-3.0-or-later
#
# The numbers of a direction: what reference.py computes from the byte classes
# and from the acknowledgments. Imported by reference.py, which reads packets,
# finds connections and gives every byte its class.
#
# Times are integer nanoseconds until they enter the document. "x" is a position
# in the data of a direction, "q" one in the bytes of a TCP stream, ranges are
# [from, to).
#
# Order of the file: small things, place of the capture, counts, round trip
# times, reordering, acknowledgment progress, reinjections, the document.

import bisect
import collections

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ENDS = ("client", "server")
CLASSES = ("unique", "tcp_retransmitted", "mptcp_repeated", "reinjected", "unmapped")

# Bytes of one packet of one class; x is None where the data number is unknown.
Piece = collections.namedtuple("Piece", "packet kind q x length")


# -------------------------------------------------------------- small things

def milliseconds(ns):
    return None if ns is None else ns / 1e6


def in_seconds(ns):
    return None if ns is None else ns / 1e9


def quotient(a, b):
    return a / b if b else None


def percentile(values, percent):
    """On the line between the two neighbours, rounded half up; exact."""
    values = sorted(values)
    place, rest = divmod((len(values) - 1) * percent, 100)
    hundredfold = 100 * values[place]
    if rest:
        hundredfold += rest * (values[place + 1] - values[place])
    return (hundredfold + 50) // 100


def distribution(values, scale=lambda value: value, names=("p50", "p95", "max", "n")):
    if not values:
        return None
    numbers = {"min": min(values), "p50": percentile(values, 50),
               "p95": percentile(values, 95), "max": max(values)}
    return {name: len(values) if name == "n" else scale(numbers[name]) for name in names}


def span(packets):
    """From the first to the last of some packets, None without any."""
    times = [p.time for p in packets]
    return max(times) - min(times) if times else None


def rate(count, ns):
    """Per second."""
    return count * 10**9 / ns if ns else None


def with_payload(packets):
    return [p for p in packets if p.length]


def copied_bytes(packets):
    """Payload of the copies that the network made: in no other number."""
    return sum(p.wire_length for p in packets if p.copy)


def overlap(a, b):
    return a[0] < b[1] and b[0] < a[1]


# ------------------------------------------------------ place of the capture
# How fast an end answers, in handshakes and to data: the near one does so soon; an address is as near in all
# streams of an interface. What came through a router did not start there. Cooked captures tell which way each went.

AS_SENT = 64, 128, 255  # TTLs
CAME, SENT = 0, 4  # packet types of Linux cooked captures


def vantage(c):
    """"client", "server", "middle" or None."""
    return place_of(c.streams, lambda s, role: role ^ s.flip)


def place_of_stream(s):
    """By TCP roles, as its connection says."""
    if s.connection is None:
        return place_of([s], lambda s, role: role)
    place = s.connection.vantage
    return {"client": "server", "server": "client"}.get(place, place) if s.flip else place


def spot(s, side):
    """Where packets of one side of a stream are seen: interface and address."""
    return s.packets[0].interface, s.ends[side][0]


def sights(streams):
    """Of each spot: how fast it answers, and whether packets were as they were sent, stream by stream."""
    answers, fresh = collections.defaultdict(list), collections.defaultdict(set)
    for s in streams:
        for side in (0, 1):
            answers[spot(s, 1 - side)] += reactions(s, side)
            ttls = collections.Counter(p.ttl for p in s.sent(side) if not p.copy)
            if ttls:
                fresh[spot(s, side)].add(ttls.most_common(1)[0][0] in AS_SENT)
    return answers, fresh


def place_of(streams, side_of):
    answers, fresh, ways = [], [], []
    for role in (0, 1):
        spots = {spot(s, side_of(s, role)) for s in streams}
        answers.append(min((t for x in spots for t in streams[0].sights[0][x]), default=None))
        fresh.append({f for x in spots for f in streams[0].sights[1][x]})
        ways.append({p.way for s in streams for p in s.sent(side_of(s, role))} - {None})
    for role in (0, 1):
        if ways[role] == {SENT} and ways[1 - role] == {CAME}:
            return "middle" if fresh[role] == {False} else ENDS[role]
    if all(w - {CAME, SENT} and CAME not in w for w in ways):
        return "middle"
    if any(s.ends[0][0] == s.ends[1][0] for s in streams):
        return None
    place = place_by_answers(*answers)
    travelled = [f == {False} for f in fresh]
    if all(travelled):
        return "middle"
    for role in (0, 1):
        if travelled[role] and place == ENDS[role]:
            return "middle"
        if travelled[role] and place is None and fresh[1 - role] == {True}:
            return ENDS[1 - role]
    return place


def place_by_answers(client, server):
    if client is None or server is None or client + server < 200_000:
        return None
    if 10 * client < client + server:
        return "client"
    if 10 * server < client + server:
        return "server"
    return "middle" if min(client, server) >= 10**6 else None


def reactions(s, side):
    handshake = handshake_rtt(s, side)
    return data_rtts(s, side) + ([] if handshake is None else [handshake])


def is_syn(p):
    return p.flags & (SYN | ACK) == SYN


def is_synack(p):
    return p.flags & (SYN | ACK) == SYN | ACK


def before(p, other):
    return (p.time, p.frame) < (other.time, other.frame)


def captured_at(c, role):
    """At the end that sends as `role`."""
    return c.vantage == ENDS[role]


# -------------------------------------------------------------------- counts

def packets_of(c, role):
    return [p for p in c.packets if p.stream.role(p.side) == role]


def packets_per_class(pieces):
    frames = collections.defaultdict(set)
    for piece in pieces:
        frames[piece.kind].add(piece.packet.frame)
    return {kind + "_packets": len(frames[kind]) for kind in CLASSES}


def pieces_by_frame(c, role):
    found = collections.defaultdict(list)
    for piece in c.pieces[role]:
        found[piece.packet.frame].append(piece)
    return found


def what_holes_are(c, role):
    """Bytes that are missing before the last one: TCP sends without a gap, so a
    sender's capture that has every subflow from its SYN to the highest number
    acknowledged is complete, and what it has not was not sent. A DATA_ACK of it,
    or payload that may be it, says otherwise."""
    data = [(a + c.shift[role], b + c.shift[role]) for a, b in c.data[role].intervals()]
    if not data or len(data) == 1 and data[0][0] <= 1 or c.vantage is None:
        return None
    missing = 1 if data[0][0] > 1 else data[0][1]
    complete = (captured_at(c, role) and c.origin_known[role]
                and not any(piece.kind == "unmapped" for piece in c.pieces[role])
                and all(place <= missing for place in data_acks(c, role).values())
                and all(is_complete(s, role ^ s.flip) for s in c.streams))
    return "not_sent" if complete else "not_captured"


def is_complete(s, side):
    """Every byte from the SYN to what the other side acknowledged is there."""
    sent = s.sent(side)
    if not any(p.length for p in sent) and any(is_syn(p) for p in s.sent(0)) and \
            not any(p.flags & ACK and not p.flags & RST for p in s.sent(1 - side)):
        return True  # tried, and never used
    if s.captured_isn[side] is None:
        return False
    seen, top = [], 1
    for p in s.packets:
        if p.side == side:
            top = max(top, p.pos + p.length + bool(p.flags & FIN))
            if p.length:
                add_range(seen, (p.pos, p.pos + p.length))
        elif p.acked is not None and p.acked > top:
            return False
    return not seen or len(seen) == 1 and seen[0][0] <= 1


def switches(packets):
    streams = [p.stream.number for p in packets]
    return sum(a != b for a, b in zip(streams, streams[1:])) if streams else None


# ---------------------------------------------------------- round trip times
# Of one side of a TCP stream: its data, the other side's acknowledgments.

def handshake_rtt(s, side):
    synack = next((p for p in s.sent(1) if is_synack(p)), None)
    if synack is None:
        return None
    if side == 0:
        asked = [p for p in s.sent(0) if is_syn(p)]
        answer = next((p for p in s.sent(1) if is_synack(p) and any(
            before(q, p) and beyond(p, q) for q in asked)), None)
    else:
        asked = [p for p in s.sent(1) if is_synack(p)]
        answer = next((p for p in s.sent(0) if p.flags & ACK and not p.flags & (SYN | RST)
                       and before(synack, p) and beyond(p, synack)), None)
    asked = [p for p in asked if answer and before(p, answer)]
    sent = [p for k, p in enumerate(asked) if not any(is_copy(p, q) for q in asked[:k])]
    if not sent:
        return None
    if len(sent) > 1 and [p for p in sent if p.tsval is not None and p.tsval == answer.tsecr] \
            != sent[-1:]:
        return None
    return answer.time - sent[-1].time


def beyond(p, asked):
    """Does it acknowledge it? Less than half of the 32-bit circle ahead."""
    return (p.ack - asked.seq - 1) % (1 << 32) < 1 << 31


def is_copy(p, q):
    """The same packet once more; no host sends its SYN again so soon."""
    same_id = None in (p.ip_id, q.ip_id) or p.ip_id == q.ip_id
    return same_id and (p.seq, p.tsval) == (q.seq, q.tsval) and p.time - q.time < 200_000_000


Transmission = collections.namedtuple("Transmission", "bytes time tsval")


def data_rtts(s, side):
    """Timestamps count when at least a quarter of the acknowledgments echo one
    of the packets that they take off; there are stacks that echo nothing.
    A packet that is acknowledged in part counts when none of it was sent twice."""
    echo, karn, stamped, echoed = [], [], 0, 0
    flying, sent, twice, highest = [], [], [], None
    for p in s.packets:
        if p.side == side and p.length:
            place = (p.pos, p.pos + p.length)
            for known in [r for r in sent if overlap(r, place)]:
                add_range(twice, (max(known[0], place[0]), min(known[1], place[1])))
            flying.append(Transmission(place, p.time, p.tsval))
            add_range(sent, place)
        elif p.side != side and p.acked is not None and (highest is None or p.acked > highest):
            highest = p.acked
            landed = [t for t in flying if t.bytes[1] <= highest or t.bytes[0] < highest
                      and not contains_part_of(twice, t.bytes)]
            flying = [t for t in flying if t.bytes[1] > highest]
            if not landed:
                continue
            without = by_karn(landed, twice)
            chosen = without
            if p.tsecr is not None:
                stamped += 1
                echoed += any(t.tsval == p.tsecr for t in landed)
                chosen = by_timestamp(landed, p.tsecr)
            if chosen:
                echo.append(p.time - chosen.time)
            if without:
                karn.append(p.time - without.time)
    return echo if stamped and 4 * echoed >= stamped else karn


def by_timestamp(landed, tsecr):
    candidates = [t for t in landed if t.tsval == tsecr]
    return candidates[-1] if candidates and not any_overlap(candidates) else None


def by_karn(landed, twice):
    if any(contains_part_of(twice, t.bytes) for t in landed):
        return None
    return max(landed, key=lambda t: t.bytes[1], default=None)


def any_overlap(transmissions):
    ranges = sorted(t.bytes for t in transmissions)
    return any(overlap(a, b) for a, b in zip(ranges, ranges[1:]))


# A sorted list of ranges that neither touch nor overlap.

def contains_part_of(ranges, new):
    return any(overlap(r, new) for r in reversed(ranges))


def add_range(ranges, new):
    touching = [r for r in ranges if r[0] <= new[1] and new[0] <= r[1]]
    ranges[:] = sorted([r for r in ranges if r not in touching]
                       + [(min([new[0]] + [r[0] for r in touching]),
                           max([new[1]] + [r[1] for r in touching]))])


# ---------------------------------------------------------------- reordering
# Only at the receiver's end. A packet with unique bytes that have no data number
# (those of a SYN) takes no part.

NewData = collections.namedtuple("NewData", "packet s ranges")


def new_data(c, role):
    found = []
    for pieces in pieces_by_frame(c, role).values():
        ranges = [(piece.x, piece.x + piece.length) for piece in pieces
                  if piece.kind == "unique" and piece.x is not None]
        if ranges:
            found.append(NewData(pieces[0].packet, ranges[0][0], ranges))
    return found


def late_packets(feed):
    """RFC 4737: (how many are late, their extents, their n-reordering degrees).
    One that is late only because it fills a hole between unique bytes of a
    single packet before it, with a lower s, has degree 0 and no extent."""
    late, extents, degrees, expected = 0, [], [], None
    for i, new in enumerate(feed):
        if expected is not None and new.s < expected:
            late += 1
            higher = [j for j in range(i) if feed[j].s > new.s]
            if higher:
                extents.append(i - higher[0])
            degree = 0
            while degree < i and feed[i - degree - 1].s > new.s:
                degree += 1
            degrees.append(degree)
        top = max(to for _, to in new.ranges)
        expected = top if expected is None else max(expected, top)
    return late, extents, degrees


class Receiver:
    """What is received of a direction: everything below `point`, and ranges
    above it that are held until the bytes before them arrive, or the receiver
    gives up."""

    def __init__(self, point):
        self.point = point  # None: nobody knows yet
        self.held = []  # ranges, sorted, disjoint
        self.waiting = []  # (s, time) of packets
        self.delays, self.unresolved = [], 0
        self.stretches = []  # (begin, end, stream number), in order of time
        self.begin = None  # of the stretch that is open
        self.held_max = 0

    def held_bytes(self):
        return sum(to - max(start, self.point) for start, to in self.held)

    def advance(self):
        """Over contiguous bytes; which packets do not wait any more?"""
        while self.held and self.held[0][0] <= self.point:
            self.point = max(self.point, self.held.pop(0)[1])
        done = [w for w in self.waiting if w[0] <= self.point]
        self.waiting = [w for w in self.waiting if w[0] > self.point]
        return done

    def data(self, new):
        if self.point is None:
            self.point = new.s
        point_before, held_before, time = self.point, self.held_bytes(), new.packet.time
        for place in new.ranges:
            bisect.insort(self.held, place)
        self.waiting.append((new.s, time))
        self.delays += [time - arrival for _, arrival in self.advance()]
        held = self.held_bytes()
        self.held_max = max(self.held_max, held)
        if self.point > point_before:
            if self.begin is not None:
                self.stretches.append((self.begin, time, new.packet.stream.number))
            self.begin = time if held else None
        elif held and not held_before:
            self.begin = time

    def acked(self, x):
        """Bytes below x that were not captured arrived, nobody knows when. What
        is still held then is not counted before a packet moves `point`."""
        if self.point is not None and x > self.point:
            self.point = x
            self.unresolved += len(self.advance())
            self.begin = None

    def finish(self, time):
        self.unresolved += len(self.waiting)
        if self.begin is not None:
            self.stretches.append((self.begin, time, None))


def receive(c, role):
    receiver = Receiver(1 if c.origin_known[role] else None)
    new = {n.packet.frame: n for n in new_data(c, role)}
    acks = data_acks(c, role)
    end = c.given_up[role]
    for p in c.packets:
        if end is not None and not before(p, end):
            receiver.finish(end.time)
            receiver.unresolved += sum(not before(n.packet, end) for n in new.values())
            return receiver
        if p.frame in acks:
            receiver.acked(acks[p.frame])
        if p.frame in new:
            receiver.data(new[p.frame])
    receiver.finish(c.packets[-1].time)
    return receiver


def longest_chain(stretches):
    """Stretches that follow each other without a pause make a chain."""
    longest, begin, end = 0, None, None
    for start, stop, _ in stretches:
        if start != end:
            begin = start
        end = stop
        longest = max(longest, end - begin)
    return longest


def reordering(c, role):
    """(numbers of the direction, {stream: ns that its packets ended})."""
    names = ("out_of_order_packets", "reordering_ratio", "reordering_extent", "n_reordering_max",
             "three_reordered_packets", "out_of_order_delay_ms", "out_of_order_unresolved",
             "hol_blocked_s", "hol_blocked_max_s", "held_max_bytes")
    if not captured_at(c, 1 - role):
        return dict.fromkeys(names), None
    feed, receiver = new_data(c, role), receive(c, role)
    late, extents, degrees = late_packets(feed)
    caused = collections.Counter()
    for begin, end, number in receiver.stretches:
        caused[number] += end - begin
    return dict(zip(names, (
        late, quotient(late, len(feed)), distribution(extents), max(degrees, default=0),
        sum(degree >= 3 for degree in degrees), distribution(receiver.delays, milliseconds),
        receiver.unresolved, in_seconds(sum(caused.values())),
        in_seconds(longest_chain(receiver.stretches)), receiver.held_max))), caused


# --------------------------------------------------- acknowledgment progress

def is_plain(c):
    """A fallback in the handshake: TCP's numbers take the place of the data's."""
    return c.unanswered is not None


def data_acks(c, role):
    """{frame: x up to which the data that `role` sends is acknowledged}. In a
    plain fallback the acknowledgments of SYN and RST do not count."""
    found = {}
    instead = acks_without_options(c, role)
    for p in packets_of(c, 1 - role):
        if is_plain(c):
            values = [] if p.acked is None else [p.acked]
        else:
            values = [o["rel_data_ack"] for o in p.mptcp if "rel_data_ack" in o]
            values += instead.get(p.frame, [])
        if values:
            found[p.frame] = max(values) + c.shift[role]
    return found


def acks_without_options(c, role):
    """{frame: [what TCP's acknowledgment says of the data]}, where both sides of
    the initial subflow lost their options. A FIN ends the data, as a DATA_FIN."""
    if c.cause != "options_lost":
        return {}
    s, side = c.initial, role ^ c.initial.flip
    start, found = c.tails[1 - side].start, {}
    for p in s.sent(1 - side):
        if start is not None and p.acked is not None and not before(p, start):
            found[p.frame] = data_place(c, side, s.acked_place(p))
    return found


def data_place(c, side, place):
    """[x], where the bytes of the initial subflow before a place end."""
    last, _ = c.mappings[c.initial.number, side].run(place - 1, place)
    return [1] if place == 1 else [] if last is None else [last + 1]


def highest_sent(c, role):
    """{frame: highest x + 1 in it}"""
    return {frame: max(piece.x + piece.length for piece in pieces if piece.x is not None)
            for frame, pieces in pieces_by_frame(c, role).items()
            if any(piece.x is not None for piece in pieces)}


def longest_interruption(c, role):
    """(ns, when it begins), at the sender; (None, None) where nothing is known, (0,
    None) where no data was ever seen to wait for its acknowledgment."""
    sent, acks = highest_sent(c, role), data_acks(c, role)
    if not sent or not acks or not captured_at(c, role):
        return None, None
    acked = 1 if c.origin_known[role] else None
    top, begin, gaps = None, None, []
    for p in c.packets:
        if p.frame in sent:
            top = sent[p.frame] if top is None else max(top, sent[p.frame])
        advance = p.frame in acks and (acked is None or acks[p.frame] > acked)
        if advance:
            acked = acks[p.frame]
        outstanding = top is not None and acked is not None and top > acked
        if advance and begin is not None:
            gaps.append((p.time - begin, begin))
            begin = None
        if outstanding and begin is None:
            begin = p.time
    if begin is not None:
        gaps.append((c.packets[-1].time - begin, begin))
    return max(gaps, key=lambda gap: gap[0], default=(0, None))


def window_scale(s, side):
    """The shift of the windows that a side announces, None if unknown. A SYN/ACK
    that has the option answers a SYN that had it."""
    shifts = []
    synack = next((p.wscale for p in s.sent(1) if is_synack(p) and p.wscale is not None), None)
    if side == 1 and synack is not None and not any(is_syn(p) for p in s.sent(0)):
        return min(synack, 14)
    for end, kind in ((0, is_syn), (1, is_synack)):
        syns = [p for p in s.sent(end) if kind(p)]
        offered = next((p.wscale for p in syns if p.wscale is not None), None)
        if offered is None and (not syns or any(p.cut for p in syns)):
            return None
        shifts.append(offered)
    return 0 if None in shifts else min(shifts[side], 14)  # RFC 7323, 2.3


def window_edges(c, role):
    """{frame: end of the receive window}, None where a scale is unknown."""
    edges, acks, scales = {}, data_acks(c, role), {}
    for p in c.packets:
        if p.frame in acks and not p.flags & SYN:
            sender = p.stream, p.side
            if sender not in scales:
                scales[sender] = window_scale(*sender)
            if scales[sender] is None:
                return None
            edges[p.frame] = acks[p.frame] + (p.window << scales[sender])
    return edges


def window_probes(c, role):
    """[piece] by which the sender asks whether a window is still shut: one byte with a
    mapping of its own, below a DATA_ACK that left no room and behind which nothing had
    been sent. Its subflow may have had to wait, but carried nothing new in between."""
    def asks(piece):
        return piece.packet.length == 1 and piece.x is not None and piece.kind != "tcp_retransmitted" and any(
            o.get("data_length") == 1 and not o.get("data_fin") for o in piece.packet.mptcp if o["subtype"] == 2)

    pieces = pieces_by_frame(c, role)
    if is_plain(c) or not any(asks(piece) for piece in c.pieces[role]):
        return []
    acks, found = data_acks(c, role), []
    acked = edge = sent = None
    shut = []  # per packet, in time: the number where the window is shut behind it, or None
    last = {}  # stream: index of its last packet of new bytes
    for i, p in enumerate(c.packets):
        if p.copy:
            shut.append(shut[-1] if shut else None)
            continue
        if p.frame in acks:
            scale = 0 if p.flags & SYN else window_scale(p.stream, p.side) or 0
            acked = max(acks[p.frame], acks[p.frame] if acked is None else acked)
            ends = acks[p.frame] + (p.window << scale)
            edge = ends if edge is None else max(edge, ends)
        for piece in pieces.get(p.frame, ()):
            if asks(piece) and piece.x + 1 in shut[last.get(p.stream, 0):]:
                found.append(piece)
            elif piece.kind != "tcp_retransmitted":
                last[p.stream] = i
                if piece.x is not None:
                    sent = piece.x + piece.length if sent is None else max(sent, piece.x + piece.length)
        is_shut = acked is not None and edge == acked and (sent is None or sent <= acked)
        shut.append(acked if is_shut else None)
    return found


def window_limited(c, role):
    """ns with less than a segment of the receive window left. None where the
    direction has no data or no window."""
    sent = highest_sent(c, role)
    sizes = [p.mss for p in packets_of(c, 1 - role) if p.flags & SYN and p.mss is not None]
    if not captured_at(c, role) or not sizes or not sent:
        return None
    edges = window_edges(c, role)
    if not edges:
        return None
    total, top, edge = 0, None, None
    for p, following in zip(c.packets, c.packets[1:]):
        if p.frame in sent:
            top = sent[p.frame] if top is None else max(top, sent[p.frame])
        if p.frame in edges:
            edge = edges[p.frame] if edge is None else max(edge, edges[p.frame])
        if top is not None and edge is not None and top >= edge - max(sizes):
            total += following.time - p.time
    return total


# -------------------------------------------------------------- reinjections

def first_transmissions(c, role):
    """[(from, to, packet)], sorted; each data byte is in one."""
    return sorted((piece.x, piece.x + piece.length, piece.packet) for piece in c.pieces[role]
                  if piece.kind == "unique" and piece.x is not None)


def originals(firsts, start, end):
    """The parts of [start, end) and the packet that sent each first."""
    at = max(bisect.bisect_right(firsts, (start, float("inf"))) - 1, 0)
    for begin, stop, packet in firsts[at:]:
        if begin >= end:
            break
        if stop > start:
            yield max(begin, start), min(stop, end), packet


def reinjections(c, role, start):
    firsts, acks = first_transmissions(c, role), data_acks(c, role)
    pieces, rows, acked = pieces_by_frame(c, role), [], None
    for p in c.packets:
        if p.frame in acks:
            acked = acks[p.frame] if acked is None else max(acked, acks[p.frame])
        runs = []  # [from, to, original stream, original packets]
        for piece in pieces.get(p.frame, ()):
            if piece.kind != "reinjected":
                continue
            for begin, end, packet in originals(firsts, piece.x, piece.x + piece.length):
                if runs and runs[-1][1:3] == [begin, packet.stream.number]:
                    runs[-1][1] = end
                    runs[-1][3].append(packet)
                else:
                    runs.append([begin, end, packet.stream.number, [packet]])
        for begin, end, number, packets in runs:
            rows.append({
                "frame": p.frame, "time_s": in_seconds(p.time - start),
                "tcp_stream": p.stream.number, "dsn": begin, "bytes": end - begin,
                "original_frames": sorted({original.frame for original in packets}),
                "original_tcp_stream": number,
                "spurious": ((acked is not None and end <= acked)
                             if acks and captured_at(c, role) else None),
                "original_delay_ms": milliseconds(p.time - max(o.time for o in packets))})
    return rows


def matrix(rows):
    total = collections.Counter()
    for row in rows:
        total[row["original_tcp_stream"], row["tcp_stream"]] += row["bytes"]
    return [{"from": a, "to": b, "bytes": total[a, b]} for a, b in sorted(total)]


# -------------------------------------------------------------- the document

def describe_direction(c, role, start):
    """What is to be added to the direction's and to its subflows' objects."""
    count = collections.Counter()
    for piece in c.pieces[role]:
        count[piece.kind] += piece.length
    sent, unique = sum(count.values()), count["unique"]
    if not unique and count["unmapped"]:
        unique = None
    packets = packets_of(c, role)
    data = with_payload(packets)
    duration, changes = span(data), switches(data)
    disorder, caused = reordering(c, role)
    gap, gap_begin = longest_interruption(c, role)
    rows = reinjections(c, role, start)
    per_class = packets_per_class(c.pieces[role])
    document = {
        "counted_at": ("sender" if captured_at(c, role)
                       else "receiver" if captured_at(c, 1 - role) else None),
        "holes_are": what_holes_are(c, role),
        "duration_s": in_seconds(duration), "duration_all_s": in_seconds(span([p for p in packets if not p.copy])),
        "throughput_bps": rate(8 * sent, duration),
        "goodput_bps": None if unique is None else rate(8 * unique, duration),
        "overhead": quotient(sent - unique, unique) if unique else None,
        "switches": changes,
        "switches_per_s": None if changes is None else rate(changes, duration),
        "data_packets": len(data), "duplicated_bytes": copied_bytes(packets),
        "new_data_packets": per_class.pop("unique_packets"),
        **per_class, **disorder,
        "interruption_max_s": in_seconds(gap),
        "interruption_at_s": None if gap_begin is None else in_seconds(gap_begin - start),
        "receive_window_limited_s": in_seconds(window_limited(c, role)),
        "reinjections": rows, "matrix": matrix(rows)}
    return document, [describe_subflow(c, role, s, sent, unique, caused) for s in c.streams]


def describe_subflow(c, role, s, sent, unique, caused):
    pieces = [piece for piece in c.pieces[role] if piece.packet.stream is s]
    own = sum(piece.length for piece in pieces)
    own_unique = sum(piece.length for piece in pieces if piece.kind == "unique")
    share = quotient(own_unique, unique)
    return {
        "data_packets": len(with_payload(p for p in packets_of(c, role) if p.stream is s)),
        "duplicated_bytes": copied_bytes(p for p in packets_of(c, role) if p.stream is s),
        **packets_per_class(pieces),
        "share": quotient(own, sent),
        "first_sent_share": share if captured_at(c, role) else None,
        "goodput_contribution": share if captured_at(c, 1 - role) else None,
        "hol_caused_s": None if caused is None else in_seconds(caused[s.number]),
        **round_trips(s, next(side for side in (0, 1) if s.role(side) == role),
                      captured_at(c, role))}


def round_trips(s, side, here):
    """`here`: where the side sends, which alone sees the whole way."""
    return {"handshake_rtt_ms": milliseconds(handshake_rtt(s, side)) if here else None,
            "rtt_ms": rtt_distribution(s, side) if here else distribution(
                [], milliseconds, ("min", "p50", "p95", "max", "n"))}


def rtt_distribution(s, side):
    if side not in s.trips:
        s.trips[side] = distribution(data_rtts(s, side), milliseconds, ("min", "p50", "p95", "max", "n"))
    return s.trips[side]


def describe_tcp(s, side):
    """One direction of a TCP stream, whatever it carries."""
    data, seen, again = with_payload(s.sent(side)), [], 0
    for p in data:
        place = (p.pos, p.pos + p.length)
        again += contains_part_of(seen, place)
        add_range(seen, place)
    if seen and s.captured_isn[side] is None:
        lowest = seen[0][0]
        seen = [(a - lowest + 1, b - lowest + 1) for a, b in seen]
    sent, unique, duration = sum(p.length for p in data), sum(b - a for a, b in seen), span(data)
    return {
        "towards": ("server", "client")[side], "sent_bytes": sent, "unique_bytes": unique,
        "retransmitted_bytes": sent - unique, "retransmitted_packets": again,
        "acked_bytes": acked_stream_bytes(s, side),
        "first": seen[0][0] if seen else None, "last": seen[-1][1] if seen else None,
        "holes": [[a[1], b[0]] for a, b in zip(seen, seen[1:])],
        "duration_s": in_seconds(duration), "throughput_bps": rate(8 * sent, duration),
        "goodput_bps": rate(8 * unique, duration), **round_trips(s, side, place_of_stream(s) == ENDS[side])}


def acked_stream_bytes(s, side):
    """The SYN/ACK acknowledges, too; a RST does not."""
    start = s.captured_isn[side]
    acks = [p.acked if p.acked is not None else (p.ack - start) % (1 << 32)
            for p in s.sent(1 - side)
            if start is not None and p.flags & ACK and not p.flags & RST]
    if not acks:
        return None
    fins = [p.pos + p.length for p in s.sent(side) if p.flags & FIN and not p.copy]
    return max(acks) - 1 - any(fin < max(acks) for fin in fins)
