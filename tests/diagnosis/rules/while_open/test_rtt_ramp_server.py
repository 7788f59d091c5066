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


RAMP_MS = [*[20.0] * 10, *[20.0 + 25 * step for step in range(25)]]


def test_round_trips_that_grow_while_the_kernels_stay_flat_are_a_queue_in_the_server() -> None:
    one = finding(beats(*RAMP_MS), "rtt_ramp_server", 25)

    assert one.severity == "warning"
    assert "from 20 ms" in one.evidence[0].text


def test_heartbeats_of_the_application_ramp_where_no_pings_are_sent() -> None:
    history = History("app", ping=PingConfig(enabled=False))
    line = history.line
    line.open()
    for number, milliseconds in enumerate(RAMP_MS, start=1):
        line.answered(line.opened_s + 0.5 * number, milliseconds / 1e3)
        line.kernel(line.opened_s + 0.5 * number + 0.01, rtt_s=0.02)
    line.stay()

    assert "rtt_ramp_server" in found(history, 25)


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
