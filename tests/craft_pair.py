#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make captures of both ends of the conversations of craft.py, with a wire between them that loses, delays and cuts.

Usage: craft_pair.py OUTDIR

Per function below NAME-client.pcapng and NAME-server.pcapng, and in OUTDIR/truth.json what the wire did: per NAME,
TCP client address and role that is sent to, the one-way delay in ns of each packet in the order of sending, null for
a lost one. Both ends have one clock unless the server's is "ahead".
"""

import collections
import json
import os
import struct
import sys

import craft
from craft import PATH_A, PATH_A6, PATH_B, PATH_C, Frame, exchange, talk

COPY = 50_000  # ns between the copies of a packet
FILES = []


class Wire(craft.Capture):
    """This is the client's capture; what it puts on the wire is in the server's, too."""

    def __init__(self):
        super().__init__(nanoseconds=True)
        self.server = craft.Capture(nanoseconds=True)
        self.lost = False
        self.late = self.ahead = 0  # ns
        self.window = None  # instead of that of craft.py
        self.cut = None  # bytes of payload that go on in one packet
        self.directions = (True, False)
        self.first = 0  # a frame of the client's that stands before all others in the file
        self.copies = False  # every packet is captured at bond0, and by its slave
        self.again = None  # ns until the wire brings the packet a second time
        self.seen = ("client", "server")  # whose captures see it
        self.truth = collections.defaultdict(list)

    def two_interfaces(self):
        self.copies = True
        for capture in self, self.server:
            capture.interfaces = [capture.interfaces[0]._replace(name=name) for name in ("bond0", "eth0")]

    def ip(self, source, target, segment):
        """With a window and a checksum of its own."""
        window = segment[14:16] if self.window is None else struct.pack("!H", self.window)
        segment = segment[:14] + window + b"\0\0" + segment[18:]
        checksum = craft.internet_checksum(craft.pseudo_header(source, target, craft.TCP, len(segment)) + segment)
        segment = segment[:16] + struct.pack("!H", checksum) + segment[18:]
        if ":" in source:
            return craft.ipv6(source, target, craft.TCP, segment)
        self.idents[source] += 1
        return craft.ipv4(source, target, craft.TCP, segment, self.idents[source])

    def pieces(self, segment):
        """None: it is not cut."""
        header = segment[12] >> 4 << 2
        seq, = struct.unpack("!I", segment[4:8])
        if not self.cut or len(segment) - header <= self.cut:
            return
        for at in range(0, len(segment) - header, self.cut):
            yield segment[:4] + struct.pack("!I", seq + at) + segment[8:header] + \
                segment[header + at:header + at + self.cut]

    def put(self, end, time, octets, outgoing, received):
        """The first copy of what is received is at "time", and the last one of what is sent."""
        capture = self if end == "client" else self.server
        if end not in self.seen or outgoing not in self.directions:
            return
        link = capture.interfaces[0].link.wrap(octets, craft.IPV6 if octets[0] >> 4 == 6 else craft.IPV4, outgoing)
        time += self.ahead if end == "server" else 0
        if self.copies:
            capture.frames.append(Frame(time + (COPY if received else -COPY), 0, link, None))
        capture.frames.append(Frame(time, len(capture.interfaces) - 1, link, None))

    def packet(self, source, target, protocol, segment, outgoing=True, interface=0):
        self.now += craft.STEP
        way = {PATH_B.client: 15_000_000}.get(source if outgoing else target, 5_000_000) + self.late
        sent, received = (self.now, self.now + way) if outgoing else (self.now - way, self.now)
        ends = ("client", "server") if outgoing else ("server", "client")
        whole = self.ip(source, target, segment)
        arrived = [self.ip(source, target, piece) for piece in self.pieces(segment)] or [whole]
        self.put(ends[0], sent, whole, outgoing, False)
        times = () if self.lost else (received,) if self.again is None else (received, received + self.again)
        for time in times:
            for octets in arrived:
                self.put(ends[1], time, octets, outgoing, True)
        self.truth["%s %s" % (source if outgoing else target, ends[1])].append(None if self.lost else way)
        return ends[0] in self.seen


def pair(name):
    def register(function):
        FILES.append((name, function))
        return function
    return register


def identical(subflow, *settings):
    """ACKs of the client that are the same but for the IP id, and for what the wire does to them. They follow each
    other faster than copies do."""
    for setting in settings:
        subflow.capture.now -= craft.STEP - COPY // 2
        with subflow.capture.setting(**setting):
            subflow.pure_ack("client")


@pair("copies")
def copies(wire):
    """Two interfaces at both ends. Of two equal ACKs, of which the wire takes the first, the IP id tells which came;
    their copies are not next to each other in the files."""
    wire.two_interfaces()
    subflow = talk(wire).subflows[0]
    exchange(subflow)
    identical(subflow, {"lost": True}, {"late": 40_000})
    exchange(subflow)


@pair("copies-v6")
def copies_v6(wire):
    """The same without IP ids, and without packets that only they tell apart."""
    wire.two_interfaces()
    subflow = talk(wire, (PATH_A6,)).subflows[0]
    identical(subflow, {"window": 400}, {"window": 300, "lost": True})
    exchange(subflow)


@pair("twice")
def twice(wire):
    """The wire brings one packet two times, to two interfaces: the later one is too late for a copy of the capture, so the network made it."""
    wire.two_interfaces()
    subflow = talk(wire).subflows[0]
    with wire.setting(again=3_000_000):
        subflow.data("client", 20)
    exchange(subflow)


@pair("windows")
def windows(wire):
    """Without IP ids the window tells equal ACKs apart; where it is the same nothing does."""
    subflow = talk(wire, (PATH_A6,)).subflows[0]
    identical(subflow, {"window": 500, "lost": True}, {"window": 400, "late": 3_000_000},
              {"window": 300, "late": 1_000_000})
    subflow.data("server", 30, answer=False)
    identical(subflow, {"lost": True}, {"late": 500_000})
    subflow.data("server", 30, answer=False)


@pair("cut")
def cut(wire):
    """A packet of 2000 bytes becomes two on the way; so it does when it is sent again."""
    subflow = talk(wire).subflows[0]
    with wire.setting(cut=1000):
        segment = subflow.data("client", 2000)
        with wire.setting(late=1_000_000):
            subflow.resend(segment, answer=False)
    subflow.pure_ack("server")
    exchange(subflow)


@pair("late")
def late(wire):
    """One packet overtakes another, the next but one is lost: the order of arrival is not that of sending."""
    subflow = talk(wire).subflows[0]
    sent = []
    for setting in ({}, {"late": 900_000}, {"late": 300_000}, {"late": 100_000}, {"lost": True}, {"late": 20_000}, {}, {}):
        with wire.setting(**setting):
            sent.append(subflow.data("client", 100, answer=False, lost="lost" in setting))
    subflow.pure_ack("server")
    subflow.resend(sent[4])


@pair("ahead")
def ahead(wire):
    """The server's clock is 2.5 s ahead."""
    wire.ahead = 2_500_000_000
    subflow = talk(wire).subflows[0]
    for _ in range(10):
        exchange(subflow)


