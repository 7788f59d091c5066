"""A port that accepts TCP and never answers the TLS handshake."""

from wsmonitor.lab.scenario import Ground, url_at
from wsmonitor.lab.wire.bare_port import MutePort, listen_mute

HINT = "TCP is accepted, the TLS handshake is never answered."


async def open_port(ground: Ground) -> MutePort:
    """Listens and stays mute; the URL is wss:// whether or not the lab itself speaks TLS."""
    server, tasks = await listen_mute(ground.host)
    return MutePort(url_at(server.sockets[0].getsockname()[:2], "hang_tls", tls=True), server, tasks)
