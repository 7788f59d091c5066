"""A history with what it must come to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.corpus.history import History
from wsmonitor.facts.events import AnyEvent
from wsmonitor.settings.endpoint_settings import EndpointConfig

CONSEQUENCES = frozenset({"reconnect_storm", "retry_rate"})
"""They describe what a cause leads to: fine beside a cause, never asked for there."""


@dataclass(frozen=True)
class Labelled:
    """The findings of the first endpoint must be `expected`; those in `allowed` are neither asked for nor wrong.

    `is_healthy`: nothing above `info` may ever have been said, not only at the end.
    """

    name: str
    configs: tuple[EndpointConfig, ...]
    events: list[AnyEvent] = field(repr=False)
    expected: frozenset[str]
    allowed: frozenset[str] = frozenset()
    is_healthy: bool = False
    limit_s: float | None = None
    """The limit that `expected` must name, within 5 %."""


Case = Callable[[str], Labelled]
"""Makes a history from a seed; the same one each time."""


def labelled(
    history: History,
    name: str,
    *expected: str,
    allowed: tuple[str, ...] = (),
    healthy: bool = False,
    limit_s: float | None = None,
    end_s: float = 0.0,
) -> Labelled:
    """The history so far, with its label."""
    extra = frozenset(allowed) | (CONSEQUENCES if expected else frozenset())
    return Labelled(name, tuple(history.configs), history.finished(end_s), frozenset(expected), extra, healthy, limit_s)
