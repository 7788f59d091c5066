"""Listens for clients on both loopback addresses and hands over their sockets."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable
from ipaddress import ip_address

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.settings.endpoint_settings import TapConfig

BACKLOG = 128
ACCEPTS_A_TURN = 64
SMALL_BUFFER_BYTES = 64 * 1024
FREE_PORT_TRIES = 16
NO_DESCRIPTOR = "no file descriptor is left in this process"
ANYWHERE = {
    "0.0.0.0": (socket.AF_INET, "192.0.2.1", "127.0.0.1"),
    "::": (socket.AF_INET6, "2001:db8::1", "::1"),
}
"""Addresses that mean all of a family: its name, an address that belongs to nobody (RFC 5737, 3849), its loopback."""
_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_NO_IPV6 = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class Listener:
    """The sockets of one tap.

    Args:
        accepted: takes a client's socket and its address as text.
        exhausted: the machine has no descriptor left for a client; takes its socket, to answer and close.
    """

    def __init__(
        self,
        settings: TapConfig,
        *,
        accepted: Callable[[socket.socket, str], None],
        exhausted: Callable[[socket.socket], None],
    ) -> None:
        self._settings = settings
        self._accepted = accepted
        self._exhausted = exhausted
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self._bound_only: list[socket.socket] = []
        self._reserve = -1
        self._port = settings.listen

    @property
    def is_open(self) -> bool:
        """True while clients can come."""
        return bool(self._sockets)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it listens: `127.0.0.1:9001`, `[::1]:9001`."""
        return tuple(address_text(sock.getsockname()) for sock in self._sockets)

    @property
    def authority(self) -> str:
        """Host and port that a client can dial: of "anywhere" this machine's address, else what was asked for."""
        address = self._settings.address
        return address_text((_for_clients(str(ip_address(address))) if address else "localhost", self.port))

    def open(self) -> None:
        """Begin, or go on at the same port. Raises `WsmonitorError` where it is taken or not ours to use."""
        if self._sockets:
            return
        self._bound_only = self._bound_only or self._bound()
        for sock in self._bound_only:
            _listen(sock)
        self._sockets, self._bound_only = self._bound_only, []
        self._port = self.port
        self._reserve = os.open(os.devnull, os.O_RDONLY)
        for sock in self._sockets:
            self._loop.add_reader(sock, self._acceptable, sock)

    def refuse(self) -> None:
        """Let the kernel refuse who comes, and the port to no other program: even a client might get it for itself."""
        self.close()
        with contextlib.suppress(WsmonitorError):
            self._bound_only = self._bound()

    def close(self) -> None:
        """Listen no more."""
        for sock in self._sockets:
            self._loop.remove_reader(sock)
        for sock in (*self._sockets, *self._bound_only):
            sock.close()
        self._sockets, self._bound_only = [], []
        if self._reserve >= 0:
            os.close(self._reserve)
            self._reserve = -1

    def _bound(self) -> list[socket.socket]:
        settings = self._settings
        if settings.address:
            family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
            return [self._bind(family, settings.address, self._port)]
        for attempt in range(FREE_PORT_TRIES):
            first = self._bind(socket.AF_INET, "127.0.0.1", self._port)
            try:
                return [first, self._bind(socket.AF_INET6, "::1", first.getsockname()[1])]
            except WsmonitorError as error:
                cause = error.__cause__
                if isinstance(cause, OSError) and cause.errno in _NO_IPV6:
                    return [first]
                first.close()
                if self._port or attempt == FREE_PORT_TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _bind(self, family: int, host: str, port: int) -> socket.socket:
        sock = None
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if self._settings.small_buffers:
                make_small(sock)
            sock.bind((host, port))
            sock.setblocking(False)
        except OSError as error:
            if sock is not None:
                sock.close()
            raise _no_port(address_text((host, port)), error) from error
        return sock

    def _acceptable(self, listening: socket.socket) -> None:
        for _ in range(ACCEPTS_A_TURN):
            try:
                sock, name = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if is_exhausted(error):
                    self._accept_with_reserve(listening)
                return
            sock.setblocking(False)
            with contextlib.suppress(OSError):  # it may be gone already
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accepted(sock, address_text(name))

    def _accept_with_reserve(self, listening: socket.socket) -> None:
        """Free the one descriptor that was kept, so that the client gets an answer instead of silence."""
        if self._reserve < 0:
            return
        os.close(self._reserve)
        self._reserve = -1
        try:
            sock, _ = listening.accept()
            sock.setblocking(False)
            self._exhausted(sock)
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                self._reserve = os.open(os.devnull, os.O_RDONLY)


def _listen(sock: socket.socket) -> None:
    try:
        sock.listen(BACKLOG)
    except OSError as error:
        raise _no_port(address_text(sock.getsockname()), error) from error


def _no_port(shown: str, error: OSError) -> WsmonitorError:
    if error.errno == errno.EADDRINUSE:
        return WsmonitorError(f"{shown} is taken by another program; try another port, or 0 for a free one")
    return WsmonitorError(f"cannot listen on {shown}: {os.strerror(error.errno or 0)}")


def _for_clients(host: str) -> str:
    """`host`, or where it means every address the one that leads away from here; a loopback where none does."""
    if host not in ANYWHERE:
        return host
    family, outside, loopback = ANYWHERE[host]
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.connect((outside, 9))  # no packet leaves: a datagram socket only asks for the route
        found = str(sock.getsockname()[0])
        return loopback if "%" in found else found  # a link's own address says nothing without the link
    return loopback


def is_exhausted(error: BaseException | None) -> bool:
    """True where the machine or this process has nothing left to make a socket of; causes count as well."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _EXHAUSTED:
            return True
        error = error.__cause__
    return False


def make_small(sock: socket.socket) -> None:
    """Bound the kernel's buffers, so that a side that does not read is felt soon."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BUFFER_BYTES)


def turn_away(sock: socket.socket, said: bytes) -> None:
    """Answer and close without waiting for anything: there is no room to wait in."""
    try:
        sock.send(said)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(65536)  # what was sent already: left unread it would turn our FIN into a RST
    except OSError:
        pass
    finally:
        sock.close()


def address_text(name: tuple[str, int] | tuple[str, int, int, int]) -> str:
    """`127.0.0.1:80`, `[::1]:80`."""
    host, port = name[0], name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
