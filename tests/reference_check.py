#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mptcp-check can compute, computed a second time and independently.

Usage: reference_check.py CAPTURE...            JSON: the results per capture and connection
       reference_check.py --counters DIR...     table: counters of the packets beside those of the kernel

A DIR holds client.pcapng, server.pcapng and truth.json of the laboratory; or NAME-client.pcapng.gz and counters.json.

Packets, streams and connections come from reference.py. Everything else is made from the octets of the options and
of the payload, by RFC 8684 (version 1) and RFC 6824 (version 0): HMACs of joins (3.2) and of ADD_ADDR (3.4.1),
checksums of mappings (3.3), the echo of the keys (3.1), the key of MP_FASTCLOSE (3.5), DATA_ACKs beyond what was sent
(3.3.2).

The kernel's counters and what a capture can count
--------------------------------------------------
Compared are 13 captures of the laboratory and 21 of testdata/captures/check, Linux 6.18, each end with its own file.
Equal wherever both are not 0: MPCapableSYNTX, MPCapableSYNACKRX, MPCapableACKRX, MPCapableFallbackSYNACK, MPJoinSynTx,
MPJoinSynBackupRx, AddAddrTx, EchoAdd, EchoAddTx, PortAdd (received, echoes included), RmAddr, RmAddrTx, MPPrioTx,
MPPrioRx, MPFailTx, MPFailRx, MPFastcloseTx, InfiniteMapTx, InfiniteMapRx. Transmitted SYNs count once, however often
they are repeated; received SYNs count each time that they reach TCP. The others differ, and so:

* The kernel counts what reaches an MPTCP socket; a capture sees what arrives. MPCapableSYNRX and
  MPCapableFallbackACK leave out SYNs to a listener of plain TCP (fallback: port 5002). MPJoinSynRx leaves out what a
  firewall takes after the capture (join-rst, join-unanswered). MPJoinSynAckRx leaves out a SYN/ACK that comes when
  the join was given up (fastclose, removed).
* It counts what it accepts. A wrong HMAC keeps a join out of MPJoinSynAckRx and MPJoinAckRx (it is in
  MPJoinSynAckHMacFailure, MPJoinAckHMacFailure instead) and an ADD_ADDR out of AddAddr; a refused join is not in
  MPJoinAckRx, but in MPJoinRejected (join-limit, fastclose).
* Resets: a join that fails before its socket exists, or a segment for a socket that is gone, is answered by a RST with
  MP_TCPRST that MPRstTx does not count; and a RST that reaches a closed socket, or one that is not established yet, is
  not in MPRstRx, nor its MP_FASTCLOSE in MPFastcloseRx (rst_has_socket(), rst_is_taken()).
* MPTCPRetrans counts turns of the retransmission worker, each of which may send many segments; what the scheduler
  takes from a stale subflow to another is not in it. It is far below the number of reinjected packets (path-failure
  2 and 12, lossy 6 and 485).
* DuplicateData counts what the connection drops because it had it. It agrees where little is dropped; where a subflow
  hands on the rest of a mapping in parts, each part counts (lossy 839 and 773, path-failure 172 and 138). Two of
  checksum-fail and fastclose are lower: data of a subflow that is reset is never handed on.
