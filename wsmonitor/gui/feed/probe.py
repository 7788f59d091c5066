"""What the window needs of the probe: `ProbeClient`, or a script in a test."""

from concurrent.futures import Future
from typing import Protocol

from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel


class Probe(Protocol):
    """Carries out commands."""

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        """Send a command; the future fails with `WsmonitorError` where it cannot be done."""
        ...


class Source(Protocol):
    """Where events come from."""

    def take(self) -> list[AnyEvent]:
        """Everything that came since the last call; never blocks."""
        ...
