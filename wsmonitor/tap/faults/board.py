"""The faults of one tap that are on: switched by kind, applied to every client they are meant for, told as events."""

import random
import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.engine.reporter import Publish
from wsmonitor.facts.errors import DisruptionError
from wsmonitor.facts.events import EVERYTHING, OFF, Disruption, DisruptionPhase
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.settings.tap_faults import Fault, fault_kind, read_fault
from wsmonitor.tap.faults.acting import Undo, begin
from wsmonitor.tap.faults.openings import answer_of
from wsmonitor.tap.pair import Pair
from wsmonitor.tap.request.request_head import RequestHead

Key = tuple[str, int | None]


class BoardOwner(Protocol):
    """The tap, as far as its faults need it."""

    @property
    def pairs(self) -> tuple[Pair, ...]: ...

    def listen(self, *, listening: bool) -> None: ...

    def release_hung(self) -> None: ...


class _On:
    """A fault that is on: the pairs that it acts on, each with what takes it back."""

    def __init__(self, fault: Fault, slot: int | None) -> None:
        self.fault = fault
        self.slot = slot
        self.undo: dict[Pair, Undo] = {}
        self.timer: Timer | None = None
        self.openings_left = fault.openings


class Board:
    """Faults are known by their kind, and by the slot where they are for one client only."""

    def __init__(self, name: str, owner: BoardOwner, *, clock: Clock, publish: Publish, chance: random.Random) -> None:
        self._name = name
        self._owner = owner
        self._clock = clock
        self._publish = publish
        self._chance = chance
        self._on: dict[Key, _On] = {}

    @property
    def hangs(self) -> bool:
        """True while clients are accepted and left alone; each such client counts."""
        return self._takes_opening("hang") is not None

    def order(self, kind: str, argument: str, slot: int | None) -> None:
        """Switch a fault on, or with `off` off. Raises `DisruptionError` for what does not exist or make sense."""
        if (kind, argument) == (EVERYTHING, OFF):
            for key in [key for key in self._on if slot in (None, key[1])]:
                self._switch_off(key)
            for pair in self._pairs(slot):  # of one client: what is on for all leaves it alone
                for one in list(self._on.values()):
                    self._take_back(one, pair)
            return
        try:
            found = fault_kind(kind)
            if found.is_linux and sys.platform != "linux":
                raise ValueError(f"{kind} works on Linux only; `stall` comes closest elsewhere")
            fault = None if argument == OFF and found.lasts else read_fault(kind, argument)
        except ValueError as error:
            raise DisruptionError(str(error)) from error
        if slot is not None and not self._pairs(slot):
            raise DisruptionError(f"{self._name} has no client in slot {slot}")
        self._switch_off((kind, slot))
        if fault is not None:
            self._switch_on(fault, slot)

    def connected(self, pair: Pair) -> None:
        """Both legs of a pair are there, its answer is not: faults on bytes and on the answer begin."""
        self._join(pair, ("bytes", "answer"))

    def opened(self, pair: Pair) -> None:
        """Frames pass from now on: the other faults begin."""
        self._join(pair, ("frames", "legs", "pair"))

    def gone(self, pair: Pair) -> None:
        """A pair has ended; what acted on it is over."""
        for one in self._on.values():
            if one.undo.pop(pair, None) is not None:
                self._tell(one, pair, "ended")
        for key in [key for key, one in self._on.items() if one.slot is not None and not one.undo]:
            self._forget(key)

    def answer(self, head: RequestHead) -> tuple[str, bytes] | None:
        """What a fault says to an upgrade request in the server's place, and its name."""
        for kind in ("http", "accept_then_close"):
            fault = self._takes_opening(kind)
            if fault is not None and (said := answer_of(fault, head)) is not None:
                return f"{kind} {fault.text}".strip(), said
        return None

    def clear(self) -> None:
        """The tap stops: all are off."""
        for key in list(self._on):
            self._switch_off(key)

    def _switch_on(self, fault: Fault, slot: int | None) -> None:
        one = _On(fault, slot)
        if slot is None:
            self._tell_shared(fault, "started")
        if not fault.kind.lasts:
            pairs = self._pairs(slot)
            if not pairs:
                self._tell_shared(fault, "failed", error="no client is connected")
            for pair in pairs:
                self._begin(one, pair)
            return
        key = (fault.kind.kind, slot)
        self._on[key] = one
        for pair in self._pairs(slot):
            self._begin(one, pair)
        if fault.kind.kind == "refuse":
            self._owner.listen(listening=False)
        if fault.duration_s is not None:
            due_ns = self._clock.now_ns() + to_ns(fault.duration_s)
            one.timer = self._clock.call_at(due_ns, partial(self._switch_off, key))

    def _switch_off(self, key: Key) -> None:
        one = self._on.get(key)
        if one is None:
            return
        self._forget(key)
        for pair in list(one.undo):
            self._take_back(one, pair)
        if one.fault.kind.kind == "refuse":
            self._owner.listen(listening=True)
        if one.fault.kind.kind == "hang":
            self._owner.release_hung()
        if one.slot is None:
            self._tell_shared(one.fault, "ended")

    def _take_back(self, one: _On, pair: Pair) -> None:
        undo = one.undo.pop(pair, None)
        if undo is None:
            return
        if not pair.has_ended:
            undo()
            pair.blame(self._blamed(pair))
        self._tell(one, pair, "ended")

    def _forget(self, key: Key) -> None:
        one = self._on.pop(key)
        if one.timer is not None:
            one.timer.cancel()

    def _join(self, pair: Pair, acting: tuple[str, ...]) -> None:
        for one in list(self._on.values()):
            if one.slot is None and one.fault.kind.acts_on in acting and pair not in one.undo:
                self._begin(one, pair)

    def _begin(self, one: _On, pair: Pair) -> None:
        fault = one.fault
        if fault.kind.acts_on == "openings" or (fault.chance < 1 and self._chance.random() >= fault.chance):
            return
        pair.blame(fault.kind.kind)
        self._tell(one, pair, "started")
        try:
            undo = begin(pair, fault, self._chance)
        except (DisruptionError, OSError, KeyError) as error:
            pair.blame(self._blamed(pair))
            self._tell(one, pair, "failed", error=str(error))
            return
        if undo is not None and not pair.has_ended:
            one.undo[pair] = undo

    def _takes_opening(self, kind: str) -> Fault | None:
        one = self._on.get((kind, None))
        if one is None or (one.fault.chance < 1 and self._chance.random() >= one.fault.chance):
            return None
        if one.openings_left is not None:
            one.openings_left -= 1
            if one.openings_left <= 0:
                self._clock.call_at(self._clock.now_ns(), partial(self._switch_off, (kind, None)))
            if one.openings_left < 0:
                return None
        return one.fault

    def _pairs(self, slot: int | None) -> list[Pair]:
        """Open pairs, all or the one in that slot."""
        return [
            pair
            for pair in self._owner.pairs
            if pair.is_open and (slot is None or (pair.reporter is not None and pair.reporter.slot == slot))
        ]

    def _blamed(self, pair: Pair) -> str | None:
        return next((one.fault.kind.kind for one in reversed(self._on.values()) if pair in one.undo), None)

    def _tell(self, one: _On, pair: Pair, phase: DisruptionPhase, *, error: str = "") -> None:
        if pair.reporter is not None:
            self._say(one.fault, phase, error, is_for_one=one.slot is not None, **pair.reporter.who)

    def _tell_shared(self, fault: Fault, phase: DisruptionPhase, *, error: str = "") -> None:
        self._say(fault, phase, error, endpoint=self._name, is_shared=True)

    def _say(self, fault: Fault, phase: DisruptionPhase, error: str, **who: object) -> None:
        say: Callable[..., Disruption] = partial(Disruption, at_ns=self._clock.now_ns(), kind=fault.kind.kind)
        self._publish(say(phase=phase, argument=fault.text, error=error, leg=fault.leg, **who))
