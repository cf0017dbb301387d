# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd captures (craft_odd.py): TCP headers, options, and which packets are one stream."""

import itertools
import random
import struct

import craft
from craft import ACK, FIN, PSH, RST, SYN, made_up
from odd_links import error
from odd_packets import (PORTS, Packet, add, changed, conversation, cut, ethernet, ip, odd, one_after_the_other, pcap,
                         plain, with_options, with_segment)

CLIENT, SERVER, CLIENT6, SERVER6 = "192.0.2.1", "203.0.113.10", "2001:db8:a::1", "2001:db8:5::10"


def both(shapes):
    """Conversations with one of these shapes each, of IPv4 and of IPv6."""
    return pcap(one_after_the_other(shapes) + one_after_the_other(shapes, True))


def sent(packet):
    return [ethernet(ip(packet))]


# --- the header --------------------------------------------------------------


@odd("tcp-data-offsets.pcap")
def data_offsets():
    """Each data offset, 0 to 15, on headers with 0 to 24 octets of options."""
    return both([lambda packet, n=n: sent(with_segment(packet, 12, bytes([n << 4]))) for n in range(16)])


@odd("tcp-data-offset-beyond-ip.pcap")
def offset_beyond_ip():
    """The IP packet ends in the header: the offset is 15, 6 or 5, and the segment has 20, 22 or 0 to 19 octets."""
    def shape(size, words):
        return lambda packet: sent(with_segment(packet, 12, bytes([words << 4]))._replace(
            segment=changed(packet.segment, 12, bytes([words << 4]))[:size]))

    return both([shape(20, 15), shape(22, 6), shape(20, 5), shape(19, 5), shape(40, 11)])


def full(packet):
    """A header of 60 octets."""
    stamps = b"\x01\x01\x08\x0a" + made_up("stamps", 8)
    return with_options(packet, stamps + craft.dss(2 ** 40, 8, (2 ** 41, 1, 20), 8) + b"\1\1")


@odd("tcp-header-cut-at-every-byte.pcap")
def header_cut():
    """A header of 60 octets with 20 octets of data, of which 0 to 62 are captured; SYNs the same way."""
    frames = plain()
    for version in (False, True):
        packets = conversation(version)
        frames += sent(packets[1])
        for packet in (packets[3], packets[0]):
            octets, = sent(full(packet))
            start = len(octets) - len(full(packet).segment)
            frames += [cut(octets, start + n) for n in range(63)]
    return pcap(frames)


@odd("tcp-header-short-by-ip-at-every-byte.pcap")
def header_short():
    """The same, and the IP header says so; nothing is missing."""
    frames = plain()
    for version in (False, True):
        for number in (3, 0):
            packet = full(conversation(version)[number])
            for n in range(63):
                frames += sent(packet._replace(segment=packet.segment[:n]))
    return pcap(frames)


@odd("tcp-header-of-0-octets-and-cut.pcap")
def header_of_nothing():
    """The TCP header says that it has no octet, and the IP header that there are more than there are: a SYN with
    another number, which begins another stream, and an ACK, which does not; then one more stream."""
    frames = plain()
    for version in (False, True):
        for flags in (SYN, ACK):
            packets = conversation(version)
            odd_one, = sent(with_segment(with_segment(packets[3], 4, b"some"), 12, bytes([0, flags])))
            frames += [octets for packet in packets for octets in sent(packet)] + [odd_one[:-2]]
    return pcap(frames + plain())


@odd("tcp-flags.pcap")
def all_flags():
    """All of the 8 flags, and each value of the bits before them (NS or AE, reserved)."""
    frames = plain()
    for packet in (conversation()[3], conversation(True)[3]):
        for flags in [*range(256), *(n << 8 | f for n in range(1, 16) for f in (ACK, SYN, 0xC2, 0xFF))]:
            frames += sent(with_segment(packet, 12, bytes([packet.segment[12] & 0xF0 | flags >> 8, flags & 0xFF])))
    return pcap(frames)


