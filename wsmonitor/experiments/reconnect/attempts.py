"""Pure: what a client did about one fault, for a picture."""

from collections.abc import Iterator

from wsmonitor.experiments.reconnect.timeline import Timeline
from wsmonitor.facts.answers import Attempts

MOST_TRIES = 300
MOST_CONNECTIONS = 100


def attempts(timeline: Timeline, began_ns: int, lifted_ns: int | None, until_ns: int) -> Attempts:
    """The tries and connections between the beginning of a fault and `until_ns`; bounded."""
    return Attempts(
        tries_s=tuple(_tries(timeline, began_ns, until_ns))[:MOST_TRIES],
        open_s=tuple(_open(timeline, began_ns, until_ns))[:MOST_CONNECTIONS],
        lifted_s=None if lifted_ns is None else _seconds(lifted_ns - began_ns),
        watched_s=_seconds(until_ns - began_ns),
    )


def _tries(timeline: Timeline, began_ns: int, until_ns: int) -> Iterator[float]:
    """Those that came several at once are spread over the time since the try before."""
    before_ns = began_ns
    for one in timeline.tries:
        if began_ns < one.at_ns <= until_ns:
            step_ns = (one.at_ns - before_ns) / one.count
            for number in range(1, min(one.count, MOST_TRIES) + 1):
                yield _seconds(before_ns + number * step_ns - began_ns)
            before_ns = one.at_ns


def _open(timeline: Timeline, began_ns: int, until_ns: int) -> Iterator[tuple[float, float | None]]:
    for one in timeline.connections:
        if one.opened_ns <= until_ns and (one.left_ns is None or one.left_ns >= began_ns):
            left_s = None if one.left_ns is None or one.left_ns > until_ns else _seconds(one.left_ns - began_ns)
            yield max(0.0, _seconds(one.opened_ns - began_ns)), left_s


def _seconds(nanoseconds: float) -> float:
    return round(nanoseconds / 1e9, 3)
