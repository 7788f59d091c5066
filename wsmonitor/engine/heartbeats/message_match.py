"""Pure: does a received message fulfil a list of conditions, and what stands at a path in it.

Messages longer than 64 KiB match nothing: a heartbeat is small, and the peer decides what we parse.
"""

import json
from collections.abc import Sequence
from typing import Any

from wsmonitor.settings.endpoint_settings import MatchRule
from wsmonitor.settings.json_path import MISSING, json_equal, look_up
from wsmonitor.text.linear_regex import contains

LONGEST_MATCHED_BYTES = 64 * 1024


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


def _holds(received: ReceivedText, rule: MatchRule) -> bool:
    if rule.op == "text_eq":
        return received.text == str(rule.value)
    if rule.op == "regex" and rule.path == "$":
        return contains(received.text, str(rule.value))
    found = received.at(rule.path)
    match rule.op:
        case "exists":
            return (found is not MISSING) is (rule.value is not False)
        case "eq":
            return json_equal(found, rule.value)
        case "ne":
            return found is not MISSING and not json_equal(found, rule.value)
        case "in":
            return isinstance(rule.value, list | tuple) and any(json_equal(found, value) for value in rule.value)
        case "regex":
            return isinstance(found, str) and contains(found, str(rule.value))
