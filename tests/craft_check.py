#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the captures of testdata/check: one breach of the protocol per file, and healthy twins.

Usage: craft_check.py OUTDIR

The conversations are those of craft.py, of which everything there holds: the same bytes every time, captured at the
client, reserved addresses. A file is named after the rule of mptcp-check that it is about; "-ok" is a twin that comes
close to the breach and is none.

The same run writes OUTDIR/expected.json: per file and connection what must be found, as in tests/check_expected.json,
which explains the form. Where RFC 8684 leaves the judgement open, the entry allows more than one.
"""

import json
import os
import sys

import craft
from craft import (ACK, OTHER, PATH_A, PATH_A6, PATH_B, PATH_B6, PATH_C, SYN, Capture, Connection, Path,
                   add_addr, dss, exchange, mac_of, made_up, mp_capable, mp_fail, mp_fastclose, mp_join_ack, mp_join_syn, mp_join_synack,
                   mp_tcprst, mptcp_option, pcap, rm_addr, talk)

FILES = []
PATH_B_AGAIN = PATH_B._replace(client_port=40012)
ELSEWHERE = Path("198.51.100.77", 40007, "203.0.113.10", 5001, 0, 30)


def makes(name, *rules, version=None, may=(), verdicts=None, connection=0, **how):
    """Decorator: the function fills the capture that becomes the file. rules: "RULE" is violated; "RULE=ok" and the
    like; "RULE=a|b" either. may: rules that may be violated, too. version: for the function, when given."""

    def register(function):
        wanted = {}
        for rule in rules:
            rule, _, result = rule.partition("=")
            wanted[rule] = (result or "violated").split("|")
        FILES.append((name, function, version, how, {
            "note": " ".join(function.__doc__.split()),
            "connections": [{"id": connection, "rules": wanted, "may": list(may), "verdicts": verdicts or {}}]}))
        return function

    return register


def close(connection, *subflows):
    """The ordinary end, on these subflows only."""
    every, connection.subflows = connection.subflows, list(subflows)
    connection.close()
    connection.subflows = every


def flip(octets, at=3):
    """One bit is wrong."""
    return octets[:at] + bytes([octets[at] ^ 0x04]) + octets[at + 1:]


def two(capture, **how):
    connection = talk(capture, (PATH_A, PATH_B), **how)
    return (connection, *connection.subflows)


# ---------------------------------------------------------------------------------------------------- the handshake

@makes("key_echo.pcap", "key_echo", may=("capable_flags", "data_mapped"))
def key_echo(capture):
    """Third ACK and first data repeat a server key that differs from the SYN/ACK's in one bit."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    keys = connection.key["client"], flip(connection.key["server"])
    subflow.send("client", ACK, [mp_capable(1, *keys)])
    subflow.data("client", 20, option=[mp_capable(1, *keys, data_level_length=20)])
    subflow.data("server", 30)
    close(connection, subflow)


@makes("v0-key_echo.pcap", "key_echo", version=0)
def v0_key_echo(capture, version):
    """Version 0: the third ACK repeats a server key with a wrong bit."""
    connection = Connection(capture, version=version)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    subflow.send("client", ACK, [mp_capable(0, connection.key["client"], flip(connection.key["server"]))])
    exchange(subflow)
    close(connection, subflow)


@makes("key_echo-ok.pcap", "key_echo=ok", "version_negotiation=ok", "capable_flags=ok", "option_length=ok",
       "join_hmac_synack=ok", "join_hmac_ack=ok", "data_fin_acked=ok", "mapping_consistent=ok", "data_mapped=ok",
       "data_ack_sent=ok", "data_ack_monotonic=ok", version=1)
@makes("v0-key_echo-ok.pcap", "key_echo=ok", "version_negotiation=ok", "capable_flags=ok", "option_length=ok",
       "join_hmac_synack=ok", "join_hmac_ack=ok", "data_fin_acked=ok", "mapping_consistent=ok", "data_mapped=ok",
       "data_ack_sent=ok", "data_ack_monotonic=ok", version=0)
def healthy(capture, version):
    """Two subflows, an exchange on each, an orderly end: nothing is wrong."""
    connection, first, second = two(capture, version=version, timestamps=True)
    for subflow in (first, second) * 3:
        subflow.data("client", 400)
        subflow.data("server", 700)
    close(connection, first, second)


@makes("version_negotiation.pcap", "version_negotiation", may=("key_echo", "capable_flags"))
def version_negotiation(capture):
    """The SYN asks for version 1 and the SYN/ACK answers with version 2: the client resets."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.send("server", SYN, [mp_capable(2, connection.key["server"])], seq=subflow.isn["server"])
    subflow.reset("client")


@makes("v0-key_echo-client.pcap", "key_echo", version=0)
def another_client_key(capture, version):
    """Version 0: the third ACK has another key of the client than the SYN."""
    connection = Connection(capture, version=version)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    subflow.send("client", ACK, [mp_capable(0, flip(connection.key["client"]), connection.key["server"])])
    exchange(subflow)
    close(connection, subflow)


@makes("version_negotiation-ack.pcap", "version_negotiation", "key_echo=ok", may=("capable_flags",))
def another_version_in_ack(capture):
    """SYN and SYN/ACK agree on version 1, the third ACK says 0: the server resets."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.synack()
    subflow.send("client", ACK, [mp_capable(0, *subflow.key_pair("client"))])
    subflow.reset("server")


@makes("capable_flags-h.pcap", "capable_flags", verdicts={"fallback": "bad_capable"})
def no_crypto(capture):
    """The MP_CAPABLE of the SYN names no algorithm (H is 0); the server ignores it and TCP goes on."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.send("client", SYN, [mptcp_option("MP_CAPABLE", 0, 1, b"\0")], seq=subflow.isn["client"])
    connection.fall_back("no_option_in_synack")
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)
    close(connection, subflow)


@makes("capable_flags-b.pcap", "capable_flags", verdicts={"fallback": "bad_capable"})
def extension(capture):
    """B, which must be 0, is set in the SYN; the server ignores the option."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.send("client", SYN, [mptcp_option("MP_CAPABLE", 0, 1, b"\x41")], seq=subflow.isn["client"])
    connection.fall_back("no_option_in_synack")
    subflow.synack(mptcp=False)
    subflow.ack(mptcp=False)
    exchange(subflow)
    close(connection, subflow)


