"""The probe's way out: in order, as fast as it is read, and never in the way of whoever measures."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from tests.probe.builders import changed
from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel
from wsmonitor.probe.outlet import Outlet

MANY = 5000
"""More than a pipe holds."""


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for fd in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(fd)


def events(data: bytes, buffer: channel.FrameBuffer) -> list[AnyEvent]:
    frames = [channel.decode_from_probe(body) for body in buffer.feed(data)]
    return [event for frame in frames if isinstance(frame, channel.Batch) for event in frame.events]


async def test_what_a_pipe_does_not_take_at_once_comes_in_order_as_it_is_read(pipe: tuple[int, int]) -> None:
    outlet, buffer = Outlet(pipe[1]), channel.FrameBuffer()
    stated = [changed(number) for number in range(MANY)]
    heard: list[AnyEvent] = []
    os.set_blocking(pipe[0], False)

    for start in range(0, MANY, 50):
        outlet.send(*stated[start : start + 50])
    async with asyncio.timeout(10):
        while len(heard) < MANY:
            with contextlib.suppress(BlockingIOError):
                heard += events(os.read(pipe[0], 65536), buffer)
            await asyncio.sleep(0)

    assert heard == stated


async def test_who_reads_nothing_holds_up_nobody_and_the_end_only_for_the_patience(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1])

    outlet.send(*map(changed, range(MANY)))
    began_s = monotonic()
    outlet.close(0.05)

    assert 0.05 <= monotonic() - began_s < 5


async def test_the_end_waits_for_a_reader_that_is_slow(pipe: tuple[int, int]) -> None:
    outlet, buffer = Outlet(pipe[1]), channel.FrameBuffer()
    outlet.send(*map(changed, range(MANY)))

    with ThreadPoolExecutor(1) as elsewhere:
        reading = elsewhere.submit(all_of, pipe[0])
        outlet.close(10)
        os.close(pipe[1])

    assert len(events(reading.result(), buffer)) == MANY


async def test_a_reader_that_is_gone_is_nobodys_error(pipe: tuple[int, int]) -> None:
    outlet = Outlet(pipe[1])
    os.close(pipe[0])

    outlet.send(changed(1))
    outlet.send(changed(2))
    outlet.close(0.05)


def all_of(fd: int) -> bytes:
    data = b""
    while more := os.read(fd, 65536):
        data += more
    return data
