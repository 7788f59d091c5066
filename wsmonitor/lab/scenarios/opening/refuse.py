"""A port on which nothing listens."""

from wsmonitor.lab.scenario import Ground
from wsmonitor.lab.wire.bare_port import BarePort, bound_socket

HINT = "Connection refused: nothing listens there."


async def open_port(ground: Ground) -> BarePort:
    """Binds without listening, so that nobody else gets the port meanwhile."""
    bound = bound_socket(ground.host)
    return BarePort(ground.url(bound.getsockname()[:2], "refuse"), bound)
