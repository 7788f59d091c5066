"""Ages at which silent connections ended -> the limit, and how far off it may be."""

from wsmonitor.experiments.idle.lives import Life
from wsmonitor.experiments.idle.silence import read_silence

S = 1_000_000_000


def ended(number: int, age_s: float) -> Life:
    opened_ns = number * S
    return Life(number, "S", 60 * S, opened_ns, age_ns=round(age_s * S), ending="announced", is_done=True)


def test_one_end_that_was_seen_late_does_not_move_the_limit_but_its_error() -> None:
    silence = read_silence([ended(number, age_s) for number, age_s in enumerate((6.0, 6.0, 6.9, 6.0, 6.01))])

    assert silence.middle_ns == 6 * S
    assert silence.error_ns == 1.08 * S, "the farthest that was seen, and a fifth more that was not"
