#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-summary --paths and --totals: against sums of what mptcp-summary tells of subflows and
connections, and against packets (reference_paths.py), for every capture there is and for all
of them together."""
import csv
import io
import json
import os

import craft
import reference_paths
from tap import (SHARED, SYN, WORK, Tap, captures, document, execute, load, need_tshark, read_natively,
                 seen_once)

KEYS = ("pair", "interface", "client", "server")
ONE = "testdata/captures/path-failure-client.pcapng.gz"
TWO = "testdata/captures/two-paths-client.pcapng"
TWO_SERVER = "testdata/captures/two-paths-server.pcapng.gz"


def differs(paths, keys=KEYS):
    rows = reference_paths.gather(paths)
    for by in keys:
        got = document("mptcp-summary", "--paths", "--by", by, *paths)
        for line in reference_paths.differences(rows, by, got):
            yield f"--by {by}: {line}"


def totals_differ(paths):
    return reference_paths.totals_differ(document("mptcp-summary", *paths)["connections"],
                                         document("mptcp-summary", "--totals", *paths))


def text_of(*arguments):
    done = execute("mptcp-summary", *arguments)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def parts_add_up(paths):
    """What is printed for captures together is the sum of what is printed for each."""
    each = [document("mptcp-summary", "--paths", path)["total"] for path in paths]
    all_of_them = document("mptcp-summary", "--paths", *paths)["total"]
    for name in ("connections", *reference_paths.COUNTS):
        if sum(one[name] for one in each) != all_of_them[name]:
            yield name
    for end in "to_server", "to_client":
        for name in reference_paths.SUMS:
            if sum(one[end][name] or 0 for one in each) != (all_of_them[end][name] or 0):
                yield f"{end}.{name}"


def order_differs():
    """--sort puts the lines of the same table in order, and -o + adds to it."""
    plain = text_of("--paths", TWO)[1].splitlines()
    names = [line.split()[0] for line in plain]
    if names != ["PATH", "10.0.1.1", "10.0.2.1", "all"]:
        yield f"{plain}"
    for sort, wanted in ("-sent_to_server", plain), ("sent_to_server", [plain[k] for k in (0, 2, 1, 3)]):
        said = text_of("--paths", "--sort", sort, TWO)[1].splitlines()
        if said != wanted:
            yield f"--sort {sort}: {said}"
    plain = text_of("--paths", "--by", "interface", TWO)[1].splitlines()
    said = text_of("--paths", "--by", "interface", "-o", "+joins,connections", TWO)[1].splitlines()
    for line, before, path in zip(said[1:], plain[1:], document("mptcp-summary", "--paths", TWO)["paths"]):
        if line.split() != [*before.split(), str(path["joins"])]:
            yield f"{line} is not {before} and one column"
    if len(said) != 4 or said[0].split() != [*plain[0].split(), "JOINS"]:
        yield f"{said}"


def formats_differ():
    """CSV, JSON lines and -o have the rows of the document, and no total."""
    known = document("mptcp-summary", "--paths", ONE, TWO)
    rows = list(csv.DictReader(io.StringIO(text_of("--paths", "--csv", ONE, TWO)[1]), strict=True))
    lines = [json.loads(line) for line in text_of("--paths", "--jsonl", ONE, TWO)[1].splitlines()]
    if [row["client"] for row in rows] != [path["client"] for path in known["paths"]]:
        yield f"csv: {rows}"
    for row, path in zip(rows, known["paths"]):
        for end in "server", "client":
            if row["unique_to_" + end] != str(path["to_" + end]["unique_bytes"]):
                yield f"csv: {row}"
    for line, path in zip(lines, known["paths"]):
        if line.pop("capture_path") is not None or line.pop("schema") != "mptcp-summary/1" or line != path:
            yield f"jsonl: {line}"
    if len(lines) != len(known["paths"]) or len(rows) != len(lines) or len(rows) < 2:
        yield "other rows"
    picked = document("mptcp-summary", "--paths", "-o", "client,share_to_server", ONE)
    if [sorted(path) for path in picked["paths"]] != [["client", "to_server"]] * 2:
        yield f"-o: {picked['paths']}"


def with_differs():
    """Packets that never arrived, as mptcp-summary --with has them of the subflows."""
    for a, b in (TWO, TWO_SERVER), (TWO_SERVER, TWO):
        got = document("mptcp-summary", "--paths", a, "--with", b)
        lost = {end: 0 for end in reference_paths.ENDS}
        for c in document("mptcp-summary", a, "--with", b)["connections"]:
            for d in c["directions"]:
                lost[d["towards"]] += sum(s["lost_packets"] for s in d["subflows"])
        for end in reference_paths.ENDS:
            parts = [path["to_" + end]["lost_packets"] for path in got["paths"]]
            if sum(parts) != lost[end] or got["total"]["to_" + end]["lost_packets"] != lost[end]:
                yield f"{a}, to {end}: lost {parts}, not {lost[end]}"
        if "clock" not in got:
            yield "no clock"


def loss_differs(path):
    """Recordings of the lab: what the wire dropped is lost with the other end's capture."""
    got = document("mptcp-summary", "--paths", path, "--with", path.replace("client.pcap", "server.pcap"))
    known = document("mptcp-owd", path, path.replace("client.pcap", "server.pcap"))
    for end in reference_paths.ENDS:
        wanted = sum(s["lost"] for s in known["streams"] if s["towards"] == end and s["connection"] is not None)
        if got["total"]["to_" + end]["lost_packets"] != wanted:
            yield f"to {end}: {got['total']['to_' + end]['lost_packets']}, not {wanted}"
        if not got["total"]["to_" + end]["lost_packets"] <= got["total"]["to_" + end]["loss_ratio"] * 10**7:
            yield f"to {end}: no ratio"


