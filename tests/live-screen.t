#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mptcp-live shows: on terminals of several sizes (tmux has them), as plain lines, and as JSON.  The numbers are
those that mptcp-summary finds in the whole file."""

import concurrent.futures
import contextlib
import functools
import gzip
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import reference
from tap import BUILD, SYN, WORK, Failed, Tap, document, load, need_tshark, no_terminal

FAILURE = "testdata/captures/path-failure-client.pcapng.gz"
FALLBACK = "testdata/captures/fallback-client.pcapng.gz"
PLAIN = SYN + "/plain-tcp.pcap"
CAPTURES = [FAILURE, FALLBACK, "testdata/captures/fastclose-client.pcapng.gz",
            "testdata/captures/addr-events-client.pcapng.gz", "testdata/captures/two-paths-client.pcapng",
            SYN + "/v1-byte-classes.pcap", PLAIN]
SAME = ("sent_bytes", "unique_bytes", "tcp_retransmitted_bytes", "mptcp_repeated_bytes", "reinjected_bytes",
        "unmapped_bytes", "data_packets", "new_data_packets", "tcp_retransmitted_packets", "mptcp_repeated_packets",
        "reinjected_packets", "unmapped_packets")
TREE = ("├ 0", "└ 1")  # its subflows
PATIENCE = 60  # s, for what has to come
numbers = itertools.count()


def contents(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read()


def human(size):
    """Bytes as tables have them."""
    if size < 1000:
        return f"{size} B"
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        for digits, limit in ((2, 9.995), (1, 99.95), (0, 999.5)):
            if size < limit:
                return f"{size:.{digits}f} {unit}"
    raise Failed("too many bytes")


class Screen:
    """mptcp-live on a terminal of that size; what it is to read comes through a pipe, or from "path"."""

    def __init__(self, width, height, *options, path=None, jobs=False, stdin=False, **environment):
        name = f"live{next(numbers)}"
        self.socket = os.path.join(WORK, name)
        self.files = {what: os.path.join(WORK, f"{name}.{what}") for what in ("pid", "status", "pipe")}
        self.pipe = None
        if not path:
            os.mkfifo(self.files["pipe"])
        env = {"LC_ALL": "C.UTF-8", "TERM": "tmux-256color", **environment}
        words = " ".join(f"{name}={value}" for name, value in env.items())
        command = " ".join([f"{BUILD}/mptcp-live", *options, path or ("- <" if stdin else "") + self.files["pipe"]])
        script = f"sh -c 'echo $$ >{self.files['pid']}; exec env {words} {command}'; "
        if jobs:  # the shell goes on when it is stopped
            script = "set -m; " + script + "echo 'stopped: Enter'; read line; fg; "
        script += f"{{ echo status $?; stty -a; }} >{self.files['status']}; exec sleep 1000"
        self.tmux("new-session", "-d", "-x", str(width), "-y", str(height), script, "-f", "/dev/null")
        if not path:
            self.pipe = os.open(self.files["pipe"], os.O_WRONLY)

    def tmux(self, *words):
        before = ("-f", "/dev/null") if "-f" in words else ()
        words = [word for word in words if word not in ("-f", "/dev/null")]
        done = subprocess.run(["tmux", "-S", self.socket, *before, *words], capture_output=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "screen"})
        if done.returncode:
            raise Failed(f"tmux {words}: {done.stderr.decode()}")
        return done.stdout.decode()

    def write_all(self, data):
        while data:
            data = data[os.write(self.pipe, data[:65536]):]

    def close(self):
        if self.pipe is not None:
            os.close(self.pipe)
        self.pipe = None

    def text(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def has(self, pattern, *options):
        """The screen, as soon as it has that, and is not being drawn."""
        last, text = time.monotonic() + PATIENCE, ""
        while time.monotonic() < last:
            before, text = text, self.text(*options)
            if text == before and re.search(pattern, text, re.MULTILINE):
                return text
            time.sleep(0.05)
        raise Failed(f"no '{pattern}' on the screen:\n{text}")

    def press(self, *keys):
        self.tmux("send-keys", *keys)

    def says(self, variable):
        return self.tmux("display-message", "-p", f"#{{{variable}}}").strip()

    def pid(self):
        return int(wait_for_file(self.files["pid"]))

    def signal(self, number):
        os.kill(self.pid(), number)

    def ended(self):
        """What is wrong with the terminal, now that the program has ended."""
        text = wait_for_file(self.files["status"], "stty|;")
        if not text.startswith("status 0\n"):
            yield text.split("\n", maxsplit=1)[0]
        for word in ("icanon", "echo", "icrnl", "isig"):
            if not re.search(rf"(?<!-)\b{word}\b", text):
                yield f"the terminal is left without {word}"
        if self.says("alternate_on") != "0":
            yield "the terminal is left on its other screen"
        if self.says("cursor_flag") != "1":
            yield "the terminal is left without a cursor"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(Failed):  # it writes its counts, with COVERAGE=1
            self.press("q")
            self.ends()
        self.close()
        with contextlib.suppress(Failed):
            self.tmux("kill-server")

    def ends(self):
        last = time.monotonic() + 1
        while time.monotonic() < last and not os.path.exists(self.files["status"]):
            time.sleep(0.02)


def reversed_lines(text):
    """The first words of lines in reverse."""
    words, on = [], False
    for line in text.split("\n"):
        first = True
        for part in re.split("(\x1b\\[[0-9;]*m)", line):
            if part.startswith("\x1b["):
                for code in part[2:-1].split(";"):
                    on = code == "7" or (on and code not in ("", "0", "27"))
            elif part and first:
                first = False
                words += [part.split()[0]] if on and part.split() else []
    return words


def until(look, wanted):
    last = time.monotonic() + PATIENCE
    while look() != wanted and time.monotonic() < last:
        time.sleep(0.05)
    if look() != wanted:
        yield f"{look()}, not {wanted}"


def wait_for_file(path, pattern="\n"):
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last:
        with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8") as file:
            text = file.read()
            if re.search(pattern, text):
                return text
        time.sleep(0.05)
    raise Failed(f"no {path}")


def summary(path=FAILURE):
    return document("mptcp-summary", "-q", path)["connections"]


def cells(text, name):
    """The line of a connection, "0", or of a subflow, "└ 0"."""
    line = next((line for line in text.split("\n") if line.startswith(f"{name} ")), None)
    if line is None:
        raise Failed(f"no line of {name}:\n{text}")
    return line


def too_wide(text, width):
    for line in text.rstrip("\n").split("\n"):
        if len(line) > width:
            yield f"{len(line)} columns: {line}"


def share(part, whole):
    percent = 100 * part / whole
    if 0 < part and percent < 1:
        return "<1%"
    return ">99%" if part < whole and percent > 99 else f"{percent:.0f}%"


def told(text, what, *words):
    """Each of the words stands in the line."""
    for word in words:
        if not re.search(rf"(?<!\S){re.escape(word)}(?!\S)", text):
            yield f"{what}: no {word} in: {text}"


# ---- screens ----------------------------------------------------------------------------

def on_80x24():
    known = summary()[0]["directions"][0]
    data = contents(FAILURE)
    with Screen(80, 24) as screen:
        screen.write_all(data[:len(data) // 2])
        text = screen.has(r"^└ 1 .* (open|stalled)$")
        yield from too_wide(text, 80)
        if not re.search(r"^0 > 10\.0\.1\.2:5001 |^0 10.0.1.1", text, re.MULTILINE):
            yield "no line of the connection: " + text
        screen.write_all(data[len(data) // 2:])
        text = screen.has(r"^└ 1 .* 448 B .* stalled$")
        for heading in ("TO SERVER", "TO CLIENT", "NOW", "ALL", "RTT", "RETRANS", "REINJ", "STATE"):
            yield from [] if heading in text else [f"no column {heading}"]
        for s in known["subflows"]:
            yield from told(cells(text, TREE[s["tcp_stream"]]), f"subflow {s['tcp_stream']}",
                            share(s["sent_bytes"], known["sent_bytes"]), human(s["tcp_retransmitted_bytes"]),
                            human(s["reinjected_bytes"]))
        yield from told(cells(text, 0).replace(" > 10.0.1.2:5001", ""), "connection",
                        human(known["tcp_retransmitted_bytes"]), human(known["reinjected_bytes"]))
        for event in ("stalled", "handover", "from 1 to 0, gap 830 ms"):
            yield from [] if event in text else [f"no event {event} in {text}"]
        yield from [] if "by rate  q quit" in text else ["no keys"]


def details():
    """Of one connection, direction by direction, on a wide terminal."""
    known = summary()[0]["directions"]
    with Screen(160, 40) as screen:
        screen.write_all(contents(FAILURE))
        screen.has(r"^└ 1 .* stalled$")
        screen.press("Down")
        screen.press("Enter")
        text = screen.has("^TO CLIENT .*REPEATED")
        yield from too_wide(text, 160)
        for part, direction in zip(re.split("^TO (?:SERVER|CLIENT) ", text, flags=re.MULTILINE)[1:], known):
            for s in direction["subflows"]:
                yield from told(cells(part, TREE[s["tcp_stream"]]), f"{direction['towards']}, {s['tcp_stream']}",
                                *(human(s[key]) for key in SAME[:5]))
        for words in ("established", "version 1", "captured from its beginning"):
            yield from [] if words in text else [f"no {words}"]
        screen.press("Escape")
        screen.has("^CONNECTION")


def on_40x10():
    known = summary()[0]["directions"][0]
    with Screen(40, 10) as screen:
        screen.write_all(contents(FAILURE))
        text = screen.has(r"^21:57:59\.650 0 fin$")
        yield from too_wide(text, 40)
        lines = text.rstrip("\n").split("\n")
        if len(lines) > 10:
            yield f"{len(lines)} lines"
        for heading in ("CONNECTION", "TO SERVER", "TO CLIENT"):
            yield from [] if heading in text else [f"no column {heading}"]
        screen.press("Enter")
        text = screen.has("^TO SERVER .*RATE")
        yield from too_wide(text, 40)
        screen.tmux("resize-window", "-x", "60", "-y", "16")
        text = screen.has("^TO SERVER .*SENT|^TO SERVER .*ALL")
        for s in known["subflows"]:
            yield from told(cells(text.split("RATE")[1], TREE[s["tcp_stream"]]), "share",
                            share(s["sent_bytes"], known["sent_bytes"]))


def reads_a_file():
    """As fast as it can be read: that is no rate of its packets."""
    with Screen(80, 24, path=os.path.abspath(FAILURE)) as screen:
        text = screen.has("end of input .*1 connection")
        yield from [] if "packets/s" not in text else [text]
        screen.press("q")
        yield from screen.ended()


def resized():
    with Screen(80, 24) as screen:
        screen.write_all(contents(FAILURE))
        screen.has(r"^└ 1 ")
        for width, height, wanted in ((120, 40, "FLIGHT .*AGE"), (40, 10, "^CONNECTION +TO SERVER TO CLIENT"),
                                      (200, 50, "RETRANS +REINJ +FLIGHT +SENT +AGE +STATE"), (20, 4, "^.{1,20}$"),
                                      (80, 24, "RETRANS +REINJ +STATE")):
            screen.tmux("resize-window", "-x", str(width), "-y", str(height))
            text = screen.has(wanted)
            yield from too_wide(text, width)
        screen.press("q")
        yield from screen.ended()


def keys():
    data = contents(FAILURE)
    with Screen(80, 24) as screen:
        screen.write_all(data[:len(data) // 2])
        screen.has("^└ 1 ")
        screen.press("Down")
        yield from until(lambda: reversed_lines(screen.text("-e")), ["CONNECTION", "0"])
        for key, wanted in (("s", "^by bytes"), ("s", "^by age"), ("x", "^by retransmitted"), ("t", "^by RTT"),
                            ("a", "^by age"), ("b", "^by bytes"), ("r", "^by rate"), ("h", "select a connection"),
                            ("?", "^CONNECTION"), ("p", "^paused")):
            screen.press(key)
            screen.has(wanted)
        screen.write_all(data[len(data) // 2:])
        screen.close()
        screen.has("end of input")
        screen.has("stalled$")
        screen.press("e")
        yield from until(lambda: "Last events" in screen.text(), False)
        screen.press("e")
        screen.has("Last events")
        screen.press("q")
        yield from screen.ended()
        screen.has("^/.*: 3.66 s, ")


def picks():
    """One connection of several, by arrows and by letters."""
    with Screen(120, 40, path=os.path.abspath("testdata/captures/fallback-client.pcapng.gz")) as screen:
        text = screen.has("end of input")
        rows = re.findall(r"^(\d+) .* > ", text, re.MULTILINE)
        yield from [] if len(rows) > 2 else [f"rows: {rows} of {text}"]
        for key, at in (("End", -1), ("Home", 0), ("j", 1), ("k", 0), ("G", -1), ("g", 0), ("Down", 1), ("Up", 0), ("Up", 0)):
            screen.press(key)
            yield from until(lambda: reversed_lines(screen.text("-e"))[1:], [rows[at]])
        screen.press("F1")
        screen.has("select a connection")
        screen.press("BSpace")
        screen.has("^CONNECTION")
    # whose keypad has an Enter of its own
    with Screen(80, 24, path=os.path.abspath(FAILURE), TERM="xterm") as screen:
        screen.has("end of input")
        screen.press("KPEnter")
        screen.has("^TO SERVER .*RATE")


def keys_of_terminal():
    """Packets come on the standard input: keys do not."""
    with Screen(80, 24, "--interval", "2", stdin=True) as screen:
        screen.write_all(contents(FAILURE))
        screen.has("^└ 1 .* stalled$")
        screen.press("h")
        screen.has("select a connection")
        screen.press("q")
        yield from screen.ended()
        screen.has("^standard input: 3.66 s, ")


def pauses():
    """Nothing moves, while packets are read."""
    data = contents(FAILURE)
    with Screen(80, 24) as screen:
        screen.write_all(data[:len(data) // 2])
        screen.has("^└ 1 .* (open|stalled)$")
        screen.press("Space")
        before = screen.has("^paused")
        screen.write_all(data[len(data) // 2:])
        time.sleep(1.5)
        if screen.text() != before:
            yield "it has changed:\n" + screen.text()
        screen.press("Space")
        screen.has("stalled$")


def signals():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Screen(80, 24) as screen:
            screen.write_all(contents(FAILURE))
            screen.has("handover")
            screen.signal(number)
            yield from screen.ended()
            screen.has("Multipath TCP connection")
    with Screen(80, 24, jobs=True) as screen:
        screen.write_all(contents(FAILURE))
        screen.has("^└ 1 ")
        screen.press("C-z")
        yield from until(lambda: screen.says("alternate_on"), "0")
        screen.has("stopped: Enter")
        screen.press("Enter")
        screen.has("^└ 1 ")
        yield from until(lambda: screen.says("alternate_on"), "1")
        screen.press("h")
        screen.has("select a connection")
        # The terminal disappears.
        pid = screen.pid()
        screen.tmux("kill-server")
        last = time.monotonic() + PATIENCE
        while os.path.exists(f"/proc/{pid}/fd/0") and time.monotonic() < last:
            time.sleep(0.05)
        if os.path.exists(f"/proc/{pid}/fd/0"):
            os.kill(pid, signal.SIGKILL)
            yield "it goes on without a terminal"


def looks():
    """ASCII where the locale has no more; no colours where nobody wants them."""
    with Screen(80, 24, LC_ALL="C") as screen:
        screen.write_all(contents(FAILURE))
        text = screen.has("^`-1 ")
        yield from [] if text.isascii() else ["what is no ASCII: " + ascii(text)]
    for environment, colours in (({}, True), ({"NO_COLOR": "1"}, False)):
        with Screen(80, 24, **environment) as screen:
            screen.write_all(contents(FAILURE))
            screen.has("stalled$")
            if bool(re.search("\x1b\\[[0-9;]*\\b3[13]m", screen.text("-e"))) != colours:
                yield f"{environment}: colours"
    for term, why in (("nonsense", "unknown terminal type 'nonsense'"),
                      ("dumb", "the cursor cannot be moved on a terminal of type 'dumb'")):
        with Screen(120, 60, TERM=term) as screen:
            screen.write_all(contents(FAILURE))
            screen.close()
            yield from screen.ended()
            screen.has(f"{why}: printing plain lines")
            screen.has("TO SERVER")


def cut():
    """A key before there is anything, and one that has no meaning; and what is missing at the end."""
    with Screen(160, 24) as screen:
        screen.has(r"\S")
        screen.press("Down")
        screen.press("z")
        screen.write_all(contents(FAILURE)[:-1])
        screen.close()
        screen.has("cut short in the middle of a packet")
        screen.press("q")
        yield from screen.ended()
        screen.has("cut short in the middle of a packet: results cover what was read")


def no_keys():
    """A terminal to write to, and none to read from."""
    ours, theirs = os.openpty()
    with subprocess.Popen([f"{BUILD}/mptcp-live", "-"], stdin=subprocess.PIPE, stdout=theirs, stderr=subprocess.PIPE,
                          start_new_session=True) as live:
        os.close(theirs)
        out = []
        reader = threading.Thread(target=lambda: out.extend(iter(lambda: read_terminal(ours), b"")))
        reader.start()
        _, said = live.communicate(contents(FAILURE), timeout=PATIENCE)
        reader.join()
    os.close(ours)
    if live.returncode or b"no terminal to read keys from: printing plain lines instead of a screen" not in said:
        yield f"{live.returncode}: {said.decode()}"
    if b"TO SERVER" not in b"".join(out) or b"\x1b[H" in b"".join(out):
        yield b"".join(out).decode(errors="replace")[:500]


def read_terminal(fd):
    try:
        return os.read(fd, 65536)
    except OSError:  # nobody has the other end
        return b""


# ---- without a screen -------------------------------------------------------------------

def run(*arguments, **options):
    return subprocess.run([f"{BUILD}/mptcp-live", *arguments], capture_output=True, check=False, timeout=60, **options)


def json_lines(*arguments, **options):
    done = run("--jsonl", *arguments, **options)
    if done.returncode:
        raise Failed(done.stderr.decode())
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def plain():
    done = run(FAILURE)
    text = done.stdout.decode()
    yield from [] if done.returncode == 0 else [done.stderr.decode()]
    yield from [] if "\x1b" not in text else ["escapes"]
    pages = text.count("CONNECTION, SUBFLOWS")
    yield from [] if pages == 4 else [f"{pages} pages for 3.7 seconds"]
    yield from [] if text.rstrip().endswith("of payload, 0 packets dropped") else [text[-100:]]
    for n in (1, 2):
        pages = run("--batch", str(n), FAILURE).stdout.decode().count("CONNECTION, SUBFLOWS")
        # the last one is what there was at the end
        yield from [] if pages == n + 1 else [f"--batch {n}: {pages} pages"]
    slow = run("--interval", "2", FAILURE).stdout.decode().count("CONNECTION, SUBFLOWS")
    yield from [] if slow == 2 else [f"--interval 2: {slow} pages"]
    first = run("--interval", "0.5", FAILURE).stdout.decode().count("CONNECTION, SUBFLOWS")
    yield from [] if first == 7 else [f"--interval 0.5: {first} pages"]


def by_name(connections):
    """Numbers of TCP streams may be others, where Wireshark splits one."""
    found = {}
    for c in connections:
        for d in c["directions"]:
            found[c["id"], d["towards"]] = {key: d[key] for key in SAME}
            for s in d["subflows"]:
                name = tuple(s[end + what] for end in ("client", "server") for what in ("_address", "_port"))
                found[c["id"], d["towards"], name, s["established"], s["end"]] = {key: s[key] for key in SAME}
    return found


def finals(path):
    """What is said of connections for the last time."""
    lines = json_lines(path)
    yield from [] if [line for line in lines if line.get("final")] == lines[-1:] else ["no last line that is final"]
    got = by_name([c for line in lines if line["type"] in ("forgotten", "final") for c in line["connections"]])
    wanted = by_name(summary(path))
    for name in sorted(set(got) | set(wanted), key=str):
        if got.get(name) != wanted.get(name):
            yield f"{name}: {got.get(name)}, not {wanted.get(name)}"
    sent = sum(d["sent_bytes"] for c in summary(path) for d in c["directions"])
    if lines[-1]["sent_bytes"] != sent:
        yield f"sent_bytes: {lines[-1]['sent_bytes']}, not {sent}"


def through_a_pipe():
    """The same, byte for byte, but for when packets came."""
    def still(lines):
        return [(line["connections"], line["sent_bytes"]) for line in lines[-1:]]

    with open(os.path.join(WORK, "whole"), "wb") as file:
        file.write(contents(FAILURE))
    with open(os.path.join(WORK, "whole"), "rb") as file:
        done = subprocess.run(f"cat | {BUILD}/mptcp-live --jsonl -", shell=True, stdin=file, capture_output=True,
                              check=False, timeout=60)
        piped = [json.loads(line) for line in done.stdout.decode().splitlines()]
    a, b = still(piped), still(json_lines(FAILURE))
    for one in a + b:
        for c in one[0]:
            for d in c["directions"]:
                d.pop("rate_bps")
                for s in d["subflows"]:
                    for key in ("rate_bps", "rate_share", "rtt_lately_ms", "stalled", "idle_s"):
                        s.pop(key)
    yield from [] if a == b else [f"{a}\n{b}"]


def schema():
    try:
        import jsonschema
    except ImportError:
        return
    validator = jsonschema.Draft202012Validator(load("schema/mptcp-live-1.json"))
    for path in CAPTURES:
        for line in json_lines(path):
            yield from (f"{path}: {line['type']}: {e.json_path}: {e.message}" for e in validator.iter_errors(line))


def forgets():
    """What is idle for longer than --keep has a line of its own, once."""
    lines = json_lines("--keep", "1s", "testdata/captures/fastclose-client.pcapng.gz")
    gone = [c["id"] for line in lines if line["type"] == "forgotten" for c in line["connections"]]
    left = [c["id"] for c in lines[-1]["connections"]]
    if not gone:
        yield "nothing is forgotten"
    if sorted(gone + left) != [c["id"] for c in summary("testdata/captures/fastclose-client.pcapng.gz")]:
        yield f"forgotten {gone}, left {left}"
    if lines[-1]["forgotten_connections"] != len(gone):
        yield f"forgotten_connections: {lines[-1]['forgotten_connections']}"
    done = run("--keep", "1s", "--batch", "0", "testdata/captures/fastclose-client.pcapng.gz")
    counted = re.search(r", (\d+) Multipath TCP connections?, ", done.stdout.decode())
    if done.returncode or not counted or int(counted[1]) != len(gone + left):
        yield f"--batch 0: {done}, not {len(gone + left)} connections"


def second_by_second(path):
    """A finished capture is read faster than it was made; each refresh has the payload of the packets until then, and
    the rates are those of its second."""
    packets = [reference.dissect(frame, time, link, data, size, {})
               for frame, (time, link, data, size) in enumerate(reference.read_capture(path), 1)]
    packets = [p for p in packets if p]
    before = (0, 0)  # until when, bytes
    for line in json_lines("--interval", "0.5", path):
        if line["type"] != "refresh":
            continue
        now = int(line["time"].replace(".", ""))
        # those of several interfaces are not quite in order of time
        sent = sum(p.length for p in itertools.takewhile(lambda p, now=now: p.time < now, packets))
        if line["sent_bytes"] != sent:
            yield f"{path}: {line['time_s']} s: {line['sent_bytes']} bytes, not {sent}"
        rate = sum(d["rate_bps"] for c in line["connections"] for d in c["directions"])
        wanted = (sent - before[1]) * 8 / 0.5
        if now - before[0] == 500_000_000 and abs(rate - wanted) > 1e-3 * wanted:
            yield f"{path}: {line['time_s']} s: {rate} bit/s, not {wanted}"
        before = now, sent


def stops():
    """SIGINT and SIGTERM end plain lines and JSON with what there was."""
    for number, option in ((signal.SIGINT, "--jsonl"), (signal.SIGTERM, "--batch=0")):
        with subprocess.Popen([f"{BUILD}/mptcp-live", option, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as live:
            threading.Thread(target=lambda stdin=live.stdin: stdin.write(contents(FAILURE)) and stdin.flush()).start()
            out = b""
            while b"stalled" not in out and len(out) < 10**7:
                more = os.read(live.stdout.fileno(), 65536)
                if not more:
                    break
                out += more
            live.send_signal(number)
            out += live.stdout.read()
            if live.wait(PATIENCE):
                yield f"{option}: status {live.returncode}"
        last = out.decode().strip().split("\n")[-1]
        if not ('"final":true' in last if option == "--jsonl" else "1 Multipath TCP connection" in last):
            yield f"{option}: {last[:200]}"


def refuses():
    for arguments, status, words in ((("--interval", "0"), 2, "for --interval: give seconds"), (("--interval", "x"), 2, "0.1"),
                                     (("--batch", "-1"), 2, "for --batch: give"), (("--keep", "10"), 2, "for --keep: give"),
                                     ((), 2, "no source given"), (("/nonexistent",), 3, "nonexistent"),
                                     (("-", FAILURE), 2, "one source")):
        done = run(*arguments, *([FAILURE] if arguments and arguments[0] in ("--interval", "--batch", "--keep")
                                 else []), stdin=subprocess.DEVNULL)
        if done.returncode != status or words not in done.stderr.decode() or done.stdout:
            yield f"{arguments}: {done.returncode}, {done.stderr.decode()}"
    done = run("-", input=b"This is no capture, but a text.\n" * 9)
    if done.returncode != 3 or "neither pcap nor pcapng" not in done.stderr.decode():
        yield f"a text: {done}"
    with open("/dev/full", "wb") as full:
        for option in "--jsonl", "--batch=0":
            done = subprocess.run([f"{BUILD}/mptcp-live", option, FAILURE], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
            if done.returncode != 5 or b"cannot write" not in done.stderr:
                yield f"{option} >/dev/full: {done.returncode}, {done.stderr.decode()}"


def main():
    need_tshark()
    report = Tap()
    screens = (("80x24: numbers are those of mptcp-summary", on_80x24), ("one connection in detail", details),
               ("40x10", on_40x10), ("a file on a screen", reads_a_file), ("a terminal that gets another size", resized),
               ("keys", keys), ("one connection of several", picks),
               ("keys, and packets on the standard input", keys_of_terminal),
               ("pause", pauses), ("signals, and a terminal that disappears", signals),
               ("ASCII, colours, a terminal that nobody knows", looks), ("a capture that is cut", cut),
               ("no terminal for keys", no_keys))
    tests = [*screens, ("plain lines", plain), ("what comes through a pipe", through_a_pipe), ("the schema", schema),
             ("--keep", forgets), ("SIGINT and SIGTERM", stops), ("what makes no sense", refuses)]
    tests += [(f"{path}: second by second", functools.partial(second_by_second, path))
              for path in CAPTURES if path not in (FALLBACK, PLAIN)]
    tests += [(f"{path}: the last totals are those of mptcp-summary", functools.partial(finals, path))
              for path in CAPTURES]
    no_screen = no_terminal() if shutil.which("tmux") else "no tmux"
    # Most of them wait for what comes.
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        running = [(name, None if test in dict(screens).values() and no_screen
                    else pool.submit(lambda test=test: list(test()))) for name, test in tests]
        for name, future in running:
            if future:
                report.attempt(name, future.result)
            else:
                report.skip(name, no_screen)
    report.finish()


main()
