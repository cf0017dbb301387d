#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""corpus.py - inputs for the fuzz targets to begin with, from captures.

    corpus.py OUTDIR CAPTURE...

Writes OUTDIR/fuzz_model, fuzz_clusters, fuzz_pair, fuzz_outline, fuzz_tshark_row,
fuzz_payload and fuzz_mptcp_csv: of each capture the first packets, as rows.h, tshark's
lines and mptcp-export (in PATH) have them; fuzz_packet: its second packet, when it is a
pcap file; fuzz_walk: its beginning.
"""
import os
import struct
import subprocess
import sys

PACKETS = 60
FIELDS = ('frame.time_epoch', 'tcp.stream', 'ip.src', 'tcp.srcport',
          'tcp.flags', 'tcp.seq', 'tcp.ack', 'tcp.len',
          'tcp.window_size_value', 'tcp.options')
LINE = ('frame.number', 'frame.time_epoch', 'frame.interface_name',
        'ip.src or ipv6.src', 'ip.dst or ipv6.dst', 'ip.id', 'tcp.srcport',
        'tcp.dstport', 'tcp.stream', 'tcp.flags', 'tcp.seq', 'tcp.ack',
        'tcp.len', 'tcp.hdr_len', 'tcp.window_size_value', 'tcp.options')
RAW = ('-n', '-o', 'tcp.relative_sequence_numbers:FALSE', '-o',
       'tcp.analyze_sequence_numbers:FALSE', '-c', str(PACKETS))


def tshark(path, *more):
    return subprocess.run(['tshark', *RAW, '-r', path, *more], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          ).stdout.decode().splitlines()


def records(path):
    lines = tshark(path, '-Y', 'tcp', '-T', 'fields',
                   *(x for f in FIELDS for x in ('-e', f)))
    out, last, first = [], None, {}
    for line in lines:
        time, stream, src, port, flags, seq, ack, length, window, options = \
            (f.split(',')[-1] for f in line.split('\t'))
        if not seq or not length:
            continue
        options = bytes.fromhex(options.replace(':', '')) \
            if '<' not in options else b''
        now = int(float(time) * 1e6)
        stream = int(stream) & 15
        back = first.setdefault(stream, (src, port)) != (src, port)
        out.append(struct.pack(
            '>BBBiIIIH', stream | back << 7, int(flags, 16) & 0xff,
            len(options), max(min(now - (last or now), 1 << 30), -1 << 30),
            int(seq), int(ack or 0), min(int(length), 0x3ffff),
            int(window or 0)) + options)
        last = now
    return b''.join(out)


def rows(path):
    columns = ','.join(f'"{i}","%Cus:{f}:0:U"' for i, f in enumerate(LINE))
    lines = tshark(path, '--disable-protocol', 'mptcp', '-T', 'tabs', '-o',
                   f'gui.column.format:{columns}')
    return b'\2' + '\n'.join(lines[:20]).encode() + b'\n'


def payload(path):
    lines = tshark(path, '-Y', 'tcp.len > 0', '-T', 'fields', '-e',
                   'frame.number', '-e', 'tcp.len', '-e', 'tcp.options', '-e',
                   'tcp.payload')
    return '\n'.join(line[:400] for line in lines[:10]).encode() + b'\n'


def export(path):
    return b''.join(subprocess.run(
        ['mptcp-export', '--no-cache', '--columns', 'raw', path], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ).stdout.splitlines(keepends=True)[:12])


LINKS = (1, 0, 9, 12, 14, 101, 108, 113, 228, 229, 276)  # as fuzz_packet.c has them


def packet(path):
    """One of a little-endian pcap file, or nothing."""
    with open(path, 'rb') as f:
        data = f.read(1 << 16)
    if data[:4] not in (b'\xd4\xc3\xb2\xa1', b'\x4d\x3c\xb2\xa1') or len(data) < 40:
        return b''
    link, at = struct.unpack_from('<I', data, 20)[0], 24
    at += 16 + struct.unpack_from('<I', data, at + 8)[0]
    if link not in LINKS or at + 16 > len(data):
        return b''
    kept, length = struct.unpack_from('<II', data, at + 8)
    more = min(max(length - kept, 0), 0xffff)
    return struct.pack('>BH', LINKS.index(link), more) + data[at + 16:at + 16 + min(kept, 300)]


def beginning(path):
    with open(path, 'rb') as f:
        return f.read(1500)


def main(out, captures):
    for path in captures:
        name = os.path.basename(path).split('.')[0]
        data = records(path)
        for target, text in (('fuzz_model', data),
                             ('fuzz_clusters', b'\7' + data),
                             ('fuzz_pair', struct.pack('>I', len(data)) + data),
                             ('fuzz_outline', struct.pack('>H', len(data)) + data),
                             ('fuzz_tshark_row', rows(path)),
                             ('fuzz_mptcp_csv', export(path)),
                             ('fuzz_payload', payload(path)),
                             ('fuzz_packet', packet(path)),
                             ('fuzz_walk', beginning(path))):
            if not text:
                continue
            os.makedirs(os.path.join(out, target), exist_ok=True)
            with open(os.path.join(out, target, name), 'wb') as f:
                f.write(text)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2:])
