from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.while_open.round_trips import beats


def test_spikes_at_equal_distances_are_a_rhythm_with_its_period() -> None:
    one = finding(beats(*[250.0 if number % 10 == 3 else 20.0 for number in range(150)]), "periodic_spikes", 80)

    assert "every 5.0 s" in one.sentence


def test_spikes_at_random_are_no_rhythm() -> None:
    dice = History("dice").dice
    spikes = [250.0 if dice.random() < 0.1 else 20.0 for _ in range(250)]

    assert found(beats(*spikes), 130) == set()


def test_few_spikes_are_no_rhythm() -> None:
    assert found(beats(*[250.0 if number % 20 == 3 else 20.0 for number in range(80)]), 45) == set()


def test_a_rhythm_of_our_own_lag_is_not_theirs() -> None:
    spikes = [250.0 if number % 10 == 3 else 20.0 for number in range(150)]

    assert found(beats(*spikes, lag_ms=200), 80) == set()


def test_a_job_each_minute_is_seen_though_pings_of_a_second_fill_what_is_remembered() -> None:
    spikes = [800.0 if number % 60 in (17, 18) else 20.0 for number in range(720)]

    one = finding(beats(*spikes, every_s=1.0), "periodic_spikes", 730)
    assert "every 60.0 s" in one.sentence


def test_small_hiccups_between_large_spikes_do_not_halve_the_period() -> None:
    usual = {3: 1900.0, 13: 60.0}
    spikes = [usual.get(number % 20, 20.0) for number in range(200)]

    assert "every 10.0 s" in finding(beats(*spikes), "periodic_spikes", 110).sentence


def test_long_round_trips_at_random_over_a_long_time_are_no_rhythm() -> None:
    dice = History("long dice").dice
    spikes = [800.0 if dice.random() < 0.02 else 20.0 for _ in range(1500)]

    assert found(beats(*spikes, every_s=1.0), 1510) == set()
