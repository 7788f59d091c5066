"""What a window manager does to a window, and what the window keeps of it."""

from itertools import pairwise

from tests.waiting import until
from tests.xvfb.conftest import OPEN, Start
from tests.xvfb.desktop import HEIGHT, WIDTH

BUTTONS = ("push button", "button menu", "check box")


def test_in_a_small_window_nothing_of_the_toolbar_is_cut_off_or_covered(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")

    program.resize(1024, 640)

    left, top, width, _ = until("the small window", lambda: _box_of_width(program.frame().box, 1024))
    boxes = sorted(one.box for one in program.seen() if one.role in BUTTONS and one.box[1] < top + 40)
    assert len(boxes) > 12
    assert boxes[0][0] >= left
    assert boxes[-1][0] + boxes[-1][2] <= left + width
    assert all(a[0] + a[2] <= b[0] for a, b in pairwise(boxes))


def test_a_window_larger_than_the_screen_is_made_to_fit_with_its_title(start: Start, echo: str) -> None:
    program = start(echo, "--size", f"{2 * WIDTH}x{2 * HEIGHT}")

    until("a title above", lambda: program.frame().box[1] > 0)  # the window manager adds it a moment later
    left, top, width, height = program.frame().box

    assert left >= 0
    assert left + width <= WIDTH
    assert top + height <= HEIGHT


def test_the_right_button_opens_the_menu_of_an_endpoint(start: Start, echo: str) -> None:
    program = start(echo)
    row = program.find(OPEN, "tree item")

    program.click_at(*row.middle, button=3)
    until("the menu", program.popup)
    program.keys("Down", "Down", "Down", "Return")  # its meaning, connect, stop

    program.find("S stopped.*", "tree item")
    assert program.popup() is None


def test_a_maximised_window_is_so_again_after_full_screen(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    normal = program.frame().box

    program.double_click_title()
    maximised = until("the maximised window", lambda: _box_of_width(program.frame().box, WIDTH))
    assert maximised[3] > HEIGHT - 40
    program.keys("F10")
    until("the full screen", lambda: program.frame().box == (0, 0, WIDTH, HEIGHT))
    program.keys("F10")
    until("the maximised window", lambda: program.frame().box == maximised)

    program.double_click_title()
    until("the window as it was", lambda: program.frame().box == normal)


def test_a_maximised_window_is_so_again_after_a_restart(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    normal = program.frame().box
    program.double_click_title()
    maximised = until("the maximised window", lambda: _box_of_width(program.frame().box, WIDTH))

    program.keys("ctrl+q")
    assert program.process.wait(10) == 0

    program = start(echo)
    until("the maximised window", lambda: program.frame().box == maximised)
    program.double_click_title()
    until("the window as it was", lambda: program.frame().box == normal)


def test_a_popover_of_a_window_at_the_edge_stays_on_the_screen(start: Start, echo: str) -> None:
    program = start(echo)
    program.find(OPEN, "tree item")
    program.move_window(WIDTH - 400, HEIGHT - 200)
    until("the window at the edge", lambda: program.frame().box[0] > WIDTH - 420)

    for keys in ("ctrl+k", "ctrl+n", "ctrl+d", "alt+f"):
        program.keys(keys)
        left, top, width, height = until(f"what {keys} opens", program.popup)
        assert left >= 0, keys
        assert top >= 0, keys
        assert left + width <= WIDTH, keys
        assert top + height <= HEIGHT, keys
        program.keys("Escape")
        until(f"what {keys} opened gone", lambda: program.popup() is None)


def test_a_minimised_window_comes_back_with_what_happened_meanwhile(start: Start, echo: str) -> None:
    program = start(echo, "--ping-interval", "100ms")
    program.find(OPEN, "tree item")

    program.minimise()
    until("no window", lambda: not program.is_on_screen())
    program.bring_back()

    until("the window", program.is_on_screen)
    program.find_focus("Endpoints", "tree")
    program.find(OPEN, "tree item")


def _box_of_width(box: tuple[int, int, int, int], width: int) -> tuple[int, int, int, int] | None:
    return box if box[2] == width else None
