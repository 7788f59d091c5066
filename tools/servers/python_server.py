"""One echo server in Python as a process: `python -m tools.servers.python_server KIND PORT`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

import uvicorn
from aiohttp import WSMsgType, web
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

HOST = "127.0.0.1"


async def websockets_server(port: int, *, pings: bool = True) -> None:
    """The library's own server, as it is by default; behind a proxy without pings, so that the proxy's timer shows."""

    async def echo(connection: ServerConnection) -> None:
        try:
            async for message in connection:
                await connection.send(message)
        except ConnectionClosed:
            return

    interval_s = 20.0 if pings else None
    async with serve(echo, HOST, port, ping_interval=interval_s) as server:
        await server.serve_forever()


async def uvicorn_server(port: int) -> None:
    """A Starlette application under uvicorn, with uvicorn's defaults."""

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                await websocket.send({**message, "type": "websocket.send"})
        except (WebSocketDisconnect, RuntimeError):
            return

    app = Starlette(routes=[WebSocketRoute("/", echo)])
    await uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="critical")).serve()


async def aiohttp_server(port: int) -> None:
    """An aiohttp application with the defaults of `WebSocketResponse`."""

    async def echo(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        async for message in response:
            if message.type is WSMsgType.TEXT:
                await response.send_str(message.data)
            elif message.type is WSMsgType.BINARY:
                await response.send_bytes(message.data)
        return response

    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


KINDS: dict[str, Callable[[int], Awaitable[None]]] = {
    "websockets": websockets_server,
    "quiet": lambda port: websockets_server(port, pings=False),
    "uvicorn": uvicorn_server,
    "aiohttp": aiohttp_server,
}

if __name__ == "__main__":

    async def main() -> None:
        await KINDS[sys.argv[1]](int(sys.argv[2]))

    asyncio.run(main())
