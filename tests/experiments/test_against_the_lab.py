"""The quick rows of `lab_rows.py`, once: is what the experiments answer the truth of the scenario?"""

import pytest

from tests.experiments.lab_rows import ROWS
from tests.experiments.lab_runs import play


@pytest.mark.timeout(300)
async def test_every_quick_row_is_answered_right(subtests: pytest.Subtests) -> None:
    rows = tuple(row for row in ROWS if not row.is_slow)

    found = (await play(rows)).answers

    for row in rows:
        with subtests.test(row.name):
            assert row.problems(found[row.name]) == []
