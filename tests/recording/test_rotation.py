"""A limit of size or time goes on in a new file that can be opened by itself."""

from pathlib import Path

from tests.analysis.facts import NAME, START_NS, WALL_NS, ns, opened, rtt
from tests.recording.session import ENDPOINTS
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent, ClockAnchor, State
from wsmonitor.recording import Recorder, RecordingOptions, Replay
from wsmonitor.recording.flight.context import Context
from wsmonitor.recording.flight.excerpt import Excerpt

ANCHOR = ClockAnchor(at_ns=ns(0), wall_ns=1_700_000_000_000_000_000)


def record_slowly(path: Path, options: RecordingOptions) -> Recorder:
    """Ten events of 10 s each, with a commit after each."""
    recorder = Recorder(path, options)
    recorder.start(Excerpt(START_NS, WALL_NS, ENDPOINTS[:1], ()))
    _commit(recorder, [ANCHOR, opened(1, connection=7)])
    for number in range(1, 10):
        _commit(recorder, [rtt(10.0 * number, 3.0, connection=7)])
    recorder.close()
    return recorder


def _commit(recorder: Recorder, events: list[AnyEvent]) -> None:
    before = recorder.status.events
    recorder.write(events)
    while recorder.status.events == before and not recorder.status.error:
        recorder._thread.join(0.005)


def test_a_file_that_spans_too_long_is_followed_by_another(tmp_path: Path) -> None:
    recorder = record_slowly(tmp_path / "run.wsmon", RecordingOptions(rotate_s=30))

    assert [path.name for path in recorder.status.paths] == ["run.wsmon", "run-002.wsmon", "run-003.wsmon"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run-002.wsmon", "run-003.wsmon", "run.wsmon"]


def test_a_later_file_knows_what_still_holds(tmp_path: Path) -> None:
    recorder = record_slowly(tmp_path / "run.wsmon", RecordingOptions(rotate_s=30))

    with Replay(recorder.status.paths[-1]) as replay:
        analyzer = Analyzer(replay.start_ns, replay.wall_ns)
        for config in replay.endpoints:
            analyzer.add_endpoint(config)
        for batch in replay.batches():
            analyzer.feed(batch)
        (row,) = analyzer.snapshot(replay.end_ns).endpoints
        assert (row.name, row.state, row.connection) == (NAME, State.OPEN, 7)
        assert replay.start_ns == ns(60)
        assert replay.wall_ns - replay.start_ns == ANCHOR.wall_ns - ANCHOR.at_ns


def test_only_the_newest_files_are_kept_if_asked(tmp_path: Path) -> None:
    recorder = record_slowly(tmp_path / "run.wsmon", RecordingOptions(rotate_s=30, keep_parts=2))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["run-002.wsmon", "run-003.wsmon"]
    assert len(recorder.status.paths) == 2


def test_a_file_that_grows_too_large_is_followed_by_another(tmp_path: Path) -> None:
    recorder = record_slowly(tmp_path / "run.wsmon", RecordingOptions(rotate_bytes=1))

    assert len(recorder.status.paths) == 10
    assert recorder.status.events == 11


def test_context_knows_the_newest_state_of_every_slot() -> None:
    context = Context()
    for event in (ANCHOR, opened(1), opened(2, slot=1, connection=2), opened(3, connection=3)):
        context.feed(event)

    assert context.events() == [ANCHOR, opened(2, slot=1, connection=2), opened(3, connection=3)]
