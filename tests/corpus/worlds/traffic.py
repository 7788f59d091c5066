"""What passes on a connection until something ends it."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from wsmonitor.facts.events import Direction

MOST_FRAMES = 3_000


@dataclass(frozen=True, order=True)
class Frame:
    """One frame; `kind` is `ping`, `pong`, or the sort of a message."""

    at_s: float
    direction: Direction
    kind: str
    size_bytes: int = 40


Talk = Callable[[random.Random, float], Iterator[Frame]]
"""From dice and the time of the open: frames in order, for ever or until the talk is over."""


def pings(every_s: float, round_trip: Callable[[random.Random], float]) -> Talk:
    """Ours at the engine's times, each answered."""

    def talk(dice: random.Random, opened_s: float) -> Iterator[Frame]:
        beat = 1
        while True:
            at_s = opened_s + beat * every_s
            yield Frame(at_s, "tx", "ping")
            yield Frame(at_s + min(round_trip(dice), 0.9 * every_s), "rx", "pong")
            beat += 1

    return talk


def chat(mean_s: float, *, kinds: tuple[str, ...], answered: bool, for_s: float | None = None) -> Talk:
    """Messages of ours at random times, some answered; `for_s` is the mean after which silence falls."""

    def talk(dice: random.Random, opened_s: float) -> Iterator[Frame]:
        at_s = opened_s + dice.uniform(0.05, 0.5)
        until_s = opened_s + dice.expovariate(1 / for_s) if for_s is not None else float("inf")
        while at_s < until_s:
            yield Frame(at_s, "tx", dice.choice(kinds))
            if answered:
                yield Frame(at_s + 0.02, "rx", "ok")
            at_s += 0.05 + dice.expovariate(1 / mean_s)

    return talk


def news(mean_s: float, *, regular: bool, for_s: float | None = None, size_bytes: int = 200) -> Talk:
    """Messages of the server, at random or regular times."""

    def talk(dice: random.Random, opened_s: float) -> Iterator[Frame]:
        at_s = opened_s + dice.uniform(0.01, mean_s)
        until_s = opened_s + dice.expovariate(1 / for_s) if for_s is not None else float("inf")
        while at_s < until_s:
            yield Frame(at_s, "rx", "news", size_bytes)
            at_s += mean_s if regular else 0.01 + dice.expovariate(1 / mean_s)

    return talk


def on_one_line(talks: list[Talk], dice: random.Random, opened_s: float, until_s: float) -> list[Frame]:
    """Everything that is said until then, in order; a talk that would never end is cut after many frames."""
    merged = heapq.merge(*(talk(dice, opened_s) for talk in talks))
    frames = []
    for frame in takewhile(lambda one: one.at_s < until_s, merged):
        frames.append(frame)
        if len(frames) >= MOST_FRAMES:
            break
    return frames
