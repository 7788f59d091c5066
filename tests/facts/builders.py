"""Builders of facts that show only what matters to a test."""

from typing import Any

from wsmonitor.facts.events import TcpSample, Verdict
from wsmonitor.settings.endpoint_settings import NS


def verdict(**changes: Any) -> Verdict:
    """The verdict on a FIN of the peer after a minute, but for `changes`."""
    facts: dict[str, Any] = {
        "by": None,
        "initiator": "peer",
        "mechanism": "fin",
        "received_code": None,
        "received_reason": None,
        "sent_code": None,
        "sent_reason": None,
        "clean": False,
        "life_ns": 60 * NS,
        "silence_rx_ns": 0,
        "silence_tx_ns": 0,
        "forced": None,
    }
    return Verdict(**(facts | changes))


def kernel_sample(at_ns: int, **facts: Any) -> TcpSample:
    """What the kernel said at `at_ns`: nothing waits and nothing was lost, but for `facts`."""
    usual = dict.fromkeys(("unacked", "retransmits", "total_retransmits", "unsent_bytes"), 0)
    return TcpSample(at_ns=at_ns, **({"rtt_ns": 1, "rtt_var_ns": 1, "min_rtt_ns": 1} | usual | facts))
