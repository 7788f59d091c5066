"""The pictures in the README show the program as it is."""

import json

import pytest

from tools.screenshots import FOLDER, MANIFEST, PICTURES, inventory
from wsmonitor.gui.start.whole_window import WholeWindow


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_there(name: str) -> None:
    assert (FOLDER / name).read_bytes().startswith(b"\x89PNG")


def test_the_pictures_show_the_window_of_today(window: WholeWindow) -> None:
    assert json.loads(MANIFEST.read_text("utf-8")) == inventory(window), "run `make screenshots` and look at them"
