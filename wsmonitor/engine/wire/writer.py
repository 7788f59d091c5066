"""Write what waits: the preamble first, then the outbox in order, one message in our buffer at a time.

A message counts as written when its last byte left our own buffer. Over TLS the buffer below the
encryption cannot be seen, so there it counts a little early; what is lost then ends up `unknown`,
never as delivered.
"""

import logging
from collections.abc import Callable, Iterable

from websockets.exceptions import InvalidState

from wsmonitor.engine.wire.outbox import Delivery, Outbox
from wsmonitor.engine.wire.watched_connection import WatchedConnection

log = logging.getLogger(__name__)


class Writer:
    """The only one that writes data messages to one open connection.

    Args:
        deliveries: is told what became of messages, and after every change of the outbox.
    """

    __slots__ = (
        "_connection",
        "_deliveries",
        "_in_buffer",
        "_now_ns",
        "_outbox",
        "_overtaken",
        "_preamble",
        "held",
        "paused",
    )

    def __init__(
        self,
        connection: WatchedConnection,
        outbox: Outbox,
        *,
        preamble: Iterable[str],
        now_ns: Callable[[], int],
        deliveries: Callable[[list[Delivery]], None],
    ) -> None:
        self._connection = connection
        self._outbox = outbox
        self._preamble = list(preamble)
        self._now_ns = now_ns
        self._deliveries = deliveries
        self._in_buffer = False
        self._overtaken = False
        self.held = False
        """True keeps everything back: a health check is running."""
        self.paused = False
        """True keeps everything back: we are stalled, or have ended the connection."""

    def pump(self) -> None:
        """Write as much as the connection takes now."""
        deliveries: list[Delivery] = []
        try:
            while not self._must_wait and self._write_next(deliveries):
                pass
        except InvalidState as error:
            log.debug("connection closed between check and send: %s", error)
        self._deliveries(deliveries)

    def writable(self) -> None:
        """Our buffer is empty again."""
        if self._in_buffer:
            self._in_buffer = self._overtaken = False
            self._deliveries([self._outbox.written()])
        self.pump()

    def control_written(self) -> None:
        """A control frame was written; it may wait behind a message."""
        self._overtaken = self._in_buffer

    def left(self, *, clean: bool) -> tuple[int, int]:
        """How many messages a loss would now leave in doubt, and how many unwritten."""
        unseen = int(self._in_buffer and self._overtaken)
        return 0 if clean else self._outbox.unproven + unseen, self._outbox.depth - unseen

    def lost(self, *, clean: bool) -> None:
        """The connection is gone; `clean` if the peer answered our Close."""
        deliveries = []
        if self._in_buffer and self._overtaken:
            # Only the frame behind it may have been left over: we cannot know.
            deliveries.append(self._outbox.written())
        if clean:
            deliveries += self._outbox.closed_cleanly()
        self._deliveries(deliveries + self._outbox.lost())

    @property
    def _must_wait(self) -> bool:
        connection = self._connection
        return self.held or self.paused or self._in_buffer or connection.paused or connection.is_broken

    def _write_next(self, deliveries: list[Delivery]) -> bool:
        """Write one message; False if there is none."""
        if self._preamble:
            text = self._preamble[0]
            self._connection.write_message(text.encode(), is_text=True)
            self._preamble.pop(0)
            return True
        message, expired = self._outbox.head(self._now_ns())
        deliveries += expired
        if message is None:
            return False
        self._connection.write_message(message.payload, is_text=message.is_text)
        if self._connection.is_broken:
            return False  # the very write failed: nothing of the message left, and it waits for the next connection
        if self._connection.unsent_bytes == 0:
            deliveries.append(self._outbox.written())
        else:
            self._in_buffer, self._overtaken = True, False
        return True
