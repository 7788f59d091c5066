"""Which rows pass a filter: a tree of the grammar becomes one test of a row. Pure.

A row is an event, or something about one: what words search in is the row's affair (`Rows`).
"""

import json
import math
import operator
import re
from collections.abc import Callable
from typing import Any, Final, Generic, Protocol, TypeVar, assert_never

from wsmonitor.analysis.filters.fields import FIELDS, OPCODES, Kind, Value
from wsmonitor.facts.events import AnyEvent, Control, Message
from wsmonitor.settings.checks import parse_duration
from wsmonitor.settings.conditions import grammar
from wsmonitor.settings.conditions.grammar import AtPath, Compared, FilterError, Node, Operator
from wsmonitor.settings.json_path import MISSING, json_equal, look_up
from wsmonitor.text.linear_regex import LinearRegex
from wsmonitor.text.wording.event_words import words

Row = TypeVar("Row")
RowAsked_contra = TypeVar("RowAsked_contra", contravariant=True)
Test = Callable[[Row], bool]

_HEX_BYTES = 48
_LONGEST_JSON: Final = 256 * 1024
"""A longer message is not parsed: nothing stands at any path in it."""
_SIZES: Final = {"": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9}
_SIZE: Final = re.compile(r"(?ai)(\d{1,12}(?:\.\d{0,6})?)\s?([kmg]?b?)")
_COUNT: Final = re.compile(r"(?a)\d{1,15}")
_ORDER: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Rows(Protocol[RowAsked_contra]):
    """What a filter has to know of the rows it is for."""

    def event(self, row: RowAsked_contra) -> AnyEvent:
        """The event whose fields are compared."""
        ...

    def values(self, name: str, row: RowAsked_contra) -> tuple[Value, ...] | None:
        """The values of a field that the row knows better than its event; `None` where it does not."""
        ...

    def text(self, row: RowAsked_contra) -> str:
        """What there is to search in."""
        ...

    def has(self, word: str, row: RowAsked_contra) -> bool:
        """True if `word`, lower case, is in what there is to search in."""
        ...


class EventRows:
    """Rows that are events: messages are searched as they came, anything else in its words."""

    def event(self, row: AnyEvent) -> AnyEvent:
        return row

    def values(self, name: str, row: AnyEvent) -> tuple[Value, ...] | None:
        return None

    def text(self, row: AnyEvent) -> str:
        if type(row) is Message and row.opcode == 1:
            return row.payload.decode("utf-8", "replace")
        if isinstance(row, Message) or (isinstance(row, Control) and row.opcode != OPCODES["close"]):
            suppressed = " (suppressed)" if isinstance(row, Control) and row.suppressed else ""
            return f"{row.payload[:_HEX_BYTES].hex(' ')} {row.payload.decode('utf-8', 'replace')}{suppressed}"
        return words(row)

    def has(self, word: str, row: AnyEvent) -> bool:
        """ASCII in a text message is found without decoding it."""
        if type(row) is Message and row.opcode == 1 and word.isascii():
            return word.encode() in row.payload.lower()
        return word in self.text(row).lower()


EVENTS: Final = EventRows()


def compile_filter(text: str, rows: Rows[Row]) -> Test[Row] | None:
    """The test that `text` describes, `None` where every row passes. Raises `FilterError` with a sentence."""
    node = grammar.parse(text, FIELDS)
    return None if node is None else _Compiler(rows).test(node)


class _Compiler(Generic[Row]):
    def __init__(self, rows: Rows[Row]) -> None:
        self._rows = rows

    def test(self, node: Node) -> Test[Row]:
        match node:
            case grammar.Word():
                return self._word(node)
            case grammar.Expression(pattern):
                search, text = LinearRegex(f"(?i){pattern}").search, self._rows.text
                return lambda row: search(text(row))
            case Compared():
                return self._compared(node)
            case AtPath():
                holds, event = _at_path(node), self._rows.event
                return lambda row: holds(event(row))
            case grammar.Not(one):
                inner = self.test(one)
                return lambda row: not inner(row)
            case grammar.AllOf(nodes):
                every = [self.test(one) for one in nodes]
                return lambda row: all(test(row) for test in every)
            case grammar.AnyOf(nodes):
                some = [self.test(one) for one in nodes]
                return lambda row: any(test(row) for test in some)
            case _:
                assert_never(node)

    def _word(self, node: grammar.Word) -> Test[Row]:
        word, has, event = node.text, self._rows.has, self._rows.event
        if node.is_quoted:
            return lambda row: has(word, row)
        if word in ("rx", "tx"):
            return lambda row: isinstance(one := event(row), Message | Control) and one.direction == word
        if word in OPCODES:
            opcode = OPCODES[word]
            return lambda row: (
                one.opcode == opcode if isinstance(one := event(row), Message | Control) else has(word, row)
            )
        return lambda row: has(word, row)

    def _compared(self, node: Compared) -> Test[Row]:
        """One of the values fulfils it; for `!=` there are values, and each does."""
        field, rows, name = FIELDS[node.field], self._rows, node.field
        holds = _text_test(node) if field.kind == "text" else _number_test(node, field.kind)
        is_unequal = node.operator == "!="

        def test(row: Row) -> bool:
            values = rows.values(name, row)
            if values is None:
                values = field.read(rows.event(row))
            return bool(values) and all(map(holds, values)) if is_unequal else any(map(holds, values))

        return test


