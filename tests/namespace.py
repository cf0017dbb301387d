# SPDX-License-Identifier: GPL-3.0-or-later
"""Multipath TCP on the loopback interface of a network namespace of its own, for tests that capture it."""

import shutil
import subprocess


def in_namespace(script, *arguments, **options):
    """A script in shell that has ended, which may go on with exec "$@"."""
    return subprocess.run(["unshare", "-Urn", "sh", "-c", "ip link set lo up; " + script, "sh", *arguments],
                          **{"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 120, **options}, check=False)


def why_not(*tools):
    """None, or why nothing can be captured there: also if one of these programs is missing."""
    for tool in ("unshare", "ip", "dumpcap", *tools):
        if not shutil.which(tool):
            return "no " + tool
    done = in_namespace("ip mptcp endpoint show && python3 -c 'import socket; socket.socket(socket.AF_INET, "
                        "socket.SOCK_STREAM, 262)'")
    if done.returncode:
        return "no namespaces, or no Multipath TCP in this kernel: %s" % done.stderr.decode().strip().splitlines()[-1:]
    done = in_namespace("dumpcap -q -i lo -a duration:1 -w /dev/null")
    return "dumpcap may not capture in a namespace: %s" % done.stderr.decode().strip() if done.returncode else None


def transfer(size, times, pause):
    """A program in Python: so many bytes to port 5001, in as many parts, a pause (s) after each."""
    return """
import socket, sys, threading, time
MPTCP = 262
server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
server.bind(("127.0.0.1", 5001))
server.listen()
def read():
    peer, _ = server.accept()
    while peer.recv(65536):
        pass
    peer.close()
thread = threading.Thread(target=read)
thread.start()
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
client.connect(("127.0.0.1", 5001))
for _ in range(%d):
    client.sendall(bytes(%d))
    time.sleep(%r)
client.close()
thread.join()
""" % (times, size // times, pause)
