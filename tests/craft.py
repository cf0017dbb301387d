#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the synthetic captures of testdata/synthetic and what must be found in them.

Usage: craft.py OUTDIR

Real captures show what stacks usually do; these small files hold what they do rarely, one matter per file, with the
truth known beforehand. Each file is made by one function below (part 7), whose text says what the file holds and what
a correct analyser reports. Every run writes the same bytes: nothing depends on the clock, on random numbers or on a
compression library. Packets have true lengths and checksums, options true tokens, IDSNs and HMACs, unless the fault is
the point. Addresses are those reserved for documentation. The capture is always taken at the client's end.

The same run writes OUTDIR/expected.json. Its entries leave out what stands under "defaults". Per file:
  readable, complete  is it a capture; can it be read to its end?
  packets, tcp_packets, tcp_streams
  options             sound MPTCP options by subtype
  connections         version, state, fallback_cause and tokens (null: the file does not tell), number of subflows,
                      bytes: sent_to_*, bytes_to_* (unique) and the other classes, and the subflow_list
The bytes are counted by the sender of the synthetic conversation, which knows every data byte, and not read back from
the options; where a figure matters, the function also has it as worked out by hand (must_send).

The parts: 1 link headers, 2 IP and above, 3 MPTCP keys, 4 MPTCP options, 5 file formats, 6 conversations, 7 files.
"""

import argparse
import contextlib
import hashlib
import hmac
import ipaddress
import json
import os
import struct
import sys
import zlib
from collections import Counter, namedtuple

# ---------------------------------------------------------------------------------------------------------------------
# 1. Link headers. A link turns a network-layer packet into a frame: wrap(packet, ethertype, outgoing).

IPV4, IPV6, ARP, VLAN_TAG, SERVICE_TAG = 0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8
CLIENT_MAC, SERVER_MAC = bytes.fromhex("020000000001"), bytes.fromhex("02000000000a")

Link = namedtuple("Link", "linktype wrap")


def ethernet(packet, ethertype, outgoing, tags=b""):
    """Ethernet II, padded to the 60 octets that every frame on the wire has at least."""
    ends = (SERVER_MAC + CLIENT_MAC) if outgoing else (CLIENT_MAC + SERVER_MAC)
    return (ends + tags + struct.pack("!H", ethertype) + packet).ljust(60, b"\0")


def vlan(packet, ethertype, outgoing):
    return ethernet(packet, ethertype, outgoing, struct.pack("!HH", VLAN_TAG, 100))


def qinq(packet, ethertype, outgoing):
    return ethernet(packet, ethertype, outgoing, struct.pack("!HHHH", SERVICE_TAG, 200, VLAN_TAG, 100))


def sll(packet, ethertype, outgoing):
    """Linux cooked capture, version 1."""
    mac = CLIENT_MAC if outgoing else SERVER_MAC
    return struct.pack("!HHH8sH", 4 if outgoing else 0, 1, 6, mac, ethertype) + packet


def sll2(packet, ethertype, outgoing):
    """Linux cooked capture, version 2, with the interface index."""
    mac = CLIENT_MAC if outgoing else SERVER_MAC
    return struct.pack("!HHIHBB8s", ethertype, 0, 2, 1, 4 if outgoing else 0, 6, mac) + packet


def ppp(packet, ethertype, outgoing):
    return b"\xff\x03" + struct.pack("!H", {IPV4: 0x0021, IPV6: 0x0057}[ethertype]) + packet


def raw_ip(packet, ethertype, outgoing):
    return packet


def null_loopback(packet, ethertype, outgoing):
    """BSD loopback: the address family in the byte order of the capturing host, here little-endian."""
    return struct.pack("<I", {IPV4: 2, IPV6: 30}[ethertype]) + packet


LINKS = {
    "ethernet": Link(1, ethernet), "vlan": Link(1, vlan), "qinq": Link(1, qinq), "sll": Link(113, sll),
    "sll2": Link(276, sll2), "ppp": Link(9, ppp), "raw": Link(101, raw_ip), "null": Link(0, null_loopback),
}

# ---------------------------------------------------------------------------------------------------------------------
# 2. IP, ICMP, UDP, ARP and TCP. Addresses are text everywhere; addr() makes octets of them.

IPIP, TCP, UDP, ICMP, ICMPV6 = 4, 6, 17, 1, 58
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10


def addr(text):
    return ipaddress.ip_address(text).packed


def internet_checksum(data):
    data = bytes(data) + b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo_header(source, target, protocol, size):
    if len(addr(source)) == 16:
        return addr(source) + addr(target) + struct.pack("!IxxxB", size, protocol)
    return addr(source) + addr(target) + struct.pack("!xBH", protocol, size & 0xFFFF)


def ipv4(source, target, protocol, payload, ident=0, offset=0, more=False, fragmentable=False, total=None):
    """An IPv4 packet; total overrides the length field, offset counts octets."""
    flags = (0x2000 if more else 0) | (0 if fragmentable else 0x4000) | offset // 8
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload) if total is None else total, ident & 0xFFFF, flags,
                         64, protocol, 0) + addr(source) + addr(target)
    return header[:10] + struct.pack("!H", internet_checksum(header)) + header[12:] + payload


def ipv6(source, target, protocol, payload):
    return struct.pack("!IHBB", 6 << 28, len(payload), protocol, 64) + addr(source) + addr(target) + payload


def udp(source, target, source_port, target_port, payload):
    segment = struct.pack("!HHHH", source_port, target_port, 8 + len(payload), 0) + payload
    checksum = internet_checksum(pseudo_header(source, target, UDP, len(segment)) + segment) or 0xFFFF
    return segment[:6] + struct.pack("!H", checksum) + payload


def icmp_unreachable(source, target, quoted):
    """Port unreachable that quotes a whole packet; ICMPv6 when the addresses are IPv6."""
    v6 = len(addr(source)) == 16
    message = struct.pack("!BBHI", 1 if v6 else 3, 4 if v6 else 3, 0, 0) + quoted
    covered = pseudo_header(source, target, ICMPV6, len(message)) + message if v6 else message
    return message[:2] + struct.pack("!H", internet_checksum(covered)) + message[4:]


def arp_request(source, target):
    return struct.pack("!HHBBH6s4s6s4s", 1, IPV4, 6, 4, 1, CLIENT_MAC, addr(source), b"\0" * 6, addr(target))


def tcp(source, target, source_port, target_port, seq, ack, flags, options=b"", payload=b"", offset=None,
        window=502):
    """A TCP segment; offset overrides the data offset, in words."""
    assert len(options) <= 40 and len(options) % 4 == 0, "%d octets of TCP options" % len(options)
    words = 5 + len(options) // 4 if offset is None else offset
    segment = struct.pack("!HHIIBBHHH", source_port, target_port, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, words << 4,
                          flags, window, 0, 0) + options + payload
    checksum = internet_checksum(pseudo_header(source, target, TCP, len(segment)) + segment)
    return segment[:16] + struct.pack("!H", checksum) + segment[18:]


# ---------------------------------------------------------------------------------------------------------------------
# 3. MPTCP keys: version 0 hashes with SHA-1 (RFC 6824), version 1 with SHA-256 (RFC 8684).


def digest(version, data):
    return (hashlib.sha256 if version else hashlib.sha1)(data).digest()


def token_of(version, key):
    return struct.unpack("!I", digest(version, key)[:4])[0]


def idsn_of(version, key):
    return struct.unpack("!Q", digest(version, key)[-8:])[0]


def mac_of(version, own_key, other_key, message):
    return hmac.new(own_key + other_key, message, hashlib.sha256 if version else hashlib.sha1).digest()


def made_up(label, size):
    """Octets that look random and are always the same."""
    return hashlib.sha256(label.encode()).digest()[:size]


# ---------------------------------------------------------------------------------------------------------------------
# 4. MPTCP options. Each builder returns an Option, whose name is counted in expected.json; faulty options are written
#    as plain bytes in the files that need them, and are not counted.


class Option(bytes):
    """The octets of one TCP option, with the name of its MPTCP subtype."""

    name = None


def mptcp_option(name, subtype, low_bits, rest=b""):
    option = Option(struct.pack("!BBB", 30, 3 + len(rest), subtype << 4 | low_bits) + rest)
    option.name = name
    return option


def mp_capable(version, *keys, checksum=False, data_level_length=None, data_checksum=None):
    """No key (v1 SYN), one (v0 SYN, SYN/ACK) or both; v1 may add the length of the data that the packet carries."""
    rest = bytes([0x01 | (0x80 if checksum else 0)]) + b"".join(keys)
    if data_level_length is not None:
        rest += struct.pack("!H", data_level_length)
    if data_checksum is not None:
        rest += struct.pack("!H", data_checksum)
    return mptcp_option("MP_CAPABLE", 0, version, rest)


def mp_join_syn(token, nonce, address_id, backup=False):
    return mptcp_option("MP_JOIN", 1, int(backup), struct.pack("!BI", address_id, token) + nonce)


def mp_join_synack(mac, nonce, address_id, backup=False):
    return mptcp_option("MP_JOIN", 1, int(backup), struct.pack("!B", address_id) + mac[:8] + nonce)


def mp_join_ack(mac):
    return mptcp_option("MP_JOIN", 1, 0, b"\0" + mac[:20])


def dss(ack=None, ack_octets=8, mapping=None, dsn_octets=8, data_fin=False, checksum=None):
    """Data Sequence Signal; a mapping is (DSN, subflow sequence number from 1, length), infinite when length is 0."""
    flags, rest = 0x10 if data_fin else 0, b""
    if ack is not None:
        flags |= 0x01 | (0x02 if ack_octets == 8 else 0)
        rest += (ack % 2 ** (8 * ack_octets)).to_bytes(ack_octets, "big")
    if mapping is not None:
        flags |= 0x04 | (0x08 if dsn_octets == 8 else 0)
        rest += (mapping[0] % 2 ** (8 * dsn_octets)).to_bytes(dsn_octets, "big")
        rest += struct.pack("!IH", mapping[1] % 2 ** 32, mapping[2])
        if checksum is not None:
            rest += struct.pack("!H", checksum)
    return mptcp_option("DSS", 2, 0, bytes([flags]) + rest)


def dss_checksum(mapping, data):
    return internet_checksum(struct.pack("!QIHH", mapping[0] % 2 ** 64, mapping[1] % 2 ** 32, mapping[2], 0) + data)


def add_addr(version, address_id, address, port=None, keys=None):
    """ADD_ADDR; version 1 takes the keys (own, other) for its HMAC, or None for the echo, which has none."""
    where = addr(address) + (struct.pack("!H", port) if port else b"")
    if version == 0:
        return mptcp_option("ADD_ADDR", 3, 4 if len(addr(address)) == 4 else 6, bytes([address_id]) + where)
    mac = b""
    if keys:
        mac = mac_of(1, keys[0], keys[1], bytes([address_id]) + addr(address) + struct.pack("!H", port or 0))[-8:]
    return mptcp_option("ADD_ADDR", 3, 0 if keys else 1, bytes([address_id]) + where + mac)


def rm_addr(*address_ids):
    return mptcp_option("RM_ADDR", 4, 0, bytes(address_ids))


def mp_prio(backup, address_id=None):
    return mptcp_option("MP_PRIO", 5, int(backup), b"" if address_id is None else bytes([address_id]))


def mp_fail(dsn):
    return mptcp_option("MP_FAIL", 6, 0, struct.pack("!BQ", 0, dsn % 2 ** 64))


def mp_fastclose(receiver_key):
    return mptcp_option("MP_FASTCLOSE", 7, 0, b"\0" + receiver_key)


def mp_tcprst(reason, transient=False):
    return mptcp_option("MP_TCPRST", 8, int(transient), bytes([reason]))


# ---------------------------------------------------------------------------------------------------------------------
# 5. A capture: frames in the order of the file, what must be found in them, and the file formats.

Interface = namedtuple("Interface", "link snaplen nanoseconds name")
Frame = namedtuple("Frame", "time interface data comment")  # time in ns; data is whole, the writers cut it

FIRST_TIME = 1704067200_000000000  # 2024-01-01 00:00:00 UTC
STEP = 100_037  # ns between packets that do not wait for the other end


class Capture:
    """What is put on the wire goes through packet() into frames, and is counted on the way."""

    def __init__(self, link="ethernet", snaplen=262144, nanoseconds=False, big_endian=False, outer=None):
        self.interfaces = [Interface(LINKS[link], snaplen, nanoseconds, "eth0")]
        self.big_endian = big_endian
        self.frames = []
        self.now = FIRST_TIME
        self.comment = None  # for the next frame; only pcapng keeps it
        self.visible = True  # does the capture see the packets?
        self.directions = (True, False)  # which it sees: outgoing or not
        self.counted = True  # does an analyser see what they carry?
        self.outer = outer  # (source, target) of an IPv4 tunnel around every packet
        self.mtu = 65535
        self.lost_fragments = ()  # numbers of the fragments, from 0, that are not captured
        self.zero_ip_length = False
        self.finish = lambda octets: octets  # what is done to the file at last, for damaged ones
        self.idents = Counter()
        # What must be found. A function may overrule what was counted.
        self.connections = []
        self.readable = self.complete = True
        self.unread_frames = 0
        self.tcp_packets = 0
        self.streams = set()
        self.options = Counter()

    @contextlib.contextmanager
    def setting(self, **values):
        """Change attributes for the length of a with block."""
        before = {name: getattr(self, name) for name in values}
        self.__dict__.update(values)
        yield
        self.__dict__.update(before)

    def unseen(self):
        """The packets are sent but not captured."""
        return self.setting(visible=False)

    def uncounted(self):
        """The packets are in the file, but an analyser cannot know what they carry."""
        return self.setting(counted=False)

    def wait(self, seconds):
        self.now += int(seconds * 1_000_000_000)

    def packet(self, source, target, protocol, payload, outgoing=True, interface=0):
        """Put one packet on the wire; True when it was captured."""
        v6 = len(addr(source)) == 16
        if v6:
            packets = [ipv6(source, target, protocol, payload)]
        else:
            self.idents[source] += 1
            room = (self.mtu - 20) // 8 * 8 if len(payload) + 20 > self.mtu else 65536
            starts = range(0, len(payload), room)
            packets = [ipv4(source, target, protocol, payload[at:at + room], self.idents[source], at,
                            at + room < len(payload), len(starts) > 1, 0 if self.zero_ip_length else None)
                       for at in starts]
            packets = [packet for number, packet in enumerate(packets)
                       if len(packets) == 1 or number not in self.lost_fragments]
            if self.outer:
                packets = [ipv4(*(self.outer if outgoing else self.outer[::-1]), IPIP, packet, self.idents[source])
                           for packet in packets]
        for packet in packets:
            self.frame(packet, IPV6 if v6 else IPV4, outgoing, interface)
        return self.visible and outgoing in self.directions

    def frame(self, packet, ethertype, outgoing=True, interface=0):
        self.now += STEP
        if self.visible and outgoing in self.directions:
            link = self.interfaces[interface].link
            self.frames.append(Frame(self.now, interface, link.wrap(packet, ethertype, outgoing), self.comment))
            self.comment = None

    def expectation(self, note):
        return {
            "note": note, "readable": self.readable, "complete": self.complete,
            "packets": len(self.frames) - self.unread_frames, "tcp_packets": self.tcp_packets,
            "tcp_streams": len(self.streams), "options": dict(sorted(self.options.items())),
            "connections": [dict(id=number, **connection.expectation())
                            for number, connection in enumerate(self.connections)],
        }


def pcap(capture):
    """The classic format; one link type, one snaplen."""
    first, order = capture.interfaces[0], ">" if capture.big_endian else "<"
    out = [struct.pack(order + "IHHiIII", 0xA1B23C4D if first.nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, first.snaplen,
                       first.link.linktype)]
    for frame in capture.frames:
        seconds, fraction = divmod(frame.time, 1_000_000_000)
        kept = frame.data[:first.snaplen]
        out.append(struct.pack(order + "IIII", seconds, fraction // (1 if first.nanoseconds else 1000), len(kept),
                               len(frame.data)) + kept)
    return b"".join(out)


def pcapng(capture):
    """The newer format: several interfaces, each with its link type, snaplen and resolution, and comments."""

    def option(code, value):
        return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    def block(kind, body):
        size = struct.pack("<I", 12 + len(body))
        return struct.pack("<I", kind) + size + body + size

    end = option(0, b"")
    out = [block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + option(1, b"synthetic") + end)]
    for interface in capture.interfaces:
        out.append(block(1, struct.pack("<HHI", interface.link.linktype, 0, interface.snaplen) +
                         option(2, interface.name.encode()) + option(9, b"\x09" if interface.nanoseconds else b"\x06")
                         + end))
    for frame in capture.frames:
        interface = capture.interfaces[frame.interface]
        time = frame.time // (1 if interface.nanoseconds else 1000)
        kept = frame.data[:interface.snaplen]
        comment = option(1, frame.comment.encode()) + end if frame.comment else b""
        out.append(block(6, struct.pack("<IIIII", frame.interface, time >> 32, time & 0xFFFFFFFF, len(kept),
                                        len(frame.data)) + kept + b"\0" * (-len(kept) % 4) + comment))
    return b"".join(out)


def gzip(octets):
    """A gzip file with the data in stored blocks: the same on every machine, whatever its zlib."""
    out = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for at in range(0, len(octets), 65535):
        piece = octets[at:at + 65535]
        out.append(struct.pack("<BHH", at + 65535 >= len(octets), len(piece), len(piece) ^ 0xFFFF) + piece)
    return b"".join(out) + struct.pack("<II", zlib.crc32(octets), len(octets) & 0xFFFFFFFF)


# ---------------------------------------------------------------------------------------------------------------------
# 6. Conversations. A Connection has two ends, "client" and "server" by their MPTCP roles, and Subflows. Sequence
#    numbers are unbounded integers here and wrap only when they are written into a packet. A packet that is sent is
#    also received, at once, unless lost=True.

Path = namedtuple("Path", "client client_port server server_port interface rtt_ms")

PATH_A = Path("192.0.2.1", 40001, "203.0.113.10", 5001, 0, 10)
PATH_B = Path("198.51.100.1", 40002, "203.0.113.10", 5001, 0, 30)
PATH_C = Path("192.0.2.1", 40003, "203.0.113.20", 5001, 0, 20)
PATH_A6 = Path("2001:db8:a::1", 40001, "2001:db8:5::10", 5001, 0, 10)
PATH_B6 = Path("2001:db8:b::1", 40002, "2001:db8:5::10", 5001, 0, 30)

OTHER = {"client": "server", "server": "client"}

Segment = namedtuple("Segment", "who seq dsn size mapping")


class InOrder:
    """The next number that is expected of a sequence space whose pieces may come in any order."""

    def __init__(self, first):
        self.next, self.early = first, []

    def add(self, start, end):
        for start, end in sorted(self.early + [(start, end)]):
            if start <= self.next < end:
                self.next = end
            elif end > self.next:
                self.early.append((start, end))
        self.early = sorted({piece for piece in self.early if piece[1] > self.next})


class Tally:
    """The bytes of one direction by class. Each byte has the first class that fits, in the order of the code."""

    CLASSES = ("unique", "tcp_retransmitted", "mptcp_repeated", "reinjected", "unmapped")

    def __init__(self):
        self.bytes = Counter()
        self.sent = Counter()  # per subflow
        self.seen = set()  # (subflow, subflow byte)
        self.carriers = {}  # data byte: the subflows that have carried it

    def add(self, subflow, seq, size, dsn):
        """dsn is the first data byte; None when no mapping is known; "plain" after a fallback."""
        self.sent[subflow] += size
        for offset in range(size):
            place = (subflow, seq + offset)
            carriers = set() if dsn in (None, "plain") else self.carriers.setdefault(dsn + offset, set())
            if place in self.seen:
                kind = "tcp_retransmitted"
            elif dsn is None:
                kind = "unmapped"
            elif subflow in carriers:
                kind = "mptcp_repeated"
            elif carriers:
                kind = "reinjected"
            else:
                kind = "unique"
            self.seen.add(place)
            carriers.add(subflow)
            self.bytes[kind] += 1


class Connection:
    """One MPTCP connection. name makes its keys, nonces and sequence numbers, unless the keys are given."""

    def __init__(self, capture, name="one", version=1, checksum=False, timestamps=False, client_key=None,
                 server_key=None, dsn_octets=None, ack_octets=None):
        self.capture, self.name, self.version, self.checksum = capture, name, version, checksum
        self.timestamps = timestamps
        self.dsn_octets = dsn_octets or (8 if version else 4)
        self.ack_octets = ack_octets  # None: as Linux does, 4 next to a mapping and 8 alone; version 0 always 4
        self.key = {"client": client_key or made_up(name + " client key", 8),
                    "server": server_key or made_up(name + " server key", 8)}
        self.token = {who: token_of(version, key) for who, key in self.key.items()}
        self.idsn = {who: idsn_of(version, key) for who, key in self.key.items()}
        self.next = {who: idsn + 1 for who, idsn in self.idsn.items()}  # DSN of the next data
        self.got = {who: InOrder(self.idsn[OTHER[who]] + 1) for who in OTHER}
        self.subflows = []
        self.tally = {who: Tally() for who in OTHER}  # by sender
        self.window = {who: 502 for who in OTHER}  # that it announces, but in a SYN; in units of 128 bytes
        self.plain = False  # TCP without any option
        self.state, self.fallback_cause = "established", None
        self.known_version, self.known_keys = version, ("client", "server")
        capture.connections.append(self)

    def subflow(self, path, **how):
        """A subflow that has not begun yet."""
        subflow = Subflow(self, path, **how)
        self.subflows.append(subflow)
        return subflow

    def open(self, path=PATH_A, **how):
        """The initial subflow with its handshake."""
        return self.subflow(path, **how).handshake()

    def join(self, path=PATH_B, **how):
        """One more subflow with its handshake."""
        how.setdefault("address_id", len(self.subflows))
        return self.subflow(path, **how).handshake()

    def fall_back(self, cause):
        """From here on there is only TCP."""
        self.plain, self.state, self.fallback_cause = True, "fallback", cause

    def content(self, who, dsn, size):
        start = dsn - self.idsn[who] + (0 if who == "client" else 100)
        return bytes((n * 37 + (n >> 8)) & 0xFF for n in range(start, start + size))

    def close(self):
        """DATA_FIN both ways on the initial subflow, then FIN on each."""
        if not self.plain:
            self.subflows[0].data_fin("client", answer=False)
            self.subflows[0].data_fin("server", answer=False)
        for subflow in self.subflows:
            subflow.fin()

    def must_send(self, who, **classes):
        """Check the tally against numbers worked out by hand: the classes that are not 0."""
        counted = {kind: count for kind, count in self.tally[who].bytes.items() if count}
        assert counted == classes, "%s sends %s, not %s" % (who, counted, classes)

    def expectation(self):
        result = {"version": self.known_version, "state": self.state, "fallback_cause": self.fallback_cause}
        for who in OTHER:
            result[who + "_token"] = self.token[who] if who in self.known_keys else None
        visible = [subflow for subflow in self.subflows if subflow.packets]
        result["subflows"] = len(visible)
        for who in OTHER:
            tally = self.tally[who].bytes
            result["sent_to_" + OTHER[who]] = sum(tally.values())
            result["bytes_to_" + OTHER[who]] = tally["unique"]
            for kind in Tally.CLASSES[1:]:
                result["%s_to_%s" % (kind, OTHER[who])] = tally[kind]
        result["subflow_list"] = [subflow.expectation() for subflow in visible]
        return result


class Subflow:
    """One TCP connection. opener sends the SYN; who is always an MPTCP role."""

    def __init__(self, connection, path, opener="client", address_id=0, backup=False, isn=None):
        self.connection, self.capture, self.path = connection, connection.capture, path
        self.opener, self.address_id, self.backup = opener, address_id, backup
        self.initial = not connection.subflows
        label = "%s %s %d %s %d" % (connection.name, path.client, path.client_port, path.server, path.server_port)
        self.isn = {who: struct.unpack("!I", made_up(label + who, 4))[0] for who in OTHER}
        self.isn.update(isn or {})
        self.nonce = {who: made_up(label + who + " nonce", 4) for who in OTHER}
        self.next = dict(self.isn)
        self.got = {who: InOrder(self.isn[OTHER[who]]) for who in OTHER}
        self.clock_seen = {who: 0 for who in OTHER}  # the last timestamp from the other end
        self.last_sender = opener
        self.data_begun = self.established = False
        self.packets = 0

    def source(self, who):
        return (self.path.client, self.path.client_port) if who == "client" else \
            (self.path.server, self.path.server_port)

    def key_pair(self, who):
        return self.connection.key[who], self.connection.key[OTHER[who]]

    # Packets

    def send(self, who, flags, mptcp=(), payload=b"", seq=None, lost=False, offset=None):
        """Any segment. The acknowledgment and the ordinary options are filled in."""
        capture, peer = self.capture, OTHER[who]
        if who == "server" and self.last_sender == "client":
            capture.now += self.path.rtt_ms * 1_000_000  # the capture is taken at the client
        self.last_sender = who
        seq = self.next[who] if seq is None else seq
        heard = self.got[who].next > self.isn[peer]
        if heard:
            flags |= ACK
        clock = capture.now // 1_000_000 - FIRST_TIME // 1_000_000 + (100000 if who == "client" else 700000)
        (source, source_port), (target, target_port) = self.source(who), self.source(peer)
        segment = tcp(source, target, source_port, target_port, seq, self.got[who].next if heard else 0, flags,
                      self.options(who, flags, clock, mptcp), payload, offset,
                      502 if flags & SYN else self.connection.window[who])
        captured = capture.packet(source, target, TCP, segment, who == "client", self.path.interface)
        if captured:
            self.packets += 1
        if captured and capture.counted:
            capture.tcp_packets += 1
            capture.streams.add((self.path, self.isn[self.opener]))
            capture.options.update(option.name for option in mptcp if isinstance(option, Option))
        end = seq + len(payload) + bool(flags & SYN) + bool(flags & FIN)
        self.next[who] = max(self.next[who], end)
        if not lost:
            self.got[peer].add(seq, end)
            self.clock_seen[peer] = clock
        return captured and capture.counted

    def options(self, who, flags, clock, mptcp):
        stamps = b"\x08\x0a" + struct.pack("!II", clock, self.clock_seen[who]) if self.connection.timestamps else b""
        octets = b""
        if flags & SYN:  # MSS 1460, SACK permitted, time stamps, window scale 7, in the order of Linux
            gap = b"" if stamps else b"\x01\x01"
            octets = b"\x02\x04\x05\xb4" + gap + b"\x04\x02" + stamps + b"\x01\x03\x03\x07"
        elif stamps and not flags & RST:
            octets = b"\x01\x01" + stamps
        octets += b"".join(mptcp)
        return octets + b"\x01" * (-len(octets) % 4)

    def dss(self, who, mapping=None, data_fin=False, checksum=None, dsn_octets=None):
        """The DSS that the sender would write now, with its DATA_ACK."""
        connection = self.connection
        small = mapping is not None or not connection.version
        return dss(connection.got[who].next, connection.ack_octets or (4 if small else 8), mapping,
                   dsn_octets or connection.dsn_octets, data_fin, checksum)

    # Handshake

    def syn(self, mptcp=True, lost=False):
        connection, who = self.connection, self.opener
        if self.initial:
            keys = () if connection.version else (connection.key[who],)
            option = mp_capable(connection.version, *keys, checksum=connection.checksum)
        else:
            option = mp_join_syn(connection.token[OTHER[who]], self.nonce[who], self.address_id, self.backup)
        self.send(who, SYN, [option] if mptcp else [], seq=self.isn[who], lost=lost)

    def synack(self, mptcp=True, lost=False):
        connection, who = self.connection, OTHER[self.opener]
        if self.initial:
            option = mp_capable(connection.version, connection.key[who], checksum=connection.checksum)
        else:
            mac = mac_of(connection.version, *self.key_pair(who), self.nonce[who] + self.nonce[OTHER[who]])
            option = mp_join_synack(mac, self.nonce[who], 0, self.backup)
        self.send(who, SYN, [option] if mptcp else [], seq=self.isn[who], lost=lost)

    def ack(self, mptcp=True, lost=False):
        """The third packet of the handshake; for a join also the fourth, an ACK."""
        connection, who = self.connection, self.opener
        if self.initial:
            option = mp_capable(connection.version, *self.key_pair(who), checksum=connection.checksum)
        else:
            option = mp_join_ack(mac_of(connection.version, *self.key_pair(who),
                                        self.nonce[who] + self.nonce[OTHER[who]]))
        self.send(who, ACK, [option] if mptcp else [], lost=lost)
        self.established = True
        if not self.initial and not lost:
            self.pure_ack(OTHER[who])

    def handshake(self):
        self.syn()
        self.synack()
        self.ack()
        return self

    # Data

    def data(self, who, size, dsn=None, seq=None, mapping=None, option=None, lost=False, answer=True, data_fin=False,
             mapped=True, damaged=False, dsn_octets=None, octets=None):
        """Send size bytes of data; returns the Segment, for resend() or to send the same data elsewhere.

        dsn      the first data byte; by default the next new one
        seq      the first subflow byte; by default the next new one
        mapping  (DSN, subflow sequence number, length) that the DSS carries; by default that of this segment
        option   "dss", "none", "capable" (MP_CAPABLE with data), or a list of options; by default what a stack would
                 send
        mapped   False: nobody can tell which data this is
        answer   the other end sends an ACK
        damaged  the data is altered after the checksum was made
        octets   the data, where it is not what belongs to its numbers
        """
        connection = self.connection
        dsn = connection.next[who] if dsn is None else dsn
        seq = self.next[who] if seq is None else seq
        payload = octets or connection.content(who, dsn, size)
        mapping = mapping or (dsn, seq - self.isn[who], size + data_fin)
        if option is None:
            first = connection.version == 1 and self.initial and who == "client" and not self.data_begun
            option = "none" if connection.plain else "capable" if first else "dss"
        checksum = None
        if connection.checksum:
            covered = mapping[2] - data_fin if mapping[2] else 0
            covered = octets or connection.content(who, mapping[0], covered)
            checksum = dss_checksum(mapping, covered) if mapping[2] else 0
        if option == "dss":
            option = [self.dss(who, mapping, data_fin, checksum, dsn_octets)]
        elif option == "capable":
            option = [mp_capable(1, *self.key_pair(who), checksum=connection.checksum, data_level_length=size,
                                 data_checksum=checksum)]
        elif option == "none":
            option = []
        self.data_begun = self.data_begun or not lost
        if damaged:
            payload = bytes([payload[0] ^ 0x20]) + payload[1:]
        if self.send(who, PSH, option, payload, seq=seq, lost=lost):
            known = dsn if mapped else None
            number = connection.subflows.index(self)
            connection.tally[who].add(number, seq, size, "plain" if connection.plain else known)
        connection.next[who] = max(connection.next[who], dsn + size + data_fin)
        if not lost:
            connection.got[OTHER[who]].add(dsn, dsn + size + data_fin)
        if answer and not lost:
            self.pure_ack(OTHER[who])
        return Segment(who, seq, dsn, size, mapping)

    def resend(self, segment, **how):
        """The same subflow bytes once more."""
        return self.data(segment.who, segment.size, dsn=segment.dsn, seq=segment.seq, mapping=segment.mapping, **how)

    def reinject(self, segment, **how):
        """The data of another subflow's segment, here."""
        return self.data(segment.who, segment.size, dsn=segment.dsn, **how)

    def pure_ack(self, who, *mptcp):
        """An ACK without data; with a DATA_ACK unless other options are given or MPTCP is not in use."""
        self.send(who, ACK, mptcp or ([] if self.connection.plain else [self.dss(who)]))

    # Closing

    def data_fin(self, who, answer=True):
        """A DATA_FIN on a packet without data: length 1, subflow sequence number 0."""
        connection = self.connection
        mapping = (connection.next[who], 0, 1)
        checksum = dss_checksum(mapping, b"") if connection.checksum else None
        self.send(who, ACK, [self.dss(who, mapping, True, checksum)])
        connection.got[OTHER[who]].add(mapping[0], mapping[0] + 1)
        connection.next[who] += 1
        if answer:
            self.pure_ack(OTHER[who])

    def fin(self):
        option = [] if self.connection.plain else None
        for who in OTHER:
            self.send(who, FIN, [self.dss(who)] if option is None else option)
        self.send("client", ACK, [self.dss("client")] if option is None else option)

    def reset(self, who, *mptcp):
        """RST; it has number 0 when it is the first that this end sends."""
        self.send(who, RST, mptcp, seq=self.next[who] if self.next[who] > self.isn[who] else 0)

    def expectation(self):
        client, server = (self.source("client"), self.source("server"))
        if self.opener == "server":
            client, server = server, client
        number = self.connection.subflows.index(self)
        return {
            "client_address": client[0], "client_port": client[1], "server_address": server[0],
            "server_port": server[1], "opened_by": self.opener, "established": self.established,
            "sent_to_server": self.connection.tally["client"].sent[number],
            "sent_to_client": self.connection.tally["server"].sent[number],
        }


