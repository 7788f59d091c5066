"""Close codes are explained wherever they appear."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.conftest import show
from tests.gui.story import ENDPOINTS, at_ns, fin
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import ConnectionClosed, Control
from wsmonitor.gui.endpoints.columns import Column
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.tables.close_codes import CLOSE_CODES
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.wording.code_words import code_line, explain_code, explain_verdict

ROLE = Qt.ItemDataRole.ToolTipRole


@pytest.mark.parametrize("code", [row.code for row in CLOSE_CODES])
def test_a_code_of_the_table_says_who_sends_it_and_whether_to_reconnect(code: int) -> None:
    name, sender, reconnect, source = explain_code(code).splitlines()

    assert name.startswith(f"{code} ")
    assert "sen" in sender
    assert "reconnect" in reconnect
    assert source.startswith("(")


def test_private_and_illegal_codes_say_whom_to_ask_or_that_they_are_illegal() -> None:
    assert "applications give it a meaning" in explain_code(4321)
    assert "frameworks give it a meaning" in explain_code(3999)
    assert "must not carry it" in explain_code(999)


def test_a_profile_says_what_its_framework_means() -> None:
    assert "graphql-ws: unauthorized; reconnecting without a change" in explain_code(
        4401, CloseCodes(profile="graphql-ws")
    )
    assert "graphql-ws" not in explain_code(1000, CloseCodes(profile="graphql-ws"))


def test_an_end_without_a_code_is_explained_as_well() -> None:
    assert "Browsers say 1006" in explain_verdict(fin(NS))
    assert "Browsers say 1006" in explain_verdict(fin(NS, forced="tcp_reset"))


def test_tables_and_chips_explain_the_code(monitoring: WholeWindow, analyzer: Analyzer) -> None:
    verdict = fin(NS, code=1012)
    name = ENDPOINTS[0].name
    payload = (1012).to_bytes(2, "big") + b"<b>restart</b>"
    analyzer.feed(
        [
            Control(at_ns=at_ns(120), endpoint=name, connection=4, direction="rx", opcode=8, payload=payload),
            ConnectionClosed(at_ns=at_ns(120), endpoint=name, connection=4, verdict=verdict),
        ]
    )
    for tab in (0, 1, 2):
        monitoring.monitor.tabs.bar.setCurrentIndex(tab)
        show(monitoring, analyzer, 121)

    tabs, table = monitoring.monitor.tabs, monitoring.monitor.table.model()
    for model, row in (
        (tabs.events.model, tabs.events.model.rowCount() - 1),
        (tabs.messages.model, tabs.messages.model.rowCount() - 1),
        (tabs.closures.model, tabs.closures.model.rowCount() - 1),
    ):
        assert "1012 service restart" in str(model.index(row, 0).data(ROLE))
    assert "1012 service restart" in str(table.index(0, Column.LAST_CLOSE).data(ROLE))
    assert code_line(1012).startswith("1012 service restart: the service restarts")


def test_the_meaning_is_said_while_a_code_is_typed(monitoring: WholeWindow) -> None:
    popover = monitoring.connection_actions.graceful_close

    popover.code.setText("1013")
    assert popover.meaning.text().startswith("1013 try again later")
    popover.code.setText("x")
    assert popover.meaning.text() == ""
