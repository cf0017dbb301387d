# SPDX-License-Identifier: GPL-3.0-or-later
"""What "mptcp-summary --json" and "mptcp-reinject --json" printed for one capture,
compared with reference.py: a line for each difference.
"""

FOUND = []

# Percentiles and times are integer nanoseconds on both sides, printed as reals.
TOLERANCE = {"_ms": 1.1e-6, "_s": 1.1e-9, "_bps": 1e-6, "ratio": 1e-12}

def report(what, got, wanted):
    FOUND.append(f"{what}: printed {got!r}, expected {wanted!r}")

def equal(name, got, wanted):
    if got is None or wanted is None or isinstance(got, (str, bool, list)):
        return got == wanted
    if isinstance(got, float) or isinstance(wanted, float):
        if name.endswith("_bps") or name.endswith("_per_s"):
            return abs(got - wanted) <= 1e-9 * max(abs(got), abs(wanted))
        return abs(got - wanted) <= 1.1e-6
    return got == wanted

def compare(where, name, got, wanted):
    if isinstance(wanted, dict) or isinstance(got, dict):
        # All unknown is null on one side and an object of nulls on the other.
        wanted = wanted or {}
        for key in wanted:
            if key == "n" and key not in got:
                continue
            compare(where, f"{name}.{key}", got.get(key, "nothing"), wanted[key])
        if not wanted and any(v for v in (got or {}).values()):
            report(f"{where} {name}", got, wanted)
    elif not equal(name.split(".")[0], got, wanted):
        report(f"{where} {name}", got, wanted)

SKIP = {"subflows", "reinjections", "matrix", "dsn_range", "towards", "unique_bytes",
        "ahead_bytes", "goodput_bps", "unique_packets"}

def compare_unique(where, got, wanted):
    unknown = wanted["unique_bytes"] == 0 and wanted["unmapped_bytes"] > 0
    compare(where, "unique_bytes", got["unique_bytes"],
            None if unknown else wanted["unique_bytes"])
    if "goodput_bps" in wanted:
        compare(where, "goodput_bps", got["goodput_bps"],
                None if unknown else wanted["goodput_bps"])
    return unknown

def compare_direction(where, got, wanted):
    unknown = compare_unique(where, got, wanted)
    for key, value in wanted.items():
        if key not in SKIP:
            compare(where, key, got.get(key, "nothing"), value)
    compare(where, "matrix", got["reinjection_matrix"], wanted["matrix"])
    total = sum(got[k + "_bytes"] for k in ("tcp_retransmitted", "mptcp_repeated",
                                            "reinjected", "unmapped"))
    compare(where, "sum of the classes", total + (got["unique_bytes"] or 0), got["sent_bytes"])
    for kind in ("sent_bytes", "tcp_retransmitted_bytes", "mptcp_repeated_bytes",
                 "reinjected_bytes", "unmapped_bytes", "data_packets"):
        compare(where, f"sum of {kind}", sum(s[kind] for s in got["subflows"]), got[kind])
    for a, b in zip(got["subflows"], wanted["subflows"]):
        inner = f"{where} tcp {b['tcp_stream']}"
        if not unknown:
            compare_unique(inner, a, {**b, "unmapped_bytes": 0})
        for key, value in b.items():
            if key not in SKIP:
                compare(inner, key, a.get(key, "nothing"), value)

def compare_reinjections(where, rows, total, wanted):
    compare(where, "reinjections", len(rows), len(wanted["reinjections"]))
    for got, want in zip(rows, wanted["reinjections"]):
        for key, value in want.items():
            compare(f"{where} frame {want['frame']}", key, got[key], value)
    compare(where, "total bytes", total["bytes"], wanted["reinjected_bytes"])
    compare(where, "total packets", total["packets"], wanted["reinjected_packets"])
    compare(where, "total matrix", total["matrix"], wanted["matrix"])
    known = [r for r in wanted["reinjections"] if r["spurious"] is not None]
    if known:
        compare(where, "spurious bytes", total["spurious"]["bytes"],
                sum(r["bytes"] for r in known if r["spurious"]))

def differences(reference, printed, twice, streams=None):
    """twice: of mptcp-reinject; streams: of "mptcp-summary -t ..." for all TCP streams."""
    FOUND.clear()
    wanted, = reference["captures"]
    compare("", "connections", len(printed["connections"]), len(wanted["connections"]))
    for got, want in zip(printed["connections"], wanted["connections"]):
        where = f"connection {want['id']}"
        compare(where, "id", got["id"], want["id"])
        compare(where, "vantage", got["vantage"], want["vantage"])
        for a, b in zip(got["directions"], want["directions"]):
            inner = f"{where} to {b['towards']}"
            compare(inner, "towards", a["towards"], b["towards"])
            compare_direction(inner, a, b)
            mine = lambda r: r["connection"] == want["id"] and r["towards"] == b["towards"]
            total, = filter(mine, twice["totals"])
            compare_reinjections(inner, list(filter(mine, twice["reinjections"])), total, b)
    if streams:
        for got, want in zip(streams["tcp_streams"], wanted["tcp_streams"]):
            where = f"tcp {want['tcp_stream']}"
            compare(where, "tcp_stream", got["tcp_stream"], want["tcp_stream"])
            for a, b in zip(got["directions"], want["directions"]):
                for key, value in b.items():
                    compare(f"{where} to {b['towards']}", key, a.get(key, "nothing"), value)
    return list(FOUND)
