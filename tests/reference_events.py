#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The events of a capture, found a second time, frame by frame.
#
#     reference_events.py CAPTURE EVENTS         compare with "mptcp-events --json"
#     reference_events.py --truth TRUTH END EVENTS
#                 compare with what a lab recorded beside the capture of that end
#
# The capture file, its TCP streams and connections are read by reference.py;
# the options that it does not need are decoded here. Handovers are not found
# here: tests/unit/test_timeline.c has them.
#
# With OTHER_NUMBERS in the environment the numbers of the TCP streams are not
# compared (tests/compare.py says why).
#
# Prints each difference and exits with 1 when there is one.

import hashlib
import hmac
import json
import os
import re
import socket
import sys

sys.dont_write_bytecode = True
import reference
import reference_numbers as numbers
from reference import ADD_ADDR, DSS, MP_CAPABLE, MP_JOIN
from reference_numbers import ACK, FIN, RST, SYN

REMOVE_ADDR, PRIO, FAIL, FASTCLOSE, TCPRST = 4, 5, 6, 7, 8
REASONS = ["unspecified", "mptcp_error", "lack_of_resources", "prohibited", "too_much_data",
           "bad_performance", "middlebox"]
ROLES = ("client", "server")
NOT_HERE = {"handover"}


# ------------------------------------------------------------------ decoding

def big(octets):
    return int.from_bytes(octets, "big")


def options(p):
    """(subtype, octets, what reference.py made of it) of each whole option."""
    raws = [(raw, size) for kind, raw, size in reference.tcp_options(p.options, p.cut)
            if kind == 30]
    for (raw, size), known in zip(raws, p.mptcp):
        if len(raw) == size and size >= 3 and known["subtype"] is not None and sound(raw):
            yield raw[2] >> 4, raw, known


def sound(raw):
    """Has the option a length that its subtype can have?"""
    lengths = {MP_CAPABLE: (4, 12, 20, 22, 24), MP_JOIN: (12, 16, 24), PRIO: (3, 4),
               FAIL: (12,), FASTCLOSE: (12,), TCPRST: (4,), REMOVE_ADDR: range(4, 41),
               DSS: range(4, 41)}
    subtype = raw[2] >> 4
    if subtype == ADD_ADDR:
        return announced(raw) is not None
    return len(raw) in lengths.get(subtype, ())


def announced(raw):
    """ADD_ADDR: (is an echo, id, address, port or None, HMAC or None)."""
    low = raw[2] & 15
    version0, echo = low in (4, 6), False
    rest, code = raw[4:], None
    if not version0:
        echo = bool(low & 1)
        if not echo:
            rest, code = rest[:-8], rest[-8:].hex()
    if len(rest) not in (4, 6, 16, 18) or (version0 and (low == 4) != (len(rest) <= 6)):
        return None
    size = 4 if len(rest) <= 6 else 16
    port = big(rest[size:]) if len(rest) > size else None
    address = socket.inet_ntop(socket.AF_INET if size == 4 else socket.AF_INET6, rest[:size])
    return echo, raw[3], address, port, code


def authentic(c, role, raw):
    """Has an ADD_ADDR of version 1 the HMAC of its sender? Unknown keys: yes."""
    code, keys = announced(raw)[4], (c.keys[role], c.keys[1 - role])
    if c.version != 1 or (code and None in keys):
        return True
    said = raw[3:-8] if len(raw) in (18, 30) else raw[3:-8] + b"\0\0"  # port 0: none
    return code is not None and code == hmac.new(keys[0] + keys[1], said,
                                                 hashlib.sha256).digest()[-8:].hex()


def fastclose_key(p):
    return next((big(raw[4:12]) for o, raw, _ in options(p) if o == FASTCLOSE), None)


def said_reason(p):
    """What the MP_TCPRST of a RST says, as (name, value)s."""
    number, transient = next(((raw[3], bool(raw[2] & 1)) for o, raw, _ in options(p)
                              if o == TCPRST), (None, None))
    known = number is not None and number < len(REASONS)
    return (("reason", number), ("mptcp_reason", number),
            ("reason_name", REASONS[number] if known else None), ("transient", transient))


