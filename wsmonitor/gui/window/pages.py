"""What is below the toolbar: the empty state while there are no endpoints, else the panels."""

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.blank_panels import BlankPanels
from wsmonitor.gui.window.monitor_frame import MonitorFrame
from wsmonitor.gui.window.notice import Notice, Offer
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.gui.window.empty_state import EmptyState

NEEDS_ENDPOINTS = ("connect", "stop", "disconnect", "hold_off", "examine", "edit", "remove", "snippets", "save_snippet")


class Pages(QStackedWidget):
    """Blank panels until `put` brings the real ones, around the same `table` and `notice`."""

    def __init__(self, actions: Actions, table: EndpointTable, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = Notice(self)
        self._actions, self._table = actions, table
        self._frame: MonitorFrame = BlankPanels(table, self)
        self._splitters: tuple[bytes, ...] = ()
        self._has_endpoints = self._shows_recording = False
        self.addWidget(self._frame)

    @cached_property
    def empty(self) -> "EmptyState":
        """What a window without endpoints shows, made when it is first wanted."""
        from wsmonitor.gui.window.empty_state import EmptyState

        empty = EmptyState(self)
        self.addWidget(empty)
        return empty

    @property
    def shows_recording(self) -> bool:
        """True while a recording is shown instead of what is live."""
        return self._shows_recording

    def put(self, frame: MonitorFrame) -> None:
        """Put the panels in the place of blank ones."""
        blank, self._frame = self._frame, frame
        frame.restore_splitters(self._splitters)
        self.addWidget(frame)
        self.removeWidget(blank)
        blank.deleteLater()
        self._show()

    def restore_splitters(self, states: tuple[bytes, ...]) -> None:
        """Put the borders between the panels where they were in the last session."""
        self._splitters = states
        self._frame.restore_splitters(states)

    def show_recording(self, *, shown: bool) -> None:
        """Show the panels for a recording, whether there are endpoints or not; or no longer."""
        self._shows_recording = shown
        self._show()

    def show_endpoints(self, *, shown: bool) -> None:
        """Show the panels, or the empty state; the actions on endpoints follow."""
        self._has_endpoints = shown
        self._show()

    def say(self, text: str, *offers: Offer, stays: bool = False, is_problem: bool = False) -> None:
        """Say one thing that went wrong, or was done, where it is seen; offer what may be wanted next."""
        if self.currentWidget() is self._frame:
            self.notice.say(visible(text, 400), *offers, stays=stays, is_problem=is_problem)
        else:
            self.empty.say(text)

    def complain(self, text: str) -> None:
        """Say what went wrong, in the colour of that."""
        self.say(text, is_problem=True)

    def _show(self) -> None:
        is_empty = not self._has_endpoints and not self._shows_recording
        self.setCurrentWidget(self.empty if is_empty else self._frame)
        for name in NEEDS_ENDPOINTS:
            self._actions[name].setEnabled(self._has_endpoints and not self._shows_recording)
        focused = self.empty.url if is_empty else self._table
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
