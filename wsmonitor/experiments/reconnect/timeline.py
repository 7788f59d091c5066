"""Pure: folds what a tap states into connections and tries, as far as one fault's row needs them. Bounded."""

from msgspec import Struct, field

from wsmonitor.experiments.reconnect.shapes import shape_of
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    Message,
    OpenFailed,
    PhaseDone,
    State,
    StateChanged,
)
from wsmonitor.facts.tap_events import LegEnded, TapOpened, TapRefused

_TEXT, _CLOSE = 1, 8
MOST_SENT = 2000
MOST_TRIES = 20_000
MOST_CONNECTIONS = 2000


class Sent(Struct, frozen=True):
    """A message of the client; `content` is its size and the head of its payload."""

    at_ns: int
    shape: str
    content: tuple[int, bytes]


class Connection(Struct):
    """One open connection of the client; `closed_ns`: it sent a Close; `left_ns`: its leg to the tap ended."""

    number: int
    slot: int
    opened_ns: int
    closed_ns: int | None = None
    left_ns: int | None = None
    sent: list[Sent] = field(default_factory=list)

    @property
    def ended_ns(self) -> int | None:
        """When the client was done with it, as far as anybody can be."""
        return min((at_ns for at_ns in (self.closed_ns, self.left_ns) if at_ns is not None), default=None)


class Tries(Struct, frozen=True):
    """`count` tries to open, the last at `at_ns`; several only where they came within a second."""

    at_ns: int
    count: int = 1


class Timeline:
    """What is known of the client. `forget` drops what lies before a time, but for what is open."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.tries: list[Tries] = []
        self.signs: list[int] = []
        """When the client ended something: it sent a Close, or its TCP connection ended by its own doing."""
        self.unreachable_ns: int | None = None
        """When the server behind the tap could last not be reached."""
        self.process = ""

    @property
    def open(self) -> list[Connection]:
        """The connections that are open."""
        return [one for one in self.connections if one.left_ns is None]

    def take(self, event: AnyEvent) -> None:
        """An event of the tap."""
        match event:
            case PhaseDone(phase="client_http"):
                self._tried(event.at_ns, 1)
            case TapRefused(reason="fault"):
                self._tried(event.at_ns, event.count)
            case TapOpened():
                self.process = event.process or self.process
            case OpenFailed(status=None):
                self.unreachable_ns = event.at_ns
            case StateChanged(new=State.OPEN) if len(self.connections) < MOST_CONNECTIONS:
                self.connections.append(Connection(event.connection, event.slot, event.at_ns))
            case Message(direction="tx"):
                self._sent(event)
            case Control(direction="tx", opcode=opcode) if opcode == _CLOSE:
                for one in self._called(event.connection):
                    self._signed(event.at_ns)
                    one.closed_ns = one.closed_ns or event.at_ns
            case LegEnded(leg="client"):
                if event.how != "ours" and self._called(event.connection):
                    self._signed(event.at_ns)
                self._left(event.connection, event.at_ns)
            case ConnectionClosed():
                self._left(event.connection, event.at_ns)

    def keep_youngest(self, count: int) -> None:
        """Of the open connections the client goes on with so many; what else it left open says no more of it."""
        kept = sorted(self.open, key=lambda one: one.opened_ns)[-count:]
        self.connections = [one for one in self.connections if one.left_ns is not None or one in kept]

    def forget(self, before_ns: int) -> None:
        """Drop tries and ended connections of before."""
        self.tries = [one for one in self.tries if one.at_ns >= before_ns]
        self.signs = [at_ns for at_ns in self.signs if at_ns >= before_ns]
        self.connections = [one for one in self.connections if one.left_ns is None or one.left_ns >= before_ns]
        if self.unreachable_ns is not None and self.unreachable_ns < before_ns:
            self.unreachable_ns = None

    def _tried(self, at_ns: int, count: int) -> None:
        if len(self.tries) < MOST_TRIES:
            self.tries.append(Tries(at_ns, count))

    def _signed(self, at_ns: int) -> None:
        if len(self.signs) < MOST_TRIES:
            self.signs.append(at_ns)

    def _sent(self, event: Message) -> None:
        for one in self._called(event.connection):
            if len(one.sent) < MOST_SENT:
                shape = shape_of(event.payload, is_text=event.opcode == _TEXT)
                one.sent.append(Sent(event.at_ns, shape, (event.size_bytes, event.payload)))

    def _left(self, number: int, at_ns: int) -> None:
        for one in self._called(number):
            one.left_ns = one.left_ns or at_ns

    def _called(self, number: int) -> list[Connection]:
        return [one for one in self.connections if one.number == number]
