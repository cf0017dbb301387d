#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-plot --ss: every number of the sender's sockets that ss printed is drawn where the packets say, whatever form
the log has, and a log that does not belong to the capture is told.

Both are read a second time here: the log by patterns, the packets by reference.py.
"""

import csv
import datetime
import gzip
import json
import math
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference
from tap import WORK, Tap, execute, need_tshark, read_natively, write

CAPTURE = "testdata/ss/upload-client.pcapng.gz"
LOG = "testdata/ss/upload-%s.log"
STATE = r"(?:ESTAB|SYN-\w+|FIN-WAIT-\d|CLOSE-WAIT|LAST-ACK)"
SOCKET = re.compile(r"(?m)^(?:tcp +)?" + STATE + r" +\d+ +\d+ +(\S+) +(\S+)(.*\n(?:[ \t].*\n)*)")
UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}
PACKETS = reference.analyse(CAPTURE)[1]
START, END = (f(time for time, *_ in reference.read_capture(CAPTURE)) / 1e9 for f in (min, max))
ISO = re.compile(r"(?m)^(\d{4}-\S+T\S+)$")


def text_of(name):
    with open(LOG % name, encoding="utf-8") as file:
        return file.read()


# ------------------------------------------------------------------------------ the log, read a second time

def when(line):
    """Seconds since 1970 of a line of date, or None."""
    line = line.strip()
    if re.fullmatch(r"\d{10}(\.\d+)?", line):
        return float(line)
    if re.match(r"\d{4}-", line):
        head, rest = line.split(",")
        zone = re.search(r"[+-]\d\d:\d\d$", rest)[0]
        return datetime.datetime.fromisoformat(head + zone).timestamp() + float("0." + rest[:9])
    if line.endswith("UTC 2026"):
        return datetime.datetime.strptime(line + " +0000", "%a %b %d %H:%M:%S UTC %Y %z").timestamp()
    return None


def end_of(text):
    address, port = text.rsplit(":", 1)
    return re.sub(r"%\w+", "", address).strip("[]").replace("::ffff:", ""), int(port)


def number(details, pattern, group=1):
    found = re.search(r"(?:^|\s)" + pattern, details)
    return float(found[group]) if found else math.nan


def rate(details, name):
    found = re.search(r"\s%s ([\d.]+)([kMG]?)bps" % name, details)
    return float(found[1]) * UNITS[found[2]] if found else math.nan


def or_0(details, value):
    return 0 if math.isnan(value) and " minrtt:" in details else value


def numbers(details):
    """What --field calls them."""
    plain = {n: number(details, n + r":(\d+(?:\.\d+)?)\b")
             for n in ("cwnd", "ssthresh", "mss", "rto", "minrtt", "snd_wnd", "rcv_space")}
    told = {
        "rtt": number(details, r"rtt:([\d.]+)/"), "rttvar": number(details, r"rtt:[\d.]+/([\d.]+)"),
        "pacing_rate": rate(details, "pacing_rate"), "delivery_rate": rate(details, "delivery_rate"),
        "unacked": or_0(details, number(details, r"unacked:(\d+)")),
        "retrans": or_0(details, number(details, r"retrans:(\d+)/")),
        "retrans_total": or_0(details, number(details, r"retrans:\d+/(\d+)")),
        "notsent": or_0(details, number(details, r"notsent:(\d+)")),
    }
    return {**plain, **told}


FIELDS = sorted(numbers(""))


def sockets(text):
    """(time, local, peer, numbers) of each TCP socket of a log."""
    time, block = None, ""
    for line in text.splitlines(keepends=True) + ["0000000000\n"]:
        said = when(line)
        if said is None:
            block += line
            continue
        for found in SOCKET.finditer(block):
            if not found[2].endswith("*"):
                yield time, end_of(found[1]), end_of(found[2]), numbers(found[3])
        time, block = said, ""


def streams():
    """Of the capture: {(client, server): (number, first time)}, by the order of their first packets."""
    found = {}
    for p in sorted(PACKETS, key=reference.place_in_time):
        ends = (p.src, p.sport), (p.dst, p.dport)
        if ends not in found and ends[::-1] not in found:
            found[ends] = len(found), p.time
    return found


def wanted(text, field, from_client=True):
    """{stream: [(x, y), ...]}: what is to be drawn of one end's sockets; "field" is a function of its numbers."""
    points = {}
    for time, local, peer, told in sockets(text):
        ends = (local, peer) if from_client else (peer, local)
        for (client, server), (stream, first) in streams().items():
            if ends == (client, server):
                x = max(time, first / 1e9) - START
                points.setdefault(stream, []).append((x, field(told)))
    return points


