"""Everything below the toolbar once there are endpoints: the list on the left, plots and tabs on the right."""

from itertools import pairwise

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from wsmonitor.analysis.snapshot import EndpointView, Snapshot
from wsmonitor.gui.endpoints.endpoint_table import EndpointTable
from wsmonitor.gui.endpoints.fleet import Fleet
from wsmonitor.gui.feed.job_strip import JobStrip
from wsmonitor.gui.findings.findings_panel import FindingsPanel
from wsmonitor.gui.findings.verdict_bar import VerdictBar
from wsmonitor.gui.groups.fleet_words import MANY
from wsmonitor.gui.groups.together import of_keys, view_of
from wsmonitor.gui.help.hints import Hints
from wsmonitor.gui.lab.story_banner import StoryBanner
from wsmonitor.gui.look.layouts import in_column
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.recordings.replay_bar import ReplayBar
from wsmonitor.gui.tap.fault_panel import FaultPanel
from wsmonitor.gui.tap.tap_bar import TapBar
from wsmonitor.gui.time.focus_bar import FocusBar
from wsmonitor.gui.time.lanes import Lanes, comfortable_height, named_height
from wsmonitor.gui.time.overview import Overview
from wsmonitor.gui.time.plot_area import PlotArea
from wsmonitor.gui.time.row_lanes import RowLanes
from wsmonitor.gui.window.monitor_frame import MonitorFrame
from wsmonitor.gui.window.notice import Notice
from wsmonitor.gui.window.tabs import Tabs

_MOST_TABLE, _MOST_TABLE_OF_MANY, _MOST_LANES, _MOST_NAMED_LANES = 0.42, 0.52, 0.24, 0.34
"""Of the height on the left; more for lanes where that lets so few of them keep their names."""
_LANES_TWICE = 0.14
"""Where each row has its lane beside it, all together are one small picture; none where all rows are in sight."""
_NAMED_LANES = 12
_LEAST_TABS = 60
_SOON_NS = 80_000_000
"""While the plots are shown so often, they need not be painted in one frame with all the rest."""


