# SPDX-License-Identifier: GPL-3.0-or-later
"""What odd captures are made of (craft_odd.py): a conversation, layers around its packets, and the file formats.

    @odd("vlan-twice.pcap")
    def vlan_twice():
        return pcap(beside(lambda packet: [ethernet(ip(packet), tags=(0x8100, 0x8100))]))

The conversations are MPTCP connections of craft.py, each with a client port of its own. A layer takes octets and
returns octets; what the packet or the file is to say wrongly is an argument. Where nothing is wrong, lengths are right,
and checksums of IPv4 and TCP.
"""

import itertools
import struct
from collections import namedtuple

import craft
from craft import ACK, FIN, FIRST_TIME, ICMP, ICMPV6, PATH_A, PATH_A6, PSH, RST, STEP, SYN, TCP, UDP, addr, gzip

ETHERNET, RAW, IPV4_LINK, IPV6_LINK, NULL, LOOP, PPP, SLL, SLL2 = 1, 101, 228, 229, 0, 108, 9, 113, 276
IPV4, IPV6, ARP, VLAN, QINQ = craft.IPV4, craft.IPV6, craft.ARP, craft.VLAN_TAG, craft.SERVICE_TAG
MICRO, NANO, MODIFIED = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
SECTION, INTERFACE, OBSOLETE, SIMPLE, NAMES, STATISTICS, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6

Packet = namedtuple("Packet", "outgoing source target segment")
Record = namedtuple("Record", "data length time", defaults=(None, None))

FILES = {}  # name: function that returns the octets
PORTS = itertools.count(20001)


def add(name, function, *arguments, **more):
    """function(*arguments, **more) returns the octets of that file."""
    assert name not in FILES, name
    FILES[name] = lambda: function(*arguments, **more)


def odd(name, *arguments, **more):
    """Decorator, for one that has a file or a few."""

    def register(function):
        add(name, function, *arguments, **more)
        return function

    return register


# --- conversations -----------------------------------------------------------


class Wire(craft.Capture):
    """Collects the segments, before IP."""

    def __init__(self):
        super().__init__()
        self.packets = []

    def packet(self, source, target, protocol, payload, outgoing=True, interface=0):
        self.packets.append(Packet(outgoing, source, target, payload))
        return False


def conversation(v6=False, to_server=20, to_client=30, **how):
    """A connection with its handshake, a request, the answer, DATA_FINs and FINs: 10 packets."""
    wire, port = Wire(), next(PORTS)
    connection = craft.Connection(wire, name="odd %d" % port, **how)
    craft.exchange(connection.open((PATH_A6 if v6 else PATH_A)._replace(client_port=port)), to_server, to_client)
    connection.close()
    return wire.packets


def beside(shape, v6=False, wrap=None, **how):
    """Frames of two conversations that take turns: a plain one, and one whose packets have that shape: a function that
    returns the frames of a packet. wrap: makes a frame of an IP packet of the plain one, by default Ethernet."""
    frames = []
    for plain, packet in zip(conversation(v6), conversation(v6, **how)):
        frames.append((wrap or ethernet)(ip(plain)))
        frames.extend(shape(packet))
    return frames


def one_after_the_other(shapes, v6=False, wrap=None, **how):
    """A plain conversation, and beside it, a packet each, conversations with one shape each."""
    plain = conversation(v6)
    others = [(shape, conversation(v6, **how)) for shape in shapes]
    frames = []
    for k, packet in enumerate(plain):
        frames.append((wrap or ethernet)(ip(packet)))
        for shape, packets in others:
            frames.extend(shape(packets[k]))
    return frames


def changed(octets, at, new):
    """The octets with others from that place on."""
    return octets[:at] + new + octets[at + len(new):]


def longer(packet, size):
    """With so many octets of data, if it has any."""
    head = (packet.segment[12] >> 4) * 4
    return packet._replace(segment=packet.segment.ljust(head + size, b"z")) if len(packet.segment) > head else packet


