#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""--monitor: what the kernel said is put beside the packet that made it say so, whatever form the log has, and what only
one of them shows is told.
"""

import datetime
import json
import os
import random
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import craft
import reference
from tap import ENDS, SHARED, SYN, WORK, Tap, execute, load, need_tshark, read_natively, text_of, write

CAPTURE = "testdata/monitor/addr-events-client.pcapng.gz"
PRIORITIES = SYN + "/v1-mp-prio.pcap"
LOGS = {end: "testdata/monitor/addr-events-%s.log" % end for end in ENDS}
LINE = re.compile(r"^\[([-0-9T:.]+)\] (\[ *([A-Z_]+)\](.*))$")
ADD_ADDR, REMOVE_ADDR, MP_PRIO, MP_JOIN = 3, 4, 5, 1


def events(capture, *logs, warnings=0):
    """The events of the kernel, and all; as many lines on stderr about the logs must be there."""
    words = [word for log in logs for word in ("--monitor", log)]
    done = execute("mptcp-events", "--json", *words, capture)
    said = [line for line in done.stderr.decode().splitlines() if any(log in line for log in logs)]
    assert done.returncode == 0, done.stderr
    assert len(said) == warnings, said
    listed = json.loads(done.stdout)["events"]
    return [e for e in listed if e["source"] == "kernel"], listed, said


# ------------------------------------------- each event and its packet, by a second reading of the packets

def fits(event, p):
    """Is this the packet that made the kernel say it?"""
    detail = event["detail"]
    kinds = {raw[2] >> 4: raw for kind, raw, _ in reference.tcp_options(p.options, p.cut) if kind == 30}
    ends = {(detail.get("source_address"), detail.get("source_port")),
            (detail.get("destination_address"), detail.get("destination_port"))}
    same = {(p.src, p.sport), (p.dst, p.dport)} == ends
    syn, ack = p.flags & reference.SYN, p.flags & reference.ACK
    return {
        "created": lambda: same and ack and bool(syn) == (event["from"] == "client"),
        "established": lambda: same and ack and not syn,
        "sf_established": lambda: same and MP_JOIN in kinds and ack and not syn,
        "sf_closed": lambda: same and p.flags & (reference.FIN | reference.RST),
        "announced": lambda: kinds[ADD_ADDR][3] == detail["remote_id"],
        "removed": lambda: detail["remote_id"] in kinds[REMOVE_ADDR][3:],
        "sf_prio": lambda: same and MP_PRIO in kinds,
        "closed": lambda: True,
    }[event["event"]]()


def packets_differ(capture, listed, may_lack=()):
    packets = {p.frame: p for p in reference.analyse(capture)[1]}
    for e in listed:
        if e["frame"] is None:
            if e["event"] not in may_lack:
                yield "%s of line %d: no packet" % (e["event"], e["detail"]["log_line"])
        elif not fits(e, packets[e["frame"]]):
            yield "%s of line %d: frame %d is not why" % (e["event"], e["detail"]["log_line"], e["frame"])


def recorded(tap):
    """What the labs kept of the logs has no times."""
    found = 0
    for place in "lab", "truth":
        for name in sorted(os.listdir(os.path.join(SHARED, place))):
            where = os.path.join(SHARED, place, name)
            told = load(where + "/truth.json").get("path_manager_events", {})
            for end in ENDS:
                lines = ["[%16s]" % e["event"] + "".join(
                    " %s=%s" % item for item in e.items() if item[0] != "event") for e in told.get(end, ())]
                log = write("recorded.log", "".join(line + "\n" for line in lines))
                if lines and os.path.exists(where + "/%s.pcapng" % end):
                    found += 1
                    tap.attempt("%s, %s: each event has its packet" % (name, end), recording_differs,
                                where + "/%s.pcapng" % end, log, lines)
    tap.judge("there are recordings", [] if found > 30 else ["%d" % found])


def recording_differs(capture, log, lines):
    tokens = set()
    for c in load_connections(capture):
        tokens |= {c[end]["token"] for end in ENDS}
    # In midstream captures only the subflow's ports tell; of fallbacks the kernel has a token that no packet shows.
    done = execute("mptcp-events", "--json", "--monitor", log, capture)
    listed = [e for e in json.loads(done.stdout)["events"] if e["source"] == "kernel"]
    known = [line for line in lines if int(re.search("token=([0-9a-f]+)", line)[1], 16) in tokens]
    if "/midstream/" not in capture and len(known) != len(listed):
        yield "%d events, not %d" % (len(listed), len(known))
    if any(e["time_s"] is not None for e in listed):
        yield "times out of nowhere"
    whole = "/midstream/" not in capture
    yield from packets_differ(capture, listed, () if whole else ("created", "established", "sf_established"))


def load_connections(capture):
    return json.loads(execute("mptcp-ls", "--json", capture).stdout)["connections"]


# ----------------------------------------------------------------------------------- times, and forms of logs

def stamps(log):
    """(seconds, line without its time, event), of a log of "ip -ts"."""
    for line in text_of(log).splitlines():
        stamp, rest, event, _ = LINE.match(line).groups()
        time = datetime.datetime.fromisoformat(stamp).replace(tzinfo=datetime.timezone.utc)
        yield time, rest, event


def alike(got, wanted, fraction=True):
    """Lists of events; of times without fractions only the second is the same, and which of two FINs came before."""
    for a, b in zip(got, wanted):
        assert (a["event"], a["detail"]["log_line"]) == (b["event"], b["detail"]["log_line"])
        assert a["frame"] == b["frame"] or (not fraction and "closed" in a["event"] and a["frame"])
        assert abs(a["time_s"] - b["time_s"]) < (1e-6 if fraction else 1), (a, b)
    assert len(got) == len(wanted) > 10


def times(tap):
    known, _, _ = events(CAPTURE, LOGS["client"])
    first = float(json.loads(execute("mptcp-ls", "--json", CAPTURE).stdout)["captures"][0]["first_time"])
    told = [(time.timestamp() - first, event.lower()) for time, _, event in stamps(LOGS["client"])]
    tap.judge("time_s is that of the log", [] if [e["event"] for e in known] == [t[1] for t in told] and all(
        abs(e["time_s"] - t[0]) < 2e-6 for e, t in zip(known, told)) else [known, told])
    tap.judge("each has its packet", packets_differ(CAPTURE, known))
    both, _, _ = events(CAPTURE, *LOGS.values())
    tap.judge("logs of both hosts: each has its packet", packets_differ(CAPTURE, both))
    tap.judge("logs of both hosts: whose they are", [] if {e["from"] for e in both} == set(ENDS) else [both])

    one = write("one-host.log", "".join(text_of(log) for log in LOGS.values()))
    joined, _, _ = events(CAPTURE, one)
    for e in both + joined:
        del e["detail"]["log_line"]
    tap.judge("both hosts are one: as of two logs", [] if joined == both else [joined, both])

    def form(name, make, fraction=True, hours=0, line=lambda n: n, warnings=0):
        moved = datetime.timedelta(hours=hours)
        log = write(name.replace(" ", "-") + ".log", "".join(
            make(time + moved, rest) + "\n" for time, rest, _ in stamps(LOGS["client"])))

        def differs():
            got, _, _ = events(CAPTURE, log, warnings=warnings)
            for e in got:
                e["detail"]["log_line"] = line(e["detail"]["log_line"])
            alike(got, known, fraction)
            return ()
        tap.attempt("form: " + name, differs)

    iso = "%Y-%m-%dT%H:%M:%S"
    form("ip -t", lambda t, r: t.strftime("Timestamp: %a %b %d %H:%M:%S %Y %f usec\n") + r, line=lambda n: n // 2)
    form("another time zone", lambda t, r: t.strftime("[" + iso + ".%f] ") + r, hours=2, warnings=1)
    form("a zone of half an hour", lambda t, r: t.strftime("[" + iso + ".%f] ") + r, hours=-9.5, warnings=1)
    form("journal with zone", lambda t, r: t.strftime(iso + "+0100 host ip[7]: ") + r, fraction=False, hours=1)
    form("journal with fractions", lambda t, r: t.strftime(iso + ".%f+00:00 host ip[7]: ") + r)
    form("journal since 1970", lambda t, r: "%.6f host ip[7]: " % t.timestamp() + r)
    form("journal, plain", lambda t, r: t.strftime("%b %d %H:%M:%S host ip[7]: ") + r, fraction=False)


def other_versions(tap):
    """iproute2 6.15 wrote this, in three ways, on a host that is both ends; 6.1 the other logs, and 5.10 has no monitor."""
    capture, counts = "testdata/monitor/one-host.pcapng.gz", []
    for form in "plain", "t", "ts":
        log = "testdata/monitor/one-host-%s.log" % form
        got, _, _ = events(capture, log)
        tap.judge("iproute2 6.15, %s: each has its packet" % form, packets_differ(capture, got))
        tap.judge("iproute2 6.15, %s: times" % form, [] if {e["time_s"] is None for e in got} == {form == "plain"} else [got])
        counts.append(len(got))
    tap.judge("iproute2 6.15: all events", [] if counts == [text_of(log).count(" token=")] * 3 else [counts])
    done = execute("mptcp-events", "--monitor", write("old.log", 'Command "monitor" is unknown, try "ip mptcp help".\n'), capture)
    tap.judge("iproute2 5.10: it has no monitor", [] if done.returncode == 3 and b"has no line that" in done.stderr else [done.stderr])


def other_clocks(tap):
    for name, seconds in ("a clock 7 minutes fast", 420), ("another day", -86400 * 40):
        moved = datetime.timedelta(seconds=seconds)
        log = write("clock.log", "".join("[%s] %s\n" % ((time + moved).isoformat()[:26], rest)
                                          for time, rest, _ in stamps(LOGS["client"])))
        got, _, said = events(CAPTURE, log, warnings=1)
        tap.judge(name + ": no times, but packets", [] if all(e["time_s"] is None for e in got) else [got])
        tap.judge(name + ": each has its packet", packets_differ(CAPTURE, got))
        tap.judge(name + ": is said", [] if "another clock" in said[0] else said)


# ------------------------------------------------------------------------------- what only one of them shows

def one_sided(tap):
    text = text_of(LOGS["client"])
    split = os.path.join(WORK, "part.pcap")
    execute("mptcp-split", "-f", "-t", "0", "-w", split, CAPTURE)
    got, _, _ = events(split, LOGS["client"])
    joins = [e for e in got if e["event"] == "sf_established"]
    tap.judge("joins that were not captured have no frame", [] if len(joins) == 3 and all(
        e["frame"] is None and e["tcp_stream"] is None for e in joins) else joins)
    shown = execute("mptcp-events", "--monitor", LOGS["client"], split).stdout.decode()
    tap.judge("which is said", [] if shown.count("no packet of it is in the capture") >= 3 else [shown])

    _, listed, _ = events(CAPTURE, write("less.log", re.sub(".*SF_ESTABLISHED.*49559.*\n", "", text)))
    lacks = [(e["event"], e["tcp_stream"]) for e in listed if e["detail"].get("in_kernel_log") is False]
    tap.judge("a join that the kernel does not speak of", [] if lacks == [("join_established", 1)] else lacks)
    capture = craft.Capture()
    connection = craft.Connection(capture)
    connection.open()
    handshake = os.path.join(WORK, "handshake.pcap")
    craft.write(handshake, craft.pcap(capture))
    ends = "token=%08x remid=0 locid=0 saddr4=192.0.2.1 daddr4=203.0.113.10 sport=40001 dport=5001\n" % connection.token["client"]
    got, _, _ = events(handshake, write("handshake.log", "[CREATED] " + ends + "[ESTABLISHED] " + ends))
    tap.judge("established, without an answer: it is with the third ACK",
              [] if [(e["event"], e["frame"]) for e in got] == [("created", 2), ("established", 3)] else [got])

    _, listed, _ = events(CAPTURE, write("begun.log", re.sub(".*CREATED.*\n", "", text)))
    lacks = [e for e in listed if "in_kernel_log" in e["detail"]]
    tap.judge("a log that began later proves nothing", lacks)

    shown = execute("mptcp-events", "--monitor", os.path.join(WORK, "less.log"), CAPTURE).stdout.decode()
    tap.judge("which is said of that join", [] if re.search("  1 client join_established +not in the kernel's log\n", shown)
              and shown.count("kernel's log") == 1 else [shown])

    error = re.sub("(SF_CLOSED.*49559.*)", r"\1 error=111 reset_reason=4", text)
    got, _, _ = events(CAPTURE, write("error.log", error))
    closed = [e["detail"] for e in got if e["event"] == "sf_closed"][0]
    tap.judge("why it was closed", [] if (closed["error"], closed["error_name"], closed["reason"], closed["reason_name"])
              == (111, "ECONNREFUSED", 4, "too_much_data") else [closed])
    error = re.sub("(SF_ESTABLISHED.*49559.*)backup=0", r"\1backup=1", error.replace("error=111 reset_reason=4", "error=9999", 1))
    error = error.replace("locid=24 saddr4=10.0.4.1 daddr4=10.0.1.2 sport=50653 dport=5001 backup=0 ifindex=5\n" +
                          text.splitlines(True)[10], "locid=24 saddr4=10.0.4.1 daddr4=10.0.1.2 sport=50653 dport=5001 "
                          "error=104 reset_reason=5\n")
    shown = execute("mptcp-events", "--monitor", write("error.log", error), CAPTURE).stdout.decode()
    for words in ("sf_established +kernel: 10.0.2.1:49559 > 10.0.2.2:5001, locid 1, remid 12, backup",
                  "sf_closed +kernel: 10.0.2.1:49559 > 10.0.2.2:5001, locid 1, remid 12, error 9999",
                  "sf_closed +kernel: 10.0.4.1:50653 > 10.0.1.2:5001, locid 24, remid 0, error 104 .ECONNRESET., bad_performance"):
        tap.judge("in words: %s" % words, [] if re.search(words + "\n", shown) else [shown])


def verdicts(capture, *logs):
    words = [word for log in logs for word in ("--monitor", log)]
    document = json.loads(execute("mptcp-check", "--json", *words, capture).stdout)
    return [(v["cause"], v["frames"], v["answer"]) for v in document["verdicts"] if v["question"] == "kernel"]


def prio(line=""):
    """The server's log of v1_mp_prio() of craft.py."""
    token = "%08x" % load_connections(PRIORITIES)[0]["server"]["token"]
    return ("[CREATED] token=%s remid=0 locid=0 saddr4=203.0.113.10 daddr4=192.0.2.1 sport=5001 dport=40001\n"
            "[ESTABLISHED] token=%s remid=0 locid=0 saddr4=203.0.113.10 daddr4=192.0.2.1 sport=5001 dport=40001\n"
            "[SF_ESTABLISHED] token=%s remid=1 locid=0 saddr4=203.0.113.10 daddr4=198.51.100.1 sport=5001 dport=40002 backup=1\n"
            + line + "[CLOSED] token=%s\n").replace("%s", token)


