"""What peers say is data: shown as what it is, wherever it can turn up, and bounded."""

import unicodedata
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractTableModel, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QPlainTextEdit, QWidget

from tests.facts.builders import verdict
from tests.gui.conftest import FakeProbe, show, stack_of
from tests.gui.pictures import painted_columns, picture_of
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    Message,
    OpenFailed,
    PhaseDone,
    ProbeLost,
    RttSample,
    State,
    StateChanged,
)
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig

EVIL = (
    "<b onclick=x>bold</b>&amp;\x1b[31mred\x07\x00nul\u202egnol\u2066\r\nsecond\ttab\u200b\ufeff\ud800 مرحبا 👩‍👩‍👧 "
    + "z" * 3000
)
PAYLOAD = EVIL.encode("utf-8", "surrogatepass")
NAME = "<i>n</i>\u202eame"


def hostile_session() -> list[AnyEvent]:
    how = verdict(
        mechanism="close_frame",
        received_code=4999,
        received_reason=EVIL,
        sent_code=4999,
        sent_reason=EVIL,
        clean=True,
        life_ns=NS,
        silence_rx_ns=NS,
        silence_tx_ns=NS,
    )
    return [
        StateChanged(at_ns=at_ns(1), endpoint=NAME, old=State.IDLE, new=State.CONNECTING, cause=EVIL),
        PhaseDone(at_ns=at_ns(1), endpoint=NAME, phase="http", duration_ns=1, detail={EVIL: EVIL, "server": EVIL}),
        StateChanged(at_ns=at_ns(2), endpoint=NAME, connection=1, old=State.UPGRADING, new=State.OPEN, cause=EVIL),
        RttSample(at_ns=at_ns(3), endpoint=NAME, connection=1, kind="ws", round_trip_ns=NS // 50),
        *(
            Message(
                at_ns=at_ns(4),
                endpoint=NAME,
                connection=1,
                direction="rx",
                opcode=opcode,
                size_bytes=10_000_000,
                wire_bytes=10_000_000,
                payload=PAYLOAD,
            )
            for opcode in (1, 2)
        ),
        Message(
            at_ns=at_ns(4.5),
            endpoint=NAME,
            connection=1,
            direction="rx",
            opcode=1,
            size_bytes=10_000_000,
            wire_bytes=10_000_000,
            payload=b"A" * 10_000_000,
        ),
        Control(at_ns=at_ns(5), endpoint=NAME, connection=1, direction="rx", opcode=9, payload=PAYLOAD[:125]),
        Control(
            at_ns=at_ns(5), endpoint=NAME, connection=1, direction="rx", opcode=8, payload=b"\x0f\xa0" + PAYLOAD[:120]
        ),
        ConnectionClosed(at_ns=at_ns(6), endpoint=NAME, connection=1, verdict=how),
        StateChanged(at_ns=at_ns(6), endpoint=NAME, connection=1, old=State.OPEN, new=State.FAILED, cause=EVIL),
        OpenFailed(at_ns=at_ns(7), endpoint=NAME, phase="http", error=EVIL, duration_ns=1, status=500, fatal=True),
        ProbeLost(at_ns=at_ns(8), reason=EVIL),
    ]


@pytest.fixture
def attacked(window: WholeWindow, analyzer: Analyzer, probe: FakeProbe) -> WholeWindow:
    window.controller.add([EndpointConfig(name=NAME, url=f"ws://h/?a={EVIL[:60]}")])
    analyzer.feed(hostile_session())
    show(window, analyzer, 9)
    window.monitor.table.select((NAME, 0))
    return window


def texts(window: WholeWindow) -> Iterator[tuple[str, str, bool]]:
    """Where a text stands, the text, and whether Qt might take it for rich text."""
    yield "title", window.window.windowTitle(), False
    for widget in [window.window, *window.window.findChildren(QWidget)]:
        name = f"{type(widget).__name__} {widget.objectName()}"
        yield f"name of {name}", widget.accessibleName(), False
        yield f"description of {name}", widget.accessibleDescription(), False
        yield f"tooltip of {name}", widget.toolTip(), True
        if isinstance(widget, QLabel):
            yield f"label {name}", widget.text(), widget.textFormat() is not Qt.TextFormat.PlainText
        elif isinstance(widget, QPlainTextEdit):
            yield f"text of {name}", widget.toPlainText().replace("\n", ""), False
        elif isinstance(widget, QAbstractItemView) and isinstance(model := widget.model(), QAbstractTableModel):
            for row in range(model.rowCount()):
                for column in range(model.columnCount()):
                    index = model.index(row, column)
                    for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
                        yield f"cell of {name}", str(index.data(role) or ""), False
                    yield f"tooltip in {name}", str(index.data(Qt.ItemDataRole.ToolTipRole) or ""), True
    for action in window.window.findChildren(QAction):
        yield "action", action.text().partition("\t")[0], False


def test_nothing_that_misleads_reaches_any_text(attacked: WholeWindow, analyzer: Analyzer) -> None:
    stack = stack_of(attacked)
    attacked.monitor.tabs.all_endpoints.setChecked(True)
    for tab in range(attacked.monitor.tabs.bar.count()):
        attacked.monitor.tabs.bar.setCurrentIndex(tab)
        show(attacked, analyzer, 10 + tab)
        QTest.mouseMove(stack.viewport(), QPoint(100 + tab, 100))
        for place, text, may_be_rich in texts(attacked):
            bad = [
                f"U+{ord(c):04X}" for c in text if (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or is_bidi(c)
            ]
            assert not bad, f"{place}: {bad} in {text[:200]!r}"
            assert not (may_be_rich and "<b onclick" in text), f"{place} may be taken for HTML"
            assert len(text) < 60_000, place
        assert not [c for line in stack.readout for c in line if is_bidi(c)]


def is_bidi(character: str) -> bool:
    return character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


def test_a_line_of_10_mb_is_inspected_at_a_bounded_length(attacked: WholeWindow) -> None:
    messages = attacked.monitor.tabs.messages
    attacked.monitor.tabs.bar.setCurrentIndex(1)
    QApplication.processEvents()

    messages.table.selectRow(2)

    assert messages.inspector is not None
    shown = messages.inspector.text.toPlainText()
    assert shown.startswith("AAAA")
    assert len(shown) < 100_000


def test_rows_keep_their_height_whatever_is_in_them(attacked: WholeWindow) -> None:
    attacked.monitor.tabs.bar.setCurrentIndex(1)
    QApplication.processEvents()
    table = attacked.monitor.tabs.messages.table

    assert len({table.rowHeight(row) for row in range(table.model().rowCount())}) == 1
    attacked.window.grab()


@pytest.mark.parametrize("text", ["مرحبا بالعالم", "left مرحبا", "👩‍👩‍👧 family"])
def test_text_from_right_to_left_stays_in_its_cell_on_the_left(
    monitoring: WholeWindow, analyzer: Analyzer, text: str
) -> None:
    tabs = monitoring.monitor.tabs
    tabs.bar.setCurrentIndex(1)
    analyzer.feed(
        [
            Message(
                at_ns=at_ns(120),
                endpoint="voice backend",
                direction="rx",
                opcode=1,
                size_bytes=9,
                wire_bytes=9,
                payload=text.encode(),
            )
        ]
    )
    show(monitoring, analyzer, 121)
    table = tabs.messages.table
    cell = table.visualRect(table.model().index(table.model().rowCount() - 1, 6))

    inked = painted_columns(picture_of(table.viewport(), cell.adjusted(0, 1, -1, -1)))

    assert inked[0] < 14
    assert inked[-1] < 200


def test_sending_to_a_hostile_name_and_errors_are_plain(attacked: WholeWindow) -> None:
    attacked.controller.failed.emit(EVIL)

    assert "\x1b" not in attacked.monitor.notice.text
    assert len(attacked.monitor.notice.text) < 500
