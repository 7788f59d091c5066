"""What everything that one monitor runs has in common."""

import random

from msgspec import Struct

from wsmonitor.engine.admission import Admission
from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.clocks.turns import Turns
from wsmonitor.engine.redialling.dial_budget import DialBudget
from wsmonitor.engine.reporter import Publish


class Shared(Struct, frozen=True, kw_only=True):
    """Of each one, for all endpoints and taps."""

    publish: Publish
    clock: Clock
    lag: LagMeter
    tasks: Tasks
    turns: Turns
    admission: Admission
    budget: DialBudget
    chance: random.Random
