"""Pure: the course of a reconnect audit. Takes what a tap states and the time, says what the tap is to do next.

Each fault begins on a steady client and is followed by recovery, or by the end of the patience with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wsmonitor.experiments.reconnect.judge import not_tested, row_of
from wsmonitor.experiments.reconnect.plays import PLAYS, SILENT_QUICK_S, SILENT_S, Play
from wsmonitor.experiments.reconnect.timeline import Connection, Timeline
from wsmonitor.experiments.reconnect.window import AT_HAND_NS, SUBSCRIBE_NS, Manner, Window, learned
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.facts.events import AnyEvent

Order = tuple[str, str]
"""A kind of fault and its argument, as a tap takes them."""
Step = Literal["waiting", "steady", "fault", "recovery", "done"]
ALL_OFF: Order = ("everything", "off")
SETTLE_S = 2 * SUBSCRIBE_NS / 1e9 + 0.5
"""Whoever is back so long has sent its first messages."""
RETURN_S = 10.0
"""A client that is gone between two faults has so long to come again."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long things may take: the first steady state, that between faults, coming back, and settling then."""

    steady_s: float = 10.0
    between_s: float = 3.0
    recovery_s: float = 90.0
    settle_s: float = SETTLE_S
    wait_s: float = 600.0
    """For the client to come at all."""


QUICK = Pace(steady_s=5.0, between_s=1.0, recovery_s=45.0)


def plays_for(*, quick: bool) -> tuple[Play, ...]:
    """The faults to play."""
    return tuple(one for one in PLAYS if one.quick or not quick)


def most_s(plays: Sequence[Play], pace: Pace, *, quick: bool) -> float:
    """The longest that the audit takes once the client is there."""
    each = sum(_lasts_s(one, quick=quick) + pace.recovery_s + RETURN_S + pace.between_s for one in plays)
    return pace.steady_s + each


class Audit:
    """`take` every event, and give the orders of `step` to the tap until `is_done`. Times are of one clock."""

    def __init__(self, plays: Sequence[Play], pace: Pace, *, now_ns: int, quick: bool = False) -> None:
        self.rows: list[ReconnectRow] = []
        self.manner: Manner | None = None
        """What was learned of the client, once it was steady."""
        self.at: Step = "waiting"
        self._plays = list(plays)
        self._pace = pace
        self._is_quick = quick
        self._timeline = Timeline()
        self._since_ns = now_ns
        self._deadline_ns = now_ns + round(pace.wait_s * 1e9)
        self._began_ns = self._lifted_ns = now_ns
        self._ahead: list[tuple[float, str, str]] = []

    @property
    def is_done(self) -> bool:
        """True once every fault has its row."""
        return self.at == "done"

    @property
    def is_connected(self) -> bool:
        """True while the client has a connection."""
        return bool(self._timeline.open)

    @property
    def playing(self) -> Play | None:
        """The fault that is on, or that the client recovers from."""
        return self._plays[0] if self.at in ("fault", "recovery") else None

    def left_s(self, now_ns: int) -> float:
        """At most so long to go."""
        return max(0.0, (self._deadline_ns - now_ns) / 1e9)

    def take(self, event: AnyEvent) -> None:
        """An event of the tap."""
        self._timeline.take(event)

    def step(self, now_ns: int) -> list[Order]:
        """What the tap is to do now."""
        if now_ns > self._deadline_ns and not self.is_done:
            return self.stop("no client came and stayed" if self.manner is None else "its time is over")
        match self.at:
            case "waiting":
                return self._wait(now_ns)
            case "steady":
                return self._begin_when_steady(now_ns)
            case "fault":
                return self._go_on(now_ns)
            case "recovery":
                return self._look_for_recovery(now_ns)
            case _:
                return []

    def stop(self, reason: str) -> list[Order]:
        """End now: what was found stays, the rest is not tested."""
        was_on = self.at == "fault"
        self.rows += [not_tested(one, reason) for one in self._plays]
        self._plays.clear()
        self.at = "done"
        return [ALL_OFF] if was_on else []

    def _enter(self, step: Step, now_ns: int) -> None:
        self.at, self._since_ns = step, now_ns

    def _wait(self, now_ns: int) -> list[Order]:
        """For the client, or for its return."""
        if self._steady() is not None:
            self._enter("steady", now_ns)
        elif self.manner is not None and now_ns - self._since_ns > RETURN_S * 1e9:
            return self.stop("the client is not connected any more")
        return []

    def _begin_when_steady(self, now_ns: int) -> list[Order]:
        connection = self._steady()
        if connection is None:
            self._enter("waiting", now_ns)
            return []
        needed_s = self._pace.steady_s if self.manner is None else self._pace.between_s
        if now_ns - max(connection.opened_ns, self._since_ns if self.manner else 0) < needed_s * 1e9:
            return []
        if self.manner is None:
            self.manner = learned(self._timeline, connection)
            self._deadline_ns = now_ns + round(most_s(self._plays, self._pace, quick=self._is_quick) * 1e9)
        self._timeline.forget(now_ns - AT_HAND_NS)
        self._began_ns = self._lifted_ns = now_ns
        self._ahead = sorted(self._plays[0].orders, key=lambda one: one[0])
        self._enter("fault", now_ns)
        return self._go_on(now_ns)

    def _steady(self) -> Connection | None:
        """The youngest open connection."""
        return max(self._timeline.open, key=lambda one: one.opened_ns, default=None)

    def _go_on(self, now_ns: int) -> list[Order]:
        """The orders of the fault that are due, and its end."""
        play = self._plays[0]
        age_s = (now_ns - self._began_ns) / 1e9
        due = [(kind, argument) for at_s, kind, argument in self._ahead if at_s <= age_s]
        self._ahead = self._ahead[len(due) :]
        if self._ahead or not (age_s >= _lasts_s(play, quick=self._is_quick) or self._may_lift(play)):
            return due
        self._lifted_ns = now_ns if play.lasts_s else self._began_ns
        self._enter("recovery", now_ns)
        return [*due, ALL_OFF] if play.lasts_s else due

    def _may_lift(self, play: Play) -> bool:
        wanted = {"time": 0, "first try": 1, "second try": 2}[play.lift_on]
        return 0 < wanted <= sum(one.count for one in self._timeline.tries if one.at_ns > self._began_ns)

    def _look_for_recovery(self, now_ns: int) -> list[Order]:
        """Whether the client is back and has settled, or the patience with it is over."""
        play, connection = self._plays[0], self._steady()
        stayed = play.is_bearable and connection is not None
        back_ns = None if connection is None else connection.opened_ns
        is_back = stayed or (back_ns is not None and back_ns >= self._lifted_ns and back_ns > self._began_ns)
        settled_ns = max(back_ns or 0, self._lifted_ns) + round(self._pace.settle_s * 1e9)
        is_late = now_ns - self._since_ns > self._pace.recovery_s * 1e9
        if (is_back and now_ns >= settled_ns) or is_late:
            assert self.manner is not None
            window = Window(self._began_ns, self._lifted_ns, now_ns)
            self.rows.append(row_of(play, self._timeline, window, self.manner))
            del self._plays[0]
            self._enter("waiting" if self._plays else "done", now_ns)
        return []


def _lasts_s(play: Play, *, quick: bool) -> float:
    return SILENT_QUICK_S if quick and play.lasts_s == SILENT_S else play.lasts_s
