"""What was asked of the experiments; it travels to the probe as it is."""

from msgspec import Struct


class ExperimentOptions(Struct, frozen=True, kw_only=True):
    """Bounds and permissions. `message` is data that the server understands, `expect` a text its answer contains."""

    max_s: float = 180.0
    message: str = ""
    expect: str = ""
    hostile: bool = False
    max_bytes: int = 16 * 1024 * 1024
    send_data: bool = False
    """Limits that a server does not state on the announcement of a frame are looked for with real data."""
    quick: bool = False
    """Of the faults for a client only those that tell most."""
    subscription: tuple[str, ...] | None = None
    """Messages that a client sends first on every connection; `None`: they are learned."""
