#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mutate.py - captures that somebody damaged, on purpose or not.

    mutate.py [--count N] [--first K] [--seed S] [--jobs J] [--keep DIR]
              [--bundle B] [--all] BUILD CAPTURE...

Mutant K of a seed is always the same file: bits flipped, bytes cut out or
doubled, packets lost, repeated, cut, moved in time or between streams, TCP
options with values at the edges.  Commands of BUILD read each one (with --all
all of them; else the three that show most and another in turn) and have to

  - end with a status that the man pages know, within 10 s of
    the processor;
  - print no report of a sanitizer, and every message as one whole line;
  - print JSON that parses, without NaN, in which sums are sums.

With --bundle, mutants whose file format is sound share a file, B at most.
Prints a line per broken promise, and keeps such mutants in --keep; exits 1 if
there was one.
"""
import argparse
import concurrent.futures
import gzip
import json
import os
import random
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

SECONDS = 10  # of the processor
PATIENCE = 120  # s, on a busy machine
LINES = 40  # of messages: more is noise
WINDOW = 120  # packets of a large capture
CLASSES = ('unique_bytes', 'tcp_retransmitted_bytes', 'mptcp_repeated_bytes',
           'reinjected_bytes', 'unmapped_bytes')
KINDS = ('dsn', 'seq', 'ack', 'rate', 'goodput', 'limits', 'share', 'flight', 'rtt',
         'reinject', 'reorder', 'occupancy', 'interarrival', 'dss')


# --- capture files as lists of (head, packet) ------------------------------

class Capture:
    """What precedes the packets, the packets, and how to write them."""

    def __init__(self, data):
        self.data = data
        self.packets = []  # [bytes before the data, data, bytes behind]
        self.order = '<'
        self.head = data
        if data[:4] in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1'):
            self.read_pcap('<')
        elif data[:4] in (b'\xa1\xb2\xc3\xd4', b'\xa1\xb2\x3c\x4d'):
            self.read_pcap('>')
        elif data[:4] == b'\x0a\x0d\x0d\x0a':
            self.read_pcapng()

    def read_pcap(self, order):
        self.order, self.kind = order, 'pcap'
        self.head = self.data[:24]
        link = struct.unpack_from(order + 'I', self.data, 20)[0] & 0xffff
        self.links = [(link, 9 if 0x4d in self.data[:4] else 6)]
        at = 24
        while at + 16 <= len(self.data):
            caplen = struct.unpack_from(order + 'I', self.data, at + 8)[0]
            if at + 16 + caplen > len(self.data):
                break
            self.packets.append([self.data[at:at + 16],
                                 self.data[at + 16:at + 16 + caplen], b''])
            at += 16 + caplen

    def read_pcapng(self):
        self.kind = 'pcapng'
        self.order = '<' if self.data[8:12] == b'\x4d\x3c\x2b\x1a' else '>'
        at, head, self.links = 0, b'', []
        while at + 12 <= len(self.data):
            kind, total = struct.unpack_from(self.order + 'II', self.data, at)
            if total < 12 or total % 4 or at + total > len(self.data):
                break
            block = self.data[at:at + total]
            if kind == 6 and total >= 32:
                caplen = struct.unpack_from(self.order + 'I', block, 20)[0]
                end = 28 + (caplen + 3) // 4 * 4
                if end + 4 <= total:
                    self.packets.append([block[:28], block[28:28 + caplen],
                                         block[end:-4]])
            elif not self.packets:
                head += block
                if kind == 1:
                    self.links.append(self.read_interface(block))
            at += total
        self.head = head

    def read_interface(self, block):
        """Link type, and the resolution of its time stamps."""
        link, at, resolution = struct.unpack_from(self.order + 'H', block, 8)[
            0], 16, 6
        while at + 4 <= len(block) - 4:
            code, n = struct.unpack_from(self.order + 'HH', block, at)
            if code == 9 and n == 1:
                resolution = block[at + 4]
            if code == 0:
                break
            at += 4 + (n + 3) // 4 * 4
        return link, resolution

    def place(self, head):
        """Link type, resolution and time stamp of a packet."""
        if self.kind == 'pcap':
            a, b = struct.unpack_from(self.order + 'II', head)
            return *self.links[0], a * 10 ** self.links[0][1] + b
        i, a, b = struct.unpack_from(self.order + 'III', head, 8)
        return *self.links[min(i, len(self.links) - 1)], a << 32 | b

    def write(self, packets):
        out = [self.head]
        for head, data, tail in packets:
            n = len(data)
            if self.kind == 'pcap':
                wire = struct.unpack_from(self.order + 'I', head, 12)[0]
                out.append(head[:8] + struct.pack(self.order + 'II', n,
                                                  max(wire, n)) + data)
            else:
                wire = struct.unpack_from(self.order + 'I', head, 24)[0]
                total = 28 + (n + 3) // 4 * 4 + len(tail) + 4
                out.append(head[:4] + struct.pack(self.order + 'I', total) +
                           head[8:20] +
                           struct.pack(self.order + 'II', n, max(wire, n)) +
                           data + bytes(-n % 4) + tail +
                           struct.pack(self.order + 'I', total))
        return b''.join(out)


# --- where TCP is in a packet ----------------------------------------------

def find_tcp(data):
    """Offset of the TCP header, by the look of an IP header before it."""
    for link in (14, 18, 16, 20, 4, 0, 22):
        if len(data) < link + 40:
            continue
        if data[link] >> 4 == 4 and data[link + 9] == 6:
            return link, link + (data[link] & 15) * 4
        if data[link] >> 4 == 6 and data[link + 6] == 6:
            return link, link + 40
    return None


EDGES = (b'\0' * 8, b'\xff' * 8, b'\x7f' + b'\xff' * 7, b'\x80' + b'\0' * 7,
         b'\0\0\0\0\xff\xff\xff\xff', b'\0\0\0\0\x80\0\0\0',
         b'\xff\xff\xff\xff\0\0\0\0')


def mutate_options(rng, data):
    """Values at the edges in the TCP header and its options."""
    where = find_tcp(data)
    if not where or len(data) < where[1] + 20:
        return data
    tcp = where[1]
    data = bytearray(data)
    end = min(tcp + (data[tcp + 12] >> 4) * 4, len(data))
    what = rng.randrange(7)
    if what == 0:  # sequence number, acknowledgment, window
        at, n = rng.choice(((tcp + 4, 4), (tcp + 8, 4), (tcp + 14, 2)))
        data[at:at + n] = rng.choice(EDGES)[-n:]
    elif what == 1:
        data[tcp + 13] = rng.choice((0, 1, 2, 4, 0x10, 0x12, 0x14, 0x11, 0xff))
    elif what == 2:
        data[tcp + 12] = rng.randrange(16) << 4
    elif end > tcp + 20:
        at = tcp + 20
        starts = []
        while at + 1 < end and data[at] != 0:
            if data[at] == 1:
                at += 1
                continue
            starts.append(at)
            at += max(data[at + 1], 1)
        mptcp = [i for i in starts if data[i] == 30] or starts
        if not mptcp:
            return bytes(data)
        at = rng.choice(mptcp)
        if what == 3 and at + 2 < len(data):  # another subtype
            data[at + 2] = rng.randrange(10) << 4 | (data[at + 2] & 15)
        elif what == 4 and at + 3 < len(data):  # other flags
            data[at + 3] = rng.randrange(256)
        elif what == 5:  # another length
            data[at + 1] = rng.randrange(42)
        else:  # a field at the edge
            field = at + 2 + 2 * rng.randrange(10)
            n = rng.choice((1, 2, 4, 8))
            value = rng.choice(EDGES)[-n:]
            field = min(field, len(data))
            data[field:field + n] = value[:len(data) - field]
    return bytes(data)


def set_time(rng, capture, head):
    """Another time stamp: a little off, or absurd."""
    order, at = capture.order, 0 if capture.kind == 'pcap' else 12
    a, b = struct.unpack_from(order + 'II', head, at)
    what = rng.randrange(4)
    if what == 0:
        b = (b + rng.randrange(-100000, 100000)) % (1 << 32)
    elif what == 1:
        a = rng.choice((0, 1, 0x7fffffff, 0x80000000, 0xffffffff))
    elif what == 2:
        b = rng.choice((0, 0x7fffffff, 0x80000000, 0xffffffff))
    else:
        a = rng.randrange(1 << 32)
    return head[:at] + struct.pack(order + 'II', a, b) + head[at + 8:]


def mutate_packets(rng, capture, packets):
    k = rng.randrange(len(packets))
    head, data, tail = packets[k]
    what = rng.randrange(10)
    if what == 0:
        packets.insert(rng.randrange(len(packets) + 1), packets[k])
    elif what == 1:
        del packets[k]
    elif what == 2:
        packets.insert(rng.randrange(len(packets)), packets.pop(k))
    elif what == 3:
        packets[k] = [head, data[:rng.randrange(len(data) + 1)], tail]
    elif what == 4:
        packets[k] = [set_time(rng, capture, head), data, tail]
    elif what == 5:  # the options of another packet, on this one
        other = packets[rng.randrange(len(packets))][1]
        a, b = find_tcp(data), find_tcp(other)
        if a and b:
            packets[k] = [head, data[:a[1] + 12] + other[b[1] + 12:], tail]
    elif what == 6 and data:
        data = bytearray(data)
        for _ in range(rng.randrange(1, 5)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        packets[k] = [head, bytes(data), tail]
    else:
        packets[k] = [head, mutate_options(rng, data), tail]


def mutate_bytes(rng, data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        if not data:
            break
        at = rng.randrange(len(data))
        n = rng.choice((1, 2, 4, 16, 60, 1000))
        what = rng.randrange(5)
        if what == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif what == 1:
            data[at:at + n] = bytes(rng.randrange(256)
                                    for _ in range(min(n, 64)))
        elif what == 2:
            del data[at:at + n]
        elif what == 3:
            data[at:at] = data[at:at + n]
        elif rng.randrange(4) == 0:
            del data[at:]
    return bytes(data)


def make_mutant(seed, k, captures):
    """The bytes of a file; or packets, where only those are damaged."""
    rng = random.Random(seed * 1000003 + k)
    capture = captures[k % len(captures)]
    packets = list(capture.packets)
    if not packets:
        return mutate_bytes(rng, capture.data), None
    if len(packets) > WINDOW:
        first = rng.choice((0, rng.randrange(len(packets) - WINDOW)))
        packets = packets[first:first + WINDOW]
    if rng.randrange(12) == 0:
        return mutate_bytes(rng, capture.write(packets)), None
    for _ in range(rng.choice((1, 1, 2, 3, 6, 20))):
        if packets:
            mutate_packets(rng, capture, packets)
    return capture.write(packets), packets


def readdress(data, slot):
    """Other addresses, so that mutants in one file are not each other."""
    where = find_tcp(data)
    if not where:
        return data
    data = bytearray(data)
    for at in (14, 18) if data[where[0]] >> 4 == 4 else (13, 29):
        data[where[0] + at] ^= slot
    return bytes(data)


def block(kind, body):
    body += bytes(-len(body) % 4)
    n = struct.pack('<I', len(body) + 12)
    return struct.pack('<I', kind) + n + body + n


def bundle(mutants):
    """Several mutants in one pcapng file: a tshark takes long to start."""
    links, out = [], []
    for slot, (capture, packets) in enumerate(mutants):
        for head, data, _ in packets:
            link, resolution, stamp = capture.place(head)
            if (link, resolution) not in links:
                links.append((link, resolution))
            data = readdress(data, slot)
            stamp &= (1 << 64) - 1
            out.append(block(6, struct.pack(
                '<IIIII', links.index((link, resolution)), stamp >> 32,
                stamp & 0xffffffff, len(data), max(len(data), 60)) + data))
    return block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + \
        b''.join(block(1, struct.pack('<HHIHHBBBBHH', link, 0, 0, 9, 1,
                                      resolution, 0, 0, 0, 0, 0))
                 for link, resolution in links) + b''.join(out)


# --- what the commands say to it -------------------------------------------

class Broken(Exception):
    pass


def refuse(text):
    raise Broken('JSON with ' + text)


def parse(text):
    try:
        return json.loads(text.decode('utf-8'), parse_constant=refuse)
    except ValueError as error:
        raise Broken(f'JSON: {error}') from error


def need(condition, text):
    if not condition:
        raise Broken(text)


def judge_summary(document):
    for conn in document['connections']:
        name = f'connection {conn["id"]}'
        for d in conn['directions']:
            sent = d['sent_bytes']
            classes = [d[c] for c in CLASSES]
            known = [n for n in classes if n is not None]
            need(min([sent] + known) >= 0, f'{name}: less than no bytes')
            need(sent == sum(known) or
                 (len(known) < len(classes) and sent > sum(known)),
                 f'{name}: sent is not the sum of its classes')
            need(sent == sum(s['sent_bytes'] for s in d['subflows']),
                 f'{name}: sent is not the sum over subflows')
            unique = [s['unique_bytes'] for s in d['subflows']]
            need(None in unique or d['unique_bytes'] == sum(unique),
                 f'{name}: unique is not the sum over subflows')
            for value in (d['duration_s'], d['throughput_bps'],
                          d['goodput_bps'], d['hol_blocked_s'],
                          d['interruption_max_s']):
                need(value is None or value >= 0, f'{name}: negative')
            for low, high in d['holes']:
                need(low < high, f'{name}: hole [{low},{high})')


def judge_check(document):
    for key in document:
        need(key, 'check: an empty key')


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def run(build, command, cache, scratch):
    name = command[0]
    own = [] if name == 'mptcp-live' else ['--cache-dir', cache]
    command = [os.path.join(build, name), *own, *command[1:]]
    env = dict(os.environ, LC_ALL='C.UTF-8',
               ASAN_OPTIONS='exitcode=99:detect_leaks=1:allocator_may_return_null=0',
               UBSAN_OPTIONS='print_stacktrace=1')
    try:
        p = subprocess.run(command, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           env=env, timeout=PATIENCE, cwd=scratch, check=False,
                           preexec_fn=limit)
    except subprocess.TimeoutExpired as late:
        raise Broken(f'{name}: hangs') from late
    said = p.stderr
    for mark in (b'Sanitizer', b'runtime error:'):
        if mark in said:
            text = said[said.index(mark) - 80 if said.index(mark) > 80 else 0:]
            raise Broken(f'{name}: {text[:3000].decode(errors="replace")}')
    need(p.returncode not in (-signal.SIGXCPU, -signal.SIGKILL),
         f'{name}: hangs')
    known = {0, 1, 3} if name in ('mptcp-plot', 'mptcp-split') else {0, 3}
    need(p.returncode in known,
         f'{name}: exit status {p.returncode}: '
         f'{said[:300].decode(errors="replace")}')
    lines = said.decode('utf-8', 'backslashreplace').splitlines()
    need(len(lines) <= LINES, f'{name}: {len(lines)} lines of messages')
    for line in lines:
        need(line.startswith(name + ': '), f'{name}: says {line!r}')
    need(p.returncode == 0 or lines or name == 'mptcp-doctor', f'{name}: fails and does not say why')
    return p.returncode, p.stdout


def commands_for(k, mutant, original, every):
    turn = int(str(k).split('+', maxsplit=1)[0])
    json_ones = [('mptcp-summary', '--json', mutant),
                 ('mptcp-check', '--json', '--all', mutant),
                 ('mptcp-events', '--json', mutant)]
    others = [('mptcp-ls', '--json', '-t', mutant),
              ('mptcp-reinject', '--json', '--all', mutant),
              ('mptcp-owd', '--json', '--packets', original, mutant),
              ('mptcp-map', '--json', '-t', mutant, original),
              ('mptcp-check', '--json', mutant, original),
              ('mptcp-reinject', '--json', '--with', mutant, original),
              ('mptcp-summary', mutant),
              ('mptcp-check', mutant),
              ('mptcp-check', '--counters', '--json', mutant),
              ('mptcp-doctor', mutant),
              ('mptcp-events', mutant),
              ('mptcp-ls', '--csv', '-s', mutant),
              ('mptcp-summary', '--json', '--totals', mutant),
              ('mptcp-summary', '--json', '--paths', mutant, original),
              ('mptcp-summary', '--json', '-m', mutant, original),
              ('mptcp-summary', '--with', mutant, original),
              ('mptcp-check', '--tally', mutant, original),
              ('mptcp-check', '--context', '2', mutant),
              ('mptcp-live', '--batch', '0', mutant),
              ('mptcp-live', '--jsonl', mutant),
              ('mptcp-export', '-w', 'packets.csv', mutant),
              ('mptcp-split', '--annotate', '-f', '-w', 'comments.pcapng', mutant),
              ('mptcp-report', '--with', original, '-w', 'page.html', mutant)]
    plots = [('mptcp-plot', kind, '--each', '-w', f'%d.{suffix}', mutant)
             for kind, suffix in zip(KINDS, 2 * ('svg', 'json', 'png', 'csv',
                                             'xpl', 'pdf', 'svg'))]
    if every:
        return json_ones + others + plots
    if turn % 4:
        json_ones[1] = ('mptcp-check', '--json', '--no-payload', mutant)
    return json_ones + [(others + plots)[turn % (len(others) + len(plots))]]


def check_file(args, top, k, data, original):
    """One file, under all commands that are meant; what is broken."""
    broken = []
    scratch = os.path.join(top, f'{k}')
    os.mkdir(scratch)
    mutant = os.path.join(scratch, f'mutant-{k}.pcap')
    cache = os.path.join(top, 'cache')
    with open(mutant, 'wb') as f:
        f.write(data)
    for command in commands_for(k, mutant, original, args.all):
        try:
            status, out = run(args.build, command, cache, scratch)
            if '--json' not in command or not out:
                continue
            document = parse(out)
            if 'connections' in document and command[0] == 'mptcp-summary' and status == 0:
                judge_summary(document)
        except Broken as error:
            broken.append(f'mutant {args.seed}/{k}: '
                          f'{" ".join(map(os.path.basename, command))}: '
                          f'{error}')
    for name in os.listdir(cache):
        if not name.startswith(f'mutant-{k}.'):
            continue
        if '.tmp.' in name or name.endswith('.lock'):
            broken.append(f'mutant {args.seed}/{k}: leaves {name}')
        os.unlink(os.path.join(cache, name))
    if broken and args.keep:
        os.makedirs(args.keep, exist_ok=True)
        shutil.copy(mutant, os.path.join(args.keep, f'{args.seed}-{k}.pcap'))
    shutil.rmtree(scratch)
    return broken


def check_some(args, top, first, n, captures):
    """Mutants first to first + n - 1, in as few files as can be."""
    broken, whole = [], []
    for k in range(first, first + n):
        data, packets = make_mutant(args.seed, k, captures)
        if packets and n > 1:
            whole.append((captures[k % len(captures)], packets))
            continue
        original = os.path.join(top, f'original-{k % len(captures)}')
        broken += check_file(args, top, k, data, original)
    if whole:
        original = os.path.join(top, f'original-{first % len(captures)}')
        broken += check_file(args, top, f'{first}+{n}', bundle(whole),
                             original)
    return broken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--count', type=int, default=100)
    parser.add_argument('--first', type=int, default=0)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--jobs', type=int, default=2)
    parser.add_argument('--keep')
    parser.add_argument('--bundle', type=int, default=1)
    parser.add_argument('--all', action='store_true')
    parser.add_argument('build')
    parser.add_argument('capture', nargs='+')
    args = parser.parse_args()
    args.build = os.path.abspath(args.build)
    captures = []
    for path in args.capture:
        with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
            captures.append(Capture(f.read()))
    failures = 0
    top = tempfile.mkdtemp(prefix='mutate-')
    for k, capture in enumerate(captures):
        with open(os.path.join(top, f'original-{k}'), 'wb') as f:
            f.write(capture.data)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        last = args.first + args.count
        work = (pool.submit(check_some, args, top, k,
                            min(args.bundle, last - k), captures)
                for k in range(args.first, last, args.bundle))
        for done, future in enumerate(list(work), 1):
            for line in future.result():
                failures += 1
                print(line, flush=True)
            if sys.stderr.isatty() or done % 20 == 0:
                print(f'{done * args.bundle} mutants, {failures} broken '
                      'promises',
                      file=sys.stderr, flush=True)
    shutil.rmtree(top, ignore_errors=True)
    print(f'{args.count} mutants, {failures} broken promises')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