@makes("capable_flags-a-lost.pcap", "capable_flags", may=("checksum_present", "checksum_valid"))
def checksum_not_confirmed(capture):
    """The server demands checksums (A in its SYN/ACK), the third ACK does not confirm it and none are sent."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.send("server", SYN, [mp_capable(1, connection.key["server"], checksum=True)], seq=subflow.isn["server"])
    subflow.ack()
    exchange(subflow)
    close(connection, subflow)


def forbids_joins(capture):
    """A connection whose server sets the C flag: no joins to this address and port."""
    connection = Connection(capture)
    subflow = connection.subflow(PATH_A)
    subflow.syn()
    subflow.send("server", SYN, [mptcp_option("MP_CAPABLE", 0, 1, b"\x21" + connection.key["server"])],
                 seq=subflow.isn["server"])
    subflow.ack()
    exchange(subflow)
    return connection, subflow


@makes("capable_flags-c.pcap", "capable_flags")
def joins_all_the_same(capture):
    """The server's C flag forbids joins to its address and port; the client sends one, and the server resets it."""
    connection, subflow = forbids_joins(capture)
    join = connection.subflow(PATH_B, address_id=1)
    join.syn()
    join.reset("server", mp_tcprst(3))
    close(connection, subflow)


@makes("capable_flags-c-ok.pcap", "capable_flags=ok", "join_hmac_synack=ok", "join_hmac_ack=ok", "add_addr_hmac=ok")
def joins_elsewhere(capture):
    """The server's C flag forbids joins to its first address; the client joins to another that it announces."""
    connection, subflow = forbids_joins(capture)
    subflow.pure_ack("server", add_addr(1, 2, PATH_C.server, keys=subflow.key_pair("server")))
    subflow.pure_ack("client", add_addr(1, 2, PATH_C.server))
    join = connection.subflow(PATH_C._replace(client=PATH_B.client), address_id=1)
    join.syn()
    mac = mac_of(1, *join.key_pair("server"), join.nonce["server"] + join.nonce["client"])
    join.send("server", SYN, [mp_join_synack(mac, join.nonce["server"], 2)], seq=join.isn["server"])
    join.ack()
    exchange(join)
    close(connection, subflow, join)


@makes("single_subflow-forbidden.pcap", "capable_flags=ok", verdicts={"single_subflow": "joins_forbidden"})
def no_join_comes(capture):
    """The server's C flag forbids joins, it announces no other address, and none come."""
    connection, subflow = forbids_joins(capture)
    for _ in range(3):
        exchange(subflow)
    close(connection, subflow)


@makes("option_length.pcap", "option_length")
def option_length(capture):
    """An ADD_ADDR of 9 octets, which no ADD_ADDR can have."""
    connection, first, second = two(capture)
    first.pure_ack("server", mptcp_option("ADD_ADDR", 3, 0, b"\x02\xcb\0\x71\x14\0"))
    close(connection, first, second)


@makes("token_unique.pcap", "token_unique", connection=None)
def token_unique(capture):
    """A server gives two connections that live at the same time the same key, so the same token."""
    key = made_up("one key for two", 8)
    one = talk(capture, name="one", server_key=key)
    two_ = talk(capture, (PATH_A._replace(client_port=41001),), name="two", server_key=key)
    exchange(one.subflows[0])
    for connection in (one, two_):
        connection.close()


# ----------------------------------------------------------------------------------------------------------- joins

def join_with(capture, version, synack_mac=lambda mac: mac, ack_mac=lambda mac: mac):
    """A join whose HMACs are altered; it is refused by who sees it first."""
    connection = talk(capture, version=version)
    subflow = connection.subflow(PATH_B, address_id=1)
    nonce = subflow.nonce
    subflow.syn()
    right = mac_of(version, *subflow.key_pair("server"), nonce["server"] + nonce["client"])
    mac = synack_mac(right[:8])
    subflow.send("server", SYN, [mp_join_synack(mac, nonce["server"], 0)], seq=subflow.isn["server"])
    if mac != right[:8]:
        subflow.reset("client", *([mp_tcprst(1)] if version else []))
    else:
        right = mac_of(version, *subflow.key_pair("client"), nonce["client"] + nonce["server"])
        subflow.send("client", ACK, [mp_join_ack(ack_mac(right[:20]))])
        subflow.reset("server", *([mp_tcprst(1)] if version else []))
    close(connection, connection.subflows[0])


@makes("join_hmac_synack.pcap", "join_hmac_synack", version=1, verdicts={"single_subflow": "join_hmac_wrong"})
@makes("v0-join_hmac_synack.pcap", "join_hmac_synack", version=0, verdicts={"single_subflow": "join_hmac_wrong"})
def join_hmac_synack(capture, version):
    """One bit of the HMAC in the SYN/ACK of a join is wrong; the client resets the subflow."""
    join_with(capture, version, synack_mac=flip)


@makes("join_hmac_ack.pcap", "join_hmac_ack", "join_hmac_synack=ok", version=1,
       verdicts={"single_subflow": "join_hmac_wrong"})
@makes("v0-join_hmac_ack.pcap", "join_hmac_ack", "join_hmac_synack=ok", version=0,
       verdicts={"single_subflow": "join_hmac_wrong"})
def join_hmac_ack(capture, version):
    """The last bit that is sent of the HMAC in the third ACK of a join is wrong; the server resets the subflow."""
    join_with(capture, version, ack_mac=lambda mac: mac[:-1] + bytes([mac[-1] ^ 1]))


@makes("join_hmac-by-server-ok.pcap", "join_hmac_synack=ok", "join_hmac_ack=ok")
def join_by_server(capture):
    """The server opens the join: its HMAC begins with its own key, the token is the client's."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.pure_ack("client", add_addr(1, 2, "198.51.100.1", 7000, first.key_pair("client")))
    first.pure_ack("server", add_addr(1, 2, "198.51.100.1", 7000))
    join = connection.join(Path("198.51.100.1", 7000, "203.0.113.10", 50001, 0, 30), opener="server", address_id=0)
    exchange(join)
    close(connection, first, join)


@makes("join_nonce.pcap", "join_nonce", "join_hmac_synack=ok", "join_hmac_ack=ok")
def join_nonce(capture):
    """The client's nonce is 0, which a random number hardly is; the HMACs are right."""
    connection = talk(capture)
    subflow = connection.subflow(PATH_B, address_id=1)
    subflow.nonce["client"] = b"\0\0\0\0"
    exchange(subflow.handshake())
    close(connection, *connection.subflows)


@makes("address_id-0.pcap", "address_id")
def address_id_0(capture):
    """A join from another address has address id 0, which belongs to the address of the initial subflow."""
    connection = talk(capture)
    exchange(connection.join(PATH_B, address_id=0))
    close(connection, *connection.subflows)


