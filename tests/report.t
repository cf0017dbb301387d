#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-report: the page is sound, says what the other commands say, asks for nothing from anywhere, and does well in a
browser (browser.py), where there is one.
"""

import base64
import hashlib
import html.parser
import json
import os
import re
import shutil
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser
import craft
from tap import WORK, Tap, captures, document, execute, need_tshark, read_natively, text_of, write

FAILURE = "testdata/captures/path-failure-client.pcapng.gz"
MANY = "testdata/captures/fallback-client.pcapng.gz"
NEAR, FAR = "testdata/captures/two-paths-client.pcapng", "testdata/captures/two-paths-server.pcapng.gz"
LOSSY = "../shared/captures/lab/lossy"
BROKEN = "testdata/check/data_ack_sent.pcap"
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(html.parser.HTMLParser):
    """What is in it: text, tables, links, elements; "wrong": what no page should have."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.text, self.ids, self.links, self.tables, self.wrong = "", [], [], [], []
        self.open, self.elements, self.inside = [], [], {"style": "", "script": ""}
        self.policy = None
        self.feed(text)
        self.close()
        if self.open:
            self.wrong.append("not closed: %s" % self.open)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.elements.append(tag)
        if "id" in known:
            self.ids.append(known["id"])
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append("%s=%s" % (name, value))
            if name in ("src", "href", "xlink:href", "data", "action"):
                self.links.append(value)
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append("closed: %s" % tag)
            self.open.append("?")

    def handle_data(self, data):
        where = self.open[-1] if self.open else ""
        if where in self.inside:
            self.inside[where] += data
            return
        self.text += data
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data


def report(*arguments, warnings=False):
    path = os.path.join(WORK, "page.html")
    done = execute("mptcp-report", "-w", path, *arguments)
    assert done.returncode == 0 and (warnings or not done.stderr), done.stderr
    with open(path, encoding="utf-8") as file:
        return file.read()


def unsound(text):
    page = Page(text)
    yield from page.wrong
    if len(page.ids) != len(set(page.ids)):
        yield "ids twice: %s" % [name for name in page.ids if page.ids.count(name) > 1]
    for link in page.links:
        if not (link.startswith("#") and link[1:] in page.ids or
                re.fullmatch(r"https://www\.rfc-editor\.org/rfc/rfc(8684|6824)#section-[0-9.]+[0-9]", link)):
            yield "a link to %s" % link
    for name in re.findall(r"url\(#([^)]*)\)", text):
        if name not in page.ids:
            yield "no %s" % name
    if re.search(r"@import|url\((?!#)", text) or {"img", "link", "iframe", "object", "embed"} & set(page.elements):
        yield "something is loaded"
    for what in "style", "script":
        digest = base64.b64encode(hashlib.sha256(page.inside[what].encode()).digest()).decode()
        if page.elements.count(what) != 1 or "%s-src 'sha256-%s'" % (what, digest) not in page.policy:
            yield "%s: %d, and the policy is %s" % (what, page.elements.count(what), page.policy)
    if not page.policy.startswith("default-src 'none';"):
        yield page.policy
    heads = [int(tag[1]) for tag in page.elements if re.fullmatch("h[1-6]", tag)]
    if heads[0] != 1 or any(b > a + 1 for a, b in zip(heads, heads[1:])):
        yield "headings: %s" % heads
    if page.elements.count("caption") != page.elements.count("table"):
        yield "tables without captions"
    if len(text) > 3_000_000:
        yield "%d bytes" % len(text)
    if re.search("[\x00-\x08\x0b-\x1f\x7f]", text):
        yield "control characters"


