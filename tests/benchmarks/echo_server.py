"""A bare `websockets` server in a process of its own. Says its port, ends with its stdin.

It answers pings. `/flood?SIZE,SECONDS` sends messages of that size as fast as they are taken, says how many a
second that were after warming up, and ends; `/closing?SECONDS` closes with 4000 after so long;
`/chatter?HZ` sends messages of 128 bytes.
"""

import asyncio
import contextlib
import sys
import time

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

BLOCK_BYTES = 256 * 1024
WARM_UP_S = 2.5
"""A window that has just been opened still loads its plots."""


async def _handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    path, _, argument = connection.request.path.partition("?")
    with contextlib.suppress(ConnectionClosed, OSError):
        match path:
            case "/flood":
                size, _, seconds = argument.partition(",")
                rate = await _flood(connection, int(size), float(seconds))
                if rate is not None:
                    print(rate, flush=True)
            case "/closing":
                await asyncio.sleep(float(argument))
                await connection.close(4000)
            case "/chatter":
                await _chatter(connection, int(argument))
        await connection.wait_closed()


async def _flood(connection: ServerConnection, size_bytes: int, seconds: float) -> float | None:
    """Ready-made messages, so that the sender is not the bottleneck; how many a second were taken.

    `None` where the other side left before the end: a window that dials once more before it is closed.
    """
    message = Frame(Opcode.BINARY, bytes(size_bytes)).serialize(mask=False)
    messages = max(1, BLOCK_BYTES // len(message))
    block = message * messages
    taken, begin_s = 0, time.monotonic() + WARM_UP_S
    transport = connection.transport
    while time.monotonic() < begin_s + seconds:
        if transport.is_closing() or connection.protocol.eof_sent:
            return None
        if time.monotonic() >= begin_s:
            taken += messages
        transport.write(block)
        await connection.drain()  # looking again and again would take a processor from those that are measured
    transport.abort()
    return taken / seconds


async def _chatter(connection: ServerConnection, hertz: int) -> None:
    while True:
        for _ in range(hertz // 20):
            await connection.send(bytes(128))
        await asyncio.sleep(0.05)


async def _serve() -> None:
    async with serve(_handle, "127.0.0.1", 0, ping_interval=None, compression=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