@makes("address_id-0-ok.pcap", "address_id=ok|not_checked")
def address_id_0_same(capture):
    """A join from the address of the initial subflow, with another port, rightly has id 0."""
    connection = talk(capture)
    exchange(connection.join(PATH_A._replace(client_port=40004), address_id=0))
    close(connection, *connection.subflows)


@makes("address_id-reused.pcap", "address_id")
def address_id_reused(capture):
    """Two joins from two addresses have the same address id, and the first was not removed."""
    connection = talk(capture, (PATH_A, PATH_B))
    exchange(connection.join(ELSEWHERE, address_id=1))
    close(connection, *connection.subflows)


@makes("address_id-removed-ok.pcap", "address_id=ok|not_checked", "remove_addr_known=ok")
def address_id_removed(capture):
    """The same after REMOVE_ADDR and the end of the first subflow: the id is free."""
    connection, first, second = two(capture)
    first.pure_ack("client", first.dss("client"), rm_addr(1))
    second.reset("client", mp_tcprst(0))
    capture.wait(1)
    third = connection.join(ELSEWHERE, address_id=1)
    exchange(third)
    close(connection, first, third)


@makes("token_known.pcap", "token_known", "join_hmac_synack=ok", "join_hmac_ack=ok", "unknown_token=ok")
def token_known(capture):
    """The token of a join has a wrong bit, and the server takes it all the same: the data tells where it belongs."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    token = connection.token["server"] ^ 1
    join.send("client", SYN, [mp_join_syn(token, join.nonce["client"], 1)], seq=join.isn["client"])
    join.synack()
    join.ack()
    exchange(join)
    close(connection, *connection.subflows)


@makes("token_unique-ends-ok.pcap", "join_hmac_synack=ok", "join_hmac_ack=ok", "token_known=ok")
def one_key_for_both(capture):
    """Client and server have the same key, so the same token: a join goes to the end whose address it names."""
    key = made_up("one key for both", 8)
    connection = talk(capture, (PATH_A, PATH_B), client_key=key, server_key=key)
    close(connection, *connection.subflows)


def unknown(capture):
    connection = talk(capture)
    subflow = connection.subflow(PATH_B, address_id=1)
    subflow.send("client", SYN, [mp_join_syn(0x12345678, subflow.nonce["client"], 1)], seq=subflow.isn["client"])
    return connection, subflow


@makes("unknown_token-ok.pcap", "unknown_token=ok|not_checked", "token_known=violated|not_checked", connection=1)
def unknown_token_refused(capture):
    """A join names a token that no connection has; the server answers by RST, as it must."""
    connection, subflow = unknown(capture)
    subflow.reset("server", mp_tcprst(1))
    close(connection, connection.subflows[0])


@makes("unknown_token.pcap", "unknown_token=violated|not_checked", "token_known=violated|not_checked", connection=1)
def unknown_token_answered(capture):
    """The server answers such a join with a SYN/ACK without the option. (A connection older than the capture could
    have that token, so that nothing is sure.)"""
    connection, subflow = unknown(capture)
    subflow.synack(mptcp=False)
    subflow.reset("client", mp_tcprst(1))
    close(connection, connection.subflows[0])


# -------------------------------------------------------------------------------------------------------- mappings

@makes("mapping_consistent-changed.pcap", "mapping_consistent", may=("data_same", "data_ack_progress"))
def mapping_changed(capture):
    """A segment is lost and sent again with the same subflow bytes and another DSN."""
    connection, first, _ = two(capture)
    segment = first.data("client", 40, lost=True)
    capture.wait(0.3)
    first.data("client", 40, dsn=segment.dsn + 40, seq=segment.seq)


@makes("mapping_consistent-overlap.pcap", "mapping_consistent", may=("data_same", "data_ack_progress"))
def mapping_overlaps(capture):
    """A mapping of 80 bytes, and in its second half another one that begins 20 data bytes later."""
    connection, first, _ = two(capture)
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    first.data("client", 40, mapping=(start, ssn, 80))
    first.data("client", 40, dsn=start + 60, mapping=(start + 60, ssn + 40, 40))


@makes("mapping_consistent-ok.pcap", "mapping_consistent=ok", "data_mapped=ok")
def mapping_split(capture):
    """A mapping of 80 bytes in two segments of which only the first has a DSS; the second is lost and sent again
    with a mapping of its own, of the same data. A third mapping repeats both."""
    connection, first, second = two(capture)
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    first.data("client", 40, mapping=(start, ssn, 80), answer=False)
    segment = first.data("client", 40, option="none", lost=True)
    capture.wait(0.3)
    first.resend(segment)
    first.data("client", 40, dsn=start, seq=first.isn["client"] + ssn, mapping=(start, ssn, 80))
    close(connection, first, second)


@makes("data_mapped.pcap", "data_mapped", may=("data_ack_progress",))
def data_mapped(capture):
    """The second subflow carries 40 bytes without any mapping; the server resets it, the first carries them on."""
    connection, first, second = two(capture)
    second.data("client", 40, option=[dss(connection.got["client"].next)], mapped=False, answer=False, lost=True)
    second.reset("server", mp_tcprst(1))
    connection.next["client"] -= 40
    first.data("client", 40)
    close(connection, first)


@makes("data_mapped-elsewhere.pcap", "data_mapped", may=("data_ack_progress", "mapping_consistent"))
def data_mapped_elsewhere(capture):
    """The last 40 bytes of the client come with a DATA_FIN whose DSS has subflow sequence number 0, as if the packet had
    no data: a mapping is there, and covers none of the bytes."""
    connection = talk(capture)
    subflow = connection.subflows[0]
    mapping = (connection.next["client"], 0, 41)
    subflow.send("client", ACK, [subflow.dss("client", mapping, True)], payload=bytes(40))
    subflow.fin()


@makes("data_same.pcap", "data_same")
def data_same(capture):
    """40 bytes are sent again on the other subflow, with the same DSN, and one of them is another."""
    connection, first, second = two(capture)
    segment = first.data("client", 40, lost=True)
    capture.wait(0.3)
    second.reinject(segment, damaged=True)
    first.reset("client", mp_tcprst(5))
    close(connection, second)


@makes("data_same-ok.pcap", "data_same=ok")
def data_same_ok(capture):
    """40 bytes are sent again on the other subflow, and so is a part of them, in a segment that begins before."""
    connection, first, second = two(capture)
    before = first.data("client", 30)
    segment = first.data("client", 40, lost=True)
    capture.wait(0.3)
    second.reinject(segment)
    second.data("client", 50, dsn=before.dsn)
    first.resend(segment)
    close(connection, first, second)


@makes("data_same-cut.pcap", "data_same=not_checked", snaplen=96)
def data_same_cut(capture):
    """The same with a snaplen that leaves the payload out: it cannot be compared."""
    data_same_ok(capture)


def shut(capture, **how):
    """A connection on two subflows, and the client has sent all that the server's window allows: 512 bytes."""
    connection = Connection(capture, **how)
    connection.window["server"] = 4
    first = connection.open()
    exchange(first)
    second = connection.join()
    exchange(second)
    connection.window["server"] = 0
    first.data("client", 512)
    return connection, first, second


