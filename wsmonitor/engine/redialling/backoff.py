"""Pure: how long to wait before the next automatic dial."""

import random

from wsmonitor.facts.events import Verdict
from wsmonitor.settings.endpoint_settings import RetryConfig, to_ns

FLOOR_S = 0.25
"""No automatic dial follows its predecessor's end sooner than this, a stable life excepted."""

OVERLOADED_FLOOR_S = 10.0
"""After 429 or 1013 the server asked for rest."""

RETRY_AFTER_CAP_S = 300.0
"""A longer Retry-After is not believed."""


def backoff_ns(config: RetryConfig, attempt: int, chance: random.Random) -> int:
    """Full jitter: U(0, min(cap, base * 2^(attempt - 1))) plus a floor, in nanoseconds."""
    ceiling_s = min(config.cap_s, config.base_s * 2 ** min(attempt - 1, 32))
    return to_ns(FLOOR_S + chance.uniform(0, ceiling_s))


def after_stable_life_ns(chance: random.Random) -> int:
    """The first delay after a connection that had lived long enough: U(0.05, 0.5) s."""
    return to_ns(chance.uniform(0.05, 0.5))


def after_retry_after_ns(retry_after_ns: int, chance: random.Random) -> int:
    """What the server asked for is the lower bound; up to 10 % on top spreads clients."""
    bounded_ns = min(retry_after_ns, to_ns(RETRY_AFTER_CAP_S))
    return round(bounded_ns * chance.uniform(1.0, 1.1))


def after_closure_ns(
    config: RetryConfig, verdict: Verdict, *, attempt: int, stable: bool, chance: random.Random
) -> int:
    """The delay after a connection ended with `verdict`; `stable` if it lived long enough."""
    if verdict.forced is not None:
        return to_ns(config.base_s)
    code = verdict.received_code if verdict.mechanism == "close_frame" and verdict.initiator == "peer" else None
    if code in (1001, 1012):
        return to_ns(chance.uniform(1.0, min(30.0, 5.0 + 5.0 * attempt)))
    delay_ns = after_stable_life_ns(chance) if stable else backoff_ns(config, attempt, chance)
    if code == 1013:
        return max(delay_ns, to_ns(OVERLOADED_FLOOR_S)) + to_ns(chance.uniform(0, 1.0))
    return delay_ns


def after_failure_ns(
    config: RetryConfig, *, attempt: int, status: int | None, retry_after_ns: int | None, chance: random.Random
) -> int:
    """The delay after an opening that failed; Retry-After, where given, is the only lower bound."""
    delay_ns = backoff_ns(config, attempt, chance)
    if retry_after_ns is not None:
        return max(delay_ns, after_retry_after_ns(retry_after_ns, chance))
    if status == 429:
        return max(delay_ns, to_ns(OVERLOADED_FLOOR_S)) + to_ns(chance.uniform(0, 1.0))
    return delay_ns