def checked(tap):
    text = text_of(LOGS["client"])
    split = os.path.join(WORK, "part.pcap")  # of one_sided()
    join, announced, removed, established = (
        json.loads(execute("mptcp-events", "--json", "--event", event, CAPTURE).stdout)["events"][0]
        for event in ("join_established", "add_addr", "remove_addr", "connection_established"))
    cases = (
        ("both agree", CAPTURE, text, [("kernel_agrees", [], "Each of the 12 events")]),
        ("a join that is not in the log", CAPTURE, re.sub(".*SF_ESTABLISHED.*49559.*\n", "", text),
         [("join_not_established", [join["frame"]], "Of tcp 1 the client's kernel reports no join")]),
        ("an address that is not in the log", CAPTURE, re.sub(".*ANNOUNCED.*remid=12 .*\n", "", text),
         [("option_not_taken", [announced["frame"]], "Of tcp 0 the client's kernel reports no ADD_ADDR")]),
        ("an address that was removed, which is not in the log", CAPTURE, re.sub(".* REMOVED.*\n", "", text),
         [("option_not_taken", [removed["frame"]], "Of tcp 0 the client's kernel reports no REMOVE_ADDR")]),
        ("a connection that is not in the log", CAPTURE, re.sub(".* ESTABLISHED.*\n", "", text),
         [("connection_not_established", [established["frame"]],
           "Of tcp 0 the client's kernel reports no connection by Multipath TCP")]),
        ("closed with an error", CAPTURE, re.sub("(SF_CLOSED.*49559.*)", r"\1 error=110", text),
         [("closed_with_error", None, "The client's kernel closed tcp 1 with error 110 (ETIMEDOUT)")]),
        ("joins that were not captured", split, text, [("subflow_not_captured", [], "10.0.2.1:49559 > 10.0.2.2:5001")] +
         [("subflow_not_captured", [], "which the capture does not have")] * 2),
        ("closings of what was not captured", split, re.sub(".*SF_ESTABLISHED.*\n", "", text),
         [("captured_in_part", [], "7 of the 9 events that the client's kernel reports have their packets in the capture")]),
        ("one event in the capture", split, re.sub(".*(ESTABLISHED|ANNOUNCED|REMOVED|] .* CLOSED).*\n", "", text),
         [("captured_in_part", [], "1 of the 3 events that the client's kernel reports has its packet in the capture")]),
        ("priorities that are not in the log", PRIORITIES, prio(), [
            ("option_not_taken", [frame], "Of tcp 1 the server's kernel reports no MP_PRIO") for frame in (10, 13)]),
        ("the first priority is in the log", PRIORITIES, prio(
            "[SF_PRIO] token=%s remid=1 locid=0 saddr4=203.0.113.10 daddr4=198.51.100.1 sport=5001 dport=40002 backup=0\n"),
         [("option_not_taken", [13], "Of tcp 1 the server's kernel reports no MP_PRIO")]),
        ("another connection's", CAPTURE, text.replace("39c960ba", "39c960bb").replace("10.0.", "10.9."), []),
    )
    for name, capture, log, wanted in cases:
        found = verdicts(capture, write("checked.log", log))
        tap.judge("mptcp-check, %s" % name, [] if len(found) == len(wanted) and all(
            f[0] == w[0] and w[1] in (None, f[1]) and w[2] in f[2] for f, w in zip(found, wanted)) else found)
    done = execute("mptcp-check", "--tally", "--monitor", LOGS["client"], CAPTURE)
    tap.judge("mptcp-check --tally: no logs", [] if done.returncode == 2 else [done.returncode])


