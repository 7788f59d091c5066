"""A few of the servers that `make strange` draws: nothing false is said of them, and little is missed."""

import asyncio
import random

import pytest

from tests.experiments.strange.__main__ import answered
from tests.experiments.strange.draw import draw

ASKED = [("security", 1), ("security", 2), ("protocol", 2), ("protocol", 14), ("idle", 8), ("idle", 22), ("close", 3)]


@pytest.mark.timeout(180)
async def test_what_was_planted_is_found(subtests: pytest.Subtests) -> None:
    cases = [draw(random.Random(f"{name} {seed}"), name) for name, seed in ASKED]

    answers = await asyncio.gather(*(answered(case, seed) for case, (_, seed) in zip(cases, ASKED, strict=True)))

    for case, answer, asked in zip(cases, answers, ASKED, strict=True):
        with subtests.test(str(asked)):
            assert [told for grade, told in case.grade(answer) if grade != "right"] == []
