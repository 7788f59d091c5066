"""What is measured around an ending: the handshake's timing, what was left over, our own lag."""

from typing import Any

from tests.engine.peer import CLOSE, TEXT, Script, Wire, close, peer
from tests.engine.watching import Watch, endpoint, pings, watching
from tests.fakes import FakeClock
from wsmonitor.engine.wire.outbox import UNPROVEN_LIMIT
from wsmonitor.facts.events import IN_DOUBT_LIMIT, Circumstances, ConnectionClosed, MessageStatus, State
from wsmonitor.settings.endpoint_settings import OutboxConfig

MS = 1_000_000


async def circumstances(watch: Watch) -> Circumstances:
    around = (await watch.fact(ConnectionClosed)).circumstances
    assert around is not None
    return around


def closes_after(delay: Script) -> Script:
    """Accept, send Close 1001, read the answer, and end TCP once `delay` is over."""

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(close(1001, "bye"))
        await wire.read_until(CLOSE)
        await delay(wire)
        wire.end()

    return script


async def at_once(wire: Wire) -> None:
    return None


async def test_a_close_of_the_peer_is_answered_at_once_and_ends_with_its_fin() -> None:
    async with peer(closes_after(at_once)) as listening, watching(endpoint(listening.url)) as watch:
        around = await circumstances(watch)

    assert (around.first_close, around.tcp_end) == ("rx", "fin")
    assert around.answer_ns is not None
    assert 0 <= around.answer_ns <= around.tcp_end_ns
    assert (around.in_doubt, around.waiting, around.unsent_bytes) == (0, 0, 0)


async def test_a_peer_that_never_ends_tcp_is_aborted_and_the_wait_is_told() -> None:
    async def keeps_open(wire: Wire) -> None:
        await wire.gone()

    async with peer(closes_after(keeps_open)) as listening, watching(endpoint(listening.url)) as watch:
        around = await circumstances(watch)

    assert around.tcp_end == "abort"
    assert around.tcp_end_ns >= 200 * MS, "the close timeout of these tests is 0.3 s"


async def test_a_reset_after_our_close_is_no_answer_and_ends_tcp() -> None:
    async def resets(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.reset()

    async with peer(resets) as listening, watching(endpoint(listening.url)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.stop("peer")
        around = await circumstances(watch)

    assert (around.first_close, around.answer_ns, around.tcp_end) == ("tx", None, "rst")


async def test_what_was_written_without_proof_is_in_doubt_and_the_fates_say_the_same() -> None:
    async def resets(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        await wire.read_until(TEXT)
        wire.reset()

    async with peer(resets) as listening, watching(endpoint(listening.url)) as watch:
        watch.monitor.send("peer", b"one")
        watch.monitor.send("peer", b"two")
        around = await circumstances(watch)
        await watch.fact(MessageStatus, lambda status: status.status == "unknown", count=2)

    assert (around.in_doubt, around.waiting) == (2, 0)
    assert around.unsent_bytes is None, "a reset empties the buffer before it can be looked at"


async def test_what_the_peer_did_not_take_is_unsent_and_waits() -> None:
    async def reads_nothing(wire: Wire) -> None:
        await wire.upgrade()
        wire.stop_reading()
        await wire.never()

    outbox = OutboxConfig(max_bytes=10**8, ttl_s=0)
    settings: dict[str, Any] = {"ping": pings(0.05, 0.05, 1), "outbox": outbox}
    async with peer(reads_nothing) as listening, watching(endpoint(listening.url, **settings)) as watch:
        await watch.state(State.OPEN)
        watch.monitor.send("peer", bytes(20_000_000), text=False)
        watch.monitor.send("peer", b"behind it", text=False)
        around = await circumstances(watch)

    assert around.unsent_bytes is not None
    assert around.unsent_bytes > 0
    assert around.in_doubt + around.waiting == 2


async def test_the_answer_to_our_close_leaves_nothing_in_doubt() -> None:
    async def answers(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(CLOSE)
        wire.write(close(1000))
        wire.end()

    async with peer(answers) as listening, watching(endpoint(listening.url)) as watch:
        watch.monitor.send("peer", b"hello")
        await watch.fact(MessageStatus, lambda status: status.status == "written")
        watch.monitor.stop("peer")
        around = await circumstances(watch)

    assert (around.first_close, around.in_doubt) == ("tx", 0)
    assert around.answer_ns is not None


async def test_a_stall_of_our_own_loop_before_the_end_is_told() -> None:
    async def closes_after_a_message(wire: Wire) -> None:
        await wire.upgrade()
        await wire.read_until(TEXT)
        wire.write(close(1001))
        wire.end()

    clock = FakeClock()
    async with peer(closes_after_a_message) as listening, watching(endpoint(listening.url), clock=clock) as watch:
        await watch.state(State.OPEN)
        watch.monitor.send("peer", b"go on")
        clock.stop_for(0.2)
        around = await circumstances(watch)

    assert around.lag_ns >= 100 * MS


def test_the_bound_of_what_is_told_apart_is_that_of_the_outbox() -> None:
    assert IN_DOUBT_LIMIT == UNPROVEN_LIMIT
