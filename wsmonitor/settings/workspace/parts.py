"""Pure: a workspace file cut into one part for each of its top-level tables, with the comment above it.

tomlkit joins the tables of one array when others stand between them, and takes a comment above a table for
the end of the one before. Part by part each stays where it is, and its comment with it.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wsmonitor.settings.workspace.lines import Lines


class Part(Struct, frozen=True):
    """One `[[array]]` table with everything below it, and the comment and blank lines directly above it."""

    array: str
    text: str


class Parts(Struct, frozen=True):
    """A whole file: what stands before the first table, then the tables."""

    preamble: str
    tables: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The file."""
        pieces = [piece for piece in (self.preamble, *(part.text for part in self.tables)) if piece]
        ended = [piece if piece.endswith("\n") else f"{piece}\n" for piece in pieces[:-1]]
        return "".join([*ended, *pieces[-1:]])

    def places(self, array: str) -> list[int]:
        """Where the tables of `array` stand."""
        return [at for at, part in enumerate(self.tables) if part.array == array]

    def with_array(self, array: str, places: Sequence[int], texts: Sequence[str]) -> "Parts":
        """`texts` as the tables of `array`: at `places` of its former ones, and what is more behind the last."""
        left = list(texts)
        kept = set(places)
        behind = max(places, default=len(self.tables) - 1)
        tables: list[Part] = []
        for at, part in enumerate(self.tables):
            if part.array != array:
                tables.append(part)
            elif at in kept:
                tables.append(Part(array, left.pop(0)))
            if at == behind:
                tables += [Part(array, text) for text in left]
        return replace(self, tables=tuple(tables or (Part(array, text) for text in left)))


def cut_up(text: str) -> Parts | None:
    """The parts of `text`; `None` where they would not mean the same one by one."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)  # `splitlines` would cut at characters inside strings, too
    data = tomllib.loads(text)
    starts = sorted(_starts(text, lines, data))
    ends = [at for at, _ in starts[1:]] + [len(lines)]
    tables = tuple(Part(array, "".join(lines[at:end])) for (at, array), end in zip(starts, ends, strict=False))
    parts = Parts("".join(lines[: starts[0][0]] if starts else lines), tables)
    return parts if _meaning(parts) == data else None


def _starts(text: str, lines: Sequence[str], data: dict[str, Any]) -> list[tuple[int, str]]:
    """The first line of each part, counted from 0, and its array."""
    where = Lines(text)
    found = []
    for array, items in data.items():
        for index in range(len(items) if isinstance(items, list) else 0):
            at = where.of((array, index)) - 1
            if lines[at].lstrip().startswith("[["):
                found.append((_above(lines, at), array))
    return found


def _above(lines: Sequence[str], at: int) -> int:
    """The first line of the comment directly above line `at`, and of the blank lines above that."""
    while at > 0 and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    return at


def _meaning(parts: Parts) -> dict[str, Any] | None:
    """What the parts say when each is read by itself; `None` where one cannot be, or says more than its table."""
    try:
        meaning: dict[str, Any] = tomllib.loads(parts.preamble)
        for part in parts.tables:
            alone = tomllib.loads(part.text)
            if alone.keys() != {part.array}:
                return None
            meaning.setdefault(part.array, []).extend(alone[part.array])
    except (tomllib.TOMLDecodeError, AttributeError):
        return None
    return meaning
