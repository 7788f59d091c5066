"""What a forced disconnect is: words for the menu, how to read its argument, what it does.

*Endings* give one closure; *conditions* last until they are resumed or their time is over.
"""

from collections.abc import Callable
from typing import Any, Literal, Protocol

from msgspec import Struct

from wsmonitor.facts.errors import DisruptionError

Group = Literal["polite", "transport", "misbehave"]


class Levers(Protocol):
    """What a disruption may do to the open connection of one slot (`engine/disruptions/levers.py`)."""

    def close(self, code: int, reason: str) -> None: ...

    def half_close(self) -> None: ...

    def tcp_close(self) -> None: ...

    def reset(self) -> None: ...

    def write_raw(self, data: bytes) -> None: ...

    def stall(self, *, stalled: bool) -> None: ...

    def drop_incoming(self, *, dropping: bool) -> None: ...

    def mute_pongs(self, *, muted: bool) -> None: ...

    def hold_off(self, seconds: float) -> None: ...


class Disruption(Struct, frozen=True):
    """One kind of forced disconnect.

    `parse` reads the argument's text and raises `ValueError` with words for what it does not
    understand; what it returns goes to `begin`. `end` exists for conditions only. `watchdog_s` is
    how long an ending may take until the connection is aborted.
    """

    kind: str
    title: str
    group: Group
    hint: str
    begin: Callable[[Levers, Any], None]
    parse: Callable[[str], Any]
    argument: str = ""
    choices: tuple[str, ...] = ()
    end: Callable[[Levers], None] | None = None
    needs_connection: bool = True
    watchdog_s: float = 2.0
    platform: str = ""
    """The only `sys.platform` on which it works; empty for all."""

    @property
    def is_condition(self) -> bool:
        """True if it lasts until it is resumed, instead of ending the connection by itself."""
        return self.end is not None


def no_argument(text: str) -> None:
    """For disruptions without an argument."""
    if text:
        raise ValueError(f"expected no argument, found {text!r}")


def parse_seconds(text: str) -> float | None:
    """A number of seconds (`10`, `2.5s`, `500ms`), or `None` for an empty text: until resumed."""
    if not text:
        return None
    number, factor = (text[:-2], 0.001) if text.endswith("ms") else (text.removesuffix("s"), 1.0)
    try:
        seconds = float(number) * factor
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 86_400:
        raise ValueError(f"expected seconds such as 10 or 500ms, found {text!r}")
    return seconds


def find(registry: tuple[Disruption, ...], kind: str) -> Disruption:
    """The entry called `kind`. Raises `DisruptionError` that lists what there is."""
    for disruption in registry:
        if disruption.kind == kind:
            return disruption
    known = ", ".join(disruption.kind for disruption in registry)
    raise DisruptionError(f"no disconnect is called {kind!r}; there are {known}")
