#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of testdata/captures/rules, of which truth.json says what the way did to which options: the states, bytes,
events, verdicts and rules in the capture of either end and in both together, and the kernels' counters.

Per recording and capture ("client", "server", "both": the client's with the server's, "reversed") truth.json has, where
it matters: state, bytes [to the server, to the client], verdicts (the cause per question; null: none), rules (results
that are allowed), events (how often; what is said to have come more than once counts as that), says (a regular
expression for one of the sentences of the verdicts), certainty (of that verdict).
"""

import concurrent.futures
import glob
import json
import os
import re

from tap import ENDS, SHARED, Tap, document, execute, load, need_tshark

OWN = "testdata/captures/rules"
PAIRS = {"client": ("client",), "server": ("server",), "both": ENDS, "reversed": ENDS[::-1]}
# Those of a kernel that the packets tell, whatever is refused, aborted or reset.
COUNTERS = ("MPRstTx", "MPRstRx", "MPFastcloseTx", "MPFastcloseRx")
# The relay takes MP_TCPRST from the client's RST: it is not in the server's capture.
STRIPPED = [("join-ack-stripped", "server"), ("join-syn-stripped", "server")]


def run(command, captures, *options):
    return document(command, *options, *captures)


def verdicts(wanted, checked):
    for question, cause in wanted.get("verdicts", {}).items():
        causes = [row["cause"] for row in checked["verdicts"] if row["question"] == question]
        if causes[:1] != ([cause] if cause else []):
            yield "%s: %s, expected %s" % (question, causes, cause)
    said = [row for row in checked["verdicts"] if re.search(wanted.get("says", ""), row["answer"])]
    if not said:
        yield "no verdict says /%s/: %s" % (wanted["says"], [row["answer"] for row in checked["verdicts"]])
    elif "certainty" in wanted and said[0]["certainty"] != wanted["certainty"]:
        yield "certainty %s" % said[0]["certainty"]


def rules(wanted, checked):
    for rule, allowed in wanted.get("rules", {}).items():
        got = [(row["result"], row["text"]) for row in checked["checks"] if row["rule"] == rule]
        if len(got) != 1 or got[0][0] not in allowed:
            yield "%s: %s, expected %s" % (rule, got, allowed)


def model(wanted, captures):
    listed = run("mptcp-ls", captures)["connections"][0]
    if listed["state"] != wanted.get("state", listed["state"]):
        yield "state %s" % listed["state"]
    got = [listed["bytes_to_server"], listed["bytes_to_client"]]
    if got != wanted.get("bytes", got):
        yield "bytes %s, the applications %s" % (got, wanted["bytes"])
    if "events" in wanted:
        events = run("mptcp-events", captures)["events"]
        for name, number in wanted["events"].items():
            count = sum(event["detail"].get("count", 1) for event in events if event["event"] == name)
            if count != number:
                yield "%s: %d, expected %d" % (name, count, number)


def judge(captures, wanted):
    checked = run("mptcp-check", captures)
    found = [*verdicts(wanted, checked), *rules(wanted, checked)]
    return found + list(model(wanted, captures) if len(captures) == 1 else ())


def counters(capture, nstat):
    said = run("mptcp-check", [capture], "--no-payload")["counters"]
    return ["%s at the %s: %s, kernel %d" % (name, host, said[host][name], changes.get("MPTcpExt" + name, 0))
            for host, changes in nstat.items() for name in COUNTERS
            if said[host][name] != changes.get("MPTcpExt" + name, 0)]


def jobs():
    for name, truth in load(os.path.join(OWN, "truth.json")).items():
        where = {end: "%s/%s-%s.pcapng.gz" % (OWN, name, end) for end in ENDS}
        for key, wanted in truth["expected"].items():
            yield "%s, %s" % (name, key), judge, [where[end] for end in PAIRS[key]], wanted
        for end in ENDS:
            if end in truth["expected"]:
                yield "%s, %s: counters" % (name, end), counters, where[end], truth["nstat"]
    for name, nstat in load("testdata/captures/check/counters.json").items():
        for end in ENDS:
            capture = "testdata/captures/check/%s-%s.pcapng.gz" % (name, end)
            if os.path.exists(capture) and (name, end) not in STRIPPED:
                yield "check, %s, %s: counters" % (name, end), counters, capture, nstat
    for path in sorted(glob.glob(SHARED + "/lab/*/truth.json") + glob.glob(SHARED + "/truth/*/truth.json")):
        nstat = {end: changes["change"] for end, changes in load(path).get("nstat", {}).items()}
        for end in ENDS:
            capture = os.path.join(os.path.dirname(path), end + ".pcapng")
            if nstat and os.path.exists(capture) and not plain(capture):
                yield "%s: counters" % os.path.relpath(capture, SHARED), counters, capture, nstat


def plain(capture):
    done = execute("mptcp-ls", "--json", capture)
    return done.returncode == 0 and not json.loads(done.stdout)["connections"]


def main():
    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", "2"))) as pool:
        work = [(name, pool.submit(function, *args)) for name, function, *args in jobs()]
        for name, result in work:
            tap.attempt(name, result.result)
    tap.finish()


need_tshark()
main()
