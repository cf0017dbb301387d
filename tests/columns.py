#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of the commands, as their tables describe them, in pages and schemas.

    columns.py write  make anew: the lists of columns in man/, the descriptions of keys that are
                      columns in schema/, and with those the keys in man/mptcp-json.5
    columns.py check  TAP: all these are as "write" makes them, and no column is missing

In a page a list stands between '.\\" columns: WHERE', the rows as documents have them, and
'.\\" end'.
"""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import textwrap

import schema
import tap
from schema import type_text, walk

PAGES = {"mptcp-export": "man/mptcp-csv.5"}  # of others it is their own
# Rows whose columns are listed where others are: of mptcp-owd, and of one path.
ELSEWHERE = {("mptcp-summary", "clock"), ("mptcp-summary", "total")}
NO_TABLE = {"mptcp-live"}  # it has a screen instead, with headings of its own
BEGIN, END = '.\\" columns: ', '.\\" end'
KEYS_BEGIN, KEYS_END = '.\\" keys', '.\\" end'
# What the meaning of a column does not say by itself.
UNITS = {"bytes", "seconds", "milliseconds", "bit/s", "seconds since 1970", "hex", "list",
         "64-bit number", "true or false", "JSON"}


def mdoc(text):
    """A plain sentence, or the beginning of one."""
    if re.match(r"[a-z]+(['-][a-z]+)*[\s,:;]", text + " "):
        text = text[0].upper() + text[1:]
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text)


def filled(text):
    return textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False)


# ---- lists of columns ---------------------------------------------------------------------

def item(column):
    unit = column.kind in UNITS and not (column.kind == "bytes" and "byte" in column.help)
    more = [column.kind] if unit else []
    if column.heading != "-":
        more.append(column.heading + " in the table")
    if column.key != "-" and not f"_{column.name}".endswith("_" + column.key):
        more.append(column.key + " in JSON")
    text = mdoc(column.help) + (f" ({'; '.join(more)})" if more else "") + "."
    return [f".It Cm {column.name}", *filled(text)]


def list_of(columns):
    width = max((len(c.name) for c in columns if len(c.name) <= 20), default=2)
    return [f".Bl -tag -width {width}n -compact", *sum(map(item, columns), []), ".El"]


def replace(text, begin, end, lines):
    """The text with the lines between a line "begin" and the next "end"."""
    head, rest = text.split(f"\n{begin}\n", 1)
    tail = ("\n" + rest).split(f"\n{end}\n", 1)[1]
    return "\n".join([head, begin, *lines, end, tail])


def page_with_lists(text, columns):
    for where in re.findall("^" + re.escape(BEGIN) + "(.*)$", text, re.MULTILINE):
        rows = [c for c in columns if c.where == where]
        text = replace(text, BEGIN + where, END, list_of(rows))
    return text


# ---- schemas ------------------------------------------------------------------------------

def nodes_at(node, keys):
    """The parts of a schema that describe the value under these keys."""
    if not keys:
        yield node
        return
    for part in ([node["items"]] if "items" in node else []) + node.get("anyOf", []):
        yield from nodes_at(part, keys)
    if keys[0] in node.get("properties", {}):
        yield from nodes_at(node["properties"][keys[0]], keys[1:])


def keys_to(name, where):
    """From the top of a document; of a line, which is a row itself, where the command prints those."""
    return where.split(".")[1 if name in schema.LINES else 0:]


def described(name, text, columns):
    known = json.loads(text)
    for column in columns:
        if column.key != "-":
            for node in nodes_at(known, keys_to(name, f"{column.where}.{column.key}")):
                node["description"] = column.help
    return json.dumps(known, indent=2) + "\n"


# ---- mptcp-json(5) ------------------------------------------------------------------------

def words_of(node):
    """The words that a value can be, where its description does not name them all."""
    words = [w for w in node.get("enum", []) if w is not None]
    said = re.findall(r"\w+", node["description"])
    return [] if set(words) <= set(said) else words


def key_lines(key, node):
    yield f".It Va {key} Pq {type_text(node)}"
    words = words_of(node)
    yield from filled(mdoc(node["description"]) + (":" if words else "."))
    for i, word in enumerate(words):
        left = len(words) - i - 1
        yield f".Ql {word}" + (" ." if left == 0 else "" if left == 1 else " ,")
        if left == 1:
            yield "or"


def keys_of(name, known):
    lines, last = [f".Ss {name}"], None
    lines.append(mdoc(known["description"]).rstrip(".") + ".")
    for heading, key, node in walk(known):
        if key in ("schema", "tool", "captures") and not heading or heading == "captures[]":
            continue
        if heading != last:
            if last is not None:
                lines.append(".El")
            lines += [f".Ss {name}: {heading}\\&" if heading else ".Pp",
                      ".Bl -tag -width Ds -compact"]
            last = heading
        lines += key_lines(key, node)
    return lines + [".El"]


def json_page(text, files):
    lines = []
    for path in sorted(files):
        name = re.sub(r"-(\d+)$", r"/\1", os.path.basename(path)[:-5])
        lines += keys_of(name, json.loads(files[path]))
    return replace(text, KEYS_BEGIN, KEYS_END, lines)


# ---- all of it ----------------------------------------------------------------------------

def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def tables():
    commands = {c.name: c for option in ("--json", "--list-columns")
                for c in schema.commands(option)}.values()
    return {c.name: [column._replace(heading="-") if c.name in NO_TABLE else column
                     for column in c.columns()] for c in commands}


def page_of(name):
    return PAGES.get(name, f"man/{name}.1")


def made():
    """{path: text} of all that is made, as it should be."""
    files = {}
    for path in schema.paths():
        files[path] = read(path)
    for name, columns in tables().items():
        for path in files:
            if re.match(rf"schema/{name}-\d+\.json$", path):
                files[path] = described(name, files[path], columns)
    schemas = dict(files)
    for name, columns in tables().items():
        files[page_of(name)] = page_with_lists(read(page_of(name)), columns)
    files[schema.PAGE] = json_page(read(schema.PAGE), schemas)
    return files


def write():
    for path, text in made().items():
        if text != read(path):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)


def missing():
    """Columns of -o that no page lists."""
    for command in schema.commands("--list-columns"):
        lists = re.findall("^" + re.escape(BEGIN) + "(.*)$", read(page_of(command.name)),
                           re.MULTILINE)
        for where in sorted({c.where for c in command.columns()} - set(lists)):
            if (command.name, where) not in ELSEWHERE:
                yield f"{page_of(command.name)}: no list of {where}"


def keyless():
    """Columns that no schema has, although documents have such rows."""
    for name, columns in tables().items():
        for path in schema.paths():
            if not re.match(rf"schema/{name}-\d+\.json$", path):
                continue
            known = json.loads(read(path))
            for c in columns:
                where = keys_to(name, c.where)
                if c.key != "-" and any(nodes_at(known, where)) and not any(
                        nodes_at(known, where + c.key.split("."))):
                    yield f"{path}: no {c.where}.{c.key}"


def on_terminal(command, width):
    """The lines of --list-columns on a terminal of that width."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
    with subprocess.Popen([command.path, "--list-columns"], stdout=its, env=environment):
        os.close(its)
        text = b""
        try:
            while part := os.read(ours, 65536):
                text += part
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return text.decode().splitlines()


