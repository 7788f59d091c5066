"""Faults on bytes and frames, without a socket: what passes when."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tap.frames import BINARY, CONT, PING, PONG, TEXT, close, frame
from tests.tap.playing import ANSWER
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.tap.faults.byte_stages import (
    Bandwidth,
    Discard,
    HeldAnswer,
    JoinedAnswer,
    Latency,
    Limit,
    Slicer,
    SplitAnswer,
)
from wsmonitor.tap.faults.frame_stage import FrameStage
from wsmonitor.tap.way import Stage

CHANCE = random.Random(1)


def never() -> float:
    return 0.99


def run(stage: Stage, pieces: list[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    """Push pieces at their seconds, release what comes due, and say when what passed."""
    passed: list[tuple[float, bytes]] = []
    for at_s, data in pieces:
        _release(stage, to_ns(at_s), passed)
        passed += [(at_s, piece) for piece in stage.push(data, to_ns(at_s))]
    _release(stage, to_ns(10**6), passed)
    return passed


def _release(stage: Stage, until_ns: int, passed: list[tuple[float, bytes]]) -> None:
    while (due_ns := stage.due_ns) is not None and due_ns <= until_ns:
        passed += [(due_ns / 1e9, piece) for piece in stage.release(due_ns)]


def test_latency_delays_every_read_by_the_same_time() -> None:
    assert run(Latency(0.1, 0, CHANCE), [(0, b"a"), (0.05, b"b")]) == [(0.1, b"a"), (0.15, b"b")]


def test_latency_that_varies_keeps_the_order() -> None:
    passed = run(Latency(0.1, 0.1, CHANCE), [(at / 1000, bytes([at])) for at in range(200)])

    assert [data for _, data in passed] == [bytes([at]) for at in range(200)]
    delays = [at_s - data[0] / 1000 for at_s, data in passed]
    assert min(delays) >= 0
    assert max(delays) <= 0.2 + 1e-6


def test_latency_that_is_lifted_lets_all_go_in_order() -> None:
    stage = Latency(1, 0, CHANCE)
    stage.push(b"a", 0)
    stage.push(b"b", 1)

    assert stage.lift(2) == [b"a", b"b"]
    assert (stage.held_bytes, stage.due_ns) == (0, None)


def test_bandwidth_passes_so_many_bytes_a_second_in_pieces_of_a_tenth() -> None:
    passed = run(Bandwidth(1000), [(0, bytes(1000)), (5, b"later")])

    assert [len(data) for _, data in passed] == [100] * 10 + [5]
    assert passed[9][0] == pytest.approx(1.0)
    assert passed[10][0] == pytest.approx(5.005)


def test_slices_are_small_and_apart() -> None:
    passed = run(Slicer(4, 2, 0.001, CHANCE), [(0, b"0123456789abcdef")])

    assert b"".join(data for _, data in passed) == b"0123456789abcdef"
    assert {len(data) for _, data in passed[:-1]} <= {2, 3, 4, 5, 6}
    assert [round(at_s, 6) for at_s, _ in passed] == [at / 1000 for at in range(len(passed))]


def test_a_limit_passes_exactly_so_many_bytes_and_says_so_once() -> None:
    reached: list[bool] = []
    stage = Limit(5, lambda: reached.append(True))

    assert run(stage, [(0, b"abc"), (0, b"defg"), (0, b"h")]) == [(0, b"abc"), (0, b"de")]
    assert reached == [True]


def test_what_is_discarded_is_gone() -> None:
    assert run(Discard(), [(0, b"abc")]) == []


def test_a_held_answer_holds_what_follows_too_and_then_nothing() -> None:
    assert run(HeldAnswer(3), [(0, b"a"), (1, b"b"), (5, b"c")]) == [(3, b"a"), (3, b"b"), (5, b"c")]


def test_a_split_answer_comes_byte_by_byte_and_what_follows_behind_it() -> None:
    passed = run(SplitAnswer(), [(0, ANSWER + b"frames"), (9, b"more")])

    assert [len(data) for _, data in passed] == [1] * len(ANSWER) + [6, 4]
    assert b"".join(data for _, data in passed) == ANSWER + b"framesmore"


def test_a_joined_answer_waits_for_what_follows_and_not_for_ever() -> None:
    assert run(JoinedAnswer(), [(0, ANSWER), (1, b"frame"), (2, b"x")]) == [(1, ANSWER + b"frame"), (2, b"x")]
    assert run(JoinedAnswer(), [(0, ANSWER)]) == [(2, ANSWER)]


def frames(data: list[tuple[float, bytes]]) -> bytes:
    return b"".join(piece for _, piece in data)


def stage_with(**faults: object) -> FrameStage:
    stage = FrameStage(never)
    for name, value in faults.items():
        setattr(stage.faults, name, value)
    return stage


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_dropped_pings_are_gone_and_everything_else_passes(size: int) -> None:
    data = frame(TEXT, b"a" * 200, fin=False) + frame(PING, b"?") + frame(CONT, b"b") + frame(PONG, b"!") + close(1000)
    pieces = [(0.0, data[at : at + size]) for at in range(0, len(data), size)]

    assert frames(run(stage_with(drops_pings=True), pieces)) == data.replace(frame(PING, b"?"), b"")
    assert frames(run(stage_with(drops_pongs=True), pieces)) == data.replace(frame(PONG, b"!"), b"")


def test_late_pongs_wait_and_messages_do_not() -> None:
    stage = stage_with(pongs_late_ns=to_ns(2))

    passed = run(stage, [(0, frame(PONG, b"!") + frame(TEXT, b"x"))])

    assert passed == [(0, frame(TEXT, b"x")), (2, frame(PONG, b"!"))]


def test_a_late_pong_waits_for_the_end_of_a_frame() -> None:
    stage = stage_with(pongs_late_ns=to_ns(1))
    text = frame(TEXT, b"0123456789")

    passed = run(stage, [(0, frame(PONG, b"!") + text[:5]), (3, text[5:])])

    assert passed == [(0, text[:5]), (3, text[5:] + frame(PONG, b"!"))]


@pytest.mark.parametrize("masked", [True, False])
def test_another_code_keeps_the_mask_and_the_reason(masked: bool) -> None:
    passed = run(stage_with(close_code=4401), [(0, close(1000, "why", masked=masked))])

    assert frames(passed) == close(4401, "why", masked=masked)


def test_a_close_without_a_code_stays_as_it_is() -> None:
    assert frames(run(stage_with(close_code=4401), [(0, frame(8))])) == frame(8)


def test_a_dropped_message_is_dropped_with_all_its_fragments() -> None:
    stage = FrameStage(lambda: 0.0)
    stage.faults.message_loss = 0.5
    data = frame(TEXT, b"a", fin=False) + frame(PING, b"?") + frame(CONT, b"b")

    assert frames(run(stage, [(0, data)])) == frame(PING, b"?")


def test_a_frame_of_our_own_goes_in_at_the_next_boundary_and_after_a_close_nothing_does() -> None:
    stage = FrameStage(never)
    text = frame(TEXT, b"0123456789")
    first = stage.push(text[:4], 0)
    stage.faults.injections.append(close(1012))
    second = stage.push(text[4:], 1)
    stage.faults.is_mute = True

    assert (first, second) == ([text[:4]], [text[4:] + close(1012)])
    assert stage.push(frame(TEXT, b"late") + frame(PING), 2) == []


@given(st.integers(0, 300), st.randoms(use_true_random=False))
def test_a_fault_that_begins_inside_a_frame_lets_that_frame_pass(cut: int, chance: random.Random) -> None:
    from wsmonitor.tap.seen.scanner import Scanner

    data = frame(BINARY, bytes(200), masked=True) + frame(PING, b"?", masked=True) + frame(TEXT, b"x", masked=True)
    cut = min(cut, len(data))
    scanner = Scanner("client", capture_bytes=0)
    scanner.feed(data[:cut])
    left, partial = scanner.unfinished
    stage = FrameStage(never, left=left, partial=partial)
    stage.faults.drops_pings = True

    passed = data[:cut]
    while cut < len(data):
        size = chance.randint(1, 50)
        passed += b"".join(stage.push(data[cut : cut + size], 0))
        cut += size

    without = data.replace(frame(PING, b"?", masked=True), b"")
    assert passed in (data, without)
    assert stage.held_bytes == 0
