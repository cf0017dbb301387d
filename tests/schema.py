#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What --json prints, its schemas (schema/*.json) and mptcp-json(5).

    schema.py check       TAP: documents against schemas, schemas against the page
    schema.py infer NAME  a first draft of the schema of a new command

Commands are those in $BUILD that know --json; what they are run with follows
from their tables of options (--help-completion=options).
"""
import collections
import glob
import json
import os
import re
import subprocess
import sys

from tap import BUILD, SHARED, Tap

PAGE = "man/mptcp-json.5"
# Commands that print lines, and no documents.
LINES = ("mptcp-live",)
MONITORED = "testdata/monitor/addr-events-client"
# Options of all commands, which do not change what a document holds.
COMMON = {"--json", "--jsonl", "--csv", "--tsv", "--output", "--list-columns", "--no-headings",
          "--fail-empty", "--fail-error", "--fail-on", "--list-causes", "--list-interfaces", "--tshark", "--cache-dir", "--no-cache",
          "--refresh", "--quiet", "--help", "--version"}


# Of a row that documents have in "where"; "-" is no key, and no other heading than the name.
Column = collections.namedtuple("Column", "where name key kind help heading")


class Command:
    def __init__(self, path):
        self.path, self.name = path, os.path.basename(path)
        rows = self.ask("options")
        self.operands = rows[0][2]
        self.options = [row[1:] for row in rows if row[0] == "option"]
        self.kinds = [w for row in rows if row[0] == "operand" for w in row[1].split() if w != "-"]

    def ask(self, what, *arguments):
        """What --help-completion says, as lists of fields."""
        text = subprocess.run([self.path, *arguments, "--help-completion=" + what],
                              capture_output=True, text=True, check=True).stdout
        return [line.split("\t") for line in text.splitlines()]

    def has(self, option):
        return any(option in o[:2] for o in self.options)

    def columns(self):
        """Of all kinds of rows, each once, in the order of the tables."""
        found = {}
        for variant in self.variants():
            for row in self.ask("table", *("x" if v == "PAIR" else v for v in variant)):
                column = Column(*row)
                found.setdefault((column.where, column.name), column)
        return list(found.values())

    def variants(self):
        """Arguments that make documents of another shape; "PAIR": the other end's capture."""
        yield []
        for short, long, argument, *_ in self.options:
            name = long if long != "-" else short
            if name in COMMON:
                continue
            if argument == "-":
                yield [name]
            elif argument == "STREAM":
                yield [name, "0"]
            elif argument == "CAPTURE":
                yield [name, "PAIR"]
            elif name == "--monitor":
                yield [name, MONITORED + ".log"]
            elif name == "--nstat":
                yield ["--counters", name, MONITORED + ".nstat"]


def commands(option="--json"):
    # mptcp-cache last: it shows what the others left in the cache.
    paths = [f"{BUILD}/{os.path.basename(source)[:-2]}" for source in glob.glob("cmd/*.c")]
    for path in sorted(paths, key=lambda p: (p.endswith("/mptcp-cache"), p)):
        command = Command(path) if os.access(path, os.X_OK) else None
        if command and command.has(option):
            yield command


def captures():
    """All that can be read, and the pairs."""
    own = sorted(glob.glob("testdata/captures/*.pcap*") + glob.glob("testdata/synthetic/*.pcap*"))
    pairs = [("testdata/captures/two-paths-client.pcapng",
              "testdata/captures/two-paths-server.pcapng.gz"),
             ("testdata/synthetic/one-way-to-server.pcap", "testdata/synthetic/one-way-to-client.pcap")]
    for client in sorted(glob.glob(SHARED + "/lab/*/client.pcapng")):
        pairs.append((client, client.replace("client.pcapng", "server.pcapng")))
    wild = [SHARED + "/wild/client_2.pcap", SHARED + "/wild/server_2.pcap"]
    for end in ("client_2", "server_2"):
        own += sorted(glob.glob(f"{SHARED}/wild/{end}.p*"))
    if all(map(os.path.exists, wild)):
        pairs.append(tuple(wild))
    return own, pairs


