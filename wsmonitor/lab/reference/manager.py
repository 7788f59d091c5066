"""The connection manager: who is there, who left why, and the heartbeats to all."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from wsmonitor.lab.reference.client import Client
from wsmonitor.lab.reference.stats import Ending, Stats
from wsmonitor.lab.wire.websocket import WebSocket
from wsmonitor.lab.wire.wire import PeerGoneError

MISSES_UNTIL_STALE: Final = 3
"""2 was too hasty (story 2)."""
SECOND_LOOK_SHARE: Final = 0.25
"""Part of the heartbeat interval after which a client that seems stale is looked at again."""
_log = logging.getLogger(__name__)


class Manager:
    """The clients of one URL. Its heartbeats run while there is one; each fails for itself."""

    def __init__(self) -> None:
        self._active: dict[str, Client] = {}
        self._heartbeats: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def joined(self, socket: WebSocket, stats: Stats, *, heartbeat_s: float) -> AsyncIterator[Client]:
        """A client while it is there. On leaving it is marked first, then removed, and counted once by the caller."""
        stats.total += 1
        stats.active += 1
        client = Client(socket, stats.total)
        self._active[client.name] = client
        if self._heartbeats is None:
            self._heartbeats = asyncio.create_task(self._beat_for_ever(stats, heartbeat_s), name="lab heartbeats")
        try:
            yield client
        finally:
            client.disconnecting = True
            del self._active[client.name]
            stats.active -= 1
            if not self._active:
                await self._stop_heartbeats()

    async def _stop_heartbeats(self) -> None:
        heartbeats, self._heartbeats = self._heartbeats, None
        if heartbeats is not None:
            heartbeats.cancel()
            await asyncio.gather(heartbeats, return_exceptions=True)

    async def _beat_for_ever(self, stats: Stats, heartbeat_s: float) -> None:
        while True:
            await asyncio.sleep(heartbeat_s)
            snapshot = tuple(self._active.values())
            await asyncio.gather(*(_beat(client, stats, heartbeat_s) for client in snapshot))


async def _beat(client: Client, stats: Stats, heartbeat_s: float) -> None:
    """One heartbeat to one client; nothing that goes wrong here touches another one."""
    client.missed = client.missed + 1 if client.silent_since_beat else 0
    if client.missed >= MISSES_UNTIL_STALE:
        await asyncio.sleep(heartbeat_s * SECOND_LOOK_SHARE)
        if client.silent_since_beat and not client.disconnecting:
            client.stale.set()
        return
    if client.disconnecting:
        return
    try:
        await client.beat()
    except (PeerGoneError, TimeoutError) as error:
        stats.heartbeat_failures += 1
        _log.debug("%s: heartbeat not sent: %s", client.name, error)
    except Exception:  # a mistake of ours with one client must not end the heartbeats of all
        stats.heartbeat_failures += 1
        _log.exception("%s: heartbeat failed", client.name)


def count_leaving(client: Client, ending: Ending, stats: Stats) -> None:
    """Counts a disconnect and logs its one line: ordinary ones at DEBUG."""
    stats.disconnects[ending] += 1
    _log.log(
        logging.ERROR if ending is Ending.FAILED else logging.DEBUG,
        "%s left after %.3f s: %s",
        *(client.name, client.age_s, ending),
    )
