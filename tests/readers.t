#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever reads a capture, its rows are the same.

mptcp-export prints what --reader=tshark reads, and --reader=auto, which is told to read natively from the first packet
on (MPTCP_NATIVE_FROM): the same octets, the same messages, the same exit status. --reader=native leaves odd packets out
and says so; the rows that it has must be those of tshark, but for the number of the stream where packets are missing.

The captures: those that craft_odd.py makes, mutants of packets and of files (mutate_packets.py), and those that there
are. Packets are joined, many captures in one file, so that few tsharks are started; what is odd about a file needs a
file each, and some of these are taken. ALL=1: every capture by itself, and 5000 mutants; that takes an hour or two.
"""

import csv
import io
import json
import os
import random
import re
import subprocess
import sys

import craft
import cut_captures
import mutate_packets
import odd_packets
import odd_files, odd_links, odd_network, odd_tcp  # they fill odd_packets.FILES
from tap import BUILD, SHARED, SYN, TSHARK, WORK, Tap, captures, in_processes, need_tshark

ALL = os.environ.get("ALL", "0") not in ("", "0")
READERS = ("tshark", "auto", "native")
TOGETHER = 12000  # packets in a file of captures that are joined
PRINTED = 72  # hex digits of the options that a tshark before 4.4 prints
LONGEST = "60"  # octets of a header with more options than that
WHOLE_FILES = 5  # packets: of captures with fewer, the file is the matter
# Files that are read by themselves without ALL.
CHOSEN = re.compile(r"""
    cut-(1|61)-octets-before-the-end | cut-76-octets-before-the-end\.pcap$ | cut-after-(3|28)-octets |
    followed-by-zeros\.pcap$ | followed-by-(text|pcapng)\.pcapng | gzip-(two-members|wrong-check)\.pcap |
    gzip-cut-by-9\.pcapng | interface-name-(none-and-description|utf-8-over-64|comma|latin-1)\. |
    interface-(out-of-range|described-late)\. | interfaces- |
    pcap-(and-8-octets|modified-little|version-2-3-swapped|nano-big|first-record-captured-more|record-captured-262145) |
    pcapng-(simple-snaplen\.|obsolete\.|sections-of-both|block-custom\.|block-length-(trailer-0|1-more)) |
    pcapng-(blocks-all-sound-big|packets-with-checksum\.|cut-in-statistics) |
    pcapng-block-(names-without-nul|statistics-option-of-4|statistics-custom-short)\. |
    tcp-streams-random-odd | time-(before-1970-micro|fraction-of-more-nano|resolution-(10-to-the-12|2-to-the-20)\.|offset-\+3600\.) |
    link-wifi-105\. """, re.X)
SECTIONS = re.compile("sections-of-both")
# What is odd about packets: these are joined.
JOINED = re.compile("""ethernet | frame- | icmp | ip- | ipv | jumbo | link-(?!wifi|usb|unknown|user|ppp-with) |
    backbone | macsec | qinq | realtek | tcp | tunnel | vlan""", re.X)


# --- what the readers say ------------------------------------------------------


def export(path, reader):
    """(exit status, octets of stdout, octets of stderr)."""
    command = [os.path.join(BUILD, "mptcp-export"), "--no-cache", "--columns=raw", "--reader=" + reader, path]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "MPTCP_NATIVE_FROM": "1"})
    return done.returncode, done.stdout, done.stderr


def table(octets):
    """What is told of the capture, without who read it; the names of the columns, and the rows."""
    lines = list(csv.reader(io.StringIO(octets.decode("utf-8", "surrogateescape"), newline="")))
    if len(lines) < 2:
        return {}, lines[0] if lines else [], []
    info = json.loads(lines[1][0])
    info.pop("reader", None)
    return info, lines[0][1:], [line[1:] for line in lines[1:] if any(line[1:])]


def can_print(version):
    """Does that tshark print all of 40 octets of options?"""
    return not re.search(rb" (3|4\.[0-3])\.", version.split(b"\n")[0])


def without(row, names, left_out):
    return [None if name in left_out else value for name, value in zip(names, row)]


def same_row(names, one, other, prints, ignored=()):
    """Is it the row of the same packet? Of options that tshark cannot print, those that it can are compared."""
    if one == other:
        return True
    k, left_out = names.index("options"), set(ignored)
    if not prints and one[names.index("hdr_len")] == LONGEST:
        left_out |= {"options_cut", "options"}
        if one[k][:PRINTED] != other[k][:PRINTED]:
            return False
    return without(one, names, left_out) == without(other, names, left_out)


def differences(tshark, auto, prints, ignored=()):
    """Lines that say in what they differ, of what export() returned for both."""
    if tshark[0] != auto[0]:
        yield "exit status %d, not %d" % (auto[0], tshark[0])
    if tshark[2] != auto[2]:
        yield "says %r, not %r" % (auto[2], tshark[2])
    if tshark[1] == auto[1]:
        return
    (info, names, rows), (other, other_names, other_rows) = table(tshark[1]), table(auto[1])
    if names != other_names:
        yield "columns %s, not %s" % (other_names, names)
        return
    if not prints and any(row[names.index("hdr_len")] == LONGEST for row in rows):
        info, other = ({key: value for key, value in one.items() if key != "options_cut"} for one in (info, other))
    if info != other:
        yield "of the capture: %s, not %s" % (other, info)
    if len(rows) != len(other_rows):
        yield "%d rows, not %d" % (len(other_rows), len(rows))
    yield from different_rows(names, rows, {row[0]: row for row in other_rows}, prints, ignored)


def different_rows(names, rows, others, prints, ignored=()):
    """rows: of tshark; others: by their first column, the number of the frame."""
    for row in rows:
        other = others.get(row[0])
        if other is None:
            yield "frame %s is missing" % row[0]
        elif not same_row(names, row, other, prints, ignored):
            cells = ["%s %r, not %r" % (name, b, a) for name, a, b in zip(names, row, other) if a != b]
            yield "frame %s: %s" % (row[0], ", ".join(cells))


def odd_rows(tshark, native, prints):
    """Lines about rows of the native reader that tshark does not have."""
    if native[0] or tshark[0]:
        return
    (_, names, rows), (_, _, others) = table(tshark[1]), table(native[1])
    by_frame = {row[0]: row for row in rows}
    for row in others:
        if row[0] not in by_frame:
            yield "native: frame %s is no row of tshark" % row[0]
    rows = [by_frame[row[0]] for row in others if row[0] in by_frame]
    for line in different_rows(names, rows, {row[0]: row for row in others}, prints, {"stream"}):
        yield "native: " + line


def compare(job):
    """(path, what is wrong)."""
    path, prints = job
    tshark, auto, native = (export(path, reader) for reader in READERS)
    wrong = list(differences(tshark, auto, prints))
    if SECTIONS.search(path):  # only Wireshark 4.4 has the names of later sections right
        pass
    elif b"damaged" in native[2]:  # tshark may take it for another format
        pass
    elif native[2] == tshark[2]:  # it left nothing out
        # Alone it numbers streams as Wireshark 4.4 does.
        wrong += ["native: " + line
                  for line in differences(tshark, native, prints, () if prints else {"stream"})]
    else:
        wrong += odd_rows(tshark, native, prints)
    for who, (status, _, errors) in zip(READERS, (tshark, auto, native)):
        if status < 0 or b"Sanitizer" in errors:
            wrong.append("%s: exit status %d, says %r" % (who, status, errors[-2000:]))
    return path, wrong


# --- which captures ------------------------------------------------------------


def joined(paths):
    """Files of the packets of many captures; and those captures that cannot be joined."""
    groups, alone, size = [[]], [], 0
    for path in paths:
        try:
            capture = cut_captures.Capture(path)
        except cut_captures.Unreadable:
            alone.append(path)
            continue
        if len(capture.records) < WHOLE_FILES:
            alone.append(path)
            continue
        if size + len(capture.records) > TOGETHER and groups[-1]:
            groups.append([])
            size = 0
        size += len(capture.records)
        groups[-1].append(cut_captures.Cut(capture, path, range(len(capture.records)), None))
    files = []
    for k, cuts in enumerate(filter(None, groups)):
        files.append(os.path.join(WORK, "joined-%d.pcapng" % k))
        cut_captures.join(files[-1], cuts)
        first = 1
        with open(files[-1] + ".txt", "w", encoding="utf-8") as text:  # which capture a frame is of
            for cut in cuts:
                text.write("%d %s\n" % (first, cut.name))
                first += len(cut.picks)
    return files, alone


def make_odd():
    """The odd captures that are needed: those that are joined, and the others."""
    where = os.path.join(WORK, "odd")
    os.makedirs(where)
    paths = {True: [], False: []}
    for name, make in odd_packets.FILES.items():
        if ALL or JOINED.match(name) or CHOSEN.match(name):
            paths[bool(JOINED.match(name))].append(os.path.join(where, name))
            craft.write(os.path.join(where, name), make())
    return paths[True], paths[False]


def chosen():
    """The captures that are read. Odd ones are joined with ordinary ones: where most packets are odd, a reader may
    leave all to tshark."""
    together, others = make_odd()
    found = captures("testdata")
    mixed = together + found
    random.Random(1).shuffle(mixed)
    files, alone = joined(mixed)
    seeds = together + [path for path in found if path.startswith(SYN)]
    files += [path for path in together if path in alone or CHOSEN.match(os.path.basename(path))] + others
    if ALL:
        files += together + found + captures(SHARED)
    return files + chosen_mutants(seeds + others)


def chosen_mutants(seeds):
    paths = mutate_packets.make(WORK, seeds, 1, range(20 if ALL else 2), False)
    return paths + mutate_packets.make(WORK, seeds, 1, range(5000 if ALL else 8), True)


def name_of(path, wrong):
    """The name of a test, and where a frame of joined captures comes from."""
    where = []
    if wrong and os.path.exists(path + ".txt"):
        with open(path + ".txt", encoding="utf-8") as text:
            starts = [(int(line.split()[0]), line.split()[1]) for line in text]
        frames = [int(found.group(1)) for found in (re.search("frame ([0-9]+)", line) for line in wrong) if found]
        where = sorted({"%s, from frame %d on" % max((start, name) for start, name in starts if start <= frame)[::-1]
                        for frame in frames})
    return os.path.relpath(path, WORK) if path.startswith(WORK) else path, [*where, *wrong]


# --- does the test see what is wrong? --------------------------------------------


def sees():
    """Made-up exports and what must be said about them."""
    head = b'mptcp_csv_1,frame,hdr_len,options,stream,options_cut\r\n"{""packets"":2,""reader"":""%s""}",'
    good = head % b"tshark" + b"1,60," + b"aa" * 36 + b",0,true\r\n,2,20,,1,false\r\n"
    tests = {
        "the reader": (good.replace(b"tshark", b"auto"), True, 0),
        "a stream": (good.replace(b",1,f", b",2,f"), True, 1),
        "a count": (good.replace(b'"":2', b'"":3'), True, 1), "no row": (good[:good.index(b",2,20")], True, 2),
        "octets that tshark cannot print": (good.replace(b"aa,0,true", b"aabb,0,false"), False, 0),
        "octets that it can print": (good.replace(b"aa,0,true", b"aabb,0,false"), True, 1),
        "other octets": (good.replace(b"aaaa,0,true", b"aabb,0,true"), False, 1),
    }
    for name, (octets, prints, wanted) in tests.items():
        lines = list(differences((0, good, b""), (0, octets, b""), prints))
        if len(lines) != wanted:
            yield "%s: %s" % (name, lines)
    for other in ((1, good, b""), (0, good, b"hm")):
        if not list(differences((0, good, b""), other, True)):
            yield "%r goes by" % (other,)
    if list(odd_rows((0, good, b""), (0, good[:good.index(b",2,20")], b"one left out"), True)):
        yield "a native reader that left a packet out"
    if not list(odd_rows((0, good, b""), (0, good.replace(b",2,20", b",2,24"), b"one left out"), True)):
        yield "a native reader whose packet is another"


def main():
    need_tshark()
    tap = Tap()
    tap.attempt("what is wrong is seen", sees)
    version = subprocess.run([TSHARK, "--version"], capture_output=True, check=False).stdout
    for path, wrong in in_processes(compare, [(path, can_print(version)) for path in chosen()]):
        tap.judge(*name_of(path, wrong))
    tap.finish()


if __name__ == "__main__":
    sys.exit(main())
