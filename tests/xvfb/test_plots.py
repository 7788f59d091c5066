"""The mouse on the plots."""

from tests.waiting import until
from tests.xvfb.accessible import State
from tests.xvfb.conftest import OPEN, Start
from tests.xvfb.program import Program

CHOSEN = "Focus .* to .*"


def test_dragging_chooses_a_period_and_escape_gives_it_up(start: Start, echo: str) -> None:
    program = start(echo, "--ping-interval", "50ms")
    left, top, _, _ = _plots(program)

    program.drag((left + 60, top + 60), (left + 400, top + 90))

    period = program.find(CHOSEN, "label")
    assert "p99" in period.name
    assert program.find("Plots").box[1] == top, "no plot moves for it"
    program.keys("Escape")
    program.wait_gone(CHOSEN, "label")


def test_the_wheel_zooms_and_l_is_live_again(start: Start, echo: str) -> None:
    program = start(echo, "--ping-interval", "50ms")
    left, top, width, height = _plots(program)
    program.keys("3")
    until("5 minutes", lambda: program.find("5 m").has(State.CHECKED))
    program.click("Freeze", "check box")
    until("a frozen view", lambda: program.find("Freeze").has(State.CHECKED))
    before = program.picture(program.find("Plots"))

    program.click_at(left + width - 100, top + height // 4, button=4, times=3)

    until("another span", lambda: not program.find("5 m").has(State.CHECKED))
    until("another picture", lambda: (program.picture(program.find("Plots")) != before).mean() > 0.01)
    program.keys("l")
    until("a live view", lambda: not program.find("Freeze").has(State.CHECKED))


def _plots(program: Program) -> tuple[int, int, int, int]:
    """Where the plots are, once they show something."""
    program.find(OPEN, "tree item")
    until("round trips, in words", lambda: "WebSocket ping" in program.find("Plots").description)
    return program.find("Plots").box
