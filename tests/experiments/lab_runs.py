"""Runs rows of the lab against the engine's own way to it, all at once, and sees how late lab and machine were."""

import asyncio
from dataclasses import dataclass

from tests.end_to_end.test_lab_matrix import lab
from tests.experiments.lab_rows import ROWS, Row
from wsmonitor.engine.clocks.clock import SystemClock
from wsmonitor.experiments.laboratory import Laboratory
from wsmonitor.experiments.line.line import Line, upgraded
from wsmonitor.experiments.way import EngineWay
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

AT_ONCE = 7
"""Experiments that run together: few enough not to disturb each other's times."""
TO_THE_MILLISECOND = ("first-send",)
"""Asked before the others, which keep this process busy for as long as 20 ms."""
PING_EVERY_S = 0.02
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Round:
    """`answers` by the names of their rows; meanwhile a ping was answered `late_s` after it was due at the latest."""

    answers: dict[str, ExperimentAnswer]
    late_s: float


def problems_of_a_round(_number: int) -> tuple[dict[str, list[str]], float]:
    """What was wrong with the answer to every row, and how late lab and machine were at most, in seconds."""
    played = asyncio.run(play(ROWS))
    return {row.name: row.problems(played.answers[row.name]) for row in ROWS}, played.late_s


async def play(rows: tuple[Row, ...]) -> Round:
    """Ask about each row."""
    found: dict[str, asyncio.Future[ExperimentAnswer]] = {}

    def note(event: AnyEvent) -> None:
        if isinstance(event, ExperimentResult):
            found[event.endpoint].set_result(event.answer)

    laboratory = Laboratory(note)
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(row: Row, url: str) -> None:
        async with places:
            found[row.name] = asyncio.get_running_loop().create_future()
            config = EndpointConfig(name=row.name, url=f"{url}?{row.query}" if row.query else url)
            laboratory.start(config, row.experiment, row.options)
            await found[row.name]

    async with lab() as urls, _Lateness(urls["reference"]) as lateness:
        for wave in (True, False):
            works = [ask(row, urls[row.scenario]) for row in rows if (row.experiment in TO_THE_MILLISECOND) is wave]
            await asyncio.gather(*works)
    await laboratory.close()
    return Round({name: answer.result() for name, answer in found.items()}, lateness.longest_s)


class _Lateness:
    """Pings a healthy scenario of the lab all the while: both event loops are in the way of a pong."""

    def __init__(self, url: str) -> None:
        self.longest_s = 0.0
        self._clock = SystemClock(asyncio.get_running_loop())
        self._way = EngineWay(EndpointConfig(name="lateness", url=url), self._clock)
        self._line = Line(self._clock.now_ns)

    async def __aenter__(self) -> "_Lateness":
        await self._way.connect(self._line)
        await upgraded(self._line, self._way.request, PATIENCE_S)
        self._watching = asyncio.create_task(self._watch(), name="lateness")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()
        await asyncio.wait([self._watching])
        self._line.drop()

    async def _watch(self) -> None:
        while True:
            due_ns = self._clock.now_ns() + round(PING_EVERY_S * 1e9)
            due = asyncio.Event()
            asyncio.get_running_loop().call_later(PING_EVERY_S, due.set)
            await due.wait()
            answered_ns = await self._line.answered(self._line.ping(), PATIENCE_S)
            late_ns = (answered_ns or self._clock.now_ns()) - due_ns
            self.longest_s = max(self.longest_s, late_ns / 1e9)
