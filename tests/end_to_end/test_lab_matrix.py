"""Every scenario of the lab against the engine: is what it states the truth of `expectations.toml`?"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from tests.end_to_end.expectations import Row, as_stated, endpoint_of, rows
from wsmonitor.engine.monitor import Monitor
from wsmonitor.exports.json.fields import fields_of
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, EndpointEvent, OpenFailed, StateChanged

AT_ONCE = 20
"""Rows that run together: enough to be quick, few enough not to disturb each other."""

PATIENCE = 4.0
"""A busy machine is slow, not wrong: outcomes may take so many times their limit."""


@pytest.mark.timeout(180)
async def test_every_scenario_is_stated_as_expected(subtests: pytest.Subtests) -> None:
    everyone = rows()
    async with lab() as urls:
        seen = await run_rows(everyone, urls)

    for row in everyone:
        with subtests.test(row.name):
            assert problems(row, seen[row.name]) == []


async def run_rows(everyone: tuple[Row, ...], urls: dict[str, str]) -> dict[str, list[AnyEvent]]:
    """The events of each row, until its outcome is there or its time is over."""
    events: dict[str, list[AnyEvent]] = defaultdict(list)
    changed: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def note(event: AnyEvent) -> None:
        if isinstance(event, EndpointEvent):
            events[event.endpoint].append(event)
            changed[event.endpoint].set()

    monitor = Monitor(note)
    places = asyncio.Semaphore(AT_ONCE)

    async def run_row(row: Row) -> None:
        async with places:
            monitor.add(endpoint_of(row, urls[row.scenario]))
            for kind, argument, after_s in map(parse_order, row.disrupt):
                asyncio.get_running_loop().call_later(after_s, monitor.disrupt, row.name, kind, argument)
            monitor.connect(row.name)
            await watch(row, events[row.name], changed[row.name])
            monitor.stop(row.name)

    await asyncio.gather(*map(run_row, everyone))
    await monitor.close()
    return events


async def watch(row: Row, events: list[AnyEvent], changed: asyncio.Event) -> None:
    """Return when the row's outcome has been seen often enough, or its time is over."""
    stays = row.outcome == "stays_open"
    try:
        async with asyncio.timeout(row.limit_s if stays else row.limit_s * PATIENCE):
            while len(outcomes(row, events)) < (1 if stays else row.times):
                changed.clear()
                await changed.wait()
    except TimeoutError:
        return


def outcomes(row: Row, events: list[AnyEvent]) -> list[AnyEvent]:
    """What happened of the kind that the row speaks of; our own stop at the end aside."""
    closures = [event for event in events if isinstance(event, ConnectionClosed) and event.verdict.by != "stop"]
    failures = [event for event in events if isinstance(event, OpenFailed)]
    match row.outcome:
        case "closed":
            return list(closures)
        case "open_failed":
            return list(failures)
        case "stays_open":
            return [*closures, *failures]


def problems(row: Row, events: list[AnyEvent]) -> list[str]:
    """What is not as the row states it."""
    found = outcomes(row, events)
    if row.outcome == "stays_open":
        opened = any(isinstance(event, StateChanged) and event.new.is_open for event in events)
        return [f"unexpected: {event}" for event in found] + ([] if opened else ["never opened"])
    if len(found) < row.times:
        return [f"expected {row.times} x {row.outcome}, found {len(found)}"]
    wrong = []
    for event in found:
        stated, record = row.open_failed, msgspec.to_builtins(event)
        if isinstance(event, ConnectionClosed):
            stated, record = row.verdict, fields_of(event.verdict)
        wrong += [
            f"{name}: expected {wanted!r}, found {got!r}" for name, (wanted, got) in as_stated(stated, record).items()
        ]
    return wrong


def parse_order(text: str) -> tuple[str, str, float]:
    """`KIND[:ARGUMENT]@SECONDSs` as kind, argument and seconds."""
    order, _, after = text.rpartition("@")
    kind, _, argument = order.partition(":")
    return kind, argument, float(after.removesuffix("s"))


@asynccontextmanager
async def lab() -> AsyncIterator[dict[str, str]]:
    """The lab as its own process; the URL of each scenario."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "wsmonitor", "lab", "--until-stdin-ends"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    yield json.loads(await process.stdout.readline())["urls"]
    process.stdin.close()
    await process.wait()
