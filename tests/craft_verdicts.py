#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the captures of testdata/verdicts: what mptcp-check has to say of them, and what it must not.

Usage: craft_verdicts.py OUTDIR

The conversations are those of craft.py, of which everything there holds: the same bytes every time, captured at the
client, reserved addresses. Here hosts also have a distance, which their TTL or hop limit shows, and count their
packets in the IP id; routers answer by ICMP; packets are forged; and there are captures of both ends, NAME-client and
NAME-server, with something in between that takes options or loses packets.

The same run writes OUTDIR/expected.json, which says what must be found; verdicts.t compares. As in check_expected.json
there are rules, "may" and verdicts per connection, which is named by the endpoints of one of its subflows. More of it:
  version, state, fallback_cause   of mptcp-ls, one of a list
  bytes, sent                      unique bytes and bytes sent, [to the server, to the client]; null: not compared
  subflows                         how many worked
  verdicts                         per question {"want", "extra", "not", "certainty"}: each of "want" must be there,
                                   and nothing else but the causes of "extra"; want null: no verdict; none of "not" is
                                   there; all have one of the certainties
     want: cause, certainty        one of these
           frames, some, without   all of them, one of them, none of them is among the frames of the verdict
           says, never             regular expressions that the sentence must match or not
           alternatives, named     the only words that may be alternatives; words of which one must be there
  events                           {"event", "from", "count", "frames", "detail"}: so many events, each at one of the
                                   frames, with details one of a list
  counters                         [end, counter, value]
Per file: warnings, regular expressions of which each warning list and the standard error must have one; no_warnings.
"""

import ipaddress
import json
import os
import re
import struct
import sys

import craft
from craft import (ACK, FIN, ICMP, ICMPV6, IPV4, IPV6, OTHER, PATH_A, PATH_A6, PATH_B, PATH_B6, PATH_C, RST, STEP, SYN,
                   TCP, Capture, Frame, Path, add_addr, dss, exchange, mac_of, made_up, mp_capable, mp_fail,
                   mp_fastclose, mp_join_ack, mp_join_synack, mp_prio, mp_tcprst, mptcp_option, pcap, pcapng, rm_addr)

PROVEN, LIKELY, UNKNOWN = ["proven"], ["likely"], ["unknown"]
SAID = PROVEN + LIKELY  # there is positive evidence; how much of it is needed to call it proven is not the matter
GUESSED = LIKELY + UNKNOWN
NOT_BROKEN = ["ok", "not_checked", "absent"]
NOT_JUDGED = ["not_checked", "absent"]

# These files have all payload, the others 128 octets of each frame, which is more than all headers.
WHOLE = ("keep-alive", "window-probe", "infinite-mapping", "syn-data", "no-effect-data-fin", "options-lost-one-of-two",
         "join-icmp", "both-healthy")
# These have no link headers: they would be a tenth of the file.
RAW = ("options-lost", "direction-missing-to", "infinite-mapping", "bad-capable", "syn-data", "join-re", "join-icmp.",
       "add-addr-bad-hmac", "aggregation", "data-fin.", "no-effect", "version", "one-interface.", "resets", "keep-alive",
       "both-fallback", "both-join")
FILES = []  # name, function, arguments
PAIRS = []


def scene(name, *args, **how):
    """Decorator: the function adds to the capture that becomes the file; several may, a minute one after another, with
    ports and keys of their own. snaplen and linux are of the Scene."""

    def register(function):
        FILES.append((name, function, args, how))
        return function

    return register


def pair(name, *args, **how):
    """Decorator: the same of both ends."""

    def register(function):
        PAIRS.append((name, function, args, how))
        return function

    return register


# ------------------------------------------------------------------------------------- hosts, routers, two captures


def network(source, target, protocol, payload, ttl, ident):
    """An IP packet with a TTL or hop limit, and for version 4 with an id."""
    if ":" in source:
        return craft.ipv6(source, target, protocol, payload)[:7] + bytes([ttl]) + craft.addr(source) + \
            craft.addr(target) + payload
    packet = craft.ipv4(source, target, protocol, payload, ident)
    return aged(packet, ttl)


def aged(packet, ttl):
    """The same packet with another TTL or hop limit."""
    if packet[0] >> 4 == 6:
        return packet[:7] + bytes([ttl]) + packet[8:]
    header = packet[:8] + bytes([ttl]) + packet[9:10] + b"\0\0" + packet[12:20]
    return header[:10] + struct.pack("!H", craft.internet_checksum(header)) + header[12:] + packet[20:]


class Scene(Capture):
    """A capture at the client, several hops from the server."""

    ends = ("client",)

    def __init__(self, linux=False, hops=7, **how):
        super().__init__(**how)
        self.linux = linux  # ids are counted per connection, and are 0 where there is no socket; else per host
        self.hops = hops
        self.ids = {}
        self.ttl = self.ident = None  # instead of those of the host
        self.octets = b""  # of the last packet
        self.latest = {}
        self.expected = {}
        self.number = 0
        self.label = self.note = ""

    def begin(self, number, label, note):
        """One more scene in this file."""
        self.number, self.label, self.note = number, label, note
        self.directions = (True, False)
        if number:
            self.wait(60)

    def port(self, port):
        """As it is in this scene."""
        return port + 500 * self.number if 40000 <= port < 40500 or 50000 <= port < 50500 else port

    def renumbered(self, source, target, segment):
        ports = [self.port(port) for port in struct.unpack("!HH", segment[:4])]
        return with_checksum(source, target, struct.pack("!HH", *ports) + segment[4:])

    def number_of(self, source, target, protocol, payload, outgoing):
        if self.ident is not None:
            return self.ident
        flags = payload[13] if protocol == TCP else 0
        if self.linux and protocol == TCP and (flags & (SYN | ACK) == SYN | ACK or flags == RST):
            return 0
        where = (source, target, payload[:4]) if self.linux else outgoing if protocol == TCP else source
        first = struct.unpack("!H", made_up("ids %s" % (where,), 2))[0]
        self.ids[where] = (self.ids.get(where, first) + 1) & 0xFFFF
        return self.ids[where]

    def packet(self, source, target, protocol, payload, outgoing=True, interface=0):
        if protocol == TCP:
            payload = self.renumbered(source, target, payload)
        ident = self.number_of(source, target, protocol, payload, outgoing)
        ttl = self.ttl or (64 if outgoing else 64 - self.hops)
        self.octets = network(source, target, protocol, payload, ttl, ident)
        before = len(self.frames)
        self.frame(self.octets, IPV6 if ":" in source else IPV4, outgoing, interface)
        captured = len(self.frames) > before
        if captured:
            self.latest = {"client": self.frames[-1]}
        return captured

    def last(self):
        """The last packet, to be named in an expectation."""
        return self.latest

    def frame_number(self, mark, end):
        """None: it is not in that capture."""
        frames = self.frames if end == "client" else self.server.frames
        return next((number for number, frame in enumerate(frames, 1) if frame is mark.get(end)), None)

    def two_interfaces(self, first="eth0", second="wlan0"):
        self.interfaces = [self.interfaces[0]._replace(name=name) for name in (first, second)]


class Ends(Scene):
    """The client's capture; what it puts on the wire is in the server's, too, as it arrives there."""

    ends = ("client", "server", "both", "reversed")

    def __init__(self, **how):
        super().__init__(nanoseconds=True, **how)
        self.server = Capture(nanoseconds=True, snaplen=self.interfaces[0].snaplen, link=how["link"])
        self.lost = False  # on the way
        self.alter = lambda segment: segment  # on the way
        self.seen = ("client", "server")
        self.ways = {PATH_A.client: 5_000_000, PATH_B.client: 15_000_000}  # ns
        self.nat = {}  # client address: (address, port) that the server sees

    def outside(self, source, target, segment, outgoing):
        """A segment at the server's side of the NAT, with its ends."""
        inside = source if outgoing else target
        if inside not in self.nat:
            return source, target, segment
        address, port = self.nat[inside]
        at = 0 if outgoing else 2
        ends = (address, target) if outgoing else (source, address)
        return (*ends, with_checksum(*ends, segment[:at] + struct.pack("!H", port) + segment[at + 2:]))

    def packet(self, source, target, protocol, payload, outgoing=True, interface=0):
        self.now += STEP
        if protocol == TCP:
            payload = self.renumbered(source, target, payload)
        ident = self.number_of(source, target, protocol, payload, outgoing)
        way = self.ways.get(source if outgoing else target, 10_000_000)
        sent, received = (self.now, self.now + way) if outgoing else (self.now - way, self.now)
        arrived = with_checksum(source, target, self.alter(payload)) if protocol == TCP else payload
        here, there = ("client", "server") if outgoing else ("server", "client")
        ends = {"client": (source, target, payload if outgoing else arrived),
                "server": self.outside(source, target, arrived if outgoing else payload, outgoing)}
        self.latest = {}
        for end, time, ttl in (here, sent, 64), (there, received, 64 - self.hops):
            if end == here or not self.lost:
                source, target, segment = ends[end]
                self.show(end, time, network(source, target, protocol, segment, self.ttl or ttl, ident), outgoing, interface)
        return here in self.seen or there in self.seen

    def show(self, end, time, octets, outgoing, interface):
        if end not in self.seen:
            return
        capture = self if end == "client" else self.server
        interface = interface if end == "client" else 0
        link = self.interfaces[0].link.wrap(octets, IPV6 if octets[0] >> 4 == 6 else IPV4, outgoing)
        self.latest[end] = Frame(time, interface, link, None)
        capture.frames.append(self.latest[end])


def with_checksum(source, target, segment):
    segment = segment[:16] + b"\0\0" + segment[18:]
    checksum = craft.internet_checksum(craft.pseudo_header(source, target, TCP, len(segment)) + segment)
    return segment[:16] + struct.pack("!H", checksum) + segment[18:]


def pieces(options):
    """The options of a segment, one by one."""
    while options:
        size = 1 if options[0] < 2 else options[1]
        yield options[:size]
        options = options[size:]


def blanked(segment):
    """A box on the way writes no-operations over the Multipath TCP options."""
    end = segment[12] >> 4 << 2
    options = b"".join(b"\1" * len(one) if one[0] == 30 else one for one in pieces(segment[20:end]))
    return segment[:20] + options + segment[end:]


