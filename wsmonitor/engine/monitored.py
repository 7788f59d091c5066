"""One monitored endpoint: its connection slots and the messages it sends by itself."""

import os
import uuid
from collections.abc import Callable
from functools import partial
from typing import Protocol

from wsmonitor.engine import disruptions, steps
from wsmonitor.engine.clocks.clock import Timer
from wsmonitor.engine.shared import Shared
from wsmonitor.engine.slot import Slot
from wsmonitor.engine.wire.outbox import Delivery
from wsmonitor.facts.errors import DisruptionError, SettingsError
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns
from wsmonitor.settings.placeholders import fill_message

LEAVE_NS = to_ns(1)
"""So long may the closing handshakes of an endpoint take that was changed or removed: its successor waits for them."""


class Monitored(Protocol):
    """What the monitor keeps: an endpoint of our own, or something that stands in for one (a tap)."""

    config: EndpointConfig

    @property
    def slots(self) -> tuple[Slot, ...]: ...

    @property
    def connections(self) -> int: ...

    @property
    def has_ended_for_good(self) -> bool: ...

    def connect(self) -> None: ...

    def wait(self) -> None: ...

    def begin(self) -> None: ...

    def retire(self) -> None: ...

    def leave(self, gone: Callable[[], None]) -> None: ...

    def stop(self) -> None: ...

    def send(self, payload: bytes, *, is_text: bool) -> list[Delivery]: ...

    def send_filled(self, text: str) -> list[Delivery]: ...

    def disrupt(self, kind: str, argument: str, slot: int | None) -> None: ...

    def abort(self) -> None: ...

    def abandon(self) -> None: ...


class Endpoint:
    """The slots of one endpoint. It counts their opens together and fills in message texts."""

    def __init__(self, config: EndpointConfig, shared: Shared, connections_before: int) -> None:
        self.config = config
        self._clock = shared.clock
        self._turns = shared.turns
        self._wishes = 0
        self._connections = connections_before
        self._seq = 0
        self._traffic_timer: Timer | None = None
        self._next_traffic_ns: int | None = None
        self._waits = False
        self._wish: Callable[[], None] | None = None
        self._gone: Callable[[], None] = lambda: None
        self._left = 0
        self.slots = tuple(
            Slot(config, slot, shared, owner=self, connections_before=connections_before)
            for slot in range(config.connections)
        )

    def wait(self) -> None:
        """Say nothing of slots until `begin`: an endpoint of the same name is about to leave."""
        self._waits = True

    def begin(self) -> None:
        """Nobody else speaks under this name any more: do what was last asked for meanwhile."""
        self._waits = False
        wish, self._wish = self._wish, None
        if wish is not None:
            wish()

    def leave(self, gone: Callable[[], None]) -> None:
        """Close, soon, and call `gone` once there is nothing more to be said, perhaps at once."""
        self._forget_wishes()
        self._gone = gone
        for slot in self.slots:
            slot.leave(LEAVE_NS)

    def retire(self) -> None:
        """Nothing was dialled and nothing will be."""
        for slot in self.slots:
            slot.retire()

    def slot_left(self) -> None:
        """A slot will say nothing more."""
        self._left += 1
        if self._left == len(self.slots):
            self._gone()

    def connect(self) -> None:
        """Dial now, whatever the slots wait for."""
        if self._waits:
            self._wish = self.connect
            return
        if self._next_traffic_ns is None and self.config.traffic.messages:
            self._next_traffic_ns = self._clock.now_ns()
            self._send_traffic()
        self._wishes += 1
        for slot in self.slots:
            self._turns.take(self.config.host_port, partial(self._connect, slot, self._wishes))

    def stop(self) -> None:
        """Close with 1000 and stay closed."""
        if self._waits:
            self._wish = self.stop
            return
        self._forget_wishes()
        for slot in self.slots:
            slot.feed(steps.Stop())

    def send(self, payload: bytes, *, is_text: bool) -> list[Delivery]:
        """Queue a message on every slot."""
        return [slot.queue(payload, is_text=is_text) for slot in self.slots]

    def send_filled(self, text: str) -> list[Delivery]:
        """Queue a text with its placeholders filled in; raises `SettingsError` where one cannot be."""
        filled = self._filled(text, number=self._seq + 1, connection=self._connections)
        self._seq += 1
        return self.send(filled.encode(), is_text=True)

    def disrupt(self, kind: str, argument: str, slot: int | None) -> None:
        """Force a disconnect on the slots that are open, and on the others as soon as they open.

        Raises `DisruptionError` for an unknown kind, an argument that it does not understand, or a slot that
        is not there.
        """
        order = disruptions.parse(kind, argument)
        if slot is not None and not 0 <= slot < len(self.slots):
            raise DisruptionError(f"{self.config.name} has no slot {slot}; expected 0 to {len(self.slots) - 1}")
        for one in self.slots if slot is None else (self.slots[slot],):
            one.disrupt(order)

    def abort(self) -> None:
        """Drop the connections that do not end by themselves; each still reports its closure."""
        for slot in self.slots:
            if slot.connection is not None:
                slot.connection.abort()

    def abandon(self) -> None:
        """Drop everything at once."""
        self._forget_wishes()
        for slot in self.slots:
            slot.abandon()

    @property
    def has_ended_for_good(self) -> bool:
        """True once nothing more will happen by itself."""
        return all(slot.has_ended_for_good for slot in self.slots)

    # For the slots

    @property
    def connections(self) -> int:
        """The number of the last connection that opened."""
        return self._connections

    def next_connection(self) -> int:
        """The number of the connection that has just opened."""
        self._connections += 1
        return self._connections

    def fill(self, text: str, *, number: int, connection: int) -> str:
        """A message text with its placeholders filled in; `number` is what `${seq}` says."""
        try:
            return self._filled(text, number=number, connection=connection)
        except SettingsError:
            return text  # no dial succeeds with it (`settings/filled.py`), so nobody gets it

    def _filled(self, text: str, *, number: int, connection: int) -> str:
        return fill_message(
            text,
            seq=number,
            now_wall_ns=self._clock.wall_ns(),
            connection=connection,
            environ=os.environ,
            new_uuid=lambda: str(uuid.uuid4()),
        )

    def _connect(self, slot: Slot, wish: int) -> None:
        if wish == self._wishes:  # nothing else was asked for since then
            slot.feed(steps.ConnectNow())

    def _forget_wishes(self) -> None:
        """What was to begin does not."""
        self._wishes += 1
        self._stop_traffic()

    # Traffic

    def _send_traffic(self) -> None:
        now_ns = self._clock.now_ns()
        assert self._next_traffic_ns is not None
        if now_ns >= self._next_traffic_ns:
            for text in self.config.traffic.messages:
                self._seq += 1
                self.send(self.fill(text, number=self._seq, connection=self._connections).encode(), is_text=True)
            every_ns = to_ns(self.config.traffic.every_s)
            if every_ns <= 0:
                return
            beats = (now_ns - self._next_traffic_ns) // every_ns + 1
            self._next_traffic_ns += beats * every_ns
        self._traffic_timer = self._clock.call_at(self._next_traffic_ns, self._send_traffic)

    def _stop_traffic(self) -> None:
        if self._traffic_timer is not None:
            self._traffic_timer.cancel()
        self._traffic_timer = self._next_traffic_ns = None
