"""The lab's page in a real browser."""

import pytest

from tests.lab.browser import CHROMIUM, browser
from tests.waiting import until_async
from wsmonitor.lab.server import Lab


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)")
async def test_a_visitor_sees_every_scenario_and_what_the_browser_makes_of_one(lab: Lab) -> None:
    async with browser(f"http://127.0.0.1:{lab.port}/") as page:

        async def logged(words: str) -> bool:
            return words in str(await page.evaluate("document.getElementById('log').innerText"))

        async def listed() -> bool:
            return bool(await page.evaluate("document.querySelectorAll('tr').length") == len(lab.urls))

        await until_async("every scenario listed", listed)
        assert await page.evaluate("[...document.querySelectorAll('input')].some(it => it.value.includes('?after='))")

        await page.evaluate("document.getElementById('try-early_close').click()")
        await until_async("the early close", lambda: logged('early_close  closed: code 1006, reason "", clean false'))
        await page.evaluate("document.getElementById('try-echo').click()")
        await until_async("the answer", lambda: logged('echo  received {"type": "pong", "id": 1}'))
        await page.evaluate("document.getElementById('try-echo').click()")
        await until_async("the end", lambda: logged('echo  closed: code 1000, reason "", clean true'))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (Debian: apt install chromium)")
async def test_a_visitor_is_told_how_to_come_through_a_tap(lab: Lab) -> None:
    async with browser(f"http://127.0.0.1:{lab.port}/") as page:

        async def way(script: str) -> str:
            return str(await page.evaluate(script))

        async def told() -> bool:
            return f"wsmonitor tap ws://127.0.0.1:{lab.port} --listen 9001" in await way(
                "document.getElementById('way')?.innerText"
            )

        await until_async("the way through a tap", told)
        await page.evaluate("port = document.getElementById('tap-port'); port.value = 9123; port.oninput()")

        assert await way("document.getElementById('through-the-tap').href") == "http://localhost:9123/"