def exchange(subflow, to_server=20, to_client=30):
    """A request and its answer. The answer is acknowledged by whatever comes next."""
    subflow.data("client", to_server, answer=False)
    subflow.data("server", to_client, answer=False)


def talk(capture, paths=(PATH_A,), close=False, **how):
    """An ordinary connection: per path a subflow and an exchange on it, 20 bytes to the server, 30 to the client."""
    connection = Connection(capture, **how)
    for path in paths:
        exchange(connection.join(path) if connection.subflows else connection.open(path))
    if close:
        connection.close()
    return connection


# ---------------------------------------------------------------------------------------------------------------------
# 7. The files. The name of a file says what is in it; the extension chooses the format.

FILES = []


def makes(name, **how):
    """Decorator: the function fills the capture that becomes the file."""

    def register(function):
        FILES.append((name, function, how))
        return function

    return register


# Link layers, network layers and file formats: the same little conversation each time.


@makes("link-ethernet.pcap")
@makes("link-vlan.pcap", link="vlan")
@makes("link-qinq.pcap", link="qinq")
@makes("link-sll.pcap", link="sll")
@makes("link-sll2.pcap", link="sll2")
@makes("link-ppp.pcap", link="ppp")
@makes("link-raw-ip.pcap", link="raw")
@makes("link-null-loopback.pcap", link="null")
@makes("link-ethernet.pcap.gz")
@makes("time-nanoseconds.pcap", nanoseconds=True)
@makes("byte-order-big-endian.pcap", big_endian=True)
@makes("ipip-tunnel.pcap", outer=("192.0.2.254", "203.0.113.254"))
def two_subflows(capture):
    """Version 1, two subflows, each with 20 bytes to the server and 30 to the client. The same comes out whatever
    the link layer, the compression, the time stamps or a tunnel (inner addresses)."""
    talk(capture, (PATH_A, PATH_B), timestamps=True).must_send("client", unique=40)


