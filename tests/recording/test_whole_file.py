"""What is at a path stays whole: a save, an export or a move ends well or changes nothing."""

import os
import sqlite3
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.recording.session import excerpt, recorded
from wsmonitor.exports import FORMATS
from wsmonitor.exports.writing import ExportError, export
from wsmonitor.recording import Recorder, RecordingError, RecordingOptions, Replay, save
from wsmonitor.recording.store import Store
from wsmonitor.recording.whole_file import move_parts

OVER = RecordingOptions(payload="full", overwrite=True)


def events_in(path: Path) -> int:
    with Replay(path) as replay:
        events = sum(map(len, replay.batches()))
        assert replay.problems == []
        return events


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def break_disk(monkeypatch: pytest.MonkeyPatch, after: int = 1) -> None:
    """The disk is full after so many commits."""
    write, left = Store.write, [after]

    def full(store: Store, items: object, *, are_context: bool = False) -> None:
        left[0] -= 1
        if left[0] < 0:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        write(store, items, are_context=are_context)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(Store, "write", full)


def test_saving_over_a_file_replaces_it_once_the_new_one_is_whole(tmp_path: Path) -> None:
    path = recorded(tmp_path / "clip.wsmon", excerpt().events[:5])  # type: ignore[arg-type]  # a list or not

    save(path, excerpt(), OVER)

    assert events_in(path) == len(excerpt().events)
    assert names(tmp_path) == ["clip.wsmon"]


def test_a_full_disk_while_saving_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(tmp_path / "clip.wsmon")
    before = path.read_bytes()
    break_disk(monkeypatch)

    with pytest.raises(RecordingError, match="is full"):
        save(path, excerpt(), OVER)

    assert path.read_bytes() == before
    assert names(tmp_path) == ["clip.wsmon"]


def test_a_failure_that_nobody_foresaw_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Store, "finish", fail)

    with pytest.raises(ZeroDivisionError):
        save(tmp_path / "clip.wsmon", excerpt())

    assert names(tmp_path) == []
    assert open_files(tmp_path) == []


@pytest.mark.parametrize("what", ["a clip", "an export"])
def test_the_file_that_is_being_recorded_is_never_replaced(tmp_path: Path, what: str) -> None:
    path = tmp_path / "run.wsmon"
    recorder = Recorder(path)
    recorder.start(excerpt([]))
    try:
        write = partial(save, path, excerpt(), OVER)
        if what == "an export":
            write = partial(export, excerpt(), FORMATS[0], path, force=True)
        with pytest.raises((RecordingError, ExportError), match="is in use"):
            write()
        recorder.write(excerpt().events)
    finally:
        recorder.close()

    assert recorder.status.error == ""
    assert events_in(path) == len(excerpt().events)
    assert names(tmp_path) == ["run.wsmon"]


def test_an_export_never_replaces_the_recording_that_it_reads(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    with Replay(path) as replay, pytest.raises(ExportError, match="is the recording that is exported"):
        export(replay, FORMATS[0], path, force=True, recording=path)

    assert events_in(path) == len(excerpt().events)


def two_parts(folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    return [recorded(folder / "run.wsmon"), recorded(folder / "run-002.wsmon", list(excerpt().events[:7]))]


def test_a_recording_of_several_files_moves_as_one(tmp_path: Path) -> None:
    parts = two_parts(tmp_path / "from")

    moved = move_parts(parts, tmp_path / "mine.wsmon")

    assert [path.name for path in moved] == ["mine.wsmon", "mine-002.wsmon"]
    assert [events_in(path) for path in moved] == [len(excerpt().events), 7]
    assert names(tmp_path / "from") == []
    assert names(tmp_path) == ["from", "mine-002.wsmon", "mine.wsmon"]


def test_a_later_part_takes_a_free_name_and_overwrites_nothing(tmp_path: Path) -> None:
    parts = two_parts(tmp_path / "from")
    (tmp_path / "mine-002.wsmon").write_text("somebody's")

    moved = move_parts(parts, tmp_path / "mine.wsmon")

    assert (tmp_path / "mine-002.wsmon").read_text() == "somebody's"
    assert [events_in(path) for path in moved] == [len(excerpt().events), 7]


@pytest.mark.parametrize("links", [True, False], ids=["links", "copies"])
def test_a_move_that_fails_half_way_changes_nothing_and_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    parts = two_parts(tmp_path / "from")
    (tmp_path / "mine.wsmon").write_text("to be replaced")
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with monkeypatch.context() as broken:
        broken.setattr("wsmonitor.recording.whole_file._copy", fails_at_second())
        with pytest.raises(RecordingError, match="cannot be written"):
            move_parts(parts, tmp_path / "mine.wsmon")

    assert (tmp_path / "mine.wsmon").read_text() == "to be replaced"
    assert names(tmp_path) == ["from", "mine.wsmon"]
    assert names(tmp_path / "from") == ["run-002.wsmon", "run.wsmon"]

    assert [events_in(path) for path in move_parts(parts, tmp_path / "mine.wsmon")] == [len(excerpt().events), 7]


def test_a_first_part_that_cannot_take_its_name_takes_the_later_ones_back(tmp_path: Path) -> None:
    parts = two_parts(tmp_path / "from")
    other = Recorder(tmp_path / "mine.wsmon")
    other.start()

    with pytest.raises(RecordingError, match="is in use"):
        move_parts(parts, tmp_path / "mine.wsmon")
    other.close()

    assert names(tmp_path) == ["from", "mine.wsmon"]
    assert names(tmp_path / "from") == ["run-002.wsmon", "run.wsmon"]


@pytest.mark.parametrize("name", ["run.wsmon", "run-002.wsmon"])
def test_a_recording_saved_over_one_of_its_own_files_loses_nothing(tmp_path: Path, name: str) -> None:
    parts = two_parts(tmp_path)

    moved = move_parts(parts, tmp_path / name)

    assert [events_in(path) for path in moved] == [len(excerpt().events), 7]
    assert len(names(tmp_path)) == 2


def test_a_rotation_that_fails_leaves_no_store_open_and_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for broken in ("finish", "write"):
        folder = tmp_path / broken
        folder.mkdir()
        recorder = Recorder(folder / "run.wsmon", RecordingOptions(rotate_bytes=1))
        recorder.start(excerpt([]))
        with monkeypatch.context() as patched:
            if broken == "finish":
                patched.setattr(Store, "finish", full_disk)
            else:
                break_disk(patched, after=1)
            recorder.write(excerpt().events[:3])
            recorder._backlog.put(excerpt().events[3:5])
            while not recorder.status.error:
                recorder.write(excerpt().events[:3])
                recorder._thread.join(0.02)
        recorder.close()

        assert open_files(folder) == []
        assert not (folder / "run-002.wsmon").exists()


def full_disk(*_: object, **__: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def no_links(*_: object, **__: object) -> None:
    raise OSError(1, "no hard links here")


def fails_at_second() -> object:
    from wsmonitor.recording.whole_file import _copy

    count = [0]

    def copy(source: Path, target: Path) -> None:
        count[0] += 1
        if count[0] == 2:
            raise OSError(28, "No space left on device")
        _copy(source, target)

    return copy


def open_files(folder: Path) -> list[str]:
    """Files of `folder` that this process holds open; empty where nobody can tell."""
    held = Path("/proc/self/fd")
    links = []
    for one in held.iterdir() if held.exists() else ():
        with suppress(OSError):  # the one that lists them
            links.append(os.readlink(one))
    return [link for link in links if link.startswith(str(folder))]
