import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.said.endings import ended_with
from wsmonitor.settings.endpoint_settings import OwnCloseCode


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "token expired"),
        (1008, ""),
        (4401, "Unauthorized"),
        (3003, ""),
        (4123, "invalid auth token"),
        (1008, "token validation failed"),
        (1008, "invalid JSON web token"),
    ],
)
def test_a_code_or_reason_that_refuses_the_client_is_a_policy_refusal(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "policy_refusal")

    assert one.severity == "problem"
    assert "refuses this client" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1000, "done"),
        (1011, "author is offline"),
        (4000, ""),
        (4004, "bad response"),
        (1008, "rate limit exceeded"),
        (1008, "replaced by a newer connection"),
        (3003, '{"reason":"bad request","reconnect":false}'),
        (1008, "malformed message"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "policy_refusal" not in found(ended_with(code, reason))


def test_a_profile_gives_its_codes_their_meaning() -> None:
    assert found(ended_with(4004, profile="discord")) == {"policy_refusal"}
    assert found(ended_with(4004, profile="graphql-ws")) == set()


def test_a_bare_1008_after_traffic_may_be_a_quota_as_well() -> None:
    one = finding(ended_with(1008), "policy_refusal")

    assert one.confidence.value < 0.5
    assert "quota" in one.fix


def test_a_bare_1008_right_after_the_open_is_a_refusal() -> None:
    history = History("at once")
    history.line.open()
    history.line.send(history.line.opened_s + 0.01, b'{"type":"auth"}')
    history.line.close_code(history.line.opened_s + 0.1, 1008)

    assert finding(history, "policy_refusal").confidence.value > 0.8


def test_what_the_workspace_says_of_a_code_counts_and_not_what_others_use_it_for() -> None:
    renamed = OwnCloseCode(code=4401, name="game over", meaning="the round has ended")
    refusal = OwnCloseCode(code=4777, name="login needed", meaning="")

    assert "policy_refusal" not in found(ended_with(4401, close_code=(renamed,)))
    assert "policy_refusal" in found(ended_with(4777, close_code=(refusal,)))


def test_a_reason_that_names_credentials_counts_whatever_the_workspace_calls_the_code() -> None:
    renamed = OwnCloseCode(code=4401, name="game over", meaning="the round has ended")

    assert "policy_refusal" in found(ended_with(4401, "token expired", close_code=(renamed,)))


def test_a_code_that_refuses_upon_a_message_of_ours_may_mean_the_message() -> None:
    history = History("upon")
    for _ in range(3):
        history.line.open()
        history.line.send(history.line.opened_s + 0.5)
        history.line.close_code(history.line.opened_s + 0.51, 3003)

    one = finding(history, "policy_refusal")
    assert one.confidence.value < 0.8
    assert "message_triggers_close" in {other.rule for other in one.also_considered if not other.ruled_out}


def test_credentials_that_are_refused_upon_the_login_leave_no_doubt() -> None:
    history = History("login")
    history.line.open()
    history.line.send(history.line.opened_s + 0.5)
    history.line.close_code(history.line.opened_s + 0.51, 1008, "Authentication Failure")

    assert finding(history, "policy_refusal").confidence.value > 0.8
