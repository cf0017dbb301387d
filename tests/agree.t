#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do the captures of both ends of a recording say the same, wherever both can know?

For every pair of captures, client and server, in testdata/captures and ../shared/captures/truth and lab:

- the verdicts of mptcp-check have the same cause, or one end says that it cannot know, or the recording is in
  ONE_END, which says what happened out of sight of one of them; of both captures, given in either order, the cause of
  "aggregation" is the one that the sender's capture has,
- no verdict rests on what only the other end knows,
- the numbers of mptcp-summary and mptcp-reinject are null at the end that cannot know them,
- what truth.json in testdata/captures/ends expects at each end,
- the events that a packet shows are the same at both ends, by kind and sender, but for what the network did to packets:
  truth.json of a recording says it, else DAMAGED does. Those that tell how data went (JUDGED) are compared where both
  ends have them.

With arguments, only the recordings whose names have one of these words.
"""

import collections
import concurrent.futures
import glob
import json
import os
import sys

from tap import ENDS, SHARED, Tap, execute, load, need_tshark, read_natively

# Causes that the sender of the data alone can tell.
SENDERS = {"window_limited", "application_limited", "rtt", "stalled"}

# (recording, question): what one end cannot see, or sees otherwise. The verdicts may differ there.
ADDRESS_LOST = "an ADD_ADDR did not arrive, or not as it was sent"
JOIN_CHANGED = "the join was changed, or stopped, between the ends"
OPTIONS_TAKEN = "options were taken away on the way: each end sees what came through"
FORGED = "something between the ends sent a RST"
ONE_END = {
    ("fallback", "fallback"): OPTIONS_TAKEN,
    ("fallback-later", "fallback"): OPTIONS_TAKEN,
    ("fallback-synack", "fallback"): OPTIONS_TAKEN,
    ("t45-strip-down", "fallback"): OPTIONS_TAKEN,
    ("mid-down", "fallback"): OPTIONS_TAKEN,
    ("strip-down", "fallback"): OPTIONS_TAKEN,
    ("strip-down-later", "fallback"): OPTIONS_TAKEN,
    ("strip-down-later", "single_subflow"): OPTIONS_TAKEN,
    ("strip-both-later", "fallback"): OPTIONS_TAKEN,
    ("strip-join-up", "reset"): JOIN_CHANGED,
    ("announce-lost", "single_subflow"): ADDRESS_LOST,
    ("announce-echo-lost", "single_subflow"): ADDRESS_LOST,
    ("k03-addaddr-lost", "single_subflow"): ADDRESS_LOST,
    ("add-addr-lost", "single_subflow"): ADDRESS_LOST,
    ("add-addr-hmac", "single_subflow"): ADDRESS_LOST,
    ("join-hmac-ack", "single_subflow"): JOIN_CHANGED,
    ("join-hmac-synack", "single_subflow"): JOIN_CHANGED,
    ("join-syn-stripped", "single_subflow"): JOIN_CHANGED,
    ("join-syn-stripped", "reset"): JOIN_CHANGED,
    ("join-synack-stripped", "single_subflow"): JOIN_CHANGED,
    ("router-admin", "single_subflow"): JOIN_CHANGED,
    ("rst-one-client", "reset"): FORGED,
    ("rst-router-only", "reset"): FORGED,
}

NEEDED = set()  # of those, what was met

# Recordings without a log of the wire: what the network did to packets, so that fewer arrive than left, or others.
LOST, ALTERED = "lost", "altered"
DAMAGED = {"add-addr-lost": LOST, "add-addr-hmac": ALTERED, "join-unanswered": LOST, "join-hmac-ack": ALTERED,
           "join-hmac-synack": ALTERED, "join-syn-stripped": ALTERED, "join-synack-stripped": ALTERED,
           "join-ack-stripped": ALTERED, "fallback-later": ALTERED, "fallback-synack": ALTERED,
           "checksum-fail": ALTERED, "strip-join-ack": ALTERED, "router-admin": LOST, "wall-port-v6": LOST,
           "join-wrong-route-dropped": LOST, "rst-one-client": ALTERED, "rst-router-only": ALTERED,
           "datafin-down-cut": LOST, "probes": LOST, "syn-lost": LOST, "synack-lost": LOST,
           "announce-lost": LOST, "announce-echo-lost": LOST, "join-while-closing": LOST, "strip-down-later": ALTERED,
           "strip-join-up": ALTERED, "mid-down": ALTERED, "mid-duplex-loss": ALTERED, "two-up-up": ALTERED}

# How data went, not what a packet shows.
JUDGED = {"stalled", "recovered", "handover", "first_data"}

AT_SENDER = ("spurious_bytes", "interruption_max_s", "interruption_at_s", "receive_window_limited_s")
AT_RECEIVER = ("out_of_order_packets", "reordering_ratio", "n_reordering_max", "three_reordered_packets",
               "out_of_order_unresolved", "hol_blocked_s", "hol_blocked_max_s", "held_max_bytes")


def run(command, *arguments):
    """The JSON document of a command; None: it has nothing to say of these captures."""
    done = execute(command, "--json", *arguments)
    return json.loads(done.stdout) if done.returncode == 0 else None


# ------------------------------------------------------------------------------------------------ the recordings

def name_of(path):
    name = os.path.basename(path).partition(".")[0]
    return os.path.basename(os.path.dirname(path)) if name == "client" else name[:-len("-client")]


def pairs():
    paths = glob.glob("testdata/captures/**/*-client.pcapng*", recursive=True)
    paths += glob.glob(SHARED + "/truth/*/client.pcapng") + glob.glob(SHARED + "/lab/*/client.pcapng")
    for path in sorted(paths):
        folder, file = os.path.split(path)
        other = "server".join(file.rsplit("client", 1))
        found = [p for p in glob.glob(os.path.join(folder, "*"))
                 if os.path.basename(p).replace(".gz", "") == other.replace(".gz", "")]
        if found:
            yield name_of(path), path, found[0]


class Recording:
    def __init__(self, name, client, server):
        self.name, self.paths = name, (client, server)
        self.middle = [p for p in glob.glob(client.replace("client", "middle").replace(".pcapng", ".pcap*"))]
        self.wire = None
        truth = os.path.join(os.path.dirname(client), "truth.json")
        if os.path.exists(truth):
            known = load(truth)
            self.wire = known.get("wire", known.get(name, {}).get("wire"))
        self.same, self.streams, self.whole = {}, {}, set()
        begun = [{c["id"] for c in (run("mptcp-ls", path) or {"connections": ()})["connections"]
                  if c["state"] != "incomplete"} for path in self.paths]
        for row in (run("mptcp-map", client, server) or {"connections": ()})["connections"]:
            best = row["candidates"][0] if row["candidates"] else None
            # Who is the client is not known of one whose beginning was not captured.
            if best and best["certain"] and (row["id"] in begun[0]) == (best["id"] in begun[1]):
                self.whole |= {row["id"]} & begun[0]
                self.same[row["id"]] = best["id"]
                self.streams.update({s["tcp_stream"]: s["mapped_tcp_stream"] for s in best["subflows"]})

    def damage(self, sender):
        """What the network did to packets of an end: (most that it lost, most that it added); None: it altered some."""
        if self.wire is None:
            kind = DAMAGED.get(self.name)
            return None if kind == ALTERED else (10**9, 0) if kind else (0, 0)
        way = ("up", "down")[sender]
        if "summary" not in self.wire:
            frames = collections.Counter(f["event"] for f in self.wire["frames"] if f["dir"] == way)
            lost = sum(frames.pop(what, 0) for what in ("loss", "cut", "overflow"))
            added = frames.pop("dup", 0)
            return None if frames else (lost, added)
        if any(row["stripped"] or row["corrupted"] for row in self.wire["summary"]):
            return None
        lost = sum(row[what] for row in self.wire["summary"] for what in ("lost", "cut", "overflow")
                   if row["dir"] == way)
        added = sum(row["event"] == "dup" and row["dir"] == way for row in self.wire.get("frames", ()))
        return lost, added + self.wire.get("frames_left_out", 0)


# -------------------------------------------------------------------------------------------------- the verdicts

def verdicts(document, question, connection):
    return [v for v in document["verdicts"] if v["connection"] == connection and v["question"] == question]


def summed(rows):
    return sorted((v["cause"], v["certainty"]) for v in rows)


def check_verdicts(r):
    alone = [run("mptcp-check", "--no-payload", path) for path in r.paths]
    both = [run("mptcp-check", "--no-payload", *order) for order in (r.paths, r.paths[::-1])]
    if None in alone + both:
        return
    for ids in r.same.items():
        for question in ("single_subflow", "fallback", "reset", "close"):
            here, there = (verdicts(alone[end], question, ids[end]) for end in (0, 1))
            if {v["cause"] for v in here} == {v["cause"] for v in there} \
                    or any(v["certainty"] == "unknown" for v in here + there):
                continue
            if (r.name, question) in ONE_END:
                NEEDED.add((r.name, question))
            else:
                yield "connection %d/%d, %s: client %s, server %s" % (*ids, question, summed(here), summed(there))
        if ids[0] not in r.whole:
            continue
        for end in (0, 1):
            causes = [{v["cause"] for v in verdicts(d, "single_subflow", ids[i])}
                      for d, i in ((both[end], end), (alone[0], 0), (alone[1], 1))]
            if "no_address_known" in causes[0] and any(c and "no_address_known" not in c for c in causes[1:]):
                yield "connection %d/%d: no address is known, although the other capture has one" % ids
        yield from check_aggregation(ids, [verdicts(alone[end], "aggregation", ids[end]) for end in (0, 1)],
                                     [verdicts(both[end], "aggregation", ids[end]) for end in (0, 1)])


def cannot_know(row, sender):
    return (row["cause"], row["certainty"]) == ("not_used", "unknown") and \
        "the capture does not tell why: only a capture at the sender, the %s, does" % ENDS[sender] in row["answer"]


def check_aggregation(ids, alone, both):
    where = "connection %d/%d, aggregation" % ids
    if not (alone[0] and alone[1]):
        return  # one end has not seen both subflows
    said = [rows[0] for rows in alone]
    ways = ["To the server" in row["answer"] for row in said]
    if ways[0] != ways[1]:
        yield "%s: %s; %s" % (where, said[0]["answer"], said[1]["answer"])
        return
    sender = 0 if ways[0] else 1
    at_sender, at_receiver = said[sender], said[1 - sender]
    if at_receiver["cause"] in SENDERS:
        yield "%s: the receiver cannot know: %s" % (where, at_receiver["answer"])
    if at_receiver["cause"] != at_sender["cause"] and not cannot_know(at_receiver, sender) \
            and at_sender["cause"] != "stalled":
        yield "%s: at the sender: %s; at the receiver: %s" % (where, at_sender["answer"], at_receiver["answer"])
    if cannot_know(at_sender, sender):
        yield "%s: the sender can know: %s" % (where, at_sender["answer"])
    for rows in both:
        if summed(rows) != summed([at_sender]):
            yield "%s: at the sender %s, with both captures %s" % (where, summed([at_sender]), summed(rows))


# ---------------------------------------------------------------------------------------- what is null, and where

def known(value):
    return any(map(known, value.values())) if isinstance(value, dict) else value is not None


def check_numbers(path, end):
    """`end`: 0 the client's capture, 1 the server's, None neither."""
    document, again = run("mptcp-summary", path), run("mptcp-reinject", path)
    if document is None:
        return
    for c in document["connections"]:
        if c["vantage"] not in (None, "middle" if end is None else ENDS[end]):
            yield "connection %d: %s: captured at %s" % (c["id"], path, c["vantage"])
        for sender, d in enumerate(c["directions"]):
            place = {0: None, 1: None, None: None}
            if c["vantage"] in ENDS:
                place = {sender: "sender", 1 - sender: "receiver"}
            counted = place.get(ENDS.index(c["vantage"]) if c["vantage"] in ENDS else None)
            where = "%s, connection %d to %s" % (path, c["id"], d["towards"])
            wrong = [key for key in AT_SENDER if counted != "sender" and known(d[key])]
            wrong += [key for key in AT_RECEIVER if counted != "receiver" and known(d[key])]
            for s in d["subflows"]:
                wrong += [key for key in ("rtt_ms", "handshake_rtt_ms", "first_sent_share")
                          if counted != "sender" and known(s[key])]
                wrong += [key for key in ("goodput_contribution", "hol_caused_s")
                          if counted != "receiver" and known(s[key])]
            if wrong:
                yield "%s: not known at the %s: %s" % (where, counted or c["vantage"], ", ".join(sorted(set(wrong))))
            if d.get("counted_at") != counted:
                yield "%s: counted_at %s, expected %s" % (where, d.get("counted_at"), counted)
            missing = d["hole_bytes"] or (d["dsn_first"] or 1) > 1
            if d.get("holes_are") is not None and (not missing or counted != "sender" and d.get("holes_are") == "not_sent"):
                yield "%s: %s bytes in holes are %s" % (where, d["hole_bytes"], d.get("holes_are"))
            for row in again["reinjections"] + again["totals"]:
                if (row["connection"], row["towards"]) == (c["id"], d["towards"]) and counted != "sender" \
                        and row["spurious"] is not None:
                    yield "%s: mptcp-reinject knows what was spurious" % where


def check_expected(r):
    truth = os.path.join(os.path.dirname(r.paths[0]), "truth.json")
    wanted = load(truth)[r.name]["expected"]
    captures = [("client", r.paths[:1]), ("server", r.paths[1:]), ("middle", r.middle),
                ("both", r.paths), ("both", r.paths[::-1])]
    for end, paths in captures:
        if not paths or end not in wanted:
            continue
        said = [v["cause"] for v in run("mptcp-check", "--no-payload", *paths)["verdicts"]
                if v["question"] == "aggregation"]
        if said != [wanted[end]["aggregation"]]:
            yield "%s: aggregation %s, expected %s" % (end, said, wanted[end]["aggregation"])
        for key, value in wanted[end].get("to_client", {}).items():
            got = run("mptcp-summary", *paths)["connections"][0]["directions"][1].get(key)
            if got != value:
                yield "%s: %s is %s, expected %s" % (end, key, got, value)


# ---------------------------------------------------------------------------------------------------- the events

def tally(events, connection):
    count = collections.Counter()
    for e in events:
        if e["connection"] == connection and e["event"] not in JUDGED and e["event"] != "fallback":
            count[e["event"], ENDS.index(e["from"])] += e["detail"]["count"]
    return count


def check_events(r):
    documents = [run("mptcp-events", path) for path in r.paths]
    if None in documents:
        return
    damage = [r.damage(sender) for sender in (0, 1)]
    if None in damage:
        return
    for ids in r.same.items():
        seen = [tally(documents[end]["events"], ids[end]) for end in (0, 1)]
        for kind, sender in sorted(set(seen[0]) | set(seen[1])):
            left, came = seen[sender][kind, sender], seen[1 - sender][kind, sender]
            lost, added = damage[sender]
            if not -added <= left - came <= lost:
                yield "connection %d/%d: %s by the %s: %d left, %d came; the network lost %d, added %d" % (
                    *ids, kind, ENDS[sender], left, came, lost, added)


def moves(document, connection, streams):
    """From which subflow to which the data of each end moved, by the numbers of the client's capture."""
    found = []
    for e in document["events"]:
        if e["connection"] == connection and e["event"] == "handover":
            path = [streams.get(s, s) for s in (e["detail"]["old_tcp_stream"], e["tcp_stream"])]
            found.append((e["from"], *path))
    return found