def one_page(path):
    """Sound, and says what the others say; of connections that are told in detail."""
    text = report("--limit", "1000", path, warnings=True)
    yield from unsound(text)
    page = Page(text)
    check, summary = document("mptcp-check", path), document("mptcp-summary", path)
    events, listed = document("mptcp-events", path)["events"], document("mptcp-ls", path)["connections"]
    for verdict in check["verdicts"]:
        frames = verdict["frames"]
        wanted = "%s%s [%s]" % (verdict["answer"], " (frame%s %s)" % (
            "s" * (len(frames) > 1), ", ".join(map(str, frames))) if frames else "", verdict["certainty"])
        if " ".join(wanted.split()) not in page.text:
            yield "no verdict: %s" % wanted
    for row in check["checks"]:
        if row["result"] == "violated" and row["text"] not in page.text:
            yield "no rule: %s" % row["text"]
    table = [rows for rows in page.tables if rows[0][:2] == ["Connection", "State"]]
    if [row[0] for rows in table for row in rows[1:]] != [str(c["id"]) for c in listed]:
        yield "connections: %s" % table
    moments = [row for rows in page.tables if rows[0][:2] == ["Time", "Frame"] for row in rows[1:]]
    per = {c["id"]: [e for e in events if e["connection"] == c["id"]][:300] for c in listed}
    wanted = [e for c in listed for e in per[c["id"]]]
    if [(row[1], row[4]) for row in moments] != [(str(e["frame"]), e["event"]) for e in wanted]:
        yield "%d events, not %d" % (len(moments), len(wanted))
    flows = [row for rows in page.tables if rows[0][:2] == ["TCP", "Subflow"] for row in rows[1:]]
    wanted = [str(s["tcp_stream"]) for c in summary["connections"] for d in c["directions"] if d["sent_bytes"]
              for s in d["subflows"]]
    if [row[0] for row in flows] != wanted:
        yield "subflows: %s, not %s" % ([row[0] for row in flows], wanted)
    if any(c["filter"] not in page.text for c in listed):
        yield "no filter for Wireshark"


