"""The one way to the engine from a command: a probe of its own, and the signals that end what it does."""

import gc
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import FrameType

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ProbeLost, ProbeStarted
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.probe.launch import yield_to_measuring
from wsmonitor.program import collect_no_more, collect_rarely
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

LOOK_S = 0.05
"""So often is looked whether it was interrupted, also while nothing is said."""
PATIENCE_S = 2.0
"""A probe that says nothing for so long after it was told to end is killed."""


class CommandRefused(WsmonitorError):  # noqa: N818  # a fact, as `NoSuchEndpoint` is
    """The probe did not do what it was asked for, and says why."""


class Door:
    """A probe that was started for one command.

    `lost` says why it ended by itself, where it did: what was measured has a gap there. The clocks were read
    at `start_ns` and `wall_ns`, before anything was asked.
    """

    def __init__(self, client: ProbeClient) -> None:
        self.start_ns, self.wall_ns = time.monotonic_ns(), time.time_ns()
        self.lost = ""
        self.is_interrupted = False
        self._client = client
        self._has_started = False
        self._asked: list[Future[channel.Done]] = []
        self._early: list[AnyEvent] = []

    def connect(self, endpoints: Iterable[EndpointConfig]) -> None:
        """Monitor endpoints and dial, as soon as the probe is there.

        That is waited for: what else this process has to load would take the processor from it.
        """
        self.wait_for_probe()
        for endpoint in endpoints:
            self.ask(channel.AddEndpoint(config=endpoint))
            self.ask(channel.ConnectEndpoint(endpoint=endpoint.name))

    def ask(self, command: channel.Command) -> None:
        """Give a command."""
        self._asked.append(self._client.command(command))

    def wait_for_probe(self) -> None:
        """Wait until the probe is there, or somebody interrupts. Raises `WsmonitorError` where it does not start."""
        while not (self._has_started or self.is_interrupted):
            self._early += self.events(LOOK_S)

    def events(self, timeout_s: float) -> list[AnyEvent]:
        """What came since the last call, waiting for it at most so long.

        Raises `WsmonitorError` where the probe cannot be started at all, and `CommandRefused`.
        """
        self._client.wait(timeout_s)
        events, self._early = self._early + self._client.take(), []
        for answered in [promise for promise in self._asked if promise.done()]:
            self._asked.remove(answered)
            if (error := answered.exception()) is not None:
                raise CommandRefused(str(error)) from error
        for event in events:
            if isinstance(event, ProbeStarted):
                self._has_started = True
            elif isinstance(event, ProbeLost):
                self.lost = event.reason
                if not self._has_started:
                    raise WsmonitorError(f"the measuring process does not start: {event.reason}")
        return events

    def answer(self, command: channel.Command) -> channel.Done | None:
        """Give a command and wait for its answer, forgetting what happens meanwhile; `None` where interrupted.

        Raises `WsmonitorError` where it is refused, or the probe ends.
        """
        self.wait_for_probe()
        promise = self._client.command(command)
        while not self.is_interrupted:
            self.events(LOOK_S)
            if promise.done():
                return promise.result()
        return None

    def last_events(self, close_s: float, clock: Callable[[], int]) -> Iterator[list[AnyEvent]]:
        """End the probe, whose closing handshakes may take `close_s`; what it says meanwhile, to the last event."""
        self._client.quit(close_s)
        patience_ns = to_ns(close_s + PATIENCE_S)
        silent_since_ns = clock()
        while self._client.is_running and clock() - silent_since_ns < patience_ns:
            if self._client.wait(LOOK_S):
                yield self._client.take()
                silent_since_ns = clock()  # whoever took it may have needed long
        self._client.close()
        yield self._client.take()


@contextmanager
def open_door() -> Iterator[Door]:
    """A probe, which starts while its user imports the rest; SIGINT and SIGTERM interrupt it while this lasts."""
    client = ProbeClient()
    door = Door(client)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        door.is_interrupted = True
        gc.disable()  # to look through what thousands of connections left, only to end, takes seconds

    client.start()
    collect_rarely()
    yield_to_measuring()
    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield door
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        client.close()
        collect_no_more()
