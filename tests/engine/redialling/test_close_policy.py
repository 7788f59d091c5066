"""What follows a closure."""

from typing import Literal

import pytest
from msgspec import structs

from tests.engine.builders import peer_close, verdict
from wsmonitor.engine.redialling import close_policy
from wsmonitor.facts.events import Verdict
from wsmonitor.settings.endpoint_settings import EndpointConfig, OwnCloseCode, RetryConfig, RetryRule, to_ns


def course(ending: Verdict, *rules: RetryRule, profile: str = "", own: tuple[OwnCloseCode, ...] = (),
           served: frozenset[int] = frozenset()) -> str:  # fmt: skip
    codes = EndpointConfig(name="e", url="ws://e", profile=profile, close_code=own).codes
    return close_policy.after_close(RetryConfig(rule=rules), codes, ending, served=served)


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3001, 4000, 4999])
def test_most_codes_are_dialled_again(code: int) -> None:
    assert course(peer_close(code)) == "retry"


@pytest.mark.parametrize("code", [1003, 1007, 1009, 1010])
def test_codes_that_the_same_client_will_get_again_stop(code: int) -> None:
    assert course(peer_close(code)) == "stop"


@pytest.mark.parametrize(("life_s", "reason", "expected"), [
    (0.2, "", "look"),
    (0.2, "session timed out", "look"),
    (0.2, "bad token", "stop"),
    (30, "not allowed", "stop"),
    (30, "token expired", "slow"),
    (30, "", "slow"),
    (30, "bye", "slow"),
    (30, "session timed out", "retry"),
    (30, "no auth message: timeout", "retry"),
])  # fmt: skip
@pytest.mark.parametrize("code", [1008, 3000, 3003])
def test_a_refusal_stops_only_who_is_refused_and_not_who_was_served(
    code: int, life_s: float, reason: str, expected: str
) -> None:
    ending = structs.replace(peer_close(code, reason), life_ns=to_ns(life_s))

    assert course(ending) == expected


@pytest.mark.parametrize("reason", ["", "expired"])
def test_who_was_served_until_this_code_once_is_not_refused_by_it_later_on(reason: str) -> None:
    ending = structs.replace(peer_close(1008, reason), life_ns=to_ns(0.03))

    assert course(ending, served=frozenset({1008})) == "slow"
    assert course(ending, served=frozenset({3000})) == "look"


@pytest.mark.parametrize("code", [4401, 4403])
@pytest.mark.parametrize("life_s", [0.1, 100])
def test_a_private_code_that_mostly_refuses_slows_down_and_stops_nobody(code: int, life_s: float) -> None:
    assert course(structs.replace(peer_close(code), life_ns=to_ns(life_s))) == "slow"


@pytest.mark.parametrize("reason", ["rate limit exceeded", "Too many connections", "quota used up"])
def test_1008_for_too_much_traffic_slows_down(reason: str) -> None:
    assert course(peer_close(1008, reason)) == "slow"


def test_a_users_rule_comes_first() -> None:
    assert course(peer_close(1008), RetryRule(codes="1008", then="retry")) == "retry"
    assert course(peer_close(4042), RetryRule(codes="4000-4099", then="stop")) == "stop"


def test_the_first_rule_that_matches_decides() -> None:
    rules = (RetryRule(codes="4000-4099,1000", then="slow"), RetryRule(codes="1000", then="stop"))

    assert course(peer_close(1000), *rules) == "slow"


def test_a_rule_may_look_at_the_reason_alone() -> None:
    rule = RetryRule(reason="^banned", then="stop")

    assert course(peer_close(4000, "banned for life"), rule) == "stop"
    assert course(peer_close(4000, "not banned"), rule) == "retry"


@pytest.mark.parametrize(
    "ending",
    [
        verdict("fin"),
        verdict("rst"),
        verdict("close_frame", "local", code=1008, by="policy"),
        verdict("protocol_error", code=1008),
        verdict("timeout", "local", by="heartbeat"),
        peer_close(1008, forced="invalid_frame"),
    ],
)
def test_code_rules_apply_only_to_an_unforced_close_that_the_peer_sent_first(ending: Verdict) -> None:
    assert course(ending, RetryRule(codes="1008", then="stop")) == "retry"


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("", ()),
        ("1000", ((1000, 1000),)),
        ("4000-4099, 1008", ((4000, 4099), (1008, 1008))),
        (" ,1000,", ((1000, 1000),)),
    ],
)
def test_codes_and_ranges_are_read(text: str, ranges: tuple[tuple[int, int], ...]) -> None:
    assert close_policy.code_ranges(text) == ranges


@pytest.mark.parametrize("text", ["x", "4000-", "-5", "4000..4099"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        close_policy.code_ranges(text)


@pytest.mark.parametrize(("reconnect", "then"), [("yes", "retry"), ("slow", "slow"), ("no", "stop")])
def test_what_the_user_says_of_a_code_is_honoured(reconnect: Literal["yes", "slow", "no"], then: str) -> None:
    own = (OwnCloseCode(code=4123, name="maintenance", reconnect=reconnect),)

    assert course(peer_close(4123), own=own) == then
    assert course(peer_close(4124), own=own) == "retry"


def test_what_the_user_says_goes_before_the_profile_and_after_the_rules() -> None:
    own = (OwnCloseCode(code=4401, name="lobby closed", reconnect="slow"),)

    assert course(peer_close(4401), profile="graphql-ws") == "stop"
    assert course(peer_close(4401), profile="graphql-ws", own=own) == "slow"
    assert course(peer_close(4401), RetryRule(codes="4401", then="retry"), own=own) == "retry"


def test_what_the_user_says_never_counts_for_our_own_close_or_a_forced_one() -> None:
    own = (OwnCloseCode(code=4000, name="over", reconnect="no"),)

    assert course(verdict("close_frame", "local", code=4000), own=own) == "retry"
    assert course(peer_close(4000, forced="stall"), own=own) == "retry"
