"""Starts clients, their servers and an audit of each, all at once."""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tools.clients.roster import BUILD, HERE, NODE, Client
from wsmonitor.facts.answers import ReconnectRow

LIMIT_S = 1200


async def rows_of(client: Client, starting: asyncio.Lock) -> list[ReconnectRow]:
    """The quick faults, played to the client; one after the other starts."""
    async with contextlib.AsyncExitStack() as stack:
        async with starting:
            audit = await stack.enter_async_context(_tested(client))
        async with asyncio.timeout(LIMIT_S):
            out, _ = await audit.communicate()
    return msgspec.convert(json.loads(out)["rows"], list[ReconnectRow])


@contextlib.asynccontextmanager
async def _tested(client: Client) -> AsyncIterator[asyncio.subprocess.Process]:
    """The audit of the client, once both have started."""
    async with contextlib.AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(server(client.server))
        audit = await stack.enter_async_context(
            _process(
                *(sys.executable, "-P", "-m", "wsmonitor", "experiment", "reconnect", upstream),
                *("--listen", "0", "--quick", "-o", "json"),
                stderr=asyncio.subprocess.PIPE,
            )
        )
        assert audit.stderr is not None
        said = await audit.stderr.readline()
        assert b"point it at" in said, said
        url = said.split()[5].decode()
        await stack.enter_async_context(_started(client, url, upstream))
        yield audit


async def play(client: Client, url: str, *, upstream: str) -> None:
    """Run the client against `url` until this is cancelled; `upstream` serves the page of a browser."""
    async with _started(client, url, upstream) as process:
        await process.wait()


@contextlib.asynccontextmanager
async def _started(client: Client, url: str, upstream: str) -> AsyncIterator[asyncio.subprocess.Process]:
    nowhere = asyncio.subprocess.DEVNULL
    async with (
        _command(client, url, upstream) as command,
        _process(*command, stdout=nowhere, stderr=nowhere) as process,
    ):
        yield process


@contextlib.asynccontextmanager
async def _process(
    *command: str, stdout: int = asyncio.subprocess.PIPE, stderr: int | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    environment = {**os.environ, "NODE_PATH": str(BUILD / "node_modules")}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=stdout, stderr=stderr, cwd=HERE.parents[1], env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def _command(client: Client, url: str, upstream: str) -> AsyncIterator[tuple[str, ...]]:
    """The client's command; a browser gets a page that was served, our own engine a workspace."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if client.package == "chromium":
            page = f"{upstream.replace('ws:', 'http:')}?url={quote(url)}"
            options = (
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                f"--user-data-dir={folder}",
                "--remote-debugging-port=0",
            )
            yield (*client.command, *options, page)
        elif client.package == "wsmonitor":
            file = folder / "own.toml"
            file.write_text(f'[[endpoint]]\nurl = "{url}"\npreamble = [\'{{"op": "subscribe"}}\']\n')
            yield (
                *client.command,
                "--workspace",
                str(file),
                "--send",
                '{"op": "order", "n": ${seq}}',
                "--send-every",
                "1.5s",
            )
        else:
            yield (*client.command, url)


@contextlib.asynccontextmanager
async def server(kind: str) -> AsyncIterator[str]:
    """Who the client talks to; its URL."""
    if kind == "echo":
        async with serve(_echoes, "127.0.0.1", 0, process_request=_page) as listening:
            yield f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
        return
    assert NODE is not None
    async with _process(NODE, str(HERE / "node_server.js"), kind) as process:
        assert process.stdout is not None
        yield f"ws://127.0.0.1:{int(await process.stdout.readline())}/"


def _page(connection: ServerConnection, request: Request) -> Response | None:
    """The page of the browser, to whoever asks for no WebSocket."""
    if "Upgrade" in request.headers:
        return None
    response = connection.respond(HTTPStatus.OK, (HERE / "page.html").read_text("utf-8"))
    del response.headers["Content-Type"]
    response.headers["Content-Type"] = "text/html"
    return response


async def _echoes(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)
