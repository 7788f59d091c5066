"""No mouse: everything by the keys that F1 lists, and the keyboard is where the eye is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.waiting import until
from tests.xvfb.accessible import State
from tests.xvfb.conftest import OPEN, Start
from wsmonitor.settings.workspace import load


def test_a_disconnect_chosen_in_the_menu_is_shown_and_recorded_as_forced(start: Start, echo: str) -> None:
    program = start(echo, "--record", "seen.wsmon")
    program.find(OPEN, "tree item")

    program.keys("ctrl+d")
    until("the menu", program.popup)
    program.keys("Down", "Down", "Down", "Return")

    program.find(r".*TCP close \(forced\).*", "cell")
    assert program.popup() is None
    program.find("FIN ×1", "tree item")
    program.find(OPEN, "tree item")
    program.keys("ctrl+q")
    assert program.process.wait(10) == 0
    closures = [one["verdict"] for one in records(program.home / "seen.wsmon") if one["type"] == "connection_closed"]
    assert [(one["forced"], one["initiator"], one["mechanism"]) for one in closures][:1] == [
        ("tcp_close", "local", "fin")
    ]


def test_the_keys_of_the_view(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    program.find_focus("Endpoints", "tree")

    program.keys("space")
    until("a frozen view", lambda: program.find("Freeze").has(State.CHECKED))
    program.keys("l")
    until("a live view", lambda: not program.find("Freeze").has(State.CHECKED))
    program.keys("3")
    until("5 minutes", lambda: program.find("5 m").has(State.CHECKED))
    program.keys("F1")
    until("the keys on top", lambda: program.active_title == "Keys")
    program.keys("Escape")
    program.find_focus("Endpoints", "tree")
    program.keys("ctrl+f")
    program.find_focus("Filter", "text")
    program.keys("l", "space")  # in a field they are letters
    until("letters in the field", lambda: program.find("Filter", "text").text == "l ")


def test_the_palette_runs_what_was_typed_and_escape_leaves_it(start: Start, echo: str) -> None:
    program = start(echo, "--theme", "dark")
    program.find(OPEN, "tree item")
    dark = int(program.picture(program.frame()).mean())

    program.keys("ctrl+k")
    until("the palette", program.popup)
    program.keys("Escape")
    until("the palette gone", lambda: program.popup() is None)
    assert program.process.poll() is None
    program.keys("ctrl+k")
    until("the palette", program.popup)
    program.type("dark or light")
    program.keys("Return")

    until("a light window", lambda: program.picture(program.frame()).mean() > dark + 100)
    assert program.popup() is None
    program.find_focus("Endpoints", "tree")


def test_an_endpoint_is_added_set_up_and_saved_without_a_mouse(start: Start, echo: str) -> None:
    program = start()
    program.find_focus("WebSocket URL", "text")

    program.keys("ctrl+n")
    until("the form", program.popup)
    program.type(echo)
    program.keys("Tab")
    program.type("mine")
    program.keys("Tab", "Tab", "Tab", "Tab", "space")  # ping interval, certificate, tap, All settings
    until("the editor on top", lambda: program.active_title == "New endpoint")
    program.find_focus("URL", "text")
    program.keys("shift+Tab", "shift+Tab", "Down", "Down", "Down")  # name, pages: handshake, TLS, ping
    program.tab_to("Interval")
    program.type("0.25")
    buttons = program.tab_to("Add and connect")[-3:]
    program.keys("space")

    assert buttons == ["Test", "Cancel", "Add and connect"]
    program.find("mine", "tree item")
    program.find(OPEN, "tree item")
    program.keys("ctrl+s")
    until("the file dialog on top", lambda: program.active_title == "Save the workspace")
    program.find_focus("File name:", "text")
    program.keys("ctrl+a")
    program.type("kept.toml")
    program.keys("Return")
    until("its name in the title", lambda: program.title.startswith("kept.toml"))
    endpoint = load(program.home / "kept.toml").endpoints[0]
    assert (endpoint.name, endpoint.url, endpoint.ping.interval_s) == ("mine", echo, 0.25)


def records(recording: Path) -> list[dict[str, Any]]:
    """What a recording holds, as NDJSON."""
    command = [sys.executable, "-P", "-m", "wsmonitor", "replay", str(recording), "-o", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    return [json.loads(line) for line in done.stdout.splitlines()]
