"""A day in staging: mostly well, with slow spells, refusals, deployments, crashes and silent deaths; seeded."""

import asyncio
import random
from dataclasses import dataclass
from functools import partial
from typing import Final

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.scenarios.healthy import jitter
from wsmonitor.lab.service import Late, together
from wsmonitor.lab.visit import Visit
from wsmonitor.lab.wire.ending import end
from wsmonitor.lab.wire.silence import until_gone

HINT = "A day in staging: every connection meets another of these fates, the same for the same seed."

REFUSED_SHARE: Final = 0.1
SLOW_SHARE: Final = 0.3
WAYS: Final = {"1001": 3, "1012": 3, "fin": 3, "rst": 2, "1011": 2, "1000": 2, "4000": 1, "mute": 1}
"""How connections end, with weights; `mute` stops answering and leaves the rest to the client."""


class Parameters(Query):
    mean_s: float = duration("15s", "mean life of a connection (exponential)")
    seed: int = integer(1, "another seed gives another day")


@dataclass(frozen=True)
class Fate:
    """What is in store for one visit."""

    refused: bool
    delay_s: float
    life_s: float
    way: str


def fate_of(dice: random.Random, mean_s: float) -> Fate:
    """Draws a fate."""
    refused = dice.random() < REFUSED_SHARE
    delay_s = 0.1 if dice.random() < SLOW_SHARE else 0.003
    life_s = dice.expovariate(1 / max(mean_s, 1e-3))
    return Fate(refused, delay_s, life_s, dice.choices(list(WAYS), list(WAYS.values()))[0])


async def run(visit: Visit, parameters: Parameters) -> None:
    """Lets the visit meet its fate."""
    dice = visit.dice(parameters.seed)
    fate = fate_of(dice, parameters.mean_s)
    if fate.refused:
        await visit.answer(503, "No upstream is healthy.", {"Retry-After": "1"})
        return
    socket = await visit.accept()
    service = Late(socket, partial(jitter.delay_s, dice, jitter.Parameters(mean_s=fate.delay_s)))
    await together(service.run(), service.line.run(), asyncio.sleep(fate.life_s))
    if fate.way == "mute" and not socket.wire.ended:
        await until_gone(socket.wire)
    else:
        await end(socket, "fin" if fate.way == "mute" else fate.way)
