"""Nobody has used it before: what is on the screen, and where the first click or the first URL leads."""

from tests.waiting import until
from tests.xvfb import screen
from tests.xvfb.conftest import OPEN, Start


def test_one_click_on_try_the_lab_leads_to_connections_that_drop(start: Start) -> None:
    program = start()
    program.find_focus("WebSocket URL", "text")

    program.click("Try the lab", "push button")

    program.find("healthy", "tree item")
    program.find(OPEN, "tree item")
    program.find_focus("Endpoints", "tree")
    until("curves", lambda: screen.colors(program.picture(program.find("Plots"))) > 20)
    program.find("Closures [1-9].*", "page tab")


def test_a_url_and_enter_are_enough(start: Start, echo: str) -> None:
    program = start()
    program.find_focus("WebSocket URL", "text")

    program.type(echo)
    program.keys("Return")

    program.find(OPEN, "tree item")
    until("its state, in words", lambda: "State: open" in program.find("Plots").description)
    assert not program.shows("Try the lab")


def test_what_is_wrong_with_a_url_is_said_below_its_field_until_it_is_mended(start: Start, echo: str) -> None:
    program = start()
    program.find_focus("WebSocket URL", "text")

    program.type("http://example.org")
    program.keys("Return")

    program.find(".*example: ws://.*", "label")
    left, top, _, height = program.find("WebSocket URL", "text").box
    problem = program.find(".*example: ws://.*", "label").box
    assert problem[0] == left
    assert top + height <= problem[1] <= top + 2 * height
    program.keys("ctrl+a")
    program.type(echo)
    program.wait_gone(".*example: ws://.*", "label")
    program.keys("Return")
    program.find(OPEN, "tree item")
