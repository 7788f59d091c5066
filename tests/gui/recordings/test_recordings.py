"""Record, look again, export: the real files, a scripted session, no probe."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.gui.conftest import FakeProbe
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns, story
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.exports import FORMATS
from wsmonitor.exports.format import Format
from wsmonitor.facts.events import AnyEvent
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.recordings.recording_actions import KeepRecording
from wsmonitor.gui.recordings.recording_control import recordings_folder
from wsmonitor.gui.recordings.replay_session import ReplaySession
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.window.window import Window
from wsmonitor.recording import Replay, save
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.recording.reading import replay as reading
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.units import short_duration

EVENTS = tuple(story(120, life_s=30))
EXCERPT = Excerpt(START_NS, WALL_NS, ENDPOINTS, EVENTS)


class Script(FakeProbe):
    """A probe whose events the test hands out."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[AnyEvent] = []

    def take(self) -> list[AnyEvent]:
        events, self.waiting = self.waiting, []
        return events

    def call_on_arrival(self, arrived: object) -> None:
        """The test says when something comes."""


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def session(look: Look, script: Script, qapp: QApplication) -> Iterator[Session]:
    """A painted window on a live session that has seen nothing yet."""
    session = Session(script, Analyzer(START_NS, WALL_NS), Window(look))  # type: ignore[arg-type]  # takes and commands
    session.window.resize(1400, 860)
    session.window.show()
    QApplication.processEvents()
    session.whole.monitor.plots.load()
    yield session
    session.recording.close()
    session.whole.monitor.jobs.stop(5)
    session.replay.close()
    session.window.ask_before_close()
    session.window.close()
    session.controller.deleteLater()
    session.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two minutes, recorded."""
    path = tmp_path / "voice.wsmon"
    save(path, EXCERPT)
    return path


def live(session: Session, script: Script, events: tuple[AnyEvent, ...] = EVENTS) -> None:
    session.controller.add(ENDPOINTS)
    script.waiting = list(events)
    session.bridge.tick()
    while session.bridge.is_behind:
        session.bridge.tick()
    session.bridge.tick()  # what came late is shown once nothing waits any more


def until(qtbot: QtBot, session: Session, reached: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: not session.whole.monitor.jobs.is_busy and reached(), timeout=10_000)


def opened(qtbot: QtBot, session: Session, path: Path) -> None:
    session.replay.open(path)
    until(qtbot, session, lambda: session.replay.session is not None)
    session.bridge.tick()


def never_ends(replayed: ReplaySession, report: Callable[[float], None]) -> None:
    """Reading that somebody must cancel."""
    while True:
        report(0.5)


def test_a_recording_begun_late_has_what_was_seen_before(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path
) -> None:
    live(session, script)

    session.recording.start(tmp_path / "late.wsmon")
    with qtbot.waitSignal(session.recording.ended, timeout=10_000):
        session.recording.stop()

    rows = sqlite3.connect(tmp_path / "late.wsmon").execute("SELECT COUNT(*) FROM closure").fetchone()
    assert rows == (sum(type(event).__name__ == "ConnectionClosed" for event in EVENTS),)


def test_the_button_says_how_long_and_the_status_bar_how_much(session: Session, script: Script, tmp_path: Path) -> None:
    session.recording.start(tmp_path / "a.wsmon")

    assert session.window.actions_table["record"].text() == "Recording 00:00:00"
    assert session.window.status.recording.text().startswith("recording a.wsmon · ")
    session.recording.stop()
    assert session.window.actions_table["record"].text() == "Record"
    assert session.window.status.recording.text() == ""


def test_a_file_that_is_there_is_not_overwritten_and_monitoring_goes_on(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "mine.wsmon"
    path.write_text("mine")

    session.recording.start(path)

    assert not session.recording.is_recording
    assert path.read_text() == "mine"
    assert "exists already" in session.window.pages.empty.problem.text()


def test_quitting_asks_about_a_recording_without_a_name_and_throws_it_away_on_demand(
    qtbot: QtBot, session: Session, script: Script
) -> None:
    live(session, script)
    session.window.actions_table["record"].trigger()
    (path,) = session.recording.unsaved
    assert path.parent == recordings_folder()
    closed: list[bool] = []
    session.window.closed.connect(lambda: closed.append(True))

    session.window.close()
    keep = session.window.findChild(KeepRecording)
    assert closed == []
    assert keep is not None
    assert keep.isVisible()
    keep.cancel.click()
    assert session.recording.is_recording
    session.window.close()
    keep.discard.click()

    assert closed == [True]
    assert not path.exists()


def test_a_recording_and_changes_to_the_workspace_are_asked_about_in_one_question(
    session: Session, script: Script, tmp_path: Path
) -> None:
    workspaces, actions = session.whole.workspace_actions.workspaces, session.whole.workspace_actions
    file = tmp_path / "mine.toml"
    file.write_text('[[endpoint]]\nurl = "ws://h:1/a"\nname = "first"\n')
    actions.open(str(file))
    session.whole.endpoint_actions.add(EndpointConfig(name="second", url="ws://h:1/b"))
    session.recording.start()
    live(session, script)

    session.window.close()
    dialog = session.window.findChild(KeepRecording)
    assert dialog is not None
    assert (dialog.isVisible(), dialog.also.text()) == (True, "Save the changes to mine.toml")
    dialog.discard.click()

    assert "second" in file.read_text()
    assert not workspaces.is_changed
    assert session.window.isHidden()


def test_what_was_recorded_is_opened_from_where_it_is_said(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path
) -> None:
    session.recording.start(tmp_path / "run.wsmon")
    live(session, script)
    session.recording.stop()
    notice = session.whole.monitor.notice
    until(qtbot, session, lambda: notice.text.startswith("Recorded "))

    assert notice.offered == ["Open", "Show in folder"]
    notice.press(0)
    until(qtbot, session, lambda: session.replay.session is not None)
    assert session.replay.path == tmp_path / "run.wsmon"
    assert session.whole.monitor.replay.slider.width() >= 240


def test_a_named_recording_is_not_asked_about(session: Session, tmp_path: Path) -> None:
    session.recording.start(tmp_path / "named.wsmon")

    session.window.close()

    assert not session.window.isVisible()
    assert (tmp_path / "named.wsmon").exists()


def test_an_opened_recording_shows_what_live_showed(qtbot: QtBot, session: Session, script: Script, file: Path) -> None:
    opened(qtbot, session, file)

    monitor = session.whole.monitor
    assert monitor.isVisible()
    assert monitor.replay.isVisible()
    assert monitor.table.model().rowCount() == len(ENDPOINTS)
    assert not session.window.actions_table["connect"].isEnabled()
    span = monitor.plots.span
    assert span.start_s <= 0.0
    assert span.end_s >= 119
    session.replay.close()
    session.bridge.tick()
    assert session.window.pages.empty.isVisible()


def test_what_is_live_goes_on_behind_a_recording_and_comes_back(
    qtbot: QtBot, session: Session, script: Script, file: Path
) -> None:
    live(session, script, EVENTS[:100])
    opened(qtbot, session, file)
    script.waiting = list(EVENTS[100:200])
    session.bridge.tick()

    session.replay.close()
    session.bridge.tick()

    monitor = session.whole.monitor
    assert not monitor.replay.isVisible()
    assert monitor.snapshot is not None
    assert monitor.snapshot.log.end == session.live.snapshot(at_ns(120)).log.end > 0


def test_nothing_is_sent_to_live_endpoints_from_a_recording_and_a_new_endpoint_leaves_it(
    qtbot: QtBot, session: Session, script: Script, file: Path
) -> None:
    live(session, script, EVENTS[:100])
    opened(qtbot, session, file)
    script.commands.clear()

    session.whole.monitor.tabs.send.send.emit(b"x", True, False)
    assert script.commands == []

    session.controller.add([ENDPOINTS[0]])
    assert session.replay.session is None
    assert not session.whole.monitor.replay.isVisible()


def test_going_back_hides_what_was_not_yet_and_next_closure_steps_through(
    qtbot: QtBot, session: Session, file: Path
) -> None:
    opened(qtbot, session, file)
    replay = session.replay.session
    assert replay is not None

    seen = []
    for _ in range(3):
        session.whole.monitor.replay.next.click()
        until(qtbot, session, lambda: replay.position_ns < replay.end_ns)
        seen.append(len(replay.snapshot().closures))

    assert seen == [1, 2, 3]


def test_playing_from_the_end_begins_at_the_start_and_pauses(qtbot: QtBot, session: Session, file: Path) -> None:
    opened(qtbot, session, file)
    replay = session.replay.session
    assert replay is not None
    bar = session.whole.monitor.replay
    bar.speed.setCurrentIndex(5)

    bar.play.click()
    until(qtbot, session, lambda: replay.playback.is_playing)
    session.bridge.tick()

    assert START_NS <= replay.position_ns < replay.end_ns
    bar.play.click()
    assert not replay.playback.is_playing


def test_a_dropped_recording_is_opened(qtbot: QtBot, session: Session, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )

    session.window.dropEvent(event)
    until(qtbot, session, lambda: session.replay.path == file)


def test_a_damaged_file_shows_what_is_there_and_says_what_is_missing(
    qtbot: QtBot, session: Session, file: Path
) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: len(data) * 2 // 3])

    opened(qtbot, session, file)

    assert session.whole.monitor.notice.text.startswith("This recording is incomplete: ")


def test_a_file_that_is_no_recording_is_one_sentence(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "letter.wsmon"
    path.write_text("Dear reader")

    session.replay.open(path)
    until(qtbot, session, lambda: bool(session.window.pages.empty.problem.text()))

    assert "letter.wsmon" in session.window.pages.empty.problem.text()
    assert session.window.pages.empty.isVisible()


@pytest.mark.parametrize("form", [form for form in FORMATS if form.is_available], ids=lambda form: form.id)
def test_every_format_is_in_the_menu_and_written(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path, form: Format
) -> None:
    live(session, script)
    names = {action.objectName() for action in session.exports.menu.actions()}
    assert f"export_{form.id}" in names
    path = tmp_path / f"out{form.suffix}"

    session.exports.export_to(form, path)
    until(qtbot, session, path.exists)

    assert path.stat().st_size > 0
    assert session.whole.monitor.notice.text == f"Written: {path}."


def test_the_open_recording_is_what_is_exported(qtbot: QtBot, session: Session, file: Path, tmp_path: Path) -> None:
    opened(qtbot, session, file)
    form, path = next(one for one in FORMATS if one.id == "ndjson"), tmp_path / "out.ndjson"

    session.exports.export_to(form, path)
    until(qtbot, session, path.exists)

    types = [json.loads(line)["type"] for line in path.read_text().splitlines()]
    assert types.count("connection_closed") == sum(type(event).__name__ == "ConnectionClosed" for event in EVENTS)


def test_the_report_goes_to_the_clipboard(qtbot: QtBot, session: Session, script: Script) -> None:
    live(session, script)

    session.exports.copy_report()
    until(qtbot, session, lambda: QGuiApplication.clipboard().text().startswith("# WebSocket report"))


def test_an_export_that_cannot_be_written_says_why(qtbot: QtBot, session: Session, script: Script) -> None:
    live(session, script)

    session.exports.export_to(FORMATS[0], Path("/nowhere/at/all.ndjson"))
    until(qtbot, session, lambda: "cannot be written" in session.whole.monitor.notice.text)


def test_the_seconds_around_a_closure_are_kept_without_recording(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path
) -> None:
    live(session, script)
    monitor = session.whole.monitor
    monitor.tabs.all_endpoints.setChecked(True)
    table = monitor.tabs.closures.table
    table.setCurrentIndex(table.model().index(table.model().rowCount() - 1, 0))

    session.window.actions_table["save_clip"].trigger()
    dialog = session.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(tmp_path / "clip.wsmon"))
    dialog.done(0)
    until(qtbot, session, (tmp_path / "clip.wsmon").exists)

    opened(qtbot, session, tmp_path / "clip.wsmon")
    assert session.replay.session is not None
    assert len(session.replay.session.snapshot().closures) == 1


def test_a_clip_is_never_saved_onto_the_file_that_is_being_recorded(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path
) -> None:
    path = tmp_path / "run.wsmon"
    session.recording.start(path)
    live(session, script)

    session.exports._save(EXCERPT, str(path))
    until(qtbot, session, lambda: "is in use" in session.whole.monitor.notice.text)
    with qtbot.waitSignal(session.recording.ended, timeout=10_000):
        session.recording.stop()

    with Replay(path) as replay:
        assert sum(map(len, replay.batches())) == len(EVENTS)


def test_saving_elsewhere_that_fails_can_be_repeated(
    qtbot: QtBot, session: Session, script: Script, tmp_path: Path
) -> None:
    live(session, script)
    session.recording.start()
    session.recording.close()

    with qtbot.waitSignal(session.recording.said):
        session.recording.save_as(tmp_path / "no such folder" / "a.wsmon")
    assert session.recording.unsaved
    with qtbot.waitSignal(session.window.closed):
        session.recording.save_as(tmp_path / "a.wsmon")
        session.window.close()
        assert "Still saving" in session.whole.monitor.notice.text

    assert session.recording.unsaved == ()
    with Replay(tmp_path / "a.wsmon") as replay:
        assert sum(map(len, replay.batches())) > 0


def test_what_a_recording_follows_is_not_called_live(qtbot: QtBot, session: Session, file: Path) -> None:
    follow = session.window.actions_table["live"]
    opened(qtbot, session, file)
    in_the_recording = follow.text()

    session.replay.close()

    assert (in_the_recording, follow.text()) == ("Follow", "Live")
    assert follow.toolTip() == "Follow what happens now (L)"


def test_next_closure_stays_with_the_selected_endpoint(qtbot: QtBot, session: Session, file: Path) -> None:
    opened(qtbot, session, file)
    replay = session.replay.session
    assert replay is not None
    ended = {one.endpoint for one in replay.snapshot().closures}
    key = next(view.key for view in replay.snapshot().endpoints if view.name in ended)
    without = ("nobody", 0)

    first = replay.closure_after(key)
    assert first is not None
    replay.jump(first[0], lambda share: None)
    following = replay.closure_after(key)

    mine = [one.at_ns for one in replay.snapshot().closures if one.endpoint == key[0]]
    assert following is not None
    assert {first[1], following[1]} == {key}
    assert mine == [first[0]]
    assert replay.closure_after(without) is not None


def test_the_button_for_the_next_closure_asks_for_that_of_the_selected_endpoint(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    save(
        tmp_path / "two.wsmon", Excerpt(START_NS, WALL_NS, ENDPOINTS, tuple(story(100, life_s=20)))
    )  # the second ends at 80 s
    opened(qtbot, session, tmp_path / "two.wsmon")
    replay = session.replay.session
    assert replay is not None
    ends = replay.snapshot().closures
    later = next(one for one in ends if one.endpoint != ends[0].endpoint)
    session.window.table.select((later.endpoint, later.slot))

    session.whole.monitor.replay.next_pressed.emit()
    until(qtbot, session, lambda: replay.position_ns == later.at_ns)

    assert session.window.table.current_key() == (later.endpoint, later.slot)


def test_what_is_read_can_be_seen_before_all_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_EVENTS_AT_ONCE", 20)
    replayed, seen = ReplaySession(file), list[tuple[bool, int]]()

    replayed.load(lambda share: seen.append((replayed.tick(), replayed.snapshot().at_ns)))

    times_ns = [at_ns for _, at_ns in seen]
    assert len(seen) > 3
    assert all(is_news for is_news, _ in seen)
    assert times_ns == sorted(set(times_ns))
    assert replayed.start_ns < times_ns[0] < times_ns[-1] <= replayed.position_ns == replayed.end_ns
    replayed.close()


def test_while_a_recording_is_read_its_own_time_is_said_and_nothing_about_what_is_not_read_yet(
    qtbot: QtBot, session: Session, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "shorter.wsmon", Excerpt(START_NS, WALL_NS, ENDPOINTS, tuple(story(60, life_s=30))))
    opened(qtbot, session, file)
    bar, notice = session.whole.monitor.replay, session.whole.monitor.notice
    monkeypatch.setattr(ReplaySession, "load", never_ends)
    session.replay.open(tmp_path / "shorter.wsmon")
    qtbot.waitUntil(lambda: session.replay.path == tmp_path / "shorter.wsmon", timeout=10_000)

    bar.next_pressed.emit()

    assert session.replay.session is not None
    length_ns = session.replay.session.end_ns - session.replay.session.start_ns
    assert bar.position.text() == f"{short_duration(0)} of {short_duration(length_ns)}"
    assert notice.text == ""
    session.replay.close()


def test_a_recording_that_is_being_opened_is_shown_and_can_be_given_up(
    qtbot: QtBot, session: Session, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReplaySession, "load", never_ends)
    session.replay.open(file)
    qtbot.waitUntil(lambda: session.replay.session is not None, timeout=10_000)
    assert session.whole.monitor.jobs.is_busy
    assert session.whole.monitor.replay.isVisible()

    session.replay.close()

    until(qtbot, session, lambda: session.replay.session is None)
    assert session.whole.monitor.replay.isHidden()
    assert not session.window.pages.shows_recording


def test_where_a_second_recording_is_given_up_the_first_is_shown_again_as_it_was(
    qtbot: QtBot, session: Session, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "second.wsmon", Excerpt(START_NS, WALL_NS, ENDPOINTS, tuple(story(60, life_s=30))))
    opened(qtbot, session, file)
    until(qtbot, session, lambda: not session.whole.monitor.jobs.is_busy)
    first = session.replay.session
    assert first is not None
    first.jump(at_ns(20), lambda share: None)
    shown = first.snapshot()
    monkeypatch.setattr(ReplaySession, "load", never_ends)
    session.replay.open(tmp_path / "second.wsmon")
    qtbot.waitUntil(lambda: session.replay.path == tmp_path / "second.wsmon", timeout=10_000)

    session.replay.close()
    until(qtbot, session, lambda: session.replay.session is first)

    assert file.name in session.window.windowTitle()
    assert session.window.pages.shows_recording
    assert (first.position_ns, first.snapshot().closures) == (shown.at_ns, shown.closures)
    assert session.bridge.snapshot().closures == shown.closures
    first.jump(first.end_ns, lambda share: None)
    assert len(first.snapshot().closures) > len(shown.closures)
