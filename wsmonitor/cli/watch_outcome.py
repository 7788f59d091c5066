"""Pure: events -> how bad it was, for `watch --fail-on`."""

from typing import Literal

from wsmonitor.events import AnyEvent, ConnectionClosed, EndpointEvent, OpenFailed, StateChanged

Level = Literal["warning", "problem"]


class Outcome:
    """A failed opening or an unforced closure is a warning, an endpoint that never opened a problem."""

    def __init__(self) -> None:
        self._warned = False
        self._has_opened: dict[str, bool] = {}

    def feed(self, event: AnyEvent) -> None:
        """Take the next event into account."""
        if isinstance(event, EndpointEvent):
            self._has_opened.setdefault(event.endpoint, False)
        match event:
            case StateChanged() if event.new.is_open:
                self._has_opened[event.endpoint] = True
            case OpenFailed():
                self._warned = True
            case ConnectionClosed():
                verdict = event.verdict
                self._warned |= verdict.forced is None and verdict.by not in ("stop", "disruption")

    def reaches(self, level: Level) -> bool:
        """True if it was as bad as `level`, or worse."""
        is_problem = not all(self._has_opened.values())
        return is_problem or (level == "warning" and self._warned)
