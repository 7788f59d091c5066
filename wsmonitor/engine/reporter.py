"""Says who an event is about, and makes those of frames, which come most often."""

from collections.abc import Callable
from typing import TypedDict

from websockets.frames import Frame, Opcode
from websockets.typing import BytesLike

from wsmonitor.engine.admission import Admission
from wsmonitor.facts.events import AnyEvent, Control, Direction, Message

CONTROL_CAPTURE_BYTES = 125

Publish = Callable[[AnyEvent], None]
"""Takes an event; quick, and never raises."""


class Who(TypedDict):
    """The fields that every event of a connection slot carries."""

    endpoint: str
    connection: int
    slot: int


class Reporter:
    """Publishes the events of one connection slot; `who` goes into each of them."""

    __slots__ = ("admission", "capture_bytes", "connection", "endpoint", "publish", "slot")

    def __init__(
        self,
        publish: Publish,
        *,
        endpoint: str,
        slot: int,
        connection: int = 0,
        admission: Admission | None = None,
        capture_bytes: int = 0,
    ) -> None:
        self.publish = publish
        self.endpoint = endpoint
        self.slot = slot
        self.connection = connection
        """The number of the connection that events are about from now on."""
        self.admission = admission or Admission()
        self.capture_bytes = capture_bytes

    @property
    def who(self) -> Who:
        """To be unpacked; an event that comes often names the three itself, which costs a fifth."""
        return {"endpoint": self.endpoint, "connection": self.connection, "slot": self.slot}

    def received(self, opcode: Opcode, data: BytesLike, *, fragments: int, wire_bytes: int, at_ns: int) -> None:
        """A message came. It is only counted while the reader of events is behind, and kept without its payload."""
        admission = self.admission
        if not admission.messages.admits():
            admission.unlisted.message(self, "rx", len(data), at_ns)
            return
        kept_bytes = self.capture_bytes if data and admission.payloads.admits() else 0
        self.publish(
            Message(
                endpoint=self.endpoint,
                connection=self.connection,
                slot=self.slot,
                at_ns=at_ns,
                direction="rx",
                opcode=int(opcode),
                size_bytes=len(data),
                wire_bytes=wire_bytes,
                fragments=fragments,
                payload=bytes(memoryview(data)[:kept_bytes]),
            )
        )

    def sent(self, frame: Frame, wire_bytes: int, at_ns: int) -> None:
        """A message left."""
        self.publish(
            Message(
                endpoint=self.endpoint,
                connection=self.connection,
                slot=self.slot,
                at_ns=at_ns,
                direction="tx",
                opcode=int(frame.opcode),
                size_bytes=len(frame.data),
                wire_bytes=wire_bytes,
                payload=bytes(frame.data[: self.capture_bytes]),
            )
        )

    def control(self, direction: Direction, frame: Frame, at_ns: int, *, suppressed: bool = False) -> None:
        """A control frame passed, or was kept from being sent."""
        self.publish(
            Control(
                endpoint=self.endpoint,
                connection=self.connection,
                slot=self.slot,
                at_ns=at_ns,
                direction=direction,
                opcode=int(frame.opcode),
                payload=bytes(frame.data[:CONTROL_CAPTURE_BYTES]),
                suppressed=suppressed,
            )
        )
