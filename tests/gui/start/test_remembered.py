"""What the window remembers, and that nothing remembered can break it."""

import pytest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe
from wsmonitor.gui.look.theme import Look
from wsmonitor.gui.start.remembered import Settings, load_settings, save_settings, settings_file
from wsmonitor.gui.start.whole_window import WholeWindow


def test_settings_come_back_as_they_were_saved() -> None:
    settings = Settings(theme="light", geometry=b"\x00\xff", splitters=(b"a",))

    save_settings(settings)

    assert load_settings() == settings


@pytest.mark.parametrize("text", ["", "{", '{"theme": "pink"}', '{"geometry": 5}'])
def test_a_broken_file_means_the_defaults(text: str) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(text)

    assert load_settings() == Settings()


def test_broken_geometry_changes_nothing(window: WholeWindow, probe: FakeProbe) -> None:
    size = window.window.size()

    window.window.restore(Settings(geometry=b"nonsense", splitters=(b"", b"x")))

    assert window.window.size() == size


def test_a_theme_of_the_command_line_is_for_this_time_only(qapp: QApplication) -> None:
    look = Look("dark", qapp, for_now="light")

    assert (look.theme.name, look.choice) == ("light", "dark")
    look.toggle()
    assert (look.theme.name, look.choice) == ("dark", "dark")
    look.toggle()
    assert (look.theme.name, look.choice) == ("light", "light")
