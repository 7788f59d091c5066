"""Round trips that scatter: every pong and answer is late by a random time, some by much."""

import random
from functools import partial

from wsmonitor.lab.parameters import Query, duration, integer
from wsmonitor.lab.service import Late, together
from wsmonitor.lab.visit import Visit

HINT = "Healthy but uneven: every pong and answer is late by a random time."


class Parameters(Query):
    mean_s: float = duration("40ms", "mean delay of an answer (exponential)")
    max_s: float = duration("400ms", "no answer is later than this")
    seed: int = integer(1, "another seed gives another sequence of delays")


def delay_s(dice: random.Random, parameters: Parameters) -> float:
    """A random time, mostly short."""
    mean_s = parameters.mean_s
    return min(dice.expovariate(1 / mean_s) if mean_s else 0.0, parameters.max_s)


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves with scattered delays until the client leaves."""
    service = Late(await visit.accept(), partial(delay_s, visit.dice(parameters.seed), parameters))
    await together(service.run(), service.line.run())
