"""An analyzer that goes on from a checkpoint says what one says that saw everything: of real software, as recorded."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corpus.real.recorded import Recording, recordings
from wsmonitor.analysis import checkpoints
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.checkpoints import Checkpoints
from wsmonitor.analysis.log import LogRow
from wsmonitor.analysis.series.levels import SeriesView
from wsmonitor.analysis.snapshot import Snapshot


@pytest.fixture(scope="module")
def runs() -> list[Recording]:
    return [run for run in recordings() if len(run.events) > 50]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), kept=st.floats(0, 1), other=st.floats(0, 1))
def test_from_a_checkpoint_on_everything_is_as_if_all_was_read(
    runs: list[Recording], place: float, kept: float, other: float
) -> None:
    run = runs[round(place * (len(runs) - 1))]
    first, second = sorted(round(share * len(run.events)) for share in (kept, other))
    read, found = analyzer(run), Checkpoints()
    read.feed(run.events[:first])
    found.keep(read, at_ns=0, batch=0, events=first)
    read.feed(run.events[first:])

    for stop in (second, len(run.events)):
        gone_on = found.before(0).analyzer()
        gone_on.feed(run.events[first:stop])
        assert list(shown(gone_on, run, stop)) == list(shown(straight(run, stop), run, stop)), run.name
    assert list(shown(read, run, len(run.events))) == list(shown(straight(run, len(run.events)), run, len(run.events)))


def test_what_one_shows_does_not_change_while_another_goes_on_otherwise(runs: list[Recording]) -> None:
    run = max(runs, key=lambda one: len(one.events))
    half = len(run.events) // 2
    read, found = analyzer(run), Checkpoints()
    read.feed(run.events[:half])
    found.keep(read, at_ns=0, batch=0, events=half)
    read.feed(run.events[half:])
    before = read.snapshot(run.events[-1].at_ns)
    told = list(said(before))

    found.before(0).analyzer().feed(run.events[half::2])

    assert list(said(before)) == told


def test_the_nearest_that_knows_nothing_later_is_taken_and_there_are_never_too_many(
    runs: list[Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "MOST", 8)
    read, found = analyzer(runs[0]), Checkpoints()

    for number in range(100):
        if found.is_due(number * checkpoints.FIRST_STEP):
            found.keep(read, at_ns=number, batch=number, events=number * checkpoints.FIRST_STEP)

    places = {found.before(at_ns).at_ns for at_ns in range(100)}
    assert 4 <= len(places) <= 8
    assert min(places) == 0
    assert max(places) > 80
    assert all(found.before(at_ns).at_ns <= at_ns for at_ns in range(100))


def test_they_take_no_more_memory_than_they_may(runs: list[Recording], monkeypatch: pytest.MonkeyPatch) -> None:
    read = analyzer(runs[0])
    monkeypatch.setattr(checkpoints, "MOST_BYTES", 200_000)
    found = Checkpoints()

    for number, event in enumerate(runs[0].events):
        read.feed([event])
        found.keep(read, at_ns=event.at_ns, batch=0, events=number)

    kept = {id(one): one for one in (found.before(event.at_ns) for event in runs[0].events)}
    assert len(kept) > 1
    assert sum(len(one.copied) for one in kept.values()) <= 200_000


def test_rows_that_are_painted_meanwhile_do_no_harm(runs: list[Recording], monkeypatch: pytest.MonkeyPatch) -> None:
    read = straight(runs[0], len(runs[0].events))
    log = read.snapshot(runs[0].events[-1].at_ns).log
    assert len(log.rows(log.end - 2, log.end)) == 2
    asked = checkpoints._Pickler.reducer_override

    def paint(pickler: checkpoints._Pickler, one: object) -> object:
        if isinstance(one, LogRow):
            log.rows(log.first, log.end)
        return asked(pickler, one)

    monkeypatch.setattr(checkpoints._Pickler, "reducer_override", paint)

    Checkpoints().keep(read, at_ns=0, batch=0, events=0)


def analyzer(run: Recording) -> Analyzer:
    made = Analyzer(run.events[0].at_ns, 0)
    made.add_endpoint(run.config)
    return made


def straight(run: Recording, stop: int) -> Analyzer:
    made = analyzer(run)
    made.feed(run.events[:stop])
    return made


def shown(of: Analyzer, run: Recording, stop: int) -> Iterator[object]:
    yield from said(of.snapshot(run.events[max(0, stop - 1)].at_ns))
    yield of.summary(run.events[max(0, stop - 1)].at_ns)


def said(snapshot: Snapshot) -> Iterator[object]:
    """All that a snapshot says, as what can be compared."""
    for view in snapshot.endpoints:
        fields = {name: getattr(view, name) for name in view.__struct_fields__}
        history, diagnosed = fields.pop("history"), fields.pop("said")
        yield repr(fields)
        yield repr((diagnosed.findings, diagnosed.past, dict(diagnosed.explained)))
        planes = (history.missed, history.spoiled, history.buffered, history.closures.plane, history.openings.plane)
        for series in (*history.round_trips.values(), *planes, history.sent.seconds, history.received.seconds):
            yield from numbers(series)
        yield repr((history.sent.newest, history.received.newest, history.forced))
        yield history.states.transitions.between(-np.inf, np.inf).tolist()
        yield from numbers(history.session.lag)
    yield repr((snapshot.closures, snapshot.failures, snapshot.health, snapshot.experiments))
    for log in (snapshot.log, snapshot.messages):
        yield log.first, log.end, log.count(None), [row.text for row in log.rows(log.first, log.end)]


def numbers(series: SeriesView) -> Iterator[bytes]:
    for rows in (series.raw, *series.levels):
        yield rows.between(-np.inf, np.inf).tobytes()
