#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How long it takes: cold, warm, one connection, by packets and by connections,
# beside tshark, tcptrace, mptcptrace (where these are), capinfos and cat. All
# runs of a comparison are interleaved, so that what else the machine does falls
# on all alike; what counts are the ratios of the medians. Makes its own captures
# (large.py).
#
#     bench.py BUILD [-w BENCH.md] [-p PACKETS] [-r RUNS]

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
FIELDS = ("frame.number", "frame.time_epoch", "frame.interface_name", "ip.src or ipv6.src",
          "ip.dst or ipv6.dst", "ip.id", "tcp.srcport", "tcp.dstport", "tcp.stream", "tcp.flags",
          "tcp.seq", "tcp.ack", "tcp.len", "tcp.hdr_len", "tcp.window_size_value", "tcp.options",
          "tcp.options.mptcp.datalvllen", "tcp.options.mptcp.checksum", "tcp.options.sack_re",
          "tcp.options.mptcp.addaddrtrunchmac", "tcp.options.mptcp.rawdataack")
OFF = ("tcp.relative_sequence_numbers", "tcp.analyze_sequence_numbers",
       "tcp.desegment_tcp_streams", "tcp.track_bytes_in_flight", "tcp.calculate_timestamps",
       "mptcp.analyze_mptcp", "mptcp.analyze_mappings", "mptcp.intersubflows_retransmission")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def tshark(capture):
    """The command that the toolkit runs itself."""
    columns = ",".join(f'"{i}","%Cus:{f}:0:U"' for i, f in enumerate(FIELDS))
    return ["env", "LC_ALL=C", "WIRESHARK_CONFIG_DIR=/nonexistent/mptcptools",
            "MALLOC_TRIM_THRESHOLD_=1000000000", "MALLOC_TOP_PAD_=67108864",
            "MALLOC_MMAP_THRESHOLD_=1000000000", "tshark", "-n", "--disable-protocol", "icmp",
            "--disable-protocol", "icmpv6", *[x for o in OFF for x in ("-o", f"{o}:FALSE")],
            "-d", "tcp.port==1-65535,data", "-T", "tabs", "-o", f"gui.column.format:{columns}",
            "-r", capture]


def seed(capture):
    """A first version's command: two passes, Wireshark's own analysis, named fields."""
    fields = ("frame.number", "frame.time_epoch", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport",
              "tcp.stream", "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size",
              "mptcp.stream", "mptcp.dsn", "mptcp.rawdsn64", "mptcp.ack", "mptcp.reinjection_of",
              "mptcp.reinjected_in", "mptcp.related_mapping", "tcp.options.mptcp.subtype",
              "tcp.options.mptcp.datalvllen", "tcp.options.mptcp.rawdataseqno",
              "tcp.options.mptcp.subflowseqno", "tcp.options.mptcp.rawdataack",
              "tcp.options.mptcp.sendkey", "tcp.options.mptcp.recvkey",
              "tcp.options.mptcp.recvtok", "tcp.analysis.retransmission")
    on = ("mptcp.analyze_mptcp", "mptcp.intersubflows_retransmission",
          "mptcp.relative_sequence_numbers", "mptcp.analyze_mappings",
          "tcp.analyze_sequence_numbers")
    return ["tshark", "-r", capture, "-E", "separator=|",
            *[x for o in on for x in ("-o", f"{o}:true")], "-2", "-R",
            "mptcp or tcp and not icmp", "-T", "fields", *[x for f in fields for x in ("-e", f)]]


