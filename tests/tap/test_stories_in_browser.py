"""The clients of the failure stories in a real browser, on the lab's page, which came through the tap."""

import asyncio

import pytest

from tests.lab.browser import CHROMIUM, browser
from tests.tap.playing import playing
from tests.tap.test_stories import PING, STORIES, Judged, lab
from tests.waiting import until_async
from wsmonitor.facts.events import Control, Message, RttSample
from wsmonitor.facts.tap_events import TapOpened

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)")
LIMIT_S = 60.0
BEAT_MS = 120


def page(port: int) -> str:
    return f"http://localhost:{port}/stories?beat={BEAT_MS}"


@pytest.mark.parametrize("number", [2, 3, 5])
async def test_a_story_in_a_browser_through_the_tap_is_named(number: int) -> None:
    scenario, rule = STORIES[number]

    async with lab(scenario) as url, playing(url=url, ping=PING) as play, browser(page(play.port)) as shown:
        await until_async("the page", lambda: shown.evaluate(f"!!document.getElementById('start-{number}')"))
        await shown.evaluate(f"document.getElementById('start-{number}').click()")
        await play.wait(TapOpened)
        judged = Judged(play)

        async with asyncio.timeout(LIMIT_S):
            while rule not in judged.rules():
                await play.more()


async def test_what_a_browser_sends_after_close_is_counted_on_the_page_and_not_on_the_way() -> None:
    async with lab("no_close_reply") as url, playing(url=url, ping=PING) as play, browser(page(play.port)) as shown:

        async def has_thrown_away() -> bool:
            return "bytes thrown away" in str(await shown.evaluate("document.getElementById('log-1').innerText"))

        await until_async("the page", lambda: shown.evaluate("!!document.getElementById('start-1')"))
        await shown.evaluate("document.getElementById('start-1').click()")
        await until_async("a beat after the close", has_thrown_away)
        closed = await play.wait(Control, lambda one: one.opcode == 8 and one.direction == "tx")

        later = play.events[play.events.index(closed) :]
        sent = [one for one in later if isinstance(one, Message) and one.direction == "tx"]
        assert not [one for one in sent if one.connection == closed.connection], (
            "what comes may answer what went before"
        )


async def test_a_browser_answers_pings_whatever_its_page_does() -> None:
    async with lab("read_deadline") as url, playing(url=url, ping=PING) as play, browser(page(play.port)) as shown:
        await until_async("the page", lambda: shown.evaluate("!!document.getElementById('start-4')"))
        await shown.evaluate("document.getElementById('start-4').click()")

        answered = await play.wait(RttSample, lambda one: one.kind == "client")

        assert answered.round_trip_ns > 0


async def test_scenarios_of_a_page_that_came_through_the_tap_go_through_it() -> None:
    async with (
        lab("echo") as url,
        playing(url=url, ping=PING) as play,
        browser(f"http://localhost:{play.port}/") as shown,
    ):
        await until_async("the page", lambda: shown.evaluate("!!document.getElementById('try-echo')"))
        await shown.evaluate("document.getElementById('try-echo').click()")

        await play.wait(TapOpened)

        told = str(await shown.evaluate("document.getElementById('way').innerText"))
        assert told.startswith(f"This page came through localhost:{play.port}")