def removed(segment):
    """A box on the way takes the Multipath TCP options out."""
    end = segment[12] >> 4 << 2
    options = b"".join(one for one in pieces(segment[20:end]) if one[0] not in (0, 1, 30))
    options += b"\1" * (-len(options) % 4)
    return segment[:12] + bytes([(5 + len(options) // 4) << 4]) + segment[13:20] + options + segment[end:]


def bit_changed(segment):
    """A box on the way changes a bit in the Multipath TCP option."""
    end = segment[12] >> 4 << 2
    options = b"".join(one[:6] + bytes([one[6] ^ 0x10]) + one[7:] if one[0] == 30 else one
                       for one in pieces(segment[20:end]))
    return segment[:20] + options + segment[end:]


def icmp_error(s, router, source, kind, code, quoted, size=None, ttl=61, interface=0):
    """A router tells the sender of a packet why it was not delivered; it quotes it, the IP header and size octets."""
    v6 = ":" in source
    header = 40 if v6 else 20
    quoted = aged(quoted, 62)
    quoted = quoted[:None if size is None else header + size]
    message = struct.pack("!BBHI", kind, code, 0, 0) + quoted
    covered = craft.pseudo_header(router, source, ICMPV6, len(message)) + message if v6 else message
    message = message[:2] + struct.pack("!H", craft.internet_checksum(covered)) + message[4:]
    with s.setting(ttl=ttl):
        s.packet(router, source, ICMPV6 if v6 else ICMP, message, False, interface)
    return s.last()


# ---------------------------------------------------------------------------------------------------- expectations


def one(*causes, certainty=None, frames=(), some=(), without=(), says=None, never=None, alternatives=None, named=None):
    """A verdict that is wanted. Frames are what last() returned."""
    return {"cause": list(causes), "certainty": certainty, "frames": list(frames), "some": list(some),
            "without": list(without), "says": [says] if isinstance(says, str) else says, "never": never,
            "alternatives": alternatives, "named": named}


def none_of(*causes, certainty=None):
    """No verdict of the question may have these causes, or a certainty that is not listed."""
    return {"not": list(causes), "certainty": certainty}


def only(*wanted, extra=(), certainty=None):
    """These verdicts and no other, but for the causes of extra."""
    return {"want": list(wanted), "extra": list(extra), "certainty": certainty}


def event(name, count=1, frames=None, sender=None, **detail):
    return {"event": name, "count": count, "frames": frames, "from": sender,
            "detail": {key: value if isinstance(value, list) else [value] for key, value in detail.items()}}


def expect(s, connection, end="client", subflow=0, rules=None, may=(), **what):
    """What must be found of a connection. Other words are questions, or what the text above names."""
    entry = {"rules": rules or {}, "may": list(may), "verdicts": {}, "events": [], "counters": []}
    entry = {"scene": s.label, "note": s.note, **entry}
    entry["endpoints"] = ["%s %d" % (address, s.port(port))
                          for address, port in (connection.subflows[subflow].source(who) for who in OTHER)]
    for key, value in what.items():
        if key in ("single_subflow", "fallback", "reset", "aggregation", "limit", "outage", "close"):
            if value is None:
                value = {"want": None}
            elif isinstance(value, dict) and "cause" in value:
                value = only(value)
            entry["verdicts"][key] = value
        elif key in ("state", "fallback_cause", "version"):
            entry[key] = value if isinstance(value, list) else [value]
        else:
            entry[key] = value
    s.expected.setdefault(end, []).append(entry)
    return entry


def bytes_of(connection):
    """Unique bytes to the server and to the client, as the senders counted them."""
    return [connection.tally[who].bytes["unique"] for who in ("client", "server")]


def sent_by(connection):
    return [sum(connection.tally[who].bytes.values()) for who in ("client", "server")]


def resolved(value, s, end):
    """Marks become frame numbers."""
    end = "client" if end == "both" else "server" if end == "reversed" else end
    if isinstance(value, dict) and value.keys() & {"client", "server"} and all(
            isinstance(inner, Frame) for inner in value.values()):
        return s.frame_number(value, end)
    if isinstance(value, dict):
        return {key: resolved(inner, s, end) for key, inner in value.items()
                if key == "want" or inner not in (None, [], {}, ())}
    if isinstance(value, (list, tuple)):
        numbers = [resolved(inner, s, end) for inner in value]
        marks = any(isinstance(inner, dict) and inner.keys() <= {"client", "server"} for inner in value)
        return [number for number in numbers if number is not None] if marks else numbers
    return value


ELSEWHERE = Path("198.51.100.77", 40007, "203.0.113.10", 5001, 0, 30)
MIDDLE = "203.0.113.201"  # a router on the way
def named(s, address, port):
    """An address and a port, as a sentence may have them."""
    return re.escape(address) + r"\D{1,8}%d\b" % s.port(port)


def Connection(s, name="one", **how):  # pylint: disable=invalid-name
    """One of this scene."""
    return craft.Connection(s, s.label + " " + name, **how)


def talk(s, paths=(PATH_A,), name="one", **how):
    return craft.talk(s, paths, name=s.label + " " + name, **how)


def shifted(path, number):
    """The same path between other hosts: for another connection in the file."""
    client, server = (str(ipaddress.ip_address(address) + number) for address in (path.client, path.server))
    return path._replace(client=client, client_port=path.client_port + 100 * number, server=server)


def two(s, **how):
    connection = talk(s, (PATH_A, PATH_B), **how)
    return (connection, *connection.subflows)


def close(connection, *subflows):
    """The ordinary end, on these subflows only."""
    every, connection.subflows = connection.subflows, list(subflows) or connection.subflows[:1]
    connection.close()
    connection.subflows = every


def tries_to_join(connection, path=PATH_B, **how):
    how.setdefault("address_id", len(connection.subflows))
    return connection.subflow(path, **how)


def stays_on_first(s, connection):
    """On its first subflow, for 3 s; then it ends."""
    for _ in range(2):
        s.wait(1.5)
        exchange(connection.subflows[0])
    close(connection)


def refused_by_client(s, connection, join):
    join.reset("client", mp_tcprst(1))
    stays_on_first(s, connection)


# ------------------------------------------------------------------------------ fallback: the options are gone midway

def fell_back(s, connection, cause, some, end="client", **what):
    what.setdefault("rules", {"data_mapped": NOT_BROKEN, "data_ack_progress": NOT_BROKEN, "data_ack_sent": NOT_BROKEN})
    what.setdefault("fallback", one(cause, certainty=SAID, some=some, never="MP_FAIL\\)"))
    what.setdefault("events", [event("fallback", 1, cause=cause)])
    expect(s, connection, end, state="fallback", fallback_cause=cause, bytes=bytes_of(connection), **what)


def is_healthy(s, connection, end="client", **what):
    what.setdefault("fallback", None)
    what.setdefault("events", [event("fallback", 0)])
    what.setdefault("bytes", bytes_of(connection))
    expect(s, connection, end, state="established", fallback_cause=None, **what)


@scene("options-lost.pcap", version=1)
@scene("options-lost.pcap", version=0)
def options_lost(s, version):
    """Both ends mapped data on their only subflow; then nobody's packets have an option any more, and both go on.
    FIN."""
    connection = talk(s, version=version, timestamps=True)
    first = connection.subflows[0]
    first.data("client", 300)
    first.data("server", 400)
    connection.fall_back("options_lost")
    first.data("client", 250, answer=False)
    points = [s.last()]
    first.pure_ack("server")
    points.append(s.last())
    for _ in range(3):
        first.data("server", 500)
        first.data("client", 60)
    connection.close()
    connection.must_send("client", unique=750)
    connection.must_send("server", unique=1930)
    fell_back(s, connection, "options_lost", points, close=one("fin"))


@scene("options-lost.pcap", version=1)
@scene("options-lost.pcap", version=0)
def options_lost_one_sender(s, version):
    """Only the client sends data. The acknowledgments of the server lose their DATA_ACK, the client's data its DSS."""
    connection = Connection(s, version=version, timestamps=True)
    first = connection.open()
    for _ in range(3):
        first.data("client", 900)
    first.data("client", 900, answer=False)
    connection.fall_back("options_lost")
    first.pure_ack("server")
    points = [s.last()]
    for _ in range(4):
        first.data("client", 700, answer=False)
        points.append(s.last())
        first.pure_ack("server")
        points.append(s.last())
    connection.close()
    connection.must_send("client", unique=6400)
    fell_back(s, connection, "options_lost", points, close=one("fin"))


@scene("options-lost-with.pcap", version=1)
@scene("options-lost-with.pcap", version=0)
def options_lost_retransmissions(s, version):
    """Of the last mapped segments of the client one is lost, and sent again without an option. So are two of the
    server, one of them in a segment that also has new data: each byte counts once."""
    connection = talk(s, version=version, timestamps=True)
    first = connection.subflows[0]
    first.data("client", 200)
    lost = first.data("client", 300, lost=True)
    first.data("client", 100, answer=False)
    gone = first.data("server", 400, lost=True)
    connection.fall_back("options_lost")
    first.pure_ack("client")
    points = [s.last()]
    first.pure_ack("server")
    points.append(s.last())
    s.wait(0.3)
    first.resend(lost)
    points.append(s.last())
    first.data("server", 450, dsn=gone.dsn, seq=gone.seq)
    gone = first.data("server", 70, lost=True)
    s.wait(0.3)
    first.resend(gone)
    first.data("client", 80)
    connection.close()
    connection.must_send("client", unique=20 + 200 + 300 + 100 + 80, tcp_retransmitted=300)
    connection.must_send("server", unique=30 + 450 + 70, tcp_retransmitted=470)
    fell_back(s, connection, "options_lost", points, sent=sent_by(connection))


@scene("options-lost-with.pcap")
def options_lost_inside_mapping(s):
    """A mapping of 900 bytes comes in three segments, the first with its DSS; behind that no packet has an option. The
    rest of the mapping is mapped, what follows is not, and neither counts twice."""
    connection = talk(s)
    first = connection.subflows[0]
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    first.data("client", 300, mapping=(start, ssn, 900), option="dss", answer=False)
    connection.fall_back("options_lost")
    first.pure_ack("server")
    points = [s.last()]
    for size in (300, 300, 500, 10):
        first.data("client", size, answer=False)
        points.append(s.last())
        first.pure_ack("server")
        points.append(s.last())
    exchange(first)
    points.append(s.last())
    connection.close()
    connection.must_send("client", unique=20 + 900 + 510 + 20)
    fell_back(s, connection, "options_lost", points)


@scene("options-lost-with.pcap")
def options_lost_half_closed(s):
    """The client has closed its direction by a DATA_FIN, which the server acknowledged, and the server sends on; then
    the options are gone. Both ends close by FIN."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("client")
    first.data("server", 600)
    first.data("server", 600, answer=False)
    connection.fall_back("options_lost")
    first.pure_ack("client")
    points = [s.last()]
    for _ in range(3):
        first.data("server", 700, answer=False)
        points.append(s.last())
        first.pure_ack("client")
    first.send("server", FIN)
    first.send("client", FIN)
    first.send("server", ACK)
    connection.must_send("server", unique=30 + 1200 + 2100)
    fell_back(s, connection, "options_lost", points,
              close=none_of("data_fin", "fin_client", "fin_server", "open"))


@scene("options-lost-with.pcap")
def options_lost_v6(s):
    """Over IPv6 the server's packets lose their options first, then the client's, whose three segments under way still
    have a DSS."""
    connection = talk(s, (PATH_A6,), timestamps=True)
    first = connection.subflows[0]
    for _ in range(3):
        first.data("client", 500, answer=False)
    connection.fall_back("options_lost")
    points = []
    for _ in range(2):
        first.pure_ack("server")
        points.append(s.last())
    first.data("client", 500)
    for _ in range(3):
        first.data("server", 800)
        first.data("client", 90)
    connection.close()
    connection.must_send("client", unique=20 + 2000 + 270)
    fell_back(s, connection, "options_lost", points, close=one("fin"))


@scene("options-lost-with.pcap")
def options_lost_after_first_data(s):
    """Only the client's first data, in MP_CAPABLE, is mapped: nothing that follows has an option, from either end."""
    connection = Connection(s, timestamps=True)
    first = connection.open()
    first.data("client", 300, answer=False)
    connection.fall_back("options_lost")
    points = []
    first.pure_ack("server")
    points.append(s.last())
    first.data("server", 400, answer=False)
    points.append(s.last())
    first.pure_ack("client")
    points.append(s.last())
    first.data("client", 100)
    points.append(s.last())
    first.data("server", 900)
    connection.close()
    causes = ["options_lost", "no_option_in_data"]
    expect(s, connection, state="fallback", fallback_cause=causes, bytes=bytes_of(connection),
           rules={"data_mapped": NOT_BROKEN}, fallback=one(*causes, certainty=SAID, some=points))


@scene("direction-missing-to-client.pcap")
def options_lost_direction_missing(s):
    """Only what goes to the server was captured. The client's data has a DSS, and then none: whether the server's
    packets have one is not known."""
    s.directions = (True,)
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.data("client", 300)
    connection.fall_back("options_lost")
    for _ in range(4):
        first.data("client", 300)
        first.data("server", 100)
    connection.close()
    expect(s, connection, rules={"data_mapped": NOT_BROKEN},
           fallback=one("options_lost", certainty=LIKELY,
                        says="or the server still sends options .its packets were not captured.$"),
           close=none_of("fin_client", "fin_server", "data_fin", "data_fin_unacked"))


def one_end_only(s, who, nothing):
    """The packets of who lose their options; the other end goes on with DSS, and repeats what no DATA_ACK covers."""
    connection = talk(s, timestamps=True)
    first, peer = connection.subflows[0], OTHER[who]
    first.data(peer, 300)
    segment = first.data(peer, 400, answer=False)
    points = []
    for number in range(6):
        first.send(who, ACK, [b"\1" * 12] if nothing else [])
        points.append(s.last())
        s.wait(0.2 * 2 ** number)
        first.data(peer, 400, dsn=segment.dsn, answer=False, option="dss")
    first.send(who, ACK, [b"\1" * 12] if nothing else [])
    return connection, points


@scene("options-lost-one-way.pcap", "server", False)
@scene("options-lost-one-way.pcap", "server", True)
@scene("options-lost-one-way.pcap", "client", False)
def options_lost_one_way(s, who, nothing):
    """The packets of one end come without options: no DATA_ACK covers the data of the other any more, which is sent
    again and again with its DSS. It was acknowledged by TCP each time. In one capture no-operations stand there."""
    connection, points = one_end_only(s, who, nothing)
    expect(s, connection, state="fallback", fallback_cause="options_lost_one_way", bytes=bytes_of(connection),
           sent=sent_by(connection), rules={"data_mapped": NOT_BROKEN},
           fallback=one("options_lost_one_way", certainty=SAID, some=points,
                        says="(?i)%s.*(repeat|again|never|not )" % who, never="MP_FAIL\\)"))


@scene("options-lost-one-way.pcap")
def one_way_with_data(s):
    """The same, and the server, whose packets have lost their options, also sends data, which TCP acknowledges. The
    client's packets keep their DSS."""
    connection = talk(s)
    first = connection.subflows[0]
    segment = first.data("client", 500, answer=False)
    points = []
    for number in range(5):
        first.data("server", 100, option="none", mapped=False, answer=False)
        points.append(s.last())
        first.send("client", ACK, [dss(connection.idsn["server"] + 31)])
        s.wait(0.3 * 2 ** number)
        first.data("client", 500, dsn=segment.dsn, answer=False)
    expect(s, connection, state="fallback", fallback_cause="options_lost_one_way", bytes=[520, None],
           may=["data_mapped"], fallback=one("options_lost_one_way", certainty=SAID, some=points, says="(?i)server"))


@scene("options-lost-one-of-two.pcap")
def options_lost_one_of_two(s):
    """The server's packets lose their options on the second of two subflows: the client resets it (reason 6) and sends
    the data on the first. Nobody falls back."""
    connection, first, second = two(s, timestamps=True)
    stuck = [second.data("client", 300, answer=False) for _ in range(2)]
    for _ in range(2):
        second.send("server", ACK, [])
    second.reset("client", mp_tcprst(6))
    reset = s.last()
    for segment in stuck:
        first.reinject(segment)
    for _ in range(3):
        exchange(first, 100, 200)
    close(connection, first)
    connection.must_send("client", unique=940, reinjected=600)
    is_healthy(s, connection, rules={"data_mapped": NOT_BROKEN}, close=one("data_fin"),
               reset=one("middlebox", certainty=SAID, frames=[reset], says="client"))


@scene("options-lost-one-of-two.pcap")
def options_lost_one_of_two_data(s):
    """The server's data arrives without options on the first of two subflows; the client resets that, and the data
    comes on the second, with a mapping: 150 bytes are unmapped on the way, and none is missing or counted twice."""
    connection, first, second = two(s)
    stuck = first.data("server", 150, option="none", mapped=False, answer=False)
    first.reset("client", mp_tcprst(6))
    reset = s.last()
    second.reinject(stuck)
    for _ in range(3):
        exchange(second, 70, 80)
    second.data_fin("client", answer=False)
    second.data_fin("server", answer=False)
    second.fin()
    connection.must_send("server", unique=60 + 150 + 240, unmapped=150)
    is_healthy(s, connection, may=["data_mapped"], sent=sent_by(connection), close=one("data_fin"),
               reset=one("middlebox", certainty=SAID, frames=[reset]))


def sack(*blocks):
    return b"\1\1\5" + bytes([2 + 8 * len(blocks)]) + b"".join(
        struct.pack("!II", start & 0xFFFFFFFF, end & 0xFFFFFFFF) for start, end in blocks)


@scene("options-lost-ok.pcap")
def full_of_sack(s):
    """Every other segment of the client is lost: the server's ACKs are full of SACK blocks (12 octets of time stamps,
    28 of SACK), three of them in a row, and have no room for a DSS. With the retransmissions it is there again."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    segments = [first.data("client", 200, lost=number % 2 == 0, answer=False) for number in range(6)]
    got = [(segment.seq, segment.seq + 200) for segment in segments[1::2]]
    first.send("server", ACK, [sack(got[0]), dss(segments[0].dsn)])
    for blocks in (got[1::-1], got[::-1], got[::-1]):
        first.send("server", ACK, [sack(*blocks)])
    for segment in segments[::2]:
        first.resend(segment)
    exchange(first)
    close(connection)
    connection.must_send("client", unique=20 + 1200 + 20, tcp_retransmitted=600)
    is_healthy(s, connection, close=one("data_fin"), rules={"data_ack_progress": NOT_BROKEN})


@scene("options-lost-ok.pcap")
def missing_for_a_while(s):
    """Healthy, though many packets have no option. One mapping of 2000 bytes comes in ten segments, of which only the
    first has the DSS; the server acknowledges the first four of them by TCP only, the others with a DATA_ACK."""
    connection = talk(s)
    first = connection.subflows[0]
    start, seq = connection.next["client"], first.next["client"]
    mapping = (start, seq - first.isn["client"], 2000)
    for number in range(10):
        first.data("client", 200, start + 200 * number, seq + 200 * number, mapping, "none" if number else "dss",
                   answer=False)
        first.send("server", ACK, [] if number < 4 else [first.dss("server")])
    exchange(first, 40, 50)
    close(connection)
    is_healthy(s, connection, close=one("data_fin"), rules={"data_mapped": ["ok"], "data_ack_progress": NOT_BROKEN})


@scene("options-lost-ok.pcap")
def missing_at_the_end(s):
    """Healthy: both DATA_FINs are acknowledged, and the FINs and ACKs of TCP that follow have no option. So the last
    packets of three more connections: ACKs of the client, which still gets data; only the FIN of the server; a RST."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("client")
    first.data_fin("server")
    for who, flags in (("client", FIN), ("server", FIN), ("client", ACK)):
        first.send(who, flags)
    is_healthy(s, connection, close=one("data_fin"))
    s.wait(20)
    connection = talk(s, (shifted(PATH_A, 1),), name="two")
    first = connection.subflows[0]
    first.data_fin("client")
    first.data_fin("server")
    first.send("client", FIN, [first.dss("client")])
    first.send("server", ACK)
    first.send("server", FIN)
    first.send("client", ACK)
    is_healthy(s, connection, close=one("data_fin"))
    s.wait(20)
    connection = talk(s, (shifted(PATH_A, 2),), name="three")
    first = connection.subflows[0]
    first.data_fin("server")
    first.data_fin("client")
    first.send("server", FIN)
    first.send("client", FIN)
    first.reset("server")
    is_healthy(s, connection, close=one("data_fin"), reset=None)


# --------------------------------------------------------------------------------------- fallback: infinite mappings

def infinite(connection, subflow, who):
    return connection.next[who], subflow.next[who] - subflow.isn[who], 0


@scene("infinite-mapping.pcap", version=1)
@scene("infinite-mapping.pcap", version=0)
def infinite_mapping(s, version):
    """Both directions were captured. The client begins an infinite mapping (length 0), then the server, and both go on
    without options; there is no MP_FAIL."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    connection.fall_back("infinite_mapping")
    points = []
    for who, size in (("client", 200), ("server", 300)):
        first.data(who, size, mapping=infinite(connection, first, who), option="dss", answer=False)
        points.append(s.last())
    for _ in range(3):
        first.data("client", 150)
        first.data("server", 250)
    connection.close()
    connection.must_send("client", unique=20 + 200 + 450)
    fell_back(s, connection, "infinite_mapping", points, close=one("fin"), fallback=one(
        "infinite_mapping", certainty=SAID, some=points, never="checksum failed|\\(MP_FAIL\\)"))


@scene("direction-missing-to-client.pcap")
def infinite_mapping_one_way(s):
    """The same, but only what goes to the server was captured: an MP_FAIL of the server may be behind it."""
    s.directions = (True,)
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    connection.fall_back("infinite_mapping")
    first.data("client", 200, mapping=infinite(connection, first, "client"), option="dss")
    point = s.last()
    for _ in range(4):
        first.data("client", 150)
        first.data("server", 250)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="infinite_mapping", bytes=[20 + 200 + 600, None],
           fallback=one("infinite_mapping", certainty=GUESSED, some=[point], named=["mp_fail"],
                        says="direction|to the client|server's packets|not captured|capture does not tell|MP_FAIL"))


@scene("infinite-mapping-ok.pcap", version=1)
@scene("infinite-mapping-ok.pcap", version=0)
def infinite_mapping_ack(s, version):
    """Pure ACKs of the client carry a DSS with a mapping of length 0; ordinary mappings of both ends go on. This is no
    fallback."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    for _ in range(3):
        first.data("server", 200, answer=False)
        first.pure_ack("client", first.dss("client", infinite(connection, first, "client")))
        first.data("client", 100)
    close(connection)
    is_healthy(s, connection, close=one("data_fin"))


@scene("infinite-mapping.pcap")
def infinite_mapping_first_data(s):
    """Version 0: the client's first data has no option, the server answers with an infinite mapping."""
    connection = Connection(s, version=0, timestamps=True)
    first = connection.open()
    connection.fall_back("infinite_mapping")
    first.data("client", 140)
    points = [s.last()]
    first.data("server", 260, mapping=infinite(connection, first, "server"), option="dss")
    points.append(s.last())
    first.data("client", 60)
    first.data("server", 70)
    causes = ["infinite_mapping", "no_option_in_data"]
    expect(s, connection, state="fallback", fallback_cause=causes, bytes=[200, 330],
           rules={"data_mapped": NOT_BROKEN, "data_ack_sent": NOT_BROKEN},
           fallback=one(*causes, certainty=SAID, never="checksum failed|\\(MP_FAIL\\)"))


@scene("infinite-mapping.pcap")
def infinite_mapping_mp_fail(s):
    """The client's copy of the server's data has a wrong checksum: it says MP_FAIL on the only subflow, and the server
    begins an infinite mapping. Here a checksum failed."""
    connection = talk(s, checksum=True)
    first = connection.subflows[0]
    failed = first.data("server", 140, answer=False, damaged=True)
    first.pure_ack("client", dss(failed.dsn), mp_fail(failed.dsn))
    fail = s.last()
    connection.fall_back("mp_fail")
    for who in ("server", "client"):
        first.data(who, 50, mapping=infinite(connection, first, who), option="dss")
    first.data("server", 160)
    close(connection)
    fell_back(s, connection, "mp_fail", [fail], rules={}, may=["checksum_valid"],
              fallback=one("mp_fail", certainty=SAID, some=[fail], says="MP_FAIL"))


@scene("infinite-mapping.pcap")
def infinite_mapping_other_mp_fail(s):
    """A checksum failed on the second subflow, which was reset with MP_FAIL. Half a minute later the first, alone
    since, goes over to an infinite mapping: not because of that MP_FAIL."""
    connection, first, second = two(s, checksum=True)
    failed = second.data("client", 40, answer=False, damaged=True)
    second.reset("server", mp_fail(failed.dsn), mp_tcprst(6))
    first.reinject(failed)
    for _ in range(3):
        s.wait(10)
        exchange(first)
    connection.fall_back("infinite_mapping")
    points = []
    for who in OTHER:
        first.data(who, 50, mapping=infinite(connection, first, who), option="dss")
        points.append(s.last())
    first.data("client", 60)
    close(connection)
    expect(s, connection, state="fallback", fallback_cause="infinite_mapping", may=["checksum_valid", "data_same"],
           fallback=one("infinite_mapping", certainty=SAID))


# ------------------------------------------------------------------------------- fallback: the option had to be ignored

def ignored_syn(s, option, says, name="one", number=0, rule=None):
    """The server gets a SYN whose option it may not take, and answers with plain TCP."""
    connection = Connection(s, name)
    first = connection.subflow(shifted(PATH_A, number))
    first.send("client", SYN, [option], seq=first.isn["client"])
    syn = s.last()
    connection.fall_back("bad_capable")
    first.synack(mptcp=False)
    first.ack(mptcp=False)
    exchange(first, 200, 300)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="bad_capable", bytes=[200, 300], may=["capable_flags"],
           rules={"capable_flags": ["violated"] if rule is None else rule}, close=one("fin"),
           counters=[["server", "MPCapableSYNRX", 0]],
           fallback=one("bad_capable", certainty=SAID, frames=[syn], says=says))


@scene("bad-capable.pcap")
def bad_capable_syn_b(s):
    """Flag B stands in the MP_CAPABLE of the SYN: the server had to ignore it, and did."""
    ignored_syn(s, mptcp_option("MP_CAPABLE", 0, 1, b"\x41"), r"(?i)\bflag B\b|\bB flag\b")


@scene("bad-capable.pcap")
def bad_capable_syn_h(s):
    """The MP_CAPABLE of the SYN offers no algorithm: H is 0."""
    ignored_syn(s, mptcp_option("MP_CAPABLE", 0, 1, b"\x00"), r"(?i)\bflag H\b|\bH flag\b|HMAC-SHA")


@scene("bad-capable.pcap", b"\x41", 1, r"(?i)\bflag B\b|\bB flag\b")
@scene("bad-capable.pcap", b"\x00", 1, r"(?i)\bflag H\b|\bH flag\b|HMAC-SHA")
@scene("bad-capable.pcap", b"\x41", 0, r"(?i)\bflag B\b|\bB flag\b")
def bad_capable_synack(s, flags, version, says):
    """The MP_CAPABLE of the SYN/ACK has a flag that it may not have, or lacks H: the client ignores it and goes on
    without options."""
    connection = Connection(s, version=version, timestamps=True)
    first = connection.subflow(PATH_A)
    first.syn()
    first.send("server", SYN, [mptcp_option("MP_CAPABLE", 0, version, flags + connection.key["server"])],
               seq=first.isn["server"])
    synack = s.last()
    connection.fall_back("bad_capable")
    first.ack(mptcp=False)
    exchange(first, 200, 300)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="bad_capable", bytes=[200, 300], may=["capable_flags"],
           rules={"capable_flags": ["violated"]}, close=one("fin"), counters=[["client", "MPCapableSYNACKRX", 0]],
           fallback=one("bad_capable", certainty=SAID, frames=[synack], says=says))


@scene("bad-capable.pcap", b"\x41", r"(?i)\bflag B\b|\bB flag\b")
@scene("bad-capable.pcap", b"\x00", r"(?i)\bflag H\b|\bH flag\b|HMAC-SHA")
def bad_capable_ack(s, flags, says):
    """SYN and SYN/ACK are right, the MP_CAPABLE of the third ACK has flag B or lacks H: the server ignores it and sends
    plain data, and so does the client then."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    first.synack()
    first.send("client", ACK, [mptcp_option("MP_CAPABLE", 0, 1, flags + b"".join(first.key_pair("client")))])
    ack = s.last()
    connection.fall_back("bad_capable")
    first.data("server", 300)
    first.data("client", 200)
    first.data("server", 100)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="bad_capable", bytes=[200, 400], may=["capable_flags"],
           rules={"capable_flags": ["violated"]}, counters=[["server", "MPCapableACKRX", 0]],
           fallback=one("bad_capable", certainty=SAID, frames=[ack], says=says))


@scene("bad-capable.pcap")
def bad_capable_version(s):
    """The client asks for version 1, the SYN/ACK has an MP_CAPABLE of version 2: the client goes on without options.
    Another connection: the SYN asks for version 0 with its key, a server of version 1 answers by plain TCP."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    first.send("server", SYN, [mp_capable(2, connection.key["server"])], seq=first.isn["server"])
    synack = s.last()
    connection.fall_back("bad_capable")
    first.ack(mptcp=False)
    exchange(first, 200, 300)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="bad_capable", bytes=[200, 300],
           may=["version_negotiation", "capable_flags"],
           fallback=one("bad_capable", certainty=SAID, frames=[synack], says="(?i)version", never="as it must"))
    s.wait(20)
    connection = Connection(s, "two", version=0)
    first = connection.subflow(shifted(PATH_A, 1))
    first.syn()
    connection.fall_back("no_option_in_synack")
    first.synack(mptcp=False)
    first.ack(mptcp=False)
    exchange(first, 200, 300)
    connection.close()
    causes = ["no_option_in_synack", "bad_capable"]
    expect(s, connection, state="fallback", fallback_cause=causes, bytes=[200, 300],
           fallback=one(*causes, certainty=SAID + UNKNOWN, says="does not speak MPTCP version 0 there"))


