"""`watch --record FILE`: what was printed can be opened again, and the numbers agree to the last digit."""

import asyncio
import csv
import io
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.watch.test_command import Record, Watch, of_type, server
from wsmonitor.__main__ import main
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.series.percentiles import Histogram
from wsmonitor.exports.csv import summary
from wsmonitor.exports.json import ndjson_file
from wsmonitor.exports.json.ndjson import Ndjson
from wsmonitor.exports.report import markdown
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.recording import Replay

RUN = ("-o", "json", "--duration", "2s", "--ping-interval", "50ms", "--send", "n ${seq}", "--send-every", "100ms")


async def test_numbers_of_watch_window_exports_and_sql_agree_to_the_last_digit(tmp_path: Path) -> None:
    file = tmp_path / "run.wsmon"
    async with server() as url:
        printed = await Watch(url, *RUN, "--disrupt", "tcp_reset@700ms", "--record", str(file)).records()

    (summary,) = of_type("summary", printed)
    assert summary["rtt_ms"]["ws"]["count"] > 15
    assert summary["closures_total"] == 2
    assert window_summary(file) == without_time(summary)
    assert exported_summary(file) == without_time(summary)
    assert csv_numbers(file) == {kind: of_kind for kind, of_kind in numbers(summary).items() if of_kind[0]}
    assert sql_numbers(file) == {kind: of_kind for kind, of_kind in numbers(summary).items() if of_kind[0]}
    assert sql_lives(file) == [verdict["life_s"] for verdict in summary["closures"]]
    for value in summary["rtt_ms"]["ws"].values():
        assert f"| {value} |" in report(file)


async def test_every_line_that_was_printed_is_in_the_recording(tmp_path: Path) -> None:
    file = tmp_path / "run.wsmon"
    async with server() as url:
        printed = await Watch(url, *RUN, "--record", str(file)).records()

    headline, *again = [json.loads(line) for line in exported(file).splitlines()]
    assert headline["type"] == "headline"
    assert [(one["type"], one["time"]) for one in again if one["type"] != "summary"] == [
        (one["type"], one["time"]) for one in printed if one["type"] != "summary"
    ]


@pytest.mark.parametrize("name", ["run.wsmon", "none/run.wsmon"], ids=["exists", "no folder"])
def test_a_file_that_cannot_be_made_is_wrong_use_before_the_first_dial(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "run.wsmon").write_text("mine")

    assert main(["watch", "ws://localhost:1", "--duration", "1h", "--record", str(tmp_path / name)]) == 2

    captured = capfd.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("wsmonitor watch: --record: ")
    assert captured.out == ""
    assert (tmp_path / "run.wsmon").read_text() == "mine"


async def test_ctrl_c_ends_the_recording_properly(tmp_path: Path) -> None:
    file = tmp_path / "run.wsmon"
    async with server() as url:
        process = await Watch(url, "-o", "json", "--record", str(file)).start()
        assert process.stdout is not None
        while b'"new":"open"' not in await asyncio.wait_for(process.stdout.readline(), 20):
            pass
        process.terminate()
        await process.communicate()

    assert process.returncode == 130
    with Replay(file) as replay:
        assert replay.was_ended
        assert sum(map(len, replay.batches())) > 3
        assert replay.problems == []


async def test_no_secret_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "run.wsmon"
    async with server() as url:
        target = f"{url}/?token=s3cret"
        options = ("-q", "--duration", "500ms", "--show-secrets", "--auth", "alice:s3cret")
        await Watch(target, *options, "-H", "Cookie: s=s3cret", "--record", str(file)).finished()

    assert file.stat().st_size > 0
    assert b"s3cret" not in file.read_bytes()


def window_summary(file: Path) -> Record:
    with Replay(file) as replay:
        analyzer = Analyzer(replay.start_ns, replay.wall_ns)
        for config in replay.endpoints:
            analyzer.add_endpoint(config)
        for batch in replay.batches():
            analyzer.feed(batch)
        (summary,) = analyzer.summary(replay.end_ns)
        (row,) = analyzer.snapshot(replay.end_ns).endpoints
        assert (row.p50_ns, row.p99_ns) == (summary.rtt["ws"].p50_ns, summary.rtt["ws"].p99_ns)
        record = Ndjson(WallClock()).summary(summary, replay.end_ns)
    return without_time(json.loads(json.dumps(record)))


def exported(file: Path) -> str:
    sink = io.BytesIO()
    with Replay(file) as replay:
        ndjson_file.write(replay, sink)
    return sink.getvalue().decode()


def exported_summary(file: Path) -> Record:
    return without_time(json.loads(exported(file).splitlines()[-1]))


def report(file: Path) -> str:
    sink = io.BytesIO()
    with Replay(file) as replay:
        markdown.write(replay, sink)
    return sink.getvalue().decode()


def without_time(summary: Record) -> Record:
    return {name: value for name, value in summary.items() if name != "time"}


def numbers(summary: Record) -> dict[str, Any]:
    """Kind -> p50, p90, p99, maximum and loss."""
    return {
        kind: (of_kind["p50"], of_kind["p90"], of_kind["p99"], of_kind["max"], of_kind["loss_percent"])
        for kind, of_kind in summary["rtt_ms"].items()
    }


def csv_numbers(file: Path) -> dict[str, Any]:
    sink = io.BytesIO()
    with Replay(file) as replay:
        summary.write(replay, sink)
    rows = csv.DictReader(io.StringIO(sink.getvalue().decode()))
    names = ("P50", "P90", "P99", "Wrst", "Loss%")
    return {row["Kind"]: tuple(float(row[name]) if row[name] else None for name in names) for row in rows}


def sql_numbers(file: Path) -> dict[str, Any]:
    """Percentiles by our module over the rows of the views; largest value and loss by SQL itself."""
    connection = sqlite3.connect(file)
    found: dict[str, Any] = {}
    for (kind,) in connection.execute("SELECT DISTINCT kind FROM rtt").fetchall():
        histogram = Histogram()
        for (rtt_ms,) in connection.execute("SELECT rtt_ms FROM rtt WHERE kind = ?", (kind,)):
            histogram.add(round(rtt_ms * 1e6))
        middle = [(histogram.percentile(percent) or 0) / 1e6 for percent in (50, 90, 99)]
        (largest,) = connection.execute("SELECT MAX(rtt_ms) FROM rtt WHERE kind = ?", (kind,)).fetchone()
        loss = connection.execute("SELECT loss_percent FROM heartbeat WHERE kind = ?", (kind,)).fetchone()
        found[kind] = (*middle, largest, None if loss is None else round(loss[0], 4))
    connection.close()
    return found


def sql_lives(file: Path) -> list[float]:
    connection = sqlite3.connect(file)
    found = [life_s for (life_s,) in connection.execute("SELECT life_s FROM closure ORDER BY time")]
    connection.close()
    return found
