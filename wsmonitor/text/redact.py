"""Pure: secrets in URLs and headers are replaced by `***` wherever they would be shown or written.

The name of a header or query parameter decides, not its value. `${NAME}` stays: it is no secret.
"""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from wsmonitor.facts.events import (
    AlertChanged,
    AnyEvent,
    Disruption,
    ExperimentResult,
    OpenFailed,
    PhaseDone,
    StateChanged,
)
from wsmonitor.facts.tap_events import TapListening, TapRefused

REDACTED = "***"

_SECRET_WORDS = frozenset(
    {"accesskey", "accesstoken", "apikey", "apitoken", "auth", "authorisation", "authorization", "authtoken", "bearer"}
    | {"clientsecret", "cookie", "credential", "credentials", "csrf", "csrftoken", "hmac", "idtoken", "jwt", "key"}
    | {"otp", "pass", "passphrase", "passwd", "password", "privatekey", "pwd", "refreshtoken", "secret", "session"}
    | {"sessionid", "sessionkey", "sid", "sig", "signature", "ticket", "token", "xsrf"}
)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_HARMLESS_HEADERS = frozenset({"sec-websocket-key", "sec-websocket-accept", "www-authenticate", "proxy-authenticate"})
_SCHEME_WORD = re.compile(r"(?i)(basic|bearer|digest|token|apikey|negotiate)\s+(?=\S)")
_PLACEHOLDERS_ONLY = re.compile(r"(?:\$\{[^{}]*\})+")
_USERINFO = re.compile(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?([^/?#]*)@")
_PARAMETER = re.compile(r"([?&;#]|^)([^=&;#?]+)=([^&;#]*)")
_URL_IN_TEXT = re.compile(r"(?i)\b(?:wss?|https?|socks[45]h?a?)://[^\s'\"<>]*[^\s'\"<>.,;:!)]")


def redact_url(url: str) -> str:
    """`url` without the password of its user info and the values of token-like parameters.

    Promises to work on anything, also on what is no URL.
    """
    userinfo = _USERINFO.match(url)
    if userinfo and not _is_placeholder(userinfo[2]):
        url = f"{userinfo[1] or ''}{REDACTED}@{url[userinfo.end() :]}"
    start = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=len(url))
    return url[:start] + _PARAMETER.sub(_redacted_parameter, url[start:])


def redact_text(text: str) -> str:
    """`text` with every URL in it redacted: for error messages that quote one."""
    return _URL_IN_TEXT.sub(lambda match: redact_url(match[0]), text)


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers` with the values of secret ones replaced; the scheme of `Authorization` stays.

    URLs inside harmless values (`Location`, `Referer`) are redacted as well.
    """
    return {name: redact_header(name, value) for name, value in headers.items()}


def redact_header(name: str, value: str) -> str:
    """What may be shown of one header's value."""
    if not is_secret_header(name):
        return redact_text(value)
    scheme = _SCHEME_WORD.match(value)
    kept = scheme[0] if scheme else ""
    return value if _is_placeholder(value[len(kept) :]) else kept + REDACTED


def redact_event(event: AnyEvent) -> AnyEvent:
    """`event` with secrets replaced in what it says of headers, URLs and errors. Messages are data and stay."""
    match event:
        case PhaseDone():
            return replace(event, detail=redact_headers(event.detail)) if event.detail else event
        case OpenFailed():
            return replace(event, error=redact_text(event.error), detail=redact_headers(event.detail))
        case StateChanged() if event.cause:
            return replace(event, cause=redact_text(event.cause))
        case ExperimentResult(answer=answer):
            said = {"answer": redact_text(answer.answer), "verdict": redact_text(answer.verdict)}
            return replace(event, answer=replace(answer, **said))
        case Disruption() if event.error:
            return replace(event, error=redact_text(event.error))
        case AlertChanged():
            return replace(event, text=redact_text(event.text))
        case TapListening():
            return replace(event, upstream=redact_url(event.upstream))
        case TapRefused():
            return replace(event, value=redact_text(event.value))
    return event


def is_secret_header(name: str) -> bool:
    """True for headers that carry credentials: `Cookie`, `Authorization`, `X-Api-Key` and their like."""
    name = name.strip().lower()
    if name in _HARMLESS_HEADERS:
        return False
    return name in _SECRET_HEADERS or _is_secret_name(name)


def _is_secret_name(name: str) -> bool:
    words = re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())
    return bool(_SECRET_WORDS.intersection(words)) or "".join(words) in _SECRET_WORDS


def _is_placeholder(value: str) -> bool:
    return _PLACEHOLDERS_ONLY.fullmatch(value) is not None


def _redacted_parameter(match: re.Match[str]) -> str:
    separator, name, value = match.groups()
    secret = value and _is_secret_name(name) and not _is_placeholder(value)
    return f"{separator}{name}={REDACTED if secret else value}"
