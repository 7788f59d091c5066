"""Whether the programs of the workspace may run: asked once, kept outside of the workspace."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from wsmonitor.alerts import allowed
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.text.plain_text import visible

_SHOWN = 6


class Permissions(QObject):
    """The user's answers, for the programs of rules in a workspace file; `failed` says why one cannot be kept."""

    failed = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.question: QMessageBox | None = None
        """While it is asked."""

    def may_run(self, rule: AlertRule, path: Path | None) -> bool:
        """Whether the user has allowed the program of `rule` in this workspace."""
        return bool(rule.command) and allowed.answer(path, rule.command) is True

    def remember(self, rules: Sequence[AlertRule], path: Path | None, *, is_allowed: bool) -> None:
        """Keep an answer for the programs of `rules` in this workspace."""
        try:
            for rule in rules:
                if rule.command and allowed.answer(path, rule.command) is not is_allowed:
                    allowed.remember(path, rule.command, is_allowed=is_allowed)
        except OSError as error:
            self.failed.emit(f"whether programs may run cannot be kept: {error.strerror or error}")

    def ask(self, rules: Sequence[tuple[AlertRule, Path | None]]) -> None:
        """Ask about the programs that nobody was asked about yet, of rules in these files."""
        new = [(rule, path) for rule, path in rules if rule.command and allowed.answer(path, rule.command) is None]
        if not new:
            return
        paths = {path for _, path in new}
        name = "The workspace" if len(paths) > 1 else _named(new[0][1])
        shown = [
            f"{_named(path)}: " * (len(paths) > 1) + visible(" ".join(rule.command), 160) for rule, path in new[:_SHOWN]
        ]
        more = [f"and {len(new) - _SHOWN} more"] if len(new) > _SHOWN else []
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Programs of alerts")
        box.setText(f"{name} names programs to run on this machine when an alert is raised:")
        box.setInformativeText("\n".join([*shown, *more, "", "Allow them only if you know what they do."]))
        allow = box.addButton("Allow", QMessageBox.ButtonRole.AcceptRole)
        refuse = box.addButton("Do not run them", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(refuse)
        box.setEscapeButton(refuse)
        allow.clicked.connect(partial(self._answered, new, is_allowed=True))
        refuse.clicked.connect(partial(self._answered, new, is_allowed=False))
        self.question = box
        box.open()

    def _answered(
        self, rules: Sequence[tuple[AlertRule, Path | None]], _checked: bool = False, *, is_allowed: bool
    ) -> None:
        self.question = None
        for rule, path in rules:
            self.remember([rule], path, is_allowed=is_allowed)


def _named(path: Path | None) -> str:
    return visible(path.name, 60) if path is not None else "The workspace"
