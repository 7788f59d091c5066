"""Pure: the four facts that end a tapped connection, in their order, and whether two of them crossed."""

from dataclasses import dataclass

from wsmonitor.facts.tap_events import LegFact, LegFactKind, LegSide

_LEG_OF: dict[LegFactKind, LegSide] = {
    "close_up": "client",
    "client_end": "client",
    "close_down": "server",
    "server_end": "server",
}


@dataclass(slots=True)
class _Noted:
    fact: LegFactKind
    how: str
    at_ns: int


class Legs:
    """Collects the first Close of each direction and the end of each leg, each with the time of its read."""

    __slots__ = ("_noted", "_relayed_ns")

    def __init__(self) -> None:
        self._noted: list[_Noted] = []
        self._relayed_ns: int | None = None

    def note(self, fact: LegFactKind, how: str, at_ns: int) -> bool:
        """`fact` was true; false if it was known before."""
        if any(one.fact == fact for one in self._noted):
            return False
        self._noted.append(_Noted(fact, how, at_ns))
        return True

    def relayed(self, at_ns: int) -> None:
        """The first fact was passed on to the other leg."""
        if self._noted and self._relayed_ns is None:
            self._relayed_ns = at_ns

    @property
    def first(self) -> LegFactKind | None:
        """What came first."""
        return self._noted[0].fact if self._noted else None

    def first_close_ns(self) -> int | None:
        """When the first Close frame of either side was read."""
        return next((one.at_ns for one in self._noted if one.fact in ("close_up", "close_down")), None)

    def facts(self, min_rtt_ns: dict[LegSide, int]) -> tuple[LegFact, ...]:
        """All of them with their distances from the first.

        A fact of the other leg is `independent` where it came before an answer to the first one could have
        come: earlier than that was written there and the leg's least round trip passed.
        """
        if not self._noted:
            return ()
        first = self._noted[0]
        other: LegSide = "server" if _LEG_OF[first.fact] == "client" else "client"
        told = []
        for one in self._noted:
            is_independent = False
            if _LEG_OF[one.fact] == other and one.how != "ours":
                could_answer_ns = None if self._relayed_ns is None else self._relayed_ns + min_rtt_ns.get(other, 0)
                is_independent = could_answer_ns is None or one.at_ns < could_answer_ns
            told.append(
                LegFact(fact=one.fact, how=one.how, after_ns=one.at_ns - first.at_ns, independent=is_independent)
            )
        return tuple(told)
