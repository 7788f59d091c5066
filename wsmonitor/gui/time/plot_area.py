"""Where the plots are: decides which time they show, and holds a frozen snapshot. No pyqtgraph until first paint."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from wsmonitor.analysis.focus import Focus
from wsmonitor.analysis.snapshot import Closure, Ended, EndpointView, Snapshot
from wsmonitor.facts.events import Key
from wsmonitor.gui.groups.together import of_keys
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.time.time_view import WINDOWS_S, TimeView
from wsmonitor.plots.drawing import Span

if TYPE_CHECKING:
    from wsmonitor.gui.time.plotting.pane import Pane
    from wsmonitor.gui.time.plotting.stack import PlotStack

_RECENT_S = 30.0
_REACH = 12
"""A click so many pixels beside an end means it: about half a chip."""
_SLOWEST_S, _SLOWEST_SAMPLE_S = 0.25, 1.0
_EDGE_NS = 500_000_000
"""With nothing new, what lies between the newest fact and now is painted this often."""


class PlotArea(QWidget):
    """Shows one connection, or several in one picture, over the chosen time. `view_changed` follows that choice."""

    view_changed = Signal()
    focus_changed = Signal()
    loaded = Signal()
    words_wanted = Signal()
    said = Signal(str, bool)
    """What was done, or, if true, went wrong."""
    note_wanted = Signal(float)
    """The moment that a note is to be about, in seconds since the session's start."""
    end_chosen = Signal(object)
    """A click near where a connection ended or an opening failed: the `Ended`."""
    end_opened = Signal(object)
    """A double click there, or anywhere in the life of a connection that ended; `None` in that of one that lives."""
    moment_chosen = Signal(object)
    """A click beside every end: the moment, on the clock of the events."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.stack: PlotStack | None = None
        self.time_view = TimeView()
        self.focus: Focus | None = None
        """The period whose numbers everything shows."""
        self._snapshot: Snapshot | None = None
        self._frozen = False
        self.keys: tuple[Key, ...] = ()
        """The connections that are shown."""
        self._painted: tuple[tuple[EndpointView, ...], Span] | None = None
        self._painted_ns = 0
        self._hint = QLabel("Select an endpoint", self)
        self._hint.setObjectName("muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._hint)

    @property
    def moments(self) -> Moments:
        """How times read."""
        return self._look.moments

    @property
    def is_frozen(self) -> bool:
        """True while the view keeps the snapshot it has."""
        return self._frozen

    @property
    def is_live(self) -> bool:
        """True while the plots follow what happens now."""
        return self.time_view.is_live and not self._frozen

    @property
    def span(self) -> Span:
        """The stretch of time shown."""
        return self.time_view.span(self._now_s, self._pixels)

    @property
    def lit_window(self) -> int | None:
        """Which of `WINDOWS_S` is shown, where the user chose one of them."""
        return self.time_view.lit_window

    def load(self) -> None:
        """Import pyqtgraph and make the plots: called once, after the first paint."""
        if self.stack is not None:
            return
        from wsmonitor.gui.time.plotting.stack import PlotStack

        self.stack = PlotStack(self._look, self)
        self.stack.zoomed.connect(self._zoomed)
        self.stack.panned.connect(self._panned)
        self.stack.focused.connect(self.focus_on)
        self.stack.resized.connect(self._repaint_soon)
        self.stack.clicked.connect(self._clicked)
        self.stack.opened.connect(self._opened)
        self.stack.menu_wanted.connect(self._show_menu)
        self.stack.words_wanted.connect(self.words_wanted)
        self.stack.said.connect(self.said)
        self.stack.note_wanted.connect(self.note_wanted)
        self._layout.addWidget(self.stack)
        self.loaded.emit()
        self._paint(fresh=True)

    def show_snapshot(self, snapshot: Snapshot, *, may_wait: bool = False) -> None:
        """Take the snapshot unless frozen; paint where something new would be seen.

        `may_wait`: the next one is near, and all else is painted now; only what moves must not stop.
        """
        if not self._frozen:
            self._snapshot = snapshot
        self._paint(fresh=False, may_wait=may_wait)

    def choose_endpoints(self, keys: tuple[Key, ...]) -> None:
        """Show these connections from now on."""
        if keys != self.keys:
            if not set(keys) & set(self.keys):
                self.mark(())  # what was chosen is another endpoint's
            self.keys = keys
            self._paint(fresh=True)

    def choose_window(self, number: int) -> None:
        """Show the `number`-th of `WINDOWS_S`."""
        self._use(self.time_view.choose(WINDOWS_S[number], self._now_s))

    def freeze(self, *, frozen: bool) -> None:
        """Keep the snapshot, or go on with the newest. Resuming also returns to live."""
        self._frozen = frozen
        self._use(self.time_view.hold(self._now_s, self._pixels) if frozen else self.time_view.follow())

    def focus_on(self, start_s: float, end_s: float) -> None:
        """Choose a focus period, cut to what has happened so far."""
        start_s, end_s = max(0.0, start_s), min(end_s, self._now_s)
        if end_s > start_s:
            self._use_focus(Focus(start_s, end_s))

    def focus_view(self) -> None:
        """Make a focus period of what is shown, or of what lies between the marks A and B."""
        marks = self.stack.marks if self.stack is not None else None
        if marks is not None:
            self.focus_on(*marks)
        else:
            self.focus_on(self.span.start_s, self.span.end_s)

    def clear_focus(self) -> None:
        """Numbers of the whole session again."""
        self._use_focus(None)

    def zoom_to_focus(self) -> None:
        """Show the focus period, with some air around it."""
        if self.focus is not None:
            air = 0.05 * (self.focus.end_s - self.focus.start_s)
            self._use(self.time_view.show(Span(self.focus.start_s - air, self.focus.end_s + air)))

    def follow(self) -> None:
        """Back to live."""
        self.freeze(frozen=False)

    def show_recent(self) -> None:
        """Follow live, over half a minute where the session is longer: for what has only just begun."""
        self._frozen = False
        time_view = self.time_view.follow()
        self._use(time_view if self._now_s < _RECENT_S and time_view.auto else TimeView(_RECENT_S, auto=False))

    def show_everything(self) -> None:
        """Follow, over the whole session."""
        self._frozen = False
        self._use(TimeView(None, auto=False))

    def zoom(self, factor: float) -> None:
        """Zoom around the right edge where live, else around the middle."""
        span = self.span
        middle = (span.start_s + span.end_s) / 2
        self._zoomed(factor, self._now_s if self.time_view.is_live else middle)

    def scroll_by(self, share: float) -> None:
        """Move by a share of what is shown."""
        self._panned(share * (self.span.end_s - self.span.start_s))

    def show_moment(self, at_ns: int, *, always: bool = False) -> None:
        """Show this moment in the middle, unless it is well in sight already; `always` centres it anyway."""
        if self._snapshot is None:
            return
        at_s, span = self._snapshot.seconds(at_ns), self.span
        margin = 0.05 * (span.end_s - span.start_s)
        if always or not span.start_s + margin <= at_s <= span.end_s - margin:
            self._use(self.time_view.centre(at_s, self._now_s, self._pixels))

    def show_stretch(self, start_ns: int, end_ns: int) -> None:
        """Hold the view on this stretch of time, with some air around it."""
        if self._snapshot is None:
            return
        start_s, end_s = self._snapshot.seconds(start_ns), self._snapshot.seconds(end_ns)
        air_s = max(2.0, 0.15 * (end_s - start_s))
        self._use(TimeView(None, auto=False, held=Span(start_s - air_s, end_s + air_s)))

    def mark(self, times_ns: Iterable[int]) -> None:
        """Mark what is selected; nothing takes the marks away."""
        if self.stack is not None and self._snapshot is not None:
            self.stack.show_selected([self._snapshot.seconds(at_ns) for at_ns in times_ns])

    def show_only(self, ended: Iterable[Ended]) -> None:
        """Show chips and lines of these ends alone; of none of them means all again."""
        if self.stack is not None and self._snapshot is not None:
            seconds = self._snapshot.seconds
            self.stack.only = [((one.endpoint, one.slot), seconds(one.at_ns)) for one in ended]
            self._paint(fresh=True)

    def centre(self, at_s: float) -> None:
        """Show the moment `at_s` in the middle."""
        self._use(self.time_view.centre(at_s, self._now_s, self._pixels))

    def show_start(self) -> None:
        """Show where the session began."""
        self._use(self.time_view.pan(-self._now_s - 1.0, self._now_s, self._pixels))

    def step_closure(self, step: int) -> None:
        """Centre on the next (1) or previous (-1) closure of what is shown, or note."""
        views = self._shown_views()
        if self._snapshot is None or not views:
            return
        mine = [closure for closure in self._snapshot.closures if (closure.endpoint, closure.slot) in self.keys]
        notes = [note.at_s for note in views[0].history.session.notes]
        times = sorted([*(self._snapshot.seconds(closure.at_ns) for closure in mine), *notes])
        span = self.span
        middle = self._now_s if self.time_view.is_live else (span.start_s + span.end_s) / 2
        tolerance = (span.end_s - span.start_s) * 1e-6
        wanted = [at for at in times if (at > middle + tolerance if step > 0 else at < middle - tolerance)]
        if wanted:
            at_s = wanted[0] if step > 0 else wanted[-1]
            self._use(self.time_view.centre(at_s, self._now_s, self._pixels))

    @property
    def _now_s(self) -> float:
        return self._snapshot.seconds(self._snapshot.at_ns) if self._snapshot is not None else 0.0

    @property
    def _pixels(self) -> int:
        return self.stack.pixels if self.stack is not None else max(1, self.width())

    def _zoomed(self, factor: float, at_s: float) -> None:
        self._use(self.time_view.zoom(factor, at_s, self._now_s, self._pixels))

    def _panned(self, by_s: float) -> None:
        self._use(self.time_view.pan(by_s, self._now_s, self._pixels))

    def _clicked(self, at_s: float) -> None:
        if (ended := self._end_near(at_s)) is not None:
            self.end_chosen.emit(ended)
        elif self._snapshot is not None:
            self.mark(())
            self.moment_chosen.emit(self._snapshot.start_ns + round(at_s * 1e9))

    def _opened(self, at_s: float) -> None:
        self.end_opened.emit(self._end_near(at_s) or self._end_of_life(at_s))

    def _end_of_life(self, at_s: float) -> Closure | None:
        """The end of the connection that was open then; `None` where none was, or it is open still."""
        if self._snapshot is None:
            return None
        at_ns = self._snapshot.start_ns + round(at_s * 1e9)
        mine = (one for one in self._snapshot.closures if (one.endpoint, one.slot) in self.keys)
        return next((one for one in mine if one.at_ns - one.verdict.life_ns <= at_ns <= one.at_ns), None)

    def _end_near(self, at_s: float) -> Ended | None:
        """The end of what is shown that is nearest, within some pixels."""
        if self._snapshot is None:
            return None
        seconds, span = self._snapshot.seconds, self.span
        everything: list[Ended] = [*self._snapshot.closures, *self._snapshot.failures]
        mine = [one for one in everything if (one.endpoint, one.slot) in self.keys]
        near = min(mine, key=lambda one: abs(seconds(one.at_ns) - at_s), default=None)
        reach_s = _REACH * (span.end_s - span.start_s) / self._pixels
        return near if near is not None and abs(seconds(near.at_ns) - at_s) <= reach_s else None

    def _use(self, time_view: TimeView) -> None:
        self.time_view = time_view
        self._paint(fresh=True)
        self.view_changed.emit()

    def _use_focus(self, focus: Focus | None) -> None:
        if focus is self.focus:
            return
        self.focus = focus
        if self.stack is not None:
            self.stack.show_focus(None if focus is None else Span(focus.start_s, focus.end_s))
        self.focus_changed.emit()

    def _is_due(self, views: tuple[EndpointView, ...], span: Span, now_ns: int, may_wait: bool) -> bool:
        """True where painting would show more: another time, or new facts that could be told apart by now.

        That is twice a pixel and at least four times a second for what happens, once a second for mere samples, half a
        pixel for a view that follows.
        """
        if self._painted is None or [one.key for one in self._painted[0]] != [view.key for view in views]:
            return True
        before, shown = self._painted
        pixel_s = (span.end_s - span.start_s) / self._pixels
        moved_s = max(abs(span.start_s - shown.start_s), abs(span.end_s - shown.end_s))
        if moved_s >= pixel_s / 2:
            return True
        if may_wait:
            return False
        passed_ns = now_ns - self._painted_ns
        pairs = [(one, view) for one, view in zip(before, views, strict=True) if one is not view]
        if pairs:
            slowest_s = _SLOWEST_S if any(_is_event(one, view) for one, view in pairs) else _SLOWEST_SAMPLE_S
            return not 0 < passed_ns < min(pixel_s / 2, slowest_s) * 1e9
        return not 0 <= passed_ns < _EDGE_NS

    def _show_menu(self, pane: "Pane | None", at_s: float | None, label: str, place: QPoint) -> None:
        from wsmonitor.gui.time.plotting.menu import plot_menu

        if self.stack is not None:
            plot_menu(self.stack, pane, at_s, label).popup(place)

    def ask_picture(self) -> None:
        """Ask where to save what the plots show."""
        from wsmonitor.gui.time.plotting.menu import ask_where

        if self.stack is not None:
            ask_where(self.stack)

    def _repaint_soon(self) -> None:
        QTimer.singleShot(0, self, self._repaint)

    def _repaint(self) -> None:
        self._paint(fresh=True)

    def in_words(self) -> str:
        """What the plots show in the focus period, else in the time in sight; empty without an endpoint."""
        from wsmonitor.gui.time.plots_in_words import plots_in_words
        from wsmonitor.plots import PLOTS

        snapshot, focus = self._snapshot, self.focus
        if snapshot is None:
            return ""
        span = self.span if focus is None else Span(focus.start_s, focus.end_s)
        said = [
            plots_in_words(snapshot, view, PLOTS, span, moments=self._look.moments, is_focus=focus is not None)
            for view in self._shown_views()
        ]
        return "\n\n".join(said)

    def _shown_views(self) -> tuple[EndpointView, ...]:
        return () if self._snapshot is None else of_keys(self.keys, self._snapshot)

    def _paint(self, *, fresh: bool, may_wait: bool = False) -> None:
        views = self._shown_views()
        if self.stack is None or not views or self._snapshot is None:
            self._layout.setCurrentWidget(self._hint)
            return
        self._layout.setCurrentWidget(self.stack)
        span, now_ns = self.span, self._snapshot.at_ns
        if fresh or self._is_due(views, span, now_ns, may_wait):
            self._painted, self._painted_ns = (views, span), now_ns
            self.stack.show_endpoints(self._snapshot, views, span)
            self.stack.show_width(span.end_s - span.start_s, grows=self.time_view.auto)


def _is_event(before: EndpointView, after: EndpointView) -> bool:
    """Whether more happened than samples."""
    old, new = before.history, after.history
    return (
        old.states is not new.states
        or old.closures is not new.closures
        or old.openings is not new.openings
        or old.missed is not new.missed
        or old.forced != new.forced
        or old.session.notes is not new.session.notes
    )