def several():
    text = report(NEAR, FAILURE, MANY, "--limit", "1")
    yield from unsound(text)
    page = Page(text)
    index = page.tables[0]
    counts = [len(document("mptcp-ls", path)["connections"]) for path in (NEAR, FAILURE, MANY)]
    if [int(row[2]) for row in index[1:]] != counts:
        yield "index: %s, not %s" % (index, counts)
    if len([name for name in page.ids if re.fullmatch(r"c\d+-\d+", name)]) != 3:
        yield "not one connection of each: %s" % page.ids
    if page.elements.count("svg") < sum(counts):
        yield "%d pictures" % page.elements.count("svg")
    tally = [{(v["cause"], v["connections"]) for v in document("mptcp-check", "--tally", path)["tally"]
              if v["question"] != "close"} for path in (NEAR, FAILURE, MANY)]
    if [{(word.split(": ")[0], int(word.split(": ")[1])) for word in row[8].split(", ")} for row in index[1:]] != tally:
        yield "causes: %s, not %s" % (index, tally)
    if "Share of connections with a cause" not in page.text:
        yield "no picture of causes"
    if report(NEAR, FAILURE, MANY, "--limit", "1") != text:
        yield "another page the second time"
    with open(os.path.join(WORK, "bad.pcap"), "wb") as file:
        file.write(b"no capture\n")
    done = execute("mptcp-report", "-w", os.path.join(WORK, "rest.html"), os.path.join(WORK, "bad.pcap"), NEAR)
    if done.returncode != 3 or b"bad.pcap" not in done.stderr or not os.path.exists(os.path.join(WORK, "rest.html")):
        yield "a bad capture: %s" % done.stderr
    bad = os.path.join(WORK, "bad.pcap")
    path = os.path.join(WORK, "rest.html")
    execute("mptcp-report", "-w", path, NEAR, bad, MANY)
    rest = Page(text_of(path))
    numbers = {row[0].split("/")[0] for rows in rest.tables if rows[0][:2] == ["Connection", "State"] for row in rows[1:]}
    if [row[0].split(":")[0] for row in rest.tables[0][1:]] != sorted(numbers) or len(numbers) != 2:
        yield "captures that could be read: %s, of connections %s" % (rest.tables[0], numbers)
    kept = write("kept.jsonl", "as it was\n")
    done = execute("mptcp-report", "-w", os.path.join(WORK, "none.html"), "--jsonl", kept, bad)
    if done.returncode != 3 or os.path.exists(os.path.join(WORK, "none.html")) or text_of(kept) != "as it was\n":
        yield "nothing but a bad capture: %s" % done.stderr
    empty = os.path.join(WORK, "empty.pcap")
    with open(empty, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
    for row in Page(report(empty, NEAR, warnings=True)).tables[0][1:2]:
        if row[1] != "-":
            yield "a capture without packets begins at %s" % row[1]


def both_ends():
    text = report("--with", FAR, NEAR)
    yield from unsound(text)
    page = Page(text)
    flows = [rows for rows in page.tables if rows[0][:2] == ["TCP", "Subflow"]][0]
    lost = [s["lost_packets"] for s in document("mptcp-summary", "--with", FAR, NEAR)
            ["connections"][0]["directions"][0]["subflows"]]
    if [row[flows[0].index("Lost packets")] for row in flows[1:]] != list(map(str, lost)):
        yield "lost packets: %s, not %s" % (flows, lost)
    if "One-way delay of each packet" not in page.text:
        yield "no picture of delays"
    if "One-way delay" in Page(report(NEAR)).text:
        yield "delays of one capture"


def same_axis():
    """Pictures of both ends show the same time in the same place, whichever capture is given first."""
    ends = [os.path.join(LOSSY, name) for name in ("client.pcapng", "server.pcapng")]
    places = []
    for one, other in (ends, ends[::-1]):
        svg = re.search("<svg[^>]*>.<title>Data sequence</title>.*?</svg>", report("--with", other, one), re.S).group()
        places.append(float(re.search('<text x="([0-9.]+)"[^>]*>1.0</text>', svg).group(1)))
    if abs(places[0] - places[1]) > 5:
        yield places


def selected():
    text = report("-c", "2", MANY)
    if [name for name in Page(text).ids if re.fullmatch(r"c\d+-\d+", name)] != ["c0-2"]:
        yield Page(text).ids
    if any(re.fullmatch(r"c\d+-\d+", name) for name in Page(report("--limit", "0", MANY)).ids):
        yield "--limit 0"


def alike_names():
    """What paths have in common is left out, in whole directories."""
    places = [os.path.join(WORK, "run-1", "client.pcapng"), os.path.join(WORK, "run-2", "client.pcapng")]
    for place in places:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(NEAR, place)
    index = Page(report(*places, "--limit", "0", warnings=True)).tables[0]
    if [row[0].split(": ")[-1] for row in index[1:]] != ["run-1/client.pcapng", "run-2/client.pcapng"]:
        yield "%s" % [row[0] for row in index]


def many_events():
    """Of more events than a table has room for the first ones, and that there are more."""
    capture = craft.Capture()
    subflow = craft.talk(capture).subflows[0]
    for number in range(320):
        subflow.pure_ack("client", subflow.dss("client"), craft.mp_prio(number % 2 == 0))
    path = os.path.join(WORK, "many.pcap")
    craft.write(path, craft.pcap(capture))
    n = len(document("mptcp-events", path)["events"])
    page = Page(report(path))
    table, = (rows for rows in page.tables if "Event" in rows[0])
    if n < 320 or len(table) != 1 + 300 or "The first 300 of %d; mptcp-events lists all." % n not in page.text:
        yield "%d of %d" % (len(table) - 1, n)


def recording():
    """Of a recording the kernel's events are in the table, too; what was not captured has no frame and no subflow."""
    capture, log = ("testdata/monitor/addr-events-client" + end for end in (".pcapng.gz", ".log"))
    place = os.path.join(WORK, "recording")
    os.makedirs(place, exist_ok=True)
    execute("mptcp-split", "-f", "-t", "0", "-w", os.path.join(place, "capture.pcapng"), capture)
    shutil.copy(log, os.path.join(place, "monitor.log"))
    page = Page(report(place, warnings=True))
    table, = (rows for rows in page.tables if "Event" in rows[0])
    event, frame, stream = (table[0].index(name) for name in ("Event", "Frame", "TCP"))
    found = [(row[frame], row[stream]) for row in table if row[event] == "sf_established"]
    if len(found) != 3 or any(re.search("[0-9]", cell) for row in found for cell in row):
        yield from table


def lines():
    """--jsonl: what mptcp-summary says."""
    path = os.path.join(WORK, "page.jsonl")
    for arguments in ((NEAR, MANY), ("--with", FAR, NEAR), ("-c", "1", MANY)):
        report("--jsonl", path, *arguments)
        with open(path, encoding="utf-8") as file:
            found = [json.loads(line) for line in file]
        wanted = [json.loads(line) for line in execute("mptcp-summary", "--jsonl", *arguments).stdout.splitlines()]
        for line in found + wanted:
            line.pop("tool", None)
        if found != wanted or not found:
            yield "%s: %s, not %s" % (arguments, str(found)[:300], str(wanted)[:300])


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def hostile():
    """Names from elsewhere are text."""
    bad = "\"'><script>alert(1)</script>&amp;<img src=x>]]>"
    with open(NEAR, "rb") as file:
        data = file.read()
    at, out = 0, b""
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind == 1:  # an interface of that name
            name = (bad + "\x01\xff").encode("latin-1")
            out += block(1, data[at + 8:at + 16] + struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) +
                         struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
        else:
            out += data[at:at + size]
        at += size
    place = os.path.join(WORK, "a<script>b\"'&")
    os.mkdir(place)
    path = os.path.join(place, "c<img src=x onerror=1>.pcapng")
    with open(path, "wb") as file:
        file.write(out)
    for arguments in (path, "--title", bad), (path,), (path, NEAR, "--title", bad + "\x1b[31m\xe9"):
        text = report(*arguments, warnings=True)
        yield from unsound(text)
        page = Page(text)
        if page.elements.count("script") != 1 or "img" in page.elements:
            yield "more elements: %s" % page.elements
        if bad not in page.text or "c<img src=x onerror=1>.pcapng" not in page.text:
            yield "names are not there: %s" % page.text[:400]


def refused(tap):
    for name, status, says, *arguments in (
            ("no -w", 2, "-w FILE is missing", NEAR), ("no capture", 2, "no capture given", "-w", "x.html"),
            ("--with of several", 2, "exactly one capture", "-w", "x.html", "--with", FAR, NEAR, MANY),
            ("a limit that is none", 2, "for --limit: give", "-w", "x.html", "--limit", "many", NEAR),
            ("no such connection", 3, "no connection", "-w", os.path.join(WORK, "x.html"), "-c", "77", NEAR),
            ("a directory that is not there", 5, "/nonexistent/", "-w", "/nonexistent/x.html", NEAR)):
        done = execute("mptcp-report", *arguments)
        said = done.stderr.decode()
        tap.judge(name, [] if done.returncode == status and says in said and said.count("\n") == 1 else
                  [done.returncode, said])
    done = execute("mptcp-report", "-w", "-", NEAR)
    tap.judge("to the standard output", [] if done.stdout.startswith(b"<!DOCTYPE html>") else [done.stdout[:99]])


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    paths = [NEAR, FAR, FAILURE, MANY, BROKEN, "testdata/synthetic/plain-tcp.pcap"] + captures("testdata/check")[::9]
    for path in paths:
        tap.attempt(path, one_page, path)
    tap.attempt("several captures", several)
    tap.attempt("both ends", both_ends)
    if os.path.exists(LOSSY):
        tap.attempt("one time axis", same_axis)
    else:
        tap.skip("one time axis", "no %s" % LOSSY)
    tap.attempt("connections that were asked for", selected)
    tap.attempt("names that are alike", alike_names)
    tap.attempt("many events", many_events)
    tap.attempt("a recording", recording)
    tap.attempt("lines beside the page", lines)
    tap.attempt("hostile names", hostile)
    refused(tap)
    reason = browser.why_not(WORK)
    if reason:
        tap.skip("in a browser", reason)
    else:
        pages = {"one": report("--with", FAR, NEAR), "several": report(NEAR, FAILURE, MANY, "--limit", "1")}
        for name, text in pages.items():
            path = os.path.join(WORK, name + ".html")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            for wrong in browser.look_at(path, WORK):
                tap.judge("in a browser, %s: %s" % (name, wrong[0]), wrong[1])
    tap.finish()


main()
