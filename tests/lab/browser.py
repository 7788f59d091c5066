"""A headless Chromium, driven over its debugging protocol. Only where one is installed."""

import asyncio
import itertools
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
START_LIMIT_S = 30.0


class Page:
    """One open page."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)

    async def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        number = next(self._numbers)
        parameters = {"expression": script, "returnByValue": True}
        await self._connection.send(json.dumps({"id": number, "method": "Runtime.evaluate", "params": parameters}))
        while (answer := json.loads(await self._connection.recv())).get("id") != number:
            pass
        return answer["result"]["result"].get("value")


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[Page]:
    """Chromium with one page at `url`."""
    assert CHROMIUM is not None
    with tempfile.TemporaryDirectory(prefix="wsmonitor-browser-", ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--remote-debugging-port=0", f"--user-data-dir={profile}", url),
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                port = await _debugging_port(process)
                target = await _page_target(port)
                async with connect(target, max_size=None, proxy=None) as connection:
                    yield Page(connection)
        finally:
            process.kill()
            await process.communicate()


async def _debugging_port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode():
        if match := re.search(r"ws://127\.0\.0\.1:(\d+)/", line):
            return int(match[1])
    raise AssertionError("Chromium ended before it listened")


async def _page_target(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    size = re.search(r"content-length: *(\d+)", head)
    assert size is not None, head
    targets = json.loads(await reader.readexactly(int(size[1])))
    writer.close()
    return next(str(it["webSocketDebuggerUrl"]) for it in targets if it["type"] == "page")