* OFOQueue and OFOQueueTail agree everywhere except under loss (lossy 583 and 519).
"""

import argparse
import bisect
import collections
import copy
import hashlib
import hmac
import json
import os
import struct
import sys

import reference as R
import reference_numbers as numbers
from reference import ACK, DSS, MP_CAPABLE, MP_JOIN, RST, SYN

ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_FAIL, MP_FASTCLOSE, MP_TCPRST = 3, 4, 5, 6, 7, 8


# ------------------------------------------------------------------- reading

def load(path):
    """The connections of a capture, all its streams, and {frame: Octets}."""
    packets, fragments, octets, frame = [], {}, {}, 0
    for time, link, data, origlen in R.read_capture(path):
        frame += 1
        before = copy.deepcopy(fragments) if fragments else {}
        p = R.dissect(frame, time, link, data, origlen, fragments)
        if not p:
            continue
        packets.append(p)
        ip = R.network_layer(link, data)
        tcp = R.transport_layer(ip, origlen - (len(data) - len(ip)), before)[3]
        start = (tcp[12] >> 4) * 4
        octets[frame] = Octets([o for kind, o, size in R.tcp_options(p.options, p.cut)
                                if kind == 30 and len(o) == size and is_option(o)],
                               bytes(tcp[start:start + p.length]) if start >= 20 else b"")
    streams = R.make_streams(packets)
    connections = R.make_connections(streams)
    for c in connections:
        R.classify(c)
    return connections, streams, octets


def is_option(octets):
    """Long enough to be looked at: only MP_PRIO has 3 octets."""
    return len(octets) >= 4 or (len(octets) == 3 and octets[2] >> 4 == MP_PRIO)


Octets = collections.namedtuple("Octets", "options payload")


class Result:
    """How often a rule was kept and broken, how often it could not be checked, and the frames that break it."""

    def __init__(self):
        self.ok = self.violated = self.not_checked = 0
        self.frames = []

    def add(self, good, frame):
        if good is None:
            self.not_checked += 1
        elif good:
            self.ok += 1
        else:
            self.violated += 1
            self.frames.append(frame)

    def describe(self):
        result = "violated" if self.violated else "ok" if self.ok else "not_checked"
        return {"result": result, "ok": self.ok, "violated": self.violated, "not_checked": self.not_checked,
                "frames": self.frames}


def check(c, octets):
    """{rule: Result} of a connection."""
    results = collections.defaultdict(Result)
    key_echo(c, octets, results["key_echo"])
    for s in c.streams:
        if s is not c.initial:
            join_hmacs(c, s, octets, results)
    options_with_keys(c, octets, results)
    checksums(c, octets, results)
    data_acks(c, results["data_ack_sent"])
    for role in (0, 1):
        data_same(c, role, octets, results["data_same"])
    return {rule: result for rule, result in results.items() if result.ok + result.violated + result.not_checked}


# ---------------------------------------------------------------------- keys

def first_keys(c, octets):
    """The keys as the SYNs have them, by the role that sends them."""
    found = [None, None]
    for p in c.initial.packets:
        for raw in octets[p.frame].options:
            if raw[2] >> 4 == MP_CAPABLE and p.flags & SYN and len(raw) == 12 and found[p.side] is None:
                found[p.side] = raw[4:12]
    return found


def keys_of(c, octets):
    keys = first_keys(c, octets)
    for p in c.initial.packets:
        for raw in octets[p.frame].options:
            if raw[2] >> 4 == MP_CAPABLE and len(raw) >= 20:
                for role, key in ((p.side, raw[4:12]), (1 - p.side, raw[12:20])):
                    keys[role] = keys[role] or key
    return keys


def key_echo(c, octets, result):
    if not c.captured_handshake:
        return
    syn = first_keys(c, octets)
    seen = None
    for p in c.initial.packets:
        for raw in octets[p.frame].options:
            if raw[2] >> 4 == MP_CAPABLE and len(raw) >= 20:
                good = True if syn[1 - p.side] else None
                good = good and syn[1 - p.side] == raw[12:20] and syn[p.side] in (None, raw[4:12])
                good = good and seen in (None, raw[4:20])
                seen = seen or raw[4:20]
                result.add(good, p.frame)


def mac(c, own, other, message):
    return hmac.new(own + other, message, hashlib.sha256 if c.version else hashlib.sha1).digest()


def join_hmacs(c, s, octets, results):
    keys = keys_of(c, octets)
    own = [keys[s.role(side)] for side in (0, 1)]
    nonce = [None, None]
    for p in s.packets:
        for raw in octets[p.frame].options:
            if raw[2] >> 4 != MP_JOIN:
                continue
            if len(raw) == 12 and p.flags & (SYN | ACK) == SYN:
                nonce[0] = raw[8:12]
            elif len(raw) == 16 and p.flags & SYN:
                nonce[1] = raw[12:16]
                good = None
                if all(own) and all(nonce):
                    good = raw[4:12] == mac(c, own[1], own[0], nonce[1] + nonce[0])[:8]
                results["join_hmac_synack"].add(good, p.frame)
            elif len(raw) == 24:
                good = None
                if all(own) and all(nonce):
                    good = raw[4:24] == mac(c, own[0], own[1], nonce[0] + nonce[1])[:20]
                results["join_hmac_ack"].add(good, p.frame)


def options_with_keys(c, octets, results):
    keys = keys_of(c, octets)
    for p in c.packets:
        role = p.stream.role(p.side)
        for raw in octets[p.frame].options:
            subtype = raw[2] >> 4
            if subtype == ADD_ADDR and c.version == 1 and not raw[2] & 1 and len(raw) in (16, 18, 28, 30):
                good = None
                if all(keys):
                    message = raw[3:-8] + (b"" if len(raw) in (18, 30) else b"\0\0")
                    good = raw[-8:] == mac(c, keys[role], keys[1 - role], message)[-8:]
                results["add_addr_hmac"].add(good, p.frame)
            elif subtype == MP_FASTCLOSE and len(raw) == 12:
                results["fastclose_key"].add(keys[1 - role] == raw[4:12] if keys[1 - role] else None, p.frame)


# ----------------------------------------------------------------- checksums

def sum16(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum_in_use(c, octets):
    """True or False; None where it is not known, or the third ACK does not confirm what the SYNs say."""
    asked, confirmed = [], []
    for p in c.initial.packets:
        for raw in octets[p.frame].options:
            if raw[2] >> 4 == MP_CAPABLE:
                (asked if p.flags & SYN else confirmed).append(bool(raw[3] & 0x80))
    if asked and confirmed and any(asked) != any(confirmed):
        return None
    return any(asked + confirmed) if asked or confirmed else None


def mapping_of(c, raw, option, role):
    """(absolute DSN, SSN, data bytes, all of the length, checksum or None), or None when there is no mapping."""
    if option["subtype"] == DSS and option.get("data_length"):
        exact = 4 + ((8 if raw[3] & 2 else 4) if raw[3] & 1 else 0) + (8 if raw[3] & 8 else 4) + 6
        checksum = struct.unpack("!H", raw[-2:])[0] if len(raw) == exact + 2 else None
        return option["full_dsn"] % 2 ** 64, option["ssn"], R.data_bytes(option), option["data_length"], checksum
    if option["subtype"] == MP_CAPABLE and option.get("data_length") and c.idsn[role] is not None:
        checksum = struct.unpack("!H", raw[-2:])[0] if len(raw) == 24 else None
        return (c.idsn[role] + 1) % 2 ** 64, 1, option["data_length"], option["data_length"], checksum
    return None


def checksums(c, octets, results):
    in_use = checksum_in_use(c, octets)
    if not in_use:
        return
    carried = collections.defaultdict(list)  # (stream, side): (position, payload)
    for p in c.packets:
        if octets[p.frame].payload and p.stream.isn[p.side] is not None:
            carried[p.stream.number, p.side].append((p.pos, octets[p.frame].payload))
    for p in c.packets:
        raws = [raw for raw in octets[p.frame].options]
        options = [o for o in p.mptcp if "cut" not in o]
        if len(raws) != len(options):
            continue
        for raw, option in zip(raws, options):
            found = mapping_of(c, raw, option, p.stream.role(p.side))
            if not found:
                continue
            dsn, ssn, size, length, checksum = found
            results["checksum_present"].add(checksum is not None, p.frame)
            if checksum is None:
                continue
            payload = gather(carried[p.stream.number, p.side], ssn, size, p, octets)
            good = None
            if payload is not None:
                good = sum16(struct.pack("!QIHH", dsn, option.get("ssn", 1) % 2 ** 32, length, checksum)
                             + payload) == 0xFFFF
            results["checksum_valid"].add(good, p.frame)


def gather(pieces, start, size, own, octets):
    """The bytes [start, start + size) of a subflow; those of the packet itself come first, then the first seen."""
    data, known = bytearray(size), bytearray(size)
    for position, payload in [(own.pos, octets[own.frame].payload)] + pieces:
        low, high = max(position, start), min(position + len(payload), start + size)
        for at in range(low, high):
            if not known[at - start]:
                known[at - start], data[at - start] = 1, payload[at - position]
    return bytes(data) if all(known) else None


# ------------------------------------------------------------- the same data

class Sent:
    """Bytes by their place in a line, each put there once."""

    def __init__(self):
        self.starts, self.runs = [], []

    def put(self, start, octets):
        at = bisect.bisect(self.starts, start)
        self.starts.insert(at, start)
        self.runs.insert(at, octets)

    def get(self, start, size):
        """(offset, octets) of what is there of the range."""
        for k in range(max(bisect.bisect(self.starts, start) - 1, 0), bisect.bisect_left(self.starts, start + size)):
            begin = max(self.starts[k], start)
            found = self.runs[k][begin - self.starts[k]:start + size - self.starts[k]]
            if found:
                yield begin - start, found


def data_same(c, role, octets, result):
    """What is sent again is the same, byte for byte: subflow bytes on the subflow, data bytes with a mapping on any. A
    probe of a shut window has the next byte, not that of its number; what was captured without DATA_ACKs may be one."""
    places, data, begins = collections.defaultdict(Sent), Sent(), {}
    probes = {piece.packet.frame for piece in numbers.window_probes(c, role)}
    first_ack = min(numbers.data_acks(c, role), default=None, key=lambda f: times(c)[f])
    for piece in c.pieces[role]:
        p = piece.packet
        own, start = places[p.stream.number], piece.q - begins.setdefault(p.frame, piece.q)
        payload = octets[p.frame].payload[start:start + piece.length]
        if piece.kind == "tcp_retransmitted":
            before = own.get(piece.q, piece.length)
        else:
            own.put(piece.q, payload)
            before = data.get(piece.x, piece.length) if piece.kind in ("mptcp_repeated", "reinjected") else ()
            if piece.kind == "unique" and piece.x is not None:
                data.put(piece.x, payload)
        if p.frame in probes or piece.kind in ("unique", "unmapped"):
            continue
        pairs = [(old[:len(payload) - at], payload[at:at + len(old)]) for at, old in before if at < len(payload)]
        good = all(old == new for old, new in pairs) if pairs else None
        if not good and p.length == 1 and (first_ack is None or times(c)[p.frame] < times(c)[first_ack]):
            good = None
        result.add(good, p.frame)


def times(c):
    """{frame: its place in time}"""
    if not hasattr(c, "places_in_time"):
        c.places_in_time = {p.frame: n for n, p in enumerate(c.packets)}
    return c.places_in_time


# ----------------------------------------------------------------- DATA_ACKs

def data_acks(c, result):
    """A DATA_ACK may name at most the end of what was sent before; the DATA_FIN has a number, too. Where the capture
    lacks data, the mapping of some bytes or a whole direction, nothing is sure of what was sent."""
    if c.state == "fallback" or None in c.idsn:
        return
    whole = [any(p.stream.role(p.side) == role for p in c.packets)
             and not any(piece.kind == "unmapped" for piece in c.pieces[role])
             and [at for at, _ in c.data[role].intervals()] in ([], [1]) for role in (0, 1)]
    pieces = [{}, {}]
    for role in (0, 1):
        for piece in c.pieces[role]:
            if piece.x is not None:
                end = piece.x + piece.length
                frame = piece.packet.frame
                pieces[role][frame] = max(end, pieces[role].get(frame, 0))
    sent = [1, 1]
    for p in c.packets:
        role = p.stream.role(p.side)
        sent[role] = max(sent[role], pieces[role].get(p.frame, 0))
        for o in p.mptcp:
            if o["subtype"] == DSS and o.get("data_fin") and "rel_dsn" in o:
                sent[role] = max(sent[role], o["rel_dsn"] + o["data_length"])
            if o["subtype"] == DSS and "rel_data_ack" in o:
                result.add(o["rel_data_ack"] <= sent[1 - role] or (None if not whole[1 - role] else False), p.frame)


# ------------------------------------------------------------------ counters

def counters(streams, connections, octets, own):
    """The kernel's counters of one end, as far as packets tell, from its own capture: own(address) is true."""
    n = collections.Counter()
    for s in streams:
        here = next((side for side in (0, 1) if own(s.ends[side][0])), None)
        if here is None:
            continue
        once = set()
        for p in s.packets:
            way = "Tx" if p.side == here else "Rx"
            kinds = [(raw[2] >> 4, raw) for raw in octets[p.frame].options]
            names = {kind for kind, _ in kinds}
            syn = p.flags & (SYN | ACK) if p.flags & SYN else 0
            initial = s.connection is not None and s is s.connection.initial
            for kind, raw in kinds:
                if kind == MP_CAPABLE and syn == SYN:
                    n["MPCapableSYN" + way.upper()] += way == "Rx" or "syn" not in once
                    once.add("syn")
                elif kind == MP_CAPABLE and syn:
                    n["MPCapableSYNACK" + way.upper()] += ("synack" not in once)
                    once.add("synack")
                elif kind == MP_CAPABLE and not syn and "ack" not in once:
                    n["MPCapableACK" + way.upper()] += 1
                    once.add("ack")
                elif kind == MP_JOIN and syn == SYN:
                    n["MPJoinSyn" + way] += way == "Rx" or "syn" not in once
                    n["MPJoinSynBackup" + way] += raw[2] & 1
                    once.add("syn")
                elif kind == MP_JOIN and syn:
                    n["MPJoinSynAck" + way] += "synack" not in once
                    n["MPJoinSynAckBackup" + way] += raw[2] & 1
                    once.add("synack")
                elif kind == MP_JOIN and "joined" not in once:
                    n["MPJoinAck" + way] += 1
                    once.add("joined")
                elif kind == ADD_ADDR and not raw[2] & 1:
                    n["AddAddr" + ("Tx" if way == "Tx" else "")] += 1
                    n["PortAdd"] += way == "Rx" and len(raw) in (18, 30)
                elif kind == ADD_ADDR:
                    n["PortAdd"] += way == "Rx" and len(raw) in (10, 22)
                    n["EchoAdd" + ("Tx" if way == "Tx" else "")] += 1
                elif kind == REMOVE_ADDR:
                    n["RmAddr" + ("Tx" if way == "Tx" else "")] += 1
                elif kind == MP_PRIO:
                    n["MPPrio" + way] += 1
                elif kind == MP_FAIL:
                    n["MPFail" + way] += 1
                elif kind == MP_FASTCLOSE and (way == "Tx" or not p.flags & RST or rst_is_taken(s, p)):
                    n["MPFastclose" + way] += 1
                elif kind == MP_TCPRST and (rst_has_socket(s, p) if way == "Tx" else rst_is_taken(s, p)):
                    n["MPRst" + way] += "rst" + way not in once
                    once.add("rst" + way)
                elif kind == DSS and infinite(raw):
                    n["InfiniteMap" + way] += "infinite" + way not in once
                    once.add("infinite" + way)
            if way == "Rx" and syn == SYN | ACK and MP_CAPABLE not in names and initial and here == 0 \
                    and "plain synack" not in once:
                once.add("plain synack")
                n["MPCapableFallbackSYNACK"] += 1
        if here == 1 and s.connection is not None and s is s.connection.initial and "syn" in once:
            from_client = [p for p in s.sent(0) if not p.flags & (SYN | RST)]
            n["MPCapableFallbackACK"] += bool(from_client) and "ack" not in once
    for c in connections:
        role = next((role for role in (0, 1) if own(c.initial.ends[c.initial.role(role)][0])), None)
        if role is not None and c.state != "fallback":
            receive(c, 1 - role, n)
            n["MPTCPRetrans"] += len({piece.packet.frame for piece in c.pieces[role] if piece.kind == "reinjected"})
    return +n


