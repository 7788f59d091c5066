from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from wsmonitor.settings.endpoint_settings import PingConfig


def beats(*round_trips_ms: float, every_s: float = 0.5, lag_ms: float = 0.0, kernel_ms: float | None = 20) -> History:
    """One ping after the other, with a kernel sample beside each."""
    history = History("rtt", ping=PingConfig(interval_s=every_s))
    line = history.line
    line.open()
    for number, milliseconds in enumerate(round_trips_ms, start=1):
        late_s = lag_ms / 1e3 if milliseconds > 100 else 0.0
        line.ping(line.opened_s + every_s * number, milliseconds / 1e3, lag_s=late_s)
        if kernel_ms is not None:
            kernel_s = kernel_ms / 1e3 if kernel_ms > 0 else milliseconds / 1e3
            line.kernel(line.opened_s + every_s * number + 0.01, rtt_s=kernel_s)
    line.stay()
    return history


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
