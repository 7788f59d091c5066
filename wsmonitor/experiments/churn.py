"""Rapid connects: open, hold for a moment, close, and again; one after the other or several at once.

For `wsmonitor check`: a server that gets its first moments wrong shows it here. Nothing is retried and the
dial budget does not apply: user actions never count there.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from wsmonitor.facts.events import AnyEvent, ConnectionClosed, EndpointEvent, OpenFailed, State, StateChanged, Verdict
from wsmonitor.settings.endpoint_settings import EndpointConfig, TrafficConfig

if TYPE_CHECKING:
    import asyncio

    from wsmonitor.engine.monitor import Monitor

SLACK_S = 1.0
_ENDED = (State.STOPPED, State.FAILED, State.IDLE)
LEFT_OPEN_S = 0.25
"""What is still open in the end has had its time to close, or somebody is in a hurry."""


class Round(Struct, frozen=True, kw_only=True):
    """What became of `wanted` connections that were opened at the same time.

    `opening_ns` has a duration for each that opened, `failures` those that did not, `lost` the verdicts of
    those that ended before we closed them. Where `hung` is not 0, so many neither opened nor failed in time.
    """

    wanted: int
    opening_ns: tuple[int, ...] = ()
    failures: tuple[OpenFailed, ...] = ()
    lost: tuple[Verdict, ...] = ()
    hung: int = 0


async def churn(
    config: EndpointConfig,
    *,
    rounds: int,
    parallel: int,
    hold_s: float,
    make_monitor: "Callable[[Callable[[AnyEvent], None]], Monitor]",
) -> list[Round]:
    """Open and close `parallel` connections at once, `rounds` times in a row; inside the running event loop."""
    from asyncio import Event  # only here: what became of a round is read by those who run no loop

    current = _Current(config.name, parallel, Event())
    monitor = make_monitor(current.take)
    retry = replace(config.retry, enabled=False, monitor_mode=False)
    monitor.add(replace(config, connections=parallel, retry=retry, traffic=TrafficConfig()))
    limit_s = config.connect.timeout_s + SLACK_S
    found: list[Round] = []
    try:
        for _ in range(rounds):
            current.begin()
            monitor.connect(config.name)
            await current.wait(current.have_opened, limit_s)
            await current.wait(current.have_ended, hold_s)
            found.append(current.result())
            monitor.stop(config.name)
            await current.wait(current.have_ended, config.close.timeout_s + SLACK_S)
    finally:
        await monitor.close(LEFT_OPEN_S)
    return found


class _Slot(Struct):
    dialled_ns: int = 0
    opened_ns: int = 0
    failure: OpenFailed | None = None
    verdict: Verdict | None = None
    has_ended: bool = False


class _Current(Struct):
    """What is known of the round that runs."""

    name: str
    parallel: int
    changed: "asyncio.Event"
    slots: list[_Slot] = field(default_factory=list)

    def begin(self) -> None:
        self.slots = [_Slot() for _ in range(self.parallel)]

    def take(self, event: AnyEvent) -> None:
        if not isinstance(event, EndpointEvent) or event.endpoint != self.name or event.slot >= len(self.slots):
            return
        slot = self.slots[event.slot]
        match event:
            case StateChanged():
                if event.new.is_opening and not slot.dialled_ns:
                    slot.dialled_ns = event.at_ns
                elif event.new.is_open and not slot.opened_ns:
                    slot.opened_ns = event.at_ns
                slot.has_ended = bool(slot.dialled_ns) and event.new in _ENDED
            case OpenFailed():
                slot.failure = event
            case ConnectionClosed():
                slot.verdict = event.verdict
        self.changed.set()

    def have_opened(self) -> bool:
        return all(slot.opened_ns or slot.failure for slot in self.slots)

    def have_ended(self) -> bool:
        return all(slot.has_ended for slot in self.slots)

    def result(self) -> Round:
        """What the round came to, before we close what is open."""
        opened = [slot for slot in self.slots if slot.opened_ns]
        failures = tuple(slot.failure for slot in self.slots if slot.failure)
        return Round(
            wanted=self.parallel,
            opening_ns=tuple(slot.opened_ns - slot.dialled_ns for slot in opened),
            failures=failures,
            lost=tuple(slot.verdict for slot in opened if slot.verdict),
            hung=self.parallel - len(opened) - len(failures),
        )

    async def wait(self, holds: Callable[[], bool], limit_s: float) -> None:
        """Wait until `holds`, at most `limit_s`."""
        from asyncio import timeout

        try:
            async with timeout(limit_s):
                while not holds():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return
