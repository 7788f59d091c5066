"""A bare `websockets` server in a process of its own: answers pings; `/flood?SIZE` sends messages of that size.

Says its port, ends with its stdin.
"""

import asyncio
import contextlib
import socket
import sys
from itertools import repeat

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

BLOCK_BYTES = 256 * 1024


async def _handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    path, _, size = connection.request.path.partition("?")
    with contextlib.suppress(ConnectionClosed, OSError):
        if path == "/flood":
            await _flood(connection, int(size))
        await connection.wait_closed()


async def _flood(connection: ServerConnection, size_bytes: int) -> None:
    """As many messages as are taken, ready made: the sender is not to be the bottleneck."""
    message = Frame(Opcode.BINARY, bytes(size_bytes)).serialize(mask=False)
    block = message * max(1, BLOCK_BYTES // len(message))
    transport = connection.transport
    transport.set_write_buffer_limits(high=BLOCK_BYTES)
    for data in repeat(block):
        if transport.is_closing():
            return
        transport.write(data)
        while transport.get_write_buffer_size() and not transport.is_closing():  # noqa: ASYNC110  # no event for it
            await asyncio.sleep(0)


async def _serve() -> None:
    async with serve(_handle, "127.0.0.1", 0, ping_interval=None, compression=None) as server:
        address = next(iter(server.sockets))
        address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        print(address.getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
