"""Servers that are not ours, on loopback and a free port: what a user points the monitor at."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

START_TIMEOUT_S = 20.0


class _TellingServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def in_thread(start: Callable[[], Any]) -> Iterator[int]:
    """Run an asynchronous context manager that gives a port in a loop of its own thread."""
    ready: threading.Event = threading.Event()
    ports: list[int] = []
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with start() as port:
            ports.append(port)
            ready.set()
            await stop.wait()

    def serve_it() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(run())

    thread = threading.Thread(target=serve_it, name="server under test")
    thread.start()
    try:
        assert ready.wait(START_TIMEOUT_S), "the server did not start"
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_TIMEOUT_S)


@asynccontextmanager
async def websockets_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The `websockets` library's own server. `/echo` answers, `/goodbye` closes 4001 after a message."""

    async def handle(connection: ServerConnection) -> None:
        assert connection.request is not None
        with suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)
                if connection.request.path == "/goodbye":
                    await connection.close(4001, "goodbye")

    server: Server
    async with serve(handle, "127.0.0.1", 0, ssl=tls) as server:
        yield next(iter(server.sockets)).getsockname()[1]


@asynccontextmanager
async def starlette_server(tls: tuple[str, str] | None = None) -> AsyncIterator[int]:
    """A Starlette application under uvicorn: `/echo`, `/crash` (raises on a message), `/deny` (403)."""

    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            while True:
                await websocket.send_text(await websocket.receive_text())
        except WebSocketDisconnect:
            return

    async def crash(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()
        raise RuntimeError("the application has a bug")

    async def deny(websocket: WebSocket) -> None:
        await websocket.close()

    routes = [WebSocketRoute("/echo", echo), WebSocketRoute("/crash", crash), WebSocketRoute("/deny", deny)]
    certificate, key = tls or (None, None)
    config = uvicorn.Config(
        Starlette(routes=routes),
        port=0,
        log_level="critical",
        log_config=None,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_graceful_shutdown=1,
    )
    server = _TellingServer(config)
    serving = asyncio.create_task(server._serve())  # `serve` would take over the signals of the test run
    await server.is_up.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """A TLS context for 127.0.0.1 and localhost, signed by `authority`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context
