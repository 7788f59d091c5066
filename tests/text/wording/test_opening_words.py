"""Who kept a connection from opening, in the words that the engine has for it."""

import errno
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidMessage, InvalidProxyStatus, InvalidStatus, InvalidUpgrade, SecurityError
from websockets.http11 import Response

from wsmonitor.engine.opening.why_failed import explain
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import OpenFailed, Phase
from wsmonitor.facts.own_troubles import OwnTrouble
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.text.wording.opening_words import Obstacle, obstacle, opening_layers


def failed(phase: Phase, error: BaseException, *, lost: Exception | None = None, heard: bytes = b"") -> OpenFailed:
    """The event that the engine states for this error."""
    failure = explain(phase, error, lost_error=lost, heard=heard)
    return OpenFailed(
        at_ns=100 * NS,
        endpoint="voice",
        phase=failure.phase,
        error=failure.error,
        duration_ns=2 * NS,
        status=failure.status,
        fatal=failure.fatal,
    )


def no_answer() -> InvalidMessage:
    error = InvalidMessage("did not receive a valid HTTP response")
    error.__cause__ = EOFError()
    return error


def unverified() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("certificate has expired")
    error.verify_message = "certificate has expired"
    return error


def no_tls() -> ssl.SSLError:
    error = ssl.SSLError(1, "wrong version number")
    error.reason = "WRONG_VERSION_NUMBER"
    return error


def response(status: int) -> Response:
    return Response(status, "No", Headers())


@pytest.mark.parametrize(
    ("event", "found"),
    [
        (failed("http", SecurityError("more than 5 redirects")), Obstacle("peer or proxy", "redirects")),
        (failed("dns", socket.gaierror(-2, "Name or service not known")), Obstacle("name lookup", "DNS")),
        (failed("tcp", ConnectionRefusedError(errno.ECONNREFUSED, "x")), Obstacle("host/firewall", "refused")),
        (failed("tcp", OSError(errno.ENETUNREACH, "x")), Obstacle("our kernel", "no route")),
        (failed("tls", unverified()), Obstacle("we", "certificate")),
        (failed("tls", no_tls()), Obstacle("peer or proxy", "TLS")),
        (failed("tls", ConnectionResetError(errno.ECONNRESET, "x")), Obstacle("peer or proxy", "RST")),
        (failed("tls", ConnectionResetError()), Obstacle("peer or proxy", "FIN")),
        (failed("http", InvalidStatus(response(403))), Obstacle("peer or proxy", "HTTP 403")),
        (failed("tcp", InvalidProxyStatus(response(407))), Obstacle("proxy", "HTTP 407")),
        (failed("http", no_answer()), Obstacle("peer or proxy", "FIN")),
        (failed("http", no_answer(), lost=ConnectionResetError()), Obstacle("peer or proxy", "RST")),
        (failed("http", InvalidUpgrade("Upgrade")), Obstacle("peer or proxy", "no upgrade")),
        (failed("http", InvalidMessage("x"), heard=b"SSH-2.0"), Obstacle("peer or proxy", "no upgrade")),
        (failed("tcp", SettingsError(["no such variable"])), Obstacle("we", "settings")),
        (failed("tcp", OSError(errno.EIO, "x")), Obstacle("unknown side", "tcp")),
    ],
)
def test_each_error_of_the_engine_names_who_stood_in_the_way(event: OpenFailed, found: Obstacle) -> None:
    assert obstacle(event) == found


def test_where_nobody_answered_nobody_is_named_and_the_limit_is_called_ours() -> None:
    event = OpenFailed(
        at_ns=9 * NS, endpoint="e", phase="tcp", error="timed out: no answer within 5 s", duration_ns=5 * NS
    )

    assert obstacle(event) == Obstacle("no answer", "timeout")
    assert opening_layers(event).process == "We gave up in phase tcp, 5.0 s after the dial: that is our own limit."


def test_each_phase_says_how_far_it_came() -> None:
    refused = opening_layers(failed("tcp", ConnectionRefusedError(errno.ECONNREFUSED, "x")))
    answered = opening_layers(failed("http", InvalidStatus(response(403))))
    vanished = opening_layers(failed("http", no_answer(), lost=ConnectionResetError()))

    assert (refused.websocket, refused.tcp[:14]) == ("Never reached.", "Not connected:")
    assert answered.websocket == "The upgrade was asked for; instead of 101: HTTP 403 No."
    assert answered.tcp == "Connected."
    assert vanished.tcp == "Connected, then RST from the peer or a proxy in front of it."


def test_our_own_stop_during_the_opening_is_confessed() -> None:
    event = failed("http", no_answer())

    told = opening_layers(
        event, own=[OwnTrouble("stall", event.at_ns - NS, NS), OwnTrouble("stall", event.at_ns - 9 * NS, NS)]
    )

    assert told.process.count("This process was stopped for 1.0 s.") == 1


def test_secrets_that_an_error_quotes_are_replaced() -> None:
    event = OpenFailed(at_ns=0, endpoint="e", phase="tcp", error="no ws://h/?token=s3cret", duration_ns=1)

    assert "s3cret" not in " ".join(opening_layers(event))
