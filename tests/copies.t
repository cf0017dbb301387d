#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was captured more than once counts once: testdata/copies.

In each of these captures one point can be told from the others by a display filter of Wireshark: all that passed there,
once. Packets and bytes are counted there by tshark's fields and sets of octets, and must be those that the tools have of
the whole capture.
"""

import collections
import functools
import json
import os
import re
import subprocess

from tap import WORK, Tap, document, execute, need_tshark, read_natively

# What counts, as a display filter: a router's or a bridge's packets where they come in; a host's on its outermost
# interface. How often packets are there (None: it depends), what is said of that, and where.
POINTS = {
    "bridge.pcapng": ("sll.pkttype == 3", 2, "each packet was captured twice", " (on any)"),
    "macvlan-two-interfaces.pcapng": ('frame.interface_name in {"c1", "c2"}', None, "each packet was captured more than once", " (on mv1, c1, mv2 and c2)"),
    "nat-sll2.pcap": ("sll.pkttype == 0", 2, "each packet was captured twice", ""),
    "router-ipv6.pcapng": ("sll.pkttype == 0", 2, "each packet was captured twice", " (on any)"),
    "router-queue.pcapng": ("sll.pkttype == 0", None, "nearly every packet was captured twice", " (on any)"),
    "vlan-two-interfaces.pcapng": ('frame.interface_name in {"c1", "c2"}', 2, "each packet was captured twice", " (on c1.101, c1, c2.102 and c2)"),
    "vxlan.pcapng": ("vxlan", 2, "each packet was captured twice", " (on any)"),
}
SERVER = "5001"
FIELDS = "tcp.stream tcp.srcport tcp.seq_raw tcp.len tcp.flags.syn".split()


@functools.lru_cache(None)
def rows(path, point):
    """Of the TCP packets there."""
    command = ["tshark", "-n", "-r", path, "-Y", "tcp && (%s)" % point, "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return [line.split("\t") for line in text.splitlines()]


def count(path, point):
    """{to: (packets, payload, payload that was there before)}"""
    total = collections.defaultdict(lambda: [0, 0, 0])
    seen = collections.defaultdict(set)
    for stream, sport, seq, length, syn in rows(path, point):
        to = "client" if sport == SERVER else "server"
        first = int(seq) + (syn in ("1", "True"))
        octets = {(first + i) & 0xFFFFFFFF for i in range(int(length))}
        total[to][0] += 1
        total[to][1] += len(octets)
        total[to][2] += len(octets & seen[stream, to])
        seen[stream, to] |= octets
    return {to: tuple(numbers) for to, numbers in total.items()}


def sums(path, *options):
    """The same of mptcp-summary, but for the packets, which it has not."""
    found = {}
    for direction in document("mptcp-summary", path, *options)["connections"][0]["directions"]:
        flows = direction["subflows"]
        found[direction["towards"]] = (sum(s["sent_bytes"] for s in flows),
                                       sum(s["tcp_retransmitted_bytes"] for s in flows))
        if any(s["duplicated_packets"] for s in flows):
            yield "the network duplicated packets"
    yield found


def agrees(path, point):
    want = {to: numbers[1:] for to, numbers in count(path, point).items()}
    for got in sums(path):
        if got != want:
            yield "%s, where %s is right" % (got, want)


def counts_packets(path, point):
    want = sum(numbers[0] for numbers in count(path, point).values())
    got = document("mptcp-ls", "-t", path)
    packets = sum(s["packets"] for s in got["tcp_streams"])
    copies, everything = got["captures"][0]["copies"], len(identities(path))
    if packets != want:
        yield "%d packets count, %d are right" % (packets, want)
    if packets + copies != everything:
        yield "%d packets count, %d are copies, of %d" % (packets, copies, everything)


def says(path, words, where):
    """Once, in a sentence of its own; of these captures the middle is not there, which is said, too."""
    said = [line for line in execute("mptcp-summary", path).stderr.decode().splitlines()
            if "were acknowledged and not captured" not in line]
    if len(said) != 1 or not said[0].endswith("': %s%s: counted once" % (words, where)):
        yield from said


SAME = "ip.id ipv6.flow tcp.seq_raw tcp.ack_raw tcp.len tcp.flags tcp.options.timestamp.tsval".split()


@functools.lru_cache(None)
def identities(path):
    """A text for each TCP packet, by which tshark tells it from others."""
    command = ["tshark", "-n", "-r", path, "-Y", "tcp", "-T", "fields", "-E", "occurrence=l"]
    for field in SAME:
        command += ["-e", field]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return text.splitlines()


def multiplicities(path):
    """How often each packet is there."""
    return collections.Counter(collections.Counter(identities(path)).values())


def counts_each(path, words):
    """What is said is so."""
    often = multiplicities(path)
    every, copied = sum(often.values()), sum(n for times, n in often.items() if times > 1)
    if words.startswith("each") and copied != every:
        yield "%d of %d, not each" % (copied, every)
    if words.startswith("nearly") and not 19 * every <= 20 * copied < 20 * every:
        yield "%d of %d" % (copied, every)
    if words.endswith("twice") and any(times > 1 and times % 2 for times in often):  # IPv6: some are alike
        yield "other than twice: %s" % often


def says_no_more():
    """Where copies are missing: not of each packet, and of how many if it is less than nearly each."""
    for missing in (1, 3, 40):
        path = os.path.join(WORK, "missing%d.pcapng" % missing)
        frames = [str(2 + 4 * k) for k in range(missing)]
        subprocess.run(["editcap", "testdata/copies/vlan-two-interfaces.pcapng", path, *frames], check=True,
                       capture_output=True)
        often = multiplicities(path)
        words = "nearly every packet was" if 20 * often[2] >= 19 * (often[1] + often[2]) else \
            "%d of %d packets were" % (often[2], often[1] + often[2])
        said = execute("mptcp-ls", path).stderr.decode()
        if "%s captured twice (on" % words not in said:
            yield "%s, and not %s" % (said, words)


def all_ways(path):
    """Read or remembered, all or some of it in memory, by whichever reader: the same."""
    want = document("mptcp-summary", path)["connections"]
    for reader in ("tshark", "native"):
        environment = {**os.environ, "MPTCP_KEEP_PACKETS": "20", "MPTCP_READER": reader}
        for options in (["--no-cache"], ["--refresh"], []):
            done = execute("mptcp-summary", "--json", *options, path, capture_output=True, env=environment)
            if b'"connections"' not in done.stdout:
                yield "%s %s: %s" % (reader, options, done.stderr)
            elif reader == "tshark" or b"only tshark can read" not in done.stderr:
                if json.loads(done.stdout)["connections"] != want:
                    yield "%s %s is another" % (reader, options)


def keeps(path, times):
    """--keep-copies: as often as it is there."""
    once, often = list(sums(path))[-1], list(sums(path, "--keep-copies"))[-1]
    copies = document("mptcp-summary", "--keep-copies", path)["captures"][0]["copies"]
    if copies:
        yield "%d copies" % copies
    if "nat" in path:
        return  # each name is a stream of its own
    if any(often[to][0] - once[to][0] != often[to][1] - once[to][1] for to in once):
        yield "%s, and %s once: what comes again is not retransmitted" % (often, once)
    if times and any(often[to][0] != times * once[to][0] for to in once):
        yield "%s, and %s once" % (often, once)


def one_name():
    """Masquerading: one connection of two subflows, each with both of its names."""
    got = document("mptcp-ls", "-s", "testdata/copies/nat-sll2.pcap")["connections"]
    if len(got) != 1 or len(got[0]["subflows"]) != 2:
        yield "%d connections" % len(got)
    for s in got[0]["subflows"]:
        if not s["client_address"].startswith("10.0.") or not s["seen_client"].startswith("192.168.1.254:"):
            yield "%s, seen as %s" % (s["client_address"], s["seen_client"])
        if s["seen_server"] is not None:
            yield "the server, which has one name, was seen as %s" % s["seen_server"]
    for level in "-s", "-t":
        said = execute("mptcp-ls", level, "testdata/copies/nat-sll2.pcap").stdout.decode()
        for s in got[0]["subflows"]:
            if not re.search(r" %s:%d as %s +192\.168\.1\.2:5001 " % (re.escape(s["client_address"]), s["client_port"],
                                                                     re.escape(s["seen_client"])), said):
                yield "%s: %s" % (level, said)
    kept = document("mptcp-ls", "-s", "--keep-copies", "testdata/copies/nat-sll2.pcap")["connections"]
    if sum(len(c["subflows"]) for c in kept) != 4:
        yield "with --keep-copies: %s" % [len(c["subflows"]) for c in kept]


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    for name, (point, times, words, where) in POINTS.items():
        path = "testdata/copies/" + name
        tap.attempt(name + ": bytes", agrees, path, point)
        tap.attempt(name + ": packets", counts_packets, path, point)
        tap.attempt(name + ": what is said", says, path, words, where)
        if "macvlan" not in name:  # packets and their pieces
            tap.attempt(name + ": what is said is so", counts_each, path, words)
        tap.attempt(name + ": all ways", all_ways, path)
        tap.attempt(name + ": --keep-copies", keeps, path, times)
    tap.attempt("copies are missing: what is said", says_no_more)
    tap.attempt("masquerading", one_name)
    tap.finish()


if __name__ == "__main__":
    main()
