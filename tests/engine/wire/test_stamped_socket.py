"""How long what is read had been there: as the kernel says, whenever we come to read it."""

import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.end_to_end import servers
from tests.engine.watching import endpoint, pings, watching
from wsmonitor.engine.wire.stamped_socket import StampedSocket
from wsmonitor.facts.events import RttSample, State

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel stamps nothing elsewhere")

LATE_S = 0.05


@pytest.fixture
def ends() -> Iterator[tuple[StampedSocket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server, closing(StampedSocket()) as ours:
        ours.stamp()
        ours.connect(server.getsockname())
        theirs, _ = server.accept()
        with theirs:
            yield ours, theirs


def come_late() -> None:
    threading.Event().wait(LATE_S)


@pytest.mark.parametrize("how", ["recv", "recv_into"])
def test_what_waited_in_the_kernel_is_known_when_it_is_read(
    ends: tuple[StampedSocket, socket.socket], how: str
) -> None:
    ours, theirs = ends
    theirs.send(b"hello")
    come_late()
    began_ns = time.monotonic_ns()

    read = ours.recv(100) if how == "recv" else bytes(100)[: ours.recv_into(bytearray(100))]

    assert len(read) == 5
    assert LATE_S * 0.9e9 <= ours.waited_ns <= LATE_S * 1e9 + 5e9 + time.monotonic_ns() - began_ns


def test_of_several_segments_it_is_the_last_that_counts(ends: tuple[StampedSocket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.send(b"first")
    come_late()
    before_ns = time.monotonic_ns()
    theirs.send(b"last")

    assert ours.recv(100) == b"firstlast"
    assert ours.waited_ns <= time.monotonic_ns() - before_ns


def test_without_a_stamp_nothing_has_waited() -> None:
    ours, theirs = socket.socketpair()
    with closing(StampedSocket(fileno=ours.detach())) as unstamped, theirs:
        theirs.send(b"hello")
        come_late()

        assert (unstamped.recv(100), unstamped.waited_ns) == (b"hello", 0)


async def test_a_round_trip_ends_when_the_pong_arrives_not_when_we_come_to_read_it() -> None:
    with servers.in_thread(servers.websockets_server) as port:
        async with watching(endpoint(f"ws://127.0.0.1:{port}/echo", ping=pings(3600, 10))) as watch:
            await watch.state(State.OPEN)
            (slot,) = watch.monitor._slots()
            assert slot.connection is not None

            slot.connection.check()
            come_late()
            sample = await watch.fact(RttSample)

    assert 0 < sample.round_trip_ns < LATE_S * 1e9
