"""Every row of `lab_rows.py`, once: is what the experiments answer the truth of the scenario?"""

import pytest

from tests.experiments.lab_rows import ROWS
from tests.experiments.lab_runs import answers


@pytest.mark.timeout(300)
async def test_every_row_is_answered_right(subtests: pytest.Subtests) -> None:
    found = await answers(ROWS)

    for row in ROWS:
        with subtests.test(row.name):
            assert row.problems(found[row.name]) == []
