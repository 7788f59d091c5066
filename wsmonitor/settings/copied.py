"""Pure: an endpoint as a URL or a command line of another tool, to be pasted into a shell; the way back is `pasted`.

Secrets are replaced by `***` unless they are asked for. `${NAME}` of the environment is left to the shell.
"""

import re
import shlex

from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.text.redact import REDACTED, redact_headers, redact_url

_VARIABLE = re.compile(r"(?<!\$)(\$\{[A-Za-z_][A-Za-z0-9_]*\})")


def as_url(config: EndpointConfig, *, secrets: bool = False) -> str:
    """Where it leads."""
    return config.url if secrets else redact_url(config.url)


def as_curl(config: EndpointConfig, *, secrets: bool = False) -> str:
    """A command for a curl that speaks WebSocket (8.11 and later do by default)."""
    words = ["curl", "-N", as_url(config, secrets=secrets)]
    headers = _headers(config, secrets=secrets)
    if config.origin:
        headers.append(f"Origin: {config.origin}")
    if config.subprotocols:
        headers.append(f"Sec-WebSocket-Protocol: {', '.join(config.subprotocols)}")
    for header in headers:
        words += ["-H", header]
    for option, value in (
        ("-u", _auth(config, secrets=secrets)),
        ("-x", _proxy(config, secrets=secrets)),
        ("--cacert", config.tls.ca),
        ("--cert", config.tls.cert),
        ("--key", config.tls.key),
    ):
        words += [option, value] if value else []
    return _line([*words, *([] if config.tls.verify else ["-k"])])


def as_websocat(config: EndpointConfig, *, secrets: bool = False) -> str:
    """A command for websocat; what it has no option for stands in a comment."""
    words = ["websocat"]
    for header in _headers(config, secrets=secrets):
        words += ["-H", header]
    for option, value in (
        ("--origin", config.origin),
        ("--protocol", ", ".join(config.subprotocols)),
        ("--basic-auth", _auth(config, secrets=secrets)),
    ):
        words += [option, value] if value else []
    words += [] if config.tls.verify else ["-k"]
    left_out = [
        name
        for name, is_set in (
            ("the proxy", _proxy(config, secrets=secrets)),
            ("the TLS files", config.tls.ca or config.tls.cert or config.tls.key),
        )
        if is_set
    ]
    comment = f"  # without {' and '.join(left_out)}" if left_out else ""
    return _line([*words, as_url(config, secrets=secrets)]) + comment


def has_secrets(config: EndpointConfig) -> bool:
    """True where something was replaced."""
    return as_curl(config) != as_curl(config, secrets=True)


def _headers(config: EndpointConfig, *, secrets: bool) -> list[str]:
    headers = config.headers if secrets else redact_headers(config.headers)
    return [f"{name}: {value}" for name, value in headers.items()]


def _auth(config: EndpointConfig, *, secrets: bool) -> str:
    user, colon, password = config.auth.partition(":")
    hides = colon and not secrets and _VARIABLE.fullmatch(password) is None
    return f"{user}:{REDACTED}" if hides else config.auth


def _proxy(config: EndpointConfig, *, secrets: bool) -> str:
    proxy = "" if config.proxy == "none" else config.proxy
    return proxy if secrets else redact_url(proxy)


def _line(words: list[str]) -> str:
    """Words as a shell reads them: variables open, everything else quoted, `$${` meant as `${`."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    parts = _VARIABLE.split(word)
    shown = [f'"{part}"' if at % 2 else shlex.quote(part.replace("$${", "${")) for at, part in enumerate(parts) if part]
    return "".join(shown) or "''"
