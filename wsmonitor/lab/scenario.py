"""What a scenario is: an id, a hint, parameters, and what it does to whoever visits it."""

import asyncio
import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from wsmonitor.lab.parameters import Parameter, describe
from wsmonitor.lab.visit import Visit

P = TypeVar("P")


class Group(enum.StrEnum):
    """Headings of the page and the table, in their order."""

    HEALTHY = "Healthy"
    SLOW = "Slow"
    HEARTBEATS = "Heartbeats"
    ENDINGS = "Endings by time and accident"
    CODES = "Close codes"
    CLOSING = "The closing handshake"
    DATA = "Data and frames"
    OPENING = "The opening"
    LONG = "Long runs"


class OpenPort(Protocol):
    """A listening address of a scenario's own; `close` releases it."""

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that a client dials."""

    async def close(self) -> None:
        """Releases the address and whatever holds it."""


@dataclass(frozen=True)
class Ground:
    """Where the lab stands, and how a scenario with an address of its own gets its visitors served there."""

    host: str
    port: int
    tls: bool
    listen: Callable[[str, int, OpenPort], Awaitable[asyncio.Server]]
    """Listens on a host and port; visits that come in there carry the given `OpenPort`."""


@dataclass(frozen=True, kw_only=True)
class Scenario(Generic[P]):
    """One file of `scenarios/`. `run` meets each visitor; `open_port` is for what needs an address of its own."""

    id: str
    group: Group
    hint: str
    parameters: type[P]
    run: Callable[[Visit, P], Awaitable[None]] | None = None
    open_port: Callable[[Ground], Awaitable[OpenPort]] | None = None

    def described_parameters(self) -> tuple[Parameter, ...]:
        """Every parameter with its default."""
        return describe(self.parameters)


AnyScenario = Scenario[Any]
