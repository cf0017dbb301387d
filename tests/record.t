#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/record in network namespaces of its own: what it records is whole and agrees, it ends with its command, and
the commands take its directory in place of a capture.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from namespace import in_namespace, transfer, why_not
from tap import WORK, Tap, execute, need_tshark, text_of

RECORD = os.path.abspath("examples/record")
BYTES = 200_000
TRANSFER = transfer(BYTES, 20, 0.08) + "sys.exit(7)\n"


def both(command, *arguments):
    """What a command prints of the directory, and of the files in it."""
    directory, *rest = arguments
    capture = os.path.join(directory, "capture.pcapng")
    return [execute(command, *words).stdout for words in ((directory,), (*rest, capture))]


def recorded(tap):
    where = os.path.join(WORK, "run")
    done = in_namespace('ip addr add 127.0.0.2/8 dev lo; ip mptcp endpoint add 127.0.0.2 subflow; exec "$@"',
                        RECORD, where, "--", sys.executable, "-c", TRANSFER)
    tap.judge("the exit status is that of the command", [] if done.returncode == 7 else [done.returncode, done.stderr])
    tap.judge("it says what there is, in one line", [] if re.fullmatch(
        r"record: [1-9]\d* packets, 0 dropped in .*\n", done.stderr.decode()) else [done.stderr])
    wanted = {"capture.pcapng", "monitor.log", "nstat-before.txt", "nstat-after.txt", "ss.txt", "endpoints.txt",
              "network.txt", "host.txt"}
    tap.judge("all that it names is there", wanted ^ set(os.listdir(where)))
    log, nstat = (os.path.join(where, name) for name in ("monitor.log", "nstat-before.txt"))
    nstat += "," + nstat.replace("before", "after")

    listed = json.loads(execute("mptcp-ls", "--json", where).stdout)["connections"]
    # one host is both ends: its endpoint is the server's, too, whose join to the client's port may be tried, and is refused
    tap.judge("one connection, two subflows, all bytes", [] if [
        (sum(s["established"] for s in c["subflows"]), {s["end"] for s in c["subflows"] if not s["established"]} - {"refused"},
         c["bytes_to_server"]) for c in listed] == [(2, set(), BYTES)] else [listed])
    said = [e for e in json.loads(execute("mptcp-events", "--json", where).stdout)["events"] if e["source"] == "kernel"]
    lines = text_of(log).count(" token=")
    tap.judge("each of the %d lines of the kernel, of both ends, has its packet" % lines, [] if len(said) == lines > 5 and {
        e["from"] for e in said} == {"client", "server"} and all(e["frame"] for e in said) else [said])
    for command, *rest in (("mptcp-events", "--monitor", log), ("mptcp-check", "--monitor", log), ("mptcp-summary",)):
        of_directory, of_files = both(command, where, *rest)
        tap.judge("%s: the directory is the files in it" % command, [] if of_directory == of_files and of_files
                  else [of_directory, of_files])
    counted = [execute("mptcp-check", "--counters", "--captured-at", "client", *words).stdout
               for words in ((where,), ("--nstat", nstat, where + "/capture.pcapng"))]
    tap.judge("mptcp-check --counters: those of nstat", [] if counted[0] == counted[1] and b"MPCapableSYNTX" in counted[0]
              else counted)
    plots = [json.loads(execute("mptcp-plot", "dsn", "--format", "json", "-w", "-", place).stdout)["marks"]
             for place in (where, where + "/capture.pcapng")]
    tap.judge("mptcp-plot dsn: its marks", [] if len(plots[0]) == len(plots[1]) + lines else plots)
    chart = json.loads(execute("mptcp-plot", "cwnd", "--format", "json", "-w", "-", "--towards", "server", where).stdout or "{}")
    tap.judge("mptcp-plot cwnd: of its sockets", [] if "kernel" in str([s["name"] for s in chart.get("series", ())]) else chart)
    alone = os.path.join(WORK, "alone")
    os.mkdir(alone)
    shutil.copy(where + "/capture.pcapng", alone)
    told = json.loads(execute("mptcp-events", "--json", alone + "/").stdout)["events"]
    tap.judge("a directory without logs", [] if told and {e["source"] for e in told} == {"capture"} else told[:1])
    done = execute("mptcp-ls", "-m", alone)
    tap.judge("-m: its captures", [] if done.returncode == 0 and b"127.0.0.1" in done.stdout else [done.stderr])
    os.rename(alone + "/capture.pcapng", alone + "/other.pcapng")
    done = execute("mptcp-ls", alone)
    tap.judge("another directory is none", [] if done.returncode == 3 and done.stderr.count(b"\n") == 1 else [done.stderr])

    looks = text_of(where + "/ss.txt").split("# ")[1:]
    tap.judge("sockets, each second", [] if len(looks) >= 2 and any("cwnd:" in look for look in looks) and
              float(looks[0].split()[0]) > 1e9 else looks)
    tap.judge("endpoints, before and after", [] if text_of(where + "/endpoints.txt").count("127.0.0.2 id 1 subflow") == 2
              else [text_of(where + "/endpoints.txt")])
    host = text_of(where + "/host.txt")
    tap.judge("the host", [] if os.uname().release in host and "net.mptcp.enabled = 1" in host and
              "exit status 7 of: " in host else [host])


