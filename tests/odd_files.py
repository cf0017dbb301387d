# SPDX-License-Identifier: GPL-3.0-or-later
"""Odd captures (craft_odd.py): pcap, pcapng and gzip files; time stamps and interfaces."""

import struct
import zlib

from craft import FIRST_TIME, STEP, gzip, made_up
from odd_packets import (ENHANCED, ETHERNET, INTERFACE, MICRO, MODIFIED, NAMES, NANO, OBSOLETE, RAW, SECTION, SIMPLE,
                         SLL, STATISTICS, Blocks, Record, add, conversation, cut, ethernet, ip, odd, padded, pcap,
                         pcap_head, pcap_record, pcap_records, plain, sll, timed)

SECOND = 10 ** 9
FIRST = FIRST_TIME // SECOND

# --- pcap --------------------------------------------------------------------

for order, order_name in (("<", "little"), (">", "big")):
    for magic, unit in ((MICRO, "micro"), (NANO, "nano")):
        add("pcap-%s-%s-endian.pcap" % (unit, order_name),
            lambda order, magic: pcap(plain(), order=order, magic=magic), order, magic)


@odd("pcap-modified-little-endian.pcap", "<")
@odd("pcap-modified-big-endian.pcap", ">")
def modified(order):
    """Alexey Kuznetsov's format: each record has the interface, the protocol and the direction, too."""
    return pcap_head(order=order, magic=MODIFIED) + b"".join(
        octets[:16] + struct.pack(order + "IHBx", 2, 8, 0) + octets[16:] for octets in pcap_records(plain(), order))


@odd("pcap-modified-ss990915.pcap")
def modified_again():
    """The same with four octets more."""
    return pcap_head(magic=MODIFIED) + b"".join(
        octets[:16] + struct.pack("<IHBxI", 2, 8, 0, 0) + octets[16:] for octets in pcap_records(plain()))


@odd("pcap-modified-with-plain-records.pcap")
def modified_plain():
    return pcap(plain(), magic=MODIFIED)


@odd("pcap-modified-records-with-plain-magic.pcap")
def plain_modified():
    return pcap_head() + modified("<")[24:]


@odd("pcap-nokia.pcap")
def nokia():
    """Four octets more in each record, and the usual magic number."""
    return pcap_head() + b"".join(octets[:16] + bytes(4) + octets[16:] for octets in pcap_records(plain()))


@odd("pcap-and-8-octets.pcap")
def ends_with_long_header():
    """One packet, and then as many octets as the records of a modified format are longer: it may be one of these."""
    return pcap(plain()[3:4]) + pcap_record(REQUEST, len(REQUEST), FIRST, 0)[:8]


for version in ((2, 2), (2, 3), (2, 5), (1, 0), (3, 0), (543, 0), (0, 0)):
    add("pcap-version-%d-%d.pcap" % version, lambda version: pcap(plain(), version=version), version)


