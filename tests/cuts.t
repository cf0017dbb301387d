#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mptcp-check may not do, over all captures there are and over cuts of them.

- No verdict of certainty "proven" becomes another such verdict when the capture is cut: to one direction, one
  interface, one subflow, to a part of its packets, or to a part of each packet (cut_captures.py).
- No verdict contradicts a rule printed below it, what mptcp-ls and mptcp-events say, or its own certainty (each
  rule_... below says what).

With ALL=1 in the environment there are more cuts of more captures, and mptcp-events is asked about them, too; without
it they are: of captures of up to BIG packets, of the client's if there are those of both ends, none of the same traffic
in another form, and few of captures that have fragments or rare kinds of links. All are read natively, where that can be
(readers.t compares it with tshark).
"""

import collections
import contextlib
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile

import cut_captures
from causes import known_causes, words_of
from tap import SHARED, TSHARK, Failed, Tap, execute, in_processes, need_tshark, read_natively

ALL = os.environ.get("ALL", "0") not in ("", "0")
PLACES = ("testdata/captures", "testdata/check", "testdata/synthetic",
          *("%s/%s" % (SHARED, name) for name in ("lab", "reports", "packetdrill", "wild", "truth")))
PAIRS = (("-client", "-server"), ("/client", "/server"))
BIG = 3000  # packets
SNAPLENS = (60, 66, 74, 80, 90, 100) if ALL else (74, 80)
SAME = re.compile("synthetic/(byte-order|fault|ip|link|time)")  # the same traffic in another form, and damaged files
FOR_ODD = ("from the clients", "from the servers", "first two thirds")  # of captures that are not plain
SUBFLOWS = 20 if ALL else 2

REASONS = {"unspecified", "mptcp_error", "lack_of_resources", "prohibited", "too_much_data", "bad_performance",
           "middlebox"}
CAUSES = {question: words_of(question) for question in known_causes() if question != "kernel"}
CERTAINTIES = ("proven", "likely", "unknown")


# ---- What one run says of a capture -------------------------------------------------------------------------------

class Said:
    """The documents of one capture, or of one and that of the other end, by connection."""

    def __init__(self, check, ls, events=None):
        self.check, self.ls = check, ls
        self.connections = {row["id"]: row for row in ls["connections"]}
        self.events = events["events"] if events else None
        self.verdicts = check["verdicts"]

    def of(self, connection, question):
        return [v for v in self.verdicts if v["connection"] == connection and v["question"] == question]


def certainty(verdict):
    return verdict.get("certainty")


def causes(verdicts, wanted=CERTAINTIES):
    return {v["cause"] for v in verdicts if certainty(v) in wanted}


# ---- A cut says nothing else ----------------------------------------------------------------------------------------

def client_of(flow):
    return cut_captures.side(flow, "client")


def server_of(flow):
    return cut_captures.side(flow, "server")


def find_whole(said, connection):
    """[(connection of the whole capture, are client and server the other way round?)] that this one of a cut is."""
    flow = connection["subflows"][0]
    ends = client_of(flow), server_of(flow)
    found = []
    for other in said.connections.values():
        for k, its in enumerate(other["subflows"]):
            if {client_of(its), server_of(its)} == set(ends):
                found.append((k > 0, other["id"], client_of(its) == ends[1]))
    initial = [row for row in found if not row[0]]
    return [row[1:] for row in initial or found]


def turned(cause):
    ends = {"_client": "_server", "_server": "_client"}
    return re.sub("_client$|_server$", lambda end: ends[end.group()], cause)


def differences(full, cut):
    """(question, what is wrong) of each proven verdict of a cut that the whole capture does not bear out."""
    for connection in cut.connections.values():
        whole = find_whole(full, connection)
        for question in CAUSES if whole else ():
            if question == "limit":  # what took the most time of a part
                continue
            said = [v for number, _ in whole for v in full.of(number, question)]
            proven = causes(cut.of(connection["id"], question), ("proven",))
            if all(other_way for _, other_way in whole):
                proven = set(map(turned, proven))
            if not said and any(len(full.connections[number]["subflows"]) > 1 for number, _ in whole):
                proven.discard("one_interface")  # so it is
            if "aggregating" not in causes(said) and not causes(said, ("proven",)) - {"one_at_a_time"}:
                proven.discard("aggregating")  # how the bytes that are captured were shared; of a part, otherwise
            if proven and "more" not in causes(said):
                wrong = judge_difference(said, proven)
                if wrong:
                    yield "connection %d, %s: %s" % (whole[0][0], question, wrong)


def judge_difference(said, proven):
    """said: the verdicts of the whole capture; proven: causes in the cut."""
    sure, likely = causes(said, ("proven",)), causes(said, ("likely",))
    if sure:
        how, known = "proven", sure
    elif said:
        how = "likely" if likely else "unknown"
        known = causes(said) | {word for v in said for word in v["alternatives"]}
    else:
        how, known = "not asked", set()
    if proven <= known:
        return None
    return "%s (%s) -> %s (proven)" % ("/".join(sorted(causes(said))) or "none", how, "/".join(sorted(proven - known)))


# ---- A verdict contradicts nothing ----------------------------------------------------------------------------------

# What holds for a rule that has no row: those of version 1 for a connection of version 0.
NOT_CHECKED = {"result": "not_checked", "text": "", "frames": [], "count": 0, "checked": 0, "unchecked": 0}


class Case:
    """One connection, as the rules of contradiction ask about it."""

    def __init__(self, said, connection):
        self.said, self.connection = said, said.connections[connection]
        self.rules = collections.defaultdict(lambda: NOT_CHECKED)
        self.rules.update((row["rule"], row) for row in said.check["checks"] if row["connection"] == connection)
        self.events = None
        if said.events is not None:
            self.events = [e for e in said.events if e["connection"] == connection]
        self.pair = len(said.check["captures"]) > 1

    def verdicts(self, question):
        return self.said.of(self.connection["id"], question)

    def cause(self, question):
        return next((v["cause"] for v in self.verdicts(question)), None)

    def violated(self, rule, pattern=""):
        row = self.rules[rule]
        return row["result"] == "violated" and re.search(pattern, row["text"]) is not None

    def frames(self, rule):
        return set(self.rules[rule]["frames"]) if self.violated(rule) else set()

    def happened(self, *names, **detail):
        return [e for e in self.events or () if e["event"] in names and
                all(e["detail"].get(key) == value for key, value in detail.items())]

    def at(self, verdict, *names):
        return [e for e in self.happened(*names) if e["frame"] in verdict["frames"]]


def rule_one_each(c):
    """Of each question one verdict, but of resets; one of the closing; of one question out of two."""
    for question in CAUSES:
        if question != "reset" and len(c.verdicts(question)) > 1:
            yield "%d verdicts of %s" % (len(c.verdicts(question)), question)
    if not c.verdicts("close"):
        yield "no verdict of close"
    if c.verdicts("single_subflow") and c.verdicts("aggregation"):
        yield "single_subflow and aggregation"


def rule_certainty(c):
    for question, words in CAUSES.items():
        for v in c.verdicts(question):
            if v["cause"] not in known_causes()[question]:
                yield "%s: an unknown cause %s" % (question, v["cause"])
            if "certainty" in v:
                for wrong in judge_certainty(v, words):
                    yield "%s %s: %s" % (question, v["cause"], wrong)


def judge_certainty(v, words):
    how, others, text = v["certainty"], v["alternatives"], v["answer"].lower()
    if how not in CERTAINTIES:
        yield "certainty %r" % how
    if ("probably" in text) != (how == "likely"):
        yield "%s: %s" % (how, v["answer"])
    if ("the capture does not tell" in text) != (how == "unknown"):
        yield "%s: %s" % (how, v["answer"])
    if how == "proven" and others:
        yield "proven, with alternatives %s" % others
    if how == "likely" and not others:
        yield "likely, without an alternative"
    if v["cause"] in others or len(set(others)) != len(others) or not set(others) <= words:
        yield "alternatives %s" % others


def rule_ls_state(c):
    """mptcp-ls knows of the fallback, and of the same; so does the event."""
    cause, state = c.cause("fallback"), c.connection["state"]
    if (cause is not None) != (state == "fallback"):
        yield "fallback %s, mptcp-ls: state %s" % (cause, state)
    elif cause and cause != c.connection["fallback_cause"] and not (
            c.pair and cause in ("middlebox", "options_lost_one_way")):
        yield "fallback %s, mptcp-ls: %s" % (cause, c.connection["fallback_cause"])
    told = {e["detail"].get("cause") for e in c.happened("fallback")}
    if c.events is not None and told != ({c.connection["fallback_cause"]} if state == "fallback" else set()):
        yield "state %s, cause %s; events: %s" % (state, c.connection["fallback_cause"], sorted(map(str, told)))
    if cause == "middlebox" and not c.violated("options_intact"):
        yield "middlebox, and options_intact is not violated"


def rule_ls_close(c):
    """mptcp-ls says how it ended in the capture; the verdict may know that this is not all, or was forged."""
    cause, close = c.cause("close"), c.connection["close"]
    forged = cause == "open" and "forged" in {v["cause"] for v in c.verdicts("reset")}
    if cause not in (close, "not_captured", "data_fin_unacked") and not c.pair and not forged:
        yield "close %s, mptcp-ls: %s" % (cause, close)
    if cause == "data_fin_unacked" and close == "data_fin":
        yield "close data_fin_unacked, mptcp-ls: data_fin"
    if c.connection["state"] == "refused" and cause != "refused":
        yield "close %s, mptcp-ls: state refused" % cause


def rule_data_fin(c):
    """Closed by DATA_FINs: both ends sent one that was acknowledged, with the data before it."""
    cause = c.cause("close")
    if cause == "data_fin":
        for rule in ("data_fin_acked", "data_ack_progress"):
            if c.violated(rule):
                yield "close data_fin, and %s: %s" % (rule, c.rules[rule]["text"])
        ends = {e["from"] for e in c.happened("data_fin")}
        if c.events is not None and ends != {"client", "server"}:
            yield "close data_fin, events: DATA_FIN of %s" % sorted(ends)
        if c.connection["state"] == "fallback":
            yield "close data_fin of a fallback"
    if cause == "data_fin_unacked" and c.rules["data_fin_acked"]["result"] == "ok":
        yield "close data_fin_unacked, and data_fin_acked is ok"


def rule_fastclose(c):
    """Aborted by a FASTCLOSE with the right key, of the host that is named; and said as a reset, too."""
    wrong, aborted = c.frames("fastclose_key"), False
    for question in ("reset", "close"):
        for v in c.verdicts(question):
            if not v["cause"].startswith("fastclose"):
                continue
            aborted |= question == "reset"
            if v["frames"] and set(v["frames"]) <= wrong:
                yield "%s %s at frames %s, which have a wrong key" % (question, v["cause"], v["frames"])
            end = v["cause"].partition("_")[2]
            if c.events is not None and not [e for e in c.happened("fastclose") if end in ("", e["from"])]:
                yield "%s %s, and no such event" % (question, v["cause"])
    if c.cause("close") in ("fastclose_client", "fastclose_server") and not aborted:
        yield "close %s, and no reset says so" % c.cause("close")
    if aborted and not c.cause("close").startswith("fastclose"):
        yield "reset fastclose, close %s" % c.cause("close")


def rule_mp_fail(c):
    """MP_FAIL only with one, infinite_mapping only without."""
    told = bool(c.happened("mp_fail"))
    for question in ("fallback", "reset"):
        if c.events is not None and c.cause(question) == "mp_fail" and not told:
            yield "%s mp_fail without MP_FAIL" % question
    if c.cause("fallback") == "infinite_mapping" and told:
        yield "infinite_mapping with MP_FAIL"


def rule_capable(c):
    """An option that has to be ignored is not missing."""
    cause = c.cause("fallback")
    ignored = c.violated("capable_flags", "flag [HB]") or c.violated("version_negotiation")
    if cause in ("no_option_in_synack", "no_option_in_ack", "no_option_in_data") and ignored:
        yield "%s, and %s" % (cause, " / ".join(c.rules[rule]["text"] for rule in (
            "capable_flags", "version_negotiation") if c.violated(rule)))
    flaws = ("capable_flags", "version_negotiation", "option_length", "key_echo")
    if cause == "bad_capable" and not any(map(c.violated, flaws)):
        yield "bad_capable, and none of %s" % ", ".join(flaws)
    answered = [e for e in c.happened("connection_synack") if e["detail"].get("version") is not None]
    if cause in ("no_option_in_synack", "plain_syn_retry") and answered:
        yield "%s, and frame %d has it" % (cause, answered[0]["frame"])
    if cause == "no_option_in_ack" and c.happened("connection_established"):
        yield "no_option_in_ack, and connection_established"


def rule_lost_options(c):
    """After a fallback in the middle no mapping is missing."""
    cause = c.cause("fallback")
    if cause and c.violated("data_mapped"):
        yield "fallback %s, and data_mapped: %s" % (cause, c.rules["data_mapped"]["text"])


def of_other_capture(c):
    """It rests on a join, or an address, that the first capture has not; the rules are of the first."""
    return any(v["answer"].startswith("In the other capture: ") for v in c.verdicts("single_subflow"))


def rule_joins(c):
    """What is said of a join, or of none."""
    cause = c.cause("single_subflow")
    if not cause or of_other_capture(c):
        return
    tried = sum(1 for flow in c.connection["subflows"][1:])
    wrong = c.violated("join_hmac_synack") or c.violated("join_hmac_ack")
    if cause == "join_hmac_wrong" and not wrong:
        yield "join_hmac_wrong, and no join_hmac rule is violated"
    if wrong and tried == 1 and cause not in ("join_hmac_wrong", "too_short"):
        yield "%s, and a HMAC of the join is wrong" % cause
    if (cause.startswith("join_") or cause in ("subflow_limit", "wrong_interface")) and not tried:
        yield "%s without a join" % cause
    if cause in ("no_address_known", "joins_forbidden", "add_addr_not_echoed", "add_addr_changed", "add_addr_not_used",
                 "add_addr_bad_hmac") and tried:
        yield "%s, and there is a join" % cause
    if cause == "no_address_known" and c.happened("add_addr"):
        yield "no_address_known, and ADD_ADDR in frame %d" % c.happened("add_addr")[0]["frame"]
    if cause == "removed" and c.events is not None and not c.happened("remove_addr"):
        yield "removed without REMOVE_ADDR"
    answers = c.at(c.verdicts("single_subflow")[0], "join_refused", "tcp_reset")
    reasons = {e["detail"].get("reason") for e in answers}
    if c.events is not None and cause in ("join_refused", "subflow_limit") and not answers:
        yield "%s, and none of its frames is an RST" % cause
    if cause == "subflow_limit" and c.events is not None and 2 not in reasons:
        yield "subflow_limit, reasons %s" % sorted(map(str, reasons))


def rule_announcements(c):
    cause = c.cause("single_subflow")
    if not (cause or "").startswith("add_addr_") or of_other_capture(c):
        return
    frame = set(c.verdicts("single_subflow")[0]["frames"])
    unechoed, forged = c.frames("add_addr_echo"), c.frames("add_addr_hmac")
    if cause == "add_addr_not_echoed" and not unechoed:
        yield "add_addr_not_echoed, and add_addr_echo is %s" % c.rules["add_addr_echo"]["result"]
    if cause == "add_addr_not_used" and frame & unechoed:
        yield "add_addr_not_used, and add_addr_echo: %s" % c.rules["add_addr_echo"]["text"]
    if cause != "add_addr_bad_hmac" and frame & forged:
        yield "%s, and add_addr_hmac: %s" % (cause, c.rules["add_addr_hmac"]["text"])
    if cause == "add_addr_bad_hmac" and not frame & forged:
        yield "add_addr_bad_hmac at frames %s, add_addr_hmac at %s" % (sorted(frame), sorted(forged))


def rule_resets(c):
    """The reason is that of the frame; what was forged is not whose it seems."""
    for v in c.verdicts("reset"):
        resets = c.at(v, "tcp_reset", "join_refused", "connection_refused")
        names = {e["detail"].get("reason_name") for e in resets}
        numbers = {e["detail"].get("reason") for e in resets}
        if c.events is None or v["cause"] in ("more", "fastclose", "mp_fail", "forged", "bad_join", "not_captured"):
            continue
        if not resets:
            yield "reset %s at frames %s, which are no RST" % (v["cause"], v["frames"])
        elif v["cause"] == "no_reason" and numbers != {None}:
            yield "no_reason, and reason %s at frames %s" % (sorted(map(str, numbers)), v["frames"])
        elif v["cause"] == "unknown_reason" and not set(v["frames"]) & c.frames("reset_reason"):
            yield "unknown_reason, and reset_reason is %s there" % c.rules["reset_reason"]["result"]
        elif v["cause"] in REASONS and names != {v["cause"]}:
            yield "%s, and reason %s at frames %s" % (v["cause"], sorted(map(str, names)), v["frames"])
    forged = {frame for v in c.verdicts("reset") if v["cause"] == "forged" for frame in v["frames"]}
    for v in c.verdicts("close"):
        if v["cause"] in ("reset_client", "reset_server") and v["frames"] and set(v["frames"]) <= forged:
            yield "close %s by a RST that is forged" % v["cause"]
        if v["cause"] in ("reset_client", "reset_server") and c.happened("connection_established") and not (
                c.verdicts("reset")):
            yield "close %s, and no reset" % v["cause"]


def rule_stalls(c):
    for v in c.verdicts("aggregation"):
        if v["cause"] != "stalled" or c.events is None or "of the other capture" in v["answer"]:
            continue  # or it rests on events that mptcp-events has of the other one
        for stall in c.at(v, "stalled"):
            later = [e for e in c.happened("recovered") if e["tcp_stream"] == stall["tcp_stream"] and
                     e["from"] == stall["from"] and e["time_s"] >= stall["time_s"]]
            if later:
                yield "stalled, and recovered in frame %d" % later[0]["frame"]
        if not c.at(v, "stalled"):
            yield "stalled at frames %s, and no such event" % v["frames"]
    if c.cause("aggregation") == "backup" and c.events is not None:
        asked = [e for e in c.happened("priority", "join_syn", "join_synack") if e["detail"].get("backup")]
        if not asked and not any(flow["backup"] for flow in c.connection["subflows"]):
            yield "backup, and nobody asked for that"


def rule_versions(c):
    """Rules of version 1 are not applied to what is not known to be version 1."""
    for rule in ("add_addr_hmac", "add_addr_echo", "reset_reason", "reset_reconnect"):
        if c.connection["version"] != 1 and c.rules[rule]["result"] != "not_checked":
            yield "version %s, and %s is %s" % (c.connection["version"], rule, c.rules[rule]["result"])


def rule_counters(c):
    """What is ignored is not counted (files of one connection)."""
    if len(c.said.connections) > 1 or c.pair:
        return
    for rule, counter in (("add_addr_hmac", "AddAddr"), ("fastclose_key", "MPFastcloseRx")):
        row = c.rules[rule]
        counted = sum(c.said.check["counters"][end].get(counter) or 0 for end in ("client", "server"))
        if row["result"] == "violated" and row["count"] == row["checked"] and not row["unchecked"] and counted:
            yield "%s: %s; %s is %d" % (rule, row["text"], counter, counted)


RULES = [value for name, value in sorted(globals().items()) if name.startswith("rule_")]


def contradictions(said):
    for connection in said.connections:
        case = Case(said, connection)
        for rule in RULES:
            for wrong in rule(case):
                yield "connection %d, %s" % (connection, wrong)
    warnings = [document["captures"][0]["warnings"] for document in (said.check, said.ls)]
    if warnings[0] != warnings[1]:
        yield "warnings %s, those of mptcp-ls: %s" % tuple(warnings)


# ---- Running it -----------------------------------------------------------------------------------------------------

def run(command, *args):
    """The document, or None where the capture cannot be read."""
    done = execute(command, "-q", "--json", *args)
    if done.returncode == 3:
        return None
    if done.returncode:
        raise Failed("%s %s: exit status %d: %s" % (command, " ".join(args), done.returncode,
                                                     done.stderr.decode(errors="replace")[-300:]))
    return json.loads(done.stdout)


def ask(path, *options, events=True):
    """All that is asked about a capture."""
    documents = [run("mptcp-check", *options, path)]
    options = [word for word in options if word != "--no-payload" and not word.startswith("-j")]
    documents += [run(command, *options, path) for command in ("mptcp-ls", "mptcp-events")[:1 + events]]
    return Said(*documents) if all(documents) else None


class Outcome:
    """What became of one capture."""

    def __init__(self, name):
        self.name, self.skip, self.packets, self.cuts, self.certain = name, None, 0, 0, False
        self.failed, self.changed, self.contradicting = [], [], []
        self.verdicts, self.pairs = 0, 0


class Batch:
    """The captures of two ends, or one; work: a directory for files."""

    def __init__(self, names, work):
        self.names, self.work = names, work

    def outcomes(self):
        outcomes = [Outcome(name) for name in self.names]
        captures = []
        for outcome in outcomes:
            try:
                capture = cut_captures.Capture(outcome.name)
                outcome.packets = len(capture.records)
                captures.append(capture if capture.records else None)
            except cut_captures.Unreadable as error:
                outcome.skip = str(error)
                captures.append(None)
        wholes = [self.whole(outcome) for outcome in outcomes]
        at = dict(zip(self.names, captures))
        for outcome, said in zip(outcomes, wholes):
            if said and at[outcome.name] and at.get(other_end(outcome.name)):
                with guard(outcome):
                    self.pair(outcome, said)
        for outcome, capture, said in zip(outcomes, captures, wholes):
            for cut in self.cuts_of(capture, said):
                outcome.cuts += 1
                with guard(outcome):
                    self.judge_cut(outcome, said, cut)
        return outcomes

    def whole(self, outcome):
        """What is said of the whole capture, and whether that makes sense."""
        said = None
        with guard(outcome):
            said = ask(outcome.name)
            if said is None:
                outcome.skip = outcome.skip or "cannot be read"
                return None
            outcome.verdicts = len(said.verdicts)
            outcome.certain = any("certainty" in v for v in said.verdicts)
            outcome.contradicting += contradictions(said)
        return said

    def pair(self, outcome, said):
        """The same capture with that of the other end."""
        other = other_end(outcome.name)
        both = run("mptcp-check", "-j1", outcome.name, other)
        if both is None:
            return  # they cannot be paired
        both = Said(both, said.ls, {"events": said.events})
        outcome.contradicting += ["with %s: %s" % (other, wrong) for wrong in contradictions(both)]
        outcome.pairs += 1

    def cuts_of(self, capture, said):
        if not capture or not said or not said.verdicts:
            return []
        if not ALL and (len(capture.records) > BIG or SAME.search(capture.path) or
                        any(other_end(name) == capture.path for name in self.names)):
            return []
        cuts = every_cut(capture, said, SNAPLENS)
        return cuts if ALL or capture.is_plain() else [cut for cut in cuts if cut.name in FOR_ODD]

    def judge_cut(self, outcome, full, cut):
        path, cache = (os.path.join(self.work, name) for name in ("cut", "cache"))
        cut.write(path)
        said = ask(path, "-j1", "--cache-dir", cache, "--no-payload", events=ALL)
        shutil.rmtree(cache, ignore_errors=True)
        if said is None:
            raise Failed("%s: cannot be read" % cut.name)
        outcome.changed += ["%s: %s" % (cut.name, wrong) for wrong in differences(full, said)]
        outcome.contradicting += ["%s: %s" % (cut.name, wrong) for wrong in contradictions(said)]


def every_cut(capture, said, lengths):
    """But none that has the same packets as another, or of these all headers."""
    ends = [headers and headers[:2] for headers in capture.all_headers]
    whole = [headers and headers[2] for headers in capture.all_headers]
    kept, seen = [], [tuple(range(len(capture.records))), whole]
    for cut in (*cut_captures.directions(capture, ends, said.ls["connections"]), *cut_captures.interfaces(capture),
                *cut_captures.subflows(capture, ends, said.ls["connections"], SUBFLOWS),
                *cut_captures.thirds(capture), *cut_captures.snaplens(capture, lengths)):
        what = cut.headers_left() if cut.snaplen else tuple(cut.picks)
        if cut.picks and (ALL and cut.snaplen or what not in seen):
            kept.append(cut)
            seen.append(what)
    return kept


@contextlib.contextmanager
def guard(outcome):
    try:
        yield
    except (Failed, subprocess.CalledProcessError, ValueError) as error:
        outcome.failed.append("%s: %s" % (type(error).__name__, error))


def other_end(name):
    """The capture of the server, for that of the client."""
    for client, server in PAIRS:
        head, found, tail = name.rpartition(client + ".")
        if found:
            return head + server + "." + tail
    return None


# ---- The tests ------------------------------------------------------------------------------------------------------

def found(place):
    names = sorted(name for name in glob.glob(place + "/**", recursive=True)
                   if re.search(r"\.(pcap|pcapng)(\.gz)?$", name))
    return names


def batches(names):
    """Those of two ends together."""
    servers = {other_end(name): name for name in names if other_end(name) in names}
    for name in names:
        if name not in servers:
            yield [name, *(server for server, client in servers.items() if client == name)]


def work_on(names):
    with tempfile.TemporaryDirectory() as work:
        return Batch(names, work).outcomes()


def report(tap, outcome):
    if outcome.skip and not outcome.verdicts and not outcome.failed:
        tap.skip(outcome.name, outcome.skip)
        return
    tap.judge("%s: no contradiction (%d verdicts, %d cuts%s)" % (
        outcome.name, outcome.verdicts, outcome.cuts, ", both ends" if outcome.pairs else ""),
        outcome.failed + outcome.contradicting)
    if outcome.verdicts and not outcome.certain:
        tap.skip(outcome.name + ": cut", "its verdicts have no certainty")
    elif outcome.cuts:
        tap.judge("%s: nothing proven becomes another by %d cuts" % (outcome.name, outcome.cuts), outcome.changed)


# ---- That the test can fail -----------------------------------------------------------------------------------------

# Which packets a cut has, of what tshark says of the whole.
RIGHT = (
    ("testdata/captures/two-paths-client.pcapng", "from the clients",
     lambda p, n: p["ip.src"] in ("10.0.1.1", "10.0.2.1") and p["tcp.dstport"] == "5001", None),
    ("testdata/captures/two-paths-client.pcapng", "from the servers",
     lambda p, n: p["ip.src"] == "10.0.1.2" and p["tcp.srcport"] == "5001", None),
    ("testdata/captures/two-paths-client.pcapng", "interface 1", lambda p, n: p["frame.interface_id"] == "1", None),
    ("testdata/captures/two-paths-client.pcapng", "tcp 1", lambda p, n: p["tcp.stream"] == "1", None),
    ("testdata/captures/two-paths-client.pcapng", "last third", lambda p, n: int(p["frame.number"]) > 2 * n // 3, None),
    ("testdata/captures/two-paths-client.pcapng", "snaplen 74", lambda p, n: True, 74),
    ("testdata/synthetic/byte-order-big-endian.pcap", "first third", lambda p, n: int(p["frame.number"]) <= n // 3,
     None),
    ("testdata/synthetic/time-nanoseconds.pcap", "first two thirds",
     lambda p, n: int(p["frame.number"]) <= 2 * n // 3, None),
    ("testdata/synthetic/link-ethernet.pcap.gz", "snaplen 60", lambda p, n: True, 60),
)
FIELDS = ("frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_id", "ip.src", "tcp.srcport",
          "tcp.dstport", "tcp.seq", "tcp.stream", "frame.number")
KEPT = 8  # of the fields; the others are counted anew


def packets_of(path):
    argv = [TSHARK, "-n", "-o", "tcp.relative_sequence_numbers:FALSE", "-r", path, "-T", "fields"]
    said = subprocess.run(argv + [word for field in FIELDS for word in ("-e", field)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    return [dict(zip(FIELDS, line.split("\t"))) for line in said.stdout.decode().splitlines()]


def all_cuts(name):
    return {cut.name: cut for cut in every_cut(cut_captures.Capture(name), ask(name), (60, 74))}


def cutting_errors(work):
    for name in sorted({row[0] for row in RIGHT}):
        full, cuts = packets_of(name), all_cuts(name)
        for _, which, belongs, snaplen in (row for row in RIGHT if row[0] == name):
            if which not in cuts:
                yield "%s, %s: there is none" % (name, which)
                continue
            path = os.path.join(work, "right" + os.path.splitext(name.replace(".gz", ""))[1])
            cuts[which].write(path)
            wanted = [[p[field] for field in FIELDS[:KEPT]] for p in full if belongs(p, len(full))]
            if snaplen:
                wanted = [[row[0], str(min(snaplen, int(row[1]))), *row[2:]] for row in wanted]
            got = [[p[field] for field in FIELDS[:KEPT]] for p in packets_of(path)]
            if got != wanted or not got or len(got) == len(full) and not snaplen:
                yield "%s, %s: %d packets of %d, expected %d" % (name, which, len(got), len(full), len(wanted))


def verdict(question, cause, how="proven", others=(), frames=()):
    text = {"proven": "So it is.", "likely": "Probably.", "unknown": "The capture does not tell."}[how]
    return {"connection": 0, "question": question, "cause": cause, "certainty": how, "alternatives": list(others),
            "answer": text, "frames": list(frames)}


def made_up(verdicts, rules=(), events=(), subflows=1, **connection):
    """What might be said of one. rules: {name: (result, text, frames)}, events: (name, frame, from, detail)."""
    flows = [{"tcp_stream": k, "client_address": "10.0.%d.1" % k, "client_port": 1, "server_address": "10.0.0.2",
              "server_port": 2, "opened_by": "client", "backup": False} for k in range(subflows)]
    known = {"id": 0, "state": "established", "fallback_cause": None, "close": "data_fin", "version": 1,
             "subflows": flows, **connection}
    rows = [{"connection": 0, "rule": name, "result": result, "text": text, "frames": frames, "count": len(frames),
             "checked": 1, "unchecked": 0} for name, (result, text, frames) in dict(rules).items()]
    capture = [{"warnings": []}]
    if not any(v["question"] == "close" for v in verdicts):
        verdicts = [*verdicts, verdict("close", known["close"])]
    if known["close"] == "data_fin":
        events = [*events, ("data_fin", 8, "client", {}), ("data_fin", 9, "server", {})]
    return Said({"verdicts": verdicts, "checks": rows, "captures": capture,
                 "counters": {"client": {"AddAddr": 1, "MPFastcloseRx": 0}, "server": {}}},
                {"connections": [known], "captures": capture, "tool": ""},
                {"events": [{"connection": 0, "event": name, "frame": frame, "from": end, "detail": detail,
                             "tcp_stream": 0, "time_s": frame} for name, frame, end, detail in events]})


# A whole capture's verdicts of a question, those of a cut, and whether that is wrong.
ANSWERS = (
    ([("proven", "fin", ())], [("proven", "fin", ())], False),
    ([("proven", "fin", ())], [("proven", "data_fin", ())], True),
    ([("proven", "fin", ())], [("likely", "data_fin", ("fin",))], False),
    ([("likely", "fin", ("data_fin",))], [("proven", "data_fin", ())], False),
    ([("likely", "fin", ("data_fin",))], [("proven", "refused", ())], True),
    ([("unknown", "not_captured", ())], [("proven", "refused", ())], True),
    ([], [("proven", "refused", ())], True),
    ([("proven", "reset_client", ())], [("unknown", "not_captured", ())], False),
)
HMAC = ("violated", "the HMAC does not follow", [5])
FALLBACK = {"state": "fallback", "fallback_cause": "no_option_in_synack", "close": "fin"}
FELL = [("fallback", 3, "server", {"cause": "no_option_in_synack"})]
# What each rule has to object to.
SPOILT = {
    rule_one_each: made_up([verdict("reset", "more"), verdict("aggregation", "rtt"), verdict("aggregation", "rtt")]),
    rule_certainty: made_up([verdict("reset", "forged", "proven", ["fastclose"])]),
    rule_ls_state: made_up([verdict("fallback", "no_option_in_synack")]),
    rule_ls_close: made_up([verdict("close", "fin")]),
    rule_data_fin: made_up([], {"data_fin_acked": ("violated", "never", [8])}),
    rule_fastclose: made_up([verdict("reset", "fastclose", frames=[5])], {"fastclose_key": HMAC},
                            [("fastclose", 5, "client", {})], close="fastclose_client"),
    rule_mp_fail: made_up([verdict("reset", "mp_fail")]),
    rule_capable: made_up([verdict("fallback", "no_option_in_synack")],
                          {"capable_flags": ("violated", "the SYN/ACK has flag B", [3])}, FELL, **FALLBACK),
    rule_lost_options: made_up([verdict("fallback", "no_option_in_synack")], {"data_mapped": ("violated", "not", [4])},
                               FELL, **FALLBACK),
    rule_joins: made_up([verdict("single_subflow", "join_unanswered")], {"join_hmac_ack": HMAC}, subflows=2),
    rule_announcements: made_up([verdict("single_subflow", "add_addr_not_echoed", frames=[5])],
                                {"add_addr_hmac": HMAC, "add_addr_echo": ("violated", "never", [5])}),
    rule_resets: made_up([verdict("reset", "prohibited", frames=[7])], {},
                         [("tcp_reset", 7, "server", {"reason": 2, "reason_name": "lack_of_resources"})]),
    rule_stalls: made_up([verdict("aggregation", "stalled", frames=[5])], {},
                         [("stalled", 5, "client", {}), ("recovered", 6, "client", {})], 2),
    rule_versions: made_up([], {"add_addr_echo": ("ok", "", [])}, version=None),
    rule_counters: made_up([], {"add_addr_hmac": HMAC}),
}


def judgement_errors():
    """Wrong answers are found, and right ones are none."""
    for full, cut, wrong in ANSWERS:
        said = [made_up([verdict("close", cause, how, others) for how, cause, others in row]) for row in (full, cut)]
        if not full:
            said[0].verdicts.clear()
        if bool(list(differences(*said))) != wrong:
            yield "%s, cut: %s: %s" % (full, cut, "not found" if wrong else "found")
    turned_round = made_up([verdict("close", "fin_server")])
    flow = turned_round.ls["connections"][0]["subflows"][0]
    flow["client_address"], flow["server_address"] = flow["server_address"], flow["client_address"]
    flow["client_port"], flow["server_port"] = flow["server_port"], flow["client_port"]
    if list(differences(made_up([verdict("close", "fin_client")]), turned_round)):
        yield "client and server the other way round: found"
    if list(contradictions(made_up([]))):
        yield "nothing wrong: %s" % list(contradictions(made_up([])))
    for rule in RULES:
        if not list(rule(Case(SPOILT[rule], 0))):
            yield "%s finds nothing" % rule.__name__


need_tshark()
read_natively()
TAP = Tap()
with tempfile.TemporaryDirectory() as top:
    CAPTURES = []
    for PLACE in PLACES:
        if not os.path.isdir(PLACE):
            TAP.skip(PLACE, "not there")
        CAPTURES += found(PLACE)
    TAP.judge("cuts have the packets that they should", cutting_errors(top))
    TAP.judge("what is wrong is found", judgement_errors())
    for OUTCOMES in in_processes(work_on, batches(CAPTURES), chunksize=4):
        for OUTCOME in OUTCOMES:
            report(TAP, OUTCOME)
TAP.finish()
