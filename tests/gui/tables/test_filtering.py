"""Filters of the logs: on what is there, at a cost that the first filter does not multiply."""

import pytest

from tests.gui.story import START_NS, WALL_NS, at_ns
from tests.gui.tables.test_log_model import message
from wsmonitor.analysis import log as log_module
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.filters import filter as filter_module
from wsmonitor.analysis.log import LogView
from wsmonitor.facts.events import Control, Message, OpenFailed, State, StateChanged
from wsmonitor.gui.tables.filtering import parse_filter


@pytest.fixture
def analyzer() -> Analyzer:
    return Analyzer(START_NS, WALL_NS)


def messages(analyzer: Analyzer) -> LogView:
    return analyzer.snapshot(at_ns(1000)).messages


def passing(view: LogView, text: str, period: tuple[int, int] | None = None) -> list[int]:
    return parse_filter(text, None, period).numbers(view, view.first, view.end)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("hello", [0]),
        ("HELLO", [0]),
        ("grüße", [1]),
        ("/gr.+e/", [1]),
        ("/^h/", [0]),
        ("binary", [2]),
        ("de ad", [2]),
        ("ping", [3]),
        ("1008", [4]),
        ("nope", [4]),
        ("close 1008", [4]),
        ("rx hello", [0]),
        ("tx", [2]),
        ("nowhere", []),
        ("deep", [0]),
    ],
)
def test_what_is_there_is_found(analyzer: Analyzer, text: str, rows: list[int]) -> None:
    analyzer.feed(
        [
            message(1, "Hello " + "x" * 500 + " deep inside"),
            message(2, "Grüße"),
            Message(
                at_ns=at_ns(3), endpoint="a", direction="tx", opcode=2, size_bytes=2, wire_bytes=4, payload=b"\xde\xad"
            ),
            Control(at_ns=at_ns(4), endpoint="a", direction="rx", opcode=9, payload=b""),
            Control(at_ns=at_ns(5), endpoint="a", direction="rx", opcode=8, payload=b"\x03\xf0nope"),
        ]
    )

    assert passing(messages(analyzer), text) == rows


def test_only_rows_of_the_period_pass(analyzer: Analyzer) -> None:
    analyzer.feed([message(second, "x") for second in range(5)])

    assert passing(messages(analyzer), "", (at_ns(1), at_ns(3))) == [1, 2]


def test_events_are_found_by_their_words(analyzer: Analyzer) -> None:
    analyzer.feed(
        [
            StateChanged(at_ns=at_ns(1), endpoint="a", old=State.IDLE, new=State.CONNECTING),
            OpenFailed(at_ns=at_ns(2), endpoint="a", phase="tcp", error="refused", duration_ns=1),
        ]
    )

    assert passing(analyzer.snapshot(at_ns(3)).log, "refused") == [1]


def test_a_broken_expression_says_so_and_hides_nothing(analyzer: Analyzer) -> None:
    analyzer.feed([message(1, "x")])
    broken = parse_filter("/(/")

    assert "not a regular expression" in broken.problem
    assert broken.numbers(messages(analyzer), 0, 1) == [0]


@pytest.mark.parametrize("text", ["needle", "rx needle", "/need.e/"])
def test_the_first_filter_words_no_message(analyzer: Analyzer, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    worded: list[object] = []
    monkeypatch.setattr(filter_module, "words", worded.append)
    monkeypatch.setattr(log_module, "words", worded.append)
    analyzer.feed(
        [message(number / 1e3, f"needle {number}" if number % 10 == 0 else "hay") for number in range(20_000)]
    )

    assert len(passing(messages(analyzer), text)) == 2_000

    assert worded == []