def rst_has_socket(s, rst):
    """Did a socket send it? A RST without ACK answers a segment; one of the side that was joined, before its SYN/ACK,
    answers the SYN."""
    answered = any(p.side == 1 and p.flags & SYN for p in s.packets)
    began = any(p.side == 0 and p.flags & SYN for p in s.packets)
    return bool(rst.flags & ACK) and (rst.side == 0 or answered or not began)


def rst_is_taken(s, rst):
    """Does an established socket get it? It has got options behind the handshake, no RST before, and was not reset by
    its own side: a RST that crosses this one comes too late for either."""
    before = s.packets[:s.packets.index(rst)]
    began = any(p.side == 0 and p.flags & SYN for p in s.packets)
    heard = any(p.side == rst.side and p.mptcp and not p.flags & (SYN | RST) for p in before)
    resets = [p for p in s.packets if p.flags & RST]
    crossed = any(p.side != rst.side and rst_has_socket(s, p) and any(o["subtype"] == MP_TCPRST for o in p.mptcp)
                  for p in resets)
    return (heard or not began) and not any(p in before for p in resets) and not crossed


def receive(c, role, n):
    """What the receiver of the data that `role` sends counts: each subflow hands its segments on in the order of its
    own sequence numbers; DuplicateData, OFOQueue and OFOQueueTail are of the connection."""
    waiting, position, queue, expected = collections.defaultdict(list), collections.defaultdict(lambda: 1), {}, 1
    fresh = collections.defaultdict(list)
    for piece in c.pieces[role]:
        if piece.x is not None and piece.kind != "tcp_retransmitted":
            fresh[piece.packet.frame].append(piece)
    for p in c.packets:
        here = p.stream.number
        for piece in fresh.get(p.frame, ()) if p.stream.role(p.side) == role else ():
            waiting[here].append((piece.q, piece.x, piece.length, p.frame))
        waiting[here].sort()
        while waiting[here] and waiting[here][0][0] <= position[here]:
            q, x, length, frame = waiting[here].pop(0)
            position[here] = max(position[here], q + length)
            # pieces of one packet are one segment to the kernel
            while waiting[here] and waiting[here][0][3] == frame:
                length += waiting[here][0][2]
                position[here] = max(position[here], q + length)
                waiting[here].pop(0)
            if x + length <= expected or any(a <= x and x + length <= b for a, b in queue.items()):
                n["DuplicateData"] += 1
            elif x > expected:
                n["OFOQueue"] += 1
                n["OFOQueueTail"] += bool(queue) and x >= max(queue)
                queue[x] = max(x + length, queue.get(x, 0))
            else:
                expected = x + length
                while queue and min(queue) <= expected:
                    expected = max(expected, queue.pop(min(queue)))


