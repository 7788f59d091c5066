"""One group of cases: the suite, a tap before it, and a client of `websockets` that goes both ways."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig

LARGEST_BYTES = 64 * 1024 * 1024
START_LIMIT_S = 60.0
LOOK_S = 0.1


class Outcome(NamedTuple):
    """What Autobahn says of one case."""

    behaviour: str
    closing: str
    close_code: int | None

    def __str__(self) -> str:
        return f"{self.behaviour}, closing {self.closing}, code {self.close_code}"


Outcomes = dict[str, Outcome]
"""Case -> how it ended."""


async def play(command: str, group: str, folder: Path) -> tuple[Outcomes, Outcomes]:
    """How the cases of a group end without the tap and through it; from `folder` if they were played before."""
    index = folder / "index.json"
    if not index.is_file():
        async with _suite(command, group, folder) as port, _tap(port) as tapped:
            await _client(f"ws://127.0.0.1:{port}", "straight")
            await _client(f"ws://127.0.0.1:{tapped}", "tapped")
    found = json.loads(index.read_text("utf-8"))
    return _outcomes(found["straight"]), _outcomes(found["tapped"])


def _outcomes(found: dict[str, dict[str, object]]) -> Outcomes:
    return {
        case: Outcome(str(one["behavior"]), str(one["behaviorClose"]), _whole(one["remoteCloseCode"]))
        for case, one in sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")])
    }


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


async def _client(url: str, agent: str) -> None:
    """An echo in every case, then the report of the suite."""
    async with connect(f"{url}/getCaseCount", proxy=None) as connection:
        count = int(await connection.recv())
    for number in range(1, count + 1):
        with contextlib.suppress(ConnectionClosed):
            case = f"{url}/runCase?case={number}&agent={agent}"
            async with connect(case, max_size=LARGEST_BYTES, ping_interval=None, proxy=None) as connection:
                async for message in connection:
                    await connection.send(message)
    async with connect(f"{url}/updateReports?agent={agent}", proxy=None) as connection:
        await connection.wait_closed()


@contextlib.asynccontextmanager
async def _suite(command: str, group: str, folder: Path) -> AsyncIterator[int]:
    """The port of a server that plays the cases of this group."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    spec = folder / "spec.json"
    told = {"url": f"ws://127.0.0.1:{port}", "outdir": str(folder), "cases": [f"{group}.*"], "exclude-cases": []}
    spec.write_text(json.dumps({**told, "exclude-agent-cases": {}}), "utf-8")
    with (folder / "wstest.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(command, "-m", "fuzzingserver", "--webport", "0", "-s", str(spec)), cwd=folder, stdout=log, stderr=log
        )
        try:
            await _until_it_listens(port)
            yield port
        finally:
            process.kill()
            await process.wait()


async def _until_it_listens(port: int) -> None:
    async with asyncio.timeout(START_LIMIT_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(LOOK_S)
            else:
                writer.close()
                return


@contextlib.asynccontextmanager
async def _tap(port: int) -> AsyncIterator[int]:
    """The port of a tap in its probe, whose events are taken and left."""
    client = ProbeClient()
    client.start()
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def take() -> None:
        while True:
            for event in client.take():
                if isinstance(event, TapListening):
                    listening.set_result(int(event.addresses[0].rpartition(":")[2]))
            await asyncio.sleep(LOOK_S)

    try:
        client.command(
            channel.AddEndpoint(config=EndpointConfig(name="tap", url=f"ws://127.0.0.1:{port}/", tap=TapConfig()))
        )
        client.command(channel.ConnectEndpoint(endpoint="tap"))
        taking = asyncio.create_task(take())
        yield await asyncio.wait_for(listening, START_LIMIT_S)
        taking.cancel()
    finally:
        client.close()
