"""Logs in tables: absolute numbers, bounded, filtered, one insert a frame."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from tests.gui.story import START_NS, WALL_NS, at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.events import Direction, Message
from wsmonitor.gui.look.moments import Moments
from wsmonitor.gui.tables.filtering import parse_filter
from wsmonitor.gui.tables.log_model import LogModel
from wsmonitor.gui.tables.log_tab import MessageColumns, delta
from wsmonitor.settings.endpoint_settings import EndpointConfig


def message(second: float, text: str, direction: Direction = "rx", endpoint: str = "a") -> Message:
    return Message(
        at_ns=at_ns(second),
        endpoint=endpoint,
        connection=1,
        direction=direction,
        opcode=1,
        size_bytes=len(text),
        wire_bytes=len(text),
        payload=text.encode(),
    )


@pytest.fixture
def analyzer() -> Analyzer:
    analyzer = Analyzer(START_NS, WALL_NS)
    for name in ("a", "b"):
        analyzer.add_endpoint(EndpointConfig(name=name, url="ws://localhost"))
    return analyzer


@pytest.fixture
def model(qapp: QApplication) -> LogModel:
    return LogModel(MessageColumns(Moments()), qapp)


def show(model: LogModel, analyzer: Analyzer) -> None:
    snapshot = analyzer.snapshot(at_ns(100))
    model.show(snapshot, snapshot.messages)


def previews(model: LogModel) -> list[str]:
    return [model.cell(row, 6) for row in range(model.rowCount())]


def test_everything_that_came_since_the_last_frame_is_one_insert(model: LogModel, analyzer: Analyzer) -> None:
    show(model, analyzer)
    inserts: list[tuple[int, int]] = []
    receiver = QObject(model)
    model.rowsInserted.connect(lambda parent, first, last: inserts.append((first, last)))
    analyzer.feed([message(second, str(second)) for second in range(5)])

    show(model, analyzer)

    assert inserts == [(0, 4)]
    assert previews(model) == ["0", "1", "2", "3", "4"]
    receiver.deleteLater()


def test_a_filter_chooses_rows_that_are_there_and_rows_that_come(model: LogModel, analyzer: Analyzer) -> None:
    analyzer.feed([message(1, "ping one"), message(2, "other"), message(3, "ping two", "tx")])
    show(model, analyzer)

    model.set_filter(parse_filter("rx one"))
    assert previews(model) == ["ping one"]

    analyzer.feed([message(4, "one more"), message(5, "other")])
    show(model, analyzer)
    assert previews(model) == ["ping one", "one more"]


def test_rows_of_other_endpoints_are_left_out(model: LogModel, analyzer: Analyzer) -> None:
    analyzer.feed([message(1, "mine"), message(2, "theirs", endpoint="b")])
    model.set_filter(parse_filter("", frozenset({"a"})))

    show(model, analyzer)

    assert previews(model) == ["mine"]


def test_a_bounded_log_drops_its_oldest_rows_from_the_table_too(
    model: LogModel, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyzer.feed([message(1 + second / 1e6, str(second)) for second in range(60_000)])
    show(model, analyzer)
    analyzer.feed([message(2, "last")])

    show(model, analyzer)

    log = analyzer.snapshot(at_ns(100)).messages
    assert log.first > 0
    assert model.rowCount() == log.end - log.first
    assert model.cell(model.rowCount() - 1, 6) == "last"


def test_hostile_text_stays_on_one_line_and_shows_what_it_is(model: LogModel, analyzer: Analyzer) -> None:
    analyzer.feed([message(1, "<b>x</b>\n\x1b[31m\u202e" + "y" * 10_000)])

    show(model, analyzer)

    assert previews(model)[0].startswith("<b>x</b>⏎␛[31m<U+202E>yyy")
    assert len(previews(model)[0]) < 250


def test_the_delta_counts_from_the_row_above(model: LogModel, analyzer: Analyzer) -> None:
    analyzer.feed([message(1, "x"), message(1.1, "between", endpoint="b"), message(1.5, "x")])
    model.set_filter(parse_filter("", frozenset({"a"})))

    show(model, analyzer)

    assert [model.cell(row, 5) for row in range(2)] == ["", "+500 ms"]


def test_a_delta_has_one_sign_and_one_unit() -> None:
    assert [delta(passed_ns) for passed_ns in (280_000, -280_000, 28_000_000_000)] == ["+0.28 ms", "−0.28 ms", "+28 s"]
