"""The status bar says how the measuring does, and what taps themselves add to what passes."""

from wsmonitor.analysis.endpoints.tap_fold import TapView
from wsmonitor.analysis.snapshot import Health
from wsmonitor.gui.window.status_bar import probe_text, tap_text


def test_of_several_taps_the_slowest_is_told() -> None:
    assert (
        tap_text([TapView(dwell_p99_ns=52_000), TapView(), TapView(dwell_p99_ns=410_000)]) == " · tap adds p99 0.41 ms"
    )


def test_without_bytes_there_is_nothing_to_tell() -> None:
    assert tap_text([TapView()]) == tap_text([]) == ""


def test_what_is_shown_late_is_said_to_be() -> None:
    health = Health("running", 0, "", loop_lag_p99_ns=12_000_000_000, dropped=7, behind_ns=80_000_000_000)

    assert probe_text(health, 0) == "probe ok · loop lag p99 12 s · dropped 7 · shown 80 s late"
