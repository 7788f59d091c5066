"""A certificate for a tap's clients, made at start by the optional package `trustme` and gone at the end."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wsmonitor.facts.errors import SettingsError


@dataclass(frozen=True)
class Certificate:
    """PEM files: the authority that clients must trust, and the chain with its private key."""

    authority: Path
    chain: Path


@contextmanager
def temporary_certificate() -> Iterator[Certificate]:
    """A certificate for loopback names, in a folder that only this user can read."""
    try:
        import trustme
    except ImportError as error:
        text = "--tls needs the package trustme to make a certificate (pip install trustme), or --listen-cert FILE"
        raise SettingsError([text]) from error
    with tempfile.TemporaryDirectory(prefix="wsmonitor-tap-") as folder:
        authority = trustme.CA()
        made = Certificate(Path(folder, "authority.pem"), Path(folder, "tap.pem"))
        authority.cert_pem.write_to_path(made.authority)
        server = authority.issue_cert("localhost", "127.0.0.1", "::1")
        server.private_key_and_cert_chain_pem.write_to_path(made.chain)
        yield made
