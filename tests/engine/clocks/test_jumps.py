"""Sleep, a stopped process and a clock that was set are told apart."""

import pytest

from tests.fakes import FakeClock
from wsmonitor.engine.clocks.jumps import Jump, JumpDetector
from wsmonitor.settings.endpoint_settings import to_ns


class Watcher:
    """Looks at a fake clock as the monitor does."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self._detector = JumpDetector()
        self.look()

    def look(self) -> Jump | None:
        clock = self.clock
        return self._detector.observe(
            now_ns=clock.now_ns(), wall_ns=clock.wall_ns(), boot_ns=clock.boot_ns(), cpu_ns=clock.cpu_ns()
        )


def test_boot_time_that_ran_ahead_of_monotonic_time_is_sleep() -> None:
    watcher = Watcher()

    watcher.clock.sleep(3600)
    watcher.clock.advance(0.05)

    assert watcher.look() == Jump("sleep", to_ns(3600))
    assert watcher.look() is None


def test_a_gap_without_cpu_time_is_a_stopped_process() -> None:
    watcher = Watcher()

    watcher.clock.advance(5)

    assert watcher.look() == Jump("stall", to_ns(5))


def test_a_gap_in_which_we_worked_is_no_jump_but_lag() -> None:
    watcher = Watcher()

    watcher.clock.advance(5)
    watcher.clock.work(4.5)

    assert watcher.look() is None


@pytest.mark.parametrize("seconds", [-3600.0, 1.5])
def test_a_wall_clock_that_moved_by_itself_was_set(seconds: float) -> None:
    watcher = Watcher()

    watcher.clock.wall_offset_ns += to_ns(seconds)
    watcher.clock.advance(0.05)

    assert watcher.look() == Jump("step", to_ns(seconds))


def test_ordinary_ticks_are_no_jump_and_neither_is_a_clock_that_is_slewed() -> None:
    watcher = Watcher()

    for _ in range(100):
        watcher.clock.advance(0.06)
        watcher.clock.wall_offset_ns += to_ns(0.0005)
        assert watcher.look() is None
