"""`wsmonitor experiment reconnect` as a user runs it, and its rows as text and JUnit."""

import asyncio
import contextlib
import re
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from wsmonitor.cli.experiment.command import experiment
from wsmonitor.cli.experiment.reconnect import row_text
from wsmonitor.cli.experiment.session import exit_code
from wsmonitor.experiments.reconnect.answer import answer_of
from wsmonitor.experiments.reconnect.audit import Audit, Pace
from wsmonitor.experiments.reconnect.plays import PLAYS
from wsmonitor.facts.answers import ReconnectRow
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.program import own_command
from wsmonitor.recording import Replay

LIMIT_S = 60.0
BAD = ReconnectRow(fault="http_503", verdict="bad", sentence="hammers", tries_per_minute=58.2, growth=1.0, twice=3)


def test_a_row_has_a_dash_for_what_was_not_seen() -> None:
    numbers, sentence = row_text(BAD).splitlines()

    assert numbers.split() == ["http_503", "-", "-", "58", "x1.0", "-", "-", "-", "-/-/3"]
    assert sentence.strip() == "BAD: hammers"


def test_a_bad_row_is_an_exit_code() -> None:
    audit = Audit((), Pace(), now_ns=0)
    audit.rows.append(BAD)

    answer = answer_of(audit, interrupted=False)

    assert exit_code([answer], strict=False, interrupted=False) == 3
    assert answer.answer == "1 fault played; bad: http_503"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["idle", "ws://localhost", "--quick"], "--quick: for `experiment reconnect`, found idle"),
        (["reconnect", "ws://localhost", "--max", "3m", "--yes"], "--max, --yes: for experiments with a server"),
        (["reconnect", "ws://localhost", "--once", "--ping-interval", "5s"], "--once, --ping-interval: that is up to"),
        (["reconnect", "ws://localhost:1", "ws://localhost:2"], "expected one URL, found 2"),
    ],
)
def test_a_wrong_use_is_said(args: list[str], said: str) -> None:
    result = CliRunner().invoke(experiment, args)

    assert result.exit_code == 2
    assert said in result.output


def test_faults_are_listed() -> None:
    listed = CliRunner().invoke(experiment, ["reconnect", "--list"]).output.splitlines()

    assert [line.split()[0] for line in listed] == [play.name for play in PLAYS]
    assert listed[0] == "reset  tcp reset (quick)"


def test_a_tap_of_a_workspace_is_taken_as_it_is_but_for_faults_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "taps.toml"
    file.write_text('[[endpoint]]\nurl = "ws://localhost:1"\n[endpoint.tap]\nfault = [{kind = "latency"}]\n')

    result = CliRunner().invoke(experiment, ["reconnect", "--workspace", str(file)])

    assert result.exit_code == 2
    assert "has faults of its own" in result.output


async def _listens(connection: ServerConnection) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for _ in connection:
            pass


async def _client(url: str) -> None:
    async for connection in connect(url):
        with contextlib.suppress(ConnectionClosed):
            await connection.send('{"op": "subscribe"}')
            await connection.wait_closed()


@pytest.mark.asyncio
async def test_ctrl_c_keeps_the_rows_that_were_found(tmp_path: Path) -> None:
    junit, recording = tmp_path / "rows.xml", tmp_path / "rows.wsmon"
    files = ["--junit", str(junit), "--record", str(recording)]
    async with serve(_listens, "127.0.0.1", 0) as server, asyncio.timeout(LIMIT_S):
        upstream = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        process = await asyncio.create_subprocess_exec(
            *own_command("experiment", "reconnect", upstream, "--listen", "0", "--quick", *files),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        found = re.search(rb"ws://localhost:(\d+)/", await process.stdout.readline())
        assert found is not None
        client = asyncio.ensure_future(_client(f"ws://127.0.0.1:{int(found[1])}/"))
        try:
            text = ""
            while "ok: back" not in text:
                line = await process.stdout.readline()
                assert line, text
                text += line.decode()
            process.send_signal(signal.SIGINT)
            text += (await process.stdout.read()).decode()
        finally:
            client.cancel()
            await asyncio.gather(client, return_exceptions=True)
        code = await process.wait()

    assert code == 130
    assert 'first messages: {"op": "subscribe"}' in text
    assert "status       interrupted" in text
    with Replay(recording) as replay:
        recorded = [event for batch in replay.batches() for event in batch if isinstance(event, ExperimentResult)]
    assert [row.verdict for row in recorded[0].answer.rows] == ["ok", *["not tested"] * 5]
    suite = ET.fromstring(junit.read_bytes())[0]
    assert [suite.get(name) for name in ("tests", "failures", "skipped")] == ["6", "0", "5"]