@makes("ip-v6.pcap")
def over_ipv6(capture):
    """Version 1, two subflows over IPv6, 40 bytes to the server and 60 to the client."""
    talk(capture, (PATH_A6, PATH_B6), close=True, timestamps=True)


@makes("ip-v4-and-v6-subflows.pcap")
def both_families(capture):
    """One version 1 connection: its initial subflow over IPv4, its join over IPv6 to an address that the server
    announces with ADD_ADDR. The token alone says where the join belongs."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.pure_ack("server", add_addr(1, 1, PATH_B6.server, keys=first.key_pair("server")))
    first.pure_ack("client", add_addr(1, 1, PATH_B6.server))
    exchange(connection.join(PATH_B6))
    connection.close()
    connection.must_send("client", unique=40)


@makes("ip-fragments.pcap")
def fragments(capture):
    """A segment of 300 bytes to the server in two IPv4 fragments. It counts once, as 300 bytes."""
    connection = talk(capture)
    with capture.setting(mtu=300):
        connection.subflows[0].data("client", 300)
    connection.must_send("client", unique=320)


@makes("ip-fragments-missing.pcap")
def missing_fragments(capture):
    """Two fragmented segments of 300 bytes to the server; of the first only the first fragment was captured, of the
    second only the last. Neither can be reassembled: they are no TCP packets and none of their bytes count. Then
    the first of them is sent again unfragmented, and counts."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    with capture.uncounted(), capture.setting(mtu=300):
        with capture.setting(lost_fragments=(1,)):
            segment = subflow.data("client", 300, answer=False, lost=True)
        with capture.setting(lost_fragments=(0,)):
            subflow.data("client", 300, answer=False, lost=True)
    subflow.resend(segment)
    connection.must_send("client", unique=320)