@scene("bad-capable.pcap")
def plain_synack_then_reset(s):
    """The SYN/ACK has no MP_CAPABLE and the client's ACK none. MP_TCPRST on an ACK and an early RST do not make a
    complete handshake of it."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    first.synack(mptcp=False)
    synack = s.last()
    connection.fall_back("no_option_in_synack")
    first.ack(mptcp=False)
    first.pure_ack("client", mp_tcprst(1))
    first.data("server", 400)
    first.data("client", 100)
    first.reset("client", mp_tcprst(1))
    expect(s, connection, state="fallback", fallback_cause="no_option_in_synack", bytes=[100, 400],
           fallback=one("no_option_in_synack", certainty=GUESSED + PROVEN, frames=[synack],
                        never="handshake was complete"))


@scene("direction-missing-to-server.pcap")
def fallback_direction_missing(s):
    """Only what goes to the client was captured: a SYN/ACK with MP_CAPABLE and data without DSS. Whether the client's
    ACK had the option is not known."""
    s.directions = (False,)
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    first.synack()
    connection.fall_back("no_option_in_ack")
    first.ack(mptcp=False)
    for _ in range(4):
        exchange(first, 100, 200)
    expect(s, connection, rules={"data_mapped": NOT_BROKEN},
           fallback=none_of("no_option_in_synack", "mp_fail", "infinite_mapping", "options_lost_one_way",
                            certainty=GUESSED))


# --------------------------------------------------------------------------------------------- data in the SYN

COOKIE = b"\x22\x0a" + made_up("cookie", 8)


def fast_syn(s, connection, size, path=PATH_A, accepted=True, repeated=False):
    """A SYN with data, and the rest of the handshake."""
    first = connection.subflow(path)
    isn = first.isn["client"]
    payload = connection.content("client", connection.next["client"], size)
    first.send("client", SYN, [COOKIE, mp_capable(1)], payload, seq=isn, lost=not accepted)
    connection.tally["client"].add(0, isn + 1, size, "plain")
    if repeated:
        s.wait(1)
        first.send("client", SYN, [mp_capable(1)], seq=isn)
    if not accepted:
        first.got["server"].add(isn, isn + 1)
        first.next["client"] = isn + 1
    first.synack()
    first.ack()
    if accepted:
        first.isn["client"] += size  # subflow sequence number 1 is the first byte behind the SYN
    return first


def fast(s, connection, first_dsn, fin_dsn, **what):
    expect(s, connection, state="established", fallback_cause=None, bytes=bytes_of(connection),
           sent=sent_by(connection), fallback=None, close=one("data_fin"),
           rules={"data_mapped": NOT_BROKEN, "mapping_consistent": NOT_BROKEN, "data_same": NOT_BROKEN,
                  "data_ack_sent": NOT_BROKEN, "data_after_data_fin": NOT_BROKEN, "data_fin_acked": NOT_BROKEN},
           events=[event("first_data", None, sender="client", dsn=first_dsn + [None]),
                   event("data_fin", 1, sender="client", dsn=fin_dsn)], **what)


@scene("syn-data.pcap")
def syn_data(s):
    """Fast Open: 300 bytes come with the SYN, the SYN/ACK acknowledges them. 700 bytes in MP_CAPABLE follow, DSN 1,
    subflow sequence number 1, and 500 more: 1500 bytes, the DATA_FIN is number 1201."""
    connection = Connection(s, timestamps=True)
    first = fast_syn(s, connection, 300)
    first.data("client", 700)
    first.data("server", 90)
    first.data("client", 500)
    close(connection)
    connection.must_send("client", unique=1500)
    fast(s, connection, [1, -299], 1201)


@scene("syn-data.pcap")
def syn_data_large(s):
    """The same with 580 bytes in the SYN and nothing but a DATA_FIN and an answer behind it."""
    connection = Connection(s)
    first = fast_syn(s, connection, 580)
    first.data("server", 400)
    close(connection)
    connection.must_send("client", unique=580)
    fast(s, connection, [1, -579], 1)


@scene("syn-data.pcap", False)
@scene("syn-data.pcap", True)
def syn_data_refused(s, repeated):
    """The SYN has 300 bytes of data, but the SYN/ACK acknowledges only the SYN (in one file, one without data that was
    sent a second later). The data comes again as the first mapped data: once unique, once retransmitted."""
    connection = Connection(s, timestamps=True)
    first = fast_syn(s, connection, 300, accepted=False, repeated=repeated)
    first.data("client", 300)
    first.data("server", 90)
    first.data("client", 500)
    close(connection)
    connection.must_send("client", unique=800, tcp_retransmitted=300)
    fast(s, connection, [1], 801)


@scene("syn-data.pcap")
def syn_data_two_subflows(s):
    """Data in the SYN, and two subflows; 200 bytes that were sent on the first come again on the second: reinjected."""
    connection = Connection(s, timestamps=True)
    first = fast_syn(s, connection, 250)
    first.data("client", 100)
    second = connection.join()
    exchange(second, 120, 130)
    segment = first.data("client", 200, lost=True)
    s.wait(0.3)
    second.reinject(segment)
    first.resend(segment)
    connection.close()
    connection.must_send("client", unique=250 + 100 + 120 + 200, reinjected=200, tcp_retransmitted=200)
    fast(s, connection, [1, -249, 101], 421, single_subflow=None)


@scene("syn-data.pcap")
def syn_data_fallback(s):
    """Data in the SYN, and a server that does not speak Multipath TCP: all bytes count in the space of the subflow."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.send("client", SYN, [COOKIE, mp_capable(1)], connection.content("client", connection.next["client"], 200),
               seq=first.isn["client"])
    connection.tally["client"].add(0, first.isn["client"] + 1, 200, "plain")
    connection.fall_back("no_option_in_synack")
    first.synack(mptcp=False)
    first.ack(mptcp=False)
    exchange(first, 400, 500)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="no_option_in_synack", bytes=[600, 500],
           rules={"data_mapped": NOT_BROKEN}, fallback=one("no_option_in_synack"))


# ------------------------------------------------------------------------------ the version, when nobody asked for it

def unseen_beginning(s, name="one", number=0, version=1, octets=8, path=PATH_A):
    connection = Connection(s, name, version=version, dsn_octets=octets, ack_octets=octets)
    with s.unseen():
        exchange(connection.open(shifted(path, number)))
    return connection, connection.subflows[0]


VERSION_RULES = {rule: NOT_JUDGED for rule in ("add_addr_hmac", "add_addr_echo")}


@scene("version-midstream.pcap")
def version_midstream_v0(s):
    """Connections whose beginning was not captured, with ADD_ADDRs of version 0: IPv4, IPv4 with port, IPv6, IPv6 with
    port, each repeated. They have no HMAC and get no echo, as it must be."""
    for number, (address, port) in enumerate((("203.0.113.99", None), ("203.0.113.99", 7000), ("2001:db8:5::99", None),
                                              ("2001:db8:5::99", 7000))):
        connection, first = unseen_beginning(s, "v0 %d" % number, number, 0, 4)
        exchange(first)
        for _ in range(2):
            first.pure_ack("server", add_addr(0, 3, address, port))
            s.wait(3)
            exchange(first)
        expect(s, connection, version=0, rules=VERSION_RULES)


@scene("version-midstream.pcap")
def version_midstream_v1(s):
    """The same with the ADD_ADDRs of version 1, whose HMACs cannot be checked without keys; each is echoed."""
    for number, (address, port) in enumerate((("203.0.113.99", None), ("203.0.113.99", 7000), ("2001:db8:5::99", None),
                                              ("2001:db8:5::99", 7000))):
        connection, first = unseen_beginning(s, "v1 %d" % number, number)
        exchange(first)
        first.pure_ack("server", add_addr(1, 3, address, port, first.key_pair("server")))
        first.pure_ack("client", add_addr(1, 3, address, port))
        exchange(first)
        expect(s, connection, version=1, rules={"add_addr_hmac": NOT_JUDGED, "add_addr_echo": NOT_BROKEN,
                                                "option_length": NOT_BROKEN})


@scene("version-midstream.pcap")
def version_midstream_echo(s):
    """Only the echo of an ADD_ADDR was captured, which is of 8 octets as an ADD_ADDR of version 0 is, but has flag E:
    version 1."""
    connection, first = unseen_beginning(s)
    exchange(first)
    first.pure_ack("client", add_addr(1, 3, "203.0.113.99"))
    exchange(first)
    expect(s, connection, version=1, rules={"add_addr_hmac": NOT_JUDGED, "option_length": NOT_BROKEN})


@scene("version-midstream.pcap")
def version_midstream_unknown(s):
    """Nothing tells the version: DSS, a backup by MP_PRIO of 3 octets, REMOVE_ADDR. No rule of one version is
    judged."""
    connection, first = unseen_beginning(s)
    exchange(first)
    first.pure_ack("client", first.dss("client"), mp_prio(True))
    first.pure_ack("server", first.dss("server"), rm_addr(4))
    exchange(first)
    expect(s, connection, version=[None],
           rules=dict(VERSION_RULES, reset_reason=NOT_JUDGED, reset_reconnect=NOT_JUDGED))


# -------------------------------------------------------------------------------------- a direction was not captured

ANSWERED = ("join_unanswered", "join_refused", "join_no_option", "join_ack_missing", "add_addr_not_echoed",
            "add_addr_not_used", "no_address_known")


@scene("direction-missing-to-client.pcap")
def direction_missing_join_syn(s):
    """Only what goes to the server was captured: of a join there is one SYN. Whether it was answered is not known."""
    s.directions = (True,)
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    s.wait(2)
    exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, single_subflow=one("not_captured", certainty=UNKNOWN),
           close=none_of("fin_client", "fin", "data_fin_unacked"), rules={"data_fin_acked": NOT_JUDGED})


@scene("direction-missing-to-client.pcap")
def direction_missing_join_acked(s):
    """The same, and the client's ACK of the join: so a SYN/ACK came. What the server said to the ACK is not known."""
    s.directions = (True,)
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    join.ack()
    s.wait(2)
    exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, single_subflow=none_of(*ANSWERED, "too_short", certainty=UNKNOWN))


@scene("direction-missing-to-client.pcap")
def direction_missing_join_reset(s):
    """The same, and half a second later the client resets the subflow, reason 0: why is not known."""
    s.directions = (True,)
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    join.ack()
    s.wait(0.5)
    join.reset("client", mp_tcprst(0))
    reset = s.last()
    exchange(connection.subflows[0])
    s.wait(2)
    close(connection)
    expect(s, connection,
           single_subflow=none_of("join_unanswered", "join_refused", "join_no_option", "no_address_known"),
           reset=one("unspecified", certainty=SAID, frames=[reset], never="server reset|server refused"))


@scene("direction-missing-to-client.pcap")
def direction_missing_join_again(s):
    """Only what goes to the server was captured. The SYN of the join comes four times: its answer, if there was one,
    did not arrive; more is not known."""
    s.directions = (True,)
    connection = talk(s)
    join = tries_to_join(connection)
    for number in range(4):
        join.syn(lost=True)
        s.wait(2 ** number)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, single_subflow=one("not_captured", "join_unanswered", certainty=GUESSED))


@scene("direction-missing-to-client.pcap", True)
@scene("direction-missing-to-server.pcap", False)
def direction_missing_nothing(s, outgoing):
    """One direction was captured, and neither a join nor an announcement is in it. The other may have had them."""
    s.directions = (outgoing,)
    connection = talk(s, ack_octets=8)
    for _ in range(4):
        exchange(connection.subflows[0], 100, 200)
        s.wait(0.5)
    close(connection)
    expect(s, connection, single_subflow=one("not_captured", "no_address_known", certainty=GUESSED),
           close=none_of("fin_client", "fin_server", "fin", "data_fin_unacked", certainty=None),
           rules={"data_fin_acked": NOT_JUDGED, "data_ack_progress": NOT_JUDGED})


@scene("direction-missing-to-server.pcap")
def direction_missing_synack(s):
    """Only what goes to the client was captured. A join's SYN/ACK comes, and no more of it; the server's data on the
    first subflow goes on for seconds."""
    s.directions = (False,)
    connection = talk(s, dsn_octets=8, ack_octets=8)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    for _ in range(4):
        s.wait(0.7)
        exchange(connection.subflows[0])
    expect(s, connection, single_subflow=none_of(*ANSWERED, "too_short", certainty=GUESSED))


@scene("direction-missing-to-server.pcap")
def direction_missing_refused(s):
    """Only what goes to the client was captured. The join works: data of the client is acknowledged on it until the
    server ends it, with MP_FAIL and reason 6. It was not refused."""
    s.directions = (False,)
    connection = talk(s, dsn_octets=8, ack_octets=8)
    first, join = connection.subflows[0], connection.join()
    for _ in range(5):
        join.data("client", 300)
    exchange(join)
    failed = join.data("client", 300, answer=False)
    join.reset("server", mp_fail(failed.dsn), mp_tcprst(6))
    reset = s.last()
    first.reinject(failed)
    for _ in range(2):
        exchange(first)
    expect(s, connection, single_subflow=none_of(*ANSWERED),
           reset=one("middlebox", "mp_fail", frames=[reset], never="refused"))


@scene("direction-missing-to-server.pcap", "server")
@scene("direction-missing-to-client.pcap", "client")
def direction_missing_add_addr(s, who):
    """An address is announced three times in six seconds, and of the other direction no packet was captured: whether it
    was echoed is not known."""
    s.directions = (who == "client",)
    connection = talk(s, ack_octets=8)
    first = connection.subflows[0]
    for _ in range(3):
        first.pure_ack(who, add_addr(1, 2, "203.0.113.99" if who == "server" else "198.51.100.99",
                                     keys=first.key_pair(who)))
        exchange(first)
        s.wait(2)
    expect(s, connection, single_subflow=one("not_captured", certainty=UNKNOWN),
           rules={"add_addr_echo": NOT_JUDGED})


@scene("direction-missing-midstream.pcap")
def direction_missing_midstream(s):
    """Two packets: an ADD_ADDR of the server of one connection, an echo of the client of another."""
    connection, first = unseen_beginning(s)
    first.pure_ack("server", add_addr(1, 1, "203.0.113.99", keys=first.key_pair("server")),
                   dss(connection.idsn["client"] + 21, 4))
    expect(s, connection, version=1, rules={"add_addr_echo": NOT_JUDGED})
    s.wait(1)
    connection, first = unseen_beginning(s, "two", 1)
    first.pure_ack("client", add_addr(1, 1, "203.0.113.99"), first.dss("client"))
    expect(s, connection, rules={"add_addr_echo": NOT_JUDGED})


@scene("direction-missing-to-client.pcap", True)
@scene("direction-missing-to-server.pcap", False)
def direction_missing_acks(s, outgoing):
    """Two subflows, of which only one direction was captured. On the second there is data at the beginning only: no
    acknowledgment is there to tell whether it arrived."""
    s.directions = (outgoing,)
    connection, first, second = two(s, dsn_octets=8, ack_octets=8)
    who = "client" if outgoing else "server"
    for _ in range(2):
        second.data(who, 800)
    for _ in range(5):
        s.wait(1)
        first.data(who, 800)
    expect(s, connection, aggregation=none_of("stalled"), rules={"data_ack_progress": NOT_JUDGED},
           events=[event("stalled", 0)])


@scene("direction-missing-interface.pcapng")
def direction_missing_interface(s):
    """Two interfaces; of the second only what goes out was captured. The join there works: the client's data that went
    over it is covered by DATA_ACKs on the first. That nothing came back on it cannot be said."""
    s.two_interfaces()
    connection = talk(s)
    first = connection.subflows[0]
    with s.setting(directions=(True,)):
        join = connection.join(PATH_B._replace(interface=1))
    for _ in range(4):
        with s.setting(directions=(True,)):
            join.data("client", 600)
        first.data("client", 600)
        s.wait(1)
    for _ in range(3):
        first.data("client", 600)
        s.wait(1)
    with s.setting(directions=(True,)):
        join.data("client", 600)
    first.data("client", 600)
    expect(s, connection, aggregation=none_of("stalled"), events=[event("stalled", 0)],
           single_subflow=none_of("join_unanswered", "join_ack_missing", "join_refused", "join_no_option",
                                  certainty=UNKNOWN),
           rules={"data_ack_progress": NOT_BROKEN})


@scene("direction-missing-to-client.pcap", True)
@scene("direction-missing-to-server.pcap", False)
def direction_missing_fin(s, outgoing):
    """An orderly end, of which only one direction was captured. That only one end closed cannot be said."""
    s.directions = (outgoing,)
    connection = talk(s, dsn_octets=8, ack_octets=8)
    first = connection.subflows[0]
    exchange(first, 300, 400)
    first.data_fin("client")
    first.data_fin("server")
    first.fin()
    expect(s, connection, rules={"data_fin_acked": NOT_JUDGED},
           close=none_of("fin_client", "fin_server", "data_fin_unacked"))


@scene("data-fin.pcap")
def fin_of_one_side(s):
    """Both directions were captured: the client closes, by DATA_FIN and FIN, which the server acknowledges. Then
    nothing comes of the server but ACKs of the client's keep-alives, for 20 s: only the client closed."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("client")
    first.send("client", FIN, [first.dss("client")])
    fin = s.last()
    first.pure_ack("server")
    for _ in range(2):
        s.wait(10)
        first.send("client", ACK, [first.dss("client")], seq=first.next["client"] - 1)
        first.pure_ack("server")
    expect(s, connection, close=one("fin_client", certainty=SAID, some=[fin]), rules={"data_fin_acked": ["ok"]})


# --------------------------------------------------------------------------------------- an interface was not captured

ABOVE = {"data_ack_sent": NOT_BROKEN, "data_fin_acked": NOT_BROKEN}


@scene("one-interface.pcap", "client")
@scene("one-interface.pcap", "server")
def one_interface(s, who):
    """Two subflows, of which one was captured. The DATA_ACKs there cover data that went over the other; the connection
    is still open at the end."""
    connection = talk(s)
    first = connection.subflows[0]
    with s.unseen():
        join = connection.join()
    for _ in range(4):
        with s.unseen():
            join.data(who, 500)
        first.data(who, 100)
    expect(s, connection, state="established", rules=ABOVE,
           single_subflow=one("one_interface", certainty=SAID, says="^At least 2000 bytes "))


@scene("one-interface.pcap")
def one_interface_announced(s):
    """The same, and the server's announcement of a second address and the client's echo were captured; the join to it
    went out elsewhere. The address was not left unused."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.pure_ack("server", add_addr(1, 2, PATH_C.server, keys=first.key_pair("server")))
    first.pure_ack("client", add_addr(1, 2, PATH_C.server))
    with s.unseen():
        join = connection.join(PATH_C._replace(client=PATH_B.client), address_id=1)
    for _ in range(3):
        with s.unseen():
            join.data("client", 44)
            join.data("server", 700)
        exchange(first, 60, 80)
        first.pure_ack("client")
    s.wait(1)
    first.reset("server")
    expect(s, connection, rules=ABOVE, single_subflow=one("one_interface", certainty=SAID))


@scene("one-interface.pcap", version=0)
def one_interface_closed(s, version):
    """Version 0, an orderly end; the other subflow carried the last data, above which the DATA_FIN stands."""
    connection = talk(s, version=version)
    with s.unseen():
        join = connection.join()
        join.data("server", 900)
        join.data("client", 900)
    exchange(connection.subflows[0])
    with s.unseen():
        join.data("client", 900)
    close(connection)
    expect(s, connection, rules=ABOVE, single_subflow=one("one_interface", certainty=SAID), close=one("data_fin"))


@scene("one-interface.pcap")
def hole(s):
    """500 bytes of the client were not captured on the only subflow: the gap in the subflow's numbers is as large as
    that in the data's. No other interface is needed to explain the DATA_ACK."""
    connection = talk(s)
    first = connection.subflows[0]
    with s.unseen():
        first.data("client", 500, answer=False)
    first.data("client", 200)
    exchange(first)
    close(connection)
    expect(s, connection, rules=ABOVE, single_subflow=none_of("one_interface"), close=one("data_fin"))


# ------------------------------------------------------------------------------------------------ options that are cut

CUT = "the options of %d packets are cut"


@scene("cut-54.pcap", snaplen=54)
@scene("cut-66.pcap", snaplen=66)
@scene("cut-74.pcap", snaplen=74)
@scene("cut-86.pcap", snaplen=86)
@scene("cut-94.pcap", snaplen=94)
def cut(s):
    """A whole conversation of two subflows, with time stamps, captured with a small snaplen. Up to 74 octets no option
    of Multipath TCP is left; up to 94 some are cut; above only payload is."""
    connection = talk(s, (PATH_A, PATH_B), timestamps=True)
    for _ in range(2):
        exchange(connection.subflows[0], 300, 400)
    connection.close()
    cut_off = sum(len(frame.data) > s.interfaces[0].snaplen and
                  14 + 20 + (frame.data[46] >> 4 << 2) > s.interfaces[0].snaplen for frame in s.frames)
    if cut_off:
        s.expected["warnings"] = [CUT % cut_off]
        if s.interfaces[0].snaplen >= 86:
            expect(s, connection, state=["established", "incomplete"], fallback_cause=None, fallback=None,
                   single_subflow=none_of("join_unanswered", "join_no_option", "join_ack_missing", "no_address_known",
                                          certainty=GUESSED), rules={"data_mapped": NOT_BROKEN},
                   close=none_of("data_fin_unacked"))
    else:
        s.expected["no_warnings"] = ["options of"]
        is_healthy(s, connection, single_subflow=None, close=one("data_fin"))


@scene("cut-v6-74.pcap", snaplen=74)
def cut_v6(s):
    """IPv6 without time stamps: a snaplen of 74 leaves not one octet of TCP options."""
    talk(s, (PATH_A6,), close=True)
    s.expected["warnings"] = [CUT % sum(frame.data[66] >> 4 > 5 for frame in s.frames)]


@scene("cut-plain-60.pcap", snaplen=60)
def cut_plain(s):
    """Plain TCP with options, cut at 60 octets: whether there was Multipath TCP cannot be told."""
    craft.plain_tcp(s, PATH_A)
    s.expected["warnings"] = [CUT % sum(frame.data[46] >> 4 > 6 for frame in s.frames)]


# ---------------------------------------------------------------------------------------- joins: refused by a RST

def refused(s, join, certainty=SAID, causes=("join_refused",), **what):
    """The RST was the last packet."""
    mark = s.last()
    what.setdefault("says", named(s, join.path.client, join.path.client_port))
    return one(*causes, certainty=certainty, frames=[mark], **what)


@scene("join-refused-linux.pcap", linux=True)
def join_refused_reason(s):
    """The server answers the SYN of a join by RST with a reason: 1, unknown token; 3, prohibited; 5, performance; each
    in a connection of its own that goes on for seconds."""
    for number, reason in enumerate((1, 3, 5)):
        connection = talk(s, (shifted(PATH_A, number),), name="reason %d" % reason)
        join = tries_to_join(connection, shifted(PATH_B, number))
        join.syn()
        join.reset("server", mp_tcprst(reason))
        wanted = refused(s, join, says=r"reason %d|prohibited" % reason)
        for _ in range(3):
            s.wait(1)
            exchange(connection.subflows[0])
        close(connection)
        expect(s, connection, single_subflow=wanted, close=one("data_fin"), subflows=1)
        s.wait(10)