@odd("tcp-window-and-urgent.pcap")
def windows():
    """Windows 0 and 65535, urgent pointers with and without the flag, a wrong check sum."""
    shapes = [lambda packet: sent(with_segment(packet, 14, b"\0\0")),
              lambda packet: sent(with_segment(packet, 14, b"\xff\xff")),
              lambda packet: sent(with_segment(packet, 18, b"\x12\x34")),
              lambda packet: sent(with_segment(with_segment(packet, 18, b"\xff\xff"), 13, b"\x38")),
              lambda packet: sent(with_segment(packet, 16, b"\0\0")),
              lambda packet: sent(with_segment(packet, 16, b"\xff\xff"))]
    return both(shapes)


@odd("tcp-ack-without-flag.pcap")
def ack_without_flag():
    """The ACK field is filled, the flag is not set; and the other way round."""
    return both([lambda packet: sent(with_segment(with_segment(packet, 8, b"abcd"), 13, b"\x08")),
                 lambda packet: sent(with_segment(packet, 8, bytes(4)))])


@odd("tcp-ports-0.pcap")
def ports_0():
    return both([lambda packet: sent(with_segment(packet, 0, b"\0\0")),
                 lambda packet: sent(with_segment(packet, 0, bytes(4))),
                 lambda packet: sent(with_segment(packet, 2, b"\0\0"))])


@odd("tcp-ports-of-others.pcap")
def known_ports():
    """Payload that means nothing, on ports of protocols that tshark knows: 20, 21, 53, 80, 88, 179, 443, 445 ..."""
    frames = plain()
    for port in (20, 21, 22, 25, 53, 80, 88, 110, 111, 135, 139, 179, 389, 443, 445, 554, 1433, 1521, 1723, 3306, 3389,
                 5060, 6000, 6653, 8080, 9418, 65535):
        for version in (False, True):
            for packet in conversation(version, to_server=200):
                frames += sent(with_segment(packet, 2 if packet.outgoing else 0, struct.pack("!H", port)))
    return pcap(frames)


# --- options -----------------------------------------------------------------

NOP, END = b"\1", b"\0"
MSS, SACKS, SCALE = b"\x02\x04\x05\xb4", b"\x04\x02", b"\x03\x03\x07"
STAMPS = b"\x08\x0a\x01\x02\x03\x04\x05\x06\x07\x08"
OTHERS = {"addr": craft.add_addr(1, 3, "198.51.100.3", 5000, (b"k" * 8, b"l" * 8)),
          "addr6": craft.add_addr(1, 3, "2001:db8::3", None, (b"k" * 8, b"l" * 8)),
          "rm": craft.rm_addr(5), "rm-many": craft.rm_addr(1, 2, 3, 4, 5), "prio": craft.mp_prio(True),
          "prio-id": craft.mp_prio(True, 4), "fail": craft.mp_fail(2 ** 50),
          "close": craft.mp_fastclose(b"key" * 2 + b"ok"),
          "reset": craft.mp_tcprst(3), "capable": craft.mp_capable(1, b"A" * 8, b"B" * 8),
          "join": craft.mp_join_syn(0x12345678, b"nonc", 3), "join-ack": craft.mp_join_ack(bytes(range(20))),
          "dss": craft.dss(7, 8), "dss-4": craft.dss(7, 4), "dss-map": craft.dss(7, 8, (9, 1, 20), 8),
          "dss-sum": craft.dss(7, 8, (9, 1, 20), 8, False, 0xBEEF), "dss-4-map": craft.dss(7, 4, (9, 1, 20), 4),
          "dss-none": craft.dss(), "sack": b"\x05\x0a" + bytes(range(8)), "sack-4": b"\x05\x22" + bytes(range(32)),
          "stamps": STAMPS, "md5": b"\x13\x12" + bytes(16), "fast-open": b"\x22\x0a" + bytes(8),
          "fast-open-none": b"\x22\x02",
          "user-timeout": b"\x1c\x04\x80\x09", "authentication": b"\x1d\x10" + bytes(14),
          "experiment": b"\xfd\x04\xf9\x89",
          "accurate-ecn": b"\xac\x0b" + bytes(9), "riverbed": b"\x4c\x0a\x01\x01" + bytes(6), "scps": b"\x14\x04\1\1",
          "quick-start": b"\x1b\x08" + bytes(6), "echo": b"\x06\x06" + bytes(4), "cc": b"\x0b\x06" + bytes(4)}


