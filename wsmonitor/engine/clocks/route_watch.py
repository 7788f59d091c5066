"""Which local address leads to a peer: asked of the kernel's routing table, without a packet."""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping, Set
from contextlib import suppress


def local_address_towards(peer: str) -> str:
    """The address that a packet to `peer` would leave from; empty where there is no route."""
    family = socket.AF_INET6 if ":" in peer else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((peer, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def watched_peer(peername: object) -> str:
    """The address in what `getpeername` says, where the way to it can change; else empty. Loopback never changes."""
    if not isinstance(peername, tuple) or len(peername) < 2:
        return ""
    host = str(peername[0]).partition("%")[0]
    return "" if ipaddress.ip_address(host).is_loopback else host


class RouteWatch:
    """Notices that the local address towards a peer changed; looks in a thread, so that no connection waits for it.

    Args:
        changed: called in the running loop with the address before and now, for each peer where they differ.
    """

    def __init__(self, changed: Callable[[Mapping[str, tuple[str, str]]], None]) -> None:
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._known: dict[str, str] = {}
        self._is_looking = False

    def look(self, peers: Set[str]) -> None:
        """Ask once for each of `peers`, unless that is still being done; a peer's first look begins its watch."""
        if not peers or self._is_looking:
            return
        self._is_looking = True
        threading.Thread(target=self._look, args=(frozenset(peers),), name="routes", daemon=True).start()

    def _look(self, peers: frozenset[str]) -> None:
        found = {peer: local_address_towards(peer) for peer in peers}
        with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            self._loop.call_soon_threadsafe(self._compare, found)

    def _compare(self, found: dict[str, str]) -> None:
        self._is_looking = False
        known, self._known = self._known, found
        changes = {peer: (known[peer], now) for peer, now in found.items() if known.get(peer, now) != now}
        if changes:
            self._changed(changes)
