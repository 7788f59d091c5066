"""How long to wait before dialling again."""

import random

import pytest

from tests.engine.builders import peer_close, verdict
from tests.fakes import FixedChance
from wsmonitor.engine.redialling import backoff
from wsmonitor.engine.redialling.breaker import PROBE_EVERY_NS
from wsmonitor.engine.redialling.retry import MONITOR_EVERY_NS
from wsmonitor.facts.events import Verdict
from wsmonitor.gui.editor.fields import all_fields
from wsmonitor.settings.endpoint_settings import NS, RetryConfig, to_ns

RETRY = RetryConfig(base_s=0.5, cap_s=15)
LEAST, MOST = FixedChance(0.0), FixedChance(1.0)


def after_closure_s(ending: Verdict, chance: object, *, attempt: int = 1, stable: bool = False) -> float:
    waited_ns = backoff.after_closure_ns(
        RETRY,
        ending,
        attempt=attempt,
        stable=stable,
        chance=chance,  # type: ignore[arg-type]  # as far as it is used
    )
    return waited_ns / NS


def after_failure_s(
    chance: object, *, attempt: int = 1, status: int | None = None, retry_after_s: float | None = None
) -> float:
    waited_ns = backoff.after_failure_ns(
        RETRY,
        attempt=attempt,
        status=status,
        retry_after_ns=None if retry_after_s is None else to_ns(retry_after_s),
        chance=chance,  # type: ignore[arg-type]  # as far as it is used
    )
    return waited_ns / NS


@pytest.mark.parametrize(
    ("attempt", "ceiling_s"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 15), (7, 15), (10_000, 15)]
)
def test_the_delay_is_drawn_from_nothing_to_a_ceiling_that_doubles_up_to_the_cap(
    attempt: int, ceiling_s: float
) -> None:
    assert after_failure_s(LEAST, attempt=attempt) == 0.25
    assert after_failure_s(MOST, attempt=attempt) == 0.25 + ceiling_s


def test_the_hints_of_the_editor_name_the_numbers_that_are_used() -> None:
    hints = {field.place: field.hint for field in all_fields()}

    assert f"{backoff.FLOOR_S} s and a draw from 0 to base * 2^(n-1)" in hints["retry", "base_s"]
    assert after_closure_s(verdict("rst", forced="tcp_reset"), MOST, attempt=9) == RETRY.base_s
    assert "0.05 to 0.5 s" in hints["retry", "stable_after_s"]
    for code in (1001, 1012, 1013):
        assert str(code) in hints["retry", "cap_s"]
        assert after_closure_s(peer_close(code), MOST, attempt=9) > RetryConfig(cap_s=8.0).cap_s
    assert f"every {MONITOR_EVERY_NS // NS // 60} minutes" in hints["retry", "monitor_mode"]
    assert f"every {PROBE_EVERY_NS // NS} s" in hints["retry", "breaker"]


def test_the_first_delay_after_a_stable_life_is_short() -> None:
    assert after_closure_s(verdict("fin"), LEAST, stable=True, attempt=9) == 0.05
    assert after_closure_s(verdict("fin"), MOST, stable=True, attempt=9) == 0.5


@pytest.mark.parametrize("code", [1001, 1012])
@pytest.mark.parametrize(("attempt", "most_s"), [(1, 10), (2, 15), (5, 30), (50, 30)])
def test_a_restarting_server_is_given_time_that_grows_up_to_half_a_minute(
    code: int, attempt: int, most_s: float
) -> None:
    assert after_closure_s(peer_close(code), LEAST, attempt=attempt) == 1
    assert after_closure_s(peer_close(code), MOST, attempt=attempt) == most_s


def test_try_again_later_waits_ten_seconds_at_least() -> None:
    assert after_closure_s(peer_close(1013), LEAST) >= 10
    assert after_closure_s(peer_close(1013), MOST, attempt=9) >= 15


def test_too_many_requests_waits_ten_seconds_at_least() -> None:
    assert after_failure_s(LEAST, status=429) >= 10


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_alone_is_the_lower_bound_where_it_is_given(status: int) -> None:
    assert after_failure_s(LEAST, status=status, retry_after_s=3) == 3
    assert after_failure_s(MOST, status=status, retry_after_s=30) == pytest.approx(33)


def test_a_retry_after_of_nothing_does_not_shorten_the_backoff() -> None:
    assert after_failure_s(MOST, attempt=3, status=503, retry_after_s=0) == 2.25


def test_a_retry_after_of_days_is_not_believed() -> None:
    assert after_failure_s(LEAST, status=503, retry_after_s=86_400) == 300


def test_a_forced_closure_is_followed_by_the_base_delay_whatever_its_code() -> None:
    for ending in (verdict("rst", "local", forced="tcp_reset"), peer_close(1013, forced="mute_pongs")):
        assert after_closure_s(ending, LEAST, attempt=9) == after_closure_s(ending, MOST, attempt=9) == 0.5


def test_our_own_close_with_1012_is_no_restarting_server() -> None:
    ours = verdict("close_frame", "local", code=1012, by="policy")

    assert after_closure_s(ours, LEAST) == 0.25


def test_delays_of_many_clients_differ() -> None:
    chance = random.Random(1)

    assert len({after_failure_s(chance) for _ in range(100)}) == 100