@makes("two-interfaces.pcapng")
def two_interfaces(capture):
    """Two interfaces: eth0 is Ethernet in microseconds; wlan0 is cooked v1 in nanoseconds with a snaplen of 96,
    which cuts data but no option. The frames of wlan0 come 45 ms late in the file: its order is not that of time.
    One version 1 connection with a subflow on each interface; bytes that were cut off count. There are packet
    comments."""
    capture.interfaces = [Interface(LINKS["ethernet"], 262144, False, "eth0"),
                          Interface(LINKS["sll"], 96, True, "wlan0")]
    capture.comment = "the initial SYN"
    connection = talk(capture, (PATH_A, PATH_B._replace(interface=1)), timestamps=True)
    capture.comment = "both paths in turn"
    for subflow in connection.subflows * 2:
        exchange(subflow)
    connection.close()
    capture.frames.sort(key=lambda frame: frame.time + (45_000_000 if frame.interface else 0))
    connection.must_send("client", unique=120)


# Connections and their subflows.


@makes("v0-one-subflow.pcap")
def v0_one_subflow(capture):
    """Version 0 with one subflow; DSNs and DATA_ACKs have 32 bits. The keys come with the SYN and the SYN/ACK."""
    talk(capture, close=True, version=0)


@makes("v0-two-joins.pcap")
def v0_two_joins(capture):
    """Version 0, three subflows, 60 bytes to the server and 90 to the client."""
    talk(capture, (PATH_A, PATH_B, PATH_A._replace(client_port=40004)), close=True, version=0)


@makes("v1-join-by-server.pcap")
def join_by_server(capture):
    """The client announces 198.51.100.1 port 7000 with ADD_ADDR and the server opens a join to it: its TCP client
    is the MPTCP server and its token the client's. 10 bytes to the server and 50 to the client on it; the
    directions stay those of the connection: 30 to the server, 80 to the client."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.pure_ack("client", add_addr(1, 2, "198.51.100.1", 7000, first.key_pair("client")))
    first.pure_ack("server", add_addr(1, 2, "198.51.100.1", 7000))
    join = connection.join(Path("198.51.100.1", 7000, "203.0.113.10", 50001, 0, 30), opener="server")
    join.data("client", 10)
    join.data("server", 50)
    connection.close()
    connection.must_send("client", unique=30)
    connection.must_send("server", unique=80)


@makes("v1-join-before-capable.pcap")
def join_before_capable(capture):
    """All frames of the join stand before the SYN of the initial subflow in the file, though their time stamps are
    later. One connection with two subflows; the join delay is positive."""
    connection = talk(capture)
    begin = len(capture.frames)
    exchange(connection.join())
    end = len(capture.frames)
    connection.close()
    capture.frames = capture.frames[begin:end] + capture.frames[:begin] + capture.frames[end:]


@makes("v1-resent-syns.pcap")
def resent_syns(capture):
    """SYN and SYN/ACK of the initial subflow and of the join are lost and sent again, with the same ISN. One
    connection, two subflows, no fallback, no retransmitted data."""
    connection = Connection(capture)
    for path in (PATH_A, PATH_B):
        subflow = connection.subflow(path, address_id=len(connection.subflows))
        subflow.syn(lost=True)
        capture.wait(1)
        subflow.syn()
        subflow.synack(lost=True)
        capture.wait(2)
        subflow.syn()
        subflow.synack()
        subflow.ack()
        exchange(subflow)


@makes("v1-four-tuple-reuse.pcap")
def four_tuple_reuse(capture):
    """Two connections one after the other with the same addresses and ports, but other ISNs and keys. Two
    connections, two TCP streams; the second carries 50 bytes to the server."""
    talk(capture, close=True, name="one")
    capture.wait(90)
    second = talk(capture, name="two")
    second.subflows[0].data("client", 30)
    second.close()
    second.must_send("client", unique=50)


@makes("v1-token-reuse.pcap")
def token_reuse(capture):
    """Two connections, 60 s apart, in which the server has the same key and so the same token. Each has a join;
    only time tells to which connection a join belongs. Two connections with two subflows each."""
    key = made_up("reused key", 8)
    talk(capture, (PATH_A, PATH_B), close=True, name="one", server_key=key)
    capture.wait(60)
    talk(capture, (PATH_A._replace(client_port=41001), PATH_B._replace(client_port=41002)), close=True, name="two",
         server_key=key)


@makes("v1-token-of-two-servers.pcap")
def token_of_two_servers(capture):
    """Two connections at the same time to two servers that chose the same key, so the same token; a join to each.
    The address of the server tells them apart. Two connections with two subflows each."""
    key = made_up("colliding key", 8)
    one = talk(capture, name="one", server_key=key)
    two = talk(capture, (PATH_C,), name="two", server_key=key)
    exchange(one.join(PATH_B))
    exchange(two.join(PATH_B._replace(client_port=40004, server=PATH_C.server)))


@makes("v1-capable-with-data-resent.pcap")
def capable_with_data_resent(capture):
    """The first data of the client travels in an MP_CAPABLE with data, which has no DSN: it is IDSN + 1. It is lost
    and sent again. To the server 20 bytes twice and 25 more: unique 45, TCP-retransmitted 20."""
    connection = Connection(capture)
    subflow = connection.open()
    segment = subflow.data("client", 20, lost=True)
    capture.wait(0.2)
    subflow.resend(segment)
    subflow.data("client", 25)
    connection.must_send("client", unique=45, tcp_retransmitted=20)


@makes("v1-checksum.pcap")
def with_checksum(capture):
    """The checksum is in use: MP_CAPABLE with data has 24 octets and each mapping two more; all checksums are
    right, also those of the DATA_FIN and of a mapping written with a 32-bit DSN. 55 bytes to the server, 60 to the
    client."""
    connection = talk(capture, (PATH_A, PATH_B), checksum=True, timestamps=True)
    connection.subflows[1].data("client", 15, dsn_octets=4)
    connection.close()
    connection.must_send("client", unique=55)


# Connections that fall back or fail.


def plain_tcp(capture, path, name="plain"):
    """A TCP connection without MPTCP; it is not among the connections to find."""
    connection = Connection(capture, name)
    connection.plain = True
    subflow = connection.subflow(path)
    subflow.syn(mptcp=False)
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)
    connection.close()
    capture.connections.remove(connection)


@makes("fallback-no-option-in-synack.pcap")
def no_option_in_synack(capture):
    """The SYN/ACK has no MP_CAPABLE. One subflow of plain TCP; unique is counted in subflow sequence space: to the
    server 20 bytes and 40, of which the 40 are sent twice: sent 100, unique 60."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    connection.fall_back("no_option_in_synack")
    connection.known_keys = ()
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)
    segment = subflow.data("client", 40, lost=True)
    subflow.resend(segment)
    connection.close()
    connection.must_send("client", unique=60, tcp_retransmitted=40)


