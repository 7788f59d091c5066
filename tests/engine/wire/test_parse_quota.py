"""What a peer sent is parsed in portions, or taken past the parser: nothing is lost, none takes long."""

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from tests.engine.peer import BINARY, CLOSE, CONT, PING, PONG, TEXT, frame
from wsmonitor.engine.wire.parse_quota import LARGEST_BYTES, PORTION_NS, SMALLEST_BYTES, ParseQuota


@given(st.lists(st.binary(max_size=5000), max_size=10), st.lists(st.integers(0, 10**9), min_size=1, max_size=10))
def test_portions_put_together_are_what_was_received_whatever_parsing_costs(
    reads: list[bytes], costs_ns: list[int]
) -> None:
    portions, parsed, turn = ParseQuota(), b"", 0

    for data in reads:
        portions.add(data)
        if portions:
            portion = portions.take(begins=False)
            parsed += bytes(portion)
            portions.took(len(portion), costs_ns[turn % len(costs_ns)])
            turn += 1
    while portions:
        portion = portions.take(begins=False)
        parsed += bytes(portion)
        portions.took(len(portion), costs_ns[turn % len(costs_ns)])
        turn += 1

    assert parsed == b"".join(reads)


def test_dear_bytes_make_portions_small_at_once_and_cheap_ones_large_step_by_step() -> None:
    portions = ParseQuota()
    portions.add(bytes(1_000_000))
    sizes = []

    for spent_ns in [100 * PORTION_NS] + [1000] * 12:
        portion = portions.take(begins=False)
        sizes.append(len(portion))
        portions.took(len(portion), spent_ns)

    assert sizes[1] == SMALLEST_BYTES
    assert all(later <= 2 * earlier for earlier, later in pairwise(sizes[1:]))
    assert sizes[-1] == LARGEST_BYTES


FRAGMENTED = frame(TEXT, b"a", fin=False) + frame(PING, b"between") + frame(CONT, b"b")
SORTS = [(TEXT, 0, 300), (BINARY, 0, 300), (BINARY, 60_000, 70_000), (PING, 0, 125), (PONG, 0, 125)]
ONE = st.sampled_from(SORTS).flatmap(lambda sort: st.tuples(st.just(sort[0]), st.integers(*sort[1:]))) | st.none()


@given(st.lists(ONE, max_size=12), st.lists(st.integers(1, 80_000), max_size=8), st.integers(SMALLEST_BYTES, 40_000))
def test_what_is_taken_past_the_parser_is_what_the_parser_would_have_found(
    sorts: list[tuple[int, int] | None], reads: list[int], size_bytes: int
) -> None:
    stream = b"".join(FRAGMENTED if sort is None else frame(sort[0], b"x" * sort[1]) for sort in sorts)
    cuts = [0, *(min(cut, len(stream)) for cut in accumulate(reads)), len(stream)]
    quota, protocol = ParseQuota(), Parser()
    quota._size_bytes = size_bytes

    for begin, end in pairwise(cuts):
        quota.add(stream[begin:end])
        while quota:
            messages, taken = quota.take_messages(None) if protocol.is_between else ([], 0)
            protocol.found += [(opcode, bytes(data)) for opcode, data, _, _ in messages if opcode < CLOSE]
            assert sum(wire_bytes for *_, wire_bytes in messages) == taken
            if not taken:
                protocol.feed(bytes(quota.take(begins=protocol.is_between)))

    alone = Parser()
    alone.feed(stream)
    assert protocol.found == alone.found


def test_a_flood_with_pings_between_is_taken_past_the_parser_but_for_the_pings() -> None:
    quota = ParseQuota()
    quota.add((frame(BINARY, bytes(128)) * 3 + frame(PING, b"?")) * 10)
    portions, messages = [], 0

    while quota:
        taken, _ = quota.take_messages(None)
        messages += len(taken)
        if not taken:
            portions.append(bytes(quota.take(begins=True)))

    assert messages == 30
    assert portions == [frame(PING, b"?")] * 10


@pytest.mark.parametrize(
    "judged",
    [
        frame(TEXT, b"hi", mask=b"abcd"),
        frame(TEXT, b"hi", rsv=4),
        frame(TEXT, b"hi", fin=False),
        frame(BINARY, bytes(1001)),
        frame(BINARY, bytes(66_000)),
        frame(CONT, b"hi"),
        frame(PONG, bytes(126)),
        frame(PING, b"?"),
    ],
)
def test_what_needs_judgement_is_left_to_the_parser(judged: bytes) -> None:
    quota = ParseQuota()
    quota.add(frame(TEXT, b"first") + judged)

    messages, taken = quota.take_messages(1000)

    assert [bytes(data) for _, data, _, _ in messages] == [b"first"]
    assert quota.take_messages(1000) == ([], 0)
    assert bytes(quota.take(begins=True)).startswith(judged[:2])
    assert taken == 7


class Parser:
    """The parser of websockets, and the data frames that it found."""

    def __init__(self) -> None:
        self._protocol = ClientProtocol(parse_uri("ws://127.0.0.1/"), state=OPEN, max_size=None)
        self.found: list[tuple[int, bytes]] = []
        self.is_between = True

    def feed(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            assert isinstance(event, Frame)
            if event.opcode < CLOSE:
                self.found.append((event.opcode, bytes(event.data)))
        # At a frame's beginning it waits for any byte; inside of one it has a reader of so many waiting.
        self.is_between = not self._protocol.reader.buffer and self._protocol.current_size is None and self._waits()

    def _waits(self) -> bool:
        innermost: object = self._protocol.parser
        while (inner := getattr(innermost, "gi_yieldfrom", None)) is not None:
            innermost = inner
        return getattr(innermost, "__name__", "") == "at_eof"


def test_pings_in_a_row_are_one_portion_so_that_one_write_answers_them() -> None:
    portions = ParseQuota()
    pings = frame(PING, b"a") * 30 + frame(PING)
    portions.add(pings + frame(TEXT, b"after"))

    assert portions.take(begins=True) == pings