def with_segment(packet, at, new):
    return packet._replace(segment=changed(packet.segment, at, new))


def with_options(packet, options, offset=None):
    """The packet with these TCP options instead of its own; offset: what the header says, in words."""
    old = (packet.segment[12] >> 4) * 4
    octets = options + bytes(-len(options) % 4)
    words = 5 + len(octets) // 4 if offset is None else offset
    segment = packet.segment[:20] + octets + packet.segment[old:]
    return packet._replace(segment=changed(segment, 12, bytes([words << 4 | segment[12] & 15])))


# --- IP ----------------------------------------------------------------------


def v4(source, target, payload, protocol=TCP, options=b"", words=None, total=None, version=4, flags=0x4000, ident=1):
    """IPv4; words, total: what the header says of its own length and of that of the packet."""
    words = 5 + len(options) // 4 if words is None else words
    total = 20 + len(options) + len(payload) if total is None else total
    header = struct.pack("!BBHHHBBH", version << 4 | words, 0, total & 0xFFFF, ident, flags, 64, protocol, 0) + \
        addr(source) + addr(target) + options
    return changed(header, 10, struct.pack("!H", craft.internet_checksum(header))) + payload


def v6(source, target, payload, protocol=TCP, length=None, version=6):
    length = len(payload) if length is None else length
    return struct.pack("!IHBB", version << 28, length & 0xFFFF, protocol, 63) + addr(source) + addr(target) + payload


def is_v6(packet):
    return ":" in packet.source


def ip(packet, **fields):
    """The packet with an IP header; fields are those of v4() and v6()."""
    make = v6 if is_v6(packet) else v4
    return make(packet.source, packet.target, packet.segment, **fields)


def udp(payload, port, source_port=50000):
    return struct.pack("!HHHH", source_port, port, 8 + len(payload), 0) + payload


def outer4(packet, payload, protocol):
    """The payload in an IPv4 packet between two ends of a tunnel."""
    ends = ("198.51.100.1", "198.51.100.2")
    return v4(*(ends if packet.outgoing else ends[::-1]), payload, protocol)


def outer6(packet, payload, protocol):
    ends = ("2001:db8:ffff::1", "2001:db8:ffff::2")
    return v6(*(ends if packet.outgoing else ends[::-1]), payload, protocol)


# --- links -------------------------------------------------------------------


def ethertype(packet):
    """Of the octets of an IP packet."""
    return IPV6 if packet[:1] and packet[0] >> 4 == 6 else IPV4


def ethernet(packet, kind=None, tags=(), pad=60):
    """Ethernet II; tags: types of the VLAN tags, from outside in."""
    kinds = (*tags, ethertype(packet) if kind is None else kind)
    inner = b"".join(struct.pack("!HH", 100 + k, kind) for k, kind in enumerate(kinds[1:]))
    return (craft.SERVER_MAC + craft.CLIENT_MAC + struct.pack("!H", kinds[0]) + inner + packet).ljust(pad, b"\0")


def sll(packet, kind=None, hardware=1):
    kind = ethertype(packet) if kind is None else kind
    return struct.pack("!HHH8sH", 0, hardware, 6, craft.CLIENT_MAC, kind) + packet


def sll2(packet, kind=None, hardware=1):
    kind = ethertype(packet) if kind is None else kind
    return struct.pack("!HHIHBB8s", kind, 0, 2, hardware, 0, 6, craft.CLIENT_MAC) + packet


def ppp_kind(packet):
    return 0x0057 if ethertype(packet) == IPV6 else 0x0021


# --- files -------------------------------------------------------------------


def record(frame):
    """A frame as a record: octets are one that is whole."""
    return frame if isinstance(frame, Record) else Record(frame)


