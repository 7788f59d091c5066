"""Pure: on which line of a TOML text each key stands.

A parser keeps values, not places, and tomlkit joins `[[endpoint]]` tables that other tables separate,
so that a walk of its body loses count. This scanner reads valid TOML only (a parser has accepted it
before), which is what keeps it short.
"""

import re
import tomllib
from bisect import bisect_right

Place = tuple[str | int, ...]
"""Keys and list positions from the top: `("endpoint", 0, "ping", "interval_s")`."""

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' + r"|'''.*?'{3,5}(?!')" + r'|"(?:\\.|[^"\\])*"' + r"|'[^']*'", re.DOTALL
)
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d [0-9:.]+(?:Z|[+-]\d\d:\d\d)?|[^,\]}\s#]+")


class Lines:
    """The line, counted from 1, of every key, table and list element of `text`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._newlines = [match.start() for match in re.finditer("\n", text)]
        self._last_of: dict[Place, int] = {}
        self._lines: dict[Place, int] = {(): 1}
        self._scan()

    def of(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that is written down."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]

    def _scan(self) -> None:
        table: Place = ()
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._array_header()
            elif self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Place:
        start = self._at
        self._at += 1
        table = self._resolved(self._keys())
        self._at += 1
        self._note(table, start)
        return table

    def _array_header(self) -> Place:
        start = self._at
        self._at += 2
        keys = self._keys()
        array = (*self._resolved(keys[:-1]), keys[-1])
        self._at += 2
        self._last_of[array] = self._last_of.get(array, -1) + 1
        self._note(array, start)
        self._note((*array, self._last_of[array]), start)
        return (*array, self._last_of[array])

    def _resolved(self, keys: list[str]) -> Place:
        """`keys` with the current position wherever one names an array of tables."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            if place in self._last_of:
                place = (*place, self._last_of[place])
        return place

    def _pair(self, table: Place) -> None:
        start = self._at
        place = table
        for key in self._keys():
            place = (*place, key)
            self._note(place, start)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(place)

    def _keys(self) -> list[str]:
        """The parts of a dotted key; leaves the position behind it and the blanks that follow."""
        keys = []
        while True:
            self._skip(_SPACE)
            quoted = self._text[self._at] in "\"'"
            raw = self._take(_STRING if quoted else _BARE_KEY)
            keys.append(tomllib.loads(f"k={raw}")["k"] if quoted else raw)
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _value(self, place: Place) -> None:
        self._note(place, self._at)
        match self._text[self._at]:
            case "[":
                self._elements(place)
            case "{":
                self._inline_table(place)
            case '"' | "'":
                self._take(_STRING)
            case _:
                self._take(_SCALAR)

    def _elements(self, place: Place) -> None:
        self._at += 1
        index = 0
        while self._skip(_BLANK) and self._text[self._at] != "]":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._value((*place, index))
            index += 1
        self._at += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        while self._skip(_BLANK) and self._text[self._at] != "}":
            if self._text[self._at] == ",":
                self._at += 1
                continue
            self._pair(place)
        self._at += 1

    def _note(self, place: Place, position: int) -> None:
        self._lines.setdefault(place, bisect_right(self._newlines, position - 1) + 1)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"no valid TOML at {self._text[self._at : self._at + 40]!r}")
        self._at = match.end()
        return match[0]