def alike_packets(packets, said):
    """{what is said: the packets that say it}; None is nothing said."""
    found = {}
    for p in packets:
        if said(p) is not None:
            found.setdefault(said(p), []).append(p)
    return found


# -------------------------------------------------------------------- events

class Events:
    def __init__(self, connection):
        self.c = connection
        self.found = []

    def add(self, kind, p, role, **detail):
        event = {"event": kind, "stream": p.stream, "role": role, "packets": [p], **detail}
        self.found.append(event)
        return event

    def group(self, kind, packets, role, **detail):
        """One event of all the packets, if there are any."""
        if packets:
            event = self.add(kind, packets[0], role, **detail)
            event["packets"] = packets

    def everything(self):
        for s in self.c.streams:
            self.handshake(s)
            self.closing(s)
            self.first_data(s)
            self.stalls(s)
        self.fallback()
        self.data_fins()
        self.addresses()
        self.per_subflow()
        return self.found

    def handshake(self, s):
        is_initial = any(o == MP_CAPABLE and (p.flags & SYN or len(raw) >= 20)
                         for p in s.packets for o, raw, _ in options(p))
        is_join = any(o == MP_JOIN and (p.flags & SYN or (len(raw) == 24 and p.side == 0))
                      for p in s.packets for o, raw, _ in options(p))
        s.shape = "connection" if is_initial else "join" if is_join else None
        s.third = []
        if not s.shape:
            return
        for answer, name in ((0, "syn"), (ACK, "synack")):
            syns = [p for p in s.packets if p.flags & (SYN | ACK) == SYN | answer]
            if is_initial and not answer:  # one without the option is a retry as plain TCP: the fallback tells
                syns = [p for p in syns if p is syns[0] or p.cut or any(o == MP_CAPABLE for o, _, _ in options(p))]
            if syns:
                self.group(f"{s.shape}_{name}", syns, s.role(syns[0].side),
                           **self.said(s, syns[0]), **self.ends(s, syns[0]))
        s.third = [p for p in s.packets if not p.flags & SYN and any(
            o == (MP_CAPABLE if is_initial else MP_JOIN)
            and (len(raw) >= 20 if is_initial else len(raw) == 24)
            for o, raw, _ in options(p))]
        if s.third:
            self.group(f"{s.shape}_established", s.third, s.role(s.third[0].side),
                       **self.said(s, s.third[0]), **self.ends(s, s.third[0]))

    @staticmethod
    def ends(s, p):
        return {"source_address": p.src, "source_port": p.sport,
                "destination_address": p.dst, "destination_port": p.dport}

    @staticmethod
    def said(s, p):
        """What the packet's option of the handshake says."""
        syn = bool(p.flags & SYN)
        if s.shape == "connection":
            detail = {"version": None, "flags": None, "key": None}
        elif not syn:
            detail = {"hmac": None}
        else:
            detail = {"address_id": None, "backup": None, "nonce": None,
                      **({"hmac": None} if p.flags & ACK else {"token": None})}
        for subtype, raw, _ in options(p):
            if subtype == MP_CAPABLE and s.shape == "connection":
                detail["version"] = raw[2] & 15
                detail["flags"] = "".join(l for i, l in enumerate("ABCDEFGH") if raw[3] << i & 128)
                if len(raw) >= 12:
                    detail["key"] = str(big(raw[4:12]))
                break
            if subtype == MP_JOIN and s.shape == "join":
                if len(raw) == 24:
                    if not syn:
                        detail["hmac"] = raw[4:24].hex()
                    break
                detail.update(address_id=raw[3], backup=bool(raw[2] & 1), nonce=big(raw[-4:]))
                if len(raw) == 12:
                    detail["token"] = big(raw[4:8])
                else:
                    detail["hmac"] = raw[4:12].hex()
                break
        return detail

    def closing(self, s):
        for side in (0, 1):
            role = s.role(side)
            sent = [p for p in s.packets if p.side == side]
            self.group("fin", [p for p in sent if p.flags & FIN], role)
            for key, packets in alike_packets(sent, fastclose_key).items():
                self.group("fastclose", packets, role, key=str(key),
                           effective=reference.right_key(self.c, 1 - role, key))
            resets = [p for p in sent if p.flags & RST]
            refusals = [p for p in resets if self.refuses(s, p, sent)]
            others = [p for p in resets if p not in refusals]
            for kind, packets in ((f"{s.shape}_refused", refusals), ("tcp_reset", others)):
                for reason, same in alike_packets(packets, said_reason).items():
                    self.group(kind, same, role, **dict(reason))

    def refuses(self, s, rst, sent):
        talk = [p for p in s.packets if not p.flags & (SYN | RST)]
        if s.shape == "connection":
            first = next(p for p in s.packets if p.flags & RST)
            return rst.side == 1 and first.side == 1 and not talk and any(
                p.flags & SYN and p.side == 0 for p in s.packets) and not any(
                p.flags & SYN and p.side == 1 for p in s.packets)
        if s.shape != "join":
            return False
        closing = [p for p in sent if fastclose_key(p) is not None
                   and reference.right_key(self.c, 1 - s.role(rst.side), fastclose_key(p))]
        where = s.packets.index
        if any(where(p) <= where(rst) for p in closing if p.flags & RST):
            return False
        if s.third:
            return where(rst) < where(s.third[0])
        return not any(o == DSS for p in talk for o, _, _ in options(p))

    def first_data(self, s):
        for side in (0, 1):
            p = next((p for p in s.sent(side) if p.length), None)
            if p:
                self.add("first_data", p, s.role(side))

    def fallback(self):
        c, s = self.c, self.c.initial
        if c.state != "fallback":
            return
        shown = self.without_option() if c.unanswered else self.end_of_options()
        if shown:
            p = shown[0]
            self.add("fallback", p, p.stream.role(p.side), cause=c.cause)

    def without_option(self):
        """The packets that should have had an option, in the handshake or behind."""
        c, s = self.c, self.c.initial
        plain = [p for p in s.packets
                 if not p.flags & (SYN | RST) and not p.cut and not list(options(p))]
        capable = lambda p: any(o == MP_CAPABLE for o, _, _ in options(p))
        if c.cause == "plain_syn_retry":
            return [p for p in s.sent(0)[1:] if p.flags & SYN and not capable(p)]
        if c.unanswered == "synack":
            return [p for p in s.sent(1) if p.flags & SYN and not capable(p)]
        if c.unanswered == "ack":
            return [p for p in plain if p.side == 0]
        after = [[p for p in s.sent(side) if not p.flags & SYN] for side in (0, 1)]
        mute = not any(list(options(p)) for p in after[1])
        mapped = any("data_length" in o or o["subtype"] == DSS for p in after[0]
                     for o in p.mptcp)
        return [p for p in plain if (mute if p.side else p.length and not mapped)]

    def end_of_options(self):
        """The packets that begin an infinite mapping, or that lost their options."""
        c = self.c
        shown = [p for t in c.streams for p, o in t.options(subtype=DSS) if o["infinite"]] \
            or [tail.start for tail in c.tails if tail and tail.start]
        return sorted(shown, key=reference.place_in_time)

    def data_fins(self):
        for role in (0, 1):
            said = [(p, o) for p in self.c.packets if p.stream.role(p.side) == role
                    for o in p.mptcp if o.get("data_fin")]
            where = [o["rel_dsn"] + o["data_length"] - 1 + self.c.shift[role] for _, o in said]
            packets = list(dict.fromkeys(p for p, _ in said))
            placed = self.c.idsn[role] is not None or self.c.data[role].intervals()
            known = where and placed and not numbers.is_plain(self.c)
            self.group("data_fin", packets, role, dsn=where[0] if known else None)

    def addresses(self):
        """ADD_ADDR, echoes and REMOVE_ADDR, as they follow each other."""
        latest, removals, joined = {}, {}, set()
        for p in self.c.packets:
            role = p.stream.role(p.side)
            for subtype, raw, _ in options(p):
                if subtype == MP_JOIN and p.flags & SYN and len(raw) != 24 \
                        and p.stream.shape == "join":
                    if (p.stream, p.side) not in joined:
                        removals.pop((role, raw[3]), None)
                    joined.add((p.stream, p.side))
                elif subtype == ADD_ADDR:
                    echo, number, address, port, code = announced(raw)
                    last = latest.get((role, echo, number))
                    if last and last["said"] == (address, port, code):
                        last["packets"].append(p)
                        continue
                    detail = {"address": address, "port": port, "address_id": number}
                    if not echo:
                        detail.update(hmac=code, effective=authentic(self.c, role, raw))
                        removals.pop((role, number), None)
                    latest[role, echo, number] = self.add(
                        "add_addr_echo" if echo else "add_addr", p, role,
                        said=(address, port, code), **detail)
                elif subtype == REMOVE_ADDR:
                    numbers_ = list(raw[3:])
                    last = removals.get((role, numbers_[0]))
                    if last and last["address_ids"] == numbers_:
                        last["packets"].append(p)
                        continue
                    event = self.add("remove_addr", p, role, address_ids=numbers_)
                    for number in numbers_:
                        removals[role, number] = event
                        latest.pop((role, False, number), None)
                        latest.pop((1 - role, True, number), None)

    def per_subflow(self):
        """MP_PRIO and MP_FAIL: runs that say the same."""
        last = {}
        for p in self.c.packets:
            role = p.stream.role(p.side)
            for subtype, raw, _ in options(p):
                if subtype == PRIO:
                    number = raw[3] if len(raw) == 4 else None  # not in version 1
                    kind, said = "priority", {
                        "backup": bool(raw[2] & 1), "address_id": number,
                        "effective": number is None or self.c.version != 1}
                elif subtype == FAIL:
                    kind, said = "mp_fail", {"dsn": self.position(1 - role, big(raw[4:12]))}
                else:
                    continue
                before = last.get((kind, p.stream, p.side))
                if before and all(before[k] == v for k, v in said.items()):
                    before["packets"].append(p)
                else:
                    last[kind, p.stream, p.side] = self.add(kind, p, role, **said)

    def position(self, role, dsn):
        """None: nothing to count from; "?": it is not computed here."""
        if numbers.is_plain(self.c):
            return None
        if self.c.idsn[role] is None:
            return "?"
        return reference.nearest(dsn - self.c.idsn[role], 0, reference.M64)

    def stalls(self, s):
        """Times when nothing moved that should have."""
        for side in (0, 1):
            if self.one_sided(s, side):
                continue
            silence, high, ack, answered, dead = None, None, None, False, False
            patience = self.patience(s, side)
            for p in s.packets:
                if p.flags & RST:
                    self.report(silence, None, p.time, patience, high, ack, s, side, answered)
                    silence, dead = None, True
                    continue
                dead = dead and not p.flags & SYN
                if p.side != side:
                    answered = answered or bool(p.flags & ACK)
                    if p.acked is None or (ack is not None and p.acked <= ack) or \
                            not any(q.side == side for q in s.packets[:1]) and high is None:
                        continue
                    before, ack = ack, p.acked
                    self.report(silence, p, p.time, patience, high, before, s, side, answered)
                    silence = p if high is not None and high > ack and not dead else None
                elif p.length:
                    if ack is None and high is None:
                        ack = p.pos
                    high = max(high or p.pos, p.pos + p.length)
                    if silence is None and high > ack and not dead:
                        silence = p
            self.report(silence, None, self.c.packets[-1].time, patience, high, ack, s, side,
                        answered)

    @staticmethod
    def one_sided(s, side):
        """Was nothing captured of what a side acknowledges? Then its own
        acknowledgments may be missing, too."""
        return any((p.acked or 0) > 1 for p in s.sent(side)) and all(
            p.flags & (SYN | RST) for p in s.sent(1 - side))

    def patience(self, s, side):
        described = numbers.describe_tcp(s, side)
        rtt = described["rtt_ms"]["p50"] if described["rtt_ms"] else described["handshake_rtt_ms"]
        return max(10**9, round(3 * (rtt or 0) * 10**6))

    def report(self, silence, healed, end, patience, high, ack, s, side, answered):
        if silence is None or not answered or end - silence.time <= patience:
            return
        detail = {"gap_ms": (end - silence.time) / 1e6, "outstanding_bytes": high - ack}
        self.add("stalled", silence, s.role(side), **detail)
        if healed:
            self.add("recovered", healed, s.role(side), **detail)