def infinite(raw):
    if not raw[3] & 4:
        return False
    at = 4 + ((8 if raw[3] & 2 else 4) if raw[3] & 1 else 0) + (8 if raw[3] & 8 else 4) + 4
    return raw[at:at + 2] == b"\0\0"


def kernel_counters(folder):
    """[(name, end, path, kernel's counters)] of a folder."""
    truth = os.path.join(folder, "truth.json")
    if os.path.exists(truth):
        with open(truth, encoding="utf-8") as source:
            nstat = json.load(source)["nstat"]
        name = os.path.basename(os.path.normpath(folder))
        for end in ("client", "server"):
            files = [os.path.join(folder, end + part) for part in ("-whole.pcapng", ".pcapng")]
            yield name, end, next(f for f in files if os.path.exists(f)), nstat[end]["change"]
    else:
        with open(os.path.join(folder, "counters.json"), encoding="utf-8") as source:
            for name, ends in json.load(source).items():
                for end in ("client", "server"):
                    yield name, end, os.path.join(folder, "%s-%s.pcapng.gz" % (name, end)), ends[end]


COMPARED = """MPCapableSYNTX MPCapableSYNRX MPCapableSYNACKRX MPCapableACKRX MPCapableFallbackACK MPCapableFallbackSYNACK
MPJoinSynTx MPJoinSynRx MPJoinSynBackupRx MPJoinSynAckRx MPJoinSynAckBackupRx MPJoinAckRx AddAddr AddAddrTx EchoAdd
EchoAddTx PortAdd RmAddr RmAddrTx MPPrioTx MPPrioRx MPFailTx MPFailRx MPFastcloseTx MPFastcloseRx MPRstTx MPRstRx
InfiniteMapTx InfiniteMapRx DuplicateData OFOQueue OFOQueueTail MPTCPRetrans""".split()


