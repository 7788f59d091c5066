"""`make strange`: experiments against servers drawn at random; what was wrong, and how often."""

import argparse
import asyncio
import random
import sys
from collections import Counter
from dataclasses import fields

from tests.experiments.strange.draw import draw
from tests.experiments.strange.grading import Case
from tests.experiments.strange.habits import Habits
from tests.experiments.strange.server import serving
from wsmonitor.experiments.laboratory import Laboratory
from wsmonitor.experiments.registry import EXPERIMENTS
from wsmonitor.facts.answers import ExperimentAnswer
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

USUAL = Habits()


async def answered(case: Case, seed: int) -> ExperimentAnswer:
    """What the experiment says of the case's server."""
    result: asyncio.Future[ExperimentAnswer] = asyncio.get_running_loop().create_future()

    def note(event: AnyEvent) -> None:
        if isinstance(event, ExperimentResult):
            result.set_result(event.answer)

    laboratory = Laboratory(note)
    async with serving(case.habits, seed) as port:
        laboratory.start(EndpointConfig(name="strange", url=f"ws://127.0.0.1:{port}/"), case.experiment, case.options)
        answer = await result
        await laboratory.close()
    return answer


def words(habits: Habits) -> str:
    """What is unusual about a server."""
    strange = {one.name: getattr(habits, one.name) for one in fields(habits)}
    return ", ".join(f"{name}={value}" for name, value in strange.items() if value != getattr(USUAL, name)) or "healthy"


async def run(names: list[str], seeds: range, at_once: int) -> Counter[tuple[str, str]]:
    """Grades of every case, told as they come."""
    counts: Counter[tuple[str, str]] = Counter()
    places = asyncio.Semaphore(at_once)

    async def one(name: str, seed: int) -> None:
        case = draw(random.Random(f"{name} {seed}"), name)
        async with places:
            answer = await answered(case, seed)
        graded = case.grade(answer)
        counts.update((name, grade) for grade, _ in graded)
        wrong = [f"{grade.upper()} {text}" for grade, text in graded if grade != "right"]
        if wrong:
            print(f"\n{name} {seed}: {words(case.habits)}; message={case.options.message!r}", flush=True)
            print(*(f"   {text}" for text in wrong), sep="\n")
            print(f"   said: {answer.status}, {answer.answer[:300]}")
            print(*(f"     | {row[:160]}" for row in answer.evidence[:8]), sep="\n", flush=True)

    await asyncio.gather(*(one(name, seed) for seed in seeds for name in names))
    return counts


def main() -> int:
    """0 if nothing false was said."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", default=[one.name for one in EXPERIMENTS])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--at-once", type=int, default=8)
    asked = parser.parse_args()
    counts = asyncio.run(run(asked.names, range(asked.first, asked.first + asked.seeds), asked.at_once))
    for name in asked.names:
        told = ", ".join(f"{counts[name, grade]} {grade}" for grade in ("right", "missed", "false"))
        print(f"{name}: {told}")
    return 1 if any(grade == "false" for _, grade in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
