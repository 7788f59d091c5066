"""`wsmonitor replay`: a recording in words."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recording.session import recorded, story
from wsmonitor.__main__ import main


def test_it_prints_the_lines_and_the_summary_of_watch(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["replay", str(recorded(tmp_path / "run.wsmon"))]) == 0

    out = capfdbinary.readouterr().out.decode()
    assert "peer or proxy: FIN without a Close frame, after 60.0 s" in out
    assert "60 round trips: p50 18 ms" in out


def test_json_is_the_contract(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["replay", str(recorded(tmp_path / "run.wsmon")), "-o", "json"]) == 0

    records = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [record["type"] for record in records[-2:]] == ["summary", "summary"]
    assert len(records) > len(story())


@pytest.mark.parametrize("form", ["text", "json"])
def test_quiet_is_only_the_summary(tmp_path: Path, form: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["replay", str(recorded(tmp_path / "run.wsmon")), "-q", "-o", form]) == 0

    out = capfdbinary.readouterr().out.decode()
    assert "→" not in out
    assert "state_changed" not in out
    assert "voice" in out


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon", story() * 30)

    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "wsmonitor", "replay", str(path), "-o", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()

    assert (process.returncode, errors) == (0, b"")
