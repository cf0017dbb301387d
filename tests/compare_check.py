#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the JSON of mptcp-check; prints every difference, and exits with 1 when there is one.

Usage: compare_check.py OUTPUT JUDGEMENT [-- JUDGEMENT]...
       compare_check.py names EXPECTED         print the names of the files in EXPECTED

Judgements:
  shape                   is OUTPUT the promised document?
  expected EXPECTED NAME  what EXPECTED (check_expected.json) says of the file NAME
  pair EXPECTED NUMBER    the same of its pair NUMBER
  reference CAPTURE       the results of reference_check.py
  counters FILE NAME      the changes of the kernel's counters, from counters.json (NAME in it) or truth.json
  healthy [RULE...]       nothing of severity error is violated, except RULE
"""

import json
import sys

import reference_check
from causes import known_causes

RULES = {
    "key_echo": "3.1", "version_negotiation": "3.1", "option_length": "3.1", "capable_flags": "3.1",
    "token_known": "3.2", "token_unique": "3.1", "join_hmac_synack": "3.2", "join_hmac_ack": "3.2",
    "join_nonce": "3.2", "address_id": "3.2", "mapping_consistent": "3.3.1", "data_mapped": "3.3.1",
    "data_same": "3.3", "window_respected": "3.3.1", "checksum_present": "3.3", "checksum_valid": "3.3",
    "data_ack_monotonic": "3.3.2", "data_ack_sent": "3.3.2", "data_ack_progress": "3.3.2",
    "data_fin_acked": "3.3.3", "data_after_data_fin": "3.3.3", "backup_unused": "3.3.8", "add_addr_hmac": "3.4.1",
    "add_addr_echo": "3.4.1", "remove_addr_known": "3.4.2", "fastclose_key": "3.5", "reset_reason": "3.6",
    "reset_reconnect": "3.6", "mp_fail_handling": "3.7", "unknown_token": None, "options_intact": "6",
}
# What kernel and capture count alike, where nothing is refused or comes too late (reference_check.py).
COUNTERS = ("MPCapableSYNRX", "MPCapableSYNACKRX", "MPCapableACKRX", "MPJoinSynRx", "MPJoinSynAckRx", "MPJoinAckRx",
            "AddAddr", "EchoAdd", "RmAddr", "MPPrioRx", "MPFailRx")
FOUND = []


def report(text):
    FOUND.append(text)
    print(text)


def read(path):
    with open(path, encoding="utf-8") as source:
        return json.load(source)


def natural(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def shape(document):
    if document.get("schema") != "mptcp-check/1":
        report("schema: %r" % document.get("schema"))
    for key, kind in (("tool", str), ("captures", list), ("verdicts", list), ("checks", list), ("counters", dict)):
        if not isinstance(document.get(key), kind):
            report("%s: %r" % (key, document.get(key)))
            return
    packets = [c["packets"] for c in document["captures"]]
    for row in document["verdicts"]:
        for key in ("connection", "question", "answer", "cause", "frames"):
            if key not in row:
                report("a verdict has no %r: %r" % (key, row))
        if row.get("question") not in known_causes():
            report("unknown question: %r" % row)
        if not isinstance(row.get("answer"), str) or not row["answer"].strip():
            report("no answer: %r" % row)
        frames(row, packets)
    for row in document["checks"]:
        for key in ("connection", "rule", "section", "severity", "result", "count", "frames", "text"):
            if key not in row:
                report("a check has no %r: %r" % (key, row))
        if row.get("rule") not in RULES:
            report("unknown rule: %r" % row)
        elif not isinstance(row.get("section"), str):
            report("no section: %r" % row)
        if row.get("severity") not in ("error", "warning", "note"):
            report("unknown severity: %r" % row)
        if row.get("result") not in ("ok", "violated", "not_checked"):
            report("unknown result: %r" % row)
        if not natural(row.get("count")):
            report("no count: %r" % row)
        if row.get("result") == "violated" and not (row.get("count") and row.get("frames")):
            report("violated, but without a frame: %r" % row)
        if row.get("result") in ("violated", "not_checked") and not row.get("text"):
            report("does not say why: %r" % row)
        frames(row, packets)


def frames(row, packets):
    listed = row.get("frames")
    if not isinstance(listed, list) or not all(natural(f) and 0 < f <= max(packets) for f in listed):
        report("frames: %r" % row)
    elif len(set(listed)) != len(listed):
        report("frames twice: %r" % row)


def rows_of(document, connection):
    return [row for row in document["checks"] if connection is None or row["connection"] == connection]


def results(rows, rule):
    return {row["result"] for row in rows if row["rule"] == rule} or {"absent"}


def rule_errors(document, entry):
    """What is wrong with the results of the rules of one connection."""
    rows = rows_of(document, entry["id"])
    for rule, wanted in entry["rules"].items():
        got = results(rows, rule)
        worst = next(r for r in ("violated", "not_checked", "ok", "absent") if r in got)
        if worst not in wanted and not (entry["id"] is None and got & set(wanted)):
            yield "connection %s %s: %s, expected %s" % (entry["id"], rule, "/".join(sorted(got)), "|".join(wanted))
    for row in rows:
        listed = "violated" in entry["rules"].get(row["rule"], ()) or row["rule"] in entry["may"]
        if row["result"] == "violated" and row["severity"] == "error" and not listed:
            yield "connection %s %s: false alarm: %s, frames %s" % (
                row["connection"], row["rule"], row["text"], row["frames"][:8])


def verdict_errors(document, entry):
    for question, wanted in entry["verdicts"].items():
        causes = [v["cause"] for v in document["verdicts"]
                  if v["connection"] == entry["id"] and v["question"] == question]
        if wanted is None:
            good = all(cause is None for cause in causes)
        elif wanted == "*":
            good = bool(causes)
        else:
            good = bool(causes) and all(cause in (wanted if isinstance(wanted, list) else [wanted])
                                        for cause in causes)
        if not good:
            yield "connection %s, %s: %r, expected %r" % (entry["id"], question, causes, wanted)


def expected(document, entries):
    for entry in entries:
        for text in list(rule_errors(document, entry)) + list(verdict_errors(document, entry)):
            report(text)


def healthy(document, *exceptions):
    for row in document["checks"]:
        if row["result"] == "violated" and row["severity"] == "error" and row["rule"] not in exceptions:
            report("connection %s %s: false alarm: %s, frames %s" % (
                row["connection"], row["rule"], row["text"], row["frames"][:8]))


def counted(value, name):
    """The sum of the numbers that have this name, wherever they stand; None when there are none."""
    if not isinstance(value, (dict, list)):
        return None
    found = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key in (name, "MPTcpExt" + name) and natural(inner):
            found.append(inner)
        elif key in (name, "MPTcpExt" + name) and isinstance(inner, dict):
            found += [number for number in inner.values() if natural(number)]
        else:
            found.append(counted(inner, name))
    found = [number for number in found if number is not None]
    return sum(found) if found else None


def counters(document, path, name):
    """Both ends together: of a counter of what is received the capture of one end knows both."""
    known = read(path)
    ends = ({end: change["change"] for end, change in known["nstat"].items()} if "nstat" in known else known[name])
    for counter in COUNTERS:
        wanted = sum(end.get("MPTcpExt" + counter, 0) for end in ends.values())
        got = counted(document["counters"], counter)
        if (got or 0) != wanted or (got is None and wanted):
            report("%s: %r, kernel %d" % (counter, got, wanted))


def reference(document, path):
    """Where both judge a rule they must agree; of the frames that break it one at least must be the same."""
    for connection in reference_check.describe(path)["connections"]:
        for rule, wanted in connection["rules"].items():
            rows = [row for row in document["checks"]
                    if row["connection"] == connection["id"] and row["rule"] == rule]
            allowed = {wanted["result"]}
            if wanted["not_checked"] and wanted["result"] == "ok":
                allowed.add("not_checked")
            got = results(rows, rule)
            if not got & allowed or ("violated" in got) != (wanted["result"] == "violated"):
                report("connection %s %s: %s, computed %s (%d right, %d wrong, %d unknown)" % (
                    connection["id"], rule, "/".join(sorted(got)), wanted["result"], wanted["ok"],
                    wanted["violated"], wanted["not_checked"]))
            if wanted["violated"] and "violated" in got:
                listed = {f for row in rows if row["result"] == "violated" for f in row["frames"]}
                if not listed & set(wanted["frames"]):
                    report("connection %s %s: frames %s, computed %s" % (
                        connection["id"], rule, sorted(listed)[:8], wanted["frames"][:8]))


def judge(document, what, *args):
    if what == "shape":
        shape(document)
    elif what == "expected":
        expected(document, read(args[0])["files"][args[1]]["connections"])
    elif what == "pair":
        expected(document, read(args[0])["pairs"][int(args[1])]["connections"])
    elif what == "reference":
        reference(document, args[0])
    elif what == "counters":
        counters(document, *args)
    elif what == "healthy":
        healthy(document, *args)
    else:
        sys.exit(__doc__)


def main(path, *args):
    if path == "names":
        print("\n".join(read(args[0])["files"]))
        return 0
    document, judgement = read(path), []
    for word in (*args, "--"):
        if word != "--":
            judgement.append(word)
        else:
            judge(document, *judgement)
            judgement = []
    return bool(FOUND)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
