#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-check --counters --nstat: the kernel's counters beside those of the capture, whatever form they have, and a
reason for each that differs.
"""

import collections
import csv
import gzip
import io
import ipaddress
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import ENDS, SHARED, WORK, Tap, execute, load, need_tshark, read_natively, write

OWN = "testdata/captures/check"
PREFIX = "MPTcpExt"
OTHERS = "from connections that the capture lacks, or whose beginning it lacks"
# (recording, whose counters, captured at, counter): why
REASONS = {
    ("k03-addaddr-lost", "client", "server", "AddAddr"): "lost or removed after the point of capture",
    ("k03-addaddr-lost", "server", "client", "AddAddrTx"): "lost or removed before the point of capture",
    ("midstream", "client", "client", "MPJoinSynTx"): OTHERS,
    ("fallback", "server", "server", "MPCapableSYNRX"): "it arrived at the host, whose kernel did not count it",
    ("lossy", "server", "client", "OFOQueue"): "this capture does not show it",
    ("t04c-strip-dropsyn", "server", "client", "MPCapableSYNRX"): "lost or removed after the point of capture",
}


def rows(capture, *nstats):
    words = [word for nstat in nstats for word in ("--nstat", nstat)]
    done = execute("mptcp-check", "--counters", "--no-payload", "--csv", *words, capture)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def number(text):
    return None if text == "" else int(text)


def differs(name, capture, at, host, change):
    """Against the document without --nstat, and the kernel's numbers themselves."""
    listed = rows(capture, "%s:%s" % (host, write("kernel.json", json.dumps({"kernel": change}))))
    shown = json.loads(execute("mptcp-check", "--no-payload", "--json", capture).stdout)["counters"][host]
    for counter, value in shown.items():
        kernel = change.get(PREFIX + counter, 0)
        found = [row for row in listed if row["counter"] == counter]
        if bool(found) != bool(kernel or value):
            yield "%s: %d rows" % (counter, len(found))
        for row in found:
            wanted = (host, value, kernel, None if value is None else kernel - value)
            got = (row["host"], number(row["capture"]), number(row["kernel"]), number(row["difference"]))
            if got != wanted:
                yield "%s: %s, not %s" % (counter, got, wanted)
            if bool(row["why"]) == (kernel == value):
                yield "%s: differs by %s: '%s'" % (counter, row["difference"], row["why"])
            reason = REASONS.get((name, host, at, counter))
            if reason and row["why"] != reason:
                yield "%s: '%s', not '%s'" % (counter, row["why"], reason)
    alone = {(name[len(PREFIX):], str(value)) for name, value in change.items()
             if name.startswith(PREFIX) and value and name[len(PREFIX):] not in shown}
    listed = [row for row in listed if row["counter"] not in shown]
    if {(row["counter"], row["kernel"]) for row in listed} != alone or len(listed) != len(alone):
        yield "only the kernel has %s, not %s" % (sorted(alone), listed)
    yield from ("%s: %s" % (row["counter"], row) for row in listed if (row["host"], row["capture"], row["difference"],
                row["why"]) != (host, "", "", "not computed from captures"))


def recorded(tap):
    seen = set()
    for place in "lab", "truth":
        for name in sorted(os.listdir(os.path.join(SHARED, place))):
            where = os.path.join(SHARED, place, name)
            for host, nstat in load(where + "/truth.json").get("nstat", {}).items():
                for at in ENDS:
                    if os.path.exists(where + "/%s.pcapng" % at):
                        seen.add(name)
                        tap.attempt("%s, of the %s, captured at the %s" % (name, host, at), differs, name,
                                    where + "/%s.pcapng" % at, at, host, nstat["change"])
    tap.judge("recordings with a reason that is known are there",
              [name for name, *_ in REASONS if name not in seen])


