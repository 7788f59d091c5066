"""Certificates for the raw peer: good, and bad in each way that matters."""

import datetime
import ssl
from dataclasses import dataclass

import pytest
import trustme


@dataclass(frozen=True)
class Certificates:
    """An authority in a file, and server contexts with certificates of its."""

    ca_file: str
    good: ssl.SSLContext
    expired: ssl.SSLContext
    wrong_name: ssl.SSLContext
    untrusted: ssl.SSLContext
    wants_client: ssl.SSLContext
    client_file: str


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Made once a session."""
    folder = tmp_path_factory.mktemp("certificates")
    authority, stranger = trustme.CA(), trustme.CA()
    yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    ca_file = str(folder / "ca.pem")
    authority.cert_pem.write_to_path(ca_file)
    client_file = str(folder / "client.pem")
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(client_file)
    wants_client = _server(authority.issue_cert("127.0.0.1"))
    wants_client.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(wants_client)
    return Certificates(
        ca_file=ca_file,
        good=_server(authority.issue_cert("127.0.0.1")),
        expired=_server(authority.issue_cert("127.0.0.1", not_after=yesterday)),
        wrong_name=_server(authority.issue_cert("elsewhere.example")),
        untrusted=_server(stranger.issue_cert("127.0.0.1")),
        wants_client=wants_client,
        client_file=client_file,
    )


def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
