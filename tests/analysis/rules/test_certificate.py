from tests.analysis.rules.judging import finding, found
from tests.corpus.history import History


def test_a_certificate_that_was_not_accepted_is_named_with_its_reason() -> None:
    history = History("x")
    history.line.fail("tls", "certificate not accepted: certificate has expired", fatal=True)

    one = finding(history, "certificate")
    assert "certificate has expired" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_another_tls_failure_is_a_mismatch() -> None:
    history = History("x")
    history.line.fail("tls", "TLS failed: no shared cipher")

    assert found(history) == {"tls_mismatch"}


def test_a_settled_failure_is_gone() -> None:
    history = History("x")
    history.line.fail("tls", "certificate not accepted: certificate is not yet valid")
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()

    assert found(history) == set()


def test_a_reason_that_is_a_sentence_gets_no_second_full_stop() -> None:
    history = History("x")
    history.line.fail("tls", "certificate not accepted: IP address mismatch, not valid for '127.0.0.1'.", fatal=True)

    assert finding(history, "certificate").sentence.endswith("'127.0.0.1'.")