def forms(tap):
    name, nstat = max(load(OWN + "/counters.json").items(), key=lambda item: len(item[1]["client"]))
    capture = "%s/%s-client.pcapng.gz" % (OWN, name)
    change = nstat["client"]
    names = sorted(change)
    wanted = rows(capture, write("plain.json", json.dumps({"kernel": change})))
    tap.judge("there are counters", [] if len(wanted) > 3 and {row["host"] for row in wanted} == {"client"} else wanted)
    before = {key: 7 * i for i, key in enumerate(names)}
    after = {key: change[key] + before[key] for key in names}

    def text(counters):
        return "#kernel\n" + "".join("%-32s%-16d0.0\n" % item for item in counters.items())

    def proc(counters):
        mine = [(key[len(PREFIX):], value) for key, value in counters.items() if key.startswith(PREFIX)]
        return ("TcpExt: SyncookiesSent X\nTcpExt: 0 1\nMPTcpExt: " + " ".join(m[0] for m in mine) + "\nMPTcpExt: "
                + " ".join(str(m[1]) for m in mine) + "\n")
    for form, make in ("nstat -asz", text), ("nstat -asj", lambda c: json.dumps({"kernel": c})), ("/proc", proc):
        files = write("before", make(before)), write("after", make(after))
        tap.judge("%s: before and after" % form, [] if [
            (row["counter"], row["kernel"], row["why"]) for row in rows(capture, ",".join(files))] == [
                (row["counter"], row["kernel"], row["why"]) for row in wanted] else ["others"])
    alone = execute("mptcp-check", "--csv", "--nstat", write("plain.json", json.dumps({"kernel": change})), capture)
    tap.judge("without --counters", [] if list(csv.DictReader(io.StringIO(alone.stdout.decode()))) == wanted else [alone])
    plain = list(csv.DictReader(io.StringIO(execute("mptcp-check", "--counters", "--no-payload", "--csv", capture).stdout.decode())))
    tap.judge("without --nstat: names, with and without prefix", [] if plain and all(
        row["nstat"] == PREFIX + row["counter"] for row in plain) and PREFIX + "MPCapableSYNTX" in [row["nstat"] for row in plain]
        else plain)
    both = rows(capture, "client:" + write("a", text(nstat["client"])), "server:" + write("b", text(nstat["server"])))
    tap.judge("of both hosts", [] if {row["host"] for row in both} == set(ENDS) else both)
    document = json.loads(execute("mptcp-check", "--no-payload", "--json", "--nstat", write("a", text(nstat["client"])),
                                  capture).stdout)["counters"]
    tap.judge("in JSON", [] if document["kernel_client"]["MPCapableSYNTX"] == change[PREFIX + "MPCapableSYNTX"]
              and document["kernel_server"] is None and document["why_client"] is not None else [document])
    for form, nothing in ("nstat -asj", '{"kernel":{}}\n'), ("nstat -as", "#kernel\n"):
        files = write("before", nothing), write("after", json.dumps({"kernel": change}))
        tap.judge("%s: nothing before" % form, [] if rows(capture, ",".join(files)) == wanted else ["others"])
    lacks = dict(after, MPTcpExtMPRstTx=0)
    lacks.pop(PREFIX + "MPCapableSYNTX")
    found = [row for row in rows(capture, write("lacks", text(lacks))) if row["counter"] == "MPCapableSYNTX"]
    tap.judge("a kernel that does not have one", [] if found[0]["kernel"] == "" and
              found[0]["why"] == "this kernel does not count it" else found)
    document = json.loads(execute("mptcp-check", "--no-payload", "--json", "--nstat", os.path.join(WORK, "lacks"), capture).stdout)
    kernel, why = (document["counters"][key] for key in ("kernel_client", "why_client"))
    tap.judge("a kernel that does not have one, in JSON", [] if kernel["MPCapableSYNTX"] is None and
              why["MPCapableSYNTX"] == "not_kept" and kernel["MPCapableSYNACKRX"] == after[PREFIX + "MPCapableSYNACKRX"]
              else [kernel, why])
    fewer = dict(change, **{PREFIX + "MPCapableSYNTX": change[PREFIX + "MPCapableSYNTX"] - 1})
    found = [row for row in rows(capture, write("fewer", text(fewer))) if row["counter"] == "MPCapableSYNTX"]
    tap.judge("a kernel that counted less than it sent", [] if len(found) == 1 and found[0]["difference"] == "-1" and
              found[0]["why"] == "not sent by this host: forged, or from another network namespace" else found)
    return capture, text(change)


def only_there(tap):
    """What the kernel counts and no packet shows; the number of connections that are there may decrease."""
    capture = OWN + "/checksum-client.pcapng.gz"
    change = load(OWN + "/counters.json")["checksum"]["client"]
    tap.attempt("counters that only the kernel has", differs, "checksum", capture, "client", "client", change)
    tap.judge("there are such", [] if change.get(PREFIX + "SndWndShared") else [change])
    document = json.loads(execute("mptcp-check", "--json", "--no-payload", "--nstat", "client:" + write(
        "kernel.json", json.dumps({"kernel": change})), capture).stdout)["counters"]
    got = document["kernel_client"].get("SndWndShared"), document["why_client"].get("SndWndShared")
    tap.judge("the same in JSON", [] if got == (change[PREFIX + "SndWndShared"], "not_computed") else [got])
    files = [write(name, json.dumps({"kernel": dict(counters, IpInReceives=0)})) for name, counters in (
        ("before", {PREFIX + "MPCurrEstab": 2, "IpExtInOctets": 9}), ("after", dict(change, **{PREFIX + "MPCurrEstab": 1})))]
    found = [row["counter"] for row in rows(capture, "client:" + ",".join(files))]
    tap.judge("fewer connections than before", [] if "MPCapableSYNTX" in found and "MPCurrEstab" not in found else found)


