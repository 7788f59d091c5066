"""The status bar says what taps themselves add to what passes."""

from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.gui.window.status_bar import tap_text


def test_of_several_taps_the_slowest_is_told() -> None:
    assert (
        tap_text([TapView(dwell_p99_ns=52_000), TapView(), TapView(dwell_p99_ns=410_000)]) == " · tap adds p99 0.41 ms"
    )


def test_without_bytes_there_is_nothing_to_tell() -> None:
    assert tap_text([TapView()]) == tap_text([]) == ""
