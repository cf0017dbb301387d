#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""HACKING.md has every header of lib/, by layer, with what the header says it is.

"make regen" (REGEN=1 here) writes the descriptions: the first sentence of each
header.  The order within a layer is that of HACKING.md; new ones come last.
"""
import glob
import os
import re

import tap

TABLE = re.compile(r"(?<=^\| header \| \|\n\|---\|---\|\n)(?:\|.*\n)+", re.M)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def purpose(path):
    """The first sentence behind "name.h - "."""
    text = re.search(r"/\*\s+\* [\w.]+ - (.*?)(?:\n \*\n|\n? \*/)", read(path), re.S)
    words = re.sub(r"\s*\n \* ?", " ", text.group(1)) if text else ""
    return re.split(r"(?<=[a-z)])\.(?: |$)", words)[0].rstrip(".")


def layers():
    line = re.search(r"^layers='(.*)'$", read("tests/layers.t"), re.M)
    return line.group(1).split()


def table(old):
    """The rows as they should be."""
    known = re.findall(r"^\| `(\w+\.h)` \|", old, re.M)
    said = dict(re.findall(r"^\| \*\*(\w+)/\*\* \|(.*)\|$", old, re.M))
    rows = []
    for layer in layers():
        rows.append("| **%s/** |%s|" % (layer, said.get(layer, " ")))
        paths = {os.path.basename(p): p for p in glob.glob("lib/%s/*.h" % layer)}
        order = sorted(paths, key=lambda n: (known.index(n) if n in known else
                                             len(known), n))
        rows += ["| `%s` | %s |" % (n, purpose(paths[n])) for n in order]
    return "\n".join(rows) + "\n"


def main():
    text = read("HACKING.md")
    old = TABLE.search(text).group(0)
    new = table(old)
    if os.environ.get("REGEN"):
        with open("HACKING.md", "w", encoding="utf-8") as f:
            f.write(text.replace(old, new))
        return
    report = tap.Tap()
    report.judge("HACKING.md tells what the headers say",
                 sorted(set(old.splitlines()) ^ set(new.splitlines())) or
                 ["their order is another"] * (old != new))
    names = " < ".join("`%s`" % n for n in layers())
    report.judge("HACKING.md has the layers in their order",
                 [] if names in text else [names])
    report.finish()


if __name__ == "__main__":
    main()
