"""What a limit that was found reminds of: a hint from the table of path timeouts, never a verdict."""

from wsmonitor.tables.path_timeouts import Kind, known_timeouts
from wsmonitor.text.units import exact_s

_NAMED = 3


def hint(seconds: float, kinds: frozenset[Kind]) -> str:
    """` 60 s is the default of nginx (...), ...; timing alone does not tell which`, or nothing."""
    rows = known_timeouts(seconds, kinds)
    if not rows:
        return ""
    names = "; ".join(f"{row.element} ({row.knob})" for row in rows[:_NAMED])
    more = " and others" if len(rows) > _NAMED else ""
    return f" {exact_s(rows[0].seconds)} is usual for {names}{more}; timing alone does not tell which it is."
