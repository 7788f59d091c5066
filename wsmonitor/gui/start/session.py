"""The session behind the painted window: its event loop, what feeds it, what it commands, and how it ends."""

import asyncio
import signal
import socket
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import qasync
from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QApplication

from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.gui.alerts.alert_actions import AlertActions
from wsmonitor.gui.feed.bridge import Bridge
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.feed.live_session import LiveSession
from wsmonitor.gui.lab.lab_control import END_S
from wsmonitor.gui.lab.process import Lab
from wsmonitor.gui.lab.stories import STORIES
from wsmonitor.gui.recordings.compare_actions import CompareActions
from wsmonitor.gui.recordings.export_actions import ExportActions, Exported
from wsmonitor.gui.recordings.recording_actions import RecordingActions
from wsmonitor.gui.recordings.recording_control import RecordingControl
from wsmonitor.gui.recordings.replay_actions import ReplayActions
from wsmonitor.gui.start.collector import Collector
from wsmonitor.gui.start.first_paint import Painted
from wsmonitor.gui.start.log_file import start_log
from wsmonitor.gui.start.options import WindowOptions
from wsmonitor.gui.start.remembered import save_settings
from wsmonitor.gui.start.screenshot import take_screenshot
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.window import Window
from wsmonitor.probe.client import ProbeClient
from wsmonitor.probe.launch import yield_to_measuring

_REST_S = 0.3
"""Between looks at what the probe says while nobody wants it at once."""
_SETTLE_S = 0.5
"""Until what was opened for a screenshot has its final size."""


def run(options: WindowOptions, painted: Painted, client: ProbeClient, lab: Lab | None) -> int:
    """Serve the window until it is closed; the exit code. The probe `client` is started already."""
    start_log()
    yield_to_measuring()
    with asyncio.Runner(loop_factory=partial(qasync.QEventLoop, painted.application)) as runner:
        return runner.run(_serve(options, painted, client, lab))


async def _serve(options: WindowOptions, painted: Painted, client: ProbeClient, lab: Lab | None) -> int:
    ended = asyncio.Event()
    painted.window.closed.connect(ended.set)
    settings = painted.settings
    analyzer = Analyzer(time.monotonic_ns(), time.time_ns())
    session = Session(client, analyzer, painted.window)
    _end_on_signals(ended, painted.window)  # now that there is something to end: until here a signal ends all at once
    session.whole.use(settings)
    session.open(options, lab)
    collector = Collector(session.window)
    collector.start()
    if options.screenshot is None and not settings.hints_seen:
        session.whole.monitor.hints.start()
    if settings.reopen and settings.recent and not session.controller.configs and not options.is_occupied:
        session.whole.workspace_actions.reopen(settings.recent[0])
    if options.screenshot is None:
        await ended.wait()
        code = 0
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), options.after_s)
        if options.press:
            session.window.actions_table[options.press].trigger()
            await asyncio.sleep(_SETTLE_S)
        code = take_screenshot(session.window, options.screenshot, session.bridge.snapshot())
    if options.screenshot is None:
        save_settings(session.whole.settings())
    collector.stop()
    await session.close()
    return code


