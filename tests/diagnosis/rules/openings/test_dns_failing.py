from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_a_name_that_cannot_be_looked_up_is_found_at_once() -> None:
    history = History("x")
    history.line.fail("dns", "lookup failed: Name or service not known")

    one = finding(history, "dns_failing")
    assert "lookup of desk.test" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_one_failure_of_a_name_that_has_worked_is_not_enough() -> None:
    history = History("x")
    history.line.open()
    history.line.close_code(60, 1001, "")
    history.line.fail("dns", "lookup failed: try again")

    assert found(history) == set()


def test_a_lookup_without_any_network_says_nothing() -> None:
    history = History("x")
    history.line.open()
    history.line.network(30, new="")
    history.line.close(31, mechanism="rst")
    for _ in range(3):
        history.line.fail("dns", "lookup failed: try again")

    assert found(history) == {"network_changed"}


def test_a_lookup_behind_a_redirect_names_the_host_that_the_redirect_led_to() -> None:
    history = History("x")
    history.line.fail("dns", "lookup failed: Name or service not known", detail={"redirected_to": "ws://far.test:9"})

    assert "lookup of far.test, where a redirect leads, fails" in finding(history, "dns_failing").sentence


def test_a_lookup_of_the_proxy_names_the_proxy() -> None:
    history = History("x")
    error = "proxy http://gate.test:3128: lookup failed: Name or service not known"
    history.line.fail("tcp", error, detail={"proxy": "http://gate.test:3128"})

    assert "lookup of gate.test, the proxy, fails" in finding(history, "dns_failing").sentence
