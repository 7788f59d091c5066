"""The way to a peer: asked once for each address, in a thread, and told where it changed."""

import asyncio
import threading
from collections.abc import Mapping

import pytest

from tests.engine.watching import endpoint, watching
from tests.fakes import FakeClock
from wsmonitor.engine.clocks import route_watch
from wsmonitor.engine.clocks.route_watch import RouteLookout, RouteWatch, local_address_towards
from wsmonitor.facts.events import NetworkChanged

FAR = "192.0.2.1"  # for documentation only (RFC 5737)


def watching_way(peer: str = FAR) -> RouteWatch:
    watch = RouteWatch()
    watch.follow((peer, 443))
    return watch


def test_the_first_look_begins_the_watch_and_the_next_ones_tell_what_changed() -> None:
    watch = watching_way()

    told = [watch.see({FAR: address}) for address in ("10.0.0.2", "10.0.0.2", "192.168.1.2", "", "192.168.1.2")]

    assert told == [None, None, ("10.0.0.2", "192.168.1.2"), ("192.168.1.2", ""), ("", "192.168.1.2")]


def test_a_look_that_did_not_ask_for_this_peer_says_nothing_of_it() -> None:
    watch = watching_way()
    watch.see({FAR: "10.0.0.2"})

    assert watch.see({}) is None
    assert watch.see({FAR: "10.0.0.3"}) == ("10.0.0.2", "10.0.0.3")


def test_another_peer_begins_another_watch() -> None:
    watch = watching_way()
    watch.see({FAR: "10.0.0.2"})
    watch.follow(("198.51.100.1", 443))

    assert watch.see({FAR: "10.0.0.3", "198.51.100.1": "10.0.0.4"}) is None


@pytest.mark.parametrize("peername", [("127.0.0.1", 80), ("::1", 80, 0, 0), "/run/a.sock", None, ()])
def test_what_cannot_change_is_not_asked_for(peername: object) -> None:
    watch = RouteWatch()
    watch.follow(peername)

    assert watch.peer == ""


def test_the_zone_of_an_address_is_no_part_of_it() -> None:
    assert watching_way("fe80::1%eth0").peer == "fe80::1"


def test_loopback_is_reached_from_loopback_and_a_name_by_no_route() -> None:
    assert local_address_towards("127.0.0.1") == "127.0.0.1"
    assert local_address_towards("not an address") == ""


async def test_each_peer_is_asked_for_once_in_a_thread_and_never_twice_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, bool]] = []
    go_on = threading.Event()
    seen: asyncio.Queue[Mapping[str, str]] = asyncio.Queue()

    def look(peer: str) -> str:
        asked.append((peer, threading.current_thread() is threading.main_thread()))
        assert go_on.wait(5)
        return "10.0.0.2"

    monkeypatch.setattr(route_watch, "local_address_towards", look)
    lookout = RouteLookout(seen.put_nowait)
    lookout.look({FAR})
    lookout.look({FAR, "198.51.100.1"})
    go_on.set()
    first = await asyncio.wait_for(seen.get(), 5)
    lookout.look({FAR})
    await asyncio.wait_for(seen.get(), 5)

    assert first == {FAR: "10.0.0.2"}
    assert asked == [(FAR, False), (FAR, False)]


async def test_many_slots_of_one_peer_cost_one_question_and_each_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["10.0.0.2", "192.168.1.2", *["192.168.1.2"] * 100])
    asked: list[str] = []

    def look(peer: str) -> str:
        asked.append(peer)
        return next(answers)

    monkeypatch.setattr(route_watch, "local_address_towards", look)
    clock = FakeClock()
    async with watching(endpoint("ws://127.0.0.1:9/", connections=50), connect=False, clock=clock) as watch:
        slots = watch.monitor._endpoint("peer").slots
        looks: asyncio.Queue[None] = asyncio.Queue()
        for slot in slots:
            slot._route.follow((FAR, 443))
        for _ in range(2):
            clock.advance(5)
            asyncio.get_running_loop().call_soon(looks.put_nowait, None)
            while watch.monitor._routes._looking:
                await asyncio.wait_for(looks.get(), 5)
                asyncio.get_running_loop().call_later(0.001, looks.put_nowait, None)
        changed = watch.all(NetworkChanged)

    assert asked[:2] == [FAR, FAR]
    assert sorted(event.slot for event in changed) == list(range(50))
    assert {(event.old_address, event.new_address) for event in changed} == {("10.0.0.2", "192.168.1.2")}