class Session:
    """What feeds `window` and what it commands; a test makes one with a source of its own."""

    def __init__(self, client: ProbeClient, analyzer: Analyzer, window: Window) -> None:
        application = QApplication.instance()
        assert application is not None
        self._client = client
        self.live = LiveSession(analyzer, say=window.pages.say)
        self.controller = Controller(client, self.live, application)
        self.window = window
        self.whole = whole = WholeWindow(window, self.controller)
        source = self.controller.trials.sift(client)
        actions, toolbar, pages, monitor = window.actions_table, window.toolbar, window.pages, whole.monitor
        self.bridge = Bridge(source, self.live, window, is_watched=self._is_watched, is_recording=self._is_recording)
        self.recording = RecordingControl(self.live, self._recording_name, window)
        self.replay = ReplayActions(actions, self.bridge, monitor, pages, window)
        recording_actions = RecordingActions(self.recording, toolbar, window.status, pages, window)
        recording_actions.unsaved_changes = whole.workspace_actions
        recording_actions.open_wanted.connect(self.replay.open)
        exported = Exported(self.live.recent, self._recorded, self.live.clip)
        self.exports = ExportActions(exported, toolbar, monitor, pages, save_clip=actions["save_clip"])
        self.compare = CompareActions(
            actions, monitor, window.look, window, recent=self.live.recent, recorded=self._recorded
        )
        self.alerts = AlertActions(
            self.live,
            whole.workspace_actions.workspaces,
            controller=self.controller,
            notifications=whole.preferences.notifications,
            pages=pages,
            parent=window,
        )
        actions["alerts"].setEnabled(True)
        actions["alerts"].triggered.connect(self.alerts.ask)
        window.status.alerts_clicked.connect(actions["alerts"].trigger)
        whole.workspace_actions.recording_wanted.connect(self.replay.open)
        window.ask_before_close(recording_actions.may_close, whole.workspace_actions.may_close)
        client.call_on_arrival(self.bridge.woken.emit)
        self.bridge.hurried.connect(self._pace)
        self.bridge.ticked.connect(self._measure)
        self.bridge.snapshot_taken.connect(whole.show_snapshot)
        self.bridge.fed.connect(whole.preferences.notifications.hear)
        self.controller.endpoints_changed.connect(self.replay.leave)
        self.controller.endpoints_changed.connect(self.bridge.refresh)

    def open(self, options: WindowOptions, lab: Lab | None) -> None:
        """Show the window and monitor what was asked for."""
        self.controller.add(options.endpoints)
        if options.record is not None:
            self.recording.start(options.record, overwrite=options.force)
        if options.recording is not None:
            self.replay.open(options.recording)
        if options.workspace is not None:
            self.whole.workspace_actions.workspaces.adopt(options.workspace, options.endpoints)
        if lab is not None:
            self.whole.lab.use(lab)
        if options.story is not None:
            self.whole.lab.play(STORIES[options.story - 1])
        self.window.show()
        self.bridge.start()

    async def close(self) -> None:
        """End everything that was started here; the window goes first."""
        self._client.call_on_arrival(None)
        self.bridge.stop()
        self.whole.preferences.notifications.stop()
        self.alerts.close()
        self.compare.close()
        self.window.hide()
        self.recording.close()
        self._client.quit()  # it closes its connections while the lab ends
        self.whole.monitor.jobs.stop(0.5)
        self.whole.lab.close(END_S)
        self.window.deleteLater()

    def _recorded(self) -> Path | None:
        """The file to export: the open recording, else the one that runs."""
        status = self.recording.status if self.recording.is_recording else None
        return self.replay.path or (status.paths[-1] if status is not None else None)

    def _recording_name(self) -> str:
        configs = self.controller.configs
        return configs[0].name if len(configs) == 1 else "session"

    def _pace(self, is_hurried: bool) -> None:
        self._client.rest_s = 0.0 if is_hurried else _REST_S

    def _is_recording(self) -> bool:
        return self.live.recorder is not None

    def _measure(self, seconds: float) -> None:
        self.window.meter.work(seconds)

    def _is_watched(self) -> bool:
        return self.window.is_watched


def _end_on_signals(ended: asyncio.Event, parent: QObject) -> None:
    """Ctrl+C and SIGTERM end the window like closing it; a byte on a socket lets Python notice them at once."""
    loop = asyncio.get_running_loop()
    heard, told = socket.socketpair()
    told.setblocking(False)

    def end(number: int, frame: object) -> None:
        loop.call_soon_threadsafe(ended.set)

    def hear() -> None:
        heard.recv(64)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
    signal.set_wakeup_fd(told.detach())  # it stays, as the handlers do
    QSocketNotifier(heard.fileno(), QSocketNotifier.Type.Read, parent).activated.connect(hear)