@makes("fallback-no-option-in-ack.pcap")
def no_option_in_ack(capture):
    """SYN and SYN/ACK have MP_CAPABLE, but neither the third ACK nor the data."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    connection.fall_back("no_option_in_ack")
    connection.known_keys = ("server",)
    subflow.ack(mptcp=False)
    exchange(subflow)


@makes("fallback-no-option-in-data.pcap")
def no_option_in_data(capture):
    """The whole handshake has MP_CAPABLE, but no data has an option, in either direction."""
    connection = Connection(capture)
    subflow = connection.open()
    connection.fall_back("no_option_in_data")
    exchange(subflow)


@makes("fallback-mp-fail.pcap")
def mp_fail_alone(capture):
    """The checksum is in use and the second segment to the server (40 bytes) was altered on the way. The server
    answers with MP_FAIL on the only subflow, both ends begin an infinite mapping (length 0) and go on without
    options. To the server 20 + 40 + 50 + 60 bytes, to the client 30 + 35, all unique."""
    connection = Connection(capture, checksum=True)
    subflow = connection.open()
    exchange(subflow)
    failed = subflow.data("client", 40, answer=False, damaged=True)
    subflow.pure_ack("server", dss(failed.dsn), mp_fail(failed.dsn))
    connection.fall_back("mp_fail")
    subflow.pure_ack("client", mp_fail(failed.dsn))
    for who, size in (("client", 50), ("server", 35)):
        infinite = (connection.next[who], subflow.next[who] - subflow.isn[who], 0)
        subflow.data(who, size, mapping=infinite, option="dss")
    subflow.data("client", 60)
    connection.close()
    connection.must_send("client", unique=170)
    connection.must_send("server", unique=65)


@makes("v1-mp-fail-one-of-two.pcap")
def mp_fail_one_of_two(capture):
    """A segment of 25 bytes fails its checksum on the second of two subflows. The server ends that subflow with
    RST, MP_FAIL and MP_TCPRST (reason 6, middlebox interference) and the data is sent again on the first: 25 bytes
    reinjected. The connection stays established."""
    connection = talk(capture, (PATH_A, PATH_B), checksum=True)
    first, second = connection.subflows
    failed = second.data("client", 25, answer=False, damaged=True)
    second.reset("server", mp_fail(failed.dsn), mp_tcprst(6))
    first.reinject(failed)
    connection.subflows.pop()
    connection.close()
    connection.subflows.append(second)
    connection.must_send("client", unique=65, reinjected=25)


@makes("fallback-plain-syn-retry.pcap")
def plain_syn_retry(capture):
    """Two SYNs with MP_CAPABLE get no answer; the third, with the same ports and ISN, has no option and does."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    for seconds in (1, 2):
        subflow.syn(lost=True)
        capture.wait(seconds)
    connection.fall_back("plain_syn_retry")
    connection.known_keys = ()
    subflow.syn(mptcp=False)
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)


@makes("connection-refused.pcap")
def connection_refused(capture):
    """The SYN with MP_CAPABLE is answered by RST. One connection, state refused, one subflow that was not
    established; version 1, no key."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.reset("server")
    connection.state, connection.known_keys = "refused", ()


@makes("connection-unanswered.pcap")
def connection_unanswered(capture):
    """Three SYNs with MP_CAPABLE and no answer. One connection, state incomplete, one subflow."""
    connection = Connection(capture, version=0)
    subflow = connection.subflow(PATH_A)
    for seconds in (1, 2, 4):
        subflow.syn(lost=True)
        capture.wait(seconds)
    connection.state, connection.known_keys = "incomplete", ("client",)


@makes("v1-join-refused.pcap")
def join_refused(capture):
    """The server answers the SYN of a join with RST and MP_TCPRST, reason 3 (administratively prohibited).
    Established connection, two subflows, the second not established."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    join.syn()
    join.reset("server", mp_tcprst(3))


@makes("v1-join-unanswered.pcap")
def join_unanswered(capture):
    """The SYN of a join is sent three times and never answered. Established connection, two subflows, the second
    not established."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    for seconds in (1, 2, 4):
        join.syn(lost=True)
        capture.wait(seconds)


# Captures that do not have everything. An option that was not captured is no reason to report a fallback.


@makes("v1-key-in-first-data.pcap")
def key_in_first_data(capture):
    """The third ACK was not captured: the client's key is only in its first data, an MP_CAPABLE with data.
    Established, both tokens known, all 20 bytes mapped."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    with capture.unseen():
        subflow.ack()
    exchange(subflow)


@makes("v1-missing-syn.pcap")
def missing_syn(capture):
    """The SYN was not captured, the rest was. Established, version 1, client and server as ever, both tokens
    known."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    with capture.unseen():
        subflow.syn()
    subflow.synack()
    subflow.ack()
    exchange(subflow)
    connection.close()


@makes("v1-missing-synack.pcap")
def missing_synack(capture):
    """The SYN/ACK was not captured. Established: the third ACK has both keys, and gives both ISNs. No fallback."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    with capture.unseen():
        subflow.synack()
    subflow.ack()
    exchange(subflow)


@makes("v1-missing-third-ack.pcap")
def missing_third_ack(capture):
    """The third ACK was not captured and the server speaks first, so that the client's first data has a DSS: its
    key is never seen. Established all the same, by the DSS; the client's token is unknown, its bytes are mapped. 20
    bytes to the server, 30 to the client."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    with capture.unseen():
        subflow.ack()
    subflow.data("server", 30)
    subflow.data("client", 20)
    connection.known_keys = ("server",)
    connection.must_send("client", unique=20)


@makes("mid-connection.pcap")
def mid_connection(capture):
    """Two subflows of one connection whose beginning was not captured, with 64-bit DSNs and DATA_ACKs. These prove
    that the subflows belong together: the ranges continue each other, one subflow acknowledges the data of the
    other, and a segment is reinjected. One connection, state incomplete, no tokens, no version (no option tells
    it), and only ports to guess the client by. Each mapping begins with its segment, which gives the ISNs. To the
    server 4 x 20 bytes and 20 reinjected."""
    connection = Connection(capture, dsn_octets=8, ack_octets=8, timestamps=True)
    with capture.unseen():
        for path in (PATH_A, PATH_B):
            exchange(connection.join(path) if connection.subflows else connection.open(path))
    first, second = connection.subflows
    segment = first.data("client", 20)
    exchange(second)
    exchange(first)
    second.reinject(segment)
    exchange(second)
    connection.state, connection.known_version, connection.known_keys = "incomplete", None, ()
    connection.must_send("client", unique=80, reinjected=20)


@makes("mid-connection-unlike.pcap")
def mid_connection_unlike(capture):
    """One subflow of each of two connections whose beginning was not captured; their 64-bit DSNs have nothing in
    common. Two connections, both incomplete."""
    for name, path in (("one", PATH_A), ("two", PATH_B)):
        connection = Connection(capture, name, dsn_octets=8, ack_octets=8)
        with capture.unseen():
            exchange(connection.open(path))
        exchange(connection.subflows[0])
        connection.state, connection.known_version, connection.known_keys = "incomplete", None, ()


@makes("mid-connection-32-bit.pcap")
def mid_connection_32_bit(capture):
    """Two subflows of one connection whose beginning was not captured, but DSNs and DATA_ACKs have 32 bits only:
    that is no proof, so each is a connection of its own, incomplete."""
    parts = [Connection(capture, dsn_octets=4, ack_octets=4) for _ in range(2)]
    parts[1].next, parts[1].got = parts[0].next, parts[0].got
    for part, path in zip(parts, (PATH_A, PATH_B)):
        with capture.unseen():
            exchange(part.open(path))
        part.state, part.known_version, part.known_keys = "incomplete", None, ()
    for part in parts * 2:
        exchange(part.subflows[0])


@makes("mid-connection-joins.pcap")
def mid_connection_joins(capture):
    """Two joins to a connection whose beginning was not captured; DSNs and DATA_ACKs have 32 bits only. That both
    name the same token makes them one connection, of which only the server's token is known."""
    connection = Connection(capture, dsn_octets=4, ack_octets=4)
    with capture.unseen():
        connection.open()
    for path in (PATH_B, PATH_C):
        exchange(connection.join(path))
    connection.state, connection.known_version, connection.known_keys = "incomplete", None, ("server",)


