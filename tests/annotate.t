#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-split --annotate: the comments are what mptcp-reinject, mptcp-events, mptcp-check and mptcp-export say of the
file that is written, each with its packet; nothing else of the capture changes. Comments are read by tshark, and by a
second reading of blocks and options."""
import collections
import csv
import gzip
import io
import itertools
import json
import os
import re
import struct
import subprocess

import reference
from tap import SYN, TSHARK, WORK, Tap, document, execute, need_tshark, read_by, read_natively

COMMENT, END, RESOLUTION = 1, 0, 9
SECTION, INTERFACE, NAMES, STATISTICS, PACKET = 0x0A0D0D0A, 1, 4, 5, 6
LIMIT = 1 << 20  # bytes of a block that mptcptools read themselves
TITLES = {
    "connection_syn": "SYN of the connection",
    "connection_synack": "SYN/ACK of the connection",
    "connection_established": "connection established",
    "connection_refused": "connection refused",
    "fallback": "fallback to plain TCP",
    "join_syn": "MP_JOIN, SYN",
    "join_synack": "MP_JOIN, SYN/ACK",
    "join_established": "MP_JOIN, subflow established",
    "join_refused": "MP_JOIN refused",
    "add_addr": "ADD_ADDR",
    "add_addr_echo": "ADD_ADDR echo",
    "remove_addr": "REMOVE_ADDR",
    "priority": "MP_PRIO",
    "mp_fail": "MP_FAIL",
    "fastclose": "MP_FASTCLOSE",
    "tcp_reset": "RST",
    "data_fin": "DATA_FIN",
    "fin": "FIN of the subflow",
    "first_data": "first data on this subflow",
    "window_probe": "zero-window probe",
    "stalled": "stalled from here",
    "recovered": "recovered",
    "handover": "handover between TCP streams",
}
CLASSES = {"reinjection": "reinjected", "mptcp_repeat": "repeated by MPTCP",
           "tcp_retransmission": "retransmitted by TCP"}
OUT = os.path.join(WORK, "out.pcapng")


# Files.

def content(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def save(name, data):
    path = os.path.join(WORK, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def blocks_of(data):
    """(type, byte order, all of its bytes) of each block."""
    at, order = 0, "<"
    while at < len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
        kind, size = struct.unpack_from(order + "II", data, at)
        block = data[at:at + size]
        assert size % 4 == 0 and len(block) == size and block[-4:] == block[4:8], (at, size)
        yield kind, order, block
        at += size


def options_of(order, data):
    """[(code, value)] without the end; all of the data belongs to them."""
    found, at = [], 0
    while at < len(data):
        code, size = struct.unpack_from(order + "HH", data, at)
        at += 4 + (size + 3) // 4 * 4
        if code == END:
            break
        found.append((code, data[at - (size + 3) // 4 * 4:][:size]))
    assert at == len(data), (at, len(data))
    return found


def packet_parts(order, block):
    """(what stands before the options, the options) of a packet."""
    captured = struct.unpack_from(order + "I", block, 20)[0]
    begin = 28 + (captured + 3) // 4 * 4
    return block[8:begin], options_of(order, block[begin:-4])


def packet_options(data):
    return [packet_parts(order, block)[1] for kind, order, block in blocks_of(data) if kind == PACKET]


def comments_in(data):
    return [[value.decode() for code, value in options if code == COMMENT] for options in packet_options(data)]


def is_pcapng(data):
    return data[:4] == b"\x0a\x0d\x0d\x0a"


# What is to be said, by what the other commands say.

def repetition_text(row):
    if row["window_probe"]:
        return "zero-window probe: " + data_text(row["bytes"], row["dsn"])
    frames = row["original_frames"]
    if len(frames) == 1:
        where = "frame %d" % frames[0]
    elif len(frames) == 2:
        where = "frames %d and %d" % tuple(frames)
    else:
        where = "%d frames from %d to %d" % (len(frames), frames[0], frames[-1])
    text = "%s: %s, first sent in %s" % (CLASSES[row["kind"]], data_text(row["bytes"], row["dsn"]), where)
    if row["original_tcp_stream"] != row["tcp_stream"]:
        text += " on tcp %d" % row["original_tcp_stream"]
    return text + ("; a DATA_ACK had covered it" if row["spurious"] else "")


def data_text(count, dsn):
    return "%d byte%s%s" % (count, "" if count == 1 else "s", "" if dsn is None else " from dsn %d" % dsn)


def finding_texts(row):
    """(frame, text)"""
    section = re.fullmatch(r"RFC (\d+) section (.*)", row["section"])
    words = "violates %s (RFC %s, %s), %s" % (row["rule"], *section.groups(), row["severity"])
    for place, frame in enumerate(row["frames"]):
        if place:
            yield frame, "see frame %d: %s" % (row["frames"][0], words)
        else:
            yield frame, "%s: %s%s" % (words, row["text"], "; %d times" % row["count"] if row["count"] > 1 else "")


def new_pieces(row):
    """(bytes, dsn) of what came first."""
    if row["pieces"]:
        return [(piece[2], piece[1]) for piece in json.loads(row["pieces"]) if piece[3] == "unique"]
    return [(int(row["len"]), int(row["dsn"]))] if row["class"] == "unique" and row["dsn"] else []


def texts_of(path):
    """{frame: [text]}, where that of an event is a pattern: its details are those of the table."""
    said = collections.defaultdict(list)
    events = document("mptcp-events", path)["events"]
    probes = {row["frame"] for row in events if row["event"] == "window_probe"}
    for row in document("mptcp-reinject", "--all", path)["reinjections"]:
        if not (row["window_probe"] and row["frame"] in probes):  # what the event says is not said twice
            said[row["frame"]].append(re.escape(repetition_text(row)))
    for row in events:
        count = row["detail"]["count"]
        said[row["frame"]].append(re.escape(TITLES[row["event"]]) + "(: .*[^)])?" +
                                  (re.escape(" (%d times)" % count) if count > 1 else ""))
    checked = document("mptcp-check", path)
    for row in checked["checks"]:
        if row["result"] == "violated":
            for frame, text in finding_texts(row):
                said[frame].append(re.escape(text))
    for row in checked["verdicts"]:
        for frame in row["frames"]:
            said[frame].append(re.escape("verdict on %s: %s" % (row["question"], row["answer"])))
    done = execute("mptcp-export", "--columns", "frame,connection,len,class,dsn,pieces", path)
    for row in csv.DictReader(io.StringIO(done.stdout.decode())):
        if row["connection"] and int(row["frame"]) in said:
            for count, dsn in new_pieces(row):
                said[int(row["frame"])].append(re.escape("sent for the first time: " + data_text(count, dsn)))
    return said


# Tests.

def annotate(path, *options, out=OUT):
    """What is written; None where that is several files."""
    done = execute("mptcp-split", "--annotate", "-f", "-q", "-w", out, *options, *([path] if path else []))
    if done.returncode:
        raise AssertionError("exit status %d: %s" % (done.returncode, done.stderr.decode()))
    return None if "%d" in out else content(out)


def unlike(said, texts):
    """Comments of a packet that are not those that are wanted, one for one."""
    left = list(said)
    for pattern in texts:
        # An event's pattern is wide, but what is left over shows.
        match = next((text for text in left if re.fullmatch(pattern, text, re.S)), None)
        if match is None:
            yield "missing: " + pattern
        else:
            left.remove(match)
    yield from ("too much: " + text for text in left)


def comments_differ(said, path):
    """said: those of each packet that were added."""
    wanted = texts_of(path)
    if not wanted:
        yield "there is nothing to be said"
    for frame, texts in enumerate(said, 1):
        yield from ("frame %d: %s" % (frame, why) for why in unlike(texts, wanted.pop(frame, ())))
    yield from ("frame %d: not there, %s" % item for item in wanted.items())


def block_differs(one, other):
    """one: of the capture; other: with comments."""
    (kind, order, before), (kind_after, order_after, after) = one, other
    if (kind, order) != (kind_after, order_after):
        return "another block"
    if kind == SECTION:
        return None if before[:16] + b"\xff" * 8 + before[24:] == after else "section: %s" % after
    if kind != PACKET:
        return None if before == after else "block of type %d" % kind
    (head, had), (head_after, has) = packet_parts(order, before), packet_parts(order, after)
    if head != head_after:
        return "packet"
    if has[:len(had)] != had or any(code != COMMENT for code, _ in has[len(had):]):
        return "options %s, were %s" % (has, had)
    return None if had != has or before == after else "a block without a new comment"


def rest_differs(before, after):
    """What is no comment."""
    for number, pair in enumerate(itertools.zip_longest(blocks_of(before), blocks_of(after)), 1):
        why = block_differs(*pair) if None not in pair else "not in both"
        if why:
            yield "block %d: %s" % (number, why)


def packets_differ(before, after):
    """Of a pcap: what each packet was."""
    pairs = itertools.zip_longest(reference.read_capture(before), reference.read_capture(after))
    yield from ("packet %d" % number for number, (one, other) in enumerate(pairs, 1) if one != other)
    headers = [block for kind, _, block in blocks_of(content(after)) if kind != PACKET]
    if len(headers) != 2:
        yield "%d other blocks" % len(headers)


def tshark(path, *fields):
    arguments = [argument for field in fields for argument in ("-e", field)]
    done = subprocess.run([TSHARK, "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=\x01",
                           *arguments], capture_output=True, check=False)
    said = re.sub(rb"Running as user .*\n", b"", done.stderr)
    return done.stdout.decode().splitlines(), said.decode()


def tshark_differs(before, after, said):
    fields = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len", "frame.protocols", "ip.id",
              "tcp.stream", "tcp.seq_raw", "tcp.options", "tcp.checksum"]
    if is_pcapng(content(before)):  # others have no interfaces
        fields.append("frame.interface_id")
    one, (lines, complaint) = tshark(before, *fields), tshark(after, *fields, "frame.comment")
    # The comments are behind the last of the fields, which have no tabs in them.
    cells = [line.split("\t", len(fields)) for line in lines]
    other, comments = ["\t".join(line[:-1]) for line in cells], [line[-1] for line in cells]
    if one != (other, complaint):
        yield "fields: %s" % [pair for pair in zip(one[0], other) if pair[0] != pair[1]][:3]
    if complaint:
        yield complaint
    if comments != ["\x01".join(texts) for texts in said]:
        yield "comments: %s" % [pair for pair in zip(comments, said) if pair[0] != "\x01".join(pair[1])][:3]


def listed(path):
    found = document("mptcp-ls", "-s", path)
    del found["captures"]
    return found


def whole_differs(path):
    before, after = content(path), annotate(path)
    said = comments_in(after)
    if is_pcapng(before):
        yield from rest_differs(before, after)
        yield from comments_differ([new[len(old):] for old, new in zip(comments_in(before), said)], path)
    else:
        yield from packets_differ(path, OUT)
        yield from comments_differ(said, path)
    yield from tshark_differs(path, OUT, said)
    if listed(path) != listed(OUT):
        yield "mptcp-ls: another list"


def part_differs(options, *paths):
    """The same packets as without comments, which is what the comments are about."""
    part = os.path.join(WORK, "part.pcap")
    execute("mptcp-split", "-f", "-q", "-w", part, *options, *paths)
    after = annotate(None, *options, *paths)
    said = comments_in(after)
    if is_pcapng(content(part)):
        yield from rest_differs(content(part), after)
    else:
        yield from packets_differ(part, OUT)
    yield from comments_differ(said, part)
    yield from tshark_differs(part, OUT, said)


def rest_alone_differs(path):
    """Of packets of no connection there is nothing to be said."""
    after = annotate(path, "--rest")
    if not packet_options(after) or any(comments_in(after)):
        yield "%d packets, comments %s" % (len(packet_options(after)), comments_in(after))


def each_differs(path):
    """A file of each connection, as of that alone."""
    annotate(path, "--each", out=os.path.join(WORK, "each-%d.pcapng"))
    for number in range(len(document("mptcp-ls", path)["connections"])):
        if annotate(path, "-c", str(number)) != content(os.path.join(WORK, "each-%d.pcapng" % number)):
            yield "connection %d" % number


def words_differ():
    """What stands at some frames, in full."""
    wanted = {
        8: ["SYN of the connection: 10.0.1.1:48112 > 10.0.1.2:5001, v1"],
        10: ["connection established (2 times)"],
        12: [],
        58: ["MP_JOIN, SYN: 10.0.2.1:56407 > 10.0.1.2:5001, id 1"],
        1233: ["reinjected: 1424 bytes from dsn 603577, first sent in frame 688 on tcp 1",
               "handover between TCP streams: from 1 to 0, gap 830 ms, 15.1 kB sent again"],
        1262: ["repeated by MPTCP: 1160 bytes from dsn 626329, first sent in frame 833",
               "sent for the first time: 264 bytes from dsn 626065"],
    }
    said = comments_in(annotate("testdata/captures/path-failure-client.pcapng.gz"))
    yield from ("frame %d: %s" % (frame, said[frame - 1]) for frame, texts in wanted.items()
                if said[frame - 1] != texts)
    said = comments_in(annotate("testdata/check/data_same.pcap"))
    violated = [(frame, text) for frame, texts in enumerate(said, 1) for text in texts if "data_same" in text]
    if violated != [(12, "see frame 13: violates data_same (RFC 8684, 3.3), error"),
                    (13, "violates data_same (RFC 8684, 3.3), error: frame 13 carries other bytes for the same data than "
                         "frame 12")]:
        yield str(violated)


# Captures that are made here.

def block(order, kind, body):
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order):
    """A header, with the length of nothing in particular."""
    end = option(order, END, b"")
    return block(order, SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, 4096) +
                 option(order, COMMENT, b"of the section") + option(order, 4, b"craft") + end) + \
        block(order, INTERFACE, struct.pack(order + "HHI", 1, 0, 0) + option(order, 2, b"eth0") +
              option(order, RESOLUTION, b"\x09") + end)


def craft(order, comments, also=b""):
    """A pcapng with the packets of a pcap; comments: {frame: its options}."""
    data = section(order)
    for frame, (time, _, packet, length) in enumerate(reference.read_capture(SYN + "/v1-byte-classes.pcap"), 1):
        body = struct.pack(order + "IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet), length)
        data += block(order, PACKET, body + packet + bytes(-len(packet) % 4) + comments.get(frame, b""))
        data += also if frame == 5 else b""
    return data


def old_options(order):
    """Options of packets of all kinds, and without the end where nobody asks for it."""
    flags = option(order, 2, struct.pack(order + "I", 1))
    end = option(order, END, b"")
    return {1: option(order, COMMENT, "schön, 1".encode()) + flags + option(order, COMMENT, b"second") + end,
            2: flags, 3: flags + end, 4: end, 8: option(order, COMMENT, b"") + end}


def crafted_differs(order):
    names = block(order, NAMES, option(order, 1, b"\x0a\0\0\1host\0") + option(order, END, b""))
    counts = block(order, STATISTICS, struct.pack(order + "III", 0, 0, 0) +
                   option(order, 5, struct.pack(order + "Q", 3)) + option(order, END, b""))
    path = save("crafted.pcapng", craft(order, old_options(order), names + counts))
    yield from whole_differs(path)
    if comments_in(content(OUT))[0][:2] != ["schön, 1", "second"]:
        yield str(comments_in(content(OUT))[0])


def sections_differ():
    """One more section, in the other byte order; frames are counted on."""
    yield from whole_differs(save("sections.pcapng", craft("<", old_options("<")) + craft(">", {})))


def again_differs():
    """What has the comments already does not get them again."""
    once = annotate(SYN + "/v1-byte-classes.pcap", out=os.path.join(WORK, "once.pcapng"))
    if annotate(os.path.join(WORK, "once.pcapng")) != once:
        yield "other bytes"


def filling(frame, spare):
    """Comments that leave so many bytes to the block of a packet."""
    packet = list(reference.read_capture(SYN + "/v1-byte-classes.pcap"))[frame - 1][2]
    room = LIMIT - spare - 32 - (len(packet) + 3) // 4 * 4
    return option("<", COMMENT, b"x" * 65532) * (room // 65536) + option("<", COMMENT, b"y" * (room % 65536 - 4))


def long_differs():
    """A packet whose block has no room any more, and one that has for one comment."""
    said = comments_in(annotate(SYN + "/v1-byte-classes.pcap"))
    full, nearly = [frame for frame, texts in enumerate(said, 1) if len(texts) > 1][:2]
    room = len(said[nearly - 1][0]) + 40
    path = save("long.pcapng", craft("<", {full: filling(full, 12), nearly: filling(nearly, room)}))
    after = annotate(path)
    if max(len(block) for _, _, block in blocks_of(after)) > LIMIT:
        yield "a block is longer than what is read"
    added = [len(new) - len(old) for old, new in zip(comments_in(content(path)), comments_in(after))]
    if added[full - 1] or added[nearly - 1] != 1:
        yield "%d and %d comments more" % (added[full - 1], added[nearly - 1])
    if listed(OUT) != listed(path):
        yield "mptcp-ls: another list"


def only_tshark_differs():
    """Blocks that tshark alone makes something of: a pcapng of its making, with the same frames."""
    path = save("other.pcapng", craft("<", {}, block("<", 0x777, bytes(8))))
    said = comments_in(annotate(path))
    yield from comments_differ(said, path)
    yield from tshark_differs(path, OUT, said)


def refused():
    """Where tshark converts more, or less, than was asked for."""
    path = save("custom.pcapng", craft("<", {}, block("<", 0xBAD, struct.pack("<II", 32473, 0))))
    done = execute("mptcp-split", "--annotate", "-f", "-w", os.path.join(WORK, "none"), path)
    if done.returncode != 3 or b"only Wireshark reads" not in done.stderr or os.path.exists(WORK + "/none"):
        yield "exit status %d: %s" % (done.returncode, done.stderr.decode())


def left_over():
    """What was put aside is gone."""
    where = os.path.join(WORK, "tmp")
    os.mkdir(where)
    done = execute("mptcp-split", "--annotate", "-f", "-c", "0", "-w", OUT, SYN + "/v1-byte-classes.pcap",
                   capture_output=True, env=dict(os.environ, TMPDIR=where))
    if done.returncode or os.listdir(where):
        yield "exit status %d, %s" % (done.returncode, os.listdir(where))


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    for path in ("testdata/captures/path-failure-client.pcapng.gz", "testdata/captures/addr-events-client.pcapng.gz",
                 "testdata/captures/fastclose-client.pcapng.gz", "testdata/captures/handover/backup-client.pcapng.gz",
                 *(SYN + "/" + name for name in ("v1-byte-classes.pcap", "time-nanoseconds.pcap",
                                                 "byte-order-big-endian.pcap", "link-sll2.pcap",
                                                 "icmp-quotes-tcp.pcap", "two-interfaces.pcapng",
                                                 "v0-fastclose.pcap", "v1-originals.pcap",
                                                 "connection-refused.pcap")),
                 *("testdata/check/%s.pcap" % name for name in ("data_same", "backup_unused", "add_addr_hmac"))):
        with read_by("auto" if "fastclose" in path else "native"):  # numbers as this tshark
            tap.attempt(path, whole_differs, path)
    fallback = "testdata/captures/fallback-client.pcapng.gz"
    two_paths = "testdata/captures/two-paths-client.pcapng"
    tap.attempt("a connection", part_differs, ("-c", "5"), fallback)
    tap.attempt("two connections", part_differs, ("-c", "1", "-c", "3"), fallback)
    tap.attempt("a subflow", part_differs, ("-t", "1"), two_paths)
    tap.attempt("TCP", part_differs, ("--clean",), SYN + "/icmp-quotes-tcp.pcap")
    tap.attempt("two files", part_differs, ("-m", "--clean"), two_paths,
                "testdata/captures/lossy-client-first-600.pcapng.gz")
    tap.attempt("one of two files", part_differs, ("-m", "-c", "1"), two_paths,
                "testdata/captures/lossy-client-first-600.pcapng.gz")
    tap.attempt("the rest", rest_alone_differs, two_paths)
    tap.attempt("each connection", each_differs, fallback)
    tap.attempt("words", words_differ)
    tap.attempt("options and blocks, little-endian", crafted_differs, "<")
    tap.attempt("options and blocks, big-endian", crafted_differs, ">")
    tap.attempt("two sections", sections_differ)
    tap.attempt("once more", again_differs)
    tap.attempt("long blocks", long_differs)
    tap.attempt("blocks of other kinds", only_tshark_differs)
    with read_by("auto"):
        tap.attempt("custom blocks", refused)
    tap.attempt("nothing is left over", left_over)
    tap.finish()


main()