def window_probe(subflow, dsn=None, **how):
    """As Linux asks whether the window is still shut: the next byte, under the number before it."""
    connection = subflow.connection
    dsn = connection.next["client"] - 1 if dsn is None else dsn
    how.setdefault("octets", connection.content("client", dsn + 1, 1))
    return subflow.data("client", 1, dsn=dsn, **how)


@makes("data_same-probe-ok.pcap", "data_same=ok", "checksum_valid=ok", "mapping_consistent=ok", "window_respected=ok")
def probes_of_shut_window(capture):
    """The window is shut. The client asks by a byte with another number, three times, one of them again by TCP, and once
    by the byte that has this number. TCP sends what it holds back on the other subflow only after the window opened,
    and data went on the first."""
    connection, first, second = shut(capture, checksum=True)
    old = connection.next["client"] - 1
    capture.wait(0.2)
    window_probe(first)
    capture.wait(0.4)
    lost = window_probe(first, lost=True)
    capture.wait(0.3)
    first.resend(lost, octets=connection.content("client", old + 1, 1))
    capture.wait(0.4)
    window_probe(first, octets=connection.content("client", old, 1))
    capture.wait(0.8)
    connection.window["server"] = 502
    first.pure_ack("server")
    first.data("client", 300, answer=False)
    window_probe(second, dsn=old)
    second.data("client", 100)
    close(connection, first, second)


@makes("data_same-probe-open.pcap", "data_same")
def probe_of_open_window(capture):
    """The same byte under the number of another one, but the window has room: it is no probe."""
    connection, first, second = two(capture)
    first.data("client", 512)
    capture.wait(0.2)
    window_probe(first)
    close(connection, first, second)


@makes("data_same-probe-late.pcap", "data_same")
def probe_after_data(capture):
    """The window was shut, and opened; the subflow carried new data since: what follows is no probe of then."""
    connection, first, second = shut(capture)
    old = connection.next["client"] - 1
    capture.wait(0.2)
    connection.window["server"] = 502
    first.pure_ack("server")
    first.data("client", 300)
    window_probe(first, dsn=old)
    close(connection, first, second)


@makes("data_same-probe-other.pcap", "data_same")
def other_byte_while_shut(capture):
    """The window is shut, and one byte is sent again, but not the last one: it is no probe, and it is another."""
    connection, first, second = shut(capture)
    capture.wait(0.2)
    window_probe(second, dsn=connection.next["client"] - 2)
    connection.window["server"] = 502
    second.pure_ack("server")
    close(connection, first, second)


@makes("data_same-probe-two.pcap", "data_same")
def two_bytes_while_shut(capture):
    """The window is shut, and the last two bytes are sent again, changed: a probe has one."""
    connection, first, second = shut(capture)
    capture.wait(0.2)
    second.data("client", 2, dsn=connection.next["client"] - 2, damaged=True)
    connection.window["server"] = 502
    second.pure_ack("server")
    close(connection, first, second)


@makes("data_same-probe-unknown.pcap", "data_same=not_checked")
def probe_of_unknown_window(capture):
    """A probe, but nothing of the server was captured: nobody knows of its window."""
    with capture.setting(directions=(True,)):
        connection, first, second = shut(capture)
        capture.wait(0.2)
        window_probe(first)
        close(connection, first, second)


WINDOW = 502 << 7


@makes("window_respected.pcap", "window_respected", may=("data_ack_progress",))
def beyond_window(capture):
    """The server allows 64256 bytes after its DATA_ACK; the client sends 100 that begin 2000 after that end."""
    connection, first, _ = two(capture)
    first.data("client", 20)
    first.data("client", 100, dsn=connection.next["client"] + WINDOW + 2000, answer=False)


@makes("window_respected-ok.pcap", "window_respected=ok", may=("data_ack_progress",))
def up_to_window(capture):
    """The client sends the last 100 bytes that the window allows."""
    connection, first, _ = two(capture)
    first.data("client", 20)
    first.data("client", 100, dsn=connection.next["client"] + WINDOW - 100, answer=False)


# ------------------------------------------------------------------------------------------------------- checksums

@makes("checksum-ok.pcap", "checksum_present=ok", "checksum_valid=ok", version=1)
@makes("v0-checksum-ok.pcap", "checksum_present=ok", "checksum_valid=ok", version=0)
def checksums(capture, version):
    """Right checksums: mappings of odd and even lengths, in one segment, in three of odd length with the DSS in the
    first or only in the last, next to a DATA_FIN, repeated on another subflow, and of a DATA_FIN alone."""
    connection, first, second = two(capture, version=version, checksum=True)
    for size in (1, 2, 7, 40, 333, 1000):
        first.data("client", size)
        second.data("server", size + 2)
    for carriers in ("dss", "none", "none"), ("none", "none", "dss"):
        start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
        for option in carriers:
            first.data("client", 21, mapping=(start, ssn, 63), option=option, answer=False)
        first.pure_ack("server")
    segment = first.data("client", 55, lost=True)
    second.reinject(segment)
    first.resend(segment)
    first.data("server", 31, data_fin=True)
    first.data_fin("client")
    first.fin()
    second.fin()


@makes("checksum-cut.pcap", "checksum_valid=not_checked|ok", "checksum_present=ok", version=1, snaplen=120)
def checksums_cut(capture, version):
    """The same with a snaplen of 120: of most mappings the payload is not there."""
    checksums(capture, version)


@makes("checksum_valid.pcap", "checksum_valid", "checksum_present=ok", "mp_fail_handling=ok", may=("data_same",),
       version=1)
@makes("v0-checksum_valid.pcap", "checksum_valid", "checksum_present=ok", "mp_fail_handling=ok", may=("data_same",),
       version=0)
