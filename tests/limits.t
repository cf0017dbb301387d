#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a transfer went: mptcp-summary's states are those that reference_limits.py computes from the packets
by other means, to the nanosecond; and they add up to the duration, in every direction of every capture.
"""

import json
import os
import shutil
import subprocess
import sys
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import craft
import reference
import reference_limits
from tap import (SHARED, WORK, Failed, Tap, captures, document, execute, load, need_tshark, numbered_since_4_4,
                 read_natively, seen_once)

STATES = reference_limits.STATES
MOST = 300_000  # bytes of a file that takes not too long
UPLOADS = ("lab/lossy", "lab/two-paths", "lab/path-failure", "lab/backup", "truth/k11-fullmesh9", "truth/t48-equal-paths",
           "truth/t14-zero-window", "truth/t13-app-limited", "truth/k08-cut-3s", "truth/k07-backup-failover")
DOWNLOADS = ("truth/t10-killed-download",)
PAIRS = [tuple("%s/%s/%s.pcapng" % (SHARED, name, end) for end in ends)  # the sender's capture, the receiver's
         for names, ends in ((UPLOADS, ("client", "server")), (DOWNLOADS, ("server", "client"))) for name in names]


def nanoseconds(value):
    return None if value is None else round(value * 10**9)


def compare(direction, wanted):
    """Of one direction; the reference's is null where the sender's end was not captured."""
    found = {state: nanoseconds(direction["limits"][state]) for state in STATES}
    if wanted.get("at_receiver_ns") is not None:
        seen = direction["window_exhausted_s"], direction["limit_reader_s"]
        if None in seen or max(abs(nanoseconds(s) - ns) for s, ns in zip(seen, wanted["at_receiver_ns"])) > 2:
            yield "at the receiver: %s s, not %s ns" % (seen, wanted["at_receiver_ns"])
    if wanted["limits_ns"] is None or found["path"] is None:
        return
    for state in STATES:
        # times of documents are floats of seconds
        if abs(found[state] - wanted["limits_ns"][state]) > 2:
            yield "%s: %s ns, not %s" % (state, found[state], wanted["limits_ns"][state])
    held = wanted["culprit_ns"].get(direction["limit"])
    culprit = str(direction["limit_culprit"])
    if held and culprit in held and held[culprit] < max(held.values()) - 2:
        yield "held by %s, not as %s says" % (culprit, dict(held))
    if direction["limit_culprit"] is not None and \
            abs(nanoseconds(direction["limit_culprit_s"]) - held[culprit]) > 2:
        yield "held for %s s, not as %s says" % (direction["limit_culprit_s"], dict(held))
    reader = wanted["culprit_ns"].get("receive_window", {}).get("reader", 0)
    if abs(nanoseconds(direction["limit_reader_s"]) - reader) > 2:
        yield "the reader: %s s, not %s" % (direction["limit_reader_s"], reader)
    rates = wanted["delivery_rate_bps"]
    for flow in direction["subflows"]:
        rate = rates.get(str(flow["tcp_stream"]))
        if (rate is None) != (flow["delivery_rate_bps"] is None) or rate and \
                abs(rate - flow["delivery_rate_bps"]) > 1 + rate * 1e-9:
            yield "tcp %s: %s bit/s, not %s" % (flow["tcp_stream"], flow["delivery_rate_bps"], rate)


def test_reference(path, found, counts):
    try:
        wanted = reference_limits.find(path, None, numbered_since_4_4(path))
    except reference.BadCapture:
        return
    if len(found) != len(wanted):
        yield "%d connections, not %d" % (len(found), len(wanted))
        return
    for one, other in zip(found, wanted):
        for direction, right in zip(one["directions"], other["directions"]):
            counts["known"] += right["limits_ns"] is not None and direction["limits"]["path"] is not None
            for line in compare(direction, right):
                yield "connection %d, to the %s: %s" % (one["id"], direction["towards"], line)


def test_sums(found, counts):
    for one in found:
        for direction in one["directions"]:
            times = [direction["limits"][state] for state in STATES]
            if None in times:
                if times.count(None) != len(times) or direction["limit"] is not None:
                    yield "connection %d: some states are known, others not" % one["id"]
                continue
            counts["sums"] += 1
            aborted = one["close"].startswith(("fastclose", "reset"))  # data that is sent later is in no state
            total, duration = sum(map(nanoseconds, times)), nanoseconds(direction["duration_s"])
            if total > duration or total < duration and not aborted:
                yield "connection %d, to the %s: %s ns of %s" % (one["id"], direction["towards"], total, duration)
            if min(times) < 0:
                yield "connection %d: less than nothing" % one["id"]


def test_both(sender, receiver, counts):
    """With the receiver's capture when data arrived decides who held it up; the states are the same."""
    found = document("mptcp-summary", sender, "--with", receiver)
    alone, there = (document("mptcp-summary", path)["connections"] for path in (sender, receiver))
    if found["clock"]["verdict"] != "none needed":
        yield "clock: %s" % found["clock"]["verdict"]
    wanted = reference_limits.find(sender, receiver, numbered_since_4_4(sender))
    for one, before, opposite, other in zip(found["connections"], alone, there, wanted):
        ours = [direction for direction in one["directions"] if direction["counted_at"] == "sender"]
        yield from test_sums([dict(one, directions=ours)], counts)
        for i, (direction, right) in enumerate(zip(one["directions"], other["directions"])):
            # what this end received the other one sent
            was = (before if direction in ours else opposite)["directions"][i]
            counts["pairs"] += right["limits_ns"] is not None and direction["limits"]["path"] is not None
            counts["other"] += direction["limit_culprit_s"] != was["limit_culprit_s"]
            if direction["limits"] != was["limits"]:
                yield "to the %s: other states than alone" % direction["towards"]
            for line in compare(direction, right):
                yield "connection %d, to the %s: %s" % (one["id"], direction["towards"], line)


