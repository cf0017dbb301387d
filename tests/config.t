#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration: options that a file says are those of the command line, which overrules it; what is wrong in it
is told by line; and whatever is in it, nothing breaks."""

import glob
import json
import os
import random
import re
import struct
import subprocess

from tap import BUILD, WORK, Tap

CLIENT = "testdata/captures/two-paths-client.pcapng"
SERVER = "testdata/captures/two-paths-server.pcapng.gz"
COMMANDS = sorted(os.path.basename(path)[:-2] for path in glob.glob("cmd/*.c"))
HOME = os.path.join(WORK, "home")
CONFIG = os.path.join(WORK, "config")
USUAL = os.path.join(HOME, ".config/mptcptools/config")
# Operands with which each command does its work; of others these do.
OPERANDS = {"mptcp-cache": ["list"], "mptcp-doctor": [], "mptcp-map": [CLIENT, SERVER], "mptcp-owd": [CLIENT, SERVER],
            "mptcp-plot": ["dsn", "-w", "-", "--format=csv", CLIENT], "mptcp-report": ["-w", "-", CLIENT],
            "mptcp-split": ["-c0", "-w", "-", CLIENT]}
# What cannot be a default.
NEVER = {"at", "by", "capacity", "capture-filter", "client", "connection", "context", "display", "each",
         "field", "filter", "follow", "from", "help", "interface", "label", "level", "list", "list-causes",
         "list-columns", "list-interfaces", "log", "max-size", "monitor", "nstat", "offset", "older-than",
         "overlay", "raw", "rest", "skew", "snaplen", "sort", "ss", "stacked", "tcp-stream", "to", "version",
         "window", "with", "write", "ymax"}
# A value of each option that has an argument, where "1" and "nonsense" are none.
VALUES = {"reader": "native", "tshark": "/bin/true", "cache-dir": os.path.join(WORK, "other"),
          "captured-at": "client", "towards": "server", "event": "fin", "size": "84x60mm", "theme": "dark",
          "font-size": "8", "colors": "0072b2,#d55e00,f80",
          "format": "json", "time": "absolute", "clock": "raw", "title": "a title", "fail-on": "error", "limit": "3", "jsonl": os.path.join(WORK, "x.jsonl"), "columns": "frame,len"}


def run(command, *arguments, config=None, **environment):
    """With that configuration, and a cache that all of these runs have."""
    env = {"PATH": os.environ["PATH"], "HOME": HOME, "XDG_CACHE_HOME": os.path.join(WORK, "cache"),
           "MPTCP_READER": "native", "MPTCP_CONFIG": "", "LC_ALL": "C.UTF-8"}
    if config is not None:
        with open(CONFIG, "wb") as file:
            file.write(config if isinstance(config, bytes) else config.encode())
        env["MPTCP_CONFIG"] = CONFIG
    env.update(environment)
    return subprocess.run([f"{BUILD}/{command}", *arguments], capture_output=True, check=False, timeout=120,
                          env={name: value for name, value in env.items() if value is not None})


def said(done):
    """All that it did."""
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def header(done):
    """The columns of a table of tab-separated values."""
    return done.stdout.decode().split("\n", maxsplit=1)[0].split("\t")


def differs(what, got, wanted):
    if got != wanted:
        yield f"{what}: {got!r}, not {wanted!r}"


def options(command):
    """{long name: name of its argument, or None}"""
    text = run(command, "--help-completion=options").stdout.decode()
    rows = [line.split("\t") for line in text.splitlines()]
    return {row[2][2:]: None if row[3] == "-" else row[3] for row in rows if row[0] == "option" and row[2] != "-"}


def value_of(command, option):
    if option == "output":
        listed = run(command, "--list-columns").stdout.decode().split("\n")
        return listed[1].split()[0] + "," + listed[2].split()[0]
    return VALUES.get(option, "1")


def same_as_on_the_command_line(command):
    """Each option that can be a default, whether its value is good or not: also what the command then says is the
    same, but for where it is wrong."""
    tried = 0
    for option, argument in options(command).items():
        if option in NEVER or option == "refresh":
            continue
        operands = [word for word in OPERANDS.get(command, [CLIENT]) if option not in word]

        def do(*words, config=None):
            unlike = {"MPTCP_READER": None} if option == "reader" else {}
            if command == "mptcp-cache":  # nothing is in it that grows old
                unlike["XDG_CACHE_HOME"] = f"{WORK}/empty"
            return said(run(command, *words, *operands, config=config, **unlike))

        usual = do()
        for value in (value_of(command, option), f"{WORK}/non sense") if argument else ("yes",):
            tried += 1
            status, out, err = do(f"--{option}={value}" if argument else f"--{option}")
            got = do(config=f"[{command}]\n\n{option} = {value}\n")
            if command == "mptcp-doctor":  # it tells where each is from
                out, got = b"", (got[0], b"", got[2])
            if got[2].startswith(f"{command}: {CONFIG}:3: {option}: "):
                got = (got[0], got[1], got[2].replace(f"{CONFIG}:3: {option}: ", ""))
            elif status in (2, 4):
                err += f"{command}: options in '{CONFIG}' apply, too; mptcp-doctor lists them\n"
            yield from differs(f"{option} = {value}", got, (status, out, err))
        if not argument:
            got = do(config=f"[{command}]\n\n{option} = no\n")
            yield from differs(f"{option} = no", *((done[0], b"" if command == "mptcp-doctor" else done[1], done[2])
                                                   for done in (got, usual)))
    if tried < 5:
        yield f"only {tried} options were tried"


def refuses_never(command):
    for option in sorted(NEVER & set(options(command))):
        for section in f"[{command}]", "":
            done = run(command, *OPERANDS.get(command, [CLIENT]), config=f"{section}\n{option} = 1\n")
            wanted = f"{command}: {CONFIG}:2: '{option}' cannot be set here: use it on the command line\n"
            yield from differs(option, said(done), (2, b"", wanted))


def precedence():
    """Of reader the doctor tells what it is, and who says so."""
    both = "reader = native\n[mptcp-doctor]\nreader = tshark\n"
    for what, config, env, arguments, wanted in (
            ("nothing", None, None, [], "auto (default)"),
            ("all commands", "\nreader = native\n", None, [], f"native ({CONFIG}:2)"),
            ("the section", both, None, [], f"tshark ({CONFIG}:3)"),
            ("another section", both.replace("doctor", "ls"), None, [], f"native ({CONFIG}:1)"),
            ("the environment", both, "native", [], "native (MPTCP_READER)"),
            ("an environment of nothing", both, "", [], f"tshark ({CONFIG}:3)"),
            ("the command line", both, "native", ["--reader=auto"], "auto (command line)")):
        done = run("mptcp-doctor", "--json", *arguments, config=config, MPTCP_READER=env)
        texts = [c["text"] for c in json.loads(done.stdout)["checks"] if c["check"] == "option"]
        yield from differs(what, texts[0], f"reader = {wanted}")


def is_in_force():
    """What commands do shows it."""
    config = "[mptcp-ls]\noutput = id,state\ntsv = yes\n[mptcp-plot]\nsize = 400x300\nformat = png\n"
    yield from differs("columns", header(run("mptcp-ls", CLIENT, config=config)), ["id", "state"])
    yield from differs("columns of the command line", header(run("mptcp-ls", "-o", "close", CLIENT, config=config)),
                       ["close"])
    yield from differs("--json over tsv = yes", json.loads(run("mptcp-ls", "--json", CLIENT, config=config).stdout)
                       ["schema"], "mptcp-ls/1")
    yield from differs("--tsv=no", run("mptcp-ls", "--tsv=no", CLIENT, config=config).stdout[:8], b"ID STATE")
    for section, wanted in ("", b"{"), ("[mptcp-ls]\njson = no\n", b"I"), ("[mptcp-map]\njson = no\n", b"{"):
        done = run("mptcp-ls", CLIENT, config=f"json = yes\n{section}")
        yield from differs(f"json = yes, {section}", done.stdout[:1], wanted)
    for words, wanted in ((), (400, 300)), (("--size=500x350",), (500, 350)), (("--siz", "500x350"), (500, 350)):
        done = run("mptcp-plot", *words, "dsn", "-w", "-", CLIENT, config=config)
        yield from differs(f"size {words}", struct.unpack(">II", done.stdout[16:24]), wanted)
    config = "[mptcp-events]\nevent = join_syn\ntsv = yes\noutput = event\n"
    for words, wanted in ((), {"join_syn"}), (("--event=first_data",), {"first_data"}):
        done = run("mptcp-events", "-n", *words, CLIENT, config=config)
        yield from differs(f"events {words}", set(done.stdout.decode().split()), wanted)  # a list does not grow


def where_it_is():
    """MPTCP_CONFIG, XDG_CONFIG_HOME, HOME."""
    texts = {USUAL: "output = id", f"{WORK}/xdg/mptcptools/config": "output = state", f"{WORK}/named": "output = close"}
    for path, text in texts.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[mptcp-ls]\n{text}\ntsv = yes\n")
    os.symlink(f"{WORK}/named", f"{WORK}/link")
    for what, env, wanted in (
            ("at home", {"MPTCP_CONFIG": None}, ["id"]),
            ("XDG_CONFIG_HOME", {"MPTCP_CONFIG": None, "XDG_CONFIG_HOME": f"{WORK}/xdg"}, ["state"]),
            ("XDG_CONFIG_HOME that is relative", {"MPTCP_CONFIG": None, "XDG_CONFIG_HOME": "xdg"}, ["id"]),
            ("MPTCP_CONFIG", {"MPTCP_CONFIG": f"{WORK}/named", "XDG_CONFIG_HOME": f"{WORK}/xdg"}, ["close"]),
            ("a symbolic link", {"MPTCP_CONFIG": f"{WORK}/link"}, ["close"]),
            ("nothing at XDG_CONFIG_HOME", {"MPTCP_CONFIG": None, "XDG_CONFIG_HOME": f"{WORK}/none"}, None),
            ("a file in place of a directory", {"MPTCP_CONFIG": None, "XDG_CONFIG_HOME": f"{WORK}/named"}, None),
            ("MPTCP_CONFIG of nothing", {"MPTCP_CONFIG": ""}, None),
            ("no HOME", {"MPTCP_CONFIG": None, "HOME": None}, None)):
        done = run("mptcp-ls", CLIENT, **env)
        yield from differs(f"{what}: stderr", done.stderr, b"")
        if wanted:
            yield from differs(what, header(done), wanted)
        elif b"CONN" not in done.stdout.upper() and done.stdout[:2] != b"ID":
            yield f"{what}: {done.stdout!r}"
        elif len(header(done)[0].split()) < 3:
            yield f"{what}: columns of a configuration, {header(done)}"
    os.unlink(USUAL)


def cache_directory():
    """mptcp-cache looks where the others put it, and ~/ is HOME."""
    config = "cache-dir = ~/scratch dir\n"
    wanted = os.path.join(HOME, "scratch dir")
    yield from differs("ls", run("mptcp-ls", CLIENT, config=config).returncode, 0)
    yield from differs("kept there", bool(os.listdir(wanted)), True)
    path = run("mptcp-cache", "path", config=config).stdout.decode().strip()
    yield from differs("mptcp-cache path", path, wanted)
    path = run("mptcp-cache", "path", "--cache-dir=/x", config=config).stdout.decode().strip()
    yield from differs("mptcp-cache --cache-dir", path, "/x")


FAULTS = (
    ("jobs = 0", 1, "jobs: invalid value '0' for --jobs"),
    ("#\n\n  jobs=65", 3, "jobs: invalid value '65' for --jobs"),
    ("colur = x", 1, "'colur' is not a shared option"),
    ("subflows = yes", 1, "'subflows' is not a shared option"),
    ("output = id", 1, "'output' is not a shared option"),
    ("q = yes", 1, "'q' is not a shared option"),
    ("\n[mptcp-ls]\ntheme = dark", 3, "mptcp-ls has no option 'theme'"),
    ("[mptcp-ls]\n--json = yes", 2, "'--json': options are written without dashes here"),
    ("quiet = true", 1, "invalid value 'true' for 'quiet': give yes or no"),
    ("jobs=1\njobs=2", 2, "'jobs' is already in line 1"),
    ("[mptcp-ls]\njobs=1\n[mptcp-plot]\n[mptcp-ls]\njobs=2", 5, "'jobs' is already in line 2"),
    ("[mptcp-plt]", 1, "there is no command 'mptcp-plt'"),
    ("jobs=1\n[mptcp]\n", 2, "there is no command 'mptcp'"),
    ("[]", 1, "there is no command ''"),
    ("[mptcp-ls mptcp-map]", 1, "there is no command 'mptcp-ls mptcp-map'"),
    ("[mptcp-ls", 1, "should be the name of a command in brackets"),
    ("[mptcp-ls] # mine", 1, "should be the name of a command in brackets"),
    ("jobs", 1, "'jobs' is not NAME = VALUE"),
    ("jobs 4", 1, "'jobs 4' is not NAME = VALUE"),
    ("= 4", 1, "'=' is not NAME = VALUE"),
    ("jobs =", 1, "'jobs' has no value"),
    ("jobs = 4 # all", 1, "a comment needs a line of its own"),
    ("cache-dir = '/x y'", 1, "remove the quotes"),
    ("cache-dir = /x/$USER", 1, "variables are not expanded"),
    ("cache-dir = ${SCRATCH}", 1, "variables are not expanded"),
    ("cache-dir = ~you/x", 1, "only ~/ is expanded"),
    # of other commands, too: their form, not their meaning
    ("[mptcp-plot]\ntheme dark", 2, "'theme dark' is not NAME = VALUE"),
    # hostile ones
    (b"quiet = yes\njo\0bs = 1", 2, "the line has a byte 0x00"),
    ("jobs = 1".encode("utf-16"), 1, "the line has a byte 0x00"),
    (b"jobs = 1\rquiet = yes", 1, "the line has a byte 0x0d"),
    (b"\x1b[31m = 1", 1, "the line has a byte 0x1b"),
    ("\n# " + 4095 * "x", 2, "the line has more than 4096 bytes"),
    (b"\xef\xbb\xbfjobs = 0", 1, "jobs: invalid value '0'"),
    (b"quiet = yes\r\njobs = 0\r\n", 2, "jobs: invalid value '0'"),
)


def faults():
    for text, line, wanted in FAULTS:
        status, out, err = said(run("mptcp-ls", CLIENT, config=text))
        if status != 2 or out or not err.startswith(f"mptcp-ls: {CONFIG}:{line}: ") or wanted not in err \
                or err.count("\n") != 1:
            yield f"{text[:60]!r}: {status}, {out[:50]!r}, {err!r}, not line {line}, {wanted}"


def files():
    """What is no file, or not one of these."""
    os.mkdir(f"{WORK}/directory")
    with open(f"{WORK}/large", "w", encoding="utf-8") as file:
        file.write("# large\n" * 8193)
    os.symlink("loop", f"{WORK}/loop")
    cases = [("directory", "cannot read .*: Is a directory"), ("none", "cannot open .*: No such file"),
             ("large", "has more than 65536 bytes"), ("loop", "cannot open .*symbolic links"),
             ("named/config", "cannot open .*: Not a directory")]
    if os.geteuid():
        os.close(os.open(f"{WORK}/secret", os.O_CREAT | os.O_WRONLY, 0o200))
        cases.append(("secret", "cannot open .*: Permission denied"))
        os.mkdir(f"{WORK}/closed", 0)  # as the home of somebody else
        done = run("mptcp-ls", CLIENT, MPTCP_CONFIG=None, XDG_CONFIG_HOME=f"{WORK}/closed")
        yield from differs("a home that is closed", said(done), said(run("mptcp-ls", CLIENT)))
    for name, wanted in cases:
        status, out, err = said(run("mptcp-ls", CLIENT, MPTCP_CONFIG=f"{WORK}/{name}"))
        if status != 2 or out or not re.match(f"mptcp-ls: .*{WORK}/{name}.*\n$", err) or not re.search(wanted, err):
            yield f"{name}: {status}, {out[:50]!r}, {err!r}"
    with open(f"{WORK}/large", "r+", encoding="utf-8") as file:
        file.truncate(65536)
    yield from differs("of 65536 bytes", run("mptcp-ls", CLIENT, MPTCP_CONFIG=f"{WORK}/large").stderr, b"")
    for text in "", "\n", "# nothing", "quiet = yes", "quiet=yes\r\n", "\t quiet\t=\tyes \n", "\ufeffquiet = yes\n", \
            "[ mptcp-ls ]\nquiet = yes", "[mptcp-plot]\ncolur = green\n", "# " + 4094 * "x":
        yield from differs(repr(text[:60]), said(run("mptcp-ls", CLIENT, config=text)), said(run("mptcp-ls", CLIENT)))
    os.makedirs(os.path.dirname(USUAL), exist_ok=True)
    os.mkdir(USUAL)
    yield from differs("a directory at home", run("mptcp-ls", CLIENT, MPTCP_CONFIG=None).returncode, 2)
    os.rmdir(USUAL)


def help_needs_none():
    for command in COMMANDS:
        for word in "--help", "--version", "-V", "--help-completion=options":
            done = run(command, word, config="nonsense")
            yield from differs(f"{command} {word}", said(done), said(run(command, word)))


def runs_say():
    """What does not fit only shows when all is known: then the configuration is named."""
    hint = f"mptcp-ls: options in '{CONFIG}' apply, too; mptcp-doctor lists them\n"
    status, _, err = said(run("mptcp-ls", CLIENT, config="[mptcp-ls]\noutput = none\n"))
    yield from differs("status", status, 2)
    yield from differs("hint", err.split("\n", maxsplit=1)[1], hint)
    for what, words, config in ("nothing of it holds", ["-o", "none"], "[mptcp-ls]\noutput = id\n"), \
            ("no option of that name", ["--none"], "quiet = yes\n"), ("no fault", [], "quiet = yes\n"):
        yield from differs(what, hint in said(run("mptcp-ls", *words, CLIENT, config=config))[2], False)
    yield from differs("--json=x", said(run("mptcp-ls", "--json=x", CLIENT))[2],
                       "mptcp-ls: option '--json=x' takes no argument; try 'mptcp-ls --help'\n")


def doctor():
    config = "jobs = 2\nquiet = no\n[mptcp-plot]\ntheme = dark\n[mptcp-doctor]\ntimeout = 9\n"
    done = run("mptcp-doctor", "-j3", config=config, MPTCP_READER=None)
    lines = [line for line in done.stdout.decode().split("\n") if re.match("ok (config|option):", line)]
    yield from differs("lines", lines, [
        f"ok config: '{CONFIG}' was read", "ok option: reader = auto (default)", "ok option: tshark = tshark (default)",
        f"ok option: cache-dir = {WORK}/cache/mptcptools (XDG_CACHE_HOME)",
        f"ok option: jobs = 2 ({CONFIG}:1; overruled by command line)", f"ok option: quiet = no ({CONFIG}:2)",
        f"ok option: mptcp-plot: theme = dark ({CONFIG}:4)", f"ok option: mptcp-doctor: timeout = 9 ({CONFIG}:6)"])
    for what, env, wanted in (("empty", {"MPTCP_CONFIG": ""}, "none: MPTCP_CONFIG is empty"),
                              ("none", {"MPTCP_CONFIG": None}, f"none: '{USUAL}' does not exist"),
                              ("no HOME", {"MPTCP_CONFIG": None, "HOME": None}, "none: HOME is not set")):
        done = run("mptcp-doctor", **env)
        yield from differs(what, done.stdout.decode().split("\n", maxsplit=1)[0], f"ok config: {wanted}")
    done = run("mptcp-doctor", "--reader=auto", config="tshark = ~/bin/none\n")
    yield from differs("tshark", f"ok   option: tshark = {HOME}/bin/none ({CONFIG}:1)" in done.stdout.decode(), True)
    yield from differs("tshark: status", done.returncode, 4)


def example():
    """examples/config, as it is and with all that is commented out in force."""
    with open("examples/config", encoding="utf-8") as file:
        text = file.read()
    whole = re.sub(r"^# ?(?=[a-z-]+ = )", "", text, flags=re.M)
    if whole == text:
        yield "nothing is commented out"
    for command in COMMANDS:
        for which in text, whole:
            done = run(command, *OPERANDS.get(command, [CLIENT]), config=which, MPTCP_READER=None)
            yield from differs(f"{command}", (done.returncode, done.stderr), (0, b""))


def mutants():
    """Each is taken, or refused in one line that says where."""
    rng = random.Random(1)
    pieces = b" ", b"=", b"[", b"]", b"\n", b"#", b"~", b"$a", b"x" * 5000, b"\xff", b"--"
    runs = ("mptcp-ls", [CLIENT]), ("mptcp-plot", ["dsn", "-w", "/dev/null", "--format=csv", CLIENT])
    seed = (b"# mine\njobs = 1\ncache-dir = ~/x\nquiet = yes\n\n[mptcp-ls]\noutput = id,state\njson = no\n"
            b"[mptcp-plot]\ntheme = dark\nsize = 800x600\n")
    kinds = [0, 0]
    for number in range(200):
        text = bytearray(seed)
        for _ in range(rng.randint(1, 2)):
            at = rng.randrange(len(text))
            how = rng.randrange(4)
            if how == 0:
                text[at] = rng.randrange(256)
            elif how == 1:
                del text[at:at + rng.randint(1, 12)]
            elif how == 2:
                text[at:at] = rng.choice(pieces)
            else:
                text[at:at] = text[rng.randrange(len(text)):][:rng.randint(1, 40)]
            text = text or bytearray(b"\n")
        command, operands = rng.choice(runs)
        status, _, err = said(run(command, *operands, config=bytes(text)))
        where = f"{command}: {CONFIG}:"
        kinds[status == 2] += 1
        good = status in (0, 5) or (status == 2 and (err.startswith(where) and err.count("\n") == 1 or
                                                     "apply, too" in err))
        if not good or re.search(r"[\0-\x09\x0b-\x1f\x7f]", err):
            yield f"mutant {number}: {status}, {err!r}"
    if min(kinds) < 20:
        yield f"of the mutants {kinds} were taken and refused"


def main():
    os.mkdir(HOME)
    report = Tap()
    for name, test in (
            ("tests are run without anybody's configuration", lambda: differs("it", os.environ["MPTCP_CONFIG"], "")),
            ("who overrules whom", precedence), ("what commands do shows it", is_in_force),
            ("where it is looked for", where_it_is), ("the cache", cache_directory), ("faults", faults),
            ("files", files), ("help needs none", help_needs_none), ("errors that show later", runs_say),
            ("mptcp-doctor", doctor), ("the example", example), ("mutants", mutants),
            ("what cannot be a default is an option",
             lambda: NEVER - set().union(*(options(command) for command in COMMANDS)))):
        report.attempt(name, test)
    for command in COMMANDS:
        report.attempt(f"{command}: the same as on the command line", same_as_on_the_command_line, command)
        report.attempt(f"{command}: what cannot be a default", refuses_never, command)
    report.finish()


main()
