"""What a frame costs is what the window could not answer for."""

from wsmonitor.gui.feed.frame_meter import FrameMeter


def test_a_frame_costs_its_last_tick_with_its_painting() -> None:
    meter = FrameMeter()
    meter.work(0.002)
    meter.work(0.003)

    assert meter.painted(0.004) == 0.007


def test_a_longer_tick_before_it_is_not_forgotten() -> None:
    meter = FrameMeter()
    meter.work(0.050)
    meter.work(0.003)

    assert meter.painted(0.004) == 0.050
    assert meter.painted(0.004) == 0.004
