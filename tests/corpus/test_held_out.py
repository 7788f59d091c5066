"""A slice of the worlds that rules were never tuned on: little may be made up, most must be found."""

from tests.corpus.held_out import measure, series
from tests.corpus.worlds.world import world


def test_in_worlds_drawn_at_random_hardly_anything_is_made_up() -> None:
    result = measure(series("slice", 60))

    assert result.precision >= 0.95, result.wrong
    assert result.recall >= 0.8, result.wrong
    assert result.found.total() >= 8


def test_a_seed_gives_the_same_world_each_time() -> None:
    first, second = world("same 1"), world("same 1")

    assert first.name == second.name
    assert first.events == second.events
    assert first.expected == second.expected
