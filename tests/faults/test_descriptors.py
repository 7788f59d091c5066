"""No file descriptor is left: openings fail with words that say so, what is open stays, and all comes back."""

import json
import resource
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.end_to_end import servers

CONNECTIONS = 12
ROOM = 18
"""Descriptors for everything; a dozen are taken by Python, the event loop and output. Redials are few: 30 a minute."""

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs prlimit (Linux)")


def facts(process: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    return map(json.loads, process.stdout)


def limit(process: int, number: int) -> None:
    _, hard = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (number, hard))


async def echo(connection: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in connection:
            await connection.send(message)


@asynccontextmanager
async def listening(at: socket.socket) -> AsyncIterator[int]:
    async with serve(echo, sock=at):
        yield 0


def test_openings_without_a_descriptor_fail_clearly_and_recover(tmp_path: Path) -> None:
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    workspace = tmp_path / "many.toml"
    workspace.write_text(
        f'[[endpoint]]\nname = "many"\nurl = "ws://127.0.0.1:{place.getsockname()[1]}/"\nconnections = {CONNECTIONS}\n'
        "retry = { base_s = 1, cap_s = 1, breaker = false }\n"
    )
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch", "-o", "json", "--workspace", str(workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, ExitStack() as later:
        failures = []
        opened = set()
        probe, is_served = 0, False
        for fact in facts(process):
            if fact["type"] == "probe_started":
                probe = fact["pid"]
            if fact["type"] == "open_failed" and "refused" in fact["error"]:
                if not is_served:
                    is_served = True
                    limit(probe, ROOM)
                    later.enter_context(servers.in_thread(partial(listening, place)))
            elif fact["type"] == "open_failed":
                failures.append(fact)
                limit(probe, 1024)
            if fact["type"] == "state_changed" and fact["new"] == "open":
                opened.add(fact["slot"])
            if failures and len(opened) == CONNECTIONS:
                break
        process.terminate()
        (summary,) = (fact for fact in facts(process) if fact["type"] == "summary")

    failure = failures[0]
    assert "too many open files" in failure["error"].lower()
    assert failure["phase"] in ("dns", "tcp")
    assert not failure["fatal"]
    assert summary["connections"] == CONNECTIONS
    assert [closure["by"] for closure in summary["closures"]] == ["stop"] * CONNECTIONS, "what was open stayed open"


def test_a_probe_may_open_as_much_as_it_is_allowed_at_most() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch", "-o", "json", "ws://127.0.0.1:1"]
    shy = ["sh", "-c", 'ulimit -S -n 256 && exec "$@"', "sh", *command]

    with subprocess.Popen(shy, stdout=subprocess.PIPE, text=True) as process:
        probe = next(fact["pid"] for fact in facts(process) if fact["type"] == "probe_started")
        allowed = resource.prlimit(probe, resource.RLIMIT_NOFILE)
        process.terminate()
        list(facts(process))

    assert allowed == (hard, hard)
