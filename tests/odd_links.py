# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd captures (craft_odd.py): tunnels, link types other than Ethernet, and ICMP errors."""

import struct

import craft
from craft import ICMP, ICMPV6, TCP, UDP, addr
from odd_network import (AUTHENTICATION, ROUTING, VLAN, both_versions, extension, fragment4, fragment6, in_ppp, label,
                         pieces, snap)
from odd_packets import (ARP, IPV4_LINK, IPV6, IPV6_LINK, LOOP, NULL, PPP, RAW, SLL, SLL2, add, beside,
                         changed, conversation, cut, ethernet, ethertype, ip, is_v6, odd, one_after_the_other, outer4,
                         outer6, pcap, plain, sll, sll2, udp, v4, v6)

# --- tunnels: a function that makes the payload, and how it is sent ----------


def gre(packet, kind, head=b"\0\0", fields=b""):
    return head + struct.pack("!H", kind) + fields + packet


def gre_ip(packet, **how):
    return gre(ip(packet), ethertype(ip(packet)), **how)


def gre_ethernet(packet):
    return gre(ethernet(ip(packet)), 0x6558)


def vxlan(packet, flags=8):
    return struct.pack("!BBHI", flags, 0, 0, 77 << 8) + ethernet(ip(packet))


def geneve(packet, kind=0x6558, options=b""):
    inner = ethernet(ip(packet)) if kind == 0x6558 else ip(packet)
    return struct.pack("!BBHI", len(options) // 4, 0, kind, 77 << 8) + options + inner


def gtp(packet):
    return struct.pack("!BBHI", 0x30, 255, len(ip(packet)), 9) + ip(packet)


def gtp_extended(packet):
    return struct.pack("!BBHIHBBBBBB", 0x34, 255, len(ip(packet)) + 8, 9, 0, 0, 0x85, 1, 0x10, 9, 0) + ip(packet)


def l2tp(packet):
    return struct.pack("!HHH", 0x0002, 7, 9) + b"\xff\x03" + in_ppp(packet)


def erspan(packet):
    return gre(struct.pack("!HHI", 0x1001, 5, 0) + ethernet(ip(packet)), 0x88BE, b"\x10\0", bytes(4))


def in4(make, protocol):
    return lambda packet: ethernet(outer4(packet, make(packet), protocol))


def in6(make, protocol):
    return lambda packet: ethernet(outer6(packet, make(packet), protocol))


def over_udp(make, port, source_port=50000):
    return in4(lambda packet: udp(make(packet), port, source_port), UDP)


IPIP, IN6, GRE = 4, 41, 47
TUNNELS = {
    "gre": in4(gre_ip, GRE), "gre-in-ipv6": in6(gre_ip, GRE), "gre-ethernet": in4(gre_ethernet, GRE),
    "gre-with-key-and-sequence": in4(lambda packet: gre_ip(packet, head=b"\x30\0", fields=bytes(8)), GRE),
    "gre-with-checksum": in4(lambda packet: gre_ip(packet, head=b"\x80\0", fields=bytes(4)), GRE),
    "gre-ppp": in4(lambda packet: gre(b"\xff\x03" + in_ppp(packet), 0x880B, b"\x30\x01", bytes(8)), GRE),
    "gre-unknown": in4(lambda packet: gre(ip(packet), 0x1234), GRE),
    "erspan": in4(erspan, GRE),
    "in-ipv4": lambda packet: ethernet(outer4(packet, ip(packet), IN6 if is_v6(packet) else IPIP)),
    "in-ipv6": lambda packet: ethernet(outer6(packet, ip(packet), IN6 if is_v6(packet) else IPIP)),
    "in-ipv4-with-wrong-protocol": lambda packet: ethernet(outer4(packet, ip(packet), IPIP if is_v6(packet) else IN6)),
    "in-ipv4-twice": in4(lambda packet: outer4(packet, ip(packet), IN6 if is_v6(packet) else IPIP), IPIP),
    "in-ipv4-in-ipv6": in6(lambda packet: outer4(packet, ip(packet), IN6 if is_v6(packet) else IPIP), IPIP),
    "in-ipv4-fragments": lambda packet: ethernet(outer4(packet, fragmented_inside(packet),
                                                        IN6 if is_v6(packet) else IPIP)),
    "vxlan": over_udp(vxlan, 4789), "vxlan-on-8472": over_udp(vxlan, 8472), "vxlan-on-12345": over_udp(vxlan, 12345),
    "vxlan-from-4789": over_udp(vxlan, 12345, 4789),
    "vxlan-without-flag": over_udp(lambda packet: vxlan(packet, 0), 4789), "geneve": over_udp(geneve, 6081),
    "geneve-with-options": over_udp(lambda packet: geneve(packet, options=bytes(8)), 6081),
    "geneve-ip": over_udp(lambda packet: geneve(packet, ethertype(ip(packet))), 6081),
    "gtp": over_udp(gtp, 2152), "gtp-from-2152": over_udp(gtp, 12345, 2152),
    "gtp-extended": over_udp(gtp_extended, 2152),
    "l2tp": over_udp(l2tp, 1701), "teredo": over_udp(ip, 3544), "teredo-from-3544": over_udp(ip, 40000, 3544),
    "mpls-in-udp": over_udp(lambda packet: label(9, 1) + ip(packet), 6635),
    "mpls-in-ipv4": in4(lambda packet: label(9, 1) + ip(packet), 137),
    "ethernet-in-ipv4": in4(lambda packet: b"\x30\0" + ethernet(ip(packet)), 97),
    "ipcomp": in4(lambda packet: struct.pack("!BBH", TCP, 0, 2) + packet.segment, 108),
    "tcp-in-udp": over_udp(lambda packet: packet.segment, 9899),
    "authenticated": in4(lambda packet: AUTHENTICATION[1](IN6 if is_v6(packet) else IPIP) + ip(packet), 51),
    "esp-in-udp": over_udp(lambda packet: struct.pack("!II", 5, 6) + ip(packet), 4500),
    "dns": over_udp(lambda packet: struct.pack("!6H", 1, 0x100, 0, 0, 0, 0), 53),
    "sctp": in4(lambda packet: struct.pack("!HHII", 1, 2, 3, 4) + ip(packet), 132),
}


def fragmented_inside(packet):
    return (fragment6 if is_v6(packet) else fragment4)(packet, *pieces(packet.segment)[0])


for name, make in TUNNELS.items():
    add("tunnel-%s.pcap" % name, both_versions, make)


@odd("tunnel-same-connection-inside-and-outside.pcap")
def inside_and_outside():
    """As a host with a tunnel captures on all interfaces: each packet in the tunnel and before it."""
    return pcap(beside(lambda packet: [ethernet(ip(packet)), TUNNELS["gre"](packet), TUNNELS["vxlan"](packet)]))


@odd("tunnel-udp-in-fragments.pcap")
def tunnel_fragments():
    """VXLAN whose outer packet is fragmented."""
    frames = plain()
    for number, packet in enumerate(conversation()):
        payload = udp(vxlan(packet), 4789)
        frames += [ethernet(v4("198.51.100.1", "198.51.100.2", octets, UDP, flags=at // 8 | more << 13, ident=number))
                   for at, octets, more in pieces(payload, 64)]
    return pcap(frames)


# --- link types --------------------------------------------------------------


def family(order, other=0):
    """Null and loop: the address family of the capturing host; IPv6 has several numbers."""
    return lambda packet: struct.pack(order + "I", other or (30 if ethertype(packet) == 0x86DD else 2)) + packet


def hdlc(packet):
    return struct.pack("!BBH", 0x0F, 0, ethertype(packet)) + packet


def with_ppp(head=b"", short=False):
    return lambda packet: head + struct.pack("!H", 0x57 if ethertype(packet) == IPV6 else 0x21)[short:] + packet


def unwrapped(packet):
    return packet


LINKS = {
    "raw-101": (RAW, unwrapped), "raw-12": (12, unwrapped), "raw-14": (14, unwrapped), "raw-13": (13, unwrapped),
    "ipv4-228": (IPV4_LINK, unwrapped), "ipv6-229": (IPV6_LINK, unwrapped),
    "null-little-endian": (NULL, family("<")), "null-big-endian": (NULL, family(">")),
    "loop-little-endian": (LOOP, family("<")), "loop-big-endian": (LOOP, family(">")),
    "null-family-10": (NULL, family("<", 10)), "null-family-24": (NULL, family("<", 24)),
    "null-family-28": (NULL, family("<", 28)), "null-family-30": (NULL, family("<", 30)),
    "null-family-2": (NULL, family("<", 2)), "null-family-99": (NULL, family("<", 99)),
    "null-ethertype": (NULL, lambda packet: struct.pack("<I", ethertype(packet)) + packet),
    "loop-family-24": (LOOP, family(">", 24)), "loop-family-99": (LOOP, family(">", 99)),
    "null-hdlc": (NULL, lambda packet: b"\xff\x03" + with_ppp()(packet)),
    "sll": (SLL, sll), "sll-vlan": (SLL, lambda packet: sll(struct.pack("!HH", 5, ethertype(packet)) + packet, VLAN)),
    "sll-arp": (SLL, lambda packet: sll(craft.arp_request("192.0.2.1", "192.0.2.2"), ARP)),
    "sll-loopback": (SLL, lambda packet: sll(packet, hardware=772)),
    "sll-netlink": (SLL, lambda packet: sll(packet, hardware=824)),
    "sll-gre": (SLL, lambda packet: sll(packet, hardware=778)),
    "sll-llc": (SLL, lambda packet: sll(b"\x06\x06\x03" + packet, 4)),
    "sll-snap": (SLL, lambda packet: sll(snap(packet), 4)), "sll-novell": (SLL, lambda packet: sll(packet, 1)),
    "sll-radiotap": (SLL, lambda packet: sll(bytes(8) + packet, hardware=803)),
    "sll-unknown": (SLL, lambda packet: sll(packet, 0x1234)),
    "sll2": (SLL2, sll2),
    "sll2-vlan": (SLL2, lambda packet: sll2(struct.pack("!HH", 5, ethertype(packet)) + packet, VLAN)),
    "sll2-arp": (SLL2, lambda packet: sll2(craft.arp_request("192.0.2.1", "192.0.2.2"), ARP)),
    "sll2-loopback": (SLL2, lambda packet: sll2(packet, hardware=772)),
    "sll2-netlink": (SLL2, lambda packet: sll2(packet, hardware=824)),
    "sll2-gre": (SLL2, lambda packet: sll2(packet, hardware=778)),
    "sll2-llc": (SLL2, lambda packet: sll2(b"\x06\x06\x03" + packet, 4)),
    "sll2-tunnel": (SLL2, lambda packet: sll2(packet, hardware=768)),
    "ppp-9": (PPP, with_ppp()), "ppp-9-address-control": (PPP, with_ppp(b"\xff\x03")),
    "ppp-9-short-protocol": (PPP, with_ppp(short=True)), "ppp-9-cisco": (PPP, hdlc),
    "ppp-9-other-address": (PPP, with_ppp(b"\xff\x7d")), "ppp-50": (50, with_ppp(b"\xff\x03")),
    "ppp-50-cisco": (50, hdlc),
    "pppoe-51": (51, lambda packet: struct.pack("!BBHH", 0x11, 0, 7, len(packet) + 2) + with_ppp()(packet)),
    "hdlc-104": (104, hdlc), "ppp-with-direction-204": (204, lambda packet: b"\0\xff\x03" + with_ppp()(packet)),
    "ppp-166": (166, lambda packet: b"\0\0" + with_ppp()(packet)),
    "frame-relay-107": (107, lambda packet: b"\x18\x41\x03\xcc" + packet),
    "wifi-105": (105, lambda packet: b"\x08\x01\0\0" + bytes(20) + snap(packet)),
    "wifi-radiotap-127": (127, lambda packet: b"\0\0\x08\0\0\0\0\0\x08\x01\0\0" + bytes(20) + snap(packet)),
    "usb-189": (189, lambda packet: bytes(48) + packet), "user-147": (147, unwrapped), "unknown-999": (999, unwrapped),
    "token-ring-6": (6, lambda packet: b"\x10\x40" + bytes(12) + snap(packet)),
    "fddi-10": (10, lambda packet: b"\x50" + bytes(12) + snap(packet)),
    "firewire-138": (138, lambda packet: bytes(16) + struct.pack("!H", ethertype(packet)) + packet),
    "fibre-channel-ip-122": (122, lambda packet: bytes(16) + snap(packet)),
    "atm-llc-100": (100, snap), "slip-8": (8, lambda packet: bytes(16) + packet),
    "mpls-219": (219, lambda packet: label(9, 1) + packet), "upper-pdu-252": (252, unwrapped),
    "pflog-117": (117, lambda packet: bytes([61, 30 if ethertype(packet) == IPV6 else 2]) + bytes(62) + packet),
    "netanalyzer-240": (240, lambda packet: bytes(4) + ethernet(packet)),
    "ethernet-mpacket-274": (274, lambda packet: b"\x55" * 7 + b"\xd5" + ethernet(packet) + bytes(4)),
    "nflog-239": (239, lambda packet: bytes([10 if ethertype(packet) == IPV6 else 2, 0, 0, 0]) +
                  struct.pack("<HH", 4 + len(packet), 9) + packet),
    "vsock-271": (271, lambda packet: bytes(32) + packet), "docsis-143": (143, unwrapped),
    "ipnet-226": (226, unwrapped),
}


def on_link(link, wrap):
    """IPv4, and IPv6, without Ethernet; and the shortest frames."""
    frames = [wrap(ip(packet)) for version in (False, True) for packet in conversation(version)]
    return pcap(frames + [frames[3][:n] for n in range(40)] + [cut(frames[3], n) for n in range(40)], link)


for name, (number, wrapping) in LINKS.items():
    add("link-%s.pcap" % name, on_link, number, wrapping)


@odd("link-raw-101-not-ip.pcap")
def raw_of_no_version():
    return pcap(beside(lambda packet: [changed(ip(packet), 0, bytes([n << 4 | 5])) for n in (0, 1, 5, 7, 15)],
                       wrap=unwrapped), RAW)


@odd("link-ipv4-228-with-tail.pcap")
def raw_with_tail():
    return pcap(beside(lambda packet: [ip(packet) + b"tail"], wrap=unwrapped), IPV4_LINK)


@odd("link-sll-mixed.pcap")
def sll_mixed():
    """VLANs inside one another, MPLS, PPPoE, LLC and ARP on a cooked link."""
    kinds = [lambda octets: sll(struct.pack("!HHHH", 5, VLAN, 6, ethertype(octets)) + octets, 0x88A8),
             lambda octets: sll(label(100, 1) + octets, 0x8847),
             lambda octets: sll(b"\x11\0\0\x07" + struct.pack("!H", 2 + len(octets)) + with_ppp()(octets), 0x8864),
             lambda octets: sll(snap(octets), 4), lambda octets: sll(octets, ARP)]
    return pcap(one_after_the_other([lambda packet, kind=kind: [kind(ip(packet))] for kind in kinds], wrap=sll), SLL)


# --- ICMP --------------------------------------------------------------------


def icmp4(packet, quoted, kind=3, code=1, rest=0):
    """From a router, to who sent the packet."""
    message = struct.pack("!BBHI", kind, code, 0, rest) + quoted
    message = changed(message, 2, struct.pack("!H", craft.internet_checksum(message)))
    return ethernet(v4("198.51.100.77", packet.source, message, ICMP))


def icmp6(packet, quoted, kind=1, code=0, rest=0):
    message = struct.pack("!BBHI", kind, code, 0x1234, rest) + quoted
    return ethernet(v6("2001:db8:77::1", packet.source, message, ICMPV6))


def error(packet, quoted, *what):
    return (icmp6 if is_v6(packet) else icmp4)(packet, quoted, *what)


ERRORS4 = [(3, code) for code in range(17)] + [(4, 0)] + [(5, code) for code in range(4)] + \
    [(kind, code) for kind in (11, 12) for code in range(3)] + \
    [(0, 0), (8, 0), (9, 0), (10, 0), (13, 0), (30, 0), (40, 1), (42, 0), (99, 0)]
ERRORS6 = [(1, code) for code in range(9)] + [(2, 0), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2), (4, 3), (5, 0), (100, 0),
                                              (101, 0), (127, 0), (128, 0), (129, 0), (137, 0), (160, 0)]


@odd("icmp-types-and-codes.pcap")
def icmp_kinds():
    """Each error, and some that are none, quote a packet of the conversation, whole; then 28 octets of it, or 48."""
    frames = []
    for version, kinds, short in ((False, ERRORS4, 28), (True, ERRORS6, 48)):
        packets = conversation(version)
        frames += [ethernet(ip(packet)) for packet in packets[:5]]
        for size in (None, short):
            frames += [error(packets[3], ip(packets[3])[:size], *kind) for kind in kinds]
        frames += [ethernet(ip(packet)) for packet in packets[5:]]
    return pcap(frames)


def quoted_all_lengths(v6, capture):
    """An error after a conversation, which quotes a packet up to each of its octets; or is captured so far."""
    packets = conversation(v6)
    frames = [ethernet(ip(packet)) for packet in packets]
    request = ip(packets[3])
    if capture:
        whole = error(packets[3], request)
        return pcap(frames + [cut(whole, n) for n in range(14, len(whole))])
    return pcap(frames + [error(packets[3], request[:n]) for n in range(len(request) + 1)])


for where, version in (("icmp", False), ("icmpv6", True)):
    add("%s-quotes-up-to-every-byte.pcap" % where, quoted_all_lengths, version, False)
    add("%s-cut-at-every-byte.pcap" % where, quoted_all_lengths, version, True)


@odd("icmp-before-the-stream.pcap")
def icmp_first():
    """The quoted SYN, then the connection; and errors that quote streams that never come, SYNs with other numbers, FIN
    and RST."""
    frames = []
    for version in (False, True):
        packets, others = conversation(version), conversation(version)
        frames.append(error(packets[0], ip(packets[0])))
        frames += [ethernet(ip(packet)) for packet in packets[:4]]
        for flags in (b"\x02", b"\x12", b"\x04", b"\x11", b"\x14"):
            odd_one = packets[0]._replace(segment=changed(changed(packets[0].segment, 4, b"abcd"), 13, flags))
            frames.append(error(odd_one, ip(odd_one)))
            frames.append(ethernet(ip(packets[0])))
        frames += [ethernet(ip(packet)) for packet in packets[4:]]
        frames += [error(packet, ip(packet)) for packet in others]
    return pcap(frames)


@odd("icmp-quotes-others.pcap")
def icmp_others():
    """UDP, ICMP, IP of another version, fragments, no TCP header, options, a wrong version, wrong lengths, tunnels."""
    frames = []
    for version in (False, True):
        packets = conversation(version)
        frames += [ethernet(ip(packet)) for packet in packets]
        packet = packets[3]
        whole = ip(packet)
        inside = outer6(packet, whole, 41) if version else outer4(packet, whole, 4)
        quotes = [ip(packet, protocol=UDP), ip(packet, protocol=ICMP), ip(packet, protocol=ICMPV6),
                  ip(packet, protocol=99),
                  ip(packet, version=5), ip(packet, version=4 if version else 6), b"", b"\x45", inside]
        if version:
            quotes += [ip(packet, length=0), ip(packet, length=10), ip(packet, length=9000),
                       fragment6(packet, 0, packet.segment[:24], True),
                       fragment6(packet, 24, packet.segment[24:], False),
                       v6(packet.source, packet.target, extension(60)[1](TCP) + packet.segment, 60),
                       v6(packet.source, packet.target,
                          extension(ROUTING, b"\0\x01" + bytes(4) + addr("2001:db8::9"))[1](TCP) + packet.segment,
                          ROUTING)]
        else:
            quotes += [ip(packet, total=0), ip(packet, total=21), ip(packet, total=9000), ip(packet, words=3),
                       ip(packet, options=b"\x94\x04\0\0"), fragment4(packet, 0, packet.segment[:24], True),
                       fragment4(packet, 24, packet.segment[24:], False)]
        frames += [error(packet, octets) for octets in quotes]
        quoted_error = error(packet, whole)[14:]
        frames.append(error(packet, quoted_error))
    return pcap(frames)


@odd("icmp-in-vlan-and-tunnels.pcap")
def icmp_inside():
    frames = []
    for version in (False, True):
        packets = conversation(version)
        frames += [ethernet(ip(packet)) for packet in packets]
        message = error(packets[3], ip(packets[3]))[14:]
        frames += [ethernet(message, tags=(VLAN,)), ethernet(message, tags=(0x88A8, VLAN)),
                   ethernet(label(9, 1) + message, 0x8847),
                   ethernet(outer4(packets[3], message, 41 if version else 4)),
                   ethernet(outer6(packets[3], message, 41 if version else 4)),
                   ethernet(outer4(packets[3], gre(message, ethertype(message)), GRE)),
                   ethernet(message, pad=300)]
    return pcap(frames)


@odd("icmp-extensions.pcap")
def icmp_extensions():
    """RFC 4884: the quoted packet is padded to 128 octets, and behind it is an MPLS label stack."""
    frames = []
    extra = b"\x20\0\0\0\0\x08\x01\x01" + label(16, 1)
    for version in (False, True):
        packets = conversation(version)
        frames += [ethernet(ip(packet)) for packet in packets]
        padded = ip(packets[3]).ljust(128, b"\0")[:128]
        for length in (0, 16 if version else 32, 5, 255):
            what = (3, 0, length << 24) if version else (11, 0, length << 16)
            frames.append(error(packets[3], padded + extra, *what))
    return pcap(frames)


@odd("icmp-other-address-family.pcap")
def icmp_other_family():
    """ICMP in IPv6, and ICMPv6 in IPv4."""
    four, six = conversation(), conversation(True)
    message4 = struct.pack("!BBHI", 3, 1, 0, 0) + ip(four[3])
    message6 = struct.pack("!BBHI", 1, 0, 0, 0) + ip(six[3])
    return pcap(plain() + [ethernet(v6("2001:db8::7", six[3].source, message6, ICMP)),
                           ethernet(v4("198.51.100.7", four[3].source, message4, ICMPV6)),
                           ethernet(v6("2001:db8::7", six[3].source, message4, ICMPV6)),
                           ethernet(v4("198.51.100.7", four[3].source, message6, ICMP))])
