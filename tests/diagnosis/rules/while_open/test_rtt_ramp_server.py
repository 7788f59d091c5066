from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.while_open.round_trips import RAMP_MS, beats
from wsmonitor.settings.endpoint_settings import PingConfig


def test_round_trips_that_grow_while_the_kernels_stay_flat_are_a_queue_in_the_server() -> None:
    one = finding(beats(*RAMP_MS), "rtt_ramp_server", 25)

    assert one.severity == "warning"
    assert "from 20 ms" in one.evidence[0].text


def test_heartbeats_of_the_application_ramp_where_no_pings_are_sent() -> None:
    line = History("app", ping=PingConfig(enabled=False)).line
    line.open()
    for number, milliseconds in enumerate(RAMP_MS, start=1):
        line.answered(line.opened_s + 0.5 * number, milliseconds / 1e3)
        line.kernel(line.opened_s + 0.5 * number + 0.01, rtt_s=0.02)
    line.stay()

    assert "rtt_ramp_server" in found(line.history, 25)


def test_a_single_step_is_no_ramp() -> None:
    assert found(beats(*[20.0] * 20, *[300.0] * 20), 25) == set()


def test_noise_is_no_ramp() -> None:
    noisy = [20.0 + 400 * ((7 * number) % 13) / 13 for number in range(60)]

    assert "rtt_ramp_server" not in found(beats(*noisy), 40)


def test_a_ramp_of_our_own_lag_is_not_theirs() -> None:
    assert found(beats(*RAMP_MS, lag_ms=400), 25) == set()


def test_without_a_word_of_the_kernel_it_is_less_sure() -> None:
    sure = finding(beats(*RAMP_MS), "rtt_ramp_server", 25)
    unsure = finding(beats(*RAMP_MS, kernel_ms=None), "rtt_ramp_server", 25)

    assert unsure.confidence.value < sure.confidence.value


def test_round_trips_that_come_down_again_withdraw_it() -> None:
    assert found(beats(*RAMP_MS, *[20.0] * 10), 25) == set()
