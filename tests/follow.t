#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-events --follow tells the events of the file, while it is written: through a pipe in pieces of any size, of a
file that grows; each of them before the next packets come; and it ends as it should."""

import gzip
import json
import os
import random
import signal
import subprocess
import time

from tap import BUILD, SYN, WORK, Failed, Tap, execute, need_tshark

CAPTURES = ["testdata/captures/two-paths-client.pcapng", "testdata/captures/path-failure-client.pcapng.gz",
            "testdata/captures/fastclose-client.pcapng.gz", "testdata/captures/addr-events-client.pcapng.gz",
            "testdata/copies/router-ipv6.pcapng", SYN + "/v1-add-addr-twice.pcap", SYN + "/v0-two-joins.pcap"]
SAME = ("connection", "time_s", "frame", "tcp_stream", "from", "event")
PATIENCE = 20  # s, for what has to come


def contents(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def rows(lines):
    return sorted(tuple(str(row[key]) for key in SAME) for row in map(json.loads, lines.splitlines()))


def whole(path):
    return rows(execute("mptcp-events", "--jsonl", path).stdout)


def start(*arguments, stdin=subprocess.DEVNULL):
    return subprocess.Popen([BUILD + "/mptcp-events", "--follow", *arguments], stdin=stdin, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def compare(path, told):
    expected = whole(path)
    return [f"in the file only: {row}" for row in expected if row not in told] + \
           [f"told only: {row}" for row in told if row not in expected]


def by_pipe(path):
    """Pieces of any size, now and then a pause."""
    dice = random.Random(path)
    data = contents(path)
    child = start("--jsonl", "-", stdin=subprocess.PIPE)
    at = 0
    while at < len(data):
        size = dice.choice((1, 17, 400, 5000, 60000))
        child.stdin.write(data[at:at + size])
        child.stdin.flush()
        at += size
        if dice.random() < 0.02:
            time.sleep(0.3)
    out, err = child.communicate(timeout=PATIENCE)
    if child.returncode or err:
        raise Failed(f"status {child.returncode}: {err.decode()}")
    return compare(path, rows(out.decode()))


def read_until(child, text):
    """Lines of the child up to the one that has the text."""
    lines = []
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        lines.append(child.stdout.readline().decode())
        if not lines[-1]:
            raise Failed(f"ended before {text!r}: {lines}")
        if text in lines[-1]:
            return lines
    raise Failed(f"no {text!r}")


def records(data):
    """Ends of the records of a pcap in the byte order of this machine."""
    ends = [24]
    while ends[-1] < len(data):
        ends.append(ends[-1] + 16 + int.from_bytes(data[ends[-1] + 8:ends[-1] + 12], "little"))
    return ends


def growing(path, stop):
    """A file of which the end is not there yet; an event is told before the next packet is."""
    data = contents(path)
    ends = records(data)
    grown = os.path.join(WORK, "grows.pcap")
    with open(grown, "wb") as file:
        file.write(data[:ends[3]])  # three packets: the handshake
        file.flush()
        child = start("--jsonl", grown)
        lines = read_until(child, '"connection_established"')
        for k in range(3, len(ends) - 1):  # each in two halves
            middle = (ends[k] + ends[k + 1]) // 2
            file.write(data[ends[k]:middle])
            file.flush()
            time.sleep(0.01)
            file.write(data[middle:ends[k + 1]])
            file.flush()
    # All is there when its last event is; then nobody waits but for a signal.
    last = json.loads(execute("mptcp-events", "--jsonl", path).stdout.splitlines()[-1])
    lines += read_until(child, f'"frame":{last["frame"]},')
    child.send_signal(stop)
    out, err = child.communicate(timeout=PATIENCE)
    if child.returncode or err:
        raise Failed(f"status {child.returncode}: {err.decode()}")
    return compare(path, rows("".join(lines) + out.decode()))


def formats():
    """The heading comes with the first row; names of columns are those of whole captures."""
    data = contents(CAPTURES[0])
    columns = "connection,event,tcp_stream,old_tcp_stream"
    wrong = []
    for arguments in (["--csv"], ["--tsv"], ["--csv", "-o", columns], ["--tsv", "-n"]):
        told = subprocess.run([BUILD + "/mptcp-events", "--follow", *arguments, "-"], input=data, capture_output=True,
                              check=True).stdout.decode().splitlines()
        file = execute("mptcp-events", *arguments, CAPTURES[0]).stdout.decode().splitlines()
        file = [line.replace(CAPTURES[0], "-") for line in file]  # the name of the capture
        if sorted(told) != sorted(file) or told[0] != file[0]:
            wrong.append(f"{arguments}: {told[:2]} and {file[:2]}")
    return wrong


def table():
    """Columns stay where they are."""
    data = contents(CAPTURES[0])
    lines = subprocess.run([BUILD + "/mptcp-events", "--follow", "-"], input=data, capture_output=True,
                           check=True).stdout.decode().splitlines()
    at = lines[0].index("EVENT")
    return [line for line in lines[1:] if line[at - 1] != " " or line[at] == " "] or \
           ([] if len(lines) > 10 else ["hardly a line"])


def selected():
    """By connection, direction and name."""
    path = "testdata/captures/addr-events-client.pcapng.gz"
    wrong = []
    for arguments in (["--event", "add_addr,remove_addr"], ["--towards", "client"], ["-c", "0"]):
        told = subprocess.run([BUILD + "/mptcp-events", "--follow", "--jsonl", *arguments, "-"], input=contents(path),
                              capture_output=True, check=True).stdout.decode()
        if rows(told) != rows(execute("mptcp-events", "--jsonl", *arguments, path).stdout) or not told:
            wrong.append(str(arguments))
    return wrong


def refused():
    wrong = []
    for arguments, text, status in (
            (["--json", "-"], "--jsonl", 2), (["-m", "a", "b"], "cannot be used with -m", 2), ([], "no source given", 2),
            (["-", "x"], "more than one source given", 2), (["/does/not/exist"], "No such file", 3),
            (["--capture-filter", "tcp", "-"], "-i", 2)):
        run = subprocess.run([BUILD + "/mptcp-events", "--follow", *arguments], stdin=subprocess.DEVNULL,
                             capture_output=True, check=False)
        if run.returncode != status or text not in run.stderr.decode():
            wrong.append(f"{arguments}: {run.returncode} {run.stderr.decode()}")
    return wrong


def garbage():
    """One clear line, not more."""
    wrong = []
    for name, data in (("nothing", b""), ("text", b"hello, this is no capture\n" * 9), ("zeros", bytes(4096)),
                       ("a cut header", contents(CAPTURES[0])[:20])):
        run = subprocess.run([BUILD + "/mptcp-events", "--follow", "-"], input=data, capture_output=True, check=False)
        if run.returncode == 0 or run.stdout or len(run.stderr.decode().splitlines()) != 1:
            wrong.append(f"{name}: {run.returncode} {run.stdout} {run.stderr}")
    return wrong


def warnings():
    """What was not read is told at the end, after the events of what was."""
    path = SYN + "/v0-two-joins.pcap"
    wrong = []
    data = contents(path)
    one, two = bytearray(data), bytearray(data)
    begins = records(data)
    for which, packets in ((one, begins[1:2]), (two, begins[1:3])):
        for at in packets:
            which[at + 16 + 14 + 6] |= 0x20  # IPv4 behind Ethernet: more fragments follow
    for some, text in ((data[:-1], "cut short in the middle of a packet: results cover what was read"),
                       (data + b"\xff" * 40, "damaged or corrupt: results cover what was read"),
                       (one, "1 packet is left out that only tshark can read (tunnels, fragments); mptcp-events without "
                             "--follow reads such packets"), (two, "2 packets are left out that only tshark can read")):
        run = subprocess.run([BUILD + "/mptcp-events", "--follow", "-"], input=some, capture_output=True, check=False)
        said = run.stderr.decode()
        if run.returncode or len(run.stdout.splitlines()) < 5 or said.count("\n") != 1 or text not in said:
            wrong.append(f"{text}: {run.returncode} {run.stdout} {said}")
    return wrong


def main():
    need_tshark()  # whose numbers of streams the others have
    tap = Tap()
    for path in CAPTURES:
        tap.attempt(f"{path}, through a pipe", by_pipe, path)
    for stop in (signal.SIGINT, signal.SIGTERM):
        tap.attempt(f"a file that grows, until {stop.name}", growing, SYN + "/v0-two-joins.pcap", stop)
    for function in (formats, table, selected, refused, garbage, warnings):
        tap.attempt(function.__name__, function)
    tap.finish()


main()