def checksum_wrong(capture, version):
    """The last of three segments of a mapping was altered on the way; the server resets the subflow with MP_FAIL
    and the other carries the data."""
    connection, first, second = two(capture, version=version, checksum=True)
    start, ssn = connection.next["client"], second.next["client"] - second.isn["client"]
    pieces = [second.data("client", 21, mapping=(start, ssn, 63), option=option, answer=False, damaged=damaged,
                          lost=True)
              for option, damaged in (("dss", False), ("none", False), ("none", True))]
    second.reset("server", mp_fail(start), *([mp_tcprst(6)] if version else []))
    for piece in pieces:
        first.reinject(piece)
    close(connection, first)


@makes("checksum_valid-two.pcap", "checksum_valid", "data_same=ok", "mapping_consistent=ok")
def two_checksums(capture):
    """A mapping comes twice, with the right checksum and with a wrong one; the data is the same."""
    connection = talk(capture, checksum=True)
    first = connection.subflows[0]
    segment = first.data("client", 40, lost=True)
    capture.wait(0.3)
    wrong = craft.dss_checksum(segment.mapping, connection.content("client", segment.dsn, 40)) ^ 1
    first.resend(segment, option=[first.dss("client", segment.mapping, checksum=wrong)])
    close(connection, first)


@makes("checksum_valid-changed-ok.pcap", "checksum_valid=ok", "mapping_consistent",
       may=("data_same", "data_ack_progress"))
def checksum_of_another_mapping(capture):
    """Subflow bytes are mapped a second time, to other data: only the first mapping counts, and its checksum."""
    connection = talk(capture, checksum=True)
    first = connection.subflows[0]
    segment = first.data("client", 40, lost=True)
    capture.wait(0.3)
    first.data("client", 40, dsn=segment.dsn + 40, seq=segment.seq)


@makes("checksum-parts-ok.pcap", "checksum_valid=ok", "data_same=ok", "data_mapped=ok")
def checksum_of_parts(capture):
    """The mapping of 80 bytes comes in pieces of odd sizes, of which one is sent before its turn and again with what
    was missing: each byte counts once."""
    connection = talk(capture, checksum=True)
    first = connection.subflows[0]
    start, seq = connection.next["client"], first.next["client"]
    mapping = (start, seq - first.isn["client"], 80)
    first.data("client", 13, mapping=mapping)
    first.data("client", 20, dsn=start + 34, seq=seq + 34, option="none")
    capture.wait(0.3)
    first.data("client", 67, dsn=start + 13, seq=seq + 13, option="none")
    close(connection, first)


@makes("checksum_present.pcap", "checksum_present", version=1)
@makes("v0-checksum_present.pcap", "checksum_present", version=0)
def checksum_absent(capture, version):
    """Checksums are in use, but one mapping to the server has none."""
    connection, first, second = two(capture, version=version, checksum=True)
    mapping = (connection.next["client"], first.next["client"] - first.isn["client"], 40)
    first.data("client", 40, option=[first.dss("client", mapping)])
    close(connection, first, second)


# ----------------------------------------------------------------------------------------------------- DATA_ACKs

@makes("data_ack_monotonic.pcap", "data_ack_monotonic")
def data_ack_back(capture):
    """On one subflow, the server's DATA_ACK goes back by 20 while its acknowledgment and its clock go on."""
    connection, first, second = two(capture, timestamps=True)
    segment = first.data("client", 20)
    capture.wait(0.1)
    first.data("client", 30, answer=False)
    first.send("server", ACK, [dss(segment.dsn)])
    first.pure_ack("server")
    close(connection, first, second)


@makes("data_ack_monotonic-ok.pcap", "data_ack_monotonic=ok")
def data_ack_late(capture):
    """A DATA_ACK on the slower subflow arrives after a higher one on the faster, and on the first subflow two ACKs
    arrive in the wrong order (their time stamps tell): neither moves back."""
    connection, first, second = two(capture, timestamps=True)
    one = second.data("client", 20, answer=False)
    first.data("client", 20)
    second.send("server", ACK, [dss(one.dsn + 20)])
    first.data("client", 30, answer=False)
    last = first.data("client", 30, answer=False)
    first.send("server", ACK, [dss(last.dsn)])
    capture.wait(0.003)
    first.pure_ack("server")
    early, late = capture.frames[-2:]
    capture.frames[-2:] = late._replace(time=early.time), early._replace(time=late.time)
    capture.wait(0.1)
    close(connection, first, second)


@makes("data_ack_sent.pcap", "data_ack_sent")
def data_ack_unsent(capture):
    """The server acknowledges 5000 data bytes that the client has not sent."""
    connection, first, second = two(capture)
    first.pure_ack("server", dss(connection.next["client"] + 5000))
    exchange(second)


@makes("data_ack_progress.pcap", "data_ack_progress")
def data_never_acked(capture):
    """40 bytes are acknowledged on the second subflow and, sent again, on the first, but never by a DATA_ACK; after
    half a minute the client gives up."""
    connection, first, second = two(capture)
    stuck = second.data("client", 40, answer=False)
    second.send("server", ACK, [dss(stuck.dsn)])
    for _ in range(5):
        capture.wait(6)
        first.reinject(stuck, answer=False)
        first.send("server", ACK, [dss(stuck.dsn)])
    first.reset("client", mp_fastclose(connection.key["server"]), mp_tcprst(0))
    second.reset("client", mp_tcprst(0))


@makes("data_fin_acked.pcap", "data_fin_acked", version=1)
@makes("v0-data_fin_acked.pcap", "data_fin_acked", version=0)
def data_fin_never_acked(capture, version):
    """The client's DATA_FIN is repeated and never acknowledged; half a minute later it resets the subflow."""
    connection = talk(capture, version=version)
    first = connection.subflows[0]
    first.data("client", 20)
    fin = connection.next["client"]
    for _ in range(5):
        first.send("client", ACK, [first.dss("client", (fin, 0, 1), True)])
        first.send("server", ACK, [dss(fin, ack_octets=8 if version else 4)])
        capture.wait(6)
    first.reset("client")


@makes("data_after_data_fin.pcap", "data_after_data_fin", may=("data_ack_sent",))
def data_after_fin(capture):
    """The client sends 40 new bytes after its DATA_FIN was acknowledged."""
    connection, first, second = two(capture)
    first.data_fin("client")
    first.data("client", 40)


