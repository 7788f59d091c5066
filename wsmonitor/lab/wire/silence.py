"""Waiting for a client, or for ourselves, to fall silent."""

import asyncio

from wsmonitor.lab.wire.wire import PeerGoneError, Wire


async def silent_for(wire: Wire, limit_s: float, direction: str) -> None:
    """Returns once no byte passed for `limit_s`: from the client (`rx`), to it (`tx`), or either way (`both`)."""
    now = asyncio.get_running_loop().time

    def last_s() -> float:
        return {"rx": wire.last_rx_s, "tx": wire.last_tx_s}.get(direction, max(wire.last_rx_s, wire.last_tx_s))

    while (left_s := last_s() + limit_s - now()) > 0:  # noqa: ASYNC110  # the deadline moves with every byte
        await asyncio.sleep(left_s)


async def until_gone(wire: Wire) -> None:
    """Reads and forgets until the client ends the connection."""
    try:
        while True:
            await wire.read()
    except PeerGoneError:
        return
