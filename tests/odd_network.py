# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd captures (craft_odd.py): IP, and what is below it."""

import struct

import craft
from craft import TCP, addr
from odd_packets import (ARP, IPV4, IPV6, QINQ, VLAN, Record, add, beside, changed, conversation, cut, ethernet,
                         ethertype, ip, is_v6, longer, odd, one_after_the_other, pcap, plain, ppp_kind, v4, v6)

# --- fragments ---------------------------------------------------------------

MORE, DONT, EVIL = 0x2000, 0x4000, 0x8000


def pieces(segment, size=24):
    """(offset, octets, are there more?) of fragments, which hold size octets each."""
    starts = range(0, len(segment), size)
    return [(at, segment[at:at + size], at + size < len(segment)) for at in starts]


def ident(packet):
    """A number that hardly another packet of the conversation has."""
    return struct.unpack_from("!H", packet.segment, 16)[0]


def fragment4(packet, offset, octets, more, number=None, flags=0):
    return v4(packet.source, packet.target, octets, flags=flags | more * MORE | offset // 8,
              ident=ident(packet) if number is None else number)


def fragment6(packet, offset, octets, more, number=None, first=TCP):
    number = ident(packet) if number is None else number
    return v6(packet.source, packet.target, struct.pack("!BBHI", first, 0, offset | more, number) + octets, 44)


def fragments(arrange=list, size=24, tags=(), **fields):
    """A shape: in fragments, in the order that arrange() gives to pieces()."""

    def shape(packet):
        make = fragment6 if is_v6(packet) else fragment4
        return [ethernet(make(packet, *piece, **fields), tags=tags) for piece in arrange(pieces(packet.segment, size))]

    return shape


def overlapping(differ):
    """Each fragment repeats 8 octets of the one before; differ: as other octets."""

    def arrange(parts):
        out = parts[:1]
        for (before, octets, _), (at, own, more) in zip(parts, parts[1:]):
            again = octets[-8:]
            out.append((at - 8, bytes(byte ^ 0xFF for byte in again) + own if differ else again + own, more))
            assert at == before + len(octets)
        return out

    return arrange


