"""Pure: the one grammar of paths into JSON, and JSON's own equality.

Paths are the part of JSONPath (RFC 9535) that heartbeats need: `$`, `.name`, `['name']`, `["name"]`, `[0]`
and `[-1]`. A name after a dot holds letters, digits, `_` and `-`; any other stands in brackets.
"""

import re
from functools import lru_cache
from typing import Any, Final

from wsmonitor.facts.errors import mistake_of

MISSING: Final = object()
"""What stands at a path that leads nowhere."""

_STEP: Final = re.compile(r"""\.([\w-]+)|\[(-?[0-9]{1,9})\]|\['([^']*)'\]|\["([^"]*)"\]""")


@lru_cache(maxsize=256)
def parse_path(path: str) -> tuple[str | int, ...]:
    """`$.a[0]` -> ("a", 0). Raises `ValueError` with a sentence for what is no such path."""
    if not path.startswith("$"):
        raise ValueError(f"expected a path such as $.type or $.items[0].id, found {path[:80]!r}")
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(
                f"expected .name, ['name'] or [0] in a path such as $.items[0].id, found {path[position:][:80]!r}"
            )
        name, index, *quoted = step.groups()
        steps.append(int(index) if index is not None else next(text for text in (name, *quoted) if text is not None))
        position = step.end()
    return tuple(steps)


def path_mistake(path: str) -> str:
    """What is wrong with a path, in a sentence; empty if nothing is."""
    return mistake_of(parse_path, path)


def look_up(value: Any, path: str) -> Any:
    """What stands at `path` below `value`, or `MISSING`; what is no path leads nowhere."""
    try:
        for step in parse_path(path):
            fits = isinstance(value, dict) if isinstance(step, str) else isinstance(value, list)
            if not fits:
                return MISSING
            value = value[step]
    except (KeyError, IndexError, ValueError):
        return MISSING
    return value


def json_equal(one: Any, other: Any) -> bool:
    """True if two values are the same JSON: `true` is not `1` (Python says so), while `1` is `1.0`."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(json_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(json_equal, one, other))
    return bool(one == other)
