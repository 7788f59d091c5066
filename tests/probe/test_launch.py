"""The measuring process itself: it never waits for its parent, and never outlives it."""

import signal
import sys
from collections.abc import Iterator

import pytest

from tests.engine.peer import CLOSE, PING, PONG, Wire, frame, peer, text
from tests.probe.processes import Parent, RawProbe, endpoint, is_running
from tests.waiting import until_async
from wsmonitor.probe import channel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

NOISY = """
import os, sys, threading
from wsmonitor.probe import server

def noise():
    while True:
        print("printed by somebody", flush=True)
        os.write(1, b"written to descriptor 1")
        stop.wait(0.01)

stop = threading.Event()
moved = os.dup2
def dup2(*descriptors):
    moved(*descriptors)
    threading.Thread(target=noise, daemon=True).start()
os.dup2 = dup2
sys.exit(server.main())
"""


@pytest.fixture
def probe() -> Iterator[RawProbe]:
    """A probe that does not outlive the test."""
    probe = RawProbe()
    yield probe
    probe.kill()


async def ignores(wire_: Wire) -> None:
    """Accept and never answer anything: the longest way to an end."""
    await wire_.upgrade()
    await wire_.gone()


# The greeting


def test_the_end_of_stdin_ends_it_well(probe: RawProbe) -> None:
    probe.hello()
    assert isinstance(probe.next_frame(), channel.Hello)

    assert probe.end() == (0, "")


def test_quit_ends_it_well_while_stdin_stays_open(probe: RawProbe) -> None:
    probe.hello()
    probe.send(channel.Quit(command_id=1))

    assert probe.process.wait(10) == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (channel.Hello(version=99, pid=1, at_ns=0, wall_ns=0), "expected version 1 of the probe's protocol, found 99"),
        (channel.ConnectEndpoint(endpoint="x"), "expected a greeting first, found Connect"),
        (b"GET / HTTP/1.1\r\n\r\n", "expected a frame of at most"),
        (b"\x00\x00\x00\x05hello", "expected a frame of version 1"),
    ],
)
def test_a_parent_that_speaks_otherwise_is_told_on_stderr(
    probe: RawProbe, said: channel.Frame | bytes, words: str
) -> None:
    probe.send(said)

    code, stderr = probe.end()

    assert code == 3
    assert words in stderr
    assert "Traceback" not in stderr


def test_a_command_that_meets_a_bug_is_answered_all_the_same(probe: RawProbe) -> None:
    probe.hello()
    config = endpoint("ws://127.0.0.1:1/")
    probe.send(channel.AddEndpoint(command_id=1, config=config))
    probe.send(channel.Disrupt(command_id=2, endpoint="peer", kind="stall", slot=99))
    probe.send(channel.ConnectEndpoint(command_id=3, endpoint="peer"))

    answered: list[int] = []
    while 3 not in answered:
        frame_ = probe.next_frame()
        if isinstance(frame_, channel.Done):
            answered.append(frame_.command_id)

    assert answered == [1, 2, 3]


def test_what_prints_inside_the_probe_does_not_corrupt_the_channel() -> None:
    probe = RawProbe(sys.executable, "-c", NOISY)
    try:
        probe.hello()
        for number in range(1, 20):
            probe.send(channel.AddEndpoint(command_id=number, config=endpoint("ws://127.0.0.1:1/")))
        answered = 0
        while answered < 19:
            answered += isinstance(probe.next_frame(), channel.Done)
        _, stderr = probe.end()
    finally:
        probe.kill()

    assert "printed by somebody" in stderr
    assert "written to descriptor 1" in stderr


# The parent


async def test_a_parent_that_does_not_read_never_delays_the_pings(probe: RawProbe) -> None:
    pings: list[bytes] = []

    async def floods(wire_: Wire) -> None:
        await wire_.upgrade()
        for _ in range(100):  # 4 MB of events: far more than a pipe holds
            wire_.write(text("x" * 400) * 100)
            await wire_.drained()
        while (received := await wire_.read()).opcode != CLOSE:
            if received.opcode == PING:
                pings.append(received.payload)
                wire_.write(frame(PONG, received.payload))

    async with peer(floods) as listening:
        probe.hello()
        probe.send(
            channel.AddEndpoint(config=endpoint(listening.url, ping_s=0.05)), channel.ConnectEndpoint(endpoint="peer")
        )
        await until_async("fifteen pings", lambda: len(pings) >= 15)
        probe.send(channel.Send(endpoint="peer", payload=b"still listening"))
        await until_async("twenty pings", lambda: len(pings) >= 20)


@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
async def test_the_probe_ends_within_two_seconds_of_its_parents_violent_end(stopped: bool) -> None:
    async with peer(ignores) as listening:
        parent = Parent(listening.url)
        try:
            pid = await parent.probe_pid()
            if stopped:
                parent.process.send_signal(signal.SIGSTOP)
        finally:
            parent.kill()

        await until_async("the end of the probe", lambda: not is_running(pid), limit_s=2)


async def test_while_its_parent_is_stopped_the_probe_goes_on_measuring() -> None:
    pings: list[int] = []

    async def counts(wire_: Wire) -> None:
        await wire_.upgrade()
        while (received := await wire_.read()).opcode != CLOSE:
            if received.opcode == PING:
                pings.append(1)
                wire_.write(frame(PONG, received.payload))

    async with peer(counts) as listening:
        parent = Parent(listening.url)
        try:
            await until_async("two pings", lambda: len(pings) >= 2)
            parent.process.send_signal(signal.SIGSTOP)
            before = len(pings)
            await until_async("ten more pings", lambda: len(pings) >= before + 10)
        finally:
            parent.kill()
