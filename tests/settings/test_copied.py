"""An endpoint as a command line: what is copied can be pasted again, and tells no secret by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.settings.copied import as_curl, as_url, as_websocat, has_secrets
from wsmonitor.settings.endpoint_settings import EndpointConfig, TlsConfig
from wsmonitor.settings.pasted import parse_pasted
from wsmonitor.settings.placeholders import literal

SECRET = EndpointConfig(
    name="a",
    url="wss://api.example/feed?token=s3cret&room=5",
    headers={"Authorization": "Bearer s3cret", "X-Trace": "1"},
    auth="me:s3cret",
    proxy="http://me:s3cret@proxy:3128",
    origin="https://app.example",
    subprotocols=("v2", "v1"),
    tls=TlsConfig(verify=False, ca="/etc/ca.pem", passphrase="s3cret"),
)


@pytest.mark.parametrize("copied", [as_url, as_curl, as_websocat])
def test_no_secret_is_copied_unasked(copied: object) -> None:
    assert callable(copied)
    assert "s3cret" not in copied(SECRET)
    assert "s3cret" in copied(SECRET, secrets=True)
    assert has_secrets(SECRET)
    assert not has_secrets(EndpointConfig(name="a", url="ws://localhost:8000"))


def test_a_command_says_all_that_its_tool_can() -> None:
    assert as_curl(SECRET) == (
        "curl -N 'wss://api.example/feed?token=***&room=5' -H 'Authorization: Bearer ***' -H 'X-Trace: 1' "
        "-H 'Origin: https://app.example' -H 'Sec-WebSocket-Protocol: v2, v1' -u 'me:***' "
        "-x 'http://***@proxy:3128' --cacert /etc/ca.pem -k"
    )
    assert as_websocat(SECRET).endswith(
        "'wss://api.example/feed?token=***&room=5'  # without the proxy and the TLS files"
    )


def test_variables_are_left_to_the_shell_and_nothing_else_is() -> None:
    config = EndpointConfig(
        name="a", url="ws://h/", headers={"X": "${KEY}'; $(reboot) `x` $${NO}"}, auth="me:${PASSWORD}"
    )

    assert as_curl(config) == """curl -N ws://h/ -H 'X: '"${KEY}"''"'"'; $(reboot) `x` ${NO}' -u me:"${PASSWORD}\""""


# Without `$`: pasting takes `$'` for bash's quotes, also at the end of a quoted word.
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="$"), max_size=20).map(str.strip)


@given(values=st.lists(texts.filter(bool), max_size=3), origin=texts, auth=texts, verify=st.booleans())
def test_what_is_copied_can_be_pasted(values: list[str], origin: str, auth: str, verify: bool) -> None:
    config = EndpointConfig(
        name="a",
        url="ws://localhost:8000/ws?a=b",
        headers={f"X-{number}": literal(value) for number, value in enumerate(values)},
        origin=literal(f"https://{origin}"),
        auth=literal(f"me:{auth}"),
        subprotocols=("v2", "v1"),
        tls=TlsConfig(verify=verify),
    )

    for command in (as_curl(config, secrets=True), as_websocat(config, secrets=True)):
        pasted = parse_pasted(command)
        assert (pasted.url, pasted.headers, pasted.origin) == (config.url, config.headers, config.origin)
        assert (pasted.auth, pasted.subprotocols, pasted.tls) == (config.auth, config.subprotocols, config.tls)
