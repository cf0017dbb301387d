#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""hostile.py - is anything quadratic?

    hostile.py BUILD [SIZE...]

Makes captures of SIZE (10000 and 100000) things that an algorithm may stumble
over - subflows of one connection, orphans with one ISN, announced addresses,
tiny mappings, connections with the same keys, signals on many subflows - and
tells the processor seconds of each command over the rows in the cache.  From
one size to the next they have to grow as the sizes do.
"""
import hashlib
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile

SYN, ACK, SYNACK, PSH, RST = 2, 16, 18, 24, 4
COMMANDS = (('mptcp-ls', '--json', '-t'), ('mptcp-summary', '--json'),
            ('mptcp-check', '--json', '--no-payload'),
            ('mptcp-check', '--counters'),
            ('mptcp-events', '--json'), ('mptcp-reinject', '--json', '--all'),
            ('mptcp-plot', 'dsn', '-w', '/dev/null', '--format', 'svg'),
            ('mptcp-plot', 'rtt', '-w', '/dev/null', '--format', 'svg'))
PAIRS = (('mptcp-map', '--json'), ('mptcp-owd', '--json'))
KEYS = 0x1111111111111111, 0x2222222222222222


def option(*parts):
    body = b''.join(parts)
    return struct.pack('BB', 30, len(body) + 2) + body


def capable(*keys):
    return option(b'\x01\x01', *(struct.pack('>Q', k) for k in keys))


def token(key):
    return hashlib.sha256(struct.pack('>Q', key)).digest()[:4]


def idsn(key):
    return int.from_bytes(hashlib.sha256(struct.pack('>Q', key)).digest()[-8:],
                          'big')


def dss(dsn, ssn, n, ack=None):
    if dsn is None:
        return option(b'\x20\x01', struct.pack('>I', ack & 0xffffffff))
    return option(b'\x20\x0c', struct.pack('>QIH', dsn & (1 << 64) - 1, ssn, n))


class File:
    def __init__(self, path):
        self.f = open(path, 'wb')
        self.f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                                 101))
        self.n = 0

    def packet(self, stream, back, flags, seq, ack, options=b'', length=0,
               port=None):
        options += b'\1' * (-len(options) % 4)
        ends = [(0x0a000000 + (stream >> 14), 10000 + (stream & 0x3fff)),
                (0x0b000001, port or 5001)]
        (a, p), (b, q) = ends[::-1] if back else ends
        total = 40 + len(options) + length
        data = struct.pack('>BBHHHBBHII', 0x45, 0, total, self.n & 0xffff, 0,
                           64, 6, 0, a, b)
        data += struct.pack('>HHIIBBHHH', p, q, seq & 0xffffffff,
                            ack & 0xffffffff, (5 + len(options) // 4) << 4,
                            flags, 500, 0, 0) + options
        self.f.write(struct.pack('<IIII', 1700000000 + self.n // 1000,
                                 self.n % 1000 * 1000, len(data), total))
        self.f.write(data)
        self.n += 1

    def initial(self, stream, isn=1000, keys=KEYS):
        self.packet(stream, 0, SYN, isn, 0, option(b'\x01\x01'))
        self.packet(stream, 1, SYNACK, 5000, isn + 1, capable(keys[1]))
        self.packet(stream, 0, ACK, isn + 1, 5001, capable(*keys))

    def join(self, stream, isn=1000, key=KEYS[1]):
        nonce = struct.pack('>I', stream + 1)
        self.packet(stream, 0, SYN, isn, 0,
                    option(b'\x10', bytes([stream & 255]), token(key), nonce))
        self.packet(stream, 1, SYNACK, 5000, isn + 1,
                    option(b'\x10\x01', bytes(8), nonce))
        self.packet(stream, 0, ACK, isn + 1, 5001,
                    option(b'\x10\x00', bytes(20)))


def subflows(f, n):
    f.initial(0)
    first = idsn(KEYS[0]) + 1
    for i in range(1, n):
        f.join(i)
        f.packet(i, 0, PSH, 1001, 5001, dss(first + i // 2 * 100, 1, 100), 100)
        f.packet(i, 1, ACK, 5001, 1101, dss(None, 0, 0, first + i * 50))


def orphans(f, n):
    for i in range(n // 2):
        f.join(i, key=i)
    for i in range(n // 2, n):
        f.packet(i, 0, PSH, 1001, 5001, dss(None, 0, 0, 1), 10)


def addresses(f, n):
    f.initial(0)
    for i in range(n):
        f.packet(0, i & 1, ACK, 5001 if i & 1 else 1001, 1001,
                 option(b'\x30', bytes([i >> 1 & 255]), struct.pack('>I', i),
                        bytes(8)))
        if i % 100 == 0:
            f.packet(0, 0, ACK, 1001, 5001, option(b'\x40', bytes([i & 255])))


def mappings(f, n):
    f.initial(0)
    f.join(1)
    first, rng = idsn(KEYS[0]) + 1, random.Random(1)
    for i in range(n):
        at = rng.randrange(n * 2)
        f.packet(i & 1, 0, PSH, 1001 + at, 5001,
                 dss(first + rng.randrange(n * 2), 1 + at, 3), 2)


def same_keys(f, n):
    for i in range(n // 2):
        f.initial(i)
    for i in range(n // 2, n):
        f.join(i)


def signals(f, n):
    f.initial(0)
    for i in range(1, n):
        f.join(i)
        f.packet(i, 0, ACK, 1001, 5001, option(b'\x60', b'\0' * 9))
        f.packet(i, 0, ACK, 1001, 5001, option(b'\x50' if i & 1 else b'\x51'))
        if i % 3 == 0:
            f.packet(i, 1, RST, 5001, 1001, option(b'\x80', b'\2'))


def reused_ports(f, n):
    for i in range(n):
        f.initial(0, isn=1000 * i, keys=(i, i + 1))
        f.packet(0, 0, RST, 1000 * i + 1, 0)


CASES = (subflows, orphans, addresses, mappings, same_keys, signals,
         reused_ports)


def seconds(build, command, cache, paths):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.run([os.path.join(build, command[0]), *command[1:],
                        '--cache-dir', cache, *paths], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if p.returncode > 1:
        print(p.stderr.decode()[:200])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(build, sizes):
    with tempfile.TemporaryDirectory() as top:
        cache = os.path.join(top, 'cache')
        for case in CASES:
            if os.environ.get('CASE', case.__name__) != case.__name__:
                continue
            times = []
            for n in sizes:
                path = os.path.join(top, f'{case.__name__}-{n}.pcap')
                f = File(path)
                case(f, n)
                f.f.close()
                with open(path, 'rb') as one, open(path + '2', 'wb') as two:
                    two.write(one.read())
                for p in path, path + '2':
                    seconds(build, ('mptcp-doctor',), cache, (p,))
                times.append([seconds(build, c, cache, (path,))
                              for c in COMMANDS] +
                             [seconds(build, c, cache, (path, path + '2'))
                              for c in PAIRS])
            print(case.__name__)
            for k, command in enumerate(COMMANDS + PAIRS):
                print('  {:44}'.format(' '.join(command[:3])) +
                      ' '.join(f'{t[k]:8.2f}' for t in times), flush=True)


if __name__ == '__main__':
    main(sys.argv[1], [int(s) for s in sys.argv[2:]] or [10000, 100000])
