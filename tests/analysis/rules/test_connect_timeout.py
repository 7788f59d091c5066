from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History


def test_an_unanswered_handshake_is_found_at_once() -> None:
    history = History("x")
    history.line.fail("tcp", "timed out: no answer within 5 s", after_s=5)

    one = finding(history, "connect_timeout")
    assert "times out" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_an_answer_that_stays_out_later_is_another_matter() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("http", "timed out: no answer within 5 s")

    assert found(history) == set()


def test_a_refusal_is_an_answer() -> None:
    history = History("x")
    history.line.fail("tcp", "connection refused: nothing listens on that port")

    assert found(history) == {"refused"}
