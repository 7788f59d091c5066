import pytest

from wsmonitor.diagnosis.advice import apply, heartbeat_advice
from wsmonitor.diagnosis.findings import Confidence, Finding, Pending
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, to_ns


def endpoint(interval_s: float = 60, *, enabled: bool = True) -> EndpointConfig:
    return EndpointConfig(name="voice", url="ws://x", ping=PingConfig(enabled=enabled, interval_s=interval_s))


def finding(rule: str, limit_s: float | None = None, *, pending: Pending | None = None) -> Finding:
    return Finding(
        rule=rule, endpoint="voice", severity="problem", confidence=Confidence(support=0.9), sentence="", evidence=(),
        counter_evidence=(), fix="", since_ns=0, limit_ns=None if limit_s is None else to_ns(limit_s), pending=pending,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("limit_s", "interval_s"), [(60, 25), (55, 20), (30, 13), (13, 5.5), (7, 3), (350, 155), (1.1, 0.5), (0.8, 0.35)]
)
def test_the_interval_is_less_than_half_of_the_limit_found(limit_s: float, interval_s: float) -> None:
    advice = heartbeat_advice(endpoint(600), (finding("idle_timeout", limit_s),))

    assert advice is not None
    assert advice.interval_s == interval_s
    assert advice.interval_s < limit_s / 2


def test_the_reason_names_interval_and_limit() -> None:
    advice = heartbeat_advice(endpoint(), (finding("idle_timeout", 60),))

    assert advice is not None
    assert advice.reason == "beat every 25 s: less than half of the 60.0 s limit"
    assert advice.rule == "idle_timeout"


def test_the_shortest_of_several_limits_counts() -> None:
    advice = heartbeat_advice(endpoint(), (finding("idle_timeout", 60), finding("middlebox_reset", 30)))

    assert advice is not None
    assert advice.interval_s == 13


def test_who_beats_often_enough_needs_no_advice() -> None:
    assert heartbeat_advice(endpoint(20), (finding("idle_timeout", 60),)) is None


def test_who_does_not_beat_is_told_to() -> None:
    assert heartbeat_advice(endpoint(20, enabled=False), (finding("idle_timeout", 60),)) is not None


def test_no_heartbeat_helps_against_a_lifetime_limit() -> None:
    assert heartbeat_advice(endpoint(), (finding("lifetime_limit", 30),)) is None


def test_connections_that_die_without_a_word_want_a_quicker_heartbeat() -> None:
    advice = heartbeat_advice(endpoint(), (finding("path_dead"),))

    assert advice is not None
    assert advice.interval_s == 10
    assert "without a word" in advice.reason


def test_a_slow_path_is_not_asked_to_answer_quicker_than_it_can() -> None:
    advice = heartbeat_advice(endpoint(), (finding("path_dead"),), round_trip_ns=to_ns(2))

    assert advice is not None
    assert advice.interval_s == 20


def test_what_is_pending_gives_no_advice() -> None:
    assert heartbeat_advice(endpoint(), (finding("idle_timeout", 60, pending=Pending(have=1, need=3)),)) is None


def test_applying_it_changes_the_pings_and_nothing_else() -> None:
    config = endpoint(enabled=False)
    advice = heartbeat_advice(config, (finding("idle_timeout", 7),))
    assert advice is not None

    changed = apply(advice, config)

    assert changed.ping == PingConfig(enabled=True, interval_s=3, timeout_s=1.5)
    assert changed.url == config.url
