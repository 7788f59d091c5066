"""Words what one connection slot decides and does as events."""

from collections.abc import Iterable

from wsmonitor.engine import steps
from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.reporter import Reporter
from wsmonitor.engine.wire.outbox import Delivery, Outbox
from wsmonitor.facts.events import (
    BreakerChanged,
    MessageStatus,
    NetworkChanged,
    OpenFailed,
    OutboxChanged,
    Phase,
    PhaseDone,
    StateChanged,
)


class Announcer:
    """Publishes through `reporter`, which knows whom the events are about."""

    __slots__ = ("_clock", "_reporter", "_shown_outbox")

    def __init__(self, reporter: Reporter, clock: Clock) -> None:
        self._reporter = reporter
        self._clock = clock
        self._shown_outbox = (0, 0, 0)

    def state(self, action: steps.Announce) -> None:
        """The state changed."""
        self._reporter.publish(
            StateChanged(
                at_ns=self._clock.now_ns(),
                old=action.old,
                new=action.new,
                attempt=action.attempt,
                retry_in_ns=action.retry_in_ns,
                cause=action.cause,
                **self._reporter.who,
            )
        )

    def failure(self, action: steps.AnnounceFailure, way: dict[str, str]) -> None:
        """An opening failed; `way` says where it went, if not straight to the endpoint's address."""
        failure = action.failure
        self._reporter.publish(
            OpenFailed(
                at_ns=self._clock.now_ns(),
                phase=failure.phase,
                error=failure.error,
                duration_ns=action.duration_ns,
                status=failure.status,
                fatal=failure.fatal,
                retry_after_ns=failure.retry_after_ns,
                detail=failure.detail | way,
                **self._reporter.who,
            )
        )

    def breaker(self, action: steps.AnnounceBreaker) -> None:
        """The circuit breaker changed."""
        at_ns = self._clock.now_ns()
        self._reporter.publish(
            BreakerChanged(at_ns=at_ns, state=action.state, reason=action.reason, **self._reporter.who)
        )

    def phase(self, phase: Phase, duration_ns: int, detail: dict[str, str], *, at_ns: int) -> None:
        """A phase of the opening ended well."""
        self._reporter.publish(
            PhaseDone(at_ns=at_ns, phase=phase, duration_ns=duration_ns, detail=detail, **self._reporter.who)
        )

    def network(self, old: str, new: str) -> None:
        """The local address towards the peer changed."""
        at_ns = self._clock.now_ns()
        self._reporter.publish(NetworkChanged(at_ns=at_ns, old_address=old, new_address=new, **self._reporter.who))

    def messages(self, deliveries: Iterable[Delivery]) -> None:
        """What became of messages."""
        at_ns = self._clock.now_ns()
        for delivery in deliveries:
            self._reporter.publish(
                MessageStatus(
                    at_ns=at_ns,
                    message_id=delivery.message_id,
                    status=delivery.status,
                    reason=delivery.reason,
                    **self._reporter.who,
                )
            )

    def outbox(self, outbox: Outbox) -> None:
        """How much waits now, where that has changed."""
        shown = (outbox.depth, outbox.bytes, outbox.dropped)
        if shown != self._shown_outbox:
            self._shown_outbox = shown
            depth, size_bytes, dropped = shown
            at_ns = self._clock.now_ns()
            self._reporter.publish(
                OutboxChanged(at_ns=at_ns, depth=depth, bytes=size_bytes, dropped=dropped, **self._reporter.who)
            )
