"""Pure: the shape of a message, by which it is known again although its numbers and ids differ."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

_DEEP = 6
_LONG = 24
"""A longer text in a message is taken for data."""


def shape_of(payload: bytes, *, is_text: bool) -> str:
    """JSON: keys and short words, without numbers and ids; other text without digits; binary: its first byte."""
    if not is_text:
        return f"binary {payload[:1].hex()}"
    text = payload.decode("utf-8", "replace")
    try:
        return json.dumps(_shape(json.loads(text), _DEEP), sort_keys=True)
    except (ValueError, RecursionError):
        return re.sub(r"\d+", "#", text)[:200]


def times_sent(subscription: Sequence[str], sent: Sequence[str]) -> int | None:
    """How often the whole `subscription` is in `sent`: 0 where a part is missing; `None` where there is none."""
    if not subscription:
        return None
    wanted, found = Counter(subscription), Counter(sent)
    times = [found[shape] // count for shape, count in wanted.items()]
    return 0 if min(times) == 0 else max(times)


def missing(subscription: Sequence[str], sent: Sequence[str]) -> tuple[str, ...]:
    """What of `subscription` is not in `sent`."""
    return tuple((Counter(subscription) - Counter(sent)).elements())


def _shape(value: Any, depth: int) -> Any:
    if depth == 0:
        return "..."
    match value:
        case dict():
            return {str(key): _shape(one, depth - 1) for key, one in value.items()}
        case list():
            return [_shape(one, depth - 1) for one in value[:10]]
        case str() if len(value) <= _LONG and not any(map(str.isdigit, value)):
            return value
        case str():
            return "<text>"
        case bool() | None:
            return value
        case _:
            return 0
