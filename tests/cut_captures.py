# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut captures, and have many small captures read by one tshark.

    capture = Capture("x.pcapng.gz")
    capture.write("y.pcapng", picks=[0, 3, 4], snaplen=80)

Capture reads pcap (both byte orders, microseconds and nanoseconds) and pcapng (one section), compressed by gzip or
not, whatever the name says, and writes the picked packets in the same format: with their times, interfaces and true
lengths, and not more than snaplen octets of each. What it does not know or finds damaged is Unreadable.

A tshark takes much longer to start than to read a small capture. So Reader joins captures to one file, has the real
tshark read that with the very arguments that the commands under test give it, and hands each capture its rows. The
commands are then run with a "tshark" that prints those rows, and starts the real one when it is asked anything else.
A row depends on its own packet alone, but for two columns: the number of the frame, and that of the TCP stream, which
counts the pairs of endpoints. Both are made anew for each capture. Where that is not all, the capture is odd: IP
fragments, packets in packets, ICMP errors, ports that were used again, unknown links. It is not replayed.
"""

import glob
import gzip
import os
import re
import shlex
import struct
import subprocess
import zlib
from collections import namedtuple

Record = namedtuple("Record", "interface time data length options")

PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 6), b"\xa1\xb2\xc3\xd4": (">", 6),
        b"\x4d\x3c\xb2\xa1": ("<", 9), b"\xa1\xb2\x3c\x4d": (">", 9)}
SECTION, INTERFACE, OBSOLETE, SIMPLE, PACKET = 0x0A0D0D0A, 1, 2, 3, 6
ETHERNET, RAW, SLL, SLL2 = 1, (12, 14, 101, 228, 229), 113, 276
VLANS = (0x8100, 0x88A8)
MAGIC = 0x1A2B3C4D
# Types of ICMP and ICMPv6 that quote no packet: none, echo, and the discovery of routers and neighbours.
NO_ERROR = {b"", b"0", b"8", b"9", b"10", *(b"%d" % number for number in range(128, 256))}


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


class Call:
    """Arguments of a tshark that prints a row for a packet; the name of the file is left out (None)."""

    def __init__(self, argv):
        self.argv = list(argv)
        at = self.argv.index("-r") + 1
        self.path, self.argv[at] = self.argv[at], None
        columns = re.findall(r'"\d+","%Cus:([^:"]+):', " ".join(argv))
        self.fields = columns or [argv[k + 1] for k, word in enumerate(argv) if word == "-e"]
        self.ends = [self.column(*names) for names in (("ip.src or ipv6.src", "ip.src"), ("tcp.srcport",),
                                                       ("ip.dst or ipv6.dst", "ip.dst"), ("tcp.dstport",))]

    def with_file(self, path):
        return [path if word is None else word for word in self.argv]

    def column(self, *names):
        return next((k for k, field in enumerate(self.fields) if field in names), None)

    def answer(self, number):
        """The part of the replaying script for this call."""
        head, tail = " ".join(self.with_file("\0")).split("\0")
        return ANSWER % (shlex.quote(head), shlex.quote(tail), number, number)


PLAIN = ["-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-T", "tabs", "-o", "gui.column.format:" + ",".join(
    '"%d","%%Cus:%s:0:U"' % pair for pair in enumerate((
        "frame.number", "ip.src or ipv6.src", "tcp.srcport", "ip.dst or ipv6.dst", "tcp.dstport", "tcp.stream",
        "tcp.flags", "tcp.seq"))), "-r", ""]
# A "tshark" for the commands: answers what was asked before, and else runs the real one.
REPLAY = """#!/bin/sh
if [ "$*" = --version ]; then
	echo %(version)s
	exit
fi
file='' before=''
for word; do
	[ "$before" != -r ] || file=$word
	before=$word
done
%(answers)s
exec %(tshark)s "$@"
"""
ANSWER = """
if [ "$*" = %s"$file"%s ] && [ -f "$file.rows-%d" ]; then
	exec cat "$file.rows-%d"
