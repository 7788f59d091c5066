"""A certificate for `--tls`, made at start by the optional package `trustme` and gone at the end."""

import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class CertificateError(Exception):
    """No certificate can be made; the text says what to install."""


@dataclass(frozen=True)
class Certificate:
    """PEM files: the authority that clients must trust, and the server's chain with its private key."""

    authority: Path
    chain: Path

    def server_context(self) -> ssl.SSLContext:
        """What a TLS server needs to present the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


@contextmanager
def temporary_certificate(host: str) -> Iterator[Certificate]:
    """A certificate for loopback names and `host` in a folder that only this user can read."""
    try:
        import trustme
    except ImportError as error:
        raise CertificateError("--tls needs the package trustme to make a certificate: pip install trustme") from error
    with tempfile.TemporaryDirectory(prefix="wsmonitor-lab-") as folder:
        authority = trustme.CA()
        names = dict.fromkeys(["localhost", "127.0.0.1", "127.0.0.2", "::1", host])
        server = authority.issue_cert(*(name for name in names if name not in ("0.0.0.0", "::")))
        certificate = Certificate(Path(folder, "authority.pem"), Path(folder, "server.pem"))
        authority.cert_pem.write_to_path(certificate.authority)
        server.private_key_and_cert_chain_pem.write_to_path(certificate.chain)
        yield certificate
