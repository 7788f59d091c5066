"""TLS contexts: kept while nothing changed, made anew once a file did."""

from pathlib import Path

import pytest
import trustme

from wsmonitor.engine.opening import tls
from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.endpoint_settings import TlsConfig


def test_a_context_is_made_once_for_the_same_settings(tmp_path: Path) -> None:
    config = TlsConfig(ca=authority(tmp_path / "ca.pem"))

    assert tls.context(config) is tls.context(TlsConfig(ca=config.ca))
    assert tls.context(config) is not tls.context(config, ("http/1.1",))


def test_authorities_that_were_replaced_in_place_are_read_again(tmp_path: Path) -> None:
    config = TlsConfig(ca=authority(tmp_path / "ca.pem"))
    (old,) = tls.context(config).get_ca_certs()

    authority(tmp_path / "ca.pem")

    (new,) = tls.context(config).get_ca_certs()
    assert new["serialNumber"] != old["serialNumber"]


@pytest.mark.parametrize("field", ["cert", "key"])
def test_a_client_certificate_that_was_replaced_in_place_is_read_again(tmp_path: Path, field: str) -> None:
    issued = trustme.CA().issue_cert("client@example.org")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    config = TlsConfig(cert=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    tls.context(config)

    (tmp_path / f"{field}.pem").write_text("not a certificate any more")

    with pytest.raises(SettingsError, match=r"key\.pem as the client certificate"):
        tls.context(config)


def authority(path: Path) -> str:
    """Write the certificate of a new authority to `path`, and give that back."""
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)
