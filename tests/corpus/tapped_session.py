"""What a tap states of the clients before it, second by second: for tests and for the corpus."""

from typing import Any

from tests.corpus.history import ns
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    Control,
    Disruption,
    Message,
    OpenFailed,
    OutboxChanged,
    RttSample,
    State,
    StateChanged,
    Verdict,
)
from wsmonitor.facts.tap_events import TapOpened
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig, to_ns

NAME = "tap"


class Client:
    """One slot of a tap, second by second."""

    def __init__(self, session: "Session", slot: int, pid: int) -> None:
        self.session = session
        self.slot = slot
        self.pid = pid
        self.opened_s = self.heard_s = self.sent_s = 0.0
        self.connection = 0

    @property
    def who(self) -> dict[str, Any]:
        return {"endpoint": NAME, "slot": self.slot, "connection": self.connection}

    def say(self, fact: type[Any], at_s: float, /, **fields: Any) -> None:
        self.session.events.append(fact(at_ns=ns(at_s), **self.who, **fields))

    def ask(self, at_s: float) -> None:
        self.say(StateChanged, at_s, old=State.IDLE, new=State.RESOLVING)

    def open(self, at_s: float) -> None:
        self.ask(at_s)
        self.session.connections += 1
        self.connection = self.session.connections
        self.opened_s = self.heard_s = self.sent_s = at_s
        self.say(StateChanged, at_s, old=State.RESOLVING, new=State.OPEN)
        self.say(TapOpened, at_s, client_address="127.0.0.1:1", pid=self.pid, process="node")

    def refused(self, at_s: float, status: int, retry_after_s: float | None = None) -> None:
        self.ask(at_s)
        retry = None if retry_after_s is None else to_ns(retry_after_s)
        self.say(
            OpenFailed, at_s, phase="http", error=f"HTTP {status}", duration_ns=1, status=status, retry_after_ns=retry
        )
        self.say(StateChanged, at_s, old=State.UPGRADING, new=State.IDLE)

    def send(self, at_s: float, payload: bytes = b"beat", *, wire_bytes: int = 10) -> None:
        self.sent_s = at_s
        self.say(Message, at_s, direction="tx", opcode=1, size_bytes=4, wire_bytes=wire_bytes, payload=payload)

    def hear(self, at_s: float, payload: bytes = b"welcome") -> None:
        self.heard_s = at_s
        self.say(Message, at_s, direction="rx", opcode=1, size_bytes=4, wire_bytes=6, payload=payload)

    def ping(self, at_s: float) -> None:
        """A ping of the client, answered at once."""
        self.sent_s = self.heard_s = at_s
        self.say(Control, at_s, direction="tx", opcode=9, payload=b"p")
        self.say(Control, at_s, direction="rx", opcode=10, payload=b"p")

    def asked(self, at_s: float, *, answers: bool) -> None:
        """A ping of the server, answered at once or never."""
        self.heard_s = at_s
        self.say(Control, at_s, direction="rx", opcode=9, payload=b"s")
        if answers:
            self.sent_s = at_s
            self.say(Control, at_s, direction="tx", opcode=10, payload=b"s")
            self.say(RttSample, at_s, kind="client", round_trip_ns=1)

    def close_frame(self, at_s: float, direction: str, code: int = 1011) -> None:
        self.say(Control, at_s, direction=direction, opcode=8, payload=code.to_bytes(2, "big"))

    def disrupted(self, at_s: float, kind: str) -> None:
        """A fault begins."""
        self.say(Disruption, at_s, kind=kind, phase="started")

    def waits(self, at_s: float, size_bytes: int) -> None:
        self.say(OutboxChanged, at_s, depth=0, bytes=size_bytes, direction="rx")

    def end(self, at_s: float, *, by_client: bool = False, code: int | None = None, forced: str | None = None) -> None:
        verdict = Verdict(
            by="disruption" if forced else None,
            initiator="local" if by_client else "peer",
            mechanism="close_frame" if code is not None else "fin",
            received_code=code,
            received_reason="" if code is not None else None,
            sent_code=None,
            sent_reason=None,
            clean=False,
            life_ns=to_ns(at_s - self.opened_s),
            silence_rx_ns=to_ns(at_s - self.heard_s),
            silence_tx_ns=to_ns(at_s - self.sent_s),
            forced=forced,
            tapped=True,
        )
        self.say(ConnectionClosed, at_s, verdict=verdict)
        self.say(StateChanged, at_s, old=State.CLOSING, new=State.IDLE)


class Session:
    """What a tap stated, and what is found in it."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self.connections = 0

    def client(self, slot: int = 0, pid: int = 100) -> Client:
        return Client(self, slot, pid)

    @property
    def config(self) -> EndpointConfig:
        """The tap."""
        return EndpointConfig(name=NAME, url="ws://h/", tap=TapConfig())

    def stated(self) -> list[AnyEvent]:
        """The events in the order of time."""
        return sorted(self.events, key=lambda event: event.at_ns)
