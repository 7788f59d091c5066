"""Runs rows of the lab against the engine's own way to it, all at once."""

import asyncio

from tests.end_to_end.test_lab_matrix import lab
from tests.experiments.lab_rows import Row
from wsmonitor.experiments.laboratory import Laboratory
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

AT_ONCE = 7
"""Experiments that run together: few enough not to disturb each other's times."""


async def answers(rows: tuple[Row, ...]) -> dict[str, ExperimentAnswer]:
    """The answer about each row, by its name."""
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

    async with lab() as urls:
        await asyncio.gather(*(ask(row, urls[row.scenario]) for row in rows))
    await laboratory.close()
    return {name: answer.result() for name, answer in found.items()}
