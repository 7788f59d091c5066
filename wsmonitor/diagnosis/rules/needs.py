"""What must hold for rules to say anything: cheap to ask, so that rules cost nothing where nothing happens."""

from wsmonitor.diagnosis.evidence import Evidence


def was_tap(evidence: Evidence) -> bool:
    """Whether these were connections of other programs once."""
    return evidence.was_tap


def ends(evidence: Evidence) -> bool:
    """Whether a connection that ended, or an opening that failed, is remembered."""
    return bool(evidence.ended or evidence.failures)


def ends_or_misses(evidence: Evidence) -> bool:
    """Whether anything ended, or was not answered in time."""
    return ends(evidence) or any(record.is_doubtful for record in evidence.present)


def ends_or_waits(evidence: Evidence) -> bool:
    """Whether anything ended, or waits to be written."""
    return ends(evidence) or any(record.busy_since_ns is not None for record in evidence.present)


def unanswered_messages(evidence: Evidence) -> bool:
    """Whether messages of ours were followed by none."""
    return any(record.first_tx_ns is not None and not record.data_rx for record in evidence.present)


def cut_pongs(evidence: Evidence) -> bool:
    """Whether a pong carried only the beginning of a ping."""
    return any(record.pongs.cut for record in (*evidence.ended, *evidence.present))


def long_round_trips(evidence: Evidence) -> bool:
    """Whether a round trip was long beside the shortest of its connection."""
    return any(record.has_long_round_trips for record in (*evidence.ended, *evidence.present))


def redials(evidence: Evidence) -> bool:
    """Whether a connection to the host was dialled again after a loss."""
    return bool(evidence.host.redials)


def openings(evidence: Evidence) -> bool:
    """Whether it is known which addresses an opening tried."""
    return bool(evidence.openings)
