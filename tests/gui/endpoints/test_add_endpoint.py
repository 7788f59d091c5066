"""The popover for a new endpoint: nothing of the last one stays, and a page's URL is mended with one click."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from wsmonitor.gui.endpoints.add_endpoint import AddEndpoint
from wsmonitor.gui.look.theme import Look
from wsmonitor.settings.endpoint_settings import EndpointConfig


@pytest.fixture
def popover(look: Look) -> Iterator[AddEndpoint]:
    window = QWidget()
    window.resize(800, 600)
    window.show()
    yield AddEndpoint(window)
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_next_endpoint_has_nothing_of_the_last_one(popover: AddEndpoint) -> None:
    accepted: list[EndpointConfig] = []
    popover.accepted.connect(accepted.append)
    popover.url.edit.setText("ws://localhost:1/")
    popover.name.setText("via nginx")
    popover.interval.show_value(3)
    popover.submit()
    popover.url.edit.setText("ws://localhost:2/")
    popover.submit()

    first, second = accepted
    assert (first.name, first.ping.interval_s) == ("via nginx", 3)
    assert (second.name, second.ping) == ("ws://localhost:2/", EndpointConfig(name="", url="").ping)


def test_a_page_s_url_becomes_a_websocket_url_with_one_click(popover: AddEndpoint) -> None:
    accepted: list[EndpointConfig] = []
    popover.accepted.connect(accepted.append)
    popover.url.edit.setText("https://localhost:3000/feed")
    popover.submit()
    assert popover.url.mend.text() == "Use wss://…"

    popover.url.mend.click()

    assert [one.url for one in accepted] == ["wss://localhost:3000/feed"]
    assert popover.url.mend.isHidden()


def test_a_long_problem_is_not_cut(popover: AddEndpoint) -> None:
    popover.url.edit.setText(f"http://localhost:3000/{'long/' * 30}")
    popover.submit()
    popover.show()
    QApplication.processEvents()
    popover.submit()
    QApplication.processEvents()

    problem = popover.url.problem
    assert problem.height() >= problem.heightForWidth(problem.width())
    popover.hide()
