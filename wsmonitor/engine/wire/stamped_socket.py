"""A TCP socket that knows when what it hands over came to this machine, and when what it was asked about left.

A loop that is busy, or gets no processor, comes to read late, and a packet takes its time from our write to the wire:
some 50 us where the kernel has not sent anything for a while. The kernel stamps both with the wall clock (Linux:
`SO_TIMESTAMPING`, Documentation/networking/timestamping). Elsewhere, and where there is no stamp, nothing has waited.
"""

import contextlib
import socket
import sys
import time
from struct import Struct as Layout
from struct import pack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_TIMESTAMPING = 37
"""Option and control message; Python has no name for them. Another number on PA-RISC and SPARC."""
_TX_SOFTWARE, _RX_SOFTWARE, _SOFTWARE, _OPT_TSONLY = 1 << 1, 1 << 3, 1 << 4, 1 << 11  # linux/net_tstamp.h
_MSG_ERRQUEUE = 0x2000
_ASKS = [(socket.SOL_SOCKET, _TIMESTAMPING, pack("=I", _TX_SOFTWARE))]
_STAMP = Layout("@qq")
_CONTROL_BYTES = 128
_LONGEST_NS = 10_000_000_000
"""What seems to have waited longer did not: the wall clock was set meanwhile."""
_LONGEST_SEND_NS = 1_000_000
"""A stamp so much later is of a packet that was sent once more, or of another time."""


class StampedSocket(socket.socket):
    """`sent_ns` is when it was last written to; `is_asked` has the kernel stamp what is written next."""

    __slots__ = ("_arrived_ns", "_asked_ns", "_is_stamped", "_left_ns", "is_asked", "sent_ns")

    def stamp(self) -> None:
        """From now on the kernel stamps what arrives, where it can; to be called before anything is written or read."""
        self.sent_ns = self._arrived_ns = self._asked_ns = self._left_ns = 0
        self.is_asked = self._is_stamped = False
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                self.setsockopt(socket.SOL_SOCKET, _TIMESTAMPING, _RX_SOFTWARE | _SOFTWARE | _OPT_TSONLY)
                self._is_stamped = True

    @property
    def waited_ns(self) -> int:
        """How long the last of what was read last has been there by now."""
        waited_ns = time.time_ns() - self._arrived_ns
        return waited_ns if 0 <= waited_ns <= _LONGEST_NS else 0

    @property
    def left_after_ns(self) -> int:
        """So long after `sent_ns` left what the kernel was asked to stamp; 0 as long as it has not said."""
        if self._asked_ns and not self._left_ns:
            self._hear()
        return max(0, self._left_ns - self._asked_ns)

    def send(self, data: "ReadableBuffer", flags: int = 0, /) -> int:
        self.sent_ns = time.monotonic_ns()
        if not (self.is_asked and self._is_stamped):
            return super().send(data, flags)
        self._hear()  # of what was asked before
        self.is_asked, self._left_ns = False, 0
        self._asked_ns = self.sent_ns = time.monotonic_ns()
        return self.sendmsg([data], _ASKS, flags)

    if sys.platform == "linux":

        def recv(self, size_bytes: int, flags: int = 0, /) -> bytes:
            try:
                data, control, _, _ = self.recvmsg(size_bytes, _CONTROL_BYTES, flags)
            except BlockingIOError:  # what woke us was the stamp
                self._hear()
                raise
            self._arrived_ns = _stamp_of(control)
            return data

        def recv_into(self, buffer: "WriteableBuffer", size_bytes: int = 0, flags: int = 0, /) -> int:
            try:
                count, control, _, _ = self.recvmsg_into([buffer], _CONTROL_BYTES, flags)
            except BlockingIOError:
                self._hear()
                raise
            self._arrived_ns = _stamp_of(control)
            return count

    def _hear(self) -> None:
        """Take what the kernel says of departures; the first word of each counts."""
        with contextlib.suppress(OSError):
            while self._asked_ns:
                control = self.recvmsg(0, _CONTROL_BYTES, _MSG_ERRQUEUE | socket.MSG_DONTWAIT)[1]
                left_ns = time.monotonic_ns() - (time.time_ns() - _stamp_of(control))
                if not self._left_ns and 0 <= left_ns - self._asked_ns <= _LONGEST_SEND_NS:
                    self._left_ns = left_ns


def _stamp_of(control: list[tuple[int, int, bytes]]) -> int:
    """By the wall clock; 0 where there is none."""
    for level, kind, data in control:
        if kind == _TIMESTAMPING and level == socket.SOL_SOCKET and len(data) >= _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack_from(data)
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return 0
