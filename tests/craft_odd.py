#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make captures of which each has something odd, or nearly so, for tests/readers.t.

Usage: craft_odd.py OUTDIR

Around the odd thing, or in it, are the packets of small MPTCP connections, so that whoever misreads it gets other rows.
What is odd about a file says its name; tshark may read it as it likes, what counts is that all readers agree. Every run
writes the same bytes. The parts: odd_network.py (IP and what is below), odd_links.py (tunnels, link types, ICMP),
odd_tcp.py (TCP and its streams), odd_files.py (file formats, time stamps, interfaces).
"""

import os
import sys

import craft
import odd_packets
import odd_files, odd_links, odd_network, odd_tcp  # they fill odd_packets.FILES


def main():
    outdir = craft.directory("Make captures with something odd each.")
    for name, make in odd_packets.FILES.items():
        craft.write(os.path.join(outdir, name), make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
