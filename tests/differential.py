#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""differential.py - our model against the fields of tshark that are right.

    differential.py BUILD CACHE CAPTURE

In one pass, with its analysis of Multipath TCP on, tshark tells the streams,
the tokens that follow from keys, 64-bit data sequence numbers, and data that it
takes for reinjected.  Compared are

  streams        the packets of each tcp.stream
  tokens         each mptcp.expected_token is a token of one of our connections
  dsn            the data positions of bytes that were sent again are within the
                 mapping that tshark says the packet has
  reinjections   what it calls a reinjection is in our list of repetitions

Prints what differs and how much was compared; VIOLATIONS.md names what may.
"""
import collections
import csv
import json
import os
import subprocess
import sys

from tap import other_numbers

FIELDS = ('frame.number', 'tcp.stream', 'tcp.len', 'mptcp.expected_token',
          'mptcp.rawdsn64', 'tcp.options.mptcp.datalvllen',
          'mptcp.reinjection_of', 'tcp.options.mptcp.subtype',
          'tcp.options.mptcp.rawdataseqno')
ANALYSIS = ('analyze_mptcp', 'intersubflows_retransmission',
            'analyze_mappings')


def run(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout.decode()


def theirs(path):
    more = [x for a in ANALYSIS for x in ('-o', f'mptcp.{a}:true')]
    more += [x for f in FIELDS for x in ('-e', f)]
    text = run('tshark', '-n', '-r', path, '--disable-protocol', 'icmp',
               '--disable-protocol', 'icmpv6', '-o',
               'mptcp.relative_sequence_numbers:false', '-Y', 'tcp.stream',
               '-T', 'fields', *more)
    for line in text.splitlines():
        yield dict(zip(FIELDS, line.split('\t')))


def main(build, cache, path):
    def ours(name, *more):
        return run(os.path.join(build, name), '--cache-dir', cache, *more,
                   path)

    wrong, compared = [], collections.Counter()
    listing = json.loads(ours('mptcp-ls', '--json', '-t'))
    packets, also = {}, set()
    for s in listing['tcp_streams']:
        packets[s['tcp_stream']] = s['packets']
        also |= set(s.get('also', []))
    tokens, idsn = set(), {}
    for c in listing['connections']:
        tokens |= {c['client']['token'], c['server']['token']}
    for row in csv.DictReader(ours('mptcp-ls', '--csv', '-o', 'id,client_idsn,'
                                   'server_idsn').splitlines()):
        idsn[row['id'], 'server'] = row['client_idsn']
        idsn[row['id'], 'client'] = row['server_idsn']
    repeated, places = set(), collections.defaultdict(list)
    for row in csv.DictReader(ours('mptcp-reinject', '--csv', '--all', '-o',
                                   'connection,towards,frame,dsn,bytes'
                                   ).splitlines()):
        frame = row['frame']
        repeated.add(frame)
        base = idsn.get((row['connection'], row['towards']))
        if row['dsn'] and base and base != '-':
            places[frame].append((int(base) + int(row['dsn']),
                                  int(row['bytes'])))
    counts = collections.Counter()
    rows = list(theirs(path))
    begins = {row['tcp.options.mptcp.rawdataseqno'] for row in rows}
    for row in rows:
        counts[int(row['tcp.stream'].split(',')[-1])] += 1
        for token in filter(None, row['mptcp.expected_token'].split(',')):
            compared['tokens'] += 1
            if token == '0':
                continue  # a join that stands before the keys in the file
            if int(token) not in tokens:
                wrong.append(f'token {token} of frame {row["frame.number"]}')
        frame = row['frame.number']
        if row['mptcp.reinjection_of']:
            compared['reinjections'] += 1
            # it goes by the order of the file, we by time
            originals = row['mptcp.reinjection_of'].split(',')
            if not repeated & {frame, *originals}:
                wrong.append(f'reinjection in frame {frame}')
        dsn, length = row['mptcp.rawdsn64'], row['tcp.options.mptcp.datalvllen']
        eight = len(row['tcp.options.mptcp.rawdataseqno']) > 10 or (
            row['tcp.options.mptcp.rawdataseqno'].isdigit() and
            int(row['tcp.options.mptcp.rawdataseqno']) >> 32)
        if not eight or ',' in dsn + length or not dsn or not length:
            continue
        for at, n in places.get(frame, []):
            compared['dsn'] += 1
            # the mapping that it finds, or that the packet itself states
            first = min((at - int(x)) % (1 << 64) for x in
                        (dsn, row['tcp.options.mptcp.rawdataseqno']))
            # ... and the next one, which another packet states
            goes_on = str((at - first + int(length)) % (1 << 64)) in begins
            if int(length) and first + n > int(length) and not goes_on:
                wrong.append(f'DSN of frame {frame}: {at}, not in {dsn} + '
                             f'{length}')
    for stream, n in packets.items():
        compared['streams'] += 1
        if other_numbers():
            continue  # of tshark, here
        if counts[stream] != n and stream not in also:
            wrong.append(f'tcp {stream}: {n} packets, not {counts[stream]}')
    for line in wrong[:20]:
        print(f'{path}: {line}')
    print(f'{path}: {len(wrong)} differences;',
          ', '.join(f'{n} {what}' for what, n in sorted(compared.items())))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:4]))
