#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check --fail-on, -e: the exit status against what the documents of the same captures have."""
from causes import known_causes
from tap import Tap, captures, document, execute, need_tshark, read_natively

WORDS = {"error", "warning"} | {"verdict=" + word for question, words in known_causes().items()
                                for word in [question, *words]}
NEAR, FAR = "testdata/captures/two-paths-client.pcapng", "testdata/captures/two-paths-server.pcapng.gz"
PLAIN = "testdata/synthetic/plain-tcp.pcap"


def met(known, connections=None):
    """The words that a document meets."""
    found = set()
    for row in known["checks"]:
        if row["result"] == "violated" and connections in (None, row["connection"]):
            found |= {"error": {"error", "warning"}, "warning": {"warning"}}.get(row["severity"], set())
    for row in known["verdicts"]:
        if connections in (None, row["connection"]):
            found |= {"verdict=" + row["cause"], "verdict=" + row["question"]}
    return found


def differs(status, *arguments):
    done = execute("mptcp-check", "--csv", *arguments)
    if done.returncode != status:
        yield "%s: %d, not %d; %s" % (" ".join(arguments), done.returncode, status, done.stderr.decode())


def status_differs(*paths):
    known = document("mptcp-check", *paths)
    words = met(known)
    for word in words:
        yield from differs(1, "--fail-on", word, *paths)
    yield from differs(0, "--fail-on", ",".join(sorted(WORDS - words)), *paths)
    yield from differs(int("error" in words), "-e", *paths)
    yield from differs(0, *paths)


def kinds_are_met(paths):
    """Otherwise the test would show little."""
    documents = [document("mptcp-check", path) for path in paths]
    kinds = [met(known) & {"error", "warning"} for known in documents]
    for kind in (set(), {"warning"}, {"error", "warning"}):
        if kinds.count(kind) < 2:
            yield "%d captures with %s only" % (kinds.count(kind), kind)
    verdicts = [row for known in documents for row in known["verdicts"]]
    if len({row["certainty"] for row in verdicts}) != 3 or not any(row["alternatives"] for row in verdicts):
        yield "verdicts of one certainty"


def combined(path="testdata/check/single_subflow-limit.pcap"):
    """Its verdict is subflow_limit; no rule is violated with severity error."""
    yes, no = "verdict=subflow_limit", "verdict=join_refused"
    for status, words in ((1, [yes]), (0, [no]), (1, [f"{no},{yes}"]), (1, [f"{yes},{no}"]), (1, [no, yes]),
                          (1, [yes, "error"]), (0, ["error", no]), (1, ["error,error", no + "," + yes])):
        yield from differs(status, *(f"--fail-on={word}" for word in words), path)
    yield from differs(1, "-e", "--fail-on", yes, path)


def output_is_as_it_was(path="testdata/check/join_hmac_ack.pcap"):
    for arguments in ([], ["--json"], ["--counters"], ["--tally"]):
        plain = execute("mptcp-check", *arguments, path)
        failed = execute("mptcp-check", *arguments, "--fail-on", "error", path)
        if (plain.returncode, failed.returncode, plain.stdout, plain.stderr) != (0, 1, failed.stdout, failed.stderr):
            yield "%s: %d" % (arguments, failed.returncode)


def one_connection(path="testdata/captures/fallback-client.pcapng.gz"):
    known = document("mptcp-check", path)
    numbers = sorted({row["connection"] for row in known["verdicts"]})
    statuses = set()
    for number in numbers:
        fell = "verdict=fallback" in met(known, number)
        statuses.add(fell)
        yield from differs(int(fell), "-c", str(number), "--fail-on", "verdict=fallback", path)
    if len(statuses) != 2:
        yield "all alike"


def many():
    """--tally: any capture."""
    good, bad = "testdata/check/key_echo-ok.pcap", "testdata/check/join_hmac_ack.pcap"
    for status, paths in ((0, [good]), (0, [good, good]), (1, [good, bad]), (1, [bad, good]), (0, [PLAIN, good])):
        yield from differs(status, "--tally", "-e", *paths)
        yield from differs(status, "--tally", "--fail-on", "error", *paths)
    for word in WORDS:
        known = document("mptcp-check", bad)
        if word in met(known):
            yield from differs(1, "--tally", "--fail-on", word, bad)
    # What cannot be read is worse than what is wrong.
    done = execute("mptcp-check", "--tally", "-e", bad, "/nonexistent")
    if done.returncode != 3:
        yield "a capture that is not there: %d" % done.returncode


def says_what_there_is():
    for words, says in (("eror", "invalid value 'eror' for --fail-on: give error, warning or verdict=CAUSE"),
                        ("", "invalid value ''"),
                        ("error,", "invalid value ''"), ("note", "invalid value 'note'"), ("verdict", "invalid value 'verdict'"),
                        ("verdict=", "cause ''"), ("verdict=subflow_limi", "subflow_limit"),
                        ("error,verdict=x,warning", "cause 'x'"), ("error warning", "'error warning'")):
        done = execute("mptcp-check", "--fail-on", words, NEAR)
        said = done.stderr.decode()
        if done.returncode != 2 or done.stdout or says not in said or said.count("\n") != 1:
            yield "%r: %d, %s" % (words, done.returncode, said)


def main():
    tap = Tap()
    paths = captures("testdata/check")[::3]
    tap.attempt("there are captures of each kind", kinds_are_met, paths)
    for path in paths:
        tap.attempt(path, status_differs, path)
    tap.attempt("two captures", status_differs, NEAR, FAR)
    tap.attempt("words are added up", combined)
    tap.attempt("the output is the same", output_is_as_it_was)
    tap.attempt("one connection", one_connection)
    tap.attempt("many captures", many)
    tap.attempt("what is no word", says_what_there_is)
    tap.attempt("no Multipath TCP", lambda: [] if execute("mptcp-check", "--fail-on", ",".join(sorted(WORDS)), PLAIN)
                .returncode == 0 else ["fails"])
    tap.finish()


need_tshark()
read_natively()
main()
