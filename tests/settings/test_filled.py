"""`${NAME}` in the settings of an endpoint: where it is filled in, and what is said where it cannot be."""

import pytest

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.endpoint_settings import (
    AppHeartbeatConfig,
    Correlation,
    EndpointConfig,
    TlsConfig,
    TrafficConfig,
)
from wsmonitor.settings.filled import fill

WRITTEN = EndpointConfig(
    name="${NAME} is a name",
    url="${SCHEME}://${HOST}/ws?token=${TOKEN}",
    headers={"Authorization": "Bearer ${TOKEN}"},
    origin="https://${HOST}",
    auth="${USER}:${TOKEN}",
    proxy="http://${USER}:${TOKEN}@${HOST}:3128",
    preamble=("${seq} ${env:TOKEN}",),
    tls=TlsConfig(
        ca="${HOME}/ca.pem",
        cert="${HOME}/me.pem",
        key="${HOME}/me.key",
        passphrase="${TOKEN}",
        server_name="internal.${HOST}",
    ),
)
ENVIRON = {"SCHEME": "wss", "HOST": "h.example", "TOKEN": "t0ken", "USER": "me", "HOME": "/home/me"}


def problems_of(config: EndpointConfig, environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        fill(config, environ)
    return tuple(caught.value.problems)


def test_every_setting_that_takes_a_variable_is_filled_in() -> None:
    assert fill(WRITTEN, ENVIRON) == EndpointConfig(
        name="${NAME} is a name",
        url="wss://h.example/ws?token=t0ken",
        headers={"Authorization": "Bearer t0ken"},
        origin="https://h.example",
        auth="me:t0ken",
        proxy="http://me:t0ken@h.example:3128",
        preamble=("${seq} ${env:TOKEN}",),
        tls=TlsConfig(
            ca="/home/me/ca.pem",
            cert="/home/me/me.pem",
            key="/home/me/me.key",
            passphrase="t0ken",
            server_name="internal.h.example",
        ),
    )


def test_two_dollars_are_a_literal_everywhere() -> None:
    config = EndpointConfig(name="e", url="ws://h/$${x}", origin="$${o}", headers={"X": "$${h}"})

    filled = fill(config, {})

    assert (filled.url, filled.origin, filled.headers) == ("ws://h/${x}", "${o}", {"X": "${h}"})


def test_a_url_may_get_its_scheme_from_the_environment_or_have_none_there() -> None:
    assert fill(EndpointConfig(name="e", url="${URL}"), {"URL": "localhost:8000/ws"}).url == "ws://localhost:8000/ws"


def test_every_variable_that_is_missing_is_named_at_once() -> None:
    problems = problems_of(WRITTEN, {})

    named = {problem.partition(":")[0] for problem in problems}
    assert named == {
        *("url", "origin", "auth", "proxy", "headers.Authorization", "in a message"),
        *(f"tls.{name}" for name in ("ca", "cert", "key", "passphrase", "server_name")),
    }
    assert "export TOKEN=" in "".join(problems)


@pytest.mark.parametrize(
    "messages",
    [
        {"preamble": ("${env:LOST}",)},
        {"traffic": TrafficConfig(messages=("${env:LOST}",))},
        {"app_heartbeat": AppHeartbeatConfig(request="${env:LOST}")},
        {"app_heartbeat": AppHeartbeatConfig(reply="${env:LOST}", direction="both")},
        {"app_heartbeat": AppHeartbeatConfig(correlate=Correlation(path="$", equals="${env:LOST}"))},
    ],
    ids=["preamble", "traffic", "request", "reply", "correlation"],
)
def test_a_variable_that_only_a_message_names_must_be_set_as_well(
    messages: dict[str, object],
) -> None:
    (problem,) = problems_of(EndpointConfig(name="e", url="ws://h", **messages), {})  # type: ignore[arg-type]

    assert problem.startswith("in a message: the environment variable LOST is not set")


@pytest.mark.parametrize(
    ("settings", "value", "said"),
    [
        ({"url": "ws://${X}/"}, "a b", "url, filled in: 'ws://a b/': expected no blanks"),
        ({"headers": {"A": "${X}"}}, "a\r\nB: c", "headers.A, filled in: the value of A must be one line"),
        ({"auth": "${X}"}, "nocolon", "auth, filled in: credentials are USER:PASSWORD"),
        ({"proxy": "${X}"}, "me:s3cret@h", "proxy, filled in: a proxy is http://HOST:PORT"),
        ({"origin": "${X}"}, "a\nb", "origin, filled in: expected one line"),
        ({"tls": TlsConfig(server_name="${X}")}, "a\nb", "tls.server_name, filled in: expected one line"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_unquoted(settings: dict[str, object], value: str, said: str) -> None:
    config = EndpointConfig(name="e", **{"url": "ws://h", **settings})  # type: ignore[arg-type]

    (problem,) = problems_of(config, {"X": value})

    assert problem.startswith(said)
    assert "s3cret" not in problem
