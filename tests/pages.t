#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages and the tables of options say the same.

Options that commands share are described once, in man/options/GROUP.mdoc.  A
page has them between two comments,

    .\\" shared: GROUP
    .\\" end

and "make regen" (REGEN=1 here) writes what is between.  An option that the page
describes itself is left out there.  What follows the second comment belongs to
the last of them.  "synopsis: GROUP" has them as SYNOPSIS does, but for letters
without argument, which stand together.
"""
import glob
import json
import os
import re
import subprocess

from tap import BUILD, Tap

COMMANDS = sorted(os.path.basename(path)[:-2] for path in glob.glob("cmd/*.c"))
# Where a page tells itself what its command makes of options that others share.
OWN = {("mptcp-plot", "connection"), ("mptcp-plot", "stream"), ("mptcp-summary", "stream"),
       ("mptcp-events", "towards"), ("mptcp-export", "towards"), ("mptcp-live", "output"),
       ("mptcp-events", "write"), ("mptcp-live", "write")}  # -w of the group "live"
SHARED = re.compile(r'^(\.\\" (shared|synopsis): (\w+)\n).*?(?=^\.\\" end$)', re.M | re.S)
ITEM = re.compile(r"^\.It Fl .*\n(?:(?!\.It|\.El).*\n)*", re.M)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def flags(line):
    """[(letter or long name, argument or "-")] of a line of mdoc."""
    found, run, macro = [], [], None
    for word in line.lstrip(".").split():
        if word in ("Fl", "Ar", "Op"):
            macro = word
            run = run if word == "Ar" else []
        elif macro == "Fl" and re.match(r"-?[\w-]+$", word) and word != "Ns":
            new = [[name, "-"] for name in ([word[1:]] if word[0] == "-" else word)]
            found += new
            run += new
        elif macro == "Ar":
            for flag in run:
                flag[1] = word.lower()
            macro = None
    return [tuple(flag) for flag in found]


def described(text):
    """The same of all options that are items of a list."""
    return [flag for line in re.findall(r"^\.It Fl .*", text, re.M) for flag in flags(line)]


def regenerated(text):
    """The page as it should be."""
    own = {name for name, _ in described(SHARED.sub("", text))}

    def brief(item):
        name, argument = described(item)[0]
        form = re.match(r"\.It (.*?)( ,.*)?\n", item)[1]
        if argument != "-" and " Ar " not in form:
            form += f" Ar {argument}"
        return f".Op {form}\n" if len(name) > 1 or argument != "-" else ""

    def shared(match):
        items = ITEM.findall(read(f"man/options/{match[3]}.mdoc"))
        items = [item for item in items if described(item)[0][0] not in own]
        return match[1] + "".join(items if match[2] == "shared" else map(brief, items))

    return SHARED.sub(shared, text)


def table(command):
    """[(short, long, argument)] of the command; "-" where there is none."""
    text = subprocess.run([f"{BUILD}/{command}", "--help-completion=options"],
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    rows = [line.split("\t") for line in text.splitlines()]
    return [(row[1].lstrip("-") or "-", row[2].lstrip("-") or "-", row[3].lower())
            for row in rows if row[0] == "option"]


def section(text, name):
    return re.search(rf"^\.Sh {name}\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S)[1]


def differences(page, wanted):
    for name, argument in sorted(set(page) - set(wanted)):
        yield f"the page has {name} with argument {argument}, the table has not"
    for name, argument in sorted(set(wanted) - set(page)):
        yield f"the table has {name} with argument {argument}, the page has not"


def check(command, report):
    text = read(f"man/{command}.1")
    options = table(command)
    items = described(text)
    wanted = [(n, argument) for short, long, argument in options for n in (short, long) if n != "-"]
    report.judge(f"{command}: OPTIONS", differences(items, wanted))
    report.judge(f"{command}: no option twice", {n for n, _ in items if items.count((n, _)) > 1})
    synopsis = {flag for line in section(text, "SYNOPSIS").splitlines() for flag in flags(line)}
    wanted = [(short if (short, argument) in synopsis else long, argument)
              for short, long, argument in options if short not in ("h", "V")]
    report.judge(f"{command}: SYNOPSIS", differences(synopsis, wanted))


def terms(command, name):
    """What a section of a page has a list of."""
    return set(re.findall(r"^\.It Cm (\w.*)$", section(read(f"man/{command}.1"), name), re.M))


def rules():
    """Those of the program, with the section of the RFC."""
    run = subprocess.run([f"{BUILD}/mptcp-check", "--no-cache", "--no-payload", "--all", "--json",
                          "testdata/captures/two-paths-client.pcapng"],
                         capture_output=True, text=True, check=True)
    return {(c["rule"], c["section"].split()[-1]) for c in json.loads(run.stdout)["checks"]}


def main():
    report = Tap()
    pages = sorted(glob.glob("man/*.[1-8]"))
    for page in pages:
        text = read(page)
        if os.environ.get("REGEN"):
            with open(page, "w", encoding="utf-8") as f:
                f.write(regenerated(text))
        report.judge(f"{page}: shared options are as in man/options",
                     [] if regenerated(read(page)) == read(page) else ['"make regen" changes it'])
    for command in COMMANDS:
        check(command, report)
    first = {os.path.basename(path)[:-5]: described(read(path))[0]
             for path in glob.glob("man/options/*")}
    has = {(c, group) for c in COMMANDS for group, (name, argument) in first.items()
           if any(name in o[:2] and argument == o[2] for o in table(c))}
    takes = {(c, match[3]) for c in COMMANDS for match in SHARED.finditer(read(f"man/{c}.1"))
             if match[2] == "shared"}
    report.judge("a command with shared options has their text, or one of its own",
                 map(str, sorted(has ^ takes ^ OWN)))
    overview = read("man/mptcptools.7")
    for what, text, form in (
            ("mptcptools(7)", overview, ".It Xr %s 1\n"),
            ("SEE ALSO of mptcptools(7)", section(overview, "SEE ALSO"), ".Xr %s 1 ,\n"),
            ("README.md", read("README.md"), "\n- [`%s`](man/%s.1) ")):
        report.judge(f"{what}: every command",
                     [c for c in COMMANDS if form.replace("%s", c) not in text])
    kinds = subprocess.run([f"{BUILD}/mptcp-plot", "--list"], capture_output=True, text=True,
                           check=True).stdout.split("\n")
    report.judge("mptcp-plot(1): every kind of plot",
                 {k.split()[0] for k in kinds if k} - terms("mptcp-plot", "DESCRIPTION"))
    report.judge("mptcp-check(1): every rule with its section, and no other", rules() ^ {
        (rule, where) for term in terms("mptcp-check", "RULES")
        for names, where in re.findall(r"(.*) No \((.*)\)", term) for rule in names.split(" , ")})
    report.judge("completions: every command", [
        path for c in COMMANDS for path in (f"{BUILD}/completions/bash/{c}", f"{BUILD}/completions/zsh/_{c}")
        if not os.path.getsize(path)])
    report.finish()


main()