def plotted(tap):
    """The marks of a plot are the events, at their times."""
    both, _, _ = events(CAPTURE, *LOGS.values())
    words = [word for log in LOGS.values() for word in ("--monitor", log)]
    for kind, wanted in (("dsn", both), ("seq", [e for e in both if e["tcp_stream"] == 0])):
        chart = json.loads(execute("mptcp-plot", kind, "--format", "json", "-w", "-", *words, CAPTURE).stdout)
        first = float(json.loads(execute("mptcp-ls", "--json", CAPTURE).stdout)["captures"][0]["first_time"])
        marks = [(round(m["x"], 6), m["label"]) for m in chart["marks"] if "(" in m["label"]]
        told = [(e["time_s"], "%s (%s)" % (e["event"], e["from"])) for e in wanted]
        tap.judge("mptcp-plot %s: %d marks, of %s" % (kind, len(marks), first), [] if len(marks) > 3 and len(marks) == len(told) and all(
            abs(m[0] - t[0]) < 2e-6 and m[1] == t[1] for m, t in zip(sorted(marks), sorted(told))) else [marks, told])
    plain = json.loads(execute("mptcp-plot", "dsn", "--format", "json", "-w", "-", CAPTURE).stdout)["marks"]
    tap.judge("mptcp-plot without logs: none of them", [] if plain and not any("(" in m["label"] for m in plain) else plain)
    done = execute("mptcp-plot", "rate", "--monitor", LOGS["client"], "-w", os.path.join(WORK, "rate.svg"), CAPTURE)
    tap.judge("mptcp-plot rate has no marks", [] if done.returncode == 2 and b"cannot be used with 'rate'" in done.stderr else [done.stderr])
    other = write("other.log", text_of(LOGS["client"]).replace("39c960ba", "39c960bb").replace("10.0.", "10.9."))
    done = execute("mptcp-plot", "dsn", "--monitor", other, "-w", os.path.join(WORK, "dsn.svg"), CAPTURE)
    tap.judge("mptcp-plot, another connection's log", [] if done.returncode == 0 and b"another time or host" in done.stderr else [done.stderr])