@scene("join-refused.pcap", version=1)
@scene("join-refused.pcap", version=0)
def join_refused_plain(s, version):
    """The RST has no reason. It has the TTL and the next IP id of the server."""
    connection = talk(s, version=version, timestamps=True)
    join = tries_to_join(connection)
    join.syn()
    join.reset("server")
    wanted = refused(s, join)
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=wanted, subflows=1, reset=none_of("forged", "bad_join"))


@scene("join-refused-port-0.pcap")
def join_refused_port_0(s):
    """The server announces an address without a port, and the client joins it at port 0, which nobody can listen on:
    RST. The capture ends a few milliseconds after the announcement: whether an echo came is not known."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.pure_ack("server", add_addr(1, 1, PATH_C.server, keys=first.key_pair("server")))
    join = tries_to_join(connection, Path(PATH_B.client, 40002, PATH_C.server, 0, 0, 1))
    join.syn()
    join.reset("server")
    wanted = refused(s, join, says=r"port 0\b|:0\b")
    expect(s, connection, single_subflow=wanted, rules={"add_addr_echo": NOT_JUDGED + ["ok"]})


@scene("join-refused.pcap")
def join_by_server_refused(s):
    """The client announced an address with a port; the server joins it, and the client answers by RST with reason 3.
    The sentence says who joined whom."""
    connection = talk(s)
    first = connection.subflows[0]
    first.pure_ack("client", add_addr(1, 2, "198.51.100.1", 7000, first.key_pair("client")))
    first.pure_ack("server", add_addr(1, 2, "198.51.100.1", 7000))
    join = connection.subflow(Path("198.51.100.1", 7000, "203.0.113.10", 50001, 0, 30), opener="server", address_id=0)
    join.syn()
    join.reset("client", mp_tcprst(3))
    wanted = refused(s, join, says=["(?i)server", named(s, "198.51.100.1", 7000)])
    for _ in range(3):
        s.wait(1)
        exchange(first)
    close(connection, first)
    expect(s, connection, single_subflow=wanted, subflows=1)


@scene("join-unanswered.pcap")
def join_by_server_unanswered(s):
    """The server's SYN to the announced address comes three times and the client never answers, while its other packets
    were captured."""
    connection = talk(s)
    first = connection.subflows[0]
    first.pure_ack("client", add_addr(1, 2, "198.51.100.1", 7000, first.key_pair("client")))
    first.pure_ack("server", add_addr(1, 2, "198.51.100.1", 7000))
    join = connection.subflow(Path("198.51.100.1", 7000, "203.0.113.10", 50001, 0, 30), opener="server", address_id=0)
    syns = []
    for number in range(3):
        join.syn(lost=True)
        syns.append(s.last())
        s.wait(2 ** number)
        exchange(first)
    close(connection, first)
    expect(s, connection, single_subflow=one("join_unanswered", certainty=LIKELY, some=syns, says="(?i)server",
                                             never="the client joined"))


def joined_up_to_ack(s, version=1, path=PATH_B, connection=None, **how):
    connection = connection or talk(s, version=version, timestamps=True)
    join = tries_to_join(connection, path)
    join.syn()
    join.synack()
    join.send("client", ACK, [mp_join_ack(mac_of(connection.version, *join.key_pair("client"),
                                                 join.nonce["client"] + join.nonce["server"]))], **how)
    return connection, join


@scene("join-reset.pcap")
def join_ack_reset_limit(s):
    """SYN, SYN/ACK and ACK of a join are right; the server answers the ACK by RST with reason 3, as Linux does when its
    limit is reached."""
    connection, join = joined_up_to_ack(s)
    join.reset("server", mp_tcprst(3))
    reset = s.last()
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=one("join_refused", "subflow_limit", certainty=SAID, frames=[reset]),
           reset=one("bad_join", "prohibited", certainty=SAID, frames=[reset]))


@scene("join-reset.pcap", [mp_tcprst(1)], version=1)
@scene("join-reset.pcap", [], version=1)
@scene("join-reset.pcap", [], version=0)
def join_ack_reset(s, options, version):
    """SYN, SYN/ACK and ACK of a join are right where they were captured, at the client; the server answers the ACK by
    RST, with reason 1 or without one. It did not like the ACK that it got: another one, probably."""
    connection, join = joined_up_to_ack(s, version)
    join.reset("server", *options)
    reset = s.last()
    stays_on_first(s, connection)
    causes = ["join_stripped"] if options else ["join_stripped", "join_refused"]
    expect(s, connection, single_subflow=one(*causes, certainty=LIKELY, frames=[reset]),
           reset=one("bad_join", certainty=SAID, frames=[reset]))


@scene("join-reset.pcap")
def join_ack_hmac(s):
    """The HMAC in the ACK of a join is wrong where the client sends it: the server resets, reason 1."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    mac = mac_of(1, *join.key_pair("client"), join.nonce["client"] + join.nonce["server"])[:20]
    join.send("client", ACK, [mp_join_ack(mac[:7] + bytes([mac[7] ^ 1]) + mac[8:])])
    ack = s.last()
    join.reset("server", mp_tcprst(1))
    reset = s.last()
    for _ in range(2):
        s.wait(1)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, may=["join_hmac_ack"], rules={"join_hmac_ack": ["violated"]},
           single_subflow=one("join_hmac_wrong", certainty=SAID, some=[ack, reset], says="HMAC"),
           reset=one("bad_join", certainty=SAID, frames=[reset]))


@scene("join-reset.pcap")
def join_synack_plain(s):
    """The SYN/ACK of a join has no MP_JOIN; the client resets with reason 1. One capture cannot tell whether the server
    sent it so."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.send("server", SYN, seq=join.isn["server"])
    synack = s.last()
    join.reset("client", mp_tcprst(1))
    for _ in range(2):
        s.wait(1)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, subflows=1, single_subflow=one("join_no_option", "join_stripped", certainty=LIKELY,
                                                         frames=[synack], named=["join_no_option", "join_stripped",
                                                                                 "middlebox"]))


@scene("join-reset.pcap")
def several_fates(s):
    """Three joins: the SYN of one is never answered, that of the second is refused with reason 3, the third gets a
    SYN/ACK without MP_JOIN, and the client resets it. In a second connection two fail and the third works."""
    connection = talk(s)
    tries_to_join(connection).syn(lost=True)
    s.wait(1)
    join = tries_to_join(connection, PATH_B._replace(client_port=40012))
    join.syn()
    join.reset("server", mp_tcprst(3))
    s.wait(1)
    join = tries_to_join(connection, PATH_B._replace(client_port=40022))
    join.syn()
    join.send("server", SYN, seq=join.isn["server"])
    join.reset("client", mp_tcprst(1))
    s.wait(1)
    exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, subflows=1, single_subflow=one("join_no_option", "join_stripped", certainty=GUESSED + PROVEN))
    s.wait(10)
    connection = talk(s, (shifted(PATH_A, 1),), name="two")
    tries_to_join(connection, shifted(PATH_B, 1)).syn(lost=True)
    s.wait(1)
    join = tries_to_join(connection, shifted(PATH_B, 1)._replace(client_port=40112))
    join.syn()
    join.reset("server", mp_tcprst(2, transient=True))
    s.wait(1)
    exchange(connection.join(shifted(PATH_B, 1)._replace(client_port=40122), address_id=1))
    close(connection, connection.subflows[0], connection.subflows[3])
    expect(s, connection, subflows=2, single_subflow=None)


# --------------------------------------------------------------------------------------------- joins: ICMP, silence

UNREACHABLE = "(?i)unreachable|no route"
FORBIDDEN = "(?i)admin|prohibit|filter"


def rejected(s, connection, join, router, kind, code, words, size=None, interface=0):
    """An ICMP error answers the SYN of a join, and again when that is repeated."""
    errors = []
    for seconds in (1, 2):
        join.syn(lost=True)
        quoted = s.octets
        s.wait(0.02)
        errors.append(icmp_error(s, router, join.path.client, kind, code, quoted, size, interface=interface))
        s.wait(seconds)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, subflows=1, single_subflow=one(
        "join_icmp", certainty=SAID, some=errors, says=[words, re.escape(router)]))


def icmp_case(s, number, router, kind, code, words, size=None, paths=(PATH_A, PATH_B)):
    connection = talk(s, (shifted(paths[0], number),), name="icmp %d" % number)
    rejected(s, connection, tries_to_join(connection, shifted(paths[1], number)), router or
             shifted(paths[1], number).server, kind, code, words, size)
    s.wait(10)


@scene("join-icmp.pcap")
def join_icmp_filtered(s):
    """A router says by ICMP that the SYN of the join is administratively prohibited: codes 9, 10 and 13. It quotes all
    of the SYN, or the 8 octets of TCP that it must."""
    for number, (code, size) in enumerate(((9, None), (10, 8), (13, 8))):
        icmp_case(s, number, MIDDLE, 3, code, FORBIDDEN, size)


@scene("join-icmp.pcap")
def join_icmp_unreachable(s):
    """The same: network unreachable and host unreachable from a router, port unreachable from the host itself."""
    for number, (router, code, size) in enumerate(((MIDDLE, 0, 8), (MIDDLE, 1, None), (None, 3, 28))):
        icmp_case(s, number, router, 3, code, UNREACHABLE, size)


@scene("join-icmp-v6.pcap")
def join_icmp_v6(s):
    """ICMPv6: no route (1, 0), administratively prohibited (1, 1), both from a router; port unreachable (1, 4) from the
    host."""
    for number, (router, code, words) in enumerate((("2001:db8:ffff::1", 0, UNREACHABLE),
                                                    ("2001:db8:ffff::1", 1, FORBIDDEN), (None, 4, UNREACHABLE))):
        icmp_case(s, number, router, 1, code, words, None, (PATH_A6, PATH_B6))


@scene("join-icmp-interface.pcapng")
def join_icmp_interface(s):
    """Two interfaces; on the second there is nothing but the SYN of the join and the answer of a router."""
    s.two_interfaces()
    connection = talk(s, timestamps=True)
    rejected(s, connection, tries_to_join(connection, PATH_B._replace(interface=1)), "198.51.100.254", 3, 13, FORBIDDEN,
             interface=1)


@scene("join-icmp.pcap")
def join_icmp_of_another(s):
    """The SYN of the join gets no answer. ICMP errors come that quote other packets: a SYN from another port, a SYN
    with another sequence number from long ago, a data packet of the first subflow (fragmentation needed). None answers
    it."""
    connection = talk(s)
    first = connection.subflows[0]
    join = tries_to_join(connection)
    syns = []
    for seconds in (1, 2):
        join.syn(lost=True)
        syns.append(s.last())
        for other in (PATH_B._replace(client_port=40099), PATH_B._replace(client_port=40098, server_port=5002)):
            with s.unseen():
                s.packet(other.client, other.server, TCP, craft.tcp(other.client, other.server, other.client_port,
                                                                    other.server_port, 99, 0, SYN))
            icmp_error(s, MIDDLE, other.client, 3, 13, s.octets, 8)
        s.wait(seconds)
        first.data("client", 100, answer=False)
        quoted = s.octets
        first.pure_ack("server")
        icmp_error(s, MIDDLE, PATH_A.client, 3, 4, quoted, 8)
        exchange(first)
    close(connection, first)
    expect(s, connection, subflows=1, state="established",
           single_subflow=one("join_unanswered", certainty=LIKELY, some=syns, never="ICMP|203\\.0\\.113\\.201"))


@scene("join-icmp.pcap")
def join_icmp_then_works(s):
    """The first SYN of a join is answered by ICMP host unreachable, the second by a SYN/ACK: two subflows work."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn(lost=True)
    icmp_error(s, MIDDLE, join.path.client, 3, 1, s.octets, 8)
    s.wait(1)
    join.syn()
    join.synack()
    join.ack()
    exchange(join)
    connection.close()
    is_healthy(s, connection, subflows=2, single_subflow=None, close=one("data_fin"))


def silent(s, connection, path, seconds=(1, 2, 4), **how):
    join = tries_to_join(connection, path, **how)
    syns = []
    for wait in seconds:
        join.syn(lost=True)
        syns.append(s.last())
        s.wait(wait)
        exchange(connection.subflows[0])
    return syns


@scene("join-unanswered.pcap", PATH_B)
@scene("join-unanswered.pcap", PATH_B6)
def join_unanswered(s, path):
    """The SYN of a join comes three times and is not answered, while packets of the server arrive where it was sent. It
    or the answer was lost: not proven by one capture."""
    connection = talk(s, (PATH_A6 if path is PATH_B6 else PATH_A,), timestamps=True)
    syns = silent(s, connection, path)
    close(connection)
    says = [named(s, path.client, 40002), named(s, path.server, 5001)]
    expect(s, connection, subflows=1, single_subflow=one("join_unanswered", certainty=LIKELY, some=syns, says=says))


@scene("join-unanswered-other-interface.pcapng")
def join_unanswered_other_interface(s):
    """Two interfaces: of the second only the SYNs of the join were captured, of the first both directions."""
    s.two_interfaces()
    connection = talk(s)
    syns = silent(s, connection, PATH_B._replace(interface=1))
    close(connection)
    expect(s, connection, subflows=1,
           single_subflow=one("join_unanswered", "not_captured", certainty=GUESSED, some=syns))


@scene("join-unanswered-nowhere.pcapng")
def join_unanswered_nowhere(s):
    """Two interfaces, and of both only what goes out was captured."""
    s.two_interfaces()
    s.directions = (True,)
    connection = talk(s)
    join = tries_to_join(connection, PATH_B._replace(interface=1))
    join.syn()
    s.wait(3)
    for _ in range(3):
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, single_subflow=one("not_captured", certainty=UNKNOWN))


# ------------------------------------------------------------------------------------------------- joins: too late

@scene("too-short.pcap", version=1, reason=[mp_tcprst(1)])
@scene("too-short.pcap", version=0, reason=[])
def too_short_before(s, version, reason):
    """The client says DATA_FIN and sends the SYN of a join 4 ms later; the connection closes. When the SYN arrives
    there is none any more: RST, reason 1 (unknown token) or none."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    first.data_fin("client", answer=False)
    fin = s.last()
    s.wait(0.004)
    join = tries_to_join(connection)
    join.syn()
    syn = s.last()
    s.now -= 4_000_000  # the first subflow's answers come before the join's
    first.data_fin("server", answer=False)
    first.pure_ack("client")
    first.fin()
    join.reset("server", *reason)
    expect(s, connection, subflows=1, close=one("data_fin"),
           single_subflow=one("too_short", certainty=SAID, some=[fin, syn]))


@scene("too-short.pcap")
def too_short_after(s):
    """The SYN of a join goes out, and 6 ms later the server's DATA_FIN arrives; the connection closes, and nobody
    answers the SYN."""
    connection = talk(s)
    first = connection.subflows[0]
    join = tries_to_join(connection)
    join.syn(lost=True)
    syn = s.last()
    s.wait(0.006)
    first.data_fin("server", answer=False)
    fin = s.last()
    first.data_fin("client")
    first.fin()
    expect(s, connection, subflows=1, close=one("data_fin"),
           single_subflow=one("too_short", certainty=SAID, some=[fin, syn]))


@scene("too-short.pcap", "client")
@scene("too-short.pcap", "server")
def too_short_fastclose(s, who):
    """5 ms after the SYN of a join the connection is aborted: RST with MP_FASTCLOSE. The join ends by RST with reason
    0, too, of who aborted."""
    connection = talk(s)
    first = connection.subflows[0]
    join = tries_to_join(connection)
    join.syn()
    syn = s.last()
    s.wait(0.005)
    first.reset(who, mp_fastclose(connection.key[OTHER[who]]), mp_tcprst(0))
    abort = s.last()
    join.reset(who, mp_tcprst(0))
    expect(s, connection, subflows=1, single_subflow=one("too_short", certainty=SAID, some=[abort, syn]),
           close=one("fastclose_" + who, frames=[abort]),
           reset=only(one("fastclose", certainty=SAID, frames=[abort], says=who), extra=["fastclose"]))


@scene("too-short.pcap")
def too_short_reset(s):
    """7 ms after the SYN of a join the client resets its only subflow; the server answers the SYN by RST, reason 1, as
    it does not know the token any more."""
    connection = talk(s)
    first = connection.subflows[0]
    join = tries_to_join(connection)
    join.syn()
    syn = s.last()
    s.wait(0.007)
    first.reset("client", mp_tcprst(0))
    end = s.last()
    s.wait(0.02)
    join.reset("server", mp_tcprst(1))
    expect(s, connection, subflows=1, single_subflow=one("too_short", certainty=SAID, some=[end, syn]),
           close=one("reset_client"))


@scene("too-short.pcap")
def too_short_closed(s):
    """Both ends have closed, by DATA_FIN and FIN; the SYN of a join leaves 3 ms after the last of them, and the server
    answers by RST with reason 1."""
    connection = talk(s)
    close(connection)
    last = s.last()
    s.wait(0.003)
    join = tries_to_join(connection)
    join.syn()
    syn = s.last()
    join.reset("server", mp_tcprst(1))
    expect(s, connection, subflows=1, close=one("data_fin"),
           single_subflow=one("too_short", certainty=SAID, some=[syn, last, s.last()]))


@scene("too-short-ok.pcap")
def not_too_short_silence(s):
    """The SYN of a join is sent twice and not answered; the connection goes on for two seconds before it closes: it was
    long enough. Round trips take 10 and 30 ms."""
    connection = talk(s)
    syns = silent(s, connection, PATH_B, (1, 2))
    close(connection)
    expect(s, connection, subflows=1, close=one("data_fin"),
           single_subflow=one("join_unanswered", certainty=LIKELY, some=syns))


@scene("too-short-ok.pcap")
def not_too_short_reset(s):
    """The SYN of a join is refused by RST with reason 1, a round trip later. Half a second later the connection closes:
    it was not closing when it was refused."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.reset("server", mp_tcprst(1))
    wanted = refused(s, join)
    for _ in range(5):
        s.wait(0.1)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, subflows=1, single_subflow=wanted)


# ------------------------------------------------------------------------------------- joins: the wrong interface

@scene("wrong-interface.pcapng", True)
@scene("wrong-interface-idle.pcapng", False)
def wrong_interface(s, busy):
    """Two interfaces. The client's 198.51.100.1 is on wlan0, as a connection of its own shows (in one file only ARP
    does), but the SYN of the join from that address left by eth0, which is that of 192.0.2.1. It is never answered."""
    s.two_interfaces()
    if busy:
        craft.plain_tcp(s, Path("198.51.100.1", 43210, "203.0.113.77", 443, 1, 20))
        s.wait(1)
    else:
        s.frame(craft.arp_request("198.51.100.1", "198.51.100.254"), craft.ARP, True, 1)
    connection = talk(s, timestamps=True)
    syns = silent(s, connection, PATH_B._replace(interface=0))
    close(connection)
    expect(s, connection, subflows=1, single_subflow=one(
        "wrong_interface", certainty=SAID if busy else LIKELY, some=syns, says=["eth0", r"198\.51\.100\.1\b"]))


@scene("one-interface-two-addresses.pcapng")
def two_addresses(s):
    """A healthy client has both of its addresses on eth0; wlan0 carries a connection of another address. The join from
    the second address works. Then a second join from there is not answered: that is no matter of interfaces."""
    s.two_interfaces()
    craft.plain_tcp(s, Path("192.0.2.99", 43210, "203.0.113.77", 443, 1, 20))
    connection = talk(s, (PATH_A, PATH_B))
    for subflow in connection.subflows:
        exchange(subflow)
    connection.close()
    is_healthy(s, connection, subflows=2, single_subflow=None)
    s.wait(20)
    connection = talk(s, (PATH_A._replace(client_port=40101),), name="two")
    syns = silent(s, connection, PATH_B._replace(client_port=40102))
    close(connection)
    expect(s, connection, subflows=1, single_subflow=one("join_unanswered", certainty=LIKELY, some=syns))


@scene("join-unanswered.pcap")
def second_address(s):
    """One interface was captured, and the join from a second address is not answered. Which interface that address
    belongs to, the capture does not say."""
    connection = talk(s)
    syns = silent(s, connection, ELSEWHERE)
    close(connection)
    expect(s, connection, subflows=1,
           single_subflow=one("join_unanswered", certainty=LIKELY, some=syns, says=r"198\.51\.100\.77"))


# ---------------------------------------------------------------------------------------------------- who sent the RST

def plain_rst(subflow, who):
    """A RST without an acknowledgment, as who has no socket sends it."""
    (source, source_port), (target, target_port) = subflow.source(who), subflow.source(OTHER[who])
    segment = craft.tcp(source, target, source_port, target_port, subflow.next[who], 0, RST)
    subflow.capture.packet(source, target, TCP, segment, who == "client", subflow.path.interface)