def test_second(sender, receiver):
    """A receiver's capture says that the sender's knows; of two it tells, whichever is the first one."""
    said = " ".join(execute("mptcp-summary", receiver).stdout.decode().split())
    if "only the sender's capture does" not in said:
        yield "no such sentence in %s" % said
    said = [" ".join(execute("mptcp-summary", one, "--with", other).stdout.decode().split())
            for one, other in ((sender, receiver), (receiver, sender))]
    done = [execute("mptcp-summary", "--json", "--capacity", "tcp0=30M", *words)
            for words in ((sender,), (sender, "--with", receiver))]
    known = [[s.get("capacity_bps") for c in json.loads(d.stdout)["connections"] for one in c["directions"]
              for s in one["subflows"]] for d in done]
    if known[0] != known[1] or not any(known[0]):
        yield "capacities: alone %s, with both ends %s" % tuple(known)
    limits = [text.partition(" limit: ")[2].partition(" longest wait")[0].partition(" To the ")[0] for text in said]
    if not limits[0] or limits[0] != limits[1]:
        yield "%s, and the other way round %s" % tuple(limits)


def test_clock(sender, receiver):
    """Arrivals are told on the sender's clock, whatever the receiver's is."""
    known = [d["limit_culprit_s"] for d in document("mptcp-summary", sender, "--with", receiver)["connections"][0]["directions"]]
    for offset in "3.217", "-1.5":
        path = os.path.join(WORK, "clock.pcapng")
        subprocess.run(["editcap", "-t", offset, receiver, path], check=True)
        found = document("mptcp-summary", sender, "--with", path)
        if not found["clock"]["applied"]:
            yield "%s s: no clock" % offset
        for direction, wanted in zip(found["connections"][0]["directions"], known):
            seconds = direction["limit_culprit_s"]
            if (seconds is None) != (wanted is None) or wanted is not None and abs(seconds - wanted) > 0.001:
                yield "%s s: %s s, not %s" % (offset, seconds, wanted)


