#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mptcp-export says of each packet against the second computation; and the tests of export.t that are made of every
capture: that commands cannot tell the export from the capture.

Raw fields are compared for every packet, those of the model for every packet of a
connection.  With arguments, only these captures.
"""

import collections
import csv
import difflib
import json
import os
import re
import subprocess
import sys

import reference
import reference_events
from tap import WORK, Tap, captures, execute, read_natively, seen_once

M64 = 1 << 64
BYTES_MAX = 300000  # the originals are looked for byte by byte up to here
EXPORT, AGAIN = os.path.join(WORK, "x.csv"), os.path.join(WORK, "y.csv")
FOUND = []


def same(what, got, want):
    if got != want:
        FOUND.append(f"{what}: got {got!r}, wanted {want!r}")


def number(text):
    return None if text == "" else int(text)


def raw(rows, packets):
    for row, p in zip(rows, packets):
        where = f"frame {p.frame}"
        want = {"frame": p.frame, "sport": p.sport, "dport": p.dport, "seq": p.seq,
                "ack": p.ack, "len": p.wire_length, "window": p.window}
        same(where, {name: int(row[name]) for name in want}, want)
        same(f"{where} time", row["time"], reference.seconds(p.time))
        same(f"{where} addresses", (row["src"], row["dst"]), (p.src, p.dst))
        same(f"{where} flags", int(row["flags"], 16) & 0xFF, p.flags)
        same(f"{where} ip_id", int(row["ip_id"], 16) if row["ip_id"] else None, p.ip_id)
        # tshark 4.0 does not tell the last two bytes of a checksum, and nothing
        # of options that are cut
        options = p.options.hex()
        if row["options_cut"] == "false" and not p.cut:
            same(f"{where} options", row["options"], options[:len(row["options"])])
            same(f"{where} all options", len(options) - len(row["options"]) in (0, 4), True)


def merged(pieces):
    out = []
    for q, x, length, kind in pieces:
        if out:
            last = out[-1]
            if last[3] == kind and last[0] + last[2] == q and (
                    last[1] is None and x is None or
                    None not in (last[1], x) and last[1] + last[2] == x):
                last[2] += length
                continue
        out.append([q, x, length, kind])
    return out


def exported_pieces(row):
    if row["pieces"]:
        return [tuple(p) for p in json.loads(row["pieces"])]
    if not row["class"]:
        return []
    frames = json.loads(row["original_frames"] or "[null]")
    return [(int(row["ssn"]), number(row["dsn"]), int(row["len"]), row["class"], *frames)]


class Firsts:
    """Who sent a byte first, byte by byte: 0 is nobody."""

    def __init__(self):
        self.subflow, self.same, self.data = (collections.defaultdict(reference_events.Line) for _ in range(3))

    def original(self, piece, role):
        p, here = piece.packet, (piece.packet.stream.number, piece.packet.side)
        q, x, length = piece.q, piece.x, piece.length
        lines = [(self.subflow[here], q)] if x is None else [
            (self.subflow[here], q), (self.same[here], x), (self.data[role], x)]
        asked = {"tcp_retransmitted": 0, "mptcp_repeated": 1, "reinjected": 2}.get(piece.kind)
        found = set() if asked is None else set(lines[asked][0].get(lines[asked][1], lines[asked][1] + length))
        for line, start in lines:
            self.keep(line, start, length, p.frame)
        return found

    @staticmethod
    def keep(line, start, length, frame):
        """Where nobody did, that frame."""
        before = line.get(start, start + length)
        if not any(before):
            line.put(start, start + length, frame)
        elif not all(before):
            for i, other in enumerate(before):
                if not other:
                    line.put(start + i, start + i + 1, frame)


def model(rows, number_of, c):
    pieces = {}
    for role in (0, 1):
        for piece in c.pieces[role]:
            pieces.setdefault(piece.packet.frame, []).append(piece)
    plain = reference.numbers.is_plain(c)
    instead = [reference.numbers.acks_without_options(c, 1 - role) for role in (0, 1)]
    firsts = Firsts()
    small = sum(p.length for p in c.packets) < BYTES_MAX
    for p in c.packets:
        row, where = rows.get(p.frame), f"frame {p.frame}"
        if row is None:
            continue
        role = p.stream.role(p.side)
        same(f"{where} connection", row["connection"], str(number_of))
        same(f"{where} towards", row["towards"], ("server", "client")[role])
        same(f"{where} subflow", row["tcp_stream"], str(p.stream.number))
        mine = pieces.get(p.frame, [])
        if p.copy and p.wire_length:
            same(f"{where} class", row["class"], "duplicate")
            for kind in reference.CLASSES:
                same(f"{where} {kind}", int(row[kind + "_bytes"]), 0)
            continue
        for kind in reference.CLASSES:
            same(f"{where} {kind}", int(row[kind + "_bytes"]),
                 sum(m.length for m in mine if m.kind == kind))
        kinds = {m.kind for m in mine}
        same(f"{where} class", row["class"], "mixed" if len(kinds) > 1 else "".join(kinds))
        got = exported_pieces(row)
        same(f"{where} sum", sum(g[2] for g in got), p.length)
        if p.stream.isn[p.side] is not None:
            same(f"{where} pieces", merged(g[:4] for g in got),
                 merged((m.q, m.x, m.length, m.kind) for m in mine))
        if small:
            want = set().union(*(firsts.original(m, role) for m in mine))
            same(f"{where} originals", set(json.loads(row["original_frames"] or "[]")), want)
            listed = {g[4] for g in got if g[4] is not None} if row["pieces"] else want
            same(f"{where} originals of the pieces", listed, want)
        if c.idsn[role] is not None and not plain:
            x = next((m.x for m in mine if m.x is not None), None)
            same(f"{where} dsn64", number(row["dsn64"]),
                 None if x is None else (c.idsn[role] + x) % M64)
        if c.idsn[1 - role] is not None and not plain:
            acks = [o["full_data_ack"] for o in p.mptcp if "full_data_ack" in o] \
                + [c.idsn[1 - role] + x for x in instead[role].get(p.frame, [])]
            # an absurd one is left out
            if row["data_ack64"] or not acks:
                same(f"{where} data_ack64", number(row["data_ack64"]),
                     acks[-1] % M64 if acks else None)
        for o in p.mptcp:
            if o["subtype"] == reference.DSS and "dsn" in o:
                same(f"{where} dss", [number(row["dss_" + n]) for n in ("dsn", "ssn", "length")],
                     [o["dsn"], o["ssn"], o["data_length"]])


def differs(path, document, packets, connections):
    """Between the export of a capture and what reference.analyse() returned of it."""
    FOUND.clear()
    export(path)
    with open(EXPORT, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    info = json.loads(rows[0]["mptcp_csv_1"])
    if not rows[0]["frame"]:
        rows = []
    same("packets", info["packets"], document["packets"])
    same("times", (info["first_time"], info["last_time"]),
         (document["first_time"], document["last_time"]))
    same("rows", (info["rows"], info["malformed"] + len(rows)), (len(rows), len(packets)))
    listed = {int(row["frame"]): row for row in rows}
    same("order of the file", list(listed), sorted(listed))
    raw(rows, [p for p in packets if p.frame in listed])
    inside = set()
    for i, c in enumerate(connections):
        model(listed, i, c)
        inside.update(p.frame for p in c.packets)
    same("packets of no connection", [f for f, r in listed.items() if r["connection"] == ""],
         [f for f in listed if f not in inside])
    return FOUND


def said(path, command, *options):
    """What a command prints, the name of the file left out."""
    done = execute(command, *options, path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode().replace(path, "CAPTURE").splitlines()
    # who read it is not the same, and no more
    return [line for line in lines if not re.match(
        ' *"(reader|odd_packets|compared_packets)": ', line)]


def export(path):
    """Into EXPORT."""
    for old in EXPORT, AGAIN:
        if os.path.exists(old):
            os.remove(old)
    execute("mptcp-export", "-w", EXPORT, path)


def agrees(path):
    """Commands cannot tell the export from the capture."""
    export(path)
    for words in (("mptcp-ls", "--json", "-s", "-t"), ("mptcp-summary", "--json"),
                  ("mptcp-reinject", "--json", "--all")):
        wanted, got = said(path, *words), said(EXPORT, *words)
        if wanted != got:
            yield from difflib.unified_diff(wanted, got, " ".join(words), "of the export", lineterm="")
    execute("mptcp-export", "--no-cache", "-w", AGAIN, EXPORT)
    with open(EXPORT, "rb") as first, open(AGAIN, "rb") as second:
        if first.read() != second.read():
            yield "exported again it is another one"


def main():
    read_natively()
    tap = Tap()
    # What is read again does not depend on who recorded it.
    for path in sys.argv[1:] or seen_once(captures("testdata")):
        if not os.path.basename(path).startswith(("fault-empty-", "fault-text-")):
            tap.attempt(path + ": read again", agrees, path)


if __name__ == "__main__":
    main()
