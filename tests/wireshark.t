#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/wireshark: tshark takes the profile without a complaint, shows its columns, and colours packets by their
comments; each filter of it is one, and finds the packets that other commands list."""
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as tree

from tap import TSHARK, WORK, Tap, document, execute, need_tshark

PROFILE = "examples/wireshark"
CONFIG = os.path.join(WORK, "config")
COLUMNS = ["No.", "Time", "MPTCP", "TCP", "Source", "Destination", "Bytes", "Data from", "Data ACK", "Comment", "Info"]
FAILURE = os.path.join(WORK, "failure.pcapng")  # a path that fails
FAULT = os.path.join(WORK, "fault.pcapng")      # a rule that is broken
ADDRESSES = os.path.join(WORK, "addresses.pcapng")
ABORT = os.path.join(WORK, "abort.pcapng")
COMMENTED = {FAILURE: "testdata/captures/path-failure-client.pcapng.gz", FAULT: "testdata/check/data_same.pcap",
             ADDRESSES: "testdata/captures/addr-events-client.pcapng.gz",
             ABORT: "testdata/captures/fastclose-client.pcapng.gz"}


def tshark(*arguments):
    """Its output; with the profile, and no other configuration."""
    done = subprocess.run([TSHARK, "-C", "mptcp", *arguments], capture_output=True, check=False,
                          env=dict(os.environ, WIRESHARK_CONFIG_DIR=CONFIG, HOME=WORK))
    said = re.sub(r"Running as user .*\n", "", done.stderr.decode())
    if done.returncode or said:
        raise AssertionError("exit status %d: %s" % (done.returncode, said))
    return done.stdout.decode()


def lines_of(name):
    with open(os.path.join(PROFILE, name), encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if line and not line.startswith("#")]


def rules():
    """(name, filter) of each colour, in order."""
    for line in lines_of("colorfilters"):
        yield re.fullmatch(r"@([^@]+)@([^@]+)@\[\d+,\d+,\d+\]\[\d+,\d+,\d+\]", line).groups()


def buttons():
    """{label: filter}"""
    found = {}
    for line in lines_of("dfilter_buttons"):
        label, text = re.fullmatch(r'"TRUE","([^"]+)","([^"]+)","[^"]*"', line).groups()
        found[label] = text.replace(r"\x22", '"')
    return found


def frames(path, text):
    return {int(line) for line in tshark("-r", path, "-Y", text, "-T", "fields", "-e", "frame.number").split()}


def columns_differ():
    document_of_rows = tree.fromstring(tshark("-r", FAILURE, "-Y", "frame.number == 1233", "-T", "psml"))
    titles = [section.text for section in document_of_rows.find("structure")]
    if titles != COLUMNS:
        yield "columns: %s" % titles
    row = dict(zip(titles, (section.text for section in document_of_rows.find("packet"))))
    row["Comment"] = row["Comment"][:34]
    wanted = {"No.": "1233", "MPTCP": "0", "TCP": "0", "Source": "10.0.1.1", "Destination": "10.0.1.2",
              "Bytes": "1424", "Data from": "603577", "Data ACK": "1",
              "Comment": "reinjected: 1424 bytes from dsn 60"}
    yield from ("%s: %s" % (name, row[name]) for name, text in wanted.items() if row[name] != text)


def colours_differ():
    """Of each packet it is the first rule whose filter finds it."""
    for path in FAILURE, ADDRESSES:
        left = {}
        for name, text in rules():
            for frame in frames(path, text):
                left.setdefault(frame, name)
        shown = tshark("--color", "-r", path, "-T", "fields", "-e", "frame.number", "-e", "frame.coloring_rule.name")
        for line in shown.splitlines():
            frame, name = line.split("\t")
            if left.get(int(frame)) != name:
                yield "%s, frame %s: %s, not %s" % (path, frame, name, left.get(int(frame)))


def colours_unused():
    """A rule that no packet has here says nothing, or what comes before says it."""
    shown = set()
    for path in COMMENTED:
        shown |= set(tshark("--color", "-r", path, "-T", "fields", "-e", "frame.coloring_rule.name").splitlines())
    # These are what is left, where nothing was commented.
    yield from (name for name, _ in rules() if name not in shown | {"TCP reset", "TCP"})


def listed(command, rows, path, *options, wanted=lambda row: True):
    return {row["frame"] for row in document(command, *options, path)[rows] if wanted(row)}


def buttons_differ():
    """What each finds, as another command has it."""
    checked = document("mptcp-check", FAULT)
    events = {"Paths": (ADDRESSES, {"join_syn", "join_synack", "join_established", "join_refused", "add_addr",
                                    "add_addr_echo", "remove_addr", "priority"}),
              "Stalls": (FAILURE, {"stalled", "recovered", "handover"})}
    wanted = {
        "Reinjected": (FAILURE, listed("mptcp-reinject", "reinjections", FAILURE)),
        "Again": (FAILURE, listed("mptcp-reinject", "reinjections", FAILURE, "--all",
                                  wanted=lambda row: row["kind"] != "reinjection")),
        "Violations": (FAULT, {frame for row in checked["checks"] if row["result"] == "violated"
                               for frame in row["frames"]}),
        "Verdicts": (FAULT, {frame for row in checked["verdicts"] for frame in row["frames"]}),
        "Comments": (FAILURE, {number for number, text in enumerate(tshark(
            "-r", FAILURE, "-T", "fields", "-e", "frame.comment").splitlines(), 1) if text}),
    }
    for label, (path, kinds) in events.items():
        wanted[label] = (path, listed("mptcp-events", "events", path, wanted=lambda row: row["event"] in kinds))
    if buttons().keys() != wanted.keys():
        yield "buttons: %s" % list(buttons())
    for label, (path, these) in wanted.items():
        found = frames(path, buttons()[label])
        if found != these or not found:
            yield "%s: %s" % (label, sorted(found ^ these))


def words_known():
    """What the filters look for is what comments say: each in a page or in the code."""
    with open("lib/output/remarks.c", encoding="utf-8") as file:
        code = file.read()
    for _, text in [*rules(), *buttons().items()]:
        for words in re.findall(r'"([^"]+)"', text):
            if words.rstrip(": ") not in code:
                yield "nothing says '%s'" % words


def main():
    need_tshark()
    tap = Tap()
    shutil.copytree(PROFILE, os.path.join(CONFIG, "profiles", "mptcp"))
    for path, capture in COMMENTED.items():
        done = execute("mptcp-split", "--annotate", "-q", "-w", path, capture)
        tap.say(done.returncode == 0, capture, done.stderr.decode())
    tap.attempt("columns", columns_differ)
    tap.attempt("filters look for what is said", words_known)
    tap.attempt("buttons", buttons_differ)
    tap.attempt("colours", colours_differ)
    tap.attempt("each colour is used", colours_unused)
    tap.finish()


main()
