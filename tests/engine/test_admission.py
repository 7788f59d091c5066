"""Which received messages become events where whoever takes events cannot keep up."""

import asyncio

from tests.engine.peer import TEXT, Wire, peer, text
from tests.engine.watching import LIMIT_S, NAME, endpoint
from wsmonitor.engine.admission import FIRST_SHARE, LEAST_SHARE, Admission, Share
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.events import AnyEvent, Message


def admitted(share: Share, offered: int) -> int:
    return sum(share.admits() for _ in range(offered))


def test_everything_is_let_through_while_nothing_is_dropped() -> None:
    share = Share()

    assert admitted(share, 10_000) == 10_000
    assert share.refill(overflowed=False, behind=True) == 0
    assert admitted(share, 10_000) == 10_000


def test_after_an_overflow_a_share_is_let_through_and_the_others_are_counted() -> None:
    share = Share()
    share.refill(overflowed=True, behind=True)

    assert admitted(share, 1000) == FIRST_SHARE
    assert share.refill(overflowed=False, behind=False) == 1000 - FIRST_SHARE
    assert share.refill(overflowed=False, behind=False) == 0, "they are told once"


def test_the_share_halves_while_much_waits_and_never_ends() -> None:
    share = Share()
    share.refill(overflowed=True, behind=True)

    shares = []
    for _ in range(6):
        shares.append(admitted(share, 1000))
        share.refill(overflowed=False, behind=True)

    assert shares == [200, 100, 50, 25, LEAST_SHARE, LEAST_SHARE]


def test_the_share_grows_while_the_reader_keeps_up() -> None:
    share = Share()
    share.refill(overflowed=True, behind=True)

    shares = []
    for _ in range(200):
        shares.append(admitted(share, 100_000))
        share.refill(overflowed=False, behind=False)

    assert shares == sorted(shares)
    assert shares[-1] == 100_000


def test_once_the_flood_is_over_everything_is_let_through_again() -> None:
    share = Share()
    share.refill(overflowed=True, behind=True)

    admitted(share, FIRST_SHARE - 1)
    share.refill(overflowed=False, behind=False)

    assert admitted(share, 10_000) == 10_000


async def test_a_message_that_becomes_no_event_is_received_and_answered_all_the_same() -> None:
    sent, echoed = FIRST_SHARE + 50, 0
    all_echoed = asyncio.Event()

    async def script(wire: Wire) -> None:
        nonlocal echoed
        await wire.upgrade()
        wire.write(b"".join(text(f"message {number}") for number in range(sent)))
        while echoed < sent:
            echoed += (await wire.read()).opcode == TEXT
        all_echoed.set()

    admission, events = Admission(), list[AnyEvent]()
    admission.messages.refill(overflowed=True, behind=True)
    async with peer(script) as listening:
        monitor = Monitor(events.append, admission=admission)
        monitor.add(endpoint(listening.url, echo=True))
        monitor.connect(NAME)
        await asyncio.wait_for(all_echoed.wait(), LIMIT_S)
        await monitor.close(0.5)

    received = [event for event in events if isinstance(event, Message) and event.direction == "rx"]
    assert echoed == sent
    assert len(received) == FIRST_SHARE
    assert admission.messages.refill(overflowed=False, behind=False) == 50
    told = admission.unlisted.take(0)
    assert told is not None
    (unlisted,) = told.unlisted
    assert (unlisted.endpoint, unlisted.connection, unlisted.received, unlisted.sent) == (NAME, 1, 50, 0)
    assert unlisted.received_bytes == sum(len(f"message {number}") for number in range(FIRST_SHARE, sent))
    assert received[-1].at_ns <= unlisted.first_ns <= unlisted.last_ns


async def test_where_payloads_are_let_by_the_messages_are_told_without() -> None:
    sent = FIRST_SHARE + 50
    got = asyncio.Event()

    async def script(wire: Wire) -> None:
        await wire.upgrade()
        wire.write(b"".join(text(f"message {number}") for number in range(sent)))
        await got.wait()

    def publish(event: AnyEvent) -> None:
        if isinstance(event, Message):
            received.append(event)
        if len(received) == sent:
            got.set()

    admission, received = Admission(), list[Message]()
    admission.payloads.refill(overflowed=True, behind=True)
    async with peer(script) as listening:
        monitor = Monitor(publish, admission=admission)
        monitor.add(endpoint(listening.url))
        monitor.connect(NAME)
        await asyncio.wait_for(got.wait(), LIMIT_S)
        await monitor.close(0.5)

    assert sum(bool(message.payload) for message in received) == FIRST_SHARE
    assert all(message.size_bytes for message in received)
    assert admission.payloads.refill(overflowed=False, behind=False) == 50
