"""Pure: does a text contain what a regular expression describes, in time that grows with the text alone.

`re` tries one way after the other, which a peer's text can make take hours (`(a+)+$`), and nothing interrupts
it. Here all ways are followed at once (K. Thompson, 1968), and what follows a character is remembered. `re`
reads the expression and judges single characters, so these mean what they mean there. What no automaton can
do is refused: references to groups, looking ahead or behind, atomic groups and possessive repeats.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]  # private; a test compares with `re`
from typing import Any

NODES_LIMIT = 1_000
"""A larger automaton is refused: `(a{99}){99}`."""
WORK_LIMIT = 100_000
"""After so many visits of nodes nothing is found: some 20 ms, where what follows a character is always new."""
_REMEMBERED = 4_096
_CHEAP = 1 << 22
"""So many steps of `re` at most are as good as the automaton: some 10 ms, and mostly far less."""

Test = Callable[[str], object]
_ONE_CHARACTER = frozenset({_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN})
_REPEATS = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})
_EMPTY: frozenset[int] = frozenset()


def contains(text: str, pattern: str) -> bool:
    """True if any part of `text` is what `pattern` describes; what cannot be searched for is nowhere."""
    regex = _known(pattern)
    return regex is not None and regex.search(text)


@lru_cache(maxsize=256)
def _known(pattern: str) -> "LinearRegex | None":
    try:
        return LinearRegex(pattern)
    except ValueError:
        return None  # said when the settings were read


class _Node:
    """A place in the automaton: a character leads on from it, or nothing but a condition does."""

    __slots__ = ("at", "flags", "following", "test")

    def __init__(self, following: list[int], *, test: Test | None = None, at: Any = None, flags: int = 0) -> None:
        self.following = following
        self.test = test
        self.at = at
        self.flags = flags


class LinearRegex:
    """An expression to search for. Raises `ValueError` with words for what is none, or is refused."""

    def __init__(self, pattern: str) -> None:
        self._nodes: list[_Node] = []
        self._end = self._add([])
        self._looks_back = False
        try:
            tree = _parser.parse(pattern)
            self._start = self._sequence(tree, tree.state.flags, self._end)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"{error}") from error
        choices = 0 if _is_plain_choice(tree) else _choices(tree)
        self._search = re.compile(pattern).search
        self._is_plain = choices == 0
        self._cheap_length = 0 if choices is None else int(_CHEAP ** (1 / (choices + 1)))
        """`re` takes as many steps as a text is long to the power of what can be chosen, at most."""
        self._steps: dict[tuple[frozenset[int], str | None, str | None, bool], frozenset[int] | None] = {}

    def search(self, text: str) -> bool:
        """True if any part of `text` is what the expression describes."""
        if self._is_plain or len(text) <= self._cheap_length:
            return self._search(text) is not None
        pending, before, work = _EMPTY, None, 0
        last = len(text) - 1
        for position, char in enumerate((*text, None)):
            key = (pending, before if self._looks_back else None, char, char == "\n" and position == last)
            if key in self._steps:
                step = self._steps[key]
            else:
                step, visits = self._step(*key)
                work += visits
                if work > WORK_LIMIT:
                    return False
                if len(self._steps) >= _REMEMBERED:
                    self._steps.clear()
                self._steps[key] = step
            if step is None:
                return True
            pending, before = step, char
        return False

    def _step(
        self, pending: frozenset[int], before: str | None, char: str | None, is_last: bool
    ) -> tuple[frozenset[int] | None, int]:
        """Where `char` leads from `pending`, `None` if the end comes before it; and how many nodes that took."""
        waiting, seen = [*pending, self._start], set[int]()
        following: set[int] = set()
        while waiting:
            number = waiting.pop()
            if number in seen:
                continue
            seen.add(number)
            if number == self._end:
                return None, len(seen)
            node = self._nodes[number]
            if node.test is not None:
                if char is not None and node.test(char):
                    following.update(node.following)
            elif node.at is None or _holds(node.at, node.flags, before, char, is_last=is_last):
                waiting += node.following
        return frozenset(following), len(seen)

    # Building, from the end to the start

    def _add(self, following: list[int], *, test: Test | None = None, at: Any = None, flags: int = 0) -> int:
        if len(self._nodes) >= NODES_LIMIT:
            raise ValueError(f"too large: it comes to more than {NODES_LIMIT} steps")
        self._nodes.append(_Node(following, test=test, at=at, flags=flags))
        return len(self._nodes) - 1

    def _sequence(self, items: Iterable[Any], flags: int, after: int) -> int:
        for operation, argument in reversed(list(items)):
            after = self._item(operation, argument, flags, after)
        return after

    def _item(self, operation: Any, argument: Any, flags: int, after: int) -> int:
        if operation in _ONE_CHARACTER:
            return self._add([after], test=_test(operation, argument, flags))
        if operation is _constants.AT:
            self._looks_back = True
            return self._add([after], at=argument, flags=flags)
        if operation is _constants.BRANCH:
            return self._add([self._sequence(one, flags, after) for one in argument[1]])
        if operation is _constants.SUBPATTERN:
            _, added, removed, items = argument
            return self._sequence(items, (flags | added) & ~removed, after)
        if operation in _REPEATS:
            least, most, items = argument
            return self._repeat(least, most, items, flags, after)
        raise ValueError(f"{str(operation).lower().replace('_', ' ')} is not understood here: it can take endless time")

    def _repeat(self, least: int, most: int, items: Any, flags: int, after: int) -> int:
        if most == _constants.MAXREPEAT:
            start = self._add([after])
            self._nodes[start].following.insert(0, self._sequence(items, flags, start))
        else:
            start = after
            for _ in range(most - least):
                start = self._add([self._sequence(items, flags, start), after])
        for _ in range(least):
            before, start = start, self._sequence(items, flags, start)
            if start == before:
                break  # nothing, however often
        return start


def _is_plain_choice(tree: Any) -> bool:
    """True for words with `|` between them: tried one after the other, and nothing follows."""
    items = list(tree)
    return len(items) == 1 and items[0][0] is _constants.BRANCH and all(_choices(one) == 0 for one in items[0][1][1])


def _choices(tree: Any) -> int | None:
    """In how many places a text can be taken in more than one way; `None` where one is within another.

    Without any, `re` itself needs no more than the text times the expression.
    """
    known = [_choices_of(operation, argument) for operation, argument in tree]
    return None if None in known else sum(one for one in known if one is not None)


def _choices_of(operation: Any, argument: Any) -> int | None:
    if operation in _ONE_CHARACTER or operation is _constants.AT:
        return 0
    if operation is _constants.SUBPATTERN:
        return _choices(argument[3])
    if operation is _constants.BRANCH:
        inner = [_choices(one) for one in argument[1]]
        return None if None in inner else 1 + sum(one for one in inner if one is not None)
    if operation in _REPEATS:
        return 1 if all(inner in _ONE_CHARACTER for inner, _ in argument[2]) and len(argument[2]) == 1 else None
    return None


def _test(operation: Any, argument: Any, flags: int) -> Test:
    """Whether a character is meant, as `re` judges it."""
    state = _parser.State()
    state.flags = flags
    compiled: re.Pattern[str] = _compiler.compile(_parser.SubPattern(state, [(operation, argument)]), flags)
    return compiled.match


def _holds(at: Any, flags: int, before: str | None, after: str | None, *, is_last: bool) -> bool:
    lines = bool(flags & re.MULTILINE)
    match at:
        case _constants.AT_BEGINNING:
            return before is None or (lines and before == "\n")
        case _constants.AT_BEGINNING_STRING:
            return before is None
        case _constants.AT_END:
            return after is None or (after == "\n" and (lines or is_last))
        case _constants.AT_END_STRING:
            return after is None
    is_boundary = _is_word(before, flags) != _is_word(after, flags)
    return is_boundary if at is _constants.AT_BOUNDARY else not is_boundary


def _is_word(char: str | None, flags: int) -> bool:
    return char is not None and re.match(r"\w", char, flags & re.ASCII) is not None
