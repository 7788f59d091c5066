"""A tap with a real client: its row is opened and closed, it is slowed by a switch, and its client is tested."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.waiting import until
from tests.xvfb.accessible import State
from tests.xvfb.conftest import Start
from tests.xvfb.program import Program

WORKSPACE = """
[[endpoint]]
name = "shop"
url = "{url}"
[endpoint.tap]
listen = 0
"""


@pytest.fixture
def tapped(start: Start, echo: str, tmp_path: Path) -> Program:
    """The program with one tap before the server."""
    file = tmp_path / "shop.toml"
    file.write_text(WORKSPACE.format(url=echo))
    return start(str(file))


@pytest.fixture
def client(tapped: Program) -> Iterator[ClientConnection]:
    """Somebody's own client, pointed at the address that the bar shows."""
    url = tapped.find("Give ws://localhost:.*").name.split()[1]
    with connect(url) as connection:
        tapped.find("shop · #1 .*", "tree item")
        yield connection


def test_the_row_of_a_tap_is_opened_and_closed_with_the_mouse_and_the_keys(
    tapped: Program, client: ClientConnection
) -> None:
    row = tapped.find("shop", "tree item")

    tapped.click_at(row.box[0] + 10, row.middle[1] - 8)
    tapped.wait_gone("shop · #1 .*", "tree item")
    tapped.find_focus("Endpoints", "tree")
    tapped.keys("Right")
    tapped.find("shop · #1 .*", "tree item")
    tapped.keys("Down", "Left", "Left")

    tapped.wait_gone("shop · #1 .*", "tree item")


def test_a_fault_from_the_menu_has_a_switch_that_takes_it_back(tapped: Program, client: ClientConnection) -> None:
    tapped.click(r"\+ Fault …")
    until("the menu", tapped.popup)
    tapped.keys("Down", "Right", "Return")  # the first fault, as it is by default
    switch = "Latency 100ms.*"
    until("a switch that is on", lambda: tapped.find(switch).has(State.CHECKED))

    tapped.click(switch)

    until("a switch that is off", lambda: not tapped.find(switch).has(State.CHECKED))
    client.send("hello")
    assert client.recv(timeout=10) == "hello"


def test_a_client_is_tested_and_the_test_is_stopped(tapped: Program, client: ClientConnection) -> None:
    tapped.click("Test this client")
    until("the question", tapped.popup)
    tapped.keys("Return")
    until("no question", lambda: tapped.popup() is None)
    tapped.find("waits for your client.*")

    tapped.click("Scorecard: Stop")

    tapped.find("stopped after .*nothing was tested|stopped after .* not tested")
