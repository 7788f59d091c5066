"""Text and tables of GitHub-flavoured Markdown that nothing in them can break out of."""

import re
from collections.abc import Iterable, Iterator, Sequence

from wsmonitor.text.plain_text import visible

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~])")


def plain(text: str, limit: int = 300) -> str:
    """`text` as it is, whatever it holds: peers write some of it."""
    return _SPECIAL.sub(r"\\\1", visible(text, limit))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table and an empty one behind it."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
