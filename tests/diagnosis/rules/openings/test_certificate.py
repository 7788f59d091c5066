from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


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


def test_what_the_refused_certificate_says_is_evidence() -> None:
    history = History("x")
    detail = {"subject": "desk.test", "issuer": "Old CA", "not_after": "Nov  1 00:00:00 2026 GMT"}
    history.line.fail("tls", "certificate not accepted: certificate has expired", fatal=True, detail=detail)

    row = finding(history, "certificate").evidence[-1]
    assert (
        row.text == "the certificate, not verified: subject desk.test, issued by Old CA, until Nov  1 00:00:00 2026 GMT"
    )


def test_a_server_that_wants_a_client_certificate_is_named() -> None:
    history = History("x")
    history.line.fail("http", "the server wants a client certificate", fatal=True)

    assert finding(history, "certificate").sentence == "The server wants a client certificate."


def test_a_client_certificate_that_is_not_taken_is_not_told_as_missing() -> None:
    history = History("x")
    history.line.fail("http", "the server did not accept our client certificate: tlsv1 alert unknown ca", fatal=True)

    assert "does not accept our client certificate: tlsv1 alert unknown ca." in finding(history, "certificate").sentence


def test_a_400_that_asks_for_a_client_certificate_is_no_stripped_upgrade() -> None:
    history = History("x")
    body = "<html><head><title>400 No required SSL certificate was sent</title></head></html>"
    history.line.fail("http", "HTTP 400 Bad Request", status=400, detail={"body": body})

    assert found(history) == {"certificate"}
