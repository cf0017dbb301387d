#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a capture cannot show: each shortcoming is said once, in the same words, by
every command; nothing is said of a capture that has none.

One conversation is written again and again, with a part of it left out or with
other times; the sentence that must come is worked out here, from the frames.
"""
import json
import os
import re
import struct
import sys

import craft
import tap

SECOND = 1_000_000_000
ETHERNET, IPV4, IPV6, TCP = 14, 20, 40, 20
ONE = ("mptcp-ls", "mptcp-summary", "mptcp-check", "mptcp-events", "mptcp-reinject")
TWO = (("mptcp-map",), ("mptcp-owd",), ("mptcp-summary", "--with"))
SEVERAL = 24  # exchanges on each path


# The conversation

class Frame:
    """What the file has of a packet, and what the test knows of it."""

    def __init__(self, frame, base):
        self.time, self.interface, self.data = frame.time, frame.interface, frame.data
        ip = ETHERNET + (IPV6 if self.data[ETHERNET] >> 4 == 6 else IPV4)
        self.header = ip + 4 * (self.data[ip + 12] >> 4)  # bytes up to its end
        self.begin = ip + TCP
        self.flags = self.data[ip + 13]
        ports = struct.unpack("!HH", self.data[ip:ip + 4])
        self.to_server = ports[1] in base
        self.server_port = ports[1] if self.to_server else ports[0]
        self.size = len(self.data) - self.header


class Talk:
    """An upload with answers on two paths, one for each interface, at whose end all is acknowledged on the first."""

    def __init__(self, paths=(craft.PATH_A, craft.PATH_B), timestamps=True):
        capture = craft.Capture()
        connection = craft.Connection(capture, timestamps=timestamps)
        first = connection.open(paths[0])
        second = connection.join(paths[1]._replace(interface=0))
        for _ in range(SEVERAL):
            for subflow in (second, first):
                craft.exchange(subflow, 200, 100)
                capture.wait(0.04)
        first.pure_ack("client")
        self.frames = [Frame(f, {p.server_port for p in paths}) for f in capture.frames]
        self.paths = paths
        for frame in self.frames:
            frame.interface = int(any(craft.addr(paths[1].client) in frame.data[e:e + len(craft.addr(paths[1].client))]
                                      for e in (ETHERNET + 12, ETHERNET + 16, ETHERNET + 8, ETHERNET + 24)))

    def sent(self, interface, to_server):
        return sum(f.size for f in self.frames if f.interface == interface and f.to_server == to_server)


# Files

def pcap(frames, snaplen=262144):
    out = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, 1)]
    for f in frames:
        kept = f.data[:snaplen]
        out.append(struct.pack("<IIII", *divmod(f.time, SECOND), len(kept), len(f.data)) + kept)
    return b"".join(out)


def option(order, code, value):
    return struct.pack(order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def block(order, kind, body):
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order, names):
    out = block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))
    for name in names:
        out += block(order, 1, struct.pack(order + "HHI", 1, 0, 262144) + option(order, 2, name.encode()) +
                     option(order, 9, b"\x09") + option(order, 0, b""))
    return out


def packets(order, frames):
    out = []
    for f in frames:
        out.append(block(order, 6, struct.pack(order + "IIIII", f.interface, f.time >> 32, f.time & 0xFFFFFFFF,
                                               len(f.data), len(f.data)) + f.data + b"\0" * (-len(f.data) % 4)))
    return b"".join(out)


def statistics(order, interface, **counters):
    """ifrecv=4, ifdrop=5, osdrop=7"""
    codes = {"ifrecv": 4, "ifdrop": 5, "osdrop": 7}
    body = struct.pack(order + "III", interface, 0, 0)
    for name, value in counters.items():
        body += option(order, codes[name], struct.pack(order + "Q", value))
    return block(order, 5, body + option(order, 0, b""))


def pcapng(frames, names=("eth0", "wlan0"), order="<", behind=b""):
    return section(order, names) + packets(order, frames) + behind


def moved(frames, at, by):
    """The clock is set before that frame."""
    out = []
    for k, f in enumerate(frames):
        g = Frame.__new__(Frame)
        g.__dict__.update(f.__dict__)
        g.time += by * (k >= at)
        out.append(g)
    return out


# What is to be said

def cut(frames, snaplen):
    """Packets whose options are not all there: of the last two bytes nothing can depend that is known."""
    those = [f for f in frames if f.header > max(snaplen, f.begin) + 2]
    return ["the options of %d packets are cut (snaplen %d): Multipath TCP cannot be seen in them" %
            (len(those), snaplen)], max(f.header for f in those)


def plan():
    """name: the octets of the file, what is said, and what the advice must have."""
    talk, six = Talk(), Talk((craft.PATH_A6, craft.PATH_B6))
    port = craft.PATH_B._replace(server_port=5002, interface=0)
    ports, bare = Talk((craft.PATH_A, port)), Talk(timestamps=False)
    all_, half = talk.frames, len(talk.frames) // 2
    files = {"whole.pcap": (pcap(all_), [], []), "whole.pcapng": (pcapng(all_), [], []),
             "whole-big-endian.pcapng": (pcapng(all_, order=">"), [], []), "whole-ipv6.pcap": (pcap(six.frames), [], [])}

    for name, frames, snaplen in (("snaplen-64", all_, 64), ("snaplen-96-ipv6", six.frames, 96)):
        said, needed = cut(frames, snaplen)
        files[name + ".pcap"] = (pcap(frames, snaplen), said, ["-s 128", "byte %d" % needed])
    files["snaplen-96.pcap"] = (pcap(all_, 96), [], [])  # enough for IPv4

    only = "only one direction of 2 of 2 TCP streams was captured: no packet of the %s"
    files["to-server.pcap"] = (pcap([f for f in all_ if f.to_server]), [only % "server"], ["-i any"])
    files["to-client.pcap"] = (pcap([f for f in all_ if not f.to_server]), [only % "client"], ["-i any"])

    # Of either direction one byte may have been a DATA_FIN.
    missing = talk.sent(1, True) - 1 + talk.sent(1, False) - 1
    carried = ("at least %d bytes of 1 of 1 Multipath TCP connection were acknowledged (DATA_ACK) that no captured "
               "subflow carried")
    files["one-interface.pcapng"] = (pcapng([f for f in all_ if not f.interface]), [carried % missing],
                                     ["-i any", "of interface eth0"])
    files["one-port.pcap"] = (pcap([f for f in ports.frames if f.server_port == 5001]), [carried % missing],
                              ["no filter narrower than the hosts"])
    files["join-only.pcapng"] = (pcapng([f for f in all_ if f.interface]),
                                 ["the first handshake of 1 of 1 Multipath TCP connection was not captured"],
                                 ["-i any", "of interface wlan0"])

    syns = [f for f in all_ if f.flags & 2]
    files["syns.pcap"] = (pcap(syns), ["all %d TCP packets are SYNs and SYN/ACKs: nothing after the handshakes was "
                                       "captured" % len(syns)], ["flags"])
    files["unanswered.pcap"] = (pcap(syns[:1]), [], [])  # nothing tells that there was more

    lost = next(f for f in all_[half:] if f.size == 200)
    files["dropped-one.pcap"] = (pcap([f for f in all_ if f is not lost]),
                                 ["at least 199 bytes of 1 of 2 TCP streams were acknowledged and not captured"], ["-B"])

    files.update(clocks(all_, bare.frames, half))
    files.update(drops(all_, half))
    return files


def clocks(frames, bare, half):
    told = "%s by %s s before packet %d, as TCP timestamps of 2 streams tell"
    back, ahead = "the clock was set back", "the clock jumped ahead"
    gap = frames[half].time - frames[half - 1].time
    behind = moved(frames, half, 3600 * SECOND)

    # A pause: the hosts' clocks go on in it.
    def later(frame, by):
        at = frame.data.index(b"\x08\x0a", frame.begin) + 2
        value, echo = struct.unpack("!II", frame.data[at:at + 8])
        frame.data = frame.data[:at] + struct.pack("!II", value + by, echo) + frame.data[at + 8:]

    pause = moved(frames, half, 30 * SECOND)
    for frame in pause[half:]:
        later(frame, 30000)
    # Only one host's clock stood still: it slept.
    asleep = moved(frames, half, 30 * SECOND)
    for frame in asleep[half:]:
        if not frame.to_server:
            later(frame, 30000)
    swapped = frames[:half] + [frames[half + 1], frames[half]] + frames[half + 2:]
    late = moved(swapped, len(frames), 0)
    late[half].time = late[half + 1].time + 300_000_000
    late[half + 2:] = moved(late[half + 2:], 0, 300_000_000)
    joined = frames[half:] + frames[:half]
    step = (frames[-1].time - frames[0].time) / SECOND
    assert gap < 50_000_000, gap
    return {
        "clock-back.pcap": (pcap(moved(frames, half, -5 * SECOND)), [told % (back, "5.0", half + 1)], ["chrony"]),
        "clock-back-two-interfaces.pcapng": (pcapng(moved(frames, half, -5 * SECOND)),
                                             [told % (back, "5.0", half + 1)], ["chrony"]),
        "clock-back-a-little.pcap": (pcap(moved(frames, half, -SECOND // 2)), [told % (back, "0.5", half + 1)], []),
        "clock-ahead.pcap": (pcap(behind), [told % (ahead, "3600.0", half + 1)], ["chrony"]),
        "clock-ahead-two-interfaces.pcapng": (pcapng(behind), [told % (ahead, "3600.0", half + 1)], []),
        "clock-twice.pcap": (pcap(moved(behind, half + 40, -3600 * SECOND)),
                             [told % (ahead, "3600.0", half + 1) + "; 1 more jump follows"], []),
        # Nobody can tell these from a pause, or from files that were joined.
        "clock-ahead-without-timestamps.pcap": (pcap(moved(bare, half, 3600 * SECOND)), [], []),
        "clock-back-without-timestamps.pcap": (
            pcap(moved(bare, half, -5 * SECOND)),
            ["time stamps step back by %.1f s before packet %d" %
             (5 - (bare[half].time - bare[half - 1].time) / SECOND, half + 1)], ["join files"]),
        "joined-in-the-wrong-order.pcap": (
            pcap(joined), ["time stamps step back by %.1f s before packet %d" % (step, len(frames) - half + 1)], []),
        "pause.pcap": (pcap(pause), [], []),
        "one-host-asleep.pcap": (pcap(asleep), [], []),
        "out-of-order.pcap": (pcap(late), [], []),
    }


def drops(frames, half):
    said = "%d packets were dropped during the capture, as the file says%s"
    both = " (%d on eth0, %d on wlan0)"
    unknown = (1 << 64) - 1

    def blocks(order):
        return (statistics(order, 0, ifrecv=50, ifdrop=2) + statistics(order, 1, osdrop=7, ifrecv=9) +
                statistics(order, 0, ifrecv=99, ifdrop=12, osdrop=3))  # the last of an interface counts

    two = (pcapng(frames[:half], behind=statistics("<", 0, ifdrop=1)) +
           pcapng(frames[half:], order=">", behind=statistics(">", 0, ifdrop=4)))
    return {
        "drops.pcapng": (pcapng(frames, behind=blocks("<")), [said % (22, both % (15, 7))], ["-B"]),
        "drops-big-endian.pcapng": (pcapng(frames, order=">", behind=blocks(">")), [said % (22, both % (15, 7))], []),
        "drops-two-sections.pcapng": (two, [said % (5, " (5 on eth0)")], []),
        "drops-none.pcapng": (pcapng(frames, behind=statistics("<", 0, ifrecv=9, ifdrop=0, osdrop=0)), [], []),
        "drops-unknown.pcapng": (pcapng(frames, behind=statistics("<", 0, ifdrop=unknown)), [], []),
        "drops-of-another-length.pcapng": (
            pcapng(frames, behind=block("<", 5, struct.pack("<III", 0, 0, 0) + option("<", 5, b"\x09\0\0\0") +
                                        option("<", 0, b""))), [], []),
        "drops-without-options.pcapng": (pcapng(frames, behind=block("<", 5, struct.pack("<III", 0, 0, 0))), [], []),
        "drops-of-no-interface.pcapng": (pcapng(frames, behind=statistics("<", 7, ifdrop=5)), [], []),
    }


# Who says it

def lines(done, path):
    """What stderr has of that capture."""
    found = re.findall(r"^\S+: '?%s'?: (.*)$" % re.escape(path), done.stderr.decode(), re.M)
    return [line for line in found if not line.startswith(("no Multipath TCP", "cannot tell", "nothing to draw"))]


def differs(what, found, expected):
    return ["%s: %s, not %s" % (what, found, expected)] if sorted(found) != sorted(expected) else []


def said_in_json(document, path, expected):
    wrong = []
    for capture in document["captures"]:
        if capture["path"] == path:
            wrong += differs("warnings", capture["warnings"], expected)
            wrong += differs("shortcomings", [s["sentence"] for s in capture["shortcomings"]], expected)
    return wrong or ["no such capture"] * (path not in [c["path"] for c in document["captures"]])


def by_command(path, expected, other):
    for command in ONE:
        done = tap.execute(command, "--json", path)
        yield from differs(command, lines(done, path), expected)
        yield from said_in_json(json.loads(done.stdout), path, expected)
    for command in TWO:
        pair = (path, command[1], other) if command[1:] else (path, other)
        done = tap.execute(command[0], *pair)
        yield from differs(" ".join(command), lines(done, path), expected)
        yield from differs("%s, of the other" % command[0], lines(done, other), [])
    done = tap.execute("mptcp-plot", "-w", os.path.join(tap.WORK, "plot.svg"), "dsn", path)
    yield from differs("mptcp-plot", lines(done, path), expected)


def by_reader(path, expected, _):
    """Each way to read it: by tshark, as auto does with a few packets; natively, both, in portions; what the cache has; an
    export."""
    # A block that is not sound is tshark's, and so is all of the capture.
    sound = "another-length" not in path
    for arguments in (*[("--reader", "native", "--no-cache")] * sound, ("--reader", "auto", "--refresh"),
                      ("--reader", "auto")):
        document = json.loads(tap.execute("mptcp-ls", "--json", *arguments, path).stdout)
        for wrong in said_in_json(document, path, expected):
            yield "%s: %s" % (" ".join(arguments), wrong)
    os.environ["MPTCP_NATIVE_FROM"] = "10"
    os.environ["MPTCP_KEEP_PACKETS"] = "8"
    document = json.loads(tap.execute("mptcp-ls", "--json", "--reader", "auto", "--refresh", path).stdout)
    del os.environ["MPTCP_NATIVE_FROM"], os.environ["MPTCP_KEEP_PACKETS"]
    yield from said_in_json(document, path, expected)
    if document["captures"][0]["reader"] != "native" and sound and not re.search("sections|syns|unanswered", path):
        yield "it was read by %s" % document["captures"][0]["reader"]
    export = os.path.join(tap.WORK, "export.csv")
    tap.execute("mptcp-export", "--columns", "raw", "-w", export, path)
    document = json.loads(tap.execute("mptcp-ls", "--json", export).stdout)
    for wrong in said_in_json(document, export, expected):
        yield "export: %s" % wrong


def by_doctor(path, expected, advice):
    document = json.loads(tap.execute("mptcp-doctor", "--json", path).stdout)
    checks = [c for c in document["checks"] if c["advice"]]
    yield from differs("mptcp-doctor", [c["text"] for c in checks], expected)
    for words in advice:
        if not any(words in c["advice"] for c in checks):
            yield "no advice has '%s': %s" % (words, [c["advice"] for c in checks])
    text = tap.execute("mptcp-doctor", path).stdout.decode()
    for sentence in expected:
        if len(re.findall(r"^warn .*%s; next time " % re.escape(sentence), text, re.M)) != 1:
            yield "it is not in the text:\n" + text


def write(name, octets):
    path = os.path.join(tap.WORK, name)
    with open(path, "wb") as file:
        file.write(octets)
    return path


def main():
    report = tap.Tap()
    tap.need_tshark()
    tap.read_natively()  # by_reader() asks the others, too
    files = plan()
    other = write("other.pcap", files["whole.pcap"][0])
    seen = set()
    paths = {name: write(name, octets) for name, (octets, _, _) in files.items()}
    for name, (_, expected, advice) in files.items():
        kind = name.split("-")[0].split(".")[0]
        if kind not in seen:  # the others of a kind come by the same way
            report.attempt("%s: every command" % name, by_command, paths[name], expected, other)
        seen.add(kind)
        report.attempt("%s: every reader" % name, by_reader, paths[name], expected, other)
        report.attempt("%s: mptcp-doctor" % name, by_doctor, paths[name], expected, advice)
    two = tap.execute("mptcp-doctor", paths["snaplen-64.pcap"], paths["syns.pcap"]).stdout.decode()
    report.judge("mptcp-doctor: two captures", differs("warnings", re.findall("^warn (snaplen|syns)", two, re.M),
                                                       ["snaplen", "syns"]))
    cuts = ["snaplen-64.pcap", "snaplen-96-ipv6.pcap"]
    one = tap.execute("mptcp-doctor", "-m", *(paths[name] for name in cuts)).stdout.decode()
    report.judge("mptcp-doctor -m: the longest options", differs("bytes", re.findall(r"reach to (byte \d+)", one),
                                                                [max((files[name][2][-1] for name in cuts), key=len)]))
    report.finish()


if __name__ == "__main__":
    sys.exit(main())
