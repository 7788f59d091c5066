"""Connects the actions that choose what is seen: time windows, freeze, live, zoom, endpoints, closures."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from wsmonitor.analysis.snapshot import Closure, Ended, FailedOpening
from wsmonitor.gui.endpoints.endpoint_table import DENSITIES
from wsmonitor.gui.groups.grouping import GROUPINGS
from wsmonitor.gui.window.action_table import Actions
from wsmonitor.gui.window.monitor_view import MonitorView
from wsmonitor.gui.window.toolbar import WINDOWS, Toolbar
from wsmonitor.text.plain_text import visible

if TYPE_CHECKING:
    from wsmonitor.gui.time.plain_words import PlainWords

_SCROLL = 0.25
_ZOOM = 1.5


class ViewActions(QObject):
    """Owns no state: shows what the plot area says."""

    def __init__(self, actions: Actions, toolbar: Toolbar, monitor: MonitorView, parent: QObject) -> None:
        super().__init__(parent)
        self._actions, self._toolbar, self._monitor = actions, toolbar, monitor
        plots, table = monitor.plots, monitor.table
        for number, name in enumerate(WINDOWS):
            actions[name].triggered.connect(partial(self._choose_window, number))
        actions["freeze"].triggered.connect(self._freeze)
        actions["live"].triggered.connect(plots.follow)
        for name, factor in (("zoom_in", 1 / _ZOOM), ("zoom_out", _ZOOM)):
            actions[name].triggered.connect(partial(self._zoom, factor))
        for name, share in (("back", -_SCROLL), ("forward", _SCROLL)):
            actions[name].triggered.connect(partial(self._scroll, share))
        actions["home"].triggered.connect(plots.show_start)
        actions["in_words"].triggered.connect(self._say_in_words)
        plots.words_wanted.connect(actions["in_words"].trigger)
        actions["save_picture"].triggered.connect(plots.ask_picture)
        plots.said.connect(self._say)
        for name, step in (("next_endpoint", 1), ("previous_endpoint", -1)):
            actions[name].triggered.connect(partial(self._step_endpoint, step))
        for name, step in (("next_closure", 1), ("previous_closure", -1)):
            actions[name].triggered.connect(partial(self._step_closure, step))
        actions["focus_view"].triggered.connect(plots.focus_view)
        actions["clear_focus"].triggered.connect(plots.clear_focus)
        actions["mark_a"].triggered.connect(partial(self._mark, "A"))
        actions["mark_b"].triggered.connect(partial(self._mark, "B"))
        actions["search_endpoints"].triggered.connect(monitor.fleet.ask)
        actions["density"].triggered.connect(self._next_density)
        actions["group"].triggered.connect(self._next_grouping)
        actions["find"].triggered.connect(monitor.tabs.find_text)
        monitor.tabs.row_chosen.connect(self._show_row)
        monitor.tabs.ends_chosen.connect(self._show_ends)
        plots.end_chosen.connect(self._choose_end)
        plots.moment_chosen.connect(self._choose_moment)
        plots.view_changed.connect(self.show_state)
        self._table = table
        self._words: PlainWords | None = None

    def show_state(self) -> None:
        """Let buttons say what the plots do."""
        plots = self._monitor.plots
        for number, name in enumerate(WINDOWS):
            self._actions[name].setChecked(plots.lit_window == number)
        self._actions["freeze"].setChecked(plots.is_frozen)
        self._toolbar.show_live(live=plots.is_live)

    def _say_in_words(self) -> None:
        plots = self._monitor.plots
        text = plots.in_words() if plots.isVisible() else ""
        if not text:
            return
        if self._words is None:
            from wsmonitor.gui.time.plain_words import PlainWords

            self._words = PlainWords("Plots in words", self._monitor)
        self._words.tell(text, plots)

    def _say(self, text: str, is_problem: bool) -> None:
        self._monitor.notice.say(visible(text, 300), is_problem=is_problem)

    def _next_density(self) -> None:
        order = DENSITIES
        table = self._monitor.table
        table.choose_density(order[(order.index(table.density) + 1) % len(order)])

    def _next_grouping(self) -> None:
        fleet = self._monitor.fleet
        fleet.group_by(GROUPINGS[(GROUPINGS.index(fleet.grouped_by) + 1) % len(GROUPINGS)])

    def _choose_window(self, number: int, checked: bool = False) -> None:
        self._monitor.plots.choose_window(number)

    def _freeze(self, checked: bool) -> None:
        self._monitor.plots.freeze(frozen=checked)

    def _zoom(self, factor: float, checked: bool = False) -> None:
        self._monitor.plots.zoom(factor)

    def _scroll(self, share: float, checked: bool = False) -> None:
        self._monitor.plots.scroll_by(share)

    def _step_endpoint(self, step: int, checked: bool = False) -> None:
        self._table.step(step)

    def _step_closure(self, step: int, checked: bool = False) -> None:
        self._monitor.plots.step_closure(step)

    def _mark(self, name: str, checked: bool = False) -> None:
        if self._monitor.plots.stack is not None:
            self._monitor.plots.stack.set_mark(name)

    def _show_ends(self, closures: list[Closure]) -> None:
        """The plots show these ends alone, over their stretch of time; none chosen means all again, and live."""
        self._monitor.plots.show_only(closures)
        if closures:
            times_ns = [one.at_ns for one in closures]
            self._monitor.plots.show_stretch(min(times_ns), max(times_ns))
            self._monitor.plots.mark(times_ns)
        else:
            self._monitor.plots.mark(())
            self._monitor.plots.follow()

    def _choose_end(self, ended: Ended) -> None:
        """An end on the plots and its row are one selection."""
        self._monitor.tabs.choose_end(ended)
        self._monitor.plots.mark([ended.at_ns])

    def _choose_moment(self, at_ns: int) -> None:
        """What was said nearest to it, in the log that is shown, and the plots are one selection."""
        if (row := self._monitor.tabs.choose_moment(at_ns)) is not None:
            self._monitor.plots.mark([row.at_ns])

    def _show_row(self, row: object) -> None:
        """A chosen ending moves the plots there; other rows only where the view is held already."""
        at_ns = getattr(row, "at_ns", None)
        if at_ns is None:
            return
        if isinstance(row, Closure | FailedOpening):
            self._table.select((row.endpoint, row.slot))
        if isinstance(row, Closure | FailedOpening) or not self._monitor.plots.is_live:
            self._monitor.plots.show_moment(at_ns)
        self._monitor.plots.mark([at_ns])