def plain(event, connection, start):
    """As mptcp-events prints it."""
    packets = event.pop("packets")
    stream, role = event.pop("stream"), event.pop("role")
    event.pop("said", None)
    return {"connection": connection.id, "time_s": (packets[0].time - start) / 1e9,
            "frame": packets[0].frame, "tcp_stream": stream.number, "from": ROLES[role],
            "event": event.pop("event"),
            "detail": {"count": len(packets), "last_frame": packets[-1].frame, **event}}


def find(path):
    _, packets, connections = reference.analyse(path)
    start = min((time for time, _, _, _ in reference.read_capture(path)), default=0)
    return [plain(event, c, start) for c in connections for event in Events(c).everything()]


# ------------------------------------------------------------------ compare

def order(event):
    return (event["connection"], event["frame"], event["event"], event["from"],
            event["tcp_stream"])


def alike(got, wanted):
    if isinstance(wanted, float):
        return isinstance(got, (int, float)) and abs(got - wanted) < 2e-6
    return wanted == "?" or got == wanted


def compare(path, file):
    faults = []
    with open(file, encoding="utf-8") as f:
        listed = json.load(f)["events"]
    order_of_time = [(e["connection"], e["time_s"]) for e in listed]
    if order_of_time != sorted(order_of_time):
        faults.append("not in order of time")
    got = sorted((e for e in listed if e["event"] not in NOT_HERE), key=order)
    wanted = sorted(find(path), key=order)
    name = lambda e: "%(connection)s frame %(frame)s %(event)s from %(from)s" % e
    for what, these, those in (("missing", wanted, got), ("too much", got, wanted)):
        names = [name(e) for e in those]
        faults += [f"{what}: {name(e)}" for e in these if name(e) not in names]
    if faults:
        return faults
    for g, w in zip(got, wanted):
        for key in ("time_s", "tcp_stream"):
            if key == "tcp_stream" and "OTHER_NUMBERS" in os.environ:
                continue
            if not alike(g[key], w[key]):
                faults.append(f"{name(w)}: {key} {g[key]!r}, not {w[key]!r}")
        keys = set(g["detail"]) ^ set(w["detail"]) - {"dsn"}
        if keys - {"dsn"}:
            faults.append(f"{name(w)}: has other details: {sorted(keys)}")
        for key, value in w["detail"].items():
            if not alike(g["detail"].get(key), value):
                faults.append(f"{name(w)}: {key} {g['detail'].get(key)!r}, not {value!r}")
    return faults