@makes("mid-connection-late-initial.pcap")
def late_initial(capture):
    """Of the initial subflow only the SYN was captured, which has no key in version 1, and data at the end; before
    that two subflows whose handshakes were not captured go on with each other's data. One of them has a client's
    port below the server's, which is taken for that of who was joined. 64-bit DSNs and DATA_ACKs alone tie the three
    together, the two first: 40 bytes to the server on each, 30 to the client."""
    connection = Connection(capture, dsn_octets=8, ack_octets=8)
    first = connection.subflow(PATH_A)
    first.syn()
    with capture.unseen():
        first.synack()
        first.ack()
        exchange(first)
        others = [connection.join(path) for path in (PATH_B._replace(client_port=4001), PATH_C)]
    for subflow in others + [first]:
        subflow.data("client", 20)
        subflow.data("client", 20)
        subflow.data("server", 30)
    others[0].opener = "server"
    connection.known_keys = ()
    connection.must_send("client", unique=120)


@makes("mid-connection-jump.pcap")
def mid_connection_jump(capture):
    """Of the client's packets only the first few were captured, while it sent 8 GB: the server's DATA_ACKs go on
    from there, which is too far for any window, but all of them say so."""
    connection = talk(capture, ack_octets=8)
    first = connection.subflows[0]
    connection.next["client"] += 2 ** 33
    connection.got["server"].next += 2 ** 33
    with capture.setting(directions=(False,)):
        for _ in range(3):
            exchange(first)


@makes("v1-only-mp-fail.pcap")
def only_mp_fail(capture):
    """A SYN and then one packet with MP_FAIL and data of the server were captured, and nothing that tells where the
    client's data is, of which it speaks."""
    connection = Connection(capture)
    first = connection.subflow(PATH_A)
    first.syn()
    with capture.unseen():
        first.synack()
        first.ack()
        exchange(first)
    mapping = (connection.next["server"], first.next["server"] - first.isn["server"], 20)
    first.data("server", 20, option=[dss(mapping=mapping), mp_fail(connection.next["client"])], answer=False)
    connection.known_keys = ()


@makes("v1-join-options-lost.pcap")
def join_options_lost(capture):
    """Of the handshake of a join only the SYN/ACK was captured, from which something took MP_JOIN; DSNs and DATA_ACKs
    of 64 bits tell where its data belongs. To the server 20 bytes on each subflow."""
    connection = talk(capture, dsn_octets=8, ack_octets=8)
    join = connection.subflow(PATH_B, address_id=1)
    with capture.unseen():
        join.syn()
    join.synack(mptcp=False)
    with capture.unseen():
        join.ack()
    exchange(join)
    connection.must_send("client", unique=40)


@makes("one-way-to-server.pcap")
def one_way_to_server(capture):
    """Only the packets from client to server were captured. Established: the third ACK has both keys. 40 bytes to
    the server on two subflows, none to the client; no fallback although there is no SYN/ACK."""
    capture.directions = (True,)
    talk(capture, (PATH_A, PATH_B), close=True).must_send("server")


@makes("one-way-to-client.pcap")
def one_way_to_client(capture):
    """Only the packets from server to client were captured. Established: the SYN/ACK has MP_CAPABLE and the data a
    DSS. The client's token is unknown, and that the second subflow belongs to the connection is only to be seen by
    its 64-bit DSNs and DATA_ACKs, for the SYN with the token is missing. 60 bytes to the client."""
    capture.directions = (False,)
    connection = talk(capture, (PATH_A, PATH_B), close=True, ack_octets=8)
    connection.known_keys = ("server",)
    connection.must_send("client")


# Data sequence numbers and mappings.


@makes("v1-dsn-wrap-32.pcap")
def dsn_wrap_32(capture):
    """The client's IDSN ends with ffffff4c, so that the low half of the DSN wraps with data byte 180. 100 bytes
    come in MP_CAPABLE with data, 50 with a 64-bit DSN, all later ones with 32 bits: 20, 20 (across the wrap) and 40
    bytes, and on a second subflow the 20 across the wrap again. To the server unique 230, reinjected 20."""
    connection = Connection(capture, client_key=bytes.fromhex("5eed000001545e64"))
    assert connection.idsn["client"] == 0xA2AD2232FFFFFF4C
    first = connection.open()
    first.data("client", 100)
    first.data("client", 50)
    connection.dsn_octets = connection.ack_octets = 4
    first.data("client", 20)
    across = first.data("client", 20)
    first.data("client", 40)
    second = connection.join()
    second.reinject(across)
    second.data("server", 30)
    connection.close()
    connection.must_send("client", unique=230, reinjected=20)


@makes("v1-dsn-wrap-64.pcap")
def dsn_wrap_64(capture):
    """The client's IDSN is ffffffff9468c063. After 20 bytes it sends 1.8 GB on a path that was not captured, then
    three segments of 40 bytes, the second of which crosses 2^64. To the server 140 bytes, all unique; relative DSNs
    [1,21) and [1805074283,1805074403)."""
    connection = Connection(capture, client_key=bytes.fromhex("5eed00000288c307"))
    assert connection.idsn["client"] == 0xFFFFFFFF9468C063
    subflow = connection.open()
    exchange(subflow)
    connection.next["client"] = connection.got["server"].next = 2 ** 64 - 50
    capture.wait(300)
    for _ in range(3):
        subflow.data("client", 40)
    connection.must_send("client", unique=140)


@makes("v1-data-without-dss.pcap")
def data_without_dss(capture):
    """One mapping of 60 bytes to the server, announced in the first of three segments; the others have no DSS. In
    the other direction the segments of such a mapping arrive in the order 1, 3, 2. All bytes are mapped."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    for who, order in (("client", (0, 20, 40)), ("server", (0, 40, 20))):
        dsn, seq = connection.next[who], subflow.next[who]
        for at in order:
            subflow.data(who, 20, dsn + at, seq + at, (dsn, seq - subflow.isn[who], 60), "none" if at else "dss",
                         answer=False)
        subflow.pure_ack(OTHER[who])
    connection.must_send("client", unique=80)
    connection.must_send("server", unique=90)


@makes("v1-mapping-64k-repeated.pcap", snaplen=128)
def mapping_64k_repeated(capture):
    """A mapping of 65160 bytes in eight segments of 8145, each with the same DSS: a segment's data begins where it
    lies in the mapping. Then the third of them again. The snaplen of 128 cuts the data. To the server unique 65180,
    TCP-retransmitted 8145."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    dsn, seq = connection.next["client"], subflow.next["client"]
    mapping = (dsn, seq - subflow.isn["client"], 8 * 8145)
    segments = [subflow.data("client", 8145, dsn + at, seq + at, mapping, answer=False)
                for at in range(0, 8 * 8145, 8145)]
    subflow.resend(segments[2])
    connection.must_send("client", unique=65180, tcp_retransmitted=8145)


@makes("v1-gso-frame.pcap", snaplen=128)
def gso_frame(capture):
    """One frame carries 65160 bytes of data to the server, as segmentation offload leaves them. The snaplen of 128
    cuts it. To the server 65180 bytes."""
    connection = talk(capture)
    connection.subflows[0].data("client", 65160)
    connection.must_send("client", unique=65180)


@makes("v1-gso-ip-length-0.pcap", snaplen=128)
def gso_ip_length_0(capture):
    """A frame with 20000 bytes of data to the server whose IPv4 length field is 0, as some drivers leave it: the
    length is that of the frame. To the server 20020 bytes."""
    connection = talk(capture)
    with capture.setting(zero_ip_length=True):
        connection.subflows[0].data("client", 20000, answer=False)
    connection.subflows[0].pure_ack("server")
    connection.must_send("client", unique=20020)


