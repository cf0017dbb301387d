#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The numbers of a Multipath TCP capture, computed a second time.
#
#     reference.py [--pretty] CAPTURE...     print them as one JSON document
#     reference.py --verify-known DIRECTORY  check them against hand-checked values
#
# The tests compare the toolkit with this program. It shares nothing with the
# toolkit: it reads the capture files by itself, and wherever there is a choice
# between fast and obviously right it takes the second. Python 3.9, no modules
# from elsewhere.
#
# Order of the file: capture files, packets, MPTCP options, TCP streams,
# connections, state, options that are lost, byte classes, how it ended, the document,
# the known values. What follows from the byte classes and the acknowledgments is in
# reference_numbers.py.

import argparse
import bisect
import collections
import gzip
import hashlib
import json
import os
import socket
import struct
import sys

sys.dont_write_bytecode = True
import reference_numbers as numbers
from reference_numbers import ACK, CLASSES, FIN, PSH, RST, SYN, Piece

MP_CAPABLE, MP_JOIN, DSS, ADD_ADDR, MP_FAIL, MP_FASTCLOSE, MP_TCPRST = 0, 1, 2, 3, 6, 7, 8
M32, M64 = 1 << 32, 1 << 64
# Two 64-bit data sequence numbers of one connection and direction cannot be
# further apart than a window and what the capture holds; two random ones are.
NEAR = 1 << 31
FOREVER = 1 << 62  # where a mapping ends that has no end


class BadCapture(Exception):
    pass


# ------------------------------------------------------------- capture files
# Every reader yields (time in ns, link type, captured bytes, original length).

class Link(int):
    """A link type, and the number of the interface that has it."""
    interface = 0


