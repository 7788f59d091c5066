"""Five rounds of `make faults`, of five kinds."""

from pathlib import Path

import pytest

from tests.faults.rounds import Round, play

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")

ROUNDS = (
    Round(1, "main", "kill", 0.0),
    Round(2, "main", "stop", 1.0),
    Round(3, "probe", "kill", 0.5),
    Round(4, "probe", "stop", 1.5),
    Round(5, "lab", "stop", 0.8),
)


@pytest.mark.parametrize("this", ROUNDS, ids=str)
def test_nobody_is_left_two_seconds_after_the_window_has_ended(this: Round) -> None:
    assert play(this).gone_s <= 2.0
