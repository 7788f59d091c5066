"""What the Linux kernel knows of a TCP connection: `getsockopt(IPPROTO_TCP, TCP_INFO)`, about 1 us a read.

It ends at the next TCP endpoint (a proxy), and its round trip includes delayed acknowledgement (the
ACK may ride on the pong for up to about 40 ms). Layout: `struct tcp_info` of linux/tcp.h; fields are
only ever added at its end.
"""

import socket
import sys
from struct import Struct as Layout

from msgspec import Struct

_HEAD = Layout("8B24I")  # up to tcpi_total_retrans
_NOT_SENT_OFFSET, _MIN_RTT_OFFSET = 144, 148
_UINT = Layout("I")
_SIZE = 192


class TcpInfo(Struct, frozen=True):
    """The fields that say something about a path; times in nanoseconds, the rest in segments."""

    rtt_ns: int
    rtt_var_ns: int
    min_rtt_ns: int
    unacked: int
    retransmits: int
    total_retransmits: int
    probes: int = 0
    """Probes of a window, or a path, that does not open: unanswered ones in a row."""
    not_sent_bytes: int = 0
    """What waits in the kernel and has not left this machine."""


def read(sock: socket.socket) -> TcpInfo | None:
    """The kernel's view of `sock` now, or `None` where this kernel does not tell."""
    if sys.platform != "linux":
        return None
    try:
        raw = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _SIZE)
    except OSError:
        return None
    return parse(raw)


def parse(raw: bytes) -> TcpInfo | None:
    """`struct tcp_info` as bytes; `None` if it is too short to hold what we read."""
    if len(raw) < _HEAD.size:
        return None
    fields = _HEAD.unpack_from(raw)
    words = fields[8:]
    has_min_rtt = len(raw) >= _MIN_RTT_OFFSET + _UINT.size
    min_rtt_us = _UINT.unpack_from(raw, _MIN_RTT_OFFSET)[0] if has_min_rtt else 0
    return TcpInfo(
        rtt_ns=words[15] * 1000,
        rtt_var_ns=words[16] * 1000,
        min_rtt_ns=min_rtt_us * 1000,
        unacked=words[4],
        retransmits=fields[2],
        total_retransmits=words[23],
        probes=fields[3],
        not_sent_bytes=_UINT.unpack_from(raw, _NOT_SENT_OFFSET)[0] if has_min_rtt else 0,
    )
