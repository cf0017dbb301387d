# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut captures, and join them.

    capture = Capture("x.pcapng.gz")
    capture.write("y.pcapng", picks=[0, 3, 4], snaplen=80)

Capture reads pcap (both byte orders, microseconds and nanoseconds) and pcapng (one section), compressed by gzip or
not, whatever the name says, and writes the picked packets in the same format: with their times, interfaces and true
lengths, and not more than snaplen octets of each. What it does not know or finds damaged is Unreadable.

join() writes packets of several captures to one file, for one tshark to read: it takes much longer to start than to read
a small capture.
"""

import functools
import gzip
import socket
import struct
import zlib
from collections import namedtuple

Record = namedtuple("Record", "interface time data length options")

PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 6), b"\xa1\xb2\xc3\xd4": (">", 6),
        b"\x4d\x3c\xb2\xa1": ("<", 9), b"\xa1\xb2\x3c\x4d": (">", 9)}
SECTION, INTERFACE, OBSOLETE, SIMPLE, PACKET = 0x0A0D0D0A, 1, 2, 3, 6
ETHERNET, RAW, SLL, SLL2 = 1, (12, 14, 101, 228, 229), 113, 276
VLANS = (0x8100, 0x88A8)
MAGIC = 0x1A2B3C4D


class Unreadable(Exception):
    pass


def padded(data):
    return data + bytes(-len(data) % 4)


def block(kind, body, order="<"):
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


class Capture:
    def __init__(self, path):
        self.path, self.records, self.interfaces, self.links = path, [], [], []
        with open(path, "rb") as source:
            data = source.read()
        try:
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            if data[:4] in PCAP:
                self.read_pcap(data)
            elif data[:4] == struct.pack("<I", SECTION):
                self.read_pcapng(data)
            else:
                raise Unreadable("neither pcap nor pcapng")
        except (EOFError, OSError, struct.error, zlib.error, IndexError) as error:
            raise Unreadable("damaged: %s" % error) from error

    def read_pcap(self, data):
        self.order, self.digits = PCAP[data[:4]]
        self.head, self.is_pcapng = data[:24], False
        self.links = [struct.unpack_from(self.order + "I", data, 20)[0] & 0xFFFF]
        # As pcapng would describe it, with the resolution of the times.
        self.interfaces = [struct.pack("<HHIHHB3xI", self.links[0], 0, 0, 9, 1, self.digits, 0)]
        at = 24
        while at < len(data):
            high, low, captured, length = struct.unpack_from(self.order + "4I", data, at)
            self.take(0, (high, low), data[at + 16:at + 16 + captured], captured, length, b"")
            at += 16 + captured

    def read_pcapng(self, data):
        self.is_pcapng, self.order, self.head = True, "<", None
        at = 0
        while at < len(data):
            kind = struct.unpack_from(self.order + "I", data, at)[0]
            if kind == SECTION:
                if self.head:
                    raise Unreadable("several sections")
                self.order = "<" if struct.unpack_from("<I", data, at + 8)[0] == MAGIC else ">"
            size = struct.unpack_from(self.order + "I", data, at + 4)[0]
            if size < 12 or size % 4 or at + size > len(data) or data[at + 4:at + 8] != data[at + size - 4:at + size]:
                raise Unreadable("damaged: a block of %d octets" % size)
            self.take_block(kind, data[at + 8:at + size - 4])
            at += size

    def take_block(self, kind, body):
        if kind == SECTION:
            self.head = body[:8] + b"\xff" * 8 + body[16:]
        elif kind == INTERFACE:
            self.interfaces.append(body)
            self.links.append(struct.unpack_from(self.order + "H", body)[0])
        elif kind in (OBSOLETE, SIMPLE):
            raise Unreadable("a block of an old or simple kind")
        elif kind == PACKET:
            interface, high, low, captured, length = struct.unpack_from(self.order + "5I", body)
            if interface >= len(self.interfaces):
                raise Unreadable("damaged: no interface %d" % interface)
            self.take(interface, (high, low), body[20:20 + captured], captured, length,
                      body[20 + captured + -captured % 4:])

    def take(self, interface, time, data, captured, length, options):
        if len(data) != captured:
            raise Unreadable("damaged: cut short")
        self.records.append(Record(interface, time, data, length, options))

    def write(self, path, picks, snaplen=None):
        """Packets are picked by index: the first is 0."""
        with open(path, "wb") as out:
            if self.is_pcapng:
                out.write(block(SECTION, self.head, self.order))
                for body in self.interfaces:
                    out.write(block(INTERFACE, body, self.order))
            else:
                out.write(self.head)
            for pick in picks:
                interface, time, data, length, options = self.records[pick]
                data = data[:snaplen]
                numbers = (*time, len(data), length)
                if self.is_pcapng:
                    out.write(block(PACKET, struct.pack(self.order + "5I", interface, *numbers) + padded(data) +
                                    options, self.order))
                else:
                    out.write(struct.pack(self.order + "4I", *numbers) + data)

    def network(self, record):
        """Where the IP header begins in the packet; None: nothing that is known, or no IP."""
        link, data = self.links[record.interface], record.data
        if link in RAW:
            return 0
        where = {ETHERNET: (12, 14), SLL: (14, 16), SLL2: (0, 20)}.get(link)
        if where is None or len(data) < where[1]:
            return None
        kind, at = struct.unpack_from("!H", data, where[0])[0], where[1]
        while kind in VLANS and len(data) >= at + 4:
            kind, at = struct.unpack_from("!H", data, at + 2)[0], at + 4
        return at if kind in (0x0800, 0x86DD) else None

    def headers(self, record):
        """Of a TCP packet: ((source, port), (destination, port), where its payload begins); None: of another, or one that
        is cut before."""
        at, data = self.network(record), record.data
        if at is None or len(data) < at + 20 or self.is_fragment(record):
            return None
        six = data[at] >> 4 == 6
        family, first, size, ip = (socket.AF_INET6, 8, 16, 40) if six else (socket.AF_INET, 12, 4, 4 * (data[at] & 15))
        tcp = at + ip
        if data[at + (6 if six else 9)] != 6 or len(data) < tcp + 13:
            return None
        addresses = [socket.inet_ntop(family, data[at + first + k * size:at + first + (k + 1) * size]) for k in (0, 1)]
        source, destination = zip(addresses, struct.unpack_from("!HH", data, tcp))
        return source, destination, tcp + 4 * (data[tcp + 12] >> 4)

    @functools.cached_property
    def all_headers(self):
        return list(map(self.headers, self.records))

    def is_fragment(self, record):
        at = self.network(record)
        if at is None or len(record.data) < at + 8:
            return False
        if record.data[at] >> 4 == 6:
            return record.data[at + 6] == 44
        return struct.unpack_from("!H", record.data, at + 6)[0] & 0x3FFF != 0

    def is_plain(self):
        """Nothing about the file that keeps it from being joined with others."""
        return ((self.order == "<" or not self.is_pcapng) and
                all(link in (ETHERNET, SLL, SLL2, *RAW) for link in self.links) and
                not any(map(self.is_fragment, self.records)))


class Cut(namedtuple("Cut", "capture name picks snaplen")):
    """Some of the packets of a capture, and of each not more than snaplen octets (None: all)."""

    def write(self, path):
        self.capture.write(path, self.picks, self.snaplen)

    def headers_left(self):
        """Of each packet, how much of its headers is left: all that commands can see of a snaplen, but for the length."""
        return [headers and min(headers[2], self.snaplen) for headers in self.capture.all_headers]


def whole(capture):
    return Cut(capture, "whole", range(len(capture.records)), None)


def thirds(capture):
    n = len(capture.records)
    for name, picks in (("first third", range(n // 3)), ("first two thirds", range(2 * n // 3)),
                        ("last third", range(2 * n // 3, n))):
        yield Cut(capture, name, picks, None)


def snaplens(capture, lengths):
    for length in lengths:
        if any(len(record.data) > length for record in capture.records):
            yield Cut(capture, "snaplen %d" % length, range(len(capture.records)), length)


def interfaces(capture):
    used = sorted({record.interface for record in capture.records})
    for interface in used if len(used) > 1 else ():
        yield Cut(capture, "interface %d" % interface,
                  [k for k, record in enumerate(capture.records) if record.interface == interface], None)


def directions(capture, ends, connections):
    """ends: of each packet, (source, destination), each (address, port), or None; connections: of mptcp-ls."""
    paths = {(side(flow, "client"), side(flow, "server"))
             for connection in connections for flow in connection["subflows"]}
    for name, wanted in (("from the clients", paths), ("from the servers", {path[::-1] for path in paths})):
        yield Cut(capture, name, [k for k, path in enumerate(ends) if path in wanted], None)


def subflows(capture, ends, connections, at_most):
    """One subflow at a time, of connections that have several: what one interface of several would show."""
    flows = [flow for connection in connections if len(connection["subflows"]) > 1 for flow in connection["subflows"]]
    for flow in flows[:at_most]:
        path = {side(flow, "client"), side(flow, "server")}
        yield Cut(capture, "tcp %d" % flow["tcp_stream"],
                  [k for k, pair in enumerate(ends) if pair and set(pair) == path], None)


def side(flow, which):
    """The endpoint of a subflow at the client or the server of the connection."""
    if flow.get("opened_by") == "server":
        which = "client" if which == "server" else "server"
    return flow[which + "_address"], flow[which + "_port"]


def join(path, cuts):
    """Write the packets of all of them to one file."""
    with open(path, "wb") as out:
        out.write(block(SECTION, struct.pack("<IHHq", MAGIC, 1, 0, -1)))
        first, bases = 0, {}
        for capture in (cut.capture for cut in cuts):
            if capture in bases:
                continue
            bases[capture] = first
            first += len(capture.links)
            for body in capture.interfaces:
                out.write(block(INTERFACE, body))
        for cut in cuts:
            base, capture = bases[cut.capture], cut.capture
            for pick in cut.picks:
                interface, (high, low), data, length, _ = capture.records[pick]
                data = data[:cut.snaplen]
                if not capture.is_pcapng:
                    high, low = divmod(high * 10 ** capture.digits + low, 1 << 32)
                out.write(block(PACKET, struct.pack("<5I", base + interface, high, low, len(data), length) +
                                padded(data)))
