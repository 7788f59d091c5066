"""What follows an end: the attempts are counted, and what nobody meant counts for nothing."""

import random

import pytest
from msgspec import structs

from tests.engine.builders import peer_close, verdict
from tests.fakes import FixedChance
from wsmonitor.engine.redialling.retry import LOOK_SOON_NS, MONITOR_EVERY_NS, OFFLINE_PROBE_NS, Retry
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import State
from wsmonitor.settings.endpoint_settings import NS, AppHeartbeatConfig, EndpointConfig, RetryConfig


def retry(**settings: object) -> Retry:
    config = EndpointConfig(name="e", url="ws://h", retry=RetryConfig(base_s=0.5, cap_s=15, breaker=False, **settings))  # type: ignore[arg-type]
    chance: random.Random = FixedChance(1.0)  # type: ignore[assignment]  # as far as it is used
    return Retry(config, chance=chance)


def test_a_forced_closure_does_not_count_as_an_attempt() -> None:
    forced, lost = retry(), retry()

    for one, ending in ((forced, verdict("rst", forced="tcp_reset")), (lost, verdict("rst"))):
        for _ in range(4):
            one.dialled()
            one.after_end(ending, 0)

    assert (forced.attempt, lost.attempt) == (0, 4)
    forced.dialled()
    assert forced.after_failure(OpenFailure("tcp", "refused"), 0).wait_ns == 0.75 * NS


def test_forced_ends_of_short_lives_do_not_open_the_breaker_and_others_do() -> None:
    config = EndpointConfig(name="e", url="ws://h")
    forced, lost = (Retry(config, chance=random.Random(1)) for _ in range(2))

    states = {
        name: [one.after_end(ending, second * NS).state for second in range(5)]
        for name, one, ending in (
            ("forced", forced, verdict("rst", forced="tcp_reset", life_s=0.5)),
            ("lost", lost, verdict("rst", life_s=0.5)),
        )
    }

    assert set(states["forced"]) == {State.BACKOFF}
    assert states["lost"][-1] is State.SUSPENDED


def test_a_life_that_lasted_begins_the_count_anew() -> None:
    one = retry()
    one.dialled()
    one.dialled()

    one.lived_long_enough()

    assert one.attempt == 0


def test_with_heartbeats_of_the_application_a_life_counts_only_once_they_were_answered() -> None:
    config = EndpointConfig(name="e", url="ws://h", app_heartbeat=AppHeartbeatConfig())
    one = Retry(config, chance=random.Random(1))
    one.dialled()

    one.lived_long_enough()
    assert one.attempt == 1
    one.application_answered()
    assert one.attempt == 0

    one.dialled()
    one.application_answered()
    assert one.attempt == 1, "the answer counts for its own connection"


@pytest.mark.parametrize(("monitors", "wait_ns"), [(True, MONITOR_EVERY_NS), (False, None)])
def test_what_no_retry_can_mend_is_looked_at_again_only_in_monitor_mode(monitors: bool, wait_ns: int | None) -> None:
    after = retry(monitor_mode=monitors).after_failure(OpenFailure("http", "403", fatal=True), 0)

    assert (after.state, after.wait_ns, after.cause) == (State.FAILED, wait_ns, "403")


def test_without_a_way_to_the_host_it_looks_again_in_a_while() -> None:
    after = retry().after_failure(OpenFailure("tcp", "no route", offline=True), 0)

    assert (after.state, after.wait_ns, after.cause) == (State.OFFLINE, OFFLINE_PROBE_NS, "no route")


def test_turned_off_it_stays_down_after_an_end_and_after_a_failure() -> None:
    one = retry(enabled=False)

    assert one.after_end(verdict("fin"), 0).state is State.STOPPED
    failed = one.after_failure(OpenFailure("tcp", "refused"), 0)
    assert (failed.state, failed.wait_ns) == (State.FAILED, None)


def test_a_refusal_that_says_no_why_is_looked_at_soon_and_then_ever_more_rarely() -> None:
    one, refused = retry(), peer_close(1008)

    waits = [one.after_end(structs.replace(refused, life_ns=NS // 100), 0).wait_ns for _ in range(6)]

    assert waits == [LOOK_SOON_NS, 2 * LOOK_SOON_NS, 4 * LOOK_SOON_NS, 8 * LOOK_SOON_NS, MONITOR_EVERY_NS,
                     MONITOR_EVERY_NS]  # fmt: skip


def test_a_refusal_of_credentials_is_left_alone_and_so_is_one_without_monitor_mode() -> None:
    refused = structs.replace(peer_close(1008, "bad token"), life_ns=NS // 100)

    assert retry().after_end(refused, 0).wait_ns == MONITOR_EVERY_NS
    assert retry(monitor_mode=False).after_end(structs.replace(refused, received_reason=""), 0).wait_ns is None


def test_a_quota_that_ends_with_1008_ends_connections_that_come_with_many_messages_as_soon() -> None:
    one = retry()
    one.after_end(structs.replace(peer_close(1008), life_ns=6 * NS), 0)

    after = one.after_end(structs.replace(peer_close(1008), life_ns=NS // 100), 0)

    assert after.state is State.BACKOFF
