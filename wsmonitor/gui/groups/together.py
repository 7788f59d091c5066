"""What several connections come to together: sums, the worst of each number, the newest end. Pure."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsmonitor.facts.events import WHOLE, Key, State, covers

if TYPE_CHECKING:
    from wsmonitor.analysis.snapshot import Closure, EndpointView, Snapshot


def together(views: "Sequence[EndpointView]") -> "EndpointView":
    """One view for all of these, which are at least one; its history is that of the first and means nothing.

    Round trips and loss are the worst of them, what waits and what ended are sums.
    """
    first = views[0]
    counted = [view for view in views if view.client is not None or view.tap is None]
    opened = [view for view in counted if view.state.is_open]
    ends: list[Closure] = [view.last_closure for view in views if view.last_closure is not None]
    failed = [view.last_failure for view in views if view.last_failure is not None]
    state = _state(views)
    return replace(
        first,
        slot=WHOLE,
        members=len(counted),
        members_open=len(opened),
        state=state,
        since_ns=max(view.since_ns for view in views if view.state is state),
        opened_ns=min((view.opened_ns for view in opened if view.opened_ns is not None), default=None),
        rtt_ns=_worst(view.rtt_ns for view in opened),
        p50_ns=_worst(view.p50_ns for view in views),
        p99_ns=_worst(view.p99_ns for view in views),
        loss=max((view.loss for view in views if view.loss is not None), default=None),
        misses_in_a_row=max(view.misses_in_a_row for view in views),
        buffered=sum(view.buffered for view in views),
        buffered_bytes=sum(view.buffered_bytes for view in views),
        dropped=sum(view.dropped for view in views),
        closures=sum(view.closures for view in views),
        losses=sum(view.losses for view in views),
        failures=sum(view.failures for view in views),
        last_closure=max(ends, key=lambda one: one.at_ns, default=None),
        last_failure=max(failed, key=lambda one: one.at_ns, default=None),
        sparkline=(),
        client=None,
    )


def of_keys(keys: Iterable[Key], snapshot: "Snapshot") -> "tuple[EndpointView, ...]":
    """The connections of these keys, in their order, as far as there are such."""
    return tuple(snapshot.by_key[key] for key in keys if key in snapshot.by_key)


def view_of(key: Key | None, snapshot: "Snapshot") -> "EndpointView | None":
    """What the row of `key` says; `None` where there is no such row."""
    if key is None or key[1] != WHOLE:
        return None if key is None else snapshot.by_key.get(key)
    found = tuple(view for view in snapshot.endpoints if covers(key, view.key))
    return together(found) if found else None


def _state(views: "Sequence[EndpointView]") -> State:
    """The worst of those that are open; else what keeps the first from it; else what any does."""
    states = [view.state for view in views]
    opened = [state for state in states if state.is_open]
    if opened:
        return State.DEGRADED if State.DEGRADED in opened else State.OPEN
    if states[0] in (State.FAILED, State.STOPPED):
        return states[0]
    return next((state for state in states if state is not State.IDLE), State.IDLE)


def _worst(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
