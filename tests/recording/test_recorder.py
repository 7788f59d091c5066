"""Recording from a thread of its own: what gets into the file, and what happens when it cannot."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.analysis.facts import NAME, analyzer, message, ns, opened, queued, rtt
from tests.recording.session import ENDPOINTS, excerpt, story
from wsmonitor.facts.events import AnyEvent, SamplesDropped, StateChanged
from wsmonitor.recording import Recorder, RecordingError, RecordingOptions, Replay, schema
from wsmonitor.recording import recorder as recorder_module
from wsmonitor.recording.backlog import Backlog
from wsmonitor.recording.store import Item, Store
from wsmonitor.recording.view_rows import Finding


def record(path: Path, events: list[AnyEvent], options: RecordingOptions | None = None) -> Recorder:
    recorder = Recorder(path, options)
    recorder.start()
    for config in ENDPOINTS:
        recorder.add_endpoint(config)
    for start in range(0, len(events), 40):
        recorder.write(events[start : start + 40])
    recorder.close()
    return recorder


def read(path: Path) -> list[AnyEvent]:
    with Replay(path) as replay:
        return [event for batch in replay.batches() for event in batch]


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    events: list[AnyEvent] = [opened(1), rtt(2, 3.5), message(3, payload=b"\x00\xff"), message(3, payload="ü".encode())]

    recorder = record(tmp_path / "run.wsmon", events)

    assert read(tmp_path / "run.wsmon") == events
    assert (recorder.status.events, recorder.status.error, recorder.status.is_active) == (4, "", False)


def test_a_clean_end_leaves_one_plain_file(tmp_path: Path) -> None:
    record(tmp_path / "run.wsmon", story())

    assert [path.name for path in tmp_path.iterdir()] == ["run.wsmon"]
    assert (tmp_path / "run.wsmon").read_bytes()[18:20] == b"\x01\x01"  # not WAL: it opens on read-only media too


def test_others_may_query_the_file_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Store.write
    has_committed = threading.Event()

    def write_and_tell(store: Store, items: Sequence[Item], *, are_context: bool = False) -> None:
        write(store, items, are_context=are_context)
        has_committed.set()

    monkeypatch.setattr(Store, "write", write_and_tell)
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder.start()

    recorder.write([rtt(1, 5.0)])
    assert has_committed.wait(5)
    others = sqlite3.connect(tmp_path / "run.wsmon")
    seen = others.execute("SELECT endpoint, kind, rtt_ms FROM rtt").fetchall()
    others.close()
    recorder.close()

    assert seen == [("voice", "ws", 5.0)]


def test_commits_follow_each_other_within_a_quarter_of_a_second() -> None:
    assert recorder_module.COMMIT_S <= 0.15


def test_a_recording_can_begin_late_with_what_is_still_known(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon")

    recorder.start(excerpt(story()[:50]))
    recorder.write(story()[50:])
    recorder.close()

    with Replay(tmp_path / "run.wsmon") as replay:
        assert [one.name for one in replay.endpoints] == ["voice", "chat"]
        assert replay.start_ns == excerpt().start_ns
        assert sum(map(len, replay.batches())) == len(story())


def test_an_existing_file_is_never_replaced_by_itself(tmp_path: Path) -> None:
    (tmp_path / "run.wsmon").write_text("mine")

    with pytest.raises(RecordingError, match="exists already"):
        Recorder(tmp_path / "run.wsmon").start()

    assert (tmp_path / "run.wsmon").read_text() == "mine"


def test_an_existing_file_is_replaced_if_asked(tmp_path: Path) -> None:
    record(tmp_path / "run.wsmon", story())

    record(tmp_path / "run.wsmon", [opened(1)], RecordingOptions(overwrite=True))

    assert len(read(tmp_path / "run.wsmon")) == 1


def test_a_file_in_use_is_not_replaced_even_if_asked(tmp_path: Path) -> None:
    running = Recorder(tmp_path / "run.wsmon")
    running.start()

    with pytest.raises(RecordingError, match="is in use"):
        Recorder(tmp_path / "run.wsmon", RecordingOptions(overwrite=True)).start()

    running.close()
    assert running.status.error == ""


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no folder"):
        Recorder(tmp_path / "none" / "run.wsmon").start()


def test_a_start_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "create", _full)

    with pytest.raises(RecordingError, match=r"run\.wsmon.*full"):
        Recorder(tmp_path / "run.wsmon").start()

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    failed = threading.Event()
    sentences: list[str] = []

    def note(sentence: str) -> None:
        sentences.append(sentence)
        failed.set()

    recorder = Recorder(tmp_path / "run.wsmon", on_error=note)
    recorder.start()
    assert recorder._store is not None
    recorder._store._connection.execute("PRAGMA max_page_count = 40")  # SQLite says the same of a full disk
    recorder.write(story() * 20)
    assert failed.wait(5)
    recorder.write(story())
    recorder.close()

    assert sentences == [recorder.status.error]
    assert "full" in recorder.status.error
    assert "\n" not in recorder.status.error
    assert not recorder.status.is_active


def test_a_file_that_vanishes_ends_the_recording_with_a_sentence(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder.start()
    for path in tmp_path.iterdir():
        path.unlink()

    recorder.write([opened(1)])
    recorder.close()

    assert "was moved or deleted" in recorder.status.error


@pytest.mark.expects_log("wsmonitor.recording.recorder")
def test_a_bug_of_ours_ends_the_recording_and_not_the_monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "write", _raise)

    recorder = record(tmp_path / "run.wsmon", [opened(1)])

    assert "recording stopped" in recorder.status.error


def test_past_its_bound_the_backlog_refuses_samples_and_keeps_changes_of_state() -> None:
    backlog = Backlog(limit_bytes=1000)

    backlog.put([rtt(at_s, 1.0) for at_s in range(10)])
    backlog.put([opened(20)])
    kept = backlog.take(0.0)

    assert kept is not None
    assert backlog.refused == 6
    assert isinstance(kept[-2], StateChanged)
    assert isinstance(kept[-1], SamplesDropped)


def test_the_bound_counts_what_messages_carry() -> None:
    backlog = Backlog(limit_bytes=1000)

    backlog.put([message(at_s, payload=b"x" * 1000) for at_s in range(3)])
    kept = backlog.take(0.0)

    assert kept is not None
    assert [type(item).__name__ for item in kept] == ["Message", "SamplesDropped"]
    backlog.put([message(4), message(5)])
    assert backlog.refused == 2, "what was taken no longer counts"


def test_a_backlog_is_full_at_its_bound_and_counts_each_item_alike() -> None:
    backlog = Backlog(limit_bytes=900)

    backlog.put([opened(1), rtt(2, 1.0), queued(3, 4), rtt(4, 1.0)])
    assert backlog.refused == 1
    backlog.take(0.0)
    backlog.put([opened(1), rtt(2, 1.0), queued(3, 4), rtt(4, 1.0)])
    assert backlog.refused == 2


def test_a_backlog_that_was_cleared_or_closed_takes_nothing_more() -> None:
    cleared, closed_one = Backlog(), Backlog()
    for backlog in (cleared, closed_one):
        backlog.put([opened(1)])
    cleared.clear()
    closed_one.close()

    for backlog in (cleared, closed_one):
        backlog.put([opened(2)])

    assert cleared.take(0.0) is None
    assert closed_one.take(0.0) == [opened(1)]
    assert closed_one.take(0.0) is None


def test_refused_messages_count_all_the_same_once_they_are_played(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder._backlog = Backlog(limit_bytes=1000)
    recorder.start(excerpt([]))
    recorder.write([message(at_s, direction="tx") for at_s in range(10)])
    recorder.close()

    (summary,) = analyzer(*read(tmp_path / "run.wsmon")).summary(ns(20))
    assert summary.messages_sent == 10


def test_what_was_refused_is_said_in_the_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder._backlog = Backlog(limit_bytes=1000)
    recorder.start(excerpt([]))
    recorder.write([rtt(at_s, 1.0) for at_s in range(10)])
    recorder.close()

    dropped = [event for event in read(tmp_path / "run.wsmon") if isinstance(event, SamplesDropped)]
    assert [event.count for event in dropped] == [6]
    assert recorder.status.dropped == 6


def test_text_that_no_file_can_hold_is_mended(tmp_path: Path) -> None:
    record(tmp_path / "run.wsmon", [StateChanged(at_ns=ns(1), endpoint="v", old="idle", new="open", cause="\ud800!")])  # type: ignore[arg-type]  # as JSON may say it

    (event,) = read(tmp_path / "run.wsmon")
    assert isinstance(event, StateChanged)
    assert event.cause == "?!"


def test_what_was_true_before_is_known_to_a_replay_and_in_no_view(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder.start(replace(excerpt([]), context=(opened(1, connection=7),)))
    assert recorder.status.is_active
    recorder.close()

    assert read(tmp_path / "run.wsmon") == [opened(1, connection=7)]
    assert query(tmp_path / "run.wsmon", "SELECT * FROM state") == []


def test_a_file_says_how_it_was_made_and_how_it_ended(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "run.wsmon", RecordingOptions(payload="none"))
    recorder._backlog = Backlog(limit_bytes=1000)
    recorder.start()
    recorder.write([rtt(at_s, 1.0) for at_s in range(10)])
    recorder.close()

    said = dict(query(tmp_path / "run.wsmon", "SELECT key, value FROM meta"))
    assert (said["payload"], said["part"], said["dropped"]) == ("none", 1, 6)
    assert recorder.status.size_bytes == (tmp_path / "run.wsmon").stat().st_size
    assert recorder.status.is_active is False


def test_a_finding_is_kept_without_the_secrets_that_its_words_quote(tmp_path: Path) -> None:
    told = {"rule": "refused", "severity": "problem", "confidence": 0.9, "summary": "ws://h/?token=s3cret is refused"}
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder.start(excerpt([]))
    recorder.write_findings([Finding(at_ns=ns(1), endpoint=NAME, **told)])  # type: ignore[arg-type]  # as they are
    recorder.close()

    ((summary,),) = query(tmp_path / "run.wsmon", "SELECT summary FROM finding")
    assert "refused" in summary
    assert "s3cret" not in summary


def test_a_disk_that_does_not_answer_is_waited_for_as_long_as_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    monkeypatch.setattr(Store, "write", lambda *_, **__: may_go_on.wait(10))
    recorder = Recorder(tmp_path / "run.wsmon")
    recorder.start()
    recorder.write([opened(1)])

    recorder.close(0.01)
    may_go_on.set()

    assert "the disk did not answer for 0.01 s" in recorder.status.error
    recorder._thread.join(10)


def query(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def _full(_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def _raise(*_: object, **__: object) -> None:
    raise ZeroDivisionError
