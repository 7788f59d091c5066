"""TLS contexts from settings, and what a secured connection says of itself."""

import contextlib
import functools
import ssl
from collections.abc import Iterator
from typing import Any

from wsmonitor.config import TlsConfig
from wsmonitor.errors import SettingsError


@functools.lru_cache(maxsize=64)
def context(config: TlsConfig) -> ssl.SSLContext:
    """A client context. Raises `SettingsError` that names the file which cannot be used.

    Cached: reading the system's authorities takes tens of milliseconds of the measuring loop.
    """
    with _named("the authorities", config.ca):
        made = ssl.create_default_context(cafile=config.ca or None)
    if not config.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if config.cert:
        with _named("the client certificate", config.cert, config.key):
            made.load_cert_chain(config.cert, config.key or None, config.passphrase or "")
    return made


@contextlib.contextmanager
def _named(what: str, *files: str) -> Iterator[None]:
    """Say which file it was: the library's own errors do not."""
    try:
        yield
    except OSError as error:  # ssl.SSLError is one
        names = " and ".join(filter(None, files))
        why = error.strerror if not isinstance(error, ssl.SSLError) else f"{error.reason or error}".lower()
        raise SettingsError([f"cannot use {names} as {what}: {why}"]) from error


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