def runs(command):
    """(arguments, how many captures) of each run."""
    own, pairs = captures()
    if command.operands.startswith("list|"):  # it has words instead of captures
        yield from (["list"], ["verify"], ["prune", "--dry-run"])
        return
    for variant in command.variants():
        if any(MONITORED in word for word in variant):
            yield variant + [MONITORED + ".pcapng.gz"]
        elif "PAIR" in variant:
            for a, b in pairs:
                yield [b if v == "PAIR" else v for v in variant] + [a]
        elif command.operands == "CAPTURE CAPTURE":
            for pair in pairs:
                yield variant + list(pair)
        elif command.operands.endswith("CAPTURE..."):
            yield variant + own + [pairs[-1][0]]
        elif command.operands == "CAPTURE [CAPTURE2]":
            for path in own if not variant else []:
                yield [path]
            for pair in pairs[:4]:
                yield variant + list(pair)
            if variant == ["--tally"]:  # takes many
                yield variant + own
        elif command.operands.endswith("CAPTURE...]"):
            yield variant
            yield variant + own
        else:
            yield variant + [own[0]]


def run(command, arguments, form="--json"):
    """The output; "" where there is none."""
    quiet = ["-q"] if command.has("-q") else []
    done = subprocess.run([command.path, *quiet, form] + arguments, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    if done.returncode < 0 or done.returncode > 5:
        sys.exit(f"{command.name} {' '.join(arguments)}: exit status {done.returncode}")
    return done.stdout.decode()


def charts(command):
    """(arguments, text) of charts as JSON, of each kind."""
    pair = captures()[1][0]
    for arguments in [[kind] + list(pair) for kind in command.kinds] + [
            ["attr", "--field", "len", "--time", "absolute", pair[0]], ["dsn", "--raw", pair[0]]]:
        text = run(command, arguments + ["-w", "-"], "--format=json")
        if text:
            yield arguments, text


def lines_of_live():
    """(schema, text) of a command that prints lines."""
    texts = [subprocess.run([f"{BUILD}/mptcp-live", "--jsonl", *options, path], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False).stdout.decode()
             for path in captures()[0] for options in ([], ["--keep", "1s"])]
    yield "mptcp-live/1", "".join(texts)


def paths():
    return sorted(glob.glob("schema/*.json"))


def schemas():
    """By the name in a document's "schema"."""
    found = {}
    for path in paths():
        with open(path, encoding="utf-8") as f:
            found[re.sub(r"-(\d+)$", r"/\1", os.path.basename(path)[:-5])] = json.load(f)
    return found


# ---- keys of a schema ---------------------------------------------------------------------

def types_of(node):
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else list(kinds)
    for part in node.get("anyOf", []):
        kinds += types_of(part)
    return kinds


def shape(node, kind):
    """The part of a schema that describes a value of that kind, or None."""
    if kind in types_of({"type": node.get("type", [])}) and (
            kind != "object" or "properties" in node):
        return node
    return next((s for s in (shape(p, kind) for p in node.get("anyOf", [])) if s), None)


def type_text(node):
    names = {"array": "list"}
    kinds = [names.get(k, k) for k in types_of(node)]
    if "items" in (shape(node, "array") or {}):
        inner = shape(node, "array")["items"]
        if not shape(inner, "object"):
            plural = " or ".join(w + "s" if w != "null" else w for w in
                                 (names.get(k, k) for k in types_of(inner)))
            kinds[kinds.index("list")] = "list of " + plural
    return " or ".join(kinds)


def walk(node, heading="", prefix=""):
    """Yields (heading, key, node): all keys, in the groups in which the page lists them."""
    later = []
    for key, child in node["properties"].items():
        array, inner = shape(child, "array"), shape(child, "object")
        rows = array and shape(array.get("items", {}), "object")
        name = prefix + key
        if inner and not rows and prefix == "" and len(inner["properties"]) > 8:
            yield heading, name, child
            later.append((inner, (heading + "." if heading else "") + name))
        elif inner and not rows:
            yield from walk(inner, heading, name + ".")
        else:
            yield heading, name, child
            if rows:
                later.append((rows, (heading + "." if heading else "") + name + "[]"))
    for inner, path in later:
        yield from walk(inner, path)


def undescribed(node, prefix=""):
    """Keys, also of objects that hold others, of which nobody said what they mean."""
    for key, child in node.get("properties", {}).items():
        if not child.get("description", "TODO").strip("TODO"):
            yield prefix + key
        yield from undescribed(child, prefix + key + ".")
        yield from undescribed(child.get("items", {}), prefix + key + "[].")


# ---- the page -----------------------------------------------------------------------------

def page_keys():
    """{schema: {(heading, key): type}} as the page has them."""
    found, name, heading = {}, None, ""
    with open(PAGE, encoding="utf-8") as f:
        for line in f:
            section = re.match(r"\.Ss (mptcp-[a-z]+(?:/\d+)?|Every document)(?:: (\S+))?$",
                               line.strip().replace("\\&", ""))
            item = re.match(r"\.It Va (\S+) Pq (.*)$", line.strip())
            if line.startswith((".Ss ", ".Sh ")):
                name = section and section[1]
                heading = (section[2] or "") if section else ""
            elif item and name:
                found.setdefault(name, {})[heading, item[1]] = item[2]
    return found


# ---- drafts -------------------------------------------------------------------------------

def merge(node, value):
    kind = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer",
            float: "number", type(None): "null"}[type(value)]
    node.setdefault("kinds", set()).add(kind)
    if kind == "object":
        node["n"] = node.get("n", 0) + 1
        for key, inner in value.items():
            child = node.setdefault("keys", {}).setdefault(key, {})
            child["seen"] = child.get("seen", 0) + 1
            merge(child, inner)
    elif kind == "array":
        for inner in value:
            merge(node.setdefault("items", {}), inner)
    elif kind == "string":
        node.setdefault("values", set()).add(value)


