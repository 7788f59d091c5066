"""Builders that show only what matters to a test of the engine's pure parts."""

from wsmonitor.facts.events import EndedBy, Initiator, Mechanism, Verdict
from wsmonitor.settings.endpoint_settings import to_ns


def verdict(
    mechanism: Mechanism = "fin",
    initiator: Initiator = "peer",
    *,
    code: int | None = None,
    reason: str = "",
    life_s: float = 60.0,
    by: EndedBy | None = None,
    forced: str | None = None,
) -> Verdict:
    """How a connection ended; a `code` is what the peer's Close said."""
    return Verdict(
        by=by,
        initiator=initiator,
        mechanism=mechanism,
        received_code=code,
        received_reason=None if code is None else reason,
        sent_code=code,
        sent_reason=None if code is None else "",
        clean=code is not None,
        life_ns=to_ns(life_s),
        silence_rx_ns=0,
        silence_tx_ns=0,
        forced=forced,
    )


def peer_close(code: int, reason: str = "", *, life_s: float = 60.0, forced: str | None = None) -> Verdict:
    """The peer sent a Close first."""
    return verdict("close_frame", "peer", code=code, reason=reason, life_s=life_s, forced=forced)
