"""The monitor is honest about itself: the probe's health, and what the window costs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.feed.frame_meter import FrameMeter
from wsmonitor.gui.look.labels import LinkLabel, plain_label
from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.words import plain
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.analysis.endpoints.tap_fold import TapView
    from wsmonitor.analysis.snapshot import Health, Snapshot
    from wsmonitor.facts.events import AlertChanged

STARTING = "probe starting"


def probe_text(health: "Health", now_ns: int) -> str:
    """How the measurement does, in one line."""
    if health.probe == "starting":
        return STARTING
    if health.probe == "lost":
        ago = units.short_duration(now_ns - health.probe_since_ns)
        reason = f" ({visible(health.probe_reason, 80)})" if health.probe_reason else ""
        return f"measurement stopped {ago} ago{reason}, restarting"
    lag = "" if health.loop_lag_p99_ns is None else f" · loop lag p99 {units.round_trip(health.loop_lag_p99_ns)}"
    skipped = f" · {health.skipped:,} not analysed" if health.skipped else ""
    behind = f" · shown {units.short_duration(health.behind_ns)} late" if health.behind_ns else ""
    return f"probe ok{lag} · dropped {health.dropped:,}{skipped}{behind}"


def tap_text(taps: "list[TapView]") -> str:
    """What the slowest of the taps adds to what passes; empty while nothing does."""
    dwells_ns = [tap.dwell_p99_ns for tap in taps if tap.dwell_p99_ns is not None]
    return f" · tap adds p99 {units.round_trip(max(dwells_ns))}" if dwells_ns else ""


_NAMES_FROM = 1250
_NAMED_ALERTS = 12


class StatusBar(QWidget):
    """The measurement, the endpoints, alerts that stand, the recording, the window."""

    alerts_clicked = Signal()

    def __init__(self, meter: FrameMeter, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._meter = meter
        self._raised: tuple[AlertChanged, ...] = ()
        self.probe = plain_label(self, name="muted")
        self.probe.setText(STARTING)
        self.endpoints = plain_label(self, name="muted")
        self.alerts = LinkLabel(self)
        self.alerts.setWordWrap(False)
        self.alerts.setAccessibleName("Alerts")
        self.alerts.hide()
        self.alerts.pressed.connect(self.alerts_clicked)
        self.window_cost = plain_label(self, name="muted")
        self.recording = plain_label(self, name="muted")
        in_row(
            self.probe,
            ...,
            self.endpoints,
            self.alerts,
            ...,
            self.recording,
            self.window_cost,
            within=self,
            margins=(12, 3, 12, 4),
            spacing=16,
        )

    def show_snapshot(self, snapshot: "Snapshot") -> None:
        """Show the health of `snapshot` and the meter's numbers."""
        lost = snapshot.health.probe == "lost"
        taps = [view.tap for view in snapshot.tapped if view.tap is not None]
        self.probe.setText(probe_text(snapshot.health, snapshot.at_ns) + tap_text(taps))
        if self.probe.objectName() != (name := "error" if lost else "muted"):
            self.probe.setObjectName(name)
            self.probe.style().unpolish(self.probe)
            self.probe.style().polish(self.probe)
        opened = sum([view.state.is_open for view in snapshot.endpoints])
        closures = units.counted(sum([view.closures for view in snapshot.endpoints]), "closure")
        self.endpoints.setText(f"{opened} of {len(snapshot.endpoints)} open · {closures}")
        self._show_alerts(snapshot)
        cost = self._meter.cost()
        self.window_cost.setText(
            f"frame p99 {cost.p99_ms:.1f} ms · {cost.per_second:.0f} fps · {cost.memory_mb:.0f} MB"
        )

    def show_recording(self, name: str, text: str) -> None:
        """Say how the recording `name` does; empty while there is none. A narrow window does without the name."""
        has_room = self.width() >= _NAMES_FROM
        self.recording.setText(f"recording {name} · {text}" if has_room and text else text)
        self.recording.setToolTip(name)

    def _show_alerts(self, snapshot: "Snapshot") -> None:
        raised = snapshot.alerts.raised
        if raised is self._raised:
            return
        self._raised = raised
        text = f"\u25b2 {units.counted(len(raised), 'alert')}"
        self.alerts.setText(text)
        named = [visible(f"{one.rule} \u00b7 {one.endpoint}: {one.text}", 160) for one in raised[:_NAMED_ALERTS]]
        more = [f"and {len(raised) - _NAMED_ALERTS:,} more"] if len(raised) > _NAMED_ALERTS else []
        self.alerts.setToolTip(plain("\n".join([*named, *more])))
        self.alerts.setVisible(bool(raised))
