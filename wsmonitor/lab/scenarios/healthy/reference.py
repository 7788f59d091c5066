"""The reference server: the same protocol as the failing scenarios, done right."""

import asyncio
import json
from typing import Final

from wsmonitor.lab.parameters import Query, duration
from wsmonitor.lab.reference.manager import Manager, count_leaving
from wsmonitor.lab.reference.session import Session
from wsmonitor.lab.reference.stats import Ending, Stats
from wsmonitor.lab.visit import Visit

HINT = "Done right: welcome when ready, session_info confirmed, guarded sends, stale after 3 heartbeats; /ws/stats."

STATS_PATH: Final = "/ws/stats"
ALSO_AT = (STATS_PATH,)


class Parameters(Query):
    heartbeat_s: float = duration("30s", "the server pings so often; stale after 3 without a sign of life")
    ready_after_s: float = duration("0ms", "the session is ready for its welcome so long after the accept")


async def run(visit: Visit, parameters: Parameters) -> None:
    """Serves one client to its end, or answers with the counts over all clients."""
    stats = visit.shared(Stats, key=STATS_PATH)
    if visit.request.path == STATS_PATH:
        await visit.answer(200, json.dumps(stats.as_json()), {"Content-Type": "application/json"})
        return
    socket = await visit.accept()
    ending = Ending.FAILED
    async with visit.shared(Manager).joined(socket, stats, heartbeat_s=parameters.heartbeat_s) as client:
        try:
            ending = await Session(client).run_to_end(
                ready_after_s=parameters.ready_after_s, heartbeat_s=parameters.heartbeat_s
            )
        except asyncio.CancelledError:
            ending = Ending.SERVER_STOP
            raise
        finally:
            count_leaving(client, ending, stats)
