"""Parameters of a scenario: declared once as fields of a class, read from the URL's query.

A field's name without its unit suffix is the name in the query: `after_s` is `?after=5s`.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, dataclass_transform

from wsmonitor.lab.wire.request import HttpError

T = TypeVar("T")
P = TypeVar("P")

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)")
_DURATION_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_SIZE: Final = re.compile(r"(\d+)(B|KiB|MiB)?")
_SIZE_UNITS: Final = {None: 1, "B": 1, "KiB": 1024, "MiB": 1024 * 1024}

SHARED_NAMES: Final = ("room",)
"""Accepted by every scenario and otherwise unused: another value makes a private copy of shared state."""


@dataclass(frozen=True)
class Parameter:
    """What the page, the table and an error say of one parameter."""

    name: str
    about: str
    default: str
    expected: str


def duration(default: str, about: str) -> float:
    """A duration such as `500ms`, `5s` or `2m`; the field holds seconds."""
    return declare(default, about, "a duration such as 500ms, 5s or 2m", parse_duration)


def size(default: str, about: str) -> int:
    """A size such as `100`, `64KiB` or `2MiB`; the field holds bytes."""
    return declare(default, about, "a size such as 100, 64KiB or 2MiB", parse_size)


def integer(default: int, about: str, *, low: int = 0, high: int = 10**9) -> int:
    """A whole number from `low` to `high`."""

    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return declare(str(default), about, f"a whole number from {low} to {high}, such as {default}", parse)


def choice(default: str, options: Iterable[str], about: str) -> str:
    """One of several words."""
    words = tuple(options)

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return declare(default, about, "one of " + ", ".join(words), parse)


def text(default: str, about: str) -> str:
    """Any text."""
    return declare(default, about, "a text without control characters", _parse_text)


def declare(default: str, about: str, expected: str, parse: Callable[[str], T]) -> T:
    """A dataclass field for a parameter; `parse` raises `ValueError`. The kinds above are usually enough."""
    metadata = {"about": about, "default": default, "expected": expected, "parse": parse}
    return field(default=parse(default), metadata=metadata)


@dataclass_transform(frozen_default=True)
class Query:
    """Base of a scenario's parameters, which are declared as its fields: each class becomes a frozen dataclass."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


class NoParameters(Query):
    """For scenarios that take none."""


def parse_duration(word: str) -> float:
    """Seconds; raises `ValueError`."""
    match = _DURATION.fullmatch(word)
    if match is None or float(match[1]) * _DURATION_UNITS[match[2]] > 7 * 86400:
        raise ValueError(word)
    return float(match[1]) * _DURATION_UNITS[match[2]]


def parse_size(word: str) -> int:
    """Bytes, at most 128 MiB; raises `ValueError`."""
    match = _SIZE.fullmatch(word)
    if match is None or int(match[1]) * _SIZE_UNITS[match[2]] > 128 * 1024 * 1024:
        raise ValueError(word)
    return int(match[1]) * _SIZE_UNITS[match[2]]


def read(kind: type[P], query: Iterable[tuple[str, str]]) -> P:
    """The parameters that a query asks for, defaults for the rest; raises `HttpError` naming every mistake."""
    fields = {_query_name(item): item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]  # any dataclass
    values: dict[str, Any] = {}
    mistakes: list[str] = []
    for name, word in query:
        if name in SHARED_NAMES:
            continue
        if name not in fields:
            known = ", ".join([*fields, *SHARED_NAMES])
            mistakes.append(f"Unknown parameter {name!r}; this scenario knows: {known}.")
            continue
        item = fields[name]
        try:
            values[item.name] = item.metadata["parse"](word)
        except ValueError:
            expected, default = item.metadata["expected"], item.metadata["default"]
            mistakes.append(f"Parameter {name!r}: expected {expected}, found {word!r}. Example: ?{name}={default}")
    if mistakes:
        raise HttpError(400, "\n".join(mistakes))
    return kind(**values)


def describe(kind: type[Any]) -> tuple[Parameter, ...]:
    """Every parameter with its default, in the order of declaration."""
    return tuple(
        Parameter(_query_name(item), item.metadata["about"], item.metadata["default"], item.metadata["expected"])
        for item in dataclasses.fields(kind)
    )


def _query_name(item: "dataclasses.Field[Any]") -> str:
    return re.sub(r"_(s|bytes)$", "", item.name)


def _parse_text(word: str) -> str:
    if not word.isprintable():
        raise ValueError
    return word
