"""Taps in the window: a form, rows of clients, the URL to give, faults on the way."""

from typing import Any

import pytest
from msgspec import structs
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import FakeProbe
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns, fin
from tests.gui.tap.story import SHOP, URL, came, fault, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import WHOLE, AnyEvent, ConnectionClosed, Disruption, OutboxChanged
from wsmonitor.gui.endpoints.columns import Column
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.tap.fault_menu import choices
from wsmonitor.probe import channel
from wsmonitor.settings.tap_faults import FAULTS, FaultKind, argument_mistake


@pytest.fixture
def analyzer() -> Analyzer:
    """Nothing seen yet."""
    return Analyzer(START_NS, WALL_NS)


@pytest.fixture
def tapped(window: WholeWindow, probe: FakeProbe) -> WholeWindow:
    """The window with a tap and an endpoint of our own."""
    window.controller.add([SHOP, ENDPOINTS[0]])
    probe.commands.clear()
    return window


def tell(window: WholeWindow, analyzer: Analyzer, *events: AnyEvent) -> None:
    analyzer.feed(events)
    window.show_snapshot(analyzer.snapshot(at_ns(10)))
    QApplication.processEvents()


def cells(window: WholeWindow, column: Column) -> list[str]:
    model = window.monitor.table.model()
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def disconnect_menu(window: WholeWindow) -> QMenu:
    menu = window.window.toolbar.button("disconnect").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return menu


def entry(menu: QMenu, name: str) -> QAction:
    action = menu.findChild(QAction, name)
    assert isinstance(action, QAction)
    return action


def disrupted(probe: FakeProbe) -> list[tuple[str, str, str]]:
    return [(one.endpoint, one.kind, one.argument) for one in probe.commands if isinstance(one, channel.Disrupt)]


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.kind)
def test_every_fault_takes_what_the_menu_offers(kind: FaultKind) -> None:
    offered = choices(kind)

    assert offered
    assert {argument: argument_mistake(kind.kind, argument) for argument in offered} == dict.fromkeys(offered, "")


def test_the_form_makes_a_tap(window: WholeWindow, probe: FakeProbe) -> None:
    form = window.endpoint_actions.add_form
    form.url.edit.setText("wss://staging.shop/live")
    form.tap.setChecked(True)
    form.port.setText("9001")

    form.submit()

    [config] = window.controller.configs
    assert config.tap is not None
    assert (config.url, config.tap.listen) == ("wss://staging.shop/live", 9001)
    assert [type(one) for one in probe.commands] == [channel.AddEndpoint, channel.ConnectEndpoint]


@pytest.mark.parametrize("port", ["http", "-1", "70000", "²"])
def test_the_form_takes_no_port_that_is_none(window: WholeWindow, port: str) -> None:
    form = window.endpoint_actions.add_form
    form.url.edit.setText("ws://h/")
    form.tap.setChecked(True)
    form.port.setText(port)

    form.submit()

    assert "65535" in form.problem.text().replace(",", "")
    assert window.controller.configs == ()


