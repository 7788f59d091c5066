"""Pure: the exception that ended an opening -> what failed, in words, and whether retrying is senseless."""

import email.utils
import errno
import os
import re
import socket
import ssl
import time

from websockets.exceptions import (
    InvalidHandshake,
    InvalidHeader,
    InvalidMessage,
    InvalidProxy,
    InvalidProxyMessage,
    InvalidProxyStatus,
    InvalidStatus,
    InvalidUpgrade,
    InvalidURI,
    NegotiationError,
    ProxyError,
    SecurityError,
)
from websockets.http11 import Response

from wsmonitor.engine.opening import other_protocols
from wsmonitor.engine.redialling.close_policy import FATAL_STATUSES
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import to_ns

NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
"""The kernel has no way to the address."""
HEADER_LIMIT = 32
VALUE_LIMIT = 512
RETRY_AFTER_LIMIT_S = 1e9
"""A peer may name the year 9999, which no event can carry."""
_STATUS_LINE = re.compile(rb"HTTP/1\.1 \d{3} ")


def explain(
    phase: Phase, error: BaseException, *, lost_error: Exception | None = None, heard: bytes = b""
) -> OpenFailure:
    """What `error` means for an opening that was in `phase`.

    `lost_error` is what the transport said as it went; the handshake's own exception loses it. `heard` is
    how what the peer sent begins.
    """
    match error:
        case SettingsError() | InvalidURI() | InvalidProxy() | SecurityError():
            return OpenFailure(phase, str(error), fatal=True)
        case InvalidProxyStatus():
            status = error.response.status_code
            text = f"the proxy answered HTTP {status}"
            return OpenFailure(phase, text, status=status, fatal=status == 407, detail=headers_of(error.response))
        case ProxyError():
            return _refused_by_proxy(phase, error)
        case InvalidStatus():
            return _refused(phase, error.response)
        case ssl.SSLCertVerificationError():
            shown = getattr(error, "shown", {})  # `tls.TellingObject` adds it
            return OpenFailure(phase, f"certificate not accepted: {error.verify_message}", fatal=True, detail=shown)
        case ssl.SSLError():
            return OpenFailure(phase, f"TLS failed: {_tls_words(error)}")
        case socket.gaierror():
            return OpenFailure(phase, f"lookup failed: {error.strerror or error}")
        case UnicodeError():
            return OpenFailure(phase, f"the host name cannot be looked up: {error}", fatal=True)
        case InvalidMessage() if heard and other_protocols.is_foreign(heard):
            return OpenFailure(phase, other_protocols.describe(heard))
        case InvalidMessage() if isinstance(lost_error, ssl.SSLError):
            return _alerted(phase, lost_error)
        case InvalidMessage() if isinstance(error.__cause__, EOFError):
            return OpenFailure(phase, _vanished(lost_error, "finishing its answer" if heard else "answering"))
        case InvalidMessage() if _STATUS_LINE.match(heard):
            status_line = heard.partition(b"\r\n")[0].decode("ascii", "backslashreplace")
            return OpenFailure(phase, f"the answer cannot be read: {status_line}, then {error.__cause__ or error}")
        case InvalidMessage():
            return OpenFailure(phase, f"the answer is not HTTP: {error.__cause__ or error}")
        case InvalidUpgrade():
            return OpenFailure(phase, f"the answer does not upgrade to WebSocket: {error}", fatal=True)
        case InvalidHeader() | NegotiationError() | InvalidHandshake():
            return OpenFailure(phase, f"the answer breaks the handshake: {error}", fatal=True)
        case OSError():
            return _os_failure(phase, error)
        case _:
            return OpenFailure(phase, f"{type(error).__name__}: {error}", fatal=True)


def headers_of(response: Response) -> dict[str, str]:
    """The headers of an answer, bounded in number and length."""
    found: dict[str, str] = {}
    for name, value in list(response.headers.raw_items())[:HEADER_LIMIT]:
        found[name.lower()[:VALUE_LIMIT]] = value[:VALUE_LIMIT]
    return found


