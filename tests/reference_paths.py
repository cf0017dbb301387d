# SPDX-License-Identifier: GPL-3.0-or-later
"""What "mptcp-summary --paths" and "--totals" have to print, computed a second time: sums from
what mptcp-summary tells of each subflow, round trip times and busy times from the packets, as
reference.py reads them.  Only Python's integers, and no digests: all samples are kept.
"""
import collections

import reference
import reference_numbers as numbers
from tap import document, numbered_since_4_4

SECOND = 10**9
SUMS = ("sent_bytes", "unique_bytes", "tcp_retransmitted_bytes", "mptcp_repeated_bytes", "reinjected_bytes",
        "unmapped_bytes")
COUNTS = ("subflows", "established", "backup_subflows", "joins", "joins_failed", "resets")
ENDS = ("server", "client")  # where data goes


class Path:
    def __init__(self):
        self.connections, self.names = set(), {"client": set(), "server": set(), "interface": set()}
        self.counts = collections.Counter()
        self.sums = {end: collections.Counter() for end in ENDS}
        self.rtts = {end: [] for end in ENDS}
        self.busy = {end: [] for end in ENDS}


def busy_times(s, side):
    """[first, last] of times with payload that are no more than a second apart, or with data that was not
    acknowledged between."""
    found, high, acked = [], None, None
    for p in s.packets:
        if p.side != side:
            acked = acked if p.acked is None else max(p.acked, p.acked if acked is None else acked)
        elif p.length:
            waits = found and (acked is None or acked < high)
            if found and (waits or p.time - found[-1][1] <= SECOND):
                found[-1][1] = p.time
            else:
                found.append([p.time, p.time])
            high = max(p.pos + p.length, p.pos + p.length if high is None else high)
    return found


def busy_time(spans):
    """Of all of them: a second or less between two is part of it."""
    total, last = 0, None
    for start, end in sorted(spans):
        if last is None or start - last > SECOND:
            last = start
        total += max(0, end - last)
        last = max(last, end)
    return total


# What packets say of a subflow: is it a join, and did the server open it; by where data goes, its round trip times
# at the sender, and when it was busy.
Packets = collections.namedtuple("Packets", "is_join flip rtts busy")


def of_packets(path):
    """{(connection, tcp_stream): Packets}"""
    found = {}
    for c in reference.analyse(path, numbered_since_4_4(path))[2]:
        for s in c.streams:
            sides = {end: role ^ s.flip for role, end in enumerate(ENDS)}
            found[c.id, s.number] = Packets(
                any(o["size"] in (12, 16, 24) for _, o in s.options(subtype=reference.MP_JOIN)), s.flip,
                {end: numbers.data_rtts(s, side) if numbers.captured_at(c, role) else []
                 for role, (end, side) in enumerate(sides.items())},
                {end: busy_times(s, side) for end, side in sides.items()})
    return found


def ends_of(s, packets):
    """Addresses of the connection's client and server."""
    addresses = s["client_address"], s["server_address"]
    flip = packets.flip if packets else s["opened_by"] == "server"
    return addresses[::-1] if flip else addresses


def key_of(by, s, packets):
    client, server = ends_of(s, packets)
    return {"pair": (client, server), "interface": s["interface"], "client": client, "server": server}[by]


def count(path, connection, s, packets):
    is_join = packets.is_join if packets else s["local_id"] not in (None, 0) or s["join_delay_ms"] is not None
    path.connections.add(connection)
    for name, address in zip(("client", "server"), ends_of(s, packets)):
        path.names[name].add(address)
    path.names["interface"].add(s["interface"])
    path.counts.update(subflows=1, established=bool(s["established"]), backup_subflows=s["backup"], joins=is_join,
                       joins_failed=is_join and not s["established"], resets=s["end"].startswith("reset_"))


def add_direction(path, end, s, packets):
    for name in SUMS:
        path.sums[end][name] += s[name] or 0
    path.sums[end]["packets"] += s["data_packets"]
    if packets:
        path.rtts[end] += packets.rtts[end]
        path.busy[end] += packets.busy[end]


def gather(paths):
    """[(connection, its directions, position, subflow, Packets or None)] of captures."""
    rows = []
    for number, path in enumerate(paths):
        known = of_packets(path)
        for c in document("mptcp-summary", path)["connections"]:
            for k, s in enumerate(c["directions"][0]["subflows"]):
                rows.append(((number, c["id"]), c["directions"], k, s, known.get((c["id"], s["tcp_stream"]))))
    return rows


def add_up(rows, by):
    """{key: Path}, and all of them as one."""
    paths, total = collections.defaultdict(Path), Path()
    for connection, directions, k, s, packets in rows:
        for path in paths[key_of(by, s, packets)], total:
            count(path, connection, s, packets)
            for direction in directions:
                add_direction(path, direction["towards"], direction["subflows"][k], packets)
    return paths, total


# ---- comparing ------------------------------------------------------------------------------

def common(names):
    names = names - {None}
    return names.pop() if len(names) == 1 else None


def is_near(got, wanted, tolerance):
    if got is None or wanted is None:
        return got is wanted
    return abs(got - wanted) <= tolerance * max(1, abs(wanted))


