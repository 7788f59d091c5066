"""One TCP connection of a pair: reads, writes, and ends in exactly the way it is told to.

It reads and writes its socket itself: a transport would answer a reset by throwing away what was received
before it, and cannot half-close TLS. What a write finds out (RST, a dead path) is told only after everything
that had arrived before was read.
"""

import asyncio
import contextlib
import errno
import fcntl
import socket
import ssl
import sys
from collections import deque
from collections.abc import Callable
from struct import pack, unpack
from typing import Literal, Protocol

from wsmonitor.engine.clocks.clock import Clock, Timer
from wsmonitor.tap.sockets.tls_layer import Layer

LEAST_READ_BYTES = 4 * 1024
READ_BYTES = 64 * 1024
LARGE_READ_BYTES = 256 * 1024
LONG_LOOK_NS = 5_000_000
"""While what was read is looked at for so long, everybody else waits: then less is read at once."""
DELIVERY_LIMIT_NS = 1_000_000_000
"""A reset waits at most so long for what was written before it."""
LOOK_AGAIN_NS = 1_000_000
MOST_BUFFERS = 64
_TCP_CLOSE = 7  # net/tcp_states.h
_SIOCOUTQ = 0x5411  # linux/sockios.h; the value of TIOCOUTQ

LegEnd = Literal["fin", "rst", "timeout"]
_TIMEOUTS = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH})


class LegOwner(Protocol):
    """Who hears what happens on a leg."""

    def received(self, leg: "Leg", data: bytes, at_ns: int) -> None: ...

    def leg_ended(self, leg: "Leg", how: LegEnd, at_ns: int, error: Exception | None) -> None:
        """Nothing more comes from the other side. After `fin` it may still read; told at most once for each way."""
        ...

    def drained(self, leg: "Leg") -> None:
        """Everything written so far is with the kernel."""
        ...


