import pytest

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def test_three_gateway_errors_are_a_service_that_is_down() -> None:
    history = History("x")
    for _ in range(3):
        history.line.fail("http", "HTTP 502 Bad Gateway", status=502)

    one = finding(history, "upstream_down")
    assert "HTTP 502" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_two_are_not_enough() -> None:
    history = History("x")
    for _ in range(2):
        history.line.fail("http", "HTTP 503 Service Unavailable", status=503)

    assert found(history) == set()


def test_server_errors_of_the_application_are_not_its_absence() -> None:
    history = History("x")
    for _ in range(5):
        history.line.fail("http", "HTTP 500 Internal Server Error", status=500)

    assert found(history) == {"handshake_refused"}


def test_two_say_how_many_are_missing() -> None:
    history = History("x")
    for _ in range(2):
        history.line.fail("http", "HTTP 503 Service Unavailable", status=503)

    assert pending(history, "upstream_down") == Pending(have=2, need=3)


@pytest.mark.parametrize(("end_s", "is_down"), [(7.5, False), (20, True)])
def test_two_are_enough_where_nothing_has_opened_for_a_while_since_the_first(end_s: float, *, is_down: bool) -> None:
    history = History("slow proxy")
    for at_s in (4, 6):
        history.line.fail("http", "HTTP 503 Service Unavailable", at_s=at_s, after_s=1, status=503)

    assert ("upstream_down" in found(history, end_s=end_s)) == is_down