def goes_on(s, dead, alive, size=300):
    """The server sends on where the client was told that it is over; the client answers by RST, and the data comes on
    the other subflow."""
    for _ in range(2):
        segment = dead.data("server", size, answer=False, lost=True)
        plain_rst(dead, "client")
        s.wait(0.2)
    alive.reinject(segment)
    for _ in range(2):
        exchange(alive, 100, 200)


@scene("forged-linux.pcap", linux=True)
def forged_rst(s):
    """A RST ends the first of two subflows. It comes from 3 hops, the server's packets from 7; its IP id is 0; and the
    server goes on there: it did not send it."""
    connection, first, second = two(s, timestamps=True)
    with s.setting(ttl=61, ident=0):
        plain_rst(first, "server")
    reset = s.last()
    goes_on(s, first, second)
    second.data_fin("client", answer=False)
    second.data_fin("server", answer=False)
    second.fin()
    expect(s, connection, subflows=2, close=none_of("reset_server", "reset_client"),
           reset=only(one("forged", certainty=SAID, frames=[reset], never="^The server reset"), extra=["forged"]))


@scene("forged.pcap")
def forged_rst_far(s):
    """The forged RST has a larger TTL than the server could send from there, 250 as from a box that begins with 255,
    and the server's next id but three; ids and data of the server go on as if nothing had been."""
    connection, first, second = two(s)
    exchange(first, 100, 500)
    with s.setting(ttl=250, ident=(s.ids[False] + 4000) & 0xFFFF):
        first.send("server", RST, [], seq=first.next["server"])
    reset = s.last()
    goes_on(s, first, second)
    expect(s, connection, reset=only(one("forged", certainty=SAID, frames=[reset], never="^The server reset"),
                                     extra=["forged"]), close=none_of("reset_server", "reset_client"))


@scene("forged.pcap")
def forged_rst_v6(s):
    """IPv6 has no id: the hop limit, and the data that follows, tell."""
    connection = talk(s, (PATH_A6, PATH_B6), timestamps=True)
    first, second = connection.subflows
    with s.setting(ttl=62):
        first.send("server", RST, [], seq=first.next["server"])
    reset = s.last()
    goes_on(s, first, second)
    expect(s, connection, reset=only(one("forged", certainty=SAID, frames=[reset], never="^The server reset"),
                                     extra=["forged"]))


@scene("forged.pcap")
def forged_rst_only(s):
    """The RST on the only subflow has another TTL than all packets of the server, and nothing follows: the server may
    have sent it or not."""
    connection = talk(s)
    first = connection.subflows[0]
    exchange(first, 100, 500)
    with s.setting(ttl=61):
        first.send("server", RST, [], seq=first.next["server"])
    reset = s.last()
    expect(s, connection, reset=one("forged", "no_reason", certainty=GUESSED, frames=[reset]))


@scene("forged-ok.pcap")
@scene("forged-linux.pcap", linux=True)
def real_rst(s):
    """The server resets the second of two subflows: same TTL, and the next id of the host, or 0, as Linux has when
    there is no socket any more."""
    connection, first, second = two(s, timestamps=True)
    exchange(second, 50, 60)
    if s.linux:
        plain_rst(second, "server")
    else:
        second.reset("server")
    reset = s.last()
    for _ in range(2):
        exchange(first, 100, 200)
    close(connection, first)
    expect(s, connection, subflows=2, close=one("data_fin"),
           reset=one("no_reason", certainty=SAID, frames=[reset], says="(?i)server"))


@scene("forged-ok.pcap")
def real_rst_overtakes(s):
    """The server's RST overtakes three of its data packets, whose ids and numbers are below its own: it is real."""
    connection, first, second = two(s)
    for _ in range(3):
        second.data("server", 300, answer=False)
    second.send("server", RST, [], seq=second.next["server"])
    reset = s.last()
    frames = s.frames[-4:]
    order = [frames[3], *frames[:3]]
    s.frames[-4:] = [frame._replace(time=place.time) for frame, place in zip(order, frames)]
    reset["client"] = s.frames[-4]
    s.wait(0.1)
    for number in range(3):
        first.data("server", 300, dsn=connection.next["server"] - 900 + 300 * number)
    close(connection, first)
    expect(s, connection, close=one("data_fin"),
           reset=one("no_reason", certainty=SAID, frames=[reset], says="(?i)server"))


@scene("forged-ok.pcap")
def real_rst_other_path(s):
    """The packets of the second subflow come over a longer path: their TTL is another than that of the first, and the
    server's RST there has it, too. It is real, whatever the TTL of the first subflow."""
    connection = talk(s)
    first = connection.subflows[0]
    with s.setting(hops=12):
        second = connection.join()
        exchange(second, 60, 70)
        second.pure_ack("client")
        second.reset("server", mp_tcprst(5))
    reset = s.last()
    exchange(first)
    close(connection, first)
    expect(s, connection, reset=one("bad_performance", certainty=SAID, frames=[reset], says="(?i)server"))


@scene("forged.pcap")
def forged_synack(s):
    """A box 2 hops away answers the SYN itself, without MP_CAPABLE; the packets of the server that follow come from 7
    hops. Nobody can say that the server does not speak Multipath TCP."""
    connection = Connection(s, timestamps=True)
    first = connection.subflow(PATH_A)
    first.syn()
    connection.fall_back("no_option_in_synack")
    with s.setting(ttl=62, ident=0):
        first.synack(mptcp=False)
    synack = s.last()
    first.ack(mptcp=False)
    for _ in range(3):
        exchange(first, 100, 200)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="no_option_in_synack", fallback=one(
        "no_option_in_synack", "middlebox", certainty=LIKELY, frames=[synack],
        says="(?i)between|on the way|something|TTL|forged"))


# ----------------------------------------------------------------------------------- options that have no effect

@scene("no-effect-fastclose.pcap", version=1)
@scene("no-effect-fastclose.pcap", version=0)
def no_effect_fastclose(s, version):
    """An MP_FASTCLOSE of the client, on an ACK, names a key that is not the server's. It has no effect: the connection
    goes on, and closes in order."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    first.pure_ack("client", mp_fastclose(made_up("nobody's key", 8)))
    wrong = s.last()
    for _ in range(3):
        exchange(first, 100, 200)
    close(connection)
    expect(s, connection, state="established", bytes=bytes_of(connection), may=["fastclose_key"],
           rules={"fastclose_key": ["violated"]}, reset=None, close=one("data_fin", without=[wrong]),
           single_subflow=none_of("too_short"), counters=[["server", "MPFastcloseRx", 0]])


@scene("no-effect-fastclose.pcap", version=1)
@scene("no-effect-fastclose.pcap", version=0)
def no_effect_then_right(s, version):
    """First the wrong key, and data goes on; a second later the right one: the client aborted there."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    first.pure_ack("client", mp_fastclose(connection.key["client"]))
    wrong = s.last()
    exchange(first, 100, 200)
    s.wait(1)
    option = mp_fastclose(connection.key["server"])
    first.pure_ack("client", option)
    right = s.last()
    first.reset("server", *([mp_tcprst(0)] if version else []))
    expect(s, connection, may=["fastclose_key"], rules={"fastclose_key": ["violated"]},
           reset=only(one("fastclose", certainty=SAID, frames=[right], without=[wrong], says="(?i)client"),
                      extra=["fastclose"]),
           close=one("fastclose_client", frames=[right], without=[wrong]))


@scene("no-effect-fastclose.pcap")
def no_effect_fastclose_rst(s):
    """The client resets the second of two subflows with an MP_FASTCLOSE that has a wrong key: the RST counts, for this
    subflow, and the connection goes on over the first."""
    connection, first, second = two(s)
    second.reset("client", mp_fastclose(connection.key["client"]), mp_tcprst(0))
    reset = s.last()
    for _ in range(3):
        exchange(first, 100, 200)
    close(connection, first)
    expect(s, connection, state="established", bytes=bytes_of(connection), may=["fastclose_key"],
           rules={"fastclose_key": ["violated"]}, close=one("data_fin"),
           reset=one("unspecified", "no_reason", certainty=SAID, frames=[reset], never="(?i)aborted the whole"))


@scene("no-effect-data-fin.pcap", version=1)
@scene("no-effect-data-fin.pcap", version=0)
def no_effect_data_fin(s, version):
    """DSS options of the client have flag F without a mapping: there is no number that the DATA_FIN could have. It has
    no effect, the server goes on, and so does the client. At the end the connection is still open."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    octets = 8 if version else 4
    for _ in range(2):
        first.pure_ack("client", dss(connection.got["client"].next, octets, data_fin=True))
        exchange(first, 100, 200)
        s.wait(1)
    exchange(first, 100, 200)
    first.pure_ack("client")
    expect(s, connection, state="established", bytes=[320, 630], close=one("open"),
           rules={"data_after_data_fin": NOT_BROKEN, "data_fin_acked": NOT_BROKEN, "data_mapped": ["ok"]})


@scene("no-effect-data-fin.pcap")
def no_effect_data_fin_closes(s):
    """The client's DATA_FIN has no mapping, the server's is right and acknowledged. Then the FINs of TCP: the client's
    direction was not closed by a DATA_FIN."""
    connection = talk(s)
    first = connection.subflows[0]
    first.pure_ack("client", dss(connection.got["client"].next, data_fin=True))
    first.data_fin("server")
    first.fin()
    expect(s, connection, close=none_of("data_fin", "open"), rules={"data_after_data_fin": NOT_BROKEN})


@scene("no-effect-mp-prio.pcap")
def no_effect_mp_prio(s):
    """Version 1: MP_PRIO of 4 octets, with an address id, as version 0 had it. The second subflow is no backup: of both
    ends' data half goes there."""
    connection, first, second = two(s)
    first.pure_ack("client", first.dss("client"), mp_prio(True, 1))
    second.pure_ack("server", second.dss("server"), mp_prio(True, 0))
    for _ in range(3):
        for subflow in (first, second):
            subflow.data("client", 300)
            subflow.data("server", 300)
    connection.close()
    expect(s, connection, may=["option_length"], backup=[False, False], rules={"backup_unused": NOT_BROKEN},
           aggregation=none_of("backup"),
           counters=[["server", "MPPrioRx", 0], ["client", "MPPrioRx", 0]])


@scene("no-effect-mp-prio.pcap")
def effect_mp_prio(s):
    """The same in version 0, where it is right; the second subflow also gets an MP_PRIO of 3 octets, and carries
    nothing more."""
    connection, first, second = two(s, version=0)
    first.pure_ack("client", first.dss("client"), mp_prio(True, 1))
    second.pure_ack("client", second.dss("client"), mp_prio(True))
    for _ in range(8):
        first.data("server", 600)
    connection.close()
    expect(s, connection, backup=[False, True], aggregation=one("backup", certainty=SAID + UNKNOWN),
           rules={"option_length": NOT_BROKEN})


@scene("no-effect-mp-tcprst.pcap")
def no_effect_tcprst(s):
    """MP_TCPRST stands on ACKs of both ends and on a data packet: without RST it says nothing. Both subflows go on."""
    connection, first, second = two(s)
    second.pure_ack("client", mp_tcprst(1))
    first.pure_ack("server", first.dss("server"), mp_tcprst(3))
    mapping = (connection.next["client"], second.next["client"] - second.isn["client"], 90)
    second.data("client", 90, option=[second.dss("client", mapping), mp_tcprst(2)])
    for _ in range(3):
        exchange(first, 100, 200)
        exchange(second, 100, 200)
    connection.close()
    expect(s, connection, subflows=2, bytes=bytes_of(connection), reset=None, close=one("data_fin"),
           single_subflow=None,
           events=[event("tcp_reset", 0), event("join_refused", 0)],
           counters=[["client", "MPRstRx", 0], ["server", "MPRstRx", 0]])


# -------------------------------------------------------------------------------------------------------------- resets

@scene("resets.pcap")
def resets_with_reasons(s):
    """Of a connection whose beginning was not captured there are two RSTs of the client, with reason 0, and with reason
    1 and flag T."""
    connection, first = unseen_beginning(s)
    first.reset("client", mp_tcprst(0))
    one_ = s.last()
    s.wait(0.0002)
    first.reset("client", mp_tcprst(1, transient=True))
    two_ = s.last()
    expect(s, connection, reset=only(
        one("unspecified", frames=[one_], without=[two_], never="reason 1|mptcp_error"),
        one("mptcp_error", frames=[two_], without=[one_], never="reason 0|unspecified")))


@scene("resets.pcap")
def resets_then_plain(s):
    """The server resets the second subflow with reason 2 while data of the client is under way; that is answered by
    plain RSTs, which say nothing about the reason."""
    connection, first, second = two(s)
    stuck = [second.data("client", 200, answer=False) for _ in range(3)]
    second.reset("server", mp_tcprst(2))
    reset, plain = s.last(), []
    for _ in stuck:
        second.send("server", RST, [], seq=second.next["server"])
        plain.append(s.last())
    for segment in stuck:
        first.reinject(segment)
    close(connection, first)
    expect(s, connection, close=one("data_fin"),
           reset=only(one("lack_of_resources", certainty=SAID, frames=[reset], without=plain), extra=["no_reason"]))


@scene("resets.pcap")
def resets_two_subflows(s):
    """Three subflows; the server resets one with reason 5 and, two seconds later, the client another with reason 4: two
    events, each with its own reason and host."""
    connection, first, second = two(s)
    third = connection.join(PATH_B._replace(client_port=40012), address_id=1)
    exchange(third)
    second.reset("server", mp_tcprst(5))
    one_ = s.last()
    s.wait(2)
    exchange(first)
    third.reset("client", mp_tcprst(4, transient=True))
    two_ = s.last()
    exchange(first)
    close(connection, first)
    expect(s, connection, close=one("data_fin"), reset=only(
        one("bad_performance", certainty=SAID, frames=[one_], without=[two_], says="(?i)server"),
        one("too_much_data", certainty=SAID, frames=[two_], without=[one_], says="(?i)client")))


@scene("resets-fastclose.pcap", version=1, seconds=0.000001, who="client")
@scene("resets-fastclose.pcap", version=1, seconds=0.008, who="client")
@scene("resets-fastclose.pcap", version=1, seconds=0.002, who="server")
@scene("resets-fastclose.pcap", version=0, seconds=0.001, who="server")
def resets_of_fastclose(s, version, seconds, who):
    """The client aborts the connection with MP_FASTCLOSE on the first subflow; on the second a RST comes a microsecond
    or some milliseconds later, of the client, or of the server that obeys. It is part of it."""
    connection, first, second = two(s, version=version)
    option = mp_fastclose(connection.key["server"])
    if version:
        first.reset("client", option, mp_tcprst(0))
    else:
        first.pure_ack("client", option)
    abort = s.last()
    s.now += int(seconds * 1e9) - STEP
    second.last_sender = who  # the time is that
    if not version:
        first.reset("server")
        second.last_sender = who
    second.reset(who, *([mp_tcprst(0)] if version else []))
    expect(s, connection, subflows=2, close=one("fastclose_client", frames=[abort]),
           reset=only(one("fastclose", certainty=SAID, frames=[abort], says="(?i)client"), extra=["fastclose"]),
           single_subflow=None, never="connection went on")


@scene("resets-fastclose.pcap", version=0, seconds=0.000001)
@scene("resets-fastclose.pcap", version=1, seconds=0.000001)
@scene("resets-fastclose.pcap", version=1, seconds=0.006)
def resets_around_fastclose(s, version, seconds):
    """The server resets the first of three subflows, and a microsecond or some milliseconds later, on the second,
    aborts the connection with MP_FASTCLOSE; the client answers by RST there and on the third. All of it is one
    abort."""
    connection, first, second = two(s, version=version, timestamps=True)
    third = connection.join(PATH_B._replace(client_port=40012), address_id=2)
    exchange(third)
    for subflow in (first, second, third):
        subflow.pure_ack("client")
        subflow.last_sender = "server"
    s.wait(0.5)
    first.reset("server", first.dss("server"))
    s.now += int(seconds * 1e9) - STEP
    option = mp_fastclose(connection.key["client"])
    if version:
        second.reset("server", option, mp_tcprst(0))
    else:
        second.pure_ack("server", option)
    abort = s.last()
    s.wait(0.0001)
    for subflow in (second, third):
        subflow.reset("client", *([mp_tcprst(0)] if version else []))
    expect(s, connection, close=one("fastclose_server", frames=[abort]), never="connection went on",
           single_subflow=None,
           reset=only(one("fastclose", certainty=SAID, frames=[abort], says="(?i)server"), extra=["fastclose"]))


@scene("resets-fastclose.pcap")
def resets_before_fastclose(s):
    """The server resets the second subflow with reason 5; three seconds later the client aborts the connection: that is
    another matter."""
    connection, first, second = two(s)
    second.reset("server", mp_tcprst(5))
    reset = s.last()
    for _ in range(3):
        s.wait(1)
        exchange(first)
    first.reset("client", mp_fastclose(connection.key["server"]), mp_tcprst(0))
    abort = s.last()
    expect(s, connection, close=one("fastclose_client", frames=[abort]), reset=only(
        one("bad_performance", certainty=SAID, frames=[reset], without=[abort], says="(?i)server"),
        one("fastclose", certainty=SAID, frames=[abort], without=[reset], says="(?i)client")))


@scene("resets-fastclose.pcap", seconds=0)
@scene("resets-fastclose.pcap", seconds=0.001)
def no_outage_after_abort(s, seconds):
    """The client sends data; on the second subflow it gets no answer any more. Then the server aborts the connection,
    with a RST on the first subflow, and MP_FASTCLOSE on the second, before or a millisecond later. Until the client
    obeys, it sends again what was not answered. None of that is an outage: the first subflow worked to the end."""
    connection, first, second = two(s, version=0, timestamps=True)
    exchange(first)
    second.data("client", 300)
    unanswered = second.data("client", 300, lost=True)
    for _ in range(20):
        first.data("client", 300)
        s.wait(0.1)
    for subflow in first, second:
        subflow.pure_ack("client")
        subflow.last_sender = "server"
    s.wait(0.1)
    if seconds:
        first.reset("server", first.dss("server"))
        s.now += int(seconds * 1e9) - STEP
    second.pure_ack("server", mp_fastclose(connection.key["client"]))
    abort = s.last()
    if not seconds:
        first.reset("server", first.dss("server"))
    for pause in 0.3, 0.6:
        s.wait(pause)
        second.resend(unanswered, lost=True)
    second.reset("client")
    expect(s, connection, close=one("fastclose_server", frames=[abort]), outage=None,
           limit=none_of("outage", "not_captured", "place_unknown"))


# ------------------------------------------------------------------------------------------------------------ DATA_FIN

@scene("data-fin.pcap", version=1)
@scene("data-fin.pcap", version=0)
def data_fin_unacked(s, version):
    """Both ends say DATA_FIN. The server acknowledges the client's, but the client never the server's, which repeats it
    for half a minute, though the client's ACKs of TCP come, with the old DATA_ACK."""
    connection = talk(s, version=version)
    first = connection.subflows[0]
    first.data_fin("client")
    seen = connection.got["client"].next
    number, fins = connection.next["server"], []
    for turn in range(5):
        first.send("server", ACK, [first.dss("server", (number, 0, 1), True)])
        fins.append(s.last())
        first.send("client", ACK, [dss(seen, 8 if version else 4)])
        s.wait(2 * 2 ** turn)
    expect(s, connection, may=["data_fin_acked"], rules={"data_fin_acked": ["violated"]},
           close=one("data_fin_unacked", certainty=SAID, some=fins, says="(?i)server|client"))


@scene("data-fin.pcap")
def data_fin_unacked_silence(s):
    """Both ends say DATA_FIN, the server acknowledges that of the client, which is gone then: nothing more comes of it,
    while the server repeats its own for half a minute."""
    connection = talk(s)
    first = connection.subflows[0]
    first.pure_ack("client")
    first.data_fin("client")
    number, fins = connection.next["server"], []
    for turn in range(6):
        first.send("server", ACK, [first.dss("server", (number, 0, 1), True)])
        fins.append(s.last())
        s.wait(0.5 * 2 ** turn)
    expect(s, connection, may=["data_fin_acked"], close=one("data_fin_unacked", certainty=GUESSED, some=fins))


@scene("data-fin.pcap")
def data_fin_unacked_rst(s):
    """The server's DATA_FIN is repeated and never acknowledged, while data of the client goes on and its DATA_ACK
    stays; at last the server resets the subflow."""
    connection = talk(s)
    first = connection.subflows[0]
    seen = connection.got["client"].next
    number, fins = connection.next["server"], []
    for turn in range(5):
        first.send("server", ACK, [first.dss("server", (number, 0, 1), True)])
        fins.append(s.last())
        mapping = (connection.next["client"], first.next["client"] - first.isn["client"], 50)
        first.data("client", 50, option=[dss(seen, mapping=mapping)], answer=False)
        s.wait(2 * 2 ** turn)
    first.reset("server")
    reset = s.last()
    expect(s, connection, may=["data_fin_acked"], rules={"data_fin_acked": ["violated"]},
           close=one("reset_server", "data_fin_unacked", some=fins + [reset]))


