"""Name lookups in daemon threads of their own: exit never waits for one, and none blocks another.

The standard executor has few threads and joins them at exit; a lookup that hangs for 30 s would hold
up every other endpoint and the end of the program.
"""

import asyncio
import ipaddress
import socket
import threading
import time

from msgspec import Struct


class Address(Struct, frozen=True):
    """One answer of a lookup, ready for `socket.socket` and `connect`."""

    family: socket.AddressFamily
    sockaddr: tuple[str, int] | tuple[str, int, int, int]

    def __str__(self) -> str:
        host, port = self.sockaddr[0], self.sockaddr[1]
        return f"[{host}]:{port}" if self.family == socket.AF_INET6 else f"{host}:{port}"


class Answers(Struct, frozen=True):
    """What a lookup gave, and how long it took inside its thread, in nanoseconds."""

    addresses: tuple[Address, ...]
    duration_ns: int


async def resolve(host: str, port: int) -> Answers:
    """Look up `host`. Raises `socket.gaierror` or `UnicodeError` as `getaddrinfo` does."""
    if is_address(host):
        return _look_up(host, port)  # nobody is asked: nothing to wait for
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Answers] = loop.create_future()

    def deliver(result: Answers | Exception) -> None:
        if answer.done():
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    def look_up() -> None:
        result: Answers | Exception
        try:
            result = _look_up(host, port)
        except Exception as error:  # handed to the waiting task, whatever it is
            result = error
        try:
            loop.call_soon_threadsafe(deliver, result)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await answer


def is_loopback(host: str) -> bool:
    """True for names and addresses that never leave the machine (RFC 6761, 6.3)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return is_address(host) and ipaddress.ip_address(host).is_loopback


def is_address(host: str) -> bool:
    """True for an IP address, which needs no lookup."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int) -> Answers:
    started_ns = time.monotonic_ns()
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = dict.fromkeys(
        Address(family, sockaddr)  # type: ignore[arg-type]  # TCP has no other kinds of address
        for family, _kind, _protocol, _name, sockaddr in found
        if family in (socket.AF_INET, socket.AF_INET6)
    )
    return Answers(tuple(addresses), time.monotonic_ns() - started_ns)
