from tests.diagnosis.rules.judging import found
from tests.diagnosis.rules.while_open.round_trips import RAMP_MS, beats


def test_round_trips_that_grow_with_the_kernels_are_a_queue_on_the_path() -> None:
    assert found(beats(*RAMP_MS, kernel_ms=0), 25) == {"rtt_ramp_network"}


def test_the_kernels_round_trip_alone_below_60_ms_blames_no_network() -> None:
    short = [5.0] * 10 + [5.0 + 2 * step for step in range(25)]

    assert "rtt_ramp_network" not in found(beats(*short, kernel_ms=0), 25)


def test_a_flat_kernel_blames_no_network() -> None:
    assert "rtt_ramp_network" not in found(beats(*RAMP_MS), 25)
