#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mptcp-events lists against the second computation (reference_events.py); and the tests of events.t that are
made of captures: that what is wrong would be found, and what the labs recorded.
"""

import json
import os
import re

import reference
import reference_events
from tap import ENDS, SHARED, Tap, document, execute, load

CHANGED = "testdata/captures/addr-events-client.pcapng.gz"
LAB = SHARED + "/lab"
RECORDED = ("addr-events", "backup", "checksum", "fallback", "fastclose", "gso", "interactive", "lossy", "many",
            "path-failure", "two-paths")


def order(event):
    return (event["connection"], event["frame"], event["event"], event["from"],
            event["tcp_stream"], event["detail"].get("old_tcp_stream", 0))


def alike(got, wanted):
    if isinstance(wanted, float):
        return isinstance(got, (int, float)) and abs(got - wanted) < 2e-6
    return wanted == "?" or got == wanted


def compare(path, wanted, listed):
    """What is wrong with the events that are listed of a capture; wanted: reference_events.find()."""
    faults = []
    order_of_time = [(e["connection"], e["time_s"]) for e in listed]
    if order_of_time != sorted(order_of_time):
        faults.append("not in order of time")
    got = sorted(listed, key=order)
    wanted = sorted(wanted, key=order)
    name = lambda e: "%(connection)s frame %(frame)s %(event)s from %(from)s" % e
    for what, these, those in (("missing", wanted, got), ("too much", got, wanted)):
        names = [name(e) for e in those]
        faults += [f"{what}: {name(e)}" for e in these if name(e) not in names]
    if faults:
        return faults
    for g, w in zip(got, wanted):
        for key in ("time_s", "tcp_stream"):
            if not alike(g[key], w[key]):
                faults.append(f"{name(w)}: {key} {g[key]!r}, not {w[key]!r}")
        if (g["file"], g["detail"].pop("last_file", None)) != (path, path):
            faults.append(f"{name(w)}: in another file")
        keys = set(g["detail"]) ^ set(w["detail"]) - {"dsn"}
        if keys - {"dsn"}:
            faults.append(f"{name(w)}: has other details: {sorted(keys)}")
        for key, value in w["detail"].items():
            if not alike(g["detail"].get(key), value):
                faults.append(f"{name(w)}: {key} {g['detail'].get(key)!r}, not {value!r}")
    return faults


# --------------------------------------------------- what a lab says happened
# truth.json has the commands given, with times, and the events of the kernels'
# path managers. Each must show, soon after it, and nothing else of its kind.

SOON = 3  # seconds

# The cause, by the capture's end, of what lab/fallback calls "connection N"; None: no fallback.
# A connection that shows that end no MP_CAPABLE is not in the list.
FALLBACKS = {
    "client": {"1": "no_option_in_synack", "3": "no_option_in_synack",
               "4": "no_option_in_synack", "5": "no_option_in_synack",
               "6": "no_option_in_data", "7": None},
    "server": {"1": "no_option_in_synack", "5": "no_option_in_ack", "6": "no_option_in_ack",
               "7": None}}


class Truth:
    def __init__(self, truth, end, listed):
        self.truth, self.end, self.faults = truth, end, []
        start = float(listed["captures"][0]["first_time"])
        self.events = listed["events"]
        for e in self.events:
            e["at"] = start + e["time_s"]
        self.tuples = {}  # (connection, stream): its ends, as (address, port), opener first
        for e in self.events:
            if e["event"] in ("connection_syn", "join_syn"):
                d = e["detail"]
                self.tuples[e["connection"], e["tcp_stream"]] = (
                    (d["source_address"], d["source_port"]),
                    (d["destination_address"], d["destination_port"]))

    def fault(self, text, *values):
        self.faults.append(text % values)

    def pick(self, kind, **wanted):
        """Events of a kind (or of several, "a b") with these properties."""
        return [e for e in self.events if e["event"] in kind.split()
                and all({**e["detail"], **e}.get(key) == value for key, value in wanted.items())]

    def soon(self, action, kind, early=0, **wanted):
        found = [e for e in self.pick(kind, **wanted)
                 if -early <= e["at"] - action["t"] <= SOON]
        if not found:
            self.fault("no %s %s soon after '%s'", kind, wanted, action["what"])
        return found

    # The commands.

    def action(self, action):
        what = action["what"]
        for pattern, check in ((r"(\w+): ip mptcp endpoint add (\S+)(.*)", self.endpoint_added),
                               (r"(\w+): ip mptcp endpoint delete id (\d+)", self.deleted),
                               (r"(\w+): ip mptcp endpoint change id (\d+) \S+ (\w+)",
                                self.changed),
                               (r"(\w+): ip mptcp endpoint flush", self.flushed),
                               (r"connection (\d+): (.*)", self.connection),
                               (r"wire (\w+) cut=1$", self.cut)):
            match = re.fullmatch(pattern, what)
            if match:
                return check(action, *match.groups())
        return None

    def endpoint_added(self, action, end, address, more):
        number = re.search(r"id (\d+)", more)
        port = re.search(r"port (\d+)", more)
        ids = {"address_id": int(number[1])} if number else {}
        if "signal" in more:
            self.soon(action, "add_addr", address=address, port=int(port[1]) if port else None,
                      **{"from": end}, **ids)
        elif "subflow" in more and self.truth["scenario"] != "fallback" \
                and not self.pick("connection_syn", source_address=address, **{"from": end}):
            self.soon(action, "join_syn", source_address=address, **{"from": end}, **ids)

    def deleted(self, action, end, number):
        if not any(int(number) in e["detail"]["address_ids"]
                   for e in self.soon(action, "remove_addr", **{"from": end})):
            self.fault("'%s': another id was removed", action["what"])

    def changed(self, action, end, number, flag):
        self.soon(action, "priority", backup=flag == "backup", **{"from": end})

    def flushed(self, action, end):
        self.soon(action, "remove_addr fin tcp_reset", **{"from": end})

    def connection(self, action, number, what):
        begun = [e for e in self.pick("connection_syn") if e["at"] >= action["t"]]
        if self.truth["scenario"] == "fallback":
            causes = FALLBACKS[self.end]
            if number not in causes:
                return
            found = self.pick("fallback", connection=begun[0]["connection"]) if begun else []
            got = [e["detail"]["cause"] for e in found]
            if not begun or got != ([causes[number]] if causes[number] else []):
                self.fault("'%s': fallback %s", action["what"], got)
        elif "SO_LINGER" in what or "unread" in what:
            self.soon(action, "fastclose", **{"from": what.split()[0]})
        elif "joins are refused" in what:
            for e in self.soon(action, "tcp_reset join_refused", **{"from": "server"}):
                if e["detail"]["reason_name"] is None:
                    self.fault("'%s': without a reason", action["what"])

    def cut(self, action, wire):
        """The sender of data sees it: the subflow of that path stalls, since the
        last acknowledgment before that, until the path is mended."""
        if self.end != "client":
            return
        addresses = next(p["client"] for p in self.truth["paths"] if p["name"] == wire)
        stalls = [e for e in self.soon(action, "stalled", early=0.2)
                  if self.tuples[e["connection"], e["tcp_stream"]][0][0] in addresses]
        if not stalls:
            self.fault("no stall on '%s'", wire)
        for stall in stalls:
            over = self.soon(action, "handover", old_tcp_stream=stall["tcp_stream"])
            for e in over:
                if not 100 < e["detail"]["gap_ms"] < 3000 or not e["detail"]["reinjected_bytes"] \
                        or e["tcp_stream"] == stall["tcp_stream"] or e["at"] < stall["at"]:
                    self.fault("odd handover: %s", e)
            mended = any(a["what"] == f"wire {wire} cut=0" for a in self.truth["events"])
            if bool(self.pick("recovered", tcp_stream=stall["tcp_stream"])) != mended:
                self.fault("'%s' recovered, or did not", wire)

    # The path managers.

    def stream_of(self, told):
        """(connection, stream) of the addresses and ports that an event names."""
        plain_ = lambda a: a[7:] if a.startswith("::ffff:") else a
        here = tuple(plain_(told.get(k + "4") or told.get(k + "6", "")) for k in ("saddr", "daddr"))
        ends = ((here[0], int(told["sport"])), (here[1], int(told["dport"])))
        for key, pair in self.tuples.items():
            if pair in (ends, ends[::-1]):
                return key
        return None

    def path_manager(self, end):
        other = "client" if end == "server" else "server"
        told = self.truth["path_manager_events"].get(end, [])
        connections, counts = {}, {}
        for event in told:
            kind = event["event"]
            if kind == "CREATED":
                found = self.stream_of(event)
                if not found:
                    self.fault("%s: no connection like %s", end, event)
                else:
                    connections[event["token"]] = found[0]
        for event in told:
            kind, c = event["event"], connections.get(event["token"])
            if c is None:
                continue
            counts[kind] = counts.get(kind, 0) + 1
            stream = self.stream_of(event)[1] if "sport" in event and "dport" in event else None
            fine = {"CREATED": lambda: True, "CLOSED": lambda: True,
                    "ESTABLISHED": lambda: self.pick("connection_established", connection=c),
                    "SF_ESTABLISHED": lambda: self.joined(c, stream, end, event),
                    "SF_CLOSED": lambda: self.pick("fin tcp_reset", connection=c,
                                                   tcp_stream=stream),
                    "SF_PRIO": lambda: self.pick("priority", connection=c, tcp_stream=stream,
                                                 backup=event["backup"] == "1",
                                                 **{"from": other}),
                    "ANNOUNCED": lambda: [
                        e for e in self.pick("add_addr", connection=c,
                                             address_id=int(event["remid"]), **{"from": other})
                        if e["detail"]["address"] in (event.get("daddr4"), event.get("daddr6"))
                        and e["detail"]["port"] in (None, int(event["dport"]))],
                    "REMOVED": lambda: [
                        e for e in self.pick("remove_addr", connection=c, **{"from": other})
                        if int(event["remid"]) in e["detail"]["address_ids"]],
                    }[kind]()
            if not fine:
                self.fault("%s: %s does not show", end, event)
        known = set(connections.values())
        for kind, name in (("ANNOUNCED", "add_addr"), ("REMOVED", "remove_addr"),
                           ("SF_PRIO", "priority")):
            listed = [e for e in self.pick(name, **{"from": other}) if e["connection"] in known]
            if len(listed) != counts.get(kind, 0):
                self.fault("%s: %d %s, but %d listed", end, counts.get(kind, 0), kind, len(listed))

    def joined(self, c, stream, end, event):
        syn = self.pick("join_syn", connection=c, tcp_stream=stream)[0]
        answer = self.pick("join_synack", connection=c, tcp_stream=stream)[0]
        own, peer = (syn, answer) if syn["from"] == end else (answer, syn)
        return (own["detail"]["address_id"] == int(event["locid"])
                and peer["detail"]["address_id"] == int(event["remid"])
                and (end == syn["from"]
                     or syn["detail"]["backup"] == (event["backup"] == "1"))
                and self.pick("join_established", connection=c, tcp_stream=stream))


def compare_truth(name, end):
    truth = load("%s/%s/truth.json" % (LAB, name))
    check = Truth(truth, end, document("mptcp-events", "%s/%s/%s.pcapng" % (LAB, name, end)))
    for action in truth["events"]:
        check.action(action)
    for side in ENDS:
        check.path_manager(side)
    return check.faults


# ----------------------------------------------------------------- the tests

def differs(path, known, connections):
    """known, connections: of reference.analyse(), which copies are gone from afterwards."""
    return compare(path, reference_events.find(known, connections), document("mptcp-events", path)["events"])


def what_is_wrong_is_found(tap):
    known, _, connections = reference.analyse(CHANGED)
    wanted = reference_events.find(known, connections)
    done = execute("mptcp-events", "--json", CHANGED)
    tap.judge("a list: exit status", [str(done.returncode)] if done.returncode else [])
    tap.judge("a list: stderr", done.stderr.decode().splitlines())
    for was, becomes in (('"address_id": 13', '"address_id": 14'), ('"event": "data_fin"', '"event": "fin"'),
                         ('"frame": 594', '"frame": 595'), ('"count": 6', '"count": 5')):
        changed = json.loads(done.stdout.decode().replace(was, becomes))["events"]
        tap.judge("comparison, s/%s/%s/: exit status" % (was, becomes),
                  [] if compare(CHANGED, wanted, changed) else ["not found"])


def laboratory(tap):
    if not os.path.isdir(LAB):
        tap.skip("truth.json", "no " + LAB)
        return
    for name in RECORDED:
        for end in ENDS:
            tap.attempt("%s, %s: truth.json" % (name, end), compare_truth, name, end)


def main():
    tap = Tap()
    what_is_wrong_is_found(tap)
    laboratory(tap)


if __name__ == "__main__":
    main()
