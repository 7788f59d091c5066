"""A running lab on a free port."""

from collections.abc import AsyncIterator

import pytest_asyncio

from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab

OWN_PROCESS = ("blocked_loop",)
"""Costs a Python process to start; its tests start it themselves."""


@pytest_asyncio.fixture
async def lab() -> AsyncIterator[Lab]:
    """Every scenario but those with a process of their own."""
    scenarios = {name: it for name, it in load_scenarios().items() if name not in OWN_PROCESS}
    running = Lab(scenarios)
    await running.start()
    yield running
    await running.stop()
    assert running.open_connections == 0
