"""Endings as the NDJSON contract has them."""

from typing import Any

from wsmonitor.facts.events import Circumstances, Verdict
from wsmonitor.facts.tap_events import LegFact


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the contract has it."""
    return {
        "by": verdict.by,
        "initiator": verdict.initiator,
        "mechanism": verdict.mechanism,
        "received_code": verdict.received_code,
        "received_reason": verdict.received_reason,
        "sent_code": verdict.sent_code,
        "sent_reason": verdict.sent_reason,
        "clean": verdict.clean,
        "life_s": verdict.life_ns / 1e9,
        "silence_rx_s": verdict.silence_rx_ns / 1e9,
        "silence_tx_s": verdict.silence_tx_ns / 1e9,
        "forced": verdict.forced,
        "tapped": verdict.tapped,
    }


def circumstances_record(around: Circumstances) -> dict[str, Any]:
    """What was measured around an ending, as the contract has it."""
    return {
        "first_close": around.first_close,
        "answer_ms": None if around.answer_ns is None else around.answer_ns / 1e6,
        "tcp_end": around.tcp_end,
        "tcp_end_ms": around.tcp_end_ns / 1e6,
        "unsent_bytes": around.unsent_bytes,
        "in_doubt": around.in_doubt,
        "waiting": around.waiting,
        "lag_ms": around.lag_ns / 1e6,
        "lag_window_s": around.lag_window_ns / 1e9,
        "legs": None if around.legs is None else [_leg_fact(one) for one in around.legs],
    }


def _leg_fact(one: LegFact) -> dict[str, Any]:
    return {"fact": one.fact, "how": one.how, "after_ms": one.after_ns / 1e6, "independent": one.independent}
