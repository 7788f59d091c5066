"""`wsmonitor experiment`: what it prints, what it refuses, and its exit codes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from click.testing import CliRunner

from tests.engine.peer import Wire, peer, polite
from wsmonitor.cli.experiment.command import experiment
from wsmonitor.cli.experiment.junit import junit_xml
from wsmonitor.cli.experiment.session import exit_code
from wsmonitor.facts.answers import Bound, CheckResult, ExperimentAnswer
from wsmonitor.program import own_command

FIELDS = (
    *("name", "question", "prediction", "bound", "status", "verdict", "answer"),
    *("value", "error", "confidence", "evidence", "not_told", "advice"),
)


def answered(verdict: str, *checks: CheckResult, status: str = "completed") -> ExperimentAnswer:
    return ExperimentAnswer(
        name="protocol",
        question="?",
        prediction="!",
        bound=Bound(time_s=1, openings=1, connections=1, sent_bytes=1),
        status=status,  # type: ignore[arg-type]  # literals of that very type
        verdict=verdict,
        answer="so",
        checks=checks,
    )


def checked(verdict: str) -> CheckResult:
    return CheckResult(id="frames/rsv", verdict=verdict, expected="a failure", actual="a pong", section="RFC 6455, 5.2")


@pytest.mark.parametrize(
    ("answers", "strict", "interrupted", "code"),
    [
        ([answered("finding")], False, False, 0),
        ([answered("inconclusive: why")], False, False, 0),
        ([answered("finding", checked("violates"))], False, False, 3),
        ([answered("violates")], False, False, 3),
        ([answered("finding", checked("differs"))], False, False, 0),
        ([answered("finding", checked("differs"))], True, False, 3),
        ([answered("finding"), answered("not tested: no", status="failed")], False, False, 1),
        ([answered("violates"), answered("not tested: no", status="failed")], False, False, 3),
        ([answered("violates")], False, True, 130),
    ],
)
def test_the_exit_code_says_what_was_found(
    answers: list[ExperimentAnswer], strict: bool, interrupted: bool, code: int
) -> None:
    assert exit_code(answers, strict=strict, interrupted=interrupted) == code


def test_junit_has_a_case_for_each_check_and_skips_what_was_not_tested() -> None:
    answer = answered("finding", checked("violates"), checked("not tested: hostile"), checked("as expected"))

    suite = ET.fromstring(junit_xml([("server", answer)], strict=False, seconds=1))[0]

    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "1")
    assert [case[0].tag for case in suite] == ["failure", "skipped", "system-out"]


def test_without_a_name_they_are_listed() -> None:
    result = CliRunner().invoke(experiment, [])

    assert result.exit_code == 0
    assert "idle " in result.output
    assert "all " in result.output


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nonsense", "ws://localhost"], "no experiment is called 'nonsense'"),
        (["idle"], "expected a URL"),
        (["idle", "ws://localhost", "--once", "--ping-interval", "1s"], "--once, --ping-interval: for `watch`"),
        (["idle", "ws://192.0.2.1.nip.invalid"], "in public; yours to test? Then add --yes"),
    ],
)
def test_a_wrong_use_is_said(args: list[str], said: str) -> None:
    result = CliRunner().invoke(experiment, args)

    assert result.exit_code == 2
    assert said in result.output


async def _deaf(wire: Wire) -> None:
    await wire.upgrade()
    while True:
        await wire.read()


@pytest_asyncio.fixture
async def server() -> AsyncIterator[str]:
    async with peer(polite) as listening:
        yield listening.url


async def ran(*words: str, interrupt_at: str = "", cwd: Path | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command; interrupted once stderr or stdout says so."""
    import asyncio

    process = await asyncio.create_subprocess_exec(
        *own_command("experiment", *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=os.environ,
    )
    assert process.stdout is not None
    head = b""
    while interrupt_at and interrupt_at.encode() not in head:
        line = await process.stdout.readline()
        assert line, (head, await process.communicate())
        head += line
    if interrupt_at:
        process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (head + out).decode(), err.decode()


async def test_json_is_one_object_an_experiment(server: str) -> None:
    code, out, err = await ran("idle", server, "--max", "2s", "-o", "json")

    [record] = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert set(FIELDS) <= set(record)
    assert (record["type"], record["name"], record["endpoint"]) == ("experiment_result", "idle", server)
    assert (record["value"]["limit_s"], record["value"]["reset_by"]) == (None, None)
    assert record["value"]["survived_s"] >= 2
    assert "at most" in err


async def test_the_bound_is_said_before_and_the_ledger_after(server: str) -> None:
    code, out, _ = await ran("idle", server, "--max", "2s")

    heads = [line.split(" ")[0] for line in out.splitlines() if not line.startswith(" ") and line]
    assert code == 0
    assert heads[:4] == ["asks", "bound", "expects", "answer"]
    assert heads[-1] == "sent"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent another way there")
async def test_ctrl_c_keeps_what_was_found(server: str) -> None:
    code, out, _ = await ran("idle", server, "--max", "60s", interrupt_at="bound")

    assert code == 130
    assert "answer" in out
    assert "interrupted" in out or "failed" in out


async def test_what_could_not_run_is_1() -> None:
    async with peer(_deaf) as listening:
        code, out, _ = await ran("idle", listening.url, "--max", "2s")

    assert code == 1
    assert "a ping was not answered" in out


async def test_junit_is_written_and_never_over_a_file(server: str, tmp_path: Path) -> None:
    await ran("idle", server, "--max", "1s", "--junit", "answers.xml", cwd=tmp_path)
    code, _, err = await ran("idle", server, "--max", "1s", "--junit", "answers.xml", cwd=tmp_path)

    assert ET.parse(tmp_path / "answers.xml").getroot().tag == "testsuites"
    assert (code, "exists already" in err) == (2, True)


async def _puts_up_with_anything(wire: Wire) -> None:
    with contextlib.suppress(Exception):  # requests that are none are among what is tried
        await polite(wire)


async def test_all_asks_what_fits_and_says_what_does_not() -> None:
    async with peer(_puts_up_with_anything) as listening:
        _, out, err = await ran("all", listening.url, "--max", "6s", "-o", "json")

    assert {json.loads(line)["name"] for line in out.splitlines()} >= {"security", "close"}
    assert "idle: does not fit into --max any more" in err