def test_unknown(path, found, counts):
    """Either it is known what limited a direction with data, or why not; the verdict is then unknown for the same reason."""
    whys = {}
    for one in found:
        for direction in one["directions"]:
            why, towards = direction["limit_unknown"], direction["towards"]
            has_data = direction["duration_s"] is not None
            sender = "server" if towards == "client" else "client"
            wanted = None if not has_data or direction["limit"] else \
                {sender: "not_captured", towards: "at_receiver", "middle": "in_the_middle"}.get(one["vantage"], "place_unknown")
            if why != wanted:
                yield "connection %d, to the %s: %s, not %s" % (one["id"], towards, why, wanted)
            counts["unknown"] += why is not None
            whys[one["id"], towards] = why, direction["duration_s"], direction["unique_bytes"]
    verdicts = document("mptcp-check", path)["verdicts"] if whys else []
    for one in found:
        both = [(whys[one["id"], towards], towards) for towards in ("server", "client")]
        (why, duration, _), towards = max(both, key=lambda row: (row[0][2] or 0, row[1] == "server"))
        said = [v for v in verdicts if v["question"] == "limit" and v["connection"] == one["id"]]
        if why and duration >= 1 and (len(said) != 1 or said[0]["cause"] != why or said[0]["certainty"] != "unknown"
                                      or "To the %s, the capture does not tell" % towards not in said[0]["answer"]):
            yield "connection %d: %s, %s s, and the verdicts are %s" % (one["id"], why, duration, said)
        if not why and [v for v in said if v["certainty"] == "unknown"]:
            yield "connection %d: known, and the verdict is %s" % (one["id"], said)


def test_receiver(sender, receiver, counts):
    """What the receiver saw of the window is no more than what the sender had."""
    for here, there in zip(*(document("mptcp-summary", path)["connections"] for path in (sender, receiver))):
        for one, other in zip(here["directions"], there["directions"]):
            low, high = other["window_exhausted_s"], one["receive_window_limited_s"]
            if low is None or high is None:
                continue
            counts["bounds"] += low > 0
            if low > high + 1e-9 or other["limit_reader_s"] > low:
                yield "to the %s: %s s at the receiver, %s at the sender" % (one["towards"], low, high)


def test_truth(name, wanted):
    """What was made to limit a transfer does."""
    connection, = document("mptcp-summary", "testdata/limits/%s.pcapng.gz" % name)["connections"]
    direction = connection["directions"][0]
    state, flows = direction["limit"], direction["subflows"]
    time = direction["limits"][state]
    if state != wanted["limit"]:
        yield "%s, not %s" % (state, wanted["limit"])
    if time < wanted.get("share", 0) * direction["duration_s"]:
        yield "%s s of %s" % (time, direction["duration_s"])
    low, high = wanted.get("seconds", (0, direction["duration_s"]))
    if not low <= time <= high:
        yield "%s s, not from %s to %s" % (time, low, high)
    culprit = {flow["tcp_stream"]: flow["client_address"] for flow in flows}.get(direction["limit_culprit"])
    if culprit != wanted.get("culprit", culprit):
        yield "held up by %s" % culprit
    for flow in flows if "wire_bps" in wanted else ():
        rate, wire = flow["delivery_rate_bps"], wanted["wire_bps"][flow["client_address"]]
        if not wanted.get("carried", 0.9) * wire <= rate <= wire:
            yield "%s bit/s over a wire of %s" % (rate, wire)
    low, high = wanted.get("benefit", (-1, 9))
    if not low <= (direction["aggregation_benefit"] or 0) <= high:
        yield "benefit %s" % direction["aggregation_benefit"]


def test_alone():
    """What the best of two paths would bring alone is what one like it brings alone."""
    two, = document("mptcp-summary", "testdata/limits/full2.pcapng.gz")["connections"]
    one, = document("mptcp-summary", "testdata/limits/alone.pcapng.gz")["connections"]
    best, alone = two["directions"][0]["best_single_path_bps"], one["directions"][0]["goodput_bps"]
    if abs(best - alone) > 0.05 * alone:
        yield "%s bit/s, not %s" % (best, alone)


