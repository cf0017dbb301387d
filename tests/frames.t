#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check: verdicts as rows, what is a problem, the frames as a filter that tshark takes, and frames with their options
in words, which are those that tshark decodes.
"""

import csv
import io
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from causes import known_causes
from tap import SYN, TSHARK, WORK, Tap, document, execute, need_tshark

ABORTED = "testdata/captures/fastclose-client.pcapng.gz"
FAILURE = "testdata/captures/path-failure-client.pcapng.gz"
SOUND = "testdata/captures/two-paths-client.pcapng"
CHECKS = ["testdata/check/" + name for name in sorted(os.listdir("testdata/check")) if name.endswith(".pcap")]
VERDICTS = ["testdata/verdicts/" + name for name in sorted(os.listdir("testdata/verdicts")) if ".pcap" in name][::40]
SAMPLE = [ABORTED, FAILURE, SOUND] + CHECKS[::24]


def rows(*arguments):
    done = execute("mptcp-check", "--csv", *arguments)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def say(*arguments):
    done = execute("mptcp-check", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_verdicts(path):
    """Rows are the verdicts of the document."""
    wanted = document("mptcp-check", path)["verdicts"]
    found = rows("--verdicts", path)
    if list(found[0])[:6] != ["connection", "question", "cause", "certainty", "answer", "frames"]:
        yield "columns: %s" % list(found[0])
    for one, other in zip(found, wanted):
        for key in "connection", "question", "cause", "certainty", "answer":
            if one[key] != str(other[key]):
                yield "%s: %s, not %s" % (key, one[key], other[key])
        if one["frames"] != "[%s]" % ",".join(map(str, other["frames"])):
            yield "frames: %s, not %s" % (one["frames"], other["frames"])
    if len(found) != len(wanted):
        yield "%d rows, not %d" % (len(found), len(wanted))
    lines = say("--verdicts", "--jsonl", path).splitlines()
    if len(lines) != len(wanted) or not all('"question":' in line for line in lines):
        yield "JSON lines: %s" % lines
    table = say("--verdicts", "-n", path).splitlines()
    if [line.split()[:3] for line in table] != [[str(v["connection"]), v["question"], v["cause"]] for v in wanted]:
        yield "the table: %s" % table
    if document("mptcp-check", "--verdicts", path)["verdicts"] != wanted:
        yield "JSON"


def fits(text):
    return " ".join(text.split())


def test_problems(path):
    """What is left out is known to be well, or not known; rules that are left are violated."""
    whole, found = document("mptcp-check", path), document("mptcp-check", "--problems", path)
    violated = [c for c in whole["checks"] if c["result"] == "violated"]
    if found["checks"] != violated:
        yield "rules: %s, not %s" % ([c["rule"] for c in found["checks"]], [c["rule"] for c in violated])
    well = {"too_short", "one_interface", "aggregating", "backup", "application_limited", "starting", "application", "path", "open",
            "fin", "fin_client", "fin_server", "data_fin", "kernel_agrees"}
    left_out = [v for v in whole["verdicts"] if v not in found["verdicts"]]
    for v in left_out:
        if v["cause"] not in well and v["certainty"] != "unknown":
            yield "left out: %s" % v
    for v in found["verdicts"]:
        if v["cause"] in well or v["certainty"] == "unknown":
            yield "no problem: %s" % v
    said = fits(say("--problems", path))
    for v in whole["verdicts"]:
        if (fits(v["answer"]) in said) != (v in found["verdicts"]):
            yield "the text: %s" % v["answer"]
    if bool(said) != bool(found["verdicts"] or violated) or " rules passed" in said:
        yield "the text: %s" % said


NOTHING = "frame.number == 0\n"


def numbers(filter_text):
    if filter_text == NOTHING:
        return []
    assert re.fullmatch(r"frame\.number in \{[0-9]+(, [0-9]+)*\}\n", filter_text), filter_text
    return [int(x) for x in re.findall("[0-9]+", filter_text)]


def test_filter(path):
    d = document("mptcp-check", path)
    wanted = {f for v in d["verdicts"] for f in v["frames"]} | {f for c in d["checks"] for f in c["frames"]}
    said = say("--filter", path)
    if numbers(said) != sorted(wanted):
        yield "%s, not %s" % (said, sorted(wanted))
    done = subprocess.run([TSHARK, "-r", path, "-Y", said.strip(), "-T", "fields", "-e", "frame.number"], check=False,
                          capture_output=True)
    if done.returncode or [int(x) for x in done.stdout.split()] != sorted(wanted):
        yield "tshark: %s%s" % (done.stdout, done.stderr)
    only = document("mptcp-check", "--problems", path)
    wanted = {f for v in only["verdicts"] for f in v["frames"]} | {f for c in only["checks"] for f in c["frames"]}
    said = say("--problems", "--filter", path)
    if numbers(said) != sorted(wanted):
        yield "--problems: %s, not %s" % (said, sorted(wanted))


def test_nothing():
    """Where nothing is named, the filter matches nothing, and does not match everything as an empty one would."""
    done = execute("mptcp-check", "--problems", "--filter", SOUND)
    if done.returncode or done.stdout.decode() != NOTHING or b"matches nothing" not in done.stderr:
        yield "%s: %s%s" % (done.returncode, done.stdout, done.stderr)
    shown = subprocess.run([TSHARK, "-r", SOUND, "-Y", NOTHING.strip()], check=True, capture_output=True).stdout
    if shown:
        yield "tshark: %s" % shown


def test_files():
    """Of several files a line for each, of the frames in it."""
    base = os.path.join(WORK, "part.pcapng")
    subprocess.run(["editcap", "-c", "1000", FAILURE, base], check=True)
    parts = sorted(os.path.join(WORK, name) for name in os.listdir(WORK) if name.startswith("part_"))
    d = document("mptcp-check", "-m", *parts)
    wanted = {}
    for row in d["verdicts"] + d["checks"]:
        for frame, path in zip(row["frames"], row["files"]):
            wanted.setdefault(path, set()).add(frame)
    found = dict(line.split("\t") for line in say("-m", "--filter", *parts).splitlines())
    if {path: set(numbers(text + "\n")) for path, text in found.items()} != wanted or len(wanted) < 2:
        yield "%s, not %s" % (found, wanted)


def decoded(path):
    """{frame: what tshark says of it, as fields}"""
    fields = ["frame.number", "tcp.options.mss_val", "tcp.options.timestamp.tsval", "tcp.options.mptcp.sendkey",
              "tcp.options.mptcp.recvtok", "tcp.options.mptcp.rawdataack", "tcp.options.mptcp.rawdataseqno", "tcp.options.mptcp.subtype",
              "tcp.options.mptcp.datalvllen", "tcp.options.mptcp.rst_reason", "tcp.options.mptcp.addrid", "tcp.seq_raw", "tcp.len",
              "tcp.window_size_value"]
    done = subprocess.run([TSHARK, "-r", path, "-T", "fields", "-E", "occurrence=a", *[x for f in fields for x in ("-e", f)]],
                          check=True, capture_output=True)
    table = [dict(zip(fields, line.split("\t"))) for line in done.stdout.decode().splitlines()]
    return {int(row["frame.number"]): row for row in table}


NAMES = ["MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL", "MP_FASTCLOSE", "MP_TCPRST"]


def differs(text, row, counts):
    def values(name):
        return [int(x, 0) for x in row[name].split(",") if x]

    for name, pattern, base in (
            ("tcp.options.mss_val", r"; MSS (\d+)", 10), ("tcp.options.timestamp.tsval", r"; timestamp (\d+)", 10),
            ("tcp.options.mptcp.recvtok", r"token 0x([0-9a-f]{8})", 16), ("tcp.options.mptcp.rawdataack", r"DATA_ACK (\d+)", 10),
            ("tcp.options.mptcp.rst_reason", r"MP_TCPRST reason (\d+)", 10), ("tcp.seq_raw", r"seq 0x([0-9a-f]{8})", 16),
            ("tcp.window_size_value", r"window (\d+)(?=;|$)", 10)):
        found, wanted = [int(x, base) for x in re.findall(pattern, text)], values(name)
        counts[name] = counts.get(name, 0) + len(wanted)
        if sorted(found) != sorted(wanted):
            yield "%s: %s, not %s: %s" % (name, found, wanted, text)
    subtypes = values("tcp.options.mptcp.subtype")
    found = [word for word in re.findall(r"; (MP_[A-Z]+|DSS|ADD_ADDR|REMOVE_ADDR)\b", text)]
    if found != [NAMES[x] for x in subtypes]:
        yield "options: %s, not %s: %s" % (found, subtypes, text)
    length = re.search(r", (\d+) bytes?,", text)
    if int(length.group(1) if length else 0) != int(row["tcp.len"]):
        yield "length: %s" % text


def packets_of(text):
    """(is it marked, its frame, what is said of it), with the lines of a packet joined."""
    found = []
    for line in text.splitlines():
        start = re.match(r"    ([>-]) frame (\d+), ([0-9.]+) s, tcp (\d+) to (client|server): (.*)", line)
        if start:
            found.append([start.group(1) == ">", int(start.group(2)), start.group(6)])
        elif found and line.startswith("       ") and not line.startswith("      ..."):
            found[-1][2] += " " + line.strip()
        else:
            found.append(None)
    return found


def test_context(path, counts):
    verdicts = document("mptcp-check", path)["verdicts"]
    known = decoded(path)
    for around in "0", "2":
        found = packets_of(say("--verdicts", "--context", around, path))
        marked = {packet[1] for packet in found if packet and packet[0]}
        if marked != {f for v in verdicts for f in v["frames"]}:
            yield "marked: %s" % sorted(marked)
        if around == "0" and any(packet and not packet[0] for packet in found):
            yield "0 around, and others"
        for packet in found:
            if packet:
                yield from differs(packet[2], known[packet[1]], counts)
        # no more than that many of a connection behind each other that nothing names
        run = 0
        for packet in found:
            run = run + 1 if packet and not packet[0] else 0
            if run > 2 * int(around):
                yield "%d in a row" % run


def test_sack():
    """The blocks of each packet that has some, as tshark decodes them."""
    path = "testdata/verdicts/options-lost-ok.pcap"
    fields = "frame.number", "tcp.options.sack_le", "tcp.options.sack_re"
    done = subprocess.run([TSHARK, "-r", path, "-o", "tcp.relative_sequence_numbers:FALSE", "-Y", "tcp.options.sack_le", "-T", "fields",
                           *[x for f in fields for x in ("-e", f)]], check=True, capture_output=True)
    wanted = {}
    for line in done.stdout.decode().splitlines():
        frame, *edges = line.split("\t")
        wanted[int(frame)] = list(zip(*([int(x) for x in edge.split(",")] for edge in edges)))
    found = {}
    for packet in packets_of(say("--verdicts", "--context", "40", path)):
        blocks = re.search(r"; SACK (0x[^;]*)", packet[2]) if packet else None
        if blocks:
            found[packet[1]] = [tuple(int(x, 16) for x in block.split(" to ")) for block in blocks[1].split(", ")]
    if found != wanted or not any(len(blocks) > 1 for blocks in wanted.values()):
        yield "%s, not %s" % (found, wanted)


def test_cut():
    """Where the capture ends within the options it is said that there are more."""
    path = "testdata/verdicts/cut-86.pcap"
    fields = "frame.number", "frame.cap_len", "tcp.hdr_len"
    done = subprocess.run([TSHARK, "-r", path, "-T", "fields", *[x for f in fields for x in ("-e", f)]], check=True,
                          capture_output=True)
    rows_ = [[int(x) for x in line.split("\t")] for line in done.stdout.decode().splitlines()]
    wanted = {frame for frame, size, header in rows_ if size < 14 + 20 + header}
    said = [packet for packet in packets_of(say("--verdicts", "--context", "40", path)) if packet]
    found = {frame for _, frame, text in said if text.endswith("; more options, not captured")}
    if found != wanted or not wanted:
        yield "%s, not %s" % (found, wanted)


def test_refusals():
    for words, *arguments in (("text", "--filter", "--json", SOUND), ("text", "--context", "1", "--csv", SOUND),
                              ("cannot be used with", "--filter", "--context", "1", SOUND), ("give a number of frames", "--context", "x", SOUND),
                              ("cannot be used with", "--verdicts", "--tally", SOUND), ("cannot be used with", "--all", "--problems", SOUND),
                              ("cannot be used with", "--filter", "--counters", SOUND)):
        done = execute("mptcp-check", *arguments)
        said = done.stderr.decode()
        if done.returncode != 2 or words not in said or said.count("\n") != 1 or done.stdout:
            yield "%s: %s, %s" % (arguments, done.returncode, said)


def test_well():
    """Every cause that the page of --problems calls no problem is one; the others are problems somewhere."""
    with open("man/mptcp-check.1", encoding="utf-8") as file:
        text = file.read()
    told = re.search(r"^\.It Fl -problems$(.*?)^\.It ", text, re.M | re.S).group(1)
    every = {word for words in known_causes().values() for word in words}
    for word in re.findall(r"^\.Cm (\w+)", told, re.M):
        if word not in every:
            yield "%s is no cause" % word


def main():
    need_tshark()
    tap = Tap()
    counts = {}
    for path in SAMPLE[:3]:
        tap.attempt("%s: verdicts as rows" % path, test_verdicts, path)
    for path in SAMPLE + VERDICTS + [SYN + "/v1-join-by-server.pcap"]:
        tap.attempt("%s: what is a problem" % path, test_problems, path)
    for path in SAMPLE:
        tap.attempt("%s: the filter" % path, test_filter, path)
    tap.attempt("a filter for nothing", test_nothing)
    if shutil.which("editcap"):
        tap.attempt("several files: a filter for each", test_files)
    for path in SAMPLE:
        tap.attempt("%s: the frames, in words" % path, test_context, path, counts)
    tap.judge("all kinds of values were compared", ["none: %s" % name for name, n in counts.items() if not n])
    tap.attempt("SACK, in words", test_sack)
    tap.attempt("options that were cut", test_cut)
    tap.attempt("what makes no sense is refused", test_refusals)
    tap.attempt("causes that are no problem", test_well)
    tap.finish()


if __name__ == "__main__":
    main()
