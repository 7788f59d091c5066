"""What may run is remembered by workspace and command, outside of the workspace."""

from pathlib import Path

import pytest

from wsmonitor.alerts import allowed


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config" / "alert-programs.json"
    monkeypatch.setattr(allowed, "allowed_file", lambda: path)
    return path


def test_nobody_was_asked_at_first(tmp_path: Path) -> None:
    assert allowed.answer(tmp_path / "a.toml", ["ring"]) is None


def test_an_answer_is_for_this_workspace_and_these_words_only(tmp_path: Path) -> None:
    allowed.remember(tmp_path / "a.toml", ["ring", "twice"], is_allowed=True)

    assert allowed.answer(tmp_path / "a.toml", ["ring", "twice"]) is True
    assert allowed.answer(tmp_path / "b.toml", ["ring", "twice"]) is None
    assert allowed.answer(tmp_path / "a.toml", ["ring", "thrice"]) is None
    assert allowed.answer(tmp_path / "a.toml", ["ring twice"]) is None


def test_a_refusal_is_kept_too_and_can_be_taken_back(tmp_path: Path) -> None:
    allowed.remember(tmp_path / "a.toml", ["ring"], is_allowed=False)
    refused = allowed.answer(tmp_path / "a.toml", ["ring"])
    allowed.remember(tmp_path / "a.toml", ["ring"], is_allowed=True)

    assert (refused, allowed.answer(tmp_path / "a.toml", ["ring"])) == (False, True)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"x": "yes"}', b"\xff"])
def test_a_file_that_cannot_be_read_allows_nothing(kept: Path, tmp_path: Path, content: bytes) -> None:
    allowed.remember(tmp_path / "a.toml", ["ring"], is_allowed=True)
    kept.write_bytes(content)

    assert allowed.answer(tmp_path / "a.toml", ["ring"]) is None


def test_nobody_else_may_change_what_is_allowed(kept: Path, tmp_path: Path) -> None:
    allowed.remember(tmp_path / "a.toml", ["ring"], is_allowed=True)

    assert kept.stat().st_mode & 0o077 == 0
