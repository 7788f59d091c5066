"""Parquet, where pyarrow is installed; it is an extra."""

import io

import pytest

from tests.recording.session import excerpt
from wsmonitor.exports import parquet
from wsmonitor.exports.csv import samples_csv

needs_pyarrow = pytest.mark.skipif(not parquet.FORMAT.is_available, reason="pyarrow is not installed")


@needs_pyarrow
def test_it_has_the_rows_of_the_csv() -> None:
    read_table = pytest.importorskip("pyarrow.parquet").read_table
    columns, lines = io.BytesIO(), io.BytesIO()
    parquet.write(excerpt(), columns)
    samples_csv.write(excerpt(), lines)

    rows = read_table(io.BytesIO(columns.getvalue())).to_pylist()
    expected = [line.split(",") for line in lines.getvalue().decode().splitlines()[1:]]

    assert [row["endpoint"] for row in rows] == [cells[1] for cells in expected]
    assert [row["rtt_ms"] for row in rows] == [float(cells[6]) if cells[6] else None for cells in expected]
    assert [row["time"].timestamp() for row in rows] == [float(cells[0]) for cells in expected]


@needs_pyarrow
def test_an_empty_session_is_an_empty_table() -> None:
    read_table = pytest.importorskip("pyarrow.parquet").read_table
    columns = io.BytesIO()
    parquet.write(excerpt([]), columns)

    assert read_table(io.BytesIO(columns.getvalue())).num_rows == 0
