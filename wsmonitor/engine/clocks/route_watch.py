"""Which local address leads to a peer: asked of the kernel's routing table, without a packet."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping, Set


def local_address_towards(peer: str) -> str:
    """The address that a packet to `peer` would leave from; empty where there is no route."""
    family = socket.AF_INET6 if ":" in peer else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((peer, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


class RouteLookout:
    """Looks at the ways to peers in a thread, so that no connection waits for it.

    Args:
        seen: called in the running loop with the local address towards each peer.
    """

    def __init__(self, seen: Callable[[Mapping[str, str]], None]) -> None:
        self._seen = seen
        self._loop = asyncio.get_running_loop()
        self._looking = False

    def look(self, peers: Set[str]) -> None:
        """Ask once for each of `peers`, unless that is still being done."""
        if not peers or self._looking:
            return
        self._looking = True
        threading.Thread(target=self._look, args=(frozenset(peers),), name="routes", daemon=True).start()

    def _look(self, peers: frozenset[str]) -> None:
        found = {peer: local_address_towards(peer) for peer in peers}
        try:
            self._loop.call_soon_threadsafe(self._tell, found)
        except RuntimeError:
            return  # the loop is closed: nobody wants to know any more

    def _tell(self, found: Mapping[str, str]) -> None:
        self._looking = False
        self._seen(found)


class RouteWatch:
    """Notices that the local address towards one peer changed. Loopback never changes."""

    __slots__ = ("_address", "peer")

    def __init__(self) -> None:
        self.peer = ""
        """The address to ask for; empty where there is nothing to watch."""
        self._address: str | None = None

    def follow(self, peername: object) -> None:
        """From now on watch the way to this peer (what `getpeername` says of an open connection)."""
        if not isinstance(peername, tuple) or len(peername) < 2:
            return
        host = str(peername[0]).partition("%")[0]
        self.peer = "" if ipaddress.ip_address(host).is_loopback else host
        self._address = None

    def see(self, local_addresses: Mapping[str, str]) -> tuple[str, str] | None:
        """The address before and now, if it changed since the last look; the first one only begins the watch."""
        now = local_addresses.get(self.peer)
        if now is None:
            return None
        before, self._address = self._address, now
        return (before, now) if before is not None and before != now else None