def each_with(versions=(3, 0), offset=None):
    """A function that returns the frames of packets with such options: one with data, and a SYN. Each is another
    packet: where tshark does not print the last of the options, nothing else could tell them apart."""
    packets, idents = conversation(), itertools.count(2)

    def make(options):
        return [ethernet(ip(with_options(packets[number], options, offset), ident=next(idents) & 0xFFFF))
                for number in versions]

    return make


@odd("tcp-options-broken.pcap")
def broken_options():
    """Of length 0 and 1, over the end of the header, without a length, unknown; the end in the middle."""
    frames = plain()
    make = each_with()
    for kind in (2, 3, 4, 5, 8, 30, 99, 253):
        for length in (0, 1, 2, 3, 4, 12, 40, 255):
            for options in (bytes([kind, length]) + b"\x20\x01", MSS + bytes([kind, length, 0, 0]),
                            NOP * 2 + bytes([kind, length]), OTHERS["dss"] + bytes([kind, length, 1, 1])):
                frames += make(options)
        frames += make(NOP * 3 + bytes([kind]))
    for options in (END + MSS + NOP * 3, NOP + END + OTHERS["dss"], OTHERS["dss"] + END + OTHERS["prio"], END * 40,
                    NOP * 40,
                    OTHERS["dss"] + END * 4, MSS + END + b"\xff" * 7):
        frames += make(options)
    return pcap(frames)


