#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""mptcp-plot on the terminal: the dots of the picture against the numbers of the same chart, which characters and
colours there are and where, what fits on how many columns; logarithmic axes in all formats; and --display.
"""

import bisect
import csv
import io
import json
import math
import os
import pty
import re
import select
import stat
import statistics
import struct
import subprocess
import termios
import fcntl
import unicodedata
import xml.etree.ElementTree

from tap import BUILD, CACHE, WORK, Tap, need_tshark, read_natively

CAPTURES = "testdata/captures"
CLIENT = CAPTURES + "/two-paths-client.pcapng"
SERVER = CAPTURES + "/two-paths-server.pcapng.gz"
FAILURE = CAPTURES + "/path-failure-client.pcapng.gz"
DEAD = CAPTURES + "/handover/both-dead-client.pcapng.gz"
OF_KIND = {"owd": [CLIENT, SERVER], "reorder": [SERVER], "occupancy": [SERVER], "attr": [FAILURE, "--field=window"]}
BRAILLE = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
PLAIN = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "TERM": "xterm-256color", "XDG_CACHE_HOME": WORK}


def plot(*arguments, **environment):
    """Not on a terminal: returncode, stdout, stderr."""
    return subprocess.run([f"{BUILD}/mptcp-plot", "-q", "--cache-dir", CACHE, *arguments], capture_output=True,
                          env={**PLAIN, **environment}, stdin=subprocess.DEVNULL, check=False)


def text(*arguments, **environment):
    """The lines of a picture."""
    done = plot(*arguments, "--format", "text", **environment)
    assert done.returncode == 0 and done.stderr == b"", done
    assert done.stdout.endswith(b"\n"), done.stdout
    return done.stdout.decode().split("\n")[:-1]


def on_terminal(*arguments, columns=80, rows=24, **environment):
    """What goes to a terminal of that size: text with escapes."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    child = subprocess.Popen([f"{BUILD}/mptcp-plot", "-q", "--cache-dir", CACHE, *arguments], stdout=slave,
                             stderr=subprocess.PIPE, env={**PLAIN, **environment})
    os.close(slave)
    parts = []
    while select.select([master], [], [], 60)[0]:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    os.close(master)
    errors = child.stderr.read()
    child.stderr.close()
    assert child.wait() == 0 and errors == b"", errors
    return b"".join(parts).decode().replace("\r\n", "\n")


def document(*arguments):
    done = plot(*arguments, "--format", "json", "-w", "-")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def files_of(name, subflows):
    """Files for "cwnd": of each subflow its name and {time in ms: congestion window}."""
    paths = []
    for at in sorted({at for values in subflows.values() for at in values}):
        rows = [{"srcIp": who, "srcPort": 1, "dstIp": "b", "dstPort": 2, "snd_cwnd": values[at]}
                for who, values in subflows.items() if at in values]
        paths.append(os.path.join(WORK, f"{name}-{at}.json"))
        with open(paths[-1], "w", encoding="utf-8") as file:
            json.dump({"delay": at, "subflows": rows}, file)
    return [*paths, "--field", "snd_cwnd"]


