"""The monitor is honest about itself: the probe's health, and what the window costs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from wsmonitor.gui.feed.frame_meter import FrameMeter
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Health, Snapshot

STARTING = "probe starting"


def probe_text(health: "Health", now_ns: int) -> str:
    """How the measurement does, in one line."""
    if health.probe == "starting":
        return STARTING
    if health.probe == "lost":
        ago = units.short_duration(now_ns - health.probe_since_ns)
        reason = f" ({visible(health.probe_reason, 80)})" if health.probe_reason else ""
        return f"measurement stopped {ago} ago{reason}, restarting"
    lag = "" if health.loop_lag_p99_ns is None else f" · loop lag p99 {units.milliseconds(health.loop_lag_p99_ns)} ms"
    skipped = f" · {health.skipped:,} not analysed" if health.skipped else ""
    return f"probe ok{lag} · dropped {health.dropped:,}{skipped}"


_NAMES_FROM = 1250


class StatusBar(QWidget):
    """The measurement, the endpoints, the recording, the window."""

    def __init__(self, meter: FrameMeter, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._meter = meter
        self.probe = self._label()
        self.probe.setText(STARTING)
        self.endpoints = self._label()
        self.window_cost = self._label()
        self.recording = self._label()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 12, 4)
        row.setSpacing(16)
        row.addWidget(self.probe)
        row.addStretch(1)
        row.addWidget(self.endpoints)
        row.addStretch(1)
        row.addWidget(self.recording)
        row.addWidget(self.window_cost)

    def show_snapshot(self, snapshot: "Snapshot") -> None:
        """Show the health of `snapshot` and the meter's numbers."""
        lost = snapshot.health.probe == "lost"
        self.probe.setText(probe_text(snapshot.health, snapshot.at_ns))
        if self.probe.objectName() != (name := "error" if lost else "muted"):
            self.probe.setObjectName(name)
            self.probe.style().unpolish(self.probe)
            self.probe.style().polish(self.probe)
        opened = sum(view.state.is_open for view in snapshot.endpoints)
        closures = len(snapshot.closures)
        noun = "closure" if closures == 1 else "closures"
        self.endpoints.setText(f"{opened} of {len(snapshot.endpoints)} open · {closures:,} {noun}")
        cost = self._meter.cost()
        self.window_cost.setText(
            f"frame p99 {cost.p99_ms:.1f} ms · {cost.per_second:.0f} fps · {cost.memory_mb:.0f} MB"
        )

    def show_recording(self, name: str, text: str) -> None:
        """Say how the recording `name` does; empty while there is none. A narrow window does without the name."""
        has_room = self.width() >= _NAMES_FROM
        self.recording.setText(f"recording {name} · {text}" if has_room and text else text)
        self.recording.setToolTip(name)

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setObjectName("muted")
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label