def direction_differs(got, path, end, total):
    sums = path.sums[end]
    unknown = sums["unique_bytes"] == 0 and sums["unmapped_bytes"] > 0
    for name in SUMS:
        wanted = None if unknown and name == "unique_bytes" else sums[name]
        if got[name] != wanted:
            yield f"{end} {name}: {got[name]}, not {wanted}"
    wanted = numbers.quotient(sums["unique_bytes"], total.sums[end]["unique_bytes"])
    if not is_near(got["share"], wanted, 1e-12):
        yield f"{end} share: {got['share']}, not {wanted}"
    busy = busy_time(path.busy[end]) if sums["packets"] else None
    if not is_near(got["busy_s"], numbers.in_seconds(busy), 1e-9):
        yield f"{end} busy_s: {got['busy_s']}, not {numbers.in_seconds(busy)}"
    wanted = None if unknown or not busy else sums["unique_bytes"] * 8e9 / busy
    if not is_near(got["goodput_bps"], wanted, 1e-9):
        yield f"{end} goodput_bps: {got['goodput_bps']}, not {wanted}"
    wanted = numbers.distribution(path.rtts[end], numbers.milliseconds, ("p50", "p95", "n")) or {
        "p50": None, "p95": None, "n": 0}
    many = len(path.rtts[end]) > 4096
    for name, value in wanted.items():
        if not is_near(got["rtt_ms"][name], value, 0.004 if many and name != "n" else 1.1e-6):
            yield f"{end} rtt_ms.{name}: {got['rtt_ms'][name]}, not {value}"


def path_differs(got, path, total):
    wanted = {"connections": len(path.connections), **{name: path.counts[name] for name in COUNTS},
              **{name: common(names) for name, names in path.names.items()}}
    for name, value in wanted.items():
        if got[name] != value:
            yield f"{name}: {got[name]}, not {value}"
    for end in ENDS:
        yield from direction_differs(got["to_" + end], path, end, total)


def key_of_row(by, row):
    return (row["client"], row["server"]) if by == "pair" else row[by]


def differences(rows, by, got):
    """got: the document of "mptcp-summary --paths --by BY"."""
    paths, total = add_up(rows, by)
    keys = [key_of_row(by, row) for row in got["paths"]]
    if sorted(map(str, keys)) != sorted(map(str, paths)):
        yield f"paths {keys}, not {list(paths)}"
        return
    carried = [sum(row["to_" + end]["unique_bytes"] or 0 for end in ENDS) for row in got["paths"]]
    if carried != sorted(carried, reverse=True):
        yield f"not in order of bytes: {carried}"
    for key, row in zip(keys, got["paths"]):
        yield from (f"{key}: {line}" for line in path_differs(row, paths[key], total))
    yield from (f"total: {line}" for line in path_differs(got["total"], total, total))


# ---- totals ---------------------------------------------------------------------------------

STATES = ("starting", "outage", "receive_window", "application", "send_buffer", "idle_path", "recovery", "stalled_path",
          "path")
LIMITS = {f"limit_{state}_s": state for state in STATES}


def samples(connections, quantity, end):
    """What mptcp-summary tells of each, or of its direction, if it is known."""
    for c in connections:
        if end is None:
            yield c["subflow_count"] if quantity == "subflows" else c[quantity]
            continue
        d = next(d for d in c["directions"] if d["towards"] == end)
        if quantity == "used_subflows":
            used = sum(s["sent_bytes"] > 0 for s in d["subflows"])
            yield used if used else None
        elif quantity in LIMITS:
            yield d["limits"][LIMITS[quantity]]
        else:
            yield d[quantity]


def quantile(values, percent):
    place, rest = divmod((len(values) - 1) * percent, 100)
    following = values[min(place + 1, len(values) - 1)]
    return values[place] + (following - values[place]) * rest / 100


def totals_differ(connections, got):
    rows = [(row["quantity"], row["towards"]) for row in got["totals"]]
    wanted = [("subflows", None), ("duration_s", None)] + [
        (quantity, end) for quantity in ("unique_bytes", "used_subflows", "duration_s", "throughput_bps", "goodput_bps",
                                         "overhead", *LIMITS) for end in ENDS]
    if rows != wanted:
        yield f"rows {rows}"
    for row in got["totals"]:
        known = sorted(v for v in samples(connections, row["quantity"], row["towards"]) if v is not None)
        values = {"n": len(known), **({} if not known else {
            "min": known[0], "p50": quantile(known, 50), "p95": quantile(known, 95), "max": known[-1]})}
        for name in ("n", "min", "p50", "p95", "max"):
            # integers are rounded, rates to a thousandth of a bit/s
            tolerance = 0.5 if row["quantity"].endswith(("bytes", "subflows")) and name[0] == "p" else 0.001 if \
                row["quantity"].endswith("bps") else 2e-9
            value = values.get(name)
            if (row[name] is None) != (value is None) or value is not None and abs(row[name] - value) > \
                    tolerance + 1e-12 * abs(value):
                yield f"{row['quantity']} {row['towards']} {name}: {row[name]}, not {value}"
        yield from sums_differ(connections, row, known)


def sums_differ(connections, row, known):
    """The sum, and of a state its share of the time and how often it is the limit."""
    quantity, end = row["quantity"], row["towards"]
    wanted = sum(known) if known and not quantity.endswith("bps") and quantity != "overhead" else None
    if (row["sum"] is None) != (wanted is None) or wanted is not None and abs(row["sum"] - wanted) > 1e-8 * (1 + wanted):
        yield f"{quantity} {end}: sum {row['sum']}, not {wanted}"
    share = limited = None
    if quantity in LIMITS and known:
        directions = [d for c in connections for d in c["directions"] if d["towards"] == end and d["limit"]]
        share = wanted / sum(sum(d["limits"].values()) for d in directions)
        limited = sum(d["limit"] == LIMITS[quantity] for d in directions)
    if row["limited"] != limited:
        yield f"{quantity} {end}: limited {row['limited']}, not {limited}"
    if (row["share"] is None) != (share is None) or share is not None and abs(row["share"] - share) > 1e-8:
        yield f"{quantity} {end}: share {row['share']}, not {share}"
