"""The ledger of messages: order, bounds, and one honest fate for each."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.engine.wire.outbox import Delivery, Outbox, refusal
from wsmonitor.facts.events import MessageFate
from wsmonitor.settings.endpoint_settings import NS, OutboxConfig


def outbox(**settings: object) -> Outbox:
    return Outbox(OutboxConfig(**{"ttl_s": 0, **settings}))  # type: ignore[arg-type]  # fields of the settings


def put(box: Outbox, payload: bytes = b"x", *, now_ns: int = 0) -> tuple[int, MessageFate]:
    """Queue a message; its number and its own fate."""
    fate = box.put(payload, is_text=True, now_ns=now_ns)[0]
    return fate.message_id, fate.status


class Ledger:
    """Plays a link over an outbox and writes down every fate."""

    def __init__(self, config: OutboxConfig) -> None:
        self.box = Outbox(config)
        self.now_ns = 0
        self.fates: dict[int, list[str]] = {}
        self.written_order: list[int] = []
        self.ping = 0

    def note(self, fates: list) -> None:  # type: ignore[type-arg]  # fates
        for fate in fates:
            self.fates.setdefault(fate.message_id, []).append(fate.status)

    def step(self, action: str, size: int) -> None:
        box = self.box
        match action:
            case "put":
                self.note(box.put(bytes(size), is_text=False, now_ns=self.now_ns))
            case "wait":
                self.now_ns += size * NS // 4
                self.note(box.expire(self.now_ns))
            case "write":
                message, fates = box.head(self.now_ns)
                self.note(fates)
                if message is not None:
                    self.written_order.append(message.message_id)
                    self.note([box.written()])
            case "ping":
                self.ping += 1
                box.mark(self.ping)
            case "pong":
                self.note(box.proven(max(0, self.ping - size % 3)))
            case "clean":
                self.note(box.closed_cleanly())
                self.note(box.lost())
            case "lose":
                self.note(box.lost())


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "write", "write", "wait", "ping", "pong", "lose", "clean"]),
        st.integers(0, 40),
    ),
    max_size=200,
)


@given(ACTIONS, st.sampled_from(["reject", "drop_oldest", "drop_newest"]), st.sampled_from([0.0, 5.0]))
def test_every_message_is_classified_exactly_once_in_order_and_within_bounds(
    actions: list[tuple[str, int]], overflow: str, ttl_s: float
) -> None:
    ledger = Ledger(
        OutboxConfig(max_messages=8, max_bytes=100, ttl_s=ttl_s, overflow=overflow)  # type: ignore[arg-type]
    )

    for action, size in actions:
        ledger.step(action, size)
        assert ledger.box.depth <= 8
        assert ledger.box.bytes <= 100

    ledger.note(ledger.box.lost())
    waiting = ledger.box.depth
    for fates in ledger.fates.values():
        assert fates in (
            ["queued"],
            ["dropped"],
            ["queued", "dropped"],
            ["queued", "written", "acked"],
            ["queued", "written", "unknown"],
        )
    assert sum(fates == ["queued"] for fates in ledger.fates.values()) == waiting
    assert sum("dropped" in fates for fates in ledger.fates.values()) == ledger.box.dropped
    assert ledger.written_order == sorted(ledger.written_order), "first in, first out"


@given(ACTIONS)
def test_resent_messages_keep_their_order_and_nothing_is_forgotten(actions: list[tuple[str, int]]) -> None:
    ledger = Ledger(OutboxConfig(max_messages=1000, max_bytes=10**6, ttl_s=0, on_unknown="resend"))

    for action, size in actions:
        ledger.step(action, size)
    ledger.step("lose", 0)
    rest = []
    while (message := ledger.box.head(0)[0]) is not None:
        rest.append(message.message_id)
        ledger.box.written()

    assert rest == sorted(rest)
    acked = {number for number, fates in ledger.fates.items() if "acked" in fates}
    assert acked | set(rest) == set(ledger.fates)
    assert not acked & set(rest), "what was proven is not sent again"


@given(ACTIONS)
def test_the_bytes_that_wait_are_those_of_the_messages_that_wait(actions: list[tuple[str, int]]) -> None:
    ledger = Ledger(OutboxConfig(max_messages=8, max_bytes=100, ttl_s=5, on_unknown="resend", overflow="drop_oldest"))

    for action, size in actions:
        ledger.step(action, size)

    sizes = []
    while (message := ledger.box.head(0)[0]) is not None:
        sizes.append(len(message.payload))
        assert ledger.box.bytes >= sizes[-1]
        ledger.box.written()
    assert ledger.box.bytes == 0


def test_what_is_sent_again_counts_in_the_bound_and_in_the_bytes() -> None:
    box = outbox(max_bytes=10, on_unknown="resend")
    put(box, b"12345678")
    box.written()
    assert box.bytes == 0

    box.lost()

    assert (box.depth, box.bytes) == (1, 8)
    assert put(box, b"123")[1] == "dropped"


def test_discarded_messages_are_told_with_the_reason_and_leave_nothing() -> None:
    box = outbox()
    put(box)
    put(box)

    fates = box.discard("stopped")

    assert fates == [Delivery(1, "dropped", "stopped"), Delivery(2, "dropped", "stopped")]
    assert (box.depth, box.bytes, box.dropped) == (0, 0, 2)


def test_each_delivery_says_why() -> None:
    box = outbox(max_messages=1)
    put(box)
    assert box.put(b"x", is_text=True, now_ns=0) == [Delivery(2, "dropped", "buffer full")]
    assert box.written() == Delivery(1, "written")
    box.mark(1)
    assert box.proven(1) == [Delivery(1, "acked", "a later ping was answered")]
    put(box)
    box.written()
    assert box.closed_cleanly() == [Delivery(3, "acked", "our Close was answered")]
    put(box)
    box.written()
    assert box.lost() == [Delivery(4, "unknown", "connection lost before proof")]


def test_a_pong_proves_nothing_that_was_written_after_its_ping_however_many_marks_there_are() -> None:
    box = outbox()
    for number in (1, 2, 3):
        put(box)
        box.written()
        box.mark(number)

    assert [fate.message_id for fate in box.proven(2)] == [1, 2]
    assert box.proven(1) == []
    assert [fate.message_id for fate in box.proven(3)] == [3]
    assert box.unproven == 0


def test_a_message_is_acknowledged_only_by_a_pong_to_a_later_ping() -> None:
    box = outbox()
    first, _ = put(box)
    box.written()
    box.mark(1)
    second, _ = put(box)
    box.written()

    fates = box.proven(1)

    assert [(fate.message_id, fate.status) for fate in fates] == [(first, "acked")]
    assert [(fate.message_id, fate.status) for fate in box.lost()] == [(second, "unknown")]


def test_an_answered_close_proves_everything_written_before_it() -> None:
    box = outbox()
    put(box)
    box.written()

    assert [fate.status for fate in box.closed_cleanly()] == ["acked"]
    assert box.lost() == []


def test_what_was_never_written_stays_queued_over_a_loss() -> None:
    box = outbox()
    put(box)

    assert box.lost() == []
    assert box.depth == 1


def test_a_full_outbox_refuses_the_new_message_and_counts_it() -> None:
    box = outbox(max_messages=2)

    fates = [put(box)[1] for _ in range(4)]

    assert fates == ["queued", "queued", "dropped", "dropped"]
    assert (box.depth, box.dropped) == (2, 2)


def test_drop_oldest_makes_room_for_the_new_message() -> None:
    box = outbox(max_messages=2, overflow="drop_oldest")
    for _ in range(2):
        put(box)

    fates = box.put(b"new", is_text=True, now_ns=0)

    assert [(fate.message_id, fate.status) for fate in fates] == [(3, "queued"), (1, "dropped")]


@pytest.mark.parametrize("overflow", ["reject", "drop_oldest", "drop_newest"])
def test_a_message_larger_than_the_whole_buffer_costs_no_other_its_place(overflow: str) -> None:
    box = outbox(max_bytes=10, overflow=overflow)
    put(box, b"small")

    assert put(box, bytes(11))[1] == "dropped"
    assert box.depth == 1


def test_a_message_that_waited_too_long_is_dropped_when_its_time_is_over() -> None:
    box = outbox(ttl_s=30)
    put(box, now_ns=0)
    assert box.expires_ns is not None
    assert box.expire(box.expires_ns - 1) == []

    (fate,) = box.expire(box.expires_ns)

    assert fate.status == "dropped"
    assert "30 s" in fate.reason


def test_without_an_age_limit_messages_wait_for_ever() -> None:
    box = outbox()
    put(box, now_ns=0)

    assert box.expire(10**9 * NS) == []
    assert box.expires_ns is None


def test_a_hundred_thousand_sends_while_down_take_bounded_memory_and_every_drop_is_counted() -> None:
    box = outbox(max_messages=1000, overflow="drop_oldest")

    def send(count: int) -> None:
        for _ in range(count):
            box.put(b"payload", is_text=True, now_ns=0)

    send(90_000)
    tracemalloc.start()
    send(10_000)
    grown_bytes, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (box.depth, box.dropped) == (1000, 99_000)
    assert grown_bytes < peak_bytes < 500_000


QUEUED, FULL = Delivery(1, "queued"), Delivery(1, "dropped", "buffer full")


@pytest.mark.parametrize(
    ("fates", "words"),
    [
        ([QUEUED, QUEUED], ""),
        ([FULL], "not sent: buffer full"),
        ([FULL, FULL], "not sent: buffer full"),
        ([QUEUED, FULL, QUEUED], "queued on 2 of 3 connections; not on [2/3]: buffer full"),
        (
            [FULL, QUEUED, Delivery(1, "dropped", "too large")],
            "queued on 1 of 3 connections; not on [1/3]: buffer full; not on [3/3]: too large",
        ),
        (
            [QUEUED, *[FULL] * 10],
            "queued on 1 of 11 connections; not on [2/11], [3/11], [4/11], [5/11], [6/11], [7/11], [8/11], [9/11]"
            " and 2 more: buffer full",
        ),
    ],
)
def test_a_message_that_some_connections_refused_is_told_for_each(fates: list[Delivery], words: str) -> None:
    assert refusal(fates) == words
