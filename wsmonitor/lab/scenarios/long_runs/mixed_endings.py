"""Connections that end every few seconds, each time in another way."""

import asyncio
import random
from typing import Final

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Service, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end

HINT = "Ends every few seconds in changing ways: FIN, RST, close codes 1001, 1011, 1012, 4000."

WAYS: Final = ("rst", "1012", "fin", "1011", "1001", "4000")


class Parameters(Query):
    low_s: float = duration("3s", "shortest life")
    high_s: float = duration("8s", "longest life")
    seed: int = integer(1, "another seed gives another order of endings")


def way_of(number: int, seed: int) -> str:
    """How the n-th connection (from 1) ends: every way once in each round, rounds shuffled."""
    rounds, place = divmod(number - 1, len(WAYS))
    deck = random.Random(f"{seed} {rounds}").sample(WAYS, len(WAYS))
    return deck[place]


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves well for a while, then ends."""
    socket = await visit.accept()
    life_s = visit.dice(parameters.seed).uniform(parameters.low_s, parameters.high_s)
    await together(Service(socket).run(), asyncio.sleep(life_s))
    await end(socket, way_of(visit.number, parameters.seed))
