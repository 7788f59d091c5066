"""Which local address leads to a peer: asked of the kernel's routing table, without a packet."""

import ipaddress
import socket


def local_address_towards(remote: tuple[str, int]) -> str:
    """The address that a packet to `remote` would leave from; empty where there is no route."""
    family = socket.AF_INET6 if ":" in remote[0] else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(remote)
            return str(probe.getsockname()[0])
    except OSError:
        return ""


class RouteWatch:
    """Notices that the local address towards one peer changed. Loopback never changes."""

    __slots__ = ("_address", "_remote")

    def __init__(self) -> None:
        self._remote: tuple[str, int] | None = None
        self._address = ""

    def follow(self, peername: object) -> None:
        """From now on look at the way to this peer (what `getpeername` says of an open connection)."""
        if not isinstance(peername, tuple) or len(peername) < 2:
            return
        host, port = str(peername[0]).partition("%")[0], int(peername[1])
        if ipaddress.ip_address(host).is_loopback:
            self._remote = None
            return
        self._remote = (host, port)
        self._address = local_address_towards(self._remote)

    def look(self) -> tuple[str, str] | None:
        """The address before and now, if it changed since the last look."""
        if self._remote is None:
            return None
        before, self._address = self._address, local_address_towards(self._remote)
        return (before, self._address) if before != self._address else None