@makes("data_after_data_fin-moved.pcap", "data_after_data_fin", "data_fin_acked=ok")
def fin_moves(capture):
    """The client says DATA_FIN twice, the second time 10 bytes further, with no data in between."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.data_fin("client")
    connection.next["client"] += 9
    first.data_fin("client")
    first.data_fin("server")
    first.fin()


@makes("data_ack_sent-fin.pcap", "data_ack_sent", "data_fin_acked=ok")
def ack_above_fin(capture):
    """The server acknowledges 5 bytes that would come after the client's DATA_FIN."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.data_fin("client")
    first.send("server", ACK, [dss(connection.next["client"] + 5)])
    first.fin()


@makes("data_after_data_fin-ok.pcap", "data_after_data_fin=ok", "data_fin_acked=ok")
def repeat_after_fin(capture):
    """After its DATA_FIN the client sends old data again, on the same subflow and on the other."""
    connection, first, second = two(capture)
    segment = first.data("client", 40, lost=True)
    first.data_fin("client", answer=False)
    capture.wait(0.3)
    second.reinject(segment)
    first.resend(segment)
    first.data_fin("server", answer=False)
    first.fin()
    second.fin()


@makes("backup_unused.pcap", "backup_unused", version=1)
@makes("v0-backup_unused.pcap", "backup_unused", version=0)
def backup_used(capture, version):
    """Both ends call the second subflow a backup, and both send data on it while the first one is well."""
    connection = talk(capture, version=version)
    join = connection.join(backup=True)
    for _ in range(5):
        exchange(connection.subflows[0])
        join.data("client", 200)
        join.data("server", 200)
    close(connection, *connection.subflows)


@makes("backup_unused-ok.pcap", "backup_unused=ok|not_checked")
def backup_needed(capture):
    """The first subflow is reset: then the backup carries the data."""
    connection = talk(capture)
    first, join = connection.subflows[0], connection.join(backup=True)
    exchange(first)
    first.reset("client", mp_tcprst(5))
    exchange(join)
    close(connection, join)


# --------------------------------------------------------------------------------------------------------- addresses

@makes("add_addr_hmac.pcap", "add_addr_hmac", may=("add_addr_echo",),
       verdicts={"single_subflow": "add_addr_bad_hmac"})
def add_addr_hmac(capture):
    """One bit of the HMAC of an ADD_ADDR is wrong; it is repeated and, rightly, never echoed."""
    connection = talk(capture)
    first = connection.subflows[0]
    option = add_addr(1, 1, "203.0.113.20", keys=first.key_pair("server"))
    wrong = craft.Option(flip(option, len(option) - 1))
    wrong.name = option.name
    for _ in range(3):
        first.pure_ack("server", wrong)
        capture.wait(2)
    close(connection, first)


@makes("add_addr_hmac-none.pcap", "add_addr_hmac", may=("add_addr_echo",))
def add_addr_without_hmac(capture):
    """An ADD_ADDR in a connection of version 1 that looks as in version 0: it has no HMAC."""
    connection = talk(capture)
    first = connection.subflows[0]
    first.pure_ack("server", add_addr(0, 1, "203.0.113.20"))
    capture.wait(2)
    close(connection, first)


def announced(subflow, address_id, address, echo=True):
    subflow.pure_ack("server", add_addr(1, address_id, address, keys=subflow.key_pair("server")))
    if echo:
        subflow.pure_ack("client", add_addr(1, address_id, address))


def withdrawn(subflow, address_id):
    subflow.pure_ack("server", subflow.dss("server"), rm_addr(address_id))


def taken_back(capture):
    """A connection, and its first subflow, on which an address was announced, echoed and taken back."""
    connection = talk(capture)
    first = connection.subflows[0]
    announced(first, 1, "203.0.113.20")
    withdrawn(first, 1)
    return connection, first


@makes("single_subflow-removed.pcap", "add_addr_echo=ok", "remove_addr_known=ok",
       verdicts={"single_subflow": "removed"})
def removed_before_join(capture):
    """The server announces an address, gets the echo, and takes the address back before anybody joins it."""
    connection, first = taken_back(capture)
    capture.wait(2)
    close(connection, first)


@makes("single_subflow-announced-again.pcap", "add_addr_echo=ok", "remove_addr_known=ok",
       verdicts={"single_subflow": "add_addr_not_used"})
def announced_again(capture):
    """The same, but then the server announces the address again, and gets an echo: it is there to be joined."""
    connection, first = taken_back(capture)
    announced(first, 1, "203.0.113.20")
    capture.wait(2)
    close(connection, first)


@makes("single_subflow-one-left.pcap", "add_addr_echo=ok", "remove_addr_known=ok",
       verdicts={"single_subflow": "add_addr_not_used"})
def one_left(capture):
    """The server announces two addresses and takes the second back: the first could have been joined."""
    connection = talk(capture)
    first = connection.subflows[0]
    announced(first, 1, "203.0.113.20")
    announced(first, 2, "203.0.113.30")
    withdrawn(first, 2)
    capture.wait(2)
    close(connection, first)


@makes("single_subflow-echo-lost-again.pcap", "add_addr_echo", "remove_addr_known=ok",
       verdicts={"single_subflow": "add_addr_not_echoed"})
def not_echoed_again(capture):
    """An address is announced, echoed, taken back, and announced again, this time without an echo."""
    connection, first = taken_back(capture)
    for _ in range(3):
        announced(first, 1, "203.0.113.20", echo=False)
        capture.wait(2)
    close(connection, first)


@makes("single_subflow-unanswered.pcap", verdicts={"single_subflow": "join_unanswered"})
def many_joins(capture):
    """Two joins are tried and neither is answered."""
    connection = talk(capture)
    for path in (PATH_B, PATH_B_AGAIN):
        connection.subflow(path, address_id=1).syn(lost=True)
    capture.wait(2)
    close(connection, connection.subflows[0])


@makes("add_addr_hmac-ok.pcap", "add_addr_hmac=ok", "add_addr_echo=ok",
       verdicts={"single_subflow": "add_addr_not_used"})
def add_addr_right(capture):
    """Addresses of both families, without and with ports, each with a right HMAC and an echo; no join comes."""
    connection = talk(capture)
    first = connection.subflows[0]
    for address_id, address, port in ((1, "203.0.113.20", None), (2, "2001:db8:5::20", None),
                                      (3, "203.0.113.30", 7000), (4, "2001:db8:5::30", 7000)):
        first.pure_ack("server", add_addr(1, address_id, address, port, first.key_pair("server")))
        first.pure_ack("client", add_addr(1, address_id, address, port))
    capture.wait(5)
    close(connection, first)


