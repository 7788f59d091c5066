"""Two recordings, or two periods of one: the same numbers as if each had been recorded by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analysis.facts import START_NS, WALL_NS, closed, ns, opened, rtt, state
from tests.cli.recordings.test_compare import drops
from tests.recording.session import ENDPOINTS
from wsmonitor.analysis.runs.row import Row
from wsmonitor.exports.compared import Compared, NothingToCompareError, Period, Side, compared
from wsmonitor.exports.source import Source
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, State
from wsmonitor.recording import Replay, save
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig

ONE = ENDPOINTS[:1]


def excerpt(*events: AnyEvent, endpoints: tuple[EndpointConfig, ...] = ONE, start_s: float = 0) -> Callable[[], Source]:
    made = Excerpt(ns(start_s), WALL_NS, endpoints, tuple(sorted(events, key=lambda event: event.at_ns)))
    return lambda: made


def period(start_s: float, end_s: float) -> Period:
    return ns(start_s), ns(end_s)


def silent(share: float) -> None:
    """Nobody looks."""


def rows(found: Compared) -> dict[str, Row]:
    (one,) = found.comparisons
    return {row.name: row for row in one.rows}


EVENTS: list[AnyEvent] = [
    opened(0),
    *(rtt(at_s + 0.5, 80) for at_s in range(600)),
    closed(600, name=ONE[0].name),
    state(600, State.BACKOFF, old=State.OPEN, name=ONE[0].name),
    state(605, State.CONNECTING, old=State.BACKOFF, name=ONE[0].name),
    opened(610, connection=2),
    *(rtt(at_s + 0.5, 20) for at_s in range(700, 1200)),
]


def test_periods_count_only_what_was_in_them() -> None:
    source = excerpt(*EVENTS)

    found = rows(compared(Side("a", source, period(100, 605)), Side("b", source, period(700, 1200)), silent))

    assert (found["observed"].before, found["observed"].after) == (505_000_000_000, 499_500_000_000)
    assert (found["closures, not forced"].before, found["closures, not forced"].after) == (1, 0)
    assert (found["attempts"].before, found["attempts"].after) == (0, 0)
    assert (found["ws round trips"].before, found["ws round trips"].after) == (500, 500)
    assert found["ws p50"].outcome == "better"


def test_what_was_open_before_a_period_is_open_in_it() -> None:
    source = excerpt(*EVENTS)

    found = rows(compared(Side("a", source, period(100, 605)), Side("b", source, period(100, 605)), silent))

    # 500 s open from 100 s on, one closure: 7.2 in an hour open
    assert found["closures in an hour open"].before == 7.2


def test_two_recordings_are_compared_as_the_command_does(tmp_path: Path) -> None:
    sides = []
    for name, events in (("before", drops(15, rtt_ms=80)), ("after", drops(0, rtt_ms=20))):
        path = tmp_path / f"{name}.wsmon"
        save(path, Excerpt(START_NS, WALL_NS, ONE, tuple(events)))
        sides.append(Side(name, lambda path=path: Replay(path)))  # type: ignore[misc]  # bound now
    told: list[float] = []

    found = compared(sides[0], sides[1], told.append)

    assert (found.before, found.after, rows(found)["closures, not forced"].outcome) == ("before", "after", "better")
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_period_of_which_nothing_is_kept_is_told() -> None:
    source = excerpt(*EVENTS, start_s=900)

    with pytest.raises(NothingToCompareError, match=r"^a: nothing is known of this time: memory has the last minutes"):
        compared(Side("a", source, period(100, 605)), Side("b", source, period(900, 1200)), silent)


def test_a_period_of_which_a_part_is_kept_says_which() -> None:
    events = [event for event in EVENTS if event.at_ns >= ns(900)]
    source = excerpt(*events, start_s=900)

    found = compared(Side("a", source, period(700, 1000)), Side("b", source, period(1000, 1200)), silent)

    assert found.problems == ("a: only its last 1:40 are known: memory has the last minutes only; Record keeps all",)


def test_sides_without_an_endpoint_in_common_are_told() -> None:
    others = tuple(EndpointConfig(name=name, url="ws://h/") for name in ("x", "y"))

    with pytest.raises(NothingToCompareError, match=r"no endpoint in common \(found: voice, x, y\)"):
        compared(Side("a", excerpt(*EVENTS)), Side("b", excerpt(endpoints=others)), silent)


def test_whoever_looks_how_far_it_is_can_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wsmon"
    save(path, Excerpt(START_NS, WALL_NS, ONE, tuple(EVENTS)))

    def stop(share: float) -> None:
        raise WsmonitorError("stopped")

    with pytest.raises(WsmonitorError, match="stopped"):
        compared(Side("a", lambda: Replay(path)), Side("b", lambda: Replay(path)), stop)
