"""What passed is looked at later than it passes, in its order, and before anything is told or decided."""

from collections.abc import Callable

from tests.fakes import FakeClock
from tests.tap.frames import PING, PONG, TEXT, close, frame
from tests.tap.playing import connected
from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.reporter import Reporter
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, Message, RttSample
from wsmonitor.facts.tap_events import LegEnded
from wsmonitor.facts.verdict import Ending
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.tap.looks import LATER_NS, MOST, Looks
from wsmonitor.tap.seen.dialogue import Dialogue
from wsmonitor.tap.seen.scanner import ControlSeen
from wsmonitor.tap.sockets.leg import LEAST_READ_BYTES

MESSAGE = frame(TEXT, b"hello", masked=True)


class Waiting:
    """Looks of which it is known what was looked at."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.dwelt_ns: list[int] = []
        self.seen: list[tuple[bytes, int, int]] = []
        self.looks = Looks(self.clock, self.dwelt_ns.append)

    def add(self, data: bytes, *, is_taken: bool = True, look: Callable[[bytes, int, int], None] | None = None) -> None:
        now_ns = self.clock.now_ns()
        self.looks.add(look or self.look, data, now_ns, now_ns + 5_000, is_taken=is_taken)

    def look(self, data: bytes, read_ns: int, written_ns: int) -> None:
        self.seen.append((data, read_ns, written_ns))


def test_a_look_comes_soon_after_the_bytes_and_knows_when_they_passed() -> None:
    waiting = Waiting()
    began_ns = waiting.clock.now_ns()

    waiting.add(b"first")
    waiting.add(b"waits in our buffer", is_taken=False)
    assert waiting.seen == []
    waiting.clock.advance(2 * LATER_NS / 1e9)

    passed = (began_ns, began_ns + 5_000)
    assert waiting.seen == [(b"first", *passed), (b"waits in our buffer", *passed)]
    assert waiting.dwelt_ns == [5_000]


def test_where_much_waits_it_is_looked_at_at_once() -> None:
    many, large = Waiting(), Waiting()

    for _ in range(MOST):
        many.add(b"small")
    large.add(bytes(LEAST_READ_BYTES))

    assert (len(many.seen), len(large.seen)) == (MOST, 1)


def test_what_a_look_leads_to_does_not_overtake_it() -> None:
    waiting = Waiting()

    def tell(data: bytes, read_ns: int, written_ns: int) -> None:
        waiting.looks.settle()  # as whatever is told does
        waiting.look(data, read_ns, written_ns)

    waiting.add(b"first", look=tell)
    waiting.add(b"second", look=tell)
    waiting.looks.settle()

    assert [data for data, *_ in waiting.seen] == [b"first", b"second"]


async def test_what_passed_before_an_end_is_told_before_it() -> None:
    async with connected() as (play, client, server):
        await client.send(MESSAGE)
        await server.read(len(MESSAGE))
        client.reset()
        await play.closure()

        assert [type(event) for event in play.events if isinstance(event, Message | LegEnded | ConnectionClosed)] == [
            Message,
            LegEnded,
            ConnectionClosed,
        ]


async def test_a_close_behind_a_message_in_its_segment_is_first_though_a_reset_follows_at_once() -> None:
    sent = MESSAGE + close(1001, masked=True)

    async with connected() as (play, client, server):
        await client.send(sent)
        await server.read(len(sent))
        client.reset()
        verdict = (await play.closure()).verdict

    assert (verdict.initiator, verdict.mechanism, verdict.sent_code) == ("local", "close_frame", 1001)


async def test_the_answer_to_a_close_behind_a_message_is_no_close_of_its_own() -> None:
    sent = MESSAGE + close(1000, masked=True)

    async with connected() as (play, client, server):
        await client.send(sent)
        await server.read(len(sent))
        await server.send(close(1000))
        await client.read(4)
        server.close()
        client.close()
        closed = await play.closure()

    assert closed.circumstances is not None
    assert [(one.fact, one.independent) for one in closed.circumstances.legs or ()][:2] == [
        ("close_up", False),
        ("close_down", False),
    ]


def test_a_round_trip_is_no_shorter_though_the_answer_came_before_our_write_was_over() -> None:
    told: list[AnyEvent] = []
    dialogue = Dialogue(
        EndpointConfig(name="tap", url="ws://localhost/"),
        Reporter(told.append, endpoint="tap", slot=0),
        opened_ns=0,
        lag=LagMeter(),
        ending=Ending(0, is_tapped=True),
        close_heard=lambda *_: None,
    )

    dialogue.passed("tx", [ControlSeen(PING, b"1", 7)], 1_000, 60_000)
    dialogue.passed("rx", [ControlSeen(PONG, b"1", 3)], 41_000, 62_000)

    assert [event.round_trip_ns for event in told if isinstance(event, RttSample)] == [40_000]