@makes("add_addr_echo.pcap", "add_addr_echo", "add_addr_hmac=ok", verdicts={"single_subflow": "add_addr_not_echoed"})
def add_addr_not_echoed(capture):
    """The server announces an address three times in six seconds and never gets an echo."""
    connection = talk(capture)
    first = connection.subflows[0]
    for _ in range(3):
        first.pure_ack("server", add_addr(1, 1, "203.0.113.20", keys=first.key_pair("server")))
        exchange(first)
        capture.wait(2)
    close(connection, first)


@makes("v0-add_addr-ok.pcap", "add_addr_hmac=ok|not_checked|absent", "add_addr_echo=ok|not_checked|absent", version=0)
def v0_add_addr(capture, version):
    """Version 0 has neither an HMAC nor an echo of ADD_ADDR: none is missing."""
    connection = talk(capture, version=version)
    first = connection.subflows[0]
    for _ in range(3):
        first.pure_ack("server", add_addr(0, 1, "203.0.113.20"))
        capture.wait(2)
    close(connection, first)


@makes("remove_addr_known.pcap", "remove_addr_known")
def remove_unknown(capture):
    """The client removes address 9, of which nobody has heard."""
    connection, first, second = two(capture)
    first.pure_ack("client", first.dss("client"), rm_addr(9))
    close(connection, first, second)


@makes("remove_addr_known-ok.pcap", "remove_addr_known=ok")
def remove_known(capture):
    """The client removes address 1, known from its join, the server address 4, known from its ADD_ADDR."""
    connection, first, second = two(capture)
    first.pure_ack("server", add_addr(1, 4, "203.0.113.20", keys=first.key_pair("server")))
    first.pure_ack("client", add_addr(1, 4, "203.0.113.20"))
    first.pure_ack("server", first.dss("server"), rm_addr(4))
    first.pure_ack("client", first.dss("client"), rm_addr(1))
    second.reset("client", mp_tcprst(0))
    close(connection, first)


# ------------------------------------------------------------------------------------------------------------ ends

@makes("fastclose_key.pcap", "fastclose_key", version=1, verdicts={"reset": "*"})
@makes("v0-fastclose_key.pcap", "fastclose_key", version=0, verdicts={"reset": None})
def fastclose_wrong(capture, version):
    """The client's MP_FASTCLOSE has its own key instead of the server's."""
    connection = talk(capture, version=version)
    first = connection.subflows[0]
    option = mp_fastclose(connection.key["client"])
    if version:
        first.reset("client", option, mp_tcprst(0))
    else:
        first.pure_ack("client", option)


@makes("fastclose_key-ok.pcap", "fastclose_key=ok", version=1, verdicts={"reset": "*"})
@makes("v0-fastclose_key-ok.pcap", "fastclose_key=ok", version=0, verdicts={"reset": "*"})
def fastclose_right(capture, version):
    """Both ways to close fast in version 1 would have the server's key, as this one has; version 0 uses an ACK."""
    connection = talk(capture, version=version)
    first = connection.subflows[0]
    option = mp_fastclose(connection.key["server"])
    if version:
        first.reset("client", option, mp_tcprst(0))
    else:
        first.pure_ack("client", option)
        first.reset("server")


@makes("reset_reason.pcap", "reset_reason")
def reset_reason(capture):
    """The second subflow is reset with reason 0x20, which RFC 8684 does not know."""
    connection, first, second = two(capture)
    second.reset("server", mp_tcprst(0x20))
    close(connection, first)


@makes("reset_reason-ok.pcap", "reset_reason=ok")
def reset_reasons(capture):
    """Seven joins are reset with the reasons 0 to 6."""
    connection = talk(capture)
    for reason in range(7):
        join = connection.join(PATH_B._replace(client_port=41000 + reason), address_id=1)
        join.reset("client", mp_tcprst(reason, transient=True))
    close(connection, connection.subflows[0])


@makes("reset_reason-many.pcap", "reset_reason=ok", verdicts={"reset": ["prohibited", "more"]})
def many_resets(capture):
    """Ten joins are refused, each with reason 3."""
    connection = talk(capture)
    for number in range(10):
        join = connection.subflow(PATH_B._replace(client_port=41000 + number), address_id=1)
        join.syn()
        join.reset("server", mp_tcprst(3))
    close(connection, connection.subflows[0])


@makes("reset_reason-server.pcap", "reset_reason=ok", verdicts={"reset": "lack_of_resources",
                                                                "close": "reset_server"})
def server_resets_all(capture):
    """The server resets the only subflow."""
    connection = talk(capture)
    connection.subflows[0].reset("server", mp_tcprst(2))


@makes("reset_reconnect.pcap", "reset_reconnect")
def reconnects(capture):
    """The server resets the second subflow for good (T is 0, reason 3); a second later the client joins from the
    same address again."""
    connection, first, second = two(capture)
    second.reset("server", mp_tcprst(3))
    capture.wait(1)
    third = connection.join(PATH_B_AGAIN, address_id=1)
    exchange(third)
    close(connection, first, third)


@makes("reset_reconnect-ok.pcap", "reset_reconnect=ok")
def reconnects_later(capture):
    """The same, but the reset is called transient (T is 1, reason 2)."""
    connection, first, second = two(capture)
    second.reset("server", mp_tcprst(2, transient=True))
    capture.wait(1)
    third = connection.join(PATH_B_AGAIN, address_id=1)
    exchange(third)
    close(connection, first, third)


@makes("mp_fail_handling-two.pcap", "mp_fail_handling", version=1, may=("checksum_valid",))
@makes("v0-mp_fail_handling-two.pcap", "mp_fail_handling", version=0, may=("checksum_valid",))
def mp_fail_no_reset(capture, version):
    """There are two subflows and the server sends MP_FAIL on the second, but does not reset it: both go on."""
    connection, first, second = two(capture, version=version, checksum=True)
    failed = second.data("client", 40, answer=False, damaged=True)
    second.pure_ack("server", dss(failed.dsn, ack_octets=8 if version else 4), mp_fail(failed.dsn))
    for _ in range(3):
        exchange(first)
        exchange(second)
    close(connection, first, second)


@makes("mp_fail_handling-unmapped.pcap", "mp_fail_handling", "data_mapped=ok", may=("checksum_valid",))
def mp_fail_no_mappings(capture):
    """There are two subflows, the server sends MP_FAIL on the second, and the client goes on there without options."""
    connection, first, second = two(capture, checksum=True)
    failed = second.data("client", 40, answer=False, damaged=True)
    second.pure_ack("server", dss(failed.dsn), mp_fail(failed.dsn))
    second.data("client", 50, option="none", mapped=False)
    exchange(first)
    close(connection, first, second)