fi"""
SPY = """#!/bin/sh
printf '%%s\\0' "$@" >%(here)s/spied-$$
exec %(tshark)s "$@"
"""


def script(path, text, **values):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text % {key: value if key == "answers" else shlex.quote(value) for key, value in values.items()})
    os.chmod(path, 0o755)


def learn(command, path, tshark, here):
    """[Call] that command, a list without the capture, makes of tshark about the capture; here: a directory.

    The first is one that tells the endpoints of packets, and one of our own if the command makes none.
    """
    spy = os.path.join(here, "spy")
    script(spy, SPY, here=here, tshark=tshark)
    subprocess.run([*command, "--tshark=" + spy, path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)
    calls = []
    for name in sorted(glob.glob(os.path.join(glob.escape(here), "spied-*"))):
        with open(name, encoding="utf-8") as source:
            argv = source.read().split("\0")[:-1]
        if "-r" in argv and argv[argv.index("-r") + 1] == path:
            call = Call(argv)
            if call.column("frame.number") is not None:
                calls.append(call)
    return sorted(calls, key=lambda call: None in call.ends) or [Call(PLAIN)]


class Reader:
    """What tshark says of cuts, when it is called so; here: a directory of its own."""

    def __init__(self, here, tshark, calls):
        self.here, self.real, self.calls = here, tshark, calls
        self.tshark = os.path.join(here, "replay")
        version = subprocess.run([tshark, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
        script(self.tshark, REPLAY, tshark=tshark, version=version.stdout.decode().partition("\n")[0],
               answers="".join(call.answer(k) for k, call in enumerate(calls)))

    def rows(self, call, cuts):
        """Of each cut: {index of the packet in the cut: [columns]}."""
        path = os.path.join(self.here, "joined.pcapng")
        join(path, cuts)
        run = subprocess.run([self.real, *call.with_file(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             check=True)
        os.unlink(path)
        frame, name = call.column("frame.number"), call.column("frame.interface_name")
        out, k, first = [{} for _ in cuts], 0, 1
        for line in run.stdout.splitlines():
            row = line.split(b"\t")
            number = int(row[frame])
            while number >= first + len(cuts[k].picks):
                first += len(cuts[k].picks)
                k += 1
            if name is not None and not cuts[k].capture.is_pcapng:
                row[name] = b""
            out[k][number - first] = row
        return out

    def provide(self, path, number, rows, picks):
        """Have the call of that number about the file at path answered by the rows of these packets."""
        call = self.calls[number]
        frame, stream = call.column("frame.number"), call.column("tcp.stream")
        streams = {}
        with open("%s.rows-%d" % (path, number), "wb") as out:
            for k, pick in enumerate(picks):
                if pick not in rows:
                    continue
                row = list(rows[pick])
                row[frame] = b"%d" % (k + 1)
                if stream is not None and row[stream]:
                    row[stream] = b"%d" % streams.setdefault(frozenset(ends_of(call, row)), len(streams))
                out.write(b"\t".join(row) + b"\n")


def ends_of(call, row):
    """(source, destination) of a row of bytes, each (address, port); None where it is not TCP."""
    source, sport, target, dport = (row[k] for k in call.ends)
    if not sport.isdigit() or not dport.isdigit():
        return None
    return (source.decode(), int(sport)), (target.decode(), int(dport))


def is_odd(call, rows):
    """Is there anything in the rows of a capture that depends on another packet, or holds one?"""
    stream, flags, sequence = call.column("tcp.stream"), call.column("tcp.flags"), call.column("tcp.seq")
    source = call.column("ip.src or ipv6.src", "ip.src")
    icmp = [k for k, field in enumerate(call.fields) if re.match("icmp(v6)?.type", field)]
    begun = {}
    for _, row in sorted(rows.items()):
        if any(row[k] not in NO_ERROR for k in icmp) or b"," in row[stream] + row[source]:
            return True
        if not row[stream]:
            continue
        ends = ends_of(call, row)
        if not ends or not row[sequence] or not row[flags]:
            return True
        syn, value = int(row[flags], 16) & 0x02, int(row[sequence])
        if begun.setdefault(ends, value if syn else None) != value and syn:
            return True
    return False
