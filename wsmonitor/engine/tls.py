"""TLS contexts from settings, and what a secured connection says of itself."""

import functools
import ssl
from typing import Any

from wsmonitor.config import TlsConfig


@functools.lru_cache(maxsize=64)
def context(config: TlsConfig) -> ssl.SSLContext:
    """A client context. Raises `OSError` (`ssl.SSLError` included) for files that cannot be used.

    Cached: reading the system's authorities takes tens of milliseconds of the measuring loop.
    """
    made = ssl.create_default_context(cafile=config.ca or None)
    if not config.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if config.cert:
        made.load_cert_chain(config.cert, config.key or None, config.passphrase or None)
    return made


def describe(secured: ssl.SSLObject) -> dict[str, str]:
    """Version, cipher, ALPN and, where the certificate was verified, its names and dates."""
    cipher = secured.cipher()
    certificate: dict[str, Any] = secured.getpeercert() or {}
    facts = {
        "version": secured.version() or "",
        "cipher": cipher[0] if cipher else "",
        "alpn": secured.selected_alpn_protocol() or "",
        "not_before": str(certificate.get("notBefore", "")),
        "not_after": str(certificate.get("notAfter", "")),
        "subject": _common_name(certificate.get("subject", ())),
        "issuer": _common_name(certificate.get("issuer", ())),
    }
    return {name: value for name, value in facts.items() if value}


def _common_name(name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    fields = {key: value for relative in name for key, value in relative}
    return fields.get("commonName") or fields.get("organizationName", "")
