"""The few exceptions: wrong use, bad settings, a broken channel.

What happens to a connection is an event, never an exception.
"""

from collections.abc import Callable, Sequence
from typing import Any


class WsmonitorError(Exception):
    """Base of everything that wsmonitor raises on purpose; its text is fit to be shown."""


class SettingsError(WsmonitorError):
    """Settings that cannot be used. All problems found are reported together.

    Args:
        problems: one sentence each, with its place, what was found and what is expected.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class UnknownEndpointError(WsmonitorError):
    """A command named an endpoint that is not monitored."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        super().__init__(f"no endpoint is called {endpoint!r}")


class DisruptionError(WsmonitorError):
    """A forced disconnect was asked for that does not exist or cannot take its argument."""


class ChannelError(WsmonitorError):
    """The channel to the probe carried something that is not of its format."""


def mistake_of(read: Callable[..., object], *given: Any) -> str:
    """Why `read` does not take what was given, in a sentence; empty where it does."""
    try:
        read(*given)
    except (ValueError, SettingsError) as error:
        return str(error)
    return ""