def misprinted():
    for command in schema.commands("--list-columns"):
        lines = on_terminal(command, 80)
        plain = subprocess.run([command.path, "--list-columns"], capture_output=True, text=True,
                               check=True).stdout
        if " ".join(lines).split() != plain.split():
            yield f"{command.name}: other words than in a pipe"
        yield from (f"{command.name}: {line}" for line in lines if len(line) > 80)


def check():
    report = tap.Tap()
    for path, text in made().items():
        report.judge(f"{path} is as the tables of columns say (make regen)",
                     [] if text == read(path) else difference(read(path), text))
    report.judge("every table of columns is in a page", missing())
    report.judge("every column that is a key of documents is in their schema", keyless())
    report.judge("what columns mean is said in plain ASCII, on one line, and does not end with a stop",
                 [str(c) for columns in tables().values() for c in columns
                  if not re.fullmatch(r"[ -~]*[^ .]", c.help)])
    report.attempt_on_terminal("--list-columns fits into a terminal of 80 columns, and is whole", misprinted)
    report.finish()


def difference(old, new):
    pairs = zip(old.splitlines(), new.splitlines())
    return [next((f"is: {a}; should be: {b}" for a, b in pairs if a != b), "the end")]


if __name__ == "__main__":
    {"check": check, "write": write}[sys.argv[1]]()