@odd("pcap-version-2-2-swapped-lengths.pcap", (2, 2))
@odd("pcap-version-2-3-swapped-lengths.pcap", (2, 3))
def swapped(version):
    """Before 2.3 the lengths stood the other way round."""
    return pcap_head(version=version) + b"".join(
        struct.pack("<4I", time // SECOND, time % SECOND // 1000, length, len(frame.data)) + frame.data
        for frame, time, length in timed([cut(octets, 70) for octets in plain()]))


for bits in (0x10000000, 0x14000000, 0x24000000, 0x44000000, 0xF0000000, 0x00010000, 0x04000000):
    add("pcap-link-bits-%08x.pcap" % bits,
        lambda bits: pcap([octets + b"\xfc\x5c\xfc\x5c" for octets in plain()], bits | ETHERNET), bits)
for snaplen in (0, 1, 64, 0xFFFFFFFF, 0x7FFFFFFF):
    add("pcap-snaplen-%d.pcap" % snaplen, lambda snaplen: pcap(plain(), snaplen=snaplen), snaplen)


@odd("pcap-time-zone.pcap")
def time_zone():
    return pcap_head()[:8] + struct.pack("<iI", 3600, 9) + pcap(plain())[16:]


def records(*odd_ones, **head):
    """A file with these records among others."""
    good = pcap_records(plain())
    return pcap_head(**head) + b"".join(good[:5] + list(odd_ones) + good[5:])


REQUEST = [ethernet(ip(packet)) for packet in conversation()][3]
LENGTHS = {
    "captured-0": (0, 60), "length-0": (len(REQUEST), 0), "both-0": (0, 0),
    "captured-more-than-length": (len(REQUEST), 40), "length-of-4-GB": (len(REQUEST), 0xFFFFFFFF),
    "captured-4-GB": (0xFFFFFFFF, 0xFFFFFFFF), "captured-262145": (262145, 262145), "captured-1-GB": (1 << 30, 1 << 30),
}
for name, (captured, length) in LENGTHS.items():
    add("pcap-record-%s.pcap" % name, lambda captured, length: records(
        pcap_record(REQUEST[:captured], length, FIRST + 1, 0, captured=captured)), captured, length)
    add("pcap-first-record-%s.pcap" % name, lambda captured, length: pcap_head() + pcap_record(
        REQUEST[:captured], length, FIRST, 0, captured=captured) + pcap(plain())[24:], captured, length)
for size in (65535, 65536, 262144, 262145, 300000):
    add("pcap-packet-of-%d.pcap" % size,
        lambda size: records(pcap_record(REQUEST.ljust(size, b"."), size, FIRST + 1, 0), snaplen=1 << 20), size)
    add("pcapng-packet-of-%d.pcapng" % size, lambda size: Blocks().section().interface(snaplen=0).packets(
        [*plain()[:5], REQUEST.ljust(size, b"."), *plain()[5:]]).octets(), size)

# --- time stamps -------------------------------------------------------------


@odd("time-same.pcap")
def same_time():
    return pcap([Record(octets, time=FIRST_TIME) for octets in plain()])


@odd("time-backwards.pcap")
def backwards():
    return pcap([Record(octets, time=FIRST_TIME - k * 1000) for k, octets in enumerate(plain())])


STAMPS = {"before-1970": [(-1, 0), (-1, 999999), (-2 ** 31, 5), (0xFFFFFFFF, 0)], "of-1970": [(0, 0), (0, 1), (1, 0)],
          "after-2038": [(2 ** 31 - 1, 999999), (2 ** 31, 0), (2 ** 31, 1)],
          "fraction-of-a-second": [(FIRST, 999999), (FIRST, 10 ** 6), (FIRST, 1999999), (FIRST, 2 * 10 ** 6)],
          "fraction-of-more": [(FIRST, 10 ** 7), (FIRST, 999999999), (FIRST, 10 ** 9), (FIRST, 10 ** 9 + 1),
                               (FIRST, 2 * 10 ** 9), (FIRST, 2 ** 31), (FIRST, 2 ** 32 - 1),
                               (2 ** 32 - 1, 2 ** 32 - 1)]}
for name, stamps in STAMPS.items():
    for magic, unit in ((MICRO, "micro"), (NANO, "nano")):
        add("time-%s-%s.pcap" % (name, unit), lambda stamps, magic: pcap_head(magic=magic) + b"".join(
            pcap_record(octets, len(octets), *stamps[k % len(stamps)]) for k, octets in enumerate(plain())), stamps,
            magic)

RESOLUTIONS = (0, 1, 3, 6, 9, 10, 12, 15, 18, 19, 20, 30, 127, 0x80, 0x80 | 1, 0x80 | 10, 0x80 | 20, 0x80 | 30,
               0x80 | 32,
               0x80 | 60, 0x80 | 63, 0x80 | 64, 0x80 | 70, 0xFF)


def resolution(tsresol, offset=None, ticks=None):
    """Time stamps near the time of other captures, or the largest ones that there are."""
    blocks = Blocks().section()
    extra = b"" if offset is None else blocks.option(14, struct.pack("<q", offset))
    blocks.interface(tsresol=tsresol, options=extra)
    for k, octets in enumerate(plain()):
        if ticks is None:
            top, bottom = blocks.units[0]
            value = (FIRST_TIME - (offset or 0) * SECOND + STEP * k) * bottom // (SECOND * top)
        else:
            value = ticks[k % len(ticks)]
        blocks.packet(octets, ticks=value & 0xFFFFFFFFFFFFFFFF)
    return blocks.octets()


LARGEST = (0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 + 1, 2 ** 62, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1)
for number in RESOLUTIONS:
    named = "%s-to-the-%d" % ("2" if number & 128 else "10", number & 127)
    add("time-resolution-%s.pcapng" % named, resolution, number)
    add("time-resolution-%s-largest.pcapng" % named, resolution, number, ticks=LARGEST)
for offset in (0, 1, 3600, -3600, FIRST, FIRST + 1, -FIRST, 2 ** 31, -2 ** 31, 2 ** 33, -2 ** 33, 2 ** 62, -2 ** 62,
               2 ** 63 - 1,
               -2 ** 63):
    add("time-offset-%+d.pcapng" % offset, resolution, 6, offset)
    add("time-offset-%+d-largest.pcapng" % offset, resolution, 9, offset, LARGEST)

# --- interfaces --------------------------------------------------------------

NAMED = {"none": None, "plain": b"eth0", "empty": b"", "with-nul": b"eth\0zero", "nul-at-end": b"eth0\0",
         "utf-8": "λ0".encode(), "latin-1": b"\xe9th0", "utf-8-cut": b"eth\xe2\x82", "control": b"e\x01t\x1b[31mh\x7f",
         "tab": b"eth\t0", "newline": b"eth\n0", "carriage-return": b"eth\r0", "backslash": b"\\Device\\NPF_{1-2}",
         "quote": b'et"h\'0', "comma": b"eth,0", "semicolon": b"eth;0|1", "space": b" eth 0 ", "format": b"%s%n%d",
         "of-63": b"n" * 63, "of-64": b"n" * 64, "of-65": b"n" * 65, "of-1000": b"n" * 1000,
         "utf-8-over-64": b"n" * 62 + "€€".encode(), "utf-8-of-100": "€".encode() * 100,
         "utf-8-control": "a\u0085b\u200eb\ufeffc".encode(),
         "utf-8-surrogate": b"a\xed\xa0\x80b", "utf-8-overlong": b"a\xc0\xafb", "utf-8-far": "a\U0001f600b".encode(),
         "ellipsis": "eth…".encode(), "missing": b"<MISSING>", "number": b"0", "dash": b"-"}
DESCRIBED = {"no-description": None, "description": b"the wire", "odd-description": "bö,\"se\"\t".encode()}


def interface_named(name, description):
    blocks = Blocks().section()
    extra = b"" if description is None else blocks.option(3, description)
    return blocks.interface(name=name, options=extra).packets(plain()).octets()


for named, name in NAMED.items():
    add("interface-name-%s.pcapng" % named, interface_named, name, None)
for described, description in DESCRIBED.items():
    for named in ("none", "plain", "empty"):
        add("interface-name-%s-and-%s.pcapng" % (named, described), interface_named, NAMED[named], description)


def interface_with(*options, link=ETHERNET):
    """options: (code, octets); or octets as they are."""
    blocks = Blocks().section()
    octets = b"".join(option if isinstance(option, bytes) else blocks.option(*option) for option in options)
    blocks.units.append((1, 10 ** 6))
    return blocks.block(INTERFACE, struct.pack("<HHI", link, 0, 0) + octets).packets(plain()).octets()


NAME = (2, b"eth0")
INTERFACES = {
    "options-without-end": [NAME], "end-first": [(0, b""), NAME], "name-twice": [NAME, (2, b"eth1")],
    "description-before-name": [(3, b"the wire"), NAME], "everything": [
        (1, b"a comment"), NAME, (3, b"the wire"), (4, b"\xc0\0\2\1\xff\xff\xff\0"), (5, bytes(17)), (6, bytes(6)),
        (7, bytes(8)), (8, struct.pack("<Q", 10 ** 9)), (9, b"\6"), (10, bytes(4)), (11, b"\0tcp"), (12, b"Linux"),
        (13, b"\4"),
        (14, bytes(8)), (15, b"card"), (16, bytes(8)), (17, bytes(8)), (2988, b"\0\0\0\1custom"), (0, b"")],
    "resolution-twice": [(9, b"\6"), (9, b"\x09"), (0, b"")], "resolution-of-4-octets": [(9, b"\6\0\0\0"), (0, b"")],
    "resolution-of-no-octet": [(9, b""), (0, b"")], "offset-of-4-octets": [(14, b"\1\0\0\0"), (0, b"")],
    "option-over-the-block": [struct.pack("<HH", 2, 400) + b"eth0"], "option-of-2-octets": [b"\2\0"],
    "option-cut": [struct.pack("<HH", 2, 9) + b"eth0eth0"], "unknown-option": [(777, b"abc"), NAME, (0, b"")],
    "end-with-length": [NAME, struct.pack("<HH", 0, 4) + b"abcd", (9, b"\x09")],
    "fcs-of-4": [NAME, (13, b"\4"), (0, b"")], "fcs-of-32": [(13, b"\x20"), (0, b"")],
}
for name, options in INTERFACES.items():
    add("interface-%s.pcapng" % name, interface_with, *options)
for number in (0, 1, 12, 101, 113, 276, 65535):
    add("interface-link-%d.pcapng" % number, lambda number: interface_with(NAME, link=number), number)


@odd("interfaces-300.pcapng")
def many_interfaces():
    blocks = Blocks().section()
    for k in range(300):
        blocks.interface(name=b"veth%d" % k)
    return blocks.packets(plain() + plain(), range(299, 0, -16)).octets()


@odd("interfaces-of-several-links.pcapng")
def several_links():
    """Ethernet, raw and cooked, with a resolution and a snaplen of their own, in turn."""
    blocks = Blocks().section().interface(name=b"eth0", tsresol=9).interface(RAW, name=b"tun0").interface(
        SLL, snaplen=70, tsresol=3)
    for k, packet in enumerate(conversation() + conversation(True)):
        octets = (ethernet, lambda octets: octets, sll)[k % 3](ip(packet))
        blocks.packet(octets[:70] if k % 3 == 2 else octets, len(octets), FIRST_TIME + k * STEP, k % 3)
    return blocks.octets()


@odd("interface-described-late.pcapng")
def late_interface():
    frames = plain()
    return Blocks().section().interface(name=b"eth0").packets(frames[:4]).interface(name=b"eth1", tsresol=9).packets(
        frames[4:], (0, 1)).octets()


@odd("interface-described-too-late.pcapng")
def too_late_interface():
    """A packet of the second interface stands before its description."""
    blocks = Blocks().section().interface(name=b"eth0").packets(plain()[:4])
    blocks.units.append((1, 10 ** 6))
    return blocks.packet(REQUEST, interface=1).interface(name=b"eth1").packets(plain(), (0,)).octets()


@odd("interface-out-of-range.pcapng", 1)
@odd("interface-far-out-of-range.pcapng", 0xFFFFFFFF)
def no_such_interface(number):
    blocks = Blocks().section().interface(name=b"eth0").packets(plain()[:4])
    return blocks.packet(REQUEST, interface=number, ticks=FIRST_TIME // 1000).packets(plain()).octets()


@odd("interface-none.pcapng")
def no_interface():
    blocks = Blocks().section()
    blocks.units.append((1, 10 ** 6))
    return blocks.packets(plain()).octets()


# --- blocks of pcapng --------------------------------------------------------


def simple(blocks, octets, length=None):
    return blocks.block(SIMPLE, blocks.pack("I", len(octets) if length is None else length) + padded(octets))


def obsolete(blocks, octets, interface=0, drops=0xFFFF, time=FIRST_TIME // 1000):
    return blocks.block(OBSOLETE, blocks.pack("HHIIII", interface, drops, time >> 32, time & 0xFFFFFFFF, len(octets),
                                              len(octets)) + padded(octets))


@odd("pcapng-little-endian.pcapng", "<")
@odd("pcapng-big-endian.pcapng", ">")
def in_order(order):
    return Blocks(order).section().interface(name=b"eth0").packets(plain()).octets()


def simple_packets(snaplen, cut_to=None):
    """cut_to: octets of each packet that are in the file."""
    blocks = Blocks().section().interface(snaplen=snaplen, name=b"eth0")
    for octets in plain():
        simple(blocks, octets[:cut_to], len(octets))
    return blocks.packets(plain()).octets()


add("pcapng-simple.pcapng", simple_packets, 0)
add("pcapng-simple-snaplen.pcapng", simple_packets, 70, 70)
add("pcapng-simple-snaplen-not-kept.pcapng", simple_packets, 70)
add("pcapng-simple-shorter-than-length.pcapng", simple_packets, 0, 50)


@odd("pcapng-simple-without-interface.pcapng")
def simple_alone():
    return simple(Blocks().section(), REQUEST).interface().packets(plain()).octets()


@odd("pcapng-obsolete.pcapng")
def obsolete_packets():
    blocks = Blocks().section().interface(name=b"eth0").interface(name=b"eth1", tsresol=9)
    for k, octets in enumerate(plain()):
        obsolete(blocks, octets, k % 2, k, (FIRST_TIME + k * STEP) // (1000, 1)[k % 2])
    return blocks.packets(plain()).octets()


@odd("pcapng-obsolete-interface-out-of-range.pcapng")
def obsolete_astray():
    blocks = Blocks().section().interface().packets(plain()[:3])
    return obsolete(blocks, REQUEST, 7).packets(plain()).octets()


OTHER_BLOCKS = {
    "unknown": (0x0BADF00, b"what is this"), "unknown-empty": (0x0BADF00, b""), "local": (0x80000001, b"mine"),
    "custom": (0x0BAD, b"\0\0\x7d\x01abcd"), "custom-not-copied": (0x40000BAD, b"\0\0\x7d\x01abcd"),
    "custom-empty": (0x0BAD, b""), "names": (NAMES, struct.pack("<HH", 1, 9) + padded(b"\xc0\0\2\1host\0") + bytes(4)),
    "names-without-nul": (NAMES, struct.pack("<HH", 1, 8) + b"\xc0\0\2\1host" + bytes(4)),
    "names-without-name": (NAMES, struct.pack("<HH", 1, 4) + b"\xc0\0\2\1" + bytes(4)),
    "names-with-option-over": (NAMES, bytes(4) + struct.pack("<HH", 2, 400) + b"name"),
    "names-broken": (NAMES, struct.pack("<HH", 1, 900) + b"abcd"), "names-empty": (NAMES, b""),
    "statistics": (STATISTICS, struct.pack("<III", 0, 0, 0)),
    "statistics-of-none": (STATISTICS, struct.pack("<III", 9, 0, 0)),
    "statistics-short": (STATISTICS, b"abcd"),
    "statistics-option-over": (STATISTICS, bytes(12) + struct.pack("<HH", 5, 80) + bytes(8)),
    "statistics-option-of-4": (STATISTICS, bytes(12) + struct.pack("<HHI", 5, 4, 7)),
    "statistics-custom-short": (STATISTICS, bytes(12) + struct.pack("<HH", 2988, 2) + bytes(4)),
    "secrets": (10, struct.pack("<II", 0x544C534B, 4) + b"key\n"),
    "secrets-broken": (10, struct.pack("<II", 0x544C534B, 400) + b"key\n"),
    "journal": (9, padded(b"__REALTIME_TIMESTAMP=1704067200000000\nMESSAGE=hello\n")), "journal-empty": (9, b""),
    "sysdig": (0x204, bytes(40)), "sysdig-2": (0x216, bytes(40)), "sysdig-machine": (0x201, bytes(24)),
    "process": (0x101, bytes(8)), "interface-short": (INTERFACE, b"\1\0\0\0"), "packet-short": (ENHANCED, bytes(16)),
    "simple-short": (SIMPLE, b""), "obsolete-short": (OBSOLETE, bytes(12)),
    "section-short": (SECTION, b"\x4d\x3c\x2b\x1a"),
    "block-0": (0, b"zero"), "block-8": (8, b"arin"), "block-7": (7, b"irig"), "aixeth": (0xFFFFFFFF, b"last"),
}
for name, (kind, body) in OTHER_BLOCKS.items():
    add("pcapng-block-%s.pcapng" % name, lambda kind, body: Blocks().section().interface(name=b"eth0").packets(
        plain()[:4]).block(kind, body).packets(plain()).octets(), kind, body)
    add("pcapng-block-%s-first.pcapng" % name, lambda kind, body: Blocks().section().block(kind, body).interface(
        name=b"eth0").packets(plain()).octets(), kind, body)


@odd("pcapng-blocks-all-sound-little-endian.pcapng", "<")
@odd("pcapng-blocks-all-sound-big-endian.pcapng", ">")
def sound_blocks(order):
    """All that programs write, as it has to be."""
    def options(*pairs):
        return b"".join(blocks.option(*pair) for pair in pairs)

    blocks, end = Blocks(order), (0, b"")
    blocks.section(options((2, b"machine"), (3, b"Linux"), (4, b"a program"), (1, b"a comment"), end))
    blocks.interface(name=b"eth0", tsresol=9, options=options(
        (3, b"the wire"), (4, bytes(8)), (5, bytes(17)), (6, bytes(6)), (8, bytes(8)), (11, b"\0tcp"), (12, b"Linux"),
        (13, b"\0"), (14, bytes(8)), (15, b"card")))
    blocks.block(NAMES, options((1, b"\xc0\0\2\1host\0"), (2, bytes(15) + b"\1one\0two\0"), end))
    blocks.block(10, struct.pack(order + "II", 0x544C534B, 3) + padded(b"key") + options((1, b"keys"), end))
    blocks.packets(plain(), options=options((1, b"one"), (2, blocks.pack("I", 1)), (3, b"\2abcd"), (4, bytes(8)),
                                            (5, bytes(8)), (6, bytes(4)), end))
    return blocks.block(STATISTICS, bytes(12) + options(
        *((code, blocks.pack("Q", code)) for code in range(2, 9)), end)).octets()


@odd("pcapng-packets-with-checksum-and-flags.pcapng", True)
@odd("pcapng-packets-with-checksum.pcapng", False)
def packet_checksums(flags):
    """The last 4 octets are that of the link, as the flags of each packet or the interface tell; and more than the IP
    header says."""
    blocks = Blocks().section().interface(name=b"eth0", options=b"" if flags else Blocks().option(13, b"\4"))
    notes = blocks.option(2, struct.pack("<I", 4 << 5)) if flags else b""
    return blocks.packets([octets + b"\1\2\3\4" for octets in plain()], options=notes).packets(
        plain(), options=notes).octets()


@odd("pcapng-cut-in-names.pcapng", NAMES, struct.pack("<HH", 1, 3) + bytes(4))
@odd("pcapng-cut-in-statistics.pcapng", STATISTICS, bytes(12) + struct.pack("<HH", 5, 80) + bytes(8))
@odd("pcapng-cut-in-custom.pcapng", 0x0BAD, b"\0\0")
def cut_in_note(kind, body):
    """4 octets are missing of a block that is not sound."""
    return Blocks().section().interface(name=b"eth0").packets(plain()).block(kind, padded(body)).octets()[:-4]


@odd("pcapng-comments.pcapng")
def comments():
    """On the section, the interface and the packets, several, with line ends, not UTF-8."""
    blocks = Blocks()
    texts = [b"one", b"one\ntwo\ttabs", b"\xff\xfe", b"", b"c" * 3000]
    notes = b"".join(blocks.option(1, text) for text in texts) + blocks.option(0, b"")
    blocks.section(notes).interface(name=b"eth0", options=blocks.option(1, b"note"))
    return blocks.packets(plain(), options=notes).octets()


@odd("pcapng-packet-options.pcapng")
def packet_options():
    blocks = Blocks()
    sets = [blocks.option(2, b"\1\0\0\0"), blocks.option(3, b"\2abcd"), blocks.option(4, bytes(8)),
            blocks.option(5, bytes(8)),
            blocks.option(6, bytes(4)), blocks.option(7, b"\1" + bytes(8)), blocks.option(99, b"x"), b"\1\0\xff\0abcd",
            b"\1\0", blocks.option(2, b"\1")]
    blocks.section().interface(name=b"eth0").packets(plain())
    for octets in sets:
        blocks.packet(REQUEST, options=octets)
        blocks.packet(REQUEST, options=octets + blocks.option(0, b""))
    return blocks.packets(plain()).octets()


def sections(*blocks):
    return b"".join(block.octets() for block in blocks)


def one_section(order="<", name=b"eth0", frames=None, **how):
    return Blocks(order).section(**how).interface(name=name).packets(plain() if frames is None else frames)


@odd("pcapng-sections-of-both-orders.pcapng")
def both_orders():
    return sections(one_section("<", b"one"), one_section(">", b"two"), one_section("<", b"three"))


@odd("pcapng-section-without-interface.pcapng")
def forgotten_interface():
    """The second section has no interface of its own, and the third another one."""
    blocks = Blocks().section()
    blocks.units.append((1, 10 ** 6))
    return sections(one_section(), blocks.packets(plain()[:3]), one_section())


@odd("pcapng-sections-of-other-links.pcapng")
def other_sections():
    frames = [ip(packet) for packet in conversation()]
    return sections(one_section(), Blocks().section().interface(RAW, name=b"tun0", tsresol=9).packets(frames))


def section_length(tell, version=(1, 0)):
    """tell: makes what the section says of what is in it."""
    rest = one_section().octets()[28:]
    return Blocks().section(length=tell(len(rest)), version=version).octets() + rest + one_section(name=b"two").octets()


for name, tell in {"right": lambda size: size, "unknown": lambda size: -1, "0": lambda size: 0,
                   "too-short": lambda size: 200,
                   "too-long": lambda size: size + 4000, "odd": lambda size: size + 1, "negative": lambda size: -2,
                   "huge": lambda size: 2 ** 62}.items():
    add("pcapng-section-length-%s.pcapng" % name, section_length, tell)
for version in ((1, 1), (1, 2), (1, 3), (0, 0), (2, 0)):
    add("pcapng-version-%d-%d.pcapng" % version, section_length, lambda size: -1, version)


def block_says(size, trailer):
    """One packet block tells these lengths; size and trailer: functions of the true one."""
    blocks = one_section(frames=plain()[:4])
    time, n = FIRST_TIME // 1000, len(REQUEST)
    body = struct.pack("<5I", 0, time >> 32, time & 0xFFFFFFFF, n, n) + padded(REQUEST)
    true = len(body) + 12
    return blocks.block(ENHANCED, body, size(true), trailer(true)).packets(plain()).octets()


SIZES = {"trailer-0": (0, None), "trailer-larger": (0, 4), "trailer-smaller": (0, -4), "4-less": (-4, -4),
         "4-more": (4, 4),
         "1-more": (1, 1), "2-more": (2, 2), "1-less": (-1, -1), "20-less": (-20, -20), "1000-more": (1000, 1000)}
for name, (size, trailer) in SIZES.items():
    add("pcapng-block-length-%s.pcapng" % name, block_says, lambda true, size=size: true + size,
        lambda true, trailer=trailer: 0 if trailer is None else true + trailer)
for number in (0, 4, 8, 11, 12, 16, 28, 31, 32, 0x7FFFFFFC, 0xFFFFFFFC, 0xFFFFFFFF, 16 << 20, 17 << 20):
    add("pcapng-block-length-is-%d.pcapng" % number, block_says, lambda true, number=number: number,
        lambda true, number=number: number)


def packet_says(captured, length, snaplen=0, data=REQUEST):
    blocks = Blocks().section().interface(name=b"eth0", snaplen=snaplen).packets(plain()[:4])
    return blocks.packet(data, length, FIRST_TIME, captured=captured).packets(plain()).octets()


N = len(REQUEST)
SAYS = {"captured-0": (0, N), "length-0": (N, 0), "both-0": (0, 0), "captured-more-than-length": (N, 40),
        "captured-more-than-block": (N + 40, N + 40), "captured-4-more": (N + 4, N + 4),
        "captured-4-GB": (0xFFFFFFFF, N),
        "captured-less-than-block": (50, N), "length-of-4-GB": (N, 0xFFFFFFFF), "captured-1-GB": (1 << 30, 1 << 30)}
for name, (captured, length) in SAYS.items():
    add("pcapng-packet-%s.pcapng" % name, packet_says, captured, length)
add("pcapng-packet-captured-more-than-snaplen.pcapng", packet_says, N, N, 64)
add("pcapng-packet-empty.pcapng", packet_says, 0, 0, 0, b"")

# --- damaged and compressed files --------------------------------------------

GOOD = {"pcap": pcap(plain()), "pcapng": one_section().octets()}
LAST = {"pcap": 16 + 60, "pcapng": 32 + 60}  # octets of the last record
for suffix, good in GOOD.items():
    for n in range(1, LAST[suffix] + 1):
        add("cut-%d-octets-before-the-end.%s" % (n, suffix), lambda good, n: good[:-n], good, n)
    for n in range(0, 72 if suffix == "pcapng" else 42, 1):
        add("cut-after-%d-octets.%s" % (n, suffix), lambda good, n: good[:n], good, n)
    for name, tail in {"zeros": bytes(100), "4-zeros": bytes(4), "ones": b"\xff" * 100,
                       "text": b"and so on, for ever\n" * 4,
                       "noise": made_up("noise", 32) * 3, "pcap": GOOD["pcap"], "newline": b"\n",
                       "pcapng": one_section().octets(), "gzip": gzip(GOOD["pcap"])}.items():
        add("followed-by-%s.%s" % (name, suffix), lambda octets: octets, good + tail)
    for name, head in {"zeros": bytes(4), "newline": b"\n", "space": b" ", "mark": b"\xef\xbb\xbf"}.items():
        add("preceded-by-%s.%s" % (name, suffix), lambda octets: octets, head + good)


def deflated(octets, level=9, flags=0, extra=b""):
    """A gzip member that zlib compressed; flags and what they mean are those of RFC 1952."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, flags, 0, 0, 3) + extra + packer.compress(octets) + packer.flush() + \
        struct.pack("<II", zlib.crc32(octets), len(octets))


def zipped(octets):
    """Ways to compress a capture, and to fail."""
    half, member = len(octets) // 2, deflated(octets)
    return {
        "stored": gzip(octets), "deflated": member, "fast": deflated(octets, 1),
        "two-members": deflated(octets[:half]) + deflated(octets[half:]),
        "many-members": b"".join(deflated(octets[at:at + 40]) for at in range(0, len(octets), 40)),
        "empty-members": b"".join(map(deflated, (b"", octets[:half], b"", octets[half:], b""))),
        "with-name": deflated(octets, flags=8, extra=b"x.pcap\0"),
        "with-comment": deflated(octets, flags=16, extra=b"hi\0"),
        "with-extra": deflated(octets, flags=4, extra=b"\4\0abcd"),
        "with-all": deflated(octets, 9, 29, b"\4\0abcdn\0c\0"),
        "with-header-check": deflated(octets, flags=2, extra=struct.pack("<H", zlib.crc32(
            struct.pack("<BBBBIBB", 0x1F, 0x8B, 8, 2, 0, 0, 3)) & 0xFFFF)),
        "with-reserved-flag": deflated(octets, flags=0x80),
        "twice": deflated(member), "followed-by-noise": member + made_up("tail", 32),
        "followed-by-zeros": member + bytes(64),
        "followed-by-a-head": member + member[:12], "followed-by-text": member + b"\nend\n",
        "followed-by-a-plain-one": member + octets,
        "wrong-check": changed_end(member, 8), "wrong-size": changed_end(member, 4),
        "method-7": member[:2] + b"\7" + member[3:],
        "damaged": member[:half // 4] + b"\xff\xff\xff\xff" + member[half // 4 + 4:],
        **{"cut-by-%d" % n: member[:-n] for n in (1, 4, 8, 9, 20, 60)},
        **{"cut-after-%d" % n: member[:n] for n in (1, 2, 3, 9, 10, 11, 30)},
        **{"stored-cut-by-%d" % n: gzip(octets)[:-n] for n in (1, 8, 9, 40, 100)},
    }


def changed_end(octets, n):
    return octets[:-n] + bytes([octets[-n] ^ 1]) + octets[len(octets) - n + 1:]


for suffix, good in GOOD.items():
    for name, octets in zipped(good).items():
        add("gzip-%s.%s.gz" % (name, suffix), lambda octets: octets, octets)
    add("gzip-misnamed.%s" % suffix, gzip, good)
    add("not-gzip.%s.gz" % suffix, lambda octets: octets, good)


@odd("snoop.pcap")
def snoop():
    """Another format."""
    return b"snoop\0\0\0" + struct.pack(">II", 2, 4) + b"".join(
        struct.pack(">6I", length, len(octets), 24 + len(octets), 0, time // SECOND, time % SECOND // 1000) + octets
        for (octets, _, _), time, length in timed(plain()))


@odd("text.pcap")
def text():
    return b"0000  de ad be ef\n" * 20


for number in (MICRO, NANO, MODIFIED, SECTION):
    for order in "<>":
        add("magic-alone-%08x-%s.pcap" % (number, "little" if order == "<" else "big"), struct.pack, order + "I",
            number)
