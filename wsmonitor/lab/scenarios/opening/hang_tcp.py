"""An address whose SYNs are not answered: a full backlog, or a firewall that drops."""

from wsmonitor.lab.scenario import Ground
from wsmonitor.lab.wire.bare_port import BarePort, full_socket

HINT = "The TCP connection is never established: nobody answers the SYN (Linux)."


async def open_port(ground: Ground) -> BarePort:
    """Fills a backlog."""
    sockets = full_socket(ground.host)
    return BarePort(ground.url(sockets[0].getsockname()[:2], "hang_tcp"), *sockets)
