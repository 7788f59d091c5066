"""TLS contexts from settings, and what a secured connection says of itself."""

import contextlib
import functools
import os
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.endpoint_settings import TlsConfig

NAMES = 8
"""So many of the names that a certificate is for are told."""


def context(config: TlsConfig, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
    """A client context that offers `alpn`. Raises `SettingsError` that names the file which cannot be used.

    Kept until one of its files changes: reading the system's authorities takes tens of milliseconds of the
    measuring loop.
    """
    return _context(config, alpn, tuple(map(_stamp, (config.ca, config.cert, config.key))))


def _stamp(file: str) -> tuple[int, ...]:
    """What differs once a file has other content; the same for one that is not there."""
    with contextlib.suppress(OSError):
        found = os.stat(file)
        return (found.st_ino, found.st_mtime_ns, found.st_size)
    return ()


@functools.lru_cache(maxsize=64)
def _context(config: TlsConfig, alpn: tuple[str, ...], _files: tuple[tuple[int, ...], ...]) -> ssl.SSLContext:
    with _named("the authorities", config.ca):
        made = ssl.create_default_context(cafile=config.ca or None)
    made.sslobject_class = TellingObject
    if alpn:
        made.set_alpn_protocols(list(alpn))
    if not config.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    if config.cert:
        with _named("the client certificate", config.cert, config.key):
            made.load_cert_chain(config.cert, config.key or None, config.passphrase or "")
    return made


class TellingObject(ssl.SSLObject):
    """Gives the error about a refused certificate what that certificate says, as `shown`.

    asyncio lets go of the object as the handshake fails; the chain is public only since Python 3.13.
    """

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            inner: Any = getattr(self, "_sslobj", None)
            chain = inner.get_unverified_chain() if hasattr(inner, "get_unverified_chain") else None
            error.shown = _shown(chain[0].get_info()) if chain else {}  # type: ignore[attr-defined]  # ours
            raise


def _shown(certificate: Mapping[str, Any]) -> dict[str, str]:
    names = ", ".join(str(value) for _, value in certificate.get("subjectAltName", ())[:NAMES])
    return names_and_dates(certificate) | ({"names": names} if names else {})


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
    facts = {
        "version": secured.version() or "",
        "cipher": cipher[0] if cipher else "",
        "alpn": secured.selected_alpn_protocol() or "",
    }
    return {name: value for name, value in facts.items() if value} | names_and_dates(secured.getpeercert() or {})


def names_and_dates(certificate: Mapping[str, Any]) -> dict[str, str]:
    """Subject, issuer and validity of a certificate, as `getpeercert` gives it."""
    facts = {
        "not_before": str(certificate.get("notBefore", "")),
        "not_after": str(certificate.get("notAfter", "")),
        "subject": _common_name(certificate.get("subject", ())),
        "issuer": _common_name(certificate.get("issuer", ())),
    }
    return {name: value for name, value in facts.items() if value}


def _common_name(name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    fields = {key: value for relative in name for key, value in relative}
    return fields.get("commonName") or fields.get("organizationName", "")
