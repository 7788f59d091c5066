"""What people have on their clipboard -> an endpoint."""

import pytest

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.pasted import filled_from, is_command, parse_pasted

BROWSER = r"""curl 'wss://chat.example/socket?room=1' \
  -H 'Upgrade: websocket' \
  -H 'Origin: https://chat.example' \
  -H 'Cache-Control: no-cache' \
  -H 'Connection: Upgrade' \
  -H 'Sec-WebSocket-Key: fRxx==' \
  -H 'Sec-WebSocket-Version: 13' \
  -H 'Sec-WebSocket-Protocol: chat.v2, chat.v1' \
  -H $'Cookie: a=\u0031; b=it\'s' \
  -H 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits' --compressed"""


def test_what_a_browser_copies_keeps_what_matters_and_loses_the_handshake() -> None:
    config = parse_pasted(BROWSER)

    assert config.url == "wss://chat.example/socket?room=1"
    assert config.origin == "https://chat.example"
    assert config.subprotocols == ("chat.v2", "chat.v1")
    assert config.headers == {"Cache-Control": "no-cache", "Cookie": "a=1; b=it's"}
    assert filled_from(config) == "2 headers, 2 subprotocols, origin"


def test_line_breaks_that_a_line_edit_made_blanks_change_nothing() -> None:
    assert parse_pasted(BROWSER.replace("\n", " ")) == parse_pasted(BROWSER)
    assert parse_pasted(BROWSER.replace("\n", "\u2028")) == parse_pasted(BROWSER)


def test_curl_with_http_means_the_websocket_scheme() -> None:
    config = parse_pasted(
        "$ curl -i -N -kL -u alice:pw -x http://proxy:3128 -o out.txt --connect-timeout 3 https://h/ws"
    )

    assert (config.url, config.auth, config.proxy) == ("wss://h/ws", "alice:pw", "http://proxy:3128")
    assert config.tls.verify is False
    assert config.connect.timeout_s == 3.0


def test_wscat_and_its_own_letters() -> None:
    config = parse_pasted(
        "wscat -c ws://h:81/x -s graphql-ws -o http://o -n --auth u:p"
        " -H 'X-A: 1' -x '{\"a\":1}' --key k.pem --cert c.pem"
    )

    assert (config.url, config.subprotocols, config.origin) == ("ws://h:81/x", ("graphql-ws",), "http://o")
    assert (config.headers, config.auth, config.preamble) == ({"X-A": "1"}, "u:p", ('{"a":1}',))
    assert (config.tls.verify, config.tls.cert, config.tls.key) == (False, "c.pem", "k.pem")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("localhost:8000/ws", "ws://localhost:8000/ws"),
        ("websocat --protocol a --basic-auth u:p -k wss://h/", "wss://h/"),
        ("/usr/bin/wscat --connect=ws://h/", "ws://h/"),
        ("wsmonitor watch ws://h/ --duration 10s -H 'A: b'", "ws://h/"),
        ("curl.exe --url ws://h/ | jq", "ws://h/"),
        ("curl -H 'A: b' ws://h/ -X GET --http1.1", "ws://h/"),
    ],
)
def test_the_url_is_found_wherever_it_stands(text: str, url: str) -> None:
    assert parse_pasted(text).url == url


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("curl -H 'A: b'", "expected a URL in the curl command"),
        ("curl 'ws://h", "cannot be read"),
        ("curl ws://h/ -H 'bad name: x'", "a header's name holds no blanks"),
        ("wscat -c ws://h/ -s 'a b'", "a subprotocol is one word"),
        ("http://h/", "is no WebSocket URL"),
    ],
)
def test_what_cannot_be_used_is_said_without_secrets(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        parse_pasted(text)


def test_a_dollar_brace_that_was_pasted_stays_what_it_was() -> None:
    assert parse_pasted("curl ws://h/ -H 'A: ${HOME}'").headers == {"A": "$${HOME}"}
    assert parse_pasted("curl ws://h/ -H 'Origin: ${o}' -x 'http://${p}'").origin == "$${o}"


def test_a_command_line_of_ours_keeps_its_variables() -> None:
    pasted = parse_pasted("wsmonitor ws://h/ -H 'A: ${TOKEN}' --proxy 'http://${PROXY}' --auth '${USER}:${TOKEN}'")

    assert (pasted.headers, pasted.proxy, pasted.auth) == ({"A": "${TOKEN}"}, "http://${PROXY}", "${USER}:${TOKEN}")


@pytest.mark.parametrize(("port", "address"), [(443, "10.0.0.7"), (80, "")])
def test_the_address_that_curl_was_given_for_the_host_is_kept(port: int, address: str) -> None:
    pasted = parse_pasted(f"curl --resolve h:{port}:10.0.0.7 https://h/ws")

    assert pasted.connect.address == address


def test_a_url_is_no_command() -> None:
    assert not is_command("ws://localhost/curl")
    assert not is_command("curl")
    assert is_command("  curl ws://h")