@scene("data-fin-at-the-end.pcap")
def data_fin_at_the_end(s):
    """The capture ends with the server's DATA_FIN: no time was left to acknowledge it. The client's was."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("client")
    first.data_fin("server", answer=False)
    expect(s, connection, close=none_of("data_fin", "data_fin_unacked"),
           rules={"data_fin_acked": ["ok", "not_checked"]})


@scene("data-fin.pcap")
def data_fin_of_one(s):
    """Only the client says DATA_FIN, which is acknowledged; the server sends on to the end of the capture."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("client")
    for _ in range(4):
        s.wait(0.5)
        first.data("server", 400)
    expect(s, connection, close=one("open", certainty=None), rules={"data_fin_acked": NOT_BROKEN})


@scene("data-fin.pcap")
def data_fin_other_subflow(s):
    """Both DATA_FINs are sent on the first subflow and acknowledged on the second: effective."""
    connection, first, second = two(s)
    first.data_fin("client", answer=False)
    second.pure_ack("server")
    first.data_fin("server", answer=False)
    second.pure_ack("client")
    for subflow in connection.subflows:
        subflow.send("client", FIN)
        subflow.send("server", FIN)
        subflow.send("client", ACK)
    expect(s, connection, close=one("data_fin", certainty=SAID), rules={"data_fin_acked": ["ok"]})


@scene("data-fin.pcap")
def data_fin_lost_once(s):
    """The first DATA_FIN of the client is lost, the second acknowledged: an ordinary end."""
    connection = talk(s)
    first = connection.subflows[0]
    number = connection.next["client"]
    first.send("client", ACK, [first.dss("client", (number, 0, 1), True)], lost=True)
    first.pure_ack("server")
    s.wait(0.3)
    first.data_fin("client")
    first.data_fin("server")
    first.fin()
    expect(s, connection, close=one("data_fin", certainty=SAID), rules={"data_fin_acked": ["ok"]})


# ------------------------------------------------------------------------------------------------- keep-alives, probes

@scene("keep-alive.pcap", b"")
@scene("keep-alive.pcap", b"\0")
@scene("keep-alive.pcap", b"\xff", version=0)
def keep_alive(s, probe, version=1):
    """Keep-alive probes of both ends: an ACK with the last number again, without data or with one byte, which is no
    data and need not be the same. Nothing else was sent on the second subflow: there the number is that of the SYN."""
    connection = talk(s, version=version, timestamps=True)
    first, second = connection.subflows[0], connection.join()
    for _ in range(2):
        s.wait(75)
        for subflow in (first, second):
            for who in ("client", "server"):
                subflow.send(who, ACK, [subflow.dss(who)], probe, seq=subflow.next[who] - 1)
                subflow.pure_ack(OTHER[who])
    exchange(first)
    connection.close()
    connection.must_send("client", unique=40)
    is_healthy(s, connection, sent=[40, 60], close=one("data_fin"), reset=None,
               rules={"data_same": NOT_BROKEN, "data_mapped": NOT_BROKEN, "mapping_consistent": NOT_BROKEN})


@scene("keep-alive.pcap")
def keep_alive_and_retransmission(s):
    """A segment of one byte is lost and sent again, 300 ms later: that is a retransmission. Minutes later a keep-alive
    probe with one byte follows it: that is none."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    segment = first.data("client", 1, lost=True)
    s.wait(0.3)
    first.resend(segment)
    s.wait(75)
    first.send("client", ACK, [first.dss("client")], b"\0", seq=first.next["client"] - 1)
    first.pure_ack("server")
    s.wait(1)
    exchange(first)
    close(connection)
    connection.must_send("client", unique=41, tcp_retransmitted=1)
    is_healthy(s, connection, sent=[42, 60], rules={"data_same": NOT_BROKEN})


def closed_window(subflow):
    """The server's window is full: the last packet says so."""
    s = subflow.capture
    frame = s.frames[-1]
    start = 14 + 20
    segment = frame.data[start:start + 14] + b"\0\0" + frame.data[start + 16:]
    source, target = subflow.source("server")[0], subflow.source("client")[0]
    total = struct.unpack("!H", frame.data[16:18])[0] - 20
    segment = with_checksum(source, target, segment[:total]) + segment[total:]
    s.frames[-1] = frame._replace(data=frame.data[:start] + segment)


@scene("window-probe.pcap")
def window_probe_old(s):
    """The server closes its window. The client probes with an old number and no data, as Linux does, until it opens."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.data("client", 500)
    closed_window(first)
    for number in range(4):
        s.wait(0.3 * 2 ** number)
        first.send("client", ACK, [first.dss("client")], seq=first.next["client"] - 1)
        first.pure_ack("server")
        if number < 3:
            closed_window(first)
    first.data("client", 300)
    close(connection)
    is_healthy(s, connection, sent=[820, 30], rules={"window_respected": NOT_BROKEN, "data_same": NOT_BROKEN})


@scene("window-probe.pcap")
def window_probe_new(s):
    """The client probes with one byte of new data, mapped, that the server does not take while its window is closed,
    and then with the rest: one byte is unique once and retransmitted three times. It is data."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.data("client", 500)
    closed_window(first)
    seq, dsn = first.next["client"], connection.next["client"]
    mapping = (dsn, seq - first.isn["client"], 200)
    for number in range(3):
        s.wait(0.3 * 2 ** number)
        first.data("client", 1, dsn=dsn, seq=seq, mapping=mapping, lost=True)
        first.pure_ack("server")
        if number < 2:
            closed_window(first)
    first.data("client", 200, dsn=dsn, seq=seq, mapping=mapping)
    close(connection)
    connection.must_send("client", unique=720, tcp_retransmitted=3)
    is_healthy(s, connection, sent=[723, 30],
               rules={"window_respected": NOT_BROKEN, "data_same": NOT_BROKEN, "mapping_consistent": NOT_BROKEN})


@scene("window-probe.pcap", version=1)
@scene("window-probe.pcap", version=0)
def window_probe_elsewhere(s, version):
    """The client's window is full for 4 s. Linux asks by a byte with the number of the last one, on the other subflow,
    while there is no data at all: nothing goes over to it."""
    connection = Connection(s, version=version, timestamps=True)
    connection.window["client"] = 4
    first = connection.open()
    exchange(first)
    second = connection.join()
    first.data("server", 200)
    connection.window["client"] = 0
    first.data("server", 512)
    probes = []
    for number in range(3):
        s.wait(0.6 * 2 ** number)
        dsn = connection.next["server"] - 1
        second.data("server", 1, dsn=dsn, octets=connection.content("server", dsn + 1, 1), answer=False)
        probes.append(s.last())
        second.pure_ack("client")
    connection.window["client"] = 502
    first.pure_ack("client")
    for _ in range(3):
        first.data("server", 300)
        s.wait(0.1)
    connection.close()
    is_healthy(s, connection, sent=[20, 1645], rules={"window_respected": NOT_BROKEN, "data_same": NOT_BROKEN},
               events=[event("handover", 0), event("window_probe", 1, probes[:1], "server", last_frame=probes[-1:])])


# --------------------------------------------------------------------------------------------------------- aggregation

def transfer(s, subflow, count=6, size=1200, pause=0.1):
    for _ in range(count):
        subflow.data("server", size)
        s.wait(pause)


@scene("aggregation.pcap")
def backup_before(s):
    """The client makes the second subflow a backup; then the data comes, all on the first."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    second.pure_ack("client", second.dss("client"), mp_prio(True))
    transfer(s, first)
    connection.close()
    expect(s, connection, subflows=2, aggregation=one("backup", certainty=SAID + UNKNOWN))


@scene("aggregation.pcap")
def backup_after(s):
    """The data comes, all on the first of two regular subflows; later the client makes the second a backup. That is not
    why it carried nothing."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    transfer(s, first)
    second.pure_ack("client", second.dss("client"), mp_prio(True))
    s.wait(1)
    connection.close()
    expect(s, connection, subflows=2, aggregation=none_of("backup", "joined_late", "aggregating"))


@scene("aggregation.pcap")
def backup_ends(s):
    """The second subflow joins as a backup and carries nothing; when all data has come, the client makes it a regular
    one. It was a backup while there was data."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join(backup=True)
    transfer(s, first)
    second.pure_ack("client", second.dss("client"), mp_prio(False))
    s.wait(1)
    connection.close()
    expect(s, connection, subflows=2, aggregation=one("backup", certainty=SAID + UNKNOWN))


@scene("aggregation.pcap")
def joined_late(s):
    """All data comes in the first half second; the second subflow joins then. The connection stays open for ten seconds
    more: measured by its life, the join was early."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    transfer(s, first)
    connection.join()
    s.wait(10)
    connection.close()
    expect(s, connection, subflows=2, aggregation=one("joined_late", certainty=SAID + UNKNOWN))


@scene("aggregation.pcap")
def joined_in_time(s):
    """The connection is idle for nine seconds, then the second subflow joins, then the data comes, all on the first:
    the join was late in the connection's life, but not for the data."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    s.wait(9)
    connection.join()
    transfer(s, first)
    connection.close()
    expect(s, connection, subflows=2, aggregation=none_of("joined_late", "backup", "aggregating"))


@scene("aggregation.pcap", reset=False)
@scene("aggregation.pcap", reset=True)
def closed_early(s, reset):
    """The second subflow carries its part, until the client deletes its endpoint: it makes the subflow a backup, and 32
    us later it closes or resets it. The rest of the data comes on the first. What ended its share is that it was
    closed: while it was a backup nothing was sent."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    transfer(s, first, 1)
    transfer(s, second, 1, 400)
    second.pure_ack("client", second.dss("client"), mp_prio(True))
    s.wait(32e-6)
    if reset:
        second.reset("client", mp_tcprst(0))
    else:
        second.send("client", FIN, [second.dss("client")])
    closing = s.last()
    if not reset:
        second.send("server", FIN, [second.dss("server")])
        second.send("client", ACK, [second.dss("client")])
    s.wait(0.1)
    transfer(s, first)
    close(connection, first)
    expect(s, connection, subflows=2,
           aggregation=one("closed_early", certainty=LIKELY, frames=[closing], alternatives=["not_used"],
                           says="the client %s after the connection's beginning, when 18%% of the bytes had been" % (
                               r"reset tcp \d+, 0\.\d+ s" if reset else r"closed tcp \d+ with a FIN, 0\.\d+ s")))


@scene("aggregation.pcap")
def closed_at_the_end(s):
    """Both subflows are there for all data, which comes on the first; then the client closes the second. That is not why
    it carried nothing."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    transfer(s, first)
    second.fin()
    s.wait(1)
    close(connection, first)
    expect(s, connection, subflows=2, aggregation=none_of("closed_early", "backup", "joined_late", "aggregating"))


@scene("aggregation.pcap", whole=False)
@scene("aggregation.pcap", whole=True)
def one_at_a_time(s, whole):
    """All data of a second comes on the first subflow, then all on the second, then on the first again: the shares are
    those of two that are used at the same time, which they never are. Without the end of the connection, that may have
    come later."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    for subflow in first, second, first:
        s.wait(1)
        transfer(s, subflow, 6, pause=0.005)
    if whole:
        connection.close()
        wanted = one("one_at_a_time", certainty=PROVEN, says="%: one after the other$", never="same time")
    else:
        wanted = one("one_at_a_time", certainty=LIKELY, says="%: probably one after the other$",
                     alternatives=["aggregating"])
    expect(s, connection, subflows=2, aggregation=wanted)


@scene("aggregation.pcap")
def together_then_alone(s):
    """Data comes on both in turn; then, for a longer time, on the first alone."""
    connection = Connection(s)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    for _ in range(15):
        transfer(s, first, 1, pause=0.001)
        transfer(s, second, 1, pause=0.001)
    s.wait(1)
    transfer(s, first, 15)
    connection.close()
    expect(s, connection, subflows=2,
           aggregation=one("aggregating", certainty=PROVEN,
                           says=r"both carried data at the same time, for 0\.\d\d\d s, \d\d% of the time"))


# ------------------------------------------------------------------------------------------------------------- ADD_ADDR

def wrong_hmac(option):
    wrong = craft.Option(option[:-1] + bytes([option[-1] ^ 4]))
    wrong.name = option.name
    return wrong


@scene("add-addr-bad-hmac.pcap", "server", "203.0.113.99", None)
@scene("add-addr-bad-hmac.pcap", "client", "198.51.100.99", None)
@scene("add-addr-bad-hmac.pcap", "server", "2001:db8:5::99", 7000)
def add_addr_bad_hmac(s, who, address, port):
    """An address is announced three times with a wrong HMAC: the other end had to ignore that, and rightly neither
    echoed nor joined."""
    connection = talk(s)
    first = connection.subflows[0]
    marks = []
    for _ in range(3):
        first.pure_ack(who, wrong_hmac(add_addr(1, 2, address, port, first.key_pair(who))))
        marks.append(s.last())
        exchange(first)
        s.wait(2)
    close(connection)
    expect(s, connection, may=["add_addr_hmac"], rules={"add_addr_hmac": ["violated"], "add_addr_echo": NOT_BROKEN},
           single_subflow=one("add_addr_bad_hmac", certainty=SAID, some=marks, says="(?s)HMAC",
                              never="(?i)was lost|something on the way removed it"),
           counters=[[OTHER[who], "AddAddr", 0]])


@scene("add-addr-bad-hmac.pcap")
def add_addr_bad_then_right(s):
    """The same address is announced again with the right HMAC, echoed, and joined: two subflows."""
    connection = talk(s)
    first = connection.subflows[0]
    option = add_addr(1, 2, PATH_C.server, keys=first.key_pair("server"))
    first.pure_ack("server", wrong_hmac(option))
    s.wait(1)
    first.pure_ack("server", option)
    first.pure_ack("client", add_addr(1, 2, PATH_C.server))
    join = tries_to_join(connection, PATH_C._replace(client=PATH_B.client), address_id=1)
    join.syn()
    mac = mac_of(1, *join.key_pair("server"), join.nonce["server"] + join.nonce["client"])
    join.send("server", SYN, [mp_join_synack(mac, join.nonce["server"], 2)], seq=join.isn["server"])
    join.ack()
    exchange(join)
    connection.close()
    is_healthy(s, connection, subflows=2, may=["add_addr_hmac"], single_subflow=None,
               rules={"add_addr_hmac": ["violated"], "add_addr_echo": ["ok"]})


@scene("add-addr-bad-hmac.pcap")
def add_addr_bad_then_unused(s):
    """A wrong HMAC, then the right one, which is echoed; nobody joins in the five seconds that follow."""
    connection = talk(s)
    first = connection.subflows[0]
    option = add_addr(1, 2, PATH_C.server, keys=first.key_pair("server"))
    first.pure_ack("server", wrong_hmac(option))
    s.wait(1)
    first.pure_ack("server", option)
    first.pure_ack("client", add_addr(1, 2, PATH_C.server))
    for _ in range(5):
        s.wait(1)
        exchange(first)
    close(connection)
    expect(s, connection, may=["add_addr_hmac"], rules={"add_addr_echo": ["ok"]},
           single_subflow=one("add_addr_not_used", certainty=GUESSED))


@scene("add-addr-echo.pcap", 2, "203.0.113.98", None, "203[.]0[.]113[.]98")
@scene("add-addr-echo.pcap", 3, "203.0.113.99", None, None)
@scene("add-addr-echo.pcap", 2, "203.0.113.99", 7001, "port 7001")
def add_addr_echo_of_another(s, address_id, address, port, named):
    """The server announces 203.0.113.99 with id 2 three times; the client's echoes are of another address, id, or port:
    they echo nothing. That with the same id may have been changed on the way."""
    connection = talk(s)
    first = connection.subflows[0]
    announced_port = 7000 if port else None
    marks = []
    for _ in range(3):
        first.pure_ack("server", add_addr(1, 2, "203.0.113.99", announced_port, first.key_pair("server")))
        marks.append(s.last())
        first.pure_ack("client", add_addr(1, address_id, address, port))
        echo = s.last()
        exchange(first)
        s.wait(2)
    close(connection)
    verdict = one("add_addr_not_echoed", certainty=GUESSED, some=marks)
    if named:
        verdict = one("add_addr_changed", certainty=LIKELY, frames=[marks[0], echo], named=["add_addr_not_echoed"],
                      says="but the echo of the client names %s .frame [0-9]+.: probably" % named)
    expect(s, connection, rules={"add_addr_echo": ["violated"]}, single_subflow=verdict)


@scene("options-of-40-octets.pcap")
def options_of_40_remove(s):
    """An address is announced, echoed, and withdrawn by the last four of 40 octets of options, before anybody joins."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    first.pure_ack("server", add_addr(1, 5, "203.0.113.99", keys=first.key_pair("server")))
    first.pure_ack("client", add_addr(1, 5, "203.0.113.99"))
    mapping = (connection.next["server"], first.next["server"] - first.isn["server"], 200)
    first.data("server", 200, option=[first.dss("server", mapping), b"\1\1", rm_addr(5)])
    for _ in range(3):
        s.wait(1)
        exchange(first)
    close(connection)
    expect(s, connection, single_subflow=one("removed", certainty=SAID), events=[event("remove_addr", 1)],
           rules={"remove_addr_known": ["ok"], "option_length": NOT_BROKEN})


@scene("add-addr-at-the-end.pcap")
def add_addr_at_the_end(s):
    """The capture ends with the announcement: no time was left for the echo."""
    connection = talk(s)
    first = connection.subflows[0]
    exchange(first)
    first.pure_ack("server", add_addr(1, 2, "203.0.113.99", keys=first.key_pair("server")))
    expect(s, connection, rules={"add_addr_echo": NOT_JUDGED}, close=one("open"),
           single_subflow=one("not_captured", certainty=UNKNOWN))


@scene("add-addr-echo.pcap")
def add_addr_not_echoed(s):
    """The announcement comes four times in eight seconds, and there is no echo, though the client's other packets were
    captured. It was lost behind the capture, or ignored: not proven."""
    connection = talk(s)
    first = connection.subflows[0]
    for _ in range(4):
        first.pure_ack("server", add_addr(1, 2, "203.0.113.99", keys=first.key_pair("server")))
        exchange(first)
        s.wait(2)
    close(connection)
    expect(s, connection, rules={"add_addr_echo": ["violated"]},
           single_subflow=one("add_addr_not_echoed", certainty=GUESSED))


# ---------------------------------------------------------------------------------------------- captures of both ends

def at_all(s, connection, **what):
    """The same at both ends, and together."""
    for end in Ends.ends:
        expect(s, connection, end, **what)


@pair("both-healthy")
def both_healthy(s):
    """Two subflows, nothing between them: no verdict blames anybody."""
    connection, first, second = two(s, timestamps=True)
    for subflow in (first, second):
        exchange(subflow, 200, 300)
    connection.close()
    for end in Ends.ends:
        is_healthy(s, connection, end, subflows=2, single_subflow=None, reset=None, close=one("data_fin"))


def both_plain(connection, first, server_answers):
    connection.fall_back("middlebox")
    if server_answers:
        first.synack(mptcp=False)
    first.ack(mptcp=False)
    for _ in range(3):
        exchange(first, 200, 300)
    connection.close()


@pair("both-fallback", blanked)
@pair("both-fallback", removed)
def both_syn_stripped(s, how):
    """The MP_CAPABLE of the SYN is gone when it arrives. The server's capture shows plain TCP only."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    with s.setting(alter=how):
        first.syn()
    both_plain(connection, first, True)
    expect(s, connection, "client", state="fallback", fallback=one("no_option_in_synack", certainty=LIKELY))
    expect(s, connection, "both", fallback=one("middlebox", certainty=PROVEN), rules={"options_intact": ["violated"]},
           may=["options_intact"])


@pair("both-fallback")
def both_synack_stripped(s):
    """The MP_CAPABLE of the SYN/ACK is gone when it arrives: the client goes on without options."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    with s.setting(alter=blanked):
        first.synack()
    both_plain(connection, first, False)
    expect(s, connection, "client", state="fallback", fallback=one("no_option_in_synack", certainty=LIKELY))
    expect(s, connection, "server", state="fallback", fallback=one("no_option_in_ack", certainty=LIKELY))
    for end in ("both", "reversed"):
        expect(s, connection, end, fallback=one("middlebox", certainty=PROVEN), may=["options_intact"],
               rules={"options_intact": ["violated"]})


@pair("both-fallback")
def both_options_lost(s):
    """From the middle on something takes the options out of all packets, both ways: what each end sends before it
    notices still leaves with them."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    for _ in range(2):
        exchange(first, 200, 300)
        first.pure_ack("client")
    with s.setting(alter=blanked):
        for _ in range(2):
            first.data("client", 400, answer=False, option="dss")
        connection.fall_back("options_lost")
        for _ in range(3):
            first.pure_ack("server")
            first.data("server", 500)
            first.data("client", 100)
        connection.close()
    for end in Ends.ends:
        alone = end in ("client", "server")
        fell_back(s, connection, "options_lost", [], end, may=[] if alone else ["options_intact"], fallback=one(
            "options_lost" if alone else "middlebox", certainty=SAID if alone else PROVEN))


