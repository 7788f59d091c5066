"""Pure: what a user typed -> a URL that can be dialled, or one sentence that says what is wrong.

RFC 6455 section 3 (no fragment), RFC 3986 section 3.2 (authority), and the habits of people who type
addresses by hand: without a scheme `host[:port][/path]` means `ws://`.
"""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.placeholders import environment_mistakes, without_placeholders
from wsmonitor.text.redact import redact_url

EXAMPLE = "ws://localhost:8000/ws"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_BAD_HOST_CHARACTER = re.compile(r"[^\w.-]")
_BAD_URL_CHARACTER = re.compile(r'[\x00-\x20\x7f-\x9f<>"\\^`\ud800-\udfff]')
_SUGGESTED = {"http": "ws", "https": "wss"}


def parse_url(text: str) -> str:
    """`text` as a `ws://` or `wss://` URL; `${NAME}` in it counts as filled in.

    Raises `SettingsError` with one line: what is wrong, and an example.
    """
    mistakes = environment_mistakes(text)
    if mistakes:
        raise _refused(text, mistakes[0])
    if text.startswith("${"):
        return text  # the scheme is not known before the environment is
    if text.strip() and (bad := _BAD_URL_CHARACTER.search(text)):
        named = "a blank" if bad[0] == " " else f"the character U+{ord(bad[0]):04X}"
        raise _refused(text, f"expected no blanks, quotes or control characters (%20 is a blank), found {named}")
    url = text if _SCHEME.match(text) else _with_scheme(text)
    scheme, _, rest = url.partition("://")
    if scheme.lower() in _SUGGESTED:
        raise _refused(text, f"{scheme.lower()}:// is no WebSocket URL", f"{_SUGGESTED[scheme.lower()]}://{rest}")
    problem = _problem(without_placeholders(url))
    if problem:
        raise _refused(text, problem)
    return f"{scheme.lower()}://{rest}"


def _with_scheme(text: str) -> str:
    """`host[:port][/path]` as a `ws://` URL; raises where it does not look like one."""
    start = re.split(r"[?#]", text, maxsplit=1)[0]
    if not text.strip():
        raise _refused(text, "a URL is expected, found nothing")
    if "//" in start:
        rest = start.split("//", 1)[1]
        raise _refused(text, "without ws:// or wss:// only host[:port][/path] is understood", f"ws://{rest}")
    if match := re.match(r"(?i)(wss?|https?):", text):
        scheme = match[1].lower()
        if not re.match(r"\d", text[match.end() :]):
            rest = text[match.end() :].lstrip("/") or "localhost:8000/ws"
            raise _refused(text, f"`//` is missing after `{match[0]}`", f"{_SUGGESTED.get(scheme, scheme)}://{rest}")
    if "@" in start.split("/", 1)[0]:
        raise _refused(text, "a user name needs the whole URL", f"ws://{text}")
    return f"ws://{text}"


def _problem(url: str) -> str:
    """What keeps `url` from being dialled; empty if nothing does."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("ws", "wss"):
        return f"the scheme must be ws:// or wss://, found {scheme}://"
    if "#" in rest:
        return "a WebSocket URL has no fragment (write # as %23)"
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    user_info, at, host_and_port = authority.rpartition("@")
    if at and ":" not in user_info:
        return "a user name comes with a password: ws://user:password@host"
    if not _is_utf8(user_info):
        return "user name and password are not UTF-8 once their % escapes are decoded"
    return _host_problem(host_and_port) or _library_problem(url)


def _is_utf8(escaped: str) -> bool:
    try:
        unquote(escaped, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _host_problem(host_and_port: str) -> str:
    if host_and_port.startswith("["):
        return _ipv6_problem(host_and_port)
    host, colon, port = host_and_port.partition(":")
    if ":" in port:
        return f"an IPv6 address stands in brackets: [{host_and_port}] or [::1]:8000"
    if not host:
        return "the host is missing"
    return _host_name_problem(host) or (_port_problem(port) if colon else "")


def _host_name_problem(host: str) -> str:
    if bad := _BAD_HOST_CHARACTER.search(host):
        return f"a host holds letters, digits, dots and hyphens, found {bad[0]!r} in {host!r}"
    labels = host.removesuffix(".").split(".")
    if not all(0 < len(label) <= 63 for label in labels) or len(host) > 253:
        return f"each part of a host name has 1 to 63 characters, 253 in all, found {host[:80]!r}"
    if all(label.isdigit() for label in labels) and len(labels) > 1 and not _is_ipv4(host):
        return f"{host!r} is no IPv4 address (four numbers from 0 to 255)"
    try:
        host.encode("idna")
    except UnicodeError as error:
        return f"{host[:80]!r} cannot be a host name ({error})"
    return ""


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _ipv6_problem(host_and_port: str) -> str:
    literal, bracket, after = host_and_port[1:].partition("]")
    if not bracket:
        return "the IPv6 address lacks its closing `]`"
    try:
        ipaddress.IPv6Address(literal.replace("%25", "%"))
    except ValueError as error:
        return f"[{literal[:80]}] is no IPv6 address ({error})"
    if after and not after.startswith(":"):
        return f"after `]` only :PORT may follow, found {after[:40]!r}"
    return _port_problem(after[1:]) if after else ""


def _port_problem(port: str) -> str:
    if not port:
        return "the port is missing after `:`"
    if not (port.isascii() and port.isdigit()):
        return f"the port must be a number, found {port[:40]!r}"
    if not 1 <= int(port[:9]) <= 65535:
        return f"the port must be 1 to 65535, found {port[:40]}"
    return ""


def _library_problem(url: str) -> str:
    """What Python's own parser has against `url`: it is the one that dials by it later."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    return "" if host else "the host is missing"


def _refused(text: str, problem: str, example: str = EXAMPLE) -> SettingsError:
    return SettingsError([f"{redact_url(text)!r}: {problem}; example: {redact_url(example)}"])
