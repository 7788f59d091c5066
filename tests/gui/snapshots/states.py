"""The states of the window that pictures are taken of, by name: each puts a live session into one."""

from collections.abc import Callable
from functools import partial

from msgspec import structs
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.experiments import story as experiments
from tests.gui.recordings.test_recordings import Script
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns, story
from tests.gui.tap import story as tap
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import AlertChanged, AnyEvent, EndpointEvent, Note
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.session import Session
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.gui.window.window import Window
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig

Shown = Callable[[Session], QWidget]
"""Brings a session that has seen the story into a state; the widget to take a picture of."""
UNTIL_S = 150.0


def session_of(look: Look, size: tuple[int, int], script: Script) -> Session:
    """A window of this size on a session that has seen nothing yet."""
    session = Session(script, Analyzer(START_NS, WALL_NS), Window(look))  # type: ignore[arg-type]  # takes and commands
    session.window.resize(*size)
    session.window.show()
    QApplication.processEvents()
    session.whole.monitor.plots.load()
    return session


def tell(session: Session, *events: AnyEvent) -> None:
    """Let the session see these, and show it."""
    session.live.feed([*events])
    show(session)


def show(session: Session, at_s: float = UNTIL_S) -> None:
    """Show what is known, until nothing moves any more."""
    for _ in range(3):
        session.whole.show_snapshot(session.live.snapshot(at_ns(at_s)))
        QApplication.processEvents()


def picture(widget: QWidget, scale: float = 1.0) -> QImage:
    """What it paints on a screen with so many pixels a point."""
    pixmap = QPixmap(widget.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    widget.render(pixmap)
    return pixmap.toImage()


def _story(session: Session) -> QWidget:
    session.controller.add(ENDPOINTS)
    tell(session, *story(UNTIL_S, life_s=30))
    return session.window


def _tab(tab: Tab, session: Session) -> QWidget:
    _story(session)
    session.whole.monitor.tabs.bar.setCurrentIndex(tab)
    show(session)
    return session.window


def _marked(session: Session) -> QWidget:
    _story(session)
    plots = session.whole.monitor.plots
    assert plots.stack is not None
    plots.focus_on(40, 90)
    plots.stack.set_mark_at("A", 50.0)
    plots.stack.set_mark_at("B", 80.0)
    alert = AlertChanged(at_ns=at_ns(131), endpoint=ENDPOINTS[0].name, rule="drops often", raised=True, text="3 drops")
    tell(session, Note(at_ns=at_ns(130), text="deployed 1.4", moment_ns=at_ns(100)), alert)
    return session.window


def _lens(session: Session) -> QWidget:
    _tab(Tab.CLOSURES, session)
    session.window.actions_table["lens"].trigger()
    show(session)
    return session.window


def _many(session: Session) -> QWidget:
    told = [event for event in story(60, life_s=20) if isinstance(event, EndpointEvent) and not event.is_sample]
    by_name = {config.name: [event for event in told if event.endpoint == config.name] for config in ENDPOINTS}
    fates = list(by_name.values())
    configs = [EndpointConfig(name=f"feed {number:02}", url=f"ws://host{number % 3}/") for number in range(60)]
    session.controller.add(configs)
    for number, config in enumerate(configs):
        events = [structs.replace(event, endpoint=config.name) for event in fates[number % len(fates)]]
        session.live.feed([*events])
    show(session, 60)
    return session.window


def _experiments(session: Session) -> QWidget:
    _story(session)
    tell(session, *experiments.STARTED, *experiments.ENDED, experiments.answered())
    session.whole.monitor.tabs.bar.setCurrentIndex(Tab.EXPERIMENTS)
    show(session)
    return session.window


def _tap(session: Session) -> QWidget:
    session.controller.add([tap.SHOP])
    tell(
        session, tap.listening(), *tap.came(0, "python", 4242), *tap.came(1, "node", 4343), tap.fault("latency", "50ms")
    )
    return session.window


def _dialog(action: str, session: Session) -> QWidget:
    _marked(session)
    session.window.actions_table[action].trigger()
    QApplication.processEvents()
    return QApplication.activeModalWidget() or session.window


def _alerts(session: Session) -> QWidget:
    rule = AlertRule(name="slow", when="p99>200ms in 1m", endpoints=("voice*",), sound=True)
    _marked(session)
    session.whole.workspace_actions.workspaces.change_alerts((AlertRule(name="drops", when="drops>=3 in 5m"), rule))
    session.alerts.ask()
    QApplication.processEvents()
    assert session.alerts.dialog is not None
    return session.alerts.dialog


def _nothing(session: Session) -> QWidget:
    session.window.pages.show_endpoints(shown=False)
    QApplication.processEvents()
    return session.window


STATES: dict[str, Shown] = {
    "empty": _nothing,
    "story": _story,
    "events": partial(_tab, Tab.EVENTS),
    "messages": partial(_tab, Tab.MESSAGES),
    "ends": partial(_tab, Tab.ENDS),
    "send": partial(_tab, Tab.SEND),
    "marked": _marked,
    "lens": _lens,
    "many": _many,
    "experiments": _experiments,
    "tap": _tap,
    "edit": partial(_dialog, "edit"),
    "preferences": partial(_dialog, "preferences"),
    "compare": partial(_dialog, "compare"),
    "alerts": _alerts,
}
