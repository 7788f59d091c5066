"""Parquet of every heartbeat, for data frames; needs `pyarrow`, which is an extra."""

from importlib import import_module
from types import ModuleType
from typing import Any

import msgspec

from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.headlines import at_the_end, headlines
from wsmonitor.exports.samples import Sample, samples
from wsmonitor.exports.source import Source

_ROWS = 100_000


def write(source: Source, sink: Sink) -> None:
    """One table with the columns of the CSV; `time` is a timestamp in UTC, to the microsecond.

    What the session came to is no column but `wsmonitor.headlines` in the metadata: JSON, a text for each endpoint.
    """
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    text, whole = arrow.dictionary(arrow.int32(), arrow.string()), arrow.int64()
    types = (arrow.timestamp("us", tz="UTC"), text, whole, whole, text, text, arrow.float64())
    came_to = msgspec.json.encode({name: line.text for name, line in headlines(at_the_end(source)).items()})
    columns = list(zip(Sample._fields, types, strict=True))
    schema = arrow.schema(columns, metadata={"wsmonitor.headlines": came_to})
    with parquet.ParquetWriter(arrow.PythonFile(sink, mode="w"), schema) as writer:
        waiting: list[Sample] = []
        for found in samples(source):
            waiting += [sample._replace(time=round(sample.time * 1e6)) for sample in found]
            if len(waiting) >= _ROWS:
                writer.write_table(_table(arrow, schema, waiting))
                waiting = []
        writer.write_table(_table(arrow, schema, waiting))


def _table(arrow: ModuleType, schema: Any, rows: list[Sample]) -> Any:
    columns = list(zip(*rows, strict=True)) or [()] * len(Sample._fields)
    arrays = [arrow.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)]
    return arrow.Table.from_arrays(arrays, schema=schema)


FORMAT = Format("parquet", "Parquet of every heartbeat", ".parquet", write, needs="pyarrow", extra="parquet")
