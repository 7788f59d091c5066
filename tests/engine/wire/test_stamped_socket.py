"""How long what is read had been there: as the kernel says, whenever we come to read it."""

import select
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from struct import unpack_from

import pytest

from tests.end_to_end import servers
from tests.engine.watching import endpoint, pings, watching
from wsmonitor.engine.heartbeats import pings as pings_module
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


def test_the_kernel_says_when_what_it_was_asked_about_left(ends: tuple[StampedSocket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, 37, (1 << 3) | (1 << 4))  # SO_TIMESTAMPING: what is received
    ours.send(b"not asked")
    assert (theirs.recv(100), ours.left_after_ns) == (b"not asked", 0)

    ours.is_asked = True
    ours.send(b"asked")
    _, [(_, _, stamp)], _, _ = theirs.recvmsg(100, 128)
    arrived_after_ns = unpack_from("qq", stamp)[0] * 10**9 + unpack_from("qq", stamp)[1] - time.time_ns()
    arrived_after_ns += time.monotonic_ns() - ours.sent_ns

    assert 0 < ours.left_after_ns <= arrived_after_ns


def test_word_of_a_departure_wakes_us_once(ends: tuple[StampedSocket, socket.socket]) -> None:
    ours, _theirs = ends
    ours.setblocking(False)
    waiting = select.poll()
    waiting.register(ours, select.POLLIN)
    ours.is_asked = True
    ours.send(b"ping")
    assert waiting.poll(1000) == [(ours.fileno(), select.POLLERR)]

    with pytest.raises(BlockingIOError):
        ours.recv(100)

    assert waiting.poll(0) == []
    assert ours.left_after_ns > 0


def test_what_would_have_left_long_after_our_write_was_sent_once_more(
    ends: tuple[StampedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _theirs = ends
    ours.is_asked = True
    ours.send(b"ping")
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 2_000_000)

    assert ours.left_after_ns == 0


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


@pytest.mark.parametrize(("left_after_ns", "expected_ns"), [(400_000, 600_000), (0, 1_000_000), (1_000_000, 1_000_000)])
async def test_a_round_trip_begins_when_the_ping_leaves_the_machine(
    monkeypatch: pytest.MonkeyPatch, left_after_ns: int, expected_ns: int
) -> None:
    asked: list[bool] = []

    def left(sock: StampedSocket) -> int:
        asked.append(sock._asked_ns > 0)
        return left_after_ns

    monkeypatch.setattr(StampedSocket, "left_after_ns", property(left))
    monkeypatch.setattr(pings_module, "round_trip_ns", lambda *_: 1_000_000)
    with servers.in_thread(servers.websockets_server) as port:
        async with watching(endpoint(f"ws://127.0.0.1:{port}/echo", ping=pings(3600, 10))) as watch:
            await watch.state(State.OPEN)
            (slot,) = watch.monitor._slots()
            assert slot.connection is not None

            slot.connection.check()
            sample = await watch.fact(RttSample)

    assert (sample.round_trip_ns, asked) == (expected_ns, [True])