# ---------------------------------------------------------------------------------- what mptcp-plot makes of it

def plot(kind, *options, capture=CAPTURE):
    done = execute("mptcp-plot", kind, "--format", "csv", "-w", "-", *options, capture)
    return done.returncode, done.stdout.decode(), [n for n in done.stderr.decode().splitlines() if "the largest of" not in n]


def series(text):
    """{name: [(x, y), ...]} of CSV."""
    found = {}
    for name, x, y, *_ in list(csv.reader(text.splitlines()))[1:]:
        found.setdefault(name, []).append((float(x), float(y) if y else math.nan))
    return found


def by_stream(drawn, what=None):
    """Those of the kernel whose name ends so; of attr all."""
    pattern = r"tcp (\d+), %s \(kernel\)" % what if what else r".*\(tcp (\d+)\)"
    found = ((re.fullmatch(pattern, name), points) for name, points in drawn.items())
    return {int(name[1]): points for name, points in found if name}


def differences(got, want, what=""):
    if set(got) != set(want):
        yield "%s: streams %s, not %s" % (what, sorted(got), sorted(want))
    for stream in set(got) & set(want):
        if len(got[stream]) != len(want[stream]):
            yield "%s: %d points of stream %d, not %d" % (what, len(got[stream]), stream, len(want[stream]))
        for (x, y), (x2, y2) in zip(got[stream], want[stream]):
            same = y == y2 or abs(y - y2) < 1e-6 * abs(y2) or (math.isnan(y) and math.isnan(y2))
            if abs(x - x2) > 2e-6 or not same:
                yield "%s: stream %d: %s, not %s" % (what, stream, (x, y), (x2, y2))


def known(points):
    """Series that have a number; and their gaps stay."""
    return {stream: list_ for stream, list_ in points.items() if any(not math.isnan(y) for _, y in list_)}


def windows(kind, name, *options):
    """Do the windows that a kind draws, of a log, differ from its numbers?"""
    status, text, said = plot(kind, "--ss", LOG % name, *options)
    if status or said:
        return ["exit status %d: %s" % (status, said)]
    drawn = series(text)
    want = wanted(text_of(name), lambda n: n["cwnd"] * n["mss"])
    wrong = list(differences(by_stream(drawn, "cwnd"), want, "cwnd"))
    if sum(map(len, want.values())) < 10:
        wrong.append("only %s" % want)
    if kind == "cwnd":
        limits = known(wanted(text_of(name), lambda n: n["ssthresh"] * n["mss"]))
        wrong += differences(by_stream(drawn, "ssthresh"), limits, "ssthresh")
        wrong += [] if limits else ["no threshold in the log"]
    return wrong


def attributes(name, from_client):
    for field in FIELDS:
        status, text, said = plot("attr", "--ss", LOG % name, "--field", "ss." + field, "--towards",
                                  "server" if from_client else "client")
        want = known(wanted(text_of(name), lambda n, f=field: n[f], from_client))
        if not want:
            if status != 3 or len(said) != 1:
                yield "ss.%s: exit status %d, %s" % (field, status, said)
            continue
        if status or said:
            yield "ss.%s: exit status %d, %s" % (field, status, said)
        yield from differences(known(by_stream(series(text))), want, "ss." + field)


def all_fields():
    """Is there one that none of the logs has, or that this test does not know?"""
    status, _, said = plot("attr")
    names = re.findall(r"\bss\.(\w+)", " ".join(said))
    if status != 2 or sorted(names) != FIELDS:
        yield "%s, not %s" % (sorted(names), FIELDS)


