#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What mptcp-split took out of a capture, against a second reading of both.
#
#     compare_split.py CAPTURE SPLIT WHAT
#
# WHAT: "connection N", "stream N", "rest", "clean" or "rest,clean". The packets
# must be these and no others, in their order, with every byte, the time stamp,
# the interface and the comments.

import gzip
import struct
import sys

sys.dont_write_bytecode = True
import reference


def options(order, body, at):
    while at + 4 <= len(body):
        code, length = struct.unpack(order + "HH", body[at:at + 4])
        if code == 0:
            return
        yield code, body[at + 4:at + 4 + length]
        at += 4 + (length + 3) // 4 * 4


def details(path):
    """(name of the interface, comments) of each packet; None for a pcap."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] != b"\x0a\x0d\x0d\x0a":
        return None
    at, order, interfaces, packets = 0, "<", [], []
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, size = struct.unpack(order + "II", data[at:at + 8])
        body = data[at + 8:at + size - 4]
        at += size
        if kind == 1:
            interfaces.append(next((v for c, v in options(order, body, 8) if c == 2), None))
        elif kind == 6:
            number, _, _, caplen, _ = struct.unpack(order + "IIIII", body[:20])
            packets.append((interfaces[number], [v for c, v in options(
                order, body, 20 + (caplen + 3) // 4 * 4) if c == 1]))
        elif kind in (2, 3):
            packets.append((interfaces[0], []))
    return packets


def wanted(capture, what):
    document, packets, connections = reference.analyse(capture)
    tcp = {p.frame for p in packets if not p.malformed}
    inside = {p.frame for c in connections for p in c.packets} & tcp
    if what.startswith("connection "):
        return {p.frame for p in connections[int(what[11:])].packets} & tcp
    if what.startswith("stream "):
        return {p.frame for p in packets if p.stream.number == int(what[7:])}
    if what == "rest":
        return set(range(1, document["packets"] + 1)) - inside
    return {"clean": tcp, "rest,clean": tcp - inside}[what]


def main(capture, split, what):
    frames = wanted(capture, what)
    if not frames:
        print("there is no such packet")
        return 1
    before, after = list(reference.read_capture(capture)), list(reference.read_capture(split))
    want = [packet for frame, packet in enumerate(before, 1) if frame in frames]
    if after != want:
        print(f"{len(after)} packets, wanted {len(want)}")
        for number, (a, b) in enumerate(zip(after, want), 1):
            if a != b:
                print(f"packet {number}: {a}, wanted {b}")
                break
        return 1
    before, after = details(capture), details(split)
    if after is None:
        print("not a pcapng")
        return 1
    if before is not None:
        want = [packet for frame, packet in enumerate(before, 1) if frame in frames]
        if after != want:
            print(next((n, a, b) for n, (a, b) in enumerate(zip(after, want), 1) if a != b))
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
