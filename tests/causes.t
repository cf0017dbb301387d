#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The causes of verdicts: lib/check/cause.c against the code that says them, the page, the schema, --fail-on and the
completions. That no capture has another one is in verdicts.t and cuts.t."""
import glob
import re

from causes import known_causes
from tap import Tap, execute, load

PAGE = "man/mptcp-check.1"
# Of other matters, in the files of the verdicts.
NO_CAUSES = set()


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def known():
    return {word for words in known_causes().values() for word in words}


def literals(paths):
    return {word for path in paths for word in re.findall(r'"([a-z0-9]+(?:_[a-z0-9]+)*)"', read(path))}


def code_differs():
    """A word of the table that the code never says; and one like a cause that the table has not."""
    model = literals(["lib/model/conn.c", "lib/model/limits.c", "lib/events/event.c"])
    paths = glob.glob("lib/check/*verdict*.c") + ["lib/check/join_hypotheses.c"]
    said = literals(path for path in paths if not path.endswith("/verdict.c"))
    yield from ("nobody says %s" % word for word in sorted(known() - said - model))
    yield from ("not in cause.c: %s" % word for word in sorted(said - known() - NO_CAUSES) if "_" in word)


def sections():
    """{question: its text} of VERDICTS in the page; where that says "as in mptcp-ls" the page of that, too."""
    verdicts = re.search(r"^\.Sh VERDICTS$(.*?)^\.Sh ", read(PAGE), re.M | re.S).group(1)
    parts = re.split(r"^\.It Cm (%s)$" % "|".join(known_causes()), verdicts, flags=re.M)
    listed = read("man/mptcp-ls.1")
    return {question: text + (listed if re.search(r"^\.Xr mptcp-ls 1 ;$", text, re.M) else "")
            for question, text in zip(parts[1::2], parts[2::2])}


def page_differs():
    told = sections()
    if list(told) != list(known_causes()):
        yield "questions: %s, not %s" % (list(told), list(known_causes()))
    for question, words in known_causes().items():
        text = told.get(question, "")
        yield from ("%s: nothing of %s" % (question, word) for word in words if not re.search(r"\b%s\b" % word, text))
    for question in ("single_subflow", "aggregation"):  # these have lists
        for line in re.findall(r"^\.It Cm (.*)$", told[question], re.M):
            yield from ("%s: what is %s?" % (question, word) for word in line.split(" , ")
                        if word not in known_causes()[question])


def schema_differs():
    schema = load("schema/mptcp-check-1.json")["properties"]
    questions = list(known_causes())
    for rows, questions in (("verdicts", questions), ("tally", [q for q in questions if q != "kernel"])):
        item = schema[rows]["items"]["properties"]
        if item["question"]["enum"] != questions:
            yield "%s: questions %s" % (rows, item["question"]["enum"])
        words = {word for question in questions for word in known_causes()[question]}
        if len(item["cause"]["enum"]) != len(words) or set(item["cause"]["enum"]) != words:
            yield "%s: causes %s" % (rows, sorted(words ^ set(item["cause"]["enum"])))


def option_differs():
    """Every word is taken, and offered once."""
    capture = "testdata/check/join_hmac_ack.pcap"
    for word in sorted(known() | set(known_causes())):
        done = execute("mptcp-check", "--fail-on", "verdict=" + word, "--list-columns", capture)
        if done.returncode or done.stderr:
            yield "%s: %d, %s" % (word, done.returncode, done.stderr.decode())
    offered = execute("mptcp-check", "--help-completion=options").stdout.decode()
    words = re.search(r"^option\t-\t--fail-on\t.*\t(.*)$", offered, re.M).group(1).split()
    wanted = {"error", "warning"} | {"verdict=" + word for word in known() | set(known_causes())}
    if len(words) != len(set(words)) or set(words) != wanted:
        yield "offered: %s" % sorted(set(words) ^ wanted)


def typo_differs():
    """Says what there is."""
    done = execute("mptcp-check", "--fail-on", "verdict=join_refuse", "x.pcap")
    said = done.stderr.decode()
    if done.returncode != 2 or "'join_refuse'" not in said or said.count("\n") != 1 or done.stdout:
        yield "%d: %s" % (done.returncode, said)
    for question, words in known_causes().items():
        if "%s (%s)" % (question, " ".join(words)) not in said:
            yield "nothing of %s" % question


def main():
    tap = Tap()
    tap.judge("there are causes", [] if len(known_causes()) == 8 and len(known()) > 60 else [str(known_causes())])
    tap.attempt("the code", code_differs)
    tap.attempt("the page", page_differs)
    tap.attempt("the schema", schema_differs)
    tap.attempt("--fail-on and completions", option_differs)
    tap.attempt("a typo", typo_differs)
    tap.finish()


main()
