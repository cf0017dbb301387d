#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How mptcp-owd grows: two captures of one transfer, with 10^4 to 10^6 packets
# each. Prints seconds (the best of three runs from a warm cache), what one
# packet pair costs, and the most memory that was in use.
#
#     two_captures.py BUILD [PACKETS...]

import os
import random
import struct
import subprocess
import sys
import tempfile
import time

DELAY = 20_000_000


def segment(up, seq, ack, flags, length, stamp, echo, ip_id, extra=b""):
    options = struct.pack("!BBBBII", 1, 1, 8, 10, stamp, echo) + extra
    options += b"\1" * (-len(options) % 4)
    header = struct.pack("!HHIIBBHHH", 40000 if up else 80, 80 if up else 40000, seq, ack,
                         (20 + len(options)) // 4 << 4, flags, 500, 0, 0) + options
    ends = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(header) + length, ip_id & 0xFFFF, 0, 64,
                     6, 0, *(ends if up else ends[::-1]))
    return ip + header, len(ip) + len(header) + length


def write(path, records):
    with open(path, "wb", 1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 128, 101))
        for when, (data, length) in records:
            file.write(struct.pack("<IIII", when // 10**9, when % 10**9, len(data), length) + data)


def make(count, paths):
    """A packet of data, an acknowledgment, and so on; one in a hundred is lost."""
    rng = random.Random(count)
    ends, now, seq, ids = ([], []), 10**18, 1000, [0, 0]

    def send(up, data, lost=False):
        first, second = (0, 1) if up else (1, 0)
        ends[first].append((now, data))
        if not lost:
            ends[second].append((now + DELAY + rng.randrange(500_000), data))

    send(True, segment(True, seq, 0, 2, 0, 1, 0, 0))
    now += 50_000_000
    send(False, segment(False, 5000, seq + 1, 0x12, 0, 1, 1, 0))
    seq += 1
    while len(ends[0]) < count:
        now += 1_000_000
        stamp = now // 1_000_000 & 0xFFFFFFFF
        for up in True, False:
            ids[up] += 1
            dss = struct.pack("!BBBB", 30, 8, 0x20, 1) + struct.pack("!I", seq & 0xFFFFFFFF)
            send(up, segment(up, seq if up else 5001, 5001 if up else seq, 0x10,
                             1000 if up else 0, stamp, stamp - 40, ids[up], dss),
                 rng.randrange(100) == 0)
        seq = (seq + 1000) & 0xFFFFFFFF
    for path, records in zip(paths, ends):
        write(path, sorted(records, key=lambda r: r[0]))


def run(*command):
    start = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    if status:
        sys.exit(f"{command[0]} failed")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def main():
    if sys.argv[1] == "--make":
        make(int(sys.argv[2]), sys.argv[3:])
        return
    build = sys.argv[1]
    counts = [int(n) for n in sys.argv[2:]] or [10**4, 10**5, 10**6]
    print("packets  seconds  us/packet  bytes/pair")
    with tempfile.TemporaryDirectory() as directory:
        paths = [f"{directory}/{name}.pcap" for name in ("client", "server")]
        cache = f"{directory}/cache"
        for count in counts:
            # In a process of its own, whose memory would count for its children.
            subprocess.run((sys.executable, __file__, "--make", str(count), *paths),
                           check=True)
            command = (f"{build}/mptcp-owd", "--json", "--cache-dir", cache, *paths)
            run(*command)
            runs = [run(*command) for _ in range(3)]
            best = min(r[0] for r in runs)
            memory = min(r[1] for r in runs)
            print(f"{count:7d} {best:8.3f} {best / count * 1e6:10.3f} {memory / count:11.0f}",
                  flush=True)


if __name__ == "__main__":
    main()
