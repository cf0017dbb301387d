# SPDX-License-Identifier: GPL-3.0-or-later
"""What "mptcp-ls --json" printed for one capture, compared with other knowledge: a
line for each difference.

Where no payload byte could be mapped the listing says null, the others 0.
"""



class Differences(list):
    def same(self, what, got, wanted):
        if isinstance(got, float) or isinstance(wanted, float):
            if got is not None and wanted is not None and abs(got - wanted) < 1e-6:
                return
        if got != wanted:
            self.append(f"{what}: listed {got!r}, expected {wanted!r}")


def total(connection, name, towards):
    return next(d[name] for d in connection["directions"] if d["towards"] == towards)


def unknown_opener(listed, known):
    """Nobody's SYN was captured: the listing says that it does not know who
    opened the subflow, the other side names the likely one."""
    return listed["opened_by"] is None and known["local_id"] is None


def against_reference(listing, reference):
    found = Differences()
    same = found.same
    capture, = listing["captures"]
    wanted, = reference["captures"]
    for name in ("packets", "tcp_packets"):
        same(name, capture[name], wanted[name])
    same("connections", len(listing["connections"]), len(wanted["connections"]))
    for got, ref in zip(listing["connections"], wanted["connections"]):
        where = f"connection {ref['id']}"
        for name in ("id", "version", "state", "fallback_cause", "close"):
            same(f"{where} {name}", got[name], ref[name])
        for end in ("client", "server"):
            for name in ("key", "token", "address", "port"):
                same(f"{where} {end} {name}", got[end][name], ref[end][name])
            same(f"{where} sent to {end}", got[f"sent_to_{end}"],
                 total(ref, "sent_bytes", end))
            unique = total(ref, "unique_bytes", end)
            if unique == 0 and total(ref, "unmapped_bytes", end) > 0:
                unique = None
            same(f"{where} bytes to {end}", got[f"bytes_to_{end}"], unique)
        same(f"{where} subflow_count", got["subflow_count"], len(ref["subflows"]))
        same(f"{where} tcp_streams", [s["tcp_stream"] for s in got["subflows"]],
             [s["tcp_stream"] for s in ref["subflows"]])
        for a, b in zip(got["subflows"], ref["subflows"]):
            for name in ("opened_by", "local_id", "remote_id", "join_delay_ms", "end",
                         "sent_to_server", "sent_to_client"):
                if name == "opened_by" and unknown_opener(a, b):
                    continue
                same(f"{where} stream {b['tcp_stream']} {name}", a[name], b[name])
    return found


def against_expected(listing, document, name):
    found = Differences()
    same = found.same
    defaults, wanted = document["defaults"], document["files"][name]
    wanted = {**defaults["file"], **wanted}
    capture, = listing["captures"]
    for key in ("packets", "tcp_packets", "complete"):
        same(key, capture[key], wanted[key])
    same("connections", len(listing["connections"]), len(wanted["connections"]))
    for got, want in zip(listing["connections"], wanted["connections"]):
        want = {**defaults["connection"], **want}
        where = f"connection {want['id']}"
        for key in ("id", "version", "state", "fallback_cause", "sent_to_server",
                    "sent_to_client", "bytes_to_server", "bytes_to_client"):
            value = want[key]
            if key.startswith("bytes_") and value == 0 and want[key.replace("bytes", "unmapped")]:
                value = None
            same(f"{where} {key}", got[key], value)
        for end in ("client", "server"):
            same(f"{where} {end} token", got[end]["token"], want[f"{end}_token"])
        same(f"{where} subflow_count", got["subflow_count"], want["subflows"])
        same(f"{where} subflows", len(got["subflows"]), len(want["subflow_list"]))
        for i, (a, b) in enumerate(zip(got["subflows"], want["subflow_list"])):
            for key, value in {**defaults["subflow"], **b}.items():
                if key == "opened_by" and unknown_opener(a, a):
                    continue
                same(f"{where} subflow {i} {key}", a[key], value)
    return found