def left_over(mark):
    """Processes that have "mark" in their command lines."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as file:
                words = file.read()
        except OSError:
            continue
        if mark.encode() in words:
            found.append(words)
    return found


def stopped(tap, name, number, status):
    """A signal to the script alone."""
    mark = "987.%d%d" % (os.getpid(), number)
    where = os.path.join(WORK, "stopped-%s" % name)
    child = subprocess.Popen(
        ["unshare", "-Urn", "sh", "-c", "ip link set lo up; exec \"$@\"", "sh", RECORD, where, "--", "sleep", mark],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        # a shell cannot trap what it was started to ignore, as all in the background of another one are
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    for _ in range(100):
        if any(words.startswith(b"sleep") for words in left_over(mark)):
            break
        time.sleep(0.1)
    else:
        tap.judge("%s: its command runs" % name, ["no"])
    child.send_signal(number)
    try:
        _, said = child.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        child.kill()
        raise
    for _ in range(200):  # dumpcap writes what it has
        left = left_over(where) + left_over(mark)
        if not left:
            break
        time.sleep(0.1)
    tap.judge("%s: exit status" % name, [] if child.returncode == status else [child.returncode, said])
    tap.judge("%s: nothing goes on" % name, left)


def refused(tap):
    where = os.path.join(WORK, "refused")
    cases = (
        ("no such interface", ("-i", "nosuch", where, "true"), 3, "nosuch"),
        ("no directory named", (), 2, "usage: record"),
        ("no number of bytes", ("-s", "many", where, "true"), 2, "usage: record"),
        ("a directory that is there", (os.path.join(WORK, "run"), "true"), 3, "is there already"),
    )
    for name, words, status, says in cases:
        done = in_namespace('exec "$@"', RECORD, *words)
        tap.judge(name, [] if done.returncode == status and says in done.stderr.decode() and
                  done.stderr.count(b"\n") == 1 and not os.path.exists(where) else [done.returncode, done.stderr])
    empty = os.path.join(WORK, "bin")
    os.mkdir(empty)
    for tool in "sh", "rmdir", "mkdir":
        os.symlink(shutil.which(tool), os.path.join(empty, tool))
    done = subprocess.run([RECORD, where, "true"], env={"PATH": empty}, capture_output=True, check=False)
    tap.judge("no dumpcap", [] if done.returncode == 3 and b"there is no dumpcap: install it" in done.stderr
              else [done.returncode, done.stderr])


def main():
    need_tshark()
    tap = Tap()
    reason = why_not("ss", "nstat")
    if reason:
        tap.skip("recording", reason)
        tap.finish()
        return
    recorded(tap)
    stopped(tap, "INT", signal.SIGINT, 143)
    stopped(tap, "TERM", signal.SIGTERM, 143)
    if shutil.which("setpriv"):
        stopped(tap, "KILL", signal.SIGKILL, -signal.SIGKILL)
    refused(tap)
    tap.finish()


main()
