"""The engine's way to a server, for several connections at once."""

import asyncio

from wsmonitor.engine.clocks.clock import SystemClock
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.way import EngineWay
from wsmonitor.settings.endpoint_settings import EndpointConfig


async def test_connections_that_are_on_their_way_together_are_not_mixed_up() -> None:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    clock = SystemClock(asyncio.get_running_loop())
    way = EngineWay(EndpointConfig(name="a", url=f"ws://127.0.0.1:{port}/"), clock)
    lines = [Line(clock.now_ns) for _ in range(5)]

    await asyncio.gather(*(way.connect(line) for line in lines))

    ours = {line.transport.get_extra_info("sockname") for line in lines}
    assert len(ours) == len(lines)
    for line in lines:
        line.drop()
    server.close()
    await server.wait_closed()