def check_handovers(r):
    documents = [run("mptcp-events", path) for path in r.paths]
    if None in documents:
        return
    back = {b: a for a, b in r.streams.items()}
    for ids in r.same.items():
        here, there = (moves(documents[end], ids[end], (back if end else {})) for end in (0, 1))
        if here and there and here != there:
            yield "connection %d/%d: client %s, server %s" % (*ids, here, there)


# ------------------------------------------------------------------------------------------------------- the run

def work_through(job):
    r = Recording(*job)
    yield r.name + ": there is a connection that both ends have", [] if bool(r.same) != (r.name in NOTHING) else [
        "mapped: %s" % r.same]
    yield r.name + ": verdicts", list(check_verdicts(r))
    found = []
    for end, path in list(enumerate(r.paths)) + [(None, path) for path in r.middle]:
        found += check_numbers(path, end)
    yield r.name + ": what each end can know", found
    if os.path.dirname(r.paths[0]) == "testdata/captures/ends":
        yield r.name + ": as expected", list(check_expected(r))
    yield r.name + ": events", list(check_events(r))
    yield r.name + ": handovers", list(check_handovers(r))


# One of the ends never saw Multipath TCP.
NOTHING = {"t04c-strip-dropsyn", "plain-retry"}


def main():
    jobs = [job for job in pairs() if not sys.argv[1:] or any(word in job[0] for word in sys.argv[1:])]
    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for results in pool.map(lambda job: list(work_through(job)), jobs):
            for name, found in results:
                tap.judge(name, found)
    if os.path.isdir(SHARED) and not sys.argv[1:]:
        tap.judge("every exception is one", map(str, sorted(set(ONE_END) - NEEDED)))
    if not os.path.isdir(SHARED):
        tap.skip("the recordings of " + SHARED, "they are not there")
    tap.finish()


need_tshark()
read_natively()
main()