@pair("few")
def few(wire):
    """The same, but too few packets to know it."""
    wire.ahead = 2_500_000_000
    talk(wire)


@pair("set")
def clock_is_set(wire):
    """The server's clock is set: it goes 1 s ahead."""
    subflow = talk(wire).subflows[0]
    for number in range(80):
        wire.ahead = 1_000_000_000 if number >= 40 else 0
        exchange(subflow)
        wire.wait(0.1)


@pair("set-often")
def clock_is_set_often(wire):
    """The server's clock is set ahead, back and ahead: soon after the begin, and soon before the end, too."""
    wire.ahead = 250_000_000
    subflow = talk(wire).subflows[0]
    for number in range(120):
        wire.ahead = 250_000_000 + 1_000_000_000 * (number >= 20) \
            - 3_000_000_000 * (number >= 60) + 60_000_000 * (number >= 100)
        exchange(subflow)
        wire.wait(0.1)


@pair("jump")
def clock_jumps(wire):
    """The server's clock is set 1 s ahead among so few packets that no part of them tells how clocks differ."""
    subflow = talk(wire).subflows[0]
    wire.ahead = 1_000_000_000
    exchange(subflow)


@pair("one-way")
def one_way(wire):
    """Only what goes to the server was captured, at both ends."""
    wire.directions = (True,)
    subflow = talk(wire).subflows[0]
    for _ in range(10):
        exchange(subflow)