def width(line):
    """Cells of a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def plots_of(lines):
    """For each plot of a page, what is right of the y axis, row by row."""
    found, left = [[]], at_axis(lines)
    for line in lines:
        if line[left - 1:left] in tuple("│┤├|+") and not re.match(r" *\+[-+|]*--[-+|]*$", line):
            found[-1].append(line[left:])
        elif found[-1]:
            found.append([])
    return [rows for rows in found if rows]


def at_axis(lines):
    """How wide what is left of the plot is, with the axis."""
    [corner, *_] = [line for line in lines if re.match(r" *(└|\+[-+])", line)]
    return len(corner) - len(corner.lstrip()) + 1


def dots_of(rows, columns):
    """The rows of the dots that are set, for each column of dots; 0 is below."""
    found = [[] for _ in range(2 * columns)]
    for row, line in enumerate(rows):
        for x, c in enumerate(line):
            bits = ord(c) - 0x2800 if 0x2800 <= ord(c) < 0x2900 else 0
            for dx, column in enumerate(BRAILLE):
                for dy, bit in enumerate(column):
                    if bits & bit:
                        found[2 * x + dx].append(4 * len(rows) - 1 - (4 * row + dy))
    return [sorted(column) for column in found]


def apart(column, low, high):
    """Whether a column of dots is not what it should be: all from low to high, give or take one dot."""
    return not column or abs(column[0] - low) > 1 or abs(column[-1] - high) > 1 or \
        column != list(range(column[0], column[-1] + 1))


def curve(columns):
    """The steps of "occupancy" between two times, which the columns divide: in each from the lowest to the highest
    of what the numbers say."""
    begin, end = 0.84, 1.21
    some = ("occupancy", SERVER)
    lines = text(*some, "--from", str(begin), "--to", str(end), COLUMNS=str(columns))
    rows = csv.DictReader(io.StringIO(plot(*some, "--format", "csv", "-w", "-").stdout.decode()))
    points = [(float(row["x_s"]), float(row["y_bytes"])) for row in rows]
    times = [x for x, _ in points]
    [plot_rows] = plots_of(lines)
    inside = columns - at_axis(lines)
    dots = dots_of(plot_rows, inside)
    seen = [y for x, y in points if begin <= x <= end]
    top = max(seen) * 1.04
    height = 4 * len(plot_rows)
    for c, column in enumerate(dots):
        since, until = (begin + (end - begin) * (c + k) / (2 * inside) for k in (0, 1))
        first, last = bisect.bisect_left(times, since), bisect.bisect_left(times, until)
        values = [y for _, y in points[max(first - 1, 0):last]]
        low, high = (math.floor(height * v / top) for v in (min(values), max(values)))
        if apart(column, low, high):
            yield (c, column, low, high)
    if len(plot_rows) < 8 or len(seen) < 50:
        yield (plot_rows, len(seen))


def straight(log):
    """A line of which it is known where it goes."""
    values = {0: 1, 1000: 10000} if log else {0: 4, 1000: 104}
    if log:  # straight on that axis: a point at each 10 ms
        values = {at: round(10 ** (at / 250), 6) for at in range(0, 1001, 10)}
    some = files_of("straight", {"a": values})
    lines = text("cwnd", *some, "--from", "0", "--to", "1", *(["--log", "y"] if log else []),
                 COLUMNS="100")
    [rows] = plots_of(lines)
    inside = 100 - at_axis(lines)
    height = 4 * len(rows)
    least, most = min(values.values()), max(values.values())
    for c, column in enumerate(dots_of(rows, inside)):
        part = (c + 0.5) / (2 * inside)
        if log:
            room = (most / least) ** 0.02
            share = math.log(10 ** (4 * part) * room) / math.log(most / least * room * room)
        else:  # from 0 on, and 4 % of room above
            share = (4 + 100 * part) / (104 * 1.04)
        at = math.floor(height * share)
        if apart(column, at, at):
            yield (c, column, at)
    labels = [line.split()[0] for line in lines if "┤" in line]
    wanted = [10 ** k for k in range(4, -1, -1)] if log else range(100, -1, -20)
    if labels != [str(label) for label in wanted]:
        yield labels


def bars():
    """The histogram "dss": each column of dots stands on the axis and is as high as its bar."""
    lines = text("dss", FAILURE, "--from", "0", "--to", "65536", COLUMNS="90")
    rows = csv.DictReader(io.StringIO(plot("dss", FAILURE, "--format", "csv", "-w", "-").stdout.decode()))
    heights = {int(row["x_bytes"]): int(row["y"]) for row in rows}
    [plot_rows] = plots_of(lines)
    inside = 90 - at_axis(lines)
    top, height = max(heights.values()) * 1.04, 4 * len(plot_rows)
    for c, column in enumerate(dots_of(plot_rows, inside)):
        since, until = (65536 * (c + k) / (2 * inside) for k in (0, 1))
        over = [v for x, v in heights.items() if x < until and x + 1024 > since]
        if not over:
            if column:
                yield (c, column)
        elif apart(column, 0, math.floor(height * max(over) / top)):
            yield (c, column, over)
    if len(heights) < 10:
        yield heights


def marks(columns):
    """Events: a label each, beside a pole at its time."""
    lines = text("dsn", FAILURE, "--from", "0", "--to", "4", COLUMNS=str(columns))
    wanted = [(m["x"], m["label"]) for m in document("dsn", FAILURE)["marks"]]
    left = at_axis(lines)
    first = next(i for i, line in enumerate(lines) if "┊" in line)
    [rows] = plots_of(lines)
    for x, label in wanted:
        at = left + math.floor(x / 4 * (columns - left))
        if not any(line[at:].startswith("┊" + label) or line[:at + 1].endswith(label + "┊")
                   for line in lines[first:]):
            yield (x, label, at)
        if sum(row[at - left:at - left + 1] == "┊" for row in rows) < len(rows) / 3:
            yield (x, label, "has no pole")


def fits(kind, capture, columns):
    lines = text(kind, *capture, COLUMNS=str(columns))
    yield from (line for line in lines if width(line) > columns)
    yield from (line for line in lines if not line.isprintable() or line.endswith(" "))
    data = document(kind, *capture)
    names = [s["name"] for s in data["series"] + data.get("below", {"series": []})["series"]]
    if columns >= 120:
        page = "\n".join(lines)
        for what in [data["title"], data["subtitle"], data["x"]["title"], data["y"]["title"]]:
            if what not in page:
                yield what
        if len(names) < 4 and not any(name in page for name in names) and kind != "reorder":
            yield names
    if not plots_of(lines) or any(len(rows) < 4 for rows in plots_of(lines)):
        yield lines


def ascii_only(kind, capture):
    done = plot(kind, *capture, "--format", "text", LC_ALL="C", COLUMNS="80")
    if done.returncode or not re.fullmatch(rb"[\n -~]+", done.stdout):
        yield done
    yield from (line for line in done.stdout.split(b"\n") if len(line) > 80)
    if len(done.stdout.split(b"\n")) < 18:
        yield done.stdout


def legends(**environment):
    """Two flat lines: a character each, which the legend explains, and no dots."""
    some = files_of("two", {"high": {0: 100, 1000: 100}, "low": {0: 10, 1000: 10}})
    lines = text("cwnd", *some, COLUMNS="80", **environment)
    samples = dict(re.findall(r"(\S)  (high|low):1", "\n".join(lines)))
    [rows] = plots_of(lines)
    runs = [row.strip() for row in rows if row.strip()]
    names = [samples.get(run[0]) for run in runs]
    if names != ["high", "low"] or any(len(set(run)) != 1 or len(run) < 60 for run in runs):
        yield lines
    yield from (c for line in lines for c in line if "\u2800" <= c <= "\u28ff")


def escapes(said):
    """(the numbers of the last escape, character) of all that is seen."""
    now = ""
    for part in re.split("(\033\\[[0-9;]*m)", said):
        if part.startswith("\033["):
            now = re.sub("^0;?", "", part[2:-1])
        else:
            yield from ((now, c) for c in part if not c.isspace())


def colours():
    """Each line in the colour of its sample in the legend; axes and texts in others."""
    some = files_of("two", {"high": {0: 100, 1000: 100}, "low": {0: 10, 1000: 10}})
    for many, pattern, environment in ((256, "38;5;[0-9]+", {}), (16, "3[0-7]|9[0-7]", {"TERM": "xterm"}),
                                       (256, "38;5;[0-9]+", {"TERM": "vt", "COLORTERM": "truecolor"})):
        said = on_terminal("cwnd", *some, **environment)
        samples = re.findall("\033\\[0;([0-9;]+)m── *\033\\[0m *(high|low):1", said)
        dots = [colour for colour, c in escapes(said) if "\u2800" < c <= "\u28ff"]
        if [name for _, name in samples] != ["high", "low"] or len({colour for colour, _ in samples}) != 2:
            yield (many, samples)
        order = [colour for i, colour in enumerate(dots) if i == 0 or dots[i - 1] != colour]
        if order != [colour for colour, _ in samples]:
            yield (many, order, samples)
        used = {colour for colour, _ in escapes(said)} - {"", "1"}
        yield from (colour for colour in used if not re.fullmatch(pattern, colour))
        if any(not line.endswith("\033[0m") and "\033" in re.sub(".*\033\\[0m", "", line) for line in said.split("\n")):
            yield "a colour goes on behind its line"


def no_colours():
    for environment, more in (({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, []), ({"TERM": ""}, []),
                              ({}, ["--theme", "print"])):
        if "\033" in on_terminal("dsn", FAILURE, *more, **environment):
            yield (environment, more)
    if "\033" not in on_terminal("dsn", FAILURE, NO_COLOR=""):
        yield "an empty NO_COLOR is none"


def sizes():
    """A terminal says how large it is; COLUMNS and LINES know better."""
    bare = re.compile("\033\\[[0-9;]*m")
    for columns, rows, environment, wide, high in ((100, 30, {}, 100, 28), (80, 24, {}, 80, 22), (132, 20, {}, 132, 18),
                                                   (80, 24, {"COLUMNS": "60", "LINES": "22"}, 60, 20),
                                                   (20, 24, {}, 40, 22), (0, 0, {}, 80, 26)):
        for kind in "dsn", "limits":
            lines = bare.sub("", on_terminal(kind, FAILURE, columns=columns, rows=rows, **environment)).split("\n")[:-1]
            if kind == "limits" and high < 26:
                high = max(high, 21)  # two plots need their axes
            if max(map(width, lines)) != wide or (len(lines) > high and rows) or len(lines) < 12:
                yield (kind, columns, rows, environment, max(map(width, lines)), len(lines))


def size_given():
    lines = text("dsn", FAILURE, "--size", "70x31", COLUMNS="99")
    if len(lines) != 31 or max(map(width, lines)) != 70:
        yield lines


def hostile():
    """Names with all that could do something to a terminal, or to the page."""
    names = ["\033[31mred", "\u0007\u009b2J", "漢字の名前" * 20, "a\u0301\u0301b", "\u202eabc\u202c", "x" * 500,
             "\u2028\u2029", "é%s%n", "\ufeff", "\U000e0001", "-", ""]
    for columns in 40, 97:
        for locale in "C.UTF-8", "C":
            some = files_of("hostile", {name: {0: k + 1, 1000: 9} for k, name in enumerate(names)})
            done = plot("cwnd", *some, "--format", "text", COLUMNS=str(columns), LC_ALL=locale)
            page = done.stdout.decode()
            yield from (line for line in page.split("\n") if width(line) > columns)
            yield from (repr(c) for c in page.replace("\n", "") if not c.isprintable() or (locale == "C" and c > "~"))
            if done.returncode:
                yield done
    for columns in range(40, 100, 7):  # of long names the ends are seen
        lines = text("cwnd", *files_of("long", {c * 500: {0: 1, 1000: 2} for c in "yz"}), COLUMNS=str(columns))
        if sum(line.count(":1 > b:2") for line in lines) != 2:
            yield lines
    page = "\n".join(text("cwnd", *files_of("wide", {"漢字é": {0: 1, 1000: 2}})))
    if "漢字é:1 > b:2" not in page:
        yield page
    page = plot("cwnd", *files_of("wide", {"漢字é": {0: 1, 1000: 2}}), "--format", "text", LC_ALL="C").stdout
    if b"???:1 > b:2" not in page:
        yield page
    path = os.path.join(os.fsencode(WORK), b"\033[2J\xff\n.pcapng")
    os.symlink(os.path.abspath(CLIENT), path)
    done = plot("dsn", path, "--format", "text", COLUMNS="120")
    if done.returncode or not all(line.isprintable() for line in done.stdout.decode().split("\n")) or \
            b"? .pcapng" not in done.stdout:
        yield done


def powers():
    """Powers of ten, for people and in ASCII."""
    some = files_of("powers", {"a": {0: 1e-3, 500: 1, 1000: 1e9}}) + ["--log", "y"]
    labels = [[line.split()[0] for line in text("cwnd", *some, LC_ALL=locale, COLUMNS="80", LINES="60") if end in line]
              for locale, end in (("C.UTF-8", "┤"), ("C", " +"))]
    small = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    wanted = ["1e" + "".join(small[c] for c in label[2:]) for label in labels[0]]
    if len(wanted) < 3 or [label for label in labels[1] if "e" in label] != wanted:
        yield labels


def values_of(data, axis):
    return [p[axis] for s in data["series"] for p in s["points"] if None not in p]


def chosen():
    """A few large values do not flatten a picture."""
    seen = set()
    for kind, capture in (("rtt", [FAILURE]), ("rtt", [DEAD]), ("ack", [CLIENT]), ("owd", [CLIENT, SERVER]),
                          ("ack", [CAPTURES + "/addr-events-client.pcapng.gz"])):
        data = document(kind, *capture)
        values = values_of(data, 1)
        wanted = "log" if min(values) > 0 and max(values) > 10 * statistics.median_low(values) else "linear"
        seen.add((kind, wanted))
        if data["y"]["scale"] != wanted or data["x"]["scale"] != "linear":
            yield (kind, capture, data["x"], data["y"])
        for how in "none", "y":
            scale = document(kind, *capture, "--log", how)["y"]["scale"]
            if scale != {"none": "linear", "y": "log"}[how]:
                yield (kind, how, scale)
    if not {("rtt", "linear"), ("rtt", "log"), ("ack", "linear"), ("ack", "log")} <= seen:
        yield seen
    for how, scale in (([], "log"), (["--log", "none"], "linear"), (["--log", "x"], "log")):
        data = document("interarrival", CLIENT, *how)
        if data["x"]["scale"] != scale or data["y"]["scale"] != "linear":
            yield (how, data["x"])
    for kind, capture in ("reinject", FAILURE), ("reorder", SERVER):
        if document(kind, capture, "--log", "x")["x"]["scale"] != "log":
            yield kind
        if document(kind, capture)["x"]["scale"] != "linear":
            yield kind


def left_out():
    """Values that have no place on the axis are counted, and nothing else is."""
    for kind, capture, axis, how in (("occupancy", [SERVER], 1, "y"), ("reorder", [SERVER], 0, "x"),
                                     ("rtt", [FAILURE], 1, "y"), ("flight", [CLIENT], 1, "y")):
        data = document(kind, *capture, "--log", how)
        n = sum(v <= 0 for v in values_of(data, axis))
        said = re.findall(r", (\d+) values? not above 0 left out$", data["subtitle"])
        if said != ([str(n)] if n else []):
            yield (kind, n, data["subtitle"])
        if document(kind, *capture)["subtitle"].endswith("out"):
            yield (kind, "says so without a reason")


def pictures():
    """The labels of a logarithmic axis are where they belong in a picture, and numbers are the same."""
    path = os.path.join(WORK, "log.svg")
    some = files_of("decades", {"a": {0: 1, 500: 10, 1000: 1000}})
    if plot("cwnd", *some, "--log", "y", "-w", path).returncode:
        yield "no svg"
    places = {}
    for e in xml.etree.ElementTree.parse(path).iter():
        label = "".join(e.itertext())
        if e.tag.endswith("}text") and label in ("1", "10", "100", "1000") and e.get("text-anchor") == "end":
            places[label] = float(e.get("y"))
    steps = [places.get(str(10 ** k), math.nan) - places.get(str(10 ** (k + 1)), math.nan) for k in range(3)]
    if any(map(math.isnan, steps)) or min(steps) < 50 or max(steps) - min(steps) > 2:
        yield places
    for form in "xpl", "csv":
        log, linear = (plot("rtt", DEAD, "--log", how, "--format", form, "-w", "-").stdout for how in ("y", "none"))
        if log != linear or len(log) < 1000:
            yield form
    for form in "png", "pdf":
        log, linear = (plot("rtt", DEAD, "--log", how, "--format", form, "-w", "-").stdout for how in ("y", "none"))
        if log == linear or len(log) < 1000:
            yield form


def aligned():
    """The two plots of "limits" have one time axis."""
    lines = text("limits", FAILURE, COLUMNS="120")
    labels = [line for line in lines if re.fullmatch(r" *[0-9.]+( +[0-9.]+){3,}", line)]
    if len(labels) != 2 or labels[0] != labels[1]:
        yield labels


def viewer(name, program):
    path = os.path.join(WORK, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + program + "\n")
    os.chmod(path, stat.S_IRWXU)
    return path


def display():
    home = os.path.join(WORK, "run")
    os.mkdir(home)
    said = os.path.join(WORK, "said")
    show = viewer("a viewer", f"printf '%s\\n' $# \"$1\" >'{said}'; head -c 8 \"$1\" >>'{said}'")
    done = subprocess.run([f"{BUILD}/mptcp-plot", "--cache-dir", CACHE, "rtt", "--display", CLIENT], check=False,
                          capture_output=True, env={**PLAIN, "XDG_RUNTIME_DIR": home, "MPTCP_VIEWER": show})
    [name] = os.listdir(home)
    with open(said, "rb") as file:
        count, path, start = file.read().split(b"\n", 2)
    wanted = (b"1", os.fsencode(os.path.join(home, name)), b"\x89PNG\r\n\x1a\n")
    if done.returncode or (count, path, start) != wanted or path not in done.stderr or done.stdout or \
            not re.fullmatch(r"mptcp-plot-\w{6}\.png", name):
        yield (done, count, path, start)
    os.remove(os.path.join(home, name))
    odd = os.path.join(WORK, "$(touch x);'\" b.svg")
    done = plot("rtt", "--display", "-w", odd, CLIENT, MPTCP_VIEWER=show, XDG_RUNTIME_DIR=home)
    with open(said, "rb") as file:
        lines = file.read().split(b"\n")
    if done.returncode or done.stderr or lines[1] != os.fsencode(odd) or os.listdir(home) or os.path.exists("x"):
        yield (done, lines)
    for program, why in (("/nonexistent/viewer", b"cannot run"), (viewer("failing", "exit 3"), b"failed")):
        done = plot("rtt", "--display", CLIENT, MPTCP_VIEWER=program, XDG_RUNTIME_DIR=home)
        [name] = os.listdir(home)
        if done.returncode != 5 or why not in done.stderr or done.stderr.count(b"\n") != 1 or \
                name.encode() not in done.stderr or b"MPTCP_VIEWER" not in done.stderr:
            yield done
        os.remove(os.path.join(home, name))
    done = plot("rtt", "--display", "--towards", "client", CLIENT, MPTCP_VIEWER=show, XDG_RUNTIME_DIR=home)
    if done.returncode != 3 or os.listdir(home):
        yield (done, os.listdir(home))
    done = plot("rtt", "--display", CLIENT, MPTCP_VIEWER=show, XDG_RUNTIME_DIR=home + "/none")
    if done.returncode != 5 or b"cannot create" not in done.stderr:
        yield done


def where():
    """Without -w a picture goes to nothing that is no terminal."""
    page = text("dsn", FAILURE)
    done = plot("dsn", FAILURE)
    if done.returncode != 2 or done.stdout or b"FILE is missing" not in done.stderr:
        yield done
    path = os.path.join(WORK, "page.txt")
    done = plot("dsn", FAILURE, "-w", path)
    with open(path, encoding="utf-8") as file:
        if done.returncode or file.read().split("\n")[:-1] != page:
            yield done


def where_on_terminal():
    """Without -w a picture goes to a terminal."""
    page = text("dsn", FAILURE)
    plain = on_terminal("dsn", FAILURE, NO_COLOR="1", LINES="28").split("\n")[:-1]
    if plain != page:
        yield (page, plain)
    path = os.path.join(WORK, "page.txt")
    on_terminal("dsn", FAILURE, "-w", path)
    with open(path, encoding="utf-8") as file:
        if "\033" in file.read():
            yield "colours in a file"


REFUSED = [("dsn", "--log", "y", "-w", "x.png", "cannot be used with 'dsn'"),
           ("rtt", "--log", "x", "-w", "x.png", "cannot be used with 'rtt'"),
           ("limits", "--log", "y", "-w", "x.png", "cannot be used with 'limits'"),
           ("rate", "--stacked", "--log", "y", "-w", "x.png", "--stacked"),
           ("rtt", "--log", "z", "-w", "x.png", "for --log: give none, x or y"),
           ("rtt", "--display", "--format", "csv", "can only be used with png, svg or pdf"),
           ("rtt", "--display", "--format", "text", "can only be used with png, svg or pdf"),
           ("rtt", "--display", "-w", "-", "--display cannot be used with -w -"),
           ("rtt", "--display", "--each", "-w", "%d.png", "cannot be used with"),
           ("rtt", "--size", "199x150", "-w", "x.png", "199x150 for --size: give 200x150"),
           ("rtt", "--size", "39x20", "--format", "text", "39x20 for --size: give 40x12"),
           ("rtt", "--format", "png", "FILE is missing")]


def refused(*arguments):
    done = plot(*arguments[:-1], FAILURE)
    if done.returncode != 2 or arguments[-1].encode() not in done.stderr or done.stdout or \
            done.stderr.count(b"\n") != 1:
        yield done


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    for columns in 61, 100:
        tap.attempt(f"each column of dots is what the numbers say, {columns} columns", curve, columns)
    tap.attempt("a straight line", straight, False)
    tap.attempt("a straight line on a logarithmic axis", straight, True)
    tap.attempt("bars", bars)
    for columns in 80, 120:
        tap.attempt(f"labels and poles of events, {columns} columns", marks, columns)
    kinds = [line.split()[0] for line in plot("--list").stdout.decode().splitlines()]
    several = files_of("several", {"10.0.0.1": {0: 10, 1000: 40}, "10.0.1.1": {0: 10, 1000: 70}})[:-2]
    for kind in kinds:
        capture = several if kind == "cwnd" else OF_KIND.get(kind, [FAILURE])
        for columns in 40, 80, 120, 200:
            tap.attempt(f"{kind} fits in {columns} columns, without escapes", fits, kind, capture, columns)
        tap.attempt(f"{kind} in ASCII", ascii_only, kind, capture)
    tap.attempt("without colours each series has its character", legends)
    tap.attempt("in ASCII each series has its character", lambda: legends(LC_ALL="C"))
    tap.attempt_on_terminal("colours", colours)
    tap.attempt_on_terminal("no colours", no_colours)
    tap.attempt_on_terminal("the size of the terminal", sizes)
    tap.attempt("the size that is given", size_given)
    tap.attempt("hostile names", hostile)
    tap.attempt("powers of ten", powers)
    tap.attempt("logarithmic axes are chosen", chosen)
    tap.attempt("what has no place on a logarithmic axis", left_out)
    tap.attempt("logarithmic axes in pictures", pictures)
    tap.attempt("limits: one axis of time", aligned)
    tap.attempt("--display", display)
    tap.attempt("where a picture goes", where)
    tap.attempt_on_terminal("where a picture goes on a terminal", where_on_terminal)
    for case in REFUSED:
        tap.attempt("refused: " + " ".join(case[:-1]), refused, *case)
    tap.finish()


if __name__ == "__main__":
    main()
