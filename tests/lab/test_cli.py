"""`wsmonitor lab` as a process."""

import asyncio
import json
import os
import signal
import ssl
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import pytest

from tests.lab.raw_client import LIMIT_S, TEXT, Frame, RawClient
from wsmonitor.cli import lab as cli


async def started(*args: str) -> Process:
    code = "import sys; from wsmonitor.cli.lab import main; sys.exit(main(sys.argv[1:]))"
    root = Path(__file__).parents[2]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *args, stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=root
    )


async def ready(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    async with asyncio.timeout(2 * LIMIT_S):
        value: dict[str, Any] = json.loads(await process.stdout.readline())
    return value


async def ended(process: Process) -> int:
    async with asyncio.timeout(2 * LIMIT_S):
        await process.communicate()
    assert process.returncode is not None
    return process.returncode


def exists(path: str) -> bool:
    return Path(path).exists()


async def test_started_by_a_program_it_says_where_it_is_and_ends_with_its_stdin() -> None:
    process = await started("--until-stdin-ends")
    line = await ready(process)
    assert line["pid"] == process.pid
    assert line["urls"]["echo"] == f"ws://127.0.0.1:{line['port']}/echo"
    async with await RawClient.open(line["urls"]["echo"]) as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")

    assert process.stdin is not None
    process.stdin.close()

    assert await ended(process) == 0


async def test_killed_it_takes_its_worker_along() -> None:
    process = await started("--until-stdin-ends", "--scenario", "blocked_loop")
    url = (await ready(process))["urls"]["blocked_loop"]
    async with await RawClient.open(url) as client:
        process.kill()

        assert not await client.is_silent(LIMIT_S)
    await ended(process)


async def test_started_by_hand_it_prints_a_table_and_serves_until_ctrl_c() -> None:
    process = await started("--scenario", "echo", "--scenario", "fin")
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()  # by hand, stdin means nothing
    table = ""
    async with asyncio.timeout(2 * LIMIT_S):
        while "Ctrl+C ends the lab." not in table:
            table += (await process.stdout.readline()).decode()
    assert "/echo " in table
    assert "/fin " in table
    assert "/drip" not in table

    os.kill(process.pid, signal.SIGINT)

    assert await ended(process) == 130


async def test_tls_serves_a_certificate_that_its_authority_vouches_for() -> None:
    process = await started("--tls", "--scenario", "echo", "--scenario", "outages")
    assert process.stdout is not None
    url = authority = ""
    async with asyncio.timeout(2 * LIMIT_S):
        while not authority:
            words = (await process.stdout.readline()).decode().split()
            url = words[0] if words and words[0].endswith("/echo") else url
            authority = words[-1] if "--ca" in words else ""
    assert url.startswith("wss://127.0.0.1:")

    async with await RawClient.open(url, tls=ssl.create_default_context(cafile=authority)) as client:
        assert await client.answer_to("hello") == Frame(TEXT, b"hello")

    process.send_signal(signal.SIGTERM)
    assert await ended(process) == 130
    assert not exists(authority)


def test_an_unknown_scenario_is_a_usage_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--scenario", "nope"]) == 2

    said = capsys.readouterr().err
    assert said.startswith("wsmonitor lab: No scenario 'nope'. There are: echo, ")
    assert said.count("\n") == 1


def test_a_host_beyond_loopback_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--host", "192.0.2.1", "--scenario", "echo"]) == 1  # TEST-NET: no machine has it

    said = capsys.readouterr().err
    assert "Warning: listening on 192.0.2.1: everybody" in said
    assert "Cannot listen" in said


def test_tls_without_trustme_says_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)

    assert cli.main(["--tls", "--scenario", "echo"]) == 1

    assert "pip install trustme" in capsys.readouterr().err