@pair("before-syn")
def before_syn(wire):
    """The last packet stands before the SYN in the file of the client: Wireshark makes a stream of its own of it."""
    subflow = talk(wire).subflows[0]
    for _ in range(2):
        exchange(subflow)
    wire.first = -1


@pair("older")
def older(wire):
    """Before the connection the client's capture has a packet of another one with the same addresses and ports."""
    with wire.setting(seen=()):
        old = talk(wire, name="old").subflows[0]
    with wire.setting(seen=("client",)):
        old.pure_ack("client")
    wire.wait(1)
    wire.truth.clear()
    exchange(talk(wire).subflows[0])


@pair("reused")
def reused(wire):
    """Two connections with the same addresses and ports; of the first one the client's capture has only the middle."""
    with wire.setting(seen=("server",)):
        old = talk(wire, name="old").subflows[0]
    exchange(old)
    with wire.setting(seen=("server",)):
        old.connection.close()
    wire.wait(60)
    talk(wire)


@pair("reinjected")
def reinjected(wire):
    """In this order: original lost, reinjection arrives; original arrives 10 ms earlier; the server's capture misses the
    original; it misses the reinjection."""
    first, second = talk(wire, (PATH_A, PATH_B)).subflows
    with wire.setting(lost=True):
        segment = first.data("client", 100, lost=True)
    second.reinject(segment)
    first.resend(segment)
    second.reinject(first.data("client", 100, answer=False))
    with wire.setting(seen=("client",)):
        segment = first.data("client", 100)
    second.reinject(segment)
    segment = first.data("client", 100)
    with wire.setting(seen=("client",)):
        second.reinject(segment)
    for subflow in first, second:
        exchange(subflow)


@pair("useful")
def useful(wire):
    """The originals come 40 and 50 ms late, the reinjections before. Of the server one packet with data is lost."""
    first, second = talk(wire, (PATH_A, PATH_B)).subflows
    for late in 40_000_000, 50_000_000:
        with wire.setting(late=late):
            segment = first.data("client", 100, answer=False)
        second.reinject(segment)
        wire.wait(0.1)
        first.pure_ack("server")
    with wire.setting(lost=True):
        segment = first.data("server", 100, lost=True)
    wire.wait(0.1)
    first.resend(segment)
    for _ in range(5):
        for subflow in first, second:
            exchange(subflow)


@pair("partly")
def partly(wire):
    """A subflow that only the client's capture has, one that only the server's has, and a connection that only the
    client's has."""
    connection = talk(wire)
    with wire.setting(seen=("client",)):
        exchange(connection.join(PATH_B))
    with wire.setting(seen=("server",)):
        exchange(connection.join(PATH_C))
    exchange(connection.subflows[0])
    with wire.setting(seen=("client",)):
        talk(wire, (PATH_B._replace(client_port=40044),), name="two")
    exchange(connection.subflows[0])


@pair("middle")
def middle(wire):
    """Only a few packets of two connections, of which neither capture has the begin. One of them is in both."""
    with wire.setting(seen=()):
        one = talk(wire, (PATH_A,), name="one")
        two = talk(wire, (PATH_B,), name="two")
    for _ in range(2):
        exchange(one.subflows[0])
        with wire.setting(seen=("client",)):
            exchange(two.subflows[0])


def main():
    truth = {}
    for name, function in FILES:
        wire = Wire()
        function(wire)
        truth[name] = wire.truth
        for end, capture in ("client", wire), ("server", wire.server):
            capture.frames.sort(key=lambda frame: frame.time)
            if end == "client" and wire.first:
                capture.frames.insert(0, capture.frames.pop(wire.first))
            craft.write(os.path.join(sys.argv[1], "%s-%s.pcapng" % (name, end)), craft.pcapng(capture))
    with open(os.path.join(sys.argv[1], "truth.json"), "w", encoding="utf-8") as out:
        json.dump(truth, out)


if __name__ == "__main__":
    main()
