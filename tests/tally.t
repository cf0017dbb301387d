#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check --tally: against the verdicts and rules that mptcp-check tells of each connection, for all captures of
testdata together."""
import collections
import csv
import io
import json
import os

from causes import known_causes
from tap import SHARED, SYN, Tap, captures, document, execute, load, need_tshark, read_natively

REFUSED = "testdata/check/single_subflow-limit.pcap"
LIKE = SHARED + "/reports/one-interface-not-recognised.pcapng"
LIMITS = captures("testdata/limits")
SEVERITIES = ("error", "warning", "note")


def counted(documents):
    """{kind: (connections, times, first example)} of verdicts, and of rules; and how many connections."""
    verdicts, rules, connections = {}, {}, set()

    def add(kinds, kind, number, path, row, times, text):
        kind = kinds.setdefault(kind, [set(), 0, {
            "capture": number, "capture_path": path, "connection": row["connection"],
            "frame": row["frames"][0] if row["frames"] else None,
            "file": (row["files"][0] if row["files"] else path) if row["frames"] else None, "text": text}])
        kind[0].add((number, row["connection"]))
        kind[1] += times

    for number, known in enumerate(documents):
        path = known["captures"][0]["path"]
        connections |= {(number, row["connection"]) for row in known["checks"]}
        for row in known["verdicts"]:
            add(verdicts, (row["question"], row["cause"], row["certainty"]), number, path, row, 1, row["answer"])
        for row in known["checks"]:
            if row["result"] == "violated":
                add(rules, (row["rule"], row["severity"]), number, path, row, row["count"], row["text"])
    return verdicts, rules, len(connections)


def rows_differ(got, wanted, names, times, connections):
    keys = [tuple(row[name] for name in names) for row in got]
    if len(keys) != len(set(keys)) or set(keys) != set(wanted):
        yield f"{sorted(set(keys) ^ set(wanted))}; twice: {len(keys) - len(set(keys))}"
        return
    for key, row in zip(keys, got):
        having, count, example = wanted[key]
        found = (row["connections"], row[times], row["example"])
        if found != (len(having), count, example):
            yield f"{key}: {found}, not {(len(having), count, example)}"
        if abs(row["share"] - len(having) / connections) > 1e-12:
            yield f"{key}: share {row['share']}"


def differs(paths, *options):
    verdicts, rules, connections = counted([document("mptcp-check", *options, path) for path in paths])
    got = document("mptcp-check", "--tally", *options, *paths)
    yield from document_differs(got, verdicts, rules, connections)
    if [c["path"] for c in got["captures"]] != paths:
        yield "captures"


def document_differs(got, verdicts, rules, connections):
    if got["tallied"] != {"connections": connections}:
        yield f"tallied: {got['tallied']}, not {connections}"
    yield from rows_differ(got["tally"], verdicts, ("question", "cause", "certainty"), "verdicts", connections)
    yield from rows_differ(got["rule_tally"], rules, ("rule", "severity"), "count", connections)
    orders = ([(list(known_causes()).index(row["question"]), -row["connections"]) for row in got["tally"]],
              [(SEVERITIES.index(row["severity"]), -row["connections"]) for row in got["rule_tally"]])
    if any(order != sorted(order) for order in orders):
        yield "not in order"


def merged_differs():
    """Several files as one capture: the example is a frame of one of them."""
    paths = [REFUSED, "testdata/check/data_mapped.pcap"]
    known = document("mptcp-check", "-m", *paths)
    got = document("mptcp-check", "--tally", "-m", *paths)
    yield from document_differs(got, *counted([known]))
    if not {row["example"]["file"] for row in got["tally"]} & set(paths):
        yield "no file is named"


def formats_differ():
    paths = [REFUSED, "testdata/check/data_mapped.pcap"]
    known = document("mptcp-check", "--tally", *paths)["tally"]
    rows = list(csv.DictReader(io.StringIO(printed("--tally", "--csv", *paths)[1]), strict=True))
    lines = [json.loads(line) for line in printed("--tally", "--jsonl", *paths)[1].splitlines()]
    flat = [{"question": r["question"], "cause": r["cause"], "certainty": r["certainty"],
             "connections": str(r["connections"]), "frame": str(r["example"]["frame"] or ""),
             "capture_path": r["example"]["capture_path"]} for r in known]
    if [{name: row[name] for name in flat[0]} for row in rows] != flat or len(rows) < 4:
        yield f"csv: {rows}"
    for line in lines:
        line.pop("schema")
        if line.pop("capture_path") is not None:
            yield "jsonl: a capture"
    if lines != known:
        yield f"jsonl: {lines}"
    if printed("--tally", "--tsv", "-n", "-o", "cause,connections", *paths)[1].splitlines() != [
            f"{row['cause']}\t{row['connections']}" for row in known]:
        yield "-o"


def printed(*arguments):
    done = execute("mptcp-check", *arguments)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def text_differs():
    code, out, _ = printed("--tally", REFUSED, "testdata/check/single_subflow-forbidden.pcap")
    lines = out.splitlines()
    if code or lines[0] != "2 connections" or "Why one subflow only:" not in lines:
        yield out
    if not any(line.startswith("  1 connection: subflow_limit (proven); connection 0 of " + REFUSED) for line in lines):
        yield out
    kinds = [row for path in LIMITS for row in document("mptcp-check", path)["verdicts"]]
    headings = [line for line in printed("--tally", *LIMITS)[1].splitlines() if line.endswith(":") and line[0] != " "]
    if len(headings) != len({row["question"] for row in kinds}) + 1 or headings[-1] != "Rules violated:" \
            or any("null" in line for line in headings):
        yield str(headings)
    os.environ["COLUMNS"] = "80"
    yield from (line for line in printed("--tally", *captures("testdata/check"))[1].splitlines() if len(line) > 80)
    del os.environ["COLUMNS"]


def like_ones():
    """100 connections of one kind are a few lines."""
    code, out, _ = printed("--tally", LIKE)
    kinds = collections.Counter(line.split(";")[0] for line in out.splitlines() if line.startswith("  100 "))
    if code or len(out.splitlines()) > 20 or out.splitlines()[0] != "100 connections" \
            or kinds["  100 connections: one_interface (proven)"] != 1:
        yield out


def places_differ():
    """Of several files that are one capture an example is in the one with its frame."""
    one, other = "testdata/captures/two-paths-client.pcapng", "testdata/captures/path-failure-client.pcapng.gz"
    said = " ".join(printed("--tally", "-m", one, other)[1].split())
    for item in document("mptcp-check", "--tally", "-m", one, other)["tally"]:
        example = item["example"]
        if example["frame"] and f" connection {example['connection']}, frame {example['frame']} of {example['file']}: " not in said:
            yield f"{example}, of {said}"
    if f" of {other}: " not in said:
        yield said


def statuses_differ():
    for arguments, code, says in (
            (("--tally", "-e", REFUSED), 0, ""),
            (("--tally", "-e", REFUSED, "testdata/check/data_mapped.pcap"), 1, ""),
            (("--tally", REFUSED, "/nonexistent"), 3, "/nonexistent"),
            (("--tally", "-c", "0", REFUSED, SYN + "/plain-tcp.pcap"), 3, "no connection 0"),
            (("--tally", SYN + "/plain-tcp.pcap"), 0, "no Multipath TCP"),
            (("--tally", "--all", REFUSED), 2, "--all"), (("--tally", "--counters", REFUSED), 2, "--counters"),
            (("--tally", "--client", "1", REFUSED), 2, "--client"), (("--tally",), 2, "no capture given"),
            ((REFUSED, REFUSED, REFUSED), 2, "--tally for many")):
        status, _, err = printed(*arguments)
        if status != code or says not in err:
            yield f"{arguments}: {status}, {err}"
    if len(document("mptcp-check", "--tally", REFUSED)["tally"]) < 2:
        yield "nothing of a capture that can be read"


def main():
    tap = Tap()
    files = load(SYN + "/expected.json")["files"]
    made = [os.path.join(SYN, name) for name, file in files.items() if file.get("readable", True)]
    own = captures("testdata/captures") + captures("testdata/check")
    tap.judge("there are captures", [] if made and len(own) > 100 else ["none"])
    tap.attempt("all captures together", differs, own + made[::4])
    tap.attempt("one capture, --no-payload", differs, own[:1], "--no-payload")
    tap.attempt("one connection", differs, own[:1], "-c", "0")
    tap.attempt("several files that are one capture", merged_differs)
    tap.attempt("where the examples are", places_differ)
    tap.attempt("formats", formats_differ)
    tap.attempt("text", text_differs)
    if os.path.exists(LIKE):
        tap.attempt("100 connections that are alike", like_ones)
    tap.attempt("exit statuses", statuses_differ)
    tap.finish()


need_tshark()
read_natively()
main()
