import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found
from tests.diagnosis.rules.said.endings import ended_with
from wsmonitor.settings.endpoint_settings import OwnCloseCode


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "replaced by new connection"),
        (4000, "another session was opened"),
        (4409, ""),
        (1000, "logged in elsewhere"),
    ],
)
def test_a_reason_that_names_another_connection_is_a_client_that_connects_twice(code: int, reason: str) -> None:
    one = finding(ended_with(code, reason), "duplicate_client")

    assert one.severity == "problem"
    assert "connects twice" in one.sentence


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (1008, "policy violation"),
        (1001, "new version deployed"),
        (1000, "session over"),
    ],
)
def test_other_codes_and_reasons_are_not_taken_for_it(code: int, reason: str) -> None:
    assert "duplicate_client" not in found(ended_with(code, reason))


def test_our_own_second_connection_is_named_as_the_cause() -> None:
    history = History("slots", connections=2)
    second = history.slot(1)
    history.line.open(0)
    second.open(10)
    history.line.close_code(10.1, 1008, "replaced by a newer connection")

    assert "our connection #2 had opened" in finding(history, "duplicate_client").evidence[0].text


def seat(history: History, *, lead_s: tuple[float, float], number: int = 8) -> None:
    """Two slots; each open of one is followed so long afterwards by the end of the other."""
    lines = [history.line, history.slot(1)]
    lines[0].open(0)
    for turn in range(number):
        new, old = lines[(turn + 1) % 2], lines[turn % 2]
        new.open(old.opened_s + history.dice.uniform(0.6, 9))
        old.close(new.opened_s + history.dice.uniform(*lead_s))
    lines[number % 2].stay()


def test_a_connection_that_ends_whenever_we_open_another_was_kicked_by_it() -> None:
    history = History("kick", connections=2)
    seat(history, lead_s=(-0.002, 0.004))

    one = finding(history, "duplicate_client")
    assert "allow this client only one" in one.sentence
    assert "had opened" in one.evidence[0].text


def test_ends_at_any_time_after_another_open_are_no_kicks() -> None:
    history = History("any", connections=2)
    seat(history, lead_s=(0.1, 3.0))

    assert "duplicate_client" not in found(history)


def test_parallel_connections_that_end_by_themselves_were_not_kicked() -> None:
    history = History("parallel", connections=2)
    for line in (history.line, history.slot(1)):
        for _ in range(8):
            line.open()
            line.close(line.opened_s + line.dice.uniform(2, 20))

    assert "duplicate_client" not in found(history)


def test_what_the_workspace_says_of_a_code_counts_and_not_what_others_use_it_for() -> None:
    renamed = OwnCloseCode(code=4409, name="game over", meaning="the round has ended")
    kicked = OwnCloseCode(code=4777, name="session taken", meaning="")

    assert "duplicate_client" not in found(ended_with(4409, close_code=(renamed,)))
    assert "duplicate_client" in found(ended_with(4777, close_code=(kicked,)))