@pair("both-join", blanked)
@pair("both-join", removed)
def both_join_ack_stripped(s, how):
    """SYN and SYN/ACK of a join are as they were, the ACK arrives without MP_JOIN; the server resets with reason 1,
    which is gone, too, when it arrives."""
    connection = talk(s, timestamps=True)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    with s.setting(alter=how):
        join.send("client", ACK, [mp_join_ack(mac_of(1, *join.key_pair("client"),
                                                     join.nonce["client"] + join.nonce["server"]))])
        ack = s.last()
        join.reset("server", mp_tcprst(1))
        reset = s.last()
    stays_on_first(s, connection)
    expect(s, connection, "client", reset=one("bad_join", certainty=SAID, frames=[reset]),
           single_subflow=one("join_stripped", "join_refused", certainty=LIKELY, frames=[reset]))
    expect(s, connection, "server", reset=one("bad_join", certainty=SAID, frames=[reset]),
           single_subflow=one("join_stripped", certainty=SAID, some=[ack, reset]))
    for end in ("both", "reversed"):
        expect(s, connection, end, single_subflow=one("join_stripped", certainty=PROVEN, some=[ack, reset]),
               may=["options_intact"], rules={"options_intact": ["violated"]})


@pair("both-join")
def both_join_synack_stripped(s):
    """The SYN/ACK of a join arrives without MP_JOIN; the client resets with reason 1."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    with s.setting(alter=blanked):
        join.synack()
    synack = s.last()
    refused_by_client(s, connection, join)
    expect(s, connection, "client",
           single_subflow=one("join_no_option", "join_stripped", certainty=LIKELY, frames=[synack]))
    expect(s, connection, "server", single_subflow=one("join_refused", "join_stripped", "join_ack_missing",
                                                       certainty=LIKELY))
    for end in ("both", "reversed"):
        expect(s, connection, end, single_subflow=one("join_stripped", certainty=PROVEN, some=[synack]),
               may=["options_intact"])


@pair("both-join")
def both_join_syn_stripped(s):
    """The SYN of a join arrives without MP_JOIN: the server answers a plain connection, the client resets it."""
    connection = talk(s)
    join = tries_to_join(connection)
    with s.setting(alter=blanked):
        join.syn()
    syn = s.last()
    join.send("server", SYN, seq=join.isn["server"])
    synack = s.last()
    refused_by_client(s, connection, join)
    expect(s, connection, "client",
           single_subflow=one("join_no_option", "join_stripped", certainty=LIKELY, frames=[synack]))
    expect(s, connection, "both", single_subflow=one("join_stripped", certainty=PROVEN, some=[syn, synack]),
           may=["options_intact"])


@pair("both-join")
def both_join_hmac_changed(s):
    """A bit of the HMAC in the SYN/ACK of a join is changed on the way; the client resets with reason 1. The server
    made no mistake."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    with s.setting(alter=bit_changed):
        join.synack()
    synack = s.last()
    refused_by_client(s, connection, join)
    expect(s, connection, "client", may=["join_hmac_synack"], rules={"join_hmac_synack": ["violated"]},
           single_subflow=one("join_hmac_wrong", certainty=SAID, some=[synack]))
    expect(s, connection, "server", rules={"join_hmac_synack": ["ok"]},
           single_subflow=none_of("join_hmac_wrong", certainty=GUESSED))
    expect(s, connection, "both", may=["options_intact", "join_hmac_synack"], rules={"options_intact": ["violated"]},
           single_subflow=one("join_hmac_wrong", "join_stripped", certainty=SAID, some=[synack],
                              says="(?i)on the way|changed|between|altered|left"))


@pair("both-join-lost")
def both_join_lost(s):
    """The SYN of a join is sent three times and never arrives."""
    connection = talk(s)
    join = tries_to_join(connection)
    syns = []
    for seconds in (1, 2, 4):
        with s.setting(lost=True):
            join.syn(lost=True)
        syns.append(s.last())
        s.wait(seconds)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, "client", single_subflow=one("join_unanswered", certainty=LIKELY, some=syns))
    expect(s, connection, "both", single_subflow=one(
        "join_unanswered", certainty=SAID, some=syns,
        says="(?i)lost|never arrived|not arrive|did not reach|on the way"))


@pair("both-join-lost")
def both_join_arrived(s):
    """The SYN of a join arrives three times, and the server does not answer."""
    connection = talk(s)
    join = tries_to_join(connection)
    syns = []
    for seconds in (1, 2, 4):
        join.syn(lost=True)
        syns.append(s.last())
        s.wait(seconds)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, "client", single_subflow=one("join_unanswered", certainty=LIKELY, some=syns))
    expect(s, connection, "server", single_subflow=one("join_unanswered", certainty=SAID, some=syns))
    for end in ("both", "reversed"):
        expect(s, connection, end, single_subflow=one(
            "join_unanswered", certainty=SAID, some=syns, says="(?i)arriv|reach|came",
            never="(?i)it or the answer was lost"))


@pair("both-join-lost")
def both_join_answer_lost(s):
    """The SYN of a join arrives and is answered, but the SYN/ACK never gets to the client."""
    connection = talk(s)
    join = tries_to_join(connection)
    syns, answers = [], []
    for seconds in (1, 2, 4):
        join.syn()
        syns.append(s.last())
        with s.setting(lost=True):
            join.synack(lost=True)
        answers.append(s.last())
        s.wait(seconds)
        exchange(connection.subflows[0])
    close(connection)
    expect(s, connection, "client", single_subflow=one("join_unanswered", certainty=LIKELY, some=syns))
    expect(s, connection, "server", single_subflow=one("join_ack_missing", certainty=LIKELY, some=syns + answers))
    expect(s, connection, "both", single_subflow=one(
        "join_unanswered", "join_ack_missing", certainty=SAID,
        says="(?i)lost|never arrived|not arrive|did not reach|on the way", never="(?i)server did not answer"))


@pair("both-rst")
def both_rst_forged(s):
    """A RST that says it is the server's arrives at the client; the server's capture has none. TTL and id are as the
    server's, so that only the other capture tells."""
    connection, first, second = two(s)
    exchange(first, 100, 200)
    with s.setting(ttl=57, seen=("client",)):
        first.send("server", RST, [], seq=first.next["server"])
    reset = s.last()
    for _ in range(2):
        exchange(second, 100, 200)
    second.data_fin("client", answer=False)
    second.data_fin("server", answer=False)
    second.fin()
    expect(s, connection, "client", reset=one("no_reason", "forged", frames=[reset]))
    expect(s, connection, "server", reset=None)
    expect(s, connection, "both", reset=one("forged", certainty=PROVEN, frames=[reset], never="^The server reset"))


@pair("both-rst")
def both_rst_forged_to_server(s):
    """A RST that says it is the client's arrives at the server; the client's capture has none."""
    connection, first, second = two(s)
    exchange(first, 100, 200)
    first.pure_ack("client")
    with s.setting(ttl=57, seen=("server",)):
        first.send("client", RST, [], seq=first.next["client"])
    reset = s.last()
    for _ in range(2):
        exchange(second, 100, 200)
    second.data_fin("client", answer=False)
    second.data_fin("server", answer=False)
    second.fin()
    expect(s, connection, "client", reset=None)
    expect(s, connection, "server", reset=one("no_reason", "forged", frames=[reset]))
    expect(s, connection, "reversed", reset=one("forged", certainty=PROVEN, frames=[reset], never="^The client reset"))


@pair("both-rst")
def both_rst_real(s):
    """The server's RST left and arrived."""
    connection, first, second = two(s)
    exchange(first, 100, 200)
    second.reset("server", mp_tcprst(5))
    reset = s.last()
    for _ in range(2):
        exchange(first, 100, 200)
    close(connection, first)
    at_all(s, connection, reset=one("bad_performance", certainty=SAID, frames=[reset], says="(?i)server"),
           close=one("data_fin"))


@pair("both-wrong-interface")
def both_wrong_interface(s):
    """The SYN of a join from 198.51.100.1 leaves by eth0, where 192.0.2.1 is, arrives at the server, and is not
    answered there: the way back is another one. A connection of 198.51.100.1 over wlan0 is in the client's capture."""
    s.two_interfaces()
    with s.setting(seen=("client",)):
        craft.plain_tcp(s, Path("198.51.100.1", 43210, "203.0.113.77", 443, 1, 20))
    s.wait(1)
    connection = talk(s, timestamps=True)
    syns = silent(s, connection, PATH_B)
    close(connection)
    for end in ("client", "both"):
        expect(s, connection, end, single_subflow=one("wrong_interface", certainty=SAID, some=syns, says="eth0"))
    expect(s, connection, "server", single_subflow=one("join_unanswered", certainty=SAID, some=syns))


@pair("both-add-addr-hmac")
def both_add_addr_hmac(s):
    """A bit of the ADD_ADDR's HMAC is changed on the way: the client ignores it."""
    connection = talk(s)
    first = connection.subflows[0]
    marks = []
    for _ in range(3):
        with s.setting(alter=bit_of_hmac_changed):
            first.pure_ack("server", add_addr(1, 2, "203.0.113.99", keys=first.key_pair("server")))
        marks.append(s.last())
        exchange(first)
        s.wait(2)
    close(connection)
    expect(s, connection, "client", may=["add_addr_hmac"], rules={"add_addr_hmac": ["violated"]},
           single_subflow=one("add_addr_bad_hmac", certainty=SAID, some=marks))
    expect(s, connection, "server", rules={"add_addr_hmac": ["ok"]},
           single_subflow=one("add_addr_not_echoed", certainty=GUESSED, some=marks))
    expect(s, connection, "both", may=["add_addr_hmac", "options_intact"], rules={"options_intact": ["violated"]},
           single_subflow=one("add_addr_bad_hmac", certainty=SAID, some=marks))


def bit_of_hmac_changed(segment):
    end = segment[12] >> 4 << 2
    options = b"".join(one_[:-1] + bytes([one_[-1] ^ 1]) if one_[0] == 30 and one_[2] >> 4 == 3 else one_
                       for one_ in pieces(segment[20:end]))
    return segment[:20] + options + segment[end:]


# ------------------------------------------------------------------ a checksum failed: what was mapped before it was known

def checked(s):
    """One subflow with checksums and timestamps, and a segment of the client that is damaged on the way."""
    connection = talk(s, checksum=True, timestamps=True)
    first = connection.subflows[0]
    return connection, first


def fail_is_handled(s, connection, **what):
    expect(s, connection, fallback=None, may=["checksum_valid"], **what)


@scene("mp-fail-under-way.pcap")
def mp_fail_under_way(s):
    """The client finds a damaged segment of the server and sends MP_FAIL. Segments of the server with new mappings
    arrive for three round trips of the handshake: they had been under way, their timestamps echo what the client had
    sent before."""
    connection, first = checked(s)
    failed = first.data("server", 40, answer=False, damaged=True)
    before = first.clock_seen["server"]
    s.wait(0.002)
    first.pure_ack("client", dss(failed.dsn), mp_fail(failed.dsn))
    for _ in range(6):
        first.last_sender, first.clock_seen["server"] = "server", before
        s.wait(0.005)
        first.data("server", 500, answer=False)
    s.wait(0.01)
    first.pure_ack("server", first.dss("server"), mp_fail(connection.next["client"]))
    close(connection)
    fail_is_handled(s, connection, rules={"mp_fail_handling": NOT_JUDGED})


@scene("mp-fail-under-way.pcap")
def mp_fail_queued(s):
    """The client, told of the failure, sends the rest of a mapping that it had stated before, for three round trips:
    that is no new one."""
    connection, first = checked(s)
    failed = first.data("client", 40, answer=False, damaged=True)
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    first.data("client", 500, mapping=(start, ssn, 4000), option="dss", answer=False)
    s.wait(0.02)
    first.pure_ack("server", dss(failed.dsn), mp_fail(failed.dsn))
    for _ in range(7):
        first.data("client", 500, mapping=(start, ssn, 4000), option="dss")
    close(connection)
    fail_is_handled(s, connection, rules={"mp_fail_handling": NOT_JUDGED})


@scene("mp-fail-under-way.pcap")
def mp_fail_queued_mapping(s):
    """The client states one new mapping when it has just got the MP_FAIL and has data under way: it may have been
    queued with it."""
    connection, first = checked(s)
    failed = first.data("client", 40, answer=False, damaged=True)
    first.data("client", 500, answer=False)
    s.wait(0.015)
    first.pure_ack("server", dss(failed.dsn), mp_fail(failed.dsn))
    first.data("client", 500, answer=False)
    s.wait(0.012)
    first.data("client", 500)
    close(connection)
    fail_is_handled(s, connection, rules={"mp_fail_handling": NOT_JUDGED})


@scene("mp-fail-ignored.pcap", True)
@scene("mp-fail-ignored.pcap", False)
def mp_fail_ignored(s, busy):
    """The client goes on with new mappings as if there had been no MP_FAIL, for twenty round trips, always with data
    under way, or with each segment when all before had been acknowledged."""
    connection, first = checked(s)
    failed = first.data("client", 40, answer=False, damaged=True)
    first.pure_ack("server", dss(failed.dsn), mp_fail(failed.dsn))
    for _ in range(20):
        first.data("client", 500, answer=not busy)
        if busy:
            first.data("client", 300, answer=False)
            s.wait(0.015)
    close(connection)
    fail_is_handled(s, connection, rules={"mp_fail_handling": ["violated"]})


# ----------------------------------------------------------------------------- joins while one end has closed its direction

@scene("join-half-closed.pcap", True)
@scene("join-half-closed.pcap", False)
def half_closed_join(s, at_once):
    """The server has said DATA_FIN, the client sends on; a join of the client is refused, its SYN with reason 1 or its
    ACK with reason 3. It did not come too late: half the connection is open."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data_fin("server")
    s.wait(0.002)
    join = tries_to_join(connection)
    join.syn()
    if not at_once:
        join.synack()
        join.send("client", ACK, [mp_join_ack(mac_of(1, *join.key_pair("client"),
                                                     join.nonce["client"] + join.nonce["server"]))])
    bare_rst(join, "server", ACK if at_once else 0, mp_tcprst(1 if at_once else 3))
    refusal = s.last()
    for _ in range(4):
        s.wait(0.3)
        first.data("client", 400)
    first.data_fin("client")
    first.fin()
    expect(s, connection, single_subflow=one("join_refused", certainty=LIKELY, frames=[refusal], named=["too_short"],
                                             alternatives=["too_short", "join_stripped", "join_ack_missing"]),
           counters=[["server", "MPRstTx", 0], ["client", "MPRstRx", 0], ["server", "MPJoinAckRx", 0]])


# ---------------------------------------------------------------------------------- resets: whose, and what a kernel counts

def bare_rst(subflow, who, flags, *mptcp):
    """A RST of a host that has no socket: without an acknowledgment, or where it answers a SYN with number 0."""
    peer = OTHER[who]
    (source, source_port), (target, target_port) = subflow.source(who), subflow.source(peer)
    subflow.capture.now += subflow.path.rtt_ms * 1_000_000 if who == "server" else 0
    subflow.last_sender = who
    seq = 0 if flags else subflow.next[who]
    segment = craft.tcp(source, target, source_port, target_port, seq, subflow.next[peer] if flags else 0, RST | flags,
                        b"".join(mptcp))
    subflow.capture.packet(source, target, TCP, segment, who == "client", subflow.path.interface)


@scene("reset-counted.pcap")
def reset_counted(s):
    """The server resets a subflow that works: both count it. The client's answer has no option."""
    connection, first, second = two(s)
    second.reset("server", mp_tcprst(6))
    plain_rst(second, "client")
    exchange(first)
    close(connection, first)
    expect(s, connection, counters=[["server", "MPRstTx", 1], ["client", "MPRstRx", 1], ["client", "MPRstTx", 0],
                                    ["server", "MPRstRx", 0]])


@scene("reset-counted.pcap")
def reset_crossing(s):
    """Both ends reset the second subflow at a time: neither has a socket when the other's RST arrives."""
    connection, first, second = two(s)
    second.reset("client", mp_tcprst(0))
    second.last_sender = "server"
    second.reset("server", mp_tcprst(6))
    exchange(first)
    close(connection, first)
    expect(s, connection, counters=[["server", "MPRstTx", 1], ["client", "MPRstTx", 1], ["client", "MPRstRx", 0],
                                    ["server", "MPRstRx", 0]])


@scene("reset-counted.pcap")
def reset_before_established(s):
    """The client aborts a connection whose join was not answered yet: the SYN/ACK comes later, and no socket of the
    server gets the RST of the join."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    connection.subflows[0].reset("client", mp_fastclose(connection.key["server"]), mp_tcprst(0))
    join.send("client", RST | ACK, [mp_fastclose(connection.key["server"]), mp_tcprst(0)])
    join.synack()
    expect(s, connection, counters=[["client", "MPRstTx", 2], ["server", "MPRstRx", 1], ["client", "MPFastcloseTx", 2],
                                    ["server", "MPFastcloseRx", 1]])


@scene("reset-in-row.pcap")
def reset_in_row(s):
    """The client resets its subflow, and sends on a second later; its RST is numbered as its other packets are: it is
    its own. The server, whose socket is gone, answers by RST."""
    connection = talk(s)
    first = connection.subflows[0]
    first.data("client", 500)
    first.reset("client")
    reset = s.last()
    s.wait(1)
    first.data("client", 500, answer=False)
    plain_rst(first, "server")
    expect(s, connection, reset=only(one("no_reason", certainty=LIKELY, frames=[reset]), extra=["no_reason"]),
           close=one("reset_client"))


# ----------------------------------------------------------------------------------------- what a part of a capture tells

@scene("bad-capable-one-way.pcap", b"\x41")
@scene("bad-capable-one-way.pcap", b"\x00")
def bad_capable_one_way(s, flags):
    """Only what goes to the server was captured: a SYN with flag B or without H, and an ACK without option, which is
    where the connection fell back."""
    s.directions = (True,)
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.send("client", SYN, [mptcp_option("MP_CAPABLE", 0, 1, flags)], seq=first.isn["client"])
    connection.fall_back("bad_capable")
    first.synack(mptcp=False)
    first.ack(mptcp=False)
    ack = s.last()
    exchange(first, 200, 300)
    connection.close()
    expect(s, connection, state="fallback", fallback_cause="bad_capable", may=["capable_flags"],
           events=[event("fallback", 1, frames=[ack], cause="bad_capable")])


@scene("cut-join-hmac.pcap", snaplen=90)
def cut_join_hmac(s):
    """The HMAC in the ACK of the join is wrong, and the server resets it, reason 1. Of each frame 90 octets were
    captured: of the options of other packets the end is missing, the ACK is whole."""
    connection = talk(s, timestamps=True, ack_octets=8)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    join.send("client", ACK, [mp_join_ack(made_up("no such key", 20))])
    ack = s.last()
    join.reset("server", mp_tcprst(1))
    for _ in range(3):
        exchange(connection.subflows[0], 100, 200)
    close(connection)
    expect(s, connection, single_subflow=one("join_hmac_wrong", certainty=PROVEN, frames=[ack]), may=["join_hmac_ack"],
           rules={"join_hmac_ack": ["violated"], "data_ack_sent": NOT_BROKEN})


# -------------------------------------------------------------------- two captures: what was taken or lost on the way

def altered(s, first, who, size):
    """Data of who, whose options are gone when it arrives; the other packets are as they were."""
    with s.setting(alter=blanked):
        return first.data(who, size, answer=False, option="dss")


@pair("both-one-way", "server")
@pair("both-one-way", "client")
def both_one_way(s, who):
    """What one end sends loses its options on the way; the other end goes on with DSS, and sees no DATA_ACK."""
    connection = talk(s, timestamps=True)
    first, peer = connection.subflows[0], OTHER[who]
    first.data(peer, 300)
    first.data(peer, 400, answer=False)
    for _ in range(6):
        with s.setting(alter=blanked):
            first.pure_ack(who)
        s.wait(0.3)
        first.data(peer, 400, answer=False)
    with s.setting(alter=blanked):
        first.pure_ack(who)
    for end in ("both", "reversed"):
        expect(s, connection, end, may=["options_intact"], rules={"options_intact": ["violated"]},
               fallback=one("middlebox", certainty=PROVEN, says="7 packets"))


@pair("both-plain-retry")
def both_plain_retry(s):
    """Two SYNs with MP_CAPABLE are lost on the way, a plain one arrives and is answered."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    for seconds in (1, 2):
        with s.setting(lost=True):
            first.syn(lost=True)
        s.wait(seconds)
    first.syn(mptcp=False)
    plain = s.last()
    connection.fall_back("plain_syn_retry")
    both_plain(connection, first, True)
    expect(s, connection, "client", state="fallback", fallback_cause="plain_syn_retry",
           fallback=one("plain_syn_retry", certainty=LIKELY, frames=[plain]),
           events=[event("connection_syn", 1, frames=None), event("fallback", 1, frames=[plain]),
                   {"event": "connection_syn", "detail": {"count": [2]}}])
    expect(s, connection, "both", fallback=one("plain_syn_retry", certainty=PROVEN, frames=[plain],
                                               says="lost on the way"))


def announces(connection, times, **how):
    """The server announces an address, so often, a second apart."""
    first, s = connection.subflows[0], connection.capture
    for _ in range(times):
        with s.setting(**how):
            first.pure_ack("server", add_addr(1, 5, "203.0.113.77", keys=first.key_pair("server")))
        s.wait(1)
        exchange(first)


