"""A scenario in a process of its own, as the lab sees it: started, found by its port, ended with the lab."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Final

from wsmonitor.lab.scenario import Ground

END_WAIT_S: Final = 2.0
_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]


class WorkerPort:
    """The running worker of one scenario."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url

    async def close(self) -> None:
        """Ends the process: by its stdin, by force after a while."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(END_WAIT_S):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def start_worker(scenario_id: str, ground: Ground) -> WorkerPort:
    """Starts the process; raises `OSError` where it does not come up."""
    chain = ground.certificate.chain if ground.certificate else "-"
    # A frozen program is no interpreter: it runs the worker as a command of its own.
    worker = ["lab-worker"] if getattr(sys, "frozen", False) else ["-P", "-m", "wsmonitor", "lab-worker"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *worker, scenario_id, ground.host, str(chain)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl+C is for the lab, which then closes our stdin
        # -P keeps the user's folder off the path; a checkout that was not installed must still be found.
        env=os.environ | {"PYTHONPATH": f"{_PACKAGE_ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line.strip().isdigit():
        await process.wait()
        raise OSError(f"the process of {scenario_id} ended with {process.returncode}")
    return WorkerPort(process, ground.url((ground.host, int(line)), scenario_id))
