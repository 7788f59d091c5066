"""`wsmonitor export` as its users run it."""

import os
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.recording.session import recorded, story
from wsmonitor.__main__ import main
from wsmonitor.exports.format import Sink
from wsmonitor.exports.json import ndjson_file
from wsmonitor.exports.source import Source


def test_a_recording_becomes_a_report(tmp_path: Path) -> None:
    file = recorded(tmp_path / "run.wsmon")

    assert main(["export", str(file), "--format", "markdown", "-o", str(tmp_path / "report.txt")]) == 0
    assert (tmp_path / "report.txt").read_text().startswith("# WebSocket report\n")


def test_the_name_of_the_output_says_the_format(tmp_path: Path) -> None:
    file = recorded(tmp_path / "run.wsmon")

    assert main(["export", str(file), "-o", str(tmp_path / "out.har")]) == 0
    assert (tmp_path / "out.har").read_text().startswith('{"log":{"version":"1.2"')


def test_a_name_that_says_nothing_needs_a_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recorded(tmp_path / "run.wsmon")

    assert main(["export", str(file), "-o", str(tmp_path / "out")]) == 2
    assert "--format is needed" in capsys.readouterr().err


def test_an_existing_file_is_kept_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recorded(tmp_path / "run.wsmon")
    (tmp_path / "out.md").write_text("mine")

    assert main(["export", str(file), "-o", str(tmp_path / "out.md")]) == 2
    assert (tmp_path / "out.md").read_text() == "mine"
    assert "exists already" in capsys.readouterr().err
    assert main(["export", str(file), "-o", str(tmp_path / "out.md"), "--force"]) == 0


def test_a_file_that_is_no_recording_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.wsmon").write_text("hello")

    assert main(["export", str(tmp_path / "notes.wsmon"), "-o", str(tmp_path / "out.md")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = recorded(tmp_path / "run.wsmon", story() * 20)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])

    assert main(["export", str(file), "-o", str(tmp_path / "out.ndjson")]) == 0
    assert "missing" in capsys.readouterr().err
    assert (tmp_path / "out.ndjson").stat().st_size > 0


def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = recorded(tmp_path / "run.wsmon", story() * 20)
    seen = []

    def interrupted(source: Source, sink: Sink) -> None:
        for _ in source.batches():
            seen.append(1)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("wsmonitor.exports.FORMATS", (replace(ndjson_file.FORMAT, write=interrupted),))

    assert main(["export", str(file), "-o", str(tmp_path / "out.ndjson")]) == 130
    assert seen == [1]
    assert [path.name for path in tmp_path.iterdir()] == ["run.wsmon"]
