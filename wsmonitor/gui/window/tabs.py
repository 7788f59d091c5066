"""The tabs below the plots, with one filter field for all tables."""

import enum
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QStackedWidget, QTabBar, QWidget

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.log import LogRow
from wsmonitor.analysis.snapshot import Closure, Ended, EndpointView, Snapshot
from wsmonitor.facts.events import WHOLE, Key
from wsmonitor.gui.ends.ends_tab import EndsTab
from wsmonitor.gui.experiments.experiments_tab import ExperimentsTab, chosen
from wsmonitor.gui.look.layouts import in_column, in_row
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.scorecard.scorecard_tab import ScorecardTab
from wsmonitor.gui.scorecard.scorecard_text import audits, progress
from wsmonitor.gui.sending.send_tab import SendTab
from wsmonitor.gui.tables.closures_tab import ClosuresTab
from wsmonitor.gui.tables.filter_field import FilterField
from wsmonitor.gui.tables.filtering import Slots, parse_filter
from wsmonitor.gui.tables.log_tab import events_tab, messages_tab


class Tab(enum.IntEnum):
    """The tabs from left to right."""

    EVENTS = 0
    MESSAGES = 1
    CLOSURES = 2
    ENDS = 3
    SEND = 4
    EXPERIMENTS = 5
    SCORECARD = 6


ENDPOINT_COLUMN = 2
"""In every table; hidden while all rows are of one endpoint."""
_ROOMY = 860


