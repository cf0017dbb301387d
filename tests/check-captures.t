#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check against what is known of captures: breaches made on purpose
(craft_check.py), faults recorded with a real stack (check_expected.json), an
independent computation (reference_check.py), the kernel's counters, and no
false alarm on healthy traffic.
"""

import contextlib
import glob
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.chdir(TOP)
sys.dont_write_bytecode = True
sys.path.insert(0, "tests")

import compare_check  # noqa: E402
from tap import Tap  # noqa: E402

COMMAND = os.path.join(os.environ.get("BUILD", os.path.join(TOP, "build")), "mptcp-check")
MADE = "testdata/check"
EXPECTED = "tests/check_expected.json"
LAB = "../shared/captures/lab"
COUNTED = ("two-paths", "ipv6", "add-addr-unused", "backup", "checksum", "checksum-fail", "one-address",
           "joins-forbidden")
COUNTED_LAB = ("addr-events", "backup", "many", "interactive")


def judge(tap, name, captures, *judgements):
    """Each judgement: a function of compare_check, and what it takes besides the document."""
    run = subprocess.run([COMMAND, "--cache-dir", CACHE, "--json", *captures], capture_output=True, check=False)
    if run.returncode:
        tap.say(0, name, "exit status %d\n%s" % (run.returncode, run.stderr.decode(errors="replace")))
        return
    document = json.loads(run.stdout)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        compare_check.shape(document)
        for what, *args in judgements:
            what(document, *args)
    tap.say(not said.getvalue(), name, said.getvalue())


def expectations(tap):
    for manifest, prefix in ((os.path.join(MADE, "expected.json"), MADE + "/"), (EXPECTED, "")):
        for name, entry in compare_check.read(manifest)["files"].items():
            if not os.path.exists(prefix + name):
                tap.skip(name, "not there")
                continue
            judge(tap, name, [prefix + name], (compare_check.expected, entry["connections"]),
                  (compare_check.reference, prefix + name))
    for pair in compare_check.read(EXPECTED)["pairs"]:
        if all(map(os.path.exists, pair["captures"])):
            judge(tap, " and ".join(pair["captures"]), pair["captures"],
                  (compare_check.expected, pair["connections"]))
        else:
            tap.skip(" and ".join(pair["captures"]), "not there")


def missing_interface(tap, work):
    """The second interface was not captured: data that is acknowledged went another way."""
    path = os.path.join(work, "one-interface.pcapng")
    subprocess.run([TSHARK, "-r", "testdata/captures/two-paths-client.pcapng", "-Y", "not tcp.stream == 1", "-w", path],
                   capture_output=True, check=True)
    judge(tap, "an interface that was not captured", [path],
          (compare_check.expected, [{"id": 0, "rules": {}, "may": [], "verdicts": {"single_subflow": "one_interface"}}]))


def no_alarms(tap):
    done = set(compare_check.read(EXPECTED)["files"])
    healthy = sorted(glob.glob("testdata/captures/*.pcapng*"))
    healthy += sorted(glob.glob(LAB + "/*/*.pcap*") + glob.glob(LAB + "/../wild/*.pcap*"))
    if not os.path.isdir(LAB):
        tap.skip("no alarm: lab", "no " + LAB)
    for name in healthy:
        if name not in done:
            judge(tap, "no alarm: " + name, [name], (compare_check.reference, name), (compare_check.healthy,))


def counters(tap):
    for name in COUNTED:
        for end in ("client", "server"):
            judge(tap, "counters: %s, %s" % (name, end), ["testdata/captures/check/%s-%s.pcapng.gz" % (name, end)],
                  (compare_check.counters, "testdata/captures/check/counters.json", name))
    for name in COUNTED_LAB:
        if os.path.isdir(LAB):
            judge(tap, "counters: lab, " + name, ["%s/%s/server.pcapng" % (LAB, name)],
                  (compare_check.counters, "%s/%s/truth.json" % (LAB, name), name))
        else:
            tap.skip("counters: lab, " + name, "no " + LAB)


TSHARK = shutil.which(os.environ.get("MPTCP_TSHARK", "tshark"))
if not TSHARK:
    print("1..0 # SKIP no tshark")
    sys.exit()
with tempfile.TemporaryDirectory() as work:
    CACHE = os.environ.get("SHARED_CACHE", os.path.join(work, "cache"))
    TAP = Tap()
    expectations(TAP)
    missing_interface(TAP, work)
    no_alarms(TAP)
    counters(TAP)
    print("1..%d" % TAP.count)