def ends_later(connection):
    for _ in range(2):
        connection.capture.wait(1)
        exchange(connection.subflows[0])
    close(connection)


@pair("both-announced", 1)
@pair("both-announced", 4)
def both_announcement_lost(s, times):
    """The server announces an address; each packet with it is lost on the way, and no echo comes."""
    connection = talk(s, timestamps=True)
    announces(connection, times, lost=True)
    ends_later(connection)
    expect(s, connection, "client", single_subflow=one("no_address_known", certainty=GUESSED))
    expect(s, connection, "server", single_subflow=one("add_addr_not_echoed", certainty=LIKELY),
           rules={"add_addr_echo": ["violated"]})
    for end in ("both", "reversed"):
        expect(s, connection, end, rules={"add_addr_echo": NOT_JUDGED}, single_subflow=one(
            "add_addr_lost", certainty=PROVEN, says=r"203\.0\.113\.77.*lost on the way \(%d sent" % times))


@pair("both-announced", blanked)
@pair("both-announced", removed)
def both_announcement_stripped(s, how):
    """The ADD_ADDRs of the server arrive as ACKs without the option."""
    connection = talk(s, timestamps=True)
    announces(connection, 2, alter=how)
    ends_later(connection)
    for end in ("both", "reversed"):
        expect(s, connection, end, may=["options_intact"],
               rules={"add_addr_echo": NOT_JUDGED, "options_intact": ["violated"]},
               single_subflow=one("add_addr_stripped", certainty=PROVEN, says=r"203\.0\.113\.77.*removed the option"))


@pair("both-announced")
def both_announcement_unanswered(s):
    """The first ADD_ADDR is lost, the second arrives, and the client does not echo it."""
    connection = talk(s, timestamps=True)
    announces(connection, 1, lost=True)
    announces(connection, 1)
    ends_later(connection)
    for end in ("both", "reversed"):
        expect(s, connection, end, rules={"add_addr_echo": ["violated"]}, single_subflow=one(
            "add_addr_not_echoed", certainty=PROVEN, says="arrived"))


@pair("both-announced")
def both_announcement_echo_lost(s):
    """The ADD_ADDR arrives, and its echo is lost: it is the client that does not join."""
    connection = talk(s, timestamps=True)
    announces(connection, 1)
    with s.setting(lost=True):
        connection.subflows[0].pure_ack("client", add_addr(1, 5, "203.0.113.77"))
    ends_later(connection)
    expect(s, connection, "server", single_subflow=one("add_addr_not_echoed", certainty=LIKELY))
    for end in ("both", "reversed"):
        expect(s, connection, end, rules={"add_addr_echo": ["ok"]},
               single_subflow=one("add_addr_not_used", certainty=LIKELY))


@pair("both-join-stripped")
def both_join_data_stripped(s):
    """On the second subflow the client's data loses its DSS: the server resets it, reason 6, and the data comes on the
    first. The client mapped it: with both captures no rule is broken but that of the way."""
    connection, first, second = two(s, timestamps=True)
    exchange(first, 200, 300)
    gone = [altered(s, second, "client", 400) for _ in range(3)]
    second.reset("server", mp_tcprst(6))
    for segment in gone:
        first.reinject(segment)
    close(connection, first)
    expect(s, connection, "client", fallback=None, rules={"data_mapped": ["ok"]}, bytes=bytes_of(connection))
    expect(s, connection, "server", fallback=None, may=["data_mapped"], rules={"data_mapped": ["violated"]})
    for end in ("both", "reversed"):
        expect(s, connection, end, fallback=None, may=["options_intact"],
               rules={"options_intact": ["violated"], "data_mapped": NOT_BROKEN},
               reset=only(one("middlebox", certainty=PROVEN), extra=["middlebox"]))


@scene("join-refused.pcap")
def join_refused_from_afar(s):
    """The RST that answers the SYN of a join has another TTL than all else of the server: it may be a firewall's."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    with s.setting(ttl=200):
        join.reset("server")
    wanted = refused(s, join, says=r"its TTL is 200, the other packets of the server have 57\b")
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=wanted, subflows=1)


@scene("join-reset.pcap")
def join_ack_then_data(s):
    """Of a join the ACK and data behind it get no answer; after seconds a RST of the server comes. It need not answer
    the ACK: whether the join was refused is not known."""
    connection, join = joined_up_to_ack(s, lost=True)
    segment = join.data("client", 300, lost=True)
    s.wait(3)
    join.reset("server")
    connection.subflows[0].reinject(segment)
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=one(
        "join_ack_missing", certainty=LIKELY, says="its ACK with the HMAC was sent.*; the server reset it in the end"))


@scene("join-reset.pcap")
def join_ack_reset_late(s):
    """The ACK of a join is sent twice, and nothing comes for three seconds, then a RST without a reason: what a host
    answers it answers at once."""
    connection, join = joined_up_to_ack(s)
    s.wait(1)
    join.send("client", ACK, [mp_join_ack(mac_of(1, *join.key_pair("client"),
                                                 join.nonce["client"] + join.nonce["server"]))])
    s.wait(3)
    join.reset("server")
    reset = s.last()
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=one("join_ack_missing", certainty=LIKELY, never="answered its ACK"),
           reset=one("no_reason", frames=[reset]))


@scene("join-cut-syn.pcap")
def join_cut_behind_syn(s):
    """The capture ends 30 ms after the SYN of a join: an answer, or a second SYN, could not come before."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    syn = s.last()
    s.wait(0.03)
    exchange(connection.subflows[0])
    expect(s, connection, single_subflow=one("not_captured", certainty=UNKNOWN, frames=[syn], never="probably"))


@scene("join-cut-synack.pcap")
def join_cut_behind_synack(s):
    """The same after the SYN/ACK: the ACK does not come any more."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    s.wait(0.03)
    exchange(connection.subflows[0])
    expect(s, connection, single_subflow=one("not_captured", certainty=UNKNOWN, says="after its SYN/ACK",
                                             never="probably"))


@pair("both-join-stripped")
def both_join_syn_stripped_behind_nat(s):
    """The SYN of a join arrives without MP_JOIN, with another address and port, and the server answers by RST. Only its
    number says that it is the same."""
    connection = talk(s)
    join = tries_to_join(connection)
    with s.setting(nat={PATH_B.client: ("198.51.100.200", 61234)}):
        with s.setting(alter=blanked):
            join.syn()
        syn = s.last()
        join.reset("server")
    stays_on_first(s, connection)
    expect(s, connection, "client", single_subflow=one("join_refused", certainty=SAID))
    expect(s, connection, "both", single_subflow=one(
        "join_stripped", certainty=PROVEN, some=[syn], says="its SYN was sent with MP_JOIN and arrived without"))


@pair("both-join-stripped")
def both_join_refused_behind_nat(s):
    """The same, with the option as it was: the server's refusal is its own."""
    connection = talk(s)
    join = tries_to_join(connection)
    with s.setting(nat={PATH_B.client: ("198.51.100.200", 61234)}):
        join.syn()
        join.reset("server")
    reset = s.last()
    stays_on_first(s, connection)
    for end in Ends.ends:
        expect(s, connection, end, single_subflow=one("join_refused", certainty=PROVEN, some=[reset],
                                                      never="on the way|option"))


@pair("both-join-lost")
def both_join_refused_on_the_way(s):
    """The SYN of a join is answered by a RST that says it is the server's, which has neither."""
    connection = talk(s)
    join = tries_to_join(connection)
    with s.setting(lost=True):
        join.syn()
    with s.setting(ttl=57, seen=("client",)):
        join.reset("server")
    reset = s.last()
    stays_on_first(s, connection)
    expect(s, connection, "client", single_subflow=one("join_refused", certainty=SAID, some=[reset]))
    expect(s, connection, "both", single_subflow=one(
        "join_refused", certainty=PROVEN, some=[reset],
        says="by something on the way: the capture at the server has no such RST"))


@pair("both-join-lost")
def both_join_ack_lost(s):
    """The ACK of a join never arrives, and the server sends its SYN/ACK again."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    join.synack()
    for _ in range(2):
        with s.setting(lost=True):
            join.send("client", ACK, [mp_join_ack(mac_of(1, *join.key_pair("client"),
                                                         join.nonce["client"] + join.nonce["server"]))], lost=True)
        s.wait(1)
        join.synack()
    stays_on_first(s, connection)
    expect(s, connection, "server", single_subflow=one("join_ack_missing", certainty=LIKELY))
    expect(s, connection, "both", single_subflow=one("join_ack_missing", certainty=PROVEN,
                                                     says="its ACK with the HMAC left, and is not in the other capture"))


@scene("join-refused.pcap")
def join_refused_by_several_ways(s):
    """As above, but the server's packets come by ways of several lengths: that the TTL is another one says nothing."""
    connection = talk(s)
    join = tries_to_join(connection)
    join.syn()
    with s.setting(ttl=56):
        join.reset("server")
    wanted = refused(s, join, never="TTL")
    with s.setting(ttl=55):
        exchange(connection.subflows[0])
    stays_on_first(s, connection)
    expect(s, connection, single_subflow=wanted, subflows=1)


@pair("both-announced")
def both_announcement_forged_and_lost(s):
    """An ADD_ADDR with a wrong HMAC is lost on the way. It would have been ignored: it is not why there is one subflow."""
    connection = talk(s, timestamps=True)
    first = connection.subflows[0]
    with s.setting(lost=True):
        first.pure_ack("server", wrong_hmac(add_addr(1, 5, "203.0.113.77", keys=first.key_pair("server"))))
    ends_later(connection)
    for end in ("client", "both"):
        expect(s, connection, end, single_subflow=none_of("add_addr_lost", "add_addr_not_echoed"))


@pair("both-one-interface")
def both_third_subflow(s):
    """Of three subflows the server's capture lacks the one with nearly all bytes, on which packets are lost: it has the
    number that it has in the client's."""
    connection = talk(s, timestamps=True)
    first, third = connection.subflows[0], connection.join(PATH_C)
    with s.setting(seen=("client",)):
        second = connection.join(PATH_B)
    for _ in range(4):
        with s.setting(seen=("client",)):
            second.data("client", 1000)
            lost = second.data("client", 1000, lost=True)
        third.data("client", 100)
        first.data("client", 100)
        s.wait(0.4)
        with s.setting(seen=("client",)):
            second.resend(lost)
    close(connection, first, third)
    for end, name in ("both", "tcp 2"), ("reversed", "tcp 2 of the other capture"):
        expect(s, connection, end, aggregation=one("not_used", certainty=UNKNOWN, says="To the server, %s carried" % name),
               limit=one("send_buffer", certainty=LIKELY, says="while it waited for %s " % name))


@scene("window-probe.pcap")
def window_probes_of_two(s):
    """The client's window is full two times, with other data: the probes of each are an event."""
    connection = Connection(s, timestamps=True)
    connection.window["client"] = 6
    first = connection.open()
    exchange(first)
    second = connection.join()
    probes = []
    for opened in 6, 502:
        connection.window["client"] = 4
        first.data("server", 256)
        connection.window["client"] = 0
        first.data("server", 512)
        for seconds in (0.6, 1.2):
            s.wait(seconds)
            dsn = connection.next["server"] - 1
            second.data("server", 1, dsn=dsn, octets=connection.content("server", dsn + 1, 1), answer=False)
            probes.append(s.last())
            second.pure_ack("client")
        connection.window["client"] = opened
        first.pure_ack("client")
    connection.close()
    is_healthy(s, connection, rules={"window_respected": NOT_BROKEN, "data_same": NOT_BROKEN},
               events=[event("handover", 0), event("window_probe", 2, probes[::2], "server", last_frame=probes[1::2])])


@scene("one-interface.pcap")
def one_interface_data_fin(s):
    """The same, and the client's DATA_FIN went over the other subflow too: it takes a number, and is no byte. The
    client's DATA_ACK of the server's DATA_FIN, which was captured, shows nothing of the 44 bytes."""
    connection = talk(s)
    first = connection.subflows[0]
    with s.unseen():
        join = connection.join()
        join.data("client", 44)
    first.pure_ack("server")
    shown = s.last()
    with s.unseen():
        join.data_fin("client")
    first.data_fin("server", answer=False)
    first.pure_ack("client")
    acked = s.last()
    expect(s, connection, rules={"data_ack_sent": ["violated"]},
           single_subflow=one("one_interface", certainty=PROVEN, frames=[shown], without=[acked],
                              says="^At least 44 bytes of the data "))


@scene("reset-others.pcap")
def reset_goes_on(s):
    """The client closes the second of three subflows, the server resets the third, and the closing of the second goes
    on. What comes afterwards comes on the first: the second was no longer in use."""
    connection = talk(s, (PATH_A, PATH_B, PATH_C))
    first, second, third = connection.subflows
    second.send("client", FIN, [second.dss("client")])
    third.reset("server", mp_tcprst(3))
    reset = s.last()
    second.send("server", FIN, [second.dss("server")])
    second.pure_ack("client")
    exchange(first)
    close(connection, first)
    expect(s, connection, reset=one("prohibited", frames=[reset], says="the connection went on over 1 other subflow$"))


@scene("reset-others.pcap")
def reset_of_all(s):
    """The server resets the second of two subflows, then the first, on which nothing came in between. A RST of it
    was beyond everything that it had sent, and was ignored; one of the client answers the last one."""
    connection, first, second = two(s)
    first.next["server"] += 5000
    first.reset("server")
    ignored = s.last()
    first.next["server"] -= 5000
    exchange(first)
    second.reset("server", mp_tcprst(3))
    resets = [s.last()]
    first.reset("server", mp_tcprst(4))
    resets.append(s.last())
    plain_rst(first, "client")
    expect(s, connection,
           reset=only(one("prohibited", frames=resets[:1], says="; 1 other subflow was open$"),
                      one("too_much_data", frames=resets[1:], says="; no other captured subflow was open$")),
           close=one("reset_server", certainty=LIKELY, frames=resets[1:], without=[ignored, resets[0], s.last()]))


@scene("reset-others.pcap")
def reset_while_open(s):
    """The server resets the second subflow. The first was used before, and nobody has closed it."""
    connection, _, second = two(s)
    second.reset("server", mp_tcprst(3))
    expect(s, connection, reset=one("prohibited", frames=[s.last()], says="; 1 other subflow was open$"),
           close=one("open"))


@scene("simultaneous-open.pcap")
def simultaneous_open(s):
    """Both ends send a SYN with MP_CAPABLE at the same time, then their SYN/ACKs: the client repeats its option of 4
    octets, as its SYN had it, the server sends its key. The ACK has none, and it goes on as TCP. Nobody broke a rule."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    syn = s.last()
    first.got["server"].next, heard = first.isn["client"], first.got["server"].next
    first.send("server", SYN, [mp_capable(1)], seq=first.isn["server"])
    crossing = s.last()
    first.got["server"].next = heard
    first.send("client", SYN, [mp_capable(1)], seq=first.isn["client"])
    connection.fall_back("no_option_in_ack")
    first.synack()
    first.ack(mptcp=False)
    exchange(first, 200, 300)
    connection.close()
    expect(s, connection, state="fallback", bytes=[200, 300],
           rules={"option_length": ["ok"], "version_negotiation": NOT_BROKEN, "capable_flags": NOT_BROKEN},
           fallback=one("no_option_in_ack", certainty=PROVEN, frames=[syn, crossing], says="simultaneous open"))


@scene("handshake-at-the-end.pcap")
def handshake_at_the_end(s):
    """The capture ends with the SYN/ACK: the connection was not open yet."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    first.synack()
    expect(s, connection, state="incomplete",
           close=one("open", certainty=UNKNOWN, says="^Its handshake was not complete at the end of the capture, [0-9.]+ "
                                                     "s after its beginning: the capture does not tell"))


@scene("handshake-at-the-end.pcap", 1)
@scene("handshake-at-the-end.pcap", 3)
def syns_at_the_end(s, times):
    """Nothing answers the SYN, which is sent once, or three times in two seconds."""
    connection = Connection(s)
    first = connection.subflow(PATH_A)
    first.syn()
    for _ in range(times - 1):
        s.wait(1)
        first.syn()
    if times == 1:
        close_is = one("not_captured", certainty=UNKNOWN,
                       says="^No answer to its only SYN was captured: the capture does not tell whether the server answered$")
    else:
        close_is = one("unanswered", certainty=LIKELY,
                       says="^The last of its SYNs was sent, 2[.][0-9]+ s after its beginning: probably none was answered$")
    expect(s, connection, close=close_is)


def address_changed(segment):
    """The last octet of the address 203.0.113.99."""
    return segment.replace(bytes([203, 0, 113, 99]), bytes([203, 0, 113, 98]))


@pair("both-add-addr-changed", "server")
@pair("both-add-addr-changed", "client")
def both_add_addr_changed(s, who):
    """The address in the ADD_ADDR of the server, or in the echo of the client, is changed on the way."""
    connection = talk(s)
    first = connection.subflows[0]
    for _ in range(3):
        with s.setting(alter=address_changed if who == "server" else s.alter):
            first.pure_ack("server", add_addr(1, 2, "203.0.113.99", keys=first.key_pair("server")))
        with s.setting(alter=address_changed if who == "client" else s.alter):
            first.pure_ack("client", add_addr(1, 2, "203.0.113.99" if who == "client" else "203.0.113.98"))
        exchange(first)
        s.wait(2)
    close(connection)
    expect(s, connection, "server", rules={"add_addr_echo": ["violated"]},
           single_subflow=one("add_addr_changed", certainty=LIKELY))
    expect(s, connection, "reversed", may=["add_addr_echo", "add_addr_hmac"], rules={"options_intact": ["violated"]},
           single_subflow=one("add_addr_changed", certainty=PROVEN,
                              says="something on the way changed the " + ("ADD_ADDR" if who == "server" else "echo")))


# ---------------------------------------------------------------------------------------------------------------------


def entry_of(s, end):
    found = {}
    for key in ("warnings", "no_warnings"):
        if key in s.expected:
            found[key] = s.expected[key]
    found["connections"] = []
    for entry in s.expected.get(end, []):
        entry = resolved(entry, s, end)
        if end in ("both", "reversed") or any(before["scene"] == entry["scene"] for before in found["connections"]):
            del entry["note"]
        found["connections"].append(entry)
    return found


def expected_json(files, pairs):
    """A line for each file and each pair."""
    lines = ["%s: %s" % (json.dumps(name), json.dumps(found)) for name, found in files]
    both = [json.dumps(entry) for entry in pairs]
    return '{"schema": "verdicts-expected/1",\n"files": {\n%s\n},\n"pairs": [\n%s\n]}\n' % (",\n".join(lines),
                                                                                    ",\n".join(both))


def fill(s, scenes, settings=()):
    labels = []
    for number, (function, args, how) in enumerate(scenes):
        how = {key: value for key, value in how.items() if key not in settings}
        words = [getattr(value, "__name__", str(value)) for value in args
                 if isinstance(value, (str, int)) and "(?" not in str(value) or callable(value)]
        words += ["%s=%s" % (key, value) for key, value in how.items() if isinstance(value, (str, int, float))]
        label = " ".join([function.__name__, *words])
        labels.append(label)
        if labels.count(label) > 1:
            label += ", %d" % labels.count(label)
        s.begin(number, label, " ".join(function.__doc__.split()))
        function(s, *args, **how)


def grouped(entries):
    """Per file its scenes, in the order of the text above."""
    files = {}
    for name, *scene_ in entries:
        files.setdefault(name, []).append(scene_)
    return sorted(files.items())


def in_order(entries):
    """Decorators are applied from the last to the first."""
    return sorted(entries, key=lambda entry: entry[1].__code__.co_firstlineno)


def kind_of_file(name):
    return {"snaplen": 262144 if name.startswith(WHOLE) else 128, "link": "raw" if name.startswith(RAW) else "ethernet"}


def make_all(outdir):
    files, pairs = [], []
    for name, scenes in grouped(in_order(FILES)):
        settings = kind_of_file(name)
        settings.update((key, value) for key, value in scenes[0][2].items() if key in ("snaplen", "linux"))
        s = Scene(**settings)
        fill(s, scenes, settings)
        craft.write(os.path.join(outdir, name), (pcapng if name.endswith(".pcapng") else pcap)(s))
        files.append((name, entry_of(s, "client")))
    for name, scenes in grouped(in_order(PAIRS)):
        s = Ends(**kind_of_file(name))
        fill(s, scenes)
        names = ["%s-%s.pcapng" % (name, end) for end in ("client", "server")]
        for file, capture in zip(names, (s, s.server)):
            capture.frames.sort(key=lambda frame: frame.time)
            craft.write(os.path.join(outdir, file), pcapng(capture))
        files += [(file, entry_of(s, end)) for file, end in zip(names, ("client", "server"))]
        pairs += [dict({"captures": order}, **entry_of(s, end))
                  for end, order in (("both", names), ("reversed", names[::-1])) if s.expected.get(end)]
    files.sort(key=lambda entry: entry[0])
    craft.write(os.path.join(outdir, "expected.json"), expected_json(files, pairs).encode())


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    make_all(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
