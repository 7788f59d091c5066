"""One line below the tables while something long runs: what, how far, and a button to cancel it."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from wsmonitor.gui.feed.job import Job
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_row

_PERIOD_MS = 100
_STEPS = 1000


class JobStrip(QWidget):
    """Shows one job at a time; hidden while there is none."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.job: Job | None = None
        self.text = plain_label(self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(8)
        self.cancel = QPushButton("Cancel", self)
        in_row(self.text, (self.bar, 1), self.cancel, within=self, margins=(12, 5, 8, 5))
        self._timer = QTimer(self)
        self._timer.setInterval(_PERIOD_MS)
        self._timer.timeout.connect(self._show_progress)
        self.cancel.clicked.connect(self._cancel)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """True while a job runs."""
        return self.job is not None

    def run(self, job: Job) -> None:
        """Start `job` and show it until it ends."""
        self.job = job
        self.text.setText(job.title)
        self.setAccessibleName(job.title)
        self.cancel.setEnabled(True)
        job.done.connect(self._ended)
        job.failed.connect(self._ended)
        self._show_progress()
        self._timer.start()
        self.show()
        job.start()

    def stop(self, timeout_s: float) -> None:
        """End what runs, because the window goes."""
        self._timer.stop()
        if self.job is not None:
            self.job.cancel()
            self.job.wait(timeout_s)

    def _cancel(self) -> None:
        if self.job is not None:
            self.cancel.setEnabled(False)
            self.job.cancel()

    def _ended(self) -> None:
        self._timer.stop()
        if self.job is not None:
            self.job.deleteLater()
        self.job = None
        self.hide()

    def _show_progress(self) -> None:
        share = None if self.job is None else self.job.progress.share
        self.bar.setRange(0, 0 if share is None else _STEPS)
        if share is not None:
            self.bar.setValue(round(share * _STEPS))
