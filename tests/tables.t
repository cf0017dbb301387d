#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What shapes tables: the order of their lines, what is added to their columns, the level that lines are of, totals, and
what becomes of them on a narrow terminal.
"""

import csv
import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import BUILD, CACHE, SYN, WORK, Tap, document, execute, need_tshark, read_natively

DIRECTORY = "testdata/captures/"
CAPTURES = [DIRECTORY + name for name in ("path-failure-client.pcapng.gz", "fastclose-client.pcapng.gz", "two-paths-client.pcapng")]
FAILURE, MANY, PATHS = CAPTURES


def rows(command, *arguments):
    done = execute(command, "--csv", *arguments)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def on_terminal(width, command, *arguments):
    """What it prints to a terminal that is so wide."""
    main, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    env = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    env.update(NO_COLOR="1", LC_ALL="C.UTF-8", TERM="xterm")
    child = subprocess.Popen([os.path.join(BUILD, command), "--cache-dir", CACHE, *arguments], stdin=subprocess.DEVNULL,
                             stdout=there, stderr=subprocess.PIPE, env=env)
    os.close(there)
    said = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # there is no more
            break
        if not part:
            break
        said += part
    os.close(main)
    child.communicate()
    return said.decode().replace("\r", "").splitlines()


def refused(words, *arguments):
    done = execute(*arguments)
    said = done.stderr.decode()
    if done.returncode != 2 or words not in said or said.count("\n") != 1 or done.stdout:
        yield "%s: %s, %s" % (arguments, done.returncode, said)


def test_sort():
    plain = rows("mptcp-ls", *CAPTURES)
    for column, kind in (("bytes_to_server", int), ("duration_s", float), ("server_address", str), ("id", int)):
        up = sorted(plain, key=lambda row: kind(row[column]))
        down = [row for value in sorted({kind(row[column]) for row in plain}, reverse=True)
                for row in plain if kind(row[column]) == value]
        for sign, wanted in (("", up), ("+", up), ("-", down)):
            if rows("mptcp-ls", "--sort=" + sign + column, *CAPTURES) != wanted:
                yield "by %s%s" % (sign, column)
    # a column that is not printed
    wanted = [row["id"] for row in sorted(plain, key=lambda row: -int(row["bytes_to_client"]))]
    if [row["id"] for row in rows("mptcp-ls", "--sort", "-bytes_to_client", "-o", "id", *CAPTURES)] != wanted:
        yield "by a column that is not printed"
    said = execute("mptcp-ls", "--sort", "-bytes_to_client", "-n", "-o", "id", *CAPTURES).stdout.decode().split()
    if said != wanted:
        yield "the table: %s, not %s" % (said, wanted)


def test_heading():
    """A heading of the table stands for its column, in whatever case; one of several columns does not."""
    for heading, column in (("TO-CLI", "bytes_to_client"), ("-to-srv", "-bytes_to_server"), ("Time", "duration_s")):
        wanted = rows("mptcp-ls", "--sort", column, *CAPTURES)
        if rows("mptcp-ls", "--sort", heading, *CAPTURES) != wanted or wanted == rows("mptcp-ls", *CAPTURES):
            yield heading
    yield from refused("perhaps sent_to_server or sent_to_client is meant", "mptcp-summary", "--paths", "--sort", "SENT",
                       PATHS)


def test_end():
    """The end of a subflow is not cut where there is no room for it: it takes another line."""
    path = "testdata/captures/handover/backup-client.pcapng.gz"
    for width in 100, 80, 78:
        said = on_terminal(width, "mptcp-summary", path)
        words = " ".join(" ".join(said).split())
        lines = [line for line in said if line.split()[-1:] == ["backup"]]
        if words.count("fin, backup") != 1 or max(map(len, said)) > width:
            yield "%d: %s" % (width, said)
        if (width < 100) != (lines[0].split() == ["backup"]):
            yield "%d: %s" % (width, lines)


def test_unknown_last():
    for sign in "", "-":
        found = [row["direction_goodput_bps"] for row in rows("mptcp-summary", "--level", "direction", "--sort",
                                                              sign + "goodput_bps", *CAPTURES)]
        known = [float(value) for value in found if value]
        if "" not in found or found[len(known):] != [""] * (len(found) - len(known)) or len(known) < 3:
            yield "%s: %s" % (sign, found)
        if known != sorted(known, reverse=bool(sign)):
            yield "%s: %s" % (sign, known)


def test_tree():
    """Subflows stay below their connection."""
    groups = {}
    for row in rows("mptcp-ls", "-s", *CAPTURES):
        groups.setdefault((row["file"], row["id"]), []).append(row)
    wanted = sorted(groups.values(), key=lambda group: -float(group[0]["duration_s"]))
    found = rows("mptcp-ls", "-s", "--sort", "-duration_s", *CAPTURES)
    if found != [row for group in wanted for row in group]:
        yield "CSV"
    said = execute("mptcp-ls", "-s", "-n", "--sort", "-duration_s", *CAPTURES).stdout.decode().splitlines()
    starts = [line.split()[0] if line[0].isdigit() else "" for line in said]
    if starts != [row["id"] if not row["tcp_stream"] else "" for row in found]:
        yield "the table: %s" % said


def test_refusals():
    yield from refused("no column 'x'", "mptcp-ls", "--sort", "-x", PATHS)
    yield from refused("--sort cannot be used with JSON", "mptcp-ls", "--json", "--sort", "id", PATHS)
    yield from refused("--sort cannot be used with JSON", "mptcp-summary", "--jsonl", "--sort", "connection", PATHS)
    yield from refused("for --level: give connection, direction or subflow", "mptcp-summary", "--level", "flow", PATHS)
    yield from refused("JSON, which has all levels", "mptcp-summary", "--json", "--level", "direction", PATHS)
    yield from refused("cannot be used with", "mptcp-summary", "--totals", "--level", "direction", PATHS)
    yield from refused("no column 'goodput_contribution'", "mptcp-summary", "--level", "direction", "-o",
                       "goodput_contribution", PATHS)
    yield from refused("no column 'x'", "mptcp-ls", "-o", "+x", PATHS)


def test_more_columns():
    plain = execute("mptcp-ls", PATHS).stdout.decode().splitlines()
    more = execute("mptcp-ls", "-o", "+filter,close", PATHS).stdout.decode().splitlines()
    if not more[0].startswith(plain[0]) or more[0].split()[-2:] != ["FILTER", "CLOSE"] or not more[1].endswith(" data_fin"):
        yield "the table: %s" % more
    names = list(rows("mptcp-ls", PATHS)[0])
    # CSV has all of them already, and no name twice, unless asked for
    for asked, wanted in (("+id", names), ("+filter,id", names), ("id,id", ["id", "id"])):
        if execute("mptcp-ls", "--csv", "-o", asked, PATHS).stdout.decode().splitlines()[0] != ",".join(wanted):
            yield "CSV with -o %s" % asked
    if document("mptcp-ls", "-o", "+client", PATHS) != document("mptcp-ls", PATHS):
        yield "JSON"


def test_levels():
    found = document("mptcp-summary", *CAPTURES)["connections"]
    directions = [d for c in found for d in c["directions"]]
    wanted = {"connection": found, "direction": directions, "subflow": [f for d in directions for f in d["subflows"]]}
    tables = {level: rows("mptcp-summary", "--level", level, *CAPTURES) for level in wanted}
    for level, objects in wanted.items():
        lines = execute("mptcp-summary", "--level", level, "-n", *CAPTURES).stdout.decode().splitlines()
        if not len(tables[level]) == len(objects) == len(lines):
            yield "%s: %d rows, %d lines, %d in JSON" % (level, len(tables[level]), len(lines), len(objects))
    if tables["subflow"] != rows("mptcp-summary", *CAPTURES):
        yield "subflow is not the default of CSV"
    # even where no column of that level was asked for
    if len(rows("mptcp-summary", "--level", "subflow", "-o", "connection", *CAPTURES)) != len(wanted["subflow"]):
        yield "rows are those of the level"
    for row, d in zip(tables["direction"], directions):
        for name in row:
            if name.startswith("direction_") and name.removeprefix("direction_") in d:
                value = d[name.removeprefix("direction_")]
                if isinstance(value, (int, float)) and not isinstance(value, bool) and \
                        abs(float(row[name]) - value) > 1e-9 * abs(value):
                    yield "%s: %s, not %s" % (name, row[name], value)


def test_names():
    """Columns of directions are called so, and their names without that are taken."""
    names = {level: list(rows("mptcp-summary", "--level", level, PATHS)[0]) for level in ("connection", "direction", "subflow")}
    of_direction = names["direction"][len(names["connection"]):]
    if of_direction[0] != "towards" or not all(name.startswith("direction_") for name in of_direction[1:]):
        yield "directions: %s" % of_direction
    if names["subflow"][:len(names["direction"])] != names["direction"]:
        yield "other names on the level below"
    below = names["subflow"][len(names["direction"]):]
    if any(name.startswith("direction_") for name in below) or len(set(names["subflow"])) != len(names["subflow"]):
        yield "subflows: %s" % below
    old = [name.removeprefix("direction_") for name in of_direction]
    old = [name for name in old if name not in below]
    one, other = (rows("mptcp-summary", "-o", ",".join(["connection"] + columns), *CAPTURES)
                  for columns in (old, ["towards"] + ["direction_" + name for name in old[1:]]))
    if [list(row.values()) for row in one] != [list(row.values()) for row in other] or len(old) < 40:
        yield "old names: %s" % old


def test_shares():
    """Against the data: parts of the overhead; and what subflows have adds up to what their direction has."""
    known = 0
    for c in document("mptcp-summary", *CAPTURES, DIRECTORY + "lossy-client-first-600.pcapng.gz")["connections"]:
        for d in c["directions"]:
            flows = d["subflows"]
            if not d["unique_bytes"]:
                if d["reinjected_share"] is not None:
                    yield "no data, and %s" % d["reinjected_share"]
                continue
            known += d["reinjected_bytes"] > 0
            if abs(d["reinjected_share"] - d["reinjected_bytes"] / d["unique_bytes"]) > 1e-12 or \
                    abs(sum(f["reinjected_share"] for f in flows) - d["reinjected_share"]) > 1e-9 or \
                    d["reinjected_share"] > d["overhead"] + 1e-12:
                yield "reinjected: %s of %s" % (d["reinjected_share"], d["overhead"])
            for f in flows:
                wanted = 8 * f["unique_bytes"] / f["duration_s"] if f["duration_s"] else None
                if (wanted is None) != (f["goodput_bps"] is None) or wanted and abs(f["goodput_bps"] - wanted) > 1e-6 * wanted:
                    yield "tcp %s: %s bit/s, not %s" % (f["tcp_stream"], f["goodput_bps"], wanted)
    if not known:
        yield "nothing was reinjected"


def test_words():
    """What was sent twice is told against the data, as overhead is."""
    said = " ".join(execute("mptcp-summary", FAILURE).stdout.decode().split())
    parts = re.search(r"overhead ([0-9.]+)%.* ([0-9.]+)% of the data was sent twice: (.*?) END", said + " END")
    shares = parts and [float(x) for x in re.findall(r"([0-9.]+)% (?:repeated|reinjected|retransmitted)", parts[3])]
    if not parts or parts[1] != parts[2] or abs(sum(shares) - float(parts[1])) > 0.2:
        yield said


def test_width(width):
    """No line is longer, no cell is broken, and what is left out is said; the path has its end."""
    for command in ["mptcp-ls"], ["mptcp-ls", "-s"], ["mptcp-summary", "--level", "direction"], ["mptcp-ls", "-t"]:
        wide = on_terminal(400, *command, *CAPTURES)
        lines = on_terminal(width, *command, *CAPTURES)
        left_out = [line for line in lines if line.startswith("columns not shown, for lack of room: ")]
        table = [line for line in lines if line not in left_out]
        if any(len(line) > width for line in table):
            yield "%s: %s" % (command, [line for line in table if len(line) > width])
        short = "total" if not any("total" in line for line in table) else None
        wide = [line for line in wide if line.split()[:1] != [short]]
        if len(table) != len(wide):
            yield "%s: %d lines, not %d: %s" % (command, len(table), len(wide), table)
        if width < 100 and len(left_out) != 1 or any(line.startswith("not shown") for line in wide):
            yield "%s: nothing is said: %s" % (command, left_out)
        for line, whole in zip(table[1:], wide[1:]):
            cells = [cell for cell in line.replace("├─", " ").replace("└─", " ").split() if "…" not in cell]
            if not set(cells) <= set(whole.replace("├─", " ").replace("└─", " ").split()):
                yield "%s: %s, of %s" % (command, line, whole)
        if "CAPTURE" in table[0] and not any("….pcapng" in line or "…nt.pcapng" in line or "paths-client.pcapng" in line
                                             for line in table):
            yield "%s: %s" % (command, table)


def test_totals():
    plain = rows("mptcp-ls", *CAPTURES)
    for sort in [], ["--sort", "-bytes_to_server"]:
        lines = on_terminal(200, "mptcp-ls", *sort, *CAPTURES)
        words = lines[-1].split()
        if words[:2] != ["total", str(sum(int(row["subflows"]) for row in plain))]:
            yield "%s: %s" % (sort, lines)
        wanted = "%.2f MB" % (sum(int(row["bytes_to_server"]) for row in plain) / 1e6)
        if " ".join(words[2:4]) != wanted:
            yield "%s, not %s" % (words, wanted)
    for arguments in ["-n", *CAPTURES], [PATHS]:
        if "total" in on_terminal(200, "mptcp-ls", *arguments)[-1]:
            yield "%s: a total" % arguments


def test_booleans():
    """Yes or no, for people; "no" is less. In this capture the second subflow is a backup."""
    for sign, wanted in ("", ["0 no", "0 no", "1 yes", "1 yes"]), ("-", ["1 yes", "1 yes", "0 no", "0 no"]):
        said = execute("mptcp-summary", "--level", "subflow", "-n", "-o", "tcp_stream,backup", "--sort", sign + "backup",
                       SYN + "/v1-mp-prio.pcap").stdout.decode().splitlines()
        if [" ".join(line.split()) for line in said] != wanted:
            yield "%s: %s" % (sign, said)


def test_numbers_only():
    """Where no column has text the first one gives way to the word "total"."""
    words = on_terminal(200, "mptcp-ls", "-o", "subflows,bytes_to_server", *CAPTURES)[-1].split()
    if words != ["total"] + ("%.2f MB" % (sum(int(row["bytes_to_server"]) for row in rows("mptcp-ls", *CAPTURES)) / 1e6)).split():
        yield "%s" % words


def test_details():
    """A detail is cut where the terminal ends, before any column is left out; it needs no room of its own."""
    wide, lines = (on_terminal(width, "mptcp-events", FAILURE) for width in (400, 90))
    if len(lines) != len(wide) or any(len(line) > 90 for line in lines) or lines[0].split() != wide[0].split():
        yield from lines
    if not any(len(line) > 90 for line in wide):
        yield "nothing had to be cut"


def test_letters():
    """Paths are cut between characters, not within."""
    path = os.path.join(WORK, "\u00e4\u20ac" * 40 + ".pcapng")
    shutil.copy(PATHS, path)
    for width in range(60, 64):
        table = [line for line in on_terminal(width, "mptcp-ls", path, PATHS) if not line.startswith("columns not shown")]
        if any(len(line) > width for line in table) or not any("\u2026" in line and "\u20ac" in line for line in table):
            yield from table


def main():
    need_tshark()
    read_natively()
    tap = Tap()
    tap.attempt("--sort", test_sort)
    tap.attempt("--sort: a heading", test_heading)
    tap.attempt("mptcp-summary: the end of a subflow", test_end)
    tap.attempt("--sort: what is unknown comes last", test_unknown_last)
    tap.attempt("--sort: subflows", test_tree)
    tap.attempt("what makes no sense is refused", test_refusals)
    tap.attempt("-o +COLUMN", test_more_columns)
    tap.attempt("--level", test_levels)
    tap.attempt("names of columns", test_names)
    tap.attempt("shares and goodput of subflows", test_shares)
    tap.attempt("what was sent twice, in words", test_words)
    for width in 40, 60, 80, 120:
        tap.attempt_on_terminal("a terminal of %d columns" % width, test_width, width)
    tap.attempt_on_terminal("totals", test_totals)
    tap.attempt("true and false", test_booleans)
    tap.attempt_on_terminal("a total of numbers only", test_numbers_only)
    tap.attempt_on_terminal("details", test_details)
    tap.attempt_on_terminal("letters of more than a byte", test_letters)
    tap.judge("a total only on a terminal", ["it is there"] if "total" in execute("mptcp-ls", *CAPTURES).stdout.decode() else [])
    tap.finish()


if __name__ == "__main__":
    main()
