"""Whether a server stands on this machine or in a private network, or in public."""

import ipaddress
from collections.abc import Iterable

from wsmonitor.engine.opening import resolver


async def is_private(host: str, port: int, *, by_proxy: bool) -> bool:
    """True if every address of the host is private; what only a proxy can look up is not."""
    if resolver.is_loopback(host):
        return True
    if by_proxy and not resolver.is_address(host):
        return False
    try:
        answers = await resolver.resolve(host, port)
    except (OSError, UnicodeError):
        return False
    return are_private(address.sockaddr[0] for address in answers.addresses)


def are_private(addresses: Iterable[str]) -> bool:
    """True if there are addresses, and each is of this machine, a private network or a link."""
    parsed = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    return bool(parsed) and all(one.is_private or one.is_loopback or one.is_link_local for one in parsed)