class Tabs(QWidget):
    """Events, Messages, Closures, Ends, Send, Experiments and Scorecard of the selected endpoints; only one works."""

    row_chosen = Signal(object)
    ends_chosen = Signal(object)
    """The closures inside the lasso of the Ends tab; empty for all again."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tabs")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = QTabBar(self)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName("Tabs")
        self.events = events_tab(look, self)
        self.messages = messages_tab(look, self)
        self.closures = ClosuresTab(look, self)
        self.ends = EndsTab(look, self)
        self.send = SendTab(look, self)
        self.experiments = ExperimentsTab(look, self)
        self.scorecard = ScorecardTab(look, self)
        self._pages = QStackedWidget(self)
        for title, page in zip(
            ("Events", "Messages", "Closures", "Ends", "Send", "Experiments", "Scorecard"),
            (self.events, self.messages, self.closures, self.ends, self.send, self.experiments, self.scorecard),
            strict=True,
        ):
            self.bar.setTabToolTip(self.bar.addTab(title), title)
            self._pages.addWidget(page)
        self.bar.setTabToolTip(
            Tab.MESSAGES, "Messages, which are counted, and pings, pongs and Close frames among them"
        )
        self.filter = FilterField(look, self)
        self.filter.setMinimumWidth(64)
        self.filter.setMaximumWidth(280)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.all_endpoints = QCheckBox("all endpoints", self)
        self.all_endpoints.setAccessibleName("all endpoints")
        self.all_endpoints.setToolTip("Rows of every endpoint, not only of the selected ones")
        self.failed_openings = QCheckBox("openings", self)
        self.failed_openings.setAccessibleName("failed openings")
        self.failed_openings.setToolTip("Rows of openings that failed, too, not only of what had been open")
        self.failed_openings.setChecked(True)
        self._top = top = in_row(self.bar, margins=(8, 0, 10, 0))
        top.addStretch(0)
        for widget in (self.failed_openings, self.all_endpoints, self.filter):
            top.addWidget(widget)
        top.setStretchFactor(self.filter, 1)
        top.insertSpacing(top.indexOf(self.all_endpoints), 6)
        in_column(top, (self._pages, 1), within=self, margins=(0, 2, 0, 0), spacing=2)
        self._snapshot: Snapshot | None = None
        self._keys: list[Key] = []
        self._period: tuple[int, int] | None = None
        self._connect()
        self.bar.setCurrentIndex(Tab.CLOSURES)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take the snapshot; the visible tab shows it."""
        self._snapshot = snapshot
        self._show_page()

    def choose_endpoints(self, keys: list[Key]) -> None:
        """The rows of these endpoints are shown, messages go to them."""
        self._keys = keys
        self._apply_filter()

    def choose_period(self, period: tuple[int, int] | None) -> None:
        """Only rows of this time, on the clock of the events, are shown; `None` shows all."""
        self._period = period
        self._apply_filter()

    def find_text(self) -> None:
        """Put the cursor into the filter field."""
        if self.filter.isHidden():
            self.bar.setCurrentIndex(Tab.EVENTS)
        self.filter.setFocus()
        self.filter.selectAll()

    def _connect(self) -> None:
        self.filter.changed.connect(self._apply_filter)
        self.all_endpoints.toggled.connect(self._apply_filter)
        self.failed_openings.toggled.connect(self.closures.model.choose_openings)
        self.failed_openings.toggled.connect(self._show_page)
        self.bar.currentChanged.connect(self._changed_page)
        self.events.row_chosen.connect(self._log_row_chosen)
        self.messages.row_chosen.connect(self._log_row_chosen)
        self.closures.closure_chosen.connect(self.row_chosen)
        self.ends.clicked.connect(self._end_clicked)
        self.ends.chosen.connect(self.closures.model.choose_ends)
        self.ends.chosen.connect(self.ends_chosen)

    def _changed_page(self, page: int) -> None:
        self._pages.setCurrentIndex(page)
        self.failed_openings.setVisible(page == Tab.CLOSURES)
        self.filter.setVisible(page not in (Tab.SEND, Tab.EXPERIMENTS))
        self.all_endpoints.setVisible(page != Tab.SEND)
        self._show_page()

    def _show_page(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        match self.bar.currentIndex():
            case Tab.EVENTS:
                self.events.show_log(snapshot, snapshot.log)
            case Tab.MESSAGES:
                self.messages.show_log(snapshot, snapshot.messages)
            case Tab.CLOSURES:
                self.closures.show_snapshot(snapshot)
            case Tab.ENDS:
                self.closures.show_snapshot(snapshot)
                self.ends.show_ends(snapshot, self.closures.model.passing)
            case Tab.EXPERIMENTS:
                self.experiments.show_experiments(snapshot, self._names())
            case Tab.SCORECARD:
                self.scorecard.show_audits(snapshot, self._names())
            case _:
                self.send.show_target(self._targets(snapshot))
        self._show_counts(snapshot)

    def _show_counts(self, snapshot: Snapshot) -> None:
        names = self._names()
        slots = self._slots()
        views = [
            view
            for view in snapshot.endpoints
            if (names is None or view.name in names) and view.slot in slots.get(view.name, (view.slot,))
        ]
        closures, failures = sum(view.closures for view in views), sum(view.failures for view in views)
        asked = len(chosen(snapshot, names))
        tested = audits(snapshot, names)
        has_taps = bool(tested or snapshot.tapped)
        if self.bar.isTabVisible(Tab.SCORECARD) is not has_taps:
            self.bar.setTabVisible(Tab.SCORECARD, has_taps)
        failed = f" ✖{failures:,}" if failures and self.failed_openings.isChecked() else ""
        counted = {
            Tab.EVENTS: "Events" if slots else f"Events {snapshot.log.count(names):,}",
            Tab.MESSAGES: "Messages" if slots else f"Messages {snapshot.messages.count(names):,}",
            Tab.CLOSURES: f"Closures {closures:,}{failed}",
            Tab.EXPERIMENTS: f"{self._asked_title()} {asked:,}" if asked else self._asked_title(),
            Tab.SCORECARD: self._tested_title(tested),
        }
        has_room = self._has_room(counted)
        for tab, text in counted.items():
            title = text if has_room else text.split(" ", 1)[0]
            if self.bar.tabText(tab) != title:
                self.bar.setTabText(tab, title)

    def _has_room(self, titles: dict[Tab, str]) -> bool:
        """True if tabs with these titles are as wide as they want to be, beside the filter at its narrowest."""
        width = self.bar.fontMetrics().horizontalAdvance
        shown = [(tab, text) for tab, text in titles.items() if self.bar.isTabVisible(tab)]
        wider = sum(width(text) - width(self.bar.tabText(tab)) for tab, text in shown)
        beside = self._top.minimumSize().width() - self.bar.minimumSizeHint().width()
        return self.bar.sizeHint().width() + wider <= self.width() - beside

    def _names(self) -> frozenset[str] | None:
        """The endpoints whose rows are shown; `None` means all."""
        return None if self.all_endpoints.isChecked() else frozenset(name for name, _ in self._keys)

    def _slots(self) -> Slots:
        """Of taps of which only some clients are chosen, the slots of these."""
        if self.all_endpoints.isChecked() or self._snapshot is None:
            return {}
        taps = {view.name for view in self._snapshot.tapped if view.client is not None}
        whole = {name for name, slot in self._keys if slot == WHOLE}
        chosen: dict[str, set[int]] = {}
        for name, slot in self._keys:
            if name in taps - whole:
                chosen.setdefault(name, set()).add(slot)
        return {name: frozenset(slots) for name, slots in chosen.items()}

    def _asked_title(self) -> str:
        """A narrow window has no room for the whole word."""
        return "Experiments" if self.width() >= _ROOMY else "Exp."

    def _tested_title(self, tested: Sequence[ExperimentView]) -> str:
        """How far the newest test of a client is."""
        word = "Scorecard" if self.width() >= _ROOMY else "Score"
        if not tested or not tested[-1].is_running:
            return word
        done, whole = progress(tested[-1])
        return f"{word} {done}/{whole}"

    def _targets(self, snapshot: Snapshot) -> list[EndpointView]:
        by_name = {
            view.name: view
            for view in reversed(snapshot.endpoints)
            if view.key in self._keys or (view.name, WHOLE) in self._keys
        }
        return list(by_name.values())

    def _apply_filter(self) -> None:
        names, slots = self._names(), self._slots()
        wanted = parse_filter(self.filter.text(), names, self._period, slots)
        self.filter.show_problem(wanted.problem)
        self.events.set_filter(wanted)
        self.messages.set_filter(wanted)
        self.closures.choose(names, self.filter.text(), slots)
        for table in (self.events.table, self.messages.table, self.closures.table):
            table.setColumnHidden(ENDPOINT_COLUMN, names is not None and len(names) == 1)
            table.fit_columns()
        self._show_page()

    def choose_end(self, ended: Ended) -> None:
        """Its row in the table of closures becomes current, so that Enter opens the lens on it."""
        if self._snapshot is not None:
            self.closures.show_snapshot(self._snapshot)
        self.closures.choose_end(ended)

    def choose_moment(self, at_ns: int) -> LogRow | None:
        """Let the row nearest to a moment be the current one, where a log is shown."""
        logs = {Tab.EVENTS: self.events, Tab.MESSAGES: self.messages}
        shown = logs.get(Tab(self.bar.currentIndex()))
        return None if shown is None else shown.choose_moment(at_ns)

    def _end_clicked(self, closure: Closure) -> None:
        self.choose_end(closure)
        self.row_chosen.emit(closure)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        is_roomy = self.width() >= _ROOMY  # elsewhere the tabs would be cut
        self.all_endpoints.setText("all endpoints" if is_roomy else "all")
        self.failed_openings.setText("openings" if is_roomy else "✖")
        self._top.invalidate()  # how wide they are is known only then
        if self._snapshot is not None:
            self._show_counts(self._snapshot)

    def _log_row_chosen(self, row: LogRow | None) -> None:
        if row is not None:
            self.row_chosen.emit(row)