@makes("v1-data-fin-with-data.pcap")
def data_fin_with_data(capture):
    """The last mapping of the client has 40 bytes of data and the DATA_FIN, length 41; both of its segments carry
    this DSS with the DATA_FIN flag. The server's last 15 bytes have DATA_FIN too. To the server 60 bytes, to the
    client 45: a DATA_FIN is no byte."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    mapping = (connection.next["client"], subflow.next["client"] - subflow.isn["client"], 41)
    subflow.data("client", 20, mapping=mapping, option=[subflow.dss("client", mapping, True)], answer=False)
    subflow.data("client", 20, mapping=mapping, data_fin=True)
    subflow.data("server", 15, data_fin=True)
    subflow.fin()
    connection.must_send("client", unique=60)
    connection.must_send("server", unique=45)


@makes("v1-data-fin-alone.pcap")
def data_fin_alone(capture):
    """The client's DATA_FIN comes on a packet without data (length 1, subflow sequence number 0) and is repeated on
    the second subflow. To the server 40 bytes, nothing reinjected."""
    connection = talk(capture, (PATH_A, PATH_B))
    first, second = connection.subflows
    first.data_fin("client", answer=False)
    second.send("client", ACK, [second.dss("client", (connection.next["client"] - 1, 0, 1), True)])
    second.pure_ack("server")
    for subflow in connection.subflows:
        subflow.fin()
    connection.must_send("client", unique=40)


@makes("v1-reinjection-overlap.pcap")
def reinjection_overlap(capture):
    """Reinjections to the server, in relative DSNs. First subflow: [1,21), [21,61), the latter lost. Second
    subflow: [21,41) (20 reinjected), then [41,81), of which [61,81) is new (20 reinjected, 20 unique). Then the
    first subflow sends [71,91) with new subflow numbers (10 reinjected, 10 unique). Sent 140, unique 90, reinjected
    50 in three packets."""
    connection = Connection(capture)
    first = connection.open()
    first.data("client", 20)
    second = connection.join()
    lost = first.data("client", 40, lost=True)
    capture.wait(0.3)
    second.data("client", 20, dsn=lost.dsn)
    second.data("client", 40, dsn=lost.dsn + 20)
    first.data("client", 20, dsn=lost.dsn + 50)
    connection.must_send("client", unique=90, reinjected=50)


@makes("v1-byte-classes.pcap")
def byte_classes(capture):
    """Every class of bytes to the server, in relative DSNs. First subflow: [1,21), [21,61). Second subflow:
    [41,81), half of it reinjected. First: [21,61) again with the same subflow numbers (TCP-retransmitted 40),
    [21,41) with new ones (MPTCP-repeated 20), [61,81) (reinjected 20). At last a mapping [81,111) of which only the
    second segment was captured, which has 10 bytes and no DSS (unmapped 10). Sent 190 = unique 80 +
    TCP-retransmitted 40 + MPTCP-repeated 20 + reinjected 40 + unmapped 10."""
    connection = Connection(capture)
    first = connection.open()
    first.data("client", 20)
    segment = first.data("client", 40)
    second = connection.join()
    second.data("client", 40, dsn=segment.dsn + 20)
    first.resend(segment)
    first.data("client", 20, dsn=segment.dsn)
    first.data("client", 20, dsn=segment.dsn + 40)
    mapping = (connection.next["client"], first.next["client"] - first.isn["client"], 30)
    with capture.unseen():
        first.data("client", 20, mapping=mapping, answer=False)
    first.data("client", 10, mapping=mapping, option="none", mapped=False)
    connection.must_send("client", unique=80, tcp_retransmitted=40, mptcp_repeated=20, reinjected=40, unmapped=10)


@makes("v1-originals.pcap")
def several_originals(capture):
    """What is sent again was sent in several packets. To the server: three segments of 20 bytes, then all 60 bytes
    at once (TCP-retransmitted 60). A segment of 40 bytes with two mappings, the second of which comes in the next
    packet, again (40). Three segments of 20 bytes without a mapping, and all 60 at once (unmapped 60,
    TCP-retransmitted 60)."""
    connection = Connection(capture)
    first = connection.open()
    first.data("client", 20)
    pieces = [first.data("client", 20, answer=False) for _ in range(3)]
    first.data("client", 60, dsn=pieces[0].dsn, seq=pieces[0].seq)
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    halves = [(start, ssn, 20), (start + 20, ssn + 20, 20)]
    segment = first.data("client", 40, mapping=halves[0], answer=False)
    first.pure_ack("client", first.dss("client", halves[1]))
    first.resend(segment)
    pieces = [first.data("client", 20, option="none", mapped=False, answer=False) for _ in range(3)]
    first.data("client", 60, dsn=pieces[0].dsn, seq=pieces[0].seq, option="none", mapped=False)
    connection.must_send("client", unique=120, tcp_retransmitted=160, unmapped=60)


@makes("v1-filled-gaps.pcap")
def filled_gaps(capture):
    """Of three segments to the server only the one in the middle was captured; then comes one that has the bytes of
    all three: unique 20, retransmitted 20, unique 20."""
    connection = Connection(capture)
    first = connection.open()
    first.data("client", 20)
    with capture.unseen():
        before = first.data("client", 20, answer=False)
    first.data("client", 20, answer=False)
    with capture.unseen():
        first.data("client", 20, answer=False)
    first.data("client", 60, dsn=before.dsn, seq=before.seq)
    connection.must_send("client", unique=80, tcp_retransmitted=20)


@makes("v1-acked-not-captured.pcap")
def acked_not_captured(capture):
    """Captured at the client, which receives. A segment of the server was not captured, the next one was; then comes
    the DATA_ACK of the former, which shows that nothing waits. 30 + 3 x 20 bytes to the client."""
    connection = talk(capture)
    first = connection.subflows[0]
    with capture.unseen():
        missing = first.data("server", 20, answer=False)
    first.data("server", 20, answer=False)
    capture.wait(0.02)
    first.send("client", ACK, [dss(missing.dsn + 20)])
    first.data("server", 20)
    first.data("server", 20)
    connection.must_send("server", unique=90)


@makes("v1-seq-wrap.pcap")
def seq_wrap(capture):
    """The subflow sequence numbers wrap: the client's within its second segment, which is sent twice; the server's
    with its SYN. To the server unique 60, TCP-retransmitted 20."""
    connection = Connection(capture)
    subflow = connection.open(isn={"client": 2 ** 32 - 30, "server": 2 ** 32 - 1})
    exchange(subflow)
    segment = subflow.data("client", 20, lost=True)
    subflow.resend(segment)
    subflow.data("client", 20)
    connection.close()
    connection.must_send("client", unique=60, tcp_retransmitted=20)


# Signals: addresses, priorities, resets.


@makes("v1-add-addr.pcap")
def v1_add_addr(capture):
    """The server announces an IPv4 and an IPv6 address, each without and with a port (ids 1 to 4, HMACs right), the
    client an IPv4 address (id 5). Every one is echoed. One subflow."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    for who, address_id, address, port in (("server", 1, "203.0.113.20", None), ("server", 2, "2001:db8:5::20", None),
                                           ("server", 3, "203.0.113.30", 7000),
                                           ("server", 4, "2001:db8:5::30", 7000),
                                           ("client", 5, "198.51.100.1", None)):
        subflow.pure_ack(who, add_addr(1, address_id, address, port, subflow.key_pair(who)))
        subflow.pure_ack(OTHER[who], add_addr(1, address_id, address, port))