def refusals():
    for arguments, says in ((("--paths", "--totals", ONE), "only one of --paths"),
                            (("--paths", "-t", "0", ONE), "only one of --paths"),
                            (("--by", "pair", ONE), "--by can only be used with --paths"),
                            (("--paths", "--by", "x", ONE), "for --by: give pair, interface, client or server"),
                            (("--paths", "--towards", "client", ONE), "--towards"),
                            (("--totals", "--with", TWO_SERVER, TWO), "--with"),
                            (("--paths",), "no capture given"),
                            (("--paths", "-o", "towards", ONE), "no column 'towards'")):
        code, out, err = text_of(*arguments)
        if code != 2 or out or says not in err:
            yield f"{arguments}: {code} {out} {err}"


def nothing_differs():
    """Without Multipath TCP there is no path, and nothing is added up."""
    plain = SYN + "/plain-tcp.pcap"
    code, out, err = text_of("--paths", plain)
    if code or out or "no Multipath TCP" not in err:
        yield f"text: {code} {out} {err}"
    if text_of("--paths", "-e", plain)[0] != 1:
        yield "-e"
    got = document("mptcp-summary", "--paths", plain)
    if got["paths"] or got["total"]["subflows"] or got["total"]["to_server"]["share"] is not None:
        yield str(got)
    code, out, err = text_of("--paths", "--json", ONE, "/nonexistent")
    if code != 3 or len(json.loads(out)["paths"]) != 2:
        yield f"a capture that cannot be read: {code} {out} {err}"


def wide_lines(paths):
    for columns in 80, 100, 200:
        os.environ["COLUMNS"] = str(columns)
        for path in paths:
            for by in KEYS:
                for line in text_of("--paths", "--by", by, path)[1].splitlines():
                    if len(line) > min(columns, 100):
                        yield f"{path}, {columns}: {line}"
    del os.environ["COLUMNS"]


def text_differs():
    """A line for each direction that carried something; one for all where there are several paths."""
    lines = text_of("--paths", ONE)[1].splitlines()
    if not lines[0].startswith("PATH ") or [line.split()[0] for line in lines[1:]] != ["10.0.1.1", "10.0.2.1", "all"]:
        yield from lines
    lines = text_of("--paths", "--by", "server", ONE)[1].splitlines()
    if len(lines) != 2:
        yield from lines
    # One path both ways, and one that carried nothing.
    lines = text_of("--paths", "testdata/captures/fastclose-client.pcapng.gz")[1].splitlines()
    pairs = [line.split()[:3] for line in lines if line.startswith("10.")]
    if pairs != [["10.0.1.1", ">", "10.0.1.2"], ["10.0.2.1", ">", "10.0.1.2"]]:
        yield from lines
    lines = text_of("--paths", "testdata/captures/check/backup-client.pcapng.gz")[1].splitlines()
    if lines[2].split()[3:8] != ["1", "0", "B", "0", "B"]:
        yield from lines


def jobs_differ(path):
    if document("mptcp-summary", "--paths", "-j", "1", path) != document("mptcp-summary", "--paths", "-j", "4", path):
        yield "not the same"