def read_capture(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return read_pcapng(data)
    return read_pcap(data)


def read_pcap(data):
    kinds = {0xA1B2C3D4: 1000, 0xA1B23C4D: 1}  # magic: ns per unit of the fraction
    for order in "<>":
        if len(data) >= 24 and struct.unpack(order + "I", data[:4])[0] in kinds:
            break
    else:
        raise BadCapture("not a capture file")
    unit = kinds[struct.unpack(order + "I", data[:4])[0]]
    link = struct.unpack(order + "I", data[20:24])[0] & 0x0FFFFFFF
    at = 24
    while at + 16 <= len(data):
        sec, frac, caplen, origlen = struct.unpack(order + "IIII", data[at:at + 16])
        if at + 16 + caplen > len(data):
            break
        yield sec * 10**9 + frac * unit, link, data[at + 16:at + 16 + caplen], origlen
        at += 16 + caplen


def read_pcapng(data):
    at, order, interfaces = 0, "<", []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":  # section header: sets the byte order
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, size = struct.unpack(order + "II", data[at:at + 8])
        if size < 12 or size % 4 or at + size > len(data) \
                or data[at + size - 4:at + size] != data[at + 4:at + 8]:
            break
        body = data[at + 8:at + size - 4]
        at += size
        if kind == 1:
            interfaces.append(read_interface(order, body))
        elif kind in (2, 6):  # packet (obsolete), enhanced packet
            if kind == 6:
                number, high, low, caplen, origlen = struct.unpack(order + "IIIII", body[:20])
            else:
                number, _, high, low, caplen, origlen = struct.unpack(order + "HHIIII", body[:20])
            link, per_second, offset, _ = interfaces[number]
            ticks = high << 32 | low
            time = ticks * 10**9 // per_second + offset * 10**9
            link = Link(link)
            link.interface = number
            yield time, link, body[20:20 + caplen], origlen
        elif kind == 3:  # simple packet: no time, first interface
            link, _, _, snaplen = interfaces[0]
            origlen = struct.unpack(order + "I", body[:4])[0]
            caplen = min(origlen, snaplen or origlen, len(body) - 4)
            yield 0, link, body[4:4 + caplen], origlen


def read_interface(order, body):
    link, _, snaplen = struct.unpack(order + "HHI", body[:8])
    per_second, offset, at = 10**6, 0, 8
    while at + 4 <= len(body):
        code, length = struct.unpack(order + "HH", body[at:at + 4])
        value = body[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
        if code == 0:
            break
        if code == 9 and length == 1:  # if_tsresol
            per_second = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        if code == 14 and length == 8:  # if_tsoffset
            offset = struct.unpack(order + "q", value)[0]
    return link, per_second, offset, snaplen


# ------------------------------------------------------------------- packets

class Packet:
    """One TCP segment. `length` is its payload, whatever part was captured, 0 in a
    keep-alive probe and in a copy that the network made; `wire_length` is what the
    packet had."""
    __slots__ = ("frame", "time", "src", "dst", "sport", "dport", "seq", "ack", "flags",
                 "length", "wire_length", "window", "ip_id", "options", "mptcp", "cut", "side",
                 "stream", "pos", "acked", "malformed", "copy", "interface", "tsval", "tsecr", "mss", "wscale",
                 "ttl", "way", "whole")


def place_in_time(p):
    return p.time, p.frame


def network_layer(link, data):
    """The IP packet in a captured frame, or None."""
    if link == 1:  # Ethernet
        at = 12
    elif link == 113:  # Linux cooked, version 1
        at = 14
    elif link == 276:  # Linux cooked, version 2
        return data[20:] if data[:2] in (b"\x08\x00", b"\x86\xdd") else None
    elif link in (12, 14, 101, 228, 229):  # raw IP
        return data
    elif link in (0, 108):  # null, loopback: an address family in some byte order
        family = data[:4]
        return data[4:] if {2, 10, 23, 24, 26, 28, 30} & {
            int.from_bytes(family, "big"), int.from_bytes(family, "little")} else None
    elif link == 9:  # PPP, with or without address and control
        return ppp(data[2:] if data[:2] == b"\xff\x03" else data)
    else:
        return None
    while data[at:at + 2] in (b"\x81\x00", b"\x88\xa8", b"\x91\x00", b"\x92\x00"):
        at += 4  # VLAN tags
    if data[at:at + 2] == b"\x88\x64":  # PPPoE session: a header of 6 bytes, then PPP
        return ppp(data[at + 8:])
    return data[at + 2:] if data[at:at + 2] in (b"\x08\x00", b"\x86\xdd") else None


def packet_type(link, data):
    """Of a Linux cooked capture: 0 to this host, 4 sent by it, others neither."""
    if link == 113:
        return int.from_bytes(data[:2], "big")
    return data[10] if link == 276 else None


def ppp(data):
    return data[2:] if data[:2] in (b"\x00\x21", b"\x00\x57") else None


def dissect(frame, time, link, data, origlen, fragments):
    """The TCP packet of a frame, or None. `fragments` holds those of IP packets
    that are not complete yet; a packet counts where the last of them arrives."""
    ip = network_layer(link, data)
    if not ip:
        return None
    ip_origlen = origlen - (len(data) - len(ip))  # length of the frame from the IP header on
    found = transport_layer(ip, ip_origlen, fragments)
    if not found:
        return None
    source, destination, ip_id, tcp, size, ttl = found
    if len(tcp) < 20:
        return None
    p = Packet()
    p.frame, p.time, p.mptcp, p.cut, p.acked = frame, time, [], False, None
    p.whole = None  # what reference_events.py has decoded of the options
    p.malformed = p.copy = False
    p.interface = getattr(link, "interface", 0)
    p.ttl, p.way = ttl, packet_type(link, data)
    p.tsval = p.tsecr = p.mss = p.wscale = None
    p.src, p.dst = (socket.inet_ntop(socket.AF_INET if len(a) == 4 else socket.AF_INET6, a)
                    for a in (source, destination))
    p.ip_id = ip_id
    p.sport, p.dport, p.seq, p.ack, offset, p.flags, p.window = struct.unpack("!HHIIBBH", tcp[:16])
    offset = (offset >> 4) * 4
    if offset < 20:  # impossible: neither options nor payload can be told
        p.length, p.wire_length, p.options, p.malformed = 0, 0, b"", True
        return p
    p.malformed = offset > size
    p.length = p.wire_length = max(size - offset, 0)
    p.options = tcp[20:offset]
    p.cut = len(tcp) < min(offset, size)  # some options were not captured
    for kind, option, length in tcp_options(p.options, p.cut):
        if kind == 30:
            p.mptcp.append(mptcp_option(option, length))
        elif len(option) == length:
            tcp_option(p, kind, option)
    return p


def tcp_option(p, kind, option):
    if kind == 2 and len(option) == 4:
        p.mss = struct.unpack("!H", option[2:])[0]
    elif kind == 3 and len(option) == 3:
        p.wscale = option[2]
    elif kind == 8 and len(option) == 10:
        p.tsval, p.tsecr = struct.unpack("!II", option[2:])


def transport_layer(ip, ip_origlen, fragments):
    """(source, destination, IP id, captured TCP segment, its true size) or None."""
    if ip[0] >> 4 == 4 and len(ip) >= 20:
        header, protocol = (ip[0] & 15) * 4, ip[9]
        if header < 20:
            return None
        total = struct.unpack("!H", ip[2:4])[0] or ip_origlen  # 0: a super-segment
        ip_id, where = struct.unpack("!HH", ip[4:8])
        ends, more, offset = (ip[12:16], ip[16:20]), where & 0x2000, (where & 0x1FFF) * 8
        fragment_id = ip_id if more or offset else None
    elif ip[0] >> 4 == 6 and len(ip) >= 40:
        payload, protocol = struct.unpack("!HB", ip[4:7])
        total, header, ip_id = 40 + payload if payload else ip_origlen, 40, None
        ends, fragment_id, more, offset = (ip[8:24], ip[24:40]), None, False, 0
        while protocol in (0, 43, 44, 60, 135) and len(ip) >= header + 8:
            if protocol == 44:
                where, fragment_id = struct.unpack("!HI", ip[header + 2:header + 8])
                more, offset = where & 1, where & 0xFFF8
                protocol, header = ip[header], header + 8
                break
            protocol, header = ip[header], header + 8 + 8 * ip[header + 1]
    else:
        return None
    data, size = ip[header:total], total - header
    if fragment_id is not None:
        parts = fragments.setdefault((ends, protocol, fragment_id), {})
        parts[offset] = (data, size, more)
        whole = reassemble(parts)
        if whole is None:
            return None
        del fragments[ends, protocol, fragment_id]
        data, size = whole
    if protocol in (4, 41):  # IP in IP: the inner packet counts
        return transport_layer(data, size, fragments) if data else None
    if protocol == 17 and 4789 in struct.unpack("!HH", data[:4].ljust(4, b"\0")):
        return vxlan(data, size, fragments)
    ttl = ip[8] if ip[0] >> 4 == 4 else ip[7]
    return (*ends, ip_id, data, size, ttl) if protocol == 6 else None


def vxlan(udp, size, fragments):
    """Ethernet in VXLAN (RFC 7348): the inner packet counts."""
    frame = udp[8 + 8:]
    inner = network_layer(1, frame)
    return transport_layer(inner, size - 8 - 8 - (len(frame) - len(inner)), fragments) \
        if inner else None


def reassemble(parts):
    """(captured bytes from the beginning on, true size), or None if a part lacks."""
    at, data, broken = 0, b"", False
    while at in parts:
        piece, size, more = parts[at]
        data += b"" if broken else piece
        broken = broken or len(piece) < size
        at += size
        if not more:
            return data, at
        if size <= 0:
            break
    return None


def tcp_options(options, cut):
    """(kind, octets, length); of a last option that was cut what there is."""
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        length = options[at + 1] if at + 1 < len(options) else 0
        if length < 2 or (at + length > len(options) and not cut):
            return
        yield options[at], options[at:at + length], length
        at += length


# ------------------------------------------------------------- MPTCP options
# RFC 6824 (version 0) and RFC 8684 (version 1). Fields that an option does not
# carry are absent from the dictionary.

def mptcp_option(raw, size):
    number = lambda start, end: int.from_bytes(raw[start:end], "big")
    option = {"subtype": raw[2] >> 4 if len(raw) > 2 else None, "size": size}
    if option["subtype"] == MP_CAPABLE:
        if size not in (4, 12, 20, 22, 24):
            return {"subtype": None, "size": size}
        option["version"] = raw[2] & 15
        # Whoever gets such a thing has to ignore it: flag B, no H (RFC 8684, 3.1).
        option["flawed"] = len(raw) > 3 and raw[3] & 0x41 != 0x01
    if len(raw) < size:  # cut by the capture: nothing more is sure
        option["cut"] = True
        return option
    if option["subtype"] == MP_CAPABLE:
        if size >= 12:
            option["sender_key"] = raw[4:12]
        if size >= 20:
            option["receiver_key"] = raw[12:20]
        if size in (22, 24):
            option["data_length"] = number(20, 22)
    elif option["subtype"] == MP_JOIN and size in (12, 16, 24):
        if size != 24:
            option["backup"] = bool(raw[2] & 1)
            option["address_id"] = raw[3]
        if size == 12:
            option["token"] = number(4, 8)
    elif option["subtype"] == MP_FASTCLOSE and size == 12:
        option["key"] = number(4, 12)
    elif option["subtype"] in (ADD_ADDR, MP_TCPRST):
        option["sign_of"] = sign_of_version(option["subtype"], raw)
    elif option["subtype"] == DSS and size >= 4:
        flags, at = raw[3] & 0x1F, 4
        exact = 4 + ((8 if flags & 2 else 4) if flags & 1 else 0) + (
            (8 if flags & 8 else 4) + 6 if flags & 4 else 0)
        # A checksum of two bytes may follow a mapping; any other size is wrong.
        if size != exact and not (flags & 4 and size == exact + 2):
            return {"subtype": None, "size": size}
        if flags & 1:
            width = 8 if flags & 2 else 4
            if at + width <= size:
                option["data_ack"], option["ack_width"] = number(at, at + width), width
            at += width
        if flags & 4:
            width = 8 if flags & 8 else 4
            if at + width + 6 <= size:
                option["dsn"], option["dsn_width"] = number(at, at + width), width
                option["ssn"] = number(at + width, at + width + 4)
                option["data_length"] = number(at + width + 4, at + width + 6)
        # A DATA_FIN has a place in the data only with a mapping.
        option["data_fin"] = bool(flags & 16 and option.get("data_length"))
        option["infinite"] = option.get("data_length") == 0 and not flags & 16
    return option


def sign_of_version(subtype, raw):
    """The version of the protocol that alone has such an option, or None."""
    if subtype == MP_TCPRST:
        return 1 if len(raw) == 4 else None
    low, size = raw[2] & 15, len(raw)
    if (low, size) in ((4, 8), (4, 10), (6, 20), (6, 22)):
        return 0  # IPVer; without HMAC
    with_hmac, echo = size in (16, 18, 28, 30), size in (8, 10, 20, 22)
    return 1 if low == 0 and with_hmac or low == 1 and echo else None


def token_and_idsn(version, key):
    if key is None or version is None:
        return None, None
    digest = (hashlib.sha1 if version == 0 else hashlib.sha256)(key).digest()
    return (int.from_bytes(digest[:4], "big"),
            int.from_bytes(digest[-8:] if version else digest[12:20], "big"))


# --------------------------------------------------------------- TCP streams
# In a stream, side 0 is the TCP client, side 1 the TCP server.

class Stream:
    def __init__(self, number, first):
        self.number = number
        self.ends = [(first.src, first.sport), (first.dst, first.dport)]  # may be swapped later
        self.packets = []
        self.base = {}  # endpoint: Wireshark's base_seq
        self.isn = [None, None]
        self.ahead = [0, 0]  # bytes of the SYN's payload that were accepted
        self.connection = None
        self.flip = False  # True: the TCP client is the MPTCP server
        self.join_token = None
        self.trips = {}  # by side, in reference_numbers.py

    def drop_copies(self):
        """Those that the network made."""
        self.packets, self.trips = [p for p in self.packets if not p.copy], {}

    def role(self, side):
        """MPTCP role of a side of this stream: 0 client, 1 server."""
        return side ^ self.flip

    def sent(self, side):
        return [p for p in self.packets if p.side == side]

    def place(self, p):
        """Of the first payload byte, as mappings count: what a SYN brings is
        ahead of byte 1 (RFC 8684, appendix B)."""
        return p.pos - self.ahead[p.side]

    def acked_place(self, p):
        return p.acked - self.ahead[1 - p.side]

    def options(self, side=None, subtype=None):
        for p in self.packets:
            if side in (None, p.side):
                for o in p.mptcp:
                    if subtype in (None, o["subtype"]):
                        yield p, o


def numbers_since_4_4(packets):
    """Of the stream of each packet, as Wireshark 4.4 and later give them: a SYN or SYN/ACK that follows a FIN or RST
    begins a stream, too, as does a SYN/ACK with another sequence number."""
    pairs, count = {}, 0
    for p in packets:
        here, there = (p.src, p.sport), (p.dst, p.dport)
        pair = pairs.get(frozenset((here, there)))
        syn, ack = bool(p.flags & SYN), bool(p.flags & ACK)
        known = pair and here in pair["base"]
        if not pair or syn and known and (pair["base"][here] != p.seq or pair["closed"]):
            pair = pairs[frozenset((here, there))] = {"number": count, "base": {}, "closed": False}
            count += 1
        elif syn and not ack and not known:
            pair["closed"] = False
        yield pair["number"]
        pair["base"].setdefault(here, (p.seq - (not syn)) % M32)
        if ack:
            pair["base"].setdefault(there, (p.ack - 1) % M32)
        pair["closed"] |= bool(p.flags & RST or p.flags & FIN and ack)


def make_streams(packets, since_4_4=False):
    """Packets are in file order. The streams are those of Wireshark 4.0, and have its numbers, or those of Wireshark 4.4:
    where that splits one, the number of its first packet."""
    streams, current = [], {}
    newer = list(numbers_since_4_4(packets)) if since_4_4 else None
    for i, p in enumerate(packets):
        here, there = (p.src, p.sport), (p.dst, p.dport)
        key = frozenset((here, there))
        stream = current.get(key)
        if stream is None or (p.flags & (SYN | ACK) == SYN
                              and stream.base.get(here, p.seq) != p.seq):
            stream = current[key] = Stream(newer[i] if newer else len(streams), p)
            streams.append(stream)
        stream.base.setdefault(here, p.seq if p.flags & SYN else (p.seq - 1) % M32)
        if p.flags & ACK:
            stream.base.setdefault(there, (p.ack - 1) % M32)
        p.stream = stream
        stream.packets.append(p)
    for stream in streams:
        find_client(stream)
        stream.first_frame = min(p.frame for p in stream.packets)
        stream.packets.sort(key=lambda p: (p.time, p.frame))
        for p in stream.packets:
            p.side = 0 if (p.src, p.sport) == stream.ends[0] else 1
        find_isns(stream)
        unwrap_sequence(stream)
        for side in (0, 1):
            stream.ahead[side] = accepted_ahead(stream, side)
            find_probes(stream, side)
            find_copies(stream, side)
    sights = numbers.sights(streams)
    for stream in streams:
        stream.sights = sights
    return streams


def find_client(stream):
    """Order the ends: client first. Known from a SYN, a SYN/ACK, or the
    options that end a handshake; else the higher port is taken for the client."""
    for p in stream.packets:
        ends = [(p.src, p.sport), (p.dst, p.dport)]
        if p.flags & SYN:
            stream.ends = ends[::-1] if p.flags & ACK else ends
            return
    for p in stream.packets:
        for o in p.mptcp:
            if "receiver_key" in o or (o["subtype"] == MP_JOIN and o["size"] == 24):
                stream.ends = [(p.src, p.sport), (p.dst, p.dport)]
                return
    stream.ends.sort(key=lambda end: -end[1])


def find_isns(stream):
    for p in stream.packets:
        if p.flags & SYN:
            stream.isn[p.side] = p.seq
    for p in stream.packets:  # of a SYN that was not captured: its answer tells
        if p.flags & SYN and p.flags & ACK and stream.isn[1 - p.side] is None:
            stream.isn[1 - p.side] = (p.ack - 1) % M32
    stream.captured_isn = list(stream.isn)
    for p in stream.packets:  # the ACK that ends the handshake tells both
        for o in p.mptcp:
            if "receiver_key" in o or (o["subtype"] == MP_JOIN and o["size"] == 24):
                if stream.isn[p.side] is None:
                    stream.isn[p.side] = (p.seq - 1) % M32
                if stream.isn[1 - p.side] is None and p.length == 0:
                    stream.isn[1 - p.side] = (p.ack - 1) % M32
    stream.saw_syn = any(p.flags & (SYN | ACK) == SYN for p in stream.packets)
    for side in (0, 1):
        if stream.isn[side] is None:
            stream.isn[side] = isn_from_mappings(stream.sent(side))


def isn_from_mappings(packets):
    """No handshake: a segment that carries a mapping lies inside it, so that
    seq + length - SSN - DLL <= ISN <= seq - SSN. Known if one value is left."""
    low, high, origin = None, None, None
    for p in packets:
        for o in p.mptcp:
            size = data_bytes(o)
            if o["subtype"] == DSS and p.length and size and o["ssn"]:
                top = (p.seq - o["ssn"]) % M32
                origin = top if origin is None else origin
                top = nearest(top, origin, M32)
                low = max(top - size + p.length, top - size + p.length if low is None else low)
                high = min(top, top if high is None else high)
    return high % M32 if high is not None and low == high else None


def nearest(value, reference, modulus):
    """The number congruent to value that is nearest to reference."""
    return reference + (value - reference + modulus // 2) % modulus - modulus // 2


def unwrap_sequence(stream):
    """pos = sequence number of the first payload byte, relative to the ISN (the
    first byte of a stream is 1) and without wrap; relative to the first
    packet's where the ISN is unknown. acked = the position before which the
    other side has acknowledged everything; None for SYN, RST and without ACK."""
    for side in (0, 1):
        packets = stream.sent(side)
        base = stream.isn[side]
        if base is None and not packets:
            continue
        if base is None:
            base = packets[0].seq
        last = 0
        for p in packets:
            last = nearest((p.seq - base) % M32, last, M32)
            p.pos = last + (1 if p.flags & SYN else 0)
        last = 0
        for p in stream.sent(1 - side):
            if p.flags & (ACK | SYN | RST) == ACK and not p.malformed:
                last = p.acked = nearest((p.ack - base) % M32, last, M32)


def accepted_ahead(stream, side):
    """How many bytes of the payload of a side's SYN the other side took."""
    syns = [p for p in stream.sent(side) if p.flags & SYN]
    size = max((p.length for p in syns), default=0)
    answers = [(p.ack - syns[0].seq - 1) % M32 for p in stream.sent(1 - side)
               if numbers.is_synack(p)] if syns else []
    if answers:
        return min(size, max(a if a < M32 // 2 else 0 for a in answers))
    following = next((p for p in stream.sent(side) if not p.flags & SYN), None)
    return size if not following or following.pos == 1 + size else 0


def find_probes(stream, side):
    """Keep-alive probes may have a byte that was sent before (RFC 1122, 4.2.3.6).
    It is no data. A byte that is pushed is the application's, sent again."""
    following, acked = None, None  # position of the next new byte
    for p in stream.packets:
        if p.side != side:
            acked = latest(acked, acknowledged(stream, p))
            continue
        if p.length == 1 and not p.flags & (SYN | FIN | RST | PSH) and following == p.pos + 1 \
                and acked is not None and acked > p.pos \
                and not any("data_length" in o for o in p.mptcp):
            p.length = 0
        if not p.flags & RST:
            following = latest(following, p.pos + p.length + bool(p.flags & FIN))


def find_copies(stream, side):
    """A packet that came again, the same to the last bit: the network did that. What a
    host sends again has another IP id (0 is none) or, since it waits for a round trip
    at the least, other timestamps. The first one counts, the copies are no data."""
    sent, seen = stream.sent(side), {}
    differ = len({p.ip_id for p in sent} - {None, 0}) > 1
    trips = [numbers.handshake_rtt(stream, end) for end in (0, 1)]
    trip = None if None in trips else sum(trips)
    for p in sent:
        ip_id = (p.ip_id or None) if differ else None
        first = seen.setdefault((p.seq, p.ack, p.wire_length, p.flags, p.window,
                                 bytes(p.options), ip_id, p.interface), p)
        if first is p:
            continue
        if p.tsval is not None:
            p.copy = p.time - first.time < 10**9 if ip_id is not None else (
                p.wire_length > 0 and trip is not None and trip > 10_000_000
                and p.time - first.time < trip / 2)
        else:
            p.copy = ip_id is not None and trip is not None \
                and p.time - first.time < min(trip, 200_000_000)
        if p.copy:
            p.length = 0


def latest(*positions):
    return max((position for position in positions if position is not None), default=None)


def acknowledged(stream, p):
    """As `acked`, but a SYN/ACK's counts, too."""
    base = stream.isn[1 - p.side]
    if not numbers.is_synack(p) or base is None:
        return p.acked
    return nearest((p.ack - base) % M32, 0, M32)


# --------------------------------------------------------------- connections

def data_bytes(option):
    """Bytes of payload that a mapping covers: the DATA_FIN takes none."""
    if "data_length" not in option:
        return 0
    return max(option["data_length"] - (1 if option.get("data_fin") else 0), 0)


def mapped_places(option):
    """The bytes of the subflow that an option maps, [from, to), or None. The one
    of an MP_CAPABLE is implicit (version 1). SSN 0 is for a DATA_FIN alone."""
    if option["subtype"] == MP_CAPABLE and data_bytes(option):
        return 1, 1 + data_bytes(option)
    if option["subtype"] != DSS or not option.get("ssn"):
        return None
    if option["infinite"]:
        return option["ssn"], FOREVER
    return (option["ssn"], option["ssn"] + data_bytes(option)) if data_bytes(option) else None


class Connection:
    """Role 0 is the MPTCP client, role 1 the MPTCP server."""

    def __init__(self, initial=None):
        self.initial = initial
        self.streams = [initial] if initial else []
        self.version = None
        self.keys = [None, None]
        self.tokens = [None, None]
        self.idsn = [None, None]
        self.state, self.cause = "incomplete", None
        self.unanswered = None  # fallback in the handshake: in what the option lacks
        self.tails = [None, None]  # of the sides of the initial subflow that lost their options
        self.captured_handshake = initial is not None
        if initial:
            self.read_keys()

    def read_keys(self):
        self.version = negotiated_version(self.initial)
        for p, o in self.initial.options(subtype=MP_CAPABLE):
            # What a host said of itself counts, and first.
            if "sender_key" in o and self.keys[p.side] is None:
                self.keys[p.side] = o["sender_key"]
            if "receiver_key" in o and self.keys[1 - p.side] is None and not p.flags & SYN:
                self.keys[1 - p.side] = o["receiver_key"]
        for role in (0, 1):
            self.tokens[role], self.idsn[role] = token_and_idsn(self.version, self.keys[role])


def right_key(c, role, key):
    """Is it that of a role? Where that is unknown, yes."""
    return c.keys[role] is None or key == int.from_bytes(c.keys[role], "big")


def negotiated_version(stream):
    """The SYN/ACK decides, else the ACK, else the SYN."""
    said = [(p, o["version"]) for p, o in stream.options(subtype=MP_CAPABLE) if "version" in o]
    for decides in (numbers.is_synack, lambda p: not p.flags & SYN, numbers.is_syn):
        for p, version in said:
            if decides(p):
                return version
    return None


def inferred_version(c):
    """Where no MP_CAPABLE was captured: by what only one version has."""
    signs = {o.get("sign_of") for s in c.streams for _, o in s.options()} - {None}
    return signs.pop() if len(signs) == 1 else None


def make_connections(streams):
    connections, joins, rest = [], [], []
    for stream in streams:
        options = [o["subtype"] for _, o in stream.options()]
        client_syns = [p for p in stream.sent(0) if p.flags & SYN]
        in_syn = [o["subtype"] for p in client_syns for o in p.mptcp]
        if client_syns and not {MP_CAPABLE, MP_JOIN} & set(in_syn):
            continue  # opened as plain TCP
        if MP_CAPABLE in (in_syn or options):
            connections.append(Connection(stream))
        elif MP_JOIN in in_syn:
            stream.join_token = next((o["token"] for p in client_syns for o in p.mptcp
                                      if "token" in o), None)
            joins.append(stream)
        elif set(options) - {None}:
            rest.append(stream)

    # Keys are all known now: resolve the tokens of the joins.
    unresolved = {}
    for stream in joins:
        found = owner_of_token(stream, connections)
        if found:
            connection, role = found
            stream.flip = role == 0  # the token is that of the end that answers
            connection.streams.append(stream)
        else:
            key = stream.join_token if stream.join_token is not None else ("unknown", stream.number)
            unresolved.setdefault(key, []).append(stream)

    # A stream without SYN that has the ports and the sequence numbers of a
    # subflow whose SYN comes later (as when an earlier SYN was not captured).
    for stream in rest[:]:
        for c in connections:
            if any(same_subflow(stream, s) for s in c.streams):
                stream.flip = next(s.flip for s in c.streams if same_subflow(stream, s))
                c.streams.append(stream)
                rest.remove(stream)
                break

    groups = connections[:]
    for members in unresolved.values():
        group = Connection()
        group.streams = members
        group.tokens[1] = members[0].join_token
        groups.append(group)
    for stream in rest:
        group = Connection()
        group.streams = [stream]
        groups.append(group)
    groups = merge_by_data_sequence(groups)
    for c in groups:
        if c.initial is None:
            unjoined = [s for s in c.streams if s.join_token is None]
            c.initial = min(unjoined or c.streams, key=lambda s: s.first_frame)
            if c.initial.flip:
                for s in c.streams:
                    s.flip = not s.flip
                c.tokens.reverse()
        c.streams.sort(key=lambda s: (s is not c.initial, s.number))
        for s in c.streams:
            s.connection = c
        c.packets = sorted((p for s in c.streams for p in s.packets),
                           key=lambda p: (p.time, p.frame))
        for s in c.streams:
            judge_infinite(s)
        if c.captured_handshake:
            find_state(c)
        else:
            c.version = inferred_version(c)
    groups.sort(key=lambda c: c.initial.first_frame)
    for number, c in enumerate(groups):
        c.id = number
    return groups


def owner_of_token(stream, connections):
    """(connection, role of the end that the token names). Tokens can collide or
    be used again: take the last connection begun before the join, and among
    equals the one whose server has the address that the join goes to."""
    when = stream.packets[0].time
    candidates = []
    for c in connections:
        for role in (1, 0):
            if stream.join_token is not None and c.tokens[role] == stream.join_token:
                begun = c.initial.packets[0].time
                same = c.initial.ends[role][0] == stream.ends[1][0]
                candidates.append((begun <= when, same, begun if begun <= when else -begun, -c.initial.number, c, role))
    return max(candidates, key=lambda x: x[:4])[4:] if candidates else None


def same_subflow(stream, opened):
    first = stream.packets[0]
    return (stream.ends == opened.ends and opened.isn[0] is not None
            and not stream.saw_syn and first.side == 0
            and (first.seq - opened.isn[0]) % M32 in (0, 1))


def data_ranges(connection):
    """(lowest, highest) raw 64-bit number of the data sent by each role."""
    seen = ([], [])
    for s in connection.streams:
        for p, o in s.options(subtype=DSS):
            role = s.role(p.side)
            if o.get("dsn_width") == 8:
                seen[role].append(o["dsn"])
            if o.get("ack_width") == 8:
                seen[1 - role].append(o["data_ack"])
    for role in (0, 1):
        if connection.idsn[role] is not None:
            seen[role].append(connection.idsn[role])
    return [(min(n), max(n)) if n else None for n in seen]


def ranges_agree(a, b):
    """True: they prove one connection; False: they prove two or prove nothing."""
    proofs = 0
    for x, y in zip(a, b):
        if x and y:
            gap = max(x[0] - y[1], y[0] - x[1], 0)
            if gap >= NEAR:
                return False
            proofs += 1
    return proofs > 0


def merge_by_data_sequence(groups):
    """Join what has no captured handshake to what it shares its numbers with."""
    merged = True
    while merged:
        merged = False
        for b in groups:
            if b.captured_handshake:
                continue
            for a in groups:
                if a is b:
                    continue
                ra, rb = data_ranges(a), data_ranges(b)
                straight = ranges_agree(ra, rb)
                if straight or ranges_agree(ra, rb[::-1]):
                    if not straight:
                        for s in b.streams:
                            s.flip = not s.flip
                        b.tokens.reverse()
                    a.streams += b.streams
                    a.tokens = [x if x is not None else y for x, y in zip(a.tokens, b.tokens)]
                    groups = [g for g in groups if g is not b]
                    merged = True
                    break
            if merged:
                break
    return groups


# --------------------------------------------------------------------- state

def find_state(c):
    """State and cause of a connection whose first handshake was captured."""
    c.state, c.cause, c.unanswered = state_of_handshake(c.initial)
    if c.state is None:
        c.cause, c.unanswered = cause_behind_handshake(c)
        c.state = "fallback" if c.cause else "established"


def cause_behind_handshake(c):
    """(cause or None, "data" if that is what lacks the option)"""
    infinite = [s for s in c.streams if any(o["infinite"] for _, o in s.options(subtype=DSS))]
    if infinite:
        return "mp_fail" if any(map(checksum_failed, infinite)) else "infinite_mapping", None
    if any(never_mapped(c, side) for side in (0, 1)):
        bad = ignored_third_ack(c.initial)
        return "bad_capable" if bad else "no_option_in_data", "data"
    cause = cause_of_lost_options(c)
    return "mp_fail" if cause and checksum_failed(c.initial) else cause, None


def checksum_failed(s):
    return any(o["size"] == 12 for _, o in s.options(subtype=MP_FAIL))


def state_of_handshake(s):
    """(state, cause, "synack" or "ack" without option); no state: it is complete."""
    syns = [p for p in s.sent(0) if p.flags & SYN]
    synacks = [p for p in s.sent(1) if p.flags & SYN]
    client = [p for p in s.sent(0) if not p.flags & (SYN | RST)]
    server = [p for p in s.sent(1) if not p.flags & (SYN | RST)]
    # Where the capture cut the options off, one cannot say that there was none.
    capable = lambda p: p.cut or any(o["subtype"] == MP_CAPABLE for o in p.mptcp)
    if not synacks and not client and not server:
        refused = any(p.flags & RST for p in s.sent(1))
        return ("refused" if refused else "incomplete"), None, None
    behind = [o for p in client + server for o in p.mptcp]
    if synacks and not any(capable(p) for p in synacks) \
            and not any(o["subtype"] in (MP_CAPABLE, DSS) for o in behind):
        if not all(capable(p) for p in syns):
            return "fallback", "plain_syn_retry", "synack"
        return "fallback", "bad_capable" if flawed(syns) else "no_option_in_synack", "synack"
    if client and not any(p.cut or p.mptcp for p in client):
        bad = flawed(synacks or syns) or other_version(syns, synacks)
        return "fallback", "bad_capable" if bad else "no_option_in_ack", "ack"
    if not any("cut" not in o for o in behind):
        return "incomplete", None, None  # nothing after the SYNs, or nothing that can be read
    return None, None, None


def flawed(packets):
    return any(o.get("flawed") for p in packets for o in p.mptcp if o["subtype"] == MP_CAPABLE)


def other_version(syns, synacks):
    asked, answered = ({o["version"] for p in packets for o in p.mptcp
                        if o["subtype"] == MP_CAPABLE} for packets in (syns, synacks))
    return bool(asked and answered and not asked & answered)


def ignored_third_ack(s):
    """The client's answer to the SYN/ACK must be ignored, and the server has no
    option behind it."""
    asked = [p for p, _ in s.options(0, MP_CAPABLE) if not p.flags & SYN]
    return flawed(asked) and not any(p.mptcp for p in s.sent(1) if not p.flags & SYN)


def never_mapped(c, side):
    """Does a side of the initial subflow send data without ever a mapping, or
    acknowledge some without ever an option?"""
    s, role = c.initial, c.initial.role(side)
    sent = [p for p in s.sent(side) if not p.flags & (SYN | RST)]
    start = s.isn[1 - side]
    acked = any(start is not None and (p.ack - start - 1) % M32 not in (0, M32 - 1)
                for p in sent if p.flags & ACK and not p.flags & FIN)
    said = [(p, o) for t in c.streams for p, o in t.options() if t.role(p.side) == role]
    if any(o["subtype"] == DSS or data_bytes(o) for _, o in said):
        return False
    behind = any(o["subtype"] not in (None, MP_CAPABLE, MP_JOIN) and not p.flags & (SYN | RST)
                 for p, o in said)
    return any(p.length for p in sent) or acked and not behind


def judge_infinite(s):
    """A data length of 0 on data begins an infinite mapping, unless mappings go
    on. What has no data maps none."""
    for side in (0, 1):
        going_on = [p for p, o in s.options(side, DSS)
                    if p.length and mapped_places(o) and not o["infinite"]]
        for p, o in s.options(side, DSS):
            o["infinite"] = o.get("infinite", False) and p.length > 0 and not (
                going_on and numbers.before(p, going_on[-1]))


# ------------------------------------------------------ options that are lost
# From some packet on the options of the initial subflow are gone, in both
# directions or in one (RFC 8684, 3.7).

ROOM = 28  # where TCP options take more octets there is none for a DSS


class Tail:
    """What a side sent behind its last MPTCP option, if that tells anything."""

    def __init__(self, s, side):
        sent = s.sent(side)
        last = max((i for i, p in enumerate(sent) if p.mptcp), default=-1)
        self.packets = [p for p in sent[last + 1:] if not p.flags & (SYN | RST)
                        and not p.cut and taken(p) <= ROOM]
        if self.packets and any(p.flags & FIN and not numbers.before(self.packets[0], p)
                                for p in s.packets):
            self.packets = []  # a socket in TIME-WAIT has no options
        covered = mapped_end(s, side)
        news = [p for p in self.packets if not p.length or s.place(p) + p.length > covered]
        self.start = self.packets[0] if news else None
        self.lost = any(p.length for p in news)
        self.acks = sum(not p.length for p in news)


def taken(p):
    """Octets of the options, in words of four. Who takes options away may leave
    NOPs, which take none."""
    return sum((length + 3) // 4 * 4 for _, _, length in tcp_options(p.options, p.cut))


def mapped_end(s, side):
    """The place behind everything that a side's mappings on this subflow cover."""
    return max((mapped_places(o)[1] for _, o in s.options(side) if mapped_places(o)), default=1)


def cause_of_lost_options(c):
    """A side goes on without, and the other one follows, or does not. Sets the
    tails of the sides that do."""
    s = c.initial
    if not any(o["subtype"] == DSS or data_bytes(o) for _, o in s.options()):
        return None
    tails = [Tail(s, side) for side in (0, 1)]
    begun = [side for side in (0, 1)
             if tails[side].start and not others_alive(c, tails[side].start)]
    for side in begun:
        if tails[side].lost and follows(s, tails, side):
            c.tails = tails
            return "options_lost"
    for side in begun:
        mine = tails[side]
        if (mine.lost or mine.acks >= 3) and len(options_behind(s, 1 - side, mine.start)) >= 3:
            c.tails[side] = mine
            return "options_lost_one_way"
    return None


def follows(s, tails, side):
    """A side lost its options: did the other one go on without, or fall silent?"""
    later = lambda packets: any(numbers.before(tails[side].start, p) for p in packets)
    if not later(s.sent(1 - side)):
        return True
    return later(tails[1 - side].packets)


def options_behind(s, side, start):
    """Packets of a side with options, more than a round trip behind a packet."""
    trips = [numbers.handshake_rtt(s, end) for end in (0, 1)]
    patience = 200_000_000 if None in trips else sum(trips)
    return [p for p in s.sent(side) if p.mptcp and p.time > start.time + patience]


def others_alive(c, start):
    """Has another subflow that was established a packet behind?"""
    return any(established(t) and numbers.before(start, t.packets[-1])
               for t in c.streams if t is not c.initial)


def established(t):
    return any(o["subtype"] == DSS or o["subtype"] == MP_JOIN and o["size"] == 24
               and not p.flags & SYN for p, o in t.options())


# -------------------------------------------------------------- byte classes
# Data numbers are relative here: the first byte that an application sends is 1
# (DSN - IDSN). Without the IDSN the lowest number that the capture shows is 1.

class ByteSet:
    """A set of byte numbers: one cell a byte, in pages."""
    PAGE = 1 << 16

    def __init__(self):
        self.pages = {}

    def run(self, start, end):
        """(is byte `start` in the set, up to where that stays so)"""
        number, at = divmod(start, self.PAGE)
        end = min(end, (number + 1) * self.PAGE)
        page = self.pages.get(number)
        if page is None:
            return False, end
        change = page.find(1 - page[at], at, at + end - start)
        return bool(page[at]), end if change < 0 else number * self.PAGE + change

    def add(self, start, end):
        while start < end:
            number, at = divmod(start, self.PAGE)
            page = self.pages.setdefault(number, bytearray(self.PAGE))
            size = min(end - start, self.PAGE - at)
            page[at:at + size] = b"\1" * size
            start += size

    def __len__(self):
        return sum(page.count(1) for page in self.pages.values())

    def intervals(self):
        found = []
        for number in sorted(self.pages):
            at, stop = number * self.PAGE, (number + 1) * self.PAGE
            while at < stop:
                inside, end = self.run(at, stop)
                if inside and found and found[-1][1] == at:
                    found[-1][1] = end
                elif inside:
                    found.append([at, end])
                at = end
        return found


class Mappings:
    """What one side of a subflow said about its bytes. A mapping cannot be
    changed (RFC 8684, 3.3.1): where two disagree the first seen counts."""

    def __init__(self):
        self.list = []  # (start, end, data number of start), sorted, disjoint

    def add(self, start, end, data):
        at = bisect.bisect_right(self.list, (start,))
        if at and self.list[at - 1][1] > start:
            at -= 1
        fresh, position = [], start
        for begin, stop, _ in self.list[at:]:
            if begin >= end:
                break
            if position < begin:
                fresh.append((position, begin, data + position - start))
            position = max(position, stop)
        if position < end:
            fresh.append((position, end, data + position - start))
        for mapping in fresh:
            bisect.insort(self.list, mapping)

    def go_on(self):
        """Behind a fallback the bytes go on where the last mapping ended."""
        start, end, data = self.list[-1] if self.list else (1, 1, 1)
        self.add(end, FOREVER, data + end - start)

    def run(self, start, end):
        """(data number of byte `start` or None, up to where the answer holds)"""
        at = bisect.bisect_right(self.list, (start, float("inf")))
        if at and self.list[at - 1][1] > start:
            begin, stop, data = self.list[at - 1]
            return data + start - begin, min(end, stop)
        return None, min(end, self.list[at][0]) if at < len(self.list) else end


def resolve_numbers(c):
    """Unwrap every data sequence number and DATA_ACK of a connection, in time
    order, to the value nearest to the last one; then make them relative."""
    uses = ([], [])  # by the role that sends the data: (option, name, width)
    for p in c.packets:
        role = p.stream.role(p.side)
        for o in p.mptcp:
            if o["subtype"] != DSS:
                continue
            if "dsn" in o:
                uses[role].append((o, "dsn", o["dsn_width"]))
            if "data_ack" in o:
                uses[1 - role].append((o, "data_ack", o["ack_width"]))
    for role in (0, 1):
        last = c.idsn[role]
        if last is None:
            last = next((o[name] for o, name, width in uses[role] if width == 8), None)
        if last is None and uses[role]:
            last = uses[role][0][0][uses[role][0][1]]
        for o, name, width in uses[role]:
            last = o["full_" + name] = nearest(o[name], last, M64 if width == 8 else M32)
        origin = c.idsn[role]
        if origin is None:
            origin = min((o["full_dsn"] for o, name, _ in uses[role]
                          if name == "dsn" and o.get("data_length") and "ssn" in o), default=1) - 1
        for o, name, _ in uses[role]:
            o["rel_" + name] = o["full_" + name] - origin


def find_mappings(c):
    """{(stream, side): Mappings}, from all packets: one that the capture shows
    late (a retransmission, a neighbour on another interface) is known too."""
    mappings = {(s.number, side): Mappings() for s in c.streams for side in (0, 1)}
    for p in c.packets:
        if p.stream.isn[p.side] is None:
            continue
        for o in p.mptcp:
            if mapped_places(o):
                mappings[p.stream.number, p.side].add(*mapped_places(o), o.get("rel_dsn", 1))
    if c.state == "fallback" and not numbers.is_plain(c):
        for side in (0, 1):
            mappings[c.initial.number, side].go_on()
    return mappings


def classify(c):
    """Give every payload byte of a connection its one class, in time order."""
    resolve_numbers(c)
    mappings = c.mappings = find_mappings(c)
    plain = numbers.is_plain(c)
    c.bytes = [{s.number: dict.fromkeys(CLASSES, 0) for s in c.streams} for _ in (0, 1)]
    c.reinjected_packets = [0, 0]
    c.pieces = ([], [])
    c.data = [ByteSet(), ByteSet()]  # U of each direction, by the role that sends
    sequence = collections.defaultdict(ByteSet)  # (stream, side): subflow bytes seen
    sent_on = collections.defaultdict(ByteSet)  # (stream, side): data bytes seen
    for p in c.packets:
        here, role = (p.stream.number, p.side), p.stream.role(p.side)
        counts, at = c.bytes[role][p.stream.number], p.pos if plain else p.stream.place(p)
        end = at + p.length
        ahead = 1 - p.stream.ahead[p.side]  # where bytes begin that need no mapping
        reinjected_before = counts["reinjected"]
        while at < end:
            again, stop = sequence[here].run(at, end)
            data, stop = (at, stop) if plain else mappings[here].run(at, stop)
            if data is None:
                stop = min(stop, 1) if ahead <= at < 1 else stop
                kind = ("tcp_retransmitted" if again else "unique" if ahead <= at < 1
                        else "unmapped")
            else:
                same, data_stop = sent_on[here].run(data, data + stop - at)
                known, data_stop = c.data[role].run(data, data_stop)
                stop = at + data_stop - data
                kind = ("tcp_retransmitted" if again else "mptcp_repeated" if same
                        else "reinjected" if known else "unique")
                sent_on[here].add(data, data_stop)
                c.data[role].add(data, data_stop)
            counts[kind] += stop - at
            c.pieces[role].append(Piece(p, kind, at, data, stop - at))
            sequence[here].add(at, stop)
            at = stop
        c.reinjected_packets[role] += counts["reinjected"] > reinjected_before
    c.vantage = numbers.vantage(c)
    c.given_up = [given_up(c, role) for role in (0, 1)]
    find_origins(c, plain)


def find_origins(c, plain):
    """Where it is unknown which byte was the first, the lowest captured is 1."""
    c.origin_known, c.shift = [None, None], [0, 0]
    for role in (0, 1):
        side = role ^ c.initial.flip
        first = c.initial.isn[side] if plain else c.idsn[role]
        c.origin_known[role] = first is not None
        found = c.data[role].intervals()
        if found and first is None:
            c.shift[role] = 1 - found[0][0]
            c.pieces[role][:] = [piece if piece.x is None
                                 else piece._replace(x=piece.x + c.shift[role])
                                 for piece in c.pieces[role]]


def acked_bytes(c, role):
    """Of the data that `role` sends: what the other end has acknowledged."""
    if c.idsn[role] is None or numbers.is_plain(c):
        return None
    acks = numbers.data_acks(c, role)
    if not acks or c.cause == "options_lost" and not c.initial.sent(role ^ c.initial.flip):
        return None  # how far what was not captured got
    top = max(acks.values())
    return top - 1 - any(end < top for end in data_fin_places(c, role) + fin_places(c, role))


def fin_places(c, role):
    """Where FINs end the data, as DATA_FINs do, for want of these."""
    s, side = c.initial, role ^ c.initial.flip
    return [x for p in s.sent(side)
            if p.flags & FIN and not p.copy and c.cause == "options_lost"
            for x in numbers.data_place(c, side, s.place(p) + p.length)]


def data_fin_places(c, role):
    return [o["rel_dsn"] + o["data_length"] - 1 for s in c.streams
            for p, o in s.options(subtype=DSS) if s.role(p.side) == role and o.get("data_fin")]


# --------------------------------------------------------------- how it ended

ENDS = ("client", "server")


def fastcloses(c, s):
    """Those that their receiver takes: with its key, and not before what it acknowledged."""
    return [p for p, o in s.options(subtype=MP_FASTCLOSE)
            if "key" in o and right_key(c, 1 - s.role(p.side), o["key"])
            and not is_old(s, p)]


def is_old(s, p):
    acks = [q.ack for q in s.sent(1 - p.side) if q.flags & ACK and numbers.before(q, p)]
    return bool(acks) and 0 < (acks[-1] - p.seq) % (1 << 32) < 1 << 31


def given_up(c, role):
    """The packet with which the receiver of what a role sends threw away what it
    held: an MP_FASTCLOSE of either side, or its own RST that leaves no subflow.
    A FIN may come from half a close. None where there is no such packet."""
    found = [p for s in c.streams for p in fastcloses(c, s)]
    last_words = [last_word(s) for s in c.streams
                  if end_of_stream(c, s) not in ("refused", "unanswered")]
    if last_words and None not in last_words:
        last = max(last_words, key=place_in_time)
        if last.flags & RST and last.stream.role(last.side) != role:
            found.append(last)
    return min(found, key=place_in_time, default=None)


def last_word(s):
    """A RST, or the FIN of the second side."""
    fins = [next((p for p in s.sent(side) if p.flags & FIN), None) for side in (0, 1)]
    ends = [p for p in s.packets if p.flags & RST][:1]
    if None not in fins:
        ends.append(max(fins, key=place_in_time))
    return min(ends, key=place_in_time, default=None)


def end_of_stream(c, s):
    """By TCP role. A RST counts up to the FINs of both sides."""
    closing = fastcloses(c, s)
    if closing:
        return "fastclose_" + ENDS[closing[0].side]
    answered = any(not p.flags & RST and not numbers.is_syn(p) for p in s.packets)
    fins = [next((p for p in s.sent(side) if p.flags & FIN), None) for side in (0, 1)]
    resets = [p for p in s.packets if p.flags & RST
              and not all(fin and numbers.before(fin, p) for fin in fins)]
    if resets:
        refused = s.saw_syn and not answered and resets[0].side == 1
        return "refused" if refused else "reset_" + ENDS[resets[0].side]
    if s.saw_syn and not answered:
        return "unanswered"
    closed = [side for side in (0, 1) if fins[side]]
    return "fin" if len(closed) == 2 else "fin_" + ENDS[closed[0]] if closed else "open"


def end_of_connection(c):
    """By MPTCP role. Where the data did not end, that of the last subflow counts
    which was more than an attempt."""
    for s in c.streams:
        for p in fastcloses(c, s):
            return "fastclose_" + ENDS[s.role(p.side)]
    if all(data_fin_acked(c, role) for role in (0, 1)):
        return "data_fin"
    ends = [(s, end_of_stream(c, s)) for s in c.streams]
    ends = [(s, end) for s, end in ends if end not in ("refused", "unanswered")] or ends
    if any(end == "open" for _, end in ends):
        return "open"
    s, end = max(ends, key=lambda last: place_in_time(last[0].packets[-1]))
    what, _, who = end.partition("_")
    return what + "_" + ENDS[s.role(ENDS.index(who))] if who else end


def data_fin_acked(c, role):
    acks = numbers.data_acks(c, role).values()
    return any(place + c.shift[role] < max(acks, default=0) for place in data_fin_places(c, role))


# -------------------------------------------------------------- the document

def seconds(ns):
    return "%d.%09d" % divmod(ns, 10**9)


def analyse(path, since_4_4=False):
    """since_4_4: how make_streams() numbers streams."""
    frames, times, packets, fragments = 0, [], [], {}
    for time, link, data, origlen in read_capture(path):
        frames += 1
        times.append(time)
        p = dissect(frames, time, link, data, origlen, fragments)
        if p:
            packets.append(p)
    streams = make_streams(packets, since_4_4)
    connections = make_connections(streams)
    for c in connections:
        classify(c)
    start = min(times, default=0)
    return {
        "path": os.path.basename(path), "packets": frames, "tcp_packets": len(packets),
        "first_time": seconds(start) if times else None,
        "last_time": seconds(max(times)) if times else None,
        "connections": [describe_connection(c, start) for c in connections],
        "tcp_streams": [describe_stream(s) for s in streams],
    }, packets, connections


def describe_stream(s):
    unique = []
    for side in (0, 1):
        seen = ByteSet()
        for p in s.sent(side):
            seen.add(p.pos, p.pos + p.length)
        unique.append(len(seen))
    (client, cport), (server, sport) = s.ends
    return {"tcp_stream": s.number, "client_address": client, "client_port": cport,
            "server_address": server, "server_port": sport, "packets": len(s.packets),
            "bytes_to_server": unique[0], "bytes_to_client": unique[1],
            "connection": s.connection.id if s.connection else None,
            "directions": [numbers.describe_tcp(s, side) for side in (0, 1)]}


def describe_connection(c, start):
    first, last = c.packets[0].time, c.packets[-1].time
    document = {"id": c.id, "version": c.version, "state": c.state, "fallback_cause": c.cause,
                "close": end_of_connection(c), "vantage": c.vantage}
    for role, name in enumerate(("client", "server")):
        address, port = c.initial.ends[role]
        key = c.keys[role]
        document[name] = {"key": str(int.from_bytes(key, "big")) if key else None,
                          "token": c.tokens[role], "address": address, "port": port}
    document["start_s"] = (first - start) / 1e9
    document["duration_s"] = (last - first) / 1e9
    document["subflows"] = [describe_subflow(c, s) for s in c.streams]
    document["directions"] = []
    for towards, role in (("server", 0), ("client", 1)):
        per_stream = c.bytes[role]
        total = {kind: sum(per_stream[n][kind] for n in per_stream) for kind in CLASSES}
        found = [[a + c.shift[role], b + c.shift[role]] for a, b in c.data[role].intervals()]
        more, more_of_subflows = numbers.describe_direction(c, role, start)
        document["directions"].append({
            "towards": towards, **byte_counts(total),
            "reinjected_packets": c.reinjected_packets[role],
            "ahead_bytes": total["unique"] - len(c.data[role]),
            "acked_bytes": acked_bytes(c, role),
            "dsn_range": [found[0][0], found[-1][1]] if found else None,
            "dsn_first": found[0][0] if found else None,
            "dsn_last": found[-1][1] if found else None,
            "holes": [[a[1], b[0]] for a, b in zip(found, found[1:])],
            **more,
            "subflows": [{"tcp_stream": s.number, **byte_counts(per_stream[s.number]), **others}
                         for s, others in zip(c.streams, more_of_subflows)]})
    return document


def byte_counts(counts):
    return {"sent_bytes": sum(counts.values()), **{k + "_bytes": counts[k] for k in CLASSES}}


def describe_subflow(c, s):
    ids, backup = [None, None], False
    for p, o in s.options(subtype=MP_JOIN):
        if "address_id" in o:
            ids[p.side] = o["address_id"]
            backup = backup or o["backup"]
    if s is c.initial and s.join_token is None and c.captured_handshake:
        ids = [0, 0]
    delay = None
    if s is not c.initial and c.captured_handshake:
        begin, join = ([p.time for p in t.sent(0) if p.flags & (SYN | ACK) == SYN]
                       for t in (c.initial, s))
        delay = (join[0] - begin[0]) / 1e6 if begin and join else None
    sent = [sum(p.length for p in s.packets if s.role(p.side) == role) for role in (0, 1)]
    return {"tcp_stream": s.number, "opened_by": "server" if s.flip else "client",
            "backup": backup, "local_id": ids[0], "remote_id": ids[1],
            "join_delay_ms": delay, "end": end_of_stream(c, s),
            "sent_to_server": sent[0], "sent_to_client": sent[1]}


# ---------------------------------------------------------- the known values
# Checked by hand and by other programs. A path leads through the document; a
# number in it is an index. Directions: 0 to server, 1 to client.

def direction(connection, to, **values):
    prefix = "connections/%d/directions/%d/" % (connection, to)
    return {prefix + name: value for name, value in values.items()}


def per_subflow(connection, to, **sent):
    return {"connections/%d/directions/%d/subflows/%s/sent_bytes" % (connection, to, index[1:]): value
            for index, value in sent.items()}


KNOWN = {
    "wild/client_2.pcap": {
        "packets": 2884, "tcp_packets": 2858, "tcp_streams/#": 16, "connections/#": 4,
        "connections/0/subflows/*/tcp_stream": [0, 1, 2, 6],
        "connections/1/subflows/*/tcp_stream": [3, 4, 5, 7],
        "connections/2/subflows/*/tcp_stream": [8, 9, 10, 11],
        "connections/3/subflows/*/tcp_stream": [12, 13, 14, 15],
        **{"connections/%d/subflows/*/opened_by" % c: ["client"] * 4 for c in range(4)},
        "connections/0/server/token": 804647408, "connections/0/client/token": 2280993044,
        **direction(0, 0, sent_bytes=456), **per_subflow(0, 0, _0=154, _2=302),
        **direction(0, 1, sent_bytes=308), **per_subflow(0, 1, _0=2, _2=306),
        **direction(1, 0, sent_bytes=2461249, unique_bytes=2352721, reinjected_bytes=75684,
                    reinjected_packets=28, dsn_range=[1, 2354150]),
        **per_subflow(1, 0, _0=1100001, _1=1322692, _2=38556, _3=0),
        **direction(2, 0, sent_bytes=465, unique_bytes=456, reinjected_bytes=5,
                    reinjected_packets=2),
        **direction(2, 1, sent_bytes=286, unique_bytes=285, reinjected_bytes=1),
        **direction(3, 0, sent_bytes=933178, unique_bytes=880305, tcp_retransmitted_bytes=30025,
                    reinjected_bytes=21420, reinjected_packets=12, unmapped_bytes=1428),
        **per_subflow(3, 0, _0=423894, _1=435028, _3=74256),
        "connections/3/directions/0/subflows/3/unmapped_bytes": 1428,
    },
    "wild/server_2.pcap": {
        "packets": 2920, "tcp_packets": 2892, "tcp_streams/#": 16, "connections/#": 4,
        "connections/1/client/token": 3017493866,
        "connections/1/subflows/*/tcp_stream": [3, 4, 6],
        **direction(1, 0, sent_bytes=2426977, unique_bytes=2351293),
        **per_subflow(1, 0, _0=1091433, _1=1304128, _2=31416),
    },
    "lab/lossy/client.pcapng": direction(0, 0, reinjected_bytes=634480, reinjected_packets=485),
    "lab/two-paths/client.pcapng": direction(0, 0, unique_bytes=1000024),
    "lab/two-paths/server.pcapng": direction(0, 0, unique_bytes=1000024),
    "lab/fallback/client.pcapng": {
        "connections/*/state": ["fallback"] * 5 + ["established"],
        "connections/*/fallback_cause": ["no_option_in_synack"] * 4 + ["no_option_in_data", None],
    },
    "lab/fallback/server.pcapng": {
        "connections/*/state": ["fallback"] * 3 + ["established"],
        "connections/*/fallback_cause": ["no_option_in_synack"] + ["no_option_in_ack"] * 2 + [None],
    },
    "lab/midstream/client.pcapng": {"connections/*/state": ["incomplete"]},
    "lab/midstream/server.pcapng": {"connections/*/state": ["incomplete"]},
    "lab/midstream/client-joinonly.pcapng": {"connections/*/state": ["incomplete"]},
    "lab/midstream/server-joinonly.pcapng": {"connections/*/state": ["incomplete"]},
    **dict.fromkeys(("reports/midfallback-client.pcapng", "reports/midfallback-server.pcapng"), {
        "connections/*/fallback_cause": ["options_lost"],
        **direction(0, 0, unique_bytes=78982, unmapped_bytes=0, acked_bytes=78982),
        **direction(0, 1, unique_bytes=127538, unmapped_bytes=0, acked_bytes=127538)}),
    "reports/options-stripped-after-first-data.pcap": {
        "connections/*/fallback_cause": ["options_lost"], **direction(0, 0, unique_bytes=600),
        **direction(0, 1, unique_bytes=100)},
    "reports/latestrip-client.pcapng": {
        "connections/*/fallback_cause": ["options_lost", "options_lost_one_way"],
        **direction(0, 0, unique_bytes=2490), **direction(0, 1, unique_bytes=3204),
        **direction(1, 0, unmapped_bytes=0, acked_bytes=495048)},
    "reports/tfo.pcapng": {
        "connections/*/state": ["established"], **direction(0, 1, unique_bytes=30000),
        **direction(0, 0, unique_bytes=40700, unmapped_bytes=0, dsn_range=[1, 40001])},
    "reports/tfo-syn-data.pcap": direction(0, 0, unique_bytes=1500, dsn_range=[1, 1001]),
    "reports/infinite-mapping-v0-option-stripping.pcap": {
        "connections/*/fallback_cause": ["infinite_mapping"], **direction(0, 0, unique_bytes=100),
        **direction(0, 1, unique_bytes=200)},
    "reports/keepalive-byte.pcap": direction(0, 0, sent_bytes=1000, unique_bytes=1000),
    "reports/v0-addaddr-midstream.pcap": {"connections/*/version": [0, 0]},
    "reports/dup-vxlan-two-interfaces.pcapng": {
        "tcp_packets": 1698, **direction(0, 0, sent_bytes=1000048, unique_bytes=500024)},
    "reports/nn63.pcap": {"connections/*/state": ["established"]},
    "reports/plain-synack-called-complete-handshake.pcap": {
        "connections/*/fallback_cause": ["no_option_in_synack"]},
    "reports/fallback-verdict-bind_tcpfallback_flagB.pcap": {
        "connections/*/fallback_cause": ["bad_capable"]},
    "reports/data-fin-without-mapping.pcap": {"connections/*/close": ["open"]},
    "reports/datafin_unacked.pcap": {"connections/*/close": ["open"]},
    "reports/fastclose-wrong-key.pcap": {"connections/*/close": ["fastclose_client"]},
    "truth/t45-strip-down/server.pcapng": {"connections/*/fallback_cause": ["options_lost"]},
}
# stream: (sent, unique, range, holes) to the server
KNOWN_TCP = {"wild/client_1_tcp_only.pcap": {
    1: (1634829, 1629037, 1631933, [[1421974, 1423422], [1472654, 1474102]]),
    3: (1507405, 1487133, None, [[1227942, 1230838]])}}
KNOWN_PAIRS = {
    ("wild/client_2.pcap", "wild/server_2.pcap"): {
        "matched": 2823, "only at the client": 35, "only at the server": 69, "ambiguous": 0,
        "tcp 3 to server n": 410, "tcp 3 to server min": 50.008898,
        "tcp 3 to server median": 51.162212, "tcp 3 to server max": 73.128719,
        "tcp 3 to client n": 392, "tcp 3 to client min": 50.008906,
        "tcp 3 to client median": 50.663100, "tcp 3 to client max": 64.779645,
        "tcp 4 to server n": 500, "tcp 4 to server median": 50.874926,
        "tcp 4 to server max": 171.734227,
        "tcp 4 to client n": 527, "tcp 4 to client median": 50.625126,
        "tcp 4 to client max": 124.899677,
        "client frame 23": (24, 73.128719), "client frame 31": (29, 50.141462),
        "server frame 27": (29, 61.778801)},
    ("wild/client_1_tcp_only.pcap", "wild/server_1_tcp_only.pcap"): {
        "tcp 1 to server n": 741, "tcp 1 to server median": 79.190162,
        "tcp 1 to server max": 410.512629,
        "tcp 1 to client n": 723, "tcp 1 to client median": 50.618393}}


class Checks:
    def __init__(self):
        self.failed = 0

    def check(self, name, value, expected, good=None):
        good = value == expected if good is None else good
        self.failed += not good
        print("%-4s %s: %s%s" % ("ok" if good else "FAIL", name, value,
                                 "" if value == expected else " (known: %s)" % (expected,)))


def look_up(document, path):
    """"connections/*/state": every state; "connections/#": how many."""
    head, _, rest = path.partition("/")
    if head == "*":
        return [look_up(item, rest) if rest else item for item in document]
    if head == "#":
        return len(document)
    try:
        item = document[int(head) if isinstance(document, list) else head]
    except LookupError:
        return None
    return look_up(item, rest) if rest else item


def verify(root):
    checks, cache = Checks(), {}

    def get(name):
        if name not in cache:
            cache[name] = analyse(os.path.join(root, name))
        return cache[name]

    for name, values in KNOWN.items():
        for path, expected in values.items():
            checks.check(name + " " + path, look_up(get(name)[0], path), expected)
    for name, values in KNOWN_TCP.items():
        for number, expected in values.items():
            check_tcp(checks, name, number, get(name)[1], *expected)
            found = get(name)[0]["tcp_streams"][number]["directions"][0]
            for what, value in zip(("sent_bytes", "unique_bytes", "last", "holes"), expected):
                if value is not None:
                    checks.check("%s tcp_streams/%d/directions/0/%s" % (name, number, what),
                                 found[what], value + 1 if what == "last" else value)
    for (client, server), values in KNOWN_PAIRS.items():
        found = match(get(client)[1], get(server)[1])
        for what, expected in values.items():
            checks.check("%s + %s %s" % (client, server, what), found.get(what), expected)
    name = "lab/lossy/client.pcapng"
    checks.check(name + " frames with data that another subflow sent before",
                 overlapping_frames(get(name)[2][0], 0), 637)

    for top, check in (("lab", check_truth), ("truth", check_applications)):
        for scenario in sorted(os.listdir(os.path.join(root, top))):
            files = sorted(os.listdir(os.path.join(root, top, scenario)))
            if "truth.json" in files:
                path = os.path.join(root, top, scenario, "truth.json")
                with open(path, encoding="utf-8") as file:
                    check(checks, get, top + "/" + scenario, json.load(file), files)
    everything = list(cache)
    for name in everything:
        unequal = [(c["id"], d["towards"], what) for c in get(name)[0]["connections"]
                   for d in c["directions"] for what in wrong_sums(d)]
        checks.check(name + " sums that do not add up", unequal, [])
        unequal = [(s["tcp_stream"], d["towards"], what) for s in get(name)[0]["tcp_streams"]
                   for d in s["directions"] for what in wrong_stream_numbers(s, d)]
        checks.check(name + " numbers of TCP streams that do not fit", unequal, [])
        if not name.startswith(("lab/", "wild/")):
            continue
        check_vantage(checks, name, get(name)[0])
    print("%d failed" % checks.failed)
    return 1 if checks.failed else 0


def wrong_sums(d):
    """Names of the sums of a direction that do not add up."""
    parts, bad = d["subflows"], []

    def equal(what, a, b):
        if a != b:
            bad.append("%s: %s and %s" % (what, a, b))

    equal("classes", d["sent_bytes"], sum(d[k + "_bytes"] for k in CLASSES))
    for kind in CLASSES:
        equal(kind, d[kind + "_bytes"], sum(s[kind + "_bytes"] for s in parts))
        of_direction = d["new_data_packets" if kind == "unique" else kind + "_packets"]
        equal(kind + " packets", of_direction, sum(s[kind + "_packets"] for s in parts))
        for s in parts + [{**d, "unique_packets": d["new_data_packets"]}]:
            if not s[kind + "_packets"] <= min(s["data_packets"], s[kind + "_bytes"]):
                bad.append("more %s packets than packets or bytes" % kind)
    for s in parts:
        equal("classes of a subflow", s["sent_bytes"], sum(s[k + "_bytes"] for k in CLASSES))
        if s["data_packets"] > sum(s[k + "_packets"] for k in CLASSES):
            bad.append("packets without class")
    equal("data packets", d["data_packets"], sum(s["data_packets"] for s in parts))
    for name in ("share", "first_sent_share", "goodput_contribution"):
        shares = [s[name] for s in parts if s[name] is not None]
        equal(name, round(sum(shares), 9) if shares else 1, 1)
    rows = d["reinjections"]
    equal("bytes of reinjections", d["reinjected_bytes"], sum(row["bytes"] for row in rows))
    equal("bytes of the matrix", d["reinjected_bytes"], sum(cell["bytes"] for cell in d["matrix"]))
    equal("packets of reinjections", d["reinjected_packets"], len({row["frame"] for row in rows}))
    for s in parts:
        equal("reinjections on a subflow", s["reinjected_bytes"], sum(
            row["bytes"] for row in rows if row["tcp_stream"] == s["tcp_stream"]))
    for row in rows:
        if (row["original_tcp_stream"] == row["tcp_stream"] or row["original_delay_ms"] < 0
                or not row["original_frames"]):
            bad.append("reinjection in frame %d" % row["frame"])
    for a, b in zip(rows, rows[1:]):
        if (a["frame"], a["original_tcp_stream"], a["dsn"] + a["bytes"]) \
                == (b["frame"], b["original_tcp_stream"], b["dsn"]):
            bad.append("two rows for one reinjection in frame %d" % a["frame"])
    if d["dsn_first"] is not None:
        equal("unique bytes", d["unique_bytes"] - d["ahead_bytes"],
              d["dsn_last"] - d["dsn_first"] - sum(b - a for a, b in d["holes"]))
    if d["hol_blocked_s"] is not None:
        caused = sum(s["hol_caused_s"] for s in parts)
        if max(caused, d["hol_blocked_max_s"]) > d["hol_blocked_s"] + 1e-9:
            bad.append("head-of-line blocking")
        delays = d["out_of_order_delay_ms"]
        equal("packets with a delay or without", d["new_data_packets"],
              (delays["n"] if delays else 0) + d["out_of_order_unresolved"])
    return bad


def wrong_stream_numbers(s, d):
    bad, size = [], d["last"] - d["first"] if d["last"] is not None else 0
    if (d["unique_bytes"] != s["bytes_to_" + d["towards"]]
            or d["sent_bytes"] != d["unique_bytes"] + d["retransmitted_bytes"]
            or size != d["unique_bytes"] + sum(b - a for a, b in d["holes"])):
        bad.append("bytes")
    if d["first"] is not None and d["first"] < 1:
        bad.append("first byte")
    if (d["retransmitted_packets"] == 0) != (d["retransmitted_bytes"] == 0):
        bad.append("retransmitted packets")
    return bad


def check_vantage(checks, name, document):
    """The file name tells the end."""
    end = os.path.basename(name)[:6]
    right = {end}
    found = collections.Counter(c["vantage"] for c in document["connections"])
    checks.check(name + " vantage", dict(found), end, set(found) <= right)


def check_tcp(checks, name, number, packets, sent, unique, span, holes):
    stream = next(p.stream for p in packets if p.stream.number == number)
    seen, total = ByteSet(), 0
    for p in stream.sent(0):
        seen.add(p.pos, p.pos + p.length)
        total += p.length
    found = seen.intervals()
    label = "%s tcp %d to server " % (name, number)
    checks.check(label + "sent", total, sent)
    checks.check(label + "unique", len(seen), unique)
    checks.check(label + "holes", [[a[1], b[0]] for a, b in zip(found, found[1:])], holes)
    if span is not None:
        checks.check(label + "range", found[-1][1] - found[0][0], span)


def match(client, server):
    """Pair the packets of two ends: same ports, numbers, flags, options, IP id."""
    def by_identity(packets):
        table = collections.defaultdict(list)
        for p in sorted(packets, key=lambda p: (p.time, p.frame)):
            table[p.src, p.sport, p.dst, p.dport, p.seq, p.ack, p.flags, p.length, p.window,
                  p.ip_id, p.options].append(p)
        return table
    left, right = by_identity(client), by_identity(server)
    pairs, ambiguous = [], 0
    for key in left:
        others = right.get(key, [])
        ambiguous += max(len(left[key]), len(others)) > 1 and len(left[key]) != len(others)
        pairs += zip(left[key], others)
    found = {"matched": len(pairs), "only at the client": len(client) - len(pairs),
             "only at the server": len(server) - len(pairs), "ambiguous": ambiguous}
    delays = collections.defaultdict(list)
    for c, s in pairs:
        delay = (s.time - c.time) * (1 if c.side == 0 else -1) / 1e6
        delays["tcp %d to %s " % (c.stream.number, ("server", "client")[c.side])].append(delay)
        if c.side == 0:
            found["client frame %d" % c.frame] = (s.frame, delay)
        else:
            found["server frame %d" % s.frame] = (c.frame, delay)
    for name, values in delays.items():
        values.sort()
        middle = len(values) // 2
        found.update({name + "n": len(values), name + "min": values[0], name + "max": values[-1],
                      name + "median": round((values[middle] + values[-1 - middle]) / 2, 6)})
    return found


def overlapping_frames(c, role):
    """Packets with at least one data byte that another subflow has sent before."""
    mappings, sent_on, frames = find_mappings(c), collections.defaultdict(ByteSet), set()
    for p in c.packets:
        at, end = p.pos, p.pos + p.length
        while p.stream.role(p.side) == role and at < end:
            data, stop = mappings[p.stream.number, p.side].run(at, end)
            if data is not None:
                position, finish = data, data + stop - at
                for other in [n for n in sent_on if n != p.stream.number]:
                    position = data
                    while position < finish:
                        inside, position = sent_on[other].run(position, finish)
                        if inside:
                            frames.add(p.frame)
                sent_on[p.stream.number].add(data, finish)
            at = stop
    return len(frames)


def check_truth(checks, get, folder, truth, files):
    """Compare with what the applications, the kernels and the wire recorded."""
    sent_up = {}
    client_app, server_app = truth["application"]["client"], truth["application"]["server"]
    peers = {(plain_address(a["peer"]), plain_address(a["local"])): a for a in server_app}
    for file in files:
        if not file.endswith(".pcapng"):
            continue
        name = folder + "/" + file
        document, _, connections = get(name)
        whole = folder != "lab/midstream" or "whole" in file
        end = "client" if file.startswith("client") else "server"
        if whole:
            checks.check(name + " frames", document["packets"],
                         sum(int(c["received"]) for c in truth["captured"] if c["end"] == end))
        streams = {((s["client_address"], s["client_port"]), (s["server_address"], s["server_port"])): s
                   for s in document["tcp_streams"]}
        by_stream = {s.number: c for c in connections for s in c.streams}
        tied = wrong_tokens = wrong_idsn = 0
        problems = []
        for app in client_app:
            ends = plain_address(app["local"]), plain_address(app["peer"])
            other, stream = peers.get(ends), streams.get(ends)
            if stream is None or other is None:
                problems.append("no stream for port %d" % ends[0][1])
                continue
            tied += 1
            c = by_stream.get(stream["tcp_stream"])
            for role, (writer, reader) in enumerate(((app, other), (other, app))):
                if c:
                    unique = sum(counts["unique"] for counts in c.bytes[role].values())
                else:
                    unique = stream[("bytes_to_server", "bytes_to_client")[role]]
                # An abrupt end loses what was written and not yet sent or read.
                low = reader["received"] if whole else 0
                if not low <= unique <= writer["sent"]:
                    problems.append("port %d role %d: %d not in [%d, %d]"
                                    % (ends[0][1], role, unique, low, writer["sent"]))
                info = writer.get("info") or {}
                token = int(info.get("token_local") or "0", 16)
                if c and token and (whole or c.tokens[role] is not None):
                    wrong_tokens += c.tokens[role] != token
                if c and whole and info.get("write_seq") and role == 0:
                    wrong_idsn += c.idsn[0] != info["write_seq"] - 1 - writer["sent"]
        checks.check(name + " applications tied to a stream", tied, len(client_app))
        checks.check(name + " bytes or streams unlike the applications'", problems, [])
        checks.check(name + " tokens unlike the kernel's", wrong_tokens, 0)
        checks.check(name + " IDSNs of clients unlike the kernel's", wrong_idsn, 0)
        if folder != "lab/fallback":
            expected = sum(bool(a.get("info") and a["info"]["mptcp"]) for a in client_app)
            checks.check(name + " connections", len(connections), expected)
        check_subflows(checks, name, truth, connections)
        check_round_trips(checks, name, truth, document, end, whole)
        sent_up[file] = sum(d["sent_bytes"] for c in document["connections"]
                            for d in c["directions"] if d["towards"] == "server")
    if truth["wire"]["frames"] and folder != "lab/fallback":
        # The wire went on for a moment after the captures had ended.
        end = max(p.time for p in get(folder + "/client.pcapng")[1]) / 1e9
        dropped = sum(f["len"] for f in truth["wire"]["frames"] if f["t"] <= end
                      and f["dir"] == "up" and f["event"] in ("loss", "cut", "overflow"))
        checks.check(folder + " bytes sent to server less those the wire dropped",
                     sent_up["client.pcapng"] - dropped, sent_up["server.pcapng"])


def check_applications(checks, get, folder, truth, files):
    """All that an application wrote its peer has read, unless that was killed:
    the capture of an end must show as many bytes."""
    written, read = {}, {}
    for application in truth["application"]["client"] + truth["application"]["server"]:
        if "local" in application:
            here, there = plain_address(application["local"]), plain_address(application["peer"])
            written[here, there], read[there, here] = application["sent"], application["received"]
    for file in files:
        if not file.startswith(("client", "server")):
            continue
        document, _, _ = get(folder + "/" + file)
        wrong = []
        for c in document["connections"]:
            client, server = ((c[end]["address"], c[end]["port"]) for end in ENDS)
            for d, way in zip(c["directions"], ((client, server), (server, client))):
                told = written.get(way), read.get(way)
                if None not in told and told != (d["unique_bytes"],) * 2:
                    wrong.append((c["id"], d["towards"], d["unique_bytes"], told))
        checks.check("%s/%s bytes unlike the applications'" % (folder, file), wrong, [])


def plain_address(end):
    address = end[0]
    return address[7:] if address.startswith("::ffff:") else address, end[1]


def check_subflows(checks, name, truth, connections):
    """Every subflow the client's path manager saw established, with its ids."""
    missing, seen = [], 0
    for event in truth["path_manager_events"]["client"]:
        if event["event"] != "SF_ESTABLISHED":
            continue
        address = event.get("saddr4") or event.get("saddr6")
        for c in connections:
            for s in c.streams:
                if s.ends[0] == (address, int(event["sport"])):
                    ids = describe_subflow(c, s)
                    seen += 1
                    if s.join_token is None:  # its handshake was cut away
                        continue
                    if (c.tokens[0] not in (None, int(event["token"], 16))
                            or (ids["local_id"], ids["remote_id"]) !=
                            (int(event["locid"]), int(event["remid"]))):
                        missing.append((event["sport"], ids))
    expected = sum(e["event"] == "SF_ESTABLISHED" for e in truth["path_manager_events"]["client"])
    checks.check(name + " joined subflows of the path manager", seen, expected)
    checks.check(name + " their tokens and ids that differ", missing, [])


def path_of(truth, address):
    """(delay there and back, jitter there and back, time that a full queue takes
    to drain) in ms of the path that belongs to a client's address. An address
    that the scenario added itself lies in the same network."""
    network = lambda a: a.rpartition("." if "." in a else "::")[0]
    for path in truth["paths"]:
        if network(address) in map(network, path["client"]):
            wire = {key: float(value) for key, value in
                    (item.split("=") for item in path["wire"].split(","))}
            delays = [wire.get(way + ".delay", wire.get("delay", 0)) for way in ("up", "down")]
            drain = wire["queue"] * 1024 * 8 / (wire["rate"] * 1e3) if "rate" in wire else 0
            return sum(delays), 2 * wire.get("jitter", 0), drain
    return None


def check_round_trips(checks, name, truth, document, end, whole):
    """At the end that sends, a round trip takes the path's delay there and back,
    at least, and the shortest not much more: +30 %, +2 ms and the jitter. One
    sample only, that of a join, can find a queue full of data on its path; so can
    all of them where the beginning was cut away."""
    role = 0 if end == "client" else 1
    streams = {s["tcp_stream"]: s for s in document["tcp_streams"]}
    low, high, ratios = [], [], collections.defaultdict(list)
    for c in document["connections"]:
        for known, s in zip(c["subflows"], c["directions"][role]["subflows"]):
            # In TCP roles: the opener is the TCP client.
            address = streams[s["tcp_stream"]]["client_address" if known["opened_by"] == "client"
                                               else "server_address"]
            delay, jitter, drain = path_of(truth, address)
            for what, value in (("handshake", s["handshake_rtt_ms"]),
                                ("data", s["rtt_ms"] and s["rtt_ms"]["min"])):
                if value is None:
                    continue
                queued = not whole or (what == "handshake" and known["join_delay_ms"] is not None)
                label = (what, c["id"], s["tcp_stream"], value, delay)
                ratios[what].append(value / delay)
                if value < delay:
                    low.append(label)
                if value > 1.3 * delay + 2 + jitter + (drain if queued else 0):
                    high.append(label)
    for what, found in ratios.items():
        print("     %s %s RTT / path delay: %.4f to %.4f, n=%d"
              % (name, what, min(found), max(found), len(found)))
    checks.check(name + " round trips shorter than the path", low, [])
    checks.check(name + " shortest round trips far longer than the path", high, [])


def main():
    parser = argparse.ArgumentParser(description="The numbers of a Multipath TCP capture.")
    parser.add_argument("--pretty", action="store_true", help="indent the document")
    parser.add_argument("--verify-known", metavar="DIRECTORY",
                        help="check the captures under DIRECTORY (lab/, wild/) and exit")
    parser.add_argument("capture", nargs="*")
    arguments = parser.parse_args()
    if arguments.verify_known:
        return verify(arguments.verify_known)
    if not arguments.capture:
        parser.error("no capture")
    try:
        captures = [analyse(path)[0] for path in arguments.capture]
    except (OSError, EOFError, BadCapture, struct.error, IndexError) as error:
        print("reference.py: %s" % error, file=sys.stderr)
        return 2
    json.dump({"captures": captures}, sys.stdout, indent=2 if arguments.pretty else None)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
