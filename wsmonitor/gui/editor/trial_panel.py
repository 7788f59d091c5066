"""What a trial found, phase by phase, below the form."""

from PySide6.QtWidgets import QPushButton, QWidget

from wsmonitor.facts.events import OpenFailed, PhaseDone
from wsmonitor.gui.look.labels import plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

_PHASES = {"dns": "lookup", "tcp": "TCP", "tls": "TLS", "http": "upgrade", "app_ready": "ready"}


class TrialPanel(QWidget):
    """A button, one line of phases with their times, and the outcome."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.button = QPushButton("Test", self)
        self.button.setToolTip("Try one connection with these settings, without saving them")
        self.button.setAutoDefault(False)
        self.phases = plain_label(self, name="muted", wraps=True)
        self.phases.setAccessibleName("Phases of the test")
        self.outcome = plain_label(self, name="muted", wraps=True)
        self.outcome.setAccessibleName("Outcome of the test")
        self.outcome.setFont(look.small)
        self._words: list[str] = []
        texts = in_column(self.phases, self.outcome, spacing=1)
        in_row(self.button, (texts, 1), within=self, margins=0)
        self.clear()

    def clear(self) -> None:
        """Nothing was tried yet."""
        self._say([], "Not tested with these settings", "muted")

    def begin(self) -> None:
        """A trial runs; its button stays as it is, for the next one and for the focus."""
        self._say([], "Dialling…", "muted")

    def hear(self, event: object) -> None:
        """An event of the trial."""
        match event:
            case PhaseDone():
                details = ", ".join(visible(value, 40) for value in list(event.detail.values())[:2])
                known = f" ({details})" if details else ""
                self._say([*self._words, f"{_PHASES[event.phase]} ✓ {duration(event.duration_ns)}{known}"], "Dialling…")
            case OpenFailed():
                self._say([*self._words, f"{_PHASES[event.phase]} ✖ {duration(event.duration_ns)}"], "")

    def end(self, is_open: bool, reason: str) -> None:
        """The trial is over."""
        if is_open:
            self._say(self._words, "It opens. The connection was closed again.", "good")
        else:
            self._say(self._words, visible(reason, 300), "error")

    def _say(self, words: list[str], outcome: str, name: str = "muted") -> None:
        self._words = words
        self.phases.setText("   ".join(words))
        self.phases.setVisible(bool(words))
        self.outcome.setText(outcome)
        if self.outcome.objectName() != name:
            self.outcome.setObjectName(name)
            self.outcome.style().unpolish(self.outcome)
            self.outcome.style().polish(self.outcome)
