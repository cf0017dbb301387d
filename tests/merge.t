#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several files that are one capture (-m): what all commands say of captures that were cut into files is what they say
of the whole, which this script puts together by itself, with each frame called by its file and its number there.
"""

import gzip
import heapq
import os
import random
import re
import shutil
import struct
import subprocess

from reference import read_capture
from tap import TSHARK, WORK, Tap, document, execute, need_tshark, read_natively

CAPTURES = ["testdata/captures/two-paths-client.pcapng", "testdata/captures/path-failure-client.pcapng.gz",
            "testdata/captures/fallback-client.pcapng.gz", "testdata/captures/verdicts/router-admin-client.pcapng.gz",
            "testdata/captures/verdicts/mid-duplex-loss-client.pcapng.gz"]
COMMANDS = [("mptcp-ls", "-t"), ("mptcp-summary",), ("mptcp-events",), ("mptcp-reinject", "--all"),
            ("mptcp-check", "--all")]
SERVER = "testdata/captures/two-paths-server.pcapng.gz"


def cut(path):
    """What stands before the packets, and (time, interface, record) of each."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return cut_pcapng(data) if data[:4] == b"\x0a\x0d\x0d\x0a" else cut_pcap(data)


def cut_pcap(data):
    order = "<" if data[0] in (0xD4, 0x4D) else ">"
    scale = 1 if 0x4D in (data[0], data[3]) else 1000
    records, at = [], 24
    while at < len(data):
        seconds, fraction, size = struct.unpack(order + "III", data[at:at + 12])
        records.append((seconds * 10**9 + fraction * scale, 0, data[at:at + 16 + size]))
        at += 16 + size
    return data[:24], records


def cut_pcapng(data):
    """Of one section, whose interfaces are all before the first packet, with nanoseconds."""
    head, records, at = b"", [], 0
    while at < len(data):
        kind, size = struct.unpack("<II", data[at:at + 8])
        if kind == 6:
            interface, high, low = struct.unpack("<III", data[at + 8:at + 20])
            records.append((high << 32 | low, interface, data[at:at + size]))
        elif not records:
            head += data[at:at + size]
        at += size
    return head, records


class Parts:
    """Files with the records of a capture, and one with all of them."""

    def __init__(self, name, head, lists, suffix):
        self.directory = os.path.join(WORK, name)
        os.mkdir(self.directory)
        self.paths = []
        self.number = {}  # of a frame in the whole: (path, number there)
        queue = []
        for i, records in enumerate(lists):
            path = os.path.join(self.directory, "part_%05d%s" % (i, suffix))
            self.write(path, head, records)
            self.paths.append(path)
            if records:
                queue.append((records[0][0], i, 0))
        heapq.heapify(queue)
        merged = []
        while queue:
            _, i, k = heapq.heappop(queue)
            merged.append(lists[i][k])
            self.number[self.paths[i], k + 1] = len(merged)
            if k + 1 < len(lists[i]):
                heapq.heappush(queue, (lists[i][k + 1][0], i, k + 1))
        self.whole = os.path.join(WORK, name + "-whole" + suffix)
        self.write(self.whole, head, merged)

    @staticmethod
    def write(path, head, records):
        with open(path, "wb") as file:
            file.write(head + b"".join(record for _, _, record in records))

    def frame(self, path, number):
        return self.number[path, number] if path != self.whole else number

    def plain(self, value, without=()):
        """A document with the frames of the whole, and nothing of files."""
        if isinstance(value, list):
            return [self.plain(one, without) for one in value]
        if isinstance(value, str):
            return re.sub(r"(part_\d+\.pcap\w*):(\d+)",
                          lambda m: str(self.frame(os.path.join(self.directory, m[1]), int(m[2]))), value)
        if not isinstance(value, dict):
            return value
        out = {key: self.plain(one, without) for key, one in value.items()
               if key not in ("path", "file", "files", "last_file", "original_files") + tuple(without)}
        for key, files in (("frame", "file"), ("last_frame", "last_file")):
            if key in value:
                out[key] = self.frame(value[files], value[key])
        for key, files in (("frames", "files"), ("original_frames", "original_files")):
            if key in value and value[files] is not None:
                out[key] = [self.frame(file, number) for file, number in zip(value[files], value[key], strict=True)]
        return out


