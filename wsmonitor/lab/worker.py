"""A scenario in a process of its own: `wsmonitor lab-worker ID HOST CHAIN.pem|-`.

Prints its port when it listens and ends when its stdin ends, so that it never outlives the lab.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

from wsmonitor.lab.certificate import Certificate
from wsmonitor.lab.lifeline import stdin_end
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab


def main(args: list[str]) -> int:
    """Serves until stdin ends."""
    asyncio.run(_serve(*args))
    return 0


async def _serve(scenario_id: str, host: str, chain: str) -> None:
    scenario = replace(load_scenarios([scenario_id])[scenario_id], open_port=None)
    certificate = None if chain == "-" else Certificate(Path(chain), Path(chain))
    lab = Lab({scenario_id: scenario}, host=host, certificate=certificate)
    await lab.start()
    print(lab.port, flush=True)  # noqa: T201  # the line that the parent waits for
    await stdin_end()
    await lab.stop()
