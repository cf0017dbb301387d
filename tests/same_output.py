#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Do two builds print the same bytes?  For changes that nobody should see.

    tests/same_output.py record BUILD DIR CAPTURE|DIRECTORY...
    ... change the code, make ...
    tests/same_output.py compare BUILD DIR

"record" runs every command over every capture, and over pairs of captures
whose names differ in "client" and "server" only: one of them with an empty
cache (another one for each capture), the others with what that left there,
and once more without a cache.  "compare" does the same again with another
build and names each run whose output, exit status or messages are others.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

JOBS = 2
SECONDS = 120  # for one run
SUFFIXES = ".pcap .pcapng .cap .gz .csv .zst .lz4".split()
ONE = [c.split() for c in """
mptcp-ls -s
mptcp-ls -t --json
mptcp-summary
mptcp-summary --json
mptcp-summary -c 0 --csv
mptcp-summary -t 0
mptcp-summary --paths --json
mptcp-summary --totals
mptcp-events
mptcp-events --json
mptcp-check
mptcp-check --all --json
mptcp-check --no-payload --counters
mptcp-check --tally
mptcp-reinject --all --json
mptcp-export
mptcp-export -c 0
mptcp-export -t 0 --columns raw
mptcp-export --towards client
mptcp-split -c 0 -o @OUT
mptcp-split -t 0 -o @OUT
mptcp-split --rest --clean -o @OUT
mptcp-doctor
mptcp-plot dsn -o - --format csv
mptcp-plot seq -t 0 -o - --format json
mptcp-plot rate --towards server -o - --format svg
""".strip().splitlines()]
TWO = [c.split() for c in """
mptcp-map
mptcp-map -t --json
mptcp-owd
mptcp-owd --packets --json
mptcp-check --json
mptcp-summary --json --with @B
mptcp-summary --with @B
mptcp-summary --paths --with @B
mptcp-reinject --csv --with @B
mptcp-plot owd -o - --format csv
""".strip().splitlines()]


def find(places):
    """The captures in these files and directories, and the pairs of them."""
    names = set()
    for place in map(pathlib.Path, places):
        files = place.rglob("*") if place.is_dir() else [place]
        names |= {str(f.resolve()) for f in files
                  if f.is_file() and f.suffix in SUFFIXES}
    pairs = []
    for name in sorted(names):
        head, _, tail = name.rpartition("client")
        other = [n for n in names if n.startswith(head + "server")
                 and n[len(head) + 6:].split(".")[0] == tail.split(".")[0]]
        pairs += [(name, n) for n in sorted(other) if head]
    return sorted(names), pairs


def run(build, command, captures, cache, out):
    argv = [os.path.join(build, command[0])] + command[1:]
    given = captures[:1] if "@B" in argv or "@OUT" in argv else captures
    argv = [{"@B": captures[-1], "@OUT": out}.get(a, a) for a in argv]
    argv += given if command[0] == "mptcp-doctor" else ["--"] + given
    if cache is None:
        argv.insert(1, "--no-cache")
    env = dict(os.environ, XDG_CACHE_HOME=cache or "/nonexistent", LC_ALL="C",
               COLUMNS="80")
    try:
        p = subprocess.run(argv, capture_output=True, env=env, timeout=SECONDS,
                           stdin=subprocess.DEVNULL)
        status, text, said = p.returncode, p.stdout, p.stderr
    except subprocess.TimeoutExpired:
        status, text, said = "timeout", b"", b""
    if os.path.exists(out):
        text += pathlib.Path(out).read_bytes()
        os.unlink(out)
    said = b"".join(line for line in said.splitlines(True)
                    if b" -o " not in line)  # the old name of -w
    said = said.replace(out.encode(), b"OUT")
    for place in (cache or "").encode(), build.encode():
        if place:
            text, said = text.replace(place, b"@"), said.replace(place, b"@")
    return {"status": status, "out": text.decode("latin1"),
            "err": said.decode("latin1")}


def run_all(build, captures, commands, number):
    """All commands over one capture, or over two."""
    results = {}
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "out.pcapng")
        first = number % len(commands)
        order = commands[first:] + commands[:first]
        for command in order:
            results[" ".join(command)] = run(build, command, captures,
                                             os.path.join(work, "cache"), out)
        bare = commands[(first + 1) % len(commands)]
        results["no cache: " + " ".join(bare)] = run(build, bare, captures,
                                                     None, out)
    return results


def work(build, places, take):
    names, pairs = find(places)
    jobs = [([n], ONE) for n in names] + [(list(p), TWO) for p in pairs]
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        running = [pool.submit(run_all, build, c, commands, i)
                   for i, (c, commands) in enumerate(jobs)]
        for (captures, _), one in zip(jobs, running):
            take(captures, one.result())
    return len(names), len(pairs)


def file_of(where, captures):
    digest = hashlib.sha256("\n".join(captures).encode()).hexdigest()[:16]
    return pathlib.Path(where) / (digest + ".json")


def record(build, where, places):
    os.makedirs(where, exist_ok=True)
    (pathlib.Path(where) / "places").write_text("\n".join(places))

    def take(captures, results):
        file_of(where, captures).write_text(json.dumps(results))
    print("%d captures and %d pairs recorded" % work(build, places, take))


def first_difference(a, b):
    for x, y in zip(a.splitlines() + [""], b.splitlines() + [""]):
        if x != y:
            return "  - %s\n  + %s" % (x[:300], y[:300])
    return "  one is longer"


def compare(build, where):
    places = (pathlib.Path(where) / "places").read_text().split("\n")
    bad = total = 0

    def take(captures, results):
        nonlocal bad, total
        before = json.loads(file_of(where, captures).read_text())
        for name, now in results.items():
            then = before[name]
            total += 1
            for what in "status", "out", "err":
                if then[what] != now[what]:
                    bad += 1
                    print("%s: %s %s\n%s" % (
                        what, name, " ".join(captures), first_difference(
                            str(then[what]), str(now[what]))), flush=True)
                    break
    work(build, places, take)
    print("%d of %d runs differ" % (bad, total))
    return 1 if bad else 0


def main():
    if len(sys.argv) > 4 and sys.argv[1] == "record":
        record(os.path.abspath(sys.argv[2]), sys.argv[3], sys.argv[4:])
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        sys.exit(compare(os.path.abspath(sys.argv[2]), sys.argv[3]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