def shaped(packets):
    """An upload of 1400 bytes each 3 ms, as a queue of the sender's host lets them go; acknowledged before the next."""
    capture = craft.Capture(nanoseconds=True)
    with unittest.mock.patch.object(craft, "STEP", 10_000):  # the client answers sooner than the server
        flow = craft.Connection(capture).open()
        for _ in range(packets):
            capture.now += 2_500_000 - 2 * craft.STEP
            flow.data("client", 1400, answer=False)
            capture.now += 500_000
            flow.last_sender = "server"  # so that no round trip is added
            flow.send("server", 0, [flow.dss("server")])
    path = os.path.join(WORK, "shaped-%d.pcapng" % packets)
    craft.write(path, craft.pcapng(capture))
    return path


def test_shaped():
    """A rate is not that of single packets where the round trip is shorter than the time between them."""
    rates = []
    for packets in 20, 200:
        path = shaped(packets)
        found = document("mptcp-summary", path)["connections"]
        yield from test_reference(path, found, {"known": 0})
        rates.append(found[0]["directions"][0]["subflows"][0]["delivery_rate_bps"])
    if rates[0] is not None or not 0.99 <= (rates[1] or 0) / (1400 * 8 / 0.003) <= 1.01:
        yield "%s bit/s" % rates


def test_capacity(name):
    """What the user knows of the paths takes the place of what they carried; what is not said stays."""
    path = "testdata/limits/%s.pcapng.gz" % name
    whole = document("mptcp-summary", path)["connections"][0]["directions"][0]
    for given, in (({},), ({0: 50e6},), ({0: 1.5e6, 1: 2e3},), ({1: 3e9},)):
        words = ",".join("tcp%d=%s" % (k, text_of_rate(rate)) for k, rate in given.items())
        found = document("mptcp-summary", *(["--capacity", words] if given else []), path)
        found = found["connections"][0]["directions"][0]
        rates = {flow["tcp_stream"]: given.get(flow["tcp_stream"], flow["delivery_rate_bps"]) for flow in whole["subflows"]}
        trip = max(flow["rtt_ms"]["p95"] for flow in whole["subflows"]) / 1000
        best, all_of_them, goodput = max(rates.values()), sum(rates.values()), whole["goodput_bps"]
        benefit = (goodput - best) / (all_of_them - best if goodput >= best else best)
        for key, wanted in (("best_single_path_bps", best), ("aggregation_benefit", benefit),
                            ("required_window_bytes", all_of_them / 8 * trip)):
            if abs(found[key] - wanted) > 1e-6 * abs(wanted) + 1:
                yield "%s: %s %s, not %s" % (words, key, found[key], wanted)
        if {flow["tcp_stream"]: flow["capacity_bps"] for flow in found["subflows"]} != \
                {k: given.get(k) for k in rates}:
            yield "%s: capacity_bps" % words
        if found["limits"] != whole["limits"]:
            yield "%s: other states" % words
        for command in "mptcp-summary", "mptcp-check":
            done = execute(command, *(["--capacity", words] if given else []), path)
            said = " ".join(done.stdout.decode().split())
            sure = given and rates[max(rates, key=rates.get)] in given.values() and goodput < 0.9 * best
            if ("--capacity says" in said) != bool(sure) or sure and "tcp %d alone would have been faster" % max(
                    rates, key=rates.get) not in said:
                yield "%s: %s says %s" % (words, command, said)


def text_of_rate(rate):
    unit = max((unit for unit in (1, 1e3, 1e6, 1e9) if rate >= unit))
    return "%g%s" % (rate / unit, {1: "", 1e3: "k", 1e6: "M", 1e9: "G"}[unit])


