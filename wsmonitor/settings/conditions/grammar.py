"""What a filter or a condition says, as a tree: words, `/expressions/`, `field op value`, `$.path`, `&`, `|`, `!`.

    any  = all { "|" all }
    all  = one { [ "&" ] one }
    one  = "!" one | "(" any ")" | field op value | path [ op value ] | /expression/ | "text" | word

What is no field and no path is a word to search for, so that `http://host` and `{"a":1}` need no quotes.
"""

import difflib
import re
from collections.abc import Collection
from typing import Final, Literal, get_args

from msgspec import Struct

from wsmonitor.settings.json_path import parse_path
from wsmonitor.text.linear_regex import LinearRegex

LONGEST: Final = 2_000
"""Characters of a filter."""
DEEPEST: Final = 40
"""Brackets and `!` within each other."""

Operator = Literal["==", "!=", "<=", ">=", "<", ">", "~", ":"]
_OPERATORS: Final = get_args(Operator)
_COMPARISON: Final = re.compile(r"([A-Za-z][A-Za-z_0-9]*)[ \t]*(==|!=|<=|>=|=|<|>|~|:)[ \t]*")
_OPERATOR: Final = re.compile(r"[ \t]*(==|!=|<=|>=|=|<|>|~|:)[ \t]*")
_PATH: Final = re.compile(r"""\$(?:\.[\w-]+|\[-?[0-9]{1,9}\]|\['[^']*'\]|\["[^"]*"\])+""")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ENDS: Final = " \t&|"


class FilterError(ValueError):
    """What is wrong with a filter or condition, in one sentence that says what was expected."""


class UnknownFieldError(FilterError):
    """A field is compared that there is not; `meant` says what there is."""

    def __init__(self, name: str, meant: str) -> None:
        super().__init__(f"there is no field {name}: {meant} In quotes it is searched for")
        self.name, self.meant = name, meant


class Word(Struct, frozen=True):
    """What the row shows, or a message holds, contains `text` (lower case)."""

    text: str
    is_quoted: bool = False


class Expression(Struct, frozen=True):
    """What the row shows, or a message holds, has a part that `pattern` describes."""

    pattern: str


class Compared(Struct, frozen=True):
    """The value of a field stands in this relation to `value`; `is_expression` where it was written `/.../`."""

    field: str
    operator: Operator
    value: str
    is_quoted: bool = False
    is_expression: bool = False


class AtPath(Struct, frozen=True):
    """A text message is JSON in which there is something at `path`, in this relation to `value`; `None`: anything."""

    path: str
    operator: Operator | None = None
    value: str = ""
    is_quoted: bool = False
    is_expression: bool = False


class Not(Struct, frozen=True):
    """What is not so."""

    one: "Node"


class AllOf(Struct, frozen=True):
    """All of these."""

    nodes: tuple["Node", ...]


class AnyOf(Struct, frozen=True):
    """One of these at least."""

    nodes: tuple["Node", ...]


Node = Word | Expression | Compared | AtPath | Not | AllOf | AnyOf


def parse(text: str, fields: Collection[str]) -> Node | None:
    """The tree of `text`, `None` for one of blanks. `fields` are the names that can be compared.

    Raises `FilterError`; promises to do so for anything that is no filter, and to end soon.
    """
    if len(text) > LONGEST:
        raise FilterError(f"a filter has at most {LONGEST:,} characters, found {len(text):,}")
    if not text.strip():
        return None
    return _Parser(text.replace("\n", " ").replace("\r", " "), fields).whole()


