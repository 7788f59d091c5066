"""Pure: messages that wait to be written, bounded by count, bytes and age, and what became of each.

A message is `queued` until its last byte was handed to the kernel, then `written`. It is `acked` once
the peer's WebSocket layer proved that it had read past it (a pong to a later ping, or the answer to
our Close); what was written but not proven when the connection is lost is `unknown`. Nothing here
ever claims that an application got a message.
"""

from collections import deque
from collections.abc import Sequence

from msgspec import Struct

from wsmonitor.facts.events import MessageFate
from wsmonitor.settings.endpoint_settings import OutboxConfig, to_ns
from wsmonitor.text.units import counted, exact_s

UNPROVEN_LIMIT = 4096
"""Of older written messages we no longer keep the number: they stay `written` for ever."""

MARKS_LIMIT = 64
"""So many pings without a pong are remembered with what was written before them."""

NAMED_LIMIT = 8
"""So many connections are named in a sentence; the others are counted."""


class Outgoing(Struct, frozen=True):
    """A message to send; `message_id` counts from 1 within the endpoint."""

    message_id: int
    payload: bytes
    is_text: bool
    queued_ns: int


class Delivery(Struct, frozen=True):
    """What became of a message, and why."""

    message_id: int
    status: MessageFate
    reason: str = ""


def refusal(deliveries: Sequence[Delivery]) -> str:
    """What became of one message on each of an endpoint's connections, if any refused it; else empty."""
    refused: dict[str, list[int]] = {}
    for number, delivery in enumerate(deliveries, 1):
        if delivery.status == "dropped":
            refused.setdefault(delivery.reason, []).append(number)
    if not refused:
        return ""
    count = sum(map(len, refused.values()))
    if len(refused) == 1 and count == len(deliveries):
        return f"not sent: {next(iter(refused))}"
    parts = [f"not on {_named(numbers, len(deliveries))}: {reason}" for reason, numbers in refused.items()]
    return f"queued on {len(deliveries) - count} of {len(deliveries)} connections; {'; '.join(parts)}"


def _named(numbers: list[int], count: int) -> str:
    """Connections as they are called elsewhere."""
    names = [f"[{number}/{count}]" for number in numbers[:NAMED_LIMIT]]
    rest = len(numbers) - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")


class Outbox:
    """A first in, first out queue of one connection slot; each change of what became of a message is returned once."""

    __slots__ = ("_config", "_marks", "_number", "_queue", "_ttl_ns", "_unproven", "bytes", "dropped")

    def __init__(self, config: OutboxConfig) -> None:
        self._config = config
        self._ttl_ns = to_ns(config.ttl_s)
        # An empty deque takes 760 bytes, and most connections never send a message.
        self._queue: deque[Outgoing] | tuple[()] = ()
        self._unproven: deque[Outgoing] | tuple[()] = ()
        self._marks: deque[tuple[int, int]] | tuple[()] = ()
        self._number = 0
        self.bytes = 0
        """Payload bytes that wait."""
        self.dropped = 0
        """Messages refused or dropped so far."""

    @property
    def depth(self) -> int:
        """Messages that wait."""
        return len(self._queue)

    @property
    def unproven(self) -> int:
        """Messages that were written and nothing proves that the peer read; bounded by `UNPROVEN_LIMIT`."""
        return len(self._unproven)

    def put(self, payload: bytes, *, is_text: bool, now_ns: int) -> list[Delivery]:
        """Queue a message; the first delivery is that of itself."""
        self._number += 1
        message = Outgoing(self._number, payload, is_text, now_ns)
        if len(payload) > self._config.max_bytes:
            return [self._drop(message, f"larger than the buffer's {counted(self._config.max_bytes, 'byte')}")]
        deliveries = []
        while self._overflows(payload):
            if self._config.overflow != "drop_oldest":
                return [self._drop(message, "buffer full")]
            deliveries.append(self._drop(self._pop(), "buffer full"))
        self._queue = self._queue or deque()
        self._queue.append(message)
        self.bytes += len(payload)
        return [Delivery(message.message_id, "queued"), *deliveries]

    def head(self, now_ns: int) -> tuple[Outgoing | None, list[Delivery]]:
        """The message to write next, after dropping those that are too old."""
        deliveries = self.expire(now_ns)
        return (self._queue[0] if self._queue else None), deliveries

    def expire(self, now_ns: int) -> list[Delivery]:
        """Drop what has waited longer than the bounds allow."""
        deliveries = []
        while self._ttl_ns and self._queue and now_ns - self._queue[0].queued_ns > self._ttl_ns:
            deliveries.append(self._drop(self._pop(), f"waited longer than {exact_s(self._config.ttl_s)}"))
        return deliveries

    @property
    def expires_ns(self) -> int | None:
        """When the oldest message becomes too old."""
        return self._queue[0].queued_ns + self._ttl_ns + 1 if self._ttl_ns and self._queue else None

    def written(self) -> Delivery:
        """The head's last byte was handed to the kernel."""
        message = self._pop()
        self._unproven = self._unproven or deque(maxlen=UNPROVEN_LIMIT)
        self._unproven.append(message)
        return Delivery(message.message_id, "written")

    def mark(self, ping_number: int) -> None:
        """Ping `ping_number` was written after everything that is `written` by now."""
        if self._unproven:
            self._marks = self._marks or deque(maxlen=MARKS_LIMIT)
            self._marks.append((ping_number, self._unproven[-1].message_id))

    def proven(self, ping_number: int) -> list[Delivery]:
        """The pong to `ping_number` came: the peer has read everything written before that ping."""
        last_id = max((last for number, last in self._marks if number <= ping_number), default=0)
        while self._marks and self._marks[0][0] <= ping_number:
            self._marks.popleft()
        return self._acknowledge(last_id, "a later ping was answered")

    def closed_cleanly(self) -> list[Delivery]:
        """The peer answered our Close: it has read everything before it."""
        last_id = self._unproven[-1].message_id if self._unproven else 0
        return self._acknowledge(last_id, "our Close was answered")

    def lost(self) -> list[Delivery]:
        """The connection is gone: what was written but not proven is in doubt."""
        doubtful = list(self._unproven)
        self._marks = self._unproven = ()
        if self._config.on_unknown == "resend":
            self._queue = deque([*doubtful, *self._queue])
            self.bytes += sum(len(message.payload) for message in doubtful)
        return [Delivery(message.message_id, "unknown", "connection lost before proof") for message in doubtful]

    def discard(self, reason: str) -> list[Delivery]:
        """Nobody will write what waits."""
        deliveries = []
        while self._queue:
            deliveries.append(self._drop(self._pop(), reason))
        return deliveries

    def _overflows(self, payload: bytes) -> bool:
        return len(self._queue) >= self._config.max_messages or self.bytes + len(payload) > self._config.max_bytes

    def _pop(self) -> Outgoing:
        assert self._queue
        message = self._queue.popleft()
        self.bytes -= len(message.payload)
        return message

    def _drop(self, message: Outgoing, reason: str) -> Delivery:
        self.dropped += 1
        return Delivery(message.message_id, "dropped", reason)

    def _acknowledge(self, last_id: int, reason: str) -> list[Delivery]:
        deliveries = []
        while self._unproven and self._unproven[0].message_id <= last_id:
            deliveries.append(Delivery(self._unproven.popleft().message_id, "acked", reason))
        return deliveries
