#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check against what is known of captures: breaches made on purpose
(craft_check.py), faults recorded with a real stack (check_expected.json), an
independent computation (reference_check.py), the kernel's counters, and no
false alarm on healthy traffic.
"""

import contextlib
import glob
import io
import os
import subprocess

import compare_check
from tap import TSHARK, WORK, Tap, document, need_tshark, read_natively

MADE = "testdata/check"
EXPECTED = "tests/check_expected.json"
LAB = "../shared/captures/lab"
COUNTED = ("two-paths", "ipv6", "add-addr-unused", "backup", "checksum", "checksum-fail", "one-address",
           "joins-forbidden")
COUNTED_LAB = ("addr-events", "backup", "many", "interactive")


def judge(tap, name, captures, *judgements):
    """Each judgement: a function of compare_check, and what it takes besides the document."""
    def found():
        said, checked = io.StringIO(), document("mptcp-check", *captures)
        with contextlib.redirect_stdout(said):
            compare_check.shape(checked)
            for what, *args in judgements:
                what(checked, *args)
        return said.getvalue().splitlines()
    tap.attempt(name, found)


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


def missing_interface(tap):
    """The second interface was not captured: data that is acknowledged went another way."""
    path = os.path.join(WORK, "one-interface.pcapng")
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


def main():
    tap = Tap()
    expectations(tap)
    missing_interface(tap)
    no_alarms(tap)
    counters(tap)
    tap.finish()


need_tshark()
read_natively()
main()