def timed(frames):
    """(record, time in ns, length on the wire) of each."""
    for k, frame in enumerate(map(record, frames)):
        yield (frame, FIRST_TIME + STEP * (k + 1) if frame.time is None else frame.time,
               len(frame.data) if frame.length is None else frame.length)


def cut(octets, captured):
    """What a snaplen leaves of a frame."""
    return Record(octets[:captured], len(octets))


def pcap_head(link=ETHERNET, order="<", magic=MICRO, snaplen=262144, version=(2, 4)):
    return struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, link)


def pcap_record(data, length, seconds, fraction, order="<", captured=None):
    return struct.pack(order + "IIII", seconds & 0xFFFFFFFF, fraction & 0xFFFFFFFF,
                       len(data) if captured is None else captured, length) + data


def pcap_records(frames, order="<", magic=MICRO):
    unit = 1 if magic == NANO else 1000
    return [pcap_record(frame.data, length, time // 10 ** 9, time % 10 ** 9 // unit, order)
            for frame, time, length in timed(frames)]


def pcap(frames, link=ETHERNET, order="<", magic=MICRO, snaplen=262144, version=(2, 4)):
    return pcap_head(link, order, magic, snaplen, version) + b"".join(pcap_records(frames, order, magic))


class Blocks:
    """pcapng, block by block; order is the byte order of what follows."""

    def __init__(self, order="<"):
        self.order, self.out, self.units = order, [], []

    def octets(self):
        return b"".join(self.out)

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    def option(self, code, value):
        return self.pack("HH", code, len(value)) + padded(value)

    def block(self, kind, body, size=None, trailer=None):
        """size, trailer: what the block says of its length, before and behind its body."""
        true = 12 + len(body)
        self.out.append(self.pack("II", kind, true if size is None else size) + body +
                        self.pack("I", (true if size is None else size) if trailer is None else trailer))
        return self

    def section(self, options=b"", length=-1, version=(1, 0), order=None):
        self.order, self.units = order or self.order, []
        return self.block(SECTION, self.pack("IHHq", 0x1A2B3C4D, *version, length) + options)

    def interface(self, link=ETHERNET, snaplen=262144, name=None, tsresol=None, options=b"", unit=None):
        """unit: of its time stamps, in s; by default as tsresol says."""
        if name is not None:
            options = self.option(2, name) + options
        if tsresol is not None:
            options += self.option(9, bytes([tsresol]))
        if unit is None:
            tsresol = 6 if tsresol is None else tsresol
            unit = (1, 2 ** (tsresol & 127)) if tsresol & 128 else (1, 10 ** tsresol)
        self.units.append(unit)
        return self.block(INTERFACE, self.pack("HHI", link, 0, snaplen) + options +
                          (self.option(0, b"") if options else b""))

    def packet(self, data, length=None, time=FIRST_TIME, interface=0, options=b"", ticks=None, captured=None):
        """time in ns; ticks: the time stamp itself."""
        if ticks is None:
            top, bottom = self.units[interface]
            ticks = time * bottom // (10 ** 9 * top)
        return self.block(ENHANCED, self.pack("5I", interface, ticks >> 32 & 0xFFFFFFFF, ticks & 0xFFFFFFFF,
                                              len(data) if captured is None else captured,
                                              len(data) if length is None else length) + padded(data) + options)

    def packets(self, frames, interfaces=(0,), options=b""):
        """The frames, on these interfaces in turn."""
        for k, (frame, time, length) in enumerate(timed(frames)):
            self.packet(frame.data, length, time, interfaces[k % len(interfaces)], options)
        return self

    def raw(self, octets):
        self.out.append(octets)
        return self


def padded(octets):
    return octets + bytes(-len(octets) % 4)


def pcapng(frames, link=ETHERNET, **interface):
    return Blocks().section().interface(link, **interface).packets(frames).octets()


def plain():
    """The frames of a conversation without anything odd."""
    return [ethernet(ip(packet)) for packet in conversation()]
