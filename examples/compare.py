#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare groups of runs: mean, confidence interval (Student's t), spread; and a figure of all runs.

Each FILE is what mptcp-summary --jsonl or --csv printed of the runs of a group, or the table of examples/Makefile. A
value is that of a connection in the direction --towards; with --subflow, of that subflow. What is unknown does not
count; n says how many values there are."""
import argparse
import csv
import json
import math
import os
import re
import signal
import statistics
import sys
from xml.sax.saxutils import escape


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("-v", "--value", action="append", metavar="NAME",
                        help="a column, or a key of a direction or subflow, such as rtt_ms.p50; again for more "
                             "(default: goodput_bps)")
    parser.add_argument("--towards", choices=("server", "client"), default="server")
    parser.add_argument("--subflow", type=int, metavar="TCP", help="of this TCP stream of each capture")
    parser.add_argument("--by", metavar="REGEX", help="the group is what the parentheses match of the run, or of the "
                                                      "path of its capture, and not its FILE")
    parser.add_argument("--confidence", type=float, default=95, metavar="PERCENT")
    parser.add_argument("--svg", metavar="OUT", help="draw all values, means and intervals")
    asked = parser.parse_args()
    if not 0 < asked.confidence < 100:
        parser.error("--confidence is between 0 and 100 percent")
    asked.value = asked.value or ["goodput_bps"]
    return asked


def student(confidence, freedom):
    """How far from 0, on both sides, a part "confidence" of Student's distribution is. With t = sqrt(freedom) tan(a)
    its density is that of cos(a) to the power of freedom - 1."""
    whole = math.sqrt(math.pi) * math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom + 1) / 2)) / 2
    low, high, steps = 0.0, math.pi / 2, 2000
    for _ in range(60):
        end = (low + high) / 2
        step = end / steps  # Simpson's rule
        area = sum((1 if k in (0, steps) else 4 if k % 2 else 2) * math.cos(k * step) ** (freedom - 1)
                   for k in range(steps + 1)) * step / 3
        low, high = (end, high) if area < confidence * whole else (low, end)
    return math.sqrt(freedom) * math.tan(low)


def flat(value, prefix=""):
    """{"rtt_ms": {"p50": 1}} as {"rtt_ms.p50": 1}"""
    out = {}
    for key, item in value.items():
        if isinstance(item, dict):
            out.update(flat(item, prefix + key + "."))
        else:
            out[prefix + key] = item
    return out


def from_json(lines, asked):
    """The run and {name: value} of each connection, or subflow."""
    for line in lines:
        connection = json.loads(line)
        for direction in connection.get("directions", ()):
            if direction["towards"] != asked.towards:
                continue
            if asked.subflow is None:
                yield connection["capture_path"], flat(direction)
            for subflow in direction["subflows"]:
                if subflow["tcp_stream"] == asked.subflow:
                    yield connection["capture_path"], flat(subflow)


def named(row, asked):
    """The columns of a row; also those of the direction, or with --subflow of the subflow, by their names in JSON."""
    first, other = ("direction_", "subflow_") if asked.subflow is None else ("subflow_", "direction_")
    out = dict(row)
    for prefix, set_name in ((first, out.__setitem__), (other, out.setdefault)):
        for name, value in row.items():
            if name.startswith(prefix):
                set_name(name[len(prefix):], value)
    return out


class Lacking(Exception):
    """Columns are missing."""


def check_columns(columns, asked):
    """What tells runs, connections and directions apart must be there."""
    needed = ["connection", "towards"] + ["tcp_stream"] * (asked.subflow is not None)
    lacks = [name for name in needed if name not in columns]
    if not {"run", "file", "capture"} & set(columns):
        lacks.append("file")
    if len(lacks) > len(needed) and not any(name.startswith("direction_") for name in columns):
        raise ValueError("another table")
    if lacks:
        names = " and ".join(f"'{name}'" for name in lacks)
        raise Lacking(f"lacks the column{'s'[:len(lacks) > 1]} {names} of mptcp-summary: add {','.join(lacks)} to -o")


def from_csv(lines, asked):
    """A row is a subflow: what is of the direction is the same in all of its rows."""
    directions, table = {}, csv.DictReader(lines)
    check_columns(table.fieldnames or (), asked)
    for row in table:
        row = named(row, asked)
        run = row.get("run") or row.get("file") or row.get("capture") or ""
        if row.get("towards") == asked.towards and asked.subflow in (None, int(row.get("tcp_stream") or -1)):
            directions.setdefault((run, row.get("file"), row.get("connection")), []).append(row)
    for (run, *_), rows in directions.items():
        for name in asked.value:
            if len({row.get(name) for row in rows}) > 1:
                sys.exit(f"compare.py: '{name}' is of subflows, and '{run}' has {len(rows)}: take a column of the "
                         "direction (direction_...), or say which one by --subflow")
        yield run, {name: value or None for name, value in rows[0].items()}


def read(path, asked):
    try:
        with open(path, encoding="utf-8", newline="") as file:
            is_json = file.read(1) == "{"
            file.seek(0)
            return list((from_json if is_json else from_csv)(file, asked))
    except OSError as error:
        sys.exit(f"compare.py: cannot read '{path}': {error.strerror}")
    except Lacking as error:
        sys.exit(f"compare.py: '{path}' {error}")
    except (ValueError, KeyError, AttributeError):
        sys.exit(f"compare.py: '{path}' is not what mptcp-summary --jsonl or --csv prints")


def number(text):
    return float(text) if not isinstance(text, bool) and text is not None else None


def gather(asked):
    """{group: {name: values}}, in the order of the files."""
    groups = {}
    for path in asked.files:
        for run, known in read(path, asked):
            group = os.path.basename(path).split(".")[0]
            if asked.by:
                match = re.search(asked.by, run)
                if not match:
                    continue
                group = match.group(match.re.groups and 1)
            for name in asked.value:
                if name not in known:
                    sys.exit(f"compare.py: '{path}' has no '{name}'; it has: {', '.join(sorted(known))}")
                try:
                    value = number(known[name])
                except (TypeError, ValueError):
                    sys.exit(f"compare.py: '{name}' of '{path}' is no number: {known[name]}")
                values = groups.setdefault(group, {}).setdefault(name, [])
                if value is not None:
                    values.append(value)
    return groups


def summary(values, confidence):
    """n, mean, both ends of the interval, standard deviation, least, median, largest; None where it is unknown."""
    if not values:
        return [0] + [None] * 7
    mean, n = statistics.fmean(values), len(values)
    low = high = spread = None
    if n > 1:
        spread = statistics.stdev(values)
        reach = student(confidence / 100, n - 1) * spread / math.sqrt(n)
        low, high = mean - reach, mean + reach
    return [n, mean, low, high, spread, min(values), statistics.median(values), max(values)]


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 480, 240, 90, 20, 34, 26


def rounded(step):
    """1, 2 or 5 times a power of ten, and not below "step"."""
    ten = 10 ** math.floor(math.log10(step))
    return next(ten * k for k in (1, 2, 5, 10) if ten * k >= step * 0.999999)


def short(value):
    """2e7 as 20M"""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * factor / (10 if letter != "k" else 1):
            return f"{value / factor:.6g}{letter}"
    return f"{value:.6g}"


def unit(name):
    """Of goodput_bps and rtt_ms.p50: " (bit/s)", " (ms)"; nothing where the name does not tell."""
    for part in name.split("."):
        for end, text in (("_per_s", "per s"), ("_bps", "bit/s"), ("_ms", "ms"), ("_s", "s"), ("_bytes", "bytes")):
            if part.endswith(end):
                return f" ({text})"
    return ""


DOT = 2.5


def spread(heights, reach):
    """How far sideways, at most "reach", to draw dots at these heights so that none hides another, if there is room."""
    places = [side * k * 2 * DOT for k in range(int(reach / 2 / DOT) + 1) for side in ((1, -1) if k else (1,))]
    aside, last = [0.0] * len(heights), [-math.inf] * len(places)
    for i in sorted(range(len(heights)), key=heights.__getitem__):
        free = [k for k, y in enumerate(last) if heights[i] - y >= 2 * DOT]
        at = free[0] if free else i % len(places)
        aside[i], last[at] = places[at], heights[i]
    return aside


def panel(name, groups, confidence, top):
    """A dot for each value, and beside them the mean with its interval."""
    shown = {group: values[name] for group, values in groups.items()}
    all_values = [v for values in shown.values() for v in values]
    ends = all_values + [end for values in shown.values() for end in summary(values, confidence)[2:4]
                         if end is not None] + [0]
    low, high = min(ends), max(ends) if max(ends) > min(ends) else min(ends) + 1
    step = rounded((high - low) / 5)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    bottom = top + HEIGHT - BOTTOM

    def y(value):
        return bottom - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    out = [f'<text x="{LEFT}" y="{top + 18}" font-weight="bold">{escape(name + unit(name))}</text>']
    for k in range(round((high - low) / step) + 1):
        at = low + k * step
        out.append(f'<path d="M{LEFT} {y(at):.2f}H{WIDTH - RIGHT}" stroke="#e4e7eb"/>'
                   f'<text x="{LEFT - 6}" y="{y(at) + 4:.2f}" text-anchor="end">{short(at)}</text>')
    column = (WIDTH - LEFT - RIGHT) / len(shown)
    reach = max(0, column / 4 - 9)  # from 12 beside the middle, where the mean is, to the next column
    for k, (group, values) in enumerate(shown.items()):
        x = LEFT + column * (k + 0.5)
        n, mean, start, end, *_ = summary(values, confidence)
        aside = spread([y(v) for v in values], reach)
        out += [f'<circle cx="{x - 12 - reach + dx:.2f}" cy="{y(v):.2f}" r="{DOT}" fill="#0072b2" fill-opacity="0.5"/>'
                for v, dx in zip(values, aside)]
        if start is not None:
            out.append(f'<path d="M{x + 7:.2f} {y(start):.2f}h10m-5 0V{y(end):.2f}m-5 0h10" stroke="#1f2328" '
                       'stroke-width="1.4" fill="none"/>')
        if mean is not None:
            out.append(f'<circle cx="{x + 12:.2f}" cy="{y(mean):.2f}" r="4" fill="#d55e00"/>')
        out.append(f'<text x="{x:.2f}" y="{bottom + 18}" text-anchor="middle">{escape(group)} (n = {n})</text>')
    return out


def draw(path, groups, asked):
    height = HEIGHT * len(asked.value) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           'font-family="sans-serif" font-size="12" fill="#1f2328">',
           f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for k, name in enumerate(asked.value):
        out += panel(name, groups, asked.confidence, k * HEIGHT)
    out.append(f'<text x="{LEFT}" y="{height - 8}" fill="#656d76">each run, and the mean with its '
               f'{asked.confidence:g} % confidence interval</text></svg>')
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(out) + "\n")
    except OSError as error:
        sys.exit(f"compare.py: cannot write '{path}': {error.strerror}")


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # as other programs do under "| head"
    asked = arguments()
    groups = gather(asked)
    if not groups:
        sys.exit("compare.py: there are no such runs")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["group", "value", "n", "mean", "confidence_low", "confidence_high", "deviation", "min", "median",
                  "max"])
    for group, values in groups.items():
        for name in asked.value:
            row = summary(values[name], asked.confidence)
            out.writerow([group, name] + ["" if v is None else f"{v:.10g}" for v in row])
    if asked.svg:
        draw(asked.svg, groups, asked)


main()
