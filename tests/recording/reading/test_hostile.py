"""Files that somebody made to hurt: read, or refused in a sentence, and never larger in memory than they are."""

import io
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.facts import NAME, START_NS
from tests.recording.session import ENDPOINTS, recorded, story
from wsmonitor.analysis.analyzer import UNANNOUNCED_SLOTS, Analyzer
from wsmonitor.exports import FORMATS
from wsmonitor.exports.source import analyzer_of
from wsmonitor.facts.events import AnyEvent, StateChanged
from wsmonitor.facts.numbers import MOST_SLOTS
from wsmonitor.recording import RecordingError, Replay
from wsmonitor.recording.reading.decoding import Decoder, read_config
from wsmonitor.recording.reading.replay import MOST_CONNECTIONS

NUMBERS = (0, -1, 1, 255, 999, 1000, 20_000, 2**31, 2**40, 2**62, 2**62 + 1, 2**63, -(2**63), 10**30, 1.5, 1e300)
TEXTS = ("", "\0", "voice", "x" * 5000, "é\ud800", "[" * 5000, "{}", "null")
COLUMNS = (
    "UPDATE meta SET value = ? WHERE key = 'start_ns'",
    "UPDATE meta SET value = ? WHERE key = 'wall_ns'",
    "UPDATE meta SET value = ? WHERE key = 'end_ns'",
    "UPDATE meta SET value = ? WHERE key = 'events'",
    "UPDATE meta SET value = ? WHERE key = 'dropped'",
    "UPDATE endpoint SET config = ? WHERE id = 1",
    "UPDATE endpoint SET name = ? WHERE id = 1",
    "UPDATE batch SET events = ? WHERE id = 1",
    "UPDATE batch SET first_ns = ?",
    "UPDATE batch SET last_ns = ?",
    "UPDATE batch SET id = ? WHERE id = 1",
)
stored = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.sampled_from([text for text in TEXTS if "\ud800" not in text]),
    st.binary(max_size=20),
)


