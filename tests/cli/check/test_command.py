"""`wsmonitor check` as a shell script and a CI system use it."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from websockets.asyncio.server import ServerConnection

from tests.analysis.facts import NAME
from tests.analysis.runs.test_judge_run import summary
from tests.cli.watch.test_command import Handler, echo, finished, server
from wsmonitor.__main__ import main
from wsmonitor.analysis.runs.judge_run import Criterion
from wsmonitor.cli.check.command import Percent
from wsmonitor.cli.check.result import Result, junit_xml


async def check(*args: str) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-m", "wsmonitor", "check", *args]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)
    )
    return await finished(process)


async def drop_soon(ws: ServerConnection) -> None:
    asyncio.get_running_loop().call_later(0.2, ws.transport.abort)
    await ws.wait_closed()


async def drop_at_once(ws: ServerConnection) -> None:
    ws.transport.abort()


async def test_a_stable_server_passes_every_test(tmp_path: Path) -> None:
    async with server() as url:
        code, out, err = await check(
            *(url, "--duration", "1s", "--connections", "2", "--churn", "3", "--parallel", "3"),
            *("--max-rtt-p99", "2s", "--junit", str(tmp_path / "junit.xml")),
        )

    assert (code, err) == (0, "")
    assert f"PASS  {url}" in out
    assert out.count("  ok  ") == 6
    suites = ET.parse(tmp_path / "junit.xml").getroot()
    assert (suites.get("tests"), suites.get("failures")) == ("6", "0")


async def test_a_server_that_drops_connections_fails_with_who_and_how(tmp_path: Path) -> None:
    async with server(drop_soon) as url:
        code, out, err = await check(url, "--duration", "1s", "--junit", str(tmp_path / "junit.xml"))

    assert (code, err) == (3, "")
    assert f"FAIL  {url}" in out
    assert "lost after" in out
    (failure, *_) = ET.parse(tmp_path / "junit.xml").getroot().iter("failure")
    assert "peer or proxy: FIN without a Close frame" in (failure.get("message") or "")


async def test_a_server_that_drops_at_once_fails_rapid_connects() -> None:
    async with server(drop_at_once) as url:
        code, out, _ = await check(url, "--duration", "300ms", "--churn", "2", "-o", "json")

    (endpoint,) = json.loads(out)["endpoints"]
    first = endpoint["criteria"][0]
    assert code == 3
    assert (first["name"], first["passed"]) == ("rapid connects", False)
    assert first["found"].startswith("0 of 2 connections were fine")


async def test_a_server_that_is_not_there_fails_and_says_why() -> None:
    async with server() as url:
        pass

    code, out, err = await check(url, "--duration", "500ms", "--churn", "1")

    assert (code, err) == (3, "")
    assert "could not connect (tcp)" in out


async def test_json_is_one_object_with_the_summary_of_the_contract() -> None:
    async with server() as url:
        code, out, _ = await check(url, "--duration", "500ms", "-o", "json")

    found = json.loads(out)
    assert (code, found["type"], found["passed"]) == (0, "check", True)
    assert found["endpoints"][0]["summary"]["connections"] == 1


async def test_ctrl_c_ends_it_without_a_verdict() -> None:
    async with server() as url:
        command = [sys.executable, "-P", "-m", "wsmonitor", "check", url, "--duration", "1m"]
        process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdout is not None
        while b"connected" not in await asyncio.wait_for(process.stdout.readline(), 20):
            pass
        process.send_signal(2)
        code, out, err = await finished(process)

    assert (code, err) == (130, "")
    assert "PASS" not in out
    assert "FAIL" not in out


def test_an_existing_report_is_kept_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "junit.xml").write_text("mine")

    assert main(["check", "ws://localhost:1", "--junit", str(tmp_path / "junit.xml")]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["run.wsmon"], ["ws://h", "--max-loss", "many"], ["http://h"]])
def test_wrong_use_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), ("0.5 %", 0.005), ("2", 0.02), ("0%", 0.0)])
def test_a_percentage_is_a_share(text: str, share: float) -> None:
    assert Percent().convert(text, None, None) == share


def test_junit_names_what_failed_and_survives_any_text() -> None:
    criteria = (Criterion("opens", True, "1 opened"), Criterion("stays open", False, "bye <\x00&>"))
    result = Result(NAME, criteria, ("because",), summary())

    root = ET.fromstring(junit_xml([result], seconds=1.5))

    suite = root[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    (failure,) = root.iter("failure")
    assert failure.text is not None
    assert failure.text.endswith("because")


async def started(*args: str, stdout: int = subprocess.PIPE) -> asyncio.subprocess.Process:
    command = [sys.executable, "-P", "-m", "wsmonitor", "check", *args]
    return await asyncio.create_subprocess_exec(*command, stdout=stdout, stderr=subprocess.PIPE)


@pytest.mark.parametrize("name", ["none/junit.xml", "."], ids=["no folder", "a folder"])
def test_a_report_that_cannot_be_written_is_wrong_use_before_the_first_dial(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["check", "ws://localhost:1", "--duration", "1h", "--junit", str(tmp_path / name), "--force"]) == 2

    assert "--junit" in capsys.readouterr().err


@pytest.mark.parametrize(("handler", "code", "verdict"), [(echo, 1, "passed"), (drop_soon, 3, "failed")])
async def test_a_report_that_fails_at_the_end_is_said_with_the_verdict_and_hides_no_failure(
    tmp_path: Path, handler: Handler, code: int, verdict: str
) -> None:
    (tmp_path / "reports").mkdir()
    async with server(handler) as url:
        process = await started(url, "--duration", "1s", "--junit", str(tmp_path / "reports" / "junit.xml"))
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 20)
        shutil.rmtree(tmp_path / "reports")
        found, _, err = await finished(process)

    assert found == code
    assert err.startswith(f"wsmonitor check: the check {verdict}, but ")
    assert "there is no folder" in err


async def test_an_interrupted_check_leaves_no_report_and_nothing_beside_it(tmp_path: Path) -> None:
    async with server() as url:
        process = await started(url, "--duration", "1m", "--junit", str(tmp_path / "junit.xml"))
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 20)
        process.send_signal(2)
        code, _, _ = await finished(process)

    assert code == 130
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("handler", "code", "verdict"), [(echo, 1, "passed"), (drop_soon, 3, "failed")])
async def test_a_stdout_that_cannot_be_written_does_not_hide_the_verdict(
    handler: Handler, code: int, verdict: str
) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with server(handler) as url:
        found, _, err = await finished(await started(url, "--duration", "500ms", stdout=full))
    os.close(full)

    assert (found, err) == (
        code,
        f"wsmonitor check: the check {verdict}, but stdout cannot be written: No space left on device\n",
    )
