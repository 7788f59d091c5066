"""What forced disconnects may do to the open connection of one slot."""

import ctypes
import errno
import socket
from collections.abc import Callable
from struct import pack

from wsmonitor.engine.connection import Connection
from wsmonitor.engine.wire.watched_connection import WatchedConnection
from wsmonitor.facts.verdict import EndingFact

_SO_ATTACH_FILTER = 26  # linux/asm-generic/socket.h; the socket module does not name them
_SO_DETACH_FILTER = 27
_BPF_RET_K_0 = pack("HBBI", 0x06, 0, 0, 0)  # one classic BPF instruction: accept no byte of any segment
BLACKHOLE_LIMIT_MS = 30_000
"""The kernel gives up a connection whose bytes stay unacknowledged for so long."""


class ConnectionLevers:
    """Acts on a connection, which must be open for everything but `hold_off`.

    Args:
        hold_off: asks the slot's state machine not to reconnect for so many seconds.
    """

    def __init__(self, connection: Connection | None, hold_off: Callable[[float], None]) -> None:
        self._maybe_connection = connection
        self._hold_off = hold_off

    def hold_off(self, seconds: float) -> None:
        """Close and do not reconnect for so long."""
        self._hold_off(seconds)

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake."""
        self._connection.close(code, reason, by="disruption")

    def reset(self) -> None:
        """Send a RST instead of a FIN, now (SO_LINGER with zero seconds)."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        self._connection.end(EndingFact.OUR_RESET)
        self._watched.transport.abort()

    def half_close(self) -> None:
        """Send a FIN and go on listening; over TLS a FIN without close_notify."""
        self._connection.end(EndingFact.OUR_FIN)
        self._watched.half_close()

    def tcp_close(self) -> None:
        """Close the TCP connection without a Close frame, after what waits was written."""
        self._connection.end(EndingFact.OUR_FIN)
        self._watched.transport.close()

    def write_raw(self, data: bytes) -> None:
        """Put bytes on the wire that are no frame of ours."""
        self._watched.transport.write(data)

    def stall(self, *, stalled: bool) -> None:
        """Neither read nor write while stalled; our own heartbeats pause meanwhile."""
        self._connection.pause(paused=stalled)
        self._watched.stall(stalled=stalled)

    def drop_incoming(self, *, dropping: bool) -> None:
        """Let the kernel drop every incoming segment, or accept them again."""
        drop_incoming(self._socket, dropping=dropping)

    def mute_pongs(self, *, muted: bool) -> None:
        """Do not answer the peer's pings while muted."""
        self._watched.mutes_pongs = muted

    @property
    def _connection(self) -> Connection:
        assert self._maybe_connection is not None, "this disruption needs an open connection"
        return self._maybe_connection

    @property
    def _watched(self) -> WatchedConnection:
        assert self._connection.watched is not None
        return self._connection.watched

    @property
    def _socket(self) -> socket.socket:
        sock: socket.socket = self._watched.transport.get_extra_info("socket")
        return sock


def drop_incoming(sock: socket.socket, *, dropping: bool) -> None:
    """Let the kernel drop every segment that comes for `sock`, or accept them again (Linux). Raises `OSError`."""
    if dropping:
        program = ctypes.create_string_buffer(_BPF_RET_K_0, len(_BPF_RET_K_0))
        filter_program = pack("HP", 1, ctypes.addressof(program))
        sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_program)
    else:
        try:
            sock.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.EBADF):  # it was gone already
                raise
    limit_ms = BLACKHOLE_LIMIT_MS if dropping else 0
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, limit_ms)