def forms(tap):
    for name in "client", "client-oneline", "client-plain":
        tap.judge("cwnd: " + name, windows("cwnd", name))
        tap.judge("attr: " + name, attributes(name, True))
    tap.judge("attr: server", attributes("server", False))
    tap.judge("attr: its fields are those of this test", all_fields())
    tap.judge("flight: the same windows", windows("flight", "client"))
    drawn = series(plot("flight", "--ss", LOG % "client")[1])
    plain = series(plot("flight")[1])
    tap.judge("flight: the rest is as without", [] if plain and plain == {
        n: p for n, p in drawn.items() if "(kernel)" not in n} else [sorted(plain), sorted(drawn)])
    of_cwnd = series(plot("cwnd", "--ss", LOG % "client")[1])
    same = [n for n in of_cwnd if n in plain]
    tap.judge("cwnd: what is in flight is that of flight",
              [] if len(same) == 2 and all(of_cwnd[n] == plain[n] for n in same) else [same])
    both = series(plot("attr", "--field", "ss.rtt", "--towards", "client", "--ss", LOG % "client", "--ss",
                       LOG % "server")[1])
    tap.judge("logs of both ends", differences(known(by_stream(both)), known(
        wanted(text_of("server"), lambda n: n["rtt"], False)), "ss.rtt"))


def formats(tap):
    out = os.path.join(WORK, "out.")
    for suffix in "json", "svg", "png":
        done = execute("mptcp-plot", "cwnd", "--ss", LOG % "client", "-w", out + suffix, CAPTURE)
        tap.judge("as " + suffix, [] if done.returncode == 0 else [done.stderr])
    with open(out + "json", encoding="utf-8") as file:
        names = [s["name"] for s in json.load(file)["series"]]
    tap.judge("json has them", [] if [n for n in names if "kernel" in n] == [
        "tcp %d, %s (kernel)" % (k, what) for what in ("cwnd", "ssthresh") for k in (0, 1)] else names)
    with open(out + "svg", encoding="utf-8") as file:
        tap.judge("the legend of the picture, too", [] if "tcp 1, cwnd (kernel)" in file.read() else ["no"])


# ------------------------------------------------------------------------------------- which clock it is of

def moved(hours, write):
    """The client's log with other times."""
    def put(found):
        time = datetime.datetime.fromtimestamp(when(found[1]) + hours * 3600, datetime.timezone.utc)
        return write(time)
    return ISO.sub(put, text_of("client"))


def same_as_client(log, warnings, tolerance=0.0):
    status, text, said = plot("cwnd", "--ss", log)
    good = by_stream(series(plot("cwnd", "--ss", LOG % "client")[1]), "cwnd")
    got = by_stream(series(text), "cwnd") if status == 0 else {}
    if status or len(said) != len(warnings) or any(w not in s for w, s in zip(warnings, said)):
        yield "exit status %d, %s" % (status, said)
    for stream, points in good.items():
        if [y for _, y in points] != [y for _, y in got.get(stream, ())]:
            yield "stream %d: %s" % (stream, got.get(stream))
        elif any(abs(a[0] - b[0]) > tolerance + 2e-6 for a, b in zip(points, got[stream])):
            yield "stream %d: %s is not %s" % (stream, got[stream], points)


def clocks(tap):
    iso = "%Y-%m-%dT%H:%M:%S.%f"
    for name, text, warnings, tolerance in (
            ("seconds since 1970, among words", moved(0, lambda t: "# %.6f ----" % t.timestamp()), [], 0),
            ("without a zone", moved(0, lambda t: t.strftime(iso)), [], 0),
            ("the zone is said", moved(2, lambda t: t.strftime(iso + "+02:00")), [], 0),
            ("another zone", moved(1, lambda t: t.strftime(iso)), ["1h00m ahead of"], 0),
            ("a zone of half an hour", moved(-3.5, lambda t: t.strftime(iso)), ["3h30m behind"], 0),
            ("date in such a zone", moved(1, lambda t: t.strftime("%a %b %e %H:%M:%S CET %Y")), ["1h00m ahead of"], 1),
            ("date -R", moved(-5, lambda t: t.strftime("%a, %d %b %Y %H:%M:%S -0500")), [], 1),
            ("date in English of America", moved(0, lambda t: t.strftime("%a %b %e %I:%M:%S %p UTC %Y")), [], 1),
            ("no year", moved(0, lambda t: t.strftime("%b %d %H:%M:%S")), [], 1)):
        tap.judge("times: " + name, same_as_client(write("moved.log", text), warnings, tolerance))


# ------------------------------------------------------------------------------------- what does not belong

def refused(tap, name, text, why):
    log = write("refused.log", text)
    got, _, said = plot("cwnd", "--ss", log)
    tap.judge(name, [] if got == 3 and len(said) == 1 and all(w in said[0] for w in why) else [got] + said)