def bad_logs(tap):
    text = text_of(LOGS["client"])
    cases = (
        ("another run", re.sub("token=(.)", lambda m: "token=%x" % (int(m[1], 16) ^ 1), text)
         .replace("10.0.", "10.9."), 0, "another time or host"),
        ("cut within a line", text[:-20], 0, "its last line is incomplete"),
        ("nothing that is known", "[UNKNOWN 15]\n", 0, "no event of a connection"),
        ("no log", "hello\nworld\n", 3, "has no line that \"ip mptcp monitor\" prints"),
        ("bytes", "\x00\x01[\n[]\n[CREATED\n[ESTABLISHED] token=\n[CLOSED] token=zz remid=9999999999999\n", 0,
         "no event of a connection"),
    )
    for name, content, status, words in cases:
        log = write("bad.log", content)
        done = execute("mptcp-events", "--monitor", log, CAPTURE)
        said = [line for line in done.stderr.decode().splitlines() if log in line]
        tap.judge("bad log, %s: exit status" % name, [] if done.returncode == status else [done.returncode])
        tap.judge("bad log, %s: one line that says so" % name, [] if len(said) == 1 and words in said[0] else said)
    rest = random.Random(1)
    for number in range(60):
        octets = bytearray(text.encode())
        for _ in range(rest.choice((1, 5, 40))):
            at = rest.randrange(len(octets))
            octets[at:at + rest.randrange(3)] = rest.randbytes(rest.randrange(4))
        path = os.path.join(WORK, "mutant.log")
        with open(path, "wb") as file:
            file.write(octets)
        done = execute("mptcp-events", "--json", "--monitor", path, CAPTURE)
        fine = done.returncode in (0, 3) and (done.returncode or json.loads(done.stdout))
        tap.judge("a log with other octets, %d" % number, [] if fine else [done.returncode, done.stderr, bytes(octets)])
    done = execute("mptcp-events", "--monitor", "/nonexistent", CAPTURE)
    tap.judge("no such log", [] if done.returncode == 3 and b"/nonexistent" in done.stderr else [done.stderr])


def main():
    tap = Tap()
    if os.path.isdir(SHARED):
        recorded(tap)
    else:
        tap.skip("recordings", "no " + SHARED)
    times(tap)
    other_versions(tap)
    other_clocks(tap)
    one_sided(tap)
    checked(tap)
    plotted(tap)
    bad_logs(tap)
    tap.finish()


need_tshark()
read_natively()
main()
