"""A recording read back through the same analyzer gives what was seen live."""

import sqlite3
from pathlib import Path

import pytest

from tests.analysis.facts import START_NS, WALL_NS, ns
from tests.recording.session import ENDPOINTS, recorded, story
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import RecordingError, RecordingOptions, Replay
from wsmonitor.recording.reading.decoding import Decoder, read_config
from wsmonitor.recording.store import Store, claim

END_NS = ns(130)


def live() -> Analyzer:
    analyzer = Analyzer(START_NS, WALL_NS)
    for config in ENDPOINTS:
        analyzer.add_endpoint(config)
    analyzer.feed(story())
    return analyzer


def replayed(path: Path) -> Analyzer:
    with Replay(path) as replay:
        analyzer = Analyzer(replay.start_ns, replay.wall_ns)
        for config in replay.endpoints:
            analyzer.add_endpoint(config)
        for batch in replay.batches():
            analyzer.feed(batch)
    return analyzer


def change(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_a_replay_gives_the_same_numbers_as_live(tmp_path: Path) -> None:
    again = replayed(recorded(tmp_path / "run.wsmon"))

    assert again.summary(END_NS) == live().summary(END_NS)


def test_a_replay_shows_the_same_rows_closures_and_plots_as_live(tmp_path: Path) -> None:
    again, first = replayed(recorded(tmp_path / "run.wsmon")).snapshot(END_NS), live().snapshot(END_NS)

    assert again.closures == first.closures
    assert again.wall == first.wall
    assert [row.text for row in again.log.rows(0, 99)] == [row.text for row in first.log.rows(0, 99)]
    for left, right in zip(again.endpoints, first.endpoints, strict=True):
        assert (left.state, left.p50_ns, left.p99_ns, left.loss, left.sparkline) == (
            right.state, right.p50_ns, right.p99_ns, right.loss, right.sparkline,
        )  # fmt: skip
        for kind in ("ws", "app", "tcp"):
            ours = left.history.round_trips[kind].read(0, 130, 500)
            theirs = right.history.round_trips[kind].read(0, 130, 500)
            assert ours.x.tolist() == theirs.x.tolist()
            assert ours.high.tobytes() == theirs.high.tobytes()


def test_progress_goes_from_nothing_to_everything(tmp_path: Path) -> None:
    events: list[AnyEvent] = story() * 40
    with Replay(recorded(tmp_path / "run.wsmon", events)) as replay:
        steps = [replay.progress for _ in replay.batches()]

        assert steps == sorted(steps)
        assert len(steps) > 3
        assert steps[0] < 0.5
        assert (replay.progress, replay.events, replay.problems) == (1.0, len(events), [])


def test_a_recording_that_still_runs_says_how_far_it_goes(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")
    change(path, "DELETE FROM meta WHERE key IN ('end_ns', 'events')")

    with Replay(path) as replay:
        list(replay.batches())

        assert not replay.was_ended
        assert [problem[:38] for problem in replay.problems] == ["the recording was not ended properly, "]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty: nothing was recorded"),
        (b"hello", "not a recording of wsmonitor .it is no SQLite file."),
        (b"SQLite format 3\0" + bytes(200), "an SQLite file of another program"),
    ],
)
def test_a_file_that_is_no_recording_is_said_so(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "run.wsmon").write_bytes(content)

    with pytest.raises(RecordingError, match=sentence):
        Replay(tmp_path / "run.wsmon")


def test_a_file_of_a_newer_version_asks_for_an_update(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")
    change(path, "PRAGMA user_version = 2")

    with pytest.raises(RecordingError, match=r"newer wsmonitor .format 2; this one reads up to 1.: update it"):
        Replay(path)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no file"):
        Replay(tmp_path / "run.wsmon")


def test_kinds_of_events_that_are_not_known_yet_are_passed_over(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon", story()[:3])
    future = '{"type":"from_the_future","at_ns":1},'
    change(path, f"UPDATE batch SET events = '[{future}' || substr(events, 2)")

    with Replay(path) as replay:
        assert sum(map(len, replay.batches())) == 3
        assert [problem[:36] for problem in replay.problems] == ["1 events are of kinds that this vers"]


def test_a_field_of_a_configuration_that_is_not_known_yet_is_passed_over() -> None:
    config = read_config("v", '{"name":"v","url":"ws://h/","warp":9,"connections":3,"ping":{"speed":1}}')

    assert (config.name, config.url, config.connections) == ("v", "ws://h/", 3)


def test_a_batch_that_is_no_json_counts_as_skipped() -> None:
    decoder = Decoder()

    assert decoder.events(b'[{"type":"loop_lag","at_ns":1,') == []
    assert decoder.skipped == 1


def test_a_killed_recorders_file_opens_with_its_log_beside_it(tmp_path: Path) -> None:
    claim(tmp_path / "run.wsmon", overwrite=False)
    store = Store(tmp_path / "run.wsmon", start_ns=START_NS, wall_ns=WALL_NS, facts={})
    store.write(story())
    for path in list(tmp_path.iterdir()):  # as a kill leaves them
        (tmp_path / "copy").mkdir(exist_ok=True)
        (tmp_path / "copy" / path.name).write_bytes(path.read_bytes())
    store.finish(dropped=0)

    with Replay(tmp_path / "copy" / "run.wsmon") as replay:
        assert sum(map(len, replay.batches())) == len(story())
        assert len(replay.problems) == 1


def test_a_killed_recorders_file_without_the_log_beside_it_says_what_is_missing(tmp_path: Path) -> None:
    claim(tmp_path / "run.wsmon", overwrite=False)
    store = Store(tmp_path / "run.wsmon", start_ns=START_NS, wall_ns=WALL_NS, facts={})
    store.write(story())
    (tmp_path / "copy.wsmon").write_bytes((tmp_path / "run.wsmon").read_bytes())
    store.finish(dropped=0)

    with Replay(tmp_path / "copy.wsmon") as replay:
        assert list(replay.batches()) == []
        assert "they are in copy.wsmon-wal, which is not here" in replay.problems[0]


def test_options_default_to_the_head_of_messages() -> None:
    assert (RecordingOptions().payload, RecordingOptions().head_bytes) == ("head", 256)


def test_of_a_recording_that_grows_while_it_is_read_nothing_is_read_twice(tmp_path: Path) -> None:
    path, events = tmp_path / "run.wsmon", story()
    claim(path, overwrite=False)
    store = Store(path, start_ns=START_NS, wall_ns=WALL_NS, facts={})
    store.write(events[:10])
    with Replay(path) as replay:
        store.write(events[10:20])
        read = [event for batch in replay.batches() for event in batch]
        store.write(events[20:30])

        read += [event for batch in replay.batches_after(replay.batch) for event in batch]

    store.abandon()
    assert read == events[:30]
