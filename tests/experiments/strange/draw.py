"""Draws a server at random, with what an experiment must say of it."""

import random

from tests.experiments.strange import of_rules, of_time
from tests.experiments.strange.grading import Case


def draw(dice: random.Random, experiment: str) -> Case:
    """A case for an experiment."""
    return _DRAWS[experiment](dice)


_DRAWS = {
    "idle": of_time.idle,
    "keepalive": of_time.keepalive,
    "first-send": of_time.first_send,
    "limits": of_rules.limits,
    "protocol": of_rules.protocol,
    "close": of_rules.close,
    "security": of_rules.security,
}