def _text_test(node: Compared) -> Callable[[Value], bool]:
    wanted = node.value.lower()
    if node.is_expression:
        search = LinearRegex(f"(?i){node.value}").search
        return lambda value: search(str(value))
    if node.operator in _ORDER:
        raise FilterError(f"{node.field} is a text: it has == != : and ~, found {node.operator}")
    match node.operator:
        case "==":
            return lambda value: str(value).lower() == wanted
        case "!=":
            return lambda value: str(value).lower() != wanted
    return lambda value: wanted in str(value).lower()


def _number_test(node: Compared, kind: Kind) -> Callable[[Value], bool]:
    if node.is_expression:
        raise FilterError(f"{node.field} is a number: it has == != < <= > >=, found {node.operator}")
    value, about = _number(node, kind)
    if node.operator in _ORDER:
        holds = _ORDER[node.operator]
        return lambda found: holds(found, value)
    is_wanted = node.operator != "!="
    return lambda found: (isinstance(found, int) and value - about <= found <= value + about) is is_wanted


def _number(node: Compared, kind: Kind) -> tuple[float, float]:
    """The value, and by how much one may differ that is as good as equal: half of the last digit of a duration."""
    text = node.value.strip().lower()
    if kind == "duration":
        try:
            seconds = parse_duration(text)
        except ValueError:
            raise _expected(node, "a duration such as 500ms, 20s or 2m") from None
        digits = re.match(r"(?a)\d*\.?(\d*)\s?([a-z]*)", text)
        assert digits is not None
        unit_s = parse_duration(f"1{digits[2]}")
        return seconds * 1e9, unit_s * 1e9 / 2 / 10 ** len(digits[1])
    if kind == "size":
        match = _SIZE.fullmatch(text)
        if match is None:
            raise _expected(node, "a size such as 512, 1k or 2.5M")
        return float(match[1]) * _SIZES[match[2].lower()], 0.5
    if _COUNT.fullmatch(text) is None:
        raise _expected(node, "a whole number")
    return int(text), 0


def _expected(node: Compared, what: str) -> FilterError:
    return FilterError(f"after {node.field} {node.operator} expected {what}, found {node.value[:40]!r}")


def _at_path(node: AtPath) -> Test[AnyEvent]:
    """JSON of a text message that was captured as a whole."""
    holds = _json_test(node)

    def test(event: AnyEvent) -> bool:
        if not isinstance(event, Message) or event.opcode != OPCODES["text"] or len(event.payload) > _LONGEST_JSON:
            return False
        try:
            found = look_up(json.loads(event.payload), node.path)
        except (ValueError, RecursionError):
            return False
        return found is not MISSING and holds(found)

    return test


def _json_test(node: AtPath) -> Callable[[Any], bool]:
    if node.operator is None:
        return lambda found: True
    if node.is_expression:
        search = LinearRegex(f"(?i){node.value}").search
        return lambda found: isinstance(found, str) and search(found)
    wanted = node.value if node.is_quoted else _json_value(node.value)
    match node.operator:
        case "==":
            return lambda found: json_equal(found, wanted)
        case "!=":
            return lambda found: not json_equal(found, wanted)
        case ":" | "~":
            part = str(node.value).lower()
            return lambda found: part in found.lower() if isinstance(found, str) else json_equal(found, wanted)
    if not _is_number(wanted):
        raise FilterError(f"after {node.path} {node.operator} expected a number, found {node.value[:40]!r}")
    holds = _ORDER[node.operator]
    return lambda found: _is_number(found) and holds(found, wanted)


def _json_value(text: str) -> Any:
    """`3`, `true`, `null` as JSON has them; any other is a text."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if value is None or isinstance(value, bool | int | float) else text


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)
