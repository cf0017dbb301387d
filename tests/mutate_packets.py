#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mutate_packets.py - captures whose packets, or whose structure, somebody damaged.

    mutate_packets.py [--seed S] [--first K] [--count N] [--files] OUTDIR CAPTURE...

Writes files K to K + N - 1 of a seed, which are always the same for the same captures. Each holds EACH packets of the
captures, a third of them mutated: bits, octets and numbers of the headers, pieces cut out, put in, or taken from other
packets. With --files each is one of the captures instead, with packets that are whole, whose records or blocks were
mutated: lengths, types, numbers, options, their order; or the file was cut.

tests/mutate.py asks of every command whether it survives; these are for tests/readers.t, which asks whether all readers
say the same.
"""

import argparse
import os
import random
import struct
import sys
import zlib

import craft
from craft import gzip
from cut_captures import Capture, Unreadable
from odd_packets import ENHANCED, INTERFACE, OBSOLETE, SECTION, SIMPLE, Blocks, padded

EACH = 1500  # packets of a file
LINKS = (0, 1, 9, 12, 14, 50, 101, 108, 113, 228, 229, 276)  # their packets may have any length
MUTATED = 3  # one in ... is mutated: a reader that leaves odd packets to another shall not leave all
FROM = 200  # packets of a capture that are used
HEADERS = 110  # octets, where the mutations are
EDGES = (0, 1, 2, 3, 4, 5, 6, 8, 0x0F, 0x10, 0x11, 0x29, 0x2C, 0x3B, 0x3C, 0x45, 0x46, 0x60, 0x7F, 0x80, 0xFE, 0xFF)
NUMBERS = (0, 1, 4, 20, 28, 40, 44, 60, 0x0800, 0x86DD, 0x8100, 0x88A8, 0x8847, 0x8864, 0x1FFF, 0x2000, 0x4000, 0x7FFF,
           0x8000, 0xFFFF)
LONG = (0, 1, 11, 12, 16, 28, 32, 65, 1 << 16, 1 << 18, (1 << 18) + 1, 1 << 24, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC,
        0xFFFFFFFF)
INSERTS = (b"\x81\x00\x00\x05", b"\x88\xa8\x00\x05", b"\x00\x01\x01\x41", bytes(4), bytes(8),
           b"\x06\x00\x01\x04\0\0\0\0",
           b"\x06\x00\x00\x00\0\0\0\1", b"\x1e\x04\x40\x01", b"\x01\x01", b"\x00", b"\xff" * 6)


def seeds(paths):
    """(link type, octets, length) of the first packets of each capture that can be read by cut_captures.py."""
    found = []
    for path in paths:
        try:
            capture = Capture(path)
        except Unreadable:
            continue
        found += [(capture.links[record.interface], record.data, record.length) for record in capture.records[:FROM]
                  if len(record.data) < 3000 and capture.links[record.interface] in LINKS]
    return found


# --- packets -----------------------------------------------------------------


def place(rng, data, size=1):
    """Where to change something: in the headers, more often at their begin and around those of IP and TCP."""
    last = min(len(data), HEADERS) - size
    return max(0, min(last, rng.choice((rng.randrange(HEADERS), rng.randrange(12, 60), rng.randrange(14, 80)))))


def put(data, at, octets):
    return data[:at] + octets + data[at + len(octets):]


def mutate_octets(rng, data, others):
    """The octets of a packet with one change."""
    what = rng.randrange(12)
    at = place(rng, data)
    if what < 3:
        return put(data, at, bytes([data[at] ^ 1 << rng.randrange(8)]))
    if what < 5:
        return put(data, at, bytes([rng.choice(EDGES)]))
    if what == 5:
        return put(data, at & ~1, struct.pack("!H", rng.choice(NUMBERS)))[:len(data)]
    if what == 6:
        return put(data, at, bytes([(data[at] + rng.choice((-4, -1, 1, 4))) & 0xFF]))
    if what == 7:
        return data[:at] + rng.choice(INSERTS) + data[at:]
    if what == 8:
        return data[:at] + data[at + rng.choice((1, 2, 4, 8, 20)):]
    if what == 9:
        return data[:rng.randrange(len(data) + 1)]
    if what == 10:
        return data + bytes(rng.choice((1, 4, 60)))
    other = rng.choice(others)[1]
    size = rng.choice((2, 4, 8, 20))
    return put(data, at, other[at:at + size])


def mutate_packet(rng, packet, others):
    link, data, length = packet
    missing = length - len(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if data:
            data = mutate_octets(rng, data, others)
    what = rng.randrange(12)
    if what == 0:  # as if the snaplen had cut it
        return link, data[:rng.randrange(len(data) + 1)], len(data)
    if what == 1:
        return link, data, max(0, len(data) + rng.choice((-4, -1, 1, 100)))
    return link, data, len(data) + max(missing, 0)


def packets_file(rng, pool):
    """A capture of EACH packets, one interface for each link type, of which neighbours stay together now and then."""
    chosen = []
    while len(chosen) < EACH:
        at = rng.randrange(len(pool))
        chosen += pool[at:at + rng.choice((1, 1, 4, 12))]
    links = sorted({link for link, _, _ in chosen})
    blocks = Blocks().section()
    for link in links:
        blocks.interface(link, name=b"link%d" % link, tsresol=9)
    for k, packet in enumerate(chosen[:EACH]):
        if not rng.randrange(MUTATED):
            packet = mutate_packet(rng, packet, pool)
        link, data, length = packet
        blocks.packet(data, length, craft.FIRST_TIME + k * 1001, links.index(link))
    return blocks.octets()


# --- files -------------------------------------------------------------------


def pieces(data):
    """(byte order, records or blocks) of a capture; what is not understood is the last piece."""
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") or data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
    parts, at = [], 0
    is_pcapng = data[:4] == b"\x0a\x0d\x0d\x0a"
    if not is_pcapng:
        parts, at = [data[:24]], 24
    while at + 16 <= len(data):
        number, = struct.unpack_from(order + "I", data, at + (4 if is_pcapng else 8))
        size = number if is_pcapng else 16 + number
        if size < 12 or at + size > len(data):
            break
        parts.append(data[at:at + size])
        at += size
    return order, parts + [data[at:]] * (at < len(data))


def number_at(rng, order, part, at):
    """The part with another 32-bit number there: a little off, or an edge."""
    if at + 4 > len(part):
        return part
    value, = struct.unpack_from(order + "I", part, at)
    value = rng.choice((rng.choice(LONG), value + rng.choice((-16, -8, -4, -1, 1, 4, 8, 16)),
                        value ^ 1 << rng.randrange(32)))
    return put(part, at, struct.pack(order + "I", value & 0xFFFFFFFF))


def mutate_option(rng, order, part):
    """A block of pcapng whose options have another code or length somewhere, or one more option."""
    kind, = struct.unpack_from(order + "I", part)
    start = {SECTION: 24, INTERFACE: 16, ENHANCED: 28, SIMPLE: 12, OBSOLETE: 28}.get(kind, 8)
    if kind in (ENHANCED, OBSOLETE) and len(part) >= 28:
        start += (struct.unpack_from(order + "I", part, 20)[0] + 3) // 4 * 4
    room = len(part) - 4 - start
    if room >= 4 and rng.randrange(3):
        at = start + rng.randrange(room // 4) * 4 + rng.choice((0, 2))
        return put(part, at, struct.pack(order + "H", rng.choice((0, 1, 2, 3, 4, 8, 9, 13, 14, 200, 0xFFFF))))
    value = bytes(rng.randrange(256) for _ in range(rng.randrange(12)))
    option = struct.pack(order + "HH", rng.choice((0, 1, 2, 3, 9, 14, 99)), len(value)) + padded(value)
    size = struct.pack(order + "I", len(part) + len(option))
    return part[:4] + size + part[8:start] + option + part[start:-4] + size


def mutate_part(rng, order, part, is_pcapng):
    what = rng.randrange(6)
    if what < 3:  # the numbers of the header of a record or block
        return number_at(rng, order, part, 4 * rng.randrange(7 if is_pcapng else 4))
    if what == 3 and is_pcapng:
        return number_at(rng, order, part, len(part) - 4)
    if what == 4 and is_pcapng and len(part) >= 16:
        return mutate_option(rng, order, part)
    at = rng.randrange(min(len(part), 40)) if part else 0
    return put(part, at, bytes([rng.randrange(256)])) if part else part


def structure_file(rng, data):
    """A capture with one to three mutations."""
    order, parts = pieces(data)
    is_pcapng = data[:4] == b"\x0a\x0d\x0d\x0a"
    for _ in range(rng.choice((1, 1, 2, 3))):
        k = rng.randrange(len(parts))
        what = rng.randrange(10)
        if what < 6:
            parts[k] = mutate_part(rng, order, parts[k], is_pcapng)
        elif what == 6:
            parts.insert(rng.randrange(len(parts) + 1), parts[k])
        elif what == 7 and len(parts) > 1:
            del parts[k]
        elif what == 8:
            parts.insert(rng.randrange(len(parts)), parts.pop(k))
        else:
            parts[k] = parts[k][:rng.randrange(len(parts[k]) + 1)]
    out = b"".join(parts)
    if not rng.randrange(6):
        out = out[:rng.randrange(len(out) + 1)]
    if not rng.randrange(6):
        out = bytearray(gzip(out) if rng.randrange(2) else zlib.compress(out, 9, 31))
        if rng.randrange(2):
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def small(paths):
    """The octets of those captures that are small."""
    out = []
    for path in paths:
        if os.path.getsize(path) < 20000 and not path.endswith(".gz"):
            with open(path, "rb") as source:
                out.append(source.read())
    return [data for data in out if len(data) > 100]


def make(outdir, paths, seed, numbers, files):
    """Write the files of these numbers; their paths."""
    pool = small(paths) if files else seeds(paths)
    written = []
    for k in numbers:
        rng = random.Random("%d/%d/%d" % (seed, k, files))
        data = structure_file(rng, rng.choice(pool)) if files else packets_file(rng, pool)
        written.append(os.path.join(outdir, "mutant-%s-%d-%d.pcapng" % ("file" if files else "packets", seed, k)))
        craft.write(written[-1], data)
    return written


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--files", action="store_true")
    parser.add_argument("outdir")
    parser.add_argument("capture", nargs="+")
    args = parser.parse_args()
    os.makedirs(args.outdir, exist_ok=True)
    make(args.outdir, args.capture, args.seed, range(args.first, args.first + args.count), args.files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
