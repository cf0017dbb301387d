#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-live at interfaces, in a network namespace of its own: -D says what there is and who may capture, -i shows what
is sent, --snaplen and -w keep it, and the totals are those of the file. What makes no sense is refused.
"""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from namespace import in_namespace, transfer, why_not
from tap import BUILD, TSHARK, WORK, Tap, document, need_tshark

LIVE = os.path.abspath(os.path.join(BUILD, "mptcp-live"))
BESIDE = os.path.join(os.path.dirname(shutil.which("dumpcap") or ""), "tshark")
BYTES = 100_000
SNAPLEN = 112
# It sends when the capture has begun. The first ends the capture when that shows the end of the connection, the second
# while data is sent.
START = """
import signal, subprocess, sys, threading
live = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
live.stdout.readline()
"""
END = """
out, err = live.communicate(timeout=30)
sys.stdout.buffer.write(out)
sys.stderr.buffer.write(err)
sys.exit(live.returncode)
"""
WHOLE = START + transfer(BYTES, 10, 0.05) + """
for line in live.stdout:
    if line.rstrip().endswith(b"closed"):
        break
live.send_signal(signal.SIGTERM)
""" + END
PART = START + """
threading.Timer(0.4, live.send_signal, [signal.SIGTERM]).start()
""" + transfer(40_000_000, 4000, 0.0002) + END


def run(*words):
    return in_namespace('exec "$@"', *words)


def listed():
    done = run(LIVE, "-D")
    lines = done.stdout.decode().splitlines()
    if done.returncode or lines[0].split() != ["INTERFACE", "KIND", "STATE", "ADDRESSES"]:
        yield str(done)
    if not any(re.fullmatch(r"lo +loopback +up +127\.0\.0\.1(, ::1)?", line) for line in lines):
        yield "no lo: %s" % lines
    if not any(re.fullmatch(r"any +all +up", line) for line in lines):
        yield "no any: %s" % lines
    if lines[-1] != "you may capture: you are root":
        yield lines[-1]
    less = run("setpriv", "--bounding-set", "-all", "--inh-caps", "-all", LIVE, "-D").stdout.decode()
    if "you may not capture: this root has no CAP_NET_RAW" not in less:
        yield "without capabilities: %s" % less.splitlines()[-1:]
    beside = run("env", "MPTCP_TSHARK=" + BESIDE, "PATH=/nonexistent", LIVE, "-D").stdout.decode()
    if "you may capture" not in beside:
        yield "the dumpcap beside tshark: %s" % beside.splitlines()[-1:]
    nowhere = run("env", "-u", "MPTCP_TSHARK", "PATH=/nonexistent", LIVE, "-D").stdout.decode()
    if "dumpcap, which captures packets, not found: install it" not in " ".join(nowhere.split()):
        yield "no dumpcap: %s" % nowhere.splitlines()[-1:]
    plain = os.path.join(WORK, "plain")
    with open(plain, "wb"):
        pass
    if shutil.which("dumpcap") == "/usr/bin/dumpcap":  # not a program for anybody
        forbidden = run("unshare", "-m", "sh", "-c", 'mount --bind "$1" /usr/bin/dumpcap && exec env -u MPTCP_TSHARK "$2" -D',
                        "sh", plain, LIVE).stdout.decode()
        if "no permission to run '/usr/bin/dumpcap': capture as root" not in " ".join(forbidden.split()):
            yield "a dumpcap that may not be run: %s" % forbidden.splitlines()[-1:]
    none = run("env", "MPTCP_DUMPCAP=/nonexistent", LIVE, "-D").stdout.decode()
    if "dumpcap not found: '/nonexistent' (from MPTCP_DUMPCAP) is not a program" not in none:
        yield "without dumpcap: %s" % none.splitlines()[-1:]


def close_to(text, size):
    """Whether a size as "12.0 MB" is this number of bytes, rounded to its last digit."""
    number, unit = text.split()
    scale = 1000 ** ["B", "kB", "MB", "GB"].index(unit)
    return abs(float(number) * scale - size) <= scale * 10.0 ** -len(number.partition(".")[2]) * 0.5001


def told(program, path, *words):
    """Ways in which the last line of mptcp-live is not what is in the file that it wrote."""
    done = run(sys.executable, "-c", program, LIVE, "-i", "lo", "-w", path, "--batch", "0", "--interval", "0.2", *words)
    if done.returncode:
        yield str(done)
        return
    said = re.search(r"^lo: .*, (\d+) packets, 1 Multipath TCP connection, ([0-9.]+ .?B) of payload, \d+ packets? dropped$",
                     done.stdout.decode(), re.M)
    if not said:
        yield done.stdout.decode()[-500:]
        return
    listing = document("mptcp-ls", path)
    sent = sum(c["sent_to_server"] for c in listing["connections"])
    if [int(said[1]), close_to(said[2], sent)] != [listing["captures"][0]["tcp_packets"], True]:
        yield "%s, mptcp-ls: %d packets, %d bytes" % (said[0], listing["captures"][0]["tcp_packets"], sent)


def interrupted():
    path = os.path.join(WORK, "part.pcapng")
    yield from told(PART, path)
    state = [c["state"] for c in document("mptcp-ls", path)["connections"]]
    if state != ["established"]:
        yield "it is not the middle of the connection: %s" % state


def captured():
    path = os.path.join(WORK, "lo.pcapng")
    yield from told(WHOLE, path, "--snaplen", str(SNAPLEN))
    # What was sent: a busy host may send some of it twice.
    unique = [c["directions"][0]["unique_bytes"] for c in document("mptcp-summary", path)["connections"]]
    if unique != [BYTES]:
        yield "unique_bytes: %s" % unique
    text = subprocess.run([TSHARK, "-n", "-r", path, "-T", "fields", "-e", "frame.cap_len", "-e", "frame.len"],
                          capture_output=True, check=True).stdout.decode()
    sizes = [tuple(map(int, line.split())) for line in text.splitlines()]
    if max(sizes)[0] != SNAPLEN or sum(size for _, size in sizes) < BYTES:
        yield "captured octets, of octets: %s" % sizes
    again = run(LIVE, "-i", "lo", "-w", path, "--batch", "1")
    if again.returncode == 0 or b"-f" not in again.stderr:
        yield "a file that is there: %s" % again


def refused():
    for words, text, status in (
            (["-i", ""], "invalid value '' for --interface", 2), (["-i", "lo", "-i", "lo"], "'lo' is given twice", 2),
            (["-i", "lo", "x"], "-i cannot be used with a file", 2), (["-i", "lo", "-w", "-"], "-w needs a file name", 2),
            (["-i", "lo", "--snaplen", "10"], "invalid value '10' for --snaplen", 2),
            (["x", "--snaplen", "96"], "--snaplen can only be used with -i", 2), (["x", "y"], "more than one source", 2),
            (["-i", "nosuch"], "no device named \"nosuch\"", 2), (["-i", "lo", "--capture-filter", "nonsense("], "nonsense(", None)):
        done = run(LIVE, "--batch", "1", *words)
        lines = done.stderr.decode().splitlines()
        if done.returncode == 0 or status not in (None, done.returncode) or text not in done.stderr.decode() \
                or len(lines) != 1:
            yield "%s: %d, %s" % (words, done.returncode, lines)


def main():
    tap = Tap()
    for name, test in (("-D", listed), ("-i: what is sent is shown, and kept", captured),
                       ("SIGTERM while packets arrive: what was captured is shown", interrupted), ("what makes no sense", refused)):
        tap.attempt(name, test)
    tap.finish()


need_tshark()
REASON = why_not("setpriv")
if REASON:
    print("1..0 # SKIP", REASON)
else:
    main()
