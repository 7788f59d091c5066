"""Opens recordings in the window: from the command line, a dialog, or dropped on it; plays them; closes them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from wsmonitor.facts.events import Key
from wsmonitor.gui.feed.bridge import Bridge
from wsmonitor.gui.feed.job import Job, Progress
from wsmonitor.gui.look.file_dialog import ask_open
from wsmonitor.gui.recordings.recording_control import recordings_folder
from wsmonitor.gui.recordings.replay_session import CancelledReplayError, ReplaySession
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.pages import Pages
from wsmonitor.text.plain_text import visible

_PERIOD_MS = 100
_NEEDS_LIVE = ("add", "edit", "remove", "connect", "stop", "disconnect", "hold_off", "record")


class ReplayActions(QObject):
    """One recording at a time; what is live goes on behind it and comes back when it is closed."""

    def __init__(self, actions: Actions, bridge: Bridge, monitor: MonitorView, pages: Pages, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions, self._bridge, self._pages, self._window = actions, bridge, pages, parent
        self._bar, self._jobs, self._plots = monitor.replay, monitor.jobs, monitor.plots
        self._table = monitor.table
        self.session: ReplaySession | None = None
        self._is_opening = False
        self._before: ReplaySession | None = None
        """What was shown when another recording was opened, until that is read."""
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._show_position)
        self._bar.play_pressed.connect(self._play)
        self._bar.next_pressed.connect(self._next_closure)
        self._bar.jumped.connect(self._jump_to_share)
        self._bar.speed_chosen.connect(self._set_speed)
        self._bar.closed.connect(self.close)
        for name in ("open_recording", "play"):
            actions[name].setEnabled(True)
        actions["open_recording"].triggered.connect(self._ask)
        actions["play"].triggered.connect(self._play)

    @property
    def path(self) -> Path | None:
        """The recording that is shown."""
        return None if self.session is None else self.session.path

    def open(self, path: Path) -> None:
        """Show `path` instead of what is live, as far as it is read, which a thread does."""
        if self._jobs.is_busy:
            self._pages.say("One thing at a time: wait for what runs, or cancel it")
            return
        job = Job(f"Opening {path.name}", partial(_load, path), self)
        job.told.connect(self._begun)
        job.done.connect(self._opened)
        job.failed.connect(self._say_failed)
        self._pages.show_recording(shown=True)
        self._jobs.run(job)

    def close(self) -> None:
        """Back to what is live; while it is being opened, give that up."""
        if self._is_opening and (job := self._jobs.job) is not None:
            job.cancel()
            return
        session, self.session = self.session, None
        self._timer.stop()
        self._bar.hide()
        self._bridge.show_replay(None)
        if session is not None:
            session.close()
        self._enable(live=True)
        self._window.setWindowTitle("wsmonitor")
        self._pages.show_recording(shown=False)
        self._plots.show_recent()

    def leave(self) -> None:
        """An endpoint was added: what is live is wanted now."""
        if self.session is not None and not self._jobs.is_busy:
            self.close()

    def _begun(self, session: object) -> None:
        assert isinstance(session, ReplaySession)
        if self.session is not None:
            self.session.playback.pause()
        self._before, self._is_opening = self.session, True
        self._show(session)

    def _show(self, session: ReplaySession) -> None:
        self.session = session
        self._bar.name.say(f"Recording · {visible(session.path.name, 200)}")
        self._bar.show()
        self._enable(live=False)
        self._window.setWindowTitle(f"{visible(session.path.name, 80)} – wsmonitor")
        self._bridge.show_replay(session)
        self._timer.start()
        self._show_position()
        self._plots.show_everything()

    def _opened(self, session: object) -> None:
        assert isinstance(session, ReplaySession)
        self._is_opening = False
        if self._before is not None:
            self._before.close()
            self._before = None
        self._set_speed(float(self._bar.speed.currentText().removesuffix("×")))
        self._bridge.refresh()
        self._show_position()
        if session.problems:
            self._pages.say(f"This recording is incomplete: {'; '.join(session.problems)}", stays=True)

    def _play(self) -> None:
        session = self.session
        if session is None or self._jobs.is_busy:
            return
        if session.playback.is_playing:
            session.playback.pause()
        elif session.position_ns >= session.end_ns:
            self._go(session.start_ns, then=session.playback.play)
        else:
            session.playback.play()
        self._plots.follow()

    def _next_closure(self) -> None:
        session = self.session
        if session is None or self._jobs.is_busy:
            return  # what is not read yet may have one
        end = session.closure_after(self._table.current_key())
        if end is None:
            self._pages.say("No connection ended in this recording")
        else:
            self._go(end[0], then=partial(self._show_end, *end))

    def _show_end(self, at_ns: int, key: Key) -> None:
        """On the plots, marked, with its endpoint selected: that one may be another where this one has no end."""
        self._table.select(key)
        self._plots.show_moment(at_ns)
        self._plots.mark([at_ns])

    def _jump_to_share(self, share: float) -> None:
        if self.session is not None:
            length_ns = self.session.end_ns - self.session.start_ns
            self._go(self.session.start_ns + round(length_ns * share))

    def _set_speed(self, speed: float) -> None:
        if self.session is not None:
            self.session.playback.set_speed(speed)

    def _go(self, at_ns: int, then: Callable[[], None] | None = None) -> None:
        if self.session is None or self._jobs.is_busy:
            return
        self._bridge.show_replay(None, hold=True)
        job = Job("Going there", partial(_jump, self.session, at_ns), self)
        job.done.connect(partial(self._arrived, then))
        job.failed.connect(partial(self._arrived, None))
        self._jobs.run(job)

    def _arrived(self, then: Callable[[], None] | None, result: object) -> None:
        if self.session is None:
            return
        self._bridge.show_replay(self.session)
        self._bridge.tick()
        if then is not None:
            then()
        self._show_position()

    def _show_position(self) -> None:
        session = self.session
        if session is not None and (self._is_opening or not self._jobs.is_busy):
            playing = session.playback.is_playing
            self._bar.show_position(session.position_ns, session.start_ns, session.end_ns, playing=playing)

    def _ask(self) -> None:
        ask_open(self._window, "Open a recording", recordings_folder(), "Recordings (*.wsmon)", self._answered)

    def _answered(self, path: str) -> None:
        self.open(Path(path))

    def _say_failed(self, text: str) -> None:
        if self._is_opening:
            self._is_opening = False
            self._go_back()
        self._pages.show_recording(shown=self.session is not None)
        self._pages.say(text or "Opening was cancelled")

    def _go_back(self) -> None:
        """To what was shown before a recording was not opened after all."""
        given_up, before = self.session, self._before
        self._before = None
        if given_up is None or before is None:
            self.close()
            return
        given_up.close()
        self._show(before)

    def _enable(self, *, live: bool) -> None:
        for name in _NEEDS_LIVE:
            self._actions[name].setEnabled(live)
        words, what = ("Live", "what happens now") if live else ("Follow", "what is played")
        self._actions["live"].setText(words)
        self._actions["live"].setToolTip(f"Follow {what} (L)")


def _load(path: Path, progress: Progress) -> ReplaySession:
    session = ReplaySession(path)
    progress.tell(session)
    try:
        session.load(partial(_report, progress))
    except CancelledReplayError:
        session.close()
        raise
    return session


def _jump(session: ReplaySession, at_ns: int, progress: Progress) -> None:
    session.jump(at_ns, progress.report)


def _report(progress: Progress, share: float) -> None:
    progress.report(share)
    if progress.is_cancelled():
        raise CancelledReplayError
