"""The kernel's view of a connection."""

import socket
import struct
import sys

import pytest

from wsmonitor.engine.wire import tcp_info


def raw(*, size: int = 192, **fields: int) -> bytes:
    """`struct tcp_info` with some fields set: 8 bytes, 24 words, then newer ones."""
    data = bytearray(size)
    words = {"unacked": 4, "rtt": 15, "rttvar": 16, "total_retrans": 23}
    for name, value in fields.items():
        if name == "retransmits":
            data[2] = value
        elif name == "probes":
            data[3] = value
        elif name in ("min_rtt", "notsent_bytes"):
            struct.pack_into("I", data, 148 if name == "min_rtt" else 144, value)
        else:
            struct.pack_into("I", data, 8 + 4 * words[name], value)
    return bytes(data)


def test_microseconds_become_nanoseconds_and_segments_stay() -> None:
    info = tcp_info.parse(raw(rtt=1500, rttvar=700, min_rtt=20, unacked=3, retransmits=2, total_retrans=9))

    assert info == tcp_info.TcpInfo(
        rtt_ns=1_500_000, rtt_var_ns=700_000, min_rtt_ns=20_000, unacked=3, retransmits=2, total_retransmits=9
    )


def test_what_never_left_this_machine_is_told_apart_from_what_is_on_its_way() -> None:
    info = tcp_info.parse(raw(notsent_bytes=512, probes=3))

    assert info is not None
    assert (info.unacked, info.not_sent_bytes, info.probes) == (0, 512, 3)


def test_a_kernel_without_the_newer_fields_still_tells_the_rest() -> None:
    info = tcp_info.parse(raw(size=104, rtt=1000))

    assert info is not None
    assert (info.rtt_ns, info.min_rtt_ns) == (1_000_000, 0)


def test_too_short_an_answer_is_none() -> None:
    assert tcp_info.parse(bytes(103)) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has TCP_INFO in this layout")
def test_a_loopback_connection_has_a_round_trip_far_below_a_second() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"ping")
            accepted.recv(4)
            info = tcp_info.read(client)

    assert info is not None
    assert 0 < info.rtt_ns < 1_000_000_000
    assert info.total_retransmits == 0


def test_a_socket_that_is_not_connected_or_closed_tells_nothing() -> None:
    sock = socket.socket()
    sock.close()

    assert tcp_info.read(sock) is None