def written(name, interfaces, *paths):
    """A capture of a connection with these paths, on each of which 20 bytes went to the server and 30 to the client."""
    capture = craft.Capture()
    capture.interfaces = [capture.interfaces[0]._replace(name=interface) for interface in interfaces]
    craft.talk(capture, paths)
    path = os.path.join(WORK, name)
    craft.write(path, craft.pcapng(capture))
    return path


def alike_differs():
    """Paths with as many bytes are in order of their names; where their ends differ, people are told so."""
    path = written("alike.pcapng", ("wlan0", "eth0"), craft.PATH_A, craft.PATH_A._replace(client_port=40009, interface=1))
    found = document("mptcp-summary", "--paths", "--by", "interface", path)["paths"]
    if [(p["interface"], p["client"], p["to_server"]["unique_bytes"]) for p in found] != [
            ("eth0", "192.0.2.1", 20), ("wlan0", "192.0.2.1", 20)]:
        yield f"by interface: {found}"
    path = written("several.pcapng", ("eth0", "wlan0"), craft.PATH_A, craft.PATH_B._replace(interface=1))
    for by, wanted in (("server", ["several 203.0.113.10 several"]),
                       ("client", ["192.0.2.1 203.0.113.10 eth0", "198.51.100.1 203.0.113.10 wlan0"])):
        found = text_of("--paths", "--by", by, "-n", "-o", "client,server,interface", path)[1].splitlines()
        if [" ".join(line.split()) for line in found] != wanted:
            yield f"by {by}: {found}"


def long_differs():
    """Two long addresses are on two lines, with the two directions."""
    ends = "2001:db8:1111:2222::1234", "2001:db8:5555:6666::1234"
    path = written("long.pcapng", ("eth0",), craft.PATH_A6._replace(client=ends[0], server=ends[1]))
    lines = text_of("--paths", path)[1].splitlines()[1:]
    if len(lines) != 2 or not lines[0].startswith(ends[0] + " > ") or not lines[1].startswith(ends[1] + " ") or \
            " server 20 B " not in lines[0] or " client 30 B " not in lines[1]:
        yield from lines


def clock_differs():
    """With the other end's capture it is said what was done about the clocks, as mptcp-owd does."""
    lines = text_of("--paths", TWO, "--with", TWO_SERVER)[1].splitlines()
    wanted = execute("mptcp-owd", TWO, TWO_SERVER).stdout.decode().splitlines()
    n = [line.startswith("PATH ") for line in lines].index(True)
    if n < 1 or lines[:n] != wanted[:n] or not lines[0].startswith("clock: clocks agree"):
        yield from lines


def towards_differs():
    rows = document("mptcp-summary", "--totals", "--towards", "client", ONE)["totals"]
    if {row["towards"] for row in rows} != {None, "client"}:
        yield str(rows)


def main():
    tap = Tap()
    expected = load(SYN + "/expected.json")["files"]
    made = [os.path.join(SYN, name) for name, file in expected.items() if file.get("readable", True)]
    own = seen_once(captures("testdata/captures"))
    lab = [path for path in captures(SHARED + "/lab") if path.endswith("/client.pcapng")]
    tap.judge("there are captures", [] if made and own else ["none"])
    for path in own + made + lab:
        tap.attempt(f"--paths {path}", differs, [path], KEYS[:1])
    tap.attempt("--paths of all captures together", differs, own + made)
    tap.attempt("--paths of captures together is the sum of each", parts_add_up, own[:40])
    for path in own[:20]:
        tap.attempt(f"--totals {path}", totals_differ, [path])
    tap.attempt("--totals of all captures together", totals_differ, own + made)
    tap.attempt("--totals --towards client", towards_differs)
    tap.attempt("--paths: formats", formats_differ)
    tap.attempt("--paths --with: packets lost", with_differs)
    for path in [p for p in lab if "/lossy/" in p or "/path-failure/" in p]:
        tap.attempt(f"--paths --with: packets lost, {path}", loss_differs, path)
    tap.attempt("--paths: text", text_differs)
    tap.attempt("--paths: text, sorted and with more columns", order_differs)
    tap.attempt("--paths: several interfaces", alike_differs)
    tap.attempt("--paths: long addresses", long_differs)
    tap.attempt("--paths --with: the clock", clock_differs)
    tap.attempt("--paths: no line is wider than the terminal", wide_lines, own[:12] + made[:40])
    for path in lab[:4]:
        tap.attempt(f"--paths, one processor and several, {path}", jobs_differ, path)
    tap.attempt("--paths where there is none", nothing_differs)
    tap.attempt("what does not go together is refused", refusals)
    tap.finish()


need_tshark()
read_natively()
main()