def others(tap):
    text = text_of("client")
    first, last = (datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
                   for t in (START, END))
    refused(tap, "another run", re.sub(r"(10\.0\.\d\.1\S*):\d+", r"\1:99", text),
            ["none of its sockets has addresses and ports", first, last])
    refused(tap, "another clock", moved(7 / 60, lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")),
            ["another clock", first, last])
    refused(tap, "another day", moved(-24 * 40, lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")),
            ["another run", first, last])
    refused(tap, "no times", ISO.sub("", text), ["write the time before each"])
    refused(tap, "over between two listings", "# 1796138538.44\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port"
            "Process\n", ["has no TCP socket: none was there when ss ran", "probably the connections were too short"])
    refused(tap, "no sockets", ISO.sub("", "hello\n"), ["has no sockets"])
    refused(tap, "the other end's", text_of("server"), ["no snapshot shows a socket of the client", "other end"])
    refused(tap, "other tokens", re.sub(r"/[0-9a-f]+\(id", "/12345678(id", text), ["capture are from another time"])

    times = list(ISO.finditer(text))
    some = text[:times[3].start()] + text[times[3].end():]
    status, _, said = plot("cwnd", "--ss", write("some.log", some))
    tap.judge("a listing without a time is left out, which is said",
              [] if status == 0 and len(said) == 1 and said[0].count("1 of its") == 1 else [status] + said)

    status, _, said = plot("cwnd", "--ss", write("some.log", re.sub(r"(10\.0\.\d\.1\S*):\d+", r"\1:99", some)))
    period = tuple(datetime.datetime.fromtimestamp(when(times[k][1]), datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
                   for k in (0, -1))
    tap.judge("of another run, and a listing without a time: from when are the others",
              [] if status == 3 and len(said) == 2 and "its snapshots are from %s to %s," % period in said[0] else [status] + said)
    other = write("other.log", re.sub(r"(10\.0\.\d\.1\S*):\d+", r"\1:99", text))
    status, _, said = plot("attr", "--field", "ss.cwnd", "--ss", other)
    tap.judge("another run: no field of its sockets", [] if status == 3 and "none of its sockets" in said[0] else [status] + said)
    less = SOCKET.sub(lambda m: "" if "10.0.2.1" in m[1] else m[0], text)
    status, out, said = plot("cwnd", "--ss", write("less.log", less))
    drawn, whole = (by_stream(series(o), "cwnd") for o in (out, plot("cwnd", "--ss", LOG % "client")[1]))
    tap.judge("a subflow without a socket in the log has no line of the kernel",
              [] if status == 0 and len(whole) == 2 and len(drawn) == 1 and drawn.items() <= whole.items() else [drawn, said])
    refused(tap, "times without sockets", "".join(time[0] + "\n" for time in times), ["has no"])

    for name, arguments in (
            ("another kind", ("rate", "--ss", LOG % "client")),
            ("another field", ("attr", "--field", "len", "--ss", LOG % "client")),
            ("no --ss", ("attr", "--field", "ss.cwnd")),
            ("no such field", ("attr", "--field", "ss.x", "--ss", LOG % "client")),
            ("a field of cwnd", ("cwnd", "--field", "rtt", "--ss", LOG % "client"))):
        status, _, said = plot(*arguments)
        tap.judge("usage: " + name, [] if status == 2 and said else [status, said])


def cuts(tap):
    """What is cut away is not known, and all else as it was."""
    text = text_of("client")
    whole = by_stream(series(plot("cwnd", "--ss", LOG % "client")[1]), "cwnd")
    wrong, drawn = [], 0
    for cut in range(2500, len(text), 1217):
        status, out, said = plot("cwnd", "--ss", write("cut.log", text[:cut]))
        if text[cut - 1] != "\n" and not (said and "is incomplete" in " ".join(said)):
            wrong.append("%d: %s" % (cut, said))
        for stream, points in by_stream(series(out), "cwnd").items() if status == 0 else ():
            drawn += 1
            wrong += ["%d: %s" % (cut, p) for p in points if p not in whole[stream] and not math.isnan(p[1])]
    tap.judge("logs that are cut", wrong + ([] if drawn > 10 else ["only %d drawn" % drawn]))


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    with gzip.open(CAPTURE) as file:
        tap.judge("there is a capture", [] if file.read(4) == b"\x0a\x0d\x0d\x0a" and len(streams()) == 2 else ["no"])
    forms(tap)
    formats(tap)
    clocks(tap)
    others(tap)
    cuts(tap)
    tap.finish()


main()
