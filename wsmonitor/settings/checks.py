"""Pure: what single settings may be, wherever they are written: a sentence says what is wrong, or nothing."""

import re
from ipaddress import ip_address

from wsmonitor.facts.errors import SettingsError, mistake_of
from wsmonitor.settings.placeholders import environment_mistakes, message_mistakes
from wsmonitor.settings.websocket_url import parse_url

_DURATION = r"(?a:(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s?(ms|s|m|h)?)"
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_CONTROL = r"[\x00-\x08\x0a-\x1f\x7f]"
_PROXY = r"(?i)(https?|socks4a?|socks5h?)://[^\s/?#]+/?"
_HANDSHAKE_HEADERS = {
    "sec-websocket-protocol": "use -s SUBPROTOCOL",
    "sec-websocket-key": "the handshake makes it",
    "sec-websocket-version": "the handshake sets it",
    "sec-websocket-extensions": "the handshake sets it",
    "sec-websocket-accept": "only a server sends it",
    "connection": "the handshake sets it",
    "upgrade": "the handshake sets it",
}


def parse_duration(text: str) -> float:
    """Seconds; raises `ValueError` with a sentence where `text` is no duration."""
    match = re.fullmatch(_DURATION, text.strip())
    if match is None:
        raise ValueError(f"expected a duration such as 500ms, 20s, 2m, 1h or plain seconds, found {text!r}")
    return float(match[1]) * _SECONDS[match[2]]


def parse_percent(text: str) -> float:
    """A share from 0 to 1, written `5%`, `0.5%` or `0.5`; raises `ValueError` with a sentence where it is none."""
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise ValueError(f"expected a percentage from 0% to 100%, found {text[:40]!r}")
    return percent / 100


def parse_resolve(text: str) -> tuple[str, int, str]:
    """Host, port and the address to dial instead, of `HOST:PORT:ADDRESS` as curl has it; raises `ValueError`."""
    host, _, rest = text.partition(":")
    port, _, address = rest.partition(":")
    address = address.removeprefix("[").removesuffix("]")
    if not (host and port.isascii() and port.isdigit() and address):
        raise ValueError(f"expected HOST:PORT:ADDRESS, found {text[:80]!r}")
    if mistake := address_mistake(address):
        raise ValueError(mistake)
    return host.lower(), int(port[:6]), address


def parse_headers(texts: tuple[str, ...]) -> dict[str, str]:
    """`Name: value` texts as headers; a repeated name's values are joined (RFC 9110, 5.3).

    Raises `SettingsError` that names every text that is no header.
    """
    headers: dict[str, str] = {}
    spelling: dict[str, str] = {}
    problems = []
    for text in texts:
        name, _, value = text.partition(":")
        name, value = name.strip(), value.strip()
        problem = header_mistake(name, value) if ":" in text else f"expected `Name: value`, found {name[:40]!r}"
        if problem:
            problems.append(f"-H: {problem}; example: -H 'X-Trace: 1'")
            continue
        known = spelling.setdefault(name.lower(), name)
        joint = "; " if known.lower() == "cookie" else ", "
        headers[known] = headers[known] + joint + value if known in headers else value
    if problems:
        raise SettingsError(problems)
    return headers


def header_mistake(name: str, value: str) -> str:
    """What keeps a header from being sent, without quoting its value; empty if nothing does."""
    if not re.fullmatch(_TOKEN, name):
        return f"a header's name holds no blanks, colons or control characters and is not empty, found {name[:40]!r}"
    if name.lower() in _HANDSHAKE_HEADERS:
        return f"{name} cannot be set: {_HANDSHAKE_HEADERS[name.lower()]}"
    if re.search(_CONTROL, value) or has_surrogates(value):
        return f"the value of {name} must be one line of text without control characters"
    return "; ".join(f"in the value of {name}: {mistake}" for mistake in environment_mistakes(value))


def subprotocol_mistake(text: str) -> str:
    """What keeps a subprotocol from being offered; empty if nothing does."""
    if re.fullmatch(_TOKEN, text):
        return ""
    return f"a subprotocol is one word without blanks or commas, found {text[:40]!r}; example: graphql-transport-ws"


def url_mistake(text: str) -> str:
    """What keeps a URL from being dialled; empty if nothing does."""
    return mistake_of(parse_url, text)


def one_line_mistake(text: str) -> str:
    """What is wrong with a text that is shown or sent in one line; empty if nothing is."""
    return "" if text.isprintable() else "expected one line of text without control characters"


def origin_mistake(text: str) -> str:
    """What keeps an Origin header from being sent; empty if nothing does."""
    return one_line_mistake(text) or variable_mistake(text)


def host_mistake(text: str) -> str:
    """Why `text` cannot be a host name as a Host header has it, with or without a port; empty if it can."""
    if text and text.isascii() and text.isprintable() and not set(text) & set(" /?#@,"):
        return ""
    return f"expected a host such as dev.example.org, found {text[:80]!r}"


def address_mistake(text: str) -> str:
    """Why `text` is no address to dial or to listen on; empty if it is one, or none."""
    try:
        if text:
            ip_address(text)
    except ValueError:
        return f"expected an IP address such as 192.168.1.5, found {text[:80]!r}"
    return ""


def variable_mistake(text: str) -> str:
    """What is wrong with the `${NAME}` of a setting; empty if nothing is."""
    return "; ".join(environment_mistakes(text))


def proxy_mistake(text: str) -> str:
    """What is wrong with a proxy's URL, without quoting a password; empty if nothing is."""
    if mistake := variable_mistake(text):
        return mistake
    if text.lower() in ("", "none") or re.fullmatch(_PROXY, text) or "${" in text:
        return ""
    return "a proxy is http://HOST:PORT, https://, socks4://, socks5:// or socks5h://, or the word none"


def auth_mistake(text: str) -> str:
    """What is wrong with credentials, without quoting them; empty if nothing is."""
    if text and ":" not in text and "${" not in text:
        return "credentials are USER:PASSWORD, found no colon"
    if re.search(_CONTROL, text) or has_surrogates(text):
        return "credentials hold no control characters"
    return variable_mistake(text)


def message_text_mistake(text: str) -> str:
    """What keeps a message text from being sent; empty if nothing does."""
    if has_surrogates(text):
        return "a text message is UTF-8, found bytes that are not"
    return "; ".join(message_mistakes(text))


def has_surrogates(text: str) -> bool:
    """True where `text` cannot be UTF-8: an argument with bytes that were none."""
    return any("\ud800" <= character <= "\udfff" for character in text)
