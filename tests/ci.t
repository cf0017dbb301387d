#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples/ci: lists of expectations, whose TAP prove takes and whose JUnit XML Python parses, whatever is in them;
recordings of which it is known what they show; the workflow; and that the conditions in mptcp-batch(7) are not met by
captures that they are not true of (that they are met by others is in examples.t)."""
import functools
import gzip
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

from tap import BUILD, TOP, WORK, Tap, load, need_tshark, read_natively

try:
    import yaml
except ImportError:
    yaml = None

SCRIPT = TOP + "/examples/ci/run-expectations"
read_natively()
ENV = dict(os.environ, PATH="%s:%s" % (os.path.abspath(BUILD), os.environ["PATH"]), LC_ALL="C.UTF-8",
           XDG_CACHE_HOME=WORK, CAPTURES=TOP + "/testdata/captures")
ONE = TOP + "/testdata/synthetic/v1-join-by-server.pcap"
NASTY = """it's "q" <a> & ]]> $(id) `id`; # x"""


class Run:
    """The script, run with a list; "rows": of fields, or the text of the list."""

    def __init__(self, rows, *options, shell="sh", where=WORK, name="list.tsv"):
        text = rows if isinstance(rows, (str, bytes)) else "".join("\t".join(row) + "\n" for row in rows)
        with open(os.path.join(where, name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        done = subprocess.run([shell, SCRIPT, *options, name], cwd=where, env=ENV, capture_output=True, check=False)
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()
        self.lines = re.findall(r"^(not ok|ok) (\d+) - (.*)$", self.out, re.M)
        self.met = [line[0] == "ok" for line in self.lines]

    def told(self):
        """What is said of each, by its number: the lines between "---" and "..."."""
        return {int(number): block for number, block in
                re.findall(r"^not ok (\d+) - .*\n  ---\n((?:  .*\n)*?)  \.\.\.$", self.out, re.M)}

    def proved(self):
        """What prove makes of it: its exit status, tests, and how many of them failed."""
        path = os.path.join(WORK, "out.tap")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.out)
        done = subprocess.run(["prove", "--exec", "cat", path], capture_output=True, text=True, check=False)
        if "Parse errors" in done.stdout:
            return done.stdout
        tests = re.search(r"Tests=(\d+),", done.stdout).group(1)
        failed = re.search(r"Failed: (\d+)\)", done.stdout)
        return done.returncode, int(tests), int(failed.group(1)) if failed else 0


def junit(path):
    """[(name, message, text)] of the cases, and the counts it says itself."""
    root = xml.etree.ElementTree.parse(path).getroot()
    cases = [(case.get("name"), *([case[0].get("message"), case[0].text] if len(case) else [None, None]))
             for case in root.iter("testcase")]
    return cases, [(int(e.get("tests")), int(e.get("failures"))) for e in [root, *root.iter("testsuite")]]


# Of each: fields, met, what is said when it is not.
EXPECTATIONS = [
    (("two connections", "echo '[1, 2]'", "length", ". == 2"), True, []),
    (("each value", "seq 3", ".", ". > 0"), True, []),
    (("a comment", "seq 3", ". # x", ". > 0 # y"), True, []),
    (("stdin is empty", "cat; echo 1", ".", ". == 1"), True, []),
    (("functions", "echo 2", "def f: . * 2; f", "def g: . == 4; g"), True, []),
    (("not met", "seq 100", ".", ". < 50"), False, ["not as expected", "found", " 50\n", " 59\n", "and more"]),
    (("a long one", "jq -n '\"x\" * 9000'", ".", "length < 5"), False, ["(9002 characters)"]),
    (("null", "echo null", ".", ". < 1"), False, ["not as expected", " null\n"]),
    (("no value", "echo '[]'", ".[]", "true"), False, ["no such value"]),
    (("no output", "true", ".", "true"), False, ["no such value"]),
    (("a number is not true", "echo 7", ".", "."), False, ["not as expected", " 7\n"]),
    (("nothing is not true", "echo 7", ".", "empty"), False, ["not as expected", " 7\n"]),
    (("true and false", "echo 7", ".", ". == (6, 7)"), False, ["not as expected", " 7\n"]),
    (("the command fails", "echo why >&2; echo 1; exit 3", ".", ". == 1"), False, ["exit status 3", "why"]),
    (("no command", "mptcp-nothing x", ".", "true"), False, ["exit status 127", "mptcp-nothing"]),
    (("no capture", "mptcp-ls --json nowhere.pcap", ".", "true"), False,
     ["exit status 3", "mptcp-ls: ", "nowhere.pcap", "No such file"]),
    (("no JSON", "echo a table", ".", "true"), False, ["VALUE failed", "parse error"]),
    (("VALUE is wrong", "echo 1", ".[", "true"), False, ["VALUE failed", "syntax error"]),
    (("VALUE does not fit", "echo 1", ".a", "true"), False, ["VALUE failed", "Cannot index number"]),
    (("MUST is wrong", "echo 1", ".", ". =="), False, ["MUST failed", "syntax error"]),
    (("MUST has brackets", "echo 1", ".", "true)] | [(true"), False, ["MUST failed", "syntax error"]),
    (("MUST does not fit", "echo 1", ".", ".a"), False, ["MUST failed", "Cannot index number"]),
    (("-n", "echo 1", ".", ". == 2"), False, ["not as expected"]),
    (("later # TODO", "echo 1", ".", ". == 2"), False, ["not as expected"]),
    (("later # SKIP \\", "echo 1", ".", ". == 2"), False, ["not as expected"]),
    (("YAML in what it says", "printf ' a: b: \"c\\n- x: y\\n...\\n  ---\\n\\n#|\\n'  >&2; exit 1", ".", "true"), False,
     ["a: b: \"c", "- x: y", "...", "---", "#|"]),
    (("found text", """echo '"note: x" "..."'""", ".", ". == 2"), False, ['"note: x"', '"..."']),
    ((NASTY, "printf '%s' '\"a\\n]]><&\\u0000\\u001b\\uffff\"'", ".", ". == 2"), False, ["not as expected", "]]><&"]),
    (("\x01\x1b[31m\x7f", "printf '\\033\\377\\001' >&2; exit 1", ".", "true"), False, ["exit status 1"]),
]


@functools.lru_cache
def all_kinds(shell="sh"):
    """That list, run once."""
    return Run([e[0] for e in EXPECTATIONS], "-j", shell + ".xml", shell=shell)


def kinds_differ(shell):
    run = all_kinds(shell)
    wanted = [e[1] for e in EXPECTATIONS]
    if run.status != 1 or run.met != wanted or run.err:
        yield "status %d: %s" % (run.status, [e[0][0] for e, met in zip(EXPECTATIONS, run.met) if e[1] != met])
        yield run.err or run.out
    if not run.out.startswith("TAP version 13\n1..%d\n" % len(wanted)):
        yield "no plan: " + run.out[:60]
    told = run.told()
    cases, counts = junit(os.path.join(WORK, shell + ".xml"))
    failures = wanted.count(False)
    if set(counts) != {(len(wanted), failures)} or len(told) != failures:
        yield "JUnit: %s, told: %d" % (counts, len(told))
    for number, ((fields, met, says), (name, message, text)) in enumerate(zip(EXPECTATIONS, cases), 1):
        if name != re.sub("[\x01\x1b\x7f]", "\ufffd", fields[0]) or (message is None) != met:
            yield "JUnit: %r, %r" % (name, message)
        yield from ("%s: TAP does not say %r: %s" % (fields[0], word, told.get(number)) for word in says
                    if word not in told.get(number, ""))
        yield from ("%s: JUnit does not say %r: %s" % (fields[0], word, text) for word in says
                    if word.strip() not in "%s %s found" % (message, text))
    if re.search("[\x00-\x09\x0b-\x1f\x7f]", run.out):
        yield "control characters"


def prove_differs():
    good = [e[0] for e in EXPECTATIONS if e[1]]
    for run, number, failed in ((all_kinds(), len(EXPECTATIONS), len(EXPECTATIONS) - len(good)),
                                (Run(good), len(good), 0)):
        if run.proved() != (int(failed > 0), number, failed) or run.status != int(failed > 0):
            yield str(run.proved())


def yaml_differs():
    told = all_kinds().told()
    for number, block in told.items():
        fields = EXPECTATIONS[number - 1][0]
        read = yaml.safe_load(block)
        if [read["command"], read["value"], read["must"]] != list(fields[1:]):
            yield "%s: %s" % (fields[0], read)
        if fields[0] == "not met" and read["found"].splitlines()[:2] != ["50", "51"]:
            yield "found: %s" % read["found"]


def names_differ():
    """Captures may be called anything."""
    folder = os.path.join(WORK, "names")
    os.mkdir(folder)
    names = ["a\nnot ok 9 - b.pcap", "it's \"q\"<&>]]>.pcap", "%s\\n.pcap", "a b.pcap", "\u00e4.pcap"]
    for name in names:
        shutil.copy(ONE, os.path.join(folder, name))
    rows = [("all", "mptcp-ls --json ./*.pcap", ".connections[].state", '. == "established"'),
            ("paths", "mptcp-ls --json ./*.pcap", ".captures[].path", '. == "x"'),
            ("one", "mptcp-ls --json ./a*b.pcap | head -c 100", ".", "true")]
    run = Run(rows, "-j", "junit.xml", where=folder)
    cases, counts = junit(os.path.join(folder, "junit.xml"))
    found = {line[len("found: "):] for line in cases[1][2].splitlines() if line.startswith("found: ")}
    if run.met != [True, False, False] or set(counts) != {(3, 2)} or run.proved() != (1, 3, 2):
        yield "%s %s\n%s" % (run.met, counts, run.out)
    if {json.loads(text) for text in found} != {"./" + name for name in names}:
        yield str(found)


def refusals_differ():
    for rows, says in (("", "no expectation"), ("# only\n\n   \n", "no expectation"),
                       ("a\tb\tc\n", "line 1 has 3 fields"),
                       ("# x\n\na\techo 1\t.\t.\nb c d e\n", "line 4 has 1 field "),
                       ("a\tb\tc\td\te\n", "line 1 has 5 fields")):
        run = Run(rows, "-j", "refused.xml")
        if run.status != 2 or says not in run.err or run.err.count("\n") != 1 or run.out \
                or os.path.exists(WORK + "/refused.xml"):
            yield "%r: %d, %s%s" % (rows, run.status, run.err, run.out)
    good = "a\techo 1\t.\t. == 1\n"
    for options in (["-x"], ["-j"], ["a", "b"], ["-j", "/nonexistent/x"]):
        run = Run(good, *options)
        if run.status != 2 or not run.err or run.out:
            yield "%s: %d, %s" % (options, run.status, run.err)
    for arguments in ([], ["/nonexistent"], ["/"]):
        done = subprocess.run([SCRIPT, *arguments], env=ENV, capture_output=True, check=False)
        if done.returncode != 2 or not done.stderr or done.stdout:
            yield "%s: %d" % (arguments, done.returncode)


def lists_differ():
    """As editors leave them."""
    for text in ("a\techo 1\t.\t. == 1", "a\t\t\techo 1\t\t.\t. == 1\t\n", "a\techo 1\t.\t. == 1\r\n\r\n# b\r\n",
                 "#\n\ta\techo 1\t.\t. == 1\n", b"\xff\techo 1\t.\t. == 1\n"):
        run = Run(text, "-j", "junit.xml")
        if run.status or run.met != [True] or len(junit(WORK + "/junit.xml")[0]) != 1:
            yield "%r: %d, %s%s" % (text, run.status, run.out, run.err)
    run = Run("a\techo 1\t.\t. == 1\n", name="x=1")  # awk must not take it for a variable
    if run.status or run.met != [True]:
        yield "x=1: %d, %s" % (run.status, run.err)


def known():
    """Expectations of recordings that tell what was done: [(row, wrong MUST)]."""
    folder = TOP + "/testdata/limits"
    for name, truth in load(folder + "/truth.json").items():
        verdict = '. == "%s"'
        yield (["%s: what limits it" % name, "mptcp-check --json %s/%s.pcapng.gz" % (folder, name),
                '.verdicts[] | select(.question == "limit") | .cause', verdict % truth["limit"]], verdict % "stalled_path")
    folder = TOP + "/testdata/captures/handover"
    for name, truth in load(folder + "/truth.json").items():
        received = truth["bytes"]["server"]["received"]
        yield (["%s: what arrives" % name, "mptcp-ls --json %s/%s-server.pcapng.gz" % (folder, name),
                "[.connections[].bytes_to_server] | add", ". == %d" % received], ". == %d" % (received + 1))


def truth_differs():
    rows = list(known())
    if len(rows) < 12:
        yield "few: %d" % len(rows)
    run = Run([row for row, _ in rows])
    if run.status or run.met != [True] * len(rows):
        yield run.out
    run = Run([[*row[:3], wrong] for row, wrong in rows])
    if run.status != 1 or run.met != [False] * len(rows):
        yield run.out


def example_differs():
    with open(TOP + "/examples/ci/expectations.tsv", encoding="utf-8") as file:
        text = file.read()
    run = Run(text)
    if run.status or len(run.met) < 8:
        yield run.out + run.err
    # The same is not true of another folder, and nothing is of one that does not show it.
    fallback = gzip.decompress(contents("captures/fallback-client.pcapng.gz"))
    for name, content, handover, good in (
            ("other", fallback, "captures/handover/backup-client.pcapng.gz",
             {"nothing is reset", "no rule is violated", "nothing is changed on the way"}),
            ("cut", contents("verdicts/cut-66.pcap"), "verdicts/cut-66.pcap", set()),
            ("plain", contents("synthetic/plain-tcp.pcap"), "synthetic/plain-tcp.pcap", set())):
        run = run_elsewhere(text, name, content, contents(handover))
        met = {name for result, _, name in run.lines if result == "ok"}
        if run.status != 1 or met - good:
            yield "%s: met: %s" % (name, met)


def contents(name):
    with open("%s/testdata/%s" % (TOP, name), "rb") as file:
        return file.read()


def run_elsewhere(text, name, content, handover):
    """Run the list with a folder of that name, in which all captures of both ends have this content."""
    other = os.path.join(WORK, name)
    os.makedirs(other + "/handover")
    for path, data in (("two-paths-client.pcapng", content), ("two-paths-server.pcapng.gz", gzip.compress(content)),
                       ("handover/prio-client.pcapng.gz", handover)):
        with open("%s/%s" % (other, path), "wb") as file:
            file.write(data)
    ENV["CAPTURES"], before = other, ENV["CAPTURES"]
    run = Run(text)
    ENV["CAPTURES"] = before
    return run


# A line of the list, as it is shown where lists are described.
SHOWN = "examples/README.md", "examples/ci/run-expectations", "man/mptcp-batch.7"


def shown_differs():
    """The same line everywhere; it is met by a capture of two subflows with data, and by none with a failed join."""
    lines = set()
    for path in SHOWN:
        with open(os.path.join(TOP, path), encoding="utf-8") as file:
            lines |= set(re.findall(r"^(?:#\t)?(\S[^\t\n]*\tmptcp-[^\t]*a\.pcap\t[^\t]*\t[^\t\n]*)$", file.read(), re.M))
    if len(lines) != 1:
        yield "several: %s" % lines
        return
    line, = lines
    for name, wanted in (("synthetic/v1-join-by-server.pcap", True), ("synthetic/v1-join-refused.pcap", False),
                         ("synthetic/v1-join-unanswered.pcap", False), ("verdicts/cut-86.pcap", False)):
        shutil.copy("%s/testdata/%s" % (TOP, name), WORK + "/a.pcap")
        run = Run(line + "\n")
        if run.met != [wanted]:
            yield "%s: %s" % (name, run.out)


def workflow_differs():
    workflow = yaml.safe_load(open(TOP + "/examples/ci/github-actions.yml", encoding="utf-8"))
    steps = [step for step in workflow["jobs"]["captures"]["steps"] if "run-expectations" in step.get("run", "")]
    page = open(TOP + "/man/mptcp-batch.7", encoding="utf-8").read()
    if len(steps) != 1 or "\n- name: %(name)s\n  run: %(run)s\n" % steps[0] not in page:
        yield "the page has another step than %s" % steps
    folder = os.path.join(WORK, "repository")
    shutil.copytree(TOP + "/examples/ci", folder + "/ci")
    os.symlink(TOP + "/testdata/captures", folder + "/captures")
    done = subprocess.run(["sh", "-ec", steps[0]["run"]], cwd=folder, env=dict(ENV, **steps[0]["env"]),
                          capture_output=True, text=True, check=False)
    if done.returncode or not junit(folder + "/junit.xml")[0]:
        yield done.stdout + done.stderr


# What each condition in the page is not true of.
NOT_TRUE = {
    "bytes_to_server": ["check/single_subflow-limit.pcap", "limits/app.pcapng.gz"],
    "fallback": ["captures/fallback-client.pcapng.gz"],
    "reset\")": ["check/reset_reason-many.pcap"],
    "reset\" or": ["check/reset_reason-many.pcap"],
    "share": ["check/single_subflow-limit.pcap", "limits/app.pcapng.gz"],
    "violated": ["check/join_hmac_ack.pcap", "check/add_addr_echo.pcap"],
    "gap_ms": ["captures/handover/backup-client.pcapng.gz", "captures/handover/prio-server.pcapng.gz",
               "captures/two-paths-client.pcapng"],
}


def conditions():
    with open("man/mptcp-batch.7", encoding="utf-8") as file:
        page = file.read()
    for block in re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", page, re.M | re.S):
        yield from (text for text in re.split(r"^\$ ", block, flags=re.M) if "jq -e" in text)


def condition_differs(text):
    words = [word for word in NOT_TRUE if word in text]
    if len(words) != 1:
        yield "nothing, or several things, are not true of it: %s" % words
        return
    for path in [*NOT_TRUE[words[0]], "synthetic/plain-tcp.pcap"]:
        command = re.sub(r"\S+\.pcapng", "%s/testdata/%s" % (TOP, path), text.replace("\\e", "\\"), count=1)
        done = subprocess.run(["sh", "-c", command], env=ENV, cwd=WORK, capture_output=True, text=True, check=False)
        if done.returncode != 1 or done.stdout != "false\n":
            yield "%s: %d, %s%s" % (path, done.returncode, done.stdout, done.stderr)


def main():
    tap = Tap()
    for shell in ("sh", "bash"):
        if shutil.which(shell):
            tap.attempt("each kind of expectation, " + shell, kinds_differ, shell)
    tap.attempt("prove takes it", prove_differs)
    if yaml:
        tap.attempt("its blocks are YAML", yaml_differs)
        tap.attempt("the workflow", workflow_differs)
    else:
        tap.skip("YAML", "python3-yaml is not installed")
    tap.attempt("names of captures", names_differ)
    tap.attempt("what is no list", refusals_differ)
    tap.attempt("lists as editors leave them", lists_differ)
    tap.attempt("recordings with a truth", truth_differs)
    tap.attempt("examples/ci/expectations.tsv", example_differs)
    tap.attempt("the line that is shown", shown_differs)
    texts = list(conditions())
    tap.judge("conditions in the page", [] if len(texts) == len(NOT_TRUE) else texts)
    for text in texts:
        tap.attempt("not met: " + " ".join(text.split())[:70], condition_differs, text)
    tap.finish()


need_tshark()
if not shutil.which("jq"):
    print("1..0 # SKIP no jq")
else:
    main()
