"""Whether a server is ours by its address alone. Pure: nothing is looked up."""

import ipaddress
from urllib.parse import urlsplit

from wsmonitor.settings.endpoint_settings import EndpointConfig


def is_plainly_ours(config: EndpointConfig) -> bool:
    """True for this machine and for addresses of private networks; a name may be anybody's."""
    try:
        host = config.connect.address or urlsplit(config.url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local