@makes("v1-add-addr-twice.pcap")
def v1_add_addr_twice(capture):
    """The server announces two addresses in one packet, ids 2 and 1 in this order, and takes both back, which it says
    twice."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    addresses = ((2, "203.0.113.20"), (1, "203.0.113.30"))
    subflow.pure_ack("server", *[add_addr(1, *which, keys=subflow.key_pair("server")) for which in addresses])
    subflow.pure_ack("client", *[add_addr(1, *which) for which in addresses])
    for _ in range(2):
        subflow.pure_ack("server", subflow.dss("server"), rm_addr(2, 1))
    exchange(subflow)


@makes("v0-add-addr.pcap")
def v0_add_addr(capture):
    """Version 0: an IPv4 and an IPv6 address, each without and with a port. There are neither HMACs nor echoes."""
    connection = talk(capture, version=0)
    subflow = connection.subflows[0]
    for address_id, address, port in ((1, "203.0.113.20", None), (2, "2001:db8:5::20", None),
                                      (3, "203.0.113.30", 7000), (4, "2001:db8:5::30", 7000)):
        subflow.pure_ack("server", add_addr(0, address_id, address, port))
    subflow.data("client", 20)


@makes("v1-rm-addr.pcap")
def v1_rm_addr(capture):
    """The client removes address 1 next to a DSS, on the first subflow after the second (address 1) ended by RST;
    the server removes addresses 3 and 4 in one option."""
    connection = talk(capture, (PATH_A, PATH_B))
    first, second = connection.subflows
    second.reset("client")
    first.pure_ack("client", first.dss("client"), rm_addr(1))
    first.pure_ack("server", first.dss("server"), rm_addr(3, 4))


@makes("v1-mp-prio.pcap")
def v1_mp_prio(capture):
    """The second subflow joins as backup; the client makes it a normal one (MP_PRIO, B=0) and, after data on it, a
    backup again (B=1). The option stands next to a DSS."""
    connection = talk(capture)
    join = connection.join(backup=True)
    join.pure_ack("client", join.dss("client"), mp_prio(False))
    exchange(join)
    join.pure_ack("client", join.dss("client"), mp_prio(True))
    exchange(connection.subflows[0])


@makes("v0-mp-prio.pcap")
def v0_mp_prio(capture):
    """Version 0: the client makes its address 1, which is that of the second subflow, a backup by an MP_PRIO with
    address id on the first subflow."""
    connection = talk(capture, (PATH_A, PATH_B), version=0)
    subflow = connection.subflows[0]
    subflow.pure_ack("client", subflow.dss("client"), mp_prio(True, 1))
    exchange(subflow)


@makes("v1-rst-with-reason.pcap")
def rst_with_reason(capture):
    """The client ends the second subflow by RST with MP_TCPRST, reason 5 (unacceptable performance), transient; the
    connection goes on over the first and closes there."""
    connection = talk(capture, (PATH_A, PATH_B))
    first, second = connection.subflows
    second.reset("client", mp_tcprst(5, transient=True))
    exchange(first)
    first.data_fin("client", answer=False)
    first.data_fin("server")
    first.fin()


@makes("v1-fastclose.pcap")
def v1_fastclose(capture):
    """The client ends the connection by RST with MP_FASTCLOSE (the server's key) and MP_TCPRST on the first
    subflow, and RST on the second. No DATA_FIN, no FIN."""
    connection = talk(capture, (PATH_A, PATH_B))
    first, second = connection.subflows
    first.reset("client", mp_fastclose(connection.key["server"]), mp_tcprst(0))
    second.reset("client", mp_tcprst(0))


@makes("v0-fastclose.pcap")
def v0_fastclose(capture):
    """Version 0: the client sends MP_FASTCLOSE on an ACK, the server answers by RST."""
    connection = talk(capture, version=0)
    subflow = connection.subflows[0]
    subflow.pure_ack("client", mp_fastclose(connection.key["server"]))
    subflow.reset("server")


# Traffic that is not MPTCP.


@makes("icmp-quotes-tcp.pcap")
def icmp_quotes_tcp(capture):
    """Besides an ordinary connection there are an ICMP and an ICMPv6 message, each of which quotes a SYN with
    MP_CAPABLE of no other trace. Quoted packets count nowhere."""
    connection = talk(capture)
    option = mp_capable(1)
    for source, target, protocol in (("192.0.2.1", "203.0.113.99", ICMP),
                                     ("2001:db8:a::1", "2001:db8:5::99", ICMPV6)):
        segment = tcp(source, target, 40009, 5001, 1, 0, SYN, option)
        quoted = (ipv6 if protocol == ICMPV6 else ipv4)(source, target, TCP, segment)
        capture.packet(target, source, protocol, icmp_unreachable(target, source, quoted), outgoing=False)


@makes("plain-tcp.pcap")
def only_plain_tcp(capture):
    """Two TCP connections without any MPTCP option. No connection to list."""
    plain_tcp(capture, PATH_A, "one")
    plain_tcp(capture, PATH_B6, "two")


@makes("no-tcp.pcap")
def no_tcp(capture):
    """ARP and UDP only. No TCP packet, no connection."""
    capture.frame(arp_request("192.0.2.1", "192.0.2.254"), ARP)
    for number in range(3):
        capture.packet("192.0.2.1", "203.0.113.10", UDP,
                       udp("192.0.2.1", "203.0.113.10", 40001, 9, b"datagram %d" % number))


# Faulty packets: the fault costs what it makes unknown, and nothing else.


@makes("fault-options-cut-at-60.pcap", snaplen=60)
def options_cut_at_60(capture):
    """A snaplen of 60 leaves 6 octets of the TCP options, not one of them of MPTCP. Two TCP streams, no connection;
    a warning that options are cut helps. The lengths in the IP headers still give every segment's size."""
    talk(capture, (PATH_A, PATH_B), timestamps=True)
    capture.connections.clear()
    capture.options.clear()


@makes("fault-options-cut-at-80.pcap", snaplen=80)
def options_cut_at_80(capture):
    """A snaplen of 80 leaves the MP_CAPABLE of the SYN whole, and cuts every later MPTCP option after its subtype.
    The SYN/ACK did have the option: no fallback may be reported. Incomplete, no key, no data mapped: to the server
    20 bytes sent and unmapped, to the client 30."""
    connection = talk(capture, timestamps=True)
    connection.state, connection.known_keys = "incomplete", ()
    for who in OTHER:
        tally = connection.tally[who].bytes
        tally["unmapped"] += tally.pop("unique")
    capture.options = Counter(MP_CAPABLE=1)


def with_faulty_option(capture, *faulty, in_data=None):
    """A connection with faulty options in ACKs of the client and in one segment to the server, of 40 bytes, which
    is unmapped; it is mapped again when it is sent once more on the same subflow with new numbers."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    for option in faulty:
        subflow.pure_ack("client", option)
    segment = subflow.data("client", 40, option=[in_data or faulty[0]], mapped=False)
    subflow.data("client", 40, dsn=segment.dsn)
    connection.must_send("client", unique=60, unmapped=40)


@makes("fault-option-length-0.pcap")
def option_length_0(capture):
    """An MPTCP option of length 0, in an ACK and in a segment of 40 bytes to the server, which is therefore
    unmapped. The options end there, the rest of the capture is sound: the data comes again with new subflow numbers
    and a mapping. To the server sent 100, unique 60, unmapped 40."""
    with_faulty_option(capture, b"\x1e\x00\x20\x05" + b"\0" * 8)


@makes("fault-option-length-1.pcap")
def option_length_1(capture):
    """As fault-option-length-0, with length 1."""
    with_faulty_option(capture, b"\x1e\x01\x20\x05" + b"\0" * 8)


@makes("fault-option-length-2.pcap")
def option_length_2(capture):
    """As fault-option-length-0, with length 2: there is no room for a subtype. The octets behind it are
    no-operations."""
    with_faulty_option(capture, b"\x1e\x02\x01\x01")


@makes("fault-option-beyond-header.pcap")
def option_beyond_header(capture):
    """As fault-option-length-0, with an MPTCP option whose length of 40 goes beyond the end of the TCP header."""
    with_faulty_option(capture, b"\x1e\x28\x20\x05" + b"\0" * 8)


@makes("fault-option-length-of-subtype.pcap")
def option_length_of_subtype(capture):
    """Options of every subtype with a length that the subtype cannot have; the same to be reported as for
    fault-option-length-0. A second TCP connection has an MP_CAPABLE of 7 octets in its SYN and none in the SYN/ACK:
    it is no MPTCP connection."""
    def wrong(subtype, size, low_bits=0, fill=0):
        return struct.pack("!BBB", 30, size, subtype << 4 | low_bits) + bytes([fill]) * (size - 3)

    with_faulty_option(capture, wrong(0, 5, 1, 1), wrong(0, 13, 1, 1), wrong(1, 7), wrong(1, 20), wrong(2, 3),
                       wrong(2, 4, 0, 0x0F), wrong(3, 4, 0), wrong(3, 9, 0), wrong(4, 3), wrong(5, 6, 1), wrong(6, 8),
                       wrong(7, 6), wrong(8, 3), in_data=wrong(2, 12, 0, 0x0D))
    connection = Connection(capture, "two")
    connection.plain = True
    subflow = connection.subflow(PATH_C)
    subflow.send("client", SYN, [wrong(0, 7, 1, 1)], seq=subflow.isn["client"])
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)
    capture.connections.remove(connection)


@makes("fault-unknown-subtype.pcap")
def unknown_subtype(capture):
    """MPTCP options of the subtypes 9 to 15, alone in ACKs and before the DSS of a segment, which is to be read all
    the same. 45 bytes to the server, all unique."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    for subtype in range(9, 16):
        subflow.pure_ack("client", struct.pack("!BBBB", 30, 4, subtype << 4, 0))
    mapping = (connection.next["client"], subflow.next["client"] - subflow.isn["client"], 25)
    subflow.data("client", 25, option=[b"\x1e\x03\xf0", subflow.dss("client", mapping)])
    connection.must_send("client", unique=45)


@makes("fault-data-offset-4.pcap")
def data_offset_4(capture):
    """A segment of the client whose data offset is 4 words: its data and options are unknown, it has no bytes that
    count. Then the same segment as it should be. To the server 60 bytes, all unique; the faulty packet is one of
    TCP. tshark gives it no flags, no options and a length of 44."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    subflow.send("client", PSH, payload=connection.content("client", connection.next["client"], 40), offset=4,
                 seq=subflow.next["client"], lost=True)
    subflow.next["client"] -= 40
    subflow.data("client", 40)
    connection.must_send("client", unique=60)


@makes("fault-data-offset-15.pcap")
def data_offset_15(capture):
    """As fault-data-offset-4, with a data offset of 15 words, which lies beyond the end of the segment."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    subflow.send("client", PSH, payload=b"\0" * 8, offset=15, seq=subflow.next["client"], lost=True)
    subflow.next["client"] -= 8
    subflow.data("client", 40)
    connection.must_send("client", unique=60)


# Faulty files.


@makes("fault-cut-short.pcap")
@makes("fault-cut-short.pcapng")
def cut_short(capture):
    """The file ends in the middle of its last packet. What stands before it is reported; complete is false."""
    connection = talk(capture)
    with capture.uncounted():
        connection.subflows[0].data("client", 40, answer=False)
    capture.finish = lambda octets: octets[:-30]
    capture.complete, capture.unread_frames = False, 1


@makes("fault-damaged-record.pcap")
def damaged_record(capture):
    """The header of the sixth record says that it has 4294967295 octets. The five packets before it are reported,
    complete is false; what follows is lost."""
    connection = talk(capture)
    damaged_at = 24 + sum(16 + len(frame.data) for frame in capture.frames)
    with capture.uncounted():
        for _ in range(3):
            connection.subflows[0].data("client", 40, answer=False)
    capture.finish = lambda octets: octets[:damaged_at + 8] + b"\xff" * 4 + octets[damaged_at + 12:]
    capture.complete, capture.unread_frames = False, 3


@makes("fault-damaged-block.pcapng")
def damaged_block(capture):
    """The length at the end of the last block but two is not that at its beginning. The packets before it are
    reported, complete is false."""
    connection = talk(capture)
    with capture.uncounted():
        for _ in range(3):
            connection.subflows[0].data("client", 40, answer=False)
    block = 32 + (len(capture.frames[-1].data) + 3) // 4 * 4
    capture.finish = lambda octets: octets[:-2 * block - 4] + b"\xfc\xff\xff\0" + octets[-2 * block:]
    capture.complete, capture.unread_frames = False, 3


@makes("fault-empty-file.pcap")
def empty_file(capture):
    """No octet at all. This is no capture: an error."""
    capture.finish = lambda octets: b""
    capture.readable = capture.complete = False


@makes("fault-text-file.pcap")
def text_file(capture):
    """A text. This is no capture: an error."""
    capture.finish = lambda octets: b"This is a text, whatever the name of the file says.\n" * 4
    capture.readable = capture.complete = False


@makes("fault-no-packets.pcap")
@makes("fault-no-packets.pcapng")
def no_packets(capture):
    """A file header and no packet. This is a capture, with nothing in it."""


# ---------------------------------------------------------------------------------------------------------------------


def write(path, octets):
    with open(path, "wb") as stream:
        stream.write(octets)


# What expected.json leaves out, because it is so nearly everywhere.
DEFAULTS = {
    "file": {"readable": True, "complete": True},
    "connection": dict({"fallback_cause": None}, **{"%s_to_%s" % (kind, who): 0 for kind in Tally.CLASSES[1:]
                                                    for who in ("server", "client")}),
    "subflow": {"server_address": "203.0.113.10", "server_port": 5001, "opened_by": "client", "established": True},
}


def one_line(kind, values, list_name=None, lines=(), indent=""):
    """A JSON object on one line, without what is the default; the list under list_name comes last, a line for
    each."""
    left = {key: value for key, value in values.items()
            if key != list_name and not (key in DEFAULTS[kind] and DEFAULTS[kind][key] == value)}
    text = json.dumps(left, separators=(",", ":"))
    if list_name:
        text = '%s,"%s":[%s]}' % (text[:-1], list_name, ",".join("\n" + indent + line for line in lines))
    return text


def expected_json(files):
    """A line for each file, connection and subflow: easy to compare."""
    texts = []
    for name, found in files:
        connections = [one_line("connection", connection, "subflow_list",
                                [one_line("subflow", subflow) for subflow in connection["subflow_list"]], "  ")
                       for connection in found["connections"]]
        texts.append("%s:%s" % (json.dumps(name), one_line("file", found, "connections", connections, " ")))
    return '{"schema":"synthetic-expected/1",\n"defaults":%s,\n"files":{\n%s\n}}\n' % (
        json.dumps(DEFAULTS), ",\n".join(texts))


def make(name, function, how):
    """The octets of one file, and what must be found in it."""
    capture = Capture(**how)
    function(capture)
    octets = (pcapng if name.endswith(".pcapng") else pcap)(capture)
    if name.endswith(".gz"):
        octets = gzip(octets)
    return capture.finish(octets), capture.expectation(" ".join(function.__doc__.split()))


def directory(description):
    """Where the command line says that captures are to be written."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("outdir", help="folder to write them to; it is made when it does not exist")
    outdir = parser.parse_args().outdir
    os.makedirs(outdir, exist_ok=True)
    return outdir


def main():
    outdir = directory("Make the synthetic captures and expected.json.")
    expected = []
    for name, function, how in sorted(FILES, key=lambda entry: entry[0]):
        octets, found = make(name, function, how)
        write(os.path.join(outdir, name), octets)
        expected.append((name, found))
    write(os.path.join(outdir, "expected.json"), expected_json(expected).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
