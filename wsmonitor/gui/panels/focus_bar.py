"""One line above the plots while a focus period is chosen: which, and what its numbers say."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from wsmonitor.analysis.focus import Focus, FocusNumbers
from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui import words
from wsmonitor.gui.moments import Moments


class FocusBar(QWidget):
    """Hidden until `show_focus`; `zoom_wanted` and `clear_wanted` are its two buttons."""

    zoom_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, moments: Moments, parent: QWidget) -> None:
        super().__init__(parent)
        self._moments = moments
        self.setObjectName("focusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 6, 3)
        row.addWidget(self.label, 1)
        for text, hint, signal in (
            ("Zoom to it", "Show just this period", self.zoom_wanted),
            ("Clear", "Numbers of the whole session again (Esc)", self.clear_wanted),
        ):
            button = QToolButton(self)
            button.setText(text)
            button.setToolTip(hint)
            button.setAccessibleName(f"Focus period: {text}")
            button.setObjectName("flat")
            button.clicked.connect(signal)
            row.addWidget(button)
        self.hide()

    def show_focus(self, focus: Focus | None, snapshot: Snapshot, view: EndpointView | None) -> None:
        """Say the numbers of `view` within `focus`; hidden without a focus."""
        if focus is None:
            self.hide()
            return
        text = period_text(focus, snapshot, self._moments)
        if view is not None:
            text = f"{text} · {numbers_text(focus.numbers(view, snapshot))}"
        if self.label.text() != text:
            self.label.setText(text)
        self.show()


def period_text(focus: Focus, snapshot: Snapshot, moments: Moments) -> str:
    """`Focus 14:31:05.2 to 14:31:38.4 (33.2 s)`."""
    start, end = (moments.clock(snapshot, at, digits=1) for at in (focus.start_ns(snapshot), focus.end_ns(snapshot)))
    return f"Focus {start} to {end} ({words.seconds((focus.end_s - focus.start_s) * 1e9)})"


def numbers_text(numbers: FocusNumbers) -> str:
    """The numbers of a period in one line."""
    if numbers.samples:
        round_trip = (
            f"{numbers.kind} p50 {words.milliseconds(numbers.p50_ns)}, p99 {words.milliseconds(numbers.p99_ns)}, "
            f"max {words.milliseconds(numbers.max_ns)} ms"
        )
    else:
        round_trip = "no round trips"
    parts = [
        round_trip,
        f"loss {words.percent(numbers.loss)} ({words.count(numbers.misses)} missed)",
        f"open {words.percent(numbers.open_share)}",
        f"{words.count(numbers.closures)} closure{'' if numbers.closures == 1 else 's'}",
        f"↑ {words.count(numbers.sent)} ↓ {words.count(numbers.received)}",
        f"buffered up to {words.count(numbers.buffered)}",
    ]
    if not numbers.is_exact:
        parts.append("older detail is kept in buckets only: percentiles are of their means")
    return " · ".join(parts)
