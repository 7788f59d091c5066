"""Early messages -> from which delay on none is lost."""

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.first_send.experiment import DELAYS_MS
from wsmonitor.experiments.first_send.facts import FirstSendFacts, Try
from wsmonitor.experiments.first_send.finer import Edge, finer, last_lost
from wsmonitor.experiments.first_send.judge import judge
from wsmonitor.experiments.first_send.oracle import ask
from wsmonitor.experiments.line.frames import TEXT, Frame
from wsmonitor.experiments.options import ExperimentOptions


def judged(*tries: Try, has_oracle: bool | None = True, refusals: tuple[str, ...] = ()) -> Judgement:
    around = Circumstances(options=ExperimentOptions(), seen=Seen())
    return judge(FirstSendFacts(list(tries), has_oracle, set(refusals)), around)


def tries(lost_below_ms: int, *, how: str = "") -> list[Try]:
    return [
        Try(delay, delay * 10**6, None if delay < lost_below_ms else 300_000, how if delay < lost_below_ms else "")
        for delay in DELAYS_MS
        for _ in range(10)
    ]


def test_nothing_lost_says_how_much_could_be() -> None:
    found = judged(*tries(0))

    assert found.answer == "none of 110 early messages was lost (up to 3% could be)"
    assert found.value == {"lost_within_ms": None, "lost": 0, "tries": 110}
    assert found.verdict == "as expected"


def test_a_late_handler_is_found_with_the_delay_from_which_on_nothing_is_lost() -> None:
    found = judged(*tries(40))

    assert found.value == {"lost_within_ms": 35, "lost": 60, "tries": 110}
    assert found.error["lost_within_ms"] == 15
    assert "10 of 10 at 0 ms, 0 of 50 from 50 ms on. The handler is attached late" in found.answer


def test_a_close_on_early_data_is_named() -> None:
    assert "the connection ends (Close 1002)" in judged(*tries(2, how="Close 1002")).answer


def test_a_few_losses_among_the_early_ones_may_be_chance() -> None:
    lost = [Try(20, 20 * 10**6, None), Try(0, 10**5, None)]

    assert judged(*tries(0), *lost).verdict.startswith("inconclusive: 2 of 112 messages were lost")


def test_refused_connections_lost_no_message() -> None:
    refused = [Try(0, 10**5, None, "Close 1013") for _ in range(5)]

    found = judged(*tries(0), *refused, refusals=("Close 1013",))

    assert found.answer == "none of 110 early messages was lost (up to 3% could be)"


def test_more_tries_stand_between_the_last_that_was_lost_and_the_first_that_was_not() -> None:
    assert finer(last_lost(tries(40))) == [26, 32, 38, 44]
    assert finer(Edge(34, 37)) == []
    assert finer(last_lost(tries(0))) == []


def test_a_single_loss_behind_many_answers_is_no_edge() -> None:
    found = judged(*tries(40), Try(100, 101 * 10**6, None))

    assert found.value["lost_within_ms"] == 35
    assert "why 1 message sent later got lost as well" in found.not_told


def test_a_message_that_was_long_on_its_way_does_not_tell_when_it_came() -> None:
    slow = Try(22, 22 * 10**6, 20_300_000)

    assert last_lost([*tries(40), slow, slow]) == Edge(20, 42), "they came 20 ms later than they were sent"
    assert last_lost([*tries(40), slow]) == Edge(20, 50), "one alone says little"


def test_loss_at_every_delay_is_not_because_it_is_early() -> None:
    assert judged(*tries(2000)).verdict.startswith("inconclusive")


def test_without_an_oracle_nothing_is_claimed() -> None:
    assert judged(has_oracle=False).verdict.startswith("not tested")


def test_a_server_that_speaks_first_is_told() -> None:
    found = judged(*(Try(100, 10**8, 1, first_frame_ns=300_000) for _ in range(3)))

    assert "the server speaks first, 0.3 ms after the 101" in found.evidence


def test_the_oracle_is_the_text_expected_or_the_token() -> None:
    echo = ask(ExperimentOptions())
    assert echo.is_answered_by(Frame(0, TEXT, b"you said " + echo.message, 99))
    assert not echo.is_answered_by(Frame(0, TEXT, ask(ExperimentOptions()).message, 99))

    asked = ask(ExperimentOptions(message='{"id":"${token}"}', expect='"ok":"${token}"'))
    assert b"${token}" not in asked.message + asked.answer
    assert asked.is_answered_by(Frame(0, TEXT, b"{" + asked.answer + b"}", 99))


def test_a_101_that_was_read_late_makes_no_edge_sooner_than_it_is() -> None:
    late = [Try(sent, sent * 10**6, 300_000, upgrade_ns=21_000_000) for sent in (20, 21, 22)]
    usual = [Try(sent, sent * 10**6, None if sent < 40 else 300_000, upgrade_ns=1_000_000) for sent in range(0, 60, 2)]

    assert last_lost([*usual, *late]) == Edge(38.0, 40.0)
