"""The websockets library."""

import asyncio

from asyncio_peers import AsyncPeer, later
from session import Session, arguments, sweep
from websockets.asyncio.server import serve

port, plan = arguments()


async def handler(connection):
    async def close(code, reason):
        await connection.close(*(() if code == 1005 else (code, reason)))

    peer = AsyncPeer(
        connection.send, close, connection.transport.abort if plan.get("rst") else connection.transport.close
    )
    session = Session(plan, peer, later)
    session.opened()
    try:
        async for message in connection:
            session.received(message)
    finally:
        session.lost()
        peer.done()


async def main():
    sweep(plan, later)
    options = {"ping_interval": plan.get("ping_s"), "ping_timeout": plan.get("pong_s")}
    if plan.get("max_bytes"):
        options["max_size"] = plan["max_bytes"]
    async with serve(handler, "127.0.0.1", port, **options) as server:
        await server.serve_forever()


asyncio.run(main())
