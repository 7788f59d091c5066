"""Many dials to one host begin in turns."""

import asyncio
from functools import partial

from wsmonitor.engine.clocks.turns import AT_ONCE, Turns


class Dials:
    """Which began, in order."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.begun: list[int] = []

    def ask(self, count: int, host: str = "here:80") -> None:
        for number in range(count):
            self.turns.take(host, partial(self._begin, number, host))

    def _begin(self, number: int, host: str) -> None:
        self.turns.began(host)
        self.begun.append(number)


async def test_where_few_are_under_way_a_dial_begins_at_once() -> None:
    dials = Dials()

    dials.ask(AT_ONCE)

    assert dials.begun == list(range(AT_ONCE))


async def test_each_that_ends_lets_the_next_begin_in_the_order_of_asking() -> None:
    dials = Dials()
    dials.ask(AT_ONCE + 3)

    dials.turns.ended("here:80")
    dials.turns.ended("here:80")
    await asyncio.sleep(0)

    assert dials.begun == list(range(AT_ONCE + 2))


async def test_a_host_that_answers_nobody_holds_up_no_other() -> None:
    dials = Dials()
    dials.ask(AT_ONCE + 1, "dead:80")
    dials.begun.clear()

    dials.ask(1, "alive:80")

    assert dials.begun == [0]


async def test_one_that_did_not_dial_after_all_takes_no_turn() -> None:
    dials = Dials()
    dials.ask(AT_ONCE)
    dials.begun.clear()
    dials.turns.take("here:80", lambda: dials.begun.append(-1))
    dials.ask(1)

    dials.turns.ended("here:80")
    await asyncio.sleep(0)

    assert dials.begun == [-1, 0]
