"""The engine in a probe process, for a command whose own loop only waits."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ProbeStarted
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import EndpointConfig

LOOK_S = 0.02


class ProbedMonitor:
    """What `watch` needs of a monitor, carried out by a probe.

    Args:
        publish: takes every event, from the running loop.
        problems: gets a sentence for each tap that cannot listen; then the run is over.
    """

    def __init__(self, publish: Callable[[AnyEvent], None], problems: list[str]) -> None:
        self._publish = publish
        self._problems = problems
        self._loop = asyncio.get_running_loop()
        self._commands: list[channel.Command] | None = []
        self._client = ProbeClient()
        self._client.start()
        self._timer = self._loop.call_later(LOOK_S, self._look)

    def add(self, config: EndpointConfig) -> None:
        """Monitor an endpoint, idle at first."""
        self._give(channel.AddEndpoint(config=config))

    def connect(self, name: str) -> None:
        """Listen, or dial."""
        self._give(channel.Connect(endpoint=name))

    def disrupt(self, name: str, kind: str, argument: str = "", slot: int | None = None) -> None:
        """Switch a fault on or off."""
        self._give(channel.Disrupt(endpoint=name, kind=kind, argument=argument, slot=slot))

    def all_stopped(self) -> bool:
        """True once something could not begin; a tap never ends by itself."""
        return bool(self._problems)

    async def close(self, timeout_s: float = 1.0) -> None:
        """Close every connection, publish what is left, and end the probe."""
        self._timer.cancel()
        self._client.close(timeout_s + 1.0)
        self._drain()

    def _give(self, command: channel.Command) -> None:
        """At once, or as soon as the probe is there: only then it can say what is wrong."""
        if self._commands is not None:
            self._commands.append(command)
            return
        self._client.command(command).add_done_callback(partial(self._answered, command))

    def _answered(self, command: channel.Command, promise: "Future[None]") -> None:
        error = promise.exception()
        if isinstance(error, WsmonitorError) and isinstance(command, channel.Connect):
            self._problems.append(str(error))

    def _look(self) -> None:
        self._drain()
        self._timer = self._loop.call_later(LOOK_S, self._look)

    def _drain(self) -> None:
        for event in self._client.take():
            self._publish(event)
            if isinstance(event, ProbeStarted) and self._commands is not None:
                commands, self._commands = self._commands, None
                for command in commands:
                    self._give(command)