class MonitorView(MonitorFrame):
    """The panels around `table` and `notice`. The selected row decides what all others show."""

    def __init__(self, table: EndpointTable, notice: Notice, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.table, self.notice = table, notice
        self.fleet = Fleet(table, self)
        self.lanes = Lanes(look, self)
        self.row_lanes = table.lanes = RowLanes(look)
        self.findings = FindingsPanel(look, self)
        self.verdict = VerdictBar(look, self)
        self.plots = PlotArea(look, self)
        self.overview = Overview(look, self)
        self.tabs = Tabs(look, self)
        self.story = StoryBanner(self)
        self.tap = TapBar(self)
        self.faults = FaultPanel(look, self)
        self.focus_bar = FocusBar(look.moments, self)
        self._below = QStackedWidget(self)
        """The whole session, or the focus period in its place: choosing one moves no plot."""
        self._below.setFixedHeight(self.overview.sizeHint().height())
        self._below.addWidget(self.overview)
        self._below.addWidget(self.focus_bar)
        self.jobs = JobStrip(self)
        self.hints = Hints(self)
        self.replay = ReplayBar(self)
        self._snapshot: Snapshot | None = None
        self._followed_ns = 0
        upper, lower = QWidget(self), QWidget(self)
        in_column(self.verdict, (self.plots, 1), self._below, within=upper, margins=0, spacing=0)
        # What comes and goes stands below the tables: they lose their lower end to it, and nothing moves.
        self.tabs.setMinimumHeight(_LEAST_TABS)
        coming = self.story, self.tap, self.hints, self.jobs, self.replay
        in_column((self.tabs, 1), *coming, within=lower, margins=0, spacing=0)
        self.notice.float_over(self.plots)
        found = QWidget(self)
        in_column(self.faults, (self.findings, 1), within=found, margins=0, spacing=0)
        self.fill((self.fleet, self.lanes, found), (upper, lower))
        self.plots.loaded.connect(self._order_tabs)
        self.table.selection_changed.connect(self._selected)
        self.fleet.searched.connect(self._searched)
        self.lanes.chosen.connect(self.table.select)
        self.plots.view_changed.connect(self._show_time)
        self.overview.wanted.connect(self.plots.centre)
        self.plots.focus_changed.connect(self._focus_changed)
        self.focus_bar.zoom_wanted.connect(self.plots.zoom_to_focus)
        self.focus_bar.clear_wanted.connect(self.plots.clear_focus)
        look.changed.connect(self._show_focus)

    @property
    def snapshot(self) -> Snapshot | None:
        """What was taken last."""
        return self._snapshot

    def current_view(self) -> EndpointView | None:
        """The row whose plots are shown, as it was taken last."""
        return None if self._snapshot is None else view_of(self.table.current_key(), self._snapshot)

    def follow(self, snapshot: Snapshot) -> None:
        """Let the plots go on, and nothing else."""
        self._snapshot, self._followed_ns = snapshot, snapshot.at_ns
        self.plots.show_snapshot(snapshot)

    def show_snapshot(self, snapshot: Snapshot, *, fresh: bool) -> None:
        """Show what is known now; what is frozen stays."""
        self._snapshot = snapshot
        needed = self.fleet.whole_height
        focused = self._focused(snapshot)
        self.fleet.show_snapshot(focused)
        self.plots.choose_endpoints(self.table.shown_keys())  # a client that came is one of the tap's
        self.plots.show_snapshot(snapshot, may_wait=0 < snapshot.at_ns - self._followed_ns < _SOON_NS)
        self._show_tap()
        if fresh and not self.plots.is_frozen:
            self.verdict.show_snapshot(snapshot, self.table.current_key())
            self.tabs.show_snapshot(focused)
            self.findings.show_snapshot(focused, self.table.current_key())
            self._show_focus()
        self._show_time()
        if self.fleet.whole_height != needed:
            self._fit_left()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit_left()

    def _fit_left(self) -> None:
        """Endpoints and lanes get the room that they need, up to a share; what is found gets the rest."""
        if self.left_is_users or self._snapshot is None:
            return
        whole, endpoints = self.left.height(), len(self._snapshot.endpoints)
        most = _MOST_TABLE if endpoints < MANY else _MOST_TABLE_OF_MANY
        table = min(self.fleet.whole_height, round(most * whole))
        is_beside = self.table.lane_width > 0
        self.lanes.setVisible(not is_beside or table < self.fleet.whole_height)
        lanes = min(comfortable_height(endpoints), round((_LANES_TWICE if is_beside else _MOST_LANES) * whole))
        if not is_beside and endpoints <= _NAMED_LANES:
            lanes = max(lanes, min(named_height(endpoints), round(_MOST_NAMED_LANES * whole)))
        self.left.setSizes([table, lanes, whole - table - lanes])

    def _order_tabs(self) -> None:
        """Tab goes where the eye goes: endpoints, findings, plots, and what lies below them."""
        below = (self.tabs.bar, self.tabs.filter, self.tabs.all_endpoints, self.tabs.closures.table)
        verdict = (self.verdict.test, self.verdict.copy)
        stops = [stop for stop in (self.table, self.findings, *verdict, self.plots.stack, *below) if stop is not None]
        for first, second in pairwise(stops):
            self.setTabOrder(first, second)

    def _searched(self) -> None:
        if self._snapshot is not None:
            self.fleet.show_snapshot(self._focused(self._snapshot))
            self.lanes.forget()
            self._show_time()

    def _selected(self) -> None:
        key = self.table.current_key()
        self.plots.choose_endpoints(self.table.shown_keys())
        self.tabs.choose_endpoints(self.table.selected_keys())
        if self._snapshot is not None:
            self.verdict.show_snapshot(self._snapshot, key)
            self.findings.show_snapshot(self._focused(self._snapshot), key)
            self._show_tap()
            self._show_focus()

    def _show_tap(self) -> None:
        """How the tap that is looked at is used, and what is in the way."""
        view, snapshot = self.current_view(), self._snapshot
        self.tap.show_view(view)
        if snapshot is not None:
            clients = tuple(one for one in snapshot.endpoints if view is not None and one.name == view.name)
            self.faults.show_views(view, clients, snapshot.at_ns)

    def _focused(self, snapshot: Snapshot) -> Snapshot:
        """Every number of the focus period, where one is chosen."""
        focus = self.plots.focus
        return snapshot if focus is None else focus.apply(snapshot)

    def _focus_changed(self) -> None:
        if self._snapshot is not None:
            focus = self.plots.focus
            self.tabs.choose_period(
                None if focus is None else (focus.start_ns(self._snapshot), focus.end_ns(self._snapshot))
            )
            focused = self._focused(self._snapshot)
            self.fleet.show_snapshot(focused)
            self.table.viewport().update()
            self.tabs.show_snapshot(focused)
            self.findings.show_snapshot(focused, self.table.current_key())
            self._show_focus()

    def _show_focus(self) -> None:
        if self._snapshot is None:
            return
        focus = self.plots.focus
        if focus is not None:
            self.focus_bar.show_focus(focus, self._snapshot, self._shown_views())
        self._below.setCurrentWidget(self.overview if focus is None else self.focus_bar)

    def _show_time(self) -> None:
        if self._snapshot is None:
            return
        span = self.plots.span
        self.lanes.show_snapshot(self.table.shown(self._snapshot), span)
        if self.table.lane_width and self.row_lanes.show_time(self._snapshot, span, self.table.lane_width):
            self.table.repaint_lanes()
        self.overview.show_snapshot(self._snapshot, self._shown_views(), span)

    def _shown_views(self) -> tuple[EndpointView, ...]:
        """The connections whose plots are shown, as they were taken last."""
        return () if self._snapshot is None else of_keys(self.plots.keys, self._snapshot)
