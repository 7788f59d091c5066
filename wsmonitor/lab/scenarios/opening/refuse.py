"""A port on which nothing listens."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.scenario import Ground, Scenario
from wsmonitor.lab.wire.bare_port import BarePort, bound_socket


async def open_port(ground: Ground) -> BarePort:
    """Binds without listening, so that nobody else gets the port meanwhile."""
    bound = bound_socket(ground.host)
    return BarePort(ground.url(bound.getsockname()[:2], "refuse"), bound)


SCENARIO = Scenario(
    hint="Connection refused: nothing listens there.",
    parameters=NoParameters,
    open_port=open_port,
)