@odd("tcp-options-pairs.pcap")
def option_pairs():
    """Each option alone, and behind each other one, at each distance from the end of the header."""
    frames = plain()
    make = each_with()
    for first in OTHERS.values():
        for second in OTHERS.values():
            room = 40 - len(first) - len(second)
            if room >= 0:
                frames += make(first + second)
                frames += make(first + NOP * (room // 2) + second + END * (room - room // 2))
                frames += make(NOP * room + first + second)
        frames += make(first) + make(first.rjust(40, NOP)) + make(first.ljust(40, NOP)) + make(first.ljust(40, END))
    return pcap(frames)


@odd("tcp-options-40-octets.pcap")
def options_40():
    """Headers that are full, with an option across octet 36, which tshark before 4.4 prints no further than."""
    frames = plain()
    make = each_with()
    for octets in OTHERS.values():
        for behind in range(5):
            if len(octets) + behind > 40:
                continue
            for fill in (NOP, STAMPS + NOP, MSS + NOP):
                room = 40 - len(octets) - behind
                head = (fill if len(fill) <= room else b"").ljust(room, NOP)
                frames += make(head + octets + NOP * behind) + make(head + octets + END * behind)
    for tail in (b"\x1e\x04\x41\x02", b"\x1e\x04\x50\x07", b"\x1e\x03\x51\x01", b"\1\1\1\0", b"\0\0\0\0", b"\xfd\x04ab",
                 b"\x1c\x04ab", b"\1\x1e\x03\x50", b"\1\1\4\2", b"\x1e\x04\x80\x03", b"\x1e\x05\x41\x02",
                 b"\2\4\5\xb4"):
        for head in (STAMPS + NOP * 2 + OTHERS["dss-4-map"][:20].ljust(24, NOP), OTHERS["dss-map"] + NOP * 8, NOP * 36,
                     STAMPS + OTHERS["addr6"][:26], OTHERS["sack-4"] + NOP * 2):
            frames += make(head[:36].ljust(36, NOP) + tail)
    return pcap(frames)


@odd("tcp-options-mptcp-lengths.pcap")
def mptcp_lengths():
    """Each subtype, 0 to 15, with each length that fits, and octets that look random."""
    frames = plain()
    make = each_with()
    for subtype in range(16):
        for length in range(2, 41):
            octets = made_up("%d %d" % (subtype, length), 32) * 2
            frames += make((bytes([30, length, subtype << 4 | octets[0] & 15]) + octets[1:])[:length])
    return pcap(frames)


@odd("tcp-options-of-every-kind.pcap")
def every_kind():
    frames = plain()
    make = each_with()
    for kind in range(256):
        for length in (2, 4, 10):
            frames += make(bytes([kind, length]) + made_up(str(kind), length - 2))
    return pcap(frames)


# --- streams -----------------------------------------------------------------


def told(lines, v6=False, ends=None, port=None):
    """Packets of one pair of ends: "C SYN 100 0" of the client, with its numbers; "SA" is SYN and ACK; a fifth word is
    the octets of data."""
    port = next(PORTS) if port is None else port
    (source, sport), (target, dport) = ends or ((CLIENT6 if v6 else CLIENT, port), (SERVER6 if v6 else SERVER, 5001))
    letters = {"S": SYN, "A": ACK, "F": FIN, "R": RST, "P": PSH, "-": 0}
    for line in lines.split(","):
        who, flags, seq, ack, *size = line.split()
        one, other = ((source, sport), (target, dport))[::1 if who == "C" else -1]
        yield Packet(who == "C", one[0], other[0], craft.tcp(
            one[0], other[0], one[1], other[1], int(seq), int(ack), sum(letters[letter] for letter in flags),
            payload=b"d" * int(size[0] if size else 0)))


OPEN = "C S 100 0, S SA 500 101, C A 101 501, C PA 101 501 10, S A 501 111"
REUSED = {
    "syn-again": OPEN + ", C S 100 0, S SA 500 101, C A 101 501",
    "syn-with-another-number": OPEN + ", C S 9000 0, S SA 7000 9001, C A 9001 7001, C PA 9001 7001 5",
    "syn-after-reset": OPEN + ", C R 111 0, C S 100 0, S SA 500 101, C A 101 501",
    "syn-after-reset-by-server": OPEN + ", S RA 501 111, C S 100 0, S SA 500 101, C A 101 501",
    "syn-after-fin": OPEN + ", C FA 111 501, S FA 501 112, C A 112 502, C S 100 0, S SA 500 101, C A 101 501",
    "syn-after-fin-with-another-number": OPEN + ", C FA 111 501, S FA 501 112, C A 112 502, C S 300 0, S SA 600 301",
    "syn-after-half-close": OPEN + ", C FA 111 501, C S 100 0, S SA 500 101, S A 501 112",
    "syn-after-fin-without-ack": OPEN + ", C F 111 0, C S 100 0, S SA 500 101",
    "syn-after-syn-fin": "C SF 100 0, C S 100 0, S SA 500 101, C SFA 100 501, C S 100 0, C A 101 501",
    "syn-after-syn-reset": "C SR 100 0, C S 100 0, S SA 500 101, C A 101 501, C SRA 100 501, C S 100 0, C A 101 501",
    "synack-with-another-number": OPEN + ", S SA 900 101, C A 101 901, S PA 901 101 5, C S 100 0, S SA 500 101",
    "synack-again": OPEN + ", S SA 500 101, C A 111 501",
    "synack-after-reset": "C S 100 0, S RA 0 101, S SA 500 101, C A 101 501, S SA 500 101",
    "synack-first": "S SA 500 101, C S 100 0, C A 101 501, C S 101 0, C A 102 501",
    "ack-first": "C A 101 501, S A 501 101, C S 100 0, S SA 500 101, C S 101 0, S SA 501 102",
    "data-first": "S PA 501 101 7, C A 101 508, C S 100 0, C S 101 0, S S 500 0, S S 501 0",
    "reset-first": "S R 501 0, C S 100 0, S SA 500 101, S SA 501 101",
    "simultaneous-open": "C S 100 0, S S 500 0, C SA 100 501, S SA 500 101, C A 101 501, S A 501 101",
    "roles-exchanged": OPEN + ", S S 500 0, C SA 100 501, S S 800 0, C SA 900 801, S A 801 901, C S 100 0",
    "synack-then-syn-of-its-number": "S SA 100 1, S SA 200 1, S S 200 0, S S 100 0, S S 200 0",
    "syns-only": ", ".join("C S %d 0" % n for n in (1, 1, 2, 2, 1, 3, 3, 1)),
    "numbers-around-0": "C S 4294967295 0, S SA 4294967295 0, C A 0 0, C S 4294967295 0, C S 0 0, C A 1 0, C S 0 0",
    "reset-then-data": OPEN + ", S R 501 0, C PA 111 501 9, S A 501 120, C S 100 0, C PA 101 501 9",
}
for name, lines in REUSED.items():
    add("tcp-streams-%s.pcap" % name,
        lambda lines: pcap(plain() + [frame for version in (False, True) for packet in told(lines, version)
                                      for frame in sent(packet)]), lines)


@odd("tcp-streams-with-oneself.pcap")
def with_oneself():
    """Source and destination are the same address, and the same port, too; or only the ports differ."""
    frames = plain()
    for one, other in ((7, 7), (7, 8), (8, 7)):
        for where in (CLIENT, "127.0.0.1", CLIENT6, "::1"):
            for lines in REUSED.values():
                for packet in told(lines, ends=((where, one), (where, other))):
                    frames += sent(packet)
    return pcap(frames)


@odd("tcp-streams-odd-addresses.pcap")
def odd_addresses():
    """Addresses that are written in unusual ways, or that nobody has."""
    frames = plain()
    for one in ("::", "::ffff:192.0.2.1", "::192.0.2.1", "::1.2.3.4", "64:ff9b::192.0.2.1", "fe80::1", "ff02::1",
                "1:0:0:2:0:0:0:3", "1:0:0:2:0:0:3:4", "1:0:2:3:4:5:6:7", "0:1:2:3:4:5:6:7", "1:2:3:4:5:6:7:0",
                "0:0:1::",
                "1::", "::5efe:192.0.2.1", "fe80::5efe:192.0.2.1", "abcd:ef01:2345:6789:abcd:ef01:2345:6789",
                "::ffff:0:0",
                "::ffff", "::1:0", "2002:c000:201::1", "0:0:0:0:1:0:0:0"):
        frames += [frame for packet in told(OPEN, ends=((one, 9), ("2001:db8::2", 5001))) for frame in sent(packet)]
    for one in ("0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", "1.2.3.4"):
        frames += [frame for packet in told(OPEN, ends=((one, 9), ("192.0.2.255", 5001))) for frame in sent(packet)]
    return pcap(frames)


def random_packet(rng, ends, first):
    """One of a conversation that follows no rules."""
    way = rng.randrange(2)
    (source, sport), (target, dport) = ends[::-1] if way else ends
    flags = rng.choice((SYN, SYN, SYN | ACK, SYN | ACK, ACK, ACK, PSH | ACK, FIN | ACK, FIN | ACK, FIN, RST, RST | ACK))
    seq = first[way] + rng.choice((0, 0, 0, 0, 1, 1, 2, 1000)) if rng.random() < 0.9 else rng.getrandbits(32)
    ack = first[1 - way] + rng.choice((1, 1, 1, 0, 2, 1000)) if flags & ACK or rng.random() < 0.3 else 0
    return Packet(not way, source, target, craft.tcp(source, target, sport, dport, seq, ack, flags,
                                                     payload=b"r" * rng.choice((0, 0, 0, 5))))


def oddly(rng, packet):
    """The frame of a packet, now and then with a bad header, cut, or quoted by an ICMP error."""
    what, segment = rng.random(), packet.segment
    if what < 0.08:
        packet = with_segment(packet, 12, bytes([rng.randrange(256)]))
    elif what < 0.16:
        octets = ethernet(ip(packet), pad=0)
        return cut(octets, len(octets) - len(segment) + rng.randrange(21))
    elif what < 0.24:
        return error(packet, ip(packet)[:rng.choice((28, 40, 48, 60))])
    elif what < 0.28:
        packet = packet._replace(segment=segment[:rng.randrange(24)])
    return ethernet(ip(packet))


def random_streams(seed, strange):
    """Few ends, ports and sequence numbers, so that much is used again."""
    rng, frames = random.Random(seed), plain()
    for k in range(150):
        hosts = [("10.0.0.%d" % k, "10.0.1.%d" % k), ("fd00::%d" % k, "fd00::1:%d" % k)][rng.randrange(2)]
        pairs = [((hosts[0], 1000 + n), (hosts[1], 2000)) for n in range(rng.randrange(1, 3))]
        pairs.append(((hosts[0], 7), (hosts[0], rng.choice((7, 8)))))
        first = [rng.choice((100, 0, 0xFFFFFFFF, rng.getrandbits(32))) for _ in range(2)]
        for _ in range(rng.randrange(2, 25)):
            packet = random_packet(rng, rng.choice(pairs), first)
            frames.append(oddly(rng, packet) if strange else ethernet(ip(packet)))
    return pcap(frames)


for number in (1, 2):
    add("tcp-streams-random-%d.pcap" % number, random_streams, number, False)
    add("tcp-streams-random-odd-%d.pcap" % number, random_streams, number, True)
