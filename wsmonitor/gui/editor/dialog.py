"""The endpoint editor: every setting, checked while typing, tried before it is saved."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget

from wsmonitor.gui.editor import draft
from wsmonitor.gui.editor.form import EndpointForm
from wsmonitor.gui.editor.trial_panel import TrialPanel
from wsmonitor.gui.feed.trials import Trials
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.plain_text import visible

_CHECK_MS = 120


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
        self.problem = QLabel(self)
        self.problem.setObjectName("error")
        self._save = QPushButton("Save", self)
        self._save.setObjectName("primary")
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
