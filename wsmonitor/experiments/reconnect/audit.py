"""Pure: the course of a reconnect audit. Takes what a tap states and the time, says what the tap is to do next.

Each fault begins on a steady client and is followed by recovery, or by the end of the patience with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.experiments.reconnect.attempts import attempts
from wsmonitor.experiments.reconnect.judge import not_tested, row_of
from wsmonitor.experiments.reconnect.plays import PLAYS, Play
from wsmonitor.experiments.reconnect.shapes import shape_of
from wsmonitor.experiments.reconnect.timeline import Connection, Timeline
from wsmonitor.experiments.reconnect.window import (
    AT_HAND_NS,
    SUBSCRIBE_NS,
    Manner,
    Window,
    lacks,
    learned,
    measure,
    without_what_goes_on,
)
from wsmonitor.facts.answers import AuditStage, AuditStep, ReconnectRow
from wsmonitor.facts.events import EVERYTHING, OFF, AnyEvent


class Order(NamedTuple):
    """A kind of fault and its argument, as a tap takes them; `slot` for one connection only."""

    kind: str
    argument: str
    slot: int | None = None


ALL_OFF = Order(EVERYTHING, OFF)
_FINAL = frozenset(play.name for play in PLAYS if play.is_final)
SETTLE_S = 2 * SUBSCRIBE_NS / 1e9 + 0.5
"""Whoever is back so long has sent its first messages."""
LATE_SUBSCRIPTION_NS = 8_000_000_000
"""Whoever has not sent its first messages by then is watched so much longer: they may be slow, or none."""
FINAL_S = 15.0
SOON_S = 20.0
"""A heartbeat of the usual kind has noticed by then."""
RETURN_S = 30.0
"""A client that is gone between two faults has so long to come again, or to be started again."""


class Pace(Struct, frozen=True, kw_only=True):
    """How long things may take: the first steady state, that between faults, coming back, and settling then."""

    steady_s: float = 10.0
    between_s: float = 8.0
    recovery_s: float = 90.0
    settle_s: float = SETTLE_S
    wait_s: float = 600.0
    """For the client to come at all."""


QUICK = Pace(steady_s=5.0, between_s=3.5, recovery_s=45.0)


class Audit:
    """`take` every event, and give the orders of `step` to the tap until `is_done`. Times are of one clock.

    Args:
        subscription: texts of the messages that the client sends first; `None`: that is learned.
    """

    def __init__(
        self,
        plays: Sequence[Play],
        pace: Pace,
        *,
        now_ns: int,
        subscription: Sequence[str] | None = None,
    ) -> None:
        self.rows: list[ReconnectRow] = []
        self.manner: Manner | None = None
        """What was learned of the client, once it was steady."""
        self.at: AuditStage = "waiting"
        self.was_told_to_stop = False
        """What is not tested is not, because the client rightly stays away."""
        self.bound_s = pace.steady_s + sum(_most_s(one, pace) for one in plays)
        """The longest that it takes once the client is there."""
        self._said = None if subscription is None else _shapes(subscription)
        self._plays = list(plays)
        self._pace = pace
        self._timeline = Timeline()
        self._since_ns = now_ns
        self._deadline_ns = now_ns + round(pace.wait_s * 1e9)
        self._began_ns = self._lifted_ns = now_ns
        self._ahead: list[tuple[float, Order]] = []

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

    def shown(self, now_ns: int) -> AuditStep:
        """Where it is now, for whoever looks on."""
        playing = self.playing
        lifted_ns = self._lifted_ns if self.at == "recovery" else None
        return AuditStep(
            stage=self.at,
            is_connected=self.is_connected,
            faults_left=len(self._plays),
            ends_by_ns=self._deadline_ns,
            likely_left_s=self._likely_left_s(now_ns),
            fault="" if playing is None else playing.name,
            subscription=None if self.manner is None else self.manner.subscription,
            attempts=None if playing is None else attempts(self._timeline, self._began_ns, lifted_ns, now_ns),
        )

    def _likely_left_s(self, now_ns: int) -> float:
        """If the client comes back soon; nobody knows how long it takes until it is there."""
        later = self._plays if self.playing is None else self._plays[1:]
        left_s = sum(_likely_s(one, self._pace) for one in later)
        if self.playing is not None:
            left_s += max(0.0, _likely_s(self.playing, self._pace) - (now_ns - self._began_ns) / 1e9)
        return round(left_s + (self._pace.steady_s if self.manner is None and later else 0.0), 1)

    def set_subscription(self, messages: Sequence[str]) -> None:
        """From the next row on these texts count as what the client sends first."""
        self._said = _shapes(messages)
        if self.manner is not None:
            self.manner = replace(self.manner, subscription=self._said)

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
        was_on = self.playing is not None
        self.rows += [not_tested(one, reason) for one in self._plays]
        self._plays.clear()
        self.at = "done"
        return [ALL_OFF] if was_on else []

    def leave_out(self, reason: str, now_ns: int) -> None:
        """The fault that is on could not be played."""
        if self.playing is not None:
            self.rows.append(not_tested(self._plays[0], reason))
            self._next(now_ns)

    def _enter(self, stage: AuditStage, now_ns: int) -> None:
        self.at, self._since_ns = stage, now_ns

    def _next(self, now_ns: int) -> None:
        del self._plays[0]
        self._enter("waiting" if self._plays else "done", now_ns)

    def _wait(self, now_ns: int) -> list[Order]:
        """For the client, or for its return."""
        if self._steady() is not None:
            self._enter("steady", now_ns)
        elif self.manner is not None and now_ns - self._since_ns > RETURN_S * 1e9:
            self.was_told_to_stop = any(row.honoured or row.gave_up for row in self.rows[-1:] if row.fault in _FINAL)
            told = f", as {self.rows[-1].fault} told it" if self.was_told_to_stop else ""
            return self.stop(f"the client is not connected any more{told}")
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
            self.manner = learned(self._timeline, self._timeline.open)
            if self._said is not None:
                self.manner = replace(self.manner, subscription=self._said)
            self._deadline_ns = now_ns + round(self.bound_s * 1e9)
        self._timeline.forget(now_ns - AT_HAND_NS)
        self._timeline.keep_youngest(self.manner.connections)
        self._began_ns = self._lifted_ns = now_ns
        self._ahead = self._orders(self._plays[0])
        self._enter("fault", now_ns)
        return self._go_on(now_ns)

    def _orders(self, play: Play) -> list[tuple[float, Order]]:
        """What is to be ordered and when; a path that dies is that of the connections of now, not of later ones."""
        slots = [one.slot for one in self._timeline.open] if play.is_dead else [None]
        found = [(at_s, Order(kind, argument, slot)) for at_s, kind, argument in play.orders for slot in slots]
        return sorted(found, key=lambda one: one[0])

    def _steady(self) -> Connection | None:
        """The youngest open connection."""
        return max(self._timeline.open, key=lambda one: one.opened_ns, default=None)

    def _go_on(self, now_ns: int) -> list[Order]:
        """The orders of the fault that are due, and its end."""
        play = self._plays[0]
        age_s = (now_ns - self._began_ns) / 1e9
        due = [order for at_s, order in self._ahead if at_s <= age_s]
        self._ahead = self._ahead[len(due) :]
        is_over = age_s >= play.lasts_s
        tries = [one.at_ns for one in self._timeline.tries for _ in range(one.count) if one.at_ns > self._began_ns]
        noticed_ns = tries[play.lift_on_try - 1] if 0 < play.lift_on_try <= len(tries) else None
        if self._ahead or not (is_over or noticed_ns is not None):
            return due
        self._enter("recovery", now_ns)
        if play.is_dead and noticed_ns is not None:
            # Its new connection lives. Whether it left the dead one is seen while that stays dead.
            self._lifted_ns = noticed_ns
            return due
        self._lifted_ns = now_ns if play.lasts_s else self._began_ns
        return [*due, ALL_OFF] if play.lasts_s else due

    def _look_for_recovery(self, now_ns: int) -> list[Order]:
        """Whether the client is back and has settled, or the patience with it is over."""
        play, connection = self._plays[0], self._steady()
        stayed = play.is_bearable and connection is not None
        back_ns = None if connection is None else connection.opened_ns
        is_back = stayed or (back_ns is not None and back_ns >= self._lifted_ns and back_ns > self._began_ns)
        settled_ns = max(back_ns or 0, self._lifted_ns) + round(self._pace.settle_s * 1e9)
        is_late = now_ns - self._since_ns > _patience_s(play, self._pace) * 1e9
        is_silent = is_back and not stayed and now_ns < settled_ns + LATE_SUBSCRIPTION_NS and self._lacks()
        if (is_back and now_ns >= settled_ns and not is_silent) or is_late:
            self._judge(play, now_ns)
            return [ALL_OFF] if play.is_dead else []
        return []

    def _lacks(self) -> bool:
        """Whether first messages are still to come on the new connection."""
        assert self.manner is not None
        return bool(lacks(self._timeline, self._lifted_ns, self.manner))

    def _judge(self, play: Play, now_ns: int) -> None:
        assert self.manner is not None
        manner = self.manner
        if self._said is None:
            manner = replace(manner, subscription=without_what_goes_on(manner.subscription, self._timeline))
        window = Window(self._began_ns, self._lifted_ns, now_ns)
        seen = measure(play, self._timeline, window, manner)
        self.rows.append(
            row_of(play, seen, manner, self.rows, attempts(self._timeline, self._began_ns, self._lifted_ns, now_ns))
        )
        if play.refuses and not play.is_final and seen.spacing.gaps:
            manner = replace(manner, spacings=(*manner.spacings, seen.spacing.gaps))
        self.manner = manner
        self._next(now_ns)


def audit_for(*, quick: bool, subscription: Sequence[str] | None, now_ns: int) -> Audit:
    """All faults, or the quick ones only."""
    plays = [one for one in PLAYS if one.quick or not quick]
    return Audit(plays, QUICK if quick else Pace(), now_ns=now_ns, subscription=subscription)


def _most_s(play: Play, pace: Pace) -> float:
    return play.lasts_s + _patience_s(play, pace) + RETURN_S + pace.between_s


def _patience_s(play: Play, pace: Pace) -> float:
    """So long the client has to come back; whoever was told to stay away need not."""
    return min(pace.recovery_s, FINAL_S) if play.is_final else pace.recovery_s


def _likely_s(play: Play, pace: Pace) -> float:
    """What a fault takes with a client that comes back soon."""
    return (play.lasts_s if not play.lift_on_try else min(play.lasts_s, SOON_S)) + pace.settle_s + pace.between_s


def _shapes(messages: Sequence[str]) -> tuple[str, ...]:
    return tuple(shape_of(text.encode(), is_text=True) for text in messages)