def test_the_rows_of_a_tap_are_its_clients(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tell(tapped, analyzer, listening())
    assert cells(tapped, Column.ENDPOINT)[0] == "shop"
    assert cells(tapped, Column.STATE)[0].endswith("I listening, no client yet")

    tell(tapped, analyzer, *came(0, "node", 8121), *came(1, "chrome", 8200))

    assert cells(tapped, Column.ENDPOINT) == [
        "shop",
        "shop · #1 node",
        "shop · #2 chrome",
        ENDPOINTS[0].name,
    ]
    assert cells(tapped, Column.STATE)[0] == "O 2 clients, 2 of 2 open"


def test_the_bar_tells_how_to_use_a_tap_until_a_client_came(tapped: WholeWindow, analyzer: Analyzer) -> None:
    bar = tapped.monitor.tap
    tell(tapped, analyzer, listening())
    tapped.monitor.table.select(("shop", 0))
    assert bar.isVisible()
    assert bar.steps.text().count("\n") == 2
    assert URL in bar.steps.text()

    bar.copy.click()
    tell(tapped, analyzer, *came(0, "node", 8121))

    assert QGuiApplication.clipboard().text() == URL
    assert bar.isVisible()
    assert not bar.steps.isVisible()
    tapped.monitor.table.select((ENDPOINTS[0].name, 0))
    assert not bar.isVisible()


def test_a_tap_has_faults_on_the_way_and_others_have_not(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tell(tapped, analyzer, listening())
    tapped.monitor.table.select(("shop", 0))
    menu = disconnect_menu(tapped)
    assert all(entry(menu, f"fault_{kind.kind}").isVisible() for kind in FAULTS)
    assert not entry(menu, "disrupt_tcp_reset").isVisible()

    tapped.monitor.table.select((ENDPOINTS[0].name, 0))

    menu = disconnect_menu(tapped)
    assert not any(entry(menu, f"fault_{kind.kind}").isVisible() for kind in FAULTS)
    assert entry(menu, "disrupt_tcp_reset").isVisible()


def test_a_fault_is_switched_on_shown_and_taken_back(tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> None:
    tell(tapped, analyzer, listening())
    tapped.monitor.table.select(("shop", 0))
    entry(disconnect_menu(tapped), "fault_latency_100ms,down").trigger()
    assert disrupted(probe) == [("shop", "latency", "100ms,down")]

    tell(tapped, analyzer, fault("latency", "100ms,down"))
    menu = disconnect_menu(tapped)

    assert ": on, 100ms,down" in entry(menu, "fault_latency").text()
    [row] = tapped.monitor.faults.rows
    assert (row.title.text(), row.amount.text(), row.where.text()) == ("Latency", "100ms", "from the server · 8.0 s")
    entry(menu, "fault_latency_off").trigger()
    entry(menu, "fault_back_to_normal").trigger()
    tapped.monitor.faults.off.click()
    assert disrupted(probe)[1:] == [("shop", "latency", "off"), *[("shop", "everything", "off")] * 2]


def test_words_of_a_fault_are_read_before_they_are_sent(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tell(tapped, analyzer, listening())
    tapped.monitor.table.select(("shop", 0))
    words = tapped.tap_actions.words
    words.ask(next(kind for kind in FAULTS if kind.kind == "http"), tapped.window)

    words.argument.setText("nonsense")
    words.submit()
    assert "expected a status" in words.problem.text()
    words.argument.setText("429,30,n=2")
    words.submit()

    assert disrupted(probe) == [("shop", "http", "429,30,n=2")]


def test_what_drops_our_own_connections_is_not_done_to_taps(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tell(tapped, analyzer, listening())
    tapped.monitor.table.selectAll()

    entry(disconnect_menu(tapped), "disrupt_tcp_reset").trigger()

    assert disrupted(probe) == [(ENDPOINTS[0].name, "tcp_reset", "")]


def test_faults_that_were_on_keep_their_switch(tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> None:
    tell(tapped, analyzer, listening(), *came(0, "node", 8121), fault("latency", "100ms,down"), fault("drop_pongs"))
    tapped.monitor.table.select(("shop", WHOLE))
    latency, pongs = tapped.monitor.faults.rows
    assert latency.switch.isChecked()

    latency.switch.click()
    assert latency.switch.isChecked(), "until the tap says that it is off"
    tell(tapped, analyzer, fault("latency", phase="ended"))

    assert [row.switch.isChecked() for row in (latency, pongs)] == [False, True]
    latency.switch.click()
    assert disrupted(probe) == [("shop", "latency", "off"), ("shop", "latency", "100ms,down")]


def test_a_fault_is_for_the_client_that_is_selected_or_for_all(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tell(tapped, analyzer, listening(), *came(0, "node", 8121), *came(1, "chrome", 8200))
    tapped.monitor.table.select(("shop", 1))
    menu = disconnect_menu(tapped)
    faults = tapped.tap_actions.faults
    assert faults.to_one.text().strip() == "To #2 chrome only"
    assert not entry(menu, "fault_refuse").isEnabled(), "who comes next is not known"

    entry(menu, "fault_reset_client").trigger()
    faults.to_all.trigger()
    entry(disconnect_menu(tapped), "fault_reset_client").trigger()
    tapped.monitor.table.select(("shop", WHOLE))
    entry(disconnect_menu(tapped), "fault_reset_client").trigger()

    assert [one.slot for one in probe.commands if isinstance(one, channel.Disrupt)] == [1, None, None]
    assert not faults.to_one.isVisible()
    assert entry(menu, "fault_refuse").isEnabled()


def test_one_client_is_taken_back_to_normal_from_what_is_on_for_all(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tell(tapped, analyzer, listening(), *came(0, "node", 8121), *came(1, "chrome", 8200), fault("drop_pongs"))
    tapped.monitor.table.select(("shop", 1))
    menu = disconnect_menu(tapped)

    assert not entry(menu, "fault_drop_pongs_off").isEnabled(), "it is not on for this client alone"
    entry(menu, "fault_back_to_normal").trigger()

    [ordered] = [one for one in probe.commands if isinstance(one, channel.Disrupt)]
    assert (ordered.kind, ordered.argument, ordered.slot) == ("everything", "off", 1)


def test_a_fault_of_one_client_is_listed_with_its_name_and_switched_off_there(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    own = Disruption(
        at_ns=at_ns(2), endpoint="shop", slot=1, kind="drop_pings", argument="up", phase="started", is_for_one=True
    )
    tell(tapped, analyzer, listening(), *came(0, "node", 8121), *came(1, "chrome", 8200), own)
    tapped.monitor.table.select(("shop", WHOLE))

    [row] = tapped.monitor.faults.rows
    assert row.where.text() == "#2 chrome only · from your client · 8.0 s"
    row.switch.click()

    [ordered] = [one for one in probe.commands if isinstance(one, channel.Disrupt)]
    assert (ordered.kind, ordered.argument, ordered.slot) == ("drop_pings", "off", 1)


def test_chips_and_rows_say_whose_end_it_was(tapped: WholeWindow, analyzer: Analyzer) -> None:
    def closed(slot: int, **verdict: Any) -> AnyEvent:
        said = structs.replace(fin(1_000_000_000), tapped=True, **verdict)
        return ConnectionClosed(at_ns=at_ns(3 + slot), endpoint="shop", slot=slot, connection=slot + 1, verdict=said)

    tell(tapped, analyzer, listening(), *came(0, "node", 8121), *came(1, "chrome", 8200), *came(2, "python", 9000))
    server = {"mechanism": "close_frame", "received_code": 1011}
    tell(tapped, analyzer, closed(0, initiator="local", mechanism="rst"), closed(1), closed(2, **server))

    views = analyzer.snapshot(at_ns(10)).endpoints
    assert [view.history.closures.chips[0].text for view in views if view.tap is not None] == [
        "your client: RST",
        "server or before it: FIN",
        "server: 1011",
    ]
    assert cells(tapped, Column.LAST_CLOSE)[1:4] == ["client RST ×1", "beyond FIN ×1", "server 1011 ×1"]


def test_what_waits_in_a_tap_is_told_in_bytes_and_messages_that_wait_elsewhere(
    tapped: WholeWindow, analyzer: Analyzer
) -> None:
    waits = OutboxChanged(at_ns=at_ns(2), endpoint="shop", slot=0, connection=1, depth=0, bytes=4200, direction="rx")
    tell(tapped, analyzer, listening(), *came(0, "node", 812), waits)
    plots = tapped.monitor.plots.stack
    assert plots is not None

    def titles() -> list[str]:
        QApplication.processEvents()
        return [pane.title for pane in plots.panes]

    tapped.monitor.table.select(("shop", 0))
    assert "Waiting in the tap (kB)" in titles()
    assert "4.2 kB" in cells(tapped, Column.BUFFERED)
    tapped.monitor.table.select((ENDPOINTS[0].name, 0))
    assert "Buffered messages" in titles()
