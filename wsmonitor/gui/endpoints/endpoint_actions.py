"""Adding and editing endpoints: the small form below the button, the editor, and what they lead to."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.settings.endpoint_settings import EndpointConfig

if TYPE_CHECKING:
    from wsmonitor.gui.editor.dialog import EndpointEditor
    from wsmonitor.gui.endpoints.add_endpoint import AddEndpoint


class EndpointActions(QObject):
    """Owns both forms, the small one below `button`; `changed_by_user` says that the list of endpoints has changed."""

    changed_by_user = Signal()

    def __init__(
        self,
        actions: Actions,
        table: EndpointTable,
        controller: Controller,
        look: Look,
        parent: QWidget,
        *,
        button: QWidget,
    ) -> None:
        super().__init__(parent)
        self._table, self._controller, self._button = table, controller, button
        self._look, self._window = look, parent
        actions["add"].triggered.connect(self._ask)
        actions["edit"].triggered.connect(self.edit_current)
        actions["remove"].triggered.connect(self.changed_by_user)
        actions["undo_remove"].triggered.connect(self.changed_by_user)
        table.edit_wanted.connect(self.edit_current)

    @cached_property
    def editor(self) -> "EndpointEditor":
        """The editor, made when it is first needed."""
        from wsmonitor.gui.editor.dialog import EndpointEditor

        editor = EndpointEditor(self._controller.trials, self._look, self._window)
        editor.saved.connect(self._saved)
        return editor

    @cached_property
    def add_form(self) -> "AddEndpoint":
        """The small form, made when it is first needed: reading all settings takes a while."""
        from wsmonitor.gui.endpoints.add_endpoint import AddEndpoint

        form = AddEndpoint(self._window)
        form.accepted.connect(self.add)
        form.editor_wanted.connect(self._edit_new)
        return form

    def add(self, config: EndpointConfig) -> None:
        """Monitor another endpoint and look at it."""
        self._controller.add([config])
        self._table.select((self._controller.configs[-1].name, 0))
        self.changed_by_user.emit()

    def edit_current(self) -> None:
        """Open the editor on the endpoint whose plots are shown."""
        key = self._table.current_key()
        config = next((one for one in self._controller.configs if key is not None and one.name == key[0]), None)
        if config is not None:
            self.editor.edit(config, self._names() - {config.name})

    def _edit_new(self, config: EndpointConfig | None) -> None:
        self.editor.edit(config, self._names(), title="New endpoint")

    def _ask(self) -> None:
        self.add_form.ask(self._button)

    def _saved(self, old_name: str, config: EndpointConfig) -> None:
        if not old_name:
            self.add(config)
            return
        self._controller.edit(old_name, config)
        self.changed_by_user.emit()

    def _names(self) -> frozenset[str]:
        return frozenset(config.name for config in self._controller.configs)
