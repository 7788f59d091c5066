"""What is kept of closures: a bounded number for each endpoint, and bounded bytes in all."""

from collections import deque

from msgspec import Struct

from wsmonitor.facts.events import ConnectionClosed
from wsmonitor.recording.flight.excerpt import Excerpt


class Clip(Struct, frozen=True):
    """The seconds before and after one closure, or after several that came close together."""

    closures: tuple[ConnectionClosed, ...]
    excerpt: Excerpt


class Clips:
    """The newest clips. An endpoint that drops all the time never pushes out the one clip of another.

    Args:
        limit: clips of one endpoint.
        limit_bytes: of all clips together; the endpoint with the most gives up its oldest.
    """

    def __init__(self, limit: int, limit_bytes: int) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._kept: dict[str, deque[tuple[Clip, int]]] = {}

    def add(self, clip: Clip, size_bytes: int) -> None:
        """Keep `clip`, which takes so many bytes."""
        of_endpoint = self._kept.setdefault(clip.closures[0].endpoint, deque())
        of_endpoint.append((clip, size_bytes))
        self._bytes += size_bytes
        if len(of_endpoint) > self._limit:
            self._bytes -= of_endpoint.popleft()[1]
        while self._bytes > self._limit_bytes and self._bytes > size_bytes:
            self._bytes -= max(self._kept.values(), key=len).popleft()[1]

    def all(self) -> list[Clip]:
        """Every clip that is kept."""
        return [clip for of_endpoint in self._kept.values() for clip, _ in of_endpoint]