class _Parser:
    """Reads from the left to the right; `_depth` brackets are open."""

    def __init__(self, text: str, fields: Collection[str]) -> None:
        self._text, self._fields = text, fields
        self._at = 0
        self._depth = 0
        self._nested = 0

    def whole(self) -> Node:
        node = self._any()
        if self._at < len(self._text):
            raise FilterError(f"nothing is open that {self._text[self._at]} could close")
        return node

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._take("|"):
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else AnyOf(tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._one()]
        while self._take("&") or not self._is_over():
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else AllOf(tuple(nodes))

    def _is_over(self) -> bool:
        return self._next() in ("", "|") or (self._next() == ")" and self._depth > 0)

    def _one(self) -> Node:
        self._nested += 1
        if self._nested > DEEPEST:
            raise FilterError(f"at most {DEEPEST} brackets and ! may stand within each other")
        try:
            return self._read(self._next())
        finally:
            self._nested -= 1

    def _read(self, first: str) -> Node:
        if first == "!":
            self._at += 1
            return Not(self._one())
        if first == "(":
            self._at += 1
            self._depth += 1
            node = self._any()
            if not self._take(")"):
                raise FilterError("a ( is open that no ) closes; in quotes it is searched for")
            self._depth -= 1
            return node
        if not first or first in "&|" or (first == ")" and self._depth):
            raise self._expected("a word, a field or $.path")
        if first == "/" and len(self._text) > self._at + 1:
            return Expression(self._expression())
        return self._path() or self._comparison() or self._word()

    def _path(self) -> Node | None:
        match = _PATH.match(self._text, self._at)
        if match is None:
            return None
        parse_path(match[0])
        self._at = match.end()
        operator = _OPERATOR.match(self._text, self._at)
        if operator is None:
            return AtPath(match[0])
        self._at = operator.end()
        return AtPath(match[0], _operator(operator[1]), *self._value(f"{match[0]} {operator[1]}", operator[1]))

    def _comparison(self) -> Node | None:
        match = _COMPARISON.match(self._text, self._at)
        if match is None:
            return None
        name, sign = match[1].lower(), match[2]
        if name not in self._fields:
            similar = difflib.get_close_matches(name, self._fields, 1, 0.75)
            if sign in (":", "=", "~") and not similar:
                return None
            meant = f"did you mean {similar[0]}?" if similar else f"the fields are {', '.join(self._fields)}."
            raise UnknownFieldError(match[1], meant)
        self._at = match.end()
        return Compared(name, _operator(sign), *self._value(f"{name} {sign}", sign))

    def _word(self) -> Node:
        quoted = _QUOTED.match(self._text, self._at)
        if quoted is not None and (quoted.end() == len(self._text) or self._ends_at(quoted.end())):
            self._at = quoted.end()
            return Word(_unquoted(quoted[1]).lower(), is_quoted=True)
        return Word(self._run().lower())

    def _value(self, before: str, sign: str) -> tuple[str, bool, bool]:
        """The value, whether it is quoted, whether it is an expression."""
        first = self._text[self._at : self._at + 1]
        if first == "/" and sign in ("~", ":"):
            return self._expression(), False, True
        if first == '"':
            quoted = _QUOTED.match(self._text, self._at)
            if quoted is None:
                raise FilterError(f'after {before}: a " is open that no " closes')
            self._at = quoted.end()
            value, is_quoted = _unquoted(quoted[1]), True
        else:
            value, is_quoted = self._run(), False
        if not value and not is_quoted:
            raise self._expected(f"a value after {before}")
        if sign == "~":
            _check(value)
        return value, is_quoted, sign == "~"

    def _expression(self) -> str:
        """`/.../` from here; the end of the text ends it too. Raises `FilterError` for what cannot be searched for."""
        start = end = self._at + 1
        while end < len(self._text):
            if self._text[end] == "\\":
                end += 1
            elif self._text[end] == "/" and (end + 1 == len(self._text) or self._ends_at(end + 1)):
                break
            end += 1
        pattern = self._text[start:end]
        self._at = min(len(self._text), end + 1)
        _check(pattern)
        return pattern

    def _run(self) -> str:
        """Characters up to a blank, `&`, `|` or the `)` of a bracket outside."""
        start, inner = self._at, 0
        while self._at < len(self._text) and self._text[self._at] not in _ENDS:
            char = self._text[self._at]
            inner += (char == "(") - (char == ")")
            if inner < 0 and self._depth:
                break
            self._at += 1
        return self._text[start : self._at]

    def _ends_at(self, position: int) -> bool:
        char = self._text[position]
        return char in _ENDS or (char == ")" and self._depth > 0)

    def _next(self) -> str:
        while self._at < len(self._text) and self._text[self._at] in " \t":
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _take(self, char: str) -> bool:
        """Pass `char`, doubled or not, if it comes next."""
        if self._next() != char:
            return False
        self._at += 2 if char in "&|" and self._text.startswith(char * 2, self._at) else 1
        return True

    def _expected(self, what: str) -> FilterError:
        rest = self._text[self._at :].strip()
        return FilterError(f"expected {what}, found {rest[:40]!r}" if rest else f"expected {what}, found nothing")


def _operator(sign: str) -> Operator:
    return next(known for known in _OPERATORS if known == ("==" if sign == "=" else sign))


def _unquoted(text: str) -> str:
    return re.sub(r'\\(["\\])', r"\1", text)


def _check(pattern: str) -> None:
    try:
        LinearRegex(pattern)  # for the position that it says
        LinearRegex(f"(?i){pattern}")
    except ValueError as error:
        raise FilterError(f"not a regular expression: {error}") from error