def own_addresses(end):
    """In the laboratory the client has .1 (and 10.0.1.101), the server .2; the same in IPv6."""
    last = {"client": ("1", "101"), "server": ("2",)}[end]
    return lambda address: address.replace("::", ".").rsplit(".", 1)[1] in last


def compare_counters(folders):
    """Print where the counters differ; how many agree."""
    agree = collections.Counter()
    for folder in folders:
        for name, end, path, kernel in kernel_counters(folder):
            connections, streams, octets = load(path)
            mine = counters(streams, connections, octets, own_addresses(end))
            for counter in COMPARED:
                theirs = kernel.get("MPTcpExt" + counter, 0)
                if theirs == mine[counter]:
                    agree[counter] += theirs > 0
                else:
                    print("%-20s %-6s %-24s kernel %4d  packets %4d" % (name, end, counter, theirs, mine[counter]))
    print("agree, and are not 0: " + ", ".join("%s %d" % item for item in sorted(agree.items()) if item[1]))


def describe(path):
    connections, _, octets = load(path)
    return {"path": path, "connections": [
        {"id": c.id, "version": c.version, "rules": {rule: result.describe()
                                                      for rule, result in sorted(check(c, octets).items())}}
        for c in connections]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--counters", action="store_true", help="compare with the kernel's")
    parser.add_argument("paths", nargs="+")
    args = parser.parse_args()
    if args.counters:
        compare_counters(args.paths)
    else:
        json.dump([describe(path) for path in args.paths], sys.stdout, indent=1)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
