"""Frameworks and what their close codes mean: data, each with its source. Imports nothing of ours.

A user names a profile in the workspace; it says what follows a Close that the peer sent with one of
its codes, and gives the code a name.
"""

from typing import Literal, NamedTuple

Course = Literal["retry", "slow", "stop"]


class ProfileCode(NamedTuple):
    """Codes `first` to `last` (both included) of one framework."""

    first: int
    last: int
    name: str
    then: Course


class Profile(NamedTuple):
    """A framework's close codes and where they are written down."""

    codes: tuple[ProfileCode, ...]
    source: str


PROFILES: dict[str, Profile] = {
    "uvicorn": Profile(
        (
            ProfileCode(1012, 1012, "server shuts down", "retry"),
            ProfileCode(1000, 1000, "closed by the application", "retry"),
        ),
        "uvicorn/protocols/websockets/websockets_sansio_impl.py; an exception after accept ends TCP without a Close",
    ),
    "starlette": Profile(
        (
            ProfileCode(1008, 1008, "WebSocketException", "stop"),
            ProfileCode(1012, 1012, "server shuts down", "retry"),
        ),
        "starlette/exceptions.py (WebSocketException)",
    ),
    "graphql-ws": Profile(
        (
            ProfileCode(4004, 4004, "bad response", "stop"),
            ProfileCode(4005, 4005, "internal client error", "stop"),
            ProfileCode(4400, 4400, "bad request", "stop"),
            ProfileCode(4401, 4401, "unauthorized", "stop"),
            ProfileCode(4403, 4403, "forbidden", "retry"),
            ProfileCode(4406, 4406, "subprotocol not acceptable", "stop"),
            ProfileCode(4408, 4408, "connection initialisation timeout", "retry"),
            ProfileCode(4409, 4409, "subscriber already exists", "stop"),
            ProfileCode(4429, 4429, "too many initialisation requests", "stop"),
            ProfileCode(4499, 4499, "terminated", "retry"),
            ProfileCode(4500, 4500, "internal server error", "stop"),
            ProfileCode(4504, 4504, "connection acknowledgement timeout", "retry"),
        ),
        "graphql-ws, src/common.ts (CloseCode) and src/client.ts (isFatalInternalCloseCode)",
    ),
    "discord": Profile(
        (
            ProfileCode(4004, 4004, "authentication failed", "stop"),
            ProfileCode(4008, 4008, "rate limited", "slow"),
            ProfileCode(4010, 4010, "invalid shard", "stop"),
            ProfileCode(4011, 4011, "sharding required", "stop"),
            ProfileCode(4012, 4012, "invalid API version", "stop"),
            ProfileCode(4013, 4013, "invalid intents", "stop"),
            ProfileCode(4014, 4014, "disallowed intents", "stop"),
            ProfileCode(4000, 4009, "resume or identify again", "retry"),
        ),
        "docs.discord.com, Opcodes and Status Codes",
    ),
    "phoenix": Profile(
        (
            ProfileCode(1000, 1000, "closed by the server for good", "stop"),
            ProfileCode(1001, 1001, "forced disconnect", "retry"),
            ProfileCode(1012, 1012, "draining", "retry"),
        ),
        "phoenix, socket.js and endpoint.ex",
    ),
    "centrifugo": Profile(
        (
            ProfileCode(3000, 3499, "temporary", "retry"),
            ProfileCode(3500, 3999, "terminal", "stop"),
            ProfileCode(4000, 4499, "temporary (application)", "retry"),
            ProfileCode(4500, 4999, "terminal (application)", "stop"),
        ),
        "centrifugal.dev, Client protocol: disconnect codes",
    ),
    "websockets": Profile(
        (
            ProfileCode(1001, 1001, "server closes", "retry"),
            ProfileCode(1011, 1011, "handler raised, or keepalive ping timeout", "retry"),
        ),
        "websockets 17, asyncio/server.py",
    ),
}
"""Name -> profile."""


def profile_code(profile: str, code: int) -> ProfileCode | None:
    """What `profile` says of `code`; `None` where it says nothing."""
    if profile not in PROFILES:
        return None
    return next((row for row in PROFILES[profile].codes if row.first <= code <= row.last), None)
