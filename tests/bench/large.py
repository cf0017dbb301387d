#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Make a large capture from a small one: its Multipath TCP connection over and
# over, each time with ports, keys, tokens, HMACs and data sequence numbers of
# its own that fit together. A connection that needs more packets than the
# small capture has repeats its middle; at the seams a few bytes are missing.
#
#     large.py OUT PACKETS CONNECTIONS [TEMPLATE]

import hashlib
import heapq
import hmac
import struct
import sys

TEMPLATE = "testdata/captures/two-paths-client.pcapng"
SPACING = 50_000_000  # ns between the starts of two connections
MASK32, MASK64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


def sha(data):
    return hashlib.sha256(data).digest()


def token_of(key):
    return struct.unpack("!I", sha(key)[:4])[0]


def idsn_of(key):
    return struct.unpack("!Q", sha(key)[-8:])[0]


def mac(one, two, message):
    return hmac.new(one + two, message, hashlib.sha256).digest()


def frames(path):
    """Time, octets and true length of each packet of a little-endian pcapng file of nanoseconds."""
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 6:
            _, high, low, kept, length = struct.unpack_from("<IIIII", data, at + 8)
            yield high << 32 | low, data[at + 28:at + 28 + kept], length
        at += size


class Packet:
    """A TCP packet of the template, and where in it what will be replaced stands."""

    def __init__(self, when, data, length):
        self.when, self.data, self.length = when, data, length
        self.tcp = 14 + (data[14] & 15) * 4
        self.sport, self.dport, self.seq, self.ack = struct.unpack_from("!HHII", data, self.tcp)
        self.flags = data[self.tcp + 13]
        self.header = (data[self.tcp + 12] >> 4) * 4
        self.to_server = self.dport == 5001
        self.payload = struct.unpack_from("!H", data, 16)[0] - (self.tcp - 14) - self.header
        self.options = []
        at, end = self.tcp + 20, self.tcp + self.header
        while at < end and data[at] != 0:
            if data[at] == 1:
                at += 1
                continue
            if data[at] == 30:
                self.options.append((at, data[at + 1], data[at + 2] >> 4))
            at += data[at + 1]

    def dss(self):
        """(offset, octets) of DATA_ACK, DSN; offset of the SSN; None for what is not there."""
        for at, _, subtype in self.options:
            if subtype != 2:
                continue
            flags, ack, dsn, ssn = self.data[at + 3], None, None, None
            at += 4
            if flags & 1:
                ack = at, 8 if flags & 2 else 4
                at += ack[1]
            if flags & 4:
                dsn = at, 8 if flags & 8 else 4
                ssn = at + dsn[1]
            return ack, dsn, ssn
        return None, None, None


def number(data, field):
    return int.from_bytes(data[field[0]:field[0] + field[1]], "big")


