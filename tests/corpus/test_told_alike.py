"""Of the same events the window, `watch`, a replay and a report say the same."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.corpus.record import Recording, recordings
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.headline import headline
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.diagnosis.findings import Finding, PastFinding
from wsmonitor.exports import FORMATS
from wsmonitor.exports.report.markdown_text import plain
from wsmonitor.exports.writing import export
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.recordings.replay_session import ReplaySession
from wsmonitor.recording import save
from wsmonitor.recording.flight.excerpt import Excerpt

FRAME_NS = 33_000_000
WALL_NS = 1_790_000_000_000_000_000

Said = tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Told:
    """What somebody who looks learns of one endpoint."""

    headline: str
    findings: Said
    past: tuple[tuple[str, str, str], ...]
    explained: frozenset[tuple[tuple[int, int], str]]
    closures: tuple[tuple[int, int], ...]


def first_cell(text: str) -> str | None:
    """What the first row says last; `None` for a table without rows."""
    return next((next(reversed(row.values())) for row in csv.DictReader(io.StringIO(text))), None)


BEGINNINGS: dict[str, Callable[[str], str | None]] = {
    "ndjson": lambda text: json.loads(text.splitlines()[0])["text"],
    "har": lambda text: json.loads(text)["log"]["comment"].partition(": ")[2],
    "csv": first_cell,
    "csv-closures": first_cell,
    "csv-summary": first_cell,
}
"""Where each format has the line that the window shows above its plots."""


def told(snapshot: Snapshot, name: str) -> Told:
    view = next(view for view in snapshot.endpoints if view.name == name)
    return Told(
        headline(snapshot, name).text,
        said(view.findings),
        gone(view.said.past),
        frozenset(view.said.explained.items()),
        tuple((one.number, one.at_ns) for one in snapshot.closures),
    )


def said(findings: tuple[Finding, ...]) -> Said:
    return tuple((one.rule, one.sentence, one.confidence.value) for one in findings if one.pending is None)


def gone(past: tuple[PastFinding, ...]) -> tuple[tuple[str, str, str], ...]:
    return tuple((one.finding.rule, one.how, one.reason) for one in past)


def analyzer_for(one: Recording) -> Analyzer:
    analyzer = Analyzer(one.events[0].at_ns, WALL_NS)
    analyzer.add_endpoint(one.config)
    return analyzer


def in_window(one: Recording) -> Snapshot:
    """A snapshot a frame, as the window takes them."""
    analyzer, batch = analyzer_for(one), list[AnyEvent]()
    for event in one.events:
        if batch and event.at_ns - batch[0].at_ns > FRAME_NS:
            analyzer.feed(batch)
            analyzer.snapshot(batch[-1].at_ns)
            batch = []
        batch.append(event)
    analyzer.feed(batch)
    return analyzer.snapshot(one.events[-1].at_ns)


@pytest.mark.parametrize("one", recordings(), ids=lambda one: one.name)
def test_the_same_events_are_told_alike_everywhere(one: Recording, tmp_path: Path) -> None:
    name, end_ns = one.config.name, one.events[-1].at_ns
    window = told(in_window(one), name)

    watch = analyzer_for(one)
    watch.feed(one.events)
    (summary,) = watch.summary(end_ns)
    assert (said(summary.findings), gone(summary.past)) == (window.findings, window.past)

    file, report = tmp_path / "one.wsmon", tmp_path / "one.md"
    excerpt = Excerpt(one.events[0].at_ns, WALL_NS, (one.config,), tuple(one.events))
    save(file, excerpt)
    replay = ReplaySession(file)
    replay.load(lambda share: None)
    assert told(replay.snapshot(), name) == window
    export(replay.replay, next(form for form in FORMATS if form.id == "markdown"), report)
    for form in FORMATS:
        if form.id in BEGINNINGS:
            export(replay.replay, form, tmp_path / form.id)
    replay.close()
    for form_id, beginning in BEGINNINGS.items():
        assert beginning((tmp_path / form_id).read_text()) in (window.headline, None), form_id
    text = report.read_text()
    assert plain(window.headline) in text
    assert [plain(sentence) in text for _, sentence, _ in window.findings] == [True] * len(window.findings)
    assert [plain(reason) in text for _, _, reason in window.past] == [True] * len(window.past)
