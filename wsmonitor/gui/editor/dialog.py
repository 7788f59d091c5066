"""The endpoint editor: every setting, checked while typing, tried before it is saved."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget

from wsmonitor.facts.events import OpenFailed, PhaseDone
from wsmonitor.gui.editor import draft
from wsmonitor.gui.editor.form import EndpointForm
from wsmonitor.gui.feed.trials import Trials
from wsmonitor.gui.look.labels import described, plain_label
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import duration

_PHASES = {"dns": "lookup", "tcp": "TCP", "tls": "TLS", "http": "upgrade", "app_ready": "ready"}
_CHECK_MS = 120


class TrialPanel(QWidget):
    """A button, one line of phases with their times, and the outcome."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.button = QPushButton("Test", self)
        self.button.setToolTip("Try one connection with these settings, without saving them")
        self.button.setAutoDefault(False)
        self.phases = described(plain_label(self, name="muted", wraps=True), says="Phases of the test")
        self.outcome = described(plain_label(self, name="muted", wraps=True), says="Outcome of the test")
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


class EndpointEditor(QDialog):
    """`saved` carries the name that the endpoint had (empty: a new one) and its new configuration."""

    saved = Signal(str, object)

    def __init__(self, trials: Trials, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._trials = trials
        self._old_name = ""
        self._taken: frozenset[str] = frozenset()
        self._mistakes: dict[tuple[str, ...], str] = {}
        self.form = EndpointForm(look, self)
        self.trial = TrialPanel(look, self)
        self.problem = described(QLabel(self), look="error")
        self._save = described(QPushButton("Save", self), look="primary")
        self._save.setDefault(True)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.setAutoDefault(False)
        self._lay_out()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_CHECK_MS)
        self._delay.timeout.connect(self.check)
        self.form.changed.connect(self._edited)
        self._save.clicked.connect(self.save)
        self._cancel.clicked.connect(self.reject)
        self.trial.button.clicked.connect(self.test)
        self.finished.connect(self._closed)
        trials.told.connect(self.trial.hear)
        trials.ended.connect(self.trial.end)

    def edit(self, config: EndpointConfig | None, taken: frozenset[str], *, title: str = "") -> None:
        """Open on `config`, or on an empty form; `taken` are the names of all other endpoints."""
        self._old_name = config.name if config is not None and not title else ""
        self._taken = taken
        self.setWindowTitle(title or (f"Edit {visible(config.name, 60)}" if config is not None else "New endpoint"))
        self._save.setText("Save" if self._old_name else "Add and connect")
        self.form.show_values(draft.values_of(config) if config is not None else {})
        self.form.go_to(("name",) if self._old_name else ("url",))
        self.trial.clear()
        self.check()
        self.open()

    def check(self) -> dict[tuple[str, ...], str]:
        """Compare what was entered with the rules of the workspace file, and show every mistake."""
        self._delay.stop()
        table = draft.table_of(self.form.values())
        self._mistakes = draft.mistakes(table, self._taken)
        is_empty = not table.get("url")
        shown = {place: text for place, text in self._mistakes.items() if not (is_empty and place == ("url",))}
        self.form.show_mistakes(shown)
        self.problem.setText(f"{len(shown)} to mend" if shown else "")
        self.trial.button.setEnabled(not self._mistakes)
        return self._mistakes

    def save(self) -> None:
        """Say `saved` and close, or go to the first mistake."""
        if self.check():
            self.form.show_mistakes(self._mistakes)
            self.form.go_to(next(iter(self._mistakes)))
            return
        config = draft.config_of(draft.table_of(self.form.values()))
        self.accept()
        self.saved.emit(self._old_name, config)

    def test(self) -> None:
        """Try one connection."""
        if not self.check():
            self.trial.begin()
            self._trials.start(draft.config_of(draft.table_of(self.form.values())))

    def _edited(self) -> None:
        self._delay.start()
        self._trials.stop()
        self.trial.clear()

    def _closed(self) -> None:
        self._delay.stop()
        self._trials.stop()

    def _lay_out(self) -> None:
        # Without a spacing of its own it would have that of the column around it, which is none.
        buttons = in_row((self.trial, 1), self.problem, self._cancel, self._save, spacing=6)
        self.setTabOrder(self._cancel, self._save)
        buttons.setContentsMargins(14, 8, 14, 10)
        in_column((self.form, 1), buttons, within=self, margins=0, spacing=0)
        self.resize(760, 560)
