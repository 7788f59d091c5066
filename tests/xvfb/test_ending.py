"""The window is closed, or the terminal wants its prompt back."""

import time

from tests.end_to_end.test_processes_end import children, is_running
from tests.waiting import until
from tests.xvfb.accessible import State
from tests.xvfb.conftest import OPEN, Start
from tests.xvfb.test_keyboard import records

END_LIMIT_S = 2.0
SLACK_S = 2.0
"""Other tests run at the same time: the promise is for a machine that has a core to spare."""


def test_closing_asks_about_a_recording_without_a_name_and_may_be_taken_back(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    program.keys("ctrl+r")
    until("a recording", lambda: program.find("Record").has(State.CHECKED))

    program.keys("alt+F4")
    until("the question on top", lambda: program.active_title == "Keep the recording?")
    program.keys("Escape")
    program.wait_gone("Keep the recording.", "dialog")
    assert program.process.poll() is None
    assert program.find("Record").has(State.CHECKED)
    program.keys("alt+F4")
    program.click("Keep it there", "push button")

    assert program.process.wait(10) == 0
    files = list((program.home / "data/wsmonitor/recordings").iterdir())
    assert [file.suffix for file in files] == [".wsmon"]
    assert records(files[0])[-1]["type"] == "summary"


def test_a_recording_that_is_thrown_away_leaves_no_file(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    program.keys("ctrl+r")
    until("a recording", lambda: program.find("Record").has(State.CHECKED))

    program.keys("alt+F4")
    program.click("Throw it away", "push button")

    assert program.process.wait(10) == 0
    assert list((program.home / "data/wsmonitor/recordings").iterdir()) == []


def test_ctrl_c_in_the_terminal_ends_everything_in_time(start: Start) -> None:
    program = start("--lab")
    program.find(OPEN, "tree item")
    offspring = children(program.process.pid)
    assert len(offspring) == 2, "the probe and the lab"

    program.interrupt()
    began_s = time.monotonic()

    assert program.process.wait(30) == 0
    assert time.monotonic() - began_s < END_LIMIT_S + SLACK_S
    until("nobody left", lambda: not any(map(is_running, offspring)), limit_s=END_LIMIT_S)