def differences(one, other, where=""):
    """What is not the same, in lines."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(set(one) | set(other)):
            yield from differences(one.get(key), other.get(key), where + "." + key)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (a, b) in enumerate(zip(one, other)):
            yield from differences(a, b, "%s[%d]" % (where, i))
    elif one != other:
        yield "%s: %s instead of %s" % (where, one, other)


def compare(parts, order, without=()):
    for command, *options in COMMANDS:
        found = parts.plain(document(command, *options, "-m", *order), without)
        right = parts.plain(document(command, *options, parts.whole), without)
        for line in differences(found, right):
            yield "%s: %s" % (command, line)


def rotated(records, n):
    size = max(1, -(-len(records) // n))
    return [records[i:i + size] for i in range(0, len(records), size)]


def test_cuts(tap):
    rng = random.Random(8684)
    for path in CAPTURES:
        name = os.path.basename(path).split(".")[0]
        suffix = ".pcapng" if "pcapng" in path else ".pcap"
        head, records = cut(path)
        # a rotated file is in the order of time, as is the whole
        lists = rotated(sorted(records, key=lambda record: record[0]), 5)
        parts = Parts(name + "-rotated", head, lists, suffix)
        tap.attempt("%s, rotated" % name, compare, parts, parts.paths)
        order = parts.paths[:]
        rng.shuffle(order)
        tap.attempt("%s, rotated, in another order" % name, compare, parts, order)
        tap.attempt("%s, rotated, in a directory" % name, compare, parts, [parts.directory])
        lists = [[], [], []]
        for record in records:
            rng.choice(lists).append(record)
        parts = Parts(name + "-mixed", head, [one for one in lists if one], suffix)
        tap.attempt("%s, each packet in one of three files" % name, compare, parts, parts.paths,
                    ("interface", "vantage_evidence"))
    return parts


def test_interfaces(tap):
    """One file for each interface, classic pcap without names of them: a packet that is in two files counts once."""
    for name in ("vlan-two-interfaces", "macvlan-two-interfaces"):
        path = "testdata/copies/%s.pcapng" % name
        head, records = cut(path)
        lists = {}
        for time, interface, record in records:
            size, length = struct.unpack("<II", record[20:28])
            classic = struct.pack("<IIII", *divmod(time, 10**9), size, length) + record[28:28 + size]
            lists.setdefault(interface, []).append((time, 0, classic))
        head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
        parts = Parts(name, head, [lists[key] for key in sorted(lists)], ".pcap")
        tap.attempt("%s, a file for each interface" % name, compare_numbers, parts, path)


def numbers_only(value):
    """What does not depend on names of interfaces, or on the numbers of frames and streams."""
    return [{key: direction[key] for key in ("towards", "sent_bytes", "unique_bytes", "tcp_retransmitted_bytes",
                                             "reinjected_bytes", "duration_s")}
            for connection in value["connections"] for direction in connection["directions"]]


def compare_numbers(parts, path):
    found, right = document("mptcp-summary", "-m", *parts.paths), document("mptcp-summary", path)
    yield from differences(numbers_only(found), numbers_only(right))
    yield from differences(found["captures"][0]["copies"], right["captures"][0]["copies"], "copies")


def test_interface_names(tap):
    head, records = cut(CAPTURES[0])
    parts = Parts("names", head, [records[0::2], records[1::2]], ".pcapng")
    seen = {flow["interface"] for connection in document("mptcp-ls", "-m", *parts.paths)["connections"]
            for flow in connection["subflows"]}
    tap.judge("files of one time: interfaces are called by the files, too",
              [str(name) for name in seen if not re.fullmatch(r"part_0000[01]\.pcapng:c[12]", str(name))] if seen else
              ["no interface"])


def test_ends(tap):
    """The captures of both ends, each in several files."""
    head, records = cut(CAPTURES[0])
    client = Parts("client", head, rotated(sorted(records, key=lambda r: r[0]), 3), ".pcapng")
    head, records = cut(SERVER)
    server = Parts("server", head, rotated(sorted(records, key=lambda r: r[0]), 3), ".pcapng")
    for command in ("mptcp-owd", "mptcp-map", "mptcp-check"):
        found = document(command, "-m", *client.paths, "--", *server.paths)
        right = document(command, client.whole, server.whole)
        tap.judge("%s -m FILE... -- FILE..." % command,
                  list(differences(client.plain(found), client.plain(right)))
                  if command != "mptcp-check" else
                  list(differences([v["cause"] for v in found["verdicts"]], [v["cause"] for v in right["verdicts"]])))
    found = document("mptcp-owd", "-m", client.directory, server.directory)
    right = document("mptcp-owd", client.whole, server.whole)
    tap.judge("mptcp-owd -m DIRECTORY DIRECTORY", differences(client.plain(found), client.plain(right)))
    options = [option for path in server.paths for option in ("--with", path)]
    for command in ("mptcp-summary", "mptcp-reinject"):
        found = document(command, "-m", *client.paths, *options)
        right = document(command, client.whole, "--with", server.whole)
        tap.judge("%s -m FILE... --with FILE --with FILE" % command,
                  differences(client.plain(found, ("captures",)), client.plain(right, ("captures",))))
    frames = document("mptcp-owd", "--packets", "-m", *client.paths, "--", *server.paths)["packets"]
    right = document("mptcp-owd", "--packets", client.whole, server.whole)["packets"]
    at = {path: parts for parts in (client, server) for path in parts.paths}
    wrong = []
    for one, other in zip(frames, right, strict=True):
        for end in ("sender", "receiver"):
            file, number = one[end + "_file"], one[end + "_frame"]
            if at[file].frame(file, number) != other[end + "_frame"]:
                wrong.append("%s frame %d" % (file, number))
    tap.judge("mptcp-owd --packets: files and frames of both ends", wrong if frames else ["no packets"])
    done = execute("mptcp-owd", "-m", *client.paths)
    tap.judge("mptcp-owd -m without --: how to say it", said(done, 2, r"files of one end, then --"))
    out = os.path.join(WORK, "owd.csv")
    done = execute("mptcp-plot", "owd", "-m", "--format", "csv", "-w", out, *client.paths, "--", *server.paths)
    plain = execute("mptcp-plot", "owd", "--format", "csv", "-w", out + "2", client.whole, server.whole)
    tap.judge("mptcp-plot owd -m FILE... -- FILE...",
              [done.stderr.decode() + plain.stderr.decode()] if done.returncode or plain.returncode else
              [] if read(out) == read(out + "2") else ["other points"])


def read(path):
    with open(path, "rb") as file:
        return file.read()


def program(path, script):
    with open(path, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\n%s\n" % script)
    os.chmod(path, 0o755)


def with_options(data, options):
    """A pcapng file whose section has these options (code, value)."""
    (size,) = struct.unpack("<I", data[4:8])
    body = data[8:24] + b"".join(struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)
                                 for code, value in (*options, (0, b"")))
    length = struct.pack("<I", len(body) + 12)
    return data[:4] + length + body + length + data[size:]


def said(done, status, pattern):
    text = done.stderr.decode()
    if done.returncode != status:
        yield "exit status %d, not %d" % (done.returncode, status)
    if len(text.splitlines()) != 1 or not re.search(pattern, text):
        yield text or "nothing is said"


def told(done, pattern):
    """One of the lines, and only one, says so."""
    lines = [line for line in done.stderr.decode().splitlines() if re.search(pattern, line)]
    if done.returncode or len(lines) != 1:
        yield done.stderr.decode() or "nothing is said"


def test_export(tap):
    head, records = cut(CAPTURES[0])
    parts = Parts("export", head, rotated(sorted(records, key=lambda r: r[0]), 4), ".pcapng")
    columns = "stream,time,seq,ack,len,flags,interface,options,class,dsn"
    one = execute("mptcp-export", "-m", "--columns", columns + ",file,file_frame", "-w", "-", *parts.paths).stdout
    other = execute("mptcp-export", "--columns", columns + ",frame", "-w", "-", parts.whole).stdout
    wrong = []
    for a, b in zip(one.decode().splitlines()[1:], other.decode().splitlines()[1:], strict=True):
        *values, file, frame = a.split(",")
        if values + [str(parts.frame(file, int(frame)))] != b.split(","):
            wrong.append("%s instead of %s" % (a, b))
    tap.judge("mptcp-export: rows of all files, with the file and the frame", wrong if one else ["nothing"])
    path = os.path.join(WORK, "export.csv")
    execute("mptcp-export", "-m", "-w", path, *parts.paths)
    found, right = document("mptcp-summary", path), document("mptcp-summary", parts.whole)
    tap.judge("what was exported is read again", differences(found["connections"], right["connections"]))


def test_split(tap):
    """The packets of a connection out of all files, in one."""
    head, records = cut(CAPTURES[1])
    parts = Parts("split", head, rotated(sorted(records, key=lambda r: r[0]), 4), ".pcapng")
    for options in (("-c", "0"), ("-t", "1"), ("--rest",), ("--clean",)):
        one, other = (os.path.join(WORK, "split%s" % i) for i in (1, 2))
        execute("mptcp-split", "-f", "-m", *options, "-w", one, *parts.paths)
        execute("mptcp-split", "-f", *options, "-w", other, parts.whole)
        packets = [[(time, link, data, size) for time, link, data, size in read_capture(path)] for path in (one, other)]
        tap.judge("mptcp-split -m %s: %d packets" % (" ".join(options), len(packets[0])),
                  [] if packets[0] == packets[1] and packets[0] else ["other packets, %d of them" % len(packets[1])])
    for command, option in (("mptcp-split", ("--clean", "-f")), ("mptcp-export", ())):
        before = read(parts.paths[1])
        done = execute(command, *option, "-m", parts.directory, "-w", parts.paths[1])
        tap.judge("%s does not write over one of the files" % command,
                  list(said(done, 2, "it is the capture that is read")) + ([] if read(parts.paths[1]) == before else ["it did"]))
    tap.judge("no temporary file is left", os.listdir(os.environ["TMPDIR"]))


def test_split_tools(tap):
    """mergecap is the one beside tshark; there may be none, or it fails."""
    head, records = cut(CAPTURES[1])
    parts = Parts("tools", head, rotated(sorted(records, key=lambda r: r[0]), 2), ".pcapng")
    tools = os.path.join(WORK, "tools-of-wireshark")
    os.mkdir(tools)
    program(os.path.join(tools, "tshark"), "exec '%s' \"$@\"" % TSHARK)
    env = {**os.environ, "PATH": "/nonexistent", "MPTCP_TSHARK": os.path.join(tools, "tshark"), "MPTCP_READER": "auto"}
    for name, script, status, text in (
            ("no mergecap", None, 4, "cannot run mergecap, which merges capture files: install it"),
            ("mergecap that fails", "echo no room for it >&2; echo more >&2; exit 1", 3, "mergecap failed: no room for it$")):
        if script:
            program(os.path.join(tools, "mergecap"), script)
        out = os.path.join(WORK, "by-tools")
        done = execute("mptcp-split", "-m", "-c", "0", "-w", out, *parts.paths, env=env)
        tap.judge(name, list(said(done, status, text)) + ["a file is left"] * os.path.exists(out))
    execute("mptcp-split", "-m", "-f", "-c", "0", "-w", out, *parts.paths)
    made, wanted = os.path.join(WORK, "made"), with_options(read(out), ((4, b"mergecap"), (1, b"kept")))
    with open(made, "wb") as file:
        file.write(with_options(read(out), ((4, b"mergecap"), (1, b"File created by merging: \nFile1: a \n"), (1, b"kept"))))
    program(os.path.join(tools, "mergecap"), "while read -r line; do :; done; exec '%s' '%s'" % (shutil.which("cat"), made))
    done = execute("mptcp-split", "-m", "-f", "-c", "0", "-w", out, *parts.paths, env=env)
    tap.judge("mergecap that names temporary files in a comment", [] if read(out) == wanted and wanted != read(made)
              else [done, read(out)[:200], wanted[:200]])


def test_hints(tap, pair):
    """Without -m: parts of one connection are told, other captures are not."""
    head, records = cut(CAPTURES[0])
    parts = Parts("hint", head, rotated(sorted(records, key=lambda r: r[0]), 3), ".pcapng")
    done = execute("mptcp-ls", *parts.paths)
    tap.judge("rotated files without -m", told(done, r"'.*part_00000.*' and '.*part_00001.*' \(and 1 more\) seem to "
                                                     r"have parts of the same connection: use -m"))
    lists = [[r for r in records if r[1] == i] for i in sorted({r[1] for r in records})]
    each = Parts("hint-each", head, [one for one in lists if one], ".pcapng")
    done = execute("mptcp-ls", *each.paths)
    tap.judge("a file for each interface without -m", told(done, "seem to have parts of the same connection: use -m"))
    done = execute("mptcp-ls", *pair, *CAPTURES)
    tap.judge("captures of both ends, and of other traffic, are no parts", done.stderr.decode().splitlines())
    done = execute("mptcp-ls", "-m", *parts.paths)
    tap.judge("with -m nothing is said", done.stderr.decode().splitlines())


def test_errors(tap, parts):
    a = parts.paths[0]
    tap.judge("the same file twice", said(execute("mptcp-ls", "-m", a, a), 3, "the same file: give it once"))
    tap.judge("a file and its directory", said(execute("mptcp-ls", "-m", a, parts.directory), 3, "the same file"))
    empty = os.path.join(WORK, "empty")
    os.mkdir(empty)
    nothing = os.path.join(WORK, "nothing.pcap")
    with open(nothing, "wb"):
        pass
    tap.judge("an empty file alone", said(execute("mptcp-ls", "-m", nothing), 3, "nothing.pcap' is empty"))
    tap.judge("a directory without captures", said(execute("mptcp-ls", "-m", empty), 3, "without captures"))
    tap.judge("a directory without -m", said(execute("mptcp-ls", parts.directory), 3, "is a directory.*-m"))
    tap.judge("a file that is missing", said(execute("mptcp-ls", "-m", a, a + "x"), 3, "No such file"))
    ring = os.path.join(WORK, "ring")
    shutil.copytree(parts.directory, ring)
    with open(os.path.join(ring, "notes.txt"), "w", encoding="ascii") as file:
        file.write("not a capture\n")
    with open(os.path.join(ring, "part_99999.pcap"), "w", encoding="ascii"):
        pass
    done = execute("mptcp-ls", "-m", ring)
    text = done.stderr.decode()
    tap.judge("a ring with an empty file and another one: left out, and said",
              [] if done.returncode == 0 and "is empty" in text and "'notes.txt'" in text and
              len(text.splitlines()) == 2 else [text])
    torn = [os.path.join(WORK, "torn-%d.pcap" % i) for i in (1, 2)]
    for path, whole in zip(torn, parts.paths[-2:]):
        with open(whole, "rb") as file:
            data = file.read()
        with open(path, "wb") as file:
            file.write(data[:-3])
    for name, paths, wanted in (("a file that is", [*parts.paths[:-1], torn[1]], r"torn-2\.pcap"),
                                ("two files that are", [*parts.paths[:-2], *torn], r"torn-1\.pcap and 1 more")):
        done = execute("mptcp-ls", "-m", "--json", *paths)
        tap.judge("%s cut short: said by name" % name,
                  said(done, 0, wanted + ": cut short in the middle of a packet"))


def test_mergecap(tap):
    """The program that everybody has agrees on what the whole is."""
    head, records = cut(CAPTURES[1])
    parts = Parts("mergecap", head, rotated(sorted(records, key=lambda r: r[0]), 4), ".pcapng")
    if not shutil.which("mergecap"):
        tap.skip("mergecap", "it is missing")
        return
    whole = os.path.join(WORK, "by-mergecap.pcapng")
    subprocess.run(["mergecap", "-w", whole, *parts.paths], check=True)
    tap.judge("mergecap", differences(parts.plain(document("mptcp-ls", "-t", "-m", *parts.paths), ("captures",)),
                                      parts.plain(document("mptcp-ls", "-t", whole), ("captures",))))


def main():
    need_tshark()
    read_natively()
    os.environ["TMPDIR"] = os.path.join(WORK, "tmp")  # other tests have files in the common one
    os.mkdir(os.environ["TMPDIR"])
    tap = Tap()
    parts = test_cuts(tap)
    test_interfaces(tap)
    test_interface_names(tap)
    test_ends(tap)
    test_export(tap)
    test_split(tap)
    test_split_tools(tap)
    test_hints(tap, [CAPTURES[0], SERVER])
    test_errors(tap, parts)
    test_mergecap(tap)
    tap.finish()


if __name__ == "__main__":
    main()