def one_host(tap):
    """Where one host is both ends, its counters are those of both."""
    with gzip.open(OWN + "/two-paths-client.pcapng.gz") as file:
        data = file.read()
    for number, address in enumerate(("10.0.1.1", "10.0.1.2", "10.0.2.1"), 1):
        data = data.replace(ipaddress.ip_address(address).packed, bytes((127, 0, 0, number)))
    home = os.path.join(WORK, "home.pcapng")
    with open(home, "wb") as file:
        file.write(data)
    of_both = load(OWN + "/counters.json")["two-paths"]
    change = dict(collections.Counter(of_both["client"]) + collections.Counter(of_both["server"]))
    kernel = write("both.json", json.dumps({"kernel": change}))
    known = [PREFIX + row["counter"] for row in rows(home, "both:" + kernel) if row["capture"]]
    tap.judge("there are counters of both ends", [] if {PREFIX + "MPJoinSynTx", PREFIX + "MPJoinSynRx"} < set(known) else known)
    for name, capture, prefix in (("found from the addresses", home, ""), ("whatever end is named", home, "client:"),
                                  ("given", OWN + "/two-paths-client.pcapng.gz", "both:")):
        found = rows(capture, prefix + kernel)
        tap.judge("one host, %s: the sum of both ends" % name, [] if found and all(
            row["host"] == "both" and row["capture"] in (row["kernel"], "") for row in found) else found)
        tap.judge("one host, %s: no false reason" % name, [row for row in found if row["capture"] and row["why"]])
        document = json.loads(execute("mptcp-check", "--json", "--no-payload", "--nstat", prefix + kernel, capture).stdout)["counters"]
        tap.judge("one host, %s: in JSON" % name, [] if document["kernel_client"] is None and document["why_server"] is None
                  and document["kernel_both"]["MPJoinSynTx"] == change[PREFIX + "MPJoinSynTx"]
                  and "MPJoinSynTx" not in document["why_both"] else [document])
    more = dict(change, **{PREFIX + "MPJoinSynRx": 0, PREFIX + "MPJoinSynTx": 7})
    found = {row["counter"]: row["why"] for row in rows(home, write("more.json", json.dumps({"kernel": more})))}
    tap.judge("one host: counters that do differ", [] if found["MPJoinSynRx"] == "it arrived at the host, whose kernel did "
              "not count it" and found["MPJoinSynTx"].startswith("on another interface") else [found])
    done = execute("mptcp-check", "--counters", "--nstat", "client:" + kernel, "--nstat", "server:" + kernel, home)
    tap.judge("one host: given twice", [] if done.returncode == 2 and b"use --nstat once" in done.stderr else [done])
    done = execute("mptcp-check", "--counters", "--nstat", kernel, "-m", home, OWN + "/backup-client.pcapng.gz")
    tap.judge("one host for some connections", [] if done.returncode == 2 and b"use -c for these" in done.stderr else [done])


def wrong(tap, capture, good):
    empty, words, fine = write("empty", ""), write("words", "hello world\n"), write("fine", good)
    lines = write("lines", "TcpExt: A B\nMPTcpExt: 1 2\n")
    with open(os.path.join(WORK, "large"), "wb") as file:
        file.truncate(5 << 20)
    middle = ("--captured-at", "middle")
    for name, status, said, arguments in (
            ("no such file", 3, "/nonexistent", ("--nstat", "/nonexistent")),
            ("an empty file", 3, "has no counters", ("--nstat", empty)),
            ("another file", 3, "has no counters", ("--nstat", words)),
            ("lines that are no pairs", 3, "has no counters", ("--nstat", lines)),
            ("a large file", 3, "is too large: give counters as nstat -asz prints them", ("--nstat", os.path.join(WORK, "large"))),
            ("no second file", 3, "/nonexistent", ("--nstat", fine + ",/nonexistent")),
            ("the later file first", 3, "MPTcpExtMPCapableSYNTX is lower in '%s' than in '%s': give the earlier file first" % (
                write("zero", good.replace("#kernel\n", "#kernel\nMPTcpExtMPCapableSYNTX 0 0.0\n", 1)), fine),
             ("--nstat", fine + "," + os.path.join(WORK, "zero"))),
            ("whose is not known", 2, "--nstat client:FILE", ("--nstat", fine, *middle)),
            ("both of one host", 2, "both --nstat are from the client", ("--nstat", fine, "--nstat", "client:" + fine)),
            ("three", 2, "more than two --nstat", ("--nstat", fine, "--nstat", fine, "--nstat", fine))):
        done = execute("mptcp-check", "--counters", *arguments, capture)
        lines = done.stderr.decode().splitlines()
        tap.judge("%s: exit status" % name, [] if done.returncode == status else [done.returncode, *lines])
        tap.judge("%s: one line that says so" % name, [] if len(lines) == 1 and said in lines[0] else lines)
    where = os.path.join(WORK, "recorded")
    os.mkdir(where)
    shutil.copy("testdata/captures/two-paths-client.pcapng", os.path.join(where, "capture.pcapng"))
    for name in "before", "after":
        shutil.copy(words, os.path.join(where, "nstat-%s.txt" % name))
    done = execute("mptcp-check", "--counters", where)
    tap.judge("a recording with another file in place of counters", [] if done.returncode == 3 and not done.stdout and
              b"recorded/nstat-before.txt' has no counters" in done.stderr else [done])


def main():
    tap = Tap()
    if os.path.isdir(SHARED):
        recorded(tap)
    else:
        tap.skip("recordings", "no " + SHARED)
    only_there(tap)
    one_host(tap)
    wrong(tap, *forms(tap))
    tap.finish()


need_tshark()
read_natively()
main()
