#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts of mptcp-check, and what mptcp-ls and mptcp-events say to the same matter, against the captures of
craft_verdicts.py, which are one kind of trouble each, or look like it and are healthy. craft_verdicts.py tells the
form of expected.json. One test per connection that is expected, and one per run for what holds of every verdict.
With arguments, only the captures whose names have one of these words.
"""

import concurrent.futures
import filecmp
import json
import os
import re
import subprocess
import sys
import tempfile

import compare_check
from causes import known_causes, words_of
from tap import Failed, Tap, execute, need_tshark, read_natively

MADE = "testdata/verdicts"


def run(command, captures, *options):
    """The JSON document of a command, and what it says on standard error."""
    done = execute(command, "--json", *options, *captures)
    stderr = done.stderr.decode(errors="replace")
    if done.returncode:
        raise Failed("%s: exit status %d\n%s" % (command, done.returncode, stderr))
    return json.loads(done.stdout), stderr


# --------------------------------------------------------------------------- what holds of every verdict

def general(checked, listed):
    """The words, the form of a sentence by its certainty, and no contradiction between the commands."""
    for row in checked["verdicts"]:
        name = "connection %s, %s" % (row["connection"], row["question"])
        certainty, others, answer = row.get("certainty"), row.get("alternatives"), row["answer"]
        if row["cause"] not in known_causes()[row["question"]]:
            yield "%s: unknown cause %r" % (name, row["cause"])
        if certainty not in ("proven", "likely", "unknown") or not isinstance(others, list):
            yield "%s: certainty %r, alternatives %r" % (name, certainty, others)
            continue
        if ("probably" in answer) != (certainty == "likely"):
            yield "%s: %s, but: %s" % (name, certainty, answer)
        if ("the capture does not tell" in answer) != (certainty == "unknown"):
            yield "%s: %s, but: %s" % (name, certainty, answer)
        if certainty == "proven" and others:
            yield "%s: proven, and alternatives: %s" % (name, others)
        if certainty == "likely" and not others:
            yield "%s: likely, but no alternative is named: %s" % (name, answer)
        if row["cause"] in others or set(others) - words_of(row["question"]):
            yield "%s: %s, alternatives: %s" % (name, row["cause"], others)
    for text in [row["answer"] for row in checked["verdicts"]] + [row["text"] or "" for row in checked["checks"]]:
        if re.search(r"(?<![\d.,])1 (bytes|packets|times|frames|SYNs)\b|(?<![\d.])0\.000 s\b", text):
            yield "wording: " + text
    states = {c["id"]: c for c in listed["connections"]}
    for row in checked["verdicts"]:
        connection = states.get(row["connection"], {})
        if row["question"] == "fallback" and row["cause"] != "middlebox" and (
                connection.get("fallback_cause") != row["cause"] or connection.get("state") != "fallback"):
            yield "connection %s: fallback %s, but mptcp-ls: %s, %s" % (
                row["connection"], row["cause"], connection.get("state"), connection.get("fallback_cause"))


# -------------------------------------------------------------------------------- what is expected of one

def identified(entry, listed):
    """The connection that has a subflow between these two."""
    for connection in listed["connections"]:
        for subflow in connection["subflows"]:
            ends = {"%s %d" % (subflow[role + "_address"], subflow[role + "_port"]) for role in ("client", "server")}
            if ends == set(entry["endpoints"]):
                return connection
    return None


def unmet(wanted, row):
    """Why a verdict is not the one that is wanted."""
    frames = set(row["frames"])
    others = row.get("alternatives") or []
    if row["cause"] not in wanted["cause"]:
        yield "cause %s" % row["cause"]
    if "certainty" in wanted and row.get("certainty") not in wanted["certainty"]:
        yield "certainty %s, expected %s" % (row.get("certainty"), " or ".join(wanted["certainty"]))
    if not set(wanted.get("frames", ())) <= frames:
        yield "frames %s, expected %s" % (sorted(frames), wanted["frames"])
    if wanted.get("some") and not set(wanted["some"]) & frames:
        yield "frames %s, expected one of %s" % (sorted(frames), wanted["some"])
    if set(wanted.get("without", ())) & frames:
        yield "frames %s, expected none of %s" % (sorted(frames), wanted["without"])
    for pattern in wanted.get("says", ()):
        if not re.search(pattern, row["answer"]):
            yield "does not say /%s/" % pattern
    if "never" in wanted and re.search(wanted["never"], row["answer"]):
        yield "says /%s/" % wanted["never"]
    if "alternatives" in wanted and set(others) - set(wanted["alternatives"]):
        yield "alternatives %s" % others
    if "named" in wanted and row.get("certainty") == "likely" and not set(wanted["named"]) & set(others):
        yield "alternatives %s, expected one of %s" % (others, wanted["named"])


def answers(question, wanted, rows):
    """Differences between the verdicts of a question and what is wanted of it."""
    said = ["%s (%s): %s %s" % (row["cause"], row.get("certainty"), row["answer"], row["frames"][:12]) for row in rows]
    if "want" in wanted and wanted["want"] is None:
        if rows:
            yield "%s: no verdict expected, got: %s" % (question, "; ".join(said))
        return
    met = set()
    for one in wanted.get("want", ()):
        causes = "/".join(one["cause"])
        reasons = [list(unmet(one, row)) for row in rows]
        if not rows:
            yield "%s: no verdict, expected %s" % (question, causes)
        elif [] in reasons:
            met |= {number for number, reason in enumerate(reasons) if not reason}
        else:
            closest = min(range(len(rows)), key=lambda number: (rows[number]["cause"] not in one["cause"],
                                                                len(reasons[number])))
            met.add(closest)
            yield "%s: expected %s; %s\n  %s" % (question, causes, ", ".join(reasons[closest]), said[closest])
    for number, row in enumerate(rows):
        if "want" in wanted and number not in met and row["cause"] not in wanted.get("extra", ()):
            yield "%s: one too many: %s" % (question, said[number])
        if row["cause"] in wanted.get("not", ()):
            yield "%s: this cannot be said: %s" % (question, said[number])
        if "certainty" in wanted and row.get("certainty") not in wanted["certainty"]:
            yield "%s: certainty not %s: %s" % (question, " or ".join(wanted["certainty"]), said[number])


def listing(entry, connection):
    """Differences to what mptcp-ls says."""
    for key in ("version", "state", "fallback_cause"):
        if key in entry and connection[key] not in entry[key]:
            yield "mptcp-ls, %s: %r, expected %r" % (key, connection[key], entry[key])
    for what, key in (("bytes", "bytes_to_"), ("sent", "sent_to_")):
        for where, wanted in zip(("server", "client"), entry.get(what, ())):
            if wanted is not None and connection[key + where] != wanted:
                yield "mptcp-ls, %s%s: %s, expected %s" % (key, where, connection[key + where], wanted)
    worked = sum(bool(subflow["established"]) for subflow in connection["subflows"])
    if "subflows" in entry and worked != entry["subflows"]:
        yield "mptcp-ls: %d subflows worked, expected %d" % (worked, entry["subflows"])
    backup = [subflow["backup"] for subflow in connection["subflows"]]
    if "backup" in entry and backup != entry["backup"]:
        yield "mptcp-ls, backup: %s, expected %s" % (backup, entry["backup"])


def happenings(entry, events):
    """Differences to the events of the connection."""
    for wanted in entry["events"]:
        rows = [row for row in events if row["event"] == wanted["event"] and
                wanted.get("from", row["from"]) == row["from"]]
        if "count" in wanted and len(rows) != wanted["count"]:
            yield "mptcp-events: %d of %s, expected %d" % (len(rows), wanted["event"], wanted["count"])
        for row in rows:
            for key, allowed in wanted.get("detail", {}).items():
                if row["detail"].get(key) not in allowed:
                    yield "mptcp-events, %s, frame %s: %s is %r, expected %r" % (
                        row["event"], row["frame"], key, row["detail"].get(key), allowed)
            if "frames" in wanted and row["frame"] not in wanted["frames"]:
                yield "mptcp-events, %s: frame %s, expected %s" % (row["event"], row["frame"], wanted["frames"])


def counted(entry, captures, number):
    document, _ = run("mptcp-check", captures, "--no-payload", "-c", str(number))
    for end, name, wanted in entry["counters"]:
        value = document["counters"][end].get(name)
        if (value or 0) != wanted:
            yield "counters, %s %s: %r, expected %d" % (end, name, value, wanted)


def judged(entry, checked, listed, events, captures):
    connection = identified(entry, listed)
    if not connection:
        return ["mptcp-ls has no connection with a subflow between %s and %s" % tuple(entry["endpoints"])]
    number = connection["id"]
    found = list(listing(entry, connection))
    found += compare_check.rule_errors(checked, {"id": number, "rules": entry.get("rules", {}),
                                                 "may": entry.get("may", [])})
    for question, wanted in entry.get("verdicts", {}).items():
        found += answers(question, wanted, [row for row in checked["verdicts"]
                                            if row["connection"] == number and row["question"] == question])
    for row in checked["verdicts"]:
        if "never" in entry and row["connection"] == number and re.search(entry["never"], row["answer"]):
            found.append("says /%s/: %s" % (entry["never"], row["answer"]))
    if "events" in entry:
        found += happenings(entry, [row for row in events["events"] if row["connection"] == number])
    if "counters" in entry:
        found += counted(entry, captures, number)
    return found


def warned(entry, document, stderr):
    texts = document["captures"][0]["warnings"]
    for pattern in entry.get("warnings", ()):
        if not any(re.search(pattern, text) for text in texts):
            yield "%s: warnings %s, expected /%s/" % (document["tool"], texts, pattern)
        if not re.search(pattern, stderr.replace("\n", " ")):
            yield "%s: standard error has no /%s/: %s" % (document["tool"], pattern, stderr)
    if "warnings" in entry and re.search("no Multipath TCP in", stderr):
        yield "%s says that there is none: %s" % (document["tool"], stderr)
    for pattern in entry.get("no_warnings", ()):
        if any(re.search(pattern, text) for text in texts) or re.search(pattern, stderr):
            yield "%s: warnings %s, %s" % (document["tool"], texts, stderr)


def work_through(job):
    """(name, [differences]) of each test of a capture, or of two."""
    name, captures, entry = job
    try:
        checked, stderr = run("mptcp-check", captures)
        listed, listed_stderr = run("mptcp-ls", captures[:1])
        events = None
        if "warnings" in entry or any("events" in connection for connection in entry["connections"]):
            events, events_stderr = run("mptcp-events", captures[:1])
    except Failed as failure:
        return [(name, [str(failure)])]
    found = list(warned(entry, checked, stderr)) + list(warned(entry, listed, listed_stderr))
    if "warnings" in entry:
        found += list(warned(entry, events, events_stderr))
    results = [(name + ": every verdict", found + list(general(checked, listed)))]
    for connection in entry["connections"]:
        results.append(("%s: %s" % (name, connection["scene"]),
                        judged(connection, checked, listed, events, captures)))
    return results


def main():
    expected = compare_check.read(os.path.join(MADE, "expected.json"))
    jobs = [(name, [os.path.join(MADE, name)], entry) for name, entry in expected["files"].items()]
    jobs += [(" with ".join(entry["captures"]), [os.path.join(MADE, name) for name in entry["captures"]], entry)
             for entry in expected["pairs"]]
    if len(sys.argv) > 1:  # only these
        jobs = [job for job in jobs if any(word in job[0] for word in sys.argv[1:])]
    tap = Tap()
    with tempfile.TemporaryDirectory() as made:
        subprocess.run([sys.executable, "-B", "tests/craft_verdicts.py", made], check=True)
        names = sorted(set(os.listdir(made)) | set(os.listdir(MADE)))
        _, other, missing = filecmp.cmpfiles(made, MADE, names, shallow=False)
        tap.judge("testdata/verdicts is what craft_verdicts.py makes", ["%s differs" % name for name in other + missing])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        # Two captures need those of each of them, which are then in the cache.
        for alone in (True, False):
            for results in pool.map(work_through, [job for job in jobs if (len(job[1]) == 1) == alone]):
                for name, found in results:
                    tap.judge(name, found)
    tap.finish()


need_tshark()
read_natively()
main()
