"""Which faults of a tap are listed: those that are on, and those that were, so that they can be put on again. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from wsmonitor.analysis.endpoints.tap_fold import FaultOn
from wsmonitor.settings.tap_faults import fault_kind, read_fault
from wsmonitor.text import units

MOST = 6
"""So many are listed; what is on is never left out for what was."""
_WHERE = {("tx",): "from your client", ("rx",): "from the server", ("tx", "rx"): "both ways"}
_LEGS = {
    ("client",): "on your client's side",
    ("server",): "on the server's side",
    ("client", "server"): "on both sides",
}


class UsedFault(Struct, frozen=True):
    """A fault of a tap: for all its clients, or for the one in `slot`; on since `since_ns`, or off."""

    kind: str
    argument: str
    slot: int | None
    since_ns: int | None

    @property
    def title(self) -> str:
        """`Latency`."""
        return fault_kind(self.kind).title


class UsedFaults:
    """Remembers, for each tap, what was on."""

    def __init__(self) -> None:
        self._used: dict[str, dict[tuple[str, int | None], str]] = {}

    def listed(self, tap: str, on: Sequence[FaultOn]) -> tuple[UsedFault, ...]:
        """What is on, and what was; each keeps its place."""
        now = {(one.kind, one.slot): one for one in on}
        used = self._used.setdefault(tap, {})
        for key, one in now.items():
            used[key] = one.argument
        for key in [key for key in used if key not in now][: max(0, len(used) - MOST)]:
            del used[key]
        return tuple(
            UsedFault(kind, argument, slot, now[kind, slot].since_ns if (kind, slot) in now else None)
            for (kind, slot), argument in used.items()
        )


def amount(fault: UsedFault) -> str:
    """How much, without where: `100ms±30ms`, `503,10`."""
    kind = fault_kind(fault.kind)
    sides = {"up", "down", "both"} if kind.acts_on in ("bytes", "frames") else {"client", "server", "both"}
    is_sided = kind.acts_on in ("bytes", "frames", "legs")
    words = [word for word in (fault.argument or kind.default).split(",") if not (is_sided and word in sides)]
    return ",".join(words)


def where(fault: UsedFault, client: str, now_ns: int) -> str:
    """`#2 node only · both ways · 12 s`: for whom, on which way, since when."""
    whom = "" if fault.slot is None else f"{client} only"
    return " · ".join(filter(None, (whom, _way(fault), _age(fault, now_ns))))


def _way(fault: UsedFault) -> str:
    kind = fault_kind(fault.kind)
    try:
        read = read_fault(fault.kind, fault.argument)
    except ValueError:  # of another version
        return ""
    if kind.acts_on in ("bytes", "frames"):
        return _WHERE[read.directions]
    return _LEGS[read.legs] if kind.acts_on == "legs" else ""


def _age(fault: UsedFault, now_ns: int) -> str:
    return "" if fault.since_ns is None else units.short_duration(max(0, now_ns - fault.since_ns))
