"""Asks model servers in virtual time."""

import asyncio

from tests.experiments.model_server import Habits, ModelServer
from tests.experiments.virtual_time import VirtualClock, run_virtually
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.frame import run_experiment
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer


def ask(
    experiment: AnyExperiment,
    habits: Habits,
    *,
    max_s: float = 180.0,
    message: str = "",
    max_bytes: int = 1 << 20,
    is_private: bool = True,
    stop_after_s: float | None = None,
    sleep_after_s: float | None = None,
    asleep_s: float = 60.0,
) -> ExperimentAnswer:
    """The answer about a server with these habits; our computer sleeps for a while, or we stop, after so long."""

    async def asking() -> ExperimentAnswer:
        clock = VirtualClock()
        stop = asyncio.Event()
        if stop_after_s is not None:
            asyncio.get_running_loop().call_later(stop_after_s, stop.set)
        if sleep_after_s is not None:
            asyncio.get_running_loop().call_later(sleep_after_s, clock.sleep, asleep_s)
        return await run_experiment(
            experiment,
            way=ModelServer(habits),
            options=ExperimentOptions(max_s=max_s, message=message, max_bytes=max_bytes),
            clock=clock,
            is_private=is_private,
            stop=stop,
        )

    return run_virtually(asking())
