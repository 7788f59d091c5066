"""How well the monitor itself does: the probe, how late its loop wakes, what it had to drop."""

import math
from collections import deque

from wsmonitor.analysis.series.history import Gap, NoteAt, SessionHistory
from wsmonitor.analysis.series.levels import Series
from wsmonitor.analysis.series.percentiles import Histogram
from wsmonitor.analysis.snapshot import Health, ProbeState
from wsmonitor.facts.events import MOST_NOTE, ClockJump, LoopLag, ProbeLost, ProbeStarted, SamplesDropped
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.text.plain_text import visible
from wsmonitor.text.wording.layers import NOTABLE_LAG_NS

_RECENT_NS = 60_000_000_000
_LAGS = 1000
_GAPS = 1000
_TROUBLES = 1000
_NOTES = 1000


class HealthFold:
    """Folds what is known about the probe. Times in seconds count from the session's start."""

    def __init__(self, since_ns: int) -> None:
        self._probe: ProbeState = "starting"
        self._since_ns = since_ns
        self._reason = ""
        self._dropped = self._skipped = 0
        self._lags: deque[LoopLag] = deque(maxlen=_LAGS)
        self._lag = Series()
        self._own: deque[OwnTrouble] = deque(maxlen=_TROUBLES)
        self._gaps: deque[Gap] = deque(maxlen=_GAPS)
        self._notes: deque[NoteAt] = deque(maxlen=_NOTES)
        self._health: Health | None = None
        self._session: SessionHistory | None = None

    def lag(self, event: LoopLag, at_s: float) -> None:
        """The loop woke late."""
        self._lags.append(event)
        while self._lags[0].at_ns < event.at_ns - _RECENT_NS:
            self._lags.popleft()
        self._lag.append(at_s, event.lag_ns / 1e6)
        if event.lag_ns >= NOTABLE_LAG_NS:
            self._own.append(OwnTrouble("lag", event.at_ns, event.lag_ns))
        self._health = self._session = None

    def jump(self, event: ClockJump) -> None:
        """Time passed unseen."""
        self._own.append(OwnTrouble(event.kind, event.at_ns, event.gap_ns))
        self._health = None

    def drop(self, event: SamplesDropped) -> None:
        """Samples were not passed on."""
        self._dropped += event.count
        self._health = None

    def note(self, text: str, at_s: float) -> None:
        """The user wrote something about a moment."""
        self._notes.append(NoteAt(at_s, visible(text, MOST_NOTE)))
        self._session = None

    def skip(self) -> None:
        """An event came that could not be taken."""
        self._skipped += 1
        self._health = None

    def start(self, event: ProbeStarted, at_s: float) -> None:
        """The probe is there (again)."""
        self._become("running", event.at_ns, "")
        if self._gaps and math.isinf(self._gaps[-1].end_s):
            self._gaps[-1] = Gap(self._gaps[-1].start_s, at_s)

    def lose(self, event: ProbeLost, at_s: float) -> None:
        """The probe is gone."""
        self._become("lost", event.at_ns, visible(event.reason))
        if not self._gaps or not math.isinf(self._gaps[-1].end_s):
            self._gaps.append(Gap(at_s, math.inf))
        self._lag.interrupt(at_s)

    def health(self) -> Health:
        """For the status bar."""
        if self._health is None:
            recent = Histogram()
            for event in self._lags:
                recent.add(event.lag_ns)
            lag_ns = recent.percentile(99)
            self._health = Health(
                self._probe, self._since_ns, self._reason, lag_ns, self._dropped, tuple(self._own), self._skipped
            )
        return self._health

    def session(self) -> SessionHistory:
        """For the plots."""
        if self._session is None:
            self._session = SessionHistory(self._lag.view(), tuple(self._gaps), tuple(self._notes))
        return self._session

    def _become(self, probe: ProbeState, at_ns: int, reason: str) -> None:
        self._probe, self._since_ns, self._reason = probe, at_ns, reason
        self._health = self._session = None