def parse_retry_after(value: str | None, *, wall_s: float) -> int | None:
    """A Retry-After header (seconds or HTTP-date, RFC 9110 10.2.3) as nanoseconds from now, 30 years at most."""
    if value is None:
        return None
    seconds = value.strip()
    if seconds.isascii() and seconds.isdigit():
        return to_ns(float(seconds[:9]))
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return to_ns(min(max(0.0, moment.timestamp() - wall_s), RETRY_AFTER_LIMIT_S))
    except (ValueError, TypeError, OverflowError):
        return None


def os_words(error: OSError) -> str:
    """What the system calls the error; asyncio puts words of its own in place of that."""
    return os.strerror(error.errno) if error.errno else str(error) or type(error).__name__


def _refused_by_proxy(phase: Phase, error: ProxyError) -> OpenFailure:
    """A proxy that gave no tunnel; what it says of itself is all that is known, and may be otherwise next time."""
    said = error.__cause__
    if isinstance(error, InvalidProxyMessage):
        ended = isinstance(said, EOFError)
        text = "it ended the connection instead of answering" if ended else f"what it says is not HTTP: {said}"
        return OpenFailure(phase, text)
    text = str(said or error)
    return OpenFailure(phase, f"no tunnel: {text}", fatal="authentication" in text.lower())


def _refused(phase: Phase, response: Response) -> OpenFailure:
    status = response.status_code
    detail = headers_of(response)
    body = bytes(response.body or b"")[:VALUE_LIMIT].decode("utf-8", "replace")
    if body:
        detail["body"] = body
    return OpenFailure(
        phase,
        f"HTTP {status} {response.reason_phrase}".rstrip()[:VALUE_LIMIT],
        status=status,
        fatal=status in FATAL_STATUSES or 200 <= status < 300,
        retry_after_ns=parse_retry_after(_first(response, "Retry-After"), wall_s=time.time()),
        detail=detail,
    )


def _first(response: Response, name: str) -> str | None:
    """The first value of a header that should come once."""
    values = response.headers.get_all(name)
    return values[0] if values else None


def _os_failure(phase: Phase, error: OSError) -> OpenFailure:
    words = os_words(error)
    if error.errno == errno.ECONNREFUSED:  # the SOCKS library raises a kind of its own
        return OpenFailure(phase, "connection refused: nothing listens on that port")
    if error.errno in NO_ROUTE:
        return OpenFailure(phase, f"no route: {words}", offline=True)
    if phase == "tls" and isinstance(error, ConnectionResetError):
        # asyncio raises it, without a number, for a FIN during the handshake as well
        how = "reset" if error.errno == errno.ECONNRESET else "ended"
        return OpenFailure(phase, f"the peer {how} the connection during the TLS handshake")
    return OpenFailure(phase, words)


def _vanished(lost_error: Exception | None, what: str) -> str:
    if isinstance(lost_error, ConnectionResetError):
        return f"the peer or a proxy in front of it reset the connection before {what} (RST)"
    return f"the peer or a proxy in front of it ended the connection before {what} (FIN)"


def _alerted(phase: Phase, alert: ssl.SSLError) -> OpenFailure:
    """The peer ended TLS after the handshake; in TLS 1.3 it judges our certificate then (RFC 8446, 4.4.2.4)."""
    reason = alert.reason or ""
    if reason.endswith("CERTIFICATE_REQUIRED"):
        return OpenFailure(phase, "the server wants a client certificate", fatal=True)
    if "CERTIFICATE" in reason or reason.endswith("UNKNOWN_CA"):
        return OpenFailure(phase, f"the server did not accept our client certificate: {_tls_words(alert)}", fatal=True)
    return OpenFailure(phase, f"TLS failed: {_tls_words(alert)}")


def _tls_words(error: ssl.SSLError) -> str:
    if error.reason == "WRONG_VERSION_NUMBER":
        return "the peer does not speak TLS on this port (is it ws:// rather than wss://?)"
    return (error.reason or str(error)).replace("_", " ").lower()