def test_refusals():
    path = "testdata/limits/window.pcapng.gz"
    for command in "mptcp-summary", "mptcp-check":
        for code, says, *arguments in (
                (2, "give tcpN=RATE", "tcp0", path), (2, "give tcpN=RATE", "tcp0=30X", path),
                (2, "give tcpN=RATE", "tcp0=-1", path), (2, "give tcpN=RATE", "tcp0=0", path),
                (2, "give tcpN=RATE", "", path), (2, "give tcpN=RATE", "tcp0=1M,", path),
                (2, "give tcpN=RATE", "0=1M", path), (2, "two capacities", "tcp0=1k,tcp0=2k", path),
                (2, "30 bit/s: give a unit, as tcp0=30M", "tcp0=30", path), (2, "a unit", "tcp1=1M,tcp0=999.4", path),
                (3, "tcp7 is not a subflow", "tcp7=1000", path),
                (2, "cannot be used with", "tcp0=1k", "--paths" if command == "mptcp-summary" else "--tally", path)):
            done = execute(command, "--capacity", *arguments)
            said = done.stderr.decode()
            if done.returncode != code or says not in said or said.count("\n") != 1 or done.stdout:
                yield "%s %s: %s, %s" % (command, arguments, done.returncode, said)
    done = execute("mptcp-summary", "--capacity", "tcp0=1M", path, "testdata/limits/full2.pcapng.gz")
    if done.returncode != 2 or b"one capture" not in done.stderr:
        yield "two captures: %s" % done.stderr


def test_capture(tap, path, counts):
    try:
        found = document("mptcp-summary", path)["connections"]
    except Failed:  # bad on purpose
        return
    tap.attempt("%s: the states add up" % path, test_sums, found, counts)
    tap.attempt("%s: or why they are not known" % path, test_unknown, path, found, counts)
    if path not in seen_once([path]) or not path.startswith("testdata/captures"):
        return
    tap.attempt("%s: as the reference has it" % path, test_reference, path, found, counts)


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    counts = {"known": 0, "sums": 0, "pairs": 0, "other": 0, "unknown": 0, "bounds": 0}
    for path in captures("testdata/captures") + captures("testdata/copies") + \
            [path for path in captures(SHARED + "/truth") if os.path.getsize(path) < MOST]:
        test_capture(tap, path, counts)
    for name, wanted in sorted(load("testdata/limits/truth.json").items()):
        tap.attempt("testdata/limits/%s: what limits it" % name, test_truth, name, wanted)
    tap.attempt("the best of two paths, alone", test_alone)
    tap.attempt("a shaped path with a round trip of microseconds", test_shaped)
    pairs = [pair for pair in PAIRS if os.path.exists(pair[0])]
    for pair in pairs:
        tap.attempt("%s: with the other end" % pair[0], test_both, *pair, counts)
        tap.attempt("%s: what the other end sees of the window" % pair[0], test_receiver, *pair, counts)
        found = document("mptcp-summary", pair[1])["connections"]
        tap.attempt("%s: as the reference has it" % pair[1], test_reference, pair[1], found, counts)
    for pair in (pairs[0], pairs[-1]) if pairs and shutil.which("editcap") else ():
        tap.attempt("%s: with another clock" % pair[0], test_clock, *pair)
    if pairs:
        tap.attempt("%s: limits are told as the sender knows them" % pairs[0][1], test_second, *pairs[0])
    if pairs:
        tap.judge("%d directions with both ends, %d held up otherwise than the sender knows" %
                  (counts["pairs"], counts["other"]), [] if counts["bounds"] > 2 and counts["pairs"] >= len(pairs) and counts["other"] > 1 else ["few"])
    else:
        tap.skip("with the other end", "no captures of both ends")
    for name in "window", "full2":
        tap.attempt("testdata/limits/%s: --capacity" % name, test_capacity, name)
    tap.attempt("--capacity is refused where it makes no sense", test_refusals)
    tap.judge("%d directions have a reason" % counts["unknown"], [] if counts["unknown"] > 20 else ["too few"])
    tap.judge("%d directions were compared, %d added up" % (counts["known"], counts["sums"]),
              [] if counts["known"] > 40 and counts["sums"] >= counts["known"] else ["too few"])
    tap.finish()


if __name__ == "__main__":
    main()
