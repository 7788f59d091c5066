"""The two legs of a tapped connection over time: each is as the connection is, until it ends by itself."""

from collections.abc import Mapping
from typing import get_args

from wsmonitor.analysis.series.states import States, StatesView
from wsmonitor.facts.events import State
from wsmonitor.facts.tap_events import LegSide

SIDES: tuple[LegSide, ...] = get_args(LegSide)


class Legs:
    """Folds what is told of the connection and of each leg."""

    def __init__(self) -> None:
        self._states = {side: States() for side in SIDES}
        self._ended: set[LegSide] = set()

    def change(self, at_s: float, new: State) -> None:
        """The connection is in another state. A client waits for its answer while the server's leg is opened."""
        if new.is_opening:
            self._ended.clear()
        for side, states in self._states.items():
            if side not in self._ended:
                states.change(at_s, State.UPGRADING if new.is_opening and side == "client" else new)

    def end(self, at_s: float, side: LegSide) -> None:
        """One leg ended; the other one may go on."""
        self._ended.add(side)
        self._states[side].change(at_s, State.IDLE)

    def lose(self, at_s: float) -> None:
        """Nothing is known from here on."""
        for states in self._states.values():
            states.change(at_s, None)

    def view(self) -> Mapping[LegSide, StatesView]:
        """The states over time."""
        return {side: states.view() for side, states in self._states.items()}
