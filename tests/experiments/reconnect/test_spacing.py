"""How often chance makes usual ways to wait look like wrong ones, and wrong ones like usual ones; seeds are fixed."""

import random
from collections.abc import Callable

import pytest

from wsmonitor.experiments.reconnect.spacing import Spacing, spacing
from wsmonitor.experiments.reconnect.timeline import Tries

RUNS = 300
REFUSED_S = 30.0
Delay = Callable[[int], float]
chance = random.Random()


@pytest.fixture(autouse=True)
def same_chance_each_time() -> None:
    chance.seed(18)


def backoff(base_s: float, cap_s: float, jitter: Callable[[float], float] = lambda delay_s: delay_s) -> Delay:
    return lambda number: jitter(min(cap_s, base_s * 2 ** min(number, 30)))


def full(delay_s: float) -> float:
    return chance.uniform(0, delay_s)


def equal(delay_s: float) -> float:
    return chance.uniform(delay_s / 2, delay_s)


def fifth(delay_s: float) -> float:
    return delay_s * chance.uniform(0.8, 1.2)


def spaced(delay: Delay) -> Spacing:
    """Refused for 30 s, each try answered within some ms."""
    at_s, tries = 0.002, list[Tries]()
    while at_s < REFUSED_S:
        at_s += delay(len(tries)) + chance.uniform(0.002, 0.006)
        tries.append(Tries(round(at_s * 1e9)))
    return spacing(tries, 0)


@pytest.mark.parametrize("base_s", [0.1, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("cap_s", [5.0, 10.0, 30.0])
@pytest.mark.parametrize("jitter", [full, equal, fifth])
def test_growing_jittered_delays_are_neither_flat_nor_without_jitter(
    base_s: float, cap_s: float, jitter: Callable[[float], float]
) -> None:
    found = [spaced(backoff(base_s, cap_s, jitter)) for _ in range(RUNS)]

    assert sum(one.is_flat for one in found) <= RUNS * 0.03, "from 2 to 5 s there is little to grow"
    assert sum(one.is_exact for one in found) <= RUNS * 0.02


@pytest.mark.parametrize("base_s", [0.25, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("cap_s", [5.0, 8.0, 60.0])
def test_growing_delays_without_jitter_follow_a_rule(base_s: float, cap_s: float) -> None:
    found = spaced(backoff(base_s, cap_s))

    assert found.is_exact
    assert not found.is_flat
    assert found.jitter == pytest.approx(0, abs=0.02)


def test_jitter_is_not_lost_to_a_rule_that_fits_a_few_gaps_by_chance() -> None:
    found = sorted(spaced(backoff(2.0, 10.0, equal)).jitter or 0 for _ in range(RUNS))

    assert found[RUNS // 2] > 0.2


def test_one_step_of_growth_up_to_a_cap_is_not_flat() -> None:
    found = spaced(backoff(3.0, 5.0))

    assert not found.is_flat
    assert found.cap_s == pytest.approx(5, abs=0.1)


def test_linear_growth_is_a_rule_too() -> None:
    assert spaced(lambda number: min(3.0, 0.5 * (number + 1))).cap_s == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("delay_s", [0.5, 1, 2, 3, 5, 8, 10])
def test_a_fixed_delay_is_fixed(delay_s: float) -> None:
    found = spaced(lambda _: delay_s)

    assert found.is_fixed
    assert found.is_exact
    assert found.growth == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("delay_s", [1, 2, 3, 5])
def test_a_delay_that_varies_by_a_fifth_and_does_not_grow_is_flat(delay_s: float) -> None:
    found = [spaced(lambda _: fifth(delay_s)) for _ in range(RUNS)]

    assert sum(one.is_flat for one in found) >= RUNS * 0.98
    assert sum(one.is_exact for one in found) <= RUNS * 0.02


def after(first_s: float, *before: Spacing) -> Spacing:
    """A first delay, and others that follow a rule."""
    times = [first_s, 3.0, 5.0, 25 / 3, 125 / 9]
    tries = [Tries(round(sum(times[: number + 1]) * 1e9)) for number in range(len(times))]
    return spacing(tries, 0, [one.gaps for one in before])


def test_a_first_delay_by_chance_is_jitter_although_the_others_follow_a_rule() -> None:
    assert after(1.8).is_exact, "by chance it follows the rule as well"
    assert not after(1.8, after(4.5)).is_exact
    assert after(1.8, after(1.8)).is_exact


def test_less_than_three_tries_say_nothing() -> None:
    assert spacing([Tries(10**9), Tries(2 * 10**9)], 0) == Spacing()


def test_how_tries_lie_within_a_second_is_not_made_up() -> None:
    found = spacing([Tries(n * 10**9, count=4) for n in range(1, 9)], 0)

    assert found.jitter is None
    assert not found.is_exact
