"""Texts kept for sending: used, kept, renamed, deleted, taken back, and written with the workspace."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import FakeProbe
from wsmonitor.gui.sending.send_tab import SendTab, encode_message
from wsmonitor.gui.sending.snippet_list import line, mistakes
from wsmonitor.gui.sending.snippets import SnippetsPopover
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.workspace import Snippet, load

LOGIN = Snippet(name="login", text='{"op": "login", "id": ${seq}}', format="json")
BEAT = Snippet(name="beat", text="68 69", format="hex")

FILE = """\
[[endpoint]]
url = "ws://h:1/a"  # the only one

# sent first
[[snippet]]
name = "login"
text = '{"op": "login", "id": ${seq}}'  # numbered
format = "json"
"""


@pytest.fixture
def keeping(monitoring: WholeWindow) -> WholeWindow:
    """The window with two snippets."""
    monitoring.workspace_actions.workspaces.change_snippets((LOGIN, BEAT))
    return monitoring


def tab(window: WholeWindow) -> SendTab:
    return window.monitor.tabs.send


def popover(window: WholeWindow) -> SnippetsPopover:
    return window.snippet_actions.popover


def names(window: WholeWindow) -> list[str]:
    return [snippet.name for snippet in window.workspace_actions.workspaces.snippets]


def keep(window: WholeWindow, name: str) -> None:
    window.window.actions_table["save_snippet"].trigger()
    popover(window).name.setText(name)
    QTest.keyClick(popover(window).name, Qt.Key.Key_Return)


def choose(window: WholeWindow, words: str) -> None:
    window.window.actions_table["snippets"].trigger()
    popover(window).snippets.edit.setText(words)


def test_a_chosen_snippet_is_in_the_send_tab_with_its_kind(keeping: WholeWindow) -> None:
    choose(keeping, "log")

    QTest.keyClick(popover(keeping).snippets.edit, Qt.Key.Key_Return)

    assert keeping.monitor.tabs.bar.currentIndex() == Tab.SEND
    assert (tab(keeping).text, tab(keeping).kind.currentText()) == (LOGIN.text, "JSON")
    assert not popover(keeping).isVisible()


def test_using_one_can_be_taken_back_in_the_field(keeping: WholeWindow) -> None:
    tab(keeping).edit.setPlainText("half a thought")
    choose(keeping, "beat")
    popover(keeping).use.click()

    tab(keeping).edit.undo()

    assert tab(keeping).text == "half a thought"


def test_an_inserted_snippet_leaves_the_rest_of_the_text_and_its_kind(keeping: WholeWindow) -> None:
    tab(keeping).edit.setPlainText("00 ")
    tab(keeping).kind.setCurrentText("Text")
    tab(keeping).edit.moveCursor(tab(keeping).edit.textCursor().MoveOperation.End)
    choose(keeping, "beat")

    popover(keeping).insert.click()

    assert (tab(keeping).text, tab(keeping).kind.currentText()) == ("00 68 69", "Text")


def test_the_text_is_kept_with_its_kind_under_a_name(keeping: WholeWindow) -> None:
    tab(keeping).edit.setPlainText("[1]")
    tab(keeping).kind.setCurrentText("JSON")

    keep(keeping, " one ")

    assert keeping.workspace_actions.workspaces.snippets[-1] == Snippet(name="one", text="[1]", format="json")
    assert keeping.monitor.notice.text == "Saved the snippet one"


def test_keeping_under_a_known_name_saves_over_it_in_its_place_and_can_be_undone(keeping: WholeWindow) -> None:
    tab(keeping).edit.setPlainText("other")
    keep(keeping, "login")
    assert keeping.workspace_actions.workspaces.snippets == (Snippet(name="login", text="other"), BEAT)

    keeping.window.actions_table["undo_remove"].trigger()

    assert keeping.workspace_actions.workspaces.snippets == (LOGIN, BEAT)


def test_a_renamed_snippet_stays_in_its_place(keeping: WholeWindow) -> None:
    choose(keeping, "login")
    popover(keeping).name.setText("hello")

    popover(keeping).rename.click()

    assert names(keeping) == ["hello", "beat"]


def test_no_two_snippets_get_one_name(keeping: WholeWindow) -> None:
    choose(keeping, "login")
    popover(keeping).name.setText("beat")

    popover(keeping).rename.click()

    assert "called beat already" in popover(keeping).problem.text()
    assert names(keeping) == ["login", "beat"]


def test_a_deleted_snippet_comes_back_where_it_was(keeping: WholeWindow) -> None:
    choose(keeping, "login")
    popover(keeping).delete.click()
    assert names(keeping) == ["beat"]

    keeping.monitor.notice.press(0)

    assert names(keeping) == ["login", "beat"]


def test_undo_takes_back_what_was_done_last_and_nothing_older(keeping: WholeWindow, probe: FakeProbe) -> None:
    keeping.controller.remove(["admin"])
    choose(keeping, "login")
    popover(keeping).delete.click()
    probe.commands.clear()

    keeping.window.actions_table["undo_remove"].trigger()
    keeping.window.actions_table["undo_remove"].trigger()

    assert names(keeping) == ["login", "beat"]
    assert probe.commands == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("", "x", "expected a name"),
        ("a\u202eb", "x", "without control characters"),
        ("x", "", "no text"),
        ("x", "y" * 65_537, "at most 65,536 characters"),
    ],
)
def test_what_cannot_be_kept_is_said_where_it_was_asked(keeping: WholeWindow, name: str, text: str, told: str) -> None:
    tab(keeping).edit.setPlainText(text)

    keep(keeping, name)

    assert told in popover(keeping).problem.text()
    assert names(keeping) == ["login", "beat"]


def test_half_a_surrogate_pair_is_no_snippet() -> None:
    assert "half of a surrogate pair" in mistakes(Snippet(name="x", text="a\ud800"))


def test_a_line_of_the_list_is_short_and_shows_what_is_invisible() -> None:
    shown = line(Snippet(name="n" * 200, text="\x00\u202e" + "x" * 60_000))

    assert len(shown) < 200
    assert "␀<U+202E>" in shown


def test_snippets_are_saved_with_the_workspace_and_comments_survive(window: WholeWindow, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(FILE)
    window.workspace_actions.open(str(file))
    assert not window.window.isWindowModified()
    tab(window).edit.setPlainText("hi\nthere")

    keep(window, "new")
    assert window.window.isWindowModified()
    window.window.actions_table["save_workspace"].trigger()

    assert not window.window.isWindowModified()
    assert file.read_text() == FILE + '\n[[snippet]]\nname = "new"\ntext = "hi\\nthere"\n'
    assert load(file).snippets == window.workspace_actions.workspaces.snippets


def test_another_workspace_brings_its_own_snippets(keeping: WholeWindow, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text(FILE)
    keeping.workspace_actions.workspaces.open(file)

    choose(keeping, "")

    assert popover(keeping).snippets.shown == [line(LOGIN)]


def test_without_snippets_the_list_says_how_to_keep_one(monitoring: WholeWindow) -> None:
    choose(monitoring, "")

    assert "keep it under a name here" in popover(monitoring).snippets.shown[0]
    assert not popover(monitoring).delete.isEnabled()


# Placeholders


def sent(window: WholeWindow, probe: FakeProbe, text: str, kind: str = "Text") -> list[tuple[bytes, bool]]:
    window.monitor.table.select(("transcribe", 0))
    tab(window).edit.setPlainText(text)
    tab(window).kind.setCurrentText(kind)
    probe.commands.clear()
    tab(window).submit()
    return [(command.payload, command.fill) for command in probe.commands if isinstance(command, channel.Send)]


def test_placeholders_are_filled_in_by_the_probe_unless_unticked(monitoring: WholeWindow, probe: FakeProbe) -> None:
    assert sent(monitoring, probe, "n ${seq}") == [(b"n ${seq}", True)]

    tab(monitoring).fill.setChecked(False)

    assert sent(monitoring, probe, "n ${seq} ${nonsense}") == [(b"n ${seq} ${nonsense}", False)]


def test_an_unknown_placeholder_is_refused_with_what_there_is(monitoring: WholeWindow, probe: FakeProbe) -> None:
    assert sent(monitoring, probe, "${sec}") == []

    assert "did you mean ${seq}?" in tab(monitoring).note.text()


def test_json_is_judged_with_its_placeholders_filled_in() -> None:
    assert encode_message('{"id": ${seq}}', "JSON", fill=True) == (b'{"id": ${seq}}', True)
    with pytest.raises(ValueError, match="not JSON"):
        encode_message('{"id": ${seq}}', "JSON")


def test_every_placeholder_is_explained(monitoring: WholeWindow) -> None:
    from wsmonitor.settings.placeholders import MESSAGE_NAMES

    for name in MESSAGE_NAMES:
        assert f"${{{name}}}" in tab(monitoring).fill.toolTip()


# To the letter


@pytest.mark.parametrize("text", ["a\u00a0b", "CONNECT\n\n\x00", "\u2028", "\x1b[31m\u202e"])
def test_a_text_leaves_as_it_was_typed(monitoring: WholeWindow, probe: FakeProbe, text: str) -> None:
    assert sent(monitoring, probe, text) == [(text.encode(), False)]


def test_a_snippet_that_the_field_would_change_says_so(monitoring: WholeWindow) -> None:
    tab(monitoring).put("GET\r\n", "Text")

    assert "Hex sends any bytes" in tab(monitoring).note.text()


def test_one_endpoint_is_saved_beside_snippets_alone(window: WholeWindow, tmp_path: Path) -> None:
    window.controller.add([EndpointConfig(name="e", url="ws://h")])
    window.workspace_actions.workspaces.change_snippets((BEAT,))

    assert window.workspace_actions.workspaces.save(tmp_path / "new.toml")

    assert load(tmp_path / "new.toml").snippets == (BEAT,)
