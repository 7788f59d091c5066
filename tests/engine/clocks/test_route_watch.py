"""The way to a peer: asked once for each address, in a thread, and told where it changed."""

import asyncio
import threading
from collections.abc import Mapping

import pytest

from tests.engine.watching import endpoint, watching
from tests.fakes import FakeClock
from wsmonitor.engine.clocks import route_watch
from wsmonitor.engine.clocks.route_watch import RouteWatch, local_address_towards, watched_peer
from wsmonitor.facts.events import NetworkChanged

FAR, FURTHER = "192.0.2.1", "198.51.100.1"  # for documentation only (RFC 5737)
LIMIT_S = 5.0


class Routes:
    """The kernel's answers; `asked` says for which peers, and whether in the main thread."""

    def __init__(self) -> None:
        self.address = "10.0.0.2"
        self.asked: list[tuple[str, bool]] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, peer: str) -> str:
        self.asked.append((peer, threading.current_thread() is threading.main_thread()))
        assert self.go_on.wait(LIMIT_S)
        return self.address


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> Routes:
    made = Routes()
    monkeypatch.setattr(route_watch, "local_address_towards", made)
    return made


class Told:
    """A watch, and what it told; `look` returns once it has looked."""

    def __init__(self) -> None:
        self.changes: list[Mapping[str, tuple[str, str]]] = []
        self.watch = RouteWatch(self.changes.append)

    async def look(self, *peers: str) -> None:
        self.watch.look(set(peers))
        await looked(self.watch)


async def looked(watch: RouteWatch) -> None:
    """Wait until it has compared what it found."""
    compared = asyncio.Event()
    compare = watch._compare

    def compare_and_say(found: dict[str, str]) -> None:
        compare(found)
        compared.set()

    watch._compare = compare_and_say  # type: ignore[method-assign]  # looked up when the thread is done
    if watch._is_looking:
        await asyncio.wait_for(compared.wait(), LIMIT_S)
    watch._compare = compare  # type: ignore[method-assign]


async def test_the_first_look_begins_the_watch_and_the_next_ones_tell_what_changed(routes: Routes) -> None:
    told = Told()
    routes.go_on.clear()
    for routes.address in ("10.0.0.2", "10.0.0.2", "192.168.1.2", "", "192.168.1.2"):
        asyncio.get_running_loop().call_soon(routes.go_on.set)
        await told.look(FAR)
        routes.go_on.clear()

    assert told.changes == [
        {FAR: ("10.0.0.2", "192.168.1.2")},
        {FAR: ("192.168.1.2", "")},
        {FAR: ("", "192.168.1.2")},
    ]


async def test_a_peer_that_comes_later_begins_its_own_watch(routes: Routes) -> None:
    told = Told()
    routes.go_on.clear()
    for routes.address, peers in (("10.0.0.2", [FAR]), ("10.0.0.3", [FAR, FURTHER])):
        asyncio.get_running_loop().call_soon(routes.go_on.set)
        await told.look(*peers)
        routes.go_on.clear()

    assert told.changes == [{FAR: ("10.0.0.2", "10.0.0.3")}]


async def test_each_peer_is_asked_for_once_in_a_thread_and_never_twice_at_a_time(routes: Routes) -> None:
    told = Told()
    routes.go_on.clear()
    told.watch.look({FAR})
    told.watch.look({FAR, FURTHER})
    asyncio.get_running_loop().call_soon(routes.go_on.set)
    await looked(told.watch)

    assert routes.asked == [(FAR, False)]


async def test_where_there_is_no_peer_to_ask_for_no_thread_is_started(routes: Routes) -> None:
    told = Told()

    told.watch.look(set())

    assert not told.watch._is_looking


async def test_many_slots_of_one_peer_cost_one_question_and_each_is_told(routes: Routes) -> None:
    clock = FakeClock()
    async with watching(endpoint("ws://127.0.0.1:9/", connections=50), connect=False, clock=clock) as watch:
        for slot in watch.monitor._slots()[1:]:
            slot.peer_address = FAR
        routes.go_on.clear()
        for routes.address in ("10.0.0.2", "192.168.1.2"):
            clock.advance(5)
            asyncio.get_running_loop().call_soon(routes.go_on.set)
            await looked(watch.monitor._routes)
            routes.go_on.clear()
        changed = watch.all(NetworkChanged)

    assert routes.asked == [(FAR, False)] * 2
    assert [event.slot for event in changed] == list(range(1, 50))
    assert {(event.old_address, event.new_address) for event in changed} == {("10.0.0.2", "192.168.1.2")}


@pytest.mark.parametrize(
    ("peername", "peer"),
    [
        (("192.0.2.1", 443), FAR),
        (("fe80::1%eth0", 443, 0, 2), "fe80::1"),
        (("127.0.0.1", 80), ""),
        (("::1", 80, 0, 0), ""),
        ("/run/a.sock", ""),
        (None, ""),
    ],
)
def test_what_cannot_change_is_not_watched(peername: object, peer: str) -> None:
    assert watched_peer(peername) == peer


def test_loopback_is_reached_from_loopback_and_a_name_by_no_route() -> None:
    assert local_address_towards("127.0.0.1") == "127.0.0.1"
    assert local_address_towards("not an address") == ""
