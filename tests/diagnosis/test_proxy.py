"""Through a proxy every timing describes the proxy: the row must know."""

from tests.analysis.facts import NAME, view
from wsmonitor.facts.events import PhaseDone
from wsmonitor.text.wording.event_words import words


def connected(**detail: str) -> PhaseDone:
    return PhaseDone(at_ns=1, endpoint=NAME, phase="tcp", duration_ns=1_000_000, detail=detail)


def test_a_row_names_the_proxy_that_its_connection_goes_through() -> None:
    assert view(connected(proxy="http://127.0.0.1:3128")).proxy == "http://127.0.0.1:3128"


def test_a_later_direct_connection_takes_the_proxy_back() -> None:
    assert view(connected(proxy="http://127.0.0.1:3128"), connected(attempts="127.0.0.1:1 ok")).proxy == ""


def test_the_log_says_that_timings_describe_the_proxy() -> None:
    assert "timings" in words(connected(proxy="http://127.0.0.1:3128"))
