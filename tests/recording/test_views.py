"""What a user of `sqlite3` finds in a recording."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.facts import NAME, WALL_NS, ns
from tests.recording.session import excerpt, recorded
from wsmonitor.recording import Finding, save
from wsmonitor.recording.schema import APPLICATION_ID, VERSION

COLUMNS = {
    "rtt": "endpoint connection kind time rtt_ms",
    "state": "endpoint connection time old new",
    "closure": "endpoint connection time initiator mechanism received_code received_reason sent_code sent_reason"
    " life_s forced",
    "finding": "endpoint time rule severity confidence summary",
    "miss": "endpoint connection kind time consecutive",
    "heartbeat": "endpoint kind answered missed loss_percent",
    "opening": "endpoint connection time phase status error fatal duration_ms",
}
OFFSET_S = WALL_NS / 1e9 + 0.25


def query(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("view", COLUMNS)
def test_a_view_has_its_documented_columns(tmp_path: Path, view: str) -> None:
    path = recorded(tmp_path / "run.wsmon")

    connection = sqlite3.connect(path)
    found = [column[0] for column in connection.execute(f"SELECT * FROM {view}").description]
    connection.close()

    assert " ".join(found) == COLUMNS[view]


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    assert query(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert query(path, "PRAGMA user_version") == [(VERSION,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


def test_times_are_seconds_since_the_epoch_by_the_latest_anchor(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    (first,) = query(path, f"SELECT time, old, new FROM state WHERE endpoint = '{NAME}' ORDER BY time LIMIT 1")

    assert first == (round(OFFSET_S + 1.0, 6), "idle", "resolving")


def test_closures_say_who_and_how(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    ways = query(path, "SELECT endpoint, initiator, mechanism, sent_code, life_s, forced FROM closure ORDER BY time")

    assert ways == [(NAME, "peer", "fin", None, 60.0, None)] * 3 + [("chat", "local", "close_frame", 1000, 60.0, None)]


def test_loss_counts_misses_among_heartbeats_and_not_kernel_samples(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    assert query(path, "SELECT * FROM heartbeat ORDER BY endpoint") == [
        ("chat", "app", 60, 0, 0.0),
        (NAME, "ws", 60, 3, 100 * (3 / 63)),
    ]


def test_findings_are_kept_for_queries(tmp_path: Path) -> None:
    found = Finding(
        at_ns=ns(100), endpoint=NAME, rule="idle_timeout", severity="problem", confidence=0.9, summary="60 s of silence"
    )

    save(tmp_path / "run.wsmon", excerpt(), findings=(found,))

    assert query(tmp_path / "run.wsmon", "SELECT * FROM finding") == [
        (NAME, round(OFFSET_S + 100, 6), "idle_timeout", "problem", 0.9, "60 s of silence")
    ]


def test_every_event_can_be_read_without_this_program(tmp_path: Path) -> None:
    path = recorded(tmp_path / "run.wsmon")

    sizes = query(
        path,
        "SELECT value ->> 'direction', value ->> 'size_bytes' FROM batch, json_each(events)"
        " WHERE value ->> 'type' = 'message' LIMIT 2",
    )

    assert sizes == [("rx", 600), ("tx", 2)]