@makes("mp_fail_handling-one.pcap", "mp_fail_handling", version=1, may=("checksum_valid",))
@makes("v0-mp_fail_handling-one.pcap", "mp_fail_handling", version=0, may=("checksum_valid",))
def mp_fail_no_fallback(capture, version):
    """There is one subflow and the server sends MP_FAIL, but nobody falls back: mappings go on."""
    connection = talk(capture, version=version, checksum=True)
    first = connection.subflows[0]
    failed = first.data("client", 40, answer=False, damaged=True)
    first.pure_ack("server", dss(failed.dsn, ack_octets=8 if version else 4), mp_fail(failed.dsn))
    for _ in range(3):
        exchange(first)
    close(connection, first)


@makes("mp_fail_handling-ok.pcap", "mp_fail_handling=ok", may=("checksum_valid",), version=1,
       verdicts={"fallback": "mp_fail"})
@makes("v0-mp_fail_handling-ok.pcap", "mp_fail_handling=ok", may=("checksum_valid",), version=0,
       verdicts={"fallback": "mp_fail"})
def mp_fail_infinite(capture, version):
    """One subflow, MP_FAIL, and then an infinite mapping in both directions, as it must be."""
    connection = talk(capture, version=version, checksum=True)
    first = connection.subflows[0]
    failed = first.data("client", 40, answer=False, damaged=True)
    first.pure_ack("server", dss(failed.dsn, ack_octets=8 if version else 4), mp_fail(failed.dsn))
    connection.fall_back("mp_fail")
    for who in OTHER:
        infinite = (connection.next[who], first.next[who] - first.isn[who], 0)
        first.data(who, 50, mapping=infinite, option="dss")
    first.data("client", 60)
    close(connection, first)


# -------------------------------------------------------------------------------------------- what a capture decides

@makes("not_checked-no-keys.pcap", "join_hmac_synack=not_checked", "join_hmac_ack=not_checked", connection=None)
def no_keys(capture):
    """The handshake of the connection is not in the capture, that of a join is: its HMACs cannot be checked."""
    connection = Connection(capture)
    with capture.unseen():
        connection.open()
    first = connection.subflows[0]
    first.data("client", 20, option="dss")
    exchange(connection.join())
    exchange(first)


@makes("not_checked-removed-address.pcap", "remove_addr_known=not_checked", connection=None)
def unknown_beginning(capture):
    """An address is removed; the beginning of the connection, which may have told of it, is not in the capture."""
    connection = Connection(capture)
    with capture.unseen():
        connection.open()
    first = connection.subflows[0]
    first.data("client", 20, option="dss")
    first.pure_ack("client", first.dss("client"), rm_addr(9))


@makes("not_checked-checksum-dsn.pcap", "checksum_valid=not_checked", connection=None)
def half_the_dsn(capture):
    """Mappings have checksums, and 32 bits of their DSNs: the other 32, which the checksum covers, are not known."""
    connection = Connection(capture, checksum=True, dsn_octets=4, ack_octets=4)
    with capture.unseen():
        connection.open()
    first = connection.subflows[0]
    for _ in range(2):
        first.data("client", 20, option="dss")
        first.data("server", 30)


@makes("single_subflow-nothing.pcap", verdicts={"single_subflow": "no_address_known"})
def nothing_announced(capture):
    """Neither end announces an address nor sends a join."""
    connection = talk(capture)
    for _ in range(5):
        connection.subflows[0].data("client", 500)
        connection.subflows[0].data("server", 500)
    connection.close()


@makes("single_subflow-limit.pcap", "reset_reason=ok", verdicts={"single_subflow": "subflow_limit"})
def no_resources(capture):
    """The server answers the SYN of a join by RST with reason 2, lack of resources, transient."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    join.syn()
    join.reset("server", mp_tcprst(2, transient=True))
    close(connection, connection.subflows[0])


@makes("single_subflow-ack-missing.pcap", verdicts={"single_subflow": "join_ack_missing"})
def ack_never_comes(capture):
    """SYN and SYN/ACK of a join are there, the SYN/ACK three times, but no third ACK."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    join.syn()
    for _ in range(3):
        join.synack(lost=True)
        capture.wait(1)
    close(connection, connection.subflows[0])


@makes("single_subflow-fourth-ack-missing.pcap", "join_hmac_synack=ok", "join_hmac_ack=ok",
       verdicts={"single_subflow": "join_ack_missing"})
def fourth_ack_never_comes(capture):
    """The third ACK of a join is right and is repeated, but the server never answers it: the fourth ACK, which makes
    the subflow usable, is missing."""
    connection = talk(capture)
    join = connection.subflow(PATH_B, address_id=1)
    join.syn()
    join.synack()
    for _ in range(4):
        join.ack(lost=True)
        capture.wait(1)
    close(connection, connection.subflows[0])


@makes("v6-healthy-ok.pcap", "join_hmac_synack=ok", "join_hmac_ack=ok", "checksum_valid=ok", "checksum_present=ok")
def healthy_v6(capture):
    """Two subflows over IPv6, with checksums."""
    connection = talk(capture, (PATH_A6, PATH_B6), checksum=True)
    for subflow in connection.subflows * 2:
        subflow.data("client", 301)
        subflow.data("server", 500)
    connection.close()


@makes("not_checked-checksum-isn.pcap", "checksum_valid=not_checked", connection=None)
def unknown_isn(capture):
    """Mappings have checksums, but the beginning of the subflow was not captured, and each mapping is longer than
    its segment: which bytes are the mapped ones is not known."""
    connection = Connection(capture, checksum=True, dsn_octets=8, ack_octets=8)
    with capture.unseen():
        connection.open()
    first = connection.subflows[0]
    start, ssn = connection.next["client"], first.next["client"] - first.isn["client"]
    for option in ("dss", "none"):
        first.data("client", 20, mapping=(start, ssn, 40), option=option)


def expected_json(files):
    """A line for each file."""
    lines = ["%s: %s" % (json.dumps(name), json.dumps(found)) for name, found in files]
    return '{"schema": "check-expected/1",\n"files": {\n%s\n}}\n' % ",\n".join(lines)


def main():
    outdir = craft.directory("Make the captures of testdata/check and expected.json.")
    expected = []
    for name, function, version, how, found in sorted(FILES, key=lambda entry: entry[0]):
        capture = Capture(**how)
        function(capture, *(() if version is None else (version,)))
        craft.write(os.path.join(outdir, name), pcap(capture))
        expected.append((name, found))
    craft.write(os.path.join(outdir, "expected.json"), expected_json(expected).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
