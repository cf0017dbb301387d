# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests in Python share, as tap.sh is for those in shell.

    TOP, BUILD  the tree, and where its commands are     SYN, SHARED  captures
    WORK        a directory that vanishes at exit        TSHARK       if there is one
    CACHE       below it; in "make check" that of all scripts, where what another
                one read need not be read again

They run in the top directory, write below WORK only, and say TAP: one line for
each test, and why it failed.
"""

import functools
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import unittest.mock

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.chdir(TOP)
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background, and so in all children
os.environ["MPTCP_CONFIG"] = ""  # no one's
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # what is no terminal is a capture, where none is named
BUILD = os.environ.get("BUILD", os.path.join(TOP, "build"))
SYN = "testdata/synthetic"
SHARED = "../shared/captures"
ENDS = ("client", "server")
TSHARK = shutil.which(os.environ.get("MPTCP_TSHARK", "tshark"))
VANISHES = tempfile.TemporaryDirectory()
WORK = VANISHES.name
CACHE = os.environ.get("SHARED_CACHE", os.path.join(WORK, "cache"))
LINES = 60  # of reasons, at most


class Failed(Exception):
    """A command ended with another status than 0."""


def need_tshark():
    """Without it there is nothing to test."""
    if not TSHARK:
        print("1..0 # SKIP no tshark")
        sys.exit()


@functools.lru_cache
def no_terminal():
    """Why no terminal can be made here; None: one can."""
    try:
        for end in os.openpty():
            os.close(end)
    except OSError as error:
        return "no pseudo-terminal: %s" % error
    return None


@functools.lru_cache
def other_numbers():
    """Whether this tshark counts some TCP streams that those before 4.4 do not (VIOLATIONS.md)."""
    said = subprocess.run([TSHARK, "--version"], capture_output=True, check=False).stdout
    return not re.search(rb" (3|4\.0|4\.2)\.", said.split(b"\n")[0])


def execute(command, *arguments, env=None, **options):
    """A command with the cache, which has ended: returncode, stdout, stderr. Threads may call it."""
    def run(**reader):
        return subprocess.run([os.path.join(BUILD, command), "--cache-dir", CACHE, *arguments],
                              **options or {"capture_output": True}, check=False, env={**(env or os.environ), **reader})
    done = run()
    if not env and os.environ.get("MPTCP_READER") == "native" and b"only tshark" in (done.stderr or b"") + (done.stdout or b""):
        return run(MPTCP_READER="auto")
    return done


def read_natively():
    """From here on, what can be. Who reads packets is a matter of readers.t, and this is much quicker than to start a
    tshark for each capture. execute() has tshark read where only that can."""
    os.environ["MPTCP_READER"] = "native"


def read_by(reader):
    """The same for a "with", while no other thread runs a command."""
    return unittest.mock.patch.dict(os.environ, MPTCP_READER=reader)


def document(command, *arguments):
    """What it prints with --json."""
    done = execute(command, "--json", *arguments)
    if done.returncode:
        raise Failed("%s: exit status %d\n%s" % (command, done.returncode, done.stderr.decode(errors="replace")))
    return json.loads(done.stdout)


def in_processes(function, items, chunksize=1):
    """function(item) of each, in order; two at a time, where processes can share something (/dev/shm)."""
    try:
        pool = multiprocessing.get_context("fork").Pool(min(2, os.cpu_count() or 1))
    except (OSError, ImportError):
        yield from map(function, items)
        return
    with pool:
        yield from pool.imap(function, items, chunksize)


@functools.lru_cache(None)
def numbered_since_4_4(path):
    """Whether execute() shows the numbers of TCP streams that Wireshark 4.4 and later give them, not those of before:
    packets are numbered as the tshark does that is installed, but those that are read without it as the newest does, or
    as they are in the cache. The rule of before leaves no number out."""
    if os.environ.get("MPTCP_READER") != "native":
        return other_numbers()
    numbers = [stream["tcp_stream"] for stream in document("mptcp-ls", "-t", path)["tcp_streams"]]
    return numbers != list(range(len(numbers)))


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(name, text):
    """A file in WORK; its path."""
    path = os.path.join(WORK, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def captures(directory):
    """The capture files below it, in order."""
    return sorted(os.path.join(where, name) for where, _, names in os.walk(directory) for name in names
                  if re.search(r"\.pcap(ng)?(\.gz)?$", name))


def seen_once(paths):
    """Those without packets that were captured more than once: of such captures copies.t counts what is right, and
    what counts them packet by packet is not."""
    return [path for path in paths if not re.search("/(copies/|merge/nat-(ring|each)/|dup-)", path)]


class Tap:
    def __init__(self):
        # of a script in shell that has this one made (tests_by in tap.sh)
        self.count = int(os.environ.get("TESTS_RUN", "0"))

    def say(self, good, name, why=()):
        """why: a line for each thing that is wrong; or a text."""
        self.count += 1
        print("%s %d - %s" % ("ok" if good else "not ok", self.count, name))
        for line in list(why.splitlines() if isinstance(why, str) else why)[:LINES]:
            print("# " + str(line).replace("\n", "\n# "))
        sys.stdout.flush()

    def judge(self, name, wrong=()):
        """Good where nothing is wrong: a line for each thing that is."""
        wrong = list(wrong)
        self.say(not wrong, name, wrong)

    def attempt(self, name, function, *arguments):
        """Good where it returns nothing that is wrong, and comes to its end."""
        try:
            self.judge(name, list(function(*arguments)))
        except Failed as failure:
            self.say(False, name, str(failure))
        except Exception:
            self.say(False, name, traceback.format_exc())

    def attempt_on_terminal(self, name, function, *arguments):
        """The same for what needs a terminal, which a container may not have."""
        if no_terminal():
            self.skip(name, no_terminal())
        else:
            self.attempt(name, function, *arguments)

    def skip(self, name, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, reason))

    def finish(self):
        print("1..%d" % self.count)