class Leg:
    """Owns `sock`, which must not block. Nothing is read before `resume`.

    Args:
        tls: between the socket and the pair, its handshake done.
    """

    __slots__ = (
        *("_buffer", "_closes_after_fin", "_clock", "_is_closed", "_is_reading", "_is_stalled", "_is_writing"),
        *("_loop", "_owner", "_sock", "_timer", "_tls", "_wants_fin", "_write_error"),
        *("buffered_bytes", "has_ended", "has_sent_fin", "last_read_ns", "last_written_ns", "read_bytes", "read_total"),
    )

    def __init__(self, sock: socket.socket, *, owner: LegOwner, clock: Clock, tls: Layer | None = None) -> None:
        self._sock = sock
        self._owner = owner
        self._clock = clock
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._buffer: deque[bytes | memoryview] = deque()
        self.read_bytes = READ_BYTES
        """So much is read at once."""
        self._is_reading = self._is_writing = self._is_closed = self._is_stalled = False
        self._wants_fin = self._closes_after_fin = False
        self._write_error: OSError | None = None
        self._timer: Timer | None = None
        self.has_sent_fin = False
        self.has_ended = False
        """True once the other side sent FIN or RST, or is unreachable."""
        self.buffered_bytes = 0
        """What waits in our own buffer; the kernel's is not in it."""
        self.last_read_ns = self.last_written_ns = clock.now_ns()
        self.read_total = 0

    @property
    def socket(self) -> socket.socket:
        """For questions to the kernel; not to be read or written."""
        return self._sock

    @property
    def is_closed(self) -> bool:
        """True once the socket is gone."""
        return self._is_closed

    def pause(self) -> None:
        """Read nothing for now: the kernel's buffer fills, then the other side waits."""
        if self._is_reading:
            self._is_reading = False
            self._loop.remove_reader(self._sock)

    def resume(self) -> None:
        """Read what comes, unless stalled."""
        if not (self._is_reading or self._is_closed or self.has_ended or self._is_stalled):
            self._is_reading = True
            self._loop.add_reader(self._sock, self._readable)

    def look_while_paused(self) -> None:
        """A leg that is not read cannot tell that it was reset; the kernel knows (Linux)."""
        if self._is_reading or self._is_closed or self.has_ended or self._is_stalled or sys.platform != "linux":
            return
        with contextlib.suppress(OSError):
            if self._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE:
                self.resume()

    def looked(self, read_bytes: int, took_ns: int) -> None:
        """So many bytes took so long to be looked at: in tiny frames a thousand times longer than in large ones."""
        if took_ns > LONG_LOOK_NS:
            self.read_bytes = max(LEAST_READ_BYTES, self.read_bytes // 2)
        elif read_bytes > self.read_bytes // 2 and took_ns < LONG_LOOK_NS // 4:
            self.read_bytes = min(LARGE_READ_BYTES, self.read_bytes * 2)

    def stall(self, *, stalled: bool) -> None:
        """Read nothing while stalled, whatever else happens."""
        self._is_stalled = stalled
        if stalled:
            self.pause()
        else:
            self.resume()

    def write(self, data: bytes | memoryview) -> bool:
        """Write, now if the kernel takes it, else in order; true if it is all with the kernel.

        What a leg cannot deliver any more is dropped without a word: its end was told.
        """
        if self._is_closed or self._wants_fin or self._write_error is not None:
            return True
        if self._tls is not None:
            if not self._tls.is_ready:  # the other side speaks no TLS, or not yet
                return True
            data = self._tls.wrap(data)
        return self._send(data)

    def finish(self, *, then_close: bool = False) -> None:
        """Send a FIN after what waits (over TLS close_notify first); then, perhaps, close."""
        self._closes_after_fin = self._closes_after_fin or then_close
        if self._wants_fin or self._is_closed:
            self._after_fin()
            return
        if self._tls is not None and self._write_error is None:
            self._send(self._tls.end())
        self._wants_fin = True
        self._send_fin_if_drained()

    def reset(self) -> None:
        """Send a RST now (SO_LINGER with zero seconds); what waits is lost."""
        if not self._is_closed:
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
            self.close()

    def reset_after_delivery(self, then: Callable[[], None]) -> None:
        """Send a RST once the other host's kernel has everything that was written, at most one second from now."""
        deadline_ns = self._clock.now_ns() + DELIVERY_LIMIT_NS

        def look() -> None:
            now_ns = self._clock.now_ns()
            is_delivered = not self.buffered_bytes and not self.unacknowledged_bytes()
            if is_delivered or now_ns >= deadline_ns or self._write_error is not None or self._is_closed:
                self.reset()
                then()
                return
            self._timer = self._clock.call_at(now_ns + LOOK_AGAIN_NS, look)

        look()

    def close(self) -> None:
        """Close the socket: a FIN where nothing was left unread, else the kernel sends a RST."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._is_reading:
            self._loop.remove_reader(self._sock)
        if self._is_writing:
            self._loop.remove_writer(self._sock)
        self._is_reading = self._is_writing = False
        self._buffer.clear()
        self.buffered_bytes = 0
        self._sock.close()

    def unacknowledged_bytes(self) -> int:
        """Bytes that the other host's kernel has not acknowledged (Linux; elsewhere 0)."""
        if self._is_closed or sys.platform != "linux":
            return 0
        try:
            return int(unpack("i", fcntl.ioctl(self._sock, _SIOCOUTQ, b"\0\0\0\0"))[0])
        except OSError:
            return 0

    # Reading

    def _readable(self) -> None:
        try:
            data = self._sock.recv(self.read_bytes)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(_how(error), error)
            return
        at_ns = self._clock.now_ns()
        if not data:
            # A write that failed took the kernel's error with it: what looks like a FIN was none.
            self._end("fin" if self._write_error is None else _how(self._write_error), self._write_error)
            return
        self.last_read_ns = at_ns
        self.read_total += len(data)
        if self._tls is None:
            self._owner.received(self, data, at_ns)
        else:
            self._decrypt(self._tls, data, at_ns)

    def _decrypt(self, tls: Layer, data: bytes, at_ns: int) -> None:
        try:
            plain, to_send = tls.feed(data)
        except ssl.SSLError as error:
            self._send(tls.take_alert())
            self._end("rst", error)
            return
        if to_send and not self._wants_fin and self._write_error is None:
            self._send(to_send)
        if plain:
            self._owner.received(self, plain, at_ns)
        if tls.has_ended and not self.has_ended:
            self._end("fin", None)

    def _end(self, how: LegEnd, error: Exception | None) -> None:
        self.pause()
        if self.has_ended and how == "fin":
            return
        self.has_ended = True
        self._owner.leg_ended(self, how, self._clock.now_ns(), error)

    # Writing

    def _send(self, data: bytes | memoryview) -> bool:
        if not data:
            return not self._buffer
        if not self._buffer:
            try:
                sent = self._sock.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._write_failed(error)
                return True
            self.last_written_ns = self._clock.now_ns()
            if sent == len(data):
                return True
            data = memoryview(data)[sent:]
            self._is_writing = True
            self._loop.add_writer(self._sock, self._writable)
        self._buffer.append(data)
        self.buffered_bytes += len(data)
        return False

    def _writable(self) -> None:
        try:
            sent = self._sock.sendmsg([self._buffer[at] for at in range(min(len(self._buffer), MOST_BUFFERS))])
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._write_failed(error)
            return
        self.last_written_ns = self._clock.now_ns()
        self.buffered_bytes -= sent
        while self._buffer and sent >= len(self._buffer[0]):
            sent -= len(self._buffer.popleft())
        if sent:
            self._buffer[0] = memoryview(self._buffer[0])[sent:]
        if not self._buffer:
            self._is_writing = False
            self._loop.remove_writer(self._sock)
            self._send_fin_if_drained()
        if not self._is_closed:
            self._owner.drained(self)

    def _write_failed(self, error: OSError) -> None:
        """The other side is gone; what it sent before that is still to be read, so the end is told later."""
        self._write_error = error
        self._buffer.clear()
        self.buffered_bytes = 0
        if self._is_writing:
            self._is_writing = False
            self._loop.remove_writer(self._sock)
        if self.has_ended:  # it had sent a FIN, and now refuses what is written to it
            self._loop.call_soon(self._tell_refused, error)
        else:
            self.resume()

    def _tell_refused(self, error: OSError) -> None:
        if not self._is_closed:
            self._owner.leg_ended(self, _how(error), self._clock.now_ns(), error)

    def _send_fin_if_drained(self) -> None:
        if not self._wants_fin or self._buffer or self.has_sent_fin or self._is_closed:
            return
        self.has_sent_fin = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)
        self._after_fin()

    def _after_fin(self) -> None:
        if self._closes_after_fin and (self.has_sent_fin or self._write_error is not None):
            self.close()


def _how(error: OSError) -> LegEnd:
    return "timeout" if error.errno in _TIMEOUTS else "rst"
