"""A TCP socket that knows how long what it hands over has waited for us in the kernel.

A loop that is busy, or gets no processor, comes to read late; the kernel stamps what arrives as it arrives (Linux:
`SO_TIMESTAMPNS`, socket(7)). Elsewhere, and where there is no stamp, nothing has waited.
"""

import contextlib
import socket
import sys
import time
from struct import Struct as Layout
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_TIMESTAMPNS = 35
"""Option and control message; Python has no name for them. Another number on Alpha, MIPS, PA-RISC and SPARC."""
_STAMP = Layout("@qq")
_CONTROL_BYTES = 64
_LONGEST_NS = 10_000_000_000
"""What seems to have waited longer did not: the wall clock was set meanwhile."""


class StampedSocket(socket.socket):
    """`waited_ns` is how long the last of what was read last had been there, `sent_ns` when it was last written to."""

    __slots__ = ("sent_ns", "waited_ns")

    def stamp(self) -> None:
        """From now on the kernel stamps what arrives, where it can; to be called before anything is written or read."""
        self.sent_ns = self.waited_ns = 0
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                self.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)

    def send(self, data: "ReadableBuffer", flags: int = 0, /) -> int:
        self.sent_ns = time.monotonic_ns()
        return super().send(data, flags)

    if sys.platform == "linux":

        def recv(self, size_bytes: int, flags: int = 0, /) -> bytes:
            data, control, _, _ = self.recvmsg(size_bytes, _CONTROL_BYTES, flags)
            self.waited_ns = _waited_ns(control)
            return data

        def recv_into(self, buffer: "WriteableBuffer", size_bytes: int = 0, flags: int = 0, /) -> int:
            count, control, _, _ = self.recvmsg_into([buffer], _CONTROL_BYTES, flags)
            self.waited_ns = _waited_ns(control)
            return count


def _waited_ns(control: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in control:
        if kind == _TIMESTAMPNS and level == socket.SOL_SOCKET and len(data) == _STAMP.size:
            seconds, nanoseconds = _STAMP.unpack(data)
            waited_ns = time.time_ns() - seconds * 1_000_000_000 - nanoseconds
            return waited_ns if 0 <= waited_ns <= _LONGEST_NS else 0
    return 0
