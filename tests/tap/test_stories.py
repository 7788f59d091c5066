"""Each failure story, played by a client program of its own through a tap, is named by the rule that it is about."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.tap.playing import NAME, Play, playing
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.facts.event import Event
from wsmonitor.facts.events import Message, RttSample
from wsmonitor.lab.registry import load_scenarios
from wsmonitor.lab.server import Lab
from wsmonitor.resources import resource
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, TapConfig

LIMIT_S = 40.0
MODULES = Path(__file__).parents[2] / "build" / "node" / "node_modules"
BEAT_S = 0.12
PING = PingConfig(timeout_s=2 * BEAT_S)
STORIES = {
    1: ("no_close_reply", "sends_after_close"),
    2: ("broadcast", "shared_outage"),
    3: ("double_close", "peer_keepalive_timeout"),
    4: ("read_deadline", "client_ignores_pings"),
    5: ("early_close", "early_close"),
}

ENOUGH: dict[int, tuple[type[Event], int]] = {
    1: (Message, 20),
    2: (Message, 100),
    3: (Message, 40),
    4: (RttSample, 6),
    5: (Message, 40),
}
"""After so many facts a story that was not fixed is named, or they never come."""


@asynccontextmanager
async def lab(*scenarios: str) -> AsyncIterator[str]:
    running = Lab(load_scenarios(scenarios))
    await running.start()
    try:
        yield f"ws://127.0.0.1:{running.port}"
    finally:
        await running.stop()


def in_python(number: int) -> tuple[str, ...]:
    return sys.executable, str(resource(f"stories/clients/story{number}.py"))


def in_node(number: int) -> tuple[str, ...]:
    """Where `make servers`, or `npm install --prefix build/node ws`, has put the package `ws`."""
    if shutil.which("node") is None or not (MODULES / "ws").is_dir():
        pytest.skip("Node or its package ws is not installed")
    return "node", str(resource("stories/clients/stories.js")), str(number)


@contextmanager
def client(words: tuple[str, ...], url: str, *more: str) -> Iterator[None]:
    """The client of a story, as a program of its own."""
    env = os.environ | {"NODE_PATH": str(MODULES)}
    words = (*words, url, "--beat", str(BEAT_S), *more)
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, env=env) as process:
        try:
            yield
        finally:
            process.kill()


class Judged:
    """What is found in what a tap stated so far."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._judged = 0
        self._analyzer = Analyzer(play.events[0].at_ns, 0)
        self._analyzer.add_endpoint(EndpointConfig(name=NAME, url="ws://h/", tap=TapConfig()))

    def rules(self) -> set[str]:
        """The rules that claim something."""
        new = self._play.events[self._judged :]
        self._judged += len(new)
        self._analyzer.feed(new)
        summaries = self._analyzer.summary(self._play.events[-1].at_ns)
        return {one.rule for summary in summaries for one in summary.findings if one.pending is None}


@pytest.mark.parametrize("language", [in_python, in_node])
@pytest.mark.parametrize("number", STORIES)
async def test_a_story_through_the_tap_is_named(number: int, language: Callable[[int], tuple[str, ...]]) -> None:
    words = language(number)
    scenario, rule = STORIES[number]

    async with lab(scenario) as url, playing(url=url, ping=PING) as play:
        judged = Judged(play)
        with client(words, f"ws://127.0.0.1:{play.port}"):
            async with asyncio.timeout(LIMIT_S):
                while rule not in judged.rules():
                    await play.more()


@pytest.mark.parametrize("language", [in_python, in_node])
@pytest.mark.parametrize("number", STORIES)
async def test_nothing_is_named_in_a_story_that_was_fixed(
    number: int, language: Callable[[int], tuple[str, ...]]
) -> None:
    words = language(number)
    scenario, _ = STORIES[number]
    kind, count = ENOUGH[number]

    async with lab(scenario, "reference") as url, playing(url=url, ping=PING) as play:
        judged = Judged(play)
        with client(words, f"ws://127.0.0.1:{play.port}", "--fixed"):
            async with asyncio.timeout(LIMIT_S):
                while len(play.all(kind)) < count:
                    await play.more()

        assert judged.rules() == set()
