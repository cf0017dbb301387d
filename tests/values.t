#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What words stand in columns: the man page of mptcp-ls says all that the code has, and no other, as the schemas do.
What is cited has the version that is built."""
import json
import re

import tap

CODE, PAGE = tap.text_of("lib/model/conn.c"), tap.text_of("man/mptcp-ls.1")
# The function that has the words; the sentence of the page before their list; the keys of schemas with them.
VALUES = (
    ("conn_state_name", "The states of a connection:", {"state"}),
    ("fallback_cause_name", "The causes of a fallback:", {"fallback_cause"}),
    ("conn_end_name", "ended:", {"close", "end"}),
)


def words_of_code(function):
    body = re.search(r"\n[^\n]*\b%s\([^;{]*\{(.*?)\n\}" % function, CODE, re.DOTALL).group(1)
    return re.findall(r'= "(\w+)"', body)


def words_of_page(sentence):
    return re.findall(r"^\.It Cm (\w+)$", PAGE.split("\n" + sentence + "\n", 1)[1].split("\n.El\n", 1)[0], re.MULTILINE)


def enums(node, keys):
    """The words that these keys can have, wherever they are."""
    if isinstance(node, list):
        for part in node:
            yield from enums(part, keys)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in keys and isinstance(value, dict) and "enum" in value:
                yield [word for word in value["enum"] if word is not None]
            yield from enums(value, keys)


def headings():
    """Of the tables that are no sink's, which column each is: in the code but not in the page, or the other way."""
    code = {(heading, column) for name in ("summary", "path")
            for one, column, other in re.findall(r'\{ "([A-Z0-9-]+)", "(\w+)",(?: \w+, "([A-Z]+)")?',
                                                 tap.text_of("lib/output/%s_text.c" % name))
            for heading in (one, other) if heading and heading.lower() != column}
    text = tap.text_of("man/mptcp-summary.1").split("\n.Ss Headings of the tables\n", 1)[1].split("\n.El\n", 1)[0]
    page = {(heading.replace("\\-", "-"), column)
            for heading, columns in re.findall(r"^\.It (\S+)\n((?:\.Cm .*\n?)+)", text, re.MULTILINE)
            for column in re.findall(r"^\.Cm (\w+)", columns, re.MULTILINE)}
    return sorted(code ^ page) or ([] if len(code) > 20 else ["none"])


def versions():
    made = re.search(r"^VERSION = (\S+)$", tap.text_of("Makefile"), re.MULTILINE).group(1)
    cited = re.search(r"^version: (\S+)$", tap.text_of("CITATION.cff"), re.MULTILINE).group(1)
    told = re.search(r"^## (\S+)", tap.text_of("NEWS.md"), re.MULTILINE).group(1)
    return ["%s: %s, Makefile: %s" % (file, version, made)
            for file, version in (("CITATION.cff", cited), ("NEWS.md", told)) if version != made]


def dois():
    """Of papers, in the page and in CITATION.cff."""
    def of(path):
        return set(re.findall(r"\b10\.\d{4,}/[^\s,]+", tap.text_of(path)))
    return sorted(of("man/mptcptools.7") ^ of("CITATION.cff"))


def check(report):
    known = json.loads(tap.text_of("schema/mptcp-ls-1.json"))
    for function, sentence, keys in VALUES:
        code = words_of_code(function)
        report.judge("%s: there are some" % function, [] if len(code) > 3 else code)
        page = words_of_page(sentence)
        report.judge("%s: the page says all" % function, sorted(set(code) ^ set(page)))
        said = list(enums(known, keys))
        # A subflow is "established" while it is open, and has fewer ends than a connection.
        wrong = [word for words in said for word in words
                 if word not in code and word not in words_of_code("conn_end_name")]
        report.judge("%s: schemas have no other" % function, wrong if said else ["none"])
    report.judge("headings of tables", headings())
    report.judge("the version that is cited", versions())
    report.judge("DOIs of the page and of CITATION.cff", dois())
    report.finish()


check(tap.Tap())
