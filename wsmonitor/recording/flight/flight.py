"""The flight recorder: always on, in memory, so that the interesting part exists when nobody pressed record.

It keeps the last minutes of everything, and for each unforced closure a clip of the seconds before and
after it with the frames as they were captured. All of it is bounded.
"""

from collections import deque
from collections.abc import Iterable

from msgspec import Struct

from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Control, EndpointEvent, Message, SamplesDropped
from wsmonitor.facts.tally import only
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.recording.flight.clips import Clip, Clips
from wsmonitor.recording.flight.context import Context
from wsmonitor.recording.flight.excerpt import Excerpt
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

__all__ = ["Clip", "FlightOptions", "FlightRecorder"]

_EVENT_BYTES = 400


class FlightOptions(Struct, frozen=True):
    """How much is kept."""

    keep_s: float = 180.0
    limit_bytes: int = 32 * 1024 * 1024
    """Of everything; where it is reached less than `keep_s` is kept."""
    before_s: float = 15.0
    after_s: float = 5.0
    clips: int = 10
    """Of each endpoint; the oldest go."""
    clips_limit_bytes: int = 32 * 1024 * 1024


class FlightRecorder:
    """Takes every event in order, as the analyzer does, in the consumer's thread.

    Args:
        start_ns: the session's first moment on the monotonic clock of the events.
        wall_ns: what the wall clock read then; `ClockAnchor` events correct it.
    """

    def __init__(self, start_ns: int, wall_ns: int, options: FlightOptions | None = None) -> None:
        self._options = options or FlightOptions()
        self._start_ns = start_ns
        self._wall = WallClock(wall_ns - start_ns)
        self._configs: dict[str, EndpointConfig] = {}
        self._ring: deque[AnyEvent] = deque()
        self._bytes = 0
        self._evicted = Context()
        self._clips = Clips(self._options.clips, self._options.clips_limit_bytes)
        self._pending: dict[str, _Pending] = {}

    def add_endpoint(self, config: EndpointConfig) -> None:
        """Know an endpoint's configuration, or its edited one."""
        self._configs[config.name] = config

    def feed(self, events: Iterable[AnyEvent]) -> None:
        """Take in events in the order in which they were stated."""
        for event in events:
            self._ring.append(event)
            self._bytes += _size(event)
            if isinstance(event, ConnectionClosed):
                self._note(event)
            if self._pending:
                self._keep_due(event.at_ns)
            self._evict(event.at_ns - to_ns(self._options.keep_s))

    def recent(self) -> Excerpt:
        """The last minutes of everything: to start a recording late, or to export what is on the screen."""
        start_ns = self._ring[0].at_ns if self._evicted.events() and self._ring else self._start_ns
        return self._excerpt(start_ns, tuple(self._configs.values()), tuple(self._ring), self._evicted)

    def clips(self) -> tuple[Clip, ...]:
        """What is kept of closures, oldest first; one whose aftermath is not over yet comes as it is."""
        running = [self._clip(pending) for pending in self._pending.values()]
        return tuple(sorted((*self._clips.all(), *running), key=lambda clip: clip.closures[0].at_ns))

    def _note(self, event: ConnectionClosed) -> None:
        """Begin a clip, or let the one that runs for this endpoint go on."""
        if event.verdict.is_ours:
            return
        options = self._options
        until_ns = event.at_ns + to_ns(options.after_s)
        running = self._pending.get(event.endpoint)
        if running is None:
            self._pending[event.endpoint] = _Pending(event.at_ns - to_ns(options.before_s), until_ns, [event])
        elif until_ns - running.from_ns <= to_ns(options.keep_s) / 2:
            running.until_ns = until_ns
            running.closures.append(event)

    def _keep_due(self, now_ns: int) -> None:
        due = [endpoint for endpoint, pending in self._pending.items() if now_ns > pending.until_ns]
        for endpoint in due:
            clip = self._clip(self._pending.pop(endpoint))
            self._clips.add(clip, sum(map(_size, clip.excerpt.events)))

    def _clip(self, pending: "_Pending") -> Clip:
        name = pending.closures[0].endpoint
        before, inside = self._evicted.copy(), list[AnyEvent]()
        for event in self._ring:
            if isinstance(event, EndpointEvent) and event.endpoint != name:
                continue
            if event.at_ns < pending.from_ns:
                before.feed(event)
            elif event.at_ns <= pending.until_ns:
                inside.append(only(event, name.__eq__) if isinstance(event, SamplesDropped) else event)
        configs = (self._configs[name],) if name in self._configs else ()
        start_ns = max(pending.from_ns, self._start_ns)
        excerpt = self._excerpt(start_ns, configs, tuple(inside), before.only(name))
        return Clip(tuple(pending.closures), excerpt)

    def _evict(self, until_ns: int) -> None:
        ring = self._ring
        while ring and (ring[0].at_ns < until_ns or self._bytes > self._options.limit_bytes):
            event = ring.popleft()
            self._bytes -= _size(event)
            self._evicted.feed(event)

    def _excerpt(
        self, start_ns: int, configs: tuple[EndpointConfig, ...], events: tuple[AnyEvent, ...], context: Context
    ) -> Excerpt:
        wall = context.wall or self._wall
        return Excerpt(start_ns, wall.ns(start_ns), configs, events, tuple(context.events()))


class _Pending(Struct):
    from_ns: int
    until_ns: int
    closures: list[ConnectionClosed]


def _size(event: AnyEvent) -> int:
    return _EVENT_BYTES + (len(event.payload) if isinstance(event, Message | Control) else 0)
