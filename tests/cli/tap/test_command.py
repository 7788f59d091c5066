"""`wsmonitor tap` as a user runs it: a client goes through it, and what it did is told, recorded and judged."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wsmonitor.cli.tap.command import tap

LIMIT_S = 30.0
Record = dict[str, Any]


class Running:
    """The command in a process of its own, and the records that it wrote so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.records: list[Record] = []

    async def record(self, kind: str, **fields: object) -> Record:
        """The next record of that type with these fields."""
        async with asyncio.timeout(LIMIT_S):
            assert self.process.stdout is not None
            while line := await self.process.stdout.readline():
                found: Record = json.loads(line)
                self.records.append(found)
                if found["type"] == kind and fields.items() <= found.items():
                    return found
        raise AssertionError(f"no {kind} among {[one['type'] for one in self.records]}")

    async def end(self) -> int:
        """The exit code, and the rest of the records."""
        output, _ = await asyncio.wait_for(self.process.communicate(), LIMIT_S)
        self.records += [json.loads(line) for line in output.splitlines()]
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def tapping(*words: str) -> AsyncIterator[Running]:
    """`wsmonitor tap` with NDJSON."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "wsmonitor", "tap", *words, "-o", "json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.communicate()


@asynccontextmanager
async def echoing() -> AsyncIterator[str]:
    async def echo(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_client_is_seen_recorded_and_told_apart_from_its_server(tmp_path: Path) -> None:
    path = tmp_path / "run.wsmon"

    async with echoing() as upstream, tapping(upstream, "--record", str(path), "--fail-on", "warning") as running:
        listening = await running.record("tap_listening")
        async with connect(listening["url"].replace("localhost", "127.0.0.1")) as client:
            await client.send("hello")
            assert await client.recv() == "hello"
        closed = await running.record("connection_closed")
        running.process.terminate()
        code = await running.end()

    assert listening["upstream"] == upstream
    assert [closed["verdict"][name] for name in ("tapped", "initiator", "sent_code")] == [True, "local", 1000]
    assert [leg["fact"] for leg in closed["circumstances"]["legs"]][:2] == ["close_up", "close_down"]
    assert code == 130
    types = {record["type"] for record in running.records}
    assert {"tap_opened", "leg_ended", "message", "summary"} <= types
    replayed = await _run("replay", str(path), "-o", "json")
    assert {"tap_listening", "tap_opened", "leg_ended", "connection_closed"} <= {
        json.loads(line)["type"] for line in replayed.splitlines()
    }
    assert "your client: Close 1000" in await _run("replay", str(path))
    await _run("export", str(path), "-o", str(tmp_path / "run.md"))
    assert "is a tap." in (tmp_path / "run.md").read_text()


async def test_a_fault_of_the_command_line_acts_and_the_end_is_forced() -> None:
    async with echoing() as upstream, tapping(upstream, "--fault", "limit_data:300,rst,down") as running:
        listening = await running.record("tap_listening")
        async with connect(listening["url"].replace("localhost", "127.0.0.1"), compression=None) as client:
            await client.send("x" * 400)
            with pytest.raises(ConnectionClosed):
                await client.recv()
        closed = await running.record("connection_closed")

    assert closed["verdict"]["forced"] == "limit_data"


async def test_alert_rules_of_the_workspace_are_judged_and_decide_where_asked_for(tmp_path: Path) -> None:
    async def abort(connection: ServerConnection) -> None:
        connection.transport.abort()

    file = tmp_path / "w.toml"
    async with serve(abort, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        rule = '[[alert]]\nname = "bad"\nwhen = "drops>=1 in 1m"'
        file.write_text(f'[[endpoint]]\nname = "chat"\nurl = "{url}"\n[endpoint.tap]\n{rule}')
        async with tapping("--workspace", str(file), "--fail-on", "alert", "--duration", "2s") as running:
            listening = await running.record("tap_listening")
            async with connect(listening["url"].replace("localhost", "127.0.0.1")) as client:
                await client.wait_closed()
            alert = await running.record("alert_changed")
            code = await running.end()

    assert [alert[name] for name in ("endpoint", "rule", "raised")] == ["chat", "bad", True]
    assert code == 3


async def test_a_port_that_is_taken_is_wrong_use_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with tapping("ws://127.0.0.1:1", "--listen", port) as running:
            _, errors = await asyncio.wait_for(running.process.communicate(), LIMIT_S)

    assert running.process.returncode == 2
    assert errors.decode().splitlines() == [
        f"wsmonitor tap: 127.0.0.1:{port} is taken by another program; try another port, or 0 for a free one"
    ]


async def test_what_keeps_the_output_from_being_written_is_said_as_tap() -> None:
    async with tapping("ws://127.0.0.1:1") as running:
        listening = await running.record("tap_listening")
        started = await running.record("probe_started")
        os.kill(started["pid"], signal.SIGKILL)
        again = await running.record("tap_listening")
        running.process.terminate()
        _, errors = await asyncio.wait_for(running.process.communicate(), LIMIT_S)

    assert again["upstream"] == listening["upstream"]
    assert all(line.startswith("wsmonitor tap: ") for line in errors.decode().splitlines())


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "expected a URL or --workspace FILE"),
        (["ws://h", "--fault", "latancy:1s"], "did you mean 'latency'?"),
        (["ws://h", "--fault", "latency:1s@soon"], "example: latency:100ms@5s+10s"),
        (["ws://h", "--fault", "reset@1s+2s"], "reset happens once"),
        (["ws://h", "--echo"], "that is up to your client"),
        (["ws://h", "--allow-origin", "a\nb"], "--allow-origin"),
        (["ws://h", "--listen-anywhere", "everywhere"], "--listen-anywhere: expected an IP address"),
    ],
)
def test_wrong_use_says_what_is_expected(words: list[str], problem: str) -> None:
    result = CliRunner().invoke(tap, words)

    assert result.exit_code != 0
    assert problem in f"{result.output} {result.exception}"


async def _run(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "wsmonitor", *words), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return output.decode()
