#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What mptcp-split took out of captures, against a second reading of both.
#
#     compare_split.py LIST
#
# LIST: a file with a line for each test, NAME, CAPTURE, SPLIT, WHAT between tabs.
# WHAT: "connection N", "stream N", "rest", "clean" or "rest,clean". The packets
# must be these and no others, in their order: pcap and pcapng stay what they are,
# byte for byte, without the records of other packets. Of another format, the
# capture is given as pcap, and "as-pcapng" behind WHAT: then it is the time stamp
# and the bytes of each packet.

import functools
import gzip
import struct
import sys

sys.dont_write_bytecode = True
import reference
import tap

# One capture is split many times.
analyse = functools.lru_cache(None)(reference.analyse)


def read_file(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def records(data):
    """(is it a packet, bytes) of each record that is whole."""
    if data[:4] != b"\x0a\x0d\x0d\x0a":
        order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        yield False, data[:24]
        at = 24
        while at + 16 <= len(data):
            size = 16 + struct.unpack_from(order + "I", data, at + 8)[0]
            if at + size <= len(data):
                yield True, data[at:at + size]
            at += size
        return
    at, order = 0, "<"
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, size = struct.unpack_from(order + "II", data, at)
        if at + size <= len(data):
            yield kind in (2, 3, 6), data[at:at + size]
        at += size


def wanted(capture, what):
    document, packets, connections = analyse(capture)
    tcp = {p.frame for p in packets if not p.malformed}
    inside = {p.frame for c in connections for p in c.packets} & tcp
    if what.startswith("connection "):
        return {p.frame for p in connections[int(what[11:])].packets} & tcp
    if what.startswith("stream "):
        return {p.frame for p in packets if p.stream.number == int(what[7:])}
    if what == "rest":
        return set(range(1, document["packets"] + 1)) - inside
    return {"clean": tcp, "rest,clean": tcp - inside}[what]


def difference(got, want):
    """None where there is none."""
    if got == want:
        return None
    for number, (a, b) in enumerate(zip(got, want), 1):
        if a != b:
            return f"record {number}: {a}, wanted {b}"
    return f"{len(got)} records, wanted {len(want)}"


def faults(capture, split, what, form=""):
    """What is wrong with a file that was split."""
    frames = wanted(capture, what)
    if not frames:
        yield "there is no such packet"
    elif form == "as-pcapng":
        yield from other_format(capture, split, frames)
    else:
        yield from same_format(capture, split, frames)


def other_format(capture, split, frames):
    want = [packet for frame, packet in enumerate(reference.read_capture(capture), 1)
            if frame in frames]
    if read_file(split)[:4] != b"\x0a\x0d\x0d\x0a":
        yield "not a pcapng"
    yield from filter(None, [difference(list(reference.read_capture(split)), want)])


def same_format(capture, split, frames):
    frame, want = 0, []
    for is_packet, data in records(read_file(capture)):
        frame += is_packet
        if not is_packet or frame in frames:
            want.append((is_packet, data))
    data = read_file(split)
    fault = difference(list(records(data)), want)
    if fault:
        yield fault
    elif data != b"".join(bytes for _, bytes in want):
        yield "something follows"


def main(path):
    report = tap.Tap()
    for line in tap.text_of(path).splitlines():
        name, *arguments = line.split("\t")
        report.attempt(name, faults, *arguments)


if __name__ == "__main__":
    main(sys.argv[1])