# --------------------------------------------------- what a lab says happened
# truth.json has the commands given, with times, and the events of the kernels'
# path managers. Each must show, soon after it, and nothing else of its kind.

SOON = 3  # seconds

# The cause, by the capture's end, of what lab/fallback calls "connection N"; None: no fallback.
# A connection that shows that end no MP_CAPABLE is not in the list.
FALLBACKS = {
    "client": {"1": "no_option_in_synack", "3": "no_option_in_synack",
               "4": "no_option_in_synack", "5": "no_option_in_synack",
               "6": "no_option_in_data", "7": None},
    "server": {"1": "no_option_in_synack", "5": "no_option_in_ack", "6": "no_option_in_ack",
               "7": None}}


class Truth:
    def __init__(self, truth, end, listed):
        self.truth, self.end, self.faults = truth, end, []
        start = float(listed["captures"][0]["first_time"])
        self.events = listed["events"]
        for e in self.events:
            e["at"] = start + e["time_s"]
        self.tuples = {}  # (connection, stream): its ends, as (address, port), opener first
        for e in self.events:
            if e["event"] in ("connection_syn", "join_syn"):
                d = e["detail"]
                self.tuples[e["connection"], e["tcp_stream"]] = (
                    (d["source_address"], d["source_port"]),
                    (d["destination_address"], d["destination_port"]))

    def fault(self, text, *values):
        self.faults.append(text % values)

    def pick(self, kind, **wanted):
        """Events of a kind (or of several, "a b") with these properties."""
        return [e for e in self.events if e["event"] in kind.split()
                and all({**e["detail"], **e}.get(key) == value for key, value in wanted.items())]

    def soon(self, action, kind, early=0, **wanted):
        found = [e for e in self.pick(kind, **wanted)
                 if -early <= e["at"] - action["t"] <= SOON]
        if not found:
            self.fault("no %s %s soon after '%s'", kind, wanted, action["what"])
        return found

    # The commands.

    def action(self, action):
        what = action["what"]
        for pattern, check in ((r"(\w+): ip mptcp endpoint add (\S+)(.*)", self.endpoint_added),
                               (r"(\w+): ip mptcp endpoint delete id (\d+)", self.deleted),
                               (r"(\w+): ip mptcp endpoint change id (\d+) \S+ (\w+)",
                                self.changed),
                               (r"(\w+): ip mptcp endpoint flush", self.flushed),
                               (r"connection (\d+): (.*)", self.connection),
                               (r"wire (\w+) cut=1$", self.cut)):
            match = re.fullmatch(pattern, what)
            if match:
                return check(action, *match.groups())
        return None

    def endpoint_added(self, action, end, address, more):
        number = re.search(r"id (\d+)", more)
        port = re.search(r"port (\d+)", more)
        ids = {"address_id": int(number[1])} if number else {}
        if "signal" in more:
            self.soon(action, "add_addr", address=address, port=int(port[1]) if port else None,
                      **{"from": end}, **ids)
        elif "subflow" in more and self.truth["scenario"] != "fallback" \
                and not self.pick("connection_syn", source_address=address, **{"from": end}):
            self.soon(action, "join_syn", source_address=address, **{"from": end}, **ids)

    def deleted(self, action, end, number):
        if not any(int(number) in e["detail"]["address_ids"]
                   for e in self.soon(action, "remove_addr", **{"from": end})):
            self.fault("'%s': another id was removed", action["what"])

    def changed(self, action, end, number, flag):
        self.soon(action, "priority", backup=flag == "backup", **{"from": end})

    def flushed(self, action, end):
        self.soon(action, "remove_addr fin tcp_reset", **{"from": end})

    def connection(self, action, number, what):
        begun = [e for e in self.pick("connection_syn") if e["at"] >= action["t"]]
        if self.truth["scenario"] == "fallback":
            causes = FALLBACKS[self.end]
            if number not in causes:
                return
            found = self.pick("fallback", connection=begun[0]["connection"]) if begun else []
            got = [e["detail"]["cause"] for e in found]
            if not begun or got != ([causes[number]] if causes[number] else []):
                self.fault("'%s': fallback %s", action["what"], got)
        elif "SO_LINGER" in what or "unread" in what:
            self.soon(action, "fastclose", **{"from": what.split()[0]})
        elif "joins are refused" in what:
            for e in self.soon(action, "tcp_reset join_refused", **{"from": "server"}):
                if e["detail"]["reason_name"] is None:
                    self.fault("'%s': without a reason", action["what"])

    def cut(self, action, wire):
        """The sender of data sees it: the subflow of that path stalls, since the
        last acknowledgment before that, until the path is mended."""
        if self.end != "client":
            return
        addresses = next(p["client"] for p in self.truth["paths"] if p["name"] == wire)
        stalls = [e for e in self.soon(action, "stalled", early=0.2)
                  if self.tuples[e["connection"], e["tcp_stream"]][0][0] in addresses]
        if not stalls:
            self.fault("no stall on '%s'", wire)
        for stall in stalls:
            over = self.soon(action, "handover", old_tcp_stream=stall["tcp_stream"])
            for e in over:
                if not 100 < e["detail"]["gap_ms"] < 3000 or not e["detail"]["reinjected_bytes"] \
                        or e["tcp_stream"] == stall["tcp_stream"] or e["at"] < stall["at"]:
                    self.fault("odd handover: %s", e)
            mended = any(a["what"] == f"wire {wire} cut=0" for a in self.truth["events"])
            if bool(self.pick("recovered", tcp_stream=stall["tcp_stream"])) != mended:
                self.fault("'%s' recovered, or did not", wire)

    # The path managers.

    def stream_of(self, told):
        """(connection, stream) of the addresses and ports that an event names."""
        plain_ = lambda a: a[7:] if a.startswith("::ffff:") else a
        here = tuple(plain_(told.get(k + "4") or told.get(k + "6", "")) for k in ("saddr", "daddr"))
        ends = ((here[0], int(told["sport"])), (here[1], int(told["dport"])))
        for key, pair in self.tuples.items():
            if pair in (ends, ends[::-1]):
                return key
        return None

    def path_manager(self, end):
        other = "client" if end == "server" else "server"
        told = self.truth["path_manager_events"].get(end, [])
        connections, counts = {}, {}
        for event in told:
            kind = event["event"]
            if kind == "CREATED":
                found = self.stream_of(event)
                if not found:
                    self.fault("%s: no connection like %s", end, event)
                else:
                    connections[event["token"]] = found[0]
        for event in told:
            kind, c = event["event"], connections.get(event["token"])
            if c is None:
                continue
            counts[kind] = counts.get(kind, 0) + 1
            stream = self.stream_of(event)[1] if "sport" in event and "dport" in event else None
            fine = {"CREATED": lambda: True, "CLOSED": lambda: True,
                    "ESTABLISHED": lambda: self.pick("connection_established", connection=c),
                    "SF_ESTABLISHED": lambda: self.joined(c, stream, end, event),
                    "SF_CLOSED": lambda: self.pick("fin tcp_reset", connection=c,
                                                   tcp_stream=stream),
                    "SF_PRIO": lambda: self.pick("priority", connection=c, tcp_stream=stream,
                                                 backup=event["backup"] == "1",
                                                 **{"from": other}),
                    "ANNOUNCED": lambda: [
                        e for e in self.pick("add_addr", connection=c,
                                             address_id=int(event["remid"]), **{"from": other})
                        if e["detail"]["address"] in (event.get("daddr4"), event.get("daddr6"))
                        and e["detail"]["port"] in (None, int(event["dport"]))],
                    "REMOVED": lambda: [
                        e for e in self.pick("remove_addr", connection=c, **{"from": other})
                        if int(event["remid"]) in e["detail"]["address_ids"]],
                    }[kind]()
            if not fine:
                self.fault("%s: %s does not show", end, event)
        known = set(connections.values())
        for kind, name in (("ANNOUNCED", "add_addr"), ("REMOVED", "remove_addr"),
                           ("SF_PRIO", "priority")):
            listed = [e for e in self.pick(name, **{"from": other}) if e["connection"] in known]
            if len(listed) != counts.get(kind, 0):
                self.fault("%s: %d %s, but %d listed", end, counts.get(kind, 0), kind, len(listed))

    def joined(self, c, stream, end, event):
        syn = self.pick("join_syn", connection=c, tcp_stream=stream)[0]
        answer = self.pick("join_synack", connection=c, tcp_stream=stream)[0]
        own, peer = (syn, answer) if syn["from"] == end else (answer, syn)
        return (own["detail"]["address_id"] == int(event["locid"])
                and peer["detail"]["address_id"] == int(event["remid"])
                and (end == syn["from"]
                     or syn["detail"]["backup"] == (event["backup"] == "1"))
                and self.pick("join_established", connection=c, tcp_stream=stream))


def compare_truth(truth, end, file):
    with open(truth, encoding="utf-8") as f:
        truth = json.load(f)
    with open(file, encoding="utf-8") as f:
        listed = json.load(f)
    check = Truth(truth, end, listed)
    for action in truth["events"]:
        check.action(action)
    for side in ROLES:
        check.path_manager(side)
    return check.faults


def main():
    if sys.argv[1] == "--truth":
        faults = compare_truth(*sys.argv[2:])
    else:
        faults = compare(*sys.argv[1:])
    for fault in faults:
        print(fault)
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
