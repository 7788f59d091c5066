"""Opening, saving, dropping workspaces, and the question before changes are lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.gui.conftest import FakeProbe
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.probe import channel
from wsmonitor.settings import workspace
from wsmonitor.settings.endpoint_settings import EndpointConfig

TEXT = """# two endpoints
[[endpoint]]
url = "ws://h:1/a"  # the first
name = "first"

[endpoint.ping]
interval_s = 5  # quick

[[endpoint]]
url = "ws://h:1/b"
name = "second"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my.toml"
    path.write_text(TEXT)
    return path


def names(window: WholeWindow) -> list[str]:
    return [config.name for config in window.controller.configs]


def question(window: WholeWindow) -> QMessageBox | None:
    boxes = [box for box in window.window.findChildren(QMessageBox) if box.isVisible()]
    return boxes[0] if boxes else None


def answer(window: WholeWindow, button: QMessageBox.StandardButton) -> None:
    box = question(window)
    assert box is not None
    box.button(button).click()
    QApplication.processEvents()


def change(window: WholeWindow) -> None:
    window.endpoint_actions.add(EndpointConfig(name="third", url="ws://h:1/c"))


def test_opening_replaces_what_is_monitored(monitoring: WholeWindow, file: Path, probe: FakeProbe) -> None:
    monitoring.workspace_actions.open(str(file))

    assert names(monitoring) == ["first", "second"]
    assert [type(command) for command in probe.commands[:4]] == [channel.RemoveEndpoint] * 4
    assert monitoring.window.windowTitle() == "my.toml[*] — wsmonitor"
    assert not monitoring.window.isWindowModified()


def test_saving_keeps_comments_and_order(window: WholeWindow, file: Path) -> None:
    window.workspace_actions.open(str(file))
    change(window)
    assert window.window.isWindowModified()

    window.window.actions_table["save_workspace"].trigger()

    assert file.read_text() == TEXT + '\n[[endpoint]]\nname = "third"\nurl = "ws://h:1/c"\n'
    assert not window.window.isWindowModified()


def test_what_the_command_line_changed_is_not_saved(window: WholeWindow, file: Path) -> None:
    from msgspec.structs import replace

    opened = workspace.load(file)
    configs = [replace(config, auth="u:secret") for config in opened.endpoints]
    window.controller.add(configs)
    window.workspace_actions.workspaces.adopt(opened, configs)
    change(window)

    window.workspace_actions.save()

    assert "secret" not in file.read_text()
    assert "third" in file.read_text()


def test_closing_with_changes_asks_and_cancel_stays(window: WholeWindow, file: Path) -> None:
    window.workspace_actions.open(str(file))
    change(window)

    window.window.close()

    assert window.window.isVisible()
    answer(window, QMessageBox.StandardButton.Cancel)
    assert window.window.isVisible()
    assert question(window) is None


@pytest.mark.parametrize(
    ("button", "is_saved"), [(QMessageBox.StandardButton.Save, True), (QMessageBox.StandardButton.Discard, False)]
)
def test_closing_goes_on_once_the_question_is_answered(
    window: WholeWindow, file: Path, button: QMessageBox.StandardButton, is_saved: bool
) -> None:
    window.workspace_actions.open(str(file))
    change(window)
    closed: list[bool] = []
    window.window.closed.connect(lambda: closed.append(True))
    window.window.close()

    answer(window, button)

    assert closed == [True]
    assert ("third" in file.read_text()) == is_saved


def test_without_changes_nothing_is_asked(monitoring: WholeWindow) -> None:
    monitoring.window.close()

    assert not monitoring.window.isVisible()


def test_changes_taken_back_are_no_changes(window: WholeWindow, file: Path) -> None:
    window.workspace_actions.open(str(file))
    window.monitor.table.select(("first", 0))
    change(window)
    window.controller.remove(["third"])

    assert not window.workspace_actions.workspaces.is_changed


def test_a_file_with_mistakes_changes_nothing_and_says_all_of_them(monitoring: WholeWindow, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('[[endpoint]]\nurl = "http://h"\nconnections = 0\n')
    before = names(monitoring)

    monitoring.workspace_actions.open(str(broken))

    assert names(monitoring) == before
    assert "broken.toml line 2" in monitoring.monitor.notice.text
    assert "broken.toml line 3" in monitoring.monitor.notice.text


def test_a_dropped_workspace_is_opened(window: WholeWindow, file: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])

    drop(window, data)

    assert names(window) == ["first", "second"]


def test_a_dropped_url_becomes_an_endpoint(window: WholeWindow) -> None:
    data = QMimeData()
    data.setText("ws://h/dropped")

    drop(window, data)

    assert names(window) == ["ws://h/dropped"]


def test_what_was_open_before_is_offered_again(window: WholeWindow, file: Path) -> None:
    from wsmonitor.gui.start.remembered import Settings

    window.use(Settings(recent=(str(file), "/nowhere/<b>.toml")))

    window.window.pages.empty.recent_wanted.emit(str(file))

    assert names(window) == ["first", "second"]
    assert window.settings().recent == (str(file), "/nowhere/<b>.toml")


def drop(window: WholeWindow, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.window.dropEvent(event)