class Template:
    def __init__(self, path):
        self.packets = []
        for when, data, length in sorted(frames(path), key=lambda f: f[0]):
            if data[12:14] == b"\x08\x00" and data[23] == 6:
                self.packets.append(Packet(when, data, length))
        self.keys = [None, None]  # client, server
        self.nonces = {}
        for p in self.packets:
            for at, size, subtype in p.options:
                if subtype == 0 and size >= 20:
                    self.keys = [p.data[at + 4:at + 12], p.data[at + 12:at + 20]]
                if subtype == 1 and size == 12:
                    self.nonces[0] = p.data[at + 8:at + 12]
                if subtype == 1 and size == 16:
                    self.nonces[1] = p.data[at + 12:at + 16]
        self.initial = self.packets[0].sport
        self.start, self.end = self.choose_middle()
        self.period = self.packets[self.end].when - self.packets[self.start].when
        self.grown = {}  # (port of the client, to the server): sequence numbers of one round
        self.data_grown = {}
        for to_server in True, False:
            for port in {p.sport if p.to_server else p.dport for p in self.packets}:
                self.grown[port, to_server] = self.next_seq(port, to_server, self.end) - \
                    self.next_seq(port, to_server, self.start)
            self.data_grown[to_server] = self.next_data(to_server, self.end) - \
                self.next_data(to_server, self.start)

    def choose_middle(self):
        """The part whose payload is just what the data grows by: it can follow itself."""
        n, sent, highest, ahead = len(self.packets), 0, 0, []
        for p in self.packets:
            if p.to_server and p.payload and p.dss()[1]:
                sent += p.payload
                highest = max(highest, number(p.data, p.dss()[1]) + p.payload)
            ahead.append(highest - sent)
        first = max(i for i, p in enumerate(self.packets) if p.flags & 2 or
                    any(subtype == 1 for _, _, subtype in p.options)) + 1
        return min(((i, j) for i in range(first, n // 2) for j in range(n * 3 // 5, n * 4 // 5)),
                   key=lambda pair: abs(ahead[pair[0] - 1] - ahead[pair[1] - 1]))

    def next_seq(self, port, to_server, upto):
        seqs = [p.seq + p.payload + bool(p.flags & 2) for p in self.packets[:upto]
                if p.to_server == to_server and port in (p.sport, p.dport)]
        return max(seqs, default=0)

    def next_data(self, to_server, upto):
        ends = [number(p.data, p.dss()[1]) + p.payload for p in self.packets[:upto]
                if p.to_server == to_server and p.dss()[1] and p.payload]
        return max(ends, default=0)

    def plan(self, count):
        """(packet, round) of the packets of a connection that has so many."""
        n = len(self.packets)
        if count <= n:
            return ((p, 0) for p in self.packets[:count])
        rounds, rest = divmod(count - n, self.end - self.start)

        def generate():
            for p in self.packets[:self.end]:
                yield p, 0
            for k in range(1, rounds + 1):
                for p in self.packets[self.start:self.end]:
                    yield p, k
            for p in self.packets[self.start:self.start + rest]:
                yield p, rounds + 1
            last = rounds + (rest > 0)
            for p in self.packets[self.end:]:
                yield p, last
        return generate()


def add(data, field, value):
    bits = field[1] * 8
    whole = number(data, field) + value & (1 << bits) - 1
    data[field[0]:field[0] + field[1]] = whole.to_bytes(field[1], "big")


def connection(t, index, count):
    """The packets of one connection: time, place in the order, octets, true length."""
    keys = [sha(b"client %d" % index)[:8], sha(b"server %d" % index)[:8]]
    moved = {way: idsn_of(keys[not way]) - idsn_of(t.keys[not way]) for way in (True, False)}
    port = 1024 + index
    begin = index * SPACING
    for p, k in t.plan(count):
        data = bytearray(p.data)
        client_port = p.sport if p.to_server else p.dport
        struct.pack_into("!H", data, p.tcp + (0 if p.to_server else 2), port)
        struct.pack_into("!II", data, p.tcp + 4,
                         p.seq + k * t.grown[client_port, p.to_server] & MASK32,
                         p.ack + k * t.grown[client_port, not p.to_server] & MASK32)
        for at, size, subtype in p.options:
            if subtype == 0:
                for i in range((size - 4) // 8):
                    side = i if size >= 20 else 1
                    data[at + 4 + 8 * i:at + 12 + 8 * i] = keys[side]
            elif subtype == 1 and size == 12:
                struct.pack_into("!I", data, at + 4, token_of(keys[1]))
            elif subtype == 1 and size == 16:
                data[at + 4:at + 12] = mac(keys[1], keys[0], t.nonces[1] + t.nonces[0])[:8]
            elif subtype == 1 and size == 24:
                data[at + 4:at + 24] = mac(keys[0], keys[1], t.nonces[0] + t.nonces[1])[:20]
            elif subtype == 2:
                ack, dsn, ssn = p.dss()
                if ack:
                    add(data, ack, moved[not p.to_server] + k * t.data_grown[not p.to_server])
                if dsn:
                    add(data, dsn, moved[p.to_server] + k * t.data_grown[p.to_server])
                    if number(data, (ssn, 4)):
                        add(data, (ssn, 4), k * t.grown[client_port, p.to_server])
        yield begin + p.when + k * t.period, index, data, p.length


def main():
    out, packets, connections = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    t = Template(sys.argv[4] if len(sys.argv) > 4 else TEMPLATE)
    share, more = divmod(packets, connections)
    streams = [connection(t, i, share + (i < more)) for i in range(connections)]
    with open(out, "wb", 1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 128, 1))
        for when, _, data, length in heapq.merge(*streams, key=lambda f: f[:2]):
            file.write(struct.pack("<IIII", when // 10**9, when % 10**9, len(data), length) + data)


if __name__ == "__main__":
    main()