def draft(node, path, columns):
    kinds = node["kinds"] - ({"integer"} if "number" in node["kinds"] else set())
    kind, meaning = columns.get(".".join(path), ("", "TODO"))
    plain = sorted(kinds - {"null"})
    if kind in ("seconds", "milliseconds", "ratio 0..1", "bit/s"):
        plain = ["number"]
    elif not plain:
        plain = ["string" if kind == "text" else "integer"]
    out = {"type": plain + ["null"] if "null" in kinds else plain[0], "description": meaning}
    if "object" in kinds and node.get("keys"):
        out["required"] = [k for k, c in node["keys"].items() if c["seen"] == node["n"]]
        out["additionalProperties"] = False
        out["properties"] = {k: draft(c, path + [k], columns) for k, c in node["keys"].items()}
    if "array" in kinds and "items" in node:
        out["items"] = draft(node["items"], path, columns)
        del out["items"]["description"]
    if kind == "64-bit number":
        out["pattern"] = "^[0-9]+$"
    elif kind == "seconds since 1970":
        out["pattern"] = "^[0-9]+[.][0-9]{9}$"
    elif kind == "token":
        out["minimum"], out["maximum"] = 0, 2**32 - 1
    return out


def infer(name):
    command = Command(os.path.join(BUILD, name))
    columns = {f"{c.where}.{c.key}": (c.kind, c.help) for c in command.columns()}
    node = {}
    for arguments in runs(command):
        text = run(command, arguments)
        if text:
            merge(node, json.loads(text))
    title = node["keys"]["schema"]["values"].pop()
    out = {"$schema": "https://json-schema.org/draft/2020-12/schema",
           "$comment": "SPDX-License-Identifier: GPL-3.0-or-later",
           "title": title}
    out.update(draft(node, [], columns))
    out["description"] = f"What {name} --json prints"
    out["properties"]["schema"] = {"const": title, "type": "string",
                                   "description": "name and number of the schema"}
    json.dump(out, sys.stdout, indent=2)
    print()


# ---- the checks ---------------------------------------------------------------------------

def seen_keys(node, value, heading, prefix, out):
    """Note which keys of the schema a document has; as walk() names them."""
    for key, child in node["properties"].items():
        if key not in value:
            continue
        inner, array = value[key], shape(child, "array")
        rows = array and shape(array.get("items", {}), "object")
        name, deeper = prefix + key, shape(child, "object")
        if deeper and not rows:
            own = prefix == "" and len(deeper["properties"]) > 8
            if own:
                out.add((heading, name))
            if isinstance(inner, dict):
                path = (heading + "." if heading else "") + name
                seen_keys(deeper, inner, path if own else heading, "" if own else name + ".", out)
        else:
            out.add((heading, name))
            if rows and isinstance(inner, list):
                path = (heading + "." if heading else "") + name + "[]"
                for row in inner:
                    seen_keys(rows, row, path, "", out)


def closed(node, path="$"):
    """Objects that would take unknown keys."""
    if "properties" in node and node.get("additionalProperties") is not False:
        yield path
    for key, child in node.get("properties", {}).items():
        yield from closed(child, f"{path}.{key}")
    for part in [node["items"]] if "items" in node else []:
        yield from closed(part, path + "[]")
    for part in node.get("anyOf", []):
        yield from closed(part, path)


