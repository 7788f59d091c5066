"""TCP to the first address that answers, with a head start for each (RFC 8305), and every result kept.

The race itself is asyncio's own (`asyncio.staggered`, which `create_connection` uses, and which a
contract test holds); run here it tells how each address did.
"""

import asyncio
import functools
import socket
from asyncio.staggered import staggered_race
from collections.abc import Callable, Sequence

from msgspec import Struct, field

from wsmonitor.engine.opening.resolver import Address
from wsmonitor.engine.opening.why_failed import NO_ROUTE, os_words
from wsmonitor.engine.wire.stamped_socket import StampedSocket
from wsmonitor.text.units import duration

HEAD_START_S = 0.25


class Attempt(Struct):
    """How the connect to one address went; `error` is empty while it runs and where it worked."""

    address: Address
    started_ns: int
    ended_ns: int | None = None
    error: str = ""

    def __str__(self) -> str:
        if self.ended_ns is None:
            return f"{self.address} not finished"
        took = duration(self.ended_ns - self.started_ns)
        return f"{self.address} {self.error or 'ok'} after {took}"


class Race(Struct):
    """Connects to several addresses; the attempts are there to read while it runs and afterwards."""

    now_ns: Callable[[], int]
    attempts: list[Attempt] = field(default_factory=list)
    _connected: list[StampedSocket] = field(default_factory=list)

    async def run(self, addresses: Sequence[Address]) -> StampedSocket:
        """The first socket that connected, others closed. Raises the most telling `OSError` if none did.

        An address family without a route says nothing where an address of the other one answered.
        """
        if len(addresses) == 1:
            return await self._contend(addresses[0])
        contenders = [functools.partial(self._contend, address) for address in _interleave(addresses)]
        winner: StampedSocket | None = None
        try:
            winner, _index, errors = await staggered_race(contenders, HEAD_START_S)
        finally:
            for loser in self._connected:  # two may connect in one round; so may one as we are cancelled
                if loser is not winner:
                    loser.close()
        if winner is None:
            failures = [error for error in errors if error is not None] or [OSError("the lookup gave no address")]
            raise min(failures, key=lambda error: isinstance(error, OSError) and error.errno in NO_ROUTE)
        return winner

    async def _contend(self, address: Address) -> StampedSocket:
        attempt = Attempt(address, self.now_ns())
        self.attempts.append(attempt)
        try:
            connection = await _connect(address)
        except OSError as error:
            attempt.error = os_words(error)
            attempt.ended_ns = self.now_ns()
            raise
        attempt.ended_ns = self.now_ns()
        self._connected.append(connection)
        return connection


async def _connect(address: Address) -> StampedSocket:
    connection = StampedSocket(address.family, socket.SOCK_STREAM)
    try:
        connection.stamp()
        # asyncio sets it only on sockets that name their protocol. With Nagle's algorithm (RFC 9293, 3.7.4) a ping
        # that meets one of the peer's would wait up to 40 ms for a delayed acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, address.sockaddr)
    except BaseException:
        connection.close()
        raise
    return connection


def _interleave(addresses: Sequence[Address]) -> list[Address]:
    """Families take turns, beginning with the family of the first answer (RFC 8305, section 4)."""
    if not addresses:
        return []
    first = [address for address in addresses if address.family == addresses[0].family]
    other = [address for address in addresses if address.family != addresses[0].family]
    mixed = []
    for index in range(max(len(first), len(other))):
        mixed += first[index : index + 1] + other[index : index + 1]
    return mixed
