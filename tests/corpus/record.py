"""`python -m tests.corpus.record`: plays every row of the matrix on the real lab and keeps what the engine stated.

Needs a quiet machine and about a minute. The recordings are part of the corpus; make them anew when scenarios or
events change.
"""

import asyncio
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Final

import msgspec

from tests.end_to_end.expectations import Row, endpoint_of, rows
from tests.end_to_end.test_lab_matrix import lab, parse_order
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.events import AnyEvent, EndpointEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig

FOLDER: Final = Path(__file__).with_name("recorded")
_AT_ONCE = 8
_AFTERWARDS_S = 0.1


class Recording(msgspec.Struct, frozen=True):
    """One row as it was seen, our own stop at its end included."""

    name: str
    expected: tuple[str, ...]
    config: EndpointConfig
    events: list[AnyEvent]


def recordings() -> list[Recording]:
    """Every recording there is."""
    decoder = msgspec.msgpack.Decoder(Recording)
    return [decoder.decode(zlib.decompress(path.read_bytes())) for path in sorted(FOLDER.glob("*.z"))]


async def _record(chosen: list[Row]) -> None:
    seen: dict[str, list[AnyEvent]] = defaultdict(list)
    own: list[AnyEvent] = []

    def note(event: AnyEvent) -> None:
        (seen[event.endpoint] if isinstance(event, EndpointEvent) else own).append(event)

    async with lab() as urls:
        places = asyncio.Semaphore(_AT_ONCE)

        async def play(row: Row) -> None:
            async with places:
                monitor = Monitor(note)  # each with a budget of dials of its own
                monitor.add(endpoint_of(row, urls[row.scenario]))
                for kind, argument, after_s in map(parse_order, row.disrupt):
                    asyncio.get_running_loop().call_later(after_s, monitor.disrupt, row.name, kind, argument)
                monitor.connect(row.name)
                await asyncio.sleep(row.limit_s)
                monitor.stop(row.name)
                await asyncio.sleep(_AFTERWARDS_S)
                await monitor.close()

        await asyncio.gather(*map(play, chosen))
        for number, row in enumerate(chosen):
            _keep(number, row, endpoint_of(row, urls[row.scenario]), seen[row.name], own)


def _keep(number: int, row: Row, config: EndpointConfig, events: list[AnyEvent], own: list[AnyEvent]) -> None:
    first_ns, last_ns = events[0].at_ns, events[-1].at_ns
    meanwhile = [event for event in own if first_ns <= event.at_ns <= last_ns]
    ordered = sorted([*events, *meanwhile], key=lambda event: event.at_ns)
    recording = Recording(row.name, row.findings, config, ordered)
    packed = zlib.compress(msgspec.msgpack.encode(recording), 9)
    (FOLDER / f"{number:02} {row.scenario}.z").write_bytes(packed)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.z"):
        old.unlink()
    asyncio.run(_record(list(rows())))
