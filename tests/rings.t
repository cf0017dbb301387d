#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files as dumpcap and tcpdump write them: testdata/merge.

One run, recorded on a router that masquerades by a ring of dumpcap over all of its interfaces, whose files overlap in
time, and by a tcpdump for each interface; and at the client, behind which nothing was lost before the router. Bytes
are those that the client's capture has, where they are counted by tshark, too.
"""

import collections
import glob
import json
import os
import shutil
import subprocess

from tap import WORK, Tap, document, execute, need_tshark

RING, EACH = "testdata/merge/nat-ring", "testdata/merge/nat-each"
CLIENT = "testdata/merge/nat-client.pcapng.gz"
SERVER = "5001"
BYTES = ("sent_bytes", "unique_bytes", "tcp_retransmitted_bytes", "reinjected_bytes", "mptcp_repeated_bytes")


def fields(path, names):
    command = ["tshark", "-n", "-r", path, "-Y", "tcp", "-T", "fields", "-E", "occurrence=l"]
    for name in names.split():
        command += ["-e", name]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return [line.split("\t") for line in text.splitlines()]


def octets(path):
    """{(client, port, to): (payload, payload that was there before)}"""
    total, seen = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(set)
    for src, dst, sport, dport, seq, length, syn in fields(
            path, "ip.src ip.dst tcp.srcport tcp.dstport tcp.seq_raw tcp.len tcp.flags.syn"):
        key = (dst, dport, "client") if sport == SERVER else (src, sport, "server")
        first = int(seq) + (syn in ("1", "True"))
        there = {(first + i) & 0xFFFFFFFF for i in range(int(length))}
        total[key][0] += len(there)
        total[key][1] += len(there & seen[key])
        seen[key] |= there
    return {key: tuple(value) for key, value in total.items()}


def subflows(*arguments):
    """{(client, port, to): bytes}"""
    found = document("mptcp-summary", *arguments)["connections"]
    return len(found), {(s["client_address"], str(s["client_port"]), d["towards"]): tuple(s[key] for key in BYTES)
                        for connection in found for d in connection["directions"] for s in d["subflows"]}


def as_at_the_client(*arguments):
    right = subflows(CLIENT)
    for key, (sent, again) in octets(CLIENT).items():
        if (sent, again) != (right[1][key][0], right[1][key][2]):
            yield "%s: %s at the client, %s there by tshark" % (key, right[1][key], (sent, again))
    if not any(value[3] for value in right[1].values()) or not any(value[2] for value in right[1].values()):
        yield "nothing was sent again"
    found = subflows("-m", *arguments)
    if found != right:
        yield "%s instead of %s" % (found, right)


def says(words, *arguments):
    said = execute("mptcp-ls", "-m", *arguments).stderr.decode().splitlines()
    if len(said) != 1 or not said[0].endswith(words):
        yield from said or ["nothing"]


def whole(paths):
    """All packets in one file, in order of time, by the programs of Wireshark that do it."""
    merged, ordered = os.path.join(WORK, "merged.pcapng"), os.path.join(WORK, "ordered.pcapng")
    subprocess.run(["mergecap", "-w", merged, *paths], check=True)
    subprocess.run(["reordercap", merged, ordered], check=True, capture_output=True)
    return ordered


def plain(value):
    """Without frames and files."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if "frame" not in key and "file" not in key}
    return value


def as_one_file(paths):
    path = whole(paths)
    for command, *options in (("mptcp-ls", "-s"), ("mptcp-ls", "-t"), ("mptcp-summary",), ("mptcp-reinject", "--all")):
        one, other = document(command, *options, "-m", *paths), document(command, *options, path)
        for key in one:
            if key != "captures" and plain(one[key]) != plain(other[key]):
                yield "%s %s: %s is another" % (command, options, key)


def is_one_ring(paths):
    """Interfaces have their own names, whichever file a packet is in."""
    names = {flow["interface"] for c in document("mptcp-ls", "-s", "-m", *paths)["connections"] for flow in c["subflows"]}
    if not names <= {"g1", "g2", "h1", "h2"}:
        yield "interfaces %s" % sorted(names)


SAME = "ip.id tcp.seq_raw tcp.ack_raw tcp.len tcp.flags tcp.options.timestamp.tsval"


def without_the_beginning(paths):
    """Both names of each subflow begin with another packet; each packet counts once."""
    packets = {}
    for path in paths:
        for row in fields(path, SAME + " tcp.srcport"):
            packets[tuple(row[:6])] = row
    found = document("mptcp-ls", "-s", "-t", "-m", *paths)
    if len(found["connections"]) != 1 or len(found["connections"][0]["subflows"]) != 2:
        yield "not one connection of two subflows"
    for s in found["connections"][0]["subflows"]:
        if not s["client_address"].startswith("10.0.") or not (s["seen_client"] or "").startswith("192.168.1.254:"):
            yield "%s, seen as %s" % (s["client_address"], s["seen_client"])
    count = sum(s["packets"] for s in found["tcp_streams"])
    if count != len(packets):
        yield "%d packets count, %d are there" % (count, len(packets))
    sent = collections.Counter()
    for row in packets.values():
        sent["client" if row[6] == SERVER else "server"] += int(row[3])
    for direction in document("mptcp-summary", "-m", *paths)["connections"][0]["directions"]:
        if direction["sent_bytes"] != sent[direction["towards"]]:
            yield "to the %s: %d, not %d" % (direction["towards"], direction["sent_bytes"], sent[direction["towards"]])


def all_ways(paths):
    """In one file, modelled as one or some streams after the others, by whichever reader: the same."""
    path = whole(paths)
    want = document("mptcp-summary", path)["connections"]
    for reader in ("tshark", "native"):
        environment = {"MPTCP_KEEP_PACKETS": "20", "MPTCP_READER": reader, "PATH": "/usr/bin:/bin"}
        for options in (["--no-cache"], ["--refresh"], []):
            done = execute("mptcp-summary", "--json", *options, path, capture_output=True, env=environment)
            if json.loads(done.stdout or b"{}").get("connections") != want:
                yield "%s %s is another" % (reader, options)


def main():
    need_tshark()
    tap = Tap()
    ring, each = sorted(glob.glob(RING + "/*")), sorted(glob.glob(EACH + "/*"))
    tap.attempt("a ring: bytes", as_at_the_client, *ring)
    tap.attempt("a ring, in another order", as_at_the_client, *reversed(ring))
    tap.attempt("a ring: what is said", says, ": each packet was captured twice (on h1, g2 and g1): counted once", *ring)
    tap.attempt("a ring: one source", is_one_ring, ring)
    tap.attempt("a file for each interface: bytes", as_at_the_client, EACH)
    tap.attempt("a file for each interface: what is said", says,
                ": each packet was captured twice (on g1.pcap.gz, h1.pcap.gz and g2.pcap.gz): counted once", EACH)
    if shutil.which("mergecap") and shutil.which("reordercap"):
        tap.attempt("a ring, and one file of it", as_one_file, ring)
        tap.attempt("a ring from its file 3 on, in one file: all ways", all_ways, ring[2:])
    else:
        for name in ("one file of it", "all ways"):
            tap.skip("a ring, and " + name, "mergecap or reordercap is missing")
    for first in range(1, 5):
        tap.attempt("a ring from its file %d on" % (first + 1), without_the_beginning, ring[first:])
    tap.finish()


if __name__ == "__main__":
    main()
