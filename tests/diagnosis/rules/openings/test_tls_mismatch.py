from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_plain_bytes_where_tls_was_expected_are_a_mismatch() -> None:
    history = History("x")
    history.line.fail("tls", "TLS failed: the peer does not speak TLS on this port")

    one = finding(history, "tls_mismatch")
    assert "does not speak TLS" in one.sentence
    assert one.evidence[0].at_ns > 0


def test_a_mismatch_behind_a_redirect_names_where_the_redirect_led() -> None:
    history = History("x")
    error = "TLS failed: the peer does not speak TLS on this port"
    history.line.fail("tls", error, detail={"redirected_to": "wss://far.test:9"})

    assert "The server at wss://far.test:9" in finding(history, "tls_mismatch").sentence


def test_an_alert_after_the_handshake_is_not_told_as_plain_http() -> None:
    history = History("x")
    history.line.fail("http", "TLS failed: tlsv1 alert internal error")

    assert "plain HTTP" not in finding(history, "tls_mismatch").sentence


def test_a_refused_certificate_speaks_tls_well() -> None:
    history = History("x")
    history.line.fail("tls", "certificate not accepted: self-signed certificate")

    assert found(history) == {"certificate"}


def test_a_silent_http_answer_is_no_mismatch() -> None:
    history = History("x")
    history.line.fail("http", "timed out: no answer within 5 s")

    assert found(history) == {"connect_timeout"}


def test_an_unanswered_tls_handshake_is_less_sure() -> None:
    history = History("x")
    history.line.fail("tls", "timed out: no answer within 5 s")

    assert finding(history, "tls_mismatch").confidence.value < 0.7


def test_plain_http_on_a_tls_port_is_a_mismatch() -> None:
    history = History("x")
    body = "<html>The plain HTTP request was sent to HTTPS port</html>"
    history.line.fail("http", "HTTP 400 Bad Request", status=400, detail={"body": body})

    assert found(history) == {"tls_mismatch"}


def test_an_unknown_name_is_not_put_down_to_versions() -> None:
    history = History("x")
    history.line.fail("tls", "TLS failed: tlsv1 unrecognized name")

    one = finding(history, "tls_mismatch")
    assert "does not know the name" in one.sentence
    assert "tls.server_name" in one.fix
    assert "versions" not in one.fix


def test_an_end_during_the_handshake_hints_at_a_port_without_tls() -> None:
    history = History("x", url="wss://desk.test/ws")
    history.line.fail("tls", "the peer ended the connection during the TLS handshake")

    one = finding(history, "tls_mismatch")
    assert "ws:// instead of wss://" in one.fix
    assert one.confidence.value < 0.8
