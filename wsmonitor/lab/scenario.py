"""What a scenario is: a hint, parameters, and what it does to whoever visits it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wsmonitor.lab.certificate import Certificate
from wsmonitor.lab.parameters import Parameter, describe
from wsmonitor.lab.visit import Visit


class OpenPort(Protocol):
    """An address of a scenario's own; `close` releases it."""

    @property
    def url(self) -> str:
        """The URL that a client dials, without parameters."""

    async def close(self) -> None:
        """Releases the address and whatever holds it."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Where the lab stands, and how a scenario with an address of its own gets its visitors served there."""

    host: str
    port: int
    certificate: Certificate | None
    listen: Callable[[str, int, OpenPort], Awaitable[asyncio.Server]]
    """Listens on a host and port; visits that come in there carry the given `OpenPort`."""

    def url(self, address: tuple[str, int], path: str) -> str:
        """The URL of `path` at an address of this lab."""
        return url_at(address, path, tls=self.certificate is not None)


def url_at(address: tuple[str, int], path: str, *, tls: bool) -> str:
    """A WebSocket URL; a wildcard address, which cannot be dialled, becomes this machine's loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])
    host = f"[{host}]" if ":" in host else host
    return f"{'wss' if tls else 'ws'}://{host}:{address[1]}/{path}"


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One file of `scenarios/`: its `HINT`, its `Parameters` if it has any, and what it does.

    `run` meets each visitor; `open_port` is for what needs an address of its own.
    """

    id: str
    """The name of its file."""
    group: str
    """What its room is called."""
    hint: str
    parameters: type[Any]
    run: Callable[[Visit, Any], Awaitable[None]] | None
    open_port: Callable[[Ground], Awaitable[OpenPort]] | None
    also_at: tuple[str, ...]
    """Further paths that lead to `run` (`ALSO_AT`)."""

    def described_parameters(self) -> tuple[Parameter, ...]:
        """Every parameter with its default."""
        return describe(self.parameters)
