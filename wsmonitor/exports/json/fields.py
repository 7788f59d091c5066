"""A struct as the NDJSON contract has it: its fields under their own names, durations with their unit."""

from collections.abc import Collection
from functools import cache
from typing import Any

from msgspec import Struct

Record = dict[str, Any]
_IN_SECONDS = ("gap", "lag_window", "life", "limit", "retry_after", "retry_in", "silence_rx", "silence_tx")


def fields_of(one: Struct, but: Collection[str] = ()) -> Record:
    """The fields of `one`, and of the structs in them, without those called like one of `but`."""
    record: Record = {}
    for name, named, unit_ns in _plan(type(one)):
        if name not in but:
            value = getattr(one, name)
            record[named] = _plain(value) if unit_ns == 0 or value is None else value / unit_ns
    return record


@cache
def _plan(kind: type[Struct]) -> tuple[tuple[str, str, float], ...]:
    """Each field, its name in the record, and the nanoseconds of its unit; 0 for what is no duration."""
    found = []
    for name in kind.__struct_fields__:
        stem = name.removesuffix("_ns")
        unit, unit_ns = ("_s", 1e9) if stem in _IN_SECONDS else ("_ms", 1e6)
        found.append((name, name, 0.0) if stem == name else (name, stem + unit, unit_ns))
    return tuple(found)


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return fields_of(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
