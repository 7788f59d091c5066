"""The menu entry: in the user's own folders, startable, removable."""

from pathlib import Path

import pytest

from wsmonitor.__main__ import main
from wsmonitor.cli.install_desktop import entry_text


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path


def test_entry_and_icons_come_and_go(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install-desktop"]) == 0

    entry = folder / "applications/wsmonitor.desktop"
    line = next(line for line in entry.read_text().splitlines() if line.startswith("Exec="))
    program = Path(line.removeprefix("Exec=").split()[0])
    assert program.is_absolute()
    assert program.exists()
    assert (folder / "icons/hicolor/scalable/apps/wsmonitor.svg").read_text().lstrip().startswith("<")
    assert str(entry) in capsys.readouterr().out

    assert main(["install-desktop", "--uninstall"]) == 0
    assert [path for path in folder.rglob("wsmonitor*") if path.is_file()] == []


def test_a_frozen_program_is_started_by_its_own_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    monkeypatch.setattr("sys.executable", "/opt/wsmonitor/wsmonitor")

    assert main(["install-desktop"]) == 0

    assert "Exec=/opt/wsmonitor/wsmonitor %F\n" in (folder / "applications/wsmonitor.desktop").read_text()


def test_installing_twice_changes_nothing(folder: Path) -> None:
    main(["install-desktop"])
    before = {path: path.read_bytes() for path in folder.rglob("wsmonitor*")}

    assert main(["install-desktop"]) == 0

    assert {path: path.read_bytes() for path in folder.rglob("wsmonitor*")} == before


def test_removing_what_is_not_there_is_no_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install-desktop", "--uninstall"]) == 0
    assert capsys.readouterr().out == "nothing to remove\n"


def test_a_folder_that_cannot_be_written_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "applications").write_text("a file")
    (folder / "icons").write_text("a file")

    assert main(["install-desktop"]) == 1

    assert capsys.readouterr().err.count("\n") == 1


def test_a_path_with_blanks_is_one_word_of_the_exec_line() -> None:
    text = entry_text("[Desktop Entry]\nExec=wsmonitor-gui %F\n", "/my apps/100%/wsmonitor-gui")

    assert 'Exec="/my apps/100%%/wsmonitor-gui" %F\n' in text