@contextmanager
def spoiled(*changes: tuple[str, object]) -> Iterator[Path]:
    """A recording of the story after these statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = recorded(Path(folder) / "run.wsmon", story()[:200])
        connection = sqlite3.connect(path)
        for statement, value in changes:
            try:
                connection.execute(statement, (value,))
            except sqlite3.Error:  # what no file can hold
                continue
        connection.commit()
        connection.close()
        yield path


def hostile(event: AnyEvent, dice: random.Random) -> Any:
    """`event` as JSON data with some of its numbers replaced."""

    def changed(value: object) -> object:
        match value:
            case dict():
                return {key: changed(one) for key, one in value.items()}
            case int() if not isinstance(value, bool) and dice.random() < 0.3:
                return dice.choice(NUMBERS)
        return value

    return changed(msgspec.to_builtins(event))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(COLUMNS), stored), min_size=1, max_size=4))
def test_whatever_a_column_holds_the_file_is_read_or_refused_in_a_sentence(changes: list[tuple[str, object]]) -> None:
    with spoiled(*changes) as path, suppress(RecordingError), Replay(path) as replay:
        analyzer = analyzer_of(replay)
        for batch in replay.batches():
            analyzer.feed(batch)
        analyzer.snapshot(replay.end_ns)
        assert all(isinstance(problem, str) for problem in replay.problems)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32))
def test_numbers_that_no_session_has_are_skipped_or_shown_in_every_format(seed: int) -> None:
    dice = random.Random(seed)
    text = json.dumps([hostile(event, dice) for event in story()[:150]])

    with spoiled(("UPDATE batch SET events = ? WHERE id = 1", text)) as path, Replay(path) as replay:
        analyzer = analyzer_of(replay)
        for batch in replay.batches():
            analyzer.feed(batch)
        shown = analyzer.snapshot(replay.end_ns)
        analyzer.summary(replay.end_ns)
        for row in shown.endpoints:
            for series in row.history.round_trips.values():
                series.read(-1e9, 1e9, 1000)
            row.history.states.read(-1e9, 1e9, 1000)
        for number in range(shown.log.first, shown.log.end):
            assert shown.log.row(number).text
        for form in FORMATS:
            if form.is_available:
                form.write(replay, io.BytesIO())


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_no_number_of_an_event_sizes_the_analysis(seed: int) -> None:
    dice = random.Random(seed)
    analyzer = Analyzer(START_NS, 0)
    for config in ENDPOINTS:
        analyzer.add_endpoint(config)
    events = [event for event in story() if isinstance(event, StateChanged)]

    for event in events:
        slot = dice.choice([number for number in NUMBERS if isinstance(number, int)])
        name = dice.choice([event.endpoint, f"nobody {dice.randrange(10**6)}"])
        analyzer.feed([msgspec.structs.replace(event, slot=slot, endpoint=name)])

    rows = analyzer.snapshot(START_NS).endpoints
    assert len(rows) <= UNANNOUNCED_SLOTS + sum(config.connections for config in ENDPOINTS)


def test_slots_and_endpoints_beyond_the_bound_are_left_out_and_counted() -> None:
    analyzer = Analyzer(START_NS, 0)
    analyzer.add_endpoint(ENDPOINTS[0])
    (event,) = [event for event in story() if isinstance(event, StateChanged)][:1]

    analyzer.feed([msgspec.structs.replace(event, endpoint=NAME, slot=20_000)])
    analyzer.feed([msgspec.structs.replace(event, endpoint=NAME, slot=-1)])
    analyzer.feed([msgspec.structs.replace(event, endpoint=f"nobody {number}") for number in range(2000)])

    shown = analyzer.snapshot(START_NS)
    assert len(shown.endpoints) == 1 + UNANNOUNCED_SLOTS
    assert shown.health.skipped == 2 + 1000


@pytest.mark.parametrize(
    ("field", "value"),
    [("slot", 2**31), ("slot", -1), ("connection", 2**31), ("at_ns", 2**63), ("at_ns", 10**400)],
)
def test_an_event_with_a_number_out_of_bounds_is_counted_as_not_understood(field: str, value: int) -> None:
    event = msgspec.to_builtins(story()[3])
    decoder = Decoder()

    assert decoder.events(json.dumps([event | {field: value}, event]).encode()) == [story()[3]]
    assert decoder.skipped == 1


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"type":' + "[" * 100_000])
def test_nesting_without_end_is_not_followed(text: str) -> None:
    assert Decoder().events(text.encode()) == []
    assert read_config("voice", text).name == "voice"


@pytest.mark.parametrize("connections", [10**9, -5, 2**70, 1e300, "many"])
def test_a_recorded_configuration_announces_no_more_slots_than_an_endpoint_has(connections: object) -> None:
    config = read_config("voice", json.dumps({"name": "voice", "url": "ws://h", "connections": connections}))

    assert 1 <= config.connections <= MOST_SLOTS
    assert config.url == "ws://h"


def test_many_endpoints_of_many_connections_share_a_bound() -> None:
    config = json.dumps({"name": "x", "url": "ws://h", "connections": 1000})
    with tempfile.TemporaryDirectory() as folder:
        path = recorded(Path(folder) / "run.wsmon", [])
        connection = sqlite3.connect(path)
        rows = [(f"e{number}", config) for number in range(3000)]
        connection.executemany("INSERT INTO endpoint (name, config) VALUES (?, ?)", rows)
        connection.commit()
        connection.close()

        with Replay(path) as replay:
            assert len(replay.endpoints) <= 1000
            assert sum(one.connections for one in replay.endpoints) <= MOST_CONNECTIONS + 1000


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


@pytest.mark.parametrize(
    "table",
    [
        f"CREATE VIEW batch AS {ENDLESS} SELECT i AS id, 0 AS first_ns, 0 AS last_ns, zeroblob(1000) AS events FROM n",
        "CREATE TABLE batch (id INTEGER PRIMARY KEY, first_ns, last_ns, events AS (zeroblob(900000000)))",
    ],
    ids=["a view without end", "a column made up"],
)
def test_what_is_no_plain_table_is_refused(tmp_path: Path, table: str) -> None:
    path = recorded(tmp_path / "run.wsmon")
    connection = sqlite3.connect(path)
    connection.executescript(f"DROP TABLE batch; {table};")
    connection.close()

    with pytest.raises(RecordingError, match="is no plain table"):
        Replay(path)


def test_an_endless_view_of_facts_is_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")
    connection = sqlite3.connect(path)
    connection.executescript(f"DROP TABLE meta; CREATE VIEW meta AS {ENDLESS} SELECT i AS key, i AS value FROM n;")
    connection.close()

    with pytest.raises(RecordingError, match="is no plain table"):
        Replay(path)
