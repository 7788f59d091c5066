"""How numbers read, everywhere alike."""

import re
from pathlib import Path

import pytest

import wsmonitor
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.text import units

_BY_HAND = re.compile(r":[.,0-9]*[fg]\} (?:s|ms|kB|MB|KiB|MiB)\b|:[.,0-9]*%\}|100 \* [^{}]*:[.,0-9]*f\}%")
_MAY = {"text/units.py", "experiments/first_send/judge.py", "experiments/idle/run.py", "gui/window/status_bar.py"}
"""Their home; ends of a span that share its unit; megabytes that change at every look."""


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [(None, "—"), (420_000, "0.42"), (4_200_000, "4.2"), (412_000_000, "412"), (12 * NS, "12 s")],
)
def test_round_trips_have_three_digits_at_most(duration_ns: int | None, text: str) -> None:
    assert units.milliseconds(duration_ns) == text


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [
        *((0, "0.0 s"), (400_000, "0.40 ms"), (49_000_000, "49.0 ms"), (60_120_000_000, "60.1 s")),
        *((119.96 * NS, "2 min 00.0 s"), (474.4 * NS, "7 min 54.4 s"), (7_512 * NS, "2 h 05 min 12 s")),
    ],
)
def test_a_life_has_tenths_of_a_second_unless_they_would_hide_it(duration_ns: float, text: str) -> None:
    assert units.tenths(duration_ns) == text


@pytest.mark.parametrize(
    ("limit_ns", "digits", "text"),
    [
        *((5.98 * NS, 3, "6 s"), (7.04 * NS, 3, "7 s"), (75.43 * NS, 3, "75.4 s"), (75.43 * NS, 2, "75 s")),
        *((300 * NS, 3, "5 min"), (400 * NS, 3, "6 min 40 s"), (3_600 * NS, 3, "1 h"), (7_500 * NS, 3, "2 h 05 min")),
    ],
)
def test_a_limit_in_a_name_is_short_and_never_a_power_of_ten(limit_ns: float, digits: int, text: str) -> None:
    assert units.limit(limit_ns, digits) == text


@pytest.mark.parametrize(
    ("value_ns", "text"),
    [
        (80_000, "80 µs"),
        (4_200_000, "4.2 ms"),
        (412_000_000, "412 ms"),
        (999_700_000, "1.0 s"),
        (61 * NS, "61.0 s"),
        (800 * NS, "13 min 20 s"),
        (7_500 * NS, "2 h 05 min"),
    ],
)
def test_durations_are_readable(value_ns: int, text: str) -> None:
    assert units.duration(value_ns) == text


def test_sizes_and_counts_are_readable() -> None:
    assert [units.size(value) for value in (1, 512, 4100, 3_100_000)] == ["1 byte", "512 bytes", "4.1 kB", "3.1 MB"]
    assert [units.counted(1, "closure"), units.counted(1284, "closure")] == ["1 closure", "1,284 closures"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(10.0, "10 s"), (2.5, "2.5 s"), (3 * 0.1, "0.3 s"), (31_536_000, "31536000 s")]
)
def test_a_time_that_was_set_has_its_own_digits_and_no_power_of_ten(seconds: float, text: str) -> None:
    assert units.exact_s(seconds) == text


@pytest.mark.parametrize(("share", "text"), [(None, "—"), (0.0, "0%"), (0.004, "0.4%"), (0.86, "86%"), (1.0, "100%")])
def test_a_share_is_whole_percents_unless_they_would_hide_it(share: float | None, text: str) -> None:
    assert units.percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.0025, "0.25%"), (0.0101, "1.01%"), (2 / 3, "66.67%"), (1.0, "100%")]
)
def test_a_share_beside_its_limit_is_told_from_it(share: float, text: str) -> None:
    assert units.fine_percent(share) == text


def test_no_other_place_words_times_percents_and_sizes_by_hand() -> None:
    package = Path(wsmonitor.__file__).parent
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "lab" and _BY_HAND.search(path.read_text(encoding="utf-8"))
    }

    assert found <= _MAY
