"""Which workspace file is open, and whether what is monitored still is what it says."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from wsmonitor.facts.errors import SettingsError
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.lab.lab_control import LabControl
from wsmonitor.settings import workspace
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.workspace import Snippet, Workspace

RECENT = 8
_SHOWN_PROBLEMS = 5


class Workspaces(QObject):
    """Opens and saves. `changed` follows the file and whether there is something to save; `failed` says why not."""

    changed = Signal()
    failed = Signal(str)
    about_to_move = Signal(object)
    """What is open was saved to this path, which becomes that of all its alert rules."""

    def __init__(self, controller: Controller, lab: LabControl, parent: QObject) -> None:
        super().__init__(parent)
        self._controller, self._lab = controller, lab
        self._file = Workspace()
        self._snippets: tuple[Snippet, ...] = ()
        self._alerts: tuple[AlertRule, ...] = ()
        self._opened: dict[str, EndpointConfig] = {}
        self._is_touched = False
        self.recent: tuple[str, ...] = ()
        """Paths, the newest first."""
        controller.changed.connect(self.touch)
        controller.endpoints_changed.connect(self.changed)

    @property
    def path(self) -> Path | None:
        """The file that is open."""
        return self._file.path

    @property
    def is_changed(self) -> bool:
        """True where the user changed endpoints, snippets or alert rules since the file was opened or saved."""
        if not self._is_touched:
            return False
        kept = self._snippets == self._file.snippets and self._alerts == self._file.alerts
        return not kept or list(self._opened.values()) != self._lasting()

    @property
    def snippets(self) -> tuple[Snippet, ...]:
        """The texts kept for sending, in the file's order."""
        return self._snippets

    def change_snippets(self, snippets: tuple[Snippet, ...]) -> None:
        """Keep these texts from now on; saving writes them."""
        self._snippets = snippets
        self.touch()

    @property
    def alerts(self) -> tuple[AlertRule, ...]:
        """When to raise an alert, in the file's order."""
        return self._alerts

    def file_of(self, rule: AlertRule) -> Path | None:
        """The file that an alert rule came in; `None` where it was not saved yet."""
        return self._file.origins.get(rule.name, self.path)

    def change_alerts(self, alerts: tuple[AlertRule, ...]) -> None:
        """Judge by these rules from now on; saving writes them."""
        self._alerts = alerts
        self.touch()

    def use_recent(self, recent: tuple[str, ...]) -> None:
        """Know what was open in earlier sessions."""
        self.recent = recent
        self.changed.emit()

    def adopt(self, opened: Workspace, configs: Sequence[EndpointConfig]) -> None:
        """`opened` was read already; `configs` are its endpoints as monitored: options may have changed them."""
        self._take(opened, configs)

    def touch(self) -> None:
        """The user changed endpoints."""
        self._is_touched = True
        self.changed.emit()

    def open(self, path: Path) -> bool:
        """Monitor the endpoints of this file instead of those of now; says `failed` where it cannot be read."""
        try:
            opened = workspace.load(path)
        except SettingsError as error:
            self._forget(path)
            self.failed.emit(_in_words(error))
            return False
        self._controller.share_codes(opened.close_codes)
        self._controller.replace_all(opened.endpoints)
        self._take(opened, opened.endpoints)
        return True

    def save(self, path: Path | None = None) -> bool:
        """Write the endpoints of now to `path` (default: the open file); says `failed` where that is impossible."""
        configs = self._lasting()
        before = {config.name: config for config in self._file.endpoints}
        # What the command line changed for this session is not what the file is to say.
        unchanged = {name for name, config in self._opened.items() if name in before and config in configs}
        written = [before[config.name] if config.name in unchanged else config for config in configs]
        try:
            whole = replace(self._file, endpoints=tuple(written), snippets=self._snippets, alerts=self._alerts)
            saved = workspace.save(whole, path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.failed.emit(f"the workspace cannot be saved: {reason}")
            return False
        except SettingsError as error:
            self.failed.emit(_in_words(error))
            return False
        self.about_to_move.emit(saved.path)
        self._take(saved, configs)
        return True

    def _lasting(self) -> list[EndpointConfig]:
        """The endpoints of now without those of the lab, whose ports are gone tomorrow."""
        running = self._lab.running
        if running is None:
            return list(self._controller.configs)
        ports = {running.port, *(urlsplit(scenario.url).port for scenario in running.scenarios)}
        return [config for config in self._controller.configs if not _is_local(config.url, ports)]

    def _take(self, file: Workspace, configs: Sequence[EndpointConfig]) -> None:
        self._file, self._snippets, self._alerts = file, file.snippets, file.alerts
        self._controller.share_codes(file.close_codes)
        self._opened = {config.name: config for config in configs}
        self._is_touched = False
        if file.path is not None:
            shown = str(file.path.absolute())
            self.recent = (shown, *(path for path in self.recent if path != shown))[:RECENT]
        self.changed.emit()

    def _forget(self, path: Path) -> None:
        if not path.exists():
            self.recent = tuple(one for one in self.recent if one != str(path))
            self.changed.emit()


def _is_local(url: str, ports: set[int | None]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.hostname in ("127.0.0.1", "localhost") and parts.port in ports
    except ValueError:
        return False


def _in_words(error: SettingsError) -> str:
    more = len(error.problems) - _SHOWN_PROBLEMS
    return "\n".join([*error.problems[:_SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])])
