"""Pure: does a received message fulfil a list of conditions, and what stands at a path in it.

Paths are the part of JSONPath that heartbeats need: `$`, `.name`, `['name']` and `[0]`. Messages
longer than 64 KiB match nothing: a heartbeat is small, and the peer decides what we parse.
"""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from wsmonitor.settings.endpoint_settings import MatchRule

LONGEST_MATCHED_BYTES = 64 * 1024
MISSING = object()
"""What stands at a path that leads nowhere."""

_STEP = re.compile(r"\.([^.\[\]]+)|\[(-?\d+)\]|\['([^']*)'\]")


class ReceivedText:
    """A text message, parsed as JSON at most once and only if a condition asks for it."""

    def __init__(self, data: bytes) -> None:
        self._data = data if len(data) <= LONGEST_MATCHED_BYTES else b""
        self._parsed: Any = None
        self._is_parsed = False

    @property
    def text(self) -> str:
        """The message as it is; empty if it is too long to look at."""
        return self._data.decode("utf-8", "replace")

    def at(self, path: str) -> Any:
        """The JSON value at `path`, or `MISSING`."""
        if not self._is_parsed:
            self._is_parsed = True
            try:
                self._parsed = json.loads(self._data)
            except (ValueError, RecursionError):
                self._parsed = MISSING
        return look_up(self._parsed, path)


def matches(received: ReceivedText, rules: Sequence[MatchRule]) -> bool:
    """True if every rule holds; no rules match nothing."""
    return bool(rules) and all(_holds(received, rule) for rule in rules)


def look_up(value: Any, path: str) -> Any:
    """What stands at `path` below `value`, or `MISSING`; a path that is none leads nowhere."""
    try:
        for step in parse_path(path):
            if isinstance(value, str):  # which Python would index, but JSON does not
                return MISSING
            value = value[step]
    except (KeyError, IndexError, TypeError, ValueError):
        return MISSING
    return value


@lru_cache(maxsize=256)
def parse_path(path: str) -> tuple[str | int, ...]:
    """`$.a[0]` -> ("a", 0). Raises `ValueError` for what is no such path."""
    if not path.startswith("$"):
        raise ValueError(f"expected a path such as $.type, found {path!r}")
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(f"expected .name or [0] in a path such as $.items[0].id, found {path[position:]!r}")
        name, index, quoted = step.groups()
        steps.append(int(index) if index is not None else name if name is not None else quoted)
        position = step.end()
    return tuple(steps)


def _holds(received: ReceivedText, rule: MatchRule) -> bool:
    if rule.op == "text_eq":
        return received.text == str(rule.value)
    if rule.op == "regex" and rule.path == "$":
        return re.search(str(rule.value), received.text) is not None
    found = received.at(rule.path)
    match rule.op:
        case "exists":
            return (found is not MISSING) is (rule.value is not False)
        case "eq":
            return bool(found == rule.value)
        case "ne":
            return found is not MISSING and bool(found != rule.value)
        case "in":
            return isinstance(rule.value, list | tuple) and found in rule.value
        case "regex":
            return isinstance(found, str) and re.search(str(rule.value), found) is not None