ARRANGED = {
    "in-order": list, "backwards": lambda parts: parts[::-1], "first-only": lambda parts: parts[:1],
    "last-only": lambda parts: parts[-1:], "with-hole": lambda parts: parts[:1] + parts[2:],
    "twice": lambda parts: parts + parts, "doubled-each": lambda parts: [part for part in parts for _ in range(2)],
    "overlapping": overlapping(False), "overlapping-differently": overlapping(True),
    "of-odd-length": lambda parts: [(at, octets[:-3] if more else octets, more) for at, octets, more in parts],
    "past-the-end": lambda parts: [*parts, (parts[-1][0] + 64, b"x" * 8, False)],
    "empty-last": lambda parts: [*((at, octets, True) for at, octets, _ in parts),
                                 (sum(len(part[1]) for part in parts) // 8 * 8, b"", False)],
}


def fragmented(v6, *arguments, **fields):
    return pcap(beside(fragments(*arguments, **fields), v6))


def cut_fragments(v6):
    return pcap(beside(lambda packet: [cut(frame, 70 if v6 else 50) for frame in fragments()(packet)], v6))


for where, version in (("ipv4", False), ("ipv6", True)):
    for name, arrange in ARRANGED.items():
        add("%s-fragments-%s.pcap" % (where, name), fragmented, version, arrange)
    for octets in (8, 16):
        add("%s-fragments-of-%d.pcap" % (where, octets), fragmented, version, size=octets)
    add("%s-fragments-in-vlan.pcap" % where, fragmented, version, tags=(VLAN,))
    add("%s-fragments-of-same-ident.pcap" % where, fragmented, version, number=7)
    add("%s-fragments-cut-by-snaplen.pcap" % where, cut_fragments, version)


@odd("ipv4-fragment-flags.pcap")
def fragment_flags():
    """Don't fragment, the reserved flag, and both, on whole packets; DF on fragments."""
    return pcap(one_after_the_other([
        lambda packet: [ethernet(ip(packet, flags=DONT))], lambda packet: [ethernet(ip(packet, flags=EVIL))],
        lambda packet: [ethernet(ip(packet, flags=EVIL | DONT))], fragments(flags=DONT), fragments(flags=EVIL)]))


@odd("ipv4-fragments-mixed.pcap")
def mixed_fragments():
    """The fragments of all packets, the first ones first."""
    packets = conversation()
    parts = [(packet, piece) for packet in packets for piece in pieces(packet.segment)]
    parts.sort(key=lambda part: part[1][0])
    return pcap(plain() + [ethernet(fragment4(packet, *piece)) for packet, piece in parts])


@odd("ipv6-fragment-atomic.pcap")
def atomic_fragments():
    """A fragment header on packets that are whole."""
    return pcap(beside(fragments(size=2000), True))


# --- IPv6 extension headers --------------------------------------------------

HOP, ROUTING, FRAGMENT, ESP, AH, NOTHING, TARGET, MOBILITY, HIP, SHIM6 = 0, 43, 44, 50, 51, 59, 60, 135, 139, 140
PAD6 = b"\x01\x04\0\0\0\0"  # PadN of 6 octets
NEXT_HOP = addr("2001:db8:77::7")


def extension(kind, body=PAD6, size=None):
    """(type, function of the next type that returns the octets); size: what the header says, in 8 octets."""
    size = (len(body) + 2) // 8 - 1 if size is None else size
    return kind, lambda follows: struct.pack("!BB", follows, size) + body


def routing(kind, left, rest, size=None):
    return extension(ROUTING, struct.pack("!BB", kind, left) + rest, size)


AUTHENTICATION = (AH, lambda follows: struct.pack("!BBHII", follows, 4, 0, 99, 1) + b"\xaa" * 12)
ATOMIC = (FRAGMENT, lambda follows: struct.pack("!BBHI", follows, 0, 0, 77))


def chain(*headers, last=TCP):
    """A shape: the packet behind these headers; last: the type that the last of them names."""

    def shape(packet):
        kinds = [kind for kind, _ in headers] + [last]
        octets = b"".join(make(follows) for (_, make), follows in zip(headers, kinds[1:]))
        return [ethernet(v6(packet.source, packet.target, octets + packet.segment, kinds[0]))]

    return shape


PLACES = bytes(4) + NEXT_HOP
CHAINS = {
    "hop-by-hop": [chain(extension(HOP))], "hop-by-hop-router-alert": [chain(extension(HOP, b"\x05\x02\0\0\x01\0"))],
    "hop-by-hop-of-264": [chain(extension(HOP, PAD6 + (b"\x01\x7e" + bytes(126) + b"\x01\x7e" + bytes(126))))],
    "destination": [chain(extension(TARGET))],
    "unknown-options": [chain(extension(TARGET, bytes([kind, 4, 1, 2, 3, 4]))) for kind in (0x1E, 0x5E, 0x9E, 0xDE)],
    "option-over-the-header": [chain(extension(TARGET, b"\x1e\x40\1\2\3\4"))],
    "routing-0-done": [chain(routing(0, 0, PLACES))], "routing-0-to-go": [chain(routing(0, 1, PLACES))],
    "routing-0-empty": [chain(routing(0, 0, bytes(4)))], "routing-0-too-far": [chain(routing(0, 9, PLACES))],
    "routing-2": [chain(routing(2, 1, PLACES)), chain(routing(2, 0, PLACES))],
    "routing-3": [chain(routing(3, 1, PLACES)), chain(routing(3, 0, PLACES))],
    "routing-4": [chain(routing(4, left, struct.pack("!BBH", left, 0, 0) + NEXT_HOP)) for left in (0, 1)],
    "routing-253": [chain(routing(253, left, bytes(4))) for left in (0, 1)],
    "all-in-order": [chain(extension(HOP), extension(TARGET), routing(0, 0, PLACES), extension(TARGET))],
    "twice": [chain(extension(HOP), extension(HOP)), chain(extension(TARGET), extension(TARGET))],
    "hop-by-hop-not-first": [chain(extension(TARGET), extension(HOP))],
    "out-of-order": [chain(routing(0, 0, PLACES), extension(TARGET), extension(HOP))],
    "many": [chain(*[extension(TARGET)] * 20)],
    "authentication": [chain(AUTHENTICATION), chain(extension(HOP), AUTHENTICATION, extension(TARGET))],
    "atomic-in-the-middle": [chain(extension(HOP), ATOMIC, extension(TARGET))],
    "no-next": [chain(last=NOTHING), chain(extension(HOP), last=NOTHING)],
    "unknown-next": [chain(last=kind) for kind in (253, 254, 200, 255)],
    "encrypted": [chain((ESP, lambda follows: struct.pack("!II", 5, 6)))],
    "mobility": [chain(extension(MOBILITY, bytes(6))), chain(extension(MOBILITY), last=NOTHING)],
    "host-identity": [chain(extension(HIP, bytes(38)))], "shim6": [chain(extension(SHIM6, b"\x80" + bytes(5)))],
    "longer-than-packet": [chain(extension(HOP, size=200)), chain(extension(TARGET, size=255)),
                           chain(routing(0, 0, PLACES, size=100))],
    "longer-than-true": [chain(extension(HOP, size=1)), chain(extension(TARGET, size=1))],
    "ends-in-the-header": [chain(extension(TARGET, size=12))],
}
for name, shapes in CHAINS.items():
    add("ipv6-extension-%s.pcap" % name, lambda shapes: pcap(one_after_the_other(shapes, True)), shapes)


@odd("ipv6-extension-cut-at-every-byte.pcap")
def cut_extensions():
    """A packet with hop-by-hop, routing and destination headers, captured up to each of its octets."""
    packet = conversation(True)[0]
    frame, = chain(extension(HOP), routing(0, 0, PLACES), extension(TARGET))(packet)
    return pcap(plain() + [cut(frame, n) for n in range(len(frame) + 1)])


@odd("ipv4-authentication.pcap")
def authentication():
    return pcap(beside(lambda packet: [ethernet(v4(packet.source, packet.target,
                                                   AUTHENTICATION[1](TCP) + packet.segment, AH))]))


# --- what IP says of itself --------------------------------------------------


def said(v6=False, pad=60, **fields):
    """A capture in which the IP header says so."""
    return pcap(beside(lambda packet: [ethernet(ip(packet, **fields), pad=pad)], v6))


add("ipv4-total-length-0.pcap", said, total=0)
add("ipv6-payload-length-0.pcap", said, True, length=0)
for words in (0, 1, 2, 3, 4, 6, 10, 15):
    add("ipv4-header-says-%d-words.pcap" % words, said, words=words)
for octets in (1, 8, 19, 20, 21, 24, 39, 40, 44, 50):
    add("ipv4-total-length-%d.pcap" % octets, said, total=octets, pad=0)
for octets in (1, 4, 19, 20, 24, 30):
    add("ipv6-payload-length-%d.pcap" % octets, said, True, length=octets, pad=0)
for octets in (200, 1500, 65535):
    add("ipv4-total-length-%d.pcap" % octets, said, total=octets, pad=0)
    add("ipv6-payload-length-%d.pcap" % octets, said, True, length=octets, pad=0)


@odd("ip-version-wrong.pcap")
def wrong_version():
    """Version 0, 5, 6 and 15 in IPv4 headers; 0, 4, 5 in those of IPv6; the ethertype is right."""
    def shape(n, pad=60):
        return lambda packet: [ethernet(ip(packet, version=n), IPV6 if is_v6(packet) else IPV4, pad=pad)]

    return pcap(one_after_the_other([shape(n) for n in (0, 5, 6, 15)]) +
                one_after_the_other([shape(n) for n in (0, 4, 5, 7)], True))


@odd("ip-ethertype-of-the-other-version.pcap")
def wrong_ethertype():
    return pcap(beside(lambda packet: [ethernet(ip(packet), IPV6)]) +
                beside(lambda packet: [ethernet(ip(packet), IPV4)], True))


@odd("ipv4-options.pcap")
def ip_options():
    """No operation, record route, time stamp, router alert, source routes, unknown, bad lengths, end in the middle."""
    options = [b"\1\1\1\1", b"\x07\x0b\x04" + bytes(8) + b"\0", b"\x44\x0c\x05\0" + bytes(8), b"\x94\x04\0\0",
               b"\x83\x07\x04" + addr("198.51.100.9") + b"\0", b"\x83\x07\x08" + addr("198.51.100.9") + b"\0",
               b"\x89\x07\x04" + addr("198.51.100.9") + b"\0", b"\x82\x0b" + bytes(9) + b"\0", b"\x1e\x04ab",
               b"\x1e\0ab", b"\x1e\x01ab", b"\x1e\x28ab", b"\0abc", b"\1" * 40]
    return pcap(one_after_the_other([lambda packet, octets=octets: [ethernet(ip(packet, options=octets))]
                                     for octets in options]))


@odd("ip-protocol-not-tcp.pcap")
def not_tcp():
    """TCP segments under the numbers of other protocols, and packets of those."""
    numbers = (0, 2, 4, 6, 17, 33, 41, 46, 47, 50, 58, 89, 94, 97, 103, 108, 112, 115, 132, 136, 137, 255)
    return pcap(one_after_the_other([lambda packet, n=n: [ethernet(ip(packet, protocol=n))] for n in numbers]))


# --- padding and trailers ----------------------------------------------------


@odd("ethernet-padding-and-trailer.pcap")
def trailers():
    """Behind the IP packet: nothing, padding with text, a check sum, 20 octets, 1400."""
    shapes = [lambda packet: [ethernet(ip(packet), pad=0)],
              lambda packet: [ethernet(ip(packet), pad=0).ljust(100, b"x")],
              lambda packet: [ethernet(ip(packet)) + b"\xde\xad\xbe\xef"],
              lambda packet: [ethernet(ip(packet)) + bytes(20)], lambda packet: [ethernet(ip(packet)) + b"y" * 1400]]
    return pcap(one_after_the_other(shapes) + one_after_the_other(shapes, True))


@odd("ethernet-padding-cut.pcap")
def cut_padding():
    """The snaplen cuts the padding of a 60 octet frame off."""
    return pcap(beside(lambda packet: [Record(frame[:54 + n], 64) for n in (0, 2, 6)
                                       for frame in [ethernet(ip(packet._replace(segment=changed(
                                           packet.segment[:20], 12, b"\x50"))))]]))


@odd("ethernet-cut-at-every-byte.pcap")
def cut_everywhere():
    """A request that was captured up to each of its octets; then as if no more had been on the wire."""
    frames = plain()
    for version in (False, True):
        request = conversation(version)[3]
        frame = ethernet(ip(request))
        frames += [cut(frame, n) for n in range(len(frame) + 1)] + [frame[:n] for n in range(len(frame) + 1)]
    return pcap(frames)


@odd("frame-longer-than-its-length.pcap")
def captured_more():
    """Records that say that more was captured than was on the wire."""
    return pcap(beside(lambda packet: [Record(ethernet(ip(packet)), n) for n in (0, 14, 34, 60)]))


@odd("frame-empty.pcap")
def empty_frames():
    return pcap(beside(lambda packet: [Record(b"", 0), Record(b"", 60), Record(b"\0", 1)]))


@odd("jumbo-frames.pcap")
def jumbo():
    """Segments of 9000 octets and of 64 KB, whole and cut; more than the IP length can say."""
    frames = []
    for version in (False, True):
        for size in (8900, 65000, 65483, 65495, 65496, 65535, 70000):
            frames += [cut(ethernet(ip(longer(packet, size))), n)
                       for packet in conversation(version) for n in (66, 100000)]
    return pcap(frames)


def big(packet):
    """A jumbo payload option (RFC 2675), as Linux writes it for BIG TCP."""
    octets = bytes([TCP, 0, 0xC2, 4]) + struct.pack("!I", len(packet.segment) + 8)
    return v6(packet.source, packet.target, octets + packet.segment, HOP, length=0)


@odd("ipv6-jumbo-payload.pcap")
def jumbo_payload():
    frames = [ethernet(ip(packet)) for packet in conversation(True)]
    for size in (20, 66000, 180000):
        frames += [cut(ethernet(big(longer(packet, size))), n) for packet in conversation(True) for n in (90, 250000)]
    return pcap(frames)


@odd("ipv4-big-tcp.pcap")
def big_ipv4():
    """BIG TCP of IPv4: more than 64 KB behind a total length of 0."""
    return pcap([cut(ethernet(ip(longer(packet, 150000), total=0)), n)
                 for packet in conversation() for n in (70, 250000)])


# --- tags, labels and sessions on Ethernet -----------------------------------



def both_versions(make):
    """A conversation of IPv4 and one of IPv6, whose frames make() makes of a packet."""
    return pcap(beside(lambda packet: [make(packet)]) + beside(lambda packet: [make(packet)], True))


TAGGED = {"vlan": (VLAN,), "qinq": (QINQ, VLAN), "qinq-alone": (QINQ,), "vlan-three-times": (VLAN, VLAN, VLAN),
          "vlan-9100": (0x9100,), "vlan-9100-and-8100": (0x9100, VLAN), "vlan-9200": (0x9200,),
          "vlan-ten-times": (VLAN,) * 10, "macsec": (0x88E5,), "backbone": (0x88E7,), "realtek": (0x8899,)}
for name, tags in TAGGED.items():
    add("%s.pcap" % name, both_versions, lambda packet, tags=tags: ethernet(ip(packet), tags=tags))


@odd("vlan-same-connection-in-two.pcap")
def two_vlans():
    """The same packets in a VLAN and outside."""
    return pcap(beside(lambda packet: [ethernet(ip(packet), tags=(VLAN,)), ethernet(ip(packet))]))


@odd("vlan-with-length-and-llc.pcap")
def vlan_llc():
    return pcap(beside(lambda packet: [ethernet(struct.pack("!H", 8 + len(ip(packet))) + snap(ip(packet)), VLAN)]))


def label(value, bottom):
    return struct.pack("!I", value << 12 | bottom << 8 | 64)


def inner_ethernet(packet):
    return ethernet(ip(packet))


MPLS = 0x8847
LABELLED = {
    "mpls": lambda packet: ethernet(label(100, 1) + ip(packet), MPLS),
    "mpls-two-labels": lambda packet: ethernet(label(100, 0) + label(200, 1) + ip(packet), MPLS),
    "mpls-multicast": lambda packet: ethernet(label(100, 1) + ip(packet), 0x8848),
    "mpls-explicit-null": lambda packet: ethernet(label(2 if is_v6(packet) else 0, 1) + ip(packet), MPLS),
    "mpls-ethernet": lambda packet: ethernet(label(100, 1) + inner_ethernet(packet), MPLS),
    "mpls-ethernet-control-word": lambda packet: ethernet(label(100, 1) + bytes(4) + inner_ethernet(packet), MPLS),
    "mpls-in-vlan": lambda packet: ethernet(label(100, 1) + ip(packet), MPLS, (VLAN,)),
    "mpls-no-bottom": lambda packet: ethernet(label(100, 0) + ip(packet), MPLS),
}


def session(packet, octets, head=b"\x11\0\0\x07", kind=0x8864, length=None):
    return ethernet(head + struct.pack("!H", len(octets) if length is None else length) + octets, kind)


def in_ppp(packet):
    return struct.pack("!H", ppp_kind(ip(packet))) + ip(packet)


SESSIONS = {
    "pppoe": lambda packet: session(packet, in_ppp(packet)),
    "pppoe-short-protocol": lambda packet: session(packet, in_ppp(packet)[1:]),
    "pppoe-address-control": lambda packet: session(packet, b"\xff\x03" + in_ppp(packet)),
    "pppoe-version-2": lambda packet: session(packet, in_ppp(packet), b"\x21\0\0\x07"),
    "pppoe-code-9": lambda packet: session(packet, in_ppp(packet), b"\x11\x09\0\x07"),
    "pppoe-length-too-long": lambda packet: session(packet, in_ppp(packet), length=1000),
    "pppoe-length-too-short": lambda packet: session(packet, in_ppp(packet), length=30),
    "pppoe-control-protocol": lambda packet: session(packet, b"\xc0\x21\x01\x01\0\x04"),
    "pppoe-discovery": lambda packet: session(packet, in_ppp(packet), kind=0x8863),
}
EXTRA = {
    "llc-snap": lambda packet: ethernet(snap(ip(packet)), 8 + len(ip(packet)), pad=0),
    "llc-snap-padded": lambda packet: ethernet(snap(ip(packet)), 8 + len(ip(packet)), pad=200),
    "llc-snap-length-too-short": lambda packet: ethernet(snap(ip(packet)), 40),
    "llc-snap-length-too-long": lambda packet: ethernet(snap(ip(packet)), 1000),
    "llc-ip": lambda packet: ethernet(b"\x06\x06\x03" + ip(packet), 3 + len(ip(packet))),
    "llc-spanning-tree": lambda packet: ethernet(b"\x42\x42\x03" + bytes(35), 38),
    "ethertype-below-1536": lambda packet: ethernet(ip(packet), 1501),
    "ethertype-unknown": lambda packet: ethernet(ip(packet), 0x1234),
    "ethertype-arp": lambda packet: ethernet(craft.arp_request("192.0.2.1", "192.0.2.2"), ARP),
    "novell-raw": lambda packet: ethernet(b"\xff\xff" + ip(packet), 2 + len(ip(packet))),
}


def snap(packet, kind=None):
    kind = ethertype(packet) if kind is None else kind
    return b"\xaa\xaa\x03\0\0\0" + struct.pack("!H", kind) + packet


for name, make in {**LABELLED, **SESSIONS, **EXTRA}.items():
    add("ethernet-%s.pcap" % name, both_versions, make)