class Bench:
    def __init__(self, args, directory):
        self.build, self.runs, self.dir = args.build, args.runs, pathlib.Path(directory)
        self.out = []

    def say(self, text=""):
        self.out.append(text)
        print(text, flush=True)

    def capture(self, packets, connections):
        path = self.dir / f"{packets}-{connections}.pcap"
        if not path.exists():
            subprocess.run((sys.executable, HERE / "large.py", path, str(packets),
                            str(connections)), check=True)
        return str(path)

    def ours(self, command, capture, *more):
        return [f"{self.build}/mptcp-{command}", "-q", "--cache-dir", str(self.dir / "cache"), *more,
                capture]

    def once(self, command):
        """Seconds, and the most memory of it or of a child of it."""
        start = time.monotonic()
        with subprocess.Popen(command, cwd=self.dir, **QUIET) as process:
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        return time.monotonic() - start, usage.ru_maxrss * 1024

    def memory(self, command):
        """The most memory of the process itself, without that of tshark."""
        most = 0
        while not most:  # what is over so soon that nobody saw it
            most = self.watch(command)
        return most

    def watch(self, command):
        most, start = 0, time.monotonic()
        with subprocess.Popen(command, cwd=self.dir, **QUIET) as process:
            while process.poll() is None:
                try:
                    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
                except OSError:
                    break
                for line in text.splitlines():
                    if line.startswith("VmHWM"):
                        most = max(most, int(line.split()[1]) * 1024)
                time.sleep(0.005 if time.monotonic() - start > 0.1 else 0)
        return most

    def times(self, commands, runs=None):
        """Median of the runs of each command, in turns: (seconds, of all processors)."""
        runs = runs or self.runs
        results = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                results[name].append(self.hyperfine(command))
        return {name: tuple(map(statistics.median, zip(*r))) for name, r in results.items()}

    def hyperfine(self, command):
        """One run, so that the commands can take turns; where those that leave files do no harm."""
        if not shutil.which("hyperfine"):
            before = os.times()
            seconds = self.once(command)[0]
            after = os.times()
            return seconds, (after.children_user - before.children_user +
                             after.children_system - before.children_system)
        result = self.dir / "result.json"
        words = " ".join("'" + w.replace("'", "'\\''") + "'" for w in command)
        subprocess.run(("hyperfine", "-N", "-i", "--runs", "1", "--style", "none",
                        "--export-json", result, words), check=True, cwd=self.dir, **QUIET)
        run = json.loads(result.read_text())["results"][0]
        return run["mean"], run["user"] + run["system"]

    def table(self, title, times, base):
        """CPU seconds are less at the mercy of what else the machine does."""
        self.say(f"\n{title}\n")
        self.say(f"| | s | x {base} | CPU s | x |")
        self.say("|---|---:|---:|---:|---:|")
        for name, (wall, cpu) in times.items():
            self.say(f"| {name} | {wall:.3f} | {wall / times[base][0]:.3f} | {cpu:.3f} | "
                     f"{cpu / max(times[base][1], 1e-3):.3f} |")

    def peers(self, capture):
        """Other programs that look for connections, where they are."""
        all_of = {"tcptrace -n -l": ["tcptrace", "-n", "-l", capture],
                  "mptcptrace -S": ["mptcptrace", "-S", "-f", capture]}
        return {name: command for name, command in all_of.items() if shutil.which(command[0])}

    def cold(self, packets, connections):
        """The first look at a capture."""
        capture = self.capture(packets, connections)
        commands = {
            **self.peers(capture),
            "mptcp-summary": self.ours("summary", capture, "--refresh"),
            "mptcp-summary --reader native --no-cache":
                self.ours("summary", capture, "--no-cache", "--reader", "native"),
            "mptcp-ls": self.ours("ls", capture, "--refresh"),
            "mptcp-ls -j 1": self.ours("ls", capture, "--refresh", "-j", "1"),
            "mptcp-summary, warm": self.ours("summary", capture),
        }
        self.table(f"Cold, {packets} packets, {connections} connections", self.times(commands),
                   next(iter(commands)))

    def by_tshark(self, packets):
        """The same, with every packet read by tshark; and tshark by itself."""
        capture = self.capture(packets, max(1, packets // 2000))
        commands = {
            "mptcp-ls": self.ours("ls", capture, "--refresh"),
            "mptcp-ls --reader tshark": self.ours("ls", capture, "--refresh", "--reader", "tshark"),
            "the same tshark command": tshark(capture),
            "a first version's tshark command": seed(capture),
        }
        self.table(f"tshark, {packets} packets", self.times(commands, max(1, self.runs // 2)),
                   "mptcp-ls")

    def many_small(self, captures, packets):
        """Hundreds of captures in one command."""
        folder = self.dir / "small"
        folder.mkdir(exist_ok=True)
        whole = pathlib.Path(self.capture(packets, 1))
        paths = []
        for k in range(captures):
            paths.append(str(folder / f"{k}.pcap"))
            if not os.path.exists(paths[-1]):
                os.link(whole, paths[-1])
        ls = [f"{self.build}/mptcp-ls", "-q", "--no-cache"]
        self.table(f"Cold, {captures} captures of {packets} packets in one command", self.times({
            f"mptcp-ls --reader {how}": [*ls, "--reader", how, *paths]
            for how in ("tshark", "auto", "native")}, 1), "mptcp-ls --reader tshark")

    def payload(self, packets):
        """mptcp-check with and without looking at payload, where there is some."""
        path = self.dir / "payload.pcap"
        with_payload(self.capture(packets, 1), path)
        check = self.ours("check", str(path))
        subprocess.run(check, check=False, **QUIET)
        self.table(f"Payload of {packets} packets", self.times({
            "mptcp-check --no-payload": [*check, "--no-payload"],
            "mptcp-check": check,
            "mptcp-check --no-payload, cold": [*check, "--no-payload", "--refresh"],
            "mptcp-check, cold": [*check, "--refresh"]}), "mptcp-check --no-payload")

    def split(self, packets, connections):
        capture = self.capture(packets, connections)
        out = str(self.dir / "out.pcap")
        subprocess.run(self.ours("ls", capture), check=True, **QUIET)
        self.table(f"Connections out of {packets} packets", self.times({
            "cp": ["cp", capture, out],
            "mptcp-ls": self.ours("ls", capture),
            "mptcp-split -c ID": [f"{self.build}/mptcp-split", "-f", "-c", "0", "-w", out,
                                  "--cache-dir", str(self.dir / "cache"), capture]}), "cp")

    def huge(self, gigabytes):
        """A file of which most is payload, in holes."""
        path = self.dir / "huge.pcap"
        packets = sparse(path, gigabytes * 10**9)
        ls = self.ours("ls", str(path), "--refresh")
        seconds, _ = self.once(ls)
        self.say(f"\n{gigabytes} GB, {packets} packets: mptcp-ls {seconds:.1f} s, "
                 f"{self.memory(ls) / 1e6:.0f} MB")
        path.unlink()

    def warm(self, packets, connections):
        capture = self.capture(packets, connections)
        subprocess.run(self.ours("ls", capture), check=True, **QUIET)
        middle = str(connections // 2)
        commands = {
            "mptcp-summary": self.ours("summary", capture),
            "tcptrace -n -l": ["tcptrace", "-n", "-l", capture],
            "mptcp-ls": self.ours("ls", capture),
            "mptcp-summary -c ID": self.ours("summary", capture, "-c", middle),
            "mptcp-reinject": self.ours("reinject", capture),
            "mptcp-reinject -c ID": self.ours("reinject", capture, "-c", middle),
            "mptcp-events": self.ours("events", capture),
            "mptcp-events -c ID": self.ours("events", capture, "-c", middle),
            "mptcp-check": self.ours("check", capture),
            "mptcp-plot dsn -c ID": [f"{self.build}/mptcp-plot", "dsn", "-c", middle, "-w",
                                     str(self.dir / "plot.svg"), "--cache-dir",
                                     str(self.dir / "cache"), capture],
            "capinfos": ["capinfos", capture],
            "cat": ["cat", capture],
        }
        for name in [n for n, c in commands.items() if not shutil.which(c[0])]:
            del commands[name]
        self.table(f"Warm, {packets} packets, {connections} connections", self.times(commands),
                   "mptcp-summary")

    def memories(self, packets):
        """Its own, in many connections, in one, and of a capture twice as large."""
        self.say("\nMemory of one process\n")
        self.say("| packets | connections | | MB | bytes per packet |")
        self.say("|---:|---:|---|---:|---:|")
        many = max(1, packets // 2000)
        for n, connections, names in (
                (packets, many, ("ls, cold", "ls", "summary", "summary -c ID", "tshark")),
                (packets, 1, ("summary", "reinject", "events", "check", "export")),
                (2 * packets, 2 * many, ("ls, cold", "summary"))):
            capture = self.capture(n, connections)
            commands = {
                "ls, cold": self.ours("ls", capture, "--refresh"),
                "summary -c ID": self.ours("summary", capture, "-c", "0"),
                "check": self.ours("check", capture, "--no-payload"),
                "export": self.ours("export", capture),
                "tshark": tshark(capture)}
            subprocess.run(self.ours("ls", capture), check=True, **QUIET)
            for name in names:
                command = commands.get(name) or self.ours(name, capture)
                most = self.memory(command)
                self.say(f"| {n} | {connections} | {'' if name == 'tshark' else 'mptcp-'}{name} | "
                         f"{most / 1e6:.1f} | {most / n:.0f} |")

    def growth(self, cases, title):
        self.say(f"\n{title}: CPU microseconds per packet, warm; and reading natively\n")
        names = ("ls", "summary", "reinject", "events", "check", "read")
        self.say("| packets | connections | " + " | ".join(names) + " |")
        self.say("|---:|---:|" + "---:|" * len(names))
        for packets, connections in cases:
            capture = self.capture(packets, connections)
            subprocess.run(self.ours("ls", capture), check=True, **QUIET)
            times = self.times({n: self.ours(n, capture, *(["--no-payload"] if n == "check" else []))
                                if n != "read" else
                                self.ours("ls", capture, "--no-cache", "--reader", "native")
                                for n in names})
            self.say(f"| {packets} | {connections} | " +
                     " | ".join(f"{cpu / packets * 1e6:.3f}" for _, cpu in times.values()) + " |")


def with_payload(path, out):
    """A capture whose packets were not cut: the payload is made up."""
    with open(path, "rb") as source, open(out, "wb") as to:
        to.write(source.read(24))
        while header := source.read(16):
            second, fraction, kept, length = struct.unpack("<IIII", header)
            data = source.read(kept)
            data += bytes(k & 255 for k in range(length - kept))
            to.write(struct.pack("<IIII", second, fraction, length, length) + data)


def sparse(path, size):
    """One connection without Multipath TCP, 60,000 octets of holes a packet: how many packets."""
    payload, seq, packets = 60000, 1, 0
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 101))
        while out.tell() < size:
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40 + payload, packets & 0xffff, 0x4000, 64, 6,
                             0, bytes((10, 0, 1, 1)), bytes((10, 0, 1, 2)))
            tcp = struct.pack("!HHIIHHHH", 1024, 5001, seq & 0xffffffff, 1, 0x5010, 500, 0, 0)
            out.write(struct.pack("<IIII", 1700000000 + packets // 1000, packets % 1000 * 1000,
                                  40 + payload, 40 + payload) + ip + tcp)
            out.seek(payload, os.SEEK_CUR)
            seq += payload
            packets += 1
        out.truncate()
    return packets


def machine():
    model = "unknown processor"
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":")[1].strip()
    except OSError:
        pass
    version = subprocess.run(("tshark", "-v"), capture_output=True, text=True, check=False)
    return (f"{len(os.sched_getaffinity(0))} processors, {model}; {platform.system()} "
            f"{platform.release()}; {version.stdout.splitlines()[0] if version.stdout else 'no tshark'}; "
            f"load {os.getloadavg()[0]:.1f} at the beginning")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("-w", "--write")
    parser.add_argument("-p", "--packets", type=int, default=10**6)
    parser.add_argument("-r", "--runs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        b = Bench(args, directory)
        b.say("# How fast it is\n\nMade by `make bench`; times are medians of interleaved runs. "
              "Compare the ratios, not the\nseconds: those depend on the machine and on what else "
              f"it did.\n\n{datetime.date.today()}: {machine()}")
        most = args.packets
        sizes = [n for n in (10**4, 10**5, 10**6) if n <= most]
        b.cold(most // 2, 700)
        b.cold(most, 1)
        b.by_tshark(sizes[-1])
        b.many_small(300, 3000)
        b.payload(sizes[-1] // 10)
        b.split(sizes[-1], max(1, sizes[-1] // 2000))
        for packets in sizes:
            b.warm(packets, max(1, packets // 2000))
        b.memories(sizes[-1])
        b.huge(5 * most / 10**6)
        b.growth([(n, 50) for n in (10**5, 10**6, 10**7) if n <= 10 * most], "By packets")
        b.growth([(min(10**5, most), n) for n in (1, 10, 100, 1000)], "By connections")
    if args.write:
        pathlib.Path(args.write).write_text("\n".join(b.out) + "\n")


if __name__ == "__main__":
    main()
