"""An address whose SYNs are not answered: a full backlog, or a firewall that drops."""

from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.scenario import Ground, Scenario
from wsmonitor.lab.wire.bare_port import BarePort, full_socket


async def open_port(ground: Ground) -> BarePort:
    """Fills a backlog."""
    sockets = full_socket(ground.host)
    return BarePort(ground.url(sockets[0].getsockname()[:2], "hang_tcp"), *sockets)


SCENARIO = Scenario(
    hint="The TCP connection is never established: nobody answers the SYN (Linux).",
    parameters=NoParameters,
    open_port=open_port,
)
