"""Connections that our heartbeat or our kernel gave up, and what the kernel knew of the path then."""

from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.candidates import those
from wsmonitor.diagnosis.rules.openings.connect_timeout import is_unanswered
from wsmonitor.facts.events import TcpSample, Verdict

_REPEATED = 5
"""So many retransmits in a row take six seconds at least (RFC 6298, 5.5)."""
_OURS = 0.5
_ACK_NS = 300_000_000
"""A kernel that lives acknowledges within so much more than a round trip (delayed acknowledgement included)."""


def was_given_up(verdict: Verdict) -> bool:
    """True where nothing came back and we, or our kernel, ended it."""
    return verdict.mechanism == "timeout" and verdict.received_code is None


def given_up(evidence: Evidence) -> list[ConnectionRecord]:
    """The unexplained ones, oldest first."""
    return those(evidence.unexplained, was_given_up)


def unheard(evidence: Evidence) -> list[ConnectionRecord]:
    """The open connections on which nothing answers us now, though our own machine was awake and its address stayed.

    One that our own stop ended counts as well, if nothing answered that either.
    """
    return [
        record
        for record in evidence.present
        if not record.forced
        and (record.verdict is None or record.verdict.received_code is None)
        and _is_unheard(record)
        and not _has_own_reason(evidence, record)
    ]


def unanswered_since(evidence: Evidence, records: list[ConnectionRecord]) -> frozenset[int]:
    """The openings that nothing answered after the last of these, and before any worked: the same cause goes on."""
    ended_ns = max((record.ended_ns for record in records), default=0)
    if not ended_ns or (evidence.last_opened_ns or 0) > ended_ns:
        return frozenset()
    return frozenset(
        failure.serial
        for failure in evidence.unexplained_failures
        if failure.at_ns >= ended_ns and is_unanswered(failure.event)
    )


def _is_unheard(record: ConnectionRecord) -> bool:
    """True if a ping was missed since the last byte, or the kernel repeats what we sent again and again."""
    missed = record.misses["ws"]
    if missed.last is not None and missed.in_a_row and missed.first_ns >= record.last_rx_ns:
        return missed.last.lag_ns < _OURS * missed.last.waited_ns
    words = last_words(record)
    return words is not None and words.retransmits >= _REPEATED


def _has_own_reason(evidence: Evidence, record: ConnectionRecord) -> bool:
    """The machine slept, or has another address now. That it has none at all does not excuse it: nothing can leave."""
    if any(change.at_ns > record.last_rx_ns and change.new_address for change in evidence.network):
        return True
    return evidence.own.sleep_before(record.last_rx_ns, evidence.now_ns) is not None


def last_words(record: ConnectionRecord) -> TcpSample | None:
    """The newest kernel sample that was taken late enough to judge something we sent into the silence."""
    first_ns = next((at_ns for at_ns in record.pings_ns if at_ns > record.last_rx_ns), None)
    if first_ns is None:
        sent = [one.at_ns for one in record.last_sent if one.at_ns > record.last_rx_ns]
        first_ns = sent[0] if sent else None
    if first_ns is None:
        return None
    ripe_ns = first_ns + _ACK_NS + 2 * record.round_trip_ns
    return next((sample for sample in reversed(record.kernel) if sample.at_ns >= ripe_ns), None)


def path_was_dead(record: ConnectionRecord) -> bool:
    """True if what we sent was not even acknowledged by the other kernel."""
    if record.verdict is not None and record.verdict.initiator == "os":
        return True
    words = last_words(record)
    return words is not None and not could_not_leave(words) and (words.unacked > 0 or words.retransmits > 0)


def kernel_answered(record: ConnectionRecord) -> bool:
    """True if the other kernel acknowledged what we sent, while nothing answered it."""
    words = last_words(record)
    return words is not None and not words.unacked and not words.retransmits and not could_not_leave(words)


def could_not_leave(sample: TcpSample) -> bool:
    """True where nothing of what we wrote is on its way: it waits in our own kernel."""
    return sample.not_sent_bytes > 0 and not sample.unacked
