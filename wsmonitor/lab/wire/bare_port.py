"""Addresses at which no server answers as it should: bound but deaf, full, or silent."""

import asyncio
import contextlib
import socket
from typing import Final

from wsmonitor.lab.wire.silence import until_gone
from wsmonitor.lab.wire.wire import Wire

_FILLERS: Final = 4
"""More than a backlog of 0 admits on the systems we know (Linux: 1)."""


class BarePort:
    """Sockets that are kept open until `close`."""

    def __init__(self, url: str, *sockets: socket.socket) -> None:
        self.url = url
        self._sockets = sockets

    async def close(self) -> None:
        """Closes the sockets."""
        for item in self._sockets:
            item.close()


def bound_socket(host: str) -> socket.socket:
    """A TCP socket bound to a free port that does not listen: dialling it is refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.bind((host, 0))
    return bound


def full_socket(host: str) -> tuple[socket.socket, ...]:
    """A listener whose backlog is full, and what fills it: the SYN of any further client is not answered."""
    listener = bound_socket(host)
    listener.listen(0)
    fillers = []
    for _ in range(_FILLERS):
        filler = socket.socket(listener.family, socket.SOCK_STREAM)
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect(listener.getsockname())
        fillers.append(filler)
    return (listener, *fillers)


class MutePort:
    """Accepts TCP connections, reads, and never says a byte."""

    def __init__(self, url: str, server: asyncio.Server, tasks: set[asyncio.Task[None]]) -> None:
        self.url = url
        self._server = server
        self._tasks = tasks

    async def close(self) -> None:
        """Drops every client and releases the address."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def listen_mute(host: str) -> tuple[asyncio.Server, set[asyncio.Task[None]]]:
    """The server of a `MutePort` and its running visits."""
    tasks: set[asyncio.Task[None]] = set()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        wire = Wire(reader, writer)
        try:
            await until_gone(wire)
        except asyncio.CancelledError:
            pass  # close() is the only one to cancel
        finally:
            tasks.discard(task)
            wire.drop()

    return await asyncio.start_server(accepted, host, 0), tasks
