"""Below the tables while a recording is shown: where the playback is, its speed, the next closure, the way back."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QSlider, QWidget

from wsmonitor.gui.look.layouts import in_row
from wsmonitor.gui.look.words import plain
from wsmonitor.text import units

SPEEDS = (1, 2, 5, 10, 30, 100)
_STEPS = 1000
_LEAST_SLIDER = 240
"""Pixels of the position: a name is cut before it gets shorter."""


class ReplayBar(QWidget):
    """Hidden while nothing is replayed. `jumped` carries the share of the recording to go to."""

    play_pressed = Signal()
    jumped = Signal(float)
    next_pressed = Signal()
    speed_chosen = Signal(float)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("replay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = _Name(self)
        self.play = QPushButton("Play", self)
        self.play.setToolTip("Play from here; from the start where everything was played (P)")
        self.speed = QComboBox(self)
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip("So many seconds of the recording pass in one")
        self.speed.addItems([f"{speed}×" for speed in SPEEDS])
        self.next = QPushButton("Next closure", self)
        self.next.setToolTip("Go to where the next connection ended, from the start where this is the end")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _STEPS)
        self.slider.setAccessibleName("Position")
        self.slider.setTracking(False)
        self.slider.setMinimumWidth(_LEAST_SLIDER)
        self.position = QLabel(self)
        self.position.setObjectName("muted")
        self.close_recording = QPushButton("Close", self)
        self.close_recording.setToolTip("Close the recording: what is live comes back")
        in_row(
            (self.name, 1),
            self.play,
            self.speed,
            self.next,
            (self.slider, 2),
            self.position,
            self.close_recording,
            within=self,
            margins=(12, 4, 8, 4),
            spacing=8,
        )
        self.play.clicked.connect(self.play_pressed)
        self.next.clicked.connect(self.next_pressed)
        self.close_recording.clicked.connect(self.closed)
        self.speed.currentIndexChanged.connect(self._choose_speed)
        self.slider.valueChanged.connect(self._moved)
        self.hide()

    def show_position(self, at_ns: int, start_ns: int, end_ns: int, *, playing: bool) -> None:
        """Say where the playback is."""
        length_ns = max(1, end_ns - start_ns)
        self.position.setText(f"{units.short_duration(at_ns - start_ns)} of {units.short_duration(length_ns)}")
        text = "Pause" if playing else "Play"
        if self.play.text() != text:
            self.play.setText(text)
        if not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(round((at_ns - start_ns) / length_ns * _STEPS))
            self.slider.blockSignals(False)

    def _choose_speed(self, index: int) -> None:
        self.speed_chosen.emit(float(SPEEDS[index]))

    def _moved(self, value: int) -> None:
        self.jumped.emit(value / _STEPS)


class _Name(QLabel):
    """The recording's name, cut in its middle where there is no room: its end tells recordings apart."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("strong")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._whole = ""

    def say(self, name: str) -> None:
        """Show `name`, as much of it as fits; the tooltip has all."""
        self._whole = name
        self.setToolTip(plain(name))
        self.setAccessibleName(name)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, self.width()))