def thin(value):
    """Of long lists every so many elements: they are much alike, and checks are slow."""
    if isinstance(value, dict):
        return {k: thin(v) for k, v in value.items()}
    if isinstance(value, list):
        return [thin(v) for v in value[::len(value) // 200 + 1]]
    return value


def lines_fault(command, arguments, document):
    """--jsonl: each line is a row of the document, with schema and capture_path."""
    lines = [json.loads(line) for line in run(command, arguments, "--jsonl").splitlines()]
    for line in lines:
        if line.pop("schema") != document["schema"]:
            return "another schema"
        if line.pop("capture_path") not in [c["path"] for c in document["captures"]] + [None]:
            return "another capture"
    lists = [v for v in document.values() if isinstance(v, list)]
    for row in lines + sum(lists, []):
        if isinstance(row, dict):
            row.pop("age_s", None)  # it grows from one run to the next
    if lines not in lists:
        return "no list of the document"
    return None


def check():
    try:
        import jsonschema
    except ImportError:
        print("1..0 # SKIP no python3-jsonschema")
        return
    tap, known, page = Tap(), schemas(), page_keys()
    common = page.pop("Every document", {})
    used = set()
    for command in commands():
        faults, seen, documents, lines, forms = [], {}, 0, [], set()
        for arguments in runs(command):
            text = run(command, arguments)
            if not text:
                continue
            document = json.loads(text)
            name = document["schema"]
            if name not in known:
                faults.append(f"no schema/{name.replace('/', '-')}.json: see HACKING.md")
                break
            used.add(name)
            documents += 1
            sample = thin(document)
            validator = jsonschema.Draft202012Validator(known[name])
            faults += [f"{' '.join(arguments)[-80:]}: {e.json_path}: {e.message}"
                       for e in validator.iter_errors(sample)]
            seen_keys(known[name], document, "", "", seen.setdefault(name, set()))
            form = tuple(a for a in arguments if not os.path.exists(a))
            if command.has("--jsonl") and form not in forms:
                forms.add(form)
                fault = lines_fault(command, arguments, document)
                lines += [f"{' '.join(arguments)[-80:]}: {fault}"] if fault else []
        tap.judge(f"{command.name}: {documents} documents are as the schema says",
                  faults or ([] if documents else ["no document"]))
        if command.has("--jsonl"):
            tap.judge(f"{command.name}: lines of --jsonl are rows of the document", lines)
        for name, keys in seen.items():
            tap.judge(f"{name}: every key of the schema was printed",
                      [k for k in ((h, k) for h, k, _ in walk(known[name])) if k not in keys
                       and not (command.name == "mptcp-cache" and k[0].startswith("captures[]"))
                       # The pairs that owd takes lack nothing; it prints captures as all others do.
                       and not (command.name == "mptcp-owd" and k[0] == "captures[].shortcomings[]")])
    command = Command(os.path.join(BUILD, "mptcp-plot"))
    seen, faults = set(), []
    validator = jsonschema.Draft202012Validator(known[command.name])
    for arguments, text in charts(command):
        sample = thin(json.loads(text))
        faults += [f"{' '.join(arguments)}: {e.json_path}: {e.message}"
                   for e in validator.iter_errors(sample)]
        seen_keys(known[command.name], sample, "", "", seen)
        used.add(command.name)
    tap.judge("mptcp-plot: charts are as the schema says", faults)
    tap.judge("mptcp-plot: every key of the schema was printed", [
        k for k in ((h, k) for h, k, _ in walk(known[command.name])) if k not in seen])
    for name, text in lines_of_live():
        validator = jsonschema.Draft202012Validator(known[name])
        seen, faults = set(), []
        for line in map(json.loads, text.splitlines()):
            faults += [f"{line['type']}: {e.json_path}: {e.message}" for e in validator.iter_errors(line)]
            seen_keys(known[name], line, "", "", seen)
        used.add(name)
        tap.judge(f"{name}: lines are as the schema says", faults or ([] if seen else ["no line"]))
        tap.judge(f"{name}: every key of the schema was printed", [
            k for k in ((h, k) for h, k, _ in walk(known[name])) if k not in seen])
    tap.judge("every schema is that of a command", set(known) - used)
    for name, schema in known.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        tap.judge(f"{name}: no object takes unknown keys", closed(schema))
        keys = {(h, k): type_text(n) for h, k, n in walk(schema)}
        shared = {key: common[key] for key in common if key == ("", "schema")
                  or ("/" in name and not name.startswith(LINES))} if "/" in name else {}
        described = {**shared, **page.get(name, {})}
        tap.judge(f"{name}: each key is in mptcp-json(5), and no other", [
            f"{h or 'document'}: {k}: schema: {keys.get((h, k))}, page: {described.get((h, k))}"
            for h, k in sorted(set(keys) | set(described))
            if keys.get((h, k)) != described.get((h, k))])
        tap.judge(f"{name}: each key has a description", undescribed(schema))
    tap.judge("the page is about known schemas only", set(page) - set(known))
    tap.finish()


if __name__ == "__main__":
    {"check": check, "infer": lambda: infer(sys.argv[2])}[sys.argv[1]]()
