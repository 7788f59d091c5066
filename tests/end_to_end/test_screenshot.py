"""`wsmonitor --lab --screenshot`: what `make run` does where there is no display."""

from pathlib import Path

import pytest

from tests.end_to_end.running import run


def test_a_screenshot_of_the_lab_is_written_and_summed_up(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"

    seen = run("--lab", "--screenshot", str(picture), "--after", "6s", env={"QT_QPA_PLATFORM": "offscreen"})

    assert (seen.code, seen.errors) == (0, "")
    assert seen.lines[0] == str(picture)
    assert seen.lines[1].startswith("5 endpoints, ")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_without_a_display_one_line_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    seen = run("ws://127.0.0.1:9/")

    assert seen.code == 1
    assert len(seen.errors.splitlines()) == 1
    assert "watch" in seen.errors
    assert "--screenshot" in seen.errors
