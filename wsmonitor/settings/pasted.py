"""Pure: a pasted command line of curl, wscat, websocat or wsmonitor -> the endpoint that it would dial.

Understands what browsers copy ("Copy as cURL"): line continuations, `$'...'`, the whole handshake as
headers. Options that say nothing about the connection are skipped.
"""

import re
import shlex
from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.checks import (
    auth_mistake,
    header_mistake,
    parse_duration,
    parse_resolve,
    proxy_mistake,
    subprotocol_mistake,
)
from wsmonitor.settings.endpoint_settings import ConnectConfig, EndpointConfig, PingConfig, TlsConfig
from wsmonitor.settings.placeholders import literal
from wsmonitor.settings.websocket_url import parse_url
from wsmonitor.text.redact import redact_url

TOOLS = ("curl", "wscat", "websocat", "wsmonitor")

_NEWLINES = "\r\n\u2028\u2029"
_CONTINUED = re.compile(rf"[\\^`][ ]*[{_NEWLINES}]+|\\ +(?=-|'|\"|wss?:|https?:)")
_ANSI_C = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_HANDSHAKE = ("connection", "upgrade", "host", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions")
_SCHEMES = {"http": "ws", "https": "wss"}

_COMMON = {
    "-H": "header",
    "--header": "header",
    "-k": "insecure",
    "--insecure": "insecure",
    "--proxy": "proxy",
    "--origin": "origin",
    "--cert": "cert",
    "--key": "key",
    "--resolve": "resolve",
}
_OPTIONS: dict[str, dict[str, str]] = {
    "curl": _COMMON
    | {"-u": "auth", "--user": "auth", "-x": "proxy", "--cacert": "ca", "-E": "cert", "--pass": "passphrase"}
    | {"-b": "cookie", "--cookie": "cookie", "-A": "agent", "--user-agent": "agent", "--url": "url"}
    | {"-e": "referer", "--referer": "referer", "--connect-timeout": "connect_timeout", "--oauth2-bearer": "bearer"},
    "wscat": _COMMON
    | {"-c": "url", "--connect": "url", "-s": "subprotocol", "--subprotocol": "subprotocol", "-o": "origin"}
    | {"-n": "insecure", "--no-check": "insecure", "--auth": "auth", "--ca": "ca", "--passphrase": "passphrase"}
    | {"-x": "message", "--execute": "message"},
    "websocat": _COMMON
    | {"--protocol": "subprotocol", "--basic-auth": "auth", "--ping-interval": "ping_interval", "-o": "origin"}
    | {"--ping-timeout": "ping_timeout", "--client-pkcs12-der": "skipped", "--restrict-uri": "skipped"},
    "wsmonitor": _COMMON
    | {
        "-s": "subprotocol",
        "--subprotocol": "subprotocol",
        "--auth": "auth",
        "--ca": "ca",
        "--passphrase": "passphrase",
    }
    | {"--ping-interval": "ping_interval", "--ping-timeout": "ping_timeout", "--connect-timeout": "connect_timeout"},
}
_SKIPPED_WITH_VALUE = {
    "curl": "-o --output -X --request -d --data --data-raw --data-binary -m --max-time --retry -w --write-out -T"
    " --interface -D --dump-header -c --cookie-jar --limit-rate --ciphers",
    "wscat": "-p --protocol -w --wait -L --location --max-redirects -l --listen --slash",
    "websocat": "--close-status-code --close-reason --ws-c-uri -B --buffer-size --header-to-env",
    "wsmonitor": "--duration --disrupt --send --send-every -o --output --fail-on --color -c --theme --after --size",
}
_FLAGS = {"insecure"}


class _Found(Struct):
    url: str = ""
    values: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    subprotocols: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    insecure: bool = False
    is_own: bool = False


def is_command(text: str) -> bool:
    """True where `text` begins like a command line of one of `TOOLS`."""
    first = text.lstrip("$ \t" + _NEWLINES).split(None, 1)
    return len(first) == 2 and _tool(first[0]) in TOOLS


def parse_pasted(text: str) -> EndpointConfig:
    """The endpoint that a pasted URL or command line describes.

    Raises `SettingsError` that says what cannot be used; secrets are not quoted.
    """
    if not is_command(text):
        url = parse_url(text.strip())
        return EndpointConfig(name=redact_url(url), url=url)
    words = _words(text)
    tool = _tool(words[0])
    found = _read(tool, words[1:])
    if not found.url:
        raise SettingsError(
            [f"expected a URL in the {tool} command, found none; example: {tool} ws://localhost:8000/ws"]
        )
    scheme, separator, rest = found.url.partition("://")
    url = parse_url(f"{_SCHEMES.get(scheme.lower(), scheme)}://{rest}" if separator else found.url)
    return _endpoint(url, found)


def filled_from(config: EndpointConfig) -> str:
    """What besides the URL was filled in, in a few words: `3 headers, 1 subprotocol, TLS unchecked`."""
    counts = [
        (len(config.headers), "header"),
        (len(config.subprotocols), "subprotocol"),
        (len(config.preamble), "message"),
    ]
    parts = [f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in counts if number]
    parts += [
        name
        for name, is_set in (
            ("origin", config.origin),
            ("credentials", config.auth),
            ("proxy", config.proxy),
            ("address", config.connect.address),
            ("TLS files", config.tls.ca or config.tls.cert or config.tls.key),
            ("TLS unchecked", not config.tls.verify),
        )
        if is_set
    ]
    return ", ".join(parts)


def _tool(word: str) -> str:
    return re.split(r"[/\\]", word)[-1].lower().removesuffix(".exe")


def _words(text: str) -> list[str]:
    text = _ANSI_C.sub(_plain_quoted, _CONTINUED.sub(" ", text.strip().lstrip("$ ")))
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise SettingsError([f"the command cannot be read: {str(error).lower()}"]) from error
    words = words[: next((at for at, word in enumerate(words) if word in ("|", ";", "&&", ">", "2>&1")), len(words))]
    return [word for word in words if word.strip()]


def _plain_quoted(match: re.Match[str]) -> str:
    """`$'...'` of bash as a word that `shlex` reads the same."""
    body = re.sub(r"\\(u[0-9a-fA-F]{1,4}|x[0-9a-fA-F]{1,2}|.)", _unescaped, match[1], flags=re.DOTALL)
    return shlex.quote(body)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r"}.get(code, code)


def _read(tool: str, words: list[str]) -> _Found:
    found = _Found(is_own=tool == "wsmonitor")
    options, skipped = _OPTIONS[tool], _SKIPPED_WITH_VALUE[tool].split()
    at = 0
    while at < len(words):
        word, at = words[at], at + 1
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if not word.startswith("-") or word == "-":
            _take_word(found, word)
            continue
        if not word.startswith("--") and name not in options and name not in skipped and len(word) > 2:
            short = word[:2]  # -HName: value, -kL
            if short in options and options[short] not in _FLAGS:
                _take(found, options[short], word[2:])
            elif "k" in word[1:] and word[1:].isalpha():
                found.insecure = True
            continue
        meaning = options.get(name, "skipped" if name in skipped else "")
        if meaning in _FLAGS:
            found.insecure = True
        elif meaning:
            if not equals:
                value, at = (words[at] if at < len(words) else ""), at + 1
            _take(found, meaning, value)
    return found


def _take_word(found: _Found, word: str) -> None:
    if "://" in word or not found.url:
        found.url = found.url if "://" in found.url else word if word not in ("watch",) else ""


def _take(found: _Found, meaning: str, value: str) -> None:
    match meaning:
        case "header":
            name, _, content = value.partition(":")
            found.headers.append((name.strip(), content.strip()))
        case "subprotocol":
            found.subprotocols += [part.strip() for part in value.split(",")]
        case "message":
            found.messages.append(value)
        case "url":
            found.url = value
        case "cookie":
            if "=" in value:  # without one it names a file
                found.headers.append(("Cookie", value))
        case "agent":
            found.headers.append(("User-Agent", value))
        case "referer":
            found.headers.append(("Referer", value))
        case "bearer":
            found.headers.append(("Authorization", f"Bearer {value}"))
        case "skipped":
            pass
        case _:
            found.values[meaning] = value


def _endpoint(url: str, found: _Found) -> EndpointConfig:
    headers: dict[str, str] = {}
    origin = found.values.get("origin", "")
    for name, value in found.headers:
        lowered = name.lower()
        if lowered == "sec-websocket-protocol":
            found.subprotocols += [part.strip() for part in value.split(",")]
        elif lowered == "origin":
            origin = origin or value
        elif lowered not in _HANDSHAKE and (value or name):
            known = next((key for key in headers if key.lower() == lowered), name)
            joint = "; " if lowered == "cookie" else ", "
            headers[known] = headers[known] + joint + value if known in headers else value
    as_meant = str if found.is_own else literal  # only our own command line has `${NAME}`; a shell's is spent by now
    headers = {name: as_meant(value) for name, value in headers.items()}
    given = {name: as_meant(value) for name, value in found.values.items()}
    auth, proxy = given.get("auth", ""), given.get("proxy", "")
    subprotocols = tuple(dict.fromkeys(filter(None, found.subprotocols)))
    _refuse(
        [header_mistake(name, value) for name, value in headers.items()]
        + [subprotocol_mistake(name) for name in subprotocols]
        + [auth_mistake(auth), proxy_mistake(proxy)]
    )
    return EndpointConfig(
        name=redact_url(url),
        url=url,
        headers=headers,
        subprotocols=subprotocols,
        origin=as_meant(origin),
        auth=auth,
        proxy=proxy,
        preamble=tuple(map(as_meant, found.messages)),
        connect=replace(_resolved(url, found), **_seconds(found, timeout_s="connect_timeout")),
        ping=replace(PingConfig(), **_seconds(found, interval_s="ping_interval", timeout_s="ping_timeout")),
        tls=TlsConfig(
            verify=not found.insecure,
            **{name: given.get(name, "") for name in ("ca", "cert", "key", "passphrase")},
        ),
    )


def _resolved(url: str, found: _Found) -> ConnectConfig:
    """The address of `--resolve` where it is about this host."""
    try:
        host, port, address = parse_resolve(found.values.get("resolve", ""))
    except ValueError:
        return ConnectConfig()
    is_meant = EndpointConfig(name="", url=url).host_port.lower() == f"{host}:{port}"
    return ConnectConfig(address=address if is_meant else "")


def _seconds(found: _Found, **names: str) -> dict[str, float]:
    durations = {}
    for name, option in names.items():
        if option in found.values:
            try:
                durations[name] = parse_duration(found.values[option])
            except ValueError as error:
                raise SettingsError([f"--{option.replace('_', '-')}: {error}"]) from error
    return durations


def _refuse(mistakes: Iterable[str]) -> None:
    problems = [mistake for mistake in mistakes if mistake]
    if problems:
        raise SettingsError(problems)
