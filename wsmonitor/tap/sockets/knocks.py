"""Counts who asks for a port on which nobody listens: the kernel refuses them, and tells no program."""

import asyncio
import ctypes
import socket
import sys
from collections.abc import Callable
from struct import pack

from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.settings.endpoint_settings import to_ns

TOGETHER_NS = to_ns(0.05)
"""Who is refused at `127.0.0.1` and at `::1` so soon after each other asked once, for `localhost`."""
A_TURN = 256
_SO_ATTACH_FILTER = 26
_ETH_P_ALL = 3
_OUTGOING = 4
"""On loopback each packet is seen twice, once as it leaves."""
_SYN, _SYN_ACK = 0x02, 0x12
_LD_BYTE, _LD_HALF, _LD_BYTE_AT_X, _LD_HALF_AT_X = 0x30, 0x28, 0x50, 0x48  # linux/bpf_common.h
_LDX_IP_HEAD, _AND, _JEQ, _RET = 0xB1, 0x54, 0x15, 0x06


class Knocks:
    """Between `begin` and `end` calls `knocked` for each attempt to connect over loopback.

    Only where the kernel lets us look (Linux, CAP_NET_RAW); elsewhere `begin` does nothing.
    """

    def __init__(self, clock: Clock, knocked: Callable[[], None]) -> None:
        self._clock = clock
        self._knocked = knocked
        self._socket: socket.socket | None = None
        self._last: tuple[int, int] = (0, -TOGETHER_NS)

    def begin(self, port: int) -> None:
        """Look for those who want this port."""
        if sys.platform != "linux" or self._socket is not None:
            return
        try:
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        except OSError:
            return
        try:
            _attach(sock, _program(port))
            sock.setblocking(False)
            sock.bind(("lo", _ETH_P_ALL))
        except OSError:
            sock.close()
            return
        self._socket = sock
        asyncio.get_running_loop().add_reader(sock, self._readable, sock)

    def end(self) -> None:
        """Look no more."""
        if self._socket is not None:
            self._readable(self._socket)
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _readable(self, sock: socket.socket) -> None:
        for _ in range(A_TURN):
            try:
                head, address = sock.recvfrom(1)
            except OSError:
                return
            if address[2] != _OUTGOING and head:
                self._saw(head[0] >> 4)

    def _saw(self, version: int) -> None:
        now_ns = self._clock.now_ns()
        before, at_ns = self._last
        if version != before and now_ns - at_ns < TOGETHER_NS:
            self._last = (0, -TOGETHER_NS)  # the other address of the same attempt
            return
        self._last = (version, now_ns)
        self._knocked()


def _program(port: int) -> bytes:
    """A filter that passes TCP segments to `port` with SYN and without ACK, of IPv4 and IPv6; all else is dropped."""
    v6, passed, dropped = 11, 19, 20
    lines: list[tuple[int, int] | tuple[int, int, int, int]] = [
        (_LD_BYTE, 0),
        (_AND, 0xF0),
        (_JEQ, 0x40, 3, v6),
        (_LD_BYTE, 9),
        (_JEQ, socket.IPPROTO_TCP, 5, dropped),
        (_LDX_IP_HEAD, 0),
        (_LD_HALF_AT_X, 2),
        (_JEQ, port, 8, dropped),
        (_LD_BYTE_AT_X, 13),
        (_AND, _SYN_ACK),
        (_JEQ, _SYN, passed, dropped),
        (_JEQ, 0x60, 12, dropped),
        (_LD_BYTE, 6),
        (_JEQ, socket.IPPROTO_TCP, 14, dropped),
        (_LD_HALF, 42),
        (_JEQ, port, 16, dropped),
        (_LD_BYTE, 53),
        (_AND, _SYN_ACK),
        (_JEQ, _SYN, passed, dropped),
        (_RET, 1),
        (_RET, 0),
    ]
    return b"".join(
        pack("HBBI", line[0], *(to - at - 1 for to in line[2:]) if line[2:] else (0, 0), line[1])
        for at, line in enumerate(lines)
    )


def _attach(sock: socket.socket, program: bytes) -> None:
    held = ctypes.create_string_buffer(program, len(program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pack("HP", len(program) // 8, ctypes.addressof(held)))
